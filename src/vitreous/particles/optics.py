"""From a particle set to the microscope: the lens of an optics group, the defocus of its particles, their transfer."""

import numpy as np
from jaxtyping import Float, Inexact

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.fourier import shift_phases
from vitreous.optics import Defocus, Lens, antisymmetric_factor, ctf
from vitreous.optics.ctf import CONTRAST_SIGNS
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet

__all__ = ["defocus_of", "image_transfer", "lens_of", "view_matrices"]


def lens_of(group: OpticsGroup) -> Lens:
    """The lens of an optics group.

    Parameters
    ----------
    group
        With voltage; spherical aberration and amplitude contrast.

    Returns
    -------
    Lens
        With its aberrations and magnification.

    Raises
    ------
    InputError
        If voltage, spherical aberration or amplitude contrast is not known.
    """
    needed = ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast")
    lacking = [name for name in needed if getattr(group, name) is None]
    if lacking:
        raise InputError(
            f"{', '.join(lacking)} is not known",
            place=f"optics group {group.name}",
            advice="add it to the file, or leave the CTF out (--no-ctf)",
        )
    return Lens(
        voltage_kv=group.voltage_kv or 0.0,
        spherical_aberration_mm=group.spherical_aberration_mm or 0.0,
        amplitude_contrast=group.amplitude_contrast or 0.0,
        beam_tilt_mrad=group.beam_tilt_mrad,
        odd_zernike=group.odd_zernike,
        even_zernike=group.even_zernike,
        magnification_matrix=group.magnification_matrix,
    )


def defocus_of(particles: ParticleSet) -> Defocus:
    """The defocus of every particle, in single precision, as the compiled CTF takes it.

    Parameters
    ----------
    particles
        n particles.

    Returns
    -------
    Defocus
        Arrays (n,) float32.

    Raises
    ------
    InputError
        If the particles have no defocus.
    """
    u, v, angle = particles.defocus_u_angstrom, particles.defocus_v_angstrom, particles.defocus_angle_deg
    if u is None or v is None or angle is None:
        advice = "name a file that has it, or leave the CTF out (--no-ctf)"
        raise InputError("the particles have no defocus", advice=advice)
    phase = np.zeros(len(particles)) if particles.phase_shift_deg is None else particles.phase_shift_deg
    return Defocus(*(np.asarray(column, np.float32) for column in (u, v, angle, phase)))


def view_matrices(particles: ParticleSet, group: OpticsGroup) -> Float[NumpyArray, "n 3 3"]:
    """The matrices whose slices the images of an optics group are: rotations, magnified as the group is.

    k_specimen = M k_image, so that the slice at k lies at Rᵀ(M k, 0): the first two rows of R become Mᵀ times these.

    Parameters
    ----------
    particles
        n particles with poses.
    group
        Their optics group.

    Returns
    -------
    NumPy array (n, 3, 3)
        Rotations where the magnification is the same in all directions and 1.
    """
    matrices = particles.rotations().copy()
    matrices[:, :2] = np.einsum("ji,njk->nik", np.asarray(group.magnification_matrix), matrices[:, :2])
    return matrices


def image_transfer(
    particles: ParticleSet, group: OpticsGroup, box: int, *, with_ctf: bool = True
) -> Inexact[NumpyArray, "n ky kx"]:
    """What makes the spectra of a group's images out of those of the centred projections.

    With the CTF: CTF(k) · exp(iφ(k)) · shift, in the contrast of the set. Without it: the contrast's sign · shift.

    Parameters
    ----------
    particles
        n particles of one optics group.
    group
        That group.
    box
        Edge of the images in pixels.
    with_ctf
        Whether the lens has a part in it.

    Returns
    -------
    NumPy array (n, box, box // 2 + 1)
        Real where neither shift nor antisymmetric aberrations ask for more.

    Raises
    ------
    InputError
        If what the CTF needs is not known.
    """
    shape, pixel = (box, box), group.pixel_size_angstrom
    factor: NumpyArray = np.full((len(particles), 1, 1), CONTRAST_SIGNS[particles.contrast], np.float32)
    if with_ctf:
        lens = lens_of(group)
        factor = ctf(shape, pixel, defocus_of(particles), lens, contrast=particles.contrast)
        if any(lens.beam_tilt_mrad) or any(lens.odd_zernike):
            factor = factor * antisymmetric_factor(shape, pixel, lens).astype(np.complex64)
    if particles.shift_angstrom is not None and particles.shift_angstrom.any():
        moved = np.asarray(-particles.shift_angstrom / pixel, np.float32)
        factor = factor * shift_phases(shape, moved, half=True)
    return factor
