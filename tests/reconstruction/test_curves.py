"""What is written is read again, and what is no curve is refused."""

import numpy as np
import pytest

from known_maps import ball, noise
from vitreous._errors import InputError
from vitreous.reconstruction import ModelAgreement, half_map_fsc, read_fsc, write_fsc


def test_the_best_curve_comes_back(tmp_path, rng):
    one = noise(16, rng)
    other = one + noise(16, rng)
    for mask in (None, ball(16, 6)):
        found = half_map_fsc(one, other, mask, pixel_size_angstrom=2.0)
        write_fsc(tmp_path / "fsc.csv", found)
        k, curve = read_fsc(tmp_path / "fsc.csv")
        np.testing.assert_allclose(k, found.frequencies_per_angstrom, rtol=1e-6)
        np.testing.assert_allclose(curve, found.fsc, rtol=1e-6, atol=1e-9)
    header = (tmp_path / "fsc.csv").read_text().splitlines()[0]
    assert header == "frequency_per_angstrom,fsc_unmasked,fsc_masked,fsc_randomised,fsc_corrected"


def test_of_a_model(tmp_path):
    write_fsc(tmp_path / "fsc.csv", ModelAgreement(np.linspace(0, 0.5, 5), np.linspace(1, 0, 5), None))
    np.testing.assert_allclose(read_fsc(tmp_path / "fsc.csv")[1], np.linspace(1, 0, 5))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no columns"),
        ("a,b\n1,2\n", "line 1: no columns"),
        ("frequency_per_angstrom,fsc\n0,1\n0.1,x\n", "line 3: not a row of numbers"),
        ("frequency_per_angstrom,fsc\n0,1\n0.1\n", "line 3: not a row of numbers"),
        ("frequency_per_angstrom,fsc\n0,1\n", "1 rows"),
        ("frequency_per_angstrom,fsc\n0,1\n0.1,nan\n", "finite"),
    ],
)
def test_no_curve(tmp_path, text, said):
    (tmp_path / "fsc.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        read_fsc(tmp_path / "fsc.csv")


def test_no_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_fsc(tmp_path / "absent.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_fsc(tmp_path / "binary.csv")
