"""The slope of the lens phase: how far a frequency's detail lands from where it belongs."""

from math import pi

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike
from vitreous.optics.aberrations import even_zernike_order, zernike_gradient
from vitreous.optics.ctf import defocus_form
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.magnification import specimen_frequency
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["phase_gradient"]


def phase_gradient(frequency_xy: ArrayLike, defocus: Defocus, lens: Lens) -> Float[Array, "*batch_and_grid 2"]:
    """The gradient of χ (see `vitreous.optics.ctf`) with respect to the frequency, ∇χ.

    Without astigmatism, magnification and Zernike terms |∇χ| = 2πλ |k| |Δf − Cs λ² k²|.

    Parameters
    ----------
    frequency_xy
        (kx, ky) of the image, shape (*grid, 2), 1/Å.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        Its voltage, Cs, ``even_zernike`` and ``magnification_matrix`` are used.

    Returns
    -------
    Real array
        (∂χ/∂kx, ∂χ/∂ky), shape (…, *grid, 2), rad Å.
    """
    u, v, angle_deg, frequency, matrix = as_arrays(
        defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg, frequency_xy, lens.magnification_matrix
    )
    xp, grid = namespace(frequency), (1,) * (frequency.ndim - 1)
    quadratic, offset = defocus_form(Defocus(u, v, angle_deg), lens)
    xx, xy, yy = (xp.reshape(quadratic[..., term], (*offset.shape, *grid)) for term in range(3))
    kx, ky = frequency[..., 0], frequency[..., 1]
    defocus_part = xp.stack([2 * xx * kx + xy * ky, xy * kx + 2 * yy * ky], axis=-1)
    at = specimen_frequency(frequency, matrix)
    spherical = 1e7 * lens.spherical_aberration_mm * wavelength_angstrom(lens.voltage_kv) ** 3
    lens_part = -2 * pi * spherical * xp.sum(at**2, axis=-1, keepdims=True) * at
    for index, coefficient in enumerate(lens.even_zernike):
        lens_part = lens_part - coefficient * zernike_gradient(*even_zernike_order(index), at)
    # the gradient with respect to k of a function of M k is Mᵀ times that with respect to M k
    return defocus_part + xp.matmul(lens_part, matrix)
