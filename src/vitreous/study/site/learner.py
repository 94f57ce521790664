"""Who is asking: the learner of a browser's session."""

from typing import Any

from vitreous.study.site.models import Learner

__all__ = ["known_learner", "learner_of"]


def known_learner(request: Any) -> Learner | None:
    """Return the learner of the request's account or session; None where nothing was kept yet."""
    if request.user.is_authenticated:
        return Learner.objects.filter(user=request.user).first()
    return Learner.objects.filter(pk=request.session.get("learner")).first()


def learner_of(request: Any) -> Learner:
    """Return the learner of the request, made and bound to the account or the session where there is none."""
    found = known_learner(request)
    if found is not None:
        return found
    made = Learner.objects.create(user=request.user if request.user.is_authenticated else None)
    request.session["learner"] = made.pk
    return made
