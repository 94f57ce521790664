"""Each thing that can be wrong with a set is found, once, at its place; a sound set has no problems."""

from dataclasses import replace

import mrcfile
import numpy as np
import pytest

import needs
from vitreous.particles import OpticsGroup, ParticleSet, Problem, find_problems, read_particles, write_stack

GROUP = OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 64)
N = 6


@pytest.fixture
def sound(tmp_path) -> ParticleSet:
    """Six particles of which nothing is wrong."""
    write_stack(tmp_path / "a.mrcs", [np.zeros((N, 64, 64), np.float32)], 1.5)
    numbers = np.arange(N, dtype=np.float64)
    return ParticleSet(
        optics_groups=(GROUP,),
        optics_index=np.zeros(N, np.int64),
        stacks=("a.mrcs",),
        stack_index=np.zeros(N, np.int64),
        slice_index=np.arange(N),
        folders=(str(tmp_path),),
        defocus_u_angstrom=5000 + numbers,
        defocus_v_angstrom=4900 + numbers,
        defocus_angle_deg=numbers,
        euler_deg=np.stack([30 * numbers] * 3, axis=-1),
        shift_angstrom=np.zeros((N, 2)),
        random_subset=1 + np.arange(N) % 2,
    )


def only(particles: ParticleSet) -> Problem:
    (problem,) = find_problems(particles)
    assert problem.advice
    return problem


def changed(array: np.ndarray, row: int, value: float) -> np.ndarray:
    array = array.copy()
    array[row] = value
    return array


def test_a_sound_set_has_no_problems(sound):
    assert find_problems(sound) == []


def test_an_empty_set(sound):
    assert str(only(sound[:0])) == ("error: the set: has no particles; choose another file, or check what was selected")


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["defocus_u_angstrom", "defocus_angle_deg", "euler_deg", "shift_angstrom"])
def test_numbers_that_are_not_finite(sound, name, value):
    problem = only(replace(sound, **{name: changed(getattr(sound, name), 2, value)}))
    assert (problem.severity, problem.place) == ("error", f"{name}, row 3")
    more = changed(changed(getattr(sound, name), 2, value), 4, value)
    assert only(replace(sound, **{name: more})).place == f"{name}, row 3 and 1 more"


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("pixel_size_angstrom", None, "its pixel size is not known"),
        ("pixel_size_angstrom", 0.0, "its pixel size is 0"),
        ("pixel_size_angstrom", float("nan"), "its pixel size is nan"),
        ("voltage_kv", 300000.0, "its voltage is 300000"),
        ("voltage_kv", None, "its voltage is not known"),
        ("amplitude_contrast", 10.0, "its amplitude contrast is 10"),
        ("spherical_aberration_mm", -2.7, "its spherical aberration is -2.7"),
    ],
)
def test_optics_that_no_microscope_has(sound, field, value, what):
    problem = only(replace(sound, optics_groups=(replace(GROUP, **{field: value}),)))
    assert (problem.severity, problem.place, problem.what) == ("error", "optics group opticsGroup1", what)


def test_optics_that_nothing_needs_may_be_unknown(sound):
    bare = replace(GROUP, voltage_kv=None, spherical_aberration_mm=None, amplitude_contrast=None)
    images = replace(sound, optics_groups=(bare,), defocus_u_angstrom=None, defocus_v_angstrom=None)
    assert find_problems(images) == []


def test_groups_without_particles_are_left_alone(sound):
    assert find_problems(replace(sound, optics_groups=(GROUP, replace(GROUP, box=32, voltage_kv=None)))) == []


def test_mixed_boxes_and_pixel_sizes(sound, tmp_path):
    write_stack(tmp_path / "b.mrcs", [np.zeros((3, 32, 32), np.float32)], 3.0)
    other = replace(GROUP, name="two", box=32, pixel_size_angstrom=3.0)
    mixed = replace(
        sound,
        optics_groups=(GROUP, other),
        optics_index=np.repeat([0, 1], 3),
        stacks=("a.mrcs", "b.mrcs"),
        stack_index=np.repeat([0, 1], 3),
        slice_index=np.tile(np.arange(3), 2),
    )
    found = find_problems(mixed)
    assert [problem.what for problem in found] == ["has mixed box sizes: 32, 64", "has mixed pixel sizes: 1.5, 3"]
    assert {problem.severity for problem in found} == {"warning"}


@pytest.mark.parametrize(
    ("name", "factor", "said"),
    [
        ("euler_deg", np.pi / 180, "look like radians"),
        ("defocus_u_angstrom", 1e-4, "look like µm"),
        ("defocus_v_angstrom", 0.1, "look like nm"),
        ("defocus_u_angstrom", 100, "check"),
    ],
)
def test_values_in_another_unit(sound, name, factor, said):
    found = [p for p in find_problems(replace(sound, **{name: factor * getattr(sound, name)})) if p.place == name]
    assert len(found) == 1
    assert said in found[0].what + found[0].advice


def test_angles_that_are_all_zero_are_no_radians(sound):
    assert find_problems(replace(sound, euler_deg=np.zeros((N, 3)))) == []


def test_overfocus(sound):
    problem = only(replace(sound, defocus_u_angstrom=changed(sound.defocus_u_angstrom, 0, -5000)))
    assert (problem.place, problem.what) == ("defocus_u_angstrom, row 1", "is negative")


def test_half_sets_beyond_two(sound):
    problem = only(replace(sound, random_subset=changed(sound.random_subset, 5, 0)))
    assert (problem.place, problem.what) == ("random_subset, row 6", "is 0, expected 1 or 2")


def test_duplicate_rows(sound):
    problem = only(sound[[0, 1, 2, 1, 1]])
    assert (problem.place, problem.what) == ("row 4 and 1 more", "names the same image as row 2: 2@a.mrcs")


def test_stacks_that_are_missing_are_counted(sound):
    lost = replace(sound, stacks=("a.mrcs", "b.mrcs", "c.mrcs"), stack_index=np.array([0, 0, 0, 0, 1, 2]))
    problem = only(lost)
    assert (problem.severity, problem.place) == ("error", "b.mrcs")
    assert problem.what.startswith("the image file was not found: tried ")
    assert problem.what.endswith("(and 1 files more)")
    assert "--images" in problem.advice


def test_a_stack_shorter_than_its_rows(sound):
    problem = only(replace(sound, slice_index=changed(sound.slice_index, 5, 9)))
    assert (problem.place, problem.what) == ("a.mrcs", "has 6 images, the metadata ask for image 10")


def test_a_stack_that_cannot_be_read(sound, tmp_path):
    path = tmp_path / "a.mrcs"
    path.write_bytes(path.read_bytes()[:5000])
    problem = only(sound)
    assert (problem.severity, problem.place) == ("error", "a.mrcs")
    assert "announces 6 images" in problem.what


def test_images_of_another_box_or_shape(sound, tmp_path):
    assert only(replace(sound, optics_groups=(replace(GROUP, box=60),))).what == (
        "has images of 64 pixels, optics group opticsGroup1 says 60"
    )
    write_stack(tmp_path / "a.mrcs", [np.zeros((N, 64, 60), np.float32)], 1.5)
    assert only(sound).what == "has images of 60 × 64 pixels"


def test_a_header_with_another_pixel_size_or_oddities(sound, tmp_path):
    write_stack(tmp_path / "a.mrcs", [np.zeros((N, 64, 64), np.float32)], 3.0)
    assert "has pixels of 3 Å by its header" in only(sound).what
    with mrcfile.open(tmp_path / "a.mrcs", "r+") as file:
        file.voxel_size = 0
    problem = only(sound)
    assert (problem.severity, problem.what) == ("warning", "the header has no pixel size")


def test_particles_without_images(sound):
    problem = only(replace(sound, stack_index=changed(sound.stack_index, 1, -1)))
    assert (problem.severity, problem.place, problem.what) == ("warning", "row 2", "has no image")


def test_a_box_too_small_for_the_defocus(sound):
    """λ = 0.0197 Å at 300 kV: 2 · 0.0197 Å · 30000 Å / 96 Å = 12.3 Å."""
    far = replace(sound, defocus_u_angstrom=np.full(N, 30000.0))
    problem = only(far)
    assert problem.severity == "warning"
    assert problem.what == "its box of 64 pixels is too small for a defocus of 30000 Å"
    assert "nothing finer than 12.3 Å" in problem.advice


def test_errors_stand_before_warnings(sound):
    bad = replace(sound, random_subset=changed(sound.random_subset, 5, 0), defocus_u_angstrom=np.full(N, 30000.0))
    assert [problem.severity for problem in find_problems(bad)] == ["error", "warning"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("real_particles/sample_particles_relion30.star", ["no pixel size"]),
        ("real_particles/relion31.star", ["MAP stamp", "machine stamp"]),
        ("metadata/relion31.6opticsgroups.star", ["was not found", "mixed pixel sizes: 1.24, 1.25"]),
        ("metadata/FinalRefinement-OriginalParticles-PfCRT.star", ["amplitude contrast is not", "was not found"]),
        ("relion_cross/rln_proj_64_centered.star", []),
    ],
)
def test_real_files_have_the_problems_that_they_have(name, words):
    found = find_problems(read_particles(needs.data(name)))
    assert len(found) == len(words)
    for problem, word in zip(found, words, strict=True):
        assert word in problem.what
