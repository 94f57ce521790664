"""The contrast transfer function: what the lens makes of each spatial frequency of a weakly scattering specimen.

CTF(k) = −sin χ(k), χ = πλ |k|² Δf(α) − ½π Cs λ³ |k|⁴ + φ + asin a, with Δf(α) = ½ [U + V + (U − V) cos 2(α − α₀)] > 0
for underfocus, φ the phase shift of a phase plate, a the fraction of amplitude contrast. That is the physical contrast:
a protein in an underfocused micrograph is dark, and CTF(0) = −a where φ = 0. RELION's images, whose protein is white,
have the opposite sign: ``contrast="inverted"``. Symmetric aberrations are subtracted from χ (`symmetric_phase`),
antisymmetric ones turn the phase of the image (`antisymmetric_factor`), envelopes multiply the CTF (`envelopes`, and
the B factor of `vitreous.fourier.b_factor_decay`). All are functions of M k (`specimen_frequency`).
"""

from collections.abc import Mapping
from math import asin, pi, prod
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, device_of, namespace, on_cpu_without_gradient, to_numpy
from vitreous._typing import Array, ArrayLike, Real
from vitreous.fourier import frequency_grid
from vitreous.optics.aberrations import symmetric_phase
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.magnification import specimen_frequency
from vitreous.optics.wavelength import wavelength_angstrom
from vitreous.rotations.degrees import sin_cos_deg

__all__ = [
    "CONTRAST_SIGNS",
    "contrast_sign",
    "ctf",
    "ctf_1d",
    "ctf_phase",
    "ctf_phase_at",
    "defocus_form",
    "sine_of_quadratic",
]

CONTRAST_SIGNS: Mapping[str, int] = MappingProxyType({"dark": -1, "inverted": 1})
"""The sign of sin χ in the CTF: protein dark, as the microscope makes it, or white, as RELION takes it."""
_WORTH_A_KERNEL = 1 << 16
"""Values from which the compiled kernel pays for being loaded."""


def ctf(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
    *,
    half: bool = True,
    contrast: str = "dark",
) -> Float[Array, "*batch ky kx"]:
    """The contrast transfer function of a stack of images, CTF(k) = −sin χ(k).

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…). Arrays decide the library, device and precision of the result, and
        gradients pass. Single-precision arrays in the memory of the CPU that ask for no gradient go through a
        compiled kernel.
    lens
        What the images share.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.
    contrast
        ``"dark"``, the physical sign, or ``"inverted"``, RELION's.

    Returns
    -------
    Real array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx); −1 … 1.

    Raises
    ------
    ValueError
        If ``contrast`` is neither.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), eqs. 1-5.
    """
    sign, (ny, nx) = contrast_sign(contrast), shape
    *fields, pixel = as_arrays(*_fields(defocus), pixel_size_angstrom)
    xp, columns = namespace(pixel), nx // 2 + 1 if half else nx
    fast = pixel.dtype == xp.float32 and all(on_cpu_without_gradient(value) for value in (*fields, pixel))
    if fast:  # the few numbers of each image in double precision: the kernel keeps what they hold
        fields = [to_numpy(value).astype(np.float64) for value in fields]
        pixel = np.asarray(float(pixel_size_angstrom))
    quadratic, offset = defocus_form(Defocus(*fields), lens)
    shared = _lens_phase(frequency_grid(shape, pixel, half=half, like=quadratic), lens)
    batch, count = offset.shape, prod(offset.shape)
    steps = namespace(pixel).stack([1 / (nx * pixel) ** 2, 1 / (nx * ny * pixel**2), 1 / (ny * pixel) ** 2])
    arguments = (
        sign * namespace(quadratic).reshape(quadratic * steps, (count, 3)),
        sign * namespace(offset).reshape(offset, (count,)),
        sign * shared,
        0 if half else -(nx // 2),
    )
    if fast and count * ny * columns >= _WORTH_A_KERNEL:
        from vitreous.kernels.numba import ctf as kernel

        sines = xp.asarray(kernel.sine_of_quadratic(*arguments))
    else:
        sines = sine_of_quadratic(*arguments)
        sines = xp.asarray(sines, dtype=xp.float32) if fast else sines
    return xp.reshape(sines, (*batch, ny, columns))


def ctf_phase(
    shape: tuple[int, int], pixel_size_angstrom: Real, defocus: Defocus, lens: Lens, *, half: bool = True
) -> Float[Array, "*batch ky kx"]:
    """The phase χ of the contrast transfer function of a stack of images (see the module).

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…); they decide the library, device and precision of the result.
    lens
        What the images share.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.

    Returns
    -------
    Real array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx); rad.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), eqs. 2-5.
    """
    *fields, pixel = as_arrays(*_fields(defocus), pixel_size_angstrom)
    return ctf_phase_at(frequency_grid(shape, pixel, half=half, like=pixel), Defocus(*fields), lens)


def ctf_phase_at(frequency_xy: ArrayLike, defocus: Defocus, lens: Lens) -> Float[Array, "*batch_and_grid"]:
    """The phase χ of the contrast transfer function at any frequencies (see the module).

    Parameters
    ----------
    frequency_xy
        (kx, ky) of the image, shape (*grid, 2), 1/Å.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share.

    Returns
    -------
    Real array
        Shape (…, *grid), rad.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), eqs. 2-5.
    """
    frequency, *fields = as_arrays(frequency_xy, *_fields(defocus))
    xp, grid = namespace(frequency), (1,) * (frequency.ndim - 1)
    quadratic, offset = defocus_form(Defocus(*fields), lens)
    xx, xy, yy, offset = (
        xp.reshape(value, (*offset.shape, *grid)) for value in (*(quadratic[..., i] for i in range(3)), offset)
    )
    kx, ky = frequency[..., 0], frequency[..., 1]
    return xx * kx**2 + xy * (kx * ky) + yy * ky**2 + offset + _lens_phase(frequency, lens)


def ctf_1d(
    frequency_per_angstrom: ArrayLike,
    defocus: Defocus,
    lens: Lens,
    *,
    azimuth_deg: float = 0.0,
    contrast: str = "dark",
) -> Float[Array, "*batch_and_grid"]:
    """The contrast transfer function along one direction of the image.

    Parameters
    ----------
    frequency_per_angstrom
        |k|, shape (*grid,), 1/Å.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share.
    azimuth_deg
        The direction, degrees from +x towards +y.
    contrast
        ``"dark"``, the physical sign, or ``"inverted"``, RELION's.

    Returns
    -------
    Real array
        Shape (…, *grid), −1 … 1.

    Raises
    ------
    ValueError
        If ``contrast`` is neither.
    """
    frequency, *fields = as_arrays(frequency_per_angstrom, *_fields(defocus))
    xp, (sine, cosine) = namespace(frequency), sin_cos_deg(azimuth_deg)
    frequency_xy = xp.stack([frequency * float(cosine), frequency * float(sine)], axis=-1)
    return contrast_sign(contrast) * xp.sin(ctf_phase_at(frequency_xy, Defocus(*fields), lens))


def contrast_sign(contrast: str) -> int:
    """The sign of sin χ in the CTF: −1 for dark protein, +1 for inverted contrast.

    Raises
    ------
    ValueError
        If ``contrast`` is neither ``"dark"`` nor ``"inverted"``.
    """
    if contrast not in CONTRAST_SIGNS:
        raise ValueError(f"contrast={contrast!r}: it is one of {', '.join(CONTRAST_SIGNS)}")
    return CONTRAST_SIGNS[contrast]


def defocus_form(defocus: Defocus, lens: Lens) -> tuple[Float[Array, "*batch 3"], Float[Array, "*batch"]]:
    """The part of χ that differs from image to image, q₀ kx² + q₁ kx ky + q₂ ky² + offset.

    With A the matrix whose eigenvalues are U, along α₀, and V, the form is πλ (M k)ᵀ A (M k).

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        Its voltage and ``magnification_matrix`` are used.

    Returns
    -------
    quadratic, offset
        Shape (…, 3), rad Å²; and the phase shift, shape (…), rad.
    """
    u, v, angle_deg, phase_shift_deg = as_arrays(*_fields(defocus))
    xp = namespace(u)
    u, v, angle_deg, phase_shift_deg = xp.broadcast_arrays(u, v, angle_deg, phase_shift_deg)
    sine, cosine = sin_cos_deg(2 * angle_deg)
    mean, along, across = (u + v) / 2, (u - v) / 2 * cosine, (u - v) / 2 * sine
    (a, b), (c, d) = lens.magnification_matrix
    forms = [  # of qx² + qy², qx² − qy² and 2 qx qy with q = M k
        mean * (a * a + c * c) + along * (a * a - c * c) + across * (2 * a * c),
        2 * (mean * (a * b + c * d) + along * (a * b - c * d) + across * (a * d + b * c)),
        mean * (b * b + d * d) + along * (b * b - d * d) + across * (2 * b * d),
    ]
    return pi * wavelength_angstrom(lens.voltage_kv) * xp.stack(forms, axis=-1), phase_shift_deg * (pi / 180)


def sine_of_quadratic(
    quadratic: Float[Array, "n 3"], offset: Float[Array, " n"], shared: Float[Array, "ny nx"], first_column: int
) -> Float[Array, "n ny nx"]:
    """The sine of a quadratic phase on the grid of pixels, sin(q₀ i² + q₁ i j + q₂ j² + offset + shared[j, i]).

    The readable twin of `vitreous.kernels.numba.ctf.sine_of_quadratic`.

    Parameters
    ----------
    quadratic
        q₀, q₁, q₂ of each image, rad.
    offset
        Rad, one for each image.
    shared
        Rad, the phase that all images share.
    first_column
        i of the first column; j of the first row is −(ny // 2).

    Returns
    -------
    Real array
        Shape (n, ny, nx).
    """
    xp, (ny, nx) = namespace(quadratic), shared.shape
    device = device_of(quadratic)
    i = first_column + xp.arange(nx, dtype=quadratic.dtype, device=device)[None, None, :]
    j = xp.arange(ny, dtype=quadratic.dtype, device=device)[None, :, None] - ny // 2
    xx, xy, yy, constant = (value[:, None, None] for value in (*(quadratic[:, term] for term in range(3)), offset))
    return xp.sin((xx * i + xy * j) * i + (yy * j**2 + constant) + shared)


def _lens_phase(frequency_xy: Float[Array, "*grid 2"], lens: Lens) -> Float[Array, "*grid"]:
    """The part of χ that all images share: Cs, amplitude contrast and symmetric aberrations."""
    frequency = specimen_frequency(frequency_xy, lens.magnification_matrix)
    squared = frequency[..., 0] ** 2 + frequency[..., 1] ** 2
    spherical = 1e7 * lens.spherical_aberration_mm * wavelength_angstrom(lens.voltage_kv) ** 3
    return asin(lens.amplitude_contrast) - pi / 2 * spherical * squared**2 - symmetric_phase(frequency_xy, lens)


def _fields(defocus: Defocus) -> tuple[ArrayLike, ...]:
    return defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg, defocus.phase_shift_deg
