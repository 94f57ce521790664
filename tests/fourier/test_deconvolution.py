import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import frequencies, ft, gaussian_blur, ift, positions, rft, tikhonov, wiener


def test_without_noise_and_zeros_it_divides(library, rng):
    image = rng.standard_normal((6, 7))
    transfer = 1 + 0.3j * rng.standard_normal((6, 4))
    blurred = library(rft(image, 2) * transfer)
    for restored in (wiener(blurred, library(transfer), 1.0, 1e-15), tikhonov(blurred, library(transfer), 1e-15)):
        np.testing.assert_allclose(to_numpy(restored), rft(image, 2), atol=1e-12)


def test_wiener_has_the_least_error(rng):
    # signal of power 4, noise of power 1: any other damping of the same form does worse, and the error is known
    size, transfer, signal, noise = 200_000, 0.7, 4.0, 1.0
    x, n = (rng.standard_normal((2, size, 2)) * np.sqrt(np.array([signal, noise]) / 2)[:, None, None]).view(complex)[
        ..., 0
    ]
    measured = transfer * x + n

    def error(ratio):
        return np.mean(np.abs(wiener(measured, transfer, signal, noise * ratio) - x) ** 2)

    assert error(1.0) == pytest.approx(signal * noise / (signal * transfer**2 + noise), rel=0.02)
    assert error(1.0) < min(error(0.5), error(2.0))


def test_tikhonov_minimises_what_it_says(rng):
    # the same minimum from the normal equations of the real-space matrices
    n, strength = 12, 0.3
    transfer = ft(rng.standard_normal(n), 1)
    penalty = 2 * np.pi * np.abs(frequencies(n))
    y = rng.standard_normal(n)

    def matrix(factor):
        return np.stack([ift(ft(column, 1) * factor, 1) for column in np.eye(n)], axis=1)

    blur, rough = matrix(transfer), matrix(penalty)
    expected = np.linalg.solve(blur.conj().T @ blur + strength * rough.conj().T @ rough, blur.conj().T @ y)
    np.testing.assert_allclose(ift(tikhonov(ft(y, 1), transfer, strength, penalty), 1), expected, atol=1e-11)


def test_damping_holds_where_division_blows_up():
    n = 64
    image = (np.abs(positions(n)) < 5).astype(float)
    transfer = gaussian_blur(np.abs(frequencies(n)), 4.0)  # 1e-34 at Nyquist
    blurred = ft(image, 1) * transfer + 1e-10 * ft(np.random.default_rng(1).standard_normal(n), 1)
    assert np.abs(ift(blurred / transfer, 1)).max() > 1e10
    restored = ift(tikhonov(blurred, transfer, 1e-8), 1).real
    assert np.abs(restored - image).max() < 0.6
    assert np.linalg.norm(restored - image) < 0.6 * np.linalg.norm(ift(blurred, 1).real - image)


def test_a_zero_of_the_transfer_gives_zero(library):
    result = wiener(library(np.ones(3, complex)), library(np.array([1.0, 0.0, -1.0])), 1.0, 0.25)
    np.testing.assert_allclose(to_numpy(result), [0.8, 0, -0.8])


def test_single_precision_stays(library):
    spectrum, transfer = library(np.ones(3, np.complex64)), library(np.ones(3, np.float32))
    assert wiener(spectrum, transfer, 1.0, 1.0).dtype == tikhonov(spectrum, transfer, 1.0).dtype == spectrum.dtype


def test_gradients(rng):
    spectrum = torch.tensor(rng.standard_normal(4) + 1j * rng.standard_normal(4), requires_grad=True)
    transfer, power = (torch.tensor(rng.uniform(0.5, 1, 4), requires_grad=True) for _ in range(2))
    assert gradients_agree(lambda *a: torch.view_as_real(wiener(*a, 0.3)), (spectrum, transfer, power))
    assert gradients_agree(lambda *a: torch.view_as_real(tikhonov(*a)), (spectrum, transfer, power))
