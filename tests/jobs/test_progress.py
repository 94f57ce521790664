import os
import pty
import subprocess
import sys

import pytest

from vitreous.jobs.progress import plain_line, progress


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


def test_a_line_has_count_rate_and_time_left():
    assert plain_line("E step", 1200, 5000, "images", 340.2) == "E step: 1,200 of 5,000 images, 340/s, 11 s left"
    assert plain_line("E step", 1, 1000, "steps", 0.25) == "E step: 1 of 1,000 steps, 0.25/s, 1 h 6 min left"
    assert plain_line("E step", 760, 1000, "images", 2.0) == "E step: 760 of 1,000 images, 2/s, 2 min 0 s left"
    assert plain_line("E step", 5, 5, "images", 10.0) == "E step: 5 of 5 images, 10/s"
    assert plain_line("E step", 0, 5, "images", 0.0) == "E step: 0 of 5 images"


def test_lines_are_at_most_one_in_five_seconds(capsys):
    clock = Clock()
    with progress("read", 100, clock=clock) as advance:
        for second in range(1, 21):
            clock.now = float(second)
            advance(5)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["25", "50", "75", "100", "100"]
    assert all("5/s" in line for line in lines)


def test_a_resumed_run_counts_on_but_its_rate_is_its_own(capsys):
    clock = Clock()
    with progress("read", 100, done=50, clock=clock) as advance:
        clock.now = 10.0
        advance(10)
    assert capsys.readouterr().err.splitlines()[0] == "read: 60 of 100 images, 1/s, 40 s left"


def test_quiet_shows_nothing(capsys):
    with progress("read", 3, quiet=True) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")


def test_an_exception_passes_through(capsys):
    with pytest.raises(ZeroDivisionError), progress("read", 3):
        raise ZeroDivisionError
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_a_bar_that_is_closed_when_the_work_is_interrupted():
    code = (
        "from vitreous.jobs.progress import progress\n"
        "with progress('reading', 200, unit='images') as advance:\n"
        "    advance(50)\n"
        "    raise KeyboardInterrupt\n"
    )
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=theirs,
        stdin=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    assert run.communicate()[0] == b""
    assert b"reading" in shown
    assert b"50/200" in shown
    assert b"images" in shown
    hide, show = b"\x1b[?25l", b"\x1b[?25h"
    assert shown.count(hide) == shown.count(show) > 0, "the cursor is shown again"
