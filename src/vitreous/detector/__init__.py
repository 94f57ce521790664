"""The detector: dose and counting, what a camera does to each frequency, damage and motion during the exposure.

Frequencies of a camera are in cycles/pixel, those of the specimen in 1/Å; doses are in e/Å² at the specimen.
"""

from vitreous.detector.damage import critical_exposure, exposure_decay, mean_exposure_decay
from vitreous.detector.expose import electrons_per_pixel, expose, quantum_filter
from vitreous.detector.motion import jitter_decay
from vitreous.detector.noise import noise_sigma, signal_variance
from vitreous.detector.response import (
    DIRECT,
    IDEAL,
    K2_300KV,
    Detector,
    gaussian_curve,
    noise_transfer,
    radial,
    rational_curve,
    square_pixel,
    tabulated_curve,
)

__all__ = [
    "DIRECT",
    "IDEAL",
    "K2_300KV",
    "Detector",
    "critical_exposure",
    "electrons_per_pixel",
    "expose",
    "exposure_decay",
    "gaussian_curve",
    "jitter_decay",
    "mean_exposure_decay",
    "noise_sigma",
    "noise_transfer",
    "quantum_filter",
    "radial",
    "rational_curve",
    "signal_variance",
    "square_pixel",
    "tabulated_curve",
]
