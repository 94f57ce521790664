"""What is left of an image is the map's slice times the transfer, whatever the shift, the aberrations and the pixel."""

from dataclasses import replace

import numpy as np
import pytest

from simulated import PIXEL, blobs, images_of, particles_of, write_set
from vitreous._errors import InputError
from vitreous.fourier import crop_box, irft, resample
from vitreous.heterogeneity.observations import Observations
from vitreous.optics import ctf
from vitreous.particles import OpticsGroup, write_stack
from vitreous.particles.optics import defocus_of, image_transfer, lens_of, view_matrices
from vitreous.projection import slice_map

BOX = 24
LENS = {"voltage_kv": 300.0, "spherical_aberration_mm": 2.7, "amplitude_contrast": 0.1}
PLAIN = OpticsGroup("one", **LENS, pixel_size_angstrom=PIXEL, box=BOX)
TILTED = OpticsGroup(
    "two", **LENS, pixel_size_angstrom=PIXEL, box=BOX, beam_tilt_mrad=(0.8, -0.5), odd_zernike=(2.0, -3.0),
    magnification_matrix=((1.01, 0.005), (0.005, 0.99)),
)  # fmt: skip


def set_of(folder, n=20, groups=(PLAIN, TILTED), noise=0.0, **columns):
    particles = particles_of(n, BOX, groups=groups, **columns)
    return write_set(folder, particles, images_of(blobs(BOX), particles, noise))


def expected(observations, block, volume):
    slices = slice_map(volume.astype(np.float64), block.rotations.astype(np.float64), observations.box)
    return observations.disc.gather(slices) * block.transfer


@pytest.mark.parametrize("memory", [0, 1 << 30])
def test_images_are_slices_times_transfer(tmp_path, memory):
    observations = Observations(set_of(tmp_path), noise=np.ones(BOX // 2 + 1), memory_bytes=memory)
    assert observations.in_memory == (memory > 0)
    seen = []
    for block in observations.blocks(7):
        wanted = expected(observations, block, blobs(BOX))
        assert np.abs(block.data - wanted).max() < 1e-4 * np.abs(wanted).max()
        seen.extend(block.rows)
    assert seen == list(range(20))


def test_the_transfer_is_the_signed_ctf_of_each_particle(tmp_path):
    particles = set_of(tmp_path, groups=(PLAIN,))
    observations = Observations(particles, noise=np.ones(BOX // 2 + 1))
    transfer = ctf((BOX, BOX), PIXEL, defocus_of(particles), lens_of(PLAIN), contrast="inverted")
    np.testing.assert_array_equal(observations.block(slice(None)).transfer, observations.disc.gather(transfer))
    assert transfer[0, BOX // 2, 0] > 0  # protein is white


def test_blocks_come_in_any_order_from_memory_and_from_disk(tmp_path, rng):
    particles, order = set_of(tmp_path), rng.permutation(20)[:13]
    one, two = (list(Observations(particles, memory_bytes=m).blocks(5, order)) for m in (0, 1 << 30))
    assert [len(block.rows) for block in one] == [5, 5, 3]
    for disk, memory in zip(one, two, strict=True):
        np.testing.assert_array_equal(disk.rows, memory.rows)
        for name in ("data", "transfer", "rotations", "noise_power"):
            np.testing.assert_array_equal(getattr(disk, name), getattr(memory, name))
    np.testing.assert_array_equal(np.concatenate([block.rows for block in one]), order)


def test_the_noise_of_an_optics_group_makes_its_noise_white(tmp_path):
    particles = particles_of(400, BOX, groups=(PLAIN, TILTED))
    sigma = np.where(particles.optics_index == 0, 1.0, 3.0)[:, None, None]
    noisy = images_of(blobs(BOX) * 0, particles, 1.0) * sigma
    observations = Observations(write_set(tmp_path, particles, noisy))
    block = observations.block(slice(None))
    power = np.abs(block.data) ** 2 / block.noise_power
    for group in (0, 1):
        assert power[particles.optics_index == group].mean() == pytest.approx(1, abs=0.05)


def test_images_of_another_pixel_size_are_slices_of_the_same_map(tmp_path):
    fine = resample(np.pad(blobs(12), 6), (48,) * 3).astype(np.float32)  # of 1.5 Å: 48 voxels, content in the middle
    finer_group = OpticsGroup("fine", **LENS, pixel_size_angstrom=PIXEL / 2, box=BOX)
    particles = particles_of(12, BOX, groups=(PLAIN, finer_group))
    images = np.empty((12, BOX, BOX), np.float32)
    map_of_group = (resample(fine, (BOX,) * 3), crop_box(fine, (BOX,) * 3))
    for number, (group, volume) in enumerate(zip(particles.optics_groups, map_of_group, strict=True)):
        rows = np.flatnonzero(particles.optics_index == number)
        slices = slice_map(volume.astype(np.float64), view_matrices(particles[rows], group), BOX)
        # an image holds the integral along the beam: Σ over voxels, times their edge
        scale = group.pixel_size_angstrom
        images[rows] = irft(slices * image_transfer(particles[rows], group, BOX), (BOX, BOX)) * scale
    write_stack(tmp_path / "particles.mrcs", [images], PIXEL)
    observations = Observations(replace(particles, folders=(str(tmp_path),)), noise=np.ones(BOX // 2 + 1))
    block = observations.block(slice(None))
    wanted = expected(observations, block, map_of_group[0] * PIXEL)
    # the smaller field of view cuts a little of the map off
    assert np.abs(block.data * (block.transfer != 0) - wanted).max() < 0.02 * np.abs(wanted).max()
    finer = block.transfer[particles.optics_index == 1]
    assert np.mean(finer != 0) == pytest.approx(0.25, abs=0.03)


def test_what_cannot_be_used_is_refused(tmp_path):
    with pytest.raises(InputError, match="the particles have no poses; refine them first"):
        Observations(set_of(tmp_path / "a", euler_deg=None, shift_angstrom=None))
    with pytest.raises(InputError, match="the set has no particles"):
        Observations(set_of(tmp_path / "b")[:0])
    with pytest.raises(InputError, match="differ in box size: 24, 32"):
        Observations(
            particles_of(4, BOX, groups=(PLAIN, OpticsGroup("other", **LENS, pixel_size_angstrom=3.0, box=32)))
        )
    with pytest.raises(InputError, match="no defocus"):
        Observations(set_of(tmp_path / "c", defocus_u_angstrom=None, defocus_v_angstrom=None, defocus_angle_deg=None))
    blank = write_set(tmp_path / "d", particles_of(4, BOX), np.zeros((4, BOX, BOX)))
    with pytest.raises(InputError, match="no noise around the particles"):
        Observations(blank)
