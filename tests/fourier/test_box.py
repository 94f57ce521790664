import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import crop_box, fast_size, pad_box
from vitreous.fourier.box import slice_axis

SIZES = [(4, 4), (4, 5), (5, 6), (4, 7), (5, 7), (4, 8), (1, 4), (3, 8)]


@pytest.mark.parametrize(("small", "large"), SIZES)
def test_the_origin_stays_the_origin(library, small, large):
    image = np.arange(2.0 * small * 3).reshape(2, small, 3)
    padded = pad_box(library(image), (large, 6))
    assert padded.shape == (2, large, 6)
    np.testing.assert_array_equal(to_numpy(padded)[:, large // 2, 3], image[:, small // 2, 1])
    assert to_numpy(padded).sum() == image.sum()
    np.testing.assert_array_equal(to_numpy(crop_box(padded, (small, 3))), image)


@given(small=st.integers(1, 9), more=st.integers(0, 9), seed=st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_padding_is_the_adjoint_of_cropping(small, more, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((3, small)), rng.standard_normal((3, small + more))
    assert np.sum(pad_box(x, (small + more,)) * y) == pytest.approx(np.sum(x * crop_box(y, (small,))))


def test_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="cannot crop"):
        crop_box(np.zeros((4, 4)), (4, 5))
    with pytest.raises(ValueError, match="cannot pad"):
        pad_box(np.zeros((4, 4)), (5, 3))
    with pytest.raises(ValueError, match="cannot crop"):
        crop_box(np.zeros(4), (2, 2))


def test_slice_axis_counts_from_the_end():
    array = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(slice_axis(array, -2, 1, None), array[:, 1:, :])
    np.testing.assert_array_equal(slice_axis(array, -1, 0, 2), array[..., :2])


@pytest.mark.parametrize(("n", "size"), [(1, 1), (7, 8), (11, 12), (13, 15), (127, 128), (241, 243), (4126, 4320)])
def test_fast_sizes(n, size):
    assert fast_size(n) == size


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((3, 4)), requires_grad=True)
    assert gradients_agree(lambda x: pad_box(x, (5, 5)) ** 2, image)
    assert gradients_agree(lambda x: crop_box(x, (2, 3)) ** 2, image)
