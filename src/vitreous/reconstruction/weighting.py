"""What a particle image brings to a reconstruction: its spectrum, centred and through the CTF once more, and CTF².

Of an image d = C S P V + n with the CTF C and the shift S, these are C S⁻¹ d and C², which `vitreous.projection.insert`
adds to the numerator and the denominator of the map.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Complex, Complex64, Float, Float32, Float64, Int64

from vitreous._typing import NumpyArray
from vitreous.fourier import shift_phases
from vitreous.optics import antisymmetric_factor, ctf
from vitreous.optics.ctf import CONTRAST_SIGNS
from vitreous.particles import OpticsGroup, ParticleSet
from vitreous.particles.optics import defocus_of, lens_of, view_matrices

__all__ = ["raw_spectra", "weigh", "weighted_images"]

_PART = 32
"""Images whose spectra are made and weighted while they are in the cache."""


def weigh(
    spectra: Complex[NumpyArray, "m n n_half"],
    transfer: Float[NumpyArray, "m n n_half"],
    factor: Complex[NumpyArray, "n n_half"],
    shift_pixels: Float[NumpyArray, "m 2"],
    out: tuple[NumpyArray, NumpyArray] | None = None,
) -> tuple[Complex[NumpyArray, "m n n_half"], Float[NumpyArray, "m n n_half"]]:
    """The spectra moved, through the transfer and without the antisymmetric phases; and the squares of the transfer.

    data(k) = F(k) C(k) exp(−iφ(k)) exp(−2πi k·s), weights(k) = C(k)². The readable twin of
    `vitreous.kernels.numba.weighting.weigh`.

    Parameters
    ----------
    spectra
        F as `raw_spectra` gives them: of square images whose origin is their first pixel, rows in the order of the FFT.
    transfer
        C, the CTF on the half grid, rows centred.
    factor
        exp(iφ), what all images share (`vitreous.optics.antisymmetric_factor`), rows centred.
    shift_pixels
        s, (x, y): where the images go, in pixels. −(n // 2) brings the centre of the box onto its first pixel.
    out
        Where data and weights are written; new arrays if not given.

    Returns
    -------
    data, weights
        Half spectra with centred rows, and their weights.

    References
    ----------
    Grigorieff, J. Struct. Biol. 157, 117 (2007), eq. 7.
    """
    n = spectra.shape[1]
    moved = np.fft.fftshift(spectra, axes=1) * shift_phases((n, n), shift_pixels, half=True)
    data, weights = (moved * np.conj(factor) * transfer).astype(spectra.dtype), transfer**2
    if out is None:
        return data, weights
    out[0][...], out[1][...] = data, weights
    return out


def raw_spectra(images: Float32[NumpyArray, "m n n"]) -> Complex64[NumpyArray, "m n n_half"]:
    """The half spectra of images as the FFT leaves them: origin at the first pixel, rows from ky = 0 up.

    To centre them (`vitreous.fourier.rft`) takes two more passes through memory; `weigh` centres on its way.

    Parameters
    ----------
    images
        Shape (m, n, n); read only is enough.

    Returns
    -------
    NumPy array (m, n, n // 2 + 1) complex64
        F(k) = Σ_x f(x) exp(−2πi k·x), x from 0.
    """
    import torch  # here, because it costs a second; its FFT is three times as fast as SciPy's

    writable = np.require(images, requirements=["C", "W"])
    spectra: NumpyArray = torch.fft.rfft2(torch.from_numpy(writable)).numpy()
    return spectra


def weighted_images(
    particles: ParticleSet,
    images: Float32[NumpyArray, "m n n"],
    *,
    with_ctf: bool = True,
    room: tuple[NumpyArray, NumpyArray] | None = None,
) -> Iterator[
    tuple[
        Int64[NumpyArray, " part"],
        Complex64[NumpyArray, "part n n_half"],
        Float32[NumpyArray, "part n n_half"],
        Float64[NumpyArray, "part 3 3"],
    ]
]:
    """What a block of particles adds to a map, optics group by optics group.

    Parameters
    ----------
    particles
        m particles with poses.
    images
        Theirs.
    with_ctf
        Whether the lens has a part in them.
    room
        Data (complex64) and weights (float32) of at least m half spectra to write into, again and again:
        fresh memory costs as much time as the transforms.

    Yields
    ------
    rows
        Which of the particles, of one optics group.
    data
        C S⁻¹ d: the spectra moved onto the reference, without odd aberrations, times the CTF; protein is positive.
    weights
        C².
    matrices
        Where they lie (`vitreous.particles.optics.view_matrices`).

    Raises
    ------
    InputError
        If poses or what the CTF needs are not known.
    """
    n = images.shape[-1]
    for number in np.unique(particles.optics_index):
        rows = np.flatnonzero(particles.optics_index == number)
        every = len(rows) == len(particles)
        group = particles.optics_groups[number]
        chosen, shown = (particles, images) if every else (particles[rows], images[rows])
        data, weights = room or (np.empty((len(rows), n, n // 2 + 1), kind) for kind in (np.complex64, np.float32))
        out = data[: len(rows)], weights[: len(rows)]
        _weigh_group(chosen, group, shown, with_ctf, out)
        yield rows, *out, view_matrices(chosen, group)


def _weigh_group(
    particles: ParticleSet, group: OpticsGroup, images: NumpyArray, with_ctf: bool, out: tuple[NumpyArray, NumpyArray]
) -> None:
    """Fill in data and weights of the images of one optics group."""
    from vitreous.kernels.numba import weighting as kernel

    box, pixel = images.shape[-1], group.pixel_size_angstrom or 1.0
    factor = np.ones((box, box // 2 + 1), np.complex64)
    if with_ctf:
        lens = lens_of(group)
        transfer = ctf((box, box), pixel, defocus_of(particles), lens, contrast=particles.contrast)
        factor = antisymmetric_factor((box, box), pixel, lens).astype(np.complex64)
    else:
        sign = np.float32(CONTRAST_SIGNS[particles.contrast])
        transfer = np.full((len(images), box, box // 2 + 1), sign)
    shift = np.full((len(images), 2), -float(box // 2))
    if particles.shift_angstrom is not None:
        shift += particles.shift_angstrom / pixel
    for start in range(0, len(images), _PART):
        part = slice(start, start + _PART)
        written = out[0][part], out[1][part]
        kernel.weigh(raw_spectra(images[part]), transfer[part], factor, shift[part], written)
