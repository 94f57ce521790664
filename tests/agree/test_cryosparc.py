"""A real cryoSPARC file, and its way from and to STAR, against cryoDRGN's parses and RELION's layout."""

from pathlib import Path

import numpy as np
import pytest

import needs
from vitreous.particles.cryodrgn import read_cryodrgn, write_cryodrgn
from vitreous.particles.cryosparc import read_cryosparc, write_cryosparc
from vitreous.particles.pickled import load_arrays
from vitreous.particles.relion import read_relion, write_relion
from vitreous.rotations import relion_to_matrix

CTF_COLUMNS = ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg")


def rotation_angle(left, right):
    """The angle in radians between two sets of rotation matrices."""
    return np.linalg.norm(left @ np.swapaxes(right, -1, -2) - np.eye(3), axis=(-2, -1)) / np.sqrt(2)


def assert_equals_reference(particles, poses, ctf):
    """Poses to 1e-4 rad, shifts and CTF within the rounding of float32."""
    R, t = load_arrays(poses)
    table = load_arrays(ctf)
    assert len(particles) == len(R) == len(table)
    assert rotation_angle(relion_to_matrix(particles.euler_deg), R).max() < 1e-4
    np.testing.assert_allclose(particles.shift_angstrom / (particles.box * particles.pixel_size_angstrom), t, atol=1e-7)
    groups = [particles.optics_groups[i] for i in particles.optics_index]
    optics = [
        (g.box, g.pixel_size_angstrom, g.voltage_kv, g.spherical_aberration_mm, g.amplitude_contrast) for g in groups
    ]
    np.testing.assert_allclose(np.array(optics), table[:, [0, 1, 5, 6, 7]], rtol=1e-7)
    for column, name in enumerate(CTF_COLUMNS, 2):
        np.testing.assert_allclose(getattr(particles, name), table[:, column], rtol=2e-7)
    np.testing.assert_allclose(particles.phase_shift_deg, table[:, 8], atol=1e-7)


def test_a_real_cs_file_equals_its_reference_parse():
    particles = read_cryosparc(needs.data("metadata/cryosparc_P12_J24_001_particles.cs"))
    assert len(particles) == 2019
    assert (particles.box, particles.pixel_size_angstrom) == (180, 2.95)
    assert_equals_reference(particles, needs.data("metadata/pose.cs.pkl"), needs.data("metadata/ctf2.pkl"))


def test_a_real_star_file_equals_its_reference_parse():
    path = needs.data("metadata/FinalRefinement-OriginalParticles-PfCRT.star")
    particles = read_relion(path, box=300, amplitude_contrast=0.1)
    assert_equals_reference(particles, needs.data("metadata/pose.star.pkl"), needs.data("metadata/ctf1.pkl"))


@pytest.mark.parametrize("source", ["cs", "star"])
def test_the_pickles_that_we_write_are_those_of_cryodrgn(source, tmp_path):
    if source == "cs":
        particles = read_cryosparc(needs.data("metadata/cryosparc_P12_J24_001_particles.cs"))
    else:
        path = needs.data("metadata/FinalRefinement-OriginalParticles-PfCRT.star")
        particles = read_relion(path, box=300, amplitude_contrast=0.1)
    write_cryodrgn(tmp_path, particles)
    poses, ctf = (needs.data(f"metadata/{name}") for name in (f"pose.{source}.pkl", f"ctf{1 + (source == 'cs')}.pkl"))
    for ours, theirs in zip(load_arrays(tmp_path / "poses.pkl"), load_arrays(poses), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(load_arrays(tmp_path / "ctf.pkl"), load_arrays(ctf), rtol=2e-7, atol=1e-6)


def assert_same_physics(before, after):
    """What float32 holds: 6e-8 of each value; rotations to 1e-6 rad."""
    assert len(before) == len(after)
    for name in (*CTF_COLUMNS, "phase_shift_deg", "shift_angstrom"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name), rtol=2e-7, atol=1e-5)
    assert rotation_angle(relion_to_matrix(after.euler_deg), relion_to_matrix(before.euler_deg)).max() < 1e-6
    for name in ("random_subset", "class_number", "slice_index"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    # images that are found from the one file and not from the other get absolute paths
    names = [[Path(set_.stacks[i]).name for i in set_.stack_index] for set_ in (before, after)]
    assert names[0] == names[1]
    for i, j in zip(before.optics_index, after.optics_index, strict=True):
        one, other = before.optics_groups[i], after.optics_groups[j]
        assert other.beam_tilt_mrad == pytest.approx(one.beam_tilt_mrad, rel=1e-6)
        for name in ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast", "pixel_size_angstrom", "box"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-7)


@pytest.mark.parametrize(
    "name",
    [
        *("metadata/relion31.6opticsgroups", "real_particles/relion31", "real_particles/relion31.v2"),
        *("real_particles/sample_particles_relion30", "real_particles/sample_particles_relion31"),
        "metadata/FinalRefinement-OriginalParticles-PfCRT",
    ],
)
def test_star_to_cs_to_star(name, tmp_path):
    known = {"box": 300, "amplitude_contrast": 0.1} if "PfCRT" in name else {}
    first = read_relion(needs.data(f"{name}.star"), **known)
    write_cryosparc(tmp_path / "x.cs", first)
    write_relion(tmp_path / "x.star", read_cryosparc(tmp_path / "x.cs"))
    assert_same_physics(first, read_relion(tmp_path / "x.star"))


def test_cs_to_star_to_cs(tmp_path):
    path = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    first = read_cryosparc(path)
    write_relion(tmp_path / "x.star", first)
    write_cryosparc(tmp_path / "x.cs", read_relion(tmp_path / "x.star"))
    second = read_cryosparc(tmp_path / "x.cs")
    assert_same_physics(first, second)
    assert second.extra["uid"].tolist() == first.extra["uid"].tolist()


def test_cs_to_cryodrgn_and_back(tmp_path):
    path = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    first = read_cryosparc(path)
    write_cryodrgn(tmp_path, first)
    assert_same_physics(first, read_cryodrgn(path, tmp_path / "poses.pkl", tmp_path / "ctf.pkl"))
