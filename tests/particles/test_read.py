"""Any particle file is read and written by its suffix; options that do not belong to it are refused."""

import numpy as np
import pytest

import needs
from vitreous._errors import InputError
from vitreous.particles import open_stack, read_particles, read_relion, write_particles, write_stack

STAR = "real_particles/sample_particles_relion31.star"


def test_a_star_file_is_relions():
    particles = read_particles(needs.data(STAR))
    np.testing.assert_array_equal(particles.euler_deg, read_relion(needs.data(STAR)).euler_deg)


def test_a_cs_file_takes_images_and_what_is_known(tmp_path):
    path = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    particles = read_particles(path, images=tmp_path, amplitude_contrast=0.2)
    assert len(particles) == 2019
    assert particles.folders == (str(tmp_path), f"{tmp_path}/*")
    assert {group.amplitude_contrast for group in particles.optics_groups} == {0.2}
    assert {group.voltage_kv for group in particles.optics_groups} == {200.0}


@pytest.mark.parametrize("name", ["sample.mrcs", "relion31.mrcs"])
def test_a_stack_is_images_without_poses(name):
    path = needs.data(f"real_particles/{name}")
    particles = read_particles(path, pixel_size_angstrom=1.4)
    stack = open_stack(path)
    assert len(particles) == len(stack)
    assert (particles.box, particles.pixel_size_angstrom) == (stack.shape[2], 1.4)
    assert not particles.has_poses
    np.testing.assert_array_equal(particles.images(), stack.pixels)


def test_a_list_of_stacks(tmp_path):
    for name, value in (("a.mrcs", 1), ("b.mrcs", 2)):
        write_stack(tmp_path / name, [np.full((2, 4, 4), value, np.float32)], 1.5)
    (tmp_path / "list.txt").write_text("b.mrcs\na.mrcs\n")
    particles = read_particles(tmp_path / "list.txt")
    assert particles.images()[:, 0, 0].tolist() == [2, 2, 1, 1]
    assert write_particles(tmp_path / "again.txt", particles) == []
    assert read_particles(tmp_path / "again.txt").images()[:, 0, 0].tolist() == [2, 2, 1, 1]
    for rows in (slice(1, None), [0, 1, 3, 2], [0, 2]):
        with pytest.raises(InputError, match=r"lost\.txt: a list of stacks means all their images in order"):
            write_particles(tmp_path / "lost.txt", particles[rows])
    assert not (tmp_path / "lost.txt").exists()


def test_images_alone_are_copied_in_the_order_of_the_set(tmp_path):
    particles = read_particles(needs.data(STAR))[[3, 16, 0]]
    lacking = write_particles(tmp_path / "some.mrcs", particles)
    assert {"poses", "shifts", "CTF", "half sets", "classes", "micrographs"} <= set(lacking)
    stack = open_stack(tmp_path / "some.mrcs")
    np.testing.assert_array_equal(stack.pixels, particles.images())
    assert stack.pixel_size_angstrom == pytest.approx(1.4)


def test_a_folder_for_cryodrgn_reads_back(tmp_path):
    particles = read_particles(needs.data(STAR))
    folder = tmp_path / "drgn"
    lacking = write_particles(folder, particles)
    assert not any(what.startswith("images") for what in lacking)
    again = read_particles(folder / "particles.star", poses=folder / "poses.pkl", ctf=folder / "ctf.pkl")
    np.testing.assert_allclose(again.rotations(), particles.rotations(), atol=1e-6)
    np.testing.assert_allclose(again.shift_angstrom, particles.shift_angstrom, atol=1e-5)
    np.testing.assert_allclose(again.defocus_u_angstrom, particles.defocus_u_angstrom, rtol=1e-7)
    np.testing.assert_array_equal(again.images(), particles.images())
    bare = read_particles(folder / "poses.pkl", ctf=folder / "ctf.pkl")
    np.testing.assert_allclose(bare.rotations(), particles.rotations(), atol=1e-6)
    assert (bare.stack_index == -1).all()


@pytest.mark.parametrize("layout", ["3.0", "3.1"])
def test_layouts_of_a_star_file(tmp_path, layout):
    write_particles(tmp_path / "out.star", read_particles(needs.data(STAR)), layout)
    assert ("data_optics" in (tmp_path / "out.star").read_text()) == (layout == "3.1")


def test_star_to_cs_to_star_gives_back_the_same_physics(tmp_path):
    particles = read_particles(needs.data(STAR))
    write_particles(tmp_path / "out.cs", particles)
    write_particles(tmp_path / "out.star", read_particles(tmp_path / "out.cs"))
    again = read_particles(tmp_path / "out.star")
    np.testing.assert_allclose(again.rotations(), particles.rotations(), atol=1e-6)
    np.testing.assert_allclose(again.shift_angstrom, particles.shift_angstrom, atol=1e-5)
    np.testing.assert_allclose(again.defocus_u_angstrom, particles.defocus_u_angstrom, rtol=1e-7)
    assert again.pixel_size_angstrom == pytest.approx(particles.pixel_size_angstrom, rel=1e-7)
    np.testing.assert_array_equal(again.images(), particles.images())


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("x.tif", {}, r"x\.tif: \.tif says no kind of particle file; particles are read from"),
        ("x", {}, "a name without suffix says no kind"),
        ("x.star", {"passthrough": ["y.cs"]}, "passthrough files belong to a .cs file"),
        ("x.cs", {"passthrough": ["y.cs"], "poses": "p.pkl"}, "passthrough files and pickles"),
        ("x.mrcs", {"images": "."}, r"a folder of images does not go with \.mrcs"),
        ("x.pkl", {"poses": "p.pkl"}, "poses were given beside a pickle"),
    ],
)
def test_what_does_not_belong_together_is_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        read_particles(name, **options)


def test_other_suffixes_are_not_written(tmp_path):
    with pytest.raises(InputError, match=r"\.csv says no kind of particle file"):
        write_particles(tmp_path / "out.csv", read_particles(needs.data(STAR)))
