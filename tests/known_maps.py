"""Maps with known answers, made by few lines."""

import numpy as np

from vitreous.fourier import coordinate_radius, filter_image, frequency_shells


def blobs(box: int, rng: np.random.Generator, *, count: int = 60, sigma: float = 0.8) -> np.ndarray:
    """Gaussian blobs within a quarter of the box, of a few voxels: a particle with detail in every shell."""
    grid = np.indices((box,) * 3) - box // 2
    centres = rng.standard_normal((count, 3))
    centres *= (box / 4 * rng.random((count, 1)) ** (1 / 3)) / np.linalg.norm(centres, axis=1, keepdims=True)
    volume = np.zeros((box,) * 3)
    for centre in centres:
        volume += np.exp(-np.sum((grid - centre.reshape(3, 1, 1, 1)) ** 2, axis=0) / (2 * sigma**2))
    return volume


def noise(box: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((box,) * 3)


def truncated(volume: np.ndarray, last_shell: int) -> np.ndarray:
    """The shells up to the last, and nothing beyond."""
    return filter_image(volume, (frequency_shells(volume.shape, half=True) <= last_shell).astype(volume.dtype), 3)


def ball(box: int, radius: float) -> np.ndarray:
    """A hard sphere, 0 and 1."""
    return (coordinate_radius((box,) * 3) <= radius).astype(np.float64)
