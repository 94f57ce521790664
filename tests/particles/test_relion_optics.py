"""Optics groups survive their table, and repeated rows fall into groups in order of appearance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous._errors import InputError
from vitreous.particles import OpticsGroup, StarTable
from vitreous.particles.relion_optics import groups_from_rows, groups_from_table, optics_table, rows_from_groups

FULL = OpticsGroup(
    "polished",
    300.0,
    2.7,
    0.1,
    1.25,
    196,
    (0.5, -0.25),
    (1.5, 0.0, -2.0),
    (0.125,),
    ((1.01, 0.02), (0.03, 0.99)),
    {"rlnImageDimensionality": 2, "rlnMtfFileName": "mtf.star", "rlnMicrographOriginalPixelSize": 0.625},
)
PLAIN = OpticsGroup("plain", 200.0, 2.7, 0.1, 1.5, 196, extra=FULL.extra)
BARE = OpticsGroup("bare", None, None, None, None, None, extra={"rlnImageDimensionality": 2})


def table(**columns) -> StarTable:
    text = np.dtypes.StringDType()
    return StarTable(
        "optics", {k: np.array(v, dtype=text if isinstance(v[0], str) else None) for k, v in columns.items()}
    )


@pytest.mark.parametrize("groups", [[FULL], [FULL, PLAIN], [PLAIN, FULL, PLAIN], [BARE], [BARE, BARE]])
def test_groups_survive_their_table(groups):
    written, lacking = optics_table(groups)
    assert lacking == []
    assert groups_from_table(written, "p.star") == dict(enumerate(groups, 1))


def test_what_only_some_groups_know_is_nan_or_named():
    written, lacking = optics_table([BARE, FULL])
    assert lacking == [
        "box, which only some optics groups know",
        "rlnMtfFileName of the optics groups",
        "rlnMicrographOriginalPixelSize of the optics groups",
    ]
    assert np.isnan(written.columns["rlnVoltage"]).tolist() == [True, False]
    again = groups_from_table(written, "p.star")
    assert again[1].voltage_kv is again[1].pixel_size_angstrom is None
    assert again[2].voltage_kv == 300


def test_the_pixel_size_of_a_table_may_be_a_magnification():
    (group,) = groups_from_table(
        table(rlnOpticsGroup=[1], rlnMagnification=[50000.0], rlnDetectorPixelSize=[7.0]), "p.star"
    ).values()
    assert group.pixel_size_angstrom == pytest.approx(1.4, rel=1e-15)
    assert group.extra == {"rlnMagnification": 50000}


def test_a_stated_pixel_size_counts_before_a_magnification():
    (group,) = groups_from_table(
        table(rlnOpticsGroup=[1], rlnImagePixelSize=[2.8], rlnMagnification=[5e4], rlnDetectorPixelSize=[7.0]), "p.star"
    ).values()
    assert group.pixel_size_angstrom == 2.8
    assert group.extra == {"rlnMagnification": 5e4, "rlnDetectorPixelSize": 7}


def test_a_group_without_a_number_or_with_a_taken_one_is_refused():
    with pytest.raises(InputError, match="there is no column rlnOpticsGroup"):
        groups_from_table(table(rlnVoltage=[300.0]), "p.star")
    with pytest.raises(InputError, match="row 3, column rlnOpticsGroup: optics group 4 stands twice"):
        groups_from_table(table(rlnOpticsGroup=[4, 5, 4]), "p.star")


@given(rows=st.lists(st.tuples(st.sampled_from([200.0, 300.0]), st.sampled_from([0.07, 0.1, 0.2])), max_size=12))
def test_rows_fall_into_their_distinct_combinations(rows):
    values = np.array(rows, dtype=np.float64).reshape(-1, 2)
    particles = StarTable("", {"rlnVoltage": values[:, 0], "rlnAmplitudeContrast": values[:, 1], "rlnX": values[:, 0]})
    groups, index, used = groups_from_rows(particles, "p.star")
    assert [(groups[i].voltage_kv, groups[i].amplitude_contrast) for i in index] == rows
    assert [(group.voltage_kv, group.amplitude_contrast) for group in groups] == list(dict.fromkeys(rows))
    assert [group.name for group in groups] == [f"opticsGroup{i}" for i in range(1, len(groups) + 1)]
    assert used == {"rlnVoltage", "rlnAmplitudeContrast"}


def test_rows_with_group_numbers_and_no_optics_keep_their_numbers():
    groups, index, used = groups_from_rows(table(rlnOpticsGroup=[3, 1, 3]), "p.star")
    assert [group.name for group in groups] == ["opticsGroup3", "opticsGroup1"]
    assert index.tolist() == [0, 1, 0]
    assert used == {"rlnOpticsGroup"}
    assert groups[0].voltage_kv is None


def test_the_row_of_a_bad_magnification_is_that_of_the_particle():
    particles = table(rlnMagnification=[5e4, 5e4, -1.0], rlnDetectorPixelSize=[5.0, 5.0, 5.0])
    with pytest.raises(InputError, match="row 3, column rlnMagnification: the value is -1"):
        groups_from_rows(particles, "p.star")


def test_rows_of_3_0_name_what_they_cannot_hold():
    columns, lacking = rows_from_groups([FULL, PLAIN], np.array([1, 0, 0]))
    assert columns["rlnVoltage"].tolist() == [200, 300, 300]
    assert columns["rlnBeamTiltX"].tolist() == [0, 0.5, 0.5]
    np.testing.assert_allclose(
        1e4 * columns["rlnDetectorPixelSize"] / columns["rlnMagnification"], [1.5, 1.25, 1.25], rtol=1e-15
    )
    assert lacking == [
        "names of the optics groups",
        "odd Zernike coefficients",
        "even Zernike coefficients",
        "magnification matrix",
        "rlnMtfFileName of the optics groups",
        "rlnMicrographOriginalPixelSize of the optics groups",
    ]
    _, lacking = rows_from_groups([FULL, PLAIN], np.array([1, 1]))
    assert "magnification matrix" not in lacking
