"""Where a learner stands with a problem: the numbers it is asked with, attempts, hints, steps; what was done at all."""

import secrets
from collections.abc import Mapping
from typing import Any

from vitreous.study.problems import Derive
from vitreous.study.problems.catalogue import find
from vitreous.study.site.learner import known_learner
from vitreous.study.site.models import Attempt, Learner, Note, Progress

__all__ = ["count", "draw_anew", "last_attempt", "present_seed", "raise_count", "standings"]

_SEEDS = "seeds"


def present_seed(request: Any, address: str) -> int:
    """Return the seed of the numbers that the learner sees, drawn where there is none yet.

    It stays until ``draw_anew``; a learner who comes back with another browser finds the numbers answered last.
    """
    seeds = request.session.get(_SEEDS, {})
    if address in seeds:
        return int(seeds[address])
    learner = known_learner(request)
    last = None if learner is None else learner.attempts.filter(problem=address).last()
    return draw_anew(request, address) if last is None else int(last.seed)


def draw_anew(request: Any, address: str) -> int:
    """Return the seed of new numbers, which the learner sees from now on."""
    seed = secrets.randbelow(2**31)
    request.session[_SEEDS] = {**request.session.get(_SEEDS, {}), address: seed}
    return seed


def last_attempt(learner: Learner | None, address: str, seed: int) -> Attempt | None:
    """Return the newest answer to these numbers; None where none was given."""
    return None if learner is None else learner.attempts.filter(problem=address, seed=seed).last()


def count(learner: Learner | None, key: str) -> int:
    """Return how many hints or steps were revealed under a key."""
    kept = None if learner is None else learner.progress.filter(key=key).first()
    return 0 if kept is None else int(kept.steps)


def raise_count(learner: Learner, key: str, to: int) -> None:
    """Keep how many hints or steps are revealed under a key."""
    Progress.objects.update_or_create(learner=learner, key=key, defaults={"steps": to})


def standings(learner: Learner | None) -> Mapping[str, str]:
    """Return ``right`` or ``tried`` for every problem that the learner has begun, by its address.

    A question in words is done once an answer is written, a derivation once its last step is revealed.
    """
    if learner is None:
        return {}
    found: dict[str, str] = {}
    for problem, right in Attempt.objects.filter(learner=learner).values_list("problem", "right"):
        found[problem] = "right" if right or found.get(problem) == "right" else "tried"
    for question in Note.objects.filter(learner=learner).exclude(text="").values_list("question", flat=True):
        found[question] = "right"
    for key, steps in Progress.objects.filter(learner=learner, steps__gt=0).values_list("key", "steps"):
        placed = find(key)
        if placed is not None and isinstance(placed.problem, Derive):
            found[key] = "right" if steps >= len(placed.problem.steps) else "tried"
    return found
