"""What is kept of a learner, and that the migrations make it."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from vitreous.study.site.models import Attempt, Learner, Note, Progress, Visit

pytestmark = pytest.mark.usefixtures("database")


def test_the_migrations_are_up_to_date():
    call_command("makemigrations", "study", check=True, dry_run=True, verbosity=0)


def test_a_learner_needs_no_account():
    learner = Learner.objects.create()
    assert learner.user is None
    assert learner.stream == ""


def test_an_account_has_one_learner():
    from django.contrib.auth.models import User

    user = User.objects.create(username="somebody")
    Learner.objects.create(user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Learner.objects.create(user=user)


def test_attempts_stand_in_their_order():
    learner = Learner.objects.create()
    for typed in ("1", "2", "3"):
        Attempt.objects.create(learner=learner, problem="04-b-factor", seed=7, typed=typed, right=typed == "3")
    assert [attempt.typed for attempt in learner.attempts.all()] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("model", "given"),
    [(Note, {"question": "q", "text": "t"}), (Progress, {"key": "k"}), (Visit, {"page": "04-phase-contrast/blur"})],
)
def test_one_row_for_each_key(model, given):
    learner = Learner.objects.create()
    model.objects.create(learner=learner, **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(learner=learner, **given)
    model.objects.create(learner=Learner.objects.create(), **given)
