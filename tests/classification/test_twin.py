"""The engine beside the pixels' expectation-maximization, which shares no line with it."""

from dataclasses import replace

import numpy as np

from class_sets import blob_images
from simulated import particles_of, write_set
from vitreous.classification import Options
from vitreous.classification.pose_grid import pose_grid, shift_images, turn
from vitreous.classification.real_space import Mixture, expect, maximise
from vitreous.classification.run import step
from vitreous.classification.setup import set_up
from vitreous.classification.start import first_state
from vitreous.fourier import coordinate_radius

BOX, PIXEL, VARIANCE, COUNT = 16, 3.0, 2.0, 40
ALIKE = Options(
    2,
    exact=True,
    ctf=False,
    noise="white",
    map_prior=False,
    angle_step_deg=7.5,
    shift_range_px=1.0,
    mask_diameter_angstrom=11 * PIXEL,
    threads=1,
)


def test_one_iteration_is_that_of_the_pixels_with_white_noise(tmp_path):
    """To what the two differ in: the engine cuts a disc and leaves the corners of the transform out."""
    rng, even = np.random.default_rng(5), np.array([0.5, 0.5])
    views, poses = blob_images(rng.uniform(-2, 2, (2, 4, 2)), BOX, 1.2), pose_grid(48, 1.0)
    laid = shift_images(turn(views, poses.psi_deg), poses.shift_pixels)
    kind, angle, shift = (rng.integers(0, many, COUNT) for many in laid.shape[:3])
    images = laid[kind, angle, shift] + np.sqrt(VARIANCE) * rng.standard_normal((COUNT, BOX, BOX))
    no_lens = dict.fromkeys(("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg"))
    particles = write_set(tmp_path, particles_of(COUNT, BOX, euler_deg=None, shift_angstrom=None, **no_lens), images)
    setup = set_up(particles, ALIKE)
    state = first_state(setup, views.astype(np.float32))
    white = np.full_like(state.noise_power, VARIANCE * BOX**2)
    engine = step(setup, replace(state, noise_power=white, shift_sigma_px=np.asarray(1e6), weights=even))

    pixels = expect(images, Mixture(views, even, VARIANCE), poses)
    after = maximise(images, pixels, poses, noise_variance=VARIANCE, prior_variance=1e9)
    share = pixels.posterior.sum(axis=(2, 3))[np.arange(COUNT), engine.assignments.classes]
    assert np.abs(engine.assignments.class_probability - share).max() < 0.15
    np.testing.assert_allclose(engine.weights, after.weights, atol=0.02)
    disc = coordinate_radius((BOX, BOX)) < 5
    for mine, other in zip(engine.references, after.references, strict=True):
        assert np.corrcoef(mine[disc], other[disc])[0, 1] > 0.98
    np.testing.assert_allclose(engine.noise_power / BOX**2, after.noise_variance, rtol=0.04)
