"""The self-test: a short problem on each prerequisite, what fits, what to brush up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from vitreous.study.problems import AnswerError
from vitreous.study.problems import Attempt as Drawn
from vitreous.study.problems.catalogue import Placed
from vitreous.study.problems.marking import Verdict, draw, mark_attempt
from vitreous.study.problems.self_test import RULE, Unit, asked, suggestion, units
from vitreous.study.site.learner import known_learner, learner_of
from vitreous.study.site.models import Learner
from vitreous.study.site.problem_forms import Field, field_of, typed_in
from vitreous.study.site.problem_state import draw_anew, last_attempt, present_seed

__all__ = ["self_test"]


@dataclass(frozen=True)
class _Asked:
    """One problem of the test: its numbers, its form, and what was said to the answer."""

    placed: Placed
    seed: int
    attempt: Drawn
    field: Field
    verdict: Verdict | None
    error: str

    @property
    def unit(self) -> str:
        """The unit that the problem belongs to."""
        return str(getattr(self.placed.problem, "unit", ""))


@dataclass(frozen=True)
class _Section:
    """A unit and its problems."""

    unit: Unit
    items: Sequence[_Asked]

    @property
    def right(self) -> list[bool]:
        """Of each problem, whether it was answered rightly."""
        return [item.verdict is not None and item.verdict.right for item in self.items]

    @property
    def count(self) -> int:
        """How many are right."""
        return sum(self.right)


@require_http_methods(["GET", "POST"])
def self_test(request: Any) -> HttpResponse:
    """Show the whole test; mark what was typed, leave out what was not."""
    if request.method == "POST":
        if "numbers" in request.POST:
            for placed in asked():
                draw_anew(request, placed.address)
            return HttpResponseRedirect(reverse("self-test"))
        errors = _marked(request, learner_of(request))
        if not errors:
            return HttpResponseRedirect(f"{reverse('self-test')}#result")
        return _shown(request, errors)
    return _shown(request, {})


def _marked(request: Any, learner: Learner) -> dict[str, tuple[str, str]]:
    """Keep an attempt for each answer that is new; return what cannot be read, with why, by problem."""
    errors = {}
    for placed in asked():
        seed = present_seed(request, placed.address)
        attempt = draw(placed.problem, seed)  # type: ignore[arg-type]
        typed = typed_in(request.POST, attempt.answer, placed.address)
        last = last_attempt(learner, placed.address, seed)
        if not typed.strip(", \n") or (last is not None and last.typed == typed):
            continue
        try:
            verdict = mark_attempt(attempt, typed)
        except AnswerError as failure:
            errors[placed.address] = (typed, str(failure))
        else:
            learner.attempts.create(problem=placed.address, seed=seed, typed=typed, right=verdict.right)
    return errors


def _shown(request: Any, errors: dict[str, tuple[str, str]]) -> HttpResponse:
    items = [_item(request, placed, errors.get(placed.address)) for placed in asked()]
    sections = [_Section(unit, [item for item in items if item.unit == unit.key]) for unit in units()]
    answered = sum(item.verdict is not None for item in items)
    right = {section.unit.key: section.right for section in sections}
    context = {
        "sections": sections,
        "rule": RULE,
        "answered": answered,
        "all": len(items),
        "suggestion": suggestion(right, units()) if answered else None,
        "errors": bool(errors),
    }
    return render(request, "study/self_test.html", context)


def _item(request: Any, placed: Placed, error: tuple[str, str] | None) -> _Asked:
    seed = present_seed(request, placed.address)
    attempt = draw(placed.problem, seed)  # type: ignore[arg-type]
    last = last_attempt(known_learner(request), placed.address, seed)
    typed = error[0] if error else last.typed if last else ""
    verdict = mark_attempt(attempt, last.typed) if last and not error else None
    return _Asked(
        placed, seed, attempt, field_of(attempt.answer, typed, placed.address), verdict, error[1] if error else ""
    )
