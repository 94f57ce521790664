"""Undoing a convolution, with the damping that keeps noise from exploding where the transfer is near zero.

The image is y = h * x + n, in Fourier space Y = H X + N. Dividing by H multiplies the noise by 1/H, without bound at
the zeros of H, and does so even for the rounding errors of a noise-free image. Both filters here are conj(H)/(|H|² +
ε): where |H|² ≫ ε they divide, where |H|² ≪ ε they return 0 and leave the frequency out. All arguments are on one
frequency grid, full or half, and may be arrays that broadcast (one value for each shell, spread over the grid, for
instance).
"""

from jaxtyping import Complex

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike

__all__ = ["tikhonov", "wiener"]


def _damped_division(spectrum: Array, transfer: Array, damping: Array) -> Array:
    xp = namespace(spectrum)
    return spectrum * xp.conj(transfer) / (xp.abs(transfer) ** 2 + damping)


def wiener(
    spectrum: Complex[Array, "*shape"], transfer: ArrayLike, signal_power: ArrayLike, noise_power: ArrayLike
) -> Complex[Array, "*shape"]:
    """The linear estimate of least expected error, for a signal and noise of known power.

    X̂ = conj(H) Y/(|H|² + noise_power/signal_power).

    Parameters
    ----------
    spectrum
        Y, full or half spectrum.
    transfer
        H, on the same grid, real or complex.
    signal_power, noise_power
        Expected |X|² and |N|² at each frequency, or one number for all, > 0: only their ratio matters.

    Returns
    -------
    Complex array
        X̂, the shape of Y.

    References
    ----------
    Wiener, Extrapolation, Interpolation, and Smoothing of Stationary Time Series (1949), chapter III.
    """
    spectrum, transfer, signal, noise = as_arrays(spectrum, transfer, signal_power, noise_power)
    return _damped_division(spectrum, transfer, noise / signal)


def tikhonov(
    spectrum: Complex[Array, "*shape"], transfer: ArrayLike, strength: ArrayLike, penalty: ArrayLike = 1.0
) -> Complex[Array, "*shape"]:
    """The solution that trades the misfit against its own size, or against what a penalty makes of it.

    X̂ = argmin Σ |H X − Y|² + λ Σ |P X|² = conj(H) Y/(|H|² + λ |P|²).

    Parameters
    ----------
    spectrum
        Y, full or half spectrum.
    transfer
        H, on the same grid, real or complex.
    strength
        λ > 0, in units of |H|².
    penalty
        P, on the same grid; 1 asks for a small solution, 2π|k| for a smooth one.

    Returns
    -------
    Complex array
        X̂, the shape of Y.

    References
    ----------
    Tikhonov and Arsenin, Solutions of Ill-posed Problems (1977), chapter II.
    """
    spectrum, transfer, strength, penalty = as_arrays(spectrum, transfer, strength, penalty)
    return _damped_division(spectrum, transfer, strength * namespace(spectrum).abs(penalty) ** 2)
