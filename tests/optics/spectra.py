"""Power spectra of Thon rings with known parameters, from formulas of their own and not from the fitter's."""

import numpy as np

from vitreous.optics.thon_spectrum import ThonSpectrum

BOX, PIXEL = 512, 1.4
WAVELENGTH = 0.0196875
"""Å, at 300 kV."""


def thon_power(u, v, angle_deg, rng=None, phase_shift_deg=0.0, thickness=0.0, tiles=25, box=BOX):
    """Cs 2.7 mm, amplitude contrast 0.07; thickness by the mean over layers; speckle of the mean of some tiles."""
    k = np.fft.fftshift(np.fft.fftfreq(box, PIXEL))[:, None], np.fft.rfftfreq(box, PIXEL)[None, :]
    k2, azimuth = k[0] ** 2 + k[1] ** 2, np.degrees(np.arctan2(k[0], k[1]))
    local = u * np.cos(np.radians(azimuth - angle_deg)) ** 2 + v * np.sin(np.radians(azimuth - angle_deg)) ** 2
    constant = np.radians(phase_shift_deg) + np.arctan2(0.07, np.sqrt(1 - 0.07**2))
    layers = (np.arange(41) - 20) / 41 * thickness if thickness else [0.0]
    rings = np.mean(
        [
            np.sin(np.pi * WAVELENGTH * k2 * (local + z) - np.pi / 2 * 2.7e7 * WAVELENGTH**3 * k2**2 + constant) ** 2
            for z in layers
        ],
        axis=0,
    )
    power = np.exp(-8 * np.sqrt(k2)) * (1 + rings * np.exp(-10 * k2)) + 0.2
    return power if rng is None else power * rng.gamma(tiles, 1 / tiles, power.shape)


def spectrum(*args, **kwargs):
    return ThonSpectrum(thon_power(*args, **kwargs), PIXEL)
