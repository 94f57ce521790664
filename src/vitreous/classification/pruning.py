"""The E-step of the fast path: a look at all poses with half the rings, then a full one where the posterior is.

A cell is a class with a few neighbouring shifts, at all angles. Three passes:

1. every image against every cell with half the rings and half the angles: cells that hold all but a small share of this
   posterior survive. The posterior of all rings is, averaged over what the outer rings may hold, that of the inner
   ones: the share that is left out is the loss to be expected;
2. surviving cells in full: their evidence, and from it the evidence of the image;
3. cells that hold more than a negligible share, once more: their share of the M-step's sums.

What is lost is measured on a sample of images whose posterior is computed in full.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from jaxtyping import Bool, Float, Int

from vitreous._typing import Array, NumpyArray
from vitreous.classification.expectation import LEAST_LOG, Model, RawSums, log_joint
from vitreous.classification.harmonics import analyse, synthesise
from vitreous.classification.observations import Block

__all__ = ["Cell", "Fine", "cells_of", "coarse_survivors", "expect_in_cells", "retained_share"]

_COARSE_LOSS = 3e-4
"""Of the coarse posterior that may be left out."""
_NEGLIGIBLE = 1e-5
"""Of the fine posterior: cells with less do not enter the sums."""
_ELEMENTS = 2**20
_KEPT_ELEMENTS = 2**25
"""Of the second pass that are kept for the third; with more, they are computed again where it matters."""


@dataclass(frozen=True)
class Cell:
    """One class and some fine shifts.

    Parameters
    ----------
    of_class
        The class.
    start, stop
        Its shifts, of those of the fine search.
    """

    of_class: int
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Fine:
    """What the fine passes say of n images.

    Parameters
    ----------
    log_evidence
        (n,) float64, without the image's own term.
    classes, best
        (n,) the most probable class; the index of its best pose in the flattened (angles, T).
    class_probability, max_probability, entropy
        (n,) of that class, of that pose; of the posterior.
    kept
        (n, cells): what entered the sums.
    """

    log_evidence: Float[Array, " n"]
    classes: Int[Array, " n"]
    best: Int[Array, " n"]
    class_probability: Float[Array, " n"]
    max_probability: Float[Array, " n"]
    entropy: Float[Array, " n"]
    kept: Bool[Array, "n cells"]


def cells_of(edges: Int[NumpyArray, " edges"], classes: int) -> list[Cell]:
    """The cells of all classes.

    Parameters
    ----------
    edges
        Of the fine shifts of each coarse one (`vitreous.classification.search.cells_of_shifts`).
    classes
        K.

    Returns
    -------
    list
        Class after class.
    """
    bounds = list(pairwise(edges.tolist()))
    return [Cell(k, start, stop) for k in range(classes) for start, stop in bounds]


def coarse_survivors(coarse: Model, block: Block, edges: Int[NumpyArray, " edges"]) -> Bool[Array, "n cells"]:
    """Which cells hold all but a small share of each image's coarse posterior.

    Parameters
    ----------
    coarse
        Classes and shifts, with fewer rings and angles.
    block
        The images.
    edges
        Of the shifts of each cell.

    Returns
    -------
    Tensor (n, K · cells of a class)
    """
    size = max(1, _ELEMENTS // (coarse.by.angles * coarse.shifts))
    parts = [slice(first, first + size) for first in range(0, len(block), size)]
    by_class = []
    for k in range(coarse.classes):
        # one class after the other: its references stay in the cache while many images go by
        own = _of_class(coarse, k)
        # the best angle stands for all of them: its peak is as wide for every class and shift, about
        by_class.append(torch.cat([log_joint(own, block, part).amax(dim=0) for part in parts], dim=-1))
    together = torch.stack(by_class)
    cells = [torch.logsumexp(together[:, start:stop], dim=1) for start, stop in pairwise(edges.tolist())]
    probability = torch.softmax(torch.stack(cells, dim=1).flatten(0, 1).T, dim=-1)
    ordered, order = probability.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    return torch.zeros_like(probability, dtype=torch.bool).scatter_(1, order, before < 1 - _COARSE_LOSS)


def _of_class(model: Model, k: int) -> Model:
    """The part of a model that is about one class."""
    m, evens, columns = len(model.cross), len(model.norm), model.cross.shape[-1]
    return replace(
        model,
        cross=model.cross.view(m, 2, model.classes, model.shifts, columns)[:, :, k].reshape(m, -1, columns),
        norm=model.norm.view(evens, 2, model.classes, columns)[:, :, k].contiguous(),
        log_prior=model.log_prior.view(model.classes, model.shifts)[k],
        classes=1,
    )


def expect_in_cells(
    model: Model, block: Block, cells: list[Cell], survivors: Bool[Array, "n cells"], sums: RawSums
) -> Fine:
    """The posterior of a block's images over the cells that survived; their share of the sums is added.

    Parameters
    ----------
    model
        The fine one.
    block
        The images.
    cells
        All of them.
    survivors
        Which are looked at for each image.
    sums
        What is added to.

    Returns
    -------
    Fine
    """
    n, device, shape = len(block), block.cross.device, (len(block), len(cells))
    images, norm = _used(model, block), _norm(model, block)
    evidence = torch.full(shape, -torch.inf, dtype=torch.float64, device=device)
    mean_log = torch.zeros(shape, dtype=torch.float64, device=device)
    largest = torch.full(shape, -torch.inf, device=device)
    place = torch.zeros(shape, dtype=torch.int64, device=device)
    sizes = torch.tensor([cell.stop - cell.start for cell in cells], device=device)
    fits = model.by.angles * int((survivors * sizes).sum()) <= _KEPT_ELEMENTS
    joints = []
    for number, who, joint in _joints(model, images, norm, cells, survivors):
        joints += [(number, who, joint)] if fits else []
        count = joint.shape[-1]
        flat = joint.transpose(1, 2).flatten(0, 1)
        top, at = flat.max(dim=0)
        flat = (flat - top).clamp_min_(LEAST_LOG)
        weights = torch.exp(flat)
        total = weights.sum(dim=0)
        evidence[who, number] = top.double() + torch.log(total.double())
        mean_log[who, number] = (top + (weights * flat).sum(dim=0) / total).double()
        largest[who, number] = top
        place[who, number] = at // count * model.shifts + cells[number].start + at % count
    total = torch.logsumexp(evidence, dim=1)
    share = torch.exp(evidence - total[:, None])
    entropy = total - (share * mean_log).sum(dim=1)
    all_images = torch.arange(n, device=device)
    certain, classes = share.view(n, model.classes, -1).sum(dim=-1).max(dim=1)
    highest, which = largest.view(n, model.classes, -1)[all_images, classes].max(dim=1)
    best = place.view(n, model.classes, -1)[all_images, classes, which]
    kept = survivors if fits else share > _NEGLIGIBLE
    _add(model, block, images, cells, joints if fits else _joints(model, images, norm, cells, kept), total, sums)
    return Fine(total, classes, best, certain, torch.exp(highest.double() - total), entropy.clamp_min(0), kept)


def _used(model: Model, block: Block) -> Array:
    """The harmonics of the images that the model has, (n, m, 2 rings), in the model's order."""
    order = torch.from_numpy(model.by.order).to(block.cross.device)
    return block.cross[:, :, : model.cross.shape[-1]].index_select(1, order)


def _norm(model: Model, block: Block) -> Array:
    """Σ ⟨C², |A|²⟩ of every image and class, (l, 2, K, n)."""
    evens = min(model.by.evens, block.transfer.shape[1])
    squares = block.transfer[:, :evens, : model.cross.shape[-1]].permute(1, 2, 0)
    return torch.bmm(model.norm[:evens], squares).view(evens, 2, model.classes, -1)


def _joints(
    model: Model, images: Array, norm: Array, cells: list[Cell], chosen: Array
) -> Iterator[tuple[int, Array, Array]]:
    """Each cell's number, the images that look at it, and ln of the joint probability (angles, images, shifts)."""
    by_part = model.cross.view(len(model.cross), 2, model.classes, model.shifts, -1)
    log_prior = model.log_prior.view(model.classes, model.shifts)
    for number, who in _looked_at(cells, chosen, model):
        cell = cells[number]
        part = images[who].transpose(0, 1)
        spectrum = part.new_empty((len(part), 2, len(who), cell.stop - cell.start))
        references = by_part[:, :, cell.of_class, cell.start : cell.stop].transpose(2, 3)
        for which in (0, 1):
            spectrum[:, which] = torch.bmm(part, references[:, which])
        spectrum[: len(norm)] -= norm[:, :, cell.of_class, who][..., None]
        spectrum[0, 0] += log_prior[cell.of_class, cell.start : cell.stop]
        joint = synthesise(spectrum.view(len(spectrum), 2, -1), model.by)
        yield number, who, joint.view(model.by.angles, len(who), -1)


def _looked_at(cells: list[Cell], chosen: Array, model: Model) -> Iterator[tuple[int, Array]]:
    """Cells and the images that chose them, at most so many at a time that their poses fit into the cache."""
    number, image = torch.nonzero(chosen.T, as_tuple=True)
    bounds = torch.searchsorted(number, torch.arange(len(cells) + 1, device=number.device)).tolist()
    for place, (cell, (start, stop)) in enumerate(zip(cells, pairwise(bounds), strict=True)):
        size = max(1, _ELEMENTS // (model.by.angles * (cell.stop - cell.start)))
        for first in range(start, stop, size):
            yield place, image[first : min(first + size, stop)]


def _add(
    model: Model,
    block: Block,
    images: Array,
    cells: list[Cell],
    joints: Iterable[tuple[int, Array, Array]],
    total: Array,
    sums: RawSums,
) -> None:
    """Add the cells that hold a share of the posterior to the sums; the joint probabilities are overwritten."""
    columns, evens = model.cross.shape[-1], min(model.by.evens, block.transfer.shape[1])
    squares = block.transfer[:, :evens, :columns]
    shaped = sums.cross.view(-1, columns, 2, model.classes, model.shifts)
    by_class = sums.transfer.view(-1, columns, 2, model.classes)
    for number, who, joint in joints:
        cell = cells[number]
        gamma = torch.exp(joint.sub_(total[who, None].to(joint)).clamp_min_(LEAST_LOG))
        spectrum = analyse(gamma.flatten(1), model.by).view(-1, 2, len(who), cell.stop - cell.start)
        turned = spectrum[:evens].sum(dim=-1)
        part, own = images[who].permute(1, 2, 0), squares[who].permute(1, 2, 0)
        for which in (0, 1):
            shaped[:, :, which, cell.of_class, cell.start : cell.stop] += torch.bmm(part, spectrum[:, which])
            by_class[:evens, :, which, cell.of_class] += torch.bmm(own, turned[:, which, :, None])[..., 0]
        sums.mass[cell.of_class, cell.start : cell.stop] += spectrum[0, 0].sum(dim=0, dtype=torch.float64)


def retained_share(
    model: Model, block: Block, cells: list[Cell], kept: Bool[Array, "n cells"], sample: Int[NumpyArray, " m"]
) -> Float[Array, " m"]:
    """The share of the full posterior of some images that lies in the cells that entered the sums.

    Parameters
    ----------
    model
        The fine one.
    block
        The images.
    cells, kept
        All cells, and what was kept of them for each image.
    sample
        Which images.

    Returns
    -------
    Tensor (m,)
        1 where nothing was lost.
    """
    shares = []
    for i in sample:
        joint = torch.logsumexp(log_joint(model, block, slice(int(i), int(i) + 1))[..., 0], dim=0)
        probability = torch.softmax(joint.double(), dim=0)
        by_class = probability.view(model.classes, model.shifts)
        own = [
            by_class[cell.of_class, cell.start : cell.stop].sum()
            for cell, is_kept in zip(cells, kept[i], strict=True)
            if is_kept
        ]
        shares.append(torch.stack(own).sum())
    return torch.stack(shares)
