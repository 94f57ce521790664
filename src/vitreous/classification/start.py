"""The state before the first iteration."""

import numpy as np
import torch
from jaxtyping import Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.classification.polar import to_polar
from vitreous.classification.setup import Setup
from vitreous.classification.state import State

__all__ = ["FIRST_RING", "first_state"]

FIRST_RING = 5
"""The resolution that a run starts with: five periods across the box."""


def first_state(setup: Setup, references: Float32[NumpyArray, "k box box"] | None = None) -> State:
    """References to start from: the images given, or averages of random shares of the particles as they lie.

    The first noise is the power of the images themselves, all classes have the same weight, and the prior on the shift
    is as wide as half the search.

    Parameters
    ----------
    setup
        Of the run.
    references
        Images in the contrast of the classes.

    Returns
    -------
    State

    Raises
    ------
    InputError
        If references have another box or number.
    """
    grid, classes = setup.grid, setup.options.classes
    averages, noise = _random_averages(setup)
    if references is not None:
        if references.shape != (classes, grid.box, grid.box):
            raise InputError(
                f"references of shape {references.shape} for {classes} classes in a box of {grid.box}",
                advice="give as many images as classes, of the particles' box",
            )
        averages = to_polar(references.astype(averages.dtype) * setup.by.mask.astype(averages.dtype), grid)
    band = grid.rings - 1 if setup.options.exact else min(FIRST_RING, grid.rings - 1)
    averages[:, band + 1 :] = 0
    return State(
        references=averages,
        half_references=np.stack([averages, averages]),
        weights=np.full(classes, 1 / classes),
        noise_power=noise,
        prior_power=np.full((classes, grid.rings), np.inf),
        shift_sigma_px=np.asarray(max(setup.options.shift_range_px / 2, 0.5)),
        iteration=np.asarray(0),
        band=np.asarray(band),
        classes=np.full(len(setup.particles), -1, np.int64),
    )


def _random_averages(setup: Setup) -> tuple[NumpyArray, NumpyArray]:
    """The CTF-weighted averages of a random partition of the images, and the mean power of each group."""
    grid, classes = setup.grid, setup.options.classes
    label = np.random.default_rng(setup.options.seed).permutation(np.arange(len(setup.particles)) % classes)
    numerator = np.zeros((classes, grid.rings, grid.angles))
    denominator = np.zeros((classes, grid.rings))
    power, count = np.zeros((setup.groups, grid.rings)), np.zeros(setup.groups)
    for block in setup.blocks():
        share = torch.nn.functional.one_hot(torch.from_numpy(label[block.rows]), classes).to(block.cross)
        sums = (
            torch.einsum("nmc,nk->kcm", block.cross, share)
            .view(classes, grid.rings, 2, -1)
            .transpose(2, 3)
            .contiguous()
        )
        numerator += (torch.fft.irfft(torch.view_as_complex(sums), grid.angles) * grid.angles).cpu().numpy()
        denominator += torch.einsum("nr,nk->kr", block.transfer[:, 0, ::2], share).cpu().numpy()
        power[block.group] += block.power.sum(dim=1).cpu().numpy()
        count[block.group] += len(block)
    floor = 1e-3 * denominator.mean(axis=-1, keepdims=True)
    averages = numerator / np.maximum(denominator, floor)[..., None]
    noise = power / np.maximum(count, 1)[:, None] / setup.area
    return averages.astype(np.float64 if setup.by.exact else np.float32), np.maximum(noise, 1e-30)
