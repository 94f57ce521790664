"""``vitreous blur`` is the engine's blur, and sharpening by the same number undoes it."""

import mrcfile
import numpy as np
import pytest

from half_maps import PIXEL, write_half_maps
from vitreous.cli import main
from vitreous.reconstruction import blur


def test_blur_and_back(tmp_path, capsys):
    write_half_maps(tmp_path)
    source, made, back = (str(tmp_path / name) for name in ("map.mrc", "blurred.mrc", "back.mrc"))
    assert main(["blur", source, "-o", made, "--b-factor", "60"]) == 0
    assert capsys.readouterr().out == f"{made} written: B factor 60 Å² put in\n"
    before = mrcfile.read(source)
    np.testing.assert_allclose(mrcfile.read(made), blur(before, 60.0, pixel_size_angstrom=PIXEL), atol=1e-6)
    assert main(["sharpen", made, "-o", back, "--b-factor", "60"]) == 0
    np.testing.assert_allclose(mrcfile.read(back), before, atol=1e-4 * before.std())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--b-factor", "-5"], "vitreous sharpen sharpens"),
        (["--b-factor", "nan"], "expected a positive number"),
        ([], "--b-factor"),
    ],
)
def test_what_is_not_blur(tmp_path, capsys, words, said):
    write_half_maps(tmp_path)
    assert main(["blur", str(tmp_path / "map.mrc"), "-o", str(tmp_path / "out.mrc"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.mrc").exists()
