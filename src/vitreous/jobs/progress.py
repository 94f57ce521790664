"""Progress of long work: a bar with rate and time left on a terminal, plain lines elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["plain_line", "progress"]

_SECONDS_BETWEEN_LINES = 5.0


def _duration(seconds: float) -> str:
    """A time span in its two largest units: ``42 s``, ``3 min 20 s``, ``5 h 12 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plain_line(label: str, done: int, total: int, unit: str, rate_per_s: float) -> str:
    """One line of progress: ``label: 1,200 of 5,000 images, 340/s, 11 s left``; the rate is in ``unit`` per second."""
    text = f"{label}: {done:,} of {total:,} {unit}"
    if rate_per_s <= 0:
        return text
    rate = f"{rate_per_s:,.0f}/s" if rate_per_s >= 10 else f"{rate_per_s:.2g}/s"
    left = f", {_duration((total - done) / rate_per_s)} left" if done < total else ""
    return f"{text}, {rate}{left}"


@contextmanager
def _bar(label: str, total: int, done: int, unit: str) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total, completed=done, rate="")
        start, count = time.monotonic(), 0

        def advance(amount: int) -> None:
            nonlocal count
            count += amount
            rate = count / max(time.monotonic() - start, 1e-9)
            bar.update(task, advance=amount, rate=f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s")

        yield advance


@contextmanager
def _lines(label: str, total: int, done: int, unit: str, clock: Callable[[], float]) -> Iterator[Callable[[int], None]]:
    start = last = clock()
    count = 0

    def line() -> None:
        rate = count / max(clock() - start, 1e-9)
        print(plain_line(label, done + count, total, unit, rate), file=sys.stderr, flush=True)

    def advance(amount: int) -> None:
        nonlocal count, last
        count += amount
        if clock() - last >= _SECONDS_BETWEEN_LINES:
            last = clock()
            line()

    yield advance
    line()


@contextmanager
def progress(
    label: str,
    total: int,
    *,
    unit: str = "images",
    done: int = 0,
    quiet: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[int], None]]:
    """Show how far a piece of work has come, on standard error.

    On a terminal this is a bar with count, rate and time left; elsewhere a plain line at most every five seconds and
    one at the end; nothing when quiet. The display is closed when the block ends, whatever ends it.

    Parameters
    ----------
    label
        What is being done.
    total
        How many there are to do.
    unit
        What is counted, in the plural.
    done
        How many were done before, by the run that this one resumes.
    quiet
        Whether to show nothing.
    clock
        The time in seconds.

    Yields
    ------
    Callable
        To be called with the number of things done since the last call.

    Examples
    --------
    >>> with progress("adding", 3, unit="numbers", quiet=True) as advance:
    ...     for number in range(3):
    ...         advance(1)
    """
    if quiet:
        yield lambda amount: None
        return
    display = _bar(label, total, done, unit) if sys.stderr.isatty() else _lines(label, total, done, unit, clock)
    with display as advance:
        yield advance
