"""Products of small matrices against the sums that they stand for."""

import numpy as np
import pytest
import torch

from vitreous.classification.harmonics import analyse, harmonics, synthesise

CASES = [(240, 120, 240), (120, 50, 240), (8, 3, 16), (4, 1, 16), (16, 8, 16), (240, 0, 240)]


@pytest.mark.parametrize(("angles", "band", "samples"), CASES)
def test_values_and_harmonics_are_those_of_the_plain_sums(rng, angles, band, samples):
    by = harmonics(angles, band, samples, torch.zeros(1, dtype=torch.float64))
    assert sorted(by.steps) == list(range(angles))
    assert sorted(by.order) == list(range(band + 1))
    m, psi = by.order, 2 * np.pi * by.steps / angles
    weights = np.where((m == 0) | (2 * m == samples), 1.0, 2.0)
    wave = np.exp(1j * psi[:, None] * m)
    c = rng.normal(size=(len(m), 2, 5))
    found = synthesise(torch.from_numpy(c), by).numpy()
    np.testing.assert_allclose(found, ((wave * weights) @ (c[:, 0] + 1j * c[:, 1])).real, atol=1e-10)
    values = rng.normal(size=(angles, 5))
    spectrum = analyse(torch.from_numpy(values), by).numpy()
    np.testing.assert_allclose(spectrum[:, 0] + 1j * spectrum[:, 1], wave.T @ values, atol=1e-10)


def test_synthesis_undoes_a_real_fourier_transform(rng):
    signal = rng.normal(size=(48, 3))
    by = harmonics(48, 24, 48, torch.zeros(1, dtype=torch.float64))
    c = np.fft.rfft(signal, axis=0)[by.order] / 48
    back = synthesise(torch.from_numpy(np.stack([c.real, c.imag], 1)), by).numpy()
    np.testing.assert_allclose(back, signal[by.steps], atol=1e-12)
