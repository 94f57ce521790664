"""The image of a thin specimen whose height varies over the field: tilted, or wavy.

A point of the specimen that is seen at x and lies at z(x) above the mid-plane has the underfocus Δf + z: the beam
travels to +z, and what lies nearer the detector is further from the plane in focus. A weak object of phase φ = σ∫V dz
has the contrast I − 1 = Σ_x φ(x) h(· − x; Δf + z(x)), where the transform of h is 2 CTF. The height belongs to the
point of the object, not of the image.

Tilt: the specimen is turned by the angle α, right-handed about an axis in the plane of the image that stands at the
angle β from +x towards +y. Points on the side û = (−sin β, cos β) of the axis rise: z = tan α (x·û).

Three ways to the same image: the sum as it stands (`tilted_direct`), Philippsen's contrast-imaging function by a
non-uniform transform (`tilted_spectrum`), and a sum of few ordinary convolutions (`height_transfer`), which takes any
height map and has an exact adjoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, radians, sin, tan

import numpy as np
from jaxtyping import Complex, Float

from vitreous._array import as_arrays, complex_dtype, namespace, real_dtype, to_numpy
from vitreous._typing import Array, Real
from vitreous.fourier import coordinates, frequency_grid, irft, nudft2, nufft2, rft
from vitreous.optics.aberrations import antisymmetric_factor
from vitreous.optics.ctf import ctf, ctf_phase, ctf_phase_at
from vitreous.optics.intensity import defocus_like
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.magnification import specimen_frequency
from vitreous.optics.thickness import defocus_at_height
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = [
    "HeightTransfer",
    "height_adjoint",
    "height_image",
    "height_transfer",
    "rank_for_height",
    "tilt_direction",
    "tilted_direct",
    "tilted_height",
    "tilted_spectrum",
]


def tilt_direction(tilt_axis_deg: float) -> tuple[float, float]:
    """The direction û = (−sin β, cos β) in which a specimen that is tilted by a positive angle rises.

    Parameters
    ----------
    tilt_axis_deg
        β, degrees from +x towards +y.

    Returns
    -------
    (x, y)
        A unit vector; the tilt is right-handed about (cos β, sin β, 0).
    """
    return -sin(radians(tilt_axis_deg)), cos(radians(tilt_axis_deg))


def tilted_height(
    shape: tuple[int, int], pixel_size_angstrom: Real, tilt_deg: float, tilt_axis_deg: float, *, like: Array = None
) -> Float[Array, "y x"]:
    """The height of a tilted plane at each pixel of its image, z = tan α (x·û); the underfocus there is larger by z.

    Parameters
    ----------
    shape
        (ny, nx).
    pixel_size_angstrom
        Å.
    tilt_deg
        α, degrees, below 90 either way.
    tilt_axis_deg
        β, degrees from +x towards +y.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Real array
        Å, shape (ny, nx), 0 at the origin.

    Raises
    ------
    ValueError
        If the tilt is 90° or more.
    """
    if not abs(tilt_deg) < 90:
        raise ValueError(f"tilt_deg={tilt_deg}: a specimen can be seen at tilts below 90°")
    x, (ux, uy) = coordinates(shape, pixel_size_angstrom, like=like), tilt_direction(tilt_axis_deg)
    return tan(radians(tilt_deg)) * (ux * x[..., 0] + uy * x[..., 1])


def tilted_direct(
    phase: Float[Array, "y x"],
    height_angstrom: Float[Array, "y x"],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
) -> Complex[Array, "y x"]:
    """The spectrum of the contrast of a weak object, point by point: Î(p) = Σ_x φ(x) e^{−2πi p·x} 2 CTF(p; Δf + z(x)).

    The reference for the fast ways; it takes the square of the number of pixels.

    Parameters
    ----------
    phase
        φ, rad, shape (ny, nx).
    height_angstrom
        z at each pixel, Å, shape (ny, nx).
    pixel_size_angstrom
        Å.
    defocus
        Of one image, at z = 0.
    lens
        Its antisymmetric aberrations count too.

    Returns
    -------
    Complex array
        Centred, shape (ny, nx).
    """
    xp, shape, defocus = namespace(phase), (phase.shape[0], phase.shape[1]), defocus_like(defocus, phase)
    frequency = frequency_grid(shape, pixel_size_angstrom, like=phase)
    places = coordinates(shape, pixel_size_angstrom, like=phase)
    spectrum = xp.zeros(shape, dtype=complex_dtype(phase))
    for row in range(shape[0]):
        raised = defocus_at_height(defocus, height_angstrom[row, :])
        transfers = -2 * xp.sin(ctf_phase_at(frequency, raised, lens))
        turns = -2 * pi * xp.sum(frequency * places[row, :, None, None, :], axis=-1)
        points = xp.astype(phase[row, :, None, None] * transfers, spectrum.dtype) * unit_phase(turns)
        spectrum = spectrum + xp.sum(points, axis=0)
    return spectrum * antisymmetric_factor(shape, pixel_size_angstrom, lens, half=False, like=phase)


def tilted_spectrum(
    phase: Float[Array, "y x"],
    pixel_size_angstrom: float,
    defocus: Defocus,
    lens: Lens,
    tilt_deg: float,
    tilt_axis_deg: float,
    tolerance: float | None = None,
) -> Complex[Array, "y x"]:
    """The spectrum of the contrast of a tilted weak object, by Philippsen's tilted contrast-imaging function.

    Î(p) = i [e^{iχ(p)} φ̂(p − δ) − e^{−iχ(p)} φ̂(p + δ)], δ = ½λ|p|² tan α û. With amplitude contrast, a phase plate and
    astigmatism in χ it stays exact; at α = 0 it is 2 CTF φ̂.

    Parameters
    ----------
    phase
        φ, rad, shape (ny, nx), as seen in the image.
    pixel_size_angstrom
        Å.
    defocus
        Of one image, at the tilt axis through the origin.
    lens
        Its antisymmetric aberrations count too.
    tilt_deg, tilt_axis_deg
        α and β, degrees (see the module).
    tolerance
        Of the non-uniform transform (`nufft2`); None takes the sum as it stands, for any array library.

    Returns
    -------
    Complex array
        Centred, shape (ny, nx).

    References
    ----------
    Philippsen, Engel & Engel, Ultramicroscopy 107, 202 (2007).
    """
    shape, defocus = (phase.shape[0], phase.shape[1]), defocus_like(defocus, phase)
    frequency = frequency_grid(shape, pixel_size_angstrom, like=phase)
    xp, (ux, uy) = namespace(phase), tilt_direction(tilt_axis_deg)
    q = specimen_frequency(frequency, lens.magnification_matrix)
    shift = 0.5 * wavelength_angstrom(lens.voltage_kv) * tan(radians(tilt_deg)) * (q[..., 0] ** 2 + q[..., 1] ** 2)
    offset = xp.stack([ux * shift, uy * shift], axis=-1)
    points = xp.stack([frequency - offset, frequency + offset]) * pixel_size_angstrom
    flat = xp.reshape(points, (-1, 2))
    sampled = nudft2(phase, flat) if tolerance is None else nufft2(phase, flat, tolerance)
    before, after = (xp.reshape(sampled, (2, *shape))[side, ...] for side in (0, 1))
    turn = xp.astype(unit_phase(ctf_phase(shape, pixel_size_angstrom, defocus, lens, half=False)), before.dtype)
    spectrum = 1j * (turn * before - xp.conj(turn) * after)
    return spectrum * antisymmetric_factor(shape, pixel_size_angstrom, lens, half=False, like=phase)


@dataclass(frozen=True)
class HeightTransfer:
    """The contrast transfer over a field of varying height, as a sum of few ordinary ones.

    I − 1 = Σ_n F⁻¹[m_n F[T_n(ζ) φ]], T_n the Chebyshev polynomials of the height scaled to −1 … 1.
    """

    multipliers: Array
    """m_n(k), real, shape (rank, ny, nx // 2 + 1)."""
    scaled_height: Array
    """ζ(x), real, −1 … 1, shape (ny, nx)."""
    antisymmetric: Array
    """What beam tilt and odd aberrations multiply the spectrum by, complex, shape (ny, nx // 2 + 1)."""


def rank_for_height(largest_phase_rad: float, tolerance: float) -> int:
    """How many terms give exp(iκζ), |ζ| ≤ 1, to a tolerance: the least K with 4 Σ_{n ≥ K} |J_n(κ)| ≤ tolerance.

    Parameters
    ----------
    largest_phase_rad
        κ = πλ|k|² Z at the highest frequency, for heights within ±Z.
    tolerance
        The largest error.

    Returns
    -------
    int
        About κ + 10.

    References
    ----------
    Trefethen, Approximation Theory and Approximation Practice (2013), theorem 4.2.
    """
    from scipy.special import jv  # costs a tenth of a second to import

    orders = np.arange(int(largest_phase_rad) + 200)
    tails = 4 * np.cumsum(np.abs(jv(orders, largest_phase_rad))[::-1])[::-1]
    return max(1, int(np.sum(tails > tolerance)))


def height_transfer(
    height_angstrom: Float[Array, "y x"],
    pixel_size_angstrom: float,
    defocus: Defocus,
    lens: Lens,
    tolerance: float = 1e-6,
) -> HeightTransfer:
    """The contrast transfer of a field of varying height, as few ordinary ones as the tolerance allows.

    2 CTF(k; Δf + z) is interpolated between defocus values at the Chebyshev nodes of the range of heights:
    m_n = (2 − δ_n0)/K Σ_j T_n(ζ_j) 2 CTF(k; Δf + z_j). The number K of terms is πλ|k|² Z at the corner of the spectrum
    and about 10 more.

    Parameters
    ----------
    height_angstrom
        z at each pixel, Å, shape (ny, nx): `tilted_height`, or any other map.
    pixel_size_angstrom
        Å.
    defocus
        Of one image, at z = 0; gradients pass.
    lens
        What the image was taken with.
    tolerance
        The largest error of 2 CTF.

    Returns
    -------
    HeightTransfer
        In the library and precision of the height; it holds rank · ny · nx / 2 real numbers.

    References
    ----------
    Abramowitz & Stegun (1964), eqs. 9.1.44-45 (the Jacobi-Anger expansion).
    """
    xp, shape = namespace(height_angstrom), (height_angstrom.shape[0], height_angstrom.shape[1])
    heights = to_numpy(height_angstrom).astype(np.float64)
    middle, reach = (heights.max() + heights.min()) / 2, (heights.max() - heights.min()) / 2
    frequency = specimen_frequency(frequency_grid(shape, pixel_size_angstrom, half=True), lens.magnification_matrix)
    largest = pi * wavelength_angstrom(lens.voltage_kv) * reach * float(np.max(np.sum(frequency**2, axis=-1)))
    rank = rank_for_height(largest, tolerance)
    angle = pi * (np.arange(rank) + 0.5) / rank
    nodes = (middle + reach * np.cos(angle)).tolist()
    at_nodes = defocus_at_height(defocus_like(defocus, height_angstrom), nodes)
    transfers = 2 * ctf(shape, pixel_size_angstrom, at_nodes, lens)
    # T_n(ζ_j) = cos(n θ_j)
    weights = np.cos(np.arange(rank)[:, None] * angle) * (2 - (np.arange(rank) == 0))[:, None] / rank
    weights = as_arrays(weights.tolist(), transfers)[0]
    flat = xp.reshape(transfers, (rank, -1))
    multipliers = xp.reshape(xp.matmul(weights, flat), tuple(transfers.shape))
    scaled = (height_angstrom - float(middle)) / float(reach) if reach > 0 else 0 * height_angstrom
    return HeightTransfer(
        xp.astype(multipliers, real_dtype(height_angstrom)),
        scaled,
        antisymmetric_factor(shape, pixel_size_angstrom, lens, like=height_angstrom),
    )


def height_image(phase: Float[Array, "*batch y x"], transfer: HeightTransfer) -> Float[Array, "*batch y x"]:
    """The contrast of a weak object over a field of varying height, I − 1 = M φ.

    Parameters
    ----------
    phase
        φ, rad, shape (…, ny, nx); gradients pass.
    transfer
        M.

    Returns
    -------
    Real array
        Shape (…, ny, nx).
    """
    spectrum = 0
    for n, polynomial in enumerate(_chebyshev(transfer)):
        spectrum = spectrum + transfer.multipliers[n, ...] * rft(polynomial * phase, 2)
    return irft(spectrum * transfer.antisymmetric, (phase.shape[-2], phase.shape[-1]))


def height_adjoint(contrast: Float[Array, "*batch y x"], transfer: HeightTransfer) -> Float[Array, "*batch y x"]:
    """The adjoint of `height_image`, Mᵀ: each part of the image multiplied by the CTF of its own height.

    ⟨Mφ, I⟩ = ⟨φ, MᵀI⟩. By itself it turns all phases the right way, as a multiplication by the CTF does.

    Parameters
    ----------
    contrast
        I − 1, shape (…, ny, nx); gradients pass.
    transfer
        M.

    Returns
    -------
    Real array
        Shape (…, ny, nx).
    """
    xp, shape = namespace(contrast), (contrast.shape[-2], contrast.shape[-1])
    spectrum = rft(contrast, 2) * xp.conj(transfer.antisymmetric)
    phase = 0 * contrast
    for n, polynomial in enumerate(_chebyshev(transfer)):
        phase = phase + polynomial * irft(transfer.multipliers[n, ...] * spectrum, shape)
    return phase


def _chebyshev(transfer: HeightTransfer) -> Iterator[Array]:
    """T_0(ζ), T_1(ζ), … by the recurrence T_{n+1} = 2ζ T_n − T_{n−1}."""
    height = transfer.scaled_height
    before, now = height, 0 * height + 1
    for _ in range(transfer.multipliers.shape[0]):
        yield now
        before, now = now, 2 * height * now - before
