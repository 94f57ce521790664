"""The other Python writes an outcome for every case, or one for a file that cannot be loaded."""

import subprocess
import sys

import numpy as np
import pytest

from sample_curriculum import SOLUTION
from vitreous.study.problems.boundary import load, save

MODULE = "vitreous.study.problems.own_child"


@pytest.fixture
def run(tmp_path):
    def ran(source, *cases):
        file = tmp_path / "mine.py"
        file.write_text(source)
        for case in cases:
            save(tmp_path, f"arguments{case}", (np.ones(4),))
        words = [str(tmp_path), str(file), "dft", *map(str, cases)]
        subprocess.run([sys.executable, "-P", "-m", MODULE, *words], check=True)
        return tmp_path

    return ran


def test_an_outcome_for_every_case(run):
    folder = run(SOLUTION, 1, 4)
    for case in (1, 4):
        kind, result, seconds, printed = load(folder, f"outcome{case}")
        assert (kind, printed) == ("returned", "")
        assert result == pytest.approx(np.array([4, 0, 0, 0]))
        assert seconds > 0


def test_a_file_that_cannot_be_loaded_has_one_outcome(run):
    folder = run("print('before')\nraise KeyError('no')\n", 1)
    kind, words, _, printed = load(folder, "outcome")
    assert (kind, printed) == ("raised", "before\n")
    assert "KeyError: 'no' (line 2: raise KeyError('no'))" in words
    assert not (folder / "outcome1.json").exists()


def test_the_files_beside_it_can_be_imported(run, tmp_path):
    (tmp_path / "helper.py").write_text("import numpy as np\ntransform = np.fft.fft\n")
    folder = run("from helper import transform\n\n\ndef dft(f):\n    return transform(f)\n", 1)
    assert load(folder, "outcome1")[0] == "returned"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux")
def test_memory_is_bounded(run):
    folder = run("import numpy as np\n\n\ndef dft(f):\n    return np.ones(2**31)\n", 1)
    assert load(folder, "outcome1")[0] == "memory"
