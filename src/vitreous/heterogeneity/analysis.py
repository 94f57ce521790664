"""The latent space in few numbers: its principal axes, and a plane in which neighbours stay neighbours (UMAP)."""

import importlib.util
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray

__all__ = ["LatentAxes", "has_umap", "latent_axes", "umap_plane"]

_FEWEST_FOR_UMAP = 5


@dataclass(frozen=True, eq=False)
class LatentAxes:
    """The principal components of latent coordinates."""

    mean: Float64[NumpyArray, " d"]
    directions: Float64[NumpyArray, "d d"]
    """Unit vectors as rows, the widest first; the largest number of each is positive."""
    variances: Float64[NumpyArray, " d"]
    """Of the latents along each."""

    def coordinates(self, latents: Float[NumpyArray, "n d"]) -> Float64[NumpyArray, "n d"]:
        """Where latents lie along the axes.

        Parameters
        ----------
        latents
            Shape (n, d).

        Returns
        -------
        NumPy array (n, d) float64
            t = A (z − mean).
        """
        found: NumpyArray = (latents - self.mean) @ self.directions.T
        return found

    def latents(self, coordinates: Float[NumpyArray, "n d"]) -> Float64[NumpyArray, "n d"]:
        """The latents at coordinates along the axes, the inverse of `coordinates`.

        Parameters
        ----------
        coordinates
            Shape (n, d).

        Returns
        -------
        NumPy array (n, d) float64
            z = mean + Aᵀ t.
        """
        found: NumpyArray = self.mean + coordinates @ self.directions
        return found

    def covariances(self, covariance: Float[NumpyArray, "n d d"]) -> Float64[NumpyArray, "n d d"]:
        """Uncertainties of latents as those of their coordinates along the axes.

        Parameters
        ----------
        covariance
            Shape (n, d, d).

        Returns
        -------
        NumPy array (n, d, d) float64
            A Σ Aᵀ.
        """
        found: NumpyArray = self.directions @ covariance.astype(np.float64) @ self.directions.T
        return found


def latent_axes(latents: Float[NumpyArray, "n d"]) -> LatentAxes:
    """The principal components of latent coordinates.

    Parameters
    ----------
    latents
        Shape (n, d).

    Returns
    -------
    LatentAxes
        Of d axes.
    """
    mean = latents.mean(axis=0, dtype=np.float64)
    centred = latents.astype(np.float64) - mean
    variances, vectors = np.linalg.eigh(centred.T @ centred / max(len(latents) - 1, 1))
    directions = vectors.T[::-1].copy()
    largest = np.take_along_axis(directions, abs(directions).argmax(axis=1)[:, None], axis=1)
    return LatentAxes(mean, directions * np.where(largest < 0, -1.0, 1.0), np.maximum(variances[::-1], 0))


def has_umap() -> bool:
    """Whether umap-learn is installed."""
    return importlib.util.find_spec("umap") is not None


def umap_plane(latents: Float[NumpyArray, "n d"], *, seed: int = 0, neighbours: int = 15) -> Float32[NumpyArray, "n 2"]:
    """A plane in which particles that are near in latent space stay near; distances and densities are not kept.

    Parameters
    ----------
    latents
        Shape (n, d), n at least 5.
    seed
        Of the layout.
    neighbours
        Of each particle that count; fewer where there are not so many particles.

    Returns
    -------
    NumPy array (n, 2) float32
        Coordinates without a unit.

    Raises
    ------
    InputError
        If umap-learn is not installed, or there are too few particles.

    References
    ----------
    McInnes, Healy and Melville, arXiv:1802.03426 (2018).
    """
    if not has_umap():
        raise InputError("UMAP is not installed here", advice='pip install "vitreous[analysis]"')
    if len(latents) < _FEWEST_FOR_UMAP:
        raise InputError(f"{len(latents)} particles make no UMAP", advice=f"give {_FEWEST_FOR_UMAP} or more")
    from umap import UMAP  # slow to import, and not everywhere

    # with a seed it works in one thread, and warns of that unless it is asked for
    layout = UMAP(n_neighbors=min(neighbours, len(latents) - 1), random_state=seed, n_jobs=1, init="pca")
    plane: NumpyArray = np.asarray(layout.fit_transform(latents.astype(np.float32)), np.float32)
    return plane
