"""Inversion: maps of known truth come back, a point and a background stay what they are, filters have their weights."""

import numpy as np
import pytest

from simulated import blobs, images_of, particles_of
from vitreous.fourier import (
    coordinate_radius,
    coordinates,
    crop_box,
    fsc,
    ft,
    half_shell_sum,
    rft,
)
from vitreous.interpolation import LINEAR, kaiser_bessel
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import (
    cropped_map,
    cut_to_sphere,
    divisor_tables,
    invert,
    noise_to_signal,
)
from vitreous.reconstruction.halves import add_images


def accumulated(particles, images, *, with_ctf=True, **options):
    accumulator = Accumulator(particles.box, threads=1, **options)
    add_images(accumulator, particles, images, with_ctf=with_ctf)
    return accumulator


def inverted(accumulator, **options):
    parts = accumulator.numerator, accumulator.denominator, accumulator.box
    return invert(*parts, kernel=accumulator.kernel, padding=accumulator.padding, **options)


@pytest.mark.parametrize("kernel", [LINEAR, kaiser_bessel(4)], ids=["linear", "Kaiser-Bessel"])
@pytest.mark.parametrize("box", [31, 32])
def test_a_map_comes_back_from_its_exact_slices(box, kernel):
    """Through CTF and shifts, without noise: FSC with the truth above 0.98 to 0.8 Nyquist, and the same scale."""
    truth, particles = blobs(box), particles_of(400, box)
    volume = inverted(accumulated(particles, images_of(truth, particles), kernel=kernel))
    correlation = fsc(volume.astype(float), truth.astype(float))
    assert np.all(correlation[: int(0.42 * box)] > 0.98), correlation
    assert np.sum(volume * truth) / np.sum(truth**2) == pytest.approx(1, abs=0.04)


def test_a_point_stays_put():
    """A bright voxel off the centre is the map's peak, and by the phases of all its frequencies stays to 1/50 voxel."""
    truth, particles = np.zeros((24, 24, 24), np.float32), particles_of(300, 24)
    truth[15, 10, 13] = 1
    volume = inverted(accumulated(particles, images_of(truth, particles))).astype(float)
    assert np.unravel_index(np.argmax(volume), volume.shape) == (15, 10, 13)
    near = coordinate_radius((24, 24, 24)) < 8
    phases = np.angle(ft(volume, 3) * np.conj(ft(truth.astype(float), 3)))[near]
    k = coordinates((24, 24, 24))[near] / 24
    displacement = np.linalg.lstsq(-2 * np.pi * k, phases)[0]
    assert np.linalg.norm(displacement) < 0.02


def test_a_constant_background_makes_no_artefact():
    """Images of one value make a map of one value."""
    particles = particles_of(200, 24, shift_angstrom=None)
    accumulator = accumulated(particles, np.full((200, 24, 24), 3.0, np.float32), with_ctf=False)
    volume = cut_to_sphere(inverted(accumulator))
    middle = volume[12, 12, 12]
    assert middle > 0
    np.testing.assert_allclose(volume, middle, rtol=1e-4)


def test_opposite_views_are_one():
    """The image from behind is the mirror image: with it, numerator and denominator are twice what they were."""
    particles = particles_of(40, 20, shift_angstrom=None)
    images = images_of(blobs(20), particles, with_ctf=False)
    one = accumulated(particles, images, with_ctf=False)
    behind = Accumulator(20, threads=1)
    mirrored = rft(np.roll(images[:, :, ::-1], 1, axis=2), 2).astype(np.complex64)
    # x and z of the observed frame point the other way
    turned = particles.rotations() * np.array([-1.0, 1.0, -1.0])[:, None]
    behind.add(mirrored, np.ones(mirrored.shape, np.float32), turned)
    np.testing.assert_allclose(behind.numerator, one.numerator, atol=2e-5 * np.max(np.abs(one.numerator)))
    np.testing.assert_allclose(behind.denominator, one.denominator, atol=2e-5 * np.max(one.denominator))


def test_the_wiener_weight():
    """A shell comes out S/(S + N) = 2F/(1 + F) of what it is without the filter."""
    truth, particles = blobs(24), particles_of(2000, 24)
    accumulator = accumulated(particles, images_of(truth, particles))
    correlation = np.linspace(0.99, 0.2, 13)
    plain, filtered = inverted(accumulator), inverted(accumulator, wiener=noise_to_signal(correlation))
    a, b = (rft(volume.astype(float), 3) for volume in (plain, filtered))
    gain = half_shell_sum(np.real(b * np.conj(a)), (24,) * 3) / half_shell_sum(np.abs(a) ** 2, (24,) * 3)
    np.testing.assert_allclose(gain[1:11], (2 * correlation / (1 + correlation))[1:11], rtol=0.06)


def test_noise_to_signal_of_the_full_map():
    """SSNR = 2F/(1 − F); below 0.143 F says little, and the filter stays as it is there."""
    assert noise_to_signal(np.array([1.0, 0.5]))[1] == pytest.approx(0.5)
    assert noise_to_signal(np.array([1.0]))[0] == 0
    floor = noise_to_signal(np.array([0.143, 0.01, -0.3]))
    np.testing.assert_array_equal(floor, floor[0])


def test_nothing_beyond_the_cut_off():
    truth, particles = blobs(24), particles_of(100, 24)
    volume = inverted(accumulated(particles, images_of(truth, particles)), cutoff_cycles=0.25)
    power = half_shell_sum(np.abs(rft(volume.astype(float), 3)) ** 2, (24,) * 3)
    assert np.all(power[8:] < 1e-3 * power[4])


@pytest.mark.parametrize(("box", "size"), [(8, 16), (7, 14), (9, 9), (8, 12), (7, 21), (1, 2)])
def test_the_cropped_map_is_the_crop_of_the_map(box, size, rng):
    volume = rng.standard_normal((size,) * 3).astype(np.float32)
    np.testing.assert_allclose(cropped_map(rft(volume, 3), box), crop_box(volume, (box,) * 3), atol=1e-5)


def test_divisors_are_positive_and_end_at_the_cut_off():
    """Half the mean is added where the noise is half the signal; nothing is left at Nyquist."""
    term, least = divisor_tables(np.array([2.0, 2.0, 2.0]), 8, 4, wiener=0.5)
    np.testing.assert_allclose(term[:16], 1.0)
    assert np.all(np.isinf(term[16:]))
    assert np.all(least > 0)
    _, unseen = divisor_tables(np.array([2.0, 0.0, 0.0]), 8, 4)
    assert np.all(np.isinf(unseen[4:]))


def test_the_sphere(rng):
    """Inside the map is what it was, far outside it is the mean of the corners."""
    volume = rng.standard_normal((20, 20, 20)).astype(np.float32)
    radius = coordinate_radius((20, 20, 20)) / 20
    cut = cut_to_sphere(volume)
    np.testing.assert_array_equal(cut[radius < 0.45], volume[radius < 0.45])
    corners = np.r_[0:4, 16:20]
    np.testing.assert_allclose(cut[radius > 0.5], volume[np.ix_(corners, corners, corners)].mean(), atol=1e-6)


def test_transforms_of_another_box_are_refused():
    with pytest.raises(ValueError, match="box of 9 padded 2"):
        invert(np.zeros((8, 8, 5), np.complex64), np.zeros((8, 8, 5), np.float32), 9)
