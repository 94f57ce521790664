"""The map that all particles share, by direct inversion, with its half maps and a mask around what moves."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.fourier import coordinate_radius
from vitreous.heterogeneity.ball import add_conjugates, ball_radius
from vitreous.heterogeneity.latent_posterior import compared_blocks
from vitreous.heterogeneity.moments import add_moments, empty_total, solve_maps
from vitreous.heterogeneity.observations import Observations
from vitreous.reconstruction import automatic_mask, half_map_fsc
from vitreous.reconstruction.direct import cut_to_sphere, noise_to_signal

__all__ = ["Consensus", "half_numbers", "reconstruct_consensus"]

_LOW_PASS_VOXELS, _GROW_VOXELS, _EDGE_VOXELS = 4, 5, 4


@dataclass(frozen=True, eq=False)
class Consensus:
    """What all particles share."""

    mean: Float32[NumpyArray, "n n n"]
    """Weighted by the agreement of the halves."""
    halves: Float32[NumpyArray, "2 n n n"]
    """Each from the images of one half set, not weighted."""
    fsc: Float64[NumpyArray, " shell"]
    """Of the halves within the mask."""
    mask: Float32[NumpyArray, "n n n"]
    """0 … 1."""


def half_numbers(observations: Observations, seed: int = 0) -> Int64[NumpyArray, " n"]:
    """The half set of each particle, 0 or 1: that of the file, else a seeded random split.

    Parameters
    ----------
    observations
        n particles.
    seed
        Of the split, where the set has none of its own.

    Returns
    -------
    NumPy array (n,)
        0 or 1.

    Raises
    ------
    InputError
        If the file's random subsets are other than 1 and 2, or all the same.
    """
    subset = observations.particles.random_subset
    if subset is None:
        return np.random.default_rng(seed).permutation(np.arange(len(observations)) % 2)
    if not np.isin(subset, (1, 2)).all() or len(np.unique(subset)) < 2:
        found = ", ".join(map(str, np.unique(subset)[:4]))
        raise InputError(f"the random subsets are {found}, expected 1 and 2", advice="remove the column, or split anew")
    halves: NumpyArray = subset - 1
    return halves


def reconstruct_consensus(
    observations: Observations,
    halves: Int64[NumpyArray, " n"],
    mask: Float[NumpyArray, "z y x"] | None = None,
) -> Consensus:
    """The map of all particles and the half maps, by direct inversion.

    Parameters
    ----------
    observations
        n particles.
    halves
        The half set of each, 0 or 1.
    mask
        Where the maps may differ, 0 … 1; None: `vitreous.reconstruction.automatic_mask` around the map, grown.

    Returns
    -------
    Consensus
        In the frame of the poses.

    Raises
    ------
    InputError
        If the mask is of another box.
    """
    box, cutoff = observations.box, float(np.hypot(*observations.disc.frequencies[-1])) + 0.5 / observations.box
    if mask is not None and mask.shape != (box,) * 3:
        found = f"a mask of {' × '.join(map(str, mask.shape))} voxels, images of {box} pixels"
        raise InputError(found, advice="resample the mask to the box of the images")
    totals = _inserted(observations, halves, min(cutoff, 0.5))
    plain = np.full((1, box // 2 + 1), 0.0)
    half_maps = np.concatenate([solve_maps(total, plain, box) for total in totals])
    if mask is None:
        mask = _mask(half_maps, observations.pixel_size_angstrom)
    curve = _agreement(half_maps, mask, observations.pixel_size_angstrom)
    mean = solve_maps(totals[0] + totals[1], noise_to_signal(curve)[None], box)[0]
    return Consensus(cut_to_sphere(mean), half_maps, curve, mask.astype(np.float32))


def _inserted(observations: Observations, halves: NumpyArray, cutoff: float) -> list[NumpyArray]:
    """The totals of both halves."""
    radius = ball_radius(observations.box, cutoff)
    nothing = np.zeros((2 * radius + 1, 2 * radius + 1, radius + 1, 2), np.float32)
    totals = [empty_total(radius, 1) for _ in range(2)]
    disc = observations.disc
    frequencies = disc.frequencies[: disc.within(cutoff)] * np.float32(disc.box)
    for compared in compared_blocks(observations, nothing, cutoff):
        ones = np.ones((len(compared.residual), 1), np.float32)
        for half, total in enumerate(totals):
            chosen = halves[compared.block.rows] == half
            add_moments(total, compared, frequencies, ones, ones[..., None], chosen)
    for total in totals:
        add_conjugates(total, 1)
    return totals


def _agreement(half_maps: NumpyArray, mask: NumpyArray, pixel: float) -> Float64[np.ndarray, " shell"]:
    """The FSC within the mask, freed of what the mask puts in."""
    found = half_map_fsc(half_maps[0], half_maps[1], mask, pixel_size_angstrom=pixel)
    return np.clip(np.nan_to_num(np.asarray(found.fsc, np.float64)), 0, 1)


def _mask(half_maps: NumpyArray, pixel: float) -> NumpyArray:
    """Around the particle and what lies near it: what moves is smeared in the mean."""
    lengths = {
        "low_pass_angstrom": _LOW_PASS_VOXELS * pixel,
        "dilate_angstrom": _GROW_VOXELS * pixel,
        "edge_angstrom": _EDGE_VOXELS * pixel,
    }
    box = half_maps.shape[-1]
    mask: NumpyArray = automatic_mask(*half_maps, pixel_size_angstrom=pixel, **lengths)
    radius = coordinate_radius((box,) * 3) / box
    rim: NumpyArray = mask * np.clip((0.5 - radius) / 0.04, 0, 1)
    return rim.astype(np.float32)
