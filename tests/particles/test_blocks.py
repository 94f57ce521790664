"""Blocks come in order, at most so many ahead; what fails in the thread fails at the consumer; no thread is left."""

import mmap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous._errors import InputError
from vitreous.particles.blocks import iterate_blocks, prefetch, read_images
from vitreous.particles.mrc_header import make_header
from vitreous.particles.stack import open_stack, write_stack


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("vitreous-prefetch")}


@pytest.fixture
def stacks(tmp_path, rng):
    """Three stacks, of 5, 1 and 9 images."""
    pixels = {}
    for name, count in (("a.mrcs", 5), ("b.mrcs", 1), ("c.mrcs", 9)):
        pixels[name] = rng.integers(-99, 99, size=(count, 6, 6)).astype(np.float32)
        write_stack(tmp_path / name, [pixels[name]], 1.0)
    return (str(tmp_path),), pixels


def test_tasks_run_ahead_and_no_further():
    begun = []

    def task(i):
        begun.append(i)
        return i

    results = prefetch((lambda i=i: task(i) for i in range(10)), ahead=2)
    assert begun == []
    assert next(results) == 0
    until = time.monotonic() + 5
    while len(begun) < 3 and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(0.02)
    assert begun == [0, 1, 2]
    assert list(results) == list(range(1, 10))
    assert not threads()


def test_an_exception_comes_in_its_place_and_ends_the_thread():
    def fail():
        raise InputError("broken", file="x.mrcs")

    results = prefetch([lambda: 1, lambda: 2, fail, lambda: 4])
    assert next(results) == 1
    assert next(results) == 2
    with pytest.raises(InputError, match="broken"):
        next(results)
    assert not threads()


@pytest.mark.parametrize("leave", ["close", "drop", "break"])
def test_a_consumer_that_stops_early_leaves_no_thread(leave):
    ran = []
    results = prefetch(lambda i=i: ran.append(i) for i in range(1000))
    if leave == "break":
        for _ in results:
            break
        results.close()
    else:
        next(results)
        assert threads()
        results.close() if leave == "close" else None
    del results
    assert not threads()
    assert len(ran) <= 4


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.integers(1, 20))
def test_blocks_in_any_order_of_rows_equal_the_images_themselves(tmp_path_factory, data, size):
    folder = tmp_path_factory.mktemp("stacks")
    rng = np.random.default_rng(size)
    names, counts = ("a.mrcs", "b.mrcs", "c.mrcs"), (5, 1, 9)
    pixels = [rng.standard_normal((count, 4, 4), dtype=np.float32) for count in counts]
    for name, array in zip(names, pixels, strict=True):
        write_stack(folder / name, [array], 1.0)
    stack_index = np.array(data.draw(st.lists(st.integers(0, 2), max_size=30)), dtype=np.int64)
    slice_index = np.array([data.draw(st.integers(0, counts[s] - 1)) for s in stack_index], dtype=np.int64)
    expected = [pixels[s][i] for s, i in zip(stack_index, slice_index, strict=True)]
    found = []
    for rows, images in iterate_blocks(names, (str(folder),), stack_index, slice_index, size):
        assert rows.start == len(found)
        assert len(images) == rows.stop - rows.start <= size
        assert not images.flags.writeable
        found += list(images)
    np.testing.assert_array_equal(np.array(found), np.array(expected))
    if len(expected):
        np.testing.assert_array_equal(read_images(names, (str(folder),), stack_index, slice_index), np.array(expected))


def test_a_block_in_one_piece_is_a_view_and_stays_valid_behind_the_iterator(stacks):
    folders, pixels = stacks
    index = np.zeros(5, dtype=np.int64)
    kept = [images for _, images in iterate_blocks(("a.mrcs",), folders, index, np.arange(5), 2)]
    assert np.shares_memory(kept[0], open_stack(f"{folders[0]}/a.mrcs").pixels)
    np.testing.assert_array_equal(np.concatenate(kept), pixels["a.mrcs"])


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of a process is read from /proc")
@pytest.mark.parametrize("shuffled", [False, True])
def test_memory_holds_a_few_blocks_however_large_the_stack(tmp_path, rng, shuffled):
    path, box, block, count = tmp_path / "large.mrcs", 128, 64, 4096
    with path.open("wb") as file:
        file.write(make_header((count, box, box), 1.0))
        file.truncate(1024 + count * box * box * 4)
    order = rng.permutation(count) if shuffled else np.arange(count)
    page, block_bytes = mmap.PAGESIZE, block * box * box * 4
    before, most = int(Path("/proc/self/statm").read_text().split()[1]) * page, 0
    for _, images in iterate_blocks((str(path),), (), np.zeros(count, np.int64), order, block):
        assert images.max() == 0
        most = max(most, int(Path("/proc/self/statm").read_text().split()[1]) * page)
    assert most - before < 10 * block_bytes < path.stat().st_size / 6


def test_what_is_wrong_with_a_file_is_raised_where_the_block_would_come(stacks):
    folders, _ = stacks
    blocks = iterate_blocks(("a.mrcs", "lost.mrcs"), folders, np.array([0, 0, 1]), np.array([0, 1, 0]), 2)
    next(blocks)
    with pytest.raises(InputError, match=r"lost\.mrcs: the image file was not found"):
        next(blocks)
    assert not threads()


def test_images_of_another_size_are_refused(stacks, tmp_path):
    folders, _ = stacks
    write_stack(tmp_path / "d.mrcs", [np.zeros((1, 8, 8), np.float32)], 1.0)
    with pytest.raises(InputError, match=r"d\.mrcs: images of 8 × 8 pixels stand beside images of 6 × 6"):
        read_images(("a.mrcs", "d.mrcs"), folders, np.array([0, 1]), np.array([0, 0]))


def test_a_particle_without_an_image_is_refused(stacks):
    folders, _ = stacks
    with pytest.raises(InputError, match="1 particles have no image, the first at row 2"):
        read_images(("a.mrcs",), folders, np.array([0, -1]), np.array([0, 0]))


def test_a_block_has_images(stacks):
    with pytest.raises(ValueError, match="at least 1 image, not 0"):
        next(iterate_blocks(("a.mrcs",), stacks[0], np.array([0]), np.array([0]), 0))
