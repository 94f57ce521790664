"""Multislice against an independent program, abTEM, on the same slices."""

import subprocess

import numpy as np
import pytest
from benchmarks.harness import rival_python

from vitreous.fourier import frequency_radius, ft
from vitreous.optics import multislice, propagate

SCRIPT = """
import sys
import abtem, numpy as np
abtem.config.set({"device": "cpu", "precision": "float64", "fft": "numpy"})
slices = np.load(sys.argv[1] + "/slices.npy")
potential = abtem.PotentialArray(slices, slice_thickness=5.0, sampling=0.8)
np.save(sys.argv[1] + "/wave.npy", abtem.PlaneWave(energy=200e3).multislice(potential, lazy=False).array)
"""


@pytest.mark.slow
def test_abtem_finds_the_same_wave(rng, tmp_path):
    """abTEM takes the wave one slice beyond the last; its sense of z, σ and slice order are then ours.

    It tapers the edge of its aperture, so that frequencies within are compared.
    """
    python = rival_python("abtem")
    if isinstance(python, str):
        pytest.fail(python)
    k = frequency_radius((64, 64), 0.8)
    noise = rng.standard_normal((7, 64, 64))
    slices = 60 * np.real(np.fft.ifft2(np.fft.fft2(noise) * np.fft.ifftshift(np.exp(-((3.5 * k) ** 2)))))
    np.save(tmp_path / "slices.npy", slices)
    subprocess.run([python, "-W", "ignore", "-c", SCRIPT, str(tmp_path)], capture_output=True, check=True)
    theirs = propagate(np.load(tmp_path / "wave.npy"), 0.8, -4 * 5.0, 200.0)
    ours = multislice(slices, 0.8, 5.0, 200.0).wave
    within = k < 0.6 * 0.5 / 0.8
    difference, scattered = ft(ours - theirs, 2)[within], ft(ours - 1, 2)[within]
    assert np.std(np.angle(ours)) > 0.02
    assert np.linalg.norm(difference) < 2e-3 * np.linalg.norm(scattered)
    reversed_order = ft(multislice(slices[::-1].copy(), 0.8, 5.0, 200.0).wave - theirs, 2)[within]
    assert np.linalg.norm(reversed_order) > 0.01 * np.linalg.norm(scattered)
