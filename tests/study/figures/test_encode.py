"""Bytes decoded as the browser decodes them are the numbers that were drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vitreous.study.figures.encode import encode
from vitreous.study.figures.panels import (
    Arrow,
    Curve,
    Dots,
    Image,
    Mark,
    Path,
    Pixels,
    Plot,
    Scene,
    Sound,
    Table,
    Volume,
)

PICTURE = Image("picture", "picture")
PLOT = Plot("plot", "plot", "x", "y")
SCENE = Scene("scene", "scene")


def decoded(message, kind, top):
    steps = np.frombuffer(message["steps"], kind).reshape(message["shape"]).astype(float)
    return message["low"] + steps / top * (message["high"] - message["low"])


@given(
    arrays.arrays(
        np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.floats(-1e3, 1e3, width=32)
    )
)
def test_pixels_come_back_within_half_a_step(values):
    message = encode(PICTURE, values)
    step = (message["high"] - message["low"]) / 65535
    np.testing.assert_allclose(decoded(message, "<u2", 65535), values, atol=0.51 * step + 1e-3)


def test_fixed_limits_cut_what_lies_beyond():
    message = encode(PICTURE, Pixels([[-5.0, 0.0, 0.5, 9.0]], limits=(0, 1), pixel_size=2.0))
    np.testing.assert_allclose(decoded(message, "<u2", 65535), [[0, 0, 0.5, 1]], atol=1e-5)
    assert (message["low"], message["high"], message["pixel_size"], message["pixel_unit"]) == (0.0, 1.0, 2.0, "Å")


def test_a_flat_picture_is_its_one_value():
    np.testing.assert_array_equal(decoded(encode(PICTURE, np.full((3, 4), 7.0)), "<u2", 65535), 7.0)


def test_voxels_come_back_within_half_a_step():
    values = np.random.default_rng(0).normal(size=(3, 5, 4))
    message = encode(Volume("map", "map"), values)
    np.testing.assert_allclose(decoded(message, "u1", 255), values, atol=0.51 * np.ptp(values) / 255)


def test_curves_keep_their_gaps_and_marks_their_place():
    message = encode(PLOT, [Curve([1, 2, 3], [4, np.nan, 6], "a", "dashed"), Mark(2.5, "here")])
    curve, mark = message["items"]
    np.testing.assert_array_equal(np.frombuffer(curve["x"], "<f4"), [1, 2, 3])
    np.testing.assert_array_equal(np.frombuffer(curve["y"], "<f4"), [4, np.nan, 6])
    assert (curve["kind"], curve["label"], curve["style"]) == ("curve", "a", "dashed")
    assert mark == {"kind": "mark", "x": 2.5, "label": "here"}


def test_a_scene_keeps_points_in_their_order():
    points = np.arange(6.0).reshape(2, 3)
    items = encode(SCENE, [Arrow((1, 2, 3), "v", body=True), Path(points), Dots(points, values=[1, 2])])["items"]
    arrow, path, dots = items
    np.testing.assert_array_equal(np.frombuffer(arrow["end"], "<f4"), [1, 2, 3])
    assert arrow["body"] is True
    np.testing.assert_array_equal(np.frombuffer(path["points"], "<f4"), np.arange(6))
    np.testing.assert_array_equal(np.frombuffer(dots["values"], "<f4"), [1, 2])


def test_rows_keep_words_and_turn_counts_into_numbers():
    table = Table("rows", "rows", ("name", "count"))
    assert encode(table, [("one", np.int64(1)), ("two", 2.5)])["rows"] == [["one", 1.0], ["two", 2.5]]


def test_a_sound_is_samples_at_a_rate():
    message = encode(Sound("tone", "tone"), ([0.0, 0.5, -0.5], 8000))
    np.testing.assert_array_equal(np.frombuffer(message["samples"], "<f4"), [0, 0.5, -0.5])
    assert message["rate"] == 8000.0


@pytest.mark.parametrize(
    ("panel", "data", "said"),
    [
        (PICTURE, np.zeros(4), r"two axes .* shape \(4,\)"),
        (PICTURE, np.zeros((0, 4)), r"shape \(0, 4\)"),
        (PICTURE, [[1.0, np.nan], [np.inf, 0.0]], "2 of 4 values are not finite"),
        (PICTURE, np.zeros((2, 2), complex), "only real numbers .* complex128"),
        (Volume("map", "map"), np.zeros((97, 2, 2)), "at most 96"),
        (Volume("map", "map"), np.zeros((2, 2)), "three axes"),
        (Table("rows", "rows", ("a", "b")), [["x", 1.0, 2.0]], "2 columns, a row has 3"),
        (Sound("tone", "tone"), ([np.nan], 8000), "not finite"),
        (PLOT, [Arrow((0, 0, 1))], "Curve, Mark, not Arrow"),
        (PLOT, [Curve([1, 2], [1, 2, 3], "c")], r"'c': x has shape \(2,\), y \(3,\)"),
        (PLOT, np.zeros(3), "a list of items, not ndarray"),
        (PLOT, [Curve([0, 1], [1j, 2], "c")], "only real numbers"),
        (SCENE, [Path([[0, 0]], "p")], r"\(n, 3\), not \(1, 2\)"),
        (SCENE, [Arrow((0, 0))], r"start and end"),
        (SCENE, [Mark(0.0, "m")], "not Mark"),
    ],
)
def test_data_that_do_not_fit_are_told(panel, data, said):
    with pytest.raises(ValueError, match=said):
        encode(panel, data)
