"""Smaller images of the same particles: the same waves, the same Å, whatever the groups."""

import mrcfile
import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.fourier import resample
from vitreous.jobs import Job, Task
from vitreous.particles import OpticsGroup, ParticleSet, read_relion
from vitreous.particles.downsample import ORIGINAL_NAME, downsampled_group, write_downsampled


def group(name: str, box: int | None, pixel_size: float | None) -> OpticsGroup:
    return OpticsGroup(name, 300.0, 2.7, 0.1, pixel_size, box, beam_tilt_mrad=(0.1, -0.2), even_zernike=(0.0, 0.5))


def stack(folder, name, images, pixel_size):
    mrcfile.write(folder / name, images.astype(np.float32), voxel_size=pixel_size)


@pytest.fixture
def mixed(tmp_path, rng) -> ParticleSet:
    """Two kinds of images in two stacks, their particles in turn; the first kind in two optics groups."""
    stack(tmp_path, "a.mrcs", rng.standard_normal((5, 24, 24)), 1.5)
    stack(tmp_path, "b.mrcs", rng.standard_normal((3, 31, 31)), 1.2)
    return ParticleSet(
        optics_groups=(
            group("one", 24, 1.5),
            group("two", 31, 1.2),
            group("three", 24, 1.5),
            group("unused", None, None),
        ),
        optics_index=np.array([0, 1, 2, 0, 1, 2, 1, 0]),
        stacks=("a.mrcs", "b.mrcs"),
        stack_index=np.array([0, 1, 0, 0, 1, 0, 1, 0]),
        slice_index=np.array([4, 0, 1, 2, 2, 0, 1, 3]),
        folders=(str(tmp_path),),
        euler_deg=rng.uniform(0, 90, (8, 3)),
        shift_angstrom=rng.standard_normal((8, 2)),
        defocus_u_angstrom=rng.uniform(1e4, 2e4, 8),
        defocus_v_angstrom=rng.uniform(1e4, 2e4, 8),
        defocus_angle_deg=rng.uniform(0, 180, 8),
        random_subset=np.array([1, 2] * 4),
    )


def downsampled(particles, folder, box):
    with Job(folder, Task("downsample", {"box": box}), quiet=True) as job:
        made = write_downsampled(job, particles, box)
    return made, read_relion(folder / "particles.star")


@pytest.mark.parametrize("box", [16, 15, 24])
def test_every_image_is_its_own_cropped(mixed, tmp_path, box):
    """Mixed boxes and pixel sizes, in the order of the set."""
    _, read = downsampled(mixed, tmp_path / "small", box)
    for row in range(len(mixed)):
        expected = resample(mixed.images([row]), (box, box))
        np.testing.assert_allclose(read.images([row]), expected, atol=1e-6)
    assert sorted(path.name for path in (tmp_path / "small").glob("*.mrcs")) == ["particles_1.mrcs", "particles_2.mrcs"]
    with mrcfile.open(tmp_path / "small" / "particles_2.mrcs") as file:
        assert file.voxel_size.x == pytest.approx(1.2 * 31 / box)


def test_what_is_in_angstrom_stays(mixed, tmp_path):
    made, read = downsampled(mixed, tmp_path / "small", 12)
    for name in ("shift_angstrom", "euler_deg", "defocus_u_angstrom", "defocus_v_angstrom", "random_subset"):
        np.testing.assert_allclose(getattr(read, name), getattr(mixed, name), rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(getattr(made, name), getattr(mixed, name))
    sizes = [read.optics_groups[i].pixel_size_angstrom for i in range(3)]
    assert sizes == pytest.approx([3.0, 3.1, 3.0])
    for before, after in zip(mixed.optics_groups[:3], read.optics_groups, strict=False):
        assert (after.box, after.beam_tilt_mrad, after.even_zernike) == (12, before.beam_tilt_mrad, before.even_zernike)
    assert made.optics_groups[3] == mixed.optics_groups[3]


def test_a_wave_keeps_its_wavelength_and_its_place(tmp_path):
    """A cosine of 12 Å whose crest lies 3 Å from the origin, before and after."""

    def wave(box, pixel_size):
        x = (np.arange(box) - box // 2) * pixel_size
        return np.broadcast_to(np.cos(2 * np.pi * (x - 3) / 12), (1, box, box))

    stack(tmp_path, "a.mrcs", wave(48, 1.0), 1.0)
    one = np.zeros(1, np.int64)
    particles = ParticleSet((group("one", 48, 1.0),), one, ("a.mrcs",), one, one, (str(tmp_path),))
    made, _ = downsampled(particles, tmp_path / "small", 16)
    np.testing.assert_allclose(made.images(), wave(16, 3.0), atol=1e-5)


def test_the_first_name_of_an_image_is_kept(mixed, tmp_path):
    once, read = downsampled(mixed, tmp_path / "once", 20)
    names = read.extra[ORIGINAL_NAME].tolist()
    assert names[:2] == ["000005@a.mrcs", "000001@b.mrcs"]
    _, again = downsampled(read, tmp_path / "twice", 10)
    assert again.extra[ORIGINAL_NAME].tolist() == names
    assert once.extra[ORIGINAL_NAME].tolist() == names


def test_what_cannot_be_is_refused(mixed, tmp_path):
    with pytest.raises(InputError, match="optics group one: a box of 32 pixels was asked for, and images have 24"):
        write_downsampled(Job(tmp_path / "x", Task("downsample", {})), mixed, 32)
    with pytest.raises(InputError, match="a box of 1 pixels"):
        downsampled_group(group("a", 24, 1.5), 1)
    with pytest.raises(InputError, match="the pixel size is not known"):
        downsampled_group(group("a", 24, None), 12)
