"""The wave that leaves the specimen, by models that need no stepping: weak phase, phase grating, Ewald sphere.

A plane wave of amplitude 1 travels to +z through slices of potential in V Å, ordered (slice, y, x) in beam order. Slice
n lies at z = (n − S // 2) · thickness, so that, as on every axis, index S // 2 is the origin. All waves are referred to
that mid-plane z = 0: a wave found further down is carried back to it, and the defocus counts from there.
"""

from dataclasses import dataclass
from math import pi, sqrt

from jaxtyping import Complex, Float, Inexact

from vitreous._array import complex_dtype, namespace
from vitreous._typing import Array, Image, Real
from vitreous.fourier import frequency_radius, ft, ift
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom
from vitreous.specimen.potential import slice_positions

__all__ = [
    "ExitWave",
    "absorptive_potential",
    "ewald_sphere",
    "is_absorbing",
    "phase_grating",
    "slices_of_potential",
    "weak_phase",
]


@dataclass(frozen=True)
class ExitWave:
    """The wave behind the specimen, referred to its mid-plane; the incident wave is 1."""

    wave: Array
    """ψ, complex, shape (…, y, x)."""
    pixel_size_angstrom: Real
    """Å."""
    voltage_kv: float
    """The voltage at which it was made, kV."""
    absorbing: bool
    """Whether the potential took electrons away: the amplitude contrast is then in the wave already."""


def is_absorbing(potential: Inexact[Array, "*shape"]) -> bool:
    """Whether a potential is complex: its imaginary part takes electrons out of the wave."""
    return bool(namespace(potential).isdtype(potential.dtype, "complex floating"))


def absorptive_potential(potential: Float[Array, "*shape"], amplitude_contrast: float) -> Complex[Array, "*shape"]:
    """The complex potential V (1 + i a′), a′ = a/√(1 − a²), that makes the amplitude contrast a by absorption.

    A weak object of this potential has the contrast transfer −sin(χ + arcsin a), times 1/√(1 − a²): amplitude
    contrast is counted here or in the lens, never in both (`wave_image` refuses it).

    Parameters
    ----------
    potential
        V in volts, or slices in V Å, any shape.
    amplitude_contrast
        a, a fraction: 0 ≤ a < 1.

    Returns
    -------
    Complex array
        The same shape and unit.

    Raises
    ------
    ValueError
        If the fraction is outside 0 … 1.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 5.4.
    """
    if not 0 <= amplitude_contrast < 1:
        raise ValueError(f"amplitude_contrast={amplitude_contrast}: a fraction from 0 to below 1, such as 0.07")
    ratio = amplitude_contrast / sqrt(1 - amplitude_contrast**2)
    return namespace(potential).astype(potential, complex_dtype(potential)) * complex(1, ratio)


def slices_of_potential(
    potential: Inexact[Array, "*batch z y x"], voxel_size_angstrom: Real
) -> Inexact[Array, "*batch z y x"]:
    """The slices, one a plane of voxels, of a potential in volts: v_n = V(z_n) · voxel size.

    Parameters
    ----------
    potential
        Volts, shape (…, z, y, x).
    voxel_size_angstrom
        Å, also the thickness of the slices.

    Returns
    -------
    Array
        V Å, shape (…, slice, y, x), in beam order.
    """
    return potential * voxel_size_angstrom


def weak_phase(projected: Image, pixel_size_angstrom: Real, voltage_kv: float) -> ExitWave:
    """The wave behind a weak, thin object, ψ = 1 + iσ ∫V dz.

    Parameters
    ----------
    projected
        ∫V dz in V Å, shape (…, y, x); complex where it absorbs.
    pixel_size_angstrom
        Å.
    voltage_kv
        kV.

    Returns
    -------
    ExitWave
        ψ of the shape of the projection.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 3.1.
    """
    scattered = 1j * _phase(projected, voltage_kv)
    return ExitWave(1 + scattered, pixel_size_angstrom, voltage_kv, is_absorbing(projected))


def phase_grating(projected: Image, pixel_size_angstrom: Real, voltage_kv: float) -> ExitWave:
    """The wave behind a thin object of any strength, ψ = exp(iσ ∫V dz).

    Parameters
    ----------
    projected
        ∫V dz in V Å, shape (…, y, x); complex where it absorbs.
    pixel_size_angstrom
        Å.
    voltage_kv
        kV.

    Returns
    -------
    ExitWave
        ψ of the shape of the projection.

    References
    ----------
    Cowley & Moodie, Acta Cryst. 10, 609 (1957); Kirkland (2010), eq. 5.25.
    """
    wave = namespace(projected).exp(1j * _phase(projected, voltage_kv))
    return ExitWave(wave, pixel_size_angstrom, voltage_kv, is_absorbing(projected))


def ewald_sphere(
    slices: Inexact[Array, "*batch slice y x"],
    pixel_size_angstrom: Real,
    slice_thickness_angstrom: float,
    voltage_kv: float,
) -> ExitWave:
    """The wave of single scattering by a thick, weak object: its transform on the Ewald sphere (first Born).

    F[ψ − 1](k) = iσ Ṽ(k, k_z = −½λk²) = Σ_n iσ v̂_n(k) exp(+iπλk² z_n). What lies at z is seen at an underfocus larger
    by z.

    Parameters
    ----------
    slices
        V Å, shape (…, slice, y, x), in beam order (`slices_of_potential` for a potential in volts); complex where they
        absorb.
    pixel_size_angstrom, slice_thickness_angstrom
        Å.
    voltage_kv
        kV.

    Returns
    -------
    ExitWave
        ψ, shape (…, y, x).

    References
    ----------
    DeRosier, Ultramicroscopy 81, 83 (2000); Wolf, Opt. Commun. 1, 153 (1969).
    """
    real = namespace(slices).real(slices) if is_absorbing(slices) else slices
    squared = frequency_radius(tuple(slices.shape[-2:]), pixel_size_angstrom, like=real) ** 2
    curvature = pi * wavelength_angstrom(voltage_kv) * squared
    heights = slice_positions(slices.shape[-3], slice_thickness_angstrom)
    # slice by slice: the phase factors of all together would be as large as the specimen
    scattered = sum(
        ft(_phase(slices[..., n, :, :], voltage_kv), 2) * unit_phase(curvature * height)
        for n, height in enumerate(heights.tolist())
    )
    return ExitWave(1 + 1j * ift(scattered, 2), pixel_size_angstrom, voltage_kv, is_absorbing(slices))


def _phase(projected: Array, voltage_kv: float) -> Array:
    """σ times the projected potential, complex."""
    return namespace(projected).astype(projected, complex_dtype(projected)) * interaction_constant(voltage_kv)
