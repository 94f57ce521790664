"""Defocus and aberrations as other programs write them.

Ours are RELION's: U along the angle, degrees from +x towards +y, U and V in Å, positive underfocus, phase shift in
degrees. CTFFIND, cryoSPARC and cryoDRGN have the same U, V and angle with other names and units (`DEFOCUS_FIELDS`).
torch-ctf has the mean and half the difference in μm. Krivanek's notation (abTEM, MULTEM, Parakeet) counts overfocus
positive, C₁₀ = −Δf, and writes exp(−iχ) where ours is exp(+iχ).
"""

from collections.abc import Mapping
from math import atan2, cos, hypot, pi, sin
from types import MappingProxyType

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = [
    "DEFOCUS_FIELDS",
    "defocus_from_fields",
    "defocus_from_krivanek",
    "defocus_from_mean",
    "defocus_to_fields",
    "defocus_to_krivanek",
    "defocus_to_mean",
    "lens_from_krivanek",
    "lens_to_krivanek",
    "ordered_defocus",
]

_DEGREE, _RADIAN = 1.0, 180 / pi
DEFOCUS_FIELDS: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "relion": (
            ("rlnDefocusU", 1.0),
            ("rlnDefocusV", 1.0),
            ("rlnDefocusAngle", _DEGREE),
            ("rlnPhaseShift", _DEGREE),
        ),
        "ctffind": (
            ("defocus 1", 1.0),
            ("defocus 2", 1.0),
            ("azimuth of astigmatism", _DEGREE),
            ("additional phase shift", _RADIAN),
        ),
        "cryosparc": (
            ("ctf/df1_A", 1.0),
            ("ctf/df2_A", 1.0),
            ("ctf/df_angle_rad", _RADIAN),
            ("ctf/phase_shift_rad", _RADIAN),
        ),
        "cryodrgn": (("dfu", 1.0), ("dfv", 1.0), ("dfang", _DEGREE), ("phase_shift", _DEGREE)),
    }
)
"""For each program the names of U, V, angle and phase shift, each with what it is multiplied by for Å or degrees."""


def ordered_defocus(defocus: Defocus) -> Defocus:
    """The same defocus with U ≥ V and −90° < angle ≤ 90°, as CTFFIND writes it.

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).

    Returns
    -------
    Defocus
        Arrays; U and V change places where U < V, and the angle turns by 90°.
    """
    u, v, angle, shift = as_arrays(defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg, defocus.phase_shift_deg)
    xp = namespace(u)
    angle = xp.where(u < v, angle + 90, angle)
    angle = angle - 180 * xp.ceil((angle - 90) / 180)
    return Defocus(xp.where(u < v, v, u), xp.where(u < v, u, v), angle, shift)


def defocus_to_fields(defocus: Defocus, program: str) -> dict[str, Array]:
    """The defocus under the names and in the units of a program, with U ≥ V and −90° < angle ≤ 90°.

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).
    program
        ``"relion"``, ``"ctffind"``, ``"cryosparc"`` or ``"cryodrgn"``.

    Returns
    -------
    dict
        Four arrays by name, see `DEFOCUS_FIELDS`.

    Raises
    ------
    ValueError
        If the program is none of these.
    """
    value = ordered_defocus(defocus)
    ours = (value.u_angstrom, value.v_angstrom, value.angle_deg, value.phase_shift_deg)
    return {name: array / factor for array, (name, factor) in zip(ours, _fields(program), strict=True)}


def defocus_from_fields(fields: Mapping[str, ArrayLike], program: str) -> Defocus:
    """The defocus from the names and units of a program.

    Parameters
    ----------
    fields
        U, V and angle, and the phase shift where there is one, by the names of `DEFOCUS_FIELDS`.
    program
        ``"relion"``, ``"ctffind"``, ``"cryosparc"`` or ``"cryodrgn"``.

    Returns
    -------
    Defocus
        Arrays of the batch shape of the fields.

    Raises
    ------
    ValueError
        If the program is none of these, or one of U, V and angle is absent.
    """
    (*needed, (shift, _)) = named = _fields(program)
    absent = [name for name, _ in needed if name not in fields]
    if absent:
        raise ValueError(f"the fields of {program} lack {', '.join(absent)}; there are {', '.join(fields)}")
    arrays = as_arrays(*(fields.get(name, 0.0) if name == shift else fields[name] for name, _ in named))
    return Defocus(*(array * factor for array, (_, factor) in zip(arrays, named, strict=True)))


def defocus_to_mean(defocus: Defocus) -> tuple[Array, Array, Array]:
    """The mean of U and V, half their difference, and the angle: torch-ctf's numbers, there in μm (1 μm = 10⁴ Å).

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).

    Returns
    -------
    mean, half_difference, angle
        Å, Å ≥ 0, and degrees from −90 to 90.
    """
    value = ordered_defocus(defocus)
    u, v = value.u_angstrom, value.v_angstrom
    return (u + v) / 2, (u - v) / 2, value.angle_deg


def defocus_from_mean(
    mean_angstrom: ArrayLike,
    half_difference_angstrom: ArrayLike,
    angle_deg: ArrayLike = 0.0,
    phase_shift_deg: ArrayLike = 0.0,
) -> Defocus:
    """The defocus from the mean of U and V and half their difference: U = mean + half, V = mean − half.

    Parameters
    ----------
    mean_angstrom, half_difference_angstrom
        Å; a whole difference, as some programs have it, is halved first.
    angle_deg
        Of U, degrees from +x towards +y.
    phase_shift_deg
        Degrees.

    Returns
    -------
    Defocus
        Arrays of the batch shape.
    """
    mean, half, angle, shift = as_arrays(mean_angstrom, half_difference_angstrom, angle_deg, phase_shift_deg)
    return Defocus(mean + half, mean - half, angle, shift)


def defocus_to_krivanek(defocus: Defocus) -> dict[str, Array]:
    """The defocus in Krivanek's notation: C₁₀ = −(U + V)/2, C₁₂ = |U − V|/2 at the angle of the lesser defocus.

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).

    Returns
    -------
    dict
        ``C10``, ``C12`` in Å and ``phi12`` in rad, as abTEM names them.

    References
    ----------
    Krivanek, Dellby and Lupini, Ultramicroscopy 78, 1 (1999).
    """
    mean, half, angle = defocus_to_mean(defocus)
    # −C₁₂ cos 2(φ − φ₁₂) is greatest, as underfocus, across φ₁₂
    return {"C10": -mean, "C12": half, "phi12": (angle + 90) * (pi / 180)}


def defocus_from_krivanek(coefficients: Mapping[str, ArrayLike]) -> Defocus:
    """The defocus from Krivanek's notation, the inverse of `defocus_to_krivanek`.

    Parameters
    ----------
    coefficients
        ``C10``, ``C12`` in Å and ``phi12`` in rad, numbers or arrays of one batch shape; what is absent is 0.

    Returns
    -------
    Defocus
        Arrays of the batch shape, with U ≥ V.
    """
    c10, c12, phi12 = as_arrays(*(coefficients.get(name, 0.0) for name in ("C10", "C12", "phi12")))
    return ordered_defocus(defocus_from_mean(-c10, c12, phi12 * (180 / pi) - 90))


def lens_to_krivanek(lens: Lens) -> dict[str, float]:
    """Cs, coma and trefoil in Krivanek's notation: C₃₀ = Cs, C₂₁ = 3 Cs β for a beam tilt β, C₂₃ from Z(3, ±3).

    Odd terms of RELION that are linear in k move the image and have no coefficient here.

    Parameters
    ----------
    lens
        Its voltage, Cs, beam tilt and the first six odd Zernike terms are used.

    Returns
    -------
    dict
        ``C30``, ``C21``, ``C23`` in Å, ``phi21``, ``phi23`` in rad.

    Raises
    ------
    ValueError
        If the lens has other aberrations, which these coefficients cannot carry.

    References
    ----------
    Krivanek, Dellby and Lupini, Ultramicroscopy 78, 1 (1999).
    """
    if any(lens.odd_zernike[6:]) or any(lens.even_zernike):
        raise ValueError(
            "even Zernike terms, and odd ones from the seventh, have no coefficient among C30, C21 and C23"
        )
    cs = 1e7 * lens.spherical_aberration_mm
    odd = (*lens.odd_zernike[:6], *(0.0,) * (6 - len(lens.odd_zernike)))
    # φ = −χ of Krivanek = −(2π/3) λ² k³ [C₂₁ cos(φ − φ₂₁) + C₂₃ cos 3(φ − φ₂₃)]
    scale = -1 / (2 * pi / 3 * wavelength_angstrom(lens.voltage_kv) ** 2)
    x, y = (
        3e-3 * cs * tilt + 3 * scale * term for tilt, term in zip(lens.beam_tilt_mrad, (odd[4], odd[3]), strict=True)
    )
    cosine, sine = scale * odd[5], scale * odd[2]
    return {
        "C30": cs,
        "C21": float(hypot(x, y)),
        "phi21": atan2(y, x),
        "C23": float(hypot(cosine, sine)),
        "phi23": atan2(sine, cosine) / 3,
    }


def lens_from_krivanek(coefficients: Mapping[str, float], voltage_kv: float, amplitude_contrast: float = 0.0) -> Lens:
    """The lens from Krivanek's notation; coma and trefoil become odd Zernike terms.

    Parameters
    ----------
    coefficients
        ``C30``, ``C21``, ``C23`` in Å, ``phi21``, ``phi23`` in rad; what is absent is 0.
    voltage_kv
        Acceleration voltage, kV.
    amplitude_contrast
        The fraction of amplitude contrast.

    Returns
    -------
    Lens
        With Z(3, ±1) and the Z(1, ±1) that makes the coma a pure k³, and Z(3, ±3).
    """
    c30, c21, phi21, c23, phi23 = (coefficients.get(name, 0.0) for name in ("C30", "C21", "phi21", "C23", "phi23"))
    scale = -2 * pi / 3 * wavelength_angstrom(voltage_kv) ** 2
    x, y = scale * c21 * cos(phi21) / 3, scale * c21 * sin(phi21) / 3
    trefoil = (scale * c23 * sin(3 * phi23), y, x, scale * c23 * cos(3 * phi23))
    return Lens(voltage_kv, 1e-7 * c30, amplitude_contrast, odd_zernike=(2 * y, 2 * x, *trefoil))


def _fields(program: str) -> tuple[tuple[str, float], ...]:
    if program not in DEFOCUS_FIELDS:
        raise ValueError(f"program={program!r}; the programs are {', '.join(DEFOCUS_FIELDS)}")
    return DEFOCUS_FIELDS[program]
