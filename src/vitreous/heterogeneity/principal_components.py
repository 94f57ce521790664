"""Principal components of the maps behind the particles: regularised probabilistic PCA through the projections.

y = C P (μ + U z) + n with z ~ N(0, 1). The E step is `vitreous.heterogeneity.latent_posterior`; the M step couples the
components, a system in each voxel of the padded transform (`vitreous.heterogeneity.moments`). The numbers of the two
half sets are kept apart: how far their components agree, shell by shell, says how much a component is damped. Low
frequencies come first: there the maps differ most, and a pass costs least.

References: Tipping and Bishop, J. R. Stat. Soc. B 61, 611 (1999); Tagare et al., J. Struct. Biol. 191, 245 (2015);
Punjani and Fleet, J. Struct. Biol. 213, 107702 (2021); the scaling of a step by ⟨z zᵀ⟩: Liu, Rubin and Wu, Biometrika
85, 755 (1998).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.fourier import fsc, resample
from vitreous.heterogeneity.ball import PADDING, add_conjugates, maps_to_ball
from vitreous.heterogeneity.consensus import Consensus
from vitreous.heterogeneity.latent_posterior import Latents, compared_blocks, latent_posterior
from vitreous.heterogeneity.moments import add_moments, empty_total, solve_maps
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs import write_checkpoint

__all__ = ["Components", "Stage", "State", "components_of", "first_state", "infer_latents", "iterate", "stages_of"]

_STAGES = ((8, 0.45), (14, 0.25), (22, 0.15), (32, 0.15))
"""Shells that are looked at, and for what part of the iterations. Beyond 32 components cost much memory and tell
little; kernel regression finds what a state has there."""
_LEAST_FSC = 0.03
"""Where the halves agree less, a component is damped as if they agreed so much."""
_FIRST_DAMPING = 0.05
"""Noise to signal at which the halves' own components are solved."""


@dataclass(frozen=True)
class Stage:
    """So many shells for so many iterations."""

    shells: int
    iterations: int


@dataclass(frozen=True, eq=False)
class State:
    """Where the iteration stands: all that it needs to go on."""

    iteration: int
    components: Float32[NumpyArray, "q b b b"]
    """U, in voxels fine enough for the stage; orthogonal, the widest first."""
    half_components: Float32[NumpyArray, "2 q b b b"]
    fsc: Float64[NumpyArray, "q shell"]
    """Of the halves' components, within the mask. They share their latents: a curve to weigh by, and no proof
    (`vitreous.heterogeneity.half_states`, `vitreous.heterogeneity.null_test`)."""
    log_likelihood: float
    """Mean over the particles of ln p(y) over that of the mean map alone, before the step."""
    divergences: Float64[NumpyArray, " q"]
    """Mean over the particles of KL(z_k | y from its prior), before the step."""


@dataclass(frozen=True, eq=False)
class Components:
    """A linear model of the maps: V(z) = μ + Σ z_k u_k, z ~ N(0, diag λ), all u_k orthogonal and equally long."""

    mean: Float32[NumpyArray, "n n n"]
    maps: Float32[NumpyArray, "q n n n"]
    """u_k."""
    variances: Float64[NumpyArray, " q"]
    """λ_k, falling from 1."""
    half_means: Float32[NumpyArray, "2 n n n"]
    half_maps: Float32[NumpyArray, "2 q n n n"]
    """u_k from the images of either half set alone, at the same latents."""
    fsc: Float64[NumpyArray, "q shell"]
    """Of the halves' u_k, which share their latents."""
    mask: Float32[NumpyArray, "n n n"]
    shells: int
    """As far as the components reach."""
    pixel_size_angstrom: float

    @property
    def box(self) -> int:
        """Edge of the maps in voxels."""
        return int(self.mean.shape[-1])

    def save(self, path: Path) -> None:
        """Write the model as one safetensors file.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written to.
        """
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        state = {name: arrays.pop(name) for name in ("shells", "pixel_size_angstrom")}
        write_checkpoint(path, arrays, {"kind": "pca", **state})

    @classmethod
    def from_arrays(cls, arrays: dict[str, NumpyArray], state: dict[str, Any]) -> "Components":
        """The model of what `vitreous.jobs.read_checkpoint` found in a file that `save` wrote.

        Raises
        ------
        InputError
            If it is another kind of model.
        """
        if state.get("kind") != "pca":
            raise InputError("no model of principal components")
        return cls(**arrays, shells=state["shells"], pixel_size_angstrom=state["pixel_size_angstrom"])

    def maps_at(self, latents: Float[NumpyArray, "m q"]) -> Float32[NumpyArray, "m n n n"]:
        """The maps of the linear model.

        Parameters
        ----------
        latents
            z, shape (m, q).

        Returns
        -------
        NumPy array (m, n, n, n) float32
            μ + Σ z_k u_k.
        """
        maps: NumpyArray = self.mean + np.tensordot(latents.astype(np.float32), self.maps, 1)
        return maps


def stages_of(box: int, iterations: int = 26) -> tuple[Stage, ...]:
    """The stages for a box, up to 32 shells.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    iterations
        Of all stages together: the passes over the particles.

    Returns
    -------
    tuple of Stage
        The low frequencies first; fewer than four where there are not so many shells or iterations.
    """
    last, ends = min(box // 2, _STAGES[-1][0]), np.cumsum([part for _, part in _STAGES]) * iterations
    counts = np.diff([0, *np.rint(ends).astype(int)])
    stages: dict[int, int] = {}
    for (shells, _), count in zip(_STAGES, counts, strict=True):
        stages[min(shells, last)] = stages.get(min(shells, last), 0) + int(count)
    # the last stage is the result's: it has an iteration whatever there are
    stages[last] = max(stages.pop(last, 0), 1)
    return tuple(Stage(shells, count) for shells, count in stages.items() if count)


def first_state(consensus: Consensus, count: int, stage: Stage, seed: int = 0) -> State:
    """A random start: maps of white noise within the mask, as strong as the mean map.

    Parameters
    ----------
    consensus
        The mean and its mask.
    count
        q, how many components.
    stage
        The first stage.
    seed
        Of the noise.

    Returns
    -------
    State
        Before the first iteration.

    Raises
    ------
    InputError
        If the number of components is not positive.
    """
    if count < 1:
        raise InputError(f"{count} latent dimensions", advice="ask for 1 or more")
    box = _stage_box(stage, consensus.mean.shape[-1])
    mean, mask = _resampled(np.stack([consensus.mean, consensus.mask]), box)
    noise = np.random.default_rng(seed).standard_normal((count, *mean.shape)).astype(np.float32) * mask
    noise *= np.linalg.norm(mean * mask) / np.linalg.norm(noise[0]) / count
    nothing = np.zeros((count, min(stage.shells, box // 2) + 1))
    return State(0, noise, np.stack([noise, noise]), nothing, float("-inf"), np.zeros(count))


def iterate(
    observations: Observations,
    consensus: Consensus,
    halves: Int64[NumpyArray, " n"],
    state: State,
    stages: tuple[Stage, ...],
) -> Iterator[State]:
    """The EM algorithm from a state on, through all stages.

    Parameters
    ----------
    observations
        n particles.
    consensus
        The mean of the model.
    halves
        The half set of each particle, 0 or 1.
    state
        Where to begin.
    stages
        What to go through; the state's iterations are taken as done.

    Yields
    ------
    State
        After each iteration.
    """
    schedule = [stage for stage in stages for _ in range(stage.iterations)]
    for stage in schedule[state.iteration :]:
        state = _step(observations, consensus, halves, state, stage)
        yield state


def _step(observations: Observations, consensus: Consensus, halves: NumpyArray, state: State, stage: Stage) -> State:
    """One E step and one M step."""
    box = _stage_box(stage, observations.box)
    mean, mask = _resampled(np.stack([consensus.mean, consensus.mask]), box)
    components, scale = _resampled(state.components, box), (observations.box / box) ** 3
    radius, count = PADDING * stage.shells, len(components)
    ball = maps_to_ball(np.concatenate([mean[None], components]), radius, scale)
    totals, spread = [empty_total(radius, count) for _ in range(2)], np.zeros((count, count))
    gain, divergences = 0.0, np.zeros(count)
    cutoff = stage.shells / observations.box
    disc = observations.disc
    frequencies = disc.frequencies[: disc.within(cutoff)] * np.float32(disc.box)
    for compared in compared_blocks(observations, ball, cutoff):
        found = latent_posterior(compared.gram, compared.projection, np.ones(count))
        seconds = found.covariance + found.mean[:, :, None] * found.mean[:, None]
        spread += seconds.sum(axis=0, dtype=np.float64)
        gain += float(found.log_likelihood.sum())
        widths = np.diagonal(found.covariance, axis1=1, axis2=2)
        divergences += 0.5 * np.sum(found.mean**2 + widths - 1 - np.log(widths), axis=0)
        for half, total in enumerate(totals):
            add_moments(total, compared, frequencies, found.mean, seconds, halves[compared.block.rows] == half)
    for total in totals:
        add_conjugates(total, count)
    one, two, curve = _agreement(totals, box, scale, mask)
    ratio = (1 - curve) / (2 * curve)
    totals[0] += totals[1]
    both = solve_maps(totals[0], ratio, box, scale) * mask
    turn = _principal_axes(both, spread / len(observations))
    turned = [np.tensordot(turn, maps, 1).astype(np.float32) for maps in (both, one, two)]
    n = len(observations)
    return State(state.iteration + 1, turned[0], np.stack(turned[1:]), curve, gain / n, divergences / n)


def _agreement(
    totals: list[NumpyArray], box: int, scale: float, mask: NumpyArray
) -> tuple[NumpyArray, NumpyArray, NumpyArray]:
    """The components of the halves, within the mask, and their FSC, as far as the ball reaches."""
    shells = len(totals[0]) // 2 // PADDING + 1
    count = _count_of(totals[0].shape[-1])
    light = np.full((count, shells), _FIRST_DAMPING)
    one, two = (solve_maps(total, light, box, scale) * mask for total in totals)
    curve = np.nan_to_num(np.asarray(fsc(one, two), np.float64))[:, :shells]
    if curve.shape[1] < shells:
        curve = np.pad(curve, ((0, 0), (0, shells - curve.shape[1])), mode="edge")
    return one, two, np.clip(curve, _LEAST_FSC, 1 - 1e-4)


def _count_of(channels: int) -> int:
    """q, of which the total has 2q + q (q + 1)/2 channels."""
    return int((np.sqrt(25 + 8 * channels) - 5) / 2 + 0.5)


def _principal_axes(maps: NumpyArray, spread: NumpyArray) -> Float64[np.ndarray, "q q"]:
    """What makes of the components orthogonal ones, the widest first, for latents that spread so (⟨z zᵀ⟩)."""
    widths = np.linalg.cholesky(spread).T
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    gram = widths @ (flat @ flat.T) @ widths.T
    _, vectors = np.linalg.eigh(gram)
    turn: NumpyArray = vectors[:, ::-1].T @ widths
    return turn


def _stage_box(stage: Stage, box: int) -> int:
    """The least even box that holds the shells of a stage with a margin, at most that of the images."""
    return min(box, 2 * (stage.shells + 4))


def _resampled(maps: NumpyArray, box: int) -> Float32[np.ndarray, "m b b b"]:
    if maps.shape[-1] == box:
        return maps
    return np.stack([np.asarray(resample(volume, (box,) * 3), np.float32) for volume in maps])


def components_of(observations: Observations, consensus: Consensus, state: State, shells: int) -> Components:
    """The linear model that a state stands for, in the box of the images.

    Parameters
    ----------
    observations
        The particles.
    consensus
        The mean.
    state
        The last one.
    shells
        Of the last stage.

    Returns
    -------
    Components
        With equally long u_k, and the variances of their latents.
    """
    box = observations.box
    lengths = np.sqrt(np.sum(state.components.astype(np.float64) ** 2, axis=(1, 2, 3)))
    factors = (lengths[0] / np.maximum(lengths, 1e-12 * lengths[0])).astype(np.float32)[:, None, None, None]
    return Components(
        consensus.mean,
        _resampled(state.components * factors, box),
        np.maximum((lengths / lengths[0]) ** 2, 1e-12),
        consensus.halves,
        np.stack([_resampled(half * factors, box) for half in state.half_components]),
        state.fsc,
        consensus.mask,
        shells,
        observations.pixel_size_angstrom,
    )


def infer_latents(observations: Observations, model: Components) -> Latents:
    """The latent coordinates of all particles, with covariances, in file order.

    Parameters
    ----------
    observations
        n particles.
    model
        Mean and components.

    Returns
    -------
    Latents
        Of n particles.
    """
    ball = maps_to_ball(np.concatenate([model.mean[None], model.maps]), PADDING * model.shells)
    parts = [
        latent_posterior(compared.gram, compared.projection, model.variances)
        for compared in compared_blocks(observations, ball, model.shells / observations.box)
    ]
    return Latents(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))


_FIELDS = ("mean", "covariance", "log_likelihood")
