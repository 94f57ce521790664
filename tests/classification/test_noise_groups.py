"""Optics groups with noise of their own: each spectrum is found, and the noisy group does not spoil the classes."""

from dataclasses import replace

import numpy as np

from class_sets import class_set
from simulated import particles_of, write_set
from vitreous.classification import Options, classify
from vitreous.fourier import frequency_radius, irft, rft

BOX = 32


def test_each_group_has_its_own_spectrum_and_the_answer_is_right(tmp_path):
    known = class_set(tmp_path / "quiet", 400, BOX, shares=(0.6, 0.4), snr=1.0)
    rng = np.random.default_rng(3)
    # the second group: three times the noise at low frequency, falling as a Gaussian
    coloured = 1 + 2 * np.exp(-((frequency_radius((BOX, BOX), half=True) / 0.25) ** 2) / 2)
    added = np.sqrt(coloured**2 - 1)
    images = known.particles.images().astype(float)
    images[1::2] += irft(rft(rng.standard_normal((200, BOX, BOX)), 2) * added, (BOX, BOX))
    group = known.particles.optics_groups[0]
    groups = (group, replace(group, name="noisy"))
    bare = particles_of(400, BOX, groups=groups, euler_deg=None, shift_angstrom=None, random_subset=None)
    particles = write_set(tmp_path / "two", bare, images)
    options = Options(2, iterations=12, shift_range_px=4.0, threads=1)
    *_, last = classify(particles, options)
    same = np.mean(last.assignments.classes == known.classes)
    assert max(same, 1 - same) > 0.97
    rings = np.arange(10, last.noise_power.shape[1])
    expected = BOX**2 * np.stack([np.ones(len(rings)), (1 + 2 * np.exp(-((rings / BOX / 0.25) ** 2) / 2)) ** 2])
    # below, what the steps of angle and shift leave of the particles is noise to them as well
    np.testing.assert_allclose(last.noise_power[:, 10:], expected, rtol=0.1)
