"""How well a contrast transfer function explains Thon rings, and which way is up: a correlation and its gradient.

sin² χ = ½ (1 − cos 2χ), and what is not smooth in it is −cos 2χ, damped by sinc(πλk²t) where the specimen is t thick.
χ is linear in the mean defocus, in both components of the astigmatism (U − V)/2 · (cos 2α₀, sin 2α₀) and in the phase
shift: no angle is fitted, and none can run around its circle.
"""

from dataclasses import dataclass, replace
from math import pi

import numpy as np
from jaxtyping import Float

from vitreous.optics.ctf import ctf_phase_at
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import Rings, smooth_basis
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["RingModel", "Start", "ring_model"]

_STEPS = np.array([100.0, 100.0, 100.0, 0.1, 100.0])
"""The scale of each parameter: Å, Å, Å, rad, Å. They count as comparable in the refinement."""


@dataclass(frozen=True)
class Start:
    """The parameters of the rings: where a refinement starts and where it ends."""

    mean_angstrom: float
    """(U + V)/2."""
    along_angstrom: float = 0.0
    """(U − V)/2 · cos 2α₀."""
    across_angstrom: float = 0.0
    """(U − V)/2 · sin 2α₀."""
    phase_shift: float = 0.0
    """Rad."""
    thickness_angstrom: float = 0.0
    """0 for a thin specimen."""

    def vector(self) -> Float[np.ndarray, "5"]:
        """All five, in this order."""
        return np.array(
            [self.mean_angstrom, self.along_angstrom, self.across_angstrom, self.phase_shift, self.thickness_angstrom]
        )


@dataclass(frozen=True)
class RingModel:
    """Thon rings and what their model needs at each coefficient."""

    rings: Rings
    fixed_phase: Float[np.ndarray, " n"]
    """χ at zero defocus: Cs, amplitude contrast, symmetric aberrations."""
    slopes: Float[np.ndarray, "n 4"]
    """∂χ/∂(mean, along, across, phase shift)."""
    envelope: Float[np.ndarray, " n"]
    """How strong the rings are at each coefficient."""

    def phase(self, parameters: Float[np.ndarray, "5"]) -> Float[np.ndarray, " n"]:
        """χ, rad."""
        phase: Float[np.ndarray, " n"] = self.fixed_phase + self.slopes @ parameters[:4]
        return phase

    def rings_of(self, parameters: Float[np.ndarray, "5"]) -> Float[np.ndarray, " n"]:
        """The rings of a model, −sinc(πλk²t) cos 2χ, without what a smooth background could hold of them."""
        damping, _ = _damping(self.slopes[:, 0], parameters[4])
        return self.rings.project(-damping * np.cos(2 * self.phase(parameters)) * self.envelope)

    def score(self, parameters: Float[np.ndarray, "5"]) -> tuple[float, Float[np.ndarray, "5"]]:
        """The normalised correlation of rings and model, −1 … 1, and its gradient."""
        phase = 2 * self.phase(parameters)
        sine, cosine = np.sin(phase), np.cos(phase)
        damping, slope_of_damping = _damping(self.slopes[:, 0], parameters[4])
        model = self.rings.project(-damping * cosine * self.envelope)
        size = float(np.linalg.norm(model))
        score = float(self.rings.values @ model) / size
        pull = (self.rings.values - score * model / size) / size * self.envelope
        gradient = np.empty(5)
        gradient[:4] = self.slopes.T @ (2 * pull * damping * sine)
        gradient[4] = -np.sum(pull * cosine * slope_of_damping)
        return score, gradient

    def refine(self, start: Start, free: Float[np.ndarray, "5"], tolerance_angstrom: float) -> tuple[Start, float]:
        """The parameters of the highest score near a start, and that score without the restraint.

        The restraint −(U − V)²/(2 · tolerance² · n), n the number of coefficients, is a Gaussian prior on the
        astigmatism; only rings that say little else feel it.
        """
        from scipy.optimize import minimize  # slow to import

        first, weight = start.vector(), 2.0 / (tolerance_angstrom**2 * len(self.rings.values))

        def loss(steps: Float[np.ndarray, "5"]) -> tuple[float, Float[np.ndarray, "5"]]:
            parameters = first + steps * _STEPS
            score, gradient = self.score(parameters)
            restraint = np.array([0.0, *(weight * parameters[1:3]), 0.0, 0.0])
            value = -score + 0.5 * float(restraint @ parameters)
            return 1e3 * value, 1e3 * (restraint - gradient) * _STEPS * free

        found = minimize(loss, np.zeros(5), jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-9})
        best = first + found.x * _STEPS
        best[4] = abs(best[4])  # sinc is even
        return Start(*best.tolist()), self.score(best)[0]

    def with_envelope(self, parameters: Float[np.ndarray, "5"]) -> "RingModel":
        """The same rings, with the envelope that they show where these parameters hold: smooth, and never negative."""
        rings, count = self.rings, len(self.rings.shell_frequency)
        model = replace(self, envelope=np.ones(len(rings.values))).rings_of(parameters)
        above = np.bincount(rings.shells, rings.values * model, count)
        below = np.bincount(rings.shells, model**2, count)
        smooth = smooth_basis(count)
        weighted = smooth * np.sqrt(below)[:, None]
        strength = smooth @ np.linalg.lstsq(weighted, above / np.sqrt(below), rcond=None)[0]
        strength = np.maximum(strength, 0.02 * strength.max())
        return replace(self, envelope=strength[rings.shells] / strength.max())


def ring_model(rings: Rings, lens: Lens) -> RingModel:
    """The model of the rings of a lens, all of them equally strong.

    Parameters
    ----------
    rings
        Of a spectrum.
    lens
        Voltage, Cs, amplitude contrast and symmetric aberrations are used.

    Returns
    -------
    RingModel
        Ready to be scored.
    """
    kx, ky = rings.frequency_xy[:, 0], rings.frequency_xy[:, 1]
    per_defocus = pi * wavelength_angstrom(lens.voltage_kv)
    slopes = np.stack(
        [per_defocus * (kx**2 + ky**2), per_defocus * (kx**2 - ky**2), per_defocus * 2 * kx * ky, np.ones_like(kx)],
        axis=-1,
    )
    fixed = ctf_phase_at(rings.frequency_xy, Defocus.round(0.0), lens)
    return RingModel(rings, fixed, slopes, np.ones(len(kx)))


def _damping(
    per_defocus: Float[np.ndarray, " n"], thickness_angstrom: float
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """The damping sin ξ/ξ with ξ = πλk²t, and its derivative by t."""
    if thickness_angstrom == 0:
        return np.ones_like(per_defocus), np.zeros_like(per_defocus)
    angle = per_defocus * thickness_angstrom
    small = np.abs(angle) < 1e-4
    safe = np.where(small, 1.0, angle)
    damping = np.where(small, 1 - angle**2 / 6, np.sin(safe) / safe)
    slope = np.where(small, -angle / 3, (np.cos(safe) - damping) / safe)
    return damping, slope * per_defocus
