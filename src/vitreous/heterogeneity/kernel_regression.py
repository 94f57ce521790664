"""Maps anywhere in a latent space from the particles near by, and nothing else: kernel regression.

A linear model leaves of each image the residual r = y − C P (μ + U m). The map at z is that of the model, plus the
residual's own: the direct inversion of the images near z, ρ = Σ w Pᵀ C r/σ² / Σ w Pᵀ C²/σ², with w = exp(−d²/2h²) and
d² = (m − z)ᵀ Σ⁻¹ (m − z) in each particle's own covariance. A narrow kernel (small h) follows what is not linear, a
wide one has less noise. Each shell takes the h whose map from one half set predicts best what the narrowest sees in the
other, times the factor α that it does so with; where nothing predicts, the linear model stands. The residuals of a half
set are those from its own linear model: a model of all images would have left none on average.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from vitreous._typing import NumpyArray
from vitreous.fourier import frequency_shells, irft, rft
from vitreous.heterogeneity.ball import PADDING, add_conjugates, ball_radius, ball_to_maps, maps_to_ball
from vitreous.heterogeneity.latent_posterior import Latents, compare
from vitreous.heterogeneity.moments import shell_quotients
from vitreous.heterogeneity.observations import Observations
from vitreous.heterogeneity.principal_components import Components
from vitreous.reconstruction import mask_share

__all__ = ["SHARES", "LocalMap", "half_models", "kernel_weights", "local_maps", "mahalanobis"]

SHARES = (0.03, 0.06, 0.12, 0.25, 0.5)
"""The kernels' widths: h is the distance within which so large a share of the particles lies."""
_SIGNIFICANT = 2.0
"""Standard deviations of chance."""
_BLOCK = 256
_SUMS_BYTES = 1 << 30
"""For the sums of as many places as are looked at in one pass."""


@dataclass(frozen=True, eq=False)
class LocalMap:
    """The map at one place of the latent space."""

    map: Float32[NumpyArray, "n n n"]
    halves: Float32[NumpyArray, "2 n n n"]
    """From the images of either half set alone; they share the latents and the choice of h."""
    shares: Float64[NumpyArray, " shell"]
    """The width that each shell took."""
    factors: Float64[NumpyArray, " shell"]
    """α, 0 where the linear model stands."""


def mahalanobis(latents: Latents, target: Float[NumpyArray, " q"]) -> Float64[NumpyArray, " n"]:
    """How far each particle is from a place, in units of its own uncertainty.

    Parameters
    ----------
    latents
        Of n particles.
    target
        z, shape (q,).

    Returns
    -------
    NumPy array (n,) float64
        d, d² = (m − z)ᵀ Σ⁻¹ (m − z).
    """
    difference = (latents.mean - target).astype(np.float64)
    solved = np.linalg.solve(latents.covariance.astype(np.float64), difference[..., None])[..., 0]
    distance: NumpyArray = np.sqrt(np.maximum(np.sum(difference * solved, axis=-1), 0))
    return distance


def kernel_weights(
    distances: Float[NumpyArray, " n"], shares: tuple[float, ...] = SHARES
) -> Float32[NumpyArray, "n h"]:
    """The weights of the particles for kernels of several widths, exp(−d²/2h²).

    Parameters
    ----------
    distances
        d of n particles.
    shares
        Each h is the distance within which this share of the particles lies.

    Returns
    -------
    NumPy array (n, h) float32
        At most 1.
    """
    widths = np.maximum(np.quantile(distances, shares), 1e-6)
    weights: NumpyArray = np.exp(-0.5 * (distances[:, None] / widths) ** 2).astype(np.float32)
    return weights


def local_maps(
    observations: Observations,
    model: Components,
    latents: Latents,
    halves: Int64[NumpyArray, " n"],
    targets: Float[NumpyArray, "k q"],
) -> Iterator[LocalMap]:
    """The maps at some places of the latent space, each with half maps.

    Parameters
    ----------
    observations
        n particles.
    model
        What the residuals are taken from.
    latents
        Of the particles.
    halves
        The half set of each, 0 or 1.
    targets
        z of each map.

    Yields
    ------
    LocalMap
        In the order of the targets.
    """
    models, radius = half_models(model), ball_radius(observations.box)
    at_once = max(1, _SUMS_BYTES // (4 * 3 * len(SHARES) * (2 * radius + 1) ** 2 * (radius + 1)))
    for start in range(0, len(targets), at_once):
        some = targets[start : start + at_once].astype(np.float32)
        weights = [kernel_weights(mahalanobis(latents, target)) for target in some]
        found = [
            _residual_maps(observations, half_model, latents, np.flatnonzero(halves == half), weights)
            for half, half_model in enumerate(models)
        ]
        for target, one, two in zip(some, *found, strict=True):
            linear = np.stack([half_model.maps_at(target[None])[0] for half_model in models])
            yield _combined(model, target, linear, np.stack([one, two]))


def half_models(model: Components) -> list[Components]:
    """The linear models of the two half sets, their components weighted by their agreement.

    Parameters
    ----------
    model
        Of all particles.

    Returns
    -------
    list of Components
        Two.
    """
    shells = frequency_shells(model.mean.shape, half=True)
    weights = [np.append(2 * curve / (1 + curve), 0.0) for curve in model.fsc]
    filters = [weight[np.minimum(shells, len(weight) - 1)].astype(np.float32) for weight in weights]
    found = []
    for mean, maps in zip(model.half_means, model.half_maps, strict=True):
        filtered = [irft(rft(volume, 3) * weight, volume.shape) for volume, weight in zip(maps, filters, strict=True)]
        found.append(replace(model, mean=mean, maps=np.stack(filtered)))
    return found


def _residual_maps(
    observations: Observations,
    model: Components,
    latents: Latents,
    rows: NumpyArray,
    weights: list[NumpyArray],
) -> list[NumpyArray]:
    """For each target the maps of the residuals of some particles, one for each width of the kernel."""
    from vitreous.kernels.numba.channels import insert_channels  # numba is slow to import

    disc, box = observations.disc, observations.box
    radius, count = ball_radius(box), weights[0].shape[1]
    frequencies = disc.frequencies * np.float32(box)
    ball = maps_to_ball(np.concatenate([model.mean[None], model.maps]), radius)
    totals = [np.zeros((*ball.shape[:3], 3 * count), np.float32) for _ in weights]
    for block in observations.blocks(_BLOCK, rows):
        compared = compare(block, ball, frequencies)
        explained = np.matmul(compared.predicted, latents.mean[block.rows][..., None])[..., 0]
        residual = compared.residual - explained.reshape(*compared.residual.shape, 2).view(np.complex64)[..., 0]
        observed = (residual * compared.transfer, compared.transfer**2)
        for total, weight in zip(totals, weights, strict=True):
            factors = weight[block.rows]
            insert_channels(total, block.rotations, frequencies * np.float32(PADDING), *observed, factors, factors)
    maps = []
    for total in totals:
        add_conjugates(total, count)
        maps.append(ball_to_maps(shell_quotients(total, count), box) * model.mask)
    return maps


def _combined(model: Components, target: NumpyArray, linear: NumpyArray, residuals: NumpyArray) -> LocalMap:
    """Linear maps of the halves and their residual maps (half, width, z, y, x) put together, shell by shell."""
    box = residuals.shape[-1]
    shells = np.minimum(frequency_shells((box,) * 3, half=True), box // 2 + 1)
    spectra = rft(residuals, 3)
    best, factors = _widths(spectra, shells, mask_share(model.mask))
    chosen = np.zeros((2, *spectra.shape[2:]), np.complex64)
    for width in np.unique(best):
        wanted = np.append(np.where(best == width, factors, 0), 0).astype(np.float32)[shells]
        chosen += spectra[:, width] * wanted
    corrections = irft(chosen, (box,) * 3)
    whole = model.maps_at(target[None])[0] + corrections.mean(axis=0)
    return LocalMap(
        whole.astype(np.float32), (linear + corrections).astype(np.float32), np.array(SHARES)[best], factors
    )


def _widths(
    spectra: NumpyArray, shells: NumpyArray, independent: float
) -> tuple[Int64[np.ndarray, " shell"], Float64[np.ndarray, " shell"]]:
    """For each shell the width that predicts the narrowest map of the other half best, and the factor it does it with.

    Of α ρ₁ for ρ₂ the best factor is α = ⟨ρ₁, ρ₂⟩/|ρ₁|², and it explains ⟨ρ₁, ρ₂⟩²/|ρ₁|². The mean of both halves has
    half the noise: 2α/(1 + α). What may be chance, in the shell's independent coefficients, is none.
    """
    count = shells.max()

    def sums(values: NumpyArray) -> NumpyArray:
        found = np.bincount(shells.ravel(), values.ravel(), count + 1)[:count]
        # three shells together: the lowest have few coefficients
        return np.convolve(np.pad(found, 1, mode="edge"), np.ones(3), "valid")

    one, two = spectra
    crossed = np.stack([sums((a * np.conj(two[0]) + b * np.conj(one[0])).real) for a, b in zip(one, two, strict=True)])
    power = np.stack([sums(abs(a) ** 2 + abs(b) ** 2) for a, b in zip(one, two, strict=True)])
    power = np.maximum(power, np.finfo(np.float32).tiny)
    coefficients = 2 * sums(np.ones(shells.shape)) * independent
    correlation = crossed / np.sqrt(power * power[0])
    certain = correlation > _SIGNIFICANT / np.sqrt(np.maximum(coefficients, 1))
    best = np.where(certain, crossed**2 / power, 0).argmax(axis=0)
    at = np.arange(count)
    factor = np.clip(np.where(certain, crossed / power, 0)[best, at], 0, 1)
    return best, 2 * factor / (1 + factor)
