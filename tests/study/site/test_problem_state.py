"""The numbers seen, hints and steps revealed, what was done: kept for each learner."""

import pytest

from vitreous.study.site.models import Attempt, Learner, Note
from vitreous.study.site.problem_state import count, draw_anew, last_attempt, present_seed, raise_count, standings


class Request:
    """What the functions read of a request."""

    def __init__(self, learner=None):
        from django.contrib.auth.models import AnonymousUser

        self.user = AnonymousUser()
        self.session = {} if learner is None else {"learner": learner.pk}


@pytest.fixture
def learner(database):
    return Learner.objects.create()


def test_a_seed_stays_until_a_new_one_is_drawn(learner):
    request = Request(learner)
    seed = present_seed(request, "02-period")
    assert present_seed(request, "02-period") == seed
    assert draw_anew(request, "02-period") == present_seed(request, "02-period")
    assert present_seed(request, "02-turn") != present_seed(request, "02-period")


def test_another_browser_of_the_learner_sees_the_numbers_answered_last(learner):
    Attempt.objects.create(learner=learner, problem="02-period", seed=77, typed="1", right=False)
    assert present_seed(Request(learner), "02-period") == 77
    assert last_attempt(learner, "02-period", 77).typed == "1"
    assert last_attempt(learner, "02-period", 78) is None
    assert last_attempt(None, "02-period", 77) is None


def test_counts(learner):
    assert count(None, "hints") == count(learner, "hints") == 0
    raise_count(learner, "hints", 2)
    raise_count(learner, "hints", 3)
    assert count(learner, "hints") == 3


def test_standings(learner, sampled):
    assert standings(None) == standings(learner) == {}
    for right in (False, True, False):
        Attempt.objects.create(learner=learner, problem="02-period", seed=1, typed="1", right=right)
    Attempt.objects.create(learner=learner, problem="02-turn", seed=1, typed="1", right=False)
    Note.objects.create(learner=learner, question="02-why", text="Because.")
    raise_count(learner, "02-shift", 1)
    raise_count(learner, "hints:02-dft", 1)
    assert standings(learner) == {"02-period": "right", "02-turn": "tried", "02-why": "right", "02-shift": "tried"}
    raise_count(learner, "02-shift", 2)
    assert standings(learner)["02-shift"] == "right"
