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
from vitreous.optics.approximations import EXIT_WAVE_MODELS, approximation_error, central_slices, relative_error
from vitreous.optics.converters import (
    DEFOCUS_FIELDS,
    defocus_from_fields,
    defocus_from_krivanek,
    defocus_from_mean,
    defocus_to_fields,
    defocus_to_krivanek,
    defocus_to_mean,
    lens_from_krivanek,
    lens_to_krivanek,
    ordered_defocus,
)
from vitreous.optics.correction import ctf_multiply, phase_flip, remove_aberrations, wiener_correct
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
from vitreous.optics.ewald_ctf import ctf_p, ctf_q, ewald_height_per_angstrom, ewald_weight, sideband_overlap
from vitreous.optics.exit_wave import (
    ExitWave,
    absorptive_potential,
    ewald_sphere,
    is_absorbing,
    phase_grating,
    slices_of_potential,
    weak_phase,
)
from vitreous.optics.grating import grating_harmonic, grating_image
from vitreous.optics.intensity import linear_term, quadratic_term, wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.magnification import image_position, specimen_frequency
from vitreous.optics.multislice import limit_band, multislice
from vitreous.optics.phase_gradient import phase_gradient
from vitreous.optics.propagation import exact_propagator, propagate, propagator
from vitreous.optics.rings import count_extrema, ctf_zeros, scherzer_defocus_angstrom, scherzer_resolution_angstrom
from vitreous.optics.thickness import defocus_at_height, node_thickness_angstrom, thick_ctf_power, thickness_envelope
from vitreous.optics.thon import CtfFit, ThonSearch, fit_ctf, fit_spectrum
from vitreous.optics.thon_picture import ring_picture
from vitreous.optics.thon_profile import RingProfile, ring_profile
from vitreous.optics.thon_spectrum import ThonSpectrum, micrograph_spectrum
from vitreous.optics.tilted import (
    HeightTransfer,
    height_adjoint,
    height_image,
    height_transfer,
    tilt_direction,
    tilted_direct,
    tilted_height,
    tilted_spectrum,
)
from vitreous.optics.tilted_correction import correct_height
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wave_transfer import image_of_wave, wave_transfer
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom

__all__ = [
    "DEFOCUS_FIELDS",
    "EXIT_WAVE_MODELS",
    "CtfFit",
    "Defocus",
    "ExitWave",
    "HeightTransfer",
    "Lens",
    "RingProfile",
    "ThonSearch",
    "ThonSpectrum",
    "absorptive_potential",
    "antisymmetric_factor",
    "antisymmetric_phase",
    "approximation_error",
    "central_slices",
    "correct_height",
    "count_extrema",
    "ctf",
    "ctf_1d",
    "ctf_multiply",
    "ctf_p",
    "ctf_phase",
    "ctf_phase_at",
    "ctf_q",
    "ctf_zeros",
    "defocus_at_height",
    "defocus_from_fields",
    "defocus_from_krivanek",
    "defocus_from_mean",
    "defocus_to_fields",
    "defocus_to_krivanek",
    "defocus_to_mean",
    "delocalisation_angstrom",
    "drift_envelope",
    "even_zernike_order",
    "ewald_height_per_angstrom",
    "ewald_sphere",
    "ewald_weight",
    "exact_propagator",
    "fit_ctf",
    "fit_spectrum",
    "focal_spread_sigma_angstrom",
    "fwhm_from_sigma",
    "grating_harmonic",
    "grating_image",
    "height_adjoint",
    "height_image",
    "height_transfer",
    "height_vibration_envelope",
    "image_of_wave",
    "image_position",
    "interaction_constant",
    "is_absorbing",
    "lens_from_krivanek",
    "lens_to_krivanek",
    "limit_band",
    "linear_term",
    "micrograph_spectrum",
    "multislice",
    "node_thickness_angstrom",
    "odd_zernike_order",
    "one_over_e_from_sigma",
    "ordered_defocus",
    "phase_flip",
    "phase_gradient",
    "phase_grating",
    "propagate",
    "propagator",
    "quadratic_term",
    "relative_error",
    "remove_aberrations",
    "required_box",
    "ring_picture",
    "ring_profile",
    "scherzer_defocus_angstrom",
    "scherzer_resolution_angstrom",
    "sideband_overlap",
    "sigma_from_fwhm",
    "sigma_from_one_over_e",
    "slices_of_potential",
    "spatial_envelope",
    "specimen_frequency",
    "symmetric_phase",
    "temporal_envelope",
    "thick_ctf_power",
    "thickness_envelope",
    "tilt_direction",
    "tilted_direct",
    "tilted_height",
    "tilted_spectrum",
    "unit_phase",
    "wave_image",
    "wave_transfer",
    "wavelength_angstrom",
    "weak_phase",
    "wiener_correct",
    "zernike",
    "zernike_gradient",
]
