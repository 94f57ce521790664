"""How options become the engine's objects: what depends on a map, a set or a table without the command around it."""

import json

import mrcfile
import numpy as np
import pytest

from vitreous.cli.options import ReadingOptions
from vitreous.cli.simulate import LensOptions, NoiseOptions, SpecimenOptions, ViewOptions
from vitreous.cli.simulation import run_simulation
from vitreous.jobs import Job, Task, read_record
from vitreous.particles import read_relion


@pytest.fixture
def ball(tmp_path):
    grid = np.indices((16, 16, 16)) - 8
    volume = np.exp(-np.sum(grid**2, axis=0) / 8).astype(np.float32)
    mrcfile.write(tmp_path / "ball.mrc", volume, voxel_size=5.0)
    return str(tmp_path / "ball.mrc")


def simulate(folder, names, **groups):
    defaults = {
        "shown": SpecimenOptions(particles=8),
        "views": ViewOptions(),
        "lens": LensOptions(),
        "noise": NoiseOptions(),
        "reading": ReadingOptions(),
    }
    with Job(folder, Task("simulate", {}, seed=1), quiet=True) as job:
        return run_simulation(job, names, **{**defaults, **groups})


def test_a_map_brings_box_and_pixel_size(tmp_path, ball):
    assert simulate(tmp_path / "set", [ball]) == 8
    particles = read_relion(tmp_path / "set" / "particles.star")
    assert (particles.box, particles.pixel_size_angstrom) == (16, 5.0)


def test_optics_and_views_are_those_asked_for(tmp_path, ball):
    lens = LensOptions(voltage=200.0, cs=0.01, defocus=(5e3, 6e3), per_micrograph=4, phase_shift=90.0)
    views = ViewOptions(preferred=["1,0,0"], concentration=1e4)
    simulate(tmp_path / "set", [ball], lens=lens, views=views, reading=ReadingOptions(amplitude_contrast=0.07, box=20))
    particles = read_relion(tmp_path / "set" / "particles.star")
    group = particles.optics_groups[0]
    assert (group.voltage_kv, group.spherical_aberration_mm, group.amplitude_contrast) == (200.0, 0.01, 0.07)
    assert particles.box == 20
    assert len(set(particles.defocus_u_angstrom)) == len(set(particles.micrograph)) == 2
    np.testing.assert_allclose(particles.phase_shift_deg, 90.0)
    np.testing.assert_allclose(particles.euler_deg[:, 1], 90.0, atol=5)


def test_the_record_says_what_was_made(tmp_path, ball):
    simulate(tmp_path / "set", [ball], noise=NoiseOptions(snr=0.3))
    record = read_record(tmp_path / "set")
    assert record.images == 8
    assert record.figures["snr"] == pytest.approx(0.3, rel=1e-3)
    assert set(record.outputs) == {"truth/map.mrc", "particles.mrcs", "particles.star", "truth/particles.star"}
    assert json.loads((tmp_path / "set" / "run.json").read_text())["status"] == "done"


def test_a_box_too_small_for_the_defocus_is_warned_of(tmp_path, ball):
    """At 3 µm, detail of 10 Å lands λ Δf/d = 59 Å from its place: 40 Å is the half of this box."""
    simulate(tmp_path / "set", [ball], lens=LensOptions(cs=0.0, defocus=(3e4, 3e4)))
    (warning,) = read_record(tmp_path / "set").warnings
    assert "80 Å is too small for a defocus of 30000 Å" in warning
    simulate(tmp_path / "fine", [ball], lens=LensOptions(cs=0.0, defocus=(1e4, 1e4)))
    assert not read_record(tmp_path / "fine").warnings
