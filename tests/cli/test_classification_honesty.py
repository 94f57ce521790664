"""What the command says of classes that are not what they seem: noise like its template, one view in two classes."""

import json

import numpy as np
import pytest

from class_sets import class_set
from simulated import PIXEL, particles_of, write_set
from vitreous.cli import main
from vitreous.particles import read_particles, read_star, write_stack

BOX = 24


def classified(star, folder, classes, *more):
    """The record of a run and its table of classes."""
    words = ["classify", star, "-o", folder, "--classes", classes, "--threads", 1, "--quiet", *more]
    assert main([str(word) for word in words]) == 0
    return json.loads((folder / "run.json").read_text()), read_star(folder / "classes.star")["model_classes"].columns


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """Images with nothing in them."""
    particles = particles_of(160, BOX, euler_deg=None, shift_angstrom=None, random_subset=None)
    images = np.random.default_rng(8).standard_normal((160, BOX, BOX))
    folder = tmp_path_factory.mktemp("noise")
    write_set(folder, particles, images)
    return folder / "particles.star"


@pytest.mark.parametrize("template", [pytest.param(False, marks=pytest.mark.slow), True])
def test_noise_is_said_to_show_its_template(noise, tmp_path, template):
    """Halves that refine apart do not agree beyond what both started from, and the record says so."""
    more = ["--iterations", 6, "--max-resolution", 10]
    if template:
        views = class_set(tmp_path / "views", 4, BOX, shares=(0.5, 0.5)).views
        write_stack(tmp_path / "template.mrcs", [views.astype(np.float32)], PIXEL)
        more += ["--references", tmp_path / "template.mrcs"]
    record, table = classified(noise, tmp_path / "job", 2, *more)
    assert any(text.startswith("template_bias: ") for text in record["warnings"]), record["warnings"]
    shell_3 = BOX * PIXEL / 3
    found = table["vitreousHalfSetResolution"]
    assert ((found == 0) | (found >= 0.99 * shell_3)).all(), found


def test_two_large_classes_of_one_view_are_never_passed_over(tmp_path):
    """Twice as many classes as views: where one view fills two classes, the record names them."""
    known = class_set(tmp_path, 160, 24, shares=(0.6, 0.4), snr=1.0)
    record, _ = classified(known.star, tmp_path / "job", 4, "--iterations", 6, "--max-resolution", 8)
    found = read_particles(tmp_path / "job" / "particles.star").class_number - 1
    table = np.zeros((2, 4), int)
    np.add.at(table, (known.classes, found), 1)
    view = table.argmax(axis=0)
    weights = np.array(record["figures"]["weights"])
    large = np.flatnonzero(weights > 0.15)
    same = [(a, b) for a in large for b in large if a < b and view[a] == view[b]]
    said = " ".join(text for text in record["warnings"] if text.startswith("similar_classes: "))
    assert same
    for a, b in same:
        assert any(
            f"classes {one} and {other} show one view" in said for one, other in [(a + 1, b + 1), (b + 1, a + 1)]
        )
