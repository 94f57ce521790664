import json

import numpy as np
import pytest

from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.stack import open_stack, write_stack
from vitreous.particles.summary import summarize_particles, summarize_pixels

GROUPS = (
    OpticsGroup("a", 300.0, 2.7, 0.1, 1.2, 64, odd_zernike=(0.1, 0.2)),
    OpticsGroup("b", 200.0, 2.7, 0.1, 1.2, 96),
    OpticsGroup("unused", 100.0, 2.7, 0.1, 9.9, 32),
)


def a_set(n=4, **fields):
    given = {
        "optics_groups": GROUPS,
        "optics_index": np.arange(n) % 2,
        "stacks": ("a.mrcs",),
        "stack_index": np.zeros(n, np.int64),
        "slice_index": np.arange(n),
    }
    extra = fields.pop("extra", {})
    text = np.dtypes.StringDType()
    arrays = {name: np.array(value, dtype=text if name == "micrograph" else None) for name, value in fields.items()}
    return ParticleSet(**{**given, **arrays}, extra=extra)


def test_counts_ranges_and_groups():
    found = summarize_particles(
        a_set(
            defocus_u_angstrom=[10000, 9000, np.nan, 15000],
            defocus_v_angstrom=[9500, 8000, 1, np.inf],
            random_subset=[1, 2, 2, 2],
            class_number=[3, 3, 3, 1],
            micrograph=["m1", "m1", "m2", "m1"],
            extra={"uid": np.arange(4)},
        )
    )
    assert found["n_particles"] == 4
    assert found["pixel_size_angstrom"] == 1.2
    assert found["box"] is None, "groups in use differ"
    assert found["defocus_angstrom_range"] == [1.0, 15000.0]
    assert found["half_sets"] == {"1": 1, "2": 3}
    assert found["classes"] == {"1": 1, "3": 3}
    assert (found["n_micrographs"], found["n_stacks"], found["extra_columns"]) == (2, 1, ["uid"])
    assert [group["n_particles"] for group in found["optics_groups"]] == [2, 2, 0]
    assert found["optics_groups"][0]["odd_zernike"] == (0.1, 0.2)
    assert not found["has_ctf"], "there is no astigmatism angle"
    json.dumps(found)


def test_what_a_set_does_not_hold_is_none():
    found = summarize_particles(a_set())
    absent = ("defocus_angstrom_range", "phase_shift_deg_range", "shift_angstrom_range", "half_sets", "classes")
    assert [found[key] for key in (*absent, "n_micrographs")] == [None] * 6
    assert not found["has_poses"]


def test_an_empty_set_has_a_summary():
    found = summarize_particles(a_set(0, defocus_u_angstrom=[]))
    assert (found["n_particles"], found["defocus_angstrom_range"]) == (0, None)


def test_pixels_agree_with_numpy(tmp_path, rng):
    images = rng.normal(3.0, 2.0, size=(6, 8, 9)).astype(np.float32)
    write_stack(tmp_path / "a.mrcs", [images], 1.0)
    found = summarize_pixels(open_stack(tmp_path / "a.mrcs"))
    assert (found["minimum"], found["maximum"]) == (images.min(), images.max())
    assert found["mean"] == pytest.approx(images.mean(dtype=np.float64))
    assert found["standard_deviation"] == pytest.approx(images.std(dtype=np.float64))
    assert (found["images_sampled"], found["not_finite"], found["constant"]) == (6, [], [])


def test_bad_images_are_found_and_left_out_of_the_statistics(tmp_path):
    images = np.zeros((4, 3, 3), np.float32)
    images[0, 0, 0] = 1.0
    images[1] = np.nan
    images[2, 1, 1] = np.inf
    images[3] = 5.0
    write_stack(tmp_path / "a.mrcs", [images], 1.0)
    found = summarize_pixels(open_stack(tmp_path / "a.mrcs"))
    assert (found["not_finite"], found["constant"]) == ([2, 3], [4])
    assert (found["minimum"], found["maximum"]) == (0.0, 5.0)


def test_nothing_finite_is_none(tmp_path):
    write_stack(tmp_path / "a.mrcs", [np.full((1, 3, 3), np.nan, np.float32)], 1.0)
    found = summarize_pixels(open_stack(tmp_path / "a.mrcs"))
    assert [found[key] for key in ("minimum", "maximum", "mean", "standard_deviation")] == [None] * 4


def test_a_large_file_is_sampled(tmp_path, monkeypatch, rng):
    monkeypatch.setattr("vitreous.particles.summary._SAMPLE_BYTES", 10 * 64 * 4)
    write_stack(tmp_path / "a.mrcs", [rng.normal(size=(25, 8, 8)).astype(np.float32)], 1.0)
    assert summarize_pixels(open_stack(tmp_path / "a.mrcs"))["images_sampled"] == 9
