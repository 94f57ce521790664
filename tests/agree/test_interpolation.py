"""Interpolation against SciPy and PyTorch."""

import numpy as np
import pytest
import torch
from scipy.interpolate import CloughTocher2DInterpolator, LinearNDInterpolator, NearestNDInterpolator, griddata
from scipy.ndimage import map_coordinates
from scipy.spatial import Delaunay

from vitreous.interpolation import B_SPLINE, LINEAR, NEAREST, sample, scattered

SHAPES = [(11,), (9, 12), (7, 8, 10)]
MODES = {"constant": "grid-constant", "nearest": "nearest", "wrap": "grid-wrap", "reflect": "mirror"}


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("columns", [(), (3,)])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("offset", [0, 1000])
def test_linear_on_the_same_triangulation_equals_griddata(dim, columns, dtype, offset, rng):
    points, targets = rng.random((3000, dim)) + offset, rng.uniform(-0.05, 1.05, (20_000, dim)) + offset
    values = rng.standard_normal((3000, *columns)).astype(dtype)
    if dtype == np.complex128:
        values += 1j * rng.standard_normal((3000, *columns))
    triangulation = Delaunay(points)
    found = scattered(triangulation, values, targets)
    expected = LinearNDInterpolator(triangulation, values)(targets)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert 0 < np.mean(np.isnan(found)) < 0.5
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(scattered(points, values, targets), griddata(points, values, targets), atol=1e-9)


@pytest.mark.parametrize("dim", [2, 3])
def test_linear_equals_griddata_on_a_grid_given_as_a_tuple(dim, rng):
    points, values = rng.random((500, dim)), rng.standard_normal(500)
    grids = tuple(np.meshgrid(*[np.linspace(0, 1, 20)] * dim, indexing="ij"))
    given = tuple(points.T)
    found = scattered(given, values, grids, outside=-1)
    np.testing.assert_allclose(found, griddata(given, values, grids, fill_value=-1), atol=1e-9)


def test_cubic_equals_griddata(rng):
    points, targets, values = rng.random((1500, 2)), rng.uniform(-0.05, 1.05, (9000, 2)), rng.standard_normal((1500, 2))
    np.testing.assert_allclose(
        scattered(points, values, targets, "cubic"), griddata(points, values, targets, "cubic"), atol=1e-9
    )
    field = values @ [1, 1j]
    np.testing.assert_allclose(
        scattered(points, field, targets, "cubic"), CloughTocher2DInterpolator(points, field)(targets), atol=1e-9
    )


@pytest.mark.parametrize("dim", [2, 3])
def test_nearest_equals_griddata(dim, rng):
    points, targets, values = rng.random((500, dim)), rng.uniform(-1, 2, (5000, dim)), rng.standard_normal(500)
    np.testing.assert_array_equal(
        scattered(points, values, targets, "nearest"), NearestNDInterpolator(points, values)(targets)
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("edge", MODES)
@pytest.mark.parametrize(("kernel", "order"), [(NEAREST, 0), (LINEAR, 1), (B_SPLINE, 3)], ids=["0", "1", "3"])
def test_regular_grids_equal_map_coordinates(shape, edge, kernel, order, rng):
    """SciPy takes array indices in the order of the axes, and calls our reflect mirror."""
    values, size = rng.standard_normal(shape), np.array(shape)
    # SciPy's spline runs on smoothly beyond an edge that is constant or nearest, ours does not: compare further in
    same_edge = order < 3 or edge in {"wrap", "reflect"}
    if not same_edge:
        values = np.pad(values, 20)
        size = size + 40
    indices = rng.uniform(-12, 24, (300, len(shape))) if same_edge else 20 + rng.uniform(0, size - 41, (300, len(size)))
    expected = map_coordinates(values, indices.T, order=order, mode=MODES[edge], cval=0.3 if same_edge else 0)
    found = sample(values, (indices - size // 2)[:, ::-1], kernel, edge, 0.3 if same_edge else 0)
    np.testing.assert_allclose(found, expected, atol=1e-12 if order < 3 else 1e-9)


@pytest.mark.parametrize(("edge", "padding"), [("constant", "zeros"), ("nearest", "border"), ("reflect", "reflection")])
@pytest.mark.parametrize("shape", SHAPES[1:])
def test_linear_equals_torch_grid_sample(edge, padding, shape, rng):
    """PyTorch takes (x, y, z) from −1 to 1 between the centres of the outermost pixels."""
    size = np.array(shape)[::-1]
    values = torch.from_numpy(rng.standard_normal(shape))
    at = rng.uniform(-12, 12, (200, len(shape)))
    scaled = torch.from_numpy(2 * (at + size // 2) / (size - 1) - 1)
    expected = torch.nn.functional.grid_sample(
        values[None, None],
        scaled.reshape(1, 200, *[1] * (len(shape) - 1), -1),
        padding_mode=padding,
        align_corners=True,
    )
    torch.testing.assert_close(
        sample(values, torch.from_numpy(at), LINEAR, edge), expected.reshape(200), atol=1e-12, rtol=0
    )
