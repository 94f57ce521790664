"""Images not seen in the fit: the right model foretells them best."""

from dataclasses import replace

import numpy as np
import pytest

from class_sets import class_set
from simulated import write_set
from vitreous.classification import Options
from vitreous.classification.holdout import HeldOut, difference, held_out, split_off
from vitreous.particles.noise import coloured_noise

OPTIONS = Options(classes=2, iterations=5, shift_range_px=2.0, angle_step_deg=6.0, seed=1, threads=2)


def coloured_set(folder, count=200, box=40):
    """Two views with CTF under noise whose power falls tenfold from the centre to Nyquist."""
    known = class_set(folder / "clean", count, box, shares=(0.5, 0.5), snr=1.0)
    white = np.random.default_rng(8).standard_normal((count, box, box)).astype(np.float32)
    spectrum = 10 ** np.linspace(0.3, -0.7, box // 2 + 1)
    images = known.particles.images() + coloured_noise(white, spectrum)
    own = replace(known.particles, stacks=("particles.mrcs",), folders=())
    return write_set(folder / "coloured", own, images), known.views.astype(np.float32)


def test_a_wrong_model_lowers_the_likelihood_of_images_not_seen(tmp_path):
    particles, views = coloured_set(tmp_path)
    seen, unseen = split_off(particles, 0.25, 0)
    right = held_out(seen, unseen, OPTIONS, references=views)
    for wrong in ({"ctf": False}, {"noise": "white"}):
        mean, error = difference(right, held_out(seen, unseen, replace(OPTIONS, **wrong), references=views))
        assert mean > 3 * error > 0, wrong
    assert right.mean == pytest.approx(np.mean(right.log_likelihood))


def test_a_split_holds_out_its_share_once(tmp_path):
    known = class_set(tmp_path, 40, 16)
    seen, unseen = split_off(known.particles, 0.2, 5)
    assert (len(seen), len(unseen)) == (32, 8)
    assert set(seen.slice_index) | set(unseen.slice_index) == set(range(40))
    with pytest.raises(ValueError, match="leaves none"):
        split_off(known.particles, 0.001, 5)


def test_what_the_particles_share_cancels(rng):
    common = 100 * rng.standard_normal(50)
    mean, error = difference(HeldOut(common + 1.0), HeldOut(common))
    assert mean == pytest.approx(1.0)
    assert error < 1e-12
