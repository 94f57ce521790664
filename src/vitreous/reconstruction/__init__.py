"""Reconstruction: resolution that is honest, masks, sharpening.

A number for the resolution is a claim about two half maps; it is None where they support none.
"""

from vitreous.reconstruction.anisotropy import Anisotropy, cone_fsc
from vitreous.reconstruction.crowther import crowther_resolution_angstrom, crowther_view_count
from vitreous.reconstruction.curves import read_fsc, write_fsc
from vitreous.reconstruction.local_resolution import local_resolution
from vitreous.reconstruction.mask import automatic_mask, soft_mask
from vitreous.reconstruction.model import ModelAgreement, map_model_fsc
from vitreous.reconstruction.phase_randomisation import corrected_fsc, randomise_phases
from vitreous.reconstruction.resolution import Resolution, claimed_resolution_angstrom, half_map_fsc, mask_share
from vitreous.reconstruction.sharpening import GuinierFit, blur, fsc_weight, guinier_fit, sharpen

__all__ = [
    "Anisotropy",
    "GuinierFit",
    "ModelAgreement",
    "Resolution",
    "automatic_mask",
    "blur",
    "claimed_resolution_angstrom",
    "cone_fsc",
    "corrected_fsc",
    "crowther_resolution_angstrom",
    "crowther_view_count",
    "fsc_weight",
    "guinier_fit",
    "half_map_fsc",
    "local_resolution",
    "map_model_fsc",
    "mask_share",
    "randomise_phases",
    "read_fsc",
    "sharpen",
    "soft_mask",
    "write_fsc",
]
