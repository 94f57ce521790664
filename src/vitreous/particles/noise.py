"""The noise of particle images: its spectrum in real images, and noise of a given spectrum."""

import numpy as np
from jaxtyping import Float, Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.fourier import coordinate_radius, frequency_shells, irft, power_spectrum, rft, shell_count
from vitreous.particles.particle_set import ParticleSet

__all__ = ["coloured_noise", "noise_spectrum", "resample_spectrum", "spread_rows"]

_MOST_IMAGES = 1024
_EDGE_PIXELS = 4.0


def noise_spectrum(
    particles: ParticleSet, mask_radius_angstrom: float | None = None, most_images: int = _MOST_IMAGES
) -> Float[NumpyArray, " shell"]:
    """The power of the noise in each shell of frequencies, from what lies around the particles.

    P(r) = ⟨|F[m (f − ⟨f⟩)]|²⟩ / Σ m², m = 0 inside the mask and 1 outside, with a soft edge, ⟨f⟩ the mean under m.

    Parameters
    ----------
    particles
        With images of one box.
    mask_radius_angstrom
        Of the disc about the image's centre that is left out; three quarters of the largest disc where not given.
    most_images
        So many images, spread over the set, are read.

    Returns
    -------
    NumPy array (box // 2 + 1,) float64
        1 in every shell for white noise of variance 1.

    Raises
    ------
    InputError
        If the images cannot be read, or the mask leaves nothing.
    """
    box = particles.box
    radius = 0.75 * box / 2 if mask_radius_angstrom is None else mask_radius_angstrom / particles.pixel_size_angstrom
    outside = np.clip((coordinate_radius((box, box)) - radius) / _EDGE_PIXELS + 0.5, 0, 1)
    if outside.sum() < box:
        problem = f"a mask of {radius:.0f} pixels radius leaves no background in a box of {box}"
        raise InputError(problem, advice="give a smaller mask")
    rows = spread_rows(len(particles), most_images)
    total = np.zeros(shell_count((box, box)))
    for part in np.array_split(rows, max(1, len(rows) // 64)):
        images = particles.images(part).astype(np.float64)
        if images.shape[1:] != (box, box):
            found = f"the images have {images.shape[2]} × {images.shape[1]} pixels, the set says {box}"
            raise InputError(found, advice="leave --box out, or name the images that belong to the set")
        mean = (images * outside).sum(axis=(1, 2), keepdims=True) / outside.sum()
        total += power_spectrum((images - mean) * outside, 2).sum(axis=0)
    spectrum: NumpyArray = total / len(rows) / (outside**2).sum()
    # the mean was taken out: the next shell says more of the lowest
    spectrum[0] = spectrum[1]
    return spectrum


def spread_rows(n: int, most: int) -> NumpyArray:
    """At most so many row numbers, spread evenly over n rows."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))


def coloured_noise(
    white: Float32[NumpyArray, "m y x"], spectrum: Float[NumpyArray, " shell"]
) -> Float32[NumpyArray, "m y x"]:
    """Noise of a given spectrum out of white noise, G(k) = √P(|k|) F(k).

    Parameters
    ----------
    white
        Of variance 1.
    spectrum
        P of each shell, box // 2 + 1 of them; the corners of the spectrum take the last.

    Returns
    -------
    NumPy array (m, y, x) float32
        The noise.
    """
    shape = white.shape[1:]
    shells = np.minimum(frequency_shells(shape, half=True), len(spectrum) - 1)
    amplitude = np.sqrt(spectrum).astype(np.float32)[shells]
    noise: NumpyArray = irft(rft(white, 2) * amplitude, shape)
    return noise


def resample_spectrum(
    frequency_per_angstrom: Float[NumpyArray, " n"],
    power: Float[NumpyArray, " n"],
    box: int,
    pixel_size_angstrom: float,
) -> Float[NumpyArray, " shell"]:
    """A spectrum given at some frequencies as that of a box's shells, with the mean power over all pixels made 1.

    Parameters
    ----------
    frequency_per_angstrom
        Rising, 1/Å.
    power
        P there, not negative; linear in between, constant beyond.
    box
        Edge of the images in pixels.
    pixel_size_angstrom
        Å/pixel.

    Returns
    -------
    NumPy array (box // 2 + 1,)
        P of each shell: noise made of it has variance 1.

    Raises
    ------
    InputError
        If the frequencies do not rise or a power is negative.
    """
    rising = len(power) > 0 and bool((np.diff(frequency_per_angstrom) > 0).all())
    if not rising or not (power >= 0).all() or not power.sum() > 0:
        problem = "the noise spectrum's frequencies do not rise, or its powers are not positive"
        raise InputError(problem, advice="write one line for each frequency: 1/Å and power")
    shells = np.interp(np.arange(box // 2 + 1) / (box * pixel_size_angstrom), frequency_per_angstrom, power)
    everywhere = shells[np.minimum(frequency_shells((box, box)), box // 2)]
    spectrum: NumpyArray = shells / everywhere.mean()
    return spectrum
