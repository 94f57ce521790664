"""The decoder as it was published: a network from a frequency and a latent to a coefficient of the map.

A frequency enters as sines and cosines, 2π k·x for fixed random x within the box, so that the network need not learn to
oscillate. A coefficient and its conjugate are one evaluation: only half of space is learned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from jaxtyping import Complex, Float, Float32
from torch import nn

from vitreous._typing import Array, NumpyArray, Path
from vitreous.fourier import frequency_grid, irft
from vitreous.heterogeneity.heterogeneous import Model
from vitreous.heterogeneity.networks import seeded
from vitreous.jobs import write_checkpoint

__all__ = ["FourierDecoder", "FourierModel"]

_FEATURES = 64
_SPREAD = 0.15
"""Standard deviation of x, in units of the box: about the radius of gyration of what fills it."""
_AT_ONCE = 1 << 15


class FourierDecoder(nn.Module):
    """T(k, z) of all maps, in units of a scale that is not learned.

    Parameters
    ----------
    box
        Of the images.
    latent
        d.
    hidden
        Widths of the layers; those of equal width are residual.
    seed
        Of weights and features.

    References
    ----------
    Zhong, Bepler, Davis and Berger, arXiv 1909.05215 (2020); Zhong, Bepler, Berger and Davis, Nat. Methods 18, 176
    (2021); random features: Tancik et al., arXiv 2006.10739 (2020).
    """

    def __init__(self, box: int, latent: int, hidden: Sequence[int], seed: int = 0):
        super().__init__()
        self.box, self.latent, self.hidden = box, latent, tuple(hidden)
        places = np.random.default_rng([seed, 1]).normal(size=(3, _FEATURES)) * (_SPREAD * box * 2 * np.pi)
        self.register_buffer("places", torch.from_numpy(places).float())
        sizes = [2 * _FEATURES, *hidden]

        def build() -> tuple[nn.ModuleList, nn.Linear, nn.Linear]:
            stack = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(sizes))
            return stack, nn.Linear(latent, hidden[0], bias=False), nn.Linear(hidden[-1], 2)

        self.layers, self.state, self.last = seeded(build, seed)

    def forward(self, points: Float[Array, "m p 3"], z: Float[Array, "m d"]) -> Complex[Array, "m p"]:
        """T at points in cycles/pixel, (x, y, z) from Rᵀ(k, 0); complex conjugate at −k."""
        sign = torch.where(points[..., :1] < 0, -1.0, 1.0)
        phases = (points * sign) @ self.places
        x = self.layers[0](torch.cat([phases.sin(), phases.cos()], dim=-1)) + self.state(z)[:, None]
        x = torch.relu(x)
        for layer in self.layers[1:]:
            step = torch.relu(layer(x))
            x = x + step if step.shape == x.shape else step
        real, imag = self.last(x).unbind(-1)
        return torch.complex(real, imag * sign[..., 0])


@dataclass(frozen=True, eq=False)
class FourierModel(Model):
    """A trained network, and what it needs to make maps."""

    decoder: FourierDecoder
    pixel_size_angstrom: float
    scale: Float32[NumpyArray, " shell"]
    """What the network's unit is in each shell."""

    @property
    def box(self) -> int:
        """Edge of the maps in voxels."""
        return self.decoder.box

    def maps_at(self, latents: Float[NumpyArray, "m d"]) -> Float32[NumpyArray, "m n n n"]:
        """The maps at latents.

        Parameters
        ----------
        latents
            Shape (m, d).

        Returns
        -------
        NumPy array (m, n, n, n) float32
            In the box, pixel size and frame of the particles.
        """
        if latents.shape[1] != self.decoder.latent:
            raise ValueError(f"latents of {latents.shape[1]} dimensions, the model has {self.decoder.latent}")
        shape = (self.box,) * 3
        grid = frequency_grid(shape, half=True)
        radius = np.linalg.norm(grid, axis=-1)
        inside = (radius < 0.5) & (radius > 0)
        points = torch.from_numpy(grid[inside]).float()
        shells = np.rint(radius[inside] * self.box).astype(int)
        scale = self.scale[np.minimum(shells, len(self.scale) - 1)]
        maps = np.empty((len(latents), *shape), np.float32)
        for volume, z in zip(maps, torch.from_numpy(np.asarray(latents, np.float32)), strict=True):
            with torch.no_grad():
                parts = [self.decoder(part[None], z[None])[0] for part in torch.split(points, _AT_ONCE)]
            transform = np.zeros(inside.shape, np.complex64)
            transform[inside] = torch.cat(parts).numpy() * scale
            volume[...] = irft(transform, shape)
        return maps

    def save(self, path: Path) -> None:
        """Write the model as one safetensors file."""
        arrays = {f"decoder.{name}": value for name, value in self.decoder.state_dict().items()}
        state = {"kind": "mlp", "box": self.box, "pixel_size_angstrom": self.pixel_size_angstrom}
        state |= {"hidden": list(self.decoder.hidden), "latent": self.decoder.latent}
        write_checkpoint(path, arrays | {"scale": self.scale}, state)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NumpyArray], state: Mapping[str, Any]) -> "FourierModel":
        """What `save` wrote."""
        decoder = FourierDecoder(state["box"], state["latent"], state["hidden"])
        prefix = "decoder."
        weights = {name.removeprefix(prefix): torch.as_tensor(v) for name, v in arrays.items() if prefix in name}
        decoder.load_state_dict(weights)
        return cls(decoder, float(state["pixel_size_angstrom"]), arrays["scale"])
