"""The exit statuses of the command line, and the one line that stands for an exception."""

from vitreous._errors import InputError

__all__ = ["BAD_INPUT", "DONE", "INTERRUPTED", "OUR_FAULT", "exit_status", "one_line"]

DONE = 0
OUR_FAULT = 1
BAD_INPUT = 2
"""Bad usage or bad input."""
INTERRUPTED = 130
"""Interrupted, by Ctrl-C or a cluster's SIGTERM; the state is saved."""


def exit_status(error: BaseException | None) -> int:
    """The exit status that an exception ends with; no exception is 0.

    What a person can mend is 2: an ``InputError``, and every ``OSError`` (no such file, no permission, a full disk).
    """
    if error is None:
        return DONE
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return BAD_INPUT if isinstance(error, (InputError, OSError)) else OUR_FAULT


def one_line(error: BaseException) -> str:
    """What is said of an exception, in one line: where, what and, for bad input, what to do."""
    if isinstance(error, KeyboardInterrupt):
        text = "interrupted"
    elif isinstance(error, OSError) and error.strerror:
        named = error.filename2 or error.filename
        text = f"{named}: {error.strerror}" if named is not None else error.strerror
    elif isinstance(error, (InputError, OSError)):
        text = str(error)
    else:
        text = f"{type(error).__name__}: {error}; this is our fault, not yours"
    return " ".join([*text.split(), *(f"({note})" for note in getattr(error, "__notes__", []))])
