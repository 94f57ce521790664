"""What the learner wrote and answered, to read again and to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vitreous.study.meetings import read_curriculum
from vitreous.study.problems import Explain
from vitreous.study.problems.catalogue import every_problem, topics
from vitreous.study.site.learner import known_learner
from vitreous.study.site.models import Learner
from vitreous.study.site.problem_state import standings

__all__ = ["notebook", "notebook_file"]


@dataclass(frozen=True)
class _Entry:
    """Something written: to which question of which topic, when, and how many points of the checklist it has."""

    address: str
    topic: str
    title: str
    question: str
    text: str
    ticked: int
    points: int
    updated: datetime


@require_GET
def notebook(request: Any) -> HttpResponse:
    """Show what the learner wrote, and how far each topic is."""
    learner = known_learner(request)
    names = _titles()
    found = standings(learner)
    progress = []
    for folder in topics():
        problems = [placed for placed in every_problem().values() if placed.topic == folder]
        marks = [found.get(placed.address) for placed in problems]
        if problems:
            row = {"title": names.get(folder, folder), "number": folder[:2], "all": len(problems)}
            progress.append({**row, "right": marks.count("right"), "tried": marks.count("tried")})
    context = {"entries": _entries(learner), "progress": progress, "begun": bool(found)}
    return render(request, "study/notebook.html", context)


@require_GET
def notebook_file(request: Any) -> HttpResponse:
    """Send what the learner wrote as one Markdown file."""
    lines = ["# My notebook of Vitreous", ""]
    for entry in _entries(known_learner(request)):
        quoted = "\n".join(f"> {line}" for line in entry.question.splitlines())
        lines += [f"## {entry.topic}: {entry.title}", "", quoted, "", entry.text, ""]
    headers = {"Content-Disposition": 'attachment; filename="vitreous-notebook.md"'}
    return HttpResponse("\n".join(lines), content_type="text/markdown; charset=utf-8", headers=headers)


def _titles() -> dict[str, str]:
    return {topic.folder: topic.title for topic in read_curriculum().topics}


def _entries(learner: Learner | None) -> Sequence[_Entry]:
    """Everything written, in the order of the curriculum; what is no longer asked stands at the end."""
    if learner is None:
        return []
    known, names = every_problem(), _titles()
    found = []
    for note in learner.notes.exclude(text=""):
        placed = known.get(note.question)
        question = placed.problem if placed is not None and isinstance(placed.problem, Explain) else None
        found.append(
            _Entry(
                address=note.question if question else "",
                topic=names.get(placed.topic, placed.topic) if placed else "",
                title=question.title if question else note.question,
                question=question.question if question else "",
                text=note.text,
                ticked=len(note.points),
                points=len(question.checklist) if question else 0,
                updated=note.updated,
            )
        )
    order = {address: place for place, address in enumerate(known)}
    return sorted(found, key=lambda entry: order.get(entry.address, len(order)))
