"""cryoDRGN's inputs: fractions of the box become Å and back, and tables of other particles are refused."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import needs
from vitreous._errors import InputError
from vitreous.particles.cryodrgn import read_cryodrgn, write_cryodrgn
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.relion import read_relion
from vitreous.particles.stack import write_stack
from vitreous.rotations import relion_to_matrix

CTF_ROW = [64, 1.5, 12000, 11000, 30, 300, 2.7, 0.1, 0]


def rotations(n):
    rng = np.random.default_rng(n)
    return np.asarray(relion_to_matrix(rng.uniform([-180, 0, -180], 180, (n, 3))))


def dump(path, value):
    path.write_bytes(pickle.dumps(value))
    return path


@pytest.fixture
def stacks(tmp_path):
    """Three images in two stacks, and the file that lists these."""
    (tmp_path / "sub").mkdir()
    write_stack(tmp_path / "a.mrcs", [np.ones((2, 8, 8), np.float32)], 2.0)
    write_stack(tmp_path / "sub" / "b.mrcs", [np.zeros((1, 8, 8), np.float32)], 2.0)
    (tmp_path / "list.txt").write_text("a.mrcs\n\nsub/b.mrcs\n")
    return tmp_path


def test_translations_are_fractions_of_the_box(tmp_path):
    """t · box · pixel size = shift in Å, with RELION's sign."""
    R, t = rotations(2), np.array([[0.125, 0], [-0.25, 0.0625]])
    particles = read_cryodrgn(None, dump(tmp_path / "p.pkl", (R, t)), dump(tmp_path / "c.pkl", np.array([CTF_ROW] * 2)))
    np.testing.assert_allclose(particles.shift_angstrom, t * 64 * 1.5)
    np.testing.assert_allclose(relion_to_matrix(particles.euler_deg), R, atol=1e-12)
    assert particles.optics_groups == (OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 64),)
    assert particles.stack_index.tolist() == [-1, -1]
    for name, column in (("defocus_u_angstrom", 2), ("defocus_v_angstrom", 3), ("defocus_angle_deg", 4)):
        assert getattr(particles, name).tolist() == [CTF_ROW[column]] * 2


@pytest.mark.parametrize("wrap", [lambda R: R, lambda R: (R,), lambda R: [R.astype(np.float32)]])
def test_rotations_may_come_alone(wrap, tmp_path):
    particles = read_cryodrgn(None, dump(tmp_path / "p.pkl", wrap(rotations(3))))
    assert particles.has_poses
    assert particles.shift_angstrom is None


def test_images_come_from_a_stack_or_a_list_of_stacks(stacks):
    one = read_cryodrgn(stacks / "a.mrcs")
    assert (len(one), one.box, one.pixel_size_angstrom) == (2, 8, 2.0)
    listed = read_cryodrgn(stacks / "list.txt", dump(stacks / "p.pkl", (rotations(3), np.full((3, 2), 0.5))))
    np.testing.assert_allclose(listed.shift_angstrom, np.full((3, 2), 8.0))
    assert listed.stack_index.tolist() == [0, 0, 1]
    assert listed.slice_index.tolist() == [0, 1, 0]
    assert listed.images(np.arange(3)).mean(axis=(1, 2)).tolist() == [1, 1, 0]


def test_the_poses_of_the_pickle_take_the_place_of_those_of_the_star_file(tmp_path):
    path = needs.data("real_particles/relion31.star")
    R, t = rotations(5), np.full((5, 2), 0.01)
    particles = read_cryodrgn(path, dump(tmp_path / "p.pkl", (R, t)))
    star = read_relion(path)
    np.testing.assert_allclose(relion_to_matrix(particles.euler_deg), R, atol=1e-12)
    np.testing.assert_allclose(particles.shift_angstrom, t * star.box * star.pixel_size_angstrom)
    np.testing.assert_array_equal(particles.defocus_u_angstrom, star.defocus_u_angstrom)
    assert particles.stacks == star.stacks


def test_a_ctf_table_of_two_microscopes_makes_two_groups(tmp_path):
    table = np.array([CTF_ROW, [64, 1.5, 9000, 9000, 0, 200, 2.7, 0.1, 90], CTF_ROW], np.float32)
    particles = read_cryodrgn(None, None, dump(tmp_path / "c.pkl", table), amplitude_contrast=0.07)
    assert [particles.optics_groups[i].voltage_kv for i in particles.optics_index] == [300, 200, 300]
    assert particles.phase_shift_deg.tolist() == [0, 90, 0]
    assert {group.amplitude_contrast for group in particles.optics_groups} == {0.07}


def scaled(R):
    R = R.copy()
    R[1] *= 1.1
    return R


R3, T3 = rotations(3), np.zeros((3, 2))
BROKEN = {
    "wrong shape": ({"poses": np.zeros((3, 4))}, r"p\.pkl: found \[\(3, 4\)\], expected rotations"),
    "not an array": ({"poses": {"a": 1}}, r"p\.pkl: found \[None\]"),
    "nothing": ({"poses": ()}, r"p\.pkl: found \[\]"),
    "three arrays": ({"poses": (R3, T3, T3)}, r"p\.pkl: found"),
    "a number": ({"poses": np.array(1.0)}, r"p\.pkl: found \[\(\)\]"),
    "other length": ({"poses": (R3, np.zeros((2, 2)))}, r"p\.pkl: found"),
    "not a rotation": ({"poses": scaled(R3)}, r"p\.pkl: row 2: the matrix is not a rotation"),
    "a reflection": ({"poses": -R3}, r"p\.pkl: row 1: the matrix is not a rotation"),
    "NaN": ({"poses": R3 * np.nan}, r"p\.pkl: row 1: the matrix is not a rotation"),
    "pixels": ({"poses": (R3, T3 + 7)}, r"p\.pkl: row 1: .*divide translations in pixels by the box"),
    "no pixel size": ({"poses": (R3, T3)}, r"p\.pkl: translations are fractions of the box.*give the CTF table"),
    "eight columns": (
        {"ctf": np.array([CTF_ROW[1:]])},
        r"c\.pkl: found an array \(1, 8\), expected a table \(n, 9\): box",
    ),
    "a list": ({"ctf": [CTF_ROW]}, r"c\.pkl: found list"),
    "zero pixel size": ({"ctf": np.array([CTF_ROW, [64, 0, *CTF_ROW[2:]]])}, r"c\.pkl: row 2: Å/pixel is 0"),
    "half a pixel": ({"ctf": np.array([[64.5, *CTF_ROW[1:]]])}, r"c\.pkl: row 1: box is 64.5"),
    "other particles": (
        {"poses": R3, "ctf": np.array([CTF_ROW] * 4)},
        r"c\.pkl: 4 rows, but 3 rows in .*p\.pkl; choose files of the same particles",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_tables_of_another_kind_are_named(name, tmp_path):
    values, words = BROKEN[name]
    paths = {key: dump(tmp_path / f"{key[0]}.pkl", value) for key, value in values.items()}
    with pytest.raises(InputError, match=words):
        read_cryodrgn(None, **paths)


def test_tables_and_images_must_be_as_many(stacks):
    with pytest.raises(InputError, match=r"p\.pkl: 2 rows, but 3 images in .*list\.txt"):
        read_cryodrgn(stacks / "list.txt", dump(stacks / "p.pkl", rotations(2)))


@pytest.mark.parametrize(
    ("text", "words"), [("", "lists no stacks"), ("absent.mrcs\n", "absent.mrcs"), ("a\0b\n", "lists no")]
)
def test_a_list_of_nothing_is_refused(text, words, stacks):
    (stacks / "list.txt").write_text(text)
    with pytest.raises(InputError, match=words):
        read_cryodrgn(stacks / "list.txt")


def test_stacks_of_two_boxes_are_refused(stacks):
    write_stack(stacks / "a.mrcs", [np.ones((2, 6, 6), np.float32)], 2.0)
    with pytest.raises(InputError, match=r"list\.txt: the stacks differ in box"):
        read_cryodrgn(stacks / "list.txt")


def test_something_must_be_named():
    with pytest.raises(InputError, match="name one of them"):
        read_cryodrgn()


def test_what_is_written_reads_back(rng, tmp_path):
    """float32: fractions to 6e-8 of the box, rotations to 1e-6, CTF values to 6e-8 of their size."""
    groups = (
        OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 64),
        OpticsGroup("opticsGroup2", 200.0, 2.7, 0.07, 3.0, 32),
    )
    n = 20
    particles = ParticleSet(
        *(groups, rng.integers(0, 2, n), (), np.full(n, -1), np.zeros(n, int)),
        euler_deg=rng.uniform([-180, 0, -180], 180, (n, 3)),
        shift_angstrom=rng.normal(scale=5, size=(n, 2)),
        defocus_u_angstrom=rng.uniform(5e3, 3e4, n),
        defocus_v_angstrom=rng.uniform(5e3, 3e4, n),
        defocus_angle_deg=rng.uniform(-90, 90, n),
        phase_shift_deg=rng.uniform(0, 90, n),
    )
    assert len(write_cryodrgn(tmp_path / "out", particles)) == 1
    back = read_cryodrgn(None, tmp_path / "out" / "poses.pkl", tmp_path / "out" / "ctf.pkl")
    np.testing.assert_allclose(relion_to_matrix(back.euler_deg), relion_to_matrix(particles.euler_deg), atol=1e-6)
    np.testing.assert_allclose(back.shift_angstrom, particles.shift_angstrom, atol=1e-5)
    for name in ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "phase_shift_deg"):
        np.testing.assert_allclose(getattr(back, name), getattr(particles, name), rtol=1e-7)
    for i, j in zip(particles.optics_index, back.optics_index, strict=True):
        assert replace(back.optics_groups[j], name="") == replace(groups[i], name="")


def test_what_cannot_be_written_is_named(tmp_path):
    group = OpticsGroup("opticsGroup1", 300.0, None, 0.1, None, 64, extra={"rlnMtfFileName": "m"})
    particles = ParticleSet(
        *((group,), np.zeros(2, int), ("a.mrcs",), np.zeros(2, int), np.arange(2)),
        shift_angstrom=np.ones((2, 2)),
        defocus_u_angstrom=np.ones(2),
        random_subset=np.ones(2, int),
        contrast="dark",
        extra={"rlnCoordinateX": np.ones(2)},
    )
    lacking = write_cryodrgn(tmp_path / "out", particles)
    expected = (
        "images",
        "shifts",
        "CTF",
        "half sets",
        "contrast",
        "rlnMtfFileName of the optics groups",
        "rlnCoordinateX",
    )
    for words in expected:
        assert sum(line.startswith(words) for line in lacking) == 1, words
    assert len(lacking) == len(expected)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_large_table_is_read_whole():
    paths = [needs.data(f"empiar_10076/{name}_10076.pkl") for name in ("poses", "ctf")]
    particles = read_cryodrgn(None, *paths)
    R, t = pickle.loads(paths[0].read_bytes())
    assert len(particles) == len(R) == 131_899
    np.testing.assert_allclose(relion_to_matrix(particles.euler_deg), R, atol=2e-6)
    np.testing.assert_allclose(particles.shift_angstrom, t * 256 * 1.6375, atol=1e-5)
    assert particles.has_ctf
    assert particles.optics_groups == (OpticsGroup("opticsGroup1", 300.0, 2.7, 0.07, 1.6375, 256),)
