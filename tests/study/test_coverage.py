"""Every item of the syllabus has its page, and what it asks for is there; docs/coverage.md says so."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from vitreous.study.meetings import read_curriculum

DOCS = Path(__file__).parents[2] / "docs"
ITEMS = {
    "blur": {1: 2, 2: 4, 3: 5, 4: 8, 5: 4, 7: 2, 8: 3, 9: 1},
    "sharpen": {1: 3, 2: 4, 3: 7, 4: 1, 5: 5, 6: 5, 7: 4, 8: 3, 9: 1, 10: 3, 11: 1},
}
"""How many items the syllabus has for each meeting: a page may ask more, never less."""


def load():
    spec = importlib.util.spec_from_file_location("coverage_table", DOCS / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


coverage = load()
PAGES = read_curriculum().pages
QUESTIONS = [(page, question) for page in PAGES.values() for question in page.questions]
ANSWERED = [(page, question) for page, question in QUESTIONS if page.number not in coverage.SECOND_HALF]


@pytest.mark.parametrize(
    ("page", "question"), ANSWERED, ids=[f"{page.practical_address}-{question.id}" for page, question in ANSWERED]
)
def test_what_a_question_asks_for_is_there(page, question):
    assert coverage.gaps(read_curriculum().topic_of(page), question) == []


def test_no_item_of_the_syllabus_is_left_out():
    asked = Counter((page.stream, page.number) for page, _ in QUESTIONS)
    items = {(stream, number): count for stream, counts in ITEMS.items() for number, count in counts.items()}
    left_out = {meeting: f"{asked[meeting]} of {count}" for meeting, count in items.items() if asked[meeting] < count}
    assert left_out == {}


def test_every_meeting_of_the_first_half_has_its_practical():
    without = [
        address
        for address, page in PAGES.items()
        if page.practical is None and 1 <= page.number <= 11 and page.number not in coverage.SECOND_HALF
    ]
    assert without == []


def test_the_table_is_that_of_the_curriculum():
    assert coverage.TABLE.read_text(encoding="utf-8") == coverage.table(), "renew it: python docs/coverage.py"
