"""RELION's files hold what stands in their text, round-trip between layouts, and are refused with row and column."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import needs
from vitreous._errors import InputError
from vitreous.particles import OpticsGroup, ParticleSet, open_stack, read_relion, write_relion, write_stack
from vitreous.particles.pickled import load_arrays

TEXT = np.dtypes.StringDType()


def tables_by_splitting(path: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of a STAR file without quotes, by nothing but splitting lines: rows of label → field."""
    tables: dict[str, list[dict[str, str]]] = {}
    labels: list[str] = []
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#") or words[0] == "loop_":
            continue
        if words[0].startswith("data_"):
            labels = []
            rows = tables[words[0].removeprefix("data_")] = []
        elif words[0].startswith("_"):
            labels.append(words[0].removeprefix("_"))
        else:
            rows.append(dict(zip(labels, words, strict=True)))
    return tables


def numbers(rows: list[dict[str, str]], label: str) -> list[float]:
    return [float(row[label]) for row in rows]


def check_rows(particles: ParticleSet, rows: list[dict[str, str]], pixel_sizes: list[float]) -> None:
    """Every field and extra column of a set against the fields of the text."""
    assert len(particles) == len(rows)
    fields = {
        "rlnDefocusU": particles.defocus_u_angstrom,
        "rlnDefocusV": particles.defocus_v_angstrom,
        "rlnDefocusAngle": particles.defocus_angle_deg,
        "rlnPhaseShift": particles.phase_shift_deg,
        "rlnAngleRot": particles.euler_deg[:, 0],
        "rlnAngleTilt": particles.euler_deg[:, 1],
        "rlnAnglePsi": particles.euler_deg[:, 2],
        "rlnRandomSubset": particles.random_subset,
        "rlnClassNumber": particles.class_number,
    }
    held = rows[0].keys()
    for label, column in fields.items():
        if label in held:
            np.testing.assert_array_equal(column, numbers(rows, label), err_msg=label)
        else:
            assert column is None
    if "rlnOriginXAngst" in held:
        np.testing.assert_array_equal(particles.shift_angstrom[:, 0], numbers(rows, "rlnOriginXAngst"))
        np.testing.assert_array_equal(particles.shift_angstrom[:, 1], numbers(rows, "rlnOriginYAngst"))
    else:
        np.testing.assert_allclose(
            particles.shift_angstrom[:, 0], np.multiply(numbers(rows, "rlnOriginX"), pixel_sizes)
        )
        np.testing.assert_allclose(
            particles.shift_angstrom[:, 1], np.multiply(numbers(rows, "rlnOriginY"), pixel_sizes)
        )
    named = [
        f"{s + 1}@{particles.stacks[i]}" for s, i in zip(particles.slice_index, particles.stack_index, strict=True)
    ]
    assert named == [row["rlnImageName"].lstrip("0") for row in rows]
    assert particles.micrograph.tolist() == [row["rlnMicrographName"] for row in rows]
    own = {*fields, "rlnImageName", "rlnMicrographName", "rlnOpticsGroup"} | {
        f"rlnOrigin{axis}{unit}" for axis in "XY" for unit in ("", "Angst")
    }
    optics = {
        "rlnVoltage",
        "rlnSphericalAberration",
        "rlnAmplitudeContrast",
        "rlnMagnification",
        "rlnDetectorPixelSize",
    }
    assert list(particles.extra) == [label for label in held if label not in own | optics]
    for label, column in particles.extra.items():
        texts = [row[label] for row in rows]
        if column.dtype.kind == "T":
            assert column.tolist() == texts
        else:
            np.testing.assert_array_equal(column, [float(text) for text in texts], err_msg=label)


@pytest.mark.parametrize(
    "name",
    [
        "metadata/relion31.6opticsgroups.star",
        "real_particles/relion31.star",
        "real_particles/relion31.v2.star",
        "real_particles/sample_particles_relion31.star",
    ],
)
def test_files_of_3_1_hold_what_stands_in_their_text(name):
    path = needs.data(name)
    tables = tables_by_splitting(path)
    particles = read_relion(path)
    optics = {row["rlnOpticsGroup"]: row for row in tables["optics"]}
    own = [optics[row["rlnOpticsGroup"]] for row in tables["particles"]]
    check_rows(particles, tables["particles"], numbers(own, "rlnImagePixelSize"))
    assert len(particles.optics_groups) == len(optics)
    for i, row in zip(particles.optics_index, own, strict=True):
        check_group(particles.optics_groups[i], row)


def check_group(group: OpticsGroup, row: dict[str, str]) -> None:
    assert group.name == row["rlnOpticsGroupName"]
    assert group.voltage_kv == float(row["rlnVoltage"])
    assert group.spherical_aberration_mm == float(row["rlnSphericalAberration"])
    assert group.amplitude_contrast == float(row["rlnAmplitudeContrast"])
    assert group.pixel_size_angstrom == float(row["rlnImagePixelSize"])
    assert group.box == int(row.get("rlnImageSize", 200))
    if "rlnBeamTiltX" in row:
        assert group.beam_tilt_mrad == (float(row["rlnBeamTiltX"]), float(row["rlnBeamTiltY"]))
        for vector, label in ((group.odd_zernike, "rlnOddZernike"), (group.even_zernike, "rlnEvenZernike")):
            assert vector == tuple(float(part) for part in row[label].strip("[]").split(","))
        matrix = [float(row[f"rlnMagMat{entry}"]) for entry in ("00", "01", "10", "11")]
        assert [*group.magnification_matrix[0], *group.magnification_matrix[1]] == matrix
        assert group.extra["rlnMicrographPixelSize"] == float(row["rlnMicrographPixelSize"])
    else:
        assert group.beam_tilt_mrad == (0, 0)
        assert group.odd_zernike == group.even_zernike == ()


@pytest.mark.parametrize("name", ["sample_particles_relion30.star", "sample_relion_symmetry_group_D4.star"])
def test_files_of_3_0_hold_what_stands_in_their_text(name):
    path = needs.data(f"real_particles/{name}")
    (rows,) = tables_by_splitting(path).values()
    particles = read_relion(path)
    sizes = [1e4 * float(row["rlnDetectorPixelSize"]) / float(row["rlnMagnification"]) for row in rows]
    check_rows(particles, rows, sizes)
    for i, row, size in zip(particles.optics_index, rows, sizes, strict=True):
        group = particles.optics_groups[i]
        assert group.voltage_kv == float(row["rlnVoltage"])
        assert group.spherical_aberration_mm == float(row["rlnSphericalAberration"])
        assert group.amplitude_contrast == float(row["rlnAmplitudeContrast"])
        assert group.pixel_size_angstrom == pytest.approx(size, rel=1e-15)
        assert group.pixel_size_angstrom == pytest.approx(1.338, abs=1e-6)
        assert group.box == 200
    assert len(particles.optics_groups) == len({row["rlnVoltage"] for row in rows})


def test_a_symmetry_column_is_kept():
    particles = read_relion(needs.data("real_particles/sample_relion_symmetry_group_D4.star"))
    assert set(particles.extra["rlnSymmetryGroup"].tolist()) == {"D4"}


def test_the_optics_table_may_stand_before_or_behind():
    before = read_relion(needs.data("real_particles/relion31.star"))
    behind = read_relion(needs.data("real_particles/relion31.v2.star"))
    assert before.optics_groups == behind.optics_groups
    np.testing.assert_array_equal(before.euler_deg, behind.euler_deg)
    np.testing.assert_array_equal(before.images(), behind.images())


def test_a_star_file_of_other_things_is_refused():
    with pytest.raises(InputError, match=r"sample\.star: "):
        read_relion(needs.data("real_particles/sample.star"))


def test_real_images_are_found_beside_their_star_file():
    particles = read_relion(needs.data("real_particles/sample_particles_relion30.star"))
    stack = open_stack(needs.data("real_particles/sample.mrcs"))
    np.testing.assert_array_equal(particles.images(), stack.pixels[particles.slice_index])


def test_the_reference_parse_of_a_file_that_lacks_box_and_amplitude_contrast():
    """cryoDRGN's parse: rotations, shifts as a fraction of the box, and a table of CTF parameters."""
    path = needs.data("metadata/FinalRefinement-OriginalParticles-PfCRT.star")
    particles = read_relion(path, box=300, amplitude_contrast=0.1)
    rotations, fractions = load_arrays(needs.data("metadata/pose.star.pkl"))
    angles = np.linalg.norm(particles.rotations() - rotations, axis=(1, 2)) / math.sqrt(2)
    assert angles.max() < 1e-4
    edge = particles.box * particles.pixel_size_angstrom
    np.testing.assert_allclose(particles.shift_angstrom / edge, fractions, atol=1e-7)
    assert np.abs(fractions).max() > 1e-4
    ctf = load_arrays(needs.data("metadata/ctf1.pkl"))
    (group,) = particles.optics_groups
    ours = np.column_stack(
        [
            np.full(len(particles), particles.box),
            np.full(len(particles), particles.pixel_size_angstrom),
            particles.defocus_u_angstrom,
            particles.defocus_v_angstrom,
            particles.defocus_angle_deg,
            np.full(len(particles), group.voltage_kv),
            np.full(len(particles), group.spherical_aberration_mm),
            np.full(len(particles), group.amplitude_contrast),
            particles.phase_shift_deg,
        ]
    )
    np.testing.assert_array_equal(ours.astype(np.float32), ctf)


def test_relions_own_projections_have_the_shifts_of_their_file_in_angstrom():
    path = needs.data("relion_cross/rln_proj_64_shifted.star")
    shifted = read_relion(path)
    rows = tables_by_splitting(path)["particles"]
    assert shifted.shift_angstrom.any()
    label = "rlnOriginXAngst" if "rlnOriginXAngst" in rows[0] else "rlnOriginX"
    np.testing.assert_array_equal(shifted.shift_angstrom[:, 0], numbers(rows, label))


finite = st.floats(-1e5, 1e5, allow_nan=False)
word = st.text("abcdefgXYZ_0123456789-./", min_size=1, max_size=12).filter(lambda text: text[0] not in "_#-.")


@st.composite
def particle_fields(draw) -> tuple[list[dict], dict]:
    """Fields of groups and of sets that RELION 3.0 can hold: plain optics, any numbers, some columns absent."""
    n, n_groups = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    groups = [
        {
            "name": f"opticsGroup{i + 1}",
            # distinct, since 3.0 tells groups apart by nothing else
            "voltage_kv": 200.0 + i,
            "spherical_aberration_mm": draw(st.floats(0, 5)),
            "amplitude_contrast": draw(st.floats(0, 1)),
            "pixel_size_angstrom": draw(st.floats(0.1, 20)),
            "box": draw(st.integers(2, 1000)),
            "beam_tilt_mrad": (draw(st.floats(-3, 3)), draw(st.floats(-3, 3))),
            "extra": {"rlnMagnification": draw(st.floats(1e3, 1e6))},
        }
        for i in range(n_groups)
    ]
    n = max(n, n_groups)

    def column(*shape: int):
        values = draw(st.lists(finite, min_size=math.prod(shape), max_size=math.prod(shape)))
        return np.array(values, dtype=np.float64).reshape(shape)

    has = draw(st.lists(st.booleans(), min_size=4, max_size=4))
    stacks = tuple(dict.fromkeys(draw(st.lists(word, min_size=1, max_size=3))))
    codes = np.array([draw(st.integers(0, len(stacks) - 1)) for _ in range(n)])
    used = dict.fromkeys(codes.tolist())
    fields = {
        "optics_index": np.concatenate([np.arange(n_groups), np.zeros(n - n_groups, np.int64)]),
        "stacks": tuple(stacks[i] for i in used),
        "stack_index": np.array([list(used).index(i) for i in codes]),
        "slice_index": np.array(draw(st.lists(st.integers(0, 10**7), min_size=n, max_size=n))),
        "defocus_u_angstrom": column(n) if has[0] else None,
        "euler_deg": column(n, 3) if has[1] else None,
        "shift_angstrom": column(n, 2) if has[2] else None,
        "random_subset": 1 + np.arange(n) % 2 if has[3] else None,
        "micrograph": np.array(draw(st.lists(word, min_size=n, max_size=n)), dtype=TEXT) if has[3] else None,
        "extra": {"rlnCtfMaxResolution": column(n), "rlnGroupNumber": np.arange(n), "rlnZeta": column(n)},
    }
    return groups, fields


@settings(max_examples=60, deadline=None)
@given(drawn=particle_fields())
def test_3_0_to_3_1_to_3_0_gives_back_the_same_physics(tmp_path_factory, drawn):
    groups, fields = drawn
    particles = ParticleSet(optics_groups=tuple(OpticsGroup(**group) for group in groups), **fields)
    folder = tmp_path_factory.mktemp("layouts")
    stages = [particles]
    for i, layout in enumerate(("3.0", "3.1", "3.0")):
        assert write_relion(folder / f"{i}.star", stages[-1], layout) == []
        stages.append(read_relion(folder / f"{i}.star"))
    for stage in stages[1:]:
        check_same_physics(stage, particles)


def check_same_physics(one: ParticleSet, other: ParticleSet) -> None:
    assert one.stacks == other.stacks
    for name in ("stack_index", "slice_index", "defocus_u_angstrom", "euler_deg", "random_subset", "micrograph"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert (one.shift_angstrom is None) == (other.shift_angstrom is None)
    if one.shift_angstrom is not None:
        # below 1e-300 numbers have fewer digits
        np.testing.assert_allclose(one.shift_angstrom, other.shift_angstrom, rtol=1e-14, atol=1e-300)
    assert list(one.extra) == list(other.extra)
    for label, column in one.extra.items():
        np.testing.assert_array_equal(column, other.extra[label], err_msg=label)
    for mine, theirs in zip(one.optics_index, other.optics_index, strict=True):
        a, b = one.optics_groups[mine], other.optics_groups[theirs]
        assert a.pixel_size_angstrom == pytest.approx(b.pixel_size_angstrom, rel=1e-14)
        for name in ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast", "box", "beam_tilt_mrad"):
            assert getattr(a, name) == getattr(b, name), name


@pytest.mark.parametrize("layout", ["3.0", "3.1"])
@pytest.mark.parametrize(
    "name",
    [
        "real_particles/sample_particles_relion30.star",
        "real_particles/sample_particles_relion31.star",
        "real_particles/relion31.star",
    ],
)
def test_real_files_keep_their_physics_in_both_layouts(tmp_path, name, layout):
    particles = read_relion(needs.data(name))
    lacking = write_relion(tmp_path / "out.star", particles, layout)
    again = read_relion(tmp_path / "out.star")
    check_same_physics_of_real(again, particles)
    if layout == "3.1":
        assert lacking == []
        assert [{**group.extra, "rlnImageDimensionality": 2} for group in particles.optics_groups] == [
            dict(group.extra) for group in again.optics_groups
        ]
    else:
        assert all(what.endswith("of the optics groups") for what in lacking)


def check_same_physics_of_real(again: ParticleSet, particles: ParticleSet) -> None:
    """As before; the images are found from the new place, so their names may have become absolute."""
    assert [Path(name).name for name in again.stacks] == [Path(name).name for name in particles.stacks]
    np.testing.assert_array_equal(again.images(), particles.images())
    for name in ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "euler_deg", "class_number"):
        np.testing.assert_array_equal(getattr(again, name), getattr(particles, name))
    np.testing.assert_allclose(again.shift_angstrom, particles.shift_angstrom, rtol=1e-14)
    assert list(again.extra) == list(particles.extra)


def test_what_3_0_cannot_hold_is_named(tmp_path):
    particles = read_relion(needs.data("metadata/relion31.6opticsgroups.star"))
    assert write_relion(tmp_path / "out.star", particles) == []
    assert read_relion(tmp_path / "out.star").optics_groups == particles.optics_groups
    lacking = write_relion(tmp_path / "old.star", particles, "3.0")
    assert {"odd Zernike coefficients", "even Zernike coefficients", "magnification matrix"} <= set(lacking)
    assert "names of the optics groups" in lacking
    old = read_relion(tmp_path / "old.star")
    np.testing.assert_allclose(old.shift_angstrom, particles.shift_angstrom, rtol=1e-14)
    assert [old.optics_groups[i].beam_tilt_mrad for i in old.optics_index] == [
        particles.optics_groups[i].beam_tilt_mrad for i in particles.optics_index
    ]


def test_columns_of_other_programs(tmp_path):
    particles = read_relion(needs.data("real_particles/relion31.star"))
    extra = {
        "uid": np.array([2**63 + 1, 1, 2, 3, 4], dtype=np.uint64),
        "blob/psize_A": np.ones(5, np.float32),
        "vector": np.ones((5, 3)),
        "half": np.full(5, 0.1, np.float32),
        "mark": np.array([True, False, True, True, False]),
        "word": np.array([b"a b", b"c", b"", b"'", b"#"]),
    }
    particles = replace(particles, extra=extra)
    assert write_relion(tmp_path / "out.star", particles) == ["blob/psize_A", "vector"]
    again = read_relion(tmp_path / "out.star").extra
    assert again["uid"].tolist() == [str(2**63 + 1), "1", "2", "3", "4"]
    np.testing.assert_array_equal(again["half"], extra["half"].astype(np.float64))
    assert again["mark"].tolist() == [1, 0, 1, 1, 0]
    assert again["word"].tolist() == ["a b", "c", "", "'", "#"]


OPTICS = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnVoltage #2
_rlnSphericalAberration #3
_rlnAmplitudeContrast #4
_rlnImagePixelSize #5
1 300 2.7 0.1 1.5
7 200 2.7 0.1 1.5

"""
ROWS = """
data_particles

loop_
_rlnImageName
_rlnOpticsGroup
_rlnDefocusU
{0} {1} {2}
000002@'a b/stack.mrcs' 7 2.0e4
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "p.star"
    path.write_text(text)
    return path


@pytest.mark.parametrize("quoted", ['"1@a b/stack.mrcs"', "'1@a b/stack.mrcs'"])
def test_quoted_names_numbers_of_groups_and_absent_poses(tmp_path, quoted):
    rows = ROWS.replace("000002@'a b/stack.mrcs'", "'000002@a b/stack.mrcs'").format(quoted, 1, 10000)
    particles = read_relion(written(tmp_path, OPTICS + rows))
    assert particles.stacks == ("a b/stack.mrcs",)
    assert particles.slice_index.tolist() == [0, 1]
    assert [particles.optics_groups[i].voltage_kv for i in particles.optics_index] == [300, 200]
    assert [group.name for group in particles.optics_groups] == ["opticsGroup1", "opticsGroup7"]
    assert not particles.has_poses
    assert particles.shift_angstrom is particles.defocus_v_angstrom is particles.random_subset is None


def test_extras_of_relion_5_are_kept(tmp_path):
    rows = "data_particles\nloop_\n_rlnImageName\n_rlnOpticsGroup\n_rlnTomoName\n_rlnTomoVisibleFrames\n_rlnGradientX\n"
    path = written(tmp_path, OPTICS + rows + "a.mrcs 1 TS_01 [1,1,0] 0.25\n")
    particles = read_relion(path)
    assert particles.extra["rlnTomoVisibleFrames"].tolist() == ["[1,1,0]"]
    assert particles.extra["rlnGradientX"].tolist() == [0.25]
    assert (particles.stacks, particles.slice_index.tolist()) == (("a.mrcs",), [0])


def test_a_table_without_rows_is_an_empty_set(tmp_path):
    head = "data_particles\n\nloop_\n_rlnImageName #1\n_rlnOpticsGroup #2\n_rlnAngleRot #3\n"
    particles = read_relion(written(tmp_path, OPTICS + head))
    assert len(particles) == 0
    assert len(particles.optics_groups) == 2
    assert write_relion(tmp_path / "again.star", particles) == []
    assert len(read_relion(tmp_path / "again.star")) == 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("x@s.mrcs", 1, 1),
            r"p\.star: data_particles, row 1, column rlnImageName: 'x@s\.mrcs' does not name an image",
        ),
        (("0@s.mrcs", 1, 1), "row 1, column rlnImageName: '0@s.mrcs' does not name an image"),
        (("-1@s.mrcs", 1, 1), "row 1, column rlnImageName"),
        (("3@", 1, 1), "row 1, column rlnImageName: '3@' does not name an image"),
        (("@s.mrcs", 1, 1), "row 1, column rlnImageName"),
        (("9999999999999999999@s.mrcs", 1, 1), "row 1, column rlnImageName"),
        (("²@s.mrcs", 1, 1), "row 1, column rlnImageName"),
        (
            ("1@s.mrcs", 3, 1),
            r"row 1, column rlnOpticsGroup: optics group 3 is not in data_optics, which has 1, 7; add",
        ),
        (("1@s.mrcs", 1.5, 1), "row 1, column rlnOpticsGroup: 1.5 is not a whole number"),
        (("1@s.mrcs", "nan", 1), "row 1, column rlnOpticsGroup: nan is not a whole number"),
        (("1@s.mrcs", "one", 1), "row 1, column rlnOpticsGroup: 'one' is not a number"),
        (("1@s.mrcs", 1, "1,5"), "row 1, column rlnDefocusU: '1,5' is not a number; correct the value"),
    ],
)
def test_bad_rows_are_refused_with_file_row_column_and_value(tmp_path, row, message):
    rows = ROWS.replace("000002@'a b/stack.mrcs'", "2@s.mrcs").format(*row)
    with pytest.raises(InputError, match=message):
        read_relion(written(tmp_path, OPTICS + rows))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "data_micrographs\nloop_\n_rlnMicrographName\na.mrc\n",
            "tables are data_micrographs; choose the STAR file of",
        ),
        ("", "no table has a column rlnImageName; the tables are none"),
        (OPTICS + "data_particles\nloop_\n_rlnImageName\n1@a\n", "data_particles: there is no column rlnOpticsGroup"),
        (
            OPTICS.replace("\n7 ", "\n1 ") + ROWS.format("1@a", 1, 1),
            "row 2, column rlnOpticsGroup: optics group 1 stands",
        ),
        (
            OPTICS.replace(" 200 ", " kV ") + ROWS.format("1@a", 1, 1),
            "data_optics, row 2, column rlnVoltage: 'kV' is not",
        ),
        (OPTICS.replace("_rlnVoltage", "_rlnOddZernike") + ROWS.format("1@a", 1, 1), r"'300' is not a vector \[a,b"),
        (
            "data_\nloop_\n_rlnImageName\n_rlnMagnification\n_rlnDetectorPixelSize\n1@a 5e4 5\n1@a 0 5\n",
            "row 2, column rlnMagnification: the value is 0, expected a positive number",
        ),
        (
            "data_images\nloop_\n_rlnImageName\n_rlnOriginX\n_rlnOriginY\n1@a 0 1\n",
            r"column rlnOriginX: origins are in pixels and the file has no pixel size; give .*--pixel-size",
        ),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    text = text.replace("000002@'a b/stack.mrcs'", "2@a")
    with pytest.raises(InputError, match=message):
        read_relion(written(tmp_path, text))


def test_what_is_given_counts(tmp_path):
    path = written(tmp_path, "data_images\nloop_\n_rlnImageName\n_rlnOriginX\n_rlnOriginY\n1@a 0 1\n")
    particles = read_relion(path, pixel_size_angstrom=2.5, box=64, voltage_kv=300.0, spherical_aberration_mm=2.7)
    assert particles.shift_angstrom.tolist() == [[0, 2.5]]
    assert (particles.box, particles.optics_groups[0].voltage_kv) == (64, 300)
    assert particles.optics_groups[0].amplitude_contrast is None


def test_numbers_that_are_nan_are_read_for_what_they_are(tmp_path):
    rows = ROWS.replace("000002@'a b/stack.mrcs'", "2@a").format("1@a", 1, "nan")
    particles = read_relion(written(tmp_path, OPTICS.replace(" 200 ", " nan ") + rows))
    assert np.isnan(particles.defocus_u_angstrom[0])
    assert particles.optics_groups[1].voltage_kv is None


def test_the_box_comes_from_the_images_where_the_file_has_none(tmp_path):
    rows = ROWS.replace("000002@'a b/stack.mrcs'", "2@stack.mrcs").format("1@lost.mrcs", 1, 10000)
    path = written(tmp_path, OPTICS + rows)
    write_stack(tmp_path / "stack.mrcs", [np.zeros((2, 8, 8), np.float32)], 1.5)
    assert [group.box for group in read_relion(path).optics_groups] == [None, 8]


def test_a_written_file_finds_its_images(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    monkeypatch.chdir(tmp_path / "two")
    write_stack(tmp_path / "one" / "stack.mrcs", [np.ones((2, 8, 8), np.float32)], 1.5)
    rows = ROWS.replace("000002@'a b/stack.mrcs'", "2@stack.mrcs").format("1@stack.mrcs", 1, 10000)
    particles = read_relion(written(tmp_path / "one", OPTICS + rows))
    write_relion(tmp_path / "one" / "again.star", particles)
    assert read_relion(tmp_path / "one" / "again.star").stacks == ("stack.mrcs",)
    write_relion(tmp_path / "two" / "again.star", particles)
    assert read_relion(tmp_path / "two" / "again.star").images().sum() == 128


def test_a_particle_without_an_image_cannot_be_written(tmp_path):
    particles = read_relion(needs.data("real_particles/relion31.star"))
    lost = replace(particles, stack_index=np.array([0, 0, -1, 0, 0]))
    with pytest.raises(InputError, match="particle 3 has no image"):
        write_relion(tmp_path / "out.star", lost)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="layout"):
        write_relion(tmp_path / "out.star", particles, "2.1")


def test_dark_images_are_named_as_lost(tmp_path):
    particles = read_relion(needs.data("real_particles/relion31.star"))
    lacking = write_relion(tmp_path / "out.star", replace(particles, contrast="dark"))
    assert [what.split(":")[0] for what in lacking] == ["contrast"]
