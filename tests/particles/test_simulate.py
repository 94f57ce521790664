"""Simulated sets: bytes, order, what stands in the folder, memory, and recovery by an independent path."""

import time

import numpy as np
import pytest

from vitreous.fourier import fsc, nufft1, rft
from vitreous.jobs import Job, Task
from vitreous.optics import Defocus, ctf
from vitreous.particles import OpticsGroup, read_relion
from vitreous.particles import simulate as simulate_module
from vitreous.particles.imaging import NoNoise, Signal, scale_to_snr
from vitreous.particles.laws import DefocusLaw
from vitreous.particles.optics import lens_of
from vitreous.particles.plan import Laws, drawn_particles
from vitreous.particles.simulate import iterate_images, write_simulation
from vitreous.particles.sources import MapSource
from vitreous.projection import slice_points

BOX, PIXEL = 32, 3.0


def volume_of(rng: np.random.Generator) -> np.ndarray:
    """A few balls of different sizes, off centre, with no symmetry."""
    grid = np.indices((BOX,) * 3) - BOX // 2
    balls = zip(rng.uniform(-7, 7, (12, 3)), rng.uniform(0.7, 1.5, 12), strict=True)
    distances = [(np.sum((grid - centre.reshape(3, 1, 1, 1)) ** 2, axis=0), size) for centre, size in balls]
    return sum(np.exp(-distance / 2 / size**2) for distance, size in distances).astype(np.float32)


def signal_of(rng: np.random.Generator, n: int, shift_sigma: float = 4.0) -> Signal:
    group = OpticsGroup("a", 300.0, 2.7, 0.1, PIXEL, BOX)
    laws = Laws(shift_sigma_angstrom=shift_sigma, defocus=DefocusLaw((8000.0, 16000.0), 400.0))
    particles = drawn_particles(n, group, laws, rng)
    return Signal(MapSource([volume_of(rng)], PIXEL, np.zeros(n, np.int64)), particles)


def all_images(signal: Signal, noise: object, seed: int, threads: int) -> np.ndarray:
    return np.concatenate([images for images, _ in iterate_images(signal, noise, seed, threads)])


def test_the_seed_and_not_the_threads_makes_the_bytes(rng, monkeypatch):
    monkeypatch.setattr(simulate_module, "_BLOCK_PIXELS", 7 * BOX**2)
    signal, noise = scale_to_snr(signal_of(rng, 40), 0.1)
    first = all_images(signal, noise, 3, 1)
    np.testing.assert_array_equal(all_images(signal, noise, 3, 4), first)
    assert (all_images(signal, noise, 4, 2) != first).mean() > 0.99


def test_blocks_do_not_repeat_their_noise(rng, monkeypatch):
    monkeypatch.setattr(simulate_module, "_BLOCK_PIXELS", 7 * BOX**2)
    signal, noise = scale_to_snr(signal_of(rng, 40), 1e-6)
    images = all_images(signal, noise, 3, 2).reshape(40, -1)
    correlations = np.corrcoef(images) - np.eye(40)
    assert np.abs(correlations).max() < 0.2


def test_a_slow_reader_holds_the_work_back(rng, monkeypatch):
    """Memory is bounded by the block: no more than the threads' blocks and one are computed ahead."""
    monkeypatch.setattr(simulate_module, "_BLOCK_PIXELS", BOX**2)
    made = []

    class Counting(NoNoise):
        def apply(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            made.append(len(images))
            return images

    blocks = iterate_images(signal_of(rng, 50), Counting(), 0, 2)
    for taken in range(1, 4):
        next(blocks)
        time.sleep(0.1)
        assert len(made) <= taken + 3
    blocks.close()


def test_a_caller_may_stop_early(rng, monkeypatch):
    monkeypatch.setattr(simulate_module, "_BLOCK_PIXELS", BOX**2)
    blocks = iterate_images(signal_of(rng, 50), NoNoise(), 0, 2)
    next(blocks)
    blocks.close()


def test_the_folder_holds_the_images_and_the_truth(rng, tmp_path):
    signal, noise = scale_to_snr(signal_of(rng, 20), 0.2)
    with Job(tmp_path / "set", Task("simulate", {}, seed=5), quiet=True) as job:
        written = write_simulation(job, signal, noise, signal.particles)
    for name in ("particles.star", "truth/particles.star"):
        read = read_relion(tmp_path / "set" / name)
        np.testing.assert_allclose(read.euler_deg, signal.particles.euler_deg, atol=1e-5)
        np.testing.assert_array_equal(read.images(), written.images())
    np.testing.assert_array_equal(written.images(), all_images(signal, noise, 5, 1))
    assert job.record.figures["clean_variance"] == pytest.approx(
        all_images(signal, NoNoise(), 5, 1).var(axis=(1, 2)).mean(), rel=1e-5
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_an_independent_back_projection_recovers_the_map(sign, rng):
    """Wiener-weighted adjoint transforms at the poses of the set; with a reversed shift nothing fine comes back."""
    signal = signal_of(rng, 600)
    particles = signal.particles
    images = all_images(*scale_to_snr(signal, 5.0), 1, 2).astype(np.float64)
    u, v, angle = particles.defocus_u_angstrom, particles.defocus_v_angstrom, particles.defocus_angle_deg
    transfer = ctf((BOX, BOX), PIXEL, Defocus(u, v, angle), lens_of(particles.optics_groups[0]), contrast="inverted")
    k = slice_points(BOX, np.eye(3))
    phase = np.exp(-2j * np.pi * sign * np.einsum("yxj,nj->nyx", k[..., :2], particles.shift_angstrom / PIXEL))
    points = slice_points(BOX, particles.rotations()).reshape(-1, 3)
    inside = np.linalg.norm(points, axis=1) < 0.49
    both = []
    for values in (rft(images, 2) * phase * transfer, transfer**2 + 0j):
        grid = nufft1(np.ravel(values)[inside], -points[inside], (BOX,) * 3)
        both.append(np.fft.fftn(np.fft.ifftshift(grid.real)))
    recovered = np.fft.fftshift(np.fft.ifftn(both[0] / (both[1].real + 0.005 * np.abs(both[1]).max())).real)
    curve = fsc(recovered, signal.source.maps[0].astype(float))
    if sign == 1:
        assert curve[:10].min() > 0.9
    else:
        assert curve[5:10].max() < 0.7
