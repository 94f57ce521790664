import pytest

from vitreous.cli.describe import COMMON_KEYS
from vitreous.cli.render import facts, render


def description(kind, **keys):
    return {**dict.fromkeys(COMMON_KEYS), "kind": kind, "file": "a.star", "problems": [], **keys}


def particles(**keys):
    group = {"name": "g1", "n_particles": 3, "box": 64, "pixel_size_angstrom": 1.6375}
    given = {"n_particles": 1234567, "box": 64, "pixel_size_angstrom": 1.6375, "has_poses": True, "has_ctf": False}
    return description("particles", **given, optics_groups=[group], n_stacks=2, contrast="dark", **keys)


def test_facts_of_particles():
    rows = dict(facts(particles(half_sets={"1": 600, "2": 634}, classes={"1": 3, "2": 4})))
    assert rows["particles"] == "1,234,567"
    assert rows["images"] == "64 × 64 pixels, 1.6375 Å/pixel, 105 Å across, protein dark"
    assert rows["stacks"] == "2"
    assert rows["half sets"] == "600 in half 1, 634 in half 2"
    assert rows["classes"] == "2"
    assert rows["poses"] == "yes"
    assert "phase shift" not in rows


def test_mixed_and_unknown_sizes_are_told_apart():
    groups = [
        {"name": "a", "box": 64, "pixel_size_angstrom": None},
        {"name": "b", "box": 96, "pixel_size_angstrom": None},
    ]
    found = particles() | {"box": None, "pixel_size_angstrom": None, "optics_groups": groups}
    assert dict(facts(found))["images"].startswith("mixed boxes, pixel size not known")


def test_facts_of_tables():
    found = description("tables", tables=[{"name": "model", "n_rows": 1, "columns": ["a", "b"]}])
    assert facts(found) == [("data_model", "1 × a, b")]


def test_problems_are_counted_and_said(capsys):
    problem = {"severity": "error", "place": "row 3", "problem": "is odd", "advice": "mend it"}
    other = {"severity": "warning", "place": None, "problem": "is strange", "advice": None}
    render(particles() | {"problems": [problem, other]})
    out = capsys.readouterr().out
    assert "2 problems\n  error row 3: is odd; mend it\n  warning is strange\n" in out
    render(particles())
    assert capsys.readouterr().out.endswith("no problems found\n")


@pytest.mark.parametrize("text", ["[red]a[/red]", "a\x1b[31mb", "a\nb"])
def test_text_from_files_is_neither_markup_nor_control(capsys, text):
    group = {"name": text, "n_particles": 1, "box": 1, "pixel_size_angstrom": 1.0}
    problem = {"severity": "error", "place": text, "problem": text, "advice": text}
    render(particles(extra_columns=[text]) | {"optics_groups": [group], "problems": [problem]})
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.count(text.replace("\x1b", "\\x1b").replace("\n", "\\n")) == 5
