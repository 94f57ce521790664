"""What a job uses of the machine: device, threads, memory."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from vitreous._errors import InputError

__all__ = ["choose_device", "memory_bytes_per_second", "peak_memory_bytes", "use_threads"]


def choose_device(name: str) -> str:
    """The PyTorch device that ``--device`` asks for: ``auto`` is ``cuda`` where there is one, else ``cpu``.

    Raises
    ------
    InputError
        If ``cuda`` is asked for and there is none, or the name is none of ``auto``, ``cpu``, ``cuda``.
    """
    if name == "cpu":
        return name
    if name not in ("auto", "cuda"):
        raise InputError(f"--device {name}: expected auto, cpu or cuda")
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if name == "cuda":
        raise InputError("--device cuda: PyTorch finds no CUDA device", advice="use --device cpu or auto")
    return "cpu"


def use_threads(count: int | None) -> int:
    """Let PyTorch and the kernels use so many threads (None: as many as PyTorch takes by itself); returns how many.

    Raises
    ------
    InputError
        If the count is below 1.
    """
    import numba
    import torch

    if count is None:
        return torch.get_num_threads()
    if count < 1:
        raise InputError(f"--threads {count}: expected 1 or more")
    torch.set_num_threads(count)
    # numba refuses more threads than its pool, one a core, was started with
    largest: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    numba.set_num_threads(min(count, largest))
    return count


def peak_memory_bytes() -> int | None:
    """The largest memory that this process has held, in bytes; None where the system does not tell (Windows)."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def memory_bytes_per_second(threads: int = 1, block_bytes: int = 2**25) -> float:
    """How fast memory is read and written: what copying a large array moves, the best of five times.

    Parameters
    ----------
    threads
        That copy at one time, each a block of its own.
    block_bytes
        Of each; far more than a cache holds.

    Returns
    -------
    float
        Bytes read and bytes written, together, per second.
    """
    import numpy as np

    # written once before, so that the pages are there
    blocks = [(np.ones(block_bytes, np.uint8), np.ones(block_bytes, np.uint8)) for _ in range(threads)]
    seconds = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(5):
            start = time.perf_counter()
            list(pool.map(lambda pair: np.copyto(*pair), blocks))
            seconds.append(time.perf_counter() - start)
    return 2 * block_bytes * threads / min(seconds)
