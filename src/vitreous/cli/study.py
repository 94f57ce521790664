"""``vitreous study``: the course in the browser; ``vitreous study edit``: a practical opened for editing."""

import importlib.util
from typing import Annotated

import typer
from typer.core import TyperGroup

from vitreous._errors import InputError

__all__ = ["check_installed", "edit", "study"]


class _Group(TyperGroup):
    # typer's own groups hand over a context of another class than the one that their annotation names
    context_class = typer.Context


study = typer.Typer(cls=_Group, add_completion=False, invoke_without_command=True, rich_markup_mode="rich")
"""The command and those below it."""

_NEEDED = ["anywidget", "django", "marimo", "uvicorn"]


def check_installed() -> None:
    """Say how the course is installed, where it is not."""
    absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        advice = 'pip install "vitreous[study]"'
        raise InputError(f"the course is not installed here (no {', '.join(absent)})", advice=advice)


@study.callback()
def _study(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Its port; 0 takes a free one.")] = 8000,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the address in a browser.")] = True,
) -> None:
    """Open the course in the browser.

    Prints an address with a token that opens it once, for one browser. What you write and solve is kept in the
    platform's folder for user data (or in VITREOUS_STUDY_DATA). Ctrl-C stops; the exit status is then 0.
    """
    check_installed()
    if context.invoked_subcommand is None:
        from vitreous.study.serve import serve

        serve(host, port, browser=browser)


@study.command()
def edit(
    practical: Annotated[str, typer.Argument(show_default=False, help="A practical's name, as 04-blur.")],
) -> None:
    """Open a copy of a practical for editing, on this machine.

    The copy stands in this folder; one that is there already is opened as it is.
    """
    from vitreous.study.edit import edit as edit_copy

    edit_copy(practical)
