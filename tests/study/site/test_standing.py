"""Where a learner stands follows from what is kept."""

import pytest

from vitreous.study.meetings import read_curriculum
from vitreous.study.site.models import Attempt, Learner, Visit
from vitreous.study.site.standing import standing_of

pytestmark = pytest.mark.usefixtures("database")


def test_nobody_stands_at_the_beginning():
    standing, curriculum = standing_of(None), read_curriculum()
    assert not standing.begun
    assert standing.last(curriculum) is None
    assert standing.next(curriculum).folder == "00_prerequisites"
    assert set(standing.states(curriculum).values()) == {""}


def test_the_next_page_is_of_the_learners_stream():
    curriculum = read_curriculum()
    learner = Learner.objects.create(stream="sharpen")
    for page in ("00-prerequisites/everyone", "01-background/sharpen"):
        Visit.objects.create(learner=learner, page=page)
    standing = standing_of(learner)
    assert standing.last(curriculum).address == "01-background/sharpen"
    assert standing.next(curriculum).address == "02-fourier-transform/sharpen"


def test_a_page_is_done_when_it_was_opened_and_its_problems_are_solved():
    page = read_curriculum().pages["04-phase-contrast/blur"]
    learner = Learner.objects.create()
    Visit.objects.create(learner=learner, page=page.address)
    standing = standing_of(learner)
    assert standing.state_of(page) == "begun"
    assert standing.solved_of(page) == 0
    for item in page.problems:
        Attempt.objects.create(learner=learner, problem=f"04-{item.key}", seed=1, typed="1", right=True)
    standing = standing_of(learner)
    assert standing.solved_of(page) == len(page.problems)
    assert standing.state_of(page) == "done"
    assert standing.states(read_curriculum())["04_phase_contrast"] == "done"


def test_the_last_page_opened_stands_first():
    learner = Learner.objects.create()
    for address in ("04-phase-contrast/blur", "01-background/blur", "04-phase-contrast/blur"):
        Visit.objects.update_or_create(learner=learner, page=address)
    assert standing_of(learner).last(read_curriculum()).address == "04-phase-contrast/blur"


def test_a_page_that_is_no_more_is_passed_over():
    learner = Learner.objects.create()
    Visit.objects.create(learner=learner, page="99-gone/blur")
    assert standing_of(learner).last(read_curriculum()) is None
