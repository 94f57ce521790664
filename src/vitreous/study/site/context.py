"""What every page shows around its text: the way to the other pages."""

from typing import Any

from django.urls import reverse

__all__ = ["navigation"]

_PLACES = (
    ("home", "Course"),
    ("schedule", "Schedule"),
    ("self-test", "Self-test"),
    ("problems", "Problems"),
    ("notebook", "Notebook"),
    ("glossary", "Glossary"),
)


def navigation(request: Any) -> dict[str, Any]:
    """Return the entries of the masthead, each with its address and whether it is the page shown."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {"navigation": [(name, reverse(name), word) for name, word in _PLACES], "here": here}
