"""RELION itself reads what is written here, and what RELION writes is read here to the same values."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import needs
from vitreous.particles import ParticleSet, read_relion, write_relion, write_stack

PRINTED = {"rtol": 3e-6, "atol": 6e-6}
"""RELION prints at most seven digits, and five decimals of what is negative."""


def relion(program: str, *arguments: str, folder: Path) -> str:
    # the Debian package holds all programs, so one of them stands for the others
    needs.program("relion_convert_star")
    run = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project folder with the 17 real particles; RELION works in it."""
    for name in ("sample.mrcs", "sample_particles_relion30.star", "sample_particles_relion31.star"):
        shutil.copy(needs.data("real_particles") / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_same(one: ParticleSet, other: ParticleSet) -> None:
    assert one.stacks == other.stacks
    np.testing.assert_array_equal(one.slice_index, other.slice_index)
    for name in ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "euler_deg", "shift_angstrom"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), **PRINTED, err_msg=name)
    for name in ("random_subset", "class_number", "micrograph"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert len(one.optics_groups) == len(other.optics_groups)
    np.testing.assert_array_equal(one.optics_index, other.optics_index)
    for mine, theirs in zip(one.optics_groups, other.optics_groups, strict=True):
        assert (mine.name, mine.box) == (theirs.name, theirs.box)
        for name in ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast", "pixel_size_angstrom"):
            assert getattr(mine, name) == pytest.approx(getattr(theirs, name), rel=1e-6), name
        for name in ("beam_tilt_mrad", "odd_zernike", "even_zernike"):
            np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), **PRINTED, err_msg=name)
        np.testing.assert_allclose(mine.magnification_matrix, theirs.magnification_matrix, **PRINTED)


def test_relion_converts_a_real_file_of_3_0_to_what_is_read_of_it_here(project):
    relion("relion_convert_star", "--i", "sample_particles_relion30.star", "--o", "converted.star", folder=project)
    check_same(read_relion("converted.star"), read_relion("sample_particles_relion30.star"))


@pytest.mark.parametrize("version", ["30", "31"])
def test_relion_converts_our_3_0_to_our_3_1(project, version):
    particles = read_relion(f"sample_particles_relion{version}.star")
    write_relion("ours30.star", particles, "3.0")
    write_relion("ours31.star", particles, "3.1")
    relion("relion_convert_star", "--i", "ours30.star", "--o", "converted.star", folder=project)
    check_same(read_relion("converted.star"), read_relion("ours31.star"))


@pytest.mark.parametrize(
    "name", ["real_particles/sample_particles_relion31.star", "metadata/relion31.6opticsgroups.star"]
)
def test_relion_reads_our_3_1_and_writes_the_same(project, name):
    particles = read_relion(needs.data(name))
    write_relion("ours.star", particles)
    keep_all = ["--select", "rlnAngleTilt", "--minval", "-1000"]
    relion("relion_star_handler", "--i", "ours.star", "--o", "handled.star", *keep_all, folder=project)
    again, ours = read_relion("handled.star"), read_relion("ours.star")
    check_same(again, ours)
    assert list(again.extra) == list(ours.extra)
    for label, column in again.extra.items():
        if column.dtype.kind == "T":
            assert column.tolist() == ours.extra[label].tolist()
        else:
            np.testing.assert_allclose(column, ours.extra[label], **PRINTED, err_msg=label)


def test_relion_reads_our_stack(project):
    images = read_relion("sample_particles_relion31.star").images()
    write_stack("ours.mrcs", [images[:10], images[10:]], 1.4)
    printed = relion("relion_image_handler", "--i", "ours.mrcs", "--stats", folder=project)
    number = r" *= *(-?[\d.e+-]+)"
    found = re.findall(f"avg{number} stddev{number} minval{number} maxval{number}; angpix{number}", printed)
    assert "200 x 200 x 1 x 1" in printed
    pixels = images.reshape(len(images), -1).astype(np.float64)
    expected = np.column_stack([pixels.mean(1), pixels.std(1), pixels.min(1), pixels.max(1), np.full(17, 1.4)])
    np.testing.assert_allclose(np.array(found, dtype=np.float64), expected, rtol=1e-4, atol=1e-6)
