"""Phantoms whose transform, resolution or hand is known: a point, a sine grating, a Siemens star, a helix bundle.

Images are (y, x), volumes (z, y, x), with the origin at pixel n // 2; ``like`` is an array whose library, device and
precision the result takes, NumPy float64 without it.
"""

from math import pi

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, Real
from vitreous.fourier import coordinates, ift, shift_phases
from vitreous.rotations.degrees import sin_cos_deg
from vitreous.specimen.atoms import Atoms, centre_atoms, concatenate_atoms
from vitreous.specimen.backbone import alpha_helix
from vitreous.specimen.bundle import hexagonal_places
from vitreous.specimen.residues import beta_carbon

__all__ = ["helix_bundle", "point", "siemens_star", "sine_grating"]

_BUNDLE_LENGTHS = (30, 24, 18)


def point(
    shape: tuple[int, ...], position_angstrom: ArrayLike, pixel_size_angstrom: Real = 1.0, *, like: Array = None
) -> Float[Array, "*shape"]:
    """A point of sum 1 anywhere between the pixels, band-limited by the box: F(k) = exp(−2πi k·x₀).

    Parameters
    ----------
    shape
        ([nz,] ny, nx).
    position_angstrom
        x₀ = (x, y[, z]) from the origin, Å; gradients pass.
    pixel_size_angstrom
        Å/pixel.
    like
        See the module.

    Returns
    -------
    Real array
        The given shape. On a pixel it is 1 there and 0 elsewhere; between pixels it rings as the box's band ends.

    Raises
    ------
    ValueError
        If the position has not as many numbers as the shape.
    """
    given = (position_angstrom, pixel_size_angstrom) if like is None else (position_angstrom, pixel_size_angstrom, like)
    position, size = as_arrays(*given)[:2]
    xp = namespace(position)
    return xp.real(ift(shift_phases(shape, position / size), len(shape)))


def sine_grating(
    shape: tuple[int, ...],
    period_angstrom: Real,
    pixel_size_angstrom: Real = 1.0,
    *,
    angle_deg: Real = 0.0,
    phase_deg: Real = 0.0,
    like: Array = None,
) -> Float[Array, "*shape"]:
    """A wave across an image, cos(2π x·û/d + φ₀), û = (cos α, sin α).

    Parameters
    ----------
    shape
        (ny, nx).
    period_angstrom
        d, Å.
    pixel_size_angstrom
        Å/pixel.
    angle_deg
        α, the direction in which the grating varies, from +x towards +y.
    phase_deg
        φ₀: the phase at the origin.
    like
        See the module.

    Returns
    -------
    Real array
        The given shape, of mean 0 over whole periods and amplitude 1. As the phase ε cos of a wave it has the
        harmonics iʰ J_h(ε).

    Raises
    ------
    ValueError
        If the pixels cannot show the period, d < 2 pixels.
    """
    if not period_angstrom >= 2 * pixel_size_angstrom:
        smallest = f"{2 * pixel_size_angstrom} Å, two pixels"
        raise ValueError(f"period_angstrom={period_angstrom}: the shortest period that the pixels show is {smallest}")
    where = coordinates(shape, pixel_size_angstrom, like=like)
    sine, cosine = sin_cos_deg(angle_deg)
    along = where[..., 0] * float(cosine) + where[..., 1] * float(sine)
    return namespace(along).cos(2 * pi * along / period_angstrom + pi / 180 * phase_deg)


def siemens_star(
    shape: tuple[int, int], spokes: int, radius_pixels: float, *, like: Array = None
) -> Float[Array, "*shape"]:
    """A disc of spokes, which are n/(2πr) to the pixel at radius r: a test of resolution and of contrast transfer.

    Edges are one pixel wide, so that within the radius where spokes are narrower than a pixel the star is grey.

    Parameters
    ----------
    shape
        (ny, nx).
    spokes
        n, the number of bright spokes; one lies along +x.
    radius_pixels
        Of the disc, pixels.
    like
        See the module.

    Returns
    -------
    Real array
        The given shape: 1 on spokes, 0 between them and outside.

    Raises
    ------
    ValueError
        If there is no spoke.
    """
    if spokes < 1:
        raise ValueError(f"spokes={spokes}: a star has at least one")
    where = coordinates(shape, like=like)
    xp = namespace(where)
    x, y = where[..., 0], where[..., 1]
    radius = xp.sqrt(x**2 + y**2)
    # the distance from the nearest edge of a spoke along the circle, positive within the spoke
    wave = xp.clip(xp.cos(spokes * xp.atan2(y, x)), -1.0, 1.0)
    edge = radius * xp.asin(wave) / spokes
    return xp.clip(edge + 0.5, 0.0, 1.0) * xp.clip(radius_pixels - radius + 0.5, 0.0, 1.0)


def helix_bundle(right_handed: bool = True) -> Atoms:
    """Three α-helices of alanine of different lengths, or their mirror image: which one a map shows is its hand.

    Parameters
    ----------
    right_handed
        True for α-helices as in nature; False for their mirror image, x → −x.

    Returns
    -------
    Atoms
        360 atoms, NumPy float64, the centre of mass at the origin. The helices run along z; no rotation brings one
        hand onto the other.
    """
    parts = []
    for i, (place, length) in enumerate(zip(hexagonal_places(0, 2), _BUNDLE_LENGTHS, strict=True)):
        helix = alpha_helix(length, 40.0 * i)
        residues = np.concatenate([helix, beta_carbon(helix)[:, None]], axis=1) + np.array([*place, 0.0])
        parts.append(Atoms(residues.reshape(-1, 3), np.tile(np.array([7, 6, 6, 8, 6]), length)))
    bundle = centre_atoms(concatenate_atoms(*parts))
    mirror = np.array([1.0 if right_handed else -1.0, 1.0, 1.0])
    return Atoms(bundle.positions_angstrom * mirror, bundle.elements)
