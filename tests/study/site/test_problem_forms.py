"""Each kind of answer has its fields, and what is typed into them reads as one text."""

import pytest
from django.http import QueryDict

from vitreous.study.problems import Choose, Complex, Expression, Matrix, Number, Order, Quaternion, Vector
from vitreous.study.site.problem_forms import field_of, typed_in

ANSWERS = [
    Number(5.0, unit="Å"),
    Complex(1 - 2j),
    Vector([1.0, 2.0, 3.0], unit="nm"),
    Vector([1.0, 2.0]),
    Quaternion([1.0, 0.0, 0.0, 0.0]),
    Matrix([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    Choose(["a", "b"], 1),
    Order(["a", "b", "c"], [2, 0, 1]),
    Expression("2*k", ["k"]),
]


def sent_back(field, answer):
    """What the browser sends of a form as it stands."""
    data = QueryDict(mutable=True)
    if field.kind in ("vector", "matrix"):
        data.setlist(field.name, [value for _, value in field.parts])
    elif field.kind == "choose":
        data.setlist(field.name, [str(item.number) for item in field.options if item.chosen])
    else:
        data[field.name] = field.typed
    return typed_in(data, answer, field.name)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_what_was_typed_stands_in_the_form_again(answer):
    typed = sent_back(field_of(answer, answer.written(), "other"), answer)
    assert answer.accepts(answer.read(typed))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_an_empty_form_does_not_show_the_answer(answer):
    field = field_of(answer)
    values = [value for _, value in field.parts] or [field.typed]
    assert not any(item.chosen for item in field.options)
    if not isinstance(answer, Order):
        assert not any(values)


def test_labels():
    assert [label for label, _ in field_of(ANSWERS[4]).parts] == ["w", "x", "y", "z"]
    assert [label for label, _ in field_of(ANSWERS[2]).parts] == ["x", "y", "z"]
    assert field_of(ANSWERS[5]).parts[-1][0] == "row 3, column 2"
    assert field_of(ANSWERS[0]).unit == "Å"
    assert "in k" in field_of(ANSWERS[8]).help


def test_items_move_by_one_place():
    field = field_of(ANSWERS[7], "2, 3, 1")
    assert [item.text for item in field.options] == ["b", "c", "a"]
    assert [(item.up, item.down) for item in field.options] == [
        ("", "3, 2, 1"),
        ("3, 2, 1", "2, 1, 3"),
        ("2, 1, 3", ""),
    ]
    assert field_of(ANSWERS[7], "1, 1, 7").typed == "1, 2, 3"
