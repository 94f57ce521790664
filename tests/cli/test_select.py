"""``vitreous select`` from the command line: of a job's folder and of files, by class and row."""

import numpy as np
import pytest

from simulated import particles_of, write_set
from vitreous.cli import main
from vitreous.jobs import Job, Task
from vitreous.particles import read_particles, write_relion


@pytest.fixture
def job(tmp_path):
    """A folder as a classification leaves it: particles with classes, and more that is known of them."""
    known = {"rlnAnglePsi": np.arange(6.0), "vitreousPosteriorEntropy": np.arange(6.0) / 7}
    made = particles_of(6, 8, euler_deg=None, class_number=np.array([1, 2, 3, 1, 2, 4]), extra=known)
    particles = write_set(tmp_path / "set", made, np.random.default_rng(1).standard_normal((6, 8, 8)))
    with Job(tmp_path / "job", Task("classify", {}), quiet=True) as running, running.write("particles.star") as path:
        write_relion(path, particles)
    return tmp_path / "job"


def run(capsys, *words):
    return main(list(map(str, words))), *capsys.readouterr()


def test_classes_of_a_job(job, tmp_path, capsys):
    output = tmp_path / "good.star"
    assert run(capsys, "select", job, "--classes", "1,4", "-o", output) == (
        0,
        f"3 of 6 particles written to {output}\n",
        "",
    )
    before, kept = read_particles(job / "particles.star"), read_particles(output)
    wanted = [0, 3, 5]
    np.testing.assert_array_equal(kept.class_number, [1, 1, 4])
    np.testing.assert_array_equal(kept.images(), before.images(wanted))
    for name in ("defocus_u_angstrom", "shift_angstrom"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(before, name)[wanted])
    for label, column in before.extra.items():
        np.testing.assert_array_equal(kept.extra[label], column[wanted])


def test_rows_of_a_file_of_another_kind(job, tmp_path, capsys):
    status, _, err = run(capsys, "select", job / "particles.star", "--rows", "2-3,6", "-o", tmp_path / "some.cs")
    assert status == 0
    assert "has no place for rlnAnglePsi" in err
    assert len(read_particles(tmp_path / "some.cs")) == 3


def test_nothing_is_replaced_unasked(job, tmp_path, capsys):
    output = tmp_path / "good.star"
    output.write_text("mine")
    words = ("select", job, "--classes", "1", "-o", output)
    status, _, err = run(capsys, *words)
    assert (status, err.count("\n")) == (2, 1)
    assert "the file exists" in err
    assert output.read_text() == "mine"
    assert run(capsys, *words, "--overwrite")[0] == 0
    assert len(read_particles(output)) == 2


def test_a_job_without_particles_says_so(tmp_path, capsys):
    with Job(tmp_path / "maps", Task("reconstruct", {}), quiet=True):
        pass
    status, _, err = run(capsys, "select", tmp_path / "maps", "--classes", "1", "-o", tmp_path / "out.star")
    assert status == 2
    assert "has no particles.star: its job, vitreous reconstruct, is done" in err
