"""A learner's file runs elsewhere; whatever it does, what comes back are words that help."""

import pytest

from sample_curriculum import SOLUTION, WRONG_SIGN
from vitreous.study.problems import own
from vitreous.study.problems.own import check_file, hidden_cases, parameter_names, recognised, run_source


@pytest.fixture
def dft(problems):
    return problems["02-dft"].problem


@pytest.fixture
def outcomes(dft, tmp_path):
    def check(source, only=None):
        file = tmp_path / "mine.py"
        file.write_text(source)
        return list(check_file(dft, file, only))

    return check


def test_a_right_function_passes_every_case(outcomes, dft):
    found = outcomes(SOLUTION)
    assert [outcome.number for outcome in found] == [1, 2, 3]
    assert all(outcome.passed and outcome.seconds > 0 for outcome in found)
    assert len(hidden_cases(dft)) == 3


def test_a_known_wrong_version_is_recognised(outcomes, dft):
    found = outcomes(WRONG_SIGN)
    assert not any(outcome.passed for outcome in found)
    assert {outcome.hint for outcome in found} == {"The exponent has the sign of the inverse."}
    assert "Element 1" in found[0].told


def test_one_case_alone(outcomes):
    (found,) = outcomes(WRONG_SIGN, only=2)
    assert (found.number, found.about) == (2, "7 complex samples")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def dft(f:\n", "not Python yet: line 1"),
        ("def fourier(f):\n    return f\n", "no function called dft in the file; it has fourier"),
        ("x = 1\n", "Write it with `def`"),
        ("1/0\n", "ZeroDivisionError: division by zero (line 1"),
        ("import sys\nsys.exit(3)\n", "SystemExit"),
        ("def dft(f):\n    pass\n", "returned nothing"),
        ("def dft(f):\n    return f[99]\n", "IndexError"),
        ("def dft(f):\n    return {1: 2}\n", "a dict"),
        ("def dft():\n    return 1\n", "TypeError"),
        ("import os\ndef dft(f):\n    os._exit(7)\n", "status 7"),
    ],
)
def test_whatever_the_file_does_is_told(outcomes, source, told):
    found = outcomes(source)
    assert not found[-1].passed
    assert told in found[-1].told


def test_what_a_function_prints_is_shown_beside_its_case(outcomes):
    found = outcomes(SOLUTION.replace("    n = len(f)", "    print('here')\n    n = len(f)"))
    assert [outcome.printed for outcome in found] == ["here\n"] * 3


def test_a_function_that_writes_to_its_argument_does_not_spoil_other_cases(outcomes):
    found = outcomes(SOLUTION.replace("    return", "    f[:] = 0 * f\n    return"))
    assert not any(outcome.passed for outcome in found)
    assert "Element 0 is 0" in found[0].told


def test_a_loop_without_end_is_stopped(outcomes, monkeypatch):
    monkeypatch.setattr(own, "_LIMIT_S", 1.5)
    (found,) = outcomes("def dft(f):\n    while True:\n        pass\n")
    assert "stopped after 1.5 s" in found.told


def test_versions_of_the_curriculum_run_here(dft):
    case = hidden_cases(dft)[0]
    assert recognised(dft, case, run_source(dft, WRONG_SIGN, case)) == "The exponent has the sign of the inverse."
    assert recognised(dft, case, run_source(dft, SOLUTION, case)) is None
    assert parameter_names(dft) == ("f",)
