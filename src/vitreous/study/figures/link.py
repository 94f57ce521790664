"""Settings that a link carries: ``?ctf.defocus_um=1.5`` opens the figure ``ctf`` with that defocus."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import marimo as mo

__all__ = ["linked", "linked_settings"]

_LINKED: ContextVar[dict[str, object] | None] = ContextVar("linked", default=None)


@contextmanager
def linked(settings: dict[str, object]) -> Iterator[None]:
    """Run a practical as if it had been opened by a link with these settings, ``{"ctf.defocus_um": 1.5}``."""
    token = _LINKED.set(settings)
    try:
        yield
    finally:
        _LINKED.reset(token)


def linked_settings(name: str) -> dict[str, object]:
    """Return the settings that the link carries for one figure, by control name."""
    given = _LINKED.get()
    if given is None:
        given = dict(mo.query_params().to_dict()) if mo.running_in_notebook() else {}
    start = f"{name}."
    return {key.removeprefix(start): value for key, value in given.items() if key.startswith(start)}
