"""Images block by block, the next blocks read while the caller works on this one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TypeVar

import numpy as np
from jaxtyping import Float32, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.particles.paths import find_image
from vitreous.particles.stack import Stack, open_stack

__all__ = ["iterate_blocks", "prefetch", "read_images"]

_T = TypeVar("_T")


def prefetch(tasks: Iterable[Callable[[], _T]], ahead: int = 2) -> Iterator[_T]:
    """Run tasks in order in one background thread, at most ``ahead`` of them beyond the one that the caller has.

    An exception in a task is raised where its result would have come. A caller that stops early (``close``, ``break``
    and the end of the iterator's life) waits for the task under way; the others do not run.

    Parameters
    ----------
    tasks
        Functions without arguments.
    ahead
        How many results may wait, at least 1.

    Yields
    ------
    result
        What each task returned.
    """
    tasks = iter(tasks)
    waiting: deque[Future[_T]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="vitreous-prefetch") as thread:
        try:
            waiting.extend(thread.submit(task) for task in islice(tasks, ahead))
            while waiting:
                waiting.extend(thread.submit(task) for task in islice(tasks, 1))
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def read_images(
    names: tuple[str, ...],
    folders: tuple[str, ...],
    stack_index: Int64[np.ndarray, " m"],
    slice_index: Int64[np.ndarray, " m"],
) -> Float32[np.ndarray, "m y x"]:
    """Copy images of any number of stacks into one new array.

    Parameters
    ----------
    names
        Image files, as the metadata name them.
    folders
        Where to look for them.
    stack_index
        (m,) the image's file, an index into ``names``.
    slice_index
        (m,) the image's place in its file, from 0.

    Returns
    -------
    images
        (m, y, x) float32.

    Raises
    ------
    InputError
        If a file is not found or cannot be read, has no such image, holds images of another size, or NaN or infinite
        pixels; or if a particle has no image.
    """
    _check_have_images(stack_index)
    images: NumpyArray = np.empty((0, 0, 0), dtype=np.float32)
    for number in np.unique(stack_index):
        stack = open_stack(find_image(names[number], folders))
        if not images.size:
            images = np.empty((len(stack_index), *stack.shape[1:]), dtype=np.float32)
        _check_size(stack, images.shape[1:])
        rows = np.flatnonzero(stack_index == number)
        # in the order of the file, which disks like best
        rows = rows[np.argsort(slice_index[rows], kind="stable")]
        stack.read_into(images, rows, slice_index[rows])
    return images


def iterate_blocks(
    names: tuple[str, ...],
    folders: tuple[str, ...],
    stack_index: Int64[np.ndarray, " n"],
    slice_index: Int64[np.ndarray, " n"],
    size: int,
) -> Iterator[tuple[slice, Float32[np.ndarray, "m y x"]]]:
    """Images in order, ``size`` at a time, read ahead in a background thread; at most four blocks are in memory.

    Parameters
    ----------
    names, folders, stack_index, slice_index
        As for ``read_images``.
    size
        Images in a block, at least 1; the last block may have fewer.

    Yields
    ------
    rows
        The rows of the block, a slice.
    images
        (m, y, x) float32, read-only: a view of the file where its pixels are float32 and the block lies in one piece.

    Raises
    ------
    InputError
        As ``read_images``.
    ValueError
        If ``size`` is not positive.
    """
    if size < 1:
        raise ValueError(f"a block has at least 1 image, not {size}")
    blocks = [slice(start, min(start + size, len(stack_index))) for start in range(0, len(stack_index), size)]
    tasks = (partial(_read_block, names, folders, stack_index[rows], slice_index[rows]) for rows in blocks)
    for rows, (images, forget) in zip(blocks, prefetch(tasks), strict=True):
        yield rows, images
        forget()


def _read_block(
    names: tuple[str, ...], folders: tuple[str, ...], stack_index: NumpyArray, slice_index: NumpyArray
) -> tuple[NumpyArray, Callable[[], None]]:
    """The images of a block, and what to call when the caller is done with them."""
    _check_have_images(stack_index)
    start, stop = int(slice_index[0]), int(slice_index[0]) + len(slice_index)
    if (stack_index == stack_index[0]).all() and (slice_index == np.arange(start, stop)).all():
        stack = open_stack(find_image(names[stack_index[0]], folders))
        return stack.run(start, stop), partial(stack.forget, start, stop)
    images = read_images(names, folders, stack_index, slice_index)
    images.flags.writeable = False
    return images, lambda: None


def _check_have_images(stack_index: NumpyArray) -> None:
    lacking = np.flatnonzero(stack_index < 0)
    if len(lacking):
        raise InputError(
            f"{len(lacking)} particles have no image, the first at row {lacking[0] + 1} of those asked for"
        )


def _check_size(stack: Stack, size: tuple[int, ...]) -> None:
    if stack.shape[1:] != size:
        raise InputError(
            f"images of {stack.shape[2]} × {stack.shape[1]} pixels stand beside images of {size[1]} × {size[0]}",
            file=stack.path,
            advice="choose the particles of one optics group, or bring all to one box first",
        )
