"""From the sums of the E-step to the next state."""

import numpy as np
import torch

from vitreous._typing import Array
from vitreous.classification.maximisation import Sums, average, noise_of, shift_sigma, weighted, weights_of
from vitreous.classification.polar import from_polar, to_polar
from vitreous.classification.prior import prior_power, signal_to_noise
from vitreous.classification.setup import Setup
from vitreous.classification.stage import Stage
from vitreous.classification.state import State

__all__ = ["updated"]

_RINGS_AHEAD = 3
"""How far beyond the last ring with SSNR > 1 the next iteration looks once classes have settled; before, one ring."""
_SETTLED = 0.06
"""Of the particles: fewer changing class."""
_LEAST_SIGMA_PX = 0.5
_TRUST = 4.0
"""τ² is taken so many times as large as the averages show: while poses are in doubt, the averages are too weak, and a
prior that believes them keeps them so (measured at a signal-to-noise ratio of 0.01: 0.73 against 0.60 of the adjusted
Rand index after ten iterations). RELION's factor T does the same."""


def updated(setup: Setup, state: State, stage: Stage, sums: Sums, changed: float, doubt: float = 0.0) -> State:
    """The M-step of one iteration.

    In an exact run the hyperparameters of the priors stay as they are. Else τ², the standard deviation of the shift and
    the highest ring follow the data, and the references are cut to the mask and go further than the averages, by as
    much as poses are in doubt.

    Parameters
    ----------
    setup
        Of the run.
    state
        Before.
    stage
        The search.
    sums
        Of all images.
    changed
        The share of the particles that changed class.
    doubt
        0 … 1, how little is known of the poses: 1 less the mean probability of the best pose.

    Returns
    -------
    State
        After; the assignments are still those of before.
    """
    options = setup.options
    numerators, denominators = weighted(sums, torch.from_numpy(state.noise_power).to(setup.by.device))
    numerator, denominator = numerators.sum(dim=0), denominators.sum(dim=0)
    prior = torch.from_numpy(state.prior_power).to(setup.by.device).clone()
    if not options.exact and options.map_prior:
        prior[:, : stage.rings] = _TRUST * prior_power(numerator, denominator)
    used = prior[:, : stage.rings]
    references = _on_grid(setup, average(numerator, denominator, used))
    halves = _on_grid(setup, average(numerators, denominators, used))
    if not options.exact:
        references = _masked(setup, references)
    noise = noise_of(sums, references[:, : stage.rings], setup.counts, setup.area, white=options.noise == "white")
    if not options.exact:
        references = _further(torch.from_numpy(state.references).to(references), references, stage.rings, doubt)
    return State(
        references=references.cpu().numpy(),
        half_references=halves.cpu().numpy(),
        weights=weights_of(sums.mass).cpu().numpy(),
        noise_power=noise.cpu().numpy(),
        prior_power=prior.cpu().numpy(),
        shift_sigma_px=_sigma(setup, state, stage, sums),
        iteration=np.asarray(state.iteration + 1),
        band=_next_band(setup, state, used, denominator, changed),
        classes=state.classes,
    )


def _on_grid(setup: Setup, rings: Array) -> Array:
    """All rings of the grid, 0 where none was estimated."""
    full = rings.new_zeros((*rings.shape[:-2], setup.grid.rings, setup.grid.angles))
    full[..., : rings.shape[-2], :] = rings
    return full


def _masked(setup: Setup, references: Array) -> Array:
    """The references cut to the mask, in real space."""
    images = from_polar(references.cpu().numpy(), setup.grid, 1) * setup.by.mask
    return torch.from_numpy(to_polar(images.astype(references.cpu().numpy().dtype), setup.grid)).to(references)


def _further(before: Array, references: Array, rings: int, doubt: float) -> Array:
    """A + doubt · (A − A before) on rings that there were before, 0 beyond those in use.

    Expectation-maximization takes away of the distance to its fixed point the share that is known of the poses; a step
    1 + doubt times as long takes more of it, and less than twice the step always leads there as well (Salakhutdinov and
    Roweis, Proc. ICML 20, 664, 2003).
    """
    known = (before != 0).any(dim=-1, keepdim=True)
    further = torch.where(known, references + doubt * (references - before), references)
    further[:, rings:] = 0
    return further


def _sigma(setup: Setup, state: State, stage: Stage, sums: Sums) -> np.ndarray:
    if setup.options.exact or len(stage.shifts_px) == 1:
        return np.asarray(state.shift_sigma_px)
    found = shift_sigma(sums.mass, torch.from_numpy(stage.shifts_px).to(setup.by.device))
    return np.asarray(max(found, _LEAST_SIGMA_PX))


def _next_band(setup: Setup, state: State, prior: Array, denominator: Array, changed: float) -> np.ndarray:
    """The next highest ring: a little beyond the last one where a class stands above its noise; it never falls."""
    if setup.options.exact:
        return np.asarray(state.band)
    above = torch.nonzero((signal_to_noise(prior, denominator) > _TRUST).any(dim=0)).flatten()
    last = int(above.max()) if len(above) else 0
    ahead = _RINGS_AHEAD if changed < _SETTLED else 1
    return np.asarray(min(max(int(state.band), min(last, int(state.band)) + ahead), setup.grid.rings - 1))
