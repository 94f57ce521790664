"""What particles of one microscope session share: voltage, aberrations, pixel size, box."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

__all__ = ["KnownOptics", "OpticsGroup"]


class KnownOptics(TypedDict, total=False):
    """What a person knows of the optics where a file does not: fields of ``OpticsGroup`` for all groups alike."""

    voltage_kv: float
    spherical_aberration_mm: float
    amplitude_contrast: float
    pixel_size_angstrom: float
    box: int


@dataclass(frozen=True)
class OpticsGroup:
    """The microscope and camera behind a group of particles; None where the source does not say.

    Parameters
    ----------
    name
        The name of the group, ``opticsGroup1`` in RELION.
    voltage_kv
        Acceleration voltage in kV.
    spherical_aberration_mm
        Spherical aberration Cs in mm.
    amplitude_contrast
        The fraction of amplitude contrast, 0 to 1.
    pixel_size_angstrom
        Edge of a pixel of the particle images, in Å.
    box
        Edge of the particle images, in pixels.
    beam_tilt_mrad
        Beam tilt (x, y) in mrad.
    odd_zernike, even_zernike
        Coefficients of the antisymmetric and symmetric aberrations, in RELION's numbering and unit (radians with the
        spatial frequency in 1/Å).
    magnification_matrix
        Anisotropic magnification ((m00, m01), (m10, m11)) acting on (x, y), as RELION defines it.
    extra
        Other columns of the source's optics table, by their label.
    """

    name: str
    voltage_kv: float | None
    spherical_aberration_mm: float | None
    amplitude_contrast: float | None
    pixel_size_angstrom: float | None
    box: int | None
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0)
    odd_zernike: tuple[float, ...] = ()
    even_zernike: tuple[float, ...] = ()
    magnification_matrix: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    extra: Mapping[str, object] = field(default_factory=dict)
