import pytest

from sample_curriculum import write_curriculum
from vitreous.study.meetings import read_curriculum
from vitreous.study.problems import catalogue


@pytest.fixture
def sampled(tmp_path, monkeypatch):
    """The site's problem pages on the sample curriculum."""
    from vitreous.study.site import notebook_views, problem_state, problem_views

    folder = write_curriculum(tmp_path)
    sample = {
        "find": lambda address: catalogue.find(address, folder),
        "problems_of": lambda topic: catalogue.problems_of(topic, folder),
        "every_problem": lambda: catalogue.every_problem(folder),
        "topics": lambda: catalogue.topics(folder),
        "read_curriculum": lambda: read_curriculum(folder),
    }
    for module in (problem_views, problem_state, notebook_views):
        for name, function in sample.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, function)
    return folder
