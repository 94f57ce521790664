"""cryoSPARC tables: units and counts converted, files joined by uid, nothing dropped in silence."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.dtypes import StringDType

import needs
from vitreous._errors import InputError
from vitreous.particles import cryosparc
from vitreous.particles.cryosparc import read_cryosparc, write_cryosparc
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.rotations import relion_to_matrix

FIELDS = {
    "uid": np.array([11, 2**64 - 1, 5], np.uint64),
    "blob/path": np.array([b">J1/a.mrc", b"J1/b.mrc", b""]),
    "blob/idx": np.array([3, 0, 7], np.uint32),
    "blob/shape": np.array([[64, 64]] * 3, np.uint32),
    "blob/psize_A": np.full(3, 1.5, np.float32),
    "blob/sign": np.full(3, -1, np.float32),
    "ctf/exp_group_id": np.array([7, 2, 7], np.uint32),
    "ctf/accel_kv": np.full(3, 300, np.float32),
    "ctf/cs_mm": np.full(3, 2.7, np.float32),
    "ctf/amp_contrast": np.full(3, 0.07, np.float32),
    "ctf/tilt_A": np.array([[0, 0], [27000, -13500], [0, 0]], np.float32),
    "ctf/df1_A": np.array([10000, 12000, 9000], np.float32),
    "ctf/df2_A": np.array([9900, 11800, 9000], np.float32),
    "ctf/df_angle_rad": np.array([0, np.pi / 4, -1], np.float32),
    "ctf/phase_shift_rad": np.array([0, np.pi / 2, 0], np.float32),
    "ctf/scale": np.array([1, 0.5, 1], np.float32),
    "alignments3D/pose": np.array([[0, 0, 0], [0, 0, np.pi / 2], [0.3, -0.2, 1]], np.float32),
    "alignments3D/shift": np.array([[0, 0], [2, -4], [1, 1]], np.float32),
    "alignments3D/psize_A": np.full(3, 3.0, np.float32),
    "alignments3D/split": np.array([0, 1, 0], np.uint32),
    "alignments3D/class": np.array([0, 2, 1], np.uint32),
    "alignments3D/class_posterior": np.array([1, 0.5, 0.25], np.float32),
    "location/micrograph_path": np.array([b"m1.mrc", "µ2.mrc".encode(), b"m1.mrc"]),
    "location/center_x_frac": np.array([0.1, 0.2, 0.3], np.float32),
}


def save(path, fields):
    table = np.zeros(len(next(iter(fields.values()))), [(n, c.dtype, c.shape[1:]) for n, c in fields.items()])
    for name, column in fields.items():
        table[name] = column
    with open(path, "wb") as file:
        np.save(file, table)
    return path


def without(*names):
    return {name: column for name, column in FIELDS.items() if name not in names}


def test_fields_and_units(tmp_path):
    particles = read_cryosparc(save(tmp_path / "x.cs", FIELDS))
    assert len(particles) == 3
    assert particles.contrast == "dark"
    assert [particles.stacks[i] if i >= 0 else None for i in particles.stack_index] == ["J1/a.mrc", "J1/b.mrc", None]
    assert particles.slice_index.tolist() == [3, 0, 7]
    np.testing.assert_allclose(particles.defocus_u_angstrom, [10000, 12000, 9000])
    np.testing.assert_allclose(particles.defocus_v_angstrom, [9900, 11800, 9000])
    np.testing.assert_allclose(particles.defocus_angle_deg, [0, 45, -57.29578], rtol=1e-6)
    np.testing.assert_allclose(particles.phase_shift_deg, [0, 90, 0], rtol=1e-6)
    # shifts are in pixels of the alignment, not of the images
    np.testing.assert_allclose(particles.shift_angstrom, [[0, 0], [6, -12], [3, 3]])
    assert particles.random_subset.tolist() == [1, 2, 1]
    assert particles.class_number.tolist() == [1, 3, 2]
    assert particles.micrograph.tolist() == ["m1.mrc", "µ2.mrc", "m1.mrc"]
    assert particles.pixel_size_angstrom == 1.5
    assert particles.box == 64
    assert set(particles.extra) == {
        *("uid", "ctf/exp_group_id", "rlnCtfScalefactor"),
        *("alignments3D/class_posterior", "location/center_x_frac"),
    }


def test_poses_are_the_inverse_rotation_of_the_vector(tmp_path):
    """A vector of π/2 along z takes x to −y: the reference into the observed frame is the inverse rotation."""
    R = relion_to_matrix(read_cryosparc(save(tmp_path / "x.cs", FIELDS)).euler_deg)
    np.testing.assert_allclose(R[0], np.eye(3), atol=1e-7)
    np.testing.assert_allclose(R[1] @ [1, 0, 0], [0, -1, 0], atol=1e-7)


def test_optics_groups_are_the_exposure_groups(tmp_path):
    particles = read_cryosparc(save(tmp_path / "x.cs", FIELDS))
    assert particles.optics_index.tolist() == [1, 0, 1]
    assert particles.optics_groups[1] == OpticsGroup("opticsGroup2", 300.0, 2.7, 0.07, 1.5, 64)
    # Cs sin(tilt) = tilt_A: 2.7 mm × 1 mrad = 27000 Å
    np.testing.assert_allclose(particles.optics_groups[0].beam_tilt_mrad, (1.0, -0.5), rtol=1e-5)


def test_a_group_differs_by_any_of_its_values(tmp_path):
    voltage = np.array([300, 300, 200], np.float32)
    particles = read_cryosparc(save(tmp_path / "x.cs", {**FIELDS, "ctf/accel_kv": voltage}))
    assert [g.voltage_kv for g in particles.optics_groups] == [300, 200, 300] or len(particles.optics_groups) == 3
    assert [particles.optics_groups[i].voltage_kv for i in particles.optics_index] == [300, 300, 200]


def test_what_is_nan_is_not_known_and_makes_one_group(tmp_path):
    nan = np.full(3, np.nan, np.float32)
    particles = read_cryosparc(save(tmp_path / "x.cs", {**without("ctf/tilt_A", "ctf/exp_group_id"), "ctf/cs_mm": nan}))
    assert [group.spherical_aberration_mm for group in particles.optics_groups] == [None]


def test_nan_and_infinities_are_read_without_a_warning(tmp_path):
    for value in (np.nan, np.inf, -np.inf):
        fields = {name: np.full_like(c, value) if c.dtype.kind == "f" else c for name, c in FIELDS.items()}
        particles = read_cryosparc(save(tmp_path / "x.cs", {**fields, "blob/sign": FIELDS["blob/sign"]}))
        assert np.isnan(particles.euler_deg).any()
        assert not np.isfinite(particles.defocus_u_angstrom).any()


def test_passthrough_files_are_joined_by_uid(tmp_path):
    names = [name for name in FIELDS if name.startswith(("blob", "location"))]
    main = save(tmp_path / "x.cs", without(*names))
    order = [2, 0, 1]
    other = {name: FIELDS[name][order] for name in ["uid", *names]}
    # one more particle, and a field that the first file has: it counts
    other = {name: np.concatenate([column, column[:1]]) for name, column in other.items()}
    other["uid"][3] = 99
    other["ctf/df1_A"] = np.zeros(4, np.float32)
    joined = read_cryosparc(main, [save(tmp_path / "passthrough.cs", other)])
    whole = read_cryosparc(save(tmp_path / "whole.cs", FIELDS))
    assert joined.micrograph.tolist() == whole.micrograph.tolist()
    assert joined.stacks == whole.stacks
    for name in ("stack_index", "slice_index", "defocus_u_angstrom", "shift_angstrom"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


@pytest.mark.parametrize(
    ("uids", "words"),
    [
        (
            [11, 5, 6],
            r"passthrough\.cs: field uid: 1 particles of .*x\.cs are absent, the first has uid 18446744073709551615",
        ),
        ([11, 11, 5], r"passthrough\.cs: field uid: uid 11 stands twice"),
        ([], "3 particles of"),
    ],
)
def test_a_passthrough_file_of_other_particles_is_refused(uids, words, tmp_path):
    main = save(tmp_path / "x.cs", without("blob/path"))
    other = {"uid": np.array(uids, np.uint64), "blob/path": np.full(len(uids), b"a.mrc")}
    with pytest.raises(InputError, match=words):
        read_cryosparc(main, [save(tmp_path / "passthrough.cs", other)])


def test_files_without_uid_cannot_be_joined(tmp_path):
    main = save(tmp_path / "x.cs", without("uid"))
    with pytest.raises(InputError, match=r"x\.cs: there is no field uid"):
        read_cryosparc(main, [save(tmp_path / "y.cs", FIELDS)])


def test_a_file_may_lack_most_fields(tmp_path):
    particles = read_cryosparc(save(tmp_path / "x.cs", {"uid": np.arange(2, dtype=np.uint64)}))
    assert (particles.has_poses, particles.has_ctf, particles.stacks, particles.contrast) == (False, False, (), "dark")
    assert particles.stack_index.tolist() == [-1, -1]
    assert particles.optics_groups == (OpticsGroup("opticsGroup1", None, None, None, None, None),)
    assert len(read_cryosparc(save(tmp_path / "x.cs", {name: c[:0] for name, c in FIELDS.items()}))) == 0


def test_what_a_person_knows_counts(tmp_path):
    path = save(tmp_path / "x.cs", without("alignments3D/psize_A", "blob/psize_A"))
    with pytest.raises(InputError, match="no pixel size"):
        read_cryosparc(path)
    particles = read_cryosparc(path, pixel_size_angstrom=2.0, voltage_kv=200.0)
    np.testing.assert_allclose(particles.shift_angstrom[1], [4, -8])
    assert {group.voltage_kv for group in particles.optics_groups} == {200.0}


BROKEN = {
    "not square": (
        {"blob/shape": np.array([[64, 64], [64, 32], [64, 64]], np.uint32)},
        "row 2, field blob/shape: .*32 × 64",
    ),
    "both signs": ({"blob/sign": np.array([1, -1, 1], np.float32)}, "field blob/sign: .*-1.0, 1.0"),
    "no sign": ({"blob/sign": np.zeros(3, np.float32)}, "field blob/sign"),
    "flat pose": ({"alignments3D/pose": np.zeros(3, np.float32)}, "field alignments3D/pose"),
    "integer pose": ({"alignments3D/pose": np.zeros((3, 3), np.int32)}, "field alignments3D/pose"),
    "path of numbers": ({"blob/path": np.zeros(3)}, "field blob/path"),
    "path in Unicode": ({"blob/path": np.array(["a", "b", "c"])}, "field blob/path"),
    "a date": ({"x/y": np.array(["2020-01-01"] * 3, "datetime64[D]")}, "field x/y: .*neither numbers nor text"),
    "a record": ({"x/y": np.zeros(3, [("a", "f4")])}, "field x/y"),
    "negative place": ({"blob/idx": np.array([0, -1, 0], np.int32)}, "row 2, field blob/idx"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_fields_of_another_kind_are_named(name, tmp_path):
    fields, words = BROKEN[name]
    with pytest.raises(InputError, match=rf"x\.cs: {words}"):
        read_cryosparc(save(tmp_path / "x.cs", {**FIELDS, **fields}))


def test_a_table_of_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match="no field of a particle among a, b"):
        read_cryosparc(save(tmp_path / "x.cs", {"a": np.zeros(2), "b": np.zeros(2)}))


def test_a_real_file_is_written_as_it_was_read(tmp_path):
    """Each field of the real file comes back, bit for bit; poses as rotations."""
    path = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    assert write_cryosparc(tmp_path / "x.cs", read_cryosparc(path)) == []
    first, second = np.load(path), np.load(tmp_path / "x.cs")
    assert set(first.dtype.names) == set(second.dtype.names)
    for name in first.dtype.names:
        if name == "alignments3D/pose":
            before, after = (relion_to_matrix(read_cryosparc(p).euler_deg) for p in (path, tmp_path / "x.cs"))
            np.testing.assert_allclose(after, before, atol=1e-6)
        else:
            np.testing.assert_array_equal(first[name], second[name])


def rotation_angle(left, right):
    """The angle in radians between the rotations of two sets of Euler angles."""
    error = relion_to_matrix(left) @ np.swapaxes(relion_to_matrix(right), -1, -2) - np.eye(3)
    return np.linalg.norm(error, axis=(-2, -1)) / np.sqrt(2)


GROUPS = st.fixed_dictionaries(
    {
        "voltage_kv": st.sampled_from([200.0, 300.0]),
        "spherical_aberration_mm": st.sampled_from([0.01, 2.7]),
        "amplitude_contrast": st.sampled_from([0.07, 0.1]),
        "pixel_size_angstrom": st.floats(0.5, 8),
        "box": st.integers(1, 1024),
        "beam_tilt_mrad": st.sampled_from([(0.0, 0.0), (0.3, -1.2)]),
    }
)
ROW_FIELDS = {
    "defocus_u_angstrom": lambda rng, n: rng.uniform(-1e3, 5e4, n),
    "defocus_v_angstrom": lambda rng, n: rng.uniform(-1e3, 5e4, n),
    "defocus_angle_deg": lambda rng, n: rng.uniform(-180, 180, n),
    "phase_shift_deg": lambda rng, n: rng.uniform(0, 180, n),
    "euler_deg": lambda rng, n: rng.uniform([-180, 0, -180], 180, (n, 3)),
    "shift_angstrom": lambda rng, n: rng.normal(scale=20, size=(n, 2)),
    "random_subset": lambda rng, n: rng.integers(1, 3, n),
    "class_number": lambda rng, n: rng.integers(1, 9, n),
    "micrograph": lambda rng, n: np.array([f"m{i} é" for i in range(n)], dtype=StringDType()),
}


def make_set(rng, n, groups, names, contrast):
    """A set as a STAR file gives it."""
    return ParticleSet(
        optics_groups=tuple(OpticsGroup(name=f"opticsGroup{i}", **group) for i, group in enumerate(groups, 1)),
        optics_index=rng.integers(0, len(groups), n),
        stacks=("a.mrcs", "folder/b µ.mrcs"),
        stack_index=rng.integers(0, 2, n),
        slice_index=rng.integers(0, 1000, n),
        **{name: ROW_FIELDS[name](rng, n) for name in names},
        contrast=contrast,
        extra={"rlnCtfScalefactor": rng.uniform(0.5, 1, n)},
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    n=st.integers(1, 6),
    groups=st.lists(GROUPS, min_size=1, max_size=3),
    names=st.sets(st.sampled_from(sorted(ROW_FIELDS))),
    contrast=st.sampled_from(["dark", "inverted"]),
)
def test_the_physics_of_any_set_comes_back(seed, n, groups, names, contrast, tmp_path_factory):
    """float32 holds numbers to 6e-8 of their size, so defocus to 0.005 Å; rotations come back to 1e-6 rad."""
    particles = make_set(np.random.default_rng(seed), n, groups, names, contrast)
    path = tmp_path_factory.getbasetemp() / "any.cs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cryosparc, "atomic_write", contextlib.nullcontext)
        assert write_cryosparc(path, particles) == []
    back = read_cryosparc(path)
    assert back.contrast == particles.contrast
    for name in ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "phase_shift_deg", "shift_angstrom"):
        before, after = getattr(particles, name), getattr(back, name)
        assert (before is None) == (after is None)
        if before is not None:
            np.testing.assert_allclose(after, before, rtol=2e-7, atol=1e-5)
    for name in ("random_subset", "class_number", "slice_index", "micrograph"):
        np.testing.assert_array_equal(getattr(back, name), getattr(particles, name))
    assert [back.stacks[i] for i in back.stack_index] == [particles.stacks[i] for i in particles.stack_index]
    assert (back.euler_deg is None) == (particles.euler_deg is None)
    if particles.euler_deg is not None:
        assert rotation_angle(back.euler_deg, particles.euler_deg).max() < 1e-6
    for i, j in zip(particles.optics_index, back.optics_index, strict=True):
        before, after = particles.optics_groups[i], back.optics_groups[j]
        assert after == replace(
            before, name=after.name, pixel_size_angstrom=after.pixel_size_angstrom, beam_tilt_mrad=after.beam_tilt_mrad
        )
        assert after.pixel_size_angstrom == pytest.approx(before.pixel_size_angstrom, rel=1e-7)
        assert after.beam_tilt_mrad == pytest.approx(before.beam_tilt_mrad, rel=1e-6)


def test_what_the_file_cannot_hold_is_named(tmp_path):
    group = OpticsGroup(
        *("special", 300.0, None, 0.1, None, 64),
        beam_tilt_mrad=(1.0, 0.0),
        odd_zernike=(1.0,),
        even_zernike=(1.0,),
        magnification_matrix=((1.01, 0), (0, 1)),
        extra={"rlnMtfFileName": "mtf.star"},
    )
    particles = ParticleSet(
        *((group,), np.zeros(2, int), ("a.mrcs",), np.zeros(2, int), np.arange(2)),
        shift_angstrom=np.ones((2, 2)),
        random_subset=np.array([0, 1]),
        class_number=np.array([1, 0]),
        extra={"rlnCoordinateX": np.zeros(2), "uid": np.array(["x", "y"], dtype=StringDType())},
    )
    lacking = write_cryosparc(tmp_path / "x.cs", particles)
    for words in (
        *(
            "beam tilt",
            "odd Zernike",
            "even Zernike",
            "magnification",
            "names of the optics",
            "rlnMtfFileName of the optics",
        ),
        *("shifts", "random_subset: the values run from 0", "class_number", "rlnCoordinateX", "uid"),
    ):
        assert sum(line.startswith(words) for line in lacking) == 1, words
    assert len(lacking) == 11
    back = read_cryosparc(tmp_path / "x.cs")
    assert (back.shift_angstrom, back.random_subset, back.class_number) == (None, None, None)


def test_uids_come_back_from_text(tmp_path):
    """A STAR file holds numbers of 64 bits as text."""
    uids = np.array(["18446744073709551615", "11", "5"], dtype=StringDType())
    particles = read_cryosparc(save(tmp_path / "x.cs", FIELDS))
    assert write_cryosparc(tmp_path / "y.cs", replace(particles, extra={"uid": uids})) == []
    assert np.load(tmp_path / "y.cs")["uid"].tolist() == [2**64 - 1, 11, 5]


def test_mutations_are_read_or_refused(rng, tmp_path):
    source = save(tmp_path / "x.cs", FIELDS).read_bytes()
    for i in range(300):
        data = bytearray(source)
        # half of the changes hit the header
        place = int(rng.integers(len(data) if i % 2 else len(data) // 2))
        match rng.integers(3):
            case 0:
                data[place] = rng.integers(256)
            case 1:
                del data[place:]
            case _:
                del data[place : place + int(rng.integers(1, 30))]
        (tmp_path / "y.cs").write_bytes(data)
        with contextlib.suppress(InputError):
            read_cryosparc(tmp_path / "y.cs")
