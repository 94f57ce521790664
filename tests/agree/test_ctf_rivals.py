"""torch-ctf and abTEM, in an environment of their own, against our contrast transfer and its converters."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from benchmarks.harness import rival_python

from vitreous.optics import (
    Defocus,
    Lens,
    ctf,
    defocus_from_krivanek,
    defocus_to_mean,
    lens_from_krivanek,
    wave_transfer,
)

pytestmark = pytest.mark.slow


def run(code, folder, *requirements):
    """The array that a script saves as its first argument, run where the requirements are installed."""
    python = rival_python(*requirements)
    if not isinstance(python, Path):
        pytest.fail(python)
    subprocess.run([str(python), "-c", code, str(folder / "found.npy")], check=True, capture_output=True)
    return np.load(folder / "found.npy")


def test_torch_ctf(tmp_path):
    """Half the difference of U and V, in μm; its angle is ours, and its contrast is inverted."""
    defocus = Defocus(15000.0, 12000.0, 25.0, 30.0)
    mean, half, angle = (float(x) for x in defocus_to_mean(defocus))
    code = f"""
import numpy as np, sys, torch, torch_ctf
lens = 300.0, 2.7, 0.1, 30.0, 1.35
found = torch_ctf.calculate_ctf_2d({mean / 1e4}, {half / 1e4}, {angle}, *lens, (32, 34), True, True)
np.save(sys.argv[1], found.numpy())
"""
    found = run(code, tmp_path, "torch==2.13.0", "torch-ctf")
    expected = ctf((32, 34), 1.35, defocus, Lens(300.0, 2.7, 0.1), contrast="inverted")
    # it computes in single precision
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_abtem(tmp_path):
    """Krivanek's coefficients: astigmatism, Cs, coma and trefoil, signs and angles."""
    coefficients = {"C10": -1e4, "C12": 300.0, "phi12": 0.7, "C30": 2e7, "C21": 5e4, "phi21": -2.0}
    coefficients |= {"C23": 3e4, "phi23": 0.9}
    code = f"""
import json, numpy as np, sys
from abtem.core.energy import energy2wavelength
from abtem.transfer import Aberrations
kx, ky = np.meshgrid(np.fft.fftfreq(24, 1.3), np.fft.fftfreq(25, 1.3), indexing="ij")
angle = np.hypot(kx, ky) * energy2wavelength(200e3)
lens = Aberrations(energy=200e3, **json.loads('{json.dumps(coefficients)}'))
np.save(sys.argv[1], lens._evaluate_from_angular_grid(angle, np.arctan2(ky, kx)))
"""
    found = np.fft.fftshift(run(code, tmp_path, "abtem==1.0.11").reshape(24, 25)).T  # abTEM's arrays are [x, y]
    expected = wave_transfer(
        (25, 24), 1.3, defocus_from_krivanek(coefficients), lens_from_krivanek(coefficients, 200.0)
    )
    inside = (slice(1, None), slice(1, None))  # without the line of the even side's Nyquist frequency
    np.testing.assert_allclose(found[inside], expected[inside], atol=1e-4)
