"""The pages of problems: right and wrong answers, hints one by one, nothing shown before its time."""

import html
import math
import re

import pytest
from django.test import Client

from vitreous.study.problems.catalogue import find
from vitreous.study.problems.marking import draw
from vitreous.study.site.models import Attempt, Note

PERIOD, WHY, SHIFT, DFT = (f"/problems/02-{key}/" for key in ("period", "why", "shift", "dft"))


@pytest.fixture
def visitor(browser, sampled):
    return browser


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def period_of(page: str) -> float:
    return 1 / float(re.search(r"k = ([0-9.]+)", page)[1])


def test_the_list_groups_problems_and_marks_what_is_done(visitor):
    page = text(visitor.get("/problems/"))
    assert "A sample" in page
    assert "0 of 7" in page
    assert all(f"/problems/02-{key}/" in page for key in ("period", "order", "why", "shift", "dft"))
    visitor.post(WHY, {"text": "Because of a phase that grows."})
    assert "1 of 7" in text(visitor.get("/problems/"))


def test_a_right_answer_is_told_and_kept(visitor):
    page = text(visitor.get(PERIOD))
    assert "once you have tried" in page
    assert "Worked answer" not in page
    answer = visitor.post(PERIOD, {"typed": f"{period_of(page):.6g} Å"})
    assert (answer.status_code, answer["location"]) == (302, f"{PERIOD}#verdict")
    page = text(visitor.get(PERIOD))
    assert "That is right." in page
    assert "Worked answer" in page
    assert "Solved" in page


def test_numbers_stay_until_new_ones_are_asked_for(visitor):
    first = text(visitor.get(PERIOD))
    assert period_of(text(visitor.get(PERIOD))) == period_of(first)
    seen = set()
    for _ in range(12):
        visitor.post(PERIOD, {"numbers": "new"})
        seen.add(period_of(text(visitor.get(PERIOD))))
    assert len(seen) > 1
    assert "That is right" not in text(visitor.get(PERIOD))


def test_a_known_mistake_has_its_own_hint(visitor):
    page = text(visitor.get(PERIOD))
    visitor.post(PERIOD, {"typed": str(2 * math.pi * period_of(page))})
    page = text(visitor.get(PERIOD))
    assert "Not yet." in page
    assert "leave the" in page
    assert "Begun" in page


def test_what_cannot_be_read_is_no_attempt(visitor):
    visitor.get(PERIOD)
    answer = visitor.post(PERIOD, {"typed": "3 bananas"})
    page = text(answer)
    assert answer.status_code == 200
    assert "cannot be read yet" in page
    assert 'value="3 bananas"' in page
    assert "once you have tried" in text(visitor.get(PERIOD))


def test_what_was_typed_is_never_markup(visitor):
    answer = visitor.post(PERIOD, {"typed": '"><script>alert(1)</script>'})
    assert b"<script>alert" not in answer.content
    visitor.post(WHY, {"text": "<script>alert(1)</script> is what I think of it"})
    assert b"<script>alert" not in visitor.get(WHY).content
    assert b"<script>alert" not in visitor.get("/notebook/").content


def test_hints_come_one_at_a_time(visitor):
    assert "How many periods" not in text(visitor.get(PERIOD))
    visitor.post(PERIOD, {"hint": "next"})
    page = text(visitor.get(PERIOD))
    assert "How many periods" in page
    assert "The period is" not in page
    visitor.post(PERIOD, {"hint": "next"})
    visitor.post(PERIOD, {"hint": "next"})
    page = text(visitor.get(PERIOD))
    assert "The period is" in page
    assert "Another hint" not in page
    visitor.post(PERIOD, {"typed": "1"})
    assert Attempt.objects.latest("pk").hints == 2


def test_items_are_ordered_without_scripts(visitor, sampled):
    page = text(visitor.get("/problems/02-order/"))
    assert 'aria-label="Move item 2 up"' in page
    moved = text(visitor.get("/problems/02-order/", {"order": "2, 1, 3"}))
    assert 'value="2, 1, 3"' in moved
    seed = visitor.session["seeds"]["02-order"]
    right = draw(find("02-order", sampled).problem, seed).answer.written()
    visitor.post("/problems/02-order/", {"typed": right})
    assert "That is right." in text(visitor.get("/problems/02-order/"))


def test_a_matrix_is_typed_entry_by_entry(visitor, sampled):
    page = text(visitor.get("/problems/02-turn/"))
    assert page.count('aria-label="row') == 4
    answer = draw(find("02-turn", sampled).problem, visitor.session["seeds"]["02-turn"]).answer
    visitor.post(
        "/problems/02-turn/", {"typed": [str(entry) for row in zip(*answer.value, strict=True) for entry in row]}
    )
    assert "transpose" in text(visitor.get("/problems/02-turn/"))


def test_a_model_answer_is_refused_before_an_attempt_is_written(visitor):
    model, point = "scattered wave lags behind", "a phase difference is named"
    page = text(visitor.get(WHY))
    assert model not in page
    assert point not in page
    for empty in ("", "   ", "too short"):
        answer = visitor.post(WHY, {"text": empty})
        assert model not in text(answer)
        assert "Write a sentence" in text(answer)
    visitor.post(WHY, {"points": "keep", "point": ["0"]})
    assert model not in text(visitor.get(WHY))
    visitor.post(WHY, {"text": "The phase grows with the frequency."})
    page = text(visitor.get(WHY))
    assert model in page
    assert point in page


def test_an_answer_in_words_is_kept_and_can_be_edited(visitor):
    visitor.post(WHY, {"text": "The phase grows with the frequency."})
    visitor.post(WHY, {"points": "keep", "point": ["0", "2", "x"]})
    page = text(visitor.get(WHY))
    assert "The phase grows with the frequency.</textarea>" in page
    assert page.count(" checked") == 2
    assert "2 of 3 kept" in page
    visitor.post(WHY, {"text": "The phase grows with the square of it."})
    page = text(visitor.get(WHY))
    assert "square of it.</textarea>" in page
    assert page.count(" checked") == 2
    assert Note.objects.filter(question="02-why", text__contains="square of it").count() == 1


def test_one_learner_does_not_see_another(visitor):
    visitor.post(WHY, {"text": "The phase grows with the frequency."})
    other = Client(headers={"host": "localhost"})
    assert "grows with the frequency" not in text(other.get(WHY))
    assert "lags behind" not in text(other.get(WHY))


def test_a_derivation_is_revealed_step_by_step(visitor):
    page = text(visitor.get(SHIFT))
    assert "Transform the shifted" not in page
    assert "Show step 1 of 2" in page
    answer = visitor.post(SHIFT, {"step": "next"})
    assert answer["location"] == f"{SHIFT}#step-1"
    page = text(visitor.get(SHIFT))
    assert "Transform the shifted" in page
    assert "Put" not in page
    assert "Begun" in page
    visitor.post(SHIFT, {"step": "next"})
    visitor.post(SHIFT, {"step": "next"})
    page = text(visitor.get(SHIFT))
    assert "what was to be shown" in page
    assert "Read to the end" in page
    visitor.post(SHIFT, {"again": "again"})
    assert "Show step 1 of 2" in text(visitor.get(SHIFT))


def test_a_function_is_written_elsewhere(visitor):
    page = text(visitor.get(DFT))
    assert "vitreous check 02-dft dft.py" in page
    assert "np.outer" not in page
    file = visitor.get(f"{DFT}start.py")
    assert file.content.decode().startswith("def dft(f):")
    assert 'filename="dft.py"' in file["content-disposition"]
    visitor.post(DFT, {"hint": "next"})
    assert "One sum for each" in text(visitor.get(DFT))
    visitor.post(DFT, {"passed": "yes"})
    assert "np.outer" in text(visitor.get(DFT))


def test_where_a_problem_belongs(visitor):
    page = text(visitor.get(PERIOD))
    assert "/meetings/02-sample/blur/#oscillates" in page
    assert "/problems/02-order/" in page


def test_what_is_not_there(visitor):
    assert visitor.get("/problems/02-none/").status_code == 404
    assert visitor.get("/problems/02-why/start.py").status_code == 404
    assert visitor.get("/problems/2-why/")["location"] == WHY
    assert visitor.put(WHY).status_code == 405


def test_a_form_from_elsewhere_is_refused(browser, sampled):
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert strict.post(WHY, {"text": "Because of a phase that grows."}).status_code == 403
