"""Problems of three-dimensional reconstruction, sharpen stream."""

from math import exp, sqrt

import numpy as np

from vitreous.projection import slice_map
from vitreous.rotations import random_rotations
from vitreous.study.problems import Attempt, Derive, Mistake, Number, Step, compute


@compute("From a correlation of half maps to a correlation with the truth")
def correlation_to_ratio(rng: np.random.Generator) -> Attempt:
    """Ask for C_ref from the FSC of half maps."""
    f = round(float(rng.uniform(0.1, 0.7)), 3)
    right = sqrt(2 * f / (1 + f))
    return Attempt(
        statement=f"In one shell the half maps correlate by $F = {f}$. How well, in expectation, does the map from *all* data correlate with a noiseless one?",
        answer=Number(right, relative=0.008),
        mistakes=(
            Mistake(
                sqrt(f),
                "That is the correlation of one half map with the truth; the whole data set has half the noise power.",
            ),
            Mistake(2 * f / (1 + f), "That is its square, the Wiener weight of the averaged map."),
            Mistake(
                f, "That is the correlation of two noisy maps with one another; against the truth only one is noisy."
            ),
        ),
        hints=(
            "With signal power 1 and noise power $n$ in a half map, $F = 1/(1 + n)$.",
            "The average of both halves has the noise power $n/2$.",
        ),
        worked=f"$\\sqrt{{2F/(1 + F)}} = \\sqrt{{{2 * f:.3f}/{1 + f:.3f}}} = {right:.4f}$. At $F = 0.143$ this is 0.5.",
    )


@compute("What the next ångström costs")
def particles_for_resolution(rng: np.random.Generator) -> Attempt:
    """Ask by which factor the number of particles grows from one resolution to another at a B factor."""
    b = 10 * int(rng.integers(8, 19))
    old, new = [(4.0, 3.5), (3.5, 3.0), (3.0, 2.6), (4.0, 3.0)][int(rng.integers(4))]
    gap = 1 / new**2 - 1 / old**2
    right = exp(b / 2 * gap)
    return Attempt(
        statement=f"In a data set with B = {b} Å² the signal's *amplitude* at resolution $d$ falls as $\\exp(-B/4d^2)$ against white noise. How many times as many particles "
        f"does {new:g} Å need as {old:g} Å, for the same ratio of signal to noise (shells of the same number of voxels)?",
        answer=Number(right, relative=0.02),
        mistakes=(
            Mistake(
                exp(b / 4 * gap),
                "That is the ratio of the amplitudes. Signal power must be made up by particles: the square.",
            ),
            Mistake(exp(2 * b * gap), "The factor 4 of the B factor is missing."),
            Mistake(old / new, "The cost is exponential in 1/d², not in proportion to 1/d."),
        ),
        hints=(
            "Averaging N particles leaves the signal and divides the noise power by N.",
            "So N is proportional to one over the signal *power*, $\\exp(+B/2d^2)$.",
        ),
        worked=f"$\\exp\\big(\\frac{{B}}{{2}}(1/d_2^2 - 1/d_1^2)\\big) = \\exp({b / 2:g}\\times{gap:.5f}) = {right:.3f}$.",
    )


def _gaussian(n: int = 16) -> np.ndarray:
    z, y, x = np.meshgrid(*[np.arange(n) - n // 2] * 3, indexing="ij")
    return np.exp(-((x - 1.0) ** 2) / 6 - y**2 / 4 - (z + 1.0) ** 2 / 9)


def _order_of_sums() -> bool:
    volume = _gaussian()
    plane = np.fft.fftn(volume)[0]
    return bool(np.allclose(plane, np.fft.fft2(volume.sum(axis=0))))


def _rotation_passes_through() -> bool:
    rng = np.random.default_rng(0)
    points, values, k = rng.standard_normal((40, 3)), rng.standard_normal(40), rng.standard_normal(3)
    turn = random_rotations(1, 4)[0]
    turned = np.sum(values * np.exp(-2j * np.pi * (points @ turn.T) @ k))
    return bool(np.isclose(turned, np.sum(values * np.exp(-2j * np.pi * points @ (turn.T @ k)))))


def _engine_slices() -> bool:
    volume = _gaussian()
    n, turn = 16, random_rotations(1, 4)[0]
    found = np.asarray(slice_map(volume, turn))
    grid = np.arange(n) - n // 2
    z, y, x = (axis.ravel() for axis in np.meshgrid(grid, grid, grid, indexing="ij"))
    kx, ky = 2 / n, 3 / n
    point = turn.T @ np.array([kx, ky, 0.0])
    wanted = np.sum(volume.ravel() * np.exp(-2j * np.pi * (point[0] * x + point[1] * y + point[2] * z)))
    return bool(np.abs(found - wanted).min() < 1e-3 * abs(wanted))


central_slice = Derive(
    "central-slice",
    "The central-slice theorem",
    "The Fourier transform of the projection of a turned map at $(k_x, k_y)$ is the transform of the map at $R^\\mathsf{T}(k_x, k_y, 0)$.",
    (
        Step(
            "Without a turn: put $k_z = 0$ into the transform. The sum over $z$ meets no exponential, and is the projection.",
            r"\hat V(k_x, k_y, 0) = \sum_{x,y}\Big(\sum_z V(x, y, z)\Big)e^{-2\pi i(k_xx + k_yy)}",
            _order_of_sums,
        ),
        Step(
            "A turn of the map is a turn of its transform, because a rotation keeps inner products: $\\mathbf k\\cdot R\\mathbf x = R^\\mathsf{T}\\mathbf k\\cdot\\mathbf x$.",
            r"\widehat{RV}(\mathbf k) = \hat V(R^\mathsf{T}\mathbf k)",
            _rotation_passes_through,
        ),
        Step(
            "Both together. The engine's slice of a map is this sum, evaluated.",
            r"\hat P_R(k_x, k_y) = \hat V\big(R^\mathsf{T}(k_x, k_y, 0)^\mathsf{T}\big)",
            _engine_slices,
        ),
    ),
)
