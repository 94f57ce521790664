"""The problems of a curriculum are found by their address, in their order."""

import pytest

from sample_curriculum import write_curriculum
from vitreous.study.problems.catalogue import every_problem, find, problems_in, topics


def test_problems_in_their_order(problems):
    assert list(problems) == [
        *["02-period", "02-order", "02-turn", "02-under-or-over", "02-why", "02-shift", "02-dft"],
    ]
    placed = problems["02-dft"]
    assert (placed.number, placed.topic, placed.stream, placed.address) == ("02", "02_sample", "blur", "02-dft")


def test_found_by_address(tmp_path):
    curriculum = write_curriculum(tmp_path)
    assert topics(curriculum) == ("02_sample",)
    assert find("2-why", curriculum) is find("02-why", curriculum)
    assert find("02-none", curriculum) is None
    assert find("nonsense", curriculum) is None


def test_a_key_taken_twice_is_named(tmp_path):
    curriculum = write_curriculum(tmp_path)
    source = curriculum / "02_sample" / "blur" / "problems.py"
    other = curriculum / "02_sample" / "sharpen" / "problems.py"
    other.parent.mkdir()
    other.write_text(source.read_text())
    with pytest.raises(ValueError, match="02_sample: sharpen and blur both have a problem period"):
        every_problem(curriculum)


def test_a_file_is_read_once(tmp_path):
    file = write_curriculum(tmp_path) / "02_sample" / "blur" / "problems.py"
    assert problems_in(file) is problems_in(file)
