"""The least-squares map, as good as it gets: the normal equations solved without gridding, to judge the fast path by.

The map f that the data fit best solves Σ Pᵀ C² P f = Σ Pᵀ C S⁻¹ d with exact slices P. The left side is a convolution
within the box, (Σ Pᵀ C² P f)(x) = Σ_x' K(x − x') f(x'), whose kernel K(x) = Σ C²(k) exp(2πi k·x) is one non-uniform
transform on a grid of twice the box; a step of conjugate gradients then costs two FFTs, however many the images.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Complex, Float

from vitreous._typing import NumpyArray
from vitreous.fourier import crop_box, hermitian_weights, irft, nufft1, pad_box, rft
from vitreous.particles import ParticleSet
from vitreous.projection.slice import cut_off, slice_points
from vitreous.reconstruction.weighting import weighted_images
from vitreous.rotations import symmetry_matrices

__all__ = ["apply_toeplitz", "normal_equations", "solve_toeplitz", "sum_normal_equations"]

_BLOCK = 256


def normal_equations(
    data: Complex[NumpyArray, "m n n_half"],
    weights: Float[NumpyArray, "m n n_half"],
    matrices: Float[NumpyArray, "m 3 3"],
) -> tuple[Float[NumpyArray, "n n n"], Float[NumpyArray, "twice twice twice"]]:
    """The right side Σ Pᵀ C S⁻¹ d of the normal equations and the kernel K of their left side; those of blocks add up.

    Parameters
    ----------
    data, weights, matrices
        As `vitreous.reconstruction.weighting.weighted_images` yields them.

    Returns
    -------
    right_side, kernel
        Shapes (n, n, n) and (2n, 2n, 2n), the origin at n // 2 and at n; float64.

    References
    ----------
    Fessler et al., IEEE Trans. Signal Process. 53, 3393 (2005), section III.
    """
    box = data.shape[1]
    points = slice_points(box, np.asarray(matrices, np.float64)).reshape(-1, 3)
    # of a pair of which one is kept, the other is its conjugate: twice the real part
    counted = hermitian_weights((box, box))
    conjugate = np.conj(cut_off(data.astype(np.complex128), 0.5)) * counted
    squares = cut_off(weights.astype(np.complex128), 0.5) * counted
    right_side = np.real(nufft1(conjugate.ravel(), points, (box,) * 3, 1e-9))
    kernel = np.real(nufft1(squares.ravel(), points, (2 * box,) * 3, 1e-9))
    return right_side, kernel


def sum_normal_equations(
    particles: ParticleSet,
    *,
    symmetry: str = "C1",
    with_ctf: bool = True,
    advance: Callable[[int], None] = lambda count: None,
) -> tuple[Float[NumpyArray, "n n n"], Float[NumpyArray, "twice twice twice"]]:
    """The normal equations of a whole set, its images read block by block.

    Parameters
    ----------
    particles
        With poses, and images on disk.
    symmetry
        The map's point group, as `vitreous.rotations.symmetry_matrices` names it.
    with_ctf
        Whether the lens has a part in the images.
    advance
        Called with the number of images after each block.

    Returns
    -------
    right_side, kernel
        As `normal_equations` gives them.

    Raises
    ------
    InputError
        If an image cannot be read, or poses or optics are not known.
    """
    box = particles.box
    right_side, kernel = np.zeros((box,) * 3), np.zeros((2 * box,) * 3)
    for rows, images in particles.blocks(_BLOCK):
        for _, data, weights, matrices in weighted_images(particles[rows], images, with_ctf=with_ctf):
            for element in symmetry_matrices(symmetry):
                parts = normal_equations(data, weights, matrices @ element)
                right_side += parts[0]
                kernel += parts[1]
        advance(len(images))
    return right_side, kernel


def apply_toeplitz(
    transform: Complex[NumpyArray, "twice twice half"], volume: Float[NumpyArray, "n n n"]
) -> Float[NumpyArray, "n n n"]:
    """The left side of the normal equations, Σ_x' K(x − x') f(x').

    Parameters
    ----------
    transform
        Of the kernel K, as `vitreous.fourier.rft` makes it.
    volume
        f, shape (n, n, n).

    Returns
    -------
    NumPy array (n, n, n)
        Without wrap-around: the kernel has twice the box.
    """
    double = (2 * len(volume),) * 3
    applied: NumpyArray = crop_box(irft(rft(pad_box(volume, double), 3) * transform, double), volume.shape)
    return applied


def solve_toeplitz(
    right_side: Float[NumpyArray, "n n n"],
    kernel: Float[NumpyArray, "twice twice twice"],
    *,
    iterations: int = 15,
    ridge: float = 0.0,
) -> Float[NumpyArray, "n n n"]:
    """The map that the data fit best, by conjugate gradients from zero; the error of fit falls with every iteration.

    Parameters
    ----------
    right_side, kernel
        Those of `normal_equations`, summed over all images.
    iterations
        How many; stopping early is a filter, since what is seen least comes in last.
    ridge
        Added to the left side's diagonal, in units of K(0).

    Returns
    -------
    NumPy array (n, n, n)
        The map.

    References
    ----------
    Hestenes and Stiefel, J. Res. Natl. Bur. Stand. 49, 409 (1952).
    """
    transform, box = rft(kernel, 3), len(right_side)
    penalty = ridge * kernel[box, box, box]
    volume = np.zeros_like(right_side)
    residual = right_side.copy()
    direction, power = residual.copy(), float(np.sum(residual**2))
    for _ in range(iterations):
        if power == 0:
            break
        image = apply_toeplitz(transform, direction) + penalty * direction
        step = power / float(np.sum(direction * image))
        volume += step * direction
        residual -= step * image
        before, power = power, float(np.sum(residual**2))
        direction = residual + power / before * direction
    return volume
