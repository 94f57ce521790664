"""The direct sums in every library, and what the fast ones promise; tests/agree holds both against other programs."""

import array_api_strict
import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import namespace, to_numpy
from vitreous.fourier import (
    coordinates,
    frequency_grid,
    ft,
    nudft1,
    nudft2,
    nudft3,
    nufft1,
    nufft2,
    nufft3,
    shift_image,
)

SHAPES = [(8,), (7,), (6, 7), (7, 8), (4, 5, 6)]


def draw(rng, shape, n=11):
    """Values at points, an image, points in cycles/pixel."""
    values = rng.standard_normal((2, n)) + 1j * rng.standard_normal((2, n))
    image = rng.standard_normal((2, *shape)) + 1j * rng.standard_normal((2, *shape))
    return values, image, rng.uniform(-0.5, 0.5, (n, len(shape)))


@pytest.mark.parametrize("shape", SHAPES)
def test_type_2_on_the_grid_is_the_transform(library, rng, shape):
    _, image, _ = draw(rng, shape)
    points = frequency_grid(shape).reshape(-1, len(shape))
    result = to_numpy(nudft2(library(image), library(points)))
    np.testing.assert_allclose(result.reshape(image.shape), ft(image, len(shape)), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_type_1_of_samples_on_the_grid_is_the_transform(library, rng, shape):
    # pixels at positions m, given as m/n: the spectrum at the frequencies of the grid
    _, image, _ = draw(rng, shape)
    points = (coordinates(shape) / np.array(shape[::-1])).reshape(-1, len(shape))
    result = to_numpy(nudft1(library(image.reshape(2, -1)), library(points), shape))
    np.testing.assert_allclose(result, ft(image, len(shape)), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_type_3_holds_the_other_two(library, rng, shape):
    values, image, points = draw(rng, shape)
    grid = coordinates(shape).reshape(-1, len(shape))
    from_grid = nudft3(library(image.reshape(2, -1)), library(grid), library(points))
    np.testing.assert_allclose(to_numpy(from_grid), nudft2(image, points), atol=1e-12)
    onto_grid = nudft3(library(values), library(points), library(grid))
    np.testing.assert_allclose(to_numpy(onto_grid).reshape(2, *shape), nudft1(values, points, shape), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_type_1_is_the_adjoint_of_type_2_with_the_other_sign(rng, shape):
    values, image, points = draw(rng, shape)
    adjoint = np.conj(nudft1(np.conj(values), points, shape))
    assert np.vdot(values, nudft2(image, points)) == pytest.approx(np.vdot(adjoint, image))


def test_the_first_coordinate_is_x():
    # a point one pixel along x has the spectrum exp(−2πi kx)
    image = np.zeros((4, 5))
    image[2, 3] = 1
    points = np.array([[0.1, 0.0], [0.0, 0.1]])
    for transform in (nudft2, nufft2):
        np.testing.assert_allclose(transform(image, points), [np.exp(-0.2j * np.pi), 1], atol=1e-6)


def test_a_shifted_image_turns_its_phase(rng):
    image, points = rng.standard_normal((7, 9)), rng.uniform(-0.5, 0.5, (20, 2))
    # whole pixels, and a box of zeros around, so that nothing comes round
    image[:2], image[:, -2:] = 0, 0
    moved = nudft2(shift_image(image, [2, -1]), points)
    np.testing.assert_allclose(moved, nudft2(image, points) * np.exp(-2j * np.pi * points @ [2, -1]), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", ["complex64", "complex128"])
def test_the_fast_ones_agree_in_every_library(library, rng, shape, precision):
    values, image, points = draw(rng, shape)
    values, image = values.astype(precision), image.astype(precision)
    points = points.astype(values.real.dtype)
    tolerance = 1e-5 if precision == "complex64" else 1e-10
    grid = coordinates(shape, like=points).reshape(-1, len(shape))
    for fast, direct, arguments in (
        (nufft1, nudft1, (values, points, shape)),
        (nufft2, nudft2, (image, points)),
        (nufft3, nudft3, (image.reshape(2, -1), grid, points)),
    ):
        arguments = [library(a) if isinstance(a, np.ndarray) else a for a in arguments]
        if "cuda" in str(arguments[0].device):
            pytest.skip("the fast transform runs on the CPU")
        result, expected = fast(*arguments, tolerance), direct(*arguments)
        assert result.dtype == expected.dtype == getattr(namespace(result), precision)
        assert result.shape == expected.shape
        assert type(result) is type(expected)
        error = np.linalg.norm(to_numpy(result) - to_numpy(expected)) / np.linalg.norm(to_numpy(expected))
        assert error < 10 * tolerance


@pytest.mark.parametrize("n", [0, 1])
def test_few_points(n):
    values, points = np.ones(n), np.zeros((n, 2))
    for transform in (nudft1, nufft1):
        np.testing.assert_allclose(transform(values, points, (2, 3)), np.full((2, 3), n), atol=1e-6)
    for transform in (nudft2, nufft2):
        np.testing.assert_allclose(transform(np.ones((2, 3)), points), np.full(n, 6), atol=1e-5)
    for transform in (nudft3, nufft3):
        np.testing.assert_allclose(transform(values, points, np.zeros((4, 2))), np.full(4, n), atol=1e-6)


def test_points_a_cycle_apart_are_one(rng):
    values, image, points = draw(rng, (6, 7))
    np.testing.assert_allclose(nufft2(image, points + 3, 1e-9), nudft2(image, points), atol=1e-6)
    np.testing.assert_allclose(nufft1(values, points - [1, 2], (6, 7), 1e-9), nudft1(values, points, (6, 7)), atol=1e-6)


def test_gradients_of_the_direct_sums(rng):
    values = torch.tensor(rng.standard_normal(3), requires_grad=True)
    image = torch.tensor(rng.standard_normal((3, 4)), requires_grad=True)
    points = torch.tensor(rng.uniform(-0.5, 0.5, (3, 2)), requires_grad=True)
    assert gradients_agree(lambda c, p: torch.view_as_real(nudft1(c, p, (3, 4))), (values, points))
    assert gradients_agree(lambda f, p: torch.view_as_real(nudft2(f, p)), (image, points))
    assert gradients_agree(lambda c, p: torch.view_as_real(nudft3(c, p, p + 1)), (values, points))


@pytest.mark.parametrize("n", [64, 256])
def test_single_precision_rounds_as_the_module_says(rng, n):
    image, points = rng.standard_normal((n, n)), rng.uniform(-0.5, 0.5, (100, 2)).astype(np.float32)
    expected = nudft2(image, points.astype(np.float64))
    for result in (nudft2(image.astype(np.float32), points), nufft2(image.astype(np.float32), points)):
        assert np.linalg.norm(result - expected) / np.linalg.norm(expected) < 8e-8 * n


def test_what_the_fast_ones_cannot_do_is_refused():
    values, points = torch.ones(3, dtype=torch.float64), torch.zeros((3, 2), dtype=torch.float64)
    with pytest.raises(ValueError, match=r"gradient.*nudft"):
        nufft1(values.requires_grad_(), points, (4, 4))
    with pytest.raises(ValueError, match=r"tolerance=1e-09.*complex64"):
        nufft2(np.zeros((4, 4), np.float32), np.zeros((3, 2), np.float32), 1e-9)
    with pytest.raises(ValueError, match="tolerance=0"):
        nufft2(np.zeros((4, 4)), np.zeros((3, 2)), 0.0)


def test_a_tensor_on_a_gpu_is_refused():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    points = torch.zeros((3, 2), device="cuda")
    with pytest.raises(ValueError, match="cuFINUFFT"):
        nufft2(torch.zeros((4, 4), device="cuda"), points)


@pytest.mark.parametrize("transform", [nudft2, nufft2])
def test_points_that_do_not_fit_are_named(transform):
    with pytest.raises(ValueError, match=r"points of shape \(3, 4\)"):
        transform(np.zeros((2, 2, 2, 2)), np.zeros((3, 4)))
    with pytest.raises(ValueError, match=r"do not fit 1 axes"):
        transform(np.zeros(4), np.zeros((3, 2)))


def test_the_direct_sums_keep_their_device():
    device = array_api_strict.Device("device1")
    image = array_api_strict.ones((3, 4), device=device)
    points = array_api_strict.zeros((2, 2), device=device)
    assert nudft2(image, points).device == device
