"""The columns of a cryoSPARC table have the units, counts and kinds that cryoSPARC gives them."""

import numpy as np
import pytest
from numpy.dtypes import StringDType

from vitreous.particles.cryosparc_columns import blob_columns, extra_columns, optics_columns, pose_columns
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.rotations import cryosparc_to_matrix, relion_to_matrix

GROUPS = (
    OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.5, 64, beam_tilt_mrad=(1.0, -0.5)),
    OpticsGroup("opticsGroup2", None, 0.01, 0.1, 3.0, 32),
)


def make_set(**fields):
    return ParticleSet(
        optics_groups=GROUPS,
        optics_index=np.array([0, 1, 1]),
        stacks=("a.mrcs", "longer µ.mrcs"),
        stack_index=np.array([1, 0, -1]),
        slice_index=np.array([4, 0, 0]),
        **fields,
    )


def test_images(tmp_path):
    columns = blob_columns(tmp_path / "x.cs", make_set(contrast="dark"))
    assert [path.decode() for path in columns["blob/path"]] == ["longer µ.mrcs", "a.mrcs", ""]
    assert columns["blob/idx"].tolist() == [4, 0, 0]
    assert columns["blob/shape"].tolist() == [[64, 64], [32, 32], [32, 32]]
    assert columns["blob/sign"].tolist() == [-1, -1, -1]
    assert blob_columns(tmp_path / "x.cs", make_set())["blob/sign"].tolist() == [1, 1, 1]


def test_optics():
    columns, lacking = optics_columns(make_set())
    assert columns["ctf/exp_group_id"].tolist() == [1, 2, 2]
    np.testing.assert_array_equal(columns["ctf/accel_kv"], [300, np.nan, np.nan])
    np.testing.assert_allclose(columns["ctf/tilt_A"], [[27000, -13500], [0, 0], [0, 0]], rtol=1e-6)
    assert lacking == []


def test_poses():
    euler = np.array([[10.0, 20.0, 30.0], [-170.0, 90.0, 5.0], [0.0, 0.0, 0.0]])
    columns, lacking = pose_columns(
        make_set(
            euler_deg=euler,
            shift_angstrom=np.array([[3.0, -1.5], [3.0, -1.5], [0.0, 0.0]]),
            defocus_angle_deg=np.array([180.0, 90.0, 0.0]),
            random_subset=np.array([1, 2, 1]),
            class_number=np.array([3, 1, 1]),
            micrograph=np.array(["m", "", "µ"], dtype=StringDType()),
        )
    )
    np.testing.assert_allclose(cryosparc_to_matrix(columns["alignments3D/pose"]), relion_to_matrix(euler), atol=1e-6)
    np.testing.assert_allclose(columns["alignments3D/shift"], [[2, -1], [1, -0.5], [0, 0]])
    np.testing.assert_allclose(columns["alignments3D/psize_A"], [1.5, 3, 3])
    np.testing.assert_allclose(columns["ctf/df_angle_rad"], [np.pi, np.pi / 2, 0], rtol=1e-7)
    assert columns["alignments3D/split"].tolist() == [0, 1, 0]
    assert columns["alignments3D/class"].tolist() == [2, 0, 0]
    assert [name.decode() for name in columns["location/micrograph_path"]] == ["m", "", "µ"]
    assert lacking == []


@pytest.mark.parametrize(
    ("values", "held"),
    [
        (np.array([3, 2, 1], np.uint64), [3, 2, 1]),
        (np.array(["18446744073709551615", "2", "1"], dtype=StringDType()), [2**64 - 1, 2, 1]),
        (np.array(["18446744073709551616", "2", "1"], dtype=StringDType()), None),
        (np.array(["99999999999999999999999", "2", "1"], dtype=StringDType()), None),
        (np.array([-3, 2, 1]), None),
        (np.array([0.5, 2, 1]), None),
        (np.array(["x", "2", "1"], dtype=StringDType()), None),
    ],
)
def test_uids_are_numbers_of_64_bits(values, held):
    columns, lacking = extra_columns(make_set(extra={"uid": values}))
    assert columns["uid"].tolist() == (held or [1, 2, 3])
    assert columns["uid"].dtype == np.uint64
    assert lacking == ([] if held else ["uid"])


def test_columns_under_their_own_names_are_kept_and_others_named():
    extra = {
        "ctf/type": np.array(["ctffind4", "", "x"], dtype=StringDType()),
        "pick_stats/power": np.array([1.5, 2, 3], np.float32),
        "rlnCtfScalefactor": np.array([1, 0.5, 1]),
        "rlnCoordinateX": np.zeros(3),
    }
    columns, lacking = extra_columns(make_set(extra=extra))
    assert columns["ctf/type"].tolist() == [b"ctffind4", b"", b"x"]
    assert columns["pick_stats/power"].dtype == np.float32
    assert columns["ctf/scale"].tolist() == [1, 0.5, 1]
    assert lacking == ["rlnCoordinateX"]
