"""Pipe and Menon's weights: what is smoothed with them is even."""

import numpy as np

from simulated import blobs, images_of, particles_of
from vitreous.fourier import fsc, half_to_full
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.gridding import even_weights
from vitreous.reconstruction.halves import add_images


def random_density(rng, size):
    """Positive and Hermitian."""
    full = rng.uniform(0.2, 2, (size,) * 3)
    full = full + np.roll(full[::-1, ::-1, ::-1], 1 - size % 2, axis=(0, 1, 2))
    return np.concatenate([full[..., size // 2 :], full[..., :1]], axis=-1)[..., : size // 2 + 1].astype(np.float32)


def test_no_iterations_are_the_inverse(rng):
    density = random_density(rng, 12)
    density[3, 4, 2] = 0
    factors = even_weights(density, 6, 0)
    assert factors[3, 4, 2] == 0
    np.testing.assert_allclose((factors * density)[density > 0], 1, rtol=1e-5)


def test_the_smoothed_density_becomes_even(rng):
    """Its scatter falls tenfold and more; the smoothing is checked by a direct convolution with the tent."""
    density = random_density(rng, 16)
    tent = np.array([0.5, 1.0, 0.5])  # φ at half a voxel's steps, whose sum is the padding

    def smoothed(half):
        full = half_to_full(half.astype(complex), (16,) * 3).real
        for axis in range(3):
            full = sum(tent[i] * np.roll(full, i - 1, axis) for i in range(3)) / 2
        return full

    spread = [np.std(smoothed(even_weights(density, 8, n) * density)) for n in (0, 8)]
    rough = np.std(smoothed(density))
    assert spread[1] < 0.2 * rough
    level = smoothed(even_weights(density, 8, 8) * density)
    np.testing.assert_allclose(level, level.mean(), rtol=0.02)


def test_a_map_is_recovered_with_even_weights():
    truth, particles = blobs(24), particles_of(300, 24)
    accumulator = Accumulator(24, threads=1)
    add_images(accumulator, particles, images_of(truth, particles))
    plain, even = (
        invert(accumulator.numerator, accumulator.denominator, 24, gridding_iterations=n).astype(float) for n in (0, 5)
    )
    assert np.all(fsc(even, truth.astype(float))[:10] > 0.99)
    # views without a preference leave little to even out
    assert 0 < np.linalg.norm(even - plain) < 0.05 * np.linalg.norm(plain)
