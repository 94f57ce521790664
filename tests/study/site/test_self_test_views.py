"""The self-test marks what was answered, leaves the rest, and suggests a stream."""

import html

import pytest

from vitreous.study.problems import Matrix, Quaternion, Vector
from vitreous.study.problems.marking import draw
from vitreous.study.problems.self_test import asked
from vitreous.study.site.models import Attempt


@pytest.fixture
def visitor(browser):
    return browser


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def solution(visitor, placed):
    answer = draw(placed.problem, visitor.session["seeds"][placed.address]).answer
    written = answer.written()
    if isinstance(answer, Vector | Quaternion | Matrix):
        return written.replace("\n", ",").split(",")
    return written


def test_every_problem_stands_on_the_page(visitor):
    page = text(visitor.get("/self-test/"))
    assert all(f'name="{placed.address}"' in page for placed in asked())
    assert "stream fits" not in page


def test_all_right_suggests_sharpen(visitor):
    visitor.get("/self-test/")
    answers = {placed.address: solution(visitor, placed) for placed in asked()}
    assert visitor.post("/self-test/", answers)["location"] == "/self-test/#result"
    page = text(visitor.get("/self-test/"))
    assert "The sharpen stream fits" in page
    assert "Worth brushing up" not in page
    assert page.count("That is right.") == len(asked())


def test_some_answers_are_marked_and_the_rest_left(visitor):
    visitor.get("/self-test/")
    first, second = asked()[0], asked()[2]
    before = Attempt.objects.count()
    visitor.post("/self-test/", {first.address: solution(visitor, first), second.address: "-1"})
    page = text(visitor.get("/self-test/"))
    assert f"2 of {len(asked())} are answered" in page
    assert "So far, the blur stream fits" in page
    assert "khanacademy.org" in page
    assert page.count("That is right.") == 1
    visitor.post("/self-test/", {first.address: solution(visitor, first), second.address: "-1"})
    assert Attempt.objects.count() == before + 2


def test_what_cannot_be_read_is_said_beside_it(visitor):
    visitor.get("/self-test/")
    first, second = asked()[0], asked()[2]
    answer = visitor.post("/self-test/", {first.address: "one, or two?", second.address: solution(visitor, second)})
    page = text(answer)
    assert page.count("This cannot be read yet.") == 1
    assert "That is right." in page
    assert 'value="one, or two?"' in page


def test_new_numbers(visitor):
    visitor.get("/self-test/")
    before = visitor.session["seeds"]
    visitor.post("/self-test/", {"numbers": "new"})
    assert visitor.session["seeds"] != before
