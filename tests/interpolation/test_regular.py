"""Regular grids: what each kernel reproduces, edges, conventions, the adjoint, gradients."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous.interpolation import (
    B_SPLINE,
    CATMULL_ROM,
    LINEAR,
    NEAREST,
    kaiser_bessel,
    prefilter,
    prolate,
    resize,
    sample,
    spread,
)
from vitreous.interpolation.regular import EDGES

INTERPOLATING = [NEAREST, LINEAR, CATMULL_ROM, B_SPLINE]
KERNELS = [*INTERPOLATING, kaiser_bessel(3), kaiser_bessel(6), prolate(4)]
every_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=[kernel.name for kernel in KERNELS])
interpolating = pytest.mark.parametrize("kernel", INTERPOLATING, ids=[kernel.name for kernel in INTERPOLATING])
every_edge = pytest.mark.parametrize("edge", EDGES)
SHAPES = [(7,), (6, 5), (4, 5, 3)]


def pixels_of(shape):
    """The coordinates (x, y, z) of every pixel."""
    grids = np.meshgrid(*[np.arange(n) - float(n // 2) for n in shape], indexing="ij")
    return np.stack(grids[::-1], axis=-1)


@interpolating
@every_edge
@settings(max_examples=15, deadline=None)
@given(shape=st.lists(st.integers(1, 6), min_size=1, max_size=3), complex_values=st.booleans(), seed=st.integers(0, 99))
def test_interpolants_pass_through_the_pixels(kernel, edge, shape, complex_values, seed):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if complex_values else 0)
    np.testing.assert_allclose(sample(values, pixels_of(shape), kernel, edge, fill=0.7), values, atol=1e-12)


def adjoint_gap(kernel, edge, shape, library, rng):
    """|⟨v, sample f⟩ − ⟨spread v, f⟩| of random complex v and f, over the product of their lengths."""
    values, there = (rng.standard_normal((2, *size, 2)) @ [1, 1j] for size in (shape, (4, 3)))
    coordinates = library(rng.uniform(-9, 9, (4, 3, len(shape))))
    forward = np.asarray(sample(library(values), coordinates, kernel, edge))
    backward = np.asarray(spread(library(there), coordinates, shape, kernel, edge))
    return abs(np.vdot(there, forward) - np.vdot(backward, values)) / np.linalg.norm(there) / np.linalg.norm(values)


@every_kernel
@every_edge
def test_spread_is_the_adjoint_of_sample(kernel, edge, rng):
    for shape in SHAPES:
        assert adjoint_gap(kernel, edge, shape, np.asarray, rng) < 1e-12


@pytest.mark.parametrize("kernel", [NEAREST, LINEAR, B_SPLINE], ids=["nearest", "linear", "b_spline"])
def test_spread_is_the_adjoint_in_every_library(library, kernel, rng):
    for edge in EDGES:
        assert adjoint_gap(kernel, edge, (4, 5), library, rng) < 1e-12


@every_kernel
def test_libraries_agree_and_keep_their_precision(library, kernel, rng):
    values, coordinates = rng.standard_normal((2, 5, 4)), rng.uniform(-6, 6, (9, 2))
    for edge in EDGES:
        found = sample(library(values), library(coordinates), kernel, edge, fill=0.5)
        assert type(found) is type(library(values)) or isinstance(found, np.ndarray)
        np.testing.assert_allclose(np.asarray(found), sample(values, coordinates, kernel, edge, fill=0.5), atol=1e-14)
    places = library(coordinates.astype(np.float32))
    for dtype in (np.float32, np.complex64):
        assert np.asarray(sample(library(values.astype(dtype)), places, kernel)).dtype == dtype
        landed = spread(library(values.astype(dtype)[:, 0]), places[:4, :], (5, 4), kernel)
        assert np.asarray(landed).dtype == dtype
        assert landed.shape == (2, 5, 4)


def test_x_runs_along_the_last_axis_and_the_origin_is_the_middle_pixel():
    volume = np.zeros((6, 7, 8))
    volume[3 + 1, 3 - 2, 4 + 3] = 1
    assert sample(volume, np.array([3.0, -2.0, 1.0])) == 1
    assert sample(volume, np.array([1.0, -2.0, 3.0])) == 0
    np.testing.assert_array_equal(np.argwhere(spread(np.ones(1), np.array([[3.0, -2.0, 1.0]]), (6, 7, 8))), [[4, 1, 7]])


def test_a_quarter_turn_of_coordinates_turns_the_picture():
    """Sampling f at R⁻¹ r moves what lay at r to R r: the pixel on +x comes to lie on +y."""
    image = np.zeros((5, 5))
    image[2, 4] = 1
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    turned = sample(image, pixels_of((5, 5)) @ quarter)
    np.testing.assert_array_equal(np.argwhere(turned), [[4, 2]])


@pytest.mark.parametrize(
    ("kernel", "degree"),
    [(NEAREST, 0), (LINEAR, 1), (CATMULL_ROM, 2), (B_SPLINE, 3)],
    ids=["nearest", "linear", "catmull_rom", "b_spline"],
)
def test_polynomials_up_to_the_kernels_degree_are_reproduced_and_no_higher(kernel, degree, rng):
    place = np.arange(80) - 40.0
    # far from the edges, whose influence on a spline falls fourfold with each pixel
    at = rng.uniform(-8, 8, (50, 1))
    for power in range(degree + 2):
        error = sample(place**power / 8**power, at, kernel) - (at[:, 0] / 8) ** power
        if power <= degree:
            assert np.max(np.abs(error)) < 1e-11
        else:
            assert np.max(np.abs(error)) > 1e-6


@interpolating
@pytest.mark.parametrize("edge", ["nearest", "wrap", "reflect"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_constant_stays_constant_everywhere(kernel, edge, shape, rng):
    at = rng.uniform(-30, 30, (40, len(shape)))
    np.testing.assert_allclose(sample(np.full(shape, 2.5), at, kernel, edge), 2.5, rtol=1e-13)
    np.testing.assert_allclose(sample(np.full(shape, 2.5), at, kernel, "constant", 2.5), 2.5, rtol=1e-13)


def test_cubic_overshoots_a_step_by_two_parts_in_27_and_linear_does_not():
    """Beside a step Catmull–Rom is 1 + t/2 − t² + t³/2, which is largest at t = 1/3."""
    step = np.where(np.arange(20) >= 10, 1.0, 0.0)
    fine = np.linspace(-8, 8, 4801)[:, None]
    assert np.max(sample(step, fine, CATMULL_ROM, "nearest")) == pytest.approx(1 + 2 / 27, abs=1e-9)
    assert np.max(sample(step, fine, B_SPLINE, "nearest")) > 1.05
    assert np.max(sample(step, fine, LINEAR, "nearest")) == 1


@pytest.mark.parametrize(
    ("edge", "mode"), [("nearest", "edge"), ("wrap", "wrap"), ("reflect", "reflect"), ("constant", "constant")]
)
@interpolating
def test_edges_continue_the_grid_as_numpy_pads_it(kernel, edge, mode, rng):
    values = rng.standard_normal(9)
    coefficients = prefilter(values, 1, kernel, edge) if kernel.prefilter else values
    # 14 = 9 + 5: the origin moves from pixel 4 to pixel 4 + 14 on an axis of 37, whose own origin is pixel 18
    padded = np.pad(coefficients, 14, mode=mode)
    plain = dataclasses.replace(kernel, prefilter=False)
    at = rng.uniform(-15, 15, (60, 1))
    np.testing.assert_allclose(sample(values, at, kernel, edge), sample(padded, at, plain), atol=1e-12)


def test_a_fill_of_nan_marks_what_draws_on_it_and_no_more():
    line = np.arange(5.0)
    at = np.array([-2.5, -2.0, 0.3, 2.0, 2.1])[:, None]
    np.testing.assert_array_equal(np.isnan(sample(line, at, LINEAR, "constant", np.nan)), [1, 0, 0, 0, 1])
    np.testing.assert_array_equal(np.isnan(sample(line, at, B_SPLINE, "constant", np.nan)), [1, 1, 0, 1, 1])


@every_edge
def test_places_far_away_and_nowhere(edge):
    line = np.arange(4.0)
    at = np.array([1e15, -1e15, 1e9 + 0.5, np.inf, np.nan])[:, None]
    found = sample(line, at, LINEAR, edge, fill=9.0)
    assert np.all(np.isnan(found[3:]))
    assert np.all((found[:3] == 9) if edge == "constant" else (found[:3] >= 0) & (found[:3] <= 3))


@pytest.mark.parametrize(
    ("kernel", "edge"),
    [(LINEAR, "constant"), (CATMULL_ROM, "nearest"), (B_SPLINE, "reflect"), (kaiser_bessel(3), "wrap")],
    ids=["linear", "catmull_rom", "b_spline", "kaiser_bessel"],
)
def test_gradients_pass_to_values_and_coordinates(kernel, edge):
    generator = torch.Generator().manual_seed(3)
    values = torch.randn(3, 4, dtype=torch.complex128, generator=generator, requires_grad=True)
    at = (4 * torch.rand(3, 2, dtype=torch.float64, generator=generator) - 2).requires_grad_()
    there = torch.randn(3, dtype=torch.complex128, generator=generator, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v, c: sample(v, c, kernel, edge), (values, at), fast_mode=True)
    assert torch.autograd.gradcheck(lambda v, c: spread(v, c, (3, 4), kernel, edge), (there, at), fast_mode=True)


def test_numbers_in_lists_are_taken_where_arrays_decide():
    assert sample(np.array([0.0, 1.0, 4.0]), np.array([[0.5]]))[0] == 2.5


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="edge 'mirror' is none of constant, nearest, wrap, reflect"):
        sample(np.ones((3, 3)), np.zeros((1, 2)), edge="mirror")
    with pytest.raises(ValueError, match=r"coordinates of shape \(1, 4\)"):
        sample(np.ones((3, 3, 3, 3)), np.zeros((1, 4)))
    with pytest.raises(ValueError, match=r"grid of shape \(3,\) do not fit"):
        sample(np.ones(3), np.zeros((1, 2)))
    with pytest.raises(ValueError, match="none empty"):
        sample(np.ones((3, 0)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"values of shape \(4,\) do not end in the shape of the points"):
        spread(np.ones(4), np.zeros((3, 2)), (5, 5))


@pytest.mark.parametrize("kernel", [NEAREST, LINEAR, CATMULL_ROM], ids=["nearest", "bilinear", "bicubic"])
def test_resizing_keeps_the_field_of_view(library, kernel):
    """A ramp in units of the field stays that ramp, away from the edges; twice the pixels repeat each by nearest."""
    old, new = 20, 50
    ramp = (np.arange(old) + 0.5) / old
    image = np.broadcast_to(ramp, (3, old))
    found = np.asarray(resize(library(image), (3, new), kernel))
    expected = (np.arange(new) + 0.5) / new
    inner = slice(6, -6)
    atol = 0.5 / old + 1e-12 if kernel is NEAREST else 1e-12
    np.testing.assert_allclose(found[0, inner], expected[inner], atol=atol)
    if kernel is NEAREST:
        np.testing.assert_array_equal(resize(image, (6, 2 * old), kernel)[0], np.repeat(ramp, 2))
