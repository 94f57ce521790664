"""One file through ``vitreous info``: the status and lines that it ends with, watched for time, memory and code run."""

import contextlib
import io
import json
import resource
import signal
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitreous.cli import main

SECONDS = 10.0
BYTES = 64 << 20
"""What a small file may take, where allocations are traced."""
ADDRESSES = 1 << 30


class Hang(BaseException):
    """Raised in a case that takes too long; nothing that catches exceptions catches it."""


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str
    peak_bytes: int

    @property
    def found(self) -> dict[str, Any]:
        return json.loads(self.out)


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    """Refuse this process more than ``ADDRESSES`` bytes of addresses above what it has, where Linux tells that."""
    held = Path("/proc/self/statm")
    if not held.exists():
        yield
        return
    limit = int(held.read_text().split()[0]) * resource.getpagesize() + ADDRESSES
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def run(*words: str) -> Outcome:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    tracing = tracemalloc.is_tracing()
    if tracing:
        tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    with _time_limit(), _memory_limit(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(words))
    peak = tracemalloc.get_traced_memory()[1] - before if tracing else 0
    return Outcome(status, out.getvalue(), err.getvalue(), peak)


def examine(path: Path, canary: Path) -> Outcome:
    """``vitreous info --json`` on a file: done with a description, or refused with one line that names the file."""
    start = time.perf_counter()
    outcome = run("info", str(path), "--json")
    assert time.perf_counter() - start < SECONDS
    assert not canary.exists(), "something in the file was executed"
    assert outcome.peak_bytes < BYTES + 20 * path.stat().st_size, f"{outcome.peak_bytes >> 20} MB were taken"
    assert outcome.status in (0, 2), outcome.err
    if outcome.status == 2:
        assert outcome.out == ""
        assert outcome.err.startswith(f"vitreous: {path}: "), outcome.err
        assert outcome.err.count("\n") == 1
        assert len(outcome.err) < 2000 + len(str(path))
    else:
        assert outcome.err == ""
        assert outcome.found["file"] == str(path)
    return outcome
