import os
import signal
import subprocess
import sys
import time

import pytest

from vitreous import __version__
from vitreous._errors import InputError
from vitreous.cli import app, main

VITREOUS = [sys.executable, "-c", "import sys; from vitreous.cli import main; sys.exit(main())"]


@pytest.fixture
def failing(monkeypatch):
    """A function that makes ``vitreous info`` raise an exception."""

    def arrange(error):
        def describe(path, **given):
            raise error

        monkeypatch.setattr("vitreous.cli.describe.describe", describe)

    return arrange


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"vitreous {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_lists_the_commands(capsys, words):
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "info" in shown
    assert "convert" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["infos"],
        ["info"],
        ["info", "a.star", "--jsn"],
        ["info", "a", "--box", "x"],
        ["convert", "a", "b", "--layout", "2"],
    ],
)
def test_bad_usage_is_status_2_and_one_line(capsys, words):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("vitreous: ")
    assert err.count("\n") == 1
    assert "--help" in err


def test_bad_input_is_status_2_and_one_line(capsys, failing):
    failing(InputError("found 'x',\nexpected a number", file="a.star", place="line 3", advice="mend it"))
    assert main(["info", "a.star"]) == 2
    assert capsys.readouterr() == ("", "vitreous: a.star: line 3: found 'x', expected a number; mend it\n")


def test_the_systems_refusal_is_status_2_and_names_the_file(capsys, failing):
    failing(PermissionError(13, "Permission denied", "a.star"))
    assert main(["info", "a.star"]) == 2
    assert capsys.readouterr().err == "vitreous: a.star: Permission denied\n"


def test_an_interrupt_is_status_130(capsys, failing):
    failing(KeyboardInterrupt())
    assert main(["info", "a.star"]) == 130
    assert capsys.readouterr().err == "vitreous: interrupted\n"


def test_a_clusters_signal_is_status_130_and_leaves_nothing_half_written(tmp_path, capsys, monkeypatch):
    from vitreous.jobs import atomic_write

    def describe(path, **given):
        with atomic_write(tmp_path / "out.star") as partial:
            partial.write_text("half")
            signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("vitreous.cli.describe.describe", describe)
    assert main(["info", "a.star"]) == 130
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_our_fault_is_status_1_in_one_line_with_the_way_to_the_traceback(capsys, failing, monkeypatch):
    failing(ZeroDivisionError("division by zero"))
    assert main(["info", "a.star"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("vitreous: ZeroDivisionError: division by zero; this is our fault")
    assert "VITREOUS_DEBUG=1" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("VITREOUS_DEBUG", "1")
    assert main(["info", "a.star"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_process_ends_with_the_status(tmp_path):
    run = subprocess.run(
        [*VITREOUS, "info", str(tmp_path / "absent.star")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    expected = f"vitreous: {tmp_path / 'absent.star'}: no such file or folder; check the name and the folder\n"
    assert run.stderr == expected


def test_a_reader_that_has_seen_enough_is_no_fault():
    """``vitreous --help | head -0``: the pipe is closed before anything is written."""
    ours, theirs = os.pipe()
    os.close(ours)
    run = subprocess.run([*VITREOUS, "--help"], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    assert (run.returncode, run.stderr) == (0, "")


def test_help_is_quick_and_brings_in_nothing_heavy():
    code = (
        "import sys; from vitreous.cli import main; status = main(['--help'])\n"
        "heavy = {'torch', 'numba', 'scipy', 'matplotlib', 'gemmi', 'vitreous.particles'} & set(sys.modules)\n"
        "sys.exit(f'{heavy}' if heavy or status else 0)"
    )
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        seconds.append(time.perf_counter() - start)
        assert run.returncode == 0, run.stderr
    assert min(seconds) < 1.0, "0.3 s on an idle machine"


def test_a_command_stands_in_a_module_of_its_name():
    commands = {command.callback.__name__: command.callback.__module__ for command in app.registered_commands}
    assert {"info", "convert", "ctf", "simulate"} <= commands.keys()
    assert all(module == f"vitreous.cli.{name}" for name, module in commands.items())
