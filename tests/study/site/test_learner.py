"""A browser has a learner once something is kept, and an account takes its own."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, User

from vitreous.study.site.learner import known_learner, learner_of
from vitreous.study.site.models import Learner

pytestmark = pytest.mark.usefixtures("database")


def request(user=None, session=None):
    return SimpleNamespace(user=user or AnonymousUser(), session={} if session is None else session)


def test_nobody_is_known_before_something_is_kept():
    asked = request()
    assert known_learner(asked) is None
    made = learner_of(asked)
    assert asked.session["learner"] == made.pk
    assert known_learner(asked) == learner_of(asked) == made


def test_a_session_whose_learner_is_gone_gets_a_new_one():
    asked = request(session={"learner": 10**9})
    assert known_learner(asked) is None
    assert learner_of(asked).pk != 10**9


def test_an_account_has_its_learner_in_every_browser():
    user = User.objects.create(username="two browsers")
    assert learner_of(request(user)) == learner_of(request(user))
    assert Learner.objects.get(user=user).user == user
