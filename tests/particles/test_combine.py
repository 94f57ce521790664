"""Sets split into halves and joined again hold the same particles; what only some sets have is named."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous._errors import InputError
from vitreous.particles import OpticsGroup, ParticleSet, concatenate, split_halves, write_stack

TEXT = np.dtypes.StringDType()
ONE = OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 4)
TWO = OpticsGroup("opticsGroup1", 200.0, 2.7, 0.1, 1.5, 4)


def make(n: int, group: OpticsGroup = ONE, stack: str = "a.mrcs", **fields) -> ParticleSet:
    values = {
        "optics_groups": (group,),
        "optics_index": np.zeros(n, np.int64),
        "stacks": (stack,),
        "stack_index": np.zeros(n, np.int64),
        "slice_index": np.arange(n),
        "euler_deg": np.arange(3.0 * n).reshape(n, 3),
        "extra": {"rlnGroupNumber": np.arange(n)},
    }
    return ParticleSet(**{**values, **fields})


def test_halves_follow_the_file():
    first, second = split_halves(make(5, random_subset=np.array([2, 1, 1, 2, 1])))
    assert first.slice_index.tolist() == [1, 2, 4]
    assert second.slice_index.tolist() == [0, 3]


@given(n=st.integers(0, 30), seed=st.integers(0, 5))
def test_halves_without_a_column_are_equal_seeded_and_complete(n, seed):
    first, second = split_halves(make(n), seed)
    assert len(first) - len(second) in (0, 1)
    assert sorted([*first.slice_index, *second.slice_index]) == list(range(n))
    again, _ = split_halves(make(n), seed)
    np.testing.assert_array_equal(first.slice_index, again.slice_index)
    assert (first.random_subset == 1).all()
    assert (second.random_subset == 2).all()


def test_another_seed_is_another_split():
    assert split_halves(make(50), 1)[0].slice_index.tolist() != split_halves(make(50), 2)[0].slice_index.tolist()


def test_a_subset_beyond_two_is_refused():
    with pytest.raises(InputError, match="particle 2: the random subset is 0, expected 1 or 2"):
        split_halves(make(2, random_subset=np.array([1, 0])))


@given(cut=st.integers(0, 7))
def test_a_set_cut_and_joined_is_the_set(cut):
    particles = make(7)
    joined, left_out = concatenate([particles[:cut], particles[cut:]])
    assert left_out == []
    assert joined.optics_groups == particles.optics_groups
    assert joined.stacks == particles.stacks
    for name in ("optics_index", "stack_index", "slice_index", "euler_deg"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(particles, name))
    np.testing.assert_array_equal(joined.extra["rlnGroupNumber"], particles.extra["rlnGroupNumber"])


def test_groups_that_differ_keep_apart_under_names_of_their_own():
    joined, _ = concatenate([make(2), make(3, TWO, "b.mrcs"), make(1)])
    assert [group.name for group in joined.optics_groups] == ["opticsGroup1", "opticsGroup1_2"]
    assert [joined.optics_groups[i].voltage_kv for i in joined.optics_index] == [300, 300, 200, 200, 200, 300]
    assert [joined.stacks[i] for i in joined.stack_index] == ["a.mrcs"] * 2 + ["b.mrcs"] * 3 + ["a.mrcs"]


def test_particles_without_images_stay_so():
    joined, _ = concatenate([make(1, stack="b.mrcs"), make(2, stack_index=np.array([-1, 0]))])
    assert joined.stack_index.tolist() == [0, -1, 1]


def test_what_only_some_sets_have_is_left_out_and_named():
    other = make(2, euler_deg=None, extra={"rlnGroupNumber": np.arange(2), "rlnBeamTiltClass": np.arange(2)})
    joined, left_out = concatenate([make(2), other])
    assert left_out == ["euler_deg", "rlnBeamTiltClass"]
    assert joined.euler_deg is None
    assert list(joined.extra) == ["rlnGroupNumber"]


def test_numbers_beside_text_become_text():
    texts = make(2, extra={"rlnGroupNumber": np.array(["a", "b"], dtype=TEXT)})
    joined, _ = concatenate([make(2), texts])
    assert joined.extra["rlnGroupNumber"].tolist() == ["0", "1", "a", "b"]


def test_equal_names_in_two_folders_stay_two_files(tmp_path):
    sets = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_stack(tmp_path / name / "a.mrcs", [np.full((2, 4, 4), len(sets), np.float32)], 1.0)
        sets.append(make(2, folders=(str(tmp_path / name),)))
    joined, _ = concatenate(sets)
    assert joined.stacks == (str(tmp_path / "one" / "a.mrcs"), str(tmp_path / "two" / "a.mrcs"))
    assert joined.images()[:, 0, 0].tolist() == [0, 0, 1, 1]


def test_sets_of_opposite_contrast_are_refused():
    with pytest.raises(InputError, match="contrast"):
        concatenate([make(1), replace(make(1), contrast="dark")])
    with pytest.raises(InputError, match="no particle sets"):
        concatenate([])
