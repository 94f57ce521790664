"""The central slice of a map for a stack of rotations, exact or by interpolation.

F₂(kx, ky) = F₃(Rᵀ(kx, ky, 0)): R takes reference coordinates into the observed frame, whose z is the beam. Slices are
half spectra as `vitreous.fourier.rft` makes them. Frequencies from the cut-off up are zero; at its default, Nyquist,
that leaves the sphere which all rotations of the map's box share.

``rotations`` may be any matrices: a multiple c·R samples a map whose voxels are c times the size of the image's pixels,
and the first two rows mixed by Mᵀ make RELION's anisotropic magnification.
"""

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, HalfSpectrum, Image, Real, Rotations
from vitreous.fourier import frequency_grid, frequency_radius, ft, irft, nufft2, pad_box, shift_phases
from vitreous.interpolation import Kernel, fourier_correction, sample

__all__ = ["NYQUIST", "padded_transform", "project", "slice_map", "slice_points", "slice_transform"]

NYQUIST = 0.5
"""Cycles/pixel."""
_ROUNDING = 1e-6
"""Of a frequency in single precision: what lies on the cut-off is beyond it."""


def slice_points(box: int, rotations: Rotations) -> Float[Array, "*batch ky kx 3"]:
    """Where the slices lie in the map's transform, Rᵀ(kx, ky, 0) for every frequency of a half spectrum.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    rotations
        Shape (…, 3, 3); gradients pass.

    Returns
    -------
    Real array
        (kx, ky, kz) in cycles/pixel, shape (…, box, box // 2 + 1, 3).
    """
    xp = namespace(rotations)
    plane = frequency_grid((box, box), half=True, like=rotations)
    points = xp.matmul(xp.reshape(plane, (-1, 2)), rotations[..., :2, :])
    return xp.reshape(points, (*rotations.shape[:-2], *plane.shape[:-1], 3))


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
        transform is interpolated by this kernel, in any library, and gradients pass for map and rotations.
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
        transform = padded_transform(volume, kernel, padding)
        return slice_transform(transform, rotations, box, kernel, padding, cutoff_cycles=cutoff_cycles)
    xp, points = namespace(volume), slice_points(box, rotations)
    values = nufft2(volume, xp.reshape(points, (-1, 3)))
    return _cut_off(xp.reshape(values, points.shape[:-1]), box, cutoff_cycles)


def padded_transform(volume: Float[Array, "z y x"], kernel: Kernel, padding: int = 2) -> Complex[Array, "p p p"]:
    """The transform of a map that slices are interpolated from: corrected for the kernel, then padded with zeros.

    T = ft(pad(f / C)), C the separable correction of the kernel (`vitreous.interpolation.fourier_correction`).

    Parameters
    ----------
    volume
        The map, shape (n, n, n); gradients pass.
    kernel
        The kernel that the slices will be interpolated by.
    padding
        The padded size over n.

    Returns
    -------
    Complex array
        The full centred transform, shape (padding · n,) · 3.

    Raises
    ------
    ValueError
        If the map is not a cube, or the padding is below 1.

    References
    ----------
    Jackson, Meyer, Nishimura and Macovski, IEEE Trans. Med. Imaging 10, 473 (1991).
    """
    n = volume.shape[-1]
    if tuple(volume.shape) != (n, n, n) or padding < 1:
        raise ValueError(f"a map of shape {tuple(volume.shape)}, padded {padding} times: give a cube, and 1 or more")
    corrected = volume / fourier_correction(kernel, (n, n, n), padding, like=volume)
    return ft(pad_box(corrected, (padding * n,) * 3), 3)


def slice_transform(
    transform: Complex[Array, "p p p"],
    rotations: Rotations,
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = NYQUIST,
) -> HalfSpectrum:
    """The central slices of a map by interpolation in its padded transform; the readable reference of the kernels.

    F₂(k) = Σ_m T(m) φ(p n q − m), q = Rᵀ(k, 0), the transform repeated periodically.

    Parameters
    ----------
    transform
        What `padded_transform` made of the map, with the same kernel and padding.
    rotations
        Shape (…, 3, 3); gradients pass.
    box
        Edge of the images in pixels.
    kernel, padding
        Those of `padded_transform`.
    cutoff_cycles
        Frequencies |k| ≥ this are zero; cycles/pixel.

    Returns
    -------
    Complex array
        Half spectra, shape (…, box, box // 2 + 1).
    """
    points = slice_points(box, rotations) * transform.shape[-1]
    if transform.shape[-1] % padding:
        raise ValueError(f"a transform of {transform.shape[-1]} voxels was not padded {padding} times")
    return _cut_off(sample(transform, points, kernel, "wrap"), box, cutoff_cycles)


def _cut_off(spectra: HalfSpectrum, box: int, cutoff_cycles: Real) -> HalfSpectrum:
    """The spectra with zeros from the cut-off up."""
    xp = namespace(spectra)
    like = xp.real(spectra)
    inside = frequency_radius((box, box), half=True, like=like) < cutoff_cycles * (1 - _ROUNDING)
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
