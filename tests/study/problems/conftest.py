import pytest

from sample_curriculum import write_curriculum
from vitreous.study.problems.catalogue import every_problem


@pytest.fixture
def problems(tmp_path):
    """The problems of the sample curriculum by their address."""
    return every_problem(write_curriculum(tmp_path))
