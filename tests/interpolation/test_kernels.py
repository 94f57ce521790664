"""Kernels: their transforms, what they reproduce, and the correction of interpolation in Fourier space."""

import array_api_strict
import numpy as np
import pytest
from scipy.special import i0, pro_ang1

from vitreous.interpolation import (
    B_SPLINE,
    CATMULL_ROM,
    LINEAR,
    NEAREST,
    Kernel,
    fourier_correction,
    kaiser_bessel,
    prolate,
    sample,
)

KERNELS = [
    *[NEAREST, LINEAR, CATMULL_ROM, B_SPLINE],
    *[kaiser_bessel(3), kaiser_bessel(4), kaiser_bessel(6, 1.25), prolate(4), prolate(5, 1.5), prolate(8)],
]
every_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=[kernel.name for kernel in KERNELS])


@every_kernel
def test_the_transform_is_the_integral_of_the_profile(kernel):
    nodes, weights = np.polynomial.legendre.leggauss(40)
    # the profiles are smooth between half-integers
    starts = np.arange(0, kernel.support / 2, 0.5)
    x = (starts[:, None] + 0.25 + 0.25 * nodes).ravel()
    mass = np.tile(weights * 0.25, len(starts)) * kernel.profile(x)
    k = np.concatenate([np.linspace(-3.3, 3.3, 301), [0, 1e-5, 0.019, 0.0201, 0.5]])
    integral = 2 * np.cos(2 * np.pi * np.multiply.outer(k, x)) @ mass
    np.testing.assert_allclose(kernel.transform(k), integral, atol=1e-12)
    assert kernel.transform(np.zeros(1)) == pytest.approx(1, abs=1e-14)


@every_kernel
def test_the_profile_is_even_and_ends_at_its_support(kernel, library):
    x = np.linspace(0.01, 6, 250)
    x = x[np.abs(x - kernel.support / 2) > 1e-9]
    ahead, behind = kernel.profile(library(x)), kernel.profile(library(-x))
    np.testing.assert_array_equal(np.asarray(ahead), np.asarray(behind))
    assert np.all(np.asarray(ahead)[x > kernel.support / 2] == 0)


@every_kernel
def test_the_profile_keeps_single_precision(kernel, library):
    x = np.linspace(-4, 4, 41).astype(np.float32)
    profile = np.asarray(kernel.profile(library(x)))
    assert profile.dtype == np.float32
    np.testing.assert_allclose(profile, kernel.profile(x.astype(np.float64)), atol=1e-6)


@pytest.mark.parametrize("kernel", [LINEAR, CATMULL_ROM], ids=["linear", "catmull_rom"])
def test_interpolating_kernels_are_one_at_their_pixel_and_zero_at_the_others(kernel):
    np.testing.assert_array_equal(kernel.profile(np.arange(-3.0, 4)), [0, 0, 0, 1, 0, 0, 0])


@every_kernel
def test_weights_sum_to_one_but_for_the_transform_at_the_integers(kernel):
    """Poisson: Σ_n φ(x − n) = Σ_m φ̂(m) cos 2πmx. Polynomial kernels have φ̂(m) = 0, the others next to it."""
    x = np.linspace(0, 1, 50, endpoint=False)
    ripple = np.sum(kernel.profile(x[:, None] - np.arange(-5, 6)), axis=1) - 1
    assert np.max(np.abs(ripple)) < 1e-14 + 2 * np.sum(np.abs(kernel.transform(np.arange(1.0, 2000))))
    if kernel in (NEAREST, LINEAR, CATMULL_ROM, B_SPLINE):
        assert np.max(np.abs(ripple)) < 1e-14


def test_kaiser_bessel_is_the_bessel_function():
    """β of Beatty et al. for width 4, twofold oversampling: π √(4·2.25 − 0.8)."""
    beta = np.pi * np.sqrt(8.2)
    x = np.linspace(-2, 2, 101)
    expected = i0(beta * np.sqrt(1 - (x / 2) ** 2)) / i0(beta)
    profile = kaiser_bessel(4, 2).profile(x)
    np.testing.assert_allclose(profile / profile[50], expected, rtol=1e-13)


@pytest.mark.parametrize(("width", "oversampling"), [(2, 2.0), (4, 2.0), (6, 1.25), (12, 2.0)])
def test_prolate_is_the_spheroidal_wave_function(width, oversampling):
    t = np.linspace(0, 0.999, 40)
    expected = pro_ang1(0, 0, np.pi * width * (1 - 0.5 / oversampling), t)[0]
    profile = prolate(width, oversampling).profile(t * width / 2)
    np.testing.assert_allclose(profile / profile[0], expected / expected[0], atol=1e-9)


@pytest.mark.parametrize("width", [3, 4, 5, 6])
def test_prolate_has_the_least_energy_outside_its_band(width):
    nodes, weights = np.polynomial.legendre.leggauss(120)

    def leaked(kernel: Kernel) -> float:
        """1 − ∫ φ̂² over |k| < 3/4, divided by ∫ φ² over all x, which by Parseval is ∫ φ̂² over all k."""
        inside = 0.75 * weights @ kernel.transform(0.75 * nodes) ** 2
        return 1 - inside / (width / 2 * weights @ kernel.profile(width / 2 * nodes) ** 2)

    assert 0 < leaked(prolate(width)) < 0.9 * leaked(kaiser_bessel(width))
    assert width != 4 or leaked(prolate(4)) < 0.1 * leaked(B_SPLINE)


@pytest.mark.parametrize("make", [kaiser_bessel, prolate])
def test_kernels_that_cannot_be_are_refused(make):
    with pytest.raises(ValueError, match="width 0 and oversampling 2"):
        make(0, 2.0)
    with pytest.raises(ValueError, match=r"oversampling 0\.5"):
        make(4, 0.5)


@pytest.mark.parametrize(("padding", "radial_error"), [(1, 0.5), (1.5, 0.08), (2, 0.02)])
def test_the_correction_of_linear_interpolation_is_a_product_of_squared_sincs(padding, radial_error):
    shape = (7, 8, 10)
    z, y, x = np.meshgrid(*[(np.arange(n) - n // 2) / (n * padding) for n in shape], indexing="ij")
    correction = fourier_correction(LINEAR, shape, padding)
    np.testing.assert_allclose(correction, (np.sinc(x) * np.sinc(y) * np.sinc(z)) ** 2, rtol=1e-14)
    radial = np.sinc(np.sqrt(x**2 + y**2 + z**2)) ** 2
    assert np.max(np.abs(radial / correction - 1)) > radial_error


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, np.float64])
def test_the_correction_follows_the_array_it_is_made_for(library, dtype):
    like = library(np.ones(3, dtype))
    correction = fourier_correction(B_SPLINE, (4, 3), 2, like=like)
    assert type(correction) is type(like)
    assert np.asarray(correction).dtype == (np.float64 if dtype == np.float64 else np.float32)


def relative_error(kernel: Kernel, padding: int, *, correction=fourier_correction, n: int = 13) -> float:
    """Error of the transform of a random image at random frequencies, sampled from a padded discrete transform."""
    rng = np.random.default_rng(1)
    image, k = rng.standard_normal((n, n)), rng.uniform(-0.5, 0.5, (400, 2))
    pixel = np.arange(n) - n // 2
    waves = [np.exp(-2j * np.pi * np.multiply.outer(k[:, axis], pixel)) for axis in (0, 1)]
    exact = np.einsum("py,yx,px->p", waves[1], image, waves[0])

    padded = np.zeros((padding * n, padding * n))
    start = padding * n // 2 - n // 2
    padded[start : start + n, start : start + n] = image / correction(kernel, (n, n), padding)
    spectrum = np.fft.fftshift(np.fft.fft2(np.fft.ifftshift(padded)))
    found = sample(spectrum, k * padding * n, kernel, "wrap")
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


@pytest.mark.parametrize(
    ("kernel", "order"), [(LINEAR, 1.7), (CATMULL_ROM, 2.5), (B_SPLINE, 3.5)], ids=["linear", "catmull_rom", "b_spline"]
)
def test_errors_in_fourier_space_fall_with_padding(kernel, order):
    """Twice the padding lowers the error by 2^order or more: the alias at the image's edge is φ̂(1 − 1/2p)."""
    errors = [relative_error(kernel, padding) for padding in (2, 4, 8)]
    assert errors[0] / errors[1] > 2**order
    assert errors[1] / errors[2] > 2**order


@pytest.mark.parametrize("make", [kaiser_bessel, prolate])
def test_errors_in_fourier_space_fall_about_tenfold_with_each_pixel_of_width(make):
    errors = [relative_error(make(width, 2.0), 2) for width in range(3, 9)]
    falls = np.array(errors[:-1]) / errors[1:]
    assert np.all(falls > 4)
    assert np.prod(falls) ** (1 / len(falls)) > 8
    assert errors[-1] < 1e-6


@pytest.mark.parametrize("kernel", [LINEAR, B_SPLINE, kaiser_bessel(4), prolate(4)], ids=lambda kernel: kernel.name)
def test_the_separable_correction_beats_none_and_the_radial_one(kernel):
    def radial(kernel, shape, padding):
        grids = np.meshgrid(*[(np.arange(n) - n // 2) / (n * padding) for n in shape], indexing="ij")
        radius = np.sqrt(sum(grid**2 for grid in grids))
        line = fourier_correction(kernel, (2001,), 1)[1000:]
        return np.interp(radius, np.arange(1001) / 2001, line)

    separable = relative_error(kernel, 2)
    assert separable < relative_error(kernel, 2, correction=radial)
    assert separable < relative_error(kernel, 2, correction=lambda *_: 1.0)


def test_profiles_run_on_the_strict_library_without_leaving_it():
    assert isinstance(kaiser_bessel(4).profile(array_api_strict.zeros(3)), array_api_strict._array_object.Array)
