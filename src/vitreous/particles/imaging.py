"""From projections to the images of a simulated set: contrast transfer, structural noise, detector noise."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.detector import IDEAL, Detector, electrons_per_pixel, expose, noise_transfer
from vitreous.fourier import b_factor_decay, frequency_grid, frequency_radius, irft, rft
from vitreous.optics import interaction_constant
from vitreous.optics.ctf import CONTRAST_SIGNS
from vitreous.particles.noise import coloured_noise, spread_rows
from vitreous.particles.optics import image_transfer, view_matrices
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.sources import Source

__all__ = [
    "STRUCTURE_SNR",
    "AdditiveNoise",
    "Counting",
    "NoNoise",
    "Noise",
    "Signal",
    "fit_scale",
    "scale_to_snr",
    "signal_power",
    "with_structure",
]

STRUCTURE_SNR = 1.4
"""Variance of the projection over that of the structural noise of the ice, before the lens: Baxter, Grassucci, Gao and
Frank, J. Struct. Biol. 166, 126 (2009)."""
_CALIBRATION_IMAGES = 512


@dataclass(frozen=True)
class Signal:
    """What the lens makes of the particles, before the detector."""

    source: Source
    particles: ParticleSet
    """Poses, shifts, defocus and optics of what is shown."""
    with_ctf: bool = True
    b_factor_angstrom2: float = 0.0
    """Amplitudes fall as exp(−B k²/4)."""
    structure_sigma: float = 0.0
    """Standard deviation of white structural noise before the lens, V·Å: the ice, which the CTF colours."""

    def images(self, rows: Int64[NumpyArray, " m"]) -> Float32[NumpyArray, "m y x"]:
        """The clean images of some particles.

        Parameters
        ----------
        rows
            Which particles.

        Returns
        -------
        NumPy array (m, box, box) float32
            V·Å, in the contrast of the set.
        """
        box = self.particles.box
        return self._behind_the_lens(rows, lambda at, views, pixel: self.source.spectra(rows[at], views, box, pixel))

    def structure(self, rows: Int64[NumpyArray, " m"], rng: np.random.Generator) -> Float32[NumpyArray, "m y x"]:
        """The structural noise of some particles' images.

        Parameters
        ----------
        rows
            Which particles.
        rng
            The random numbers.

        Returns
        -------
        NumPy array (m, box, box) float32
            V·Å.
        """
        box = self.particles.box
        white = rng.standard_normal((len(rows), box, box), np.float32) * np.float32(self.structure_sigma)
        return self._behind_the_lens(rows, lambda at, views, pixel: rft(white[at], 2))

    def _behind_the_lens(
        self, rows: NumpyArray, spectra_of: Callable[[NumpyArray, NumpyArray, float], NumpyArray]
    ) -> NumpyArray:
        """The images whose spectra before the lens are given for places in the rows, optics group by optics group."""
        box = self.particles.box
        images = np.empty((len(rows), box, box), np.float32)
        groups = self.particles.optics_index[rows]
        for number in np.unique(groups):
            at = np.flatnonzero(groups == number)
            group, chosen = self.particles.optics_groups[number], self.particles[rows[at]]
            pixel = group.pixel_size_angstrom or 1.0
            transfer = image_transfer(chosen, group, box, with_ctf=self.with_ctf)
            if self.b_factor_angstrom2:
                frequency = frequency_radius((box, box), pixel, half=True)
                transfer = transfer * b_factor_decay(frequency, self.b_factor_angstrom2).astype(np.float32)
            spectra = spectra_of(at, view_matrices(chosen, group), pixel) * transfer
            images[at] = irft(spectra.astype(np.complex64, copy=False), (box, box))
        return images


@runtime_checkable
class Noise(Protocol):
    """What the detector makes of images."""

    def apply(self, images: Float32[NumpyArray, "m y x"], rng: np.random.Generator) -> Float32[NumpyArray, "m y x"]:
        """The noisy images of a block; the images may be overwritten.

        Parameters
        ----------
        images
            What `Signal.images` returned.
        rng
            The random numbers.

        Returns
        -------
        NumPy array (m, y, x) float32
            As they are written.
        """
        ...


@dataclass(frozen=True)
class NoNoise:
    """The images as they are, in V·Å."""

    def apply(self, images: Float32[NumpyArray, "m y x"], rng: np.random.Generator) -> Float32[NumpyArray, "m y x"]:
        """The images themselves."""
        return images


@dataclass(frozen=True)
class AdditiveNoise:
    """Gaussian noise, white or of a spectrum, added to the images times a factor."""

    scale: float
    """Of the signal: what 1 V·Å becomes."""
    sigma: float = 1.0
    """Standard deviation of the noise where the spectrum is 1."""
    spectrum: Float[NumpyArray, " shell"] | None = None
    """Power of each shell; None: white."""

    def apply(self, images: Float32[NumpyArray, "m y x"], rng: np.random.Generator) -> Float32[NumpyArray, "m y x"]:
        """The images times the factor, and the noise."""
        noise = rng.standard_normal(images.shape, np.float32)
        if self.spectrum is not None:
            noise = coloured_noise(noise, self.spectrum)
        if self.sigma != 1:
            noise *= np.float32(self.sigma)
        images *= np.float32(self.scale)
        images += noise
        return images


@dataclass(frozen=True)
class Counting:
    """Electrons counted by a camera, I = 1 + 2σ CTF ∗ ∫V dz, brought to background mean 0 and noise deviation 1."""

    dose_per_angstrom2: float
    pixel_size_angstrom: float
    voltage_kv: float
    contrast: str
    box: int
    detector: Detector = IDEAL

    def apply(self, images: Float32[NumpyArray, "m y x"], rng: np.random.Generator) -> Float32[NumpyArray, "m y x"]:
        """(counts − mean)/deviation of the flat field, with the sign of the contrast."""
        sign, camera = -CONTRAST_SIGNS[self.contrast], self.detector
        intensity = 1 + np.float32(2 * sign * interaction_constant(self.voltage_kv)) * images
        counts: NumpyArray = expose(intensity, self.pixel_size_angstrom, self.dose_per_angstrom2, camera, rng=rng)
        frequency = frequency_grid((self.box, self.box))
        electrons = electrons_per_pixel(self.dose_per_angstrom2, self.pixel_size_angstrom)
        counted = electrons * float(camera.dqe(np.zeros(2)))
        smeared = float(np.mean(noise_transfer(camera, frequency) ** 2))
        conversion = camera.conversion_adu_per_electron
        mean = conversion * counted + camera.dark_adu
        variance = conversion**2 * counted * smeared + camera.dark_adu + camera.readout_sigma_adu**2
        return (counts - np.float32(mean)) * np.float32(sign / np.sqrt(variance))


def signal_power(signal: Signal) -> float:
    """The mean variance of the clean images over their whole boxes, (V·Å)².

    Parameters
    ----------
    signal
        Up to 512 of its particles, spread over the set, are imaged.

    Returns
    -------
    float
        ⟨(f − ⟨f⟩)²⟩.
    """
    rows = spread_rows(len(signal.particles), _CALIBRATION_IMAGES)
    parts = np.array_split(rows, max(1, len(rows) // 64))
    power = sum(float(signal.images(part).var(axis=(1, 2), dtype=np.float64).sum()) for part in parts) / len(rows)
    if not power > 0:
        raise InputError("the clean images are constant", advice="is the specimen empty, or outside the box?")
    return power


def scale_to_snr(
    signal: Signal, snr: float, spectrum: Float[NumpyArray, " shell"] | None = None, *, structure: bool = False
) -> tuple[Signal, AdditiveNoise]:
    """Signal and noise of a signal-to-noise ratio, the noise of variance 1 in all.

    Parameters
    ----------
    signal
        Without structural noise.
    snr
        Variance of the clean image over the whole box ÷ variance of the noise.
    spectrum
        Of the noise, of mean 1; None: white.
    structure
        Whether a part of the noise is the ice's, before the lens: `STRUCTURE_SNR`.

    Returns
    -------
    signal, noise
        The signal with its structural noise, and what is added.

    Raises
    ------
    InputError
        If the structural noise alone is more than the ratio allows.
    """
    scale = float(np.sqrt(snr / signal_power(signal)))
    if not structure:
        return signal, AdditiveNoise(scale, spectrum=spectrum)
    signal = with_structure(signal)
    rest = 1 - scale**2 * _structure_power(signal)
    if not rest > 0:
        problem = f"at a signal-to-noise ratio of {snr:g} the ice alone makes more noise than there is"
        raise InputError(problem, advice="give a smaller --snr, or --noise white")
    return signal, AdditiveNoise(scale, float(np.sqrt(rest)), spectrum)


def with_structure(signal: Signal) -> Signal:
    """The signal with the structural noise of the ice, as strong before the lens as `STRUCTURE_SNR` says.

    Parameters
    ----------
    signal
        Without it.

    Returns
    -------
    Signal
        With it.
    """
    before = replace(signal, with_ctf=False, b_factor_angstrom2=0.0)
    return replace(signal, structure_sigma=float(np.sqrt(signal_power(before) / STRUCTURE_SNR)))


def _structure_power(signal: Signal) -> float:
    """The variance of the structural noise behind the lens, measured."""
    rows = spread_rows(len(signal.particles), 64)
    return float(signal.structure(rows, np.random.default_rng(0)).var(dtype=np.float64))


def fit_scale(signal: Signal, measured: ParticleSet) -> float:
    """The factor that brings clean images to measured ones best, Σ f g / Σ f², means of the images taken out.

    Parameters
    ----------
    signal
        The clean images f; up to 512, spread over the set.
    measured
        The set with the images g, row by row those of the signal.

    Returns
    -------
    float
        What 1 V·Å is in the measured images.

    Raises
    ------
    InputError
        If the measured images show nothing of the specimen.
    """
    rows = spread_rows(len(measured), _CALIBRATION_IMAGES)
    together, alone = 0.0, 0.0
    for part in np.array_split(rows, max(1, len(rows) // 64)):
        clean = signal.images(part)
        clean -= clean.mean(axis=(1, 2), keepdims=True)
        together += float(np.sum(clean * measured.images(part), dtype=np.float64))
        alone += float(np.sum(clean**2, dtype=np.float64))
    if not together > 0:
        raise InputError(
            "the measured images do not correlate with those of the specimen",
            advice="is the contrast, the hand or the map another? --snr sets how strong the signal is",
        )
    return together / alone
