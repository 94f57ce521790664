"""What a specimen of some thickness does to the contrast transfer: every layer has a defocus of its own.

ξ = πλ k² t is the phase between the first and the last layer; sinc x = sin x/x throughout. All is for a specimen that
fills the thickness evenly about the mid-plane.
"""

from math import pi

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, Real
from vitreous.optics.lens import Defocus
from vitreous.optics.sinc import sinc
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["defocus_at_height", "node_thickness_angstrom", "thick_ctf_power", "thickness_envelope"]


def defocus_at_height(defocus: Defocus, height_angstrom: ArrayLike) -> Defocus:
    """The defocus of a layer at a height above the plane that a defocus refers to, Δf + z.

    The beam travels to +z: a layer nearer the detector is the more underfocused. With z = −t/2 it turns a defocus that
    was measured at the exit plane into that of the mid-plane, with z = +t/2 one of the entrance plane.

    Parameters
    ----------
    defocus
        Numbers or arrays of one batch shape (…).
    height_angstrom
        z of the layer against that plane, Å; it broadcasts with the batch.

    Returns
    -------
    Defocus
        Of the layer.
    """
    u, v, height = as_arrays(defocus.u_angstrom, defocus.v_angstrom, height_angstrom)
    return Defocus(u + height, v + height, defocus.angle_deg, defocus.phase_shift_deg)


def thickness_envelope(
    frequency_per_angstrom: ArrayLike, thickness_angstrom: ArrayLike, voltage_kv: float
) -> Float[Array, "*grid"]:
    """What the thickness takes from the amplitude where all layers show the same, ⟨sin χ(z)⟩ = sin χ · sinc(ξ/2).

    Parameters
    ----------
    frequency_per_angstrom
        |k|, any shape, 1/Å.
    thickness_angstrom
        t, Å; it broadcasts with the frequencies.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Real array
        The shape of the frequencies, −0.22 … 1.
    """
    frequency, thickness = as_arrays(frequency_per_angstrom, thickness_angstrom)
    return sinc(0.5 * pi * wavelength_angstrom(voltage_kv) * frequency**2 * thickness)


def thick_ctf_power(
    phase: ArrayLike, frequency_per_angstrom: ArrayLike, thickness_angstrom: ArrayLike, voltage_kv: float
) -> Float[Array, "*grid"]:
    """The power of the contrast transfer where the layers are independent, ⟨sin² χ(z)⟩ = ½ [1 − sinc(ξ) cos 2χ].

    Parameters
    ----------
    phase
        χ of the mid-plane (`vitreous.optics.ctf_phase`), rad.
    frequency_per_angstrom
        |k|, 1/Å; it broadcasts with the phase.
    thickness_angstrom
        t, Å.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Real array
        The shape of the phase, 0 … 1. Where ξ = π the rings vanish (`node_thickness_angstrom`).

    References
    ----------
    Tichelaar, Hagen, Gorelik, Xue and Mahamid, Ultramicroscopy 216, 113023 (2020); McMullan, Vinothkumar and
    Henderson, Ultramicroscopy 158, 26 (2015).
    """
    phase, frequency, thickness = as_arrays(phase, frequency_per_angstrom, thickness_angstrom)
    damping = sinc(pi * wavelength_angstrom(voltage_kv) * frequency**2 * thickness)
    return 0.5 * (1 - damping * namespace(phase).cos(2 * phase))


def node_thickness_angstrom(resolution_angstrom: Real, voltage_kv: Real) -> Real:
    """The thickness at which the rings first vanish at a resolution, t = d²/λ.

    Parameters
    ----------
    resolution_angstrom
        d, Å.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Number or array
        t, Å: 457 Å for 3 Å at 300 kV.

    References
    ----------
    McMullan, Vinothkumar and Henderson, Ultramicroscopy 158, 26 (2015).
    """
    return resolution_angstrom**2 / wavelength_angstrom(voltage_kv)
