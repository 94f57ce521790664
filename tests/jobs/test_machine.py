import subprocess
import sys

import numpy as np
import pytest
import torch

from vitreous._errors import InputError
from vitreous.jobs.machine import choose_device, memory_bytes_per_second, peak_memory_bytes, use_threads


def test_devices():
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(InputError, match="gpu: expected auto, cpu or cuda"):
        choose_device("gpu")
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="no CUDA device"):
            choose_device("cuda")


def test_threads_are_set_for_pytorch_and_the_kernels():
    code = (
        "import numba, torch; from vitreous.jobs.machine import use_threads\n"
        "assert use_threads(1) == 1 == torch.get_num_threads() == numba.get_num_threads()\n"
        "assert use_threads(None) == 1\n"
        "assert use_threads(64) == 64 == torch.get_num_threads()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(InputError, match="expected 1 or more"):
        use_threads(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_peak_memory_is_in_bytes():
    before = peak_memory_bytes()
    held = np.ones(100_000_000, dtype=np.uint8)
    after = peak_memory_bytes()
    assert after >= held.nbytes
    assert after - before <= 2 * held.nbytes


def test_memory_moves_more_than_a_disk_and_less_than_a_cache():
    assert 5e8 < memory_bytes_per_second() < 1e12
