"""The microscope: from the wave that leaves the specimen to the image on the detector.

Å, V, kV, mm (Cs), degrees, mrad (beam tilt). Positive defocus is underfocus and refers to the specimen's mid-plane;
contrast is physical, CTF(0) = −(amplitude contrast). Frequencies are in 1/Å.
"""

from vitreous.optics.aberrations import (
    antisymmetric_factor,
    antisymmetric_phase,
    even_zernike_order,
    odd_zernike_order,
    symmetric_phase,
    zernike,
    zernike_gradient,
)
from vitreous.optics.ctf import ctf, ctf_1d, ctf_phase, ctf_phase_at
from vitreous.optics.delocalisation import delocalisation_angstrom, required_box
from vitreous.optics.envelopes import (
    drift_envelope,
    focal_spread_sigma_angstrom,
    fwhm_from_sigma,
    height_vibration_envelope,
    one_over_e_from_sigma,
    sigma_from_fwhm,
    sigma_from_one_over_e,
    spatial_envelope,
    temporal_envelope,
)
from vitreous.optics.ewald_ctf import ctf_p, ctf_q, ewald_height_per_angstrom, ewald_weight
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.magnification import image_position, specimen_frequency
from vitreous.optics.phase_gradient import phase_gradient
from vitreous.optics.rings import count_extrema, ctf_zeros, scherzer_defocus_angstrom, scherzer_resolution_angstrom
from vitreous.optics.thickness import defocus_at_height, node_thickness_angstrom, thick_ctf_power, thickness_envelope
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom

__all__ = [
    "Defocus",
    "Lens",
    "antisymmetric_factor",
    "antisymmetric_phase",
    "count_extrema",
    "ctf",
    "ctf_1d",
    "ctf_p",
    "ctf_phase",
    "ctf_phase_at",
    "ctf_q",
    "ctf_zeros",
    "defocus_at_height",
    "delocalisation_angstrom",
    "drift_envelope",
    "even_zernike_order",
    "ewald_height_per_angstrom",
    "ewald_weight",
    "focal_spread_sigma_angstrom",
    "fwhm_from_sigma",
    "height_vibration_envelope",
    "image_position",
    "interaction_constant",
    "node_thickness_angstrom",
    "odd_zernike_order",
    "one_over_e_from_sigma",
    "phase_gradient",
    "required_box",
    "scherzer_defocus_angstrom",
    "scherzer_resolution_angstrom",
    "sigma_from_fwhm",
    "sigma_from_one_over_e",
    "spatial_envelope",
    "specimen_frequency",
    "symmetric_phase",
    "temporal_envelope",
    "thick_ctf_power",
    "thickness_envelope",
    "wavelength_angstrom",
    "zernike",
    "zernike_gradient",
]
