"""The central slice of a map for a stack of rotations, exact or by interpolation.

F₂(kx, ky) = F₃(Rᵀ(kx, ky, 0)): R takes reference coordinates into the observed frame, whose z is the beam. Slices are
half spectra as `vitreous.fourier.rft` makes them. Frequencies from the cut-off up are zero; at its default, Nyquist,
that leaves the sphere which all rotations of the map's box share.

``rotations`` may be any matrices: a multiple c·R samples a map whose voxels are c times the size of the image's pixels,
and the first two rows mixed by Mᵀ make RELION's anisotropic magnification.

Slices of an image are the image turned in its plane: `padded_transform` and `slice_transform` take a square in place of
a cube, with matrices 2 × 2.
"""

from dataclasses import replace

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, HalfSpectrum, Image, Real, Rotations
from vitreous.fourier import (
    frequency_grid,
    frequency_radius,
    half_to_full,
    irft,
    nufft2,
    pad_box,
    rft,
    shift_phases,
)
from vitreous.interpolation import Kernel, fourier_correction, sample

__all__ = [
    "NYQUIST",
    "cut_off",
    "padded_transform",
    "project",
    "slice_map",
    "slice_points",
    "slice_transform",
    "without_prefilter",
]

NYQUIST = 0.5
"""Cycles/pixel."""
_ROUNDING = 1e-6
"""Of a frequency in single precision: what lies on the cut-off is beyond it."""


def slice_points(
    box: int, rotations: Float[Array, "*batch d d"], curvature_pixels: Real = 0.0
) -> Float[Array, "*batch ky kx d"]:
    """Where the slices lie in the map's transform, Rᵀ(kx, ky, κ|k|²) for every frequency of a half spectrum.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    rotations
        Shape (…, 3, 3), or (…, 2, 2) for a transform in the plane; gradients pass.
    curvature_pixels
        κ, of the Ewald sphere: −λ/2 (in pixels) where `vitreous.optics.ctf_p` goes with the slice, λ/2 for `ctf_q`;
        0 is the central slice.

    Returns
    -------
    Real array
        (kx, ky[, kz]) in cycles/pixel, shape (…, box, box // 2 + 1, 3 or 2).
    """
    xp = namespace(rotations)
    plane = frequency_grid((box, box), half=True, like=rotations)
    flat = xp.reshape(plane, (-1, 2))
    points = xp.matmul(flat, rotations[..., :2, :])
    if curvature_pixels:
        height = curvature_pixels * xp.sum(flat**2, axis=-1, keepdims=True)
        points = points + height * rotations[..., 2:, :]
    return xp.reshape(points, (*rotations.shape[:-2], *plane.shape[:-1], rotations.shape[-1]))


def slice_map(
    volume: Float[Array, "n n n"],
    rotations: Rotations,
    box: int | None = None,
    *,
    kernel: Kernel | None = None,
    padding: int = 2,
    cutoff_cycles: Real = NYQUIST,
) -> HalfSpectrum:
    """The central slices of a map, F₂(k) = Σ_x f(x) exp(−2πi Rᵀ(k, 0)·x).

    Parameters
    ----------
    volume
        The map, shape (n, n, n).
    rotations
        Shape (…, 3, 3), or any matrices (see the module).
    box
        Edge of the images in pixels; the map's own where it is not given.
    kernel
        None: exact, by the non-uniform transform, for NumPy arrays and CPU tensors without gradient. Else the padded
        transform is interpolated by this kernel, in any library, and gradients pass for map and rotations; single
        precision on the CPU is compiled (`vitreous.projection.fast_slices`).
    padding
        The padded transform's size over the map's, for interpolation.
    cutoff_cycles
        Frequencies |k| ≥ this are zero; cycles/pixel.

    Returns
    -------
    Complex array
        Half spectra, shape (…, box, box // 2 + 1).

    Raises
    ------
    ValueError
        If a tensor with a gradient is handed to the exact path.

    References
    ----------
    De Rosier and Klug, Nature 217, 130 (1968); the non-uniform transform: Barnett, Magland and af Klinteberg, SIAM J.
    Sci. Comput. 41, C479 (2019).
    """
    volume, rotations = as_arrays(volume, rotations)
    box = box or volume.shape[-1]
    if kernel is not None:
        from vitreous.projection.fast_slices import fast_slices  # here, because it builds on this module

        transform = padded_transform(volume, kernel, padding)
        return fast_slices(transform, rotations, box, kernel, padding, cutoff_cycles=cutoff_cycles)
    xp, points = namespace(volume), slice_points(box, rotations)
    values = nufft2(volume, xp.reshape(points, (-1, 3)))
    return cut_off(xp.reshape(values, points.shape[:-1]), cutoff_cycles)


def padded_transform(
    volume: Float[Array, "*grid"], kernel: Kernel, padding: int = 2
) -> Complex[Array, "*half_spectrum"]:
    """The transform of a map that slices are interpolated from: corrected for the kernel, then padded with zeros.

    T = rft(pad(f / C)), C = Π φ̂(x / p n) the separable correction of the kernel
    (`vitreous.interpolation.fourier_correction`). A kernel with a prefilter needs none here: T then holds its
    coefficients, as the prefilter of a periodic transform is a part of that division.

    Parameters
    ----------
    volume
        The map, shape (n, n, n), or an image, shape (n, n); gradients pass.
    kernel
        The kernel that the slices will be interpolated by.
    padding
        p, the padded size over n.

    Returns
    -------
    Complex array
        The half transform as `vitreous.fourier.rft` lays it out, shape (P, P, P // 2 + 1) with P = padding · n, or
        (P, P // 2 + 1) of an image: kz and ky centred at P // 2, kx from 0.

    Raises
    ------
    ValueError
        If the map is neither a cube nor a square, or the padding is below 1.

    References
    ----------
    Jackson, Meyer, Nishimura and Macovski, IEEE Trans. Med. Imaging 10, 473 (1991).
    """
    shape, n = tuple(volume.shape), volume.shape[-1]
    if len(shape) not in (2, 3) or shape != (n,) * len(shape) or padding < 1:
        raise ValueError(f"a map of shape {shape}, padded {padding} times: give a cube or a square, and 1 or more")
    corrected = volume / fourier_correction(without_prefilter(kernel), shape, padding, like=volume)
    return rft(pad_box(corrected, tuple(padding * n for n in shape)), len(shape))


def slice_transform(
    transform: Complex[Array, "*half_spectrum"],
    rotations: Float[Array, "*batch d d"],
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = NYQUIST,
    curvature_pixels: Real = 0.0,
) -> HalfSpectrum:
    """The central slices of a map by interpolation in its padded transform; the readable reference of the kernels.

    F₂(k) = Σ_m T(m) φ(p n q − m), q = Rᵀ(k, κ|k|²), the transform repeated periodically.

    Parameters
    ----------
    transform
        What `padded_transform` made of the map or image, with the same kernel and padding; gradients pass.
    rotations
        Shape (…, 3, 3) for a map, (…, 2, 2) for an image; gradients pass.
    box
        Edge of the images in pixels.
    kernel, padding
        Those of `padded_transform`.
    cutoff_cycles
        Frequencies |k| ≥ this are zero; cycles/pixel. Above √½ nothing is.
    curvature_pixels
        κ, as in `slice_points`: a half of the Ewald sphere in place of the plane.

    Returns
    -------
    Complex array
        Half spectra, shape (…, box, box // 2 + 1).

    Raises
    ------
    ValueError
        If the transform is not padded so many times.
    """
    size = transform.shape[0]
    if size % padding:
        raise ValueError(f"a transform of {size} voxels was not padded {padding} times")
    full = half_to_full(transform, (size,) * rotations.shape[-1])
    spectra = sample(full, slice_points(box, rotations, curvature_pixels) * size, without_prefilter(kernel), "wrap")
    return cut_off(spectra, cutoff_cycles)


def without_prefilter(kernel: Kernel) -> Kernel:
    """The kernel to interpolate a padded transform by, which holds coefficients already: the same, unfiltered."""
    return replace(kernel, prefilter=False)


def cut_off(spectra: HalfSpectrum, cutoff_cycles: Real = NYQUIST) -> HalfSpectrum:
    """The half spectra of square images with zeros for |k| ≥ the cut-off.

    Parameters
    ----------
    spectra
        Shape (…, box, box // 2 + 1).
    cutoff_cycles
        Cycles/pixel.

    Returns
    -------
    Complex array
        Same shape.
    """
    xp, box = namespace(spectra), spectra.shape[-2]
    radius = frequency_radius((box, box), half=True, like=xp.real(spectra))
    inside = radius < cutoff_cycles * (1 - _ROUNDING)
    return xp.where(inside, spectra, xp.zeros_like(spectra))


def project(
    volume: Float[Array, "n n n"],
    rotations: Rotations,
    shift_angstrom: ArrayLike = None,
    pixel_size_angstrom: Real = 1.0,
    *,
    kernel: Kernel | None = None,
    padding: int = 2,
    cutoff_cycles: Real = NYQUIST,
) -> Image:
    """The projections of a map along the beam, ∫ f(Rᵀ(x + s, y + t, z)) dz, band-limited to the cut-off.

    Parameters
    ----------
    volume
        The map, shape (n, n, n).
    rotations
        Shape (…, 3, 3).
    shift_angstrom
        (s, t), shape (…, 2), Å: what moves the observation onto the reference (RELION's origin), so that the
        projection is moved by its negative. None: no shift. Gradients pass.
    pixel_size_angstrom
        Å/pixel of map and images.
    kernel, padding, cutoff_cycles
        As in `slice_map`.

    Returns
    -------
    Real array
        Shape (…, n, n), in the unit of the map times Å: V·Å of a potential in V.
    """
    slices = slice_map(volume, rotations, kernel=kernel, padding=padding, cutoff_cycles=cutoff_cycles)
    n = slices.shape[-2]
    if shift_angstrom is not None:
        shift_pixels = -as_arrays(shift_angstrom, namespace(slices).real(slices))[0] / pixel_size_angstrom
        slices = slices * shift_phases((n, n), shift_pixels, half=True)
    return irft(slices, (n, n)) * pixel_size_angstrom
