"""The microscope as data: the lens that the images of one optics group share, and the defocus of each image."""

from dataclasses import dataclass

from vitreous._typing import ArrayLike

__all__ = ["Defocus", "Lens"]


@dataclass(frozen=True)
class Lens:
    """The microscope as one optics group sees it: what all of the group's images share.

    Raises
    ------
    ValueError
        If the voltage is not positive, the amplitude contrast not within −1 … 1, or the magnification matrix singular.
    """

    voltage_kv: float
    """Acceleration voltage, kV."""
    spherical_aberration_mm: float = 0.0
    """Cs, mm."""
    amplitude_contrast: float = 0.0
    """The fraction of amplitude contrast, a: CTF(0) = −a."""
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0)
    """Beam tilt (x, y), mrad, with the sign of RELION since 3.1 (`vitreous.optics.antisymmetric_phase`)."""
    odd_zernike: tuple[float, ...] = ()
    """Coefficients of the antisymmetric aberrations, rad, in RELION's order (`rlnOddZernike`)."""
    even_zernike: tuple[float, ...] = ()
    """Coefficients of the symmetric aberrations, rad, in RELION's order (`rlnEvenZernike`)."""
    magnification_matrix: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    """RELION's anisotropic magnification (`rlnMagMat00` …), rows (x, y)."""

    def __post_init__(self) -> None:
        if not self.voltage_kv > 0:
            raise ValueError(f"voltage_kv={self.voltage_kv}: the voltage is a positive number of kV, such as 300")
        if not -1 <= self.amplitude_contrast <= 1:
            raise ValueError(f"amplitude_contrast={self.amplitude_contrast}: a fraction, such as 0.07 or 0.1")
        (xx, xy), (yx, yy) = self.magnification_matrix
        if xx * yy == xy * yx:
            raise ValueError(f"magnification_matrix={self.magnification_matrix} is singular; no distortion is identity")


@dataclass(frozen=True)
class Defocus:
    """The defocus of one image or of a stack, numbers or arrays of one batch shape; positive is underfocus.

    Arrays keep their library, and gradients pass through them.
    """

    u_angstrom: ArrayLike
    """Defocus along the astigmatism angle, Å."""
    v_angstrom: ArrayLike
    """Defocus across the astigmatism angle, Å."""
    angle_deg: ArrayLike = 0.0
    """The angle of the defocus U, degrees from +x towards +y."""
    phase_shift_deg: ArrayLike = 0.0
    """The phase shift of a phase plate, degrees."""

    @classmethod
    def round(cls, defocus_angstrom: ArrayLike, phase_shift_deg: ArrayLike = 0.0) -> "Defocus":
        """The defocus without astigmatism.

        Parameters
        ----------
        defocus_angstrom
            Å, a number or an array of the batch shape.
        phase_shift_deg
            Degrees.

        Returns
        -------
        Defocus
            U = V.
        """
        return cls(defocus_angstrom, defocus_angstrom, phase_shift_deg=phase_shift_deg)
