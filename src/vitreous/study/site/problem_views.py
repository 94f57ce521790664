"""The pages of problems: what is asked, the form of the answer, the verdict, hints one by one, the worked answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from vitreous.study.meetings import Page, Question, read_curriculum
from vitreous.study.problems import AnswerError, Compute, Derive, Explain, Expression, OwnFunction
from vitreous.study.problems import Attempt as Drawn
from vitreous.study.problems.catalogue import Placed, find, problems_of
from vitreous.study.problems.expression import latex
from vitreous.study.problems.marking import draw, mark, mark_attempt
from vitreous.study.site.learner import known_learner, learner_of
from vitreous.study.site.models import Learner, Note
from vitreous.study.site.problem_forms import field_of, typed_in
from vitreous.study.site.problem_state import count, draw_anew, last_attempt, present_seed, raise_count, standings

__all__ = ["problem", "problems", "start_file"]

_SHORTEST = 5
"""Words that an answer in words has before the model answer is shown."""
_LONGEST = 20000


@dataclass(frozen=True)
class _Listed:
    """A problem in the list, and how the learner stands with it."""

    address: str
    title: str
    kind: str
    standing: str


@dataclass(frozen=True)
class _Place:
    """A question that a problem belongs to, with its page and the names and addresses of its figures."""

    page: Page
    question: Question
    figures: Sequence[tuple[str, str]]


@require_GET
def problems(request: Any) -> HttpResponse:
    """List every problem by topic and stream, with what the learner has done."""
    found = standings(known_learner(request))
    curriculum = read_curriculum()
    topics = []
    for topic in curriculum.topics:
        streams = [(page, curriculum.streams[page.stream], _listed(page, found)) for page in topic.pages.values()]
        every = [item for _, _, listed in streams for item in listed]
        done = sum(item.standing == "right" for item in every)
        if every:
            topics.append({"topic": topic, "streams": streams, "done": done, "all": len(every)})
    return render(request, "study/problems.html", {"topics": topics})


def _listed(page: Page, found: Mapping[str, str]) -> Sequence[_Listed]:
    addressed = [(f"{page.folder[:2]}-{item.key}", item) for item in page.problems]
    return [_Listed(address, item.title, item.kind, found.get(address, "")) for address, item in addressed]


@require_http_methods(["GET", "POST"])
def problem(request: Any, address: str) -> HttpResponse:
    """Show a problem, and take what its page's forms send."""
    placed = find(address)
    if placed is None:
        raise Http404(f"there is no problem {address}")
    if placed.address != address:
        return HttpResponseRedirect(reverse("problem", args=[placed.address]))
    kinds: Mapping[type, Callable[[Any, Placed], HttpResponse]] = {
        Compute: _compute,
        Explain: _explain,
        Derive: _derive,
        OwnFunction: _own,
    }
    return kinds[type(placed.problem)](request, placed)


@require_GET
def start_file(request: Any, address: str) -> HttpResponse:
    """Send the file that a function of one's own starts from."""
    placed = find(address)
    if placed is None or not isinstance(placed.problem, OwnFunction):
        raise Http404(f"no problem {address} asks for a function")
    name = f"{placed.problem.key.replace('-', '_')}.py"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(placed.problem.starter, content_type="text/x-python; charset=utf-8", headers=headers)


def _compute(request: Any, placed: Placed) -> HttpResponse:
    address, seed = placed.address, present_seed(request, placed.address)
    attempt = draw(_kind(placed, Compute), seed)
    hint_key = f"hints:{address}:{seed}"
    if request.method == "POST" and "numbers" in request.POST:
        draw_anew(request, address)
        return _back(address, "statement")
    if request.method == "POST" and "hint" in request.POST:
        _one_more(request, hint_key, len(attempt.hints))
        return _back(address, "hints")
    error, typed = "", request.GET.get("order", "")
    if request.method == "POST":
        typed = typed_in(request.POST, attempt.answer)
        try:
            _keep_attempt(learner_of(request), placed, seed, typed)
        except AnswerError as failure:
            error = str(failure)
        else:
            return _back(address, "verdict")
    learner = known_learner(request)
    last = last_attempt(learner, address, seed)
    hints = attempt.hints[: count(learner, hint_key)]
    context = {
        "attempt": attempt,
        "field": field_of(attempt.answer, typed or (last.typed if last else "")),
        "error": error,
        "verdict": mark_attempt(attempt, last.typed) if last and not error else None,
        "attempted": last is not None,
        "read_as": _read_as(attempt, last.typed) if last else "",
        "hints": hints,
        "hints_left": len(attempt.hints) - len(hints),
    }
    return _page(request, placed, "study/problem_compute.html", context)


def _read_as(attempt: Drawn, typed: str) -> str:
    """How a formula was read, in LaTeX; nothing for other kinds of answers."""
    answer = attempt.answer
    return latex(answer.read(typed)) if isinstance(answer, Expression) else ""


def _keep_attempt(learner: Learner, placed: Placed, seed: int, typed: str) -> None:
    """Mark what was typed and keep it; AnswerError, and nothing kept, where it cannot be read."""
    right = mark(_kind(placed, Compute), seed, typed).right
    hints = count(learner, f"hints:{placed.address}:{seed}")
    learner.attempts.create(problem=placed.address, seed=seed, typed=typed, right=right, hints=hints)


def _one_more(request: Any, key: str, most: int) -> int:
    """Reveal one more hint or step; the number revealed."""
    learner = learner_of(request)
    shown = min(count(learner, key) + 1, most)
    raise_count(learner, key, shown)
    return shown


def _explain(request: Any, placed: Placed) -> HttpResponse:
    address = placed.address
    error = ""
    if request.method == "POST":
        error = _keep_words(learner_of(request), address, request.POST)
        if not error:
            return _back(address, "compare")
    learner = known_learner(request)
    note = None if learner is None else learner.notes.filter(question=address).first()
    text = request.POST.get("text", "") if error else note.text if note else ""
    context: dict[str, Any] = {"note": note, "text": text, "error": error}
    if note is not None:
        question = _kind(placed, Explain)
        context["answer"] = question.answer
        context["points"] = [(place, point, place in note.points) for place, point in enumerate(question.checklist)]
    return _page(request, placed, "study/problem_explain.html", context)


def _keep_words(learner: Learner, address: str, fields: Any) -> str:
    """Keep what was written, or which points of the checklist were ticked; why not, where it is too short."""
    if "points" in fields:
        ticked = [int(place) for place in fields.getlist("point") if place.isdecimal()]
        Note.objects.filter(learner=learner, question=address).update(points=ticked)
        return ""
    text = fields.get("text", "").replace("\r\n", "\n").strip()[:_LONGEST]
    if len(text.split()) < _SHORTEST:
        return "Write a sentence at least: the comparison is worth what your own answer is."
    Note.objects.update_or_create(learner=learner, question=address, defaults={"text": text})
    return ""


def _derive(request: Any, placed: Placed) -> HttpResponse:
    steps, address = _kind(placed, Derive).steps, placed.address
    if request.method == "POST" and "again" in request.POST:
        raise_count(learner_of(request), address, 0)
        return _back(address, "statement")
    if request.method == "POST":
        return _back(address, f"step-{_one_more(request, address, len(steps))}")
    shown = count(known_learner(request), address)
    context = {"steps": steps[:shown], "shown": shown, "all": len(steps), "next": shown + 1}
    return _page(request, placed, "study/problem_derive.html", context)


def _own(request: Any, placed: Placed) -> HttpResponse:
    own, address = _kind(placed, OwnFunction), placed.address
    hint_key = f"hints:{address}"
    if request.method == "POST" and "hint" in request.POST:
        _one_more(request, hint_key, len(own.hints))
        return _back(address, "hints")
    if request.method == "POST":
        learner_of(request).attempts.create(problem=address, seed=0, typed="every case passes", right=True)
        return _back(address, "worked")
    learner = known_learner(request)
    hints = own.hints[: count(learner, hint_key)]
    context = {
        "file": f"{own.key.replace('-', '_')}.py",
        "hints": hints,
        "hints_left": len(own.hints) - len(hints),
        "passed": last_attempt(learner, address, 0) is not None,
    }
    return _page(request, placed, "study/problem_own.html", context)


def _page(request: Any, placed: Placed, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of a problem with what every kind shows: where it belongs, how one stands, what comes next."""
    around = {
        "problem": placed.problem,
        "address": placed.address,
        "standing": standings(known_learner(request)).get(placed.address, ""),
        "topic": next((topic for topic in read_curriculum().topics if topic.folder == placed.topic), None),
        "belongs": _belongs(placed),
        "following": _following(placed),
    }
    return render(request, template, {**around, **context})


def _belongs(placed: Placed) -> Sequence[_Place]:
    """The questions of meetings that the problem belongs to."""
    pages = [page for page in read_curriculum().pages.values() if page.folder == placed.topic]
    found = [(page, item) for page in pages for item in page.questions if placed.problem.key in item.problems]
    return [_Place(page, item, [_figure(page, name) for name in item.figures]) for page, item in found]


def _figure(page: Page, name: str) -> tuple[str, str]:
    """A figure's name and address; of another stream's practical where the name says so."""
    stream, _, figure = name.rpartition("#")
    return figure, f"/practicals/{page.folder[:2]}-{stream or page.stream}/#figure-{figure}"


def _following(placed: Placed) -> Placed | None:
    """The problem after this one in its stream, and then in its topic."""
    others = list(problems_of(placed.topic).values())
    place = next(number for number, other in enumerate(others) if other.address == placed.address)
    return others[place + 1] if place + 1 < len(others) else None


def _back(address: str, part: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('problem', args=[address])}#{part}")


def _kind(placed: Placed, kind: type) -> Any:
    """The problem, of the kind that its view is for."""
    if not isinstance(placed.problem, kind):
        raise TypeError(f"{placed.address} is no {kind.__name__}")
    return placed.problem
