"""Interpolation kernels as data: a function φ of the distance in pixels, how far it reaches, and its Fourier transform.

Interpolation is a convolution, f(x) = Σ_n f_n φ(x − n) on each axis. All kernels here are even and have ∫ φ = 1. What a
kernel does to an image is read off its transform φ̂(k): φ̂ over the band that the image fills is what a correction
divides by, φ̂ around the integers is what comes through as error.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.linalg import eigh_tridiagonal

from vitreous._array import device_of, namespace, real_dtype
from vitreous._typing import Array, NumpyArray, Real

__all__ = [
    "B_SPLINE",
    "CATMULL_ROM",
    "LINEAR",
    "NEAREST",
    "Kernel",
    "fourier_correction",
    "kaiser_bessel",
    "prolate",
]


@dataclass(frozen=True)
class Kernel:
    """An interpolation kernel on one axis; on several axes it is the product over them."""

    name: str
    support: int
    """Width in pixels, which is the number of pixels that one target draws on: φ(x) = 0 for |x| > support / 2."""
    profile: Callable[[Array], Array]
    """φ(x), x in pixels, for arrays of any library; gradients pass."""
    transform: Callable[[NumpyArray], NumpyArray]
    """φ̂(k) = ∫ φ(x) exp(−2πi k x) dx, k in cycles per pixel, real; NumPy float64."""
    prefilter: bool = False
    """Whether the pixels must be turned into coefficients first, for the interpolant to pass through them."""


def _nearest(x: Array) -> Array:
    """1 on −½ ≤ x < ½: half-open, so that a target midway between two pixels has one nearest."""
    xp = namespace(x)
    return xp.where((x >= -0.5) & (x < 0.5), xp.ones_like(x), xp.zeros_like(x))


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Σ_k c_k x^k by Horner's rule."""
    result = namespace(x).zeros_like(x)
    for coefficient in reversed(coefficients):
        result = result * x + coefficient
    return result


def _piecewise(pieces: tuple[tuple[float, ...], ...]) -> Callable[[Array], Array]:
    """The even function with the polynomial ``pieces[i]`` in |x| on i ≤ |x| < i + 1, and 0 beyond."""

    def profile(x: Array) -> Array:
        xp = namespace(x)
        distance = xp.abs(x)
        result = xp.zeros_like(x)
        for i, coefficients in enumerate(pieces):
            result = xp.where((distance >= i) & (distance < i + 1), _polynomial(distance, coefficients), result)
        return result

    return profile


def _catmull_rom_transform(k: NumpyArray) -> NumpyArray:
    """[3 (sinc² k − sinc 2k) − 3 sinc² 2k + 2 sinc 2k + sinc 4k] / (πk)², and its Taylor series near 0."""
    sinc, small = np.sinc, np.abs(k) < 0.02
    at = np.where(small, 1.0, k)
    full = 3 * sinc(at) ** 2 - sinc(2 * at) - 3 * sinc(2 * at) ** 2 + sinc(4 * at)
    square = (np.pi * k) ** 2
    series = 1 - square**2 * (1 / 5 - square * (68 / 945 - square * 62 / 4725))
    return np.where(small, series, full / (np.pi * at) ** 2)


NEAREST = Kernel("nearest", 1, _nearest, lambda k: np.sinc(k))
"""The pixel that holds the target: φ = 1 for |x| < ½, φ̂ = sinc k = sin(πk)/(πk)."""

LINEAR = Kernel("linear", 2, _piecewise(((1.0, -1.0),)), lambda k: np.sinc(k) ** 2)
"""Bilinear and trilinear: φ = 1 − |x|, φ̂ = sinc² k. Exact for functions linear in each coordinate."""

CATMULL_ROM = Kernel(
    "Catmull-Rom", 4, _piecewise(((1.0, 0.0, -5 / 2, 3 / 2), (2.0, -4.0, 5 / 2, -1 / 2))), _catmull_rom_transform
)
"""Cubic convolution with Keys's a = −½; C¹, passes through the pixels, exact for polynomials up to degree 2.

R. G. Keys, Cubic convolution interpolation for digital image processing, IEEE Trans. ASSP 29 (1981) 1153, eq. 15.
"""

B_SPLINE = Kernel(
    "cubic B-spline",
    4,
    _piecewise(((2 / 3, 0.0, -1.0, 1 / 2), (4 / 3, -2.0, 1.0, -1 / 6))),
    lambda k: np.sinc(k) ** 4,
    prefilter=True,
)
"""The cubic spline: C², passes through the pixels once they are prefiltered, exact for polynomials up to degree 3.

φ is four boxes convolved, φ̂ = sinc⁴ k. ``dataclasses.replace(B_SPLINE, prefilter=False)`` takes coefficients, or
smooths. M. Unser, Splines: a perfect fit for signal and image processing, IEEE Signal Process. Mag. 16 (1999) 22.
"""


def kaiser_bessel(width: int, oversampling: Real = 2) -> Kernel:
    """The Kaiser–Bessel kernel for gridding: nearly the narrowest in both spaces, in closed form in both.

    φ(x) = c I₀(β √(1 − (2x/W)²)), φ̂(k) = c W sinh(√(β² − (πWk)²)) / √(β² − (πWk)²), with c = β / (W sinh β) for
    φ̂(0) = 1, and β = π √((W/α)² (α − ½)² − 0.8), which keeps the aliases of the image's edge small.

    Parameters
    ----------
    width
        W, in pixels of the oversampled grid; the largest alias falls about tenfold with each pixel.
    oversampling
        α, the factor by which the image was padded.

    Returns
    -------
    Kernel
        Not interpolating: divide by ``fourier_correction`` in the other space.

    Raises
    ------
    ValueError
        If width and oversampling are too small for β to be real.

    References
    ----------
    P. J. Beatty, D. G. Nishimura, J. M. Pauly, IEEE Trans. Med. Imaging 24 (2005) 799, eq. 5 for β;
    R. M. Lewitt, J. Opt. Soc. Am. A 7 (1990) 1834; J. A. Fessler, B. P. Sutton, IEEE Trans. Signal Process. 51 (2003)
    560.
    """
    square = (width / oversampling * (oversampling - 0.5)) ** 2 - 0.8
    if width < 1 or oversampling < 1 or square <= 0:
        raise ValueError(f"width {width} and oversampling {oversampling} make no Kaiser-Bessel kernel; take 3 and 2")
    beta = math.pi * math.sqrt(square)
    scale = beta / (width * math.sinh(beta))
    # I₀(β √s) = Σ_k (β²s/4)^k / (k!)²: all terms are positive, so that the sum loses no digits
    terms = [scale]
    while terms[-1] > 1e-18 * sum(terms):
        terms.append(terms[-1] * beta**2 / 4 / len(terms) ** 2)

    def profile(x: Array) -> Array:
        rest = 1 - (x * (2 / width)) ** 2
        return namespace(x).where(rest >= 0, _polynomial(rest, tuple(terms)), namespace(x).zeros_like(x))

    def transform(k: NumpyArray) -> NumpyArray:
        root = np.emath.sqrt(beta**2 - (np.pi * width * k) ** 2 + 0j)
        ratio = np.where(root == 0, 1, np.sinh(root) / np.where(root == 0, 1, root))
        return np.asarray(np.real(scale * width * ratio))

    return Kernel(f"Kaiser-Bessel {width}/{oversampling:g}", width, profile, transform)


def prolate(width: int, oversampling: Real = 2) -> Kernel:
    """The prolate spheroidal kernel: of all of this width, the one with the least energy in the aliases.

    φ(x) = ψ(2x/W) / ∫ψ, where ψ is the eigenfunction of ∫ exp(i c t s) ψ(s) ds with the largest eigenvalue, of order
    0 and c = π W (1 − 1/(2α)): φ̂ is concentrated in |k| < 1 − 1/(2α), where no alias of the image lies. ψ is expanded
    in even Legendre polynomials, whose coefficients are an eigenvector of a tridiagonal matrix; φ̂ is summed by
    Gauss–Legendre quadrature.

    Parameters
    ----------
    width
        W, in pixels of the oversampled grid.
    oversampling
        α, the factor by which the image was padded.

    Returns
    -------
    Kernel
        Not interpolating: divide by ``fourier_correction`` in the other space.

    Raises
    ------
    ValueError
        If the width or the oversampling is below 1.

    References
    ----------
    D. Slepian, H. O. Pollak, Bell Syst. Tech. J. 40 (1961) 43; H. Xiao, V. Rokhlin, N. Yarvin, Inverse Problems 17
    (2001) 805, for the matrix; F. R. Schwab, Indirect Imaging (1984) 333, for gridding.
    """
    if width < 1 or oversampling < 1:
        raise ValueError(f"width {width} and oversampling {oversampling} make no prolate kernel; take 4 and 2")
    c = math.pi * width * (1 - 1 / (2 * oversampling))
    series = _prolate_series(c)
    series = series / (width * series[0])

    def profile(x: Array) -> Array:
        xp = namespace(x)
        t = xp.clip(x * (2 / width), -1.0, 1.0)
        return xp.where(xp.abs(x) <= width / 2, _legendre_sum(t, series), xp.zeros_like(x))

    nodes, weights = np.polynomial.legendre.leggauss(40 + 8 * width)
    mass = weights * (width / 2) * np.asarray(_legendre_sum(nodes, series))

    def transform(k: NumpyArray) -> NumpyArray:
        return np.asarray(np.cos(np.pi * width * np.multiply.outer(k, nodes)) @ mass)

    return Kernel(f"prolate {width}/{oversampling:g}", width, profile, transform)


def _prolate_series(c: float) -> Float[NumpyArray, " n"]:
    """The coefficients of P₀, P₁, P₂ … (the odd ones 0) in the prolate spheroidal wave function of order 0."""
    k = np.arange(0, 60 + 2 * int(c), 2, dtype=np.float64)
    diagonal = k * (k + 1) + (2 * k * (k + 1) - 1) / ((2 * k + 3) * (2 * k - 1)) * c**2
    beside = (k + 2) * (k + 1) / ((2 * k + 3) * np.sqrt((2 * k + 1) * (2 * k + 5))) * c**2
    _, vector = eigh_tridiagonal(diagonal, beside[:-1], select="i", select_range=(0, 0))
    series = np.zeros(2 * len(k))
    # the matrix is written in normalised polynomials √(k + ½) P_k
    series[::2] = vector[:, 0] * np.sqrt(k + 0.5)
    return np.trim_zeros(np.where(np.abs(series) > 1e-17 * np.max(np.abs(series)), series, 0), "b")


def _legendre_sum(t: Array, series: Float[NumpyArray, " n"]) -> Array:
    """Σ_k a_k P_k(t) by Clenshaw's recurrence."""
    after = later = namespace(t).zeros_like(t)
    for k in range(len(series) - 1, -1, -1):
        after, later = float(series[k]) + (2 * k + 1) / (k + 1) * t * after - (k + 1) / (k + 2) * later, after
    return after


def fourier_correction(
    kernel: Kernel, shape: tuple[int, ...], padding: Real = 1, *, like: Array = None
) -> Float[Array, "*shape"]:
    """What interpolation in one space multiplies onto the other space: divide by it.

    C(x) = Π_axes φ̂(x / (p n)), x = −(n // 2) … in pixels: the product over the axes, as the kernel is a product; a
    function of the radius, sinc²(|x|/pn), is a well-known mistake. Where the kernel has a prefilter, its
    1 / Σ_m φ(m) exp(−2πi k m) is a factor too.

    Parameters
    ----------
    kernel
        The kernel with which the padded transform was, or is to be, sampled.
    shape
        The image or volume before padding, (…, y, x).
    padding
        p, the size of the padded transform over that of the image.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Array
        Shape ``shape``, 1 at the origin n // 2.

    References
    ----------
    J. I. Jackson, C. H. Meyer, D. G. Nishimura, A. Macovski, IEEE Trans. Med. Imaging 10 (1991) 473.
    """
    result = np.ones(())
    for n in shape:
        k = (np.arange(n) - n // 2) / (padding * n)
        axis = kernel.transform(k)
        if kernel.prefilter:
            taps = np.arange(-(kernel.support // 2), kernel.support // 2 + 1, dtype=np.float64)
            axis = axis / (np.cos(2 * np.pi * np.multiply.outer(k, taps)) @ kernel.profile(taps))
        result = np.multiply.outer(result, axis)
    if like is None:
        return result
    xp = namespace(like)
    return xp.asarray(result, dtype=real_dtype(like), device=device_of(like))
