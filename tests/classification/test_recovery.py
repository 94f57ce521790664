"""Views that were put in come out: every image in its class, the classes like their truth, the noise as what it is."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest

import needs
from class_sets import class_set
from simulated import PIXEL, images_of, particles_of, write_set
from vitreous.classification import Options, classify
from vitreous.classification.initial import spread_references
from vitreous.classification.matching import best_matches, posed_spectra
from vitreous.fourier import irft
from vitreous.particles import read_particles


def adjusted_rand(truth: np.ndarray, found: np.ndarray) -> float:
    """1 for the same partition, 0 for chance (Hubert and Arabie 1985)."""
    table = np.zeros((truth.max() + 1, found.max() + 1))
    np.add.at(table, (truth, found), 1)

    def pairs(counts):
        return float((counts * (counts - 1) / 2).sum())

    rows, columns, both = pairs(table.sum(axis=1)), pairs(table.sum(axis=0)), pairs(table)
    chance = rows * columns / pairs(np.array([len(truth)]))
    return (both - chance) / ((rows + columns) / 2 - chance)


def test_views_with_ctf_are_told_apart_and_look_like_their_truth(tmp_path):
    known = class_set(tmp_path, 180, 32, shares=(0.5, 0.3, 0.2), snr=2.0)
    options = Options(classes=3, iterations=8, shift_range_px=3.0, angle_step_deg=6.0, threads=2)
    *_, last = classify(known.particles, options, references=spread_references(known.particles, 3, 0))
    assert adjusted_rand(known.classes, last.assignments.classes) > 0.9
    match = best_matches(last.references.astype(np.float64), known.views, mirror=False).correlation
    assert match.max(axis=0).min() > 0.9
    np.testing.assert_allclose(np.sort(last.weights), np.sort(np.bincount(known.classes) / 180), atol=0.06)


def tool(name: str) -> Path:
    """A script that makes sets by a path of its own; it lies beside the shared data."""
    return needs.data("README.md").parents[1] / "tools" / name


def made(folder: Path, name: str, *arguments: object) -> None:
    command = [sys.executable, str(tool(name)), *map(str, arguments)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def four_views(folder: Path, count: int, snr: float):
    """A set of `make_classes.py`, and its true classes."""
    made(folder, "make_particles.py", "phantom", 50, 64, 3.0, 2, 0.1)
    made(folder, "make_classes.py", "phantom/truth.mrc", "set", count, snr, 1)
    truth = np.load(folder / "set" / "truth.npz")["cls"]
    return read_particles(folder / "set" / "particles.star"), truth


@pytest.mark.slow
@pytest.mark.parametrize(("snr", "count", "least"), [(0.05, 1000, 0.999), (0.01, 2000, 0.9)])
def test_four_views_in_unequal_shares(tmp_path, snr, count, least, keep):
    """RELION 3.1.3, 15 iterations: 1.00 at 0.05, 0.82 at 0.01."""
    particles, truth = four_views(tmp_path, count, snr)
    *_, last = classify(particles, Options(classes=4, iterations=25, threads=2))
    found = adjusted_rand(truth, last.assignments.classes)
    keep(snr=snr, images=count, adjusted_rand=found, log_likelihood=last.log_likelihood)
    assert found >= least


@pytest.mark.slow
@pytest.mark.parametrize(("count", "classes"), [(1000, 10), (10_000, 50)])
def test_averages_look_like_the_true_averages_of_their_members(tmp_path, count, classes, keep):
    """Projections of one particle from all sides: the clean image of each member, brought onto its class, averaged."""
    volume = needs.data("maps/clean70SRibosome_vol_65p.mrc")
    box = 64
    density = mrcfile.read(volume).astype(np.float64)[:box, :box, :box]
    posed = particles_of(count, box, random_subset=None)
    clean = images_of(density, posed, with_ctf=False)
    signal = images_of(density, posed)
    images = signal / signal.std() * np.sqrt(0.1) + np.random.default_rng(4).standard_normal(signal.shape)
    particles = write_set(tmp_path, replace(posed, euler_deg=None, shift_angstrom=None), images)
    *_, last = classify(particles, Options(classes=classes, iterations=25, threads=2))
    found, correlations = last.assignments, []
    for k in np.unique(found.classes):
        members = np.flatnonzero(found.classes == k)
        # moving by the origin and turning by −ψ brings an image onto its class
        moved = irft(
            posed_spectra(clean[members], np.zeros(len(members)), found.shifts_angstrom[members] / PIXEL, members < 0),
            (box, box),
        )
        turned = posed_spectra(moved, -found.psi_deg[members], np.zeros((len(members), 2)), members < 0)
        average = irft(turned.mean(axis=0)[None], (box, box))[0]
        correlations.append(np.corrcoef(average.ravel(), last.references[k].ravel())[0, 1])
    keep(images=count, classes=classes, used=len(correlations), mean_correlation=float(np.mean(correlations)))
    assert np.mean(correlations) >= 0.9
