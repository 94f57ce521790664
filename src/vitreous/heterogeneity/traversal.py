"""Places along a component of a latent space at which to look: from one end of the particles to the other."""

import numpy as np
from jaxtyping import Float, Float64

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.analysis import LatentAxes

__all__ = ["along_component"]

_ENDS = (5.0, 95.0)


def along_component(
    latents: Float[NumpyArray, "n d"], axes: LatentAxes, component: int, count: int = 10
) -> Float64[NumpyArray, "count d"]:
    """Evenly spaced latents along one principal axis, between the 5th and the 95th percentile of the particles.

    The other coordinates are those of the particles there: their mean, weighted by exp(−Δ²/2s²) with the spacing s of
    the places, so that the way stays within the data where these lie along an arc.

    Parameters
    ----------
    latents
        Shape (n, d).
    axes
        Theirs.
    component
        Which, from 0.
    count
        Of places.

    Returns
    -------
    NumPy array (count, d) float64
        Latents in order.
    """
    along = axes.coordinates(latents)
    low, high = np.percentile(along[:, component], _ENDS)
    places = np.linspace(low, high, count)
    spacing = max((places[-1] - places[0]) / max(count - 1, 1), 1e-12)
    weights = np.exp(-((places[:, None] - along[:, component]) ** 2) / (2 * spacing**2))
    means = weights @ along / weights.sum(axis=1, keepdims=True)
    means[:, component] = places
    return axes.latents(means)
