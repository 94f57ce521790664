"""The normal equations: their left side is slices and the adjoint, their solution the truth, as the fast path's."""

import numpy as np

from simulated import blobs, images_of, particles_of
from vitreous.fourier import fsc, hermitian_weights, rft
from vitreous.projection import slice_map
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.toeplitz import apply_toeplitz, normal_equations, solve_toeplitz
from vitreous.reconstruction.weighting import weighted_images

BOX = 20


def equations(particles, images):
    (_, data, weights, matrices), *_ = weighted_images(particles, images)
    return data, weights, matrices


def test_the_left_side_is_the_slices_and_back(rng):
    """⟨g, K ∗ f⟩ = Σ C² conj(slice g) slice f for any two maps."""
    particles = particles_of(5, BOX)
    _, weights, matrices = equations(particles, np.zeros((5, BOX, BOX), np.float32))
    f, g = rng.standard_normal((2, BOX, BOX, BOX))
    _, kernel = normal_equations(np.zeros(weights.shape, np.complex64), weights, matrices)
    slices = [slice_map(volume, matrices) for volume in (f, g)]
    expected = np.sum(np.real(np.conj(slices[1]) * slices[0]) * weights * hermitian_weights((BOX, BOX)))
    found = np.sum(g * apply_toeplitz(rft(kernel, 3), f))
    assert abs(found - expected) < 1e-6 * np.sqrt(np.sum(f**2) * np.sum(g**2)) * kernel[BOX, BOX, BOX]


def test_the_solution_and_the_fast_path_are_near_the_truth():
    """Without noise the equations give the truth better than gridding does; with many views both are near."""
    truth, particles = blobs(BOX), particles_of(200, BOX)
    data, weights, matrices = equations(particles, images_of(truth, particles))
    exact = solve_toeplitz(*normal_equations(data, weights, matrices), iterations=40)
    accumulator = Accumulator(BOX, threads=1)
    accumulator.add(data, weights, matrices)
    fast = invert(accumulator.numerator, accumulator.denominator, BOX)
    curves = [fsc(volume.astype(float), truth.astype(float))[1:9] for volume in (exact, fast)]
    assert curves[0].min() > 0.999
    assert curves[1].min() > 0.97


def test_the_fit_gets_better_and_a_ridge_lowers_the_map():
    truth, particles = blobs(BOX), particles_of(60, BOX)
    right, kernel = normal_equations(*equations(particles, images_of(truth, particles, 1.0)))
    transform = rft(kernel, 3)

    def misfit(volume):
        return 0.5 * np.sum(volume * apply_toeplitz(transform, volume)) - np.sum(volume * right)

    falling = [misfit(solve_toeplitz(right, kernel, iterations=n)) for n in (0, 2, 5, 10)]
    assert falling == sorted(falling, reverse=True)
    norms = [np.linalg.norm(solve_toeplitz(right, kernel, ridge=ridge)) for ridge in (0.0, 0.1, 1.0)]
    assert norms == sorted(norms, reverse=True)
    assert not solve_toeplitz(np.zeros((4, 4, 4)), np.ones((8, 8, 8))).any()
