"""``vitreous check`` says which case fails and why, what to do next, and by its status whether all is right."""

import sys
from pathlib import Path

import pytest

from sample_curriculum import SOLUTION, WRONG_SIGN, write_curriculum
from vitreous.cli import main
from vitreous.study.problems import catalogue


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder on the sample curriculum; status, standard output, standard error."""
    curriculum = write_curriculum(tmp_path / "curriculum")
    every, find = catalogue.every_problem, catalogue.find
    monkeypatch.setattr(catalogue, "every_problem", lambda: every(curriculum))
    monkeypatch.setattr(catalogue, "find", lambda address: find(address, curriculum))
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words, source=None):
        if source is not None:
            Path("my_dft.py").write_text(source)
        status = main(["check", *words])
        return status, *capsys.readouterr()

    return run


def test_a_file_to_begin_with_is_written_once(check):
    status, said, _ = check("02-dft", "--start")
    assert status == 0
    assert "vitreous check 02-dft dft.py" in said
    assert Path("dft.py").read_text().startswith("def dft(f):")
    Path("dft.py").write_text("mine")
    status, _, told = check("02-dft", "--start")
    assert status == 2
    assert "left as it is" in told
    assert Path("dft.py").read_text() == "mine"
    assert check("02-dft", "other.py", "--start")[0] == 0
    assert Path("other.py").exists()


def test_all_right(check):
    status, said, _ = check("02-dft", "my_dft.py", source=SOLUTION)
    assert status == 0
    assert said.count("✓") == 3
    assert "Every case passes" in said
    assert "/problems/02-dft/" in said


def test_not_yet_right_says_why_and_what_next(check):
    status, said, told = check("02-dft", "my_dft.py", source=WRONG_SIGN)
    assert (status, told) == (1, "")
    assert said.count("✗") == 3
    assert "Element 1 is" in said
    assert said.count("The exponent has the sign of the inverse.") == 1
    assert "0 of 3 cases pass" in said
    assert "vitreous check 02-dft my_dft.py --case 1" in said


def test_one_case_prints_its_arguments(check):
    status, said, _ = check("02-dft", "my_dft.py", "--case", "2", source=WRONG_SIGN)
    assert status == 1
    assert "f = array([" in said
    assert "shape (7,), complex128" in said
    assert "8 complex samples" not in said
    status, said, _ = check("02-dft", "my_dft.py", "--case", "2", source=SOLUTION)
    assert status == 0
    assert "Case 2 passes" in said


def test_hints_and_the_list(check):
    status, said, _ = check("02-dft", "--hint", "1")
    assert status == 0
    assert said.strip() == "Hint 1 of 2: One sum for each k."
    for words in (["--list"], []):
        status, said, _ = check(*words)
        assert status == 0
        assert "02-dft" in said
        assert "02-period" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["02-dtf", "my_dft.py"], "did you mean 02-dft?"),
        (["99-nothing-like-it", "my_dft.py"], "--list"),
        (["02-why", "my_dft.py"], "open /problems/02-why/"),
        (["02-dft"], "--start"),
        (["02-dft", "none.py"], "there is no such file"),
        (["02-dft", "my_dft.py", "--case", "4"], "02-dft has 3"),
        (["02-dft", "--hint", "3"], "the problem has 2"),
        (["02-dft", "my_dft.py", "--case", "0"], "--case"),
        (["02-dft", "no/such/folder/a.py", "--start"], "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_status_two(check, words, told):
    status, _, said = check(*words, source=SOLUTION)
    assert status == 2
    assert told in said
    assert len(said.splitlines()) == 1


def test_the_command_line_does_not_load_the_study_for_other_commands():
    import subprocess

    code = "import sys, vitreous.cli.check; sys.exit(any(name.startswith('vitreous.study') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
