"""Slices put back into a transform: the exact adjoint of the central slice, by which a map is reconstructed.

Both spaces hold half spectra of real arrays, so that the inner product is that of the full spectra,

    ⟨A, B⟩ = Re Σ_full conj(A) B = Re Σ_half w conj(A) B,

with w of `vitreous.fourier.hermitian_weights`: 2 where a coefficient stands for a conjugate pair, 1 where both members
are stored. In it ⟨slice T, S⟩ = ⟨T, insert S⟩ for every half transform T of a real map and any S, Hermitian or not.
"""

from jaxtyping import Complex64, Float, Float32, Inexact

from vitreous._array import as_arrays, complex_dtype, namespace
from vitreous._typing import Array, NumpyArray, Real
from vitreous.fourier import full_to_half, hermitian_weights, mirror
from vitreous.interpolation import Kernel, spread
from vitreous.projection.slice import NYQUIST, cut_off, slice_points, without_prefilter

__all__ = ["add_slices", "insert_slices"]


def insert_slices(
    spectra: Inexact[Array, "*batch ky kx_half"],
    rotations: Float[Array, "*batch d d"],
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = NYQUIST,
    size: int | None = None,
    curvature_pixels: Real = 0.0,
) -> Inexact[Array, "*half_spectrum"]:
    """Half spectra added into a padded half transform at their central slices: the adjoint of `slice_transform`.

    G(m) = Σ_k S(k) φ(P q − m), q = Rᵀ(k, κ|k|²), over the full spectra S(−k) = conj S(k), the transform periodic: each
    conjugate pair is put in at q and −q, what stands alone once. Weights (real, even) go in just so, and then say how
    much of every voxel has been seen. The readable reference of the kernels.

    Parameters
    ----------
    spectra
        Half spectra as `vitreous.fourier.rft` makes them, shape (…, box, box // 2 + 1), complex; or real weights of
        the same shape. Gradients pass.
    rotations
        Shape (…, 3, 3), or (…, 2, 2) to put images into an image; gradients pass.
    kernel
        That of the slices; a prefilter is none of its own here, as in `padded_transform`.
    padding
        The size of the transform over the box.
    cutoff_cycles
        Frequencies |k| ≥ this are left out; cycles/pixel.
    size
        Edge P of the transform in voxels, where it is not padding · box.
    curvature_pixels
        κ, as in `vitreous.projection.slice_points`. An image reaches both sides of the Ewald sphere: its data times
        P* go in with −λ/2, and times Q* with λ/2.

    Returns
    -------
    Array
        The half transform, shape (P, P, P // 2 + 1) or (P, P // 2 + 1), complex or real as the spectra are.

    References
    ----------
    O'Sullivan, IEEE Trans. Med. Imaging 4, 200 (1985).
    """
    spectra, rotations = as_arrays(spectra, rotations)
    xp, box, dim = namespace(spectra), spectra.shape[-2], rotations.shape[-1]
    size = size or padding * box
    values = cut_off(xp.astype(spectra, complex_dtype(spectra), copy=False), cutoff_cycles)
    values = values * hermitian_weights((box, box), like=values)
    points = slice_points(box, rotations, curvature_pixels) * size
    full = spread(values, points, (size,) * dim, without_prefilter(kernel), "wrap")
    # the half of a pair that is not stored lands at −q
    hermitian = 0.5 * (full + xp.conj(mirror(full, tuple(range(-dim, 0)))))
    half = full_to_half(hermitian, dim)
    return half if xp.isdtype(spectra.dtype, "complex floating") else xp.real(half)


def add_slices(
    total: Float32[NumpyArray, "z y x 3"],
    data: Complex64[NumpyArray, "m ky kx_half"],
    weights: Float32[NumpyArray, "m ky kx_half"],
    rotations: Float[NumpyArray, "m 3 3"],
    kernel: Kernel,
    *,
    cutoff_cycles: Real = NYQUIST,
    curvature_pixels: Real = 0.0,
) -> None:
    """Data and their weights inserted into a running total; the readable reference of the kernel.

    N += insert(D), W += insert(C²).

    Parameters
    ----------
    total
        Changed in place: real and imaginary part of N, and W, shape (P, P, P // 2 + 1, 3).
    data, weights
        Shape (m, box, box // 2 + 1).
    rotations
        Shape (m, 3, 3).
    kernel, cutoff_cycles, curvature_pixels
        As in `insert_slices`.
    """
    size = total.shape[0]
    options = {"cutoff_cycles": cutoff_cycles, "size": size, "curvature_pixels": curvature_pixels}
    numerator = insert_slices(data, rotations, kernel, **options)
    total[..., 0] += numerator.real
    total[..., 1] += numerator.imag
    total[..., 2] += insert_slices(weights, rotations, kernel, **options)
