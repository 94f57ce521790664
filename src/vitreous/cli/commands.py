"""``vitreous``: the commands, and the boundary where every exception becomes one line and an exit status."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer

from vitreous import __version__
from vitreous.cli.blur import blur
from vitreous.cli.check import check
from vitreous.cli.classify import classify
from vitreous.cli.convert import convert
from vitreous.cli.ctf import ctf
from vitreous.cli.downsample import downsample
from vitreous.cli.fsc import fsc
from vitreous.cli.heterogeneity import heterogeneity
from vitreous.cli.info import info
from vitreous.cli.mask import mask
from vitreous.cli.printable import printable
from vitreous.cli.reconstruct import reconstruct
from vitreous.cli.select import select
from vitreous.cli.sharpen import sharpen
from vitreous.cli.simulate import simulate
from vitreous.cli.study import study
from vitreous.cli.tour import tour
from vitreous.jobs.exits import DONE, OUR_FAULT, exit_status, one_line

__all__ = ["app", "main"]

_DEBUG = "VITREOUS_DEBUG"

app = typer.Typer(add_completion=False, rich_markup_mode="rich")
app.command()(info)
app.command()(convert)
app.command()(ctf)
app.command()(simulate)
app.command()(downsample)
app.command()(select)
app.command()(fsc)
app.command()(mask)
app.command()(sharpen)
app.command()(blur)
app.command()(classify)
app.command()(reconstruct)
app.add_typer(heterogeneity, name="heterogeneity")
app.command()(tour)
app.command()(check)
app.add_typer(study, name="study")


@cache
def _command() -> Any:
    return typer.main.get_command(app)


def _version(asked: bool) -> bool:
    if asked:
        print(f"vitreous {__version__}")
        raise typer.Exit
    return asked


@app.callback()
def _vitreous(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Single-particle cryo-electron microscopy with the lid off."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        The words after ``vitreous``; those of the process where not given.

    Returns
    -------
    int
        The exit status: 0 done; 2 bad usage or bad input, one line on standard error; 130 interrupted; 1 our fault, one
        line too (the traceback is in the job's log, and on standard error where VITREOUS_DEBUG is set).
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _interruptible(), _command().make_context("vitreous", words or ["--help"]) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as error:
        return error.exit_code
    except typer.TyperException as error:
        _say(f"{error.format_message()} (vitreous --help lists what there is)")
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # whoever read our output has seen enough (rich says it by SystemExit); nothing can be written, at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Exception, KeyboardInterrupt) as error:
        return _report(error)
    return DONE


@contextmanager
def _interruptible() -> Iterator[None]:
    """Take SIGTERM, by which clusters end a program, for Ctrl-C: half-written files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _report(error: BaseException) -> int:
    """Say what happened, in one line; the exit status."""
    status = exit_status(error)
    if os.environ.get(_DEBUG):
        traceback.print_exception(error)
    elif status == OUR_FAULT and not hasattr(error, "__notes__"):
        error.add_note(f"{_DEBUG}=1 vitreous ... shows the traceback")
    _say(one_line(error))
    return status


def _say(text: str) -> None:
    print("vitreous:", printable(" ".join(text.split())), file=sys.stderr)
