"""A particle set cannot be changed, is cut by slice, rows or mask with every column, and reads images by row."""

import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import needs
from vitreous._errors import InputError
from vitreous.particles import OpticsGroup, ParticleSet, read_particles, write_stack
from vitreous.rotations import relion_to_matrix

GROUP = OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 4)


def make(n: int, **fields) -> ParticleSet:
    """n particles of one group and one stack, every optional field filled."""
    numbers = np.arange(n, dtype=np.float64)
    values = {
        "optics_groups": (GROUP,),
        "optics_index": np.zeros(n, np.int64),
        "stacks": ("a.mrcs",),
        "stack_index": np.zeros(n, np.int64),
        "slice_index": np.arange(n),
        "defocus_u_angstrom": 10000 + numbers,
        "defocus_v_angstrom": 9000 + numbers,
        "defocus_angle_deg": numbers,
        "phase_shift_deg": numbers,
        "euler_deg": np.stack([numbers, 2 * numbers, 3 * numbers], axis=-1),
        "shift_angstrom": np.stack([numbers, -numbers], axis=-1),
        "random_subset": 1 + np.arange(n) % 2,
        "class_number": np.arange(n) + 1,
        "micrograph": np.array([f"mic{i}" for i in range(n)], dtype=np.dtypes.StringDType()),
        "extra": {"rlnGroupNumber": np.arange(n), "vectors": np.stack([numbers] * 3, axis=-1)},
    }
    return ParticleSet(**{**values, **fields})


COLUMNS = [
    field.name for field in dataclasses.fields(ParticleSet) if isinstance(getattr(make(1), field.name), np.ndarray)
]


@given(n=st.integers(0, 6), data=st.data())
def test_every_column_is_cut_alike(n, data):
    particles = make(n)
    rows = data.draw(
        st.one_of(
            st.slices(n),
            st.lists(st.integers(-n, n - 1), max_size=8) if n else st.just([]),
            st.lists(st.booleans(), min_size=n, max_size=n).map(lambda mask: np.array(mask, dtype=bool)),
        )
    )
    expected = np.arange(n)[rows if isinstance(rows, slice) else np.asarray(rows, dtype=None if len(rows) else int)]
    cut = particles[rows]
    assert len(cut) == len(expected)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(cut, name), getattr(particles, name)[expected])
    for label, column in particles.extra.items():
        np.testing.assert_array_equal(cut.extra[label], column[expected])
    assert cut.optics_groups == particles.optics_groups


def test_nothing_in_a_set_can_be_changed():
    particles = make(3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        particles.contrast = "dark"
    for column in [getattr(particles, name) for name in COLUMNS] + list(particles.extra.values()):
        assert not column.flags.writeable


def test_the_callers_arrays_stay_writeable():
    mine = np.zeros(3, np.int64)
    make(3, optics_index=mine)
    mine[0] = 0


def test_a_set_travels_between_processes():
    particles = make(4)
    again = pickle.loads(pickle.dumps(particles))
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(again, name), getattr(particles, name))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"defocus_u_angstrom": np.zeros(4)}, r"defocus_u_angstrom has shape \(4,\), expected \(3,\)"),
        ({"euler_deg": np.zeros((3, 2))}, r"euler_deg has shape \(3, 2\), expected \(3, 3\)"),
        ({"extra": {"rlnX": np.zeros(2)}}, r"rlnX has shape \(2,\), expected \(3,\)"),
        ({"optics_index": np.array([0, 0, 1])}, "optics_index runs from 0 to 1, allowed are 0 to 0"),
        ({"stack_index": np.array([0, 0, -2])}, "stack_index runs from -2 to 0, allowed are -1 to 0"),
        ({"slice_index": np.array([0, 0, -1])}, "slice_index runs from -1"),
        ({"class_number": np.array([1.0, 2.5, 3.0])}, "class_number holds integers, not float64"),
        ({"contrast": "white"}, "contrast is"),
    ],
)
def test_what_does_not_fit_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        make(3, **fields)


@pytest.mark.parametrize("rows", [np.zeros((2, 2), int), np.array([True, False]), 1])
def test_rows_of_another_kind_are_refused(rows):
    with pytest.raises(ValueError, match=r"chosen by a slice|the mask has 2 entries for 3"):
        make(3)[rows]


def test_rows_beyond_the_end_are_refused():
    with pytest.raises(IndexError):
        make(3)[[3]]


def test_what_a_set_says_of_itself():
    particles = make(3)
    assert particles.has_poses
    assert particles.has_ctf
    assert (particles.box, particles.pixel_size_angstrom) == (4, 1.5)
    assert repr(particles) == "ParticleSet(3 particles, 1 optics groups, 1 stacks, with poses, with CTF)"
    bare = make(3, euler_deg=None, defocus_angle_deg=None)
    assert not bare.has_poses
    assert not bare.has_ctf
    assert not make(3, optics_groups=(dataclasses.replace(GROUP, voltage_kv=None),)).has_ctf


def test_mixed_and_absent_sizes_are_refused():
    larger = dataclasses.replace(GROUP, box=8, pixel_size_angstrom=0.75)
    mixed = make(2, optics_groups=(GROUP, larger), optics_index=np.array([0, 1]))
    with pytest.raises(InputError, match="differ in box size: 4, 8"):
        _ = mixed.box
    with pytest.raises(InputError, match=r"differ in pixel size: 0\.75, 1\.5"):
        _ = mixed.pixel_size_angstrom
    assert mixed[1:].box == 8
    unknown = make(2, optics_groups=(dataclasses.replace(GROUP, box=None),))
    with pytest.raises(InputError, match="opticsGroup1: the box size is not known"):
        _ = unknown.box


def test_rotations_are_those_of_the_euler_angles():
    particles = make(5)
    np.testing.assert_array_equal(particles.rotations(), relion_to_matrix(particles.euler_deg))
    with pytest.raises(InputError, match="no poses"):
        make(5, euler_deg=None).rotations()


def test_images_come_in_the_order_asked(tmp_path, rng):
    pixels = rng.standard_normal((5, 4, 4), dtype=np.float32)
    write_stack(tmp_path / "a.mrcs", [pixels], 1.5)
    particles = make(5, folders=(str(tmp_path),))
    np.testing.assert_array_equal(particles.images(), pixels)
    np.testing.assert_array_equal(particles.images([4, 0, 0]), pixels[[4, 0, 0]])
    np.testing.assert_array_equal(particles[::-1].images(slice(1, 3)), pixels[[3, 2]])
    assert particles.images([]).shape[0] == 0
    blocks = list(particles[::-1].blocks(2))
    assert [rows for rows, _ in blocks] == [slice(0, 2), slice(2, 4), slice(4, 5)]
    np.testing.assert_array_equal(np.concatenate([images for _, images in blocks]), pixels[::-1])


def test_real_particles_chosen_by_a_mask():
    particles = read_particles(needs.data("real_particles/sample_particles_relion31.star"))
    down = particles[particles.euler_deg[:, 1] > 90]
    assert 0 < len(down) < len(particles) == 17
    np.testing.assert_array_equal(down.images(), particles.images()[particles.euler_deg[:, 1] > 90])
