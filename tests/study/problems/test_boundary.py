"""Values cross between two Pythons as they are; what is no number, text or list does not."""

import numpy as np
import pytest

from vitreous.study.problems.boundary import BoundaryError, load, save
from vitreous.study.problems.comparison import difference

VALUE = (1, 2.5, True, None, "α", 1 + 2j, [np.arange(6).reshape(2, 3), (np.float32(1.5), [])], np.zeros((0, 2)))


def test_a_value_comes_back(tmp_path):
    save(tmp_path, "a", VALUE)
    back = load(tmp_path, "a")
    assert isinstance(back, tuple)
    assert back[:5] == VALUE[:5]
    assert difference(back, VALUE, 0.0) is None
    assert back[6][0].dtype == VALUE[6][0].dtype


def test_another_library_s_array_crosses_as_numpy_s(tmp_path):
    import torch

    save(tmp_path, "a", torch.arange(3.0))
    assert load(tmp_path, "a").tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, object(), np.array([object()]), np.array(["a"]), lambda: 1],
    ids=["a dictionary", "an object", "objects", "words", "a function"],
)
def test_other_things_do_not_cross(tmp_path, value):
    with pytest.raises(BoundaryError):
        save(tmp_path, "a", value)
    assert not (tmp_path / "a.json").exists()


def test_a_list_that_holds_itself_does_not_cross(tmp_path):
    endless: list = []
    endless.append(endless)
    with pytest.raises(BoundaryError, match="nested"):
        save(tmp_path, "a", endless)
