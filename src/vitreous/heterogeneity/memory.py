"""Blocks that do not fit into memory are visited in smaller parts, and the user is told."""

import logging
from collections.abc import Callable
from dataclasses import replace

import torch

from vitreous.heterogeneity.observations import Block

__all__ = ["visit_in_parts"]

_log = logging.getLogger(__name__)


def visit_in_parts(visit: Callable[[Block], None], block: Block, batch: int) -> int:
    """Visit a block, in halves where the memory does not suffice, and these in halves where it does not either.

    Parameters
    ----------
    visit
        What is done with a block; it changes nothing before it has all the memory that it needs.
    block
        The particles.
    batch
        How many particles a block has at most.

    Returns
    -------
    int
        How many it should have from now on: fewer where it had to be divided, which is logged as a warning.

    Raises
    ------
    MemoryError
        If a single particle does not fit.
    """
    try:
        visit(block)
        return batch
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
        if not _is_memory(error):
            raise
        count = len(block.rows)
        if count < 2:
            raise MemoryError("a single particle does not fit into memory: lower the resolution or the box") from error
    half = (count + 1) // 2
    _log.warning("%d particles at a time do not fit into memory: going on with %d", count, half)
    for part in (slice(0, half), slice(half, count)):
        smaller = visit_in_parts(visit, _part(block, part), half)
        batch = min(batch, smaller)
    return batch


def _is_memory(error: Exception) -> bool:
    # on the CPU PyTorch says it in words
    return not isinstance(error, RuntimeError) or isinstance(error, torch.OutOfMemoryError) or "alloc" in str(error)


def _part(block: Block, part: slice) -> Block:
    names = ("rows", "data", "transfer", "rotations", "noise_power")
    return replace(block, **{name: getattr(block, name)[part] for name in names})
