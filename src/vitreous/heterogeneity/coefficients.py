"""The coefficients of learned maps as a function of the latent, with their derivative.

c(z) = (z, f(z)): the first d coefficients are the latent coordinates themselves, the others a small network of them. A
motion that bends in the space of maps needs more maps than coordinates; without others the model is linear.
"""

import torch
from jaxtyping import Float
from torch import nn

from vitreous._typing import Array
from vitreous.heterogeneity.networks import seeded

__all__ = ["Coefficients"]


class Coefficients(nn.Module):
    """c(z) of q maps.

    Parameters
    ----------
    latent
        d.
    count
        q, at least d.
    hidden
        Width of the two hidden layers of f.
    seed
        Of its weights.

    Raises
    ------
    ValueError
        If there are fewer maps than latent dimensions.
    """

    def __init__(self, latent: int, count: int, hidden: int = 64, seed: int = 0):
        super().__init__()
        if count < latent:
            raise ValueError(f"{count} maps for {latent} latent dimensions: each needs one at least")
        self.latent, self.count = latent, count
        sizes = [(latent, hidden), (hidden, hidden), (hidden, count - latent)] if count > latent else []
        self.layers = seeded(lambda: nn.ModuleList(nn.Linear(*size) for size in sizes), seed)

    def forward(self, z: Float[Array, "*batch d"]) -> Float[Array, "*batch q"]:
        """c(z)."""
        return torch.cat([z, *self._hidden(z)[0]], dim=-1)

    def with_jacobian(self, z: Float[Array, "*batch d"]) -> tuple[Float[Array, "*batch q"], Float[Array, "*batch q d"]]:
        """c(z) and ∂c/∂z, by one pass forward."""
        identity = torch.eye(self.latent, dtype=z.dtype, device=z.device).expand(*z.shape, self.latent)
        values, slopes = self._hidden(z, identity)
        return torch.cat([z, *values], dim=-1), torch.cat([identity, *slopes], dim=-2)

    def _hidden(self, z: Array, slope: Array | None = None) -> tuple[list[Array], list[Array]]:
        """f(z) and its derivative, each in a list, which is empty where there is no f."""
        for number, layer in enumerate(self.layers):
            if number:
                gate = torch.sigmoid(z)
                slope = None if slope is None else (gate * (1 + z * (1 - gate)))[..., None] * slope
                z = z * gate
            z = layer(z)
            slope = None if slope is None else layer.weight @ slope
        return ([z], [] if slope is None else [slope]) if len(self.layers) else ([], [])

    @torch.no_grad()
    def substitute(self, mean: Float[Array, " d"], turn: Float[Array, "d d"]) -> None:
        """Make f the same function of new coordinates z′, of which the old are z = mean + turn z′."""
        if len(self.layers):
            first = self.layers[0]
            first.bias += first.weight @ mean.to(first.weight)
            first.weight.copy_(first.weight @ turn.to(first.weight))
