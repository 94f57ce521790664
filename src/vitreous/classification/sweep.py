"""The E-step over all images, block by block: in full, or cell by cell where a coarse look says where to look."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from vitreous._typing import Array, NumpyArray
from vitreous.classification.expectation import Model, Posterior, RawSums, empty_sums, expect, model_of, settle
from vitreous.classification.harmonics import harmonics
from vitreous.classification.likelihood import image_terms
from vitreous.classification.maximisation import Sums
from vitreous.classification.observations import Block
from vitreous.classification.pruning import Cell, Fine, cells_of, coarse_survivors, expect_in_cells, retained_share
from vitreous.classification.search import log_shift_prior
from vitreous.classification.setup import Setup
from vitreous.classification.stage import Stage
from vitreous.classification.state import State

__all__ = ["Found", "model_for", "sweep"]

_ELEMENTS = 2**21
"""Of the posterior that is held at one time."""
_WORTH_PRUNING = 0.15
"""Of the cells: where more survive the coarse look, all are computed, which is faster."""
_SAMPLE = 2
"""Images of each block whose posterior is computed in full, to measure what the fast path loses."""


@dataclass(frozen=True, eq=False)
class Found:
    """What the E-step says of every particle; rows of particles that were not looked at stay 0.

    Parameters
    ----------
    log_likelihood
        (n,) in nats.
    classes
        (n,) the most probable class.
    best
        (n,) its most probable pose, an index into (angles, shifts) of the stage.
    class_probability, max_probability, entropy
        (n,) of that class, of that pose; of the posterior.
    retained
        The share of the posterior that was kept, the mean over the sample; empty where nothing was left out.
    """

    log_likelihood: Float[NumpyArray, " n"]
    classes: Int[NumpyArray, " n"]
    best: Int[NumpyArray, " n"]
    class_probability: Float[NumpyArray, " n"]
    max_probability: Float[NumpyArray, " n"]
    entropy: Float[NumpyArray, " n"]
    retained: list[float]


@dataclass(frozen=True, eq=False)
class _Search:
    """The references against the noise of one optics group, fine and coarse."""

    fine: Model
    coarse: Model | None
    cells: list[Cell]
    edges: NumpyArray


def sweep(setup: Setup, state: State, stage: Stage, chosen: Int[NumpyArray, " b"] | None = None) -> tuple[Sums, Found]:
    """The E-step over all images: the sums of the M-step, and what is found for each particle.

    Parameters
    ----------
    setup
        Of the run.
    state
        The model.
    stage
        The search.
    chosen
        Numbers of the blocks that are looked at; all where not given.

    Returns
    -------
    sums, found
        Per optics group and half set; per particle.
    """
    n = len(setup.particles)
    whole, real = np.zeros((2, n), np.int64), np.zeros((4, n))
    found = Found(real[0], whole[0], whole[1], real[1], real[2], real[3], [])
    sums = _no_sums(setup, stage)
    search: _Search | None = None
    raw: RawSums | None = None
    key: tuple[int, int] | None = None
    for block in setup.blocks(chosen):
        if key != (block.group, block.half):
            _close(setup, stage, sums, key, search, raw)
            if key is None or search is None or key[0] != block.group:
                search = _search(setup, state, stage, block.group)
            key, raw = (block.group, block.half), empty_sums(search.fine)
        if search is not None and raw is not None:
            _look(setup, state, search, block, raw, found)
        sums.power[block.group] += block.power.sum(dim=1)
        sums.count[block.group] += len(block)
    _close(setup, stage, sums, key, search, raw)
    return sums, found


def _look(setup: Setup, state: State, search: _Search, block: Block, raw: RawSums, found: Found) -> None:
    """The E-step of one block."""
    noise = torch.from_numpy(state.noise_power[block.group]).to(setup.by.device)
    constant = image_terms(block.power, noise, setup.counts, setup.area)
    survivors = None if search.coarse is None else coarse_survivors(search.coarse, block, search.edges)
    if survivors is None or float(survivors.float().mean()) > _WORTH_PRUNING:
        for part in _parts(search.fine, block):
            posterior = expect(search.fine, block, part, raw, point_estimate=setup.options.point_estimate)
            _note(found, block.rows[part], posterior, constant[part])
        return
    fine = expect_in_cells(search.fine, block, search.cells, survivors, raw)
    _note(found, block.rows, fine, constant)
    sample = np.linspace(0, len(block) - 1, min(_SAMPLE, len(block))).astype(np.int64)
    found.retained.extend(retained_share(search.fine, block, search.cells, fine.kept, sample).tolist())


def _parts(model: Model, block: Block) -> list[slice]:
    """The block in pieces whose posterior fits."""
    size = max(1, _ELEMENTS // (model.by.angles * model.classes * model.shifts))
    return [slice(first, min(first + size, len(block))) for first in range(0, len(block), size)]


def _note(found: Found, rows: NumpyArray, posterior: Posterior | Fine, constant: Array) -> None:
    found.log_likelihood[rows] = (posterior.log_evidence - constant).cpu().numpy()
    for name in ("classes", "best", "class_probability", "max_probability", "entropy"):
        getattr(found, name)[rows] = getattr(posterior, name).cpu().numpy()


def _no_sums(setup: Setup, stage: Stage) -> Sums:
    shape = (setup.groups, 2, setup.options.classes, stage.rings, setup.grid.angles)
    device, double = setup.by.device, torch.float64
    return Sums(
        torch.zeros(shape, dtype=setup.dtype, device=device),
        torch.zeros(shape, dtype=setup.dtype, device=device),
        torch.zeros((setup.groups, setup.grid.rings), dtype=double, device=device),
        torch.zeros(setup.groups, dtype=double, device=device),
        torch.zeros((setup.options.classes, len(stage.shifts_px)), dtype=double, device=device),
    )


def _close(
    setup: Setup, stage: Stage, sums: Sums, key: tuple[int, int] | None, search: _Search | None, raw: RawSums | None
) -> None:
    """Add the finished sums of one optics group and half set."""
    if key is None or search is None or raw is None:
        return
    numerator, denominator = settle(raw, search.fine, setup.grid, stage.shifts_px)
    sums.numerator[key] += numerator
    sums.denominator[key] += denominator
    sums.mass.add_(raw.mass)


def _search(setup: Setup, state: State, stage: Stage, group: int) -> _Search:
    fine = model_for(setup, state, stage, group)
    if stage.coarse is None or stage.edges is None:
        return _Search(fine, None, [], np.zeros(1, np.int64))
    coarse = model_for(setup, state, stage.coarse, group)
    return _Search(fine, coarse, cells_of(stage.edges, fine.classes), stage.edges)


def model_for(setup: Setup, state: State, stage: Stage, group: int) -> Model:
    """The references of a state against the noise of an optics group.

    Parameters
    ----------
    setup, state, stage
        As in `sweep`.
    group
        Index of the optics group.

    Returns
    -------
    Model
    """
    like = torch.zeros(1, dtype=setup.dtype, device=setup.by.device)
    by = harmonics(stage.angles, stage.band, setup.grid.angles, like)
    shifts = log_shift_prior(stage.shifts_px, float(state.shift_sigma_px))
    with np.errstate(divide="ignore"):  # an empty class has no chance: ln 0 = −∞
        log_prior = np.log(state.weights)[:, None] + shifts - np.log(stage.angles)
    weights = setup.grid.counts[: stage.rings] / state.noise_power[group, : stage.rings]
    return model_of(
        torch.from_numpy(state.references).to(like),
        setup.grid,
        stage.shifts_px,
        torch.from_numpy(weights).to(like),
        torch.from_numpy(log_prior.ravel()).to(like),
        by,
        stage.first_ring[by.order],
    )
