"""Figures and problems are listed from source that is never run."""

import pytest

from vitreous._errors import InputError
from vitreous.study.listing import figures_in, problems_in
from vitreous.study.meetings import CURRICULUM
from vitreous.study.problems import catalogue


def test_figures_stand_in_their_order(tmp_path):
    file = tmp_path / "practical.py"
    file.write_text("raise SystemExit\nb = figure('second_is_first', [])\ndef _():\n    a = figure(name='other')\n")
    assert figures_in(file) == ("second_is_first", "other")


def test_problems_of_every_kind_are_listed(tmp_path):
    file = tmp_path / "problems.py"
    file.write_text(
        "raise SystemExit\n"
        '@compute("Sum")\ndef a_sum(rng): ...\n'
        'why = Explain("why", "Why so", question="", answer="", checklist=())\n'
        'law: Derive = Derive(key="law", title="The law", claim="", steps=())\n'
        'own = OwnFunction("own", title="Your own")\n'
        "other = helper('x')\n"
    )
    found = [(item.key, item.title, item.kind, item.line) for item in problems_in(file)]
    assert found == [
        ("a-sum", "Sum", "compute", 3),
        ("why", "Why so", "explain", 4),
        ("law", "The law", "derive", 5),
        ("own", "Your own", "own function", 6),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def (", "line 1: not Python"),
        ("x = 1\ny = Explain(KEY, 'title')", "line 2: the key is not a text written out; write it in quotes"),
        ("y = Explain('key')", "line 1: the title is not a text written out"),
        ("figure(f'{x}')", "line 1: the name is not a text written out"),
    ],
)
def test_what_cannot_be_listed_is_named_by_its_line(tmp_path, text, said):
    file = tmp_path / "problems.py"
    file.write_text(text)
    read = figures_in if "figure" in text else problems_in
    with pytest.raises(InputError) as caught:
        read(file)
    assert said in str(caught.value)


FILES = sorted(CURRICULUM.glob("*/*/problems.py"))


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parts[-3]}/{file.parts[-2]}" for file in FILES])
def test_the_list_is_what_running_the_file_gives(file):
    run = {problem.key: problem.title for problem in catalogue.problems_in(file)}
    assert {item.key: item.title for item in problems_in(file)} == run
