"""The pages: home, topics and meetings, schedule, glossary, search, the engine's functions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vitreous.study.engine import EngineName, engine_names
from vitreous.study.glossary import read_glossary
from vitreous.study.meetings import EVERYONE, Curriculum, Page, Topic, read_curriculum
from vitreous.study.series import read_series
from vitreous.study.site.learner import known_learner, learner_of
from vitreous.study.site.models import Visit
from vitreous.study.site.pipeline import lessons_of_packages, pipeline_map, rings
from vitreous.study.site.searching import search as find
from vitreous.study.site.standing import Standing, standing_of

__all__ = [
    "choose_stream",
    "engine",
    "favicon",
    "glossary",
    "home",
    "meeting",
    "not_found",
    "schedule",
    "search",
    "server_error",
    "topic",
]


@require_GET
def home(request: Any) -> HttpResponse:
    """Show where one is, what is next, the pipeline, and both streams side by side."""
    curriculum, standing = read_curriculum(), standing_of(known_learner(request))
    states = standing.states(curriculum)
    return render(
        request,
        "study/home.html",
        {
            "standing": standing,
            "last": standing.last(curriculum),
            "next": standing.next(curriculum),
            "upcoming": read_series().upcoming(datetime.now(UTC)),
            "rings": rings(),
            "maps": [pipeline_map(upright=upright, states=states) for upright in (False, True)],
            "streams": curriculum.ways,
            "rows": [_row(item, curriculum, standing) for item in curriculum.topics],
        },
    )


def _row(item: Topic, curriculum: Curriculum, standing: Standing) -> dict[str, Any]:
    """One topic of the table of streams: a cell for each stream, or one for all."""
    shared = item.pages.get(EVERYONE)
    cells = [_cell(item.pages.get(way.key), standing, way.key) for way in curriculum.ways] if item.pages else []
    cells = [_cell(shared, standing)] if shared else cells
    return {"topic": item, "shared": shared, "cells": cells}


def _cell(page: Page | None, standing: Standing, stream: str = EVERYONE) -> dict[str, Any]:
    if page is None:
        return {"page": None, "stream": stream}
    return {
        "page": page,
        "stream": page.stream,
        "meeting": read_series().meeting_of(page.address),
        "state": standing.state_of(page),
        "solved": standing.solved_of(page),
    }


@require_POST
def choose_stream(request: Any) -> HttpResponse:
    """Keep the stream that a learner chose, and go home."""
    stream = request.POST.get("stream", "")
    if stream not in read_curriculum().streams:
        raise Http404("no such stream")
    learner = learner_of(request)
    learner.stream = stream
    learner.save(update_fields=["stream"])
    return redirect("home")


@require_GET
def topic(request: Any, slug: str) -> HttpResponse:
    """Show a topic: its streams side by side, what it stands on, and what stands on it."""
    curriculum = read_curriculum()
    found = next((item for item in curriculum.topics if item.slug == slug), None)
    if found is None:
        raise Http404("no such topic")
    row = _row(found, curriculum, standing_of(known_learner(request)))
    return render(
        request,
        "study/topic.html",
        {
            **row,
            "needs": [item for item in curriculum.topics if item.folder in found.stands_on],
            "leads": [item for item in curriculum.topics if found.folder in item.stands_on],
        },
    )


@require_GET
def meeting(request: Any, slug: str, stream: str) -> HttpResponse:
    """Show a meeting's page: aim, readings, text, questions, the practical in place, problems."""
    curriculum = read_curriculum()
    page = curriculum.pages.get(f"{slug}/{stream}")
    if page is None:
        raise Http404("no such meeting")
    learner = learner_of(request)
    Visit.objects.update_or_create(learner=learner, page=page.address)
    standing, here = standing_of(learner), curriculum.topic_of(page)
    problems = [
        {"item": item, "address": address, "solved": address in standing.solved}
        for address, item in here.problems.items()
    ]
    previous, following = _neighbours(page, curriculum)
    return render(
        request,
        "study/meeting.html",
        {
            "page": page,
            "topic": here,
            "meeting": read_series().meeting_of(page.address),
            "stream": curriculum.streams[stream],
            "others": [(curriculum.streams[key], other) for key, other in here.pages.items() if key != stream],
            "problems": [problem for problem in problems if problem["item"] in page.problems],
            "questions": [_question(item, page, problems) for item in page.questions],
            "needs": [item for item in curriculum.topics if item.folder in here.stands_on],
            "engine": [engine_names()[name] for name in page.engine],
            "previous": previous,
            "following": following,
        },
    )


def _question(item: Any, page: Page, problems: list[dict[str, Any]]) -> dict[str, Any]:
    """A question with the addresses of its figures and problems."""
    figures = []
    for name in item.figures:
        stream, _, figure = name.rpartition("#")
        practical = f"{page.folder[:2]}-{stream or page.stream}"
        figures.append({"name": figure, "stream": stream, "url": f"/practicals/{practical}/#figure-{figure}"})
    return {"item": item, "figures": figures, "problems": [p for p in problems if p["item"].key in item.problems]}


def _neighbours(page: Page, curriculum: Curriculum) -> tuple[Page | None, Page | None]:
    """The pages before and after this one in its stream; pages for everyone belong to all streams."""
    stream = curriculum.ways[0].key if page.stream == EVERYONE else page.stream
    way = [item for item in curriculum.pages.values() if item.stream in (stream, EVERYONE)]
    place = way.index(page)
    return (way[place - 1] if place else None, way[place + 1] if place + 1 < len(way) else None)


@require_GET
def schedule(request: Any) -> HttpResponse:
    """Show the first series: every row, with its pages."""
    pages = read_curriculum().pages
    series = read_series()
    rows = [{"meeting": item, "pages": [pages[address] for address in item.pages]} for item in series.meetings]
    return render(request, "study/schedule.html", {"series": series, "rows": rows, "now": datetime.now(UTC)})


@require_GET
def glossary(request: Any) -> HttpResponse:
    """Show the field's terms by their first letter."""
    pages = read_curriculum().pages
    letters = [
        (letter, [{"term": term, "pages": [pages[address] for address in term.pages]} for term in terms])
        for letter, terms in groupby(read_glossary(), lambda term: term.name[0].upper())
    ]
    return render(request, "study/glossary.html", {"letters": letters, "count": len(read_glossary())})


@require_GET
def search(request: Any) -> HttpResponse:
    """Show what was found."""
    query = " ".join(request.GET.get("q", "")[:200].split())
    return render(request, "study/search.html", {"query": query, "hits": find(query)})


@require_GET
def engine(request: Any) -> HttpResponse:
    """Show every public function of the engine with the lessons that explain it."""
    pages, packages = read_curriculum().pages, lessons_of_packages()
    groups = [
        {"package": package, "lesson": pages[packages[package]], "entries": [_function(item, pages) for item in items]}
        for package, items in groupby(engine_names().values(), lambda item: item.package)
    ]
    return render(request, "study/engine.html", {"groups": groups, "count": len(engine_names())})


def _function(item: EngineName, pages: Mapping[str, Page]) -> dict[str, Any]:
    """A function with the pages that explain it."""
    return {"item": item, "lessons": [page for page in pages.values() if item.name in page.engine]}


@require_GET
def favicon(request: Any) -> HttpResponse:
    """Return the mark for the browser's tab."""
    return render(request, "study/parts/favicon.svg", content_type="image/svg+xml")


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    return render(request, "study/404.html", status=404)


def server_error(request: Any) -> HttpResponse:
    """Say that the fault is ours."""
    return render(request, "study/500.html", status=500)
