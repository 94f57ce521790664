"""Maps learned from images with coefficients: what is expected of them, and how sure it is, shell by shell.

The bound is highest in the mean and the q maps together where (W + diag φ/τ²) T = N in each voxel of the padded
transform, N_j = Σ E[c̃_j] Pᵀ C y/σ², W_jk = Σ E[c̃_j c̃_k] Pᵀ C²/σ². Each map is a random field of power τ²(r) within its
mask; φ is the part of the padded transform's voxels that such a field fills, and with which their errors, 1/W, average.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from vitreous._typing import NumpyArray
from vitreous.fourier import coordinate_radius, frequency_shells, irft, power_spectrum, resample, rft
from vitreous.heterogeneity.ball import PADDING, ball_to_maps, squared_radii
from vitreous.heterogeneity.moments import shell_means

__all__ = ["LearnedMaps", "coarse_box", "maximise", "resized", "start_maps", "turned"]

_MARGIN = 4
_RIM = (0.44, 0.49)
"""Where the mean map ends, in units of the box."""
_START_POWER = 0.1
"""Of that of the mean map."""
_EVEN = 0.25
"""Of the mean weight of a shell, added to all its voxels and made good for the shell as a whole: voxels that few views
have seen would spread their noise over the map when it is masked."""
_TINY = 1e-30


@dataclass(frozen=True, eq=False)
class LearnedMaps:
    """A mean map and q others, in voxels fine enough for the shells looked at, with the power of each and its error."""

    maps: Float32[NumpyArray, "q_1 b b b"]
    powers: Float64[NumpyArray, "q_1 shell"]
    """τ² of each shell, in the unit of the full box's transform."""
    errors: Float64[NumpyArray, "q_1 shell"]
    """The posterior variance of a coefficient, in that unit."""


def coarse_box(box: int, shells: int) -> int:
    """The least even box that holds so many shells with a margin, at most that of the images.

    Parameters
    ----------
    box
        Of the images, in pixels.
    shells
        What is looked at.

    Returns
    -------
    int
        Edge in voxels.
    """
    return min(box, 2 * (shells + _MARGIN))


def resized(maps: Float32[NumpyArray, "m n n n"], box: int) -> Float32[NumpyArray, "m box box box"]:
    """Maps in finer or coarser voxels, the same field of view.

    Parameters
    ----------
    maps
        Shape (m, n, n, n).
    box
        The new edge in voxels.

    Returns
    -------
    NumPy array (m, box, box, box) float32
        The same array where nothing changes.
    """
    if maps.shape[-1] == box:
        return maps
    return np.stack([np.asarray(resample(volume, (box,) * 3), np.float32) for volume in maps])


def start_maps(
    mean: Float32[NumpyArray, "n n n"], mask: Float32[NumpyArray, "n n n"], count: int, shells: int, seed: int = 0
) -> LearnedMaps:
    """The mean map, and q maps of noise within the mask, whose power is a part of the mean's.

    Parameters
    ----------
    mean, mask
        In the box of the images.
    count
        q.
    shells
        The first of them that are looked at.
    seed
        Of the noise.

    Returns
    -------
    LearnedMaps
        Before the first step.
    """
    box = coarse_box(mean.shape[-1], shells)
    power = np.asarray(power_spectrum(mean.astype(np.float64), 3))[: shells + 1]
    power = np.maximum(power, 1e-6 * power.max())
    powers = np.array([1.0, *[_START_POWER] * count])[:, None] * power
    noise = np.random.default_rng(seed).standard_normal((count, box, box, box)).astype(np.float32)
    maps = np.concatenate([resized(mean[None], box), noise * np.clip(resized(mask[None], box), 0, 1)])
    scale = (mean.shape[-1] / box) ** 3
    for volume, wanted in zip(maps[1:], powers[1:], strict=True):
        gain = np.sqrt(wanted / _shell_powers(volume[None], scale, shells + 1)[0])
        volume[...] = _filtered(volume, gain)
    return LearnedMaps(maps, powers, np.zeros_like(powers))


def _filtered(volume: NumpyArray, gain: Float64[np.ndarray, " shell"]) -> NumpyArray:
    """A map with each shell multiplied; those beyond the last are zero."""
    shells = np.minimum(np.asarray(frequency_shells(volume.shape, half=True)), len(gain))
    filtered: NumpyArray = irft(rft(volume, 3) * np.append(gain, 0.0)[shells], volume.shape).astype(np.float32)
    return filtered


def maximise(
    total: Float32[NumpyArray, "z y x channels"],
    powers: Float64[NumpyArray, "q_1 shell"],
    mask: Float[NumpyArray, "n n n"],
    box: int,
) -> LearnedMaps:
    """The maps that the moments ask for, and what their power then is.

    Parameters
    ----------
    total
        The moments of q + 1 maps (`vitreous.heterogeneity.channels`), completed in the plane x = 0.
    powers
        τ² so far.
    mask
        Of the q maps, 0 … 1, in any box; the mean is cut to a sphere.
    box
        Of the images.

    Returns
    -------
    LearnedMaps
        With τ² = ⟨|T|²⟩ + ε over each shell, ε = φ/(⟨W⟩ + φ/τ²) the error, which is EM for τ.
    """
    from vitreous.kernels.numba.channels import solve_moments  # numba is slow to import

    count, radius = len(powers), len(total) // 2
    coarse = coarse_box(box, radius // PADDING)
    scale = (box / coarse) ** 3
    masks = _masks(mask, coarse)
    fills = np.array([masks[0], *[masks[1]] * (count - 1)])
    prior = fills[:, None] / _for_shells(powers, radius // PADDING + 1)
    seen = shell_means(total, count)
    damping = prior + _EVEN * seen
    at = np.sqrt(np.arange(radius**2)) / PADDING
    tables = np.stack([np.interp(at, np.arange(damping.shape[1]), row) for row in damping], axis=-1)
    gains = np.stack(
        [np.interp(at, np.arange(damping.shape[1]), row) for row in (seen + damping) / (seen + prior)], axis=-1
    )
    solved = solve_moments(total, tables.astype(np.float32))
    inside = (squared := squared_radii(radius)) < len(gains)
    solved[inside] *= gains[squared[inside]].astype(np.float32)
    maps = ball_to_maps(solved, coarse, scale)
    maps[0] *= masks[2]
    maps[1:] *= masks[3]
    errors = fills[:, None] / (seen + prior)
    found = _shell_powers(maps, scale, damping.shape[1])
    return LearnedMaps(maps, np.maximum(found + errors, _TINY), errors)


def _masks(mask: NumpyArray, box: int) -> tuple[float, float, NumpyArray, NumpyArray]:
    """φ of the mean and of the others, and their masks."""
    radius, (start, end) = coordinate_radius((box,) * 3) / box, _RIM
    sphere = (0.5 + 0.5 * np.cos(np.pi * np.clip((radius - start) / (end - start), 0, 1))).astype(np.float32)
    own = np.clip(resized(mask[None].astype(np.float32), box)[0], 0, 1) * (radius < 0.5)
    fills = [float(np.mean(part.astype(np.float64) ** 2)) / PADDING**3 for part in (sphere, own)]
    return fills[0], max(fills[1], 1e-9), sphere, own.astype(np.float32)


def _for_shells(powers: NumpyArray, shells: int) -> NumpyArray:
    """The powers of so many shells: those beyond the last known are taken as strong as that."""
    known = powers[:, :shells]
    return np.pad(known, ((0, 0), (0, shells - known.shape[1])), mode="edge")


def _shell_powers(maps: NumpyArray, scale: float, shells: int) -> Float64[np.ndarray, "q shell"]:
    """⟨|T|²⟩ of the first shells, in the unit of the full box's transform."""
    found = np.stack([np.asarray(power_spectrum(volume, 3), np.float64) for volume in maps]) * scale**2
    return _for_shells(found, shells)


def turned(
    learned: LearnedMaps, mean: Float[NumpyArray, " d"], turn: Float[NumpyArray, "d d"], *, box: int
) -> LearnedMaps:
    """The same maps for other coordinates z′ of their first d coefficients, which were z = mean + turn z′.

    Parameters
    ----------
    learned
        For the old ones.
    mean, turn
        How the old ones are got from the new.
    box
        Of the images.

    Returns
    -------
    LearnedMaps
        For the new ones.
    """
    d, scale = len(mean), (box / learned.maps.shape[-1]) ** 3
    maps, powers, errors = learned.maps.copy(), learned.powers.copy(), learned.errors.copy()
    maps[0] += np.tensordot(mean.astype(np.float32), learned.maps[1 : d + 1], 1)
    maps[1 : d + 1] = np.tensordot(turn.T.astype(np.float32), learned.maps[1 : d + 1], 1)
    squares, shells = turn.T.astype(np.float64) ** 2, powers.shape[1]
    errors[1 : d + 1] = squares @ learned.errors[1 : d + 1]
    # what was damped stays as much damped
    damped = squares @ _shell_powers(learned.maps[1 : d + 1], scale, shells)
    ratio = squares @ learned.powers[1 : d + 1] / np.maximum(damped, _TINY)
    powers[1 : d + 1] = np.maximum(_shell_powers(maps[1 : d + 1], scale, shells) * ratio, _TINY)
    return LearnedMaps(maps, powers, errors)
