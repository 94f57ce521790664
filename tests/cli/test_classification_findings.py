"""What is said of classes that are known: resolution, purity, bias, classes alike, empty classes."""

from dataclasses import replace

import numpy as np
import pytest

from class_sets import class_set
from finished import MASK_ANGSTROM, finished
from vitreous.classification import Options
from vitreous.classification.polar import to_polar
from vitreous.classification.setup import set_up
from vitreous.cli import classification_findings
from vitreous.cli.classification_findings import find
from vitreous.jobs import Job, Task

OPTIONS = Options(classes=3, mask_diameter_angstrom=MASK_ANGSTROM)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return class_set(tmp_path_factory.mktemp("set"), 60)


@pytest.fixture
def finding(tmp_path, monkeypatch, known):
    """Finds with halves that refine to given averages: the findings, and the states from which they were refined."""

    def run(last, halves, template=None, options=OPTIONS):
        began = []

        def refined(particles, options, state):
            began.append(state)
            setup = set_up(known.particles, OPTIONS)
            yield from (to_polar(half * setup.by.mask, setup.grid) for half in halves)

        monkeypatch.setattr(classification_findings, "refine_apart", refined)
        with Job(tmp_path / "job", Task("classify", {}), quiet=True, overwrite=True) as job:
            return find(job, known.particles, options, last, template), began

    return run


def noisy(images, level, seed=3):
    return images + level * np.random.default_rng(seed).standard_normal((2, *images.shape))


def names_of(findings):
    return [text.partition(":")[0] for text in findings.warnings]


def test_what_is_known_of_each_class(finding, known):
    last = finished(known)
    found, began = finding(last, noisy(known.views, 0.02))
    assert began == [last.state]
    assert np.all(found.summary.frc_resolution_angstrom < 12)
    assert np.all(found.summary.ssnr_resolution_angstrom < 12)
    np.testing.assert_allclose(found.summary.purity, 0.75)
    np.testing.assert_array_equal(found.summary.particles, np.bincount(known.classes))
    assert found.warnings == ()


def test_classes_that_only_their_template_supports_are_called_biased(finding, known):
    """The halves of the run agree, because they were aligned to one template; refined apart they do not."""
    last = finished(known)
    found, _ = finding(last, noisy(0 * known.views, 1.0), template=known.views.astype(np.float32))
    assert names_of(found)[0] == "template_bias"
    assert "classes 1, 2 and 3" in found.warnings[0]
    assert np.isnan(found.summary.frc_resolution_angstrom).all()


def test_two_classes_of_one_view_are_named(finding, known):
    last = finished(known)
    twin = last.references.copy()
    twin[1] = np.rot90(twin[0])
    halves = noisy(np.stack([known.views[0], np.rot90(known.views[0]), known.views[2]]), 0.02)
    found, _ = finding(replace(last, references=twin), halves)
    assert names_of(found) == ["similar_classes"]
    assert "classes 1 and 2 show one view" in found.warnings[0]
    assert "% of the particles" in found.warnings[0]
    small = np.array([0.9, 0.04, 0.06])
    found, _ = finding(replace(last, references=twin, weights=small), halves)
    assert found.warnings == ("similar_classes: small classes show one view: classes 1 and 2",)


def test_empty_classes_and_what_was_left_out_are_told(finding, known):
    last = finished(known, retained=0.98)
    found = replace(last.assignments, classes=np.minimum(known.classes, 1))
    findings, _ = finding(replace(last, assignments=found), noisy(known.views, 0.02))
    assert names_of(findings) == ["empty_classes", "retained"]
    assert "class 3" in findings.warnings[0]
    assert "98 %" in findings.warnings[1]
    assert np.isnan(findings.summary.frc_resolution_angstrom[2])


def test_halves_too_small_to_refine_apart_are_said_to_share_their_references(finding, known):
    views = np.repeat(known.views, 12, axis=0)
    last = finished(replace(known, views=views))
    found, began = finding(last, np.empty(0), options=replace(OPTIONS, classes=36))
    assert began == []
    assert "half_sets" in names_of(found)
