"""The decoder of learned maps: V(z) = V₀ + Σ_j c_j(z) B_j.

A view of it costs a slice of q + 1 maps, a few hundred multiply-adds a pixel, where a network of frequency and latent
costs a few hundred thousand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64

from vitreous._typing import NumpyArray, Path
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.heterogeneous import Model
from vitreous.jobs import write_checkpoint

__all__ = ["BasisDecoder", "coefficients_from"]


@dataclass(frozen=True, eq=False)
class BasisDecoder(Model):
    """Learned maps, and their coefficients as a function of the latent."""

    mean: Float32[NumpyArray, "n n n"]
    """V₀."""
    maps: Float32[NumpyArray, "q n n n"]
    """B_j."""
    coefficients: Coefficients
    """c(z), of latents with prior N(0, 1)."""
    widths: Float64[NumpyArray, " d"]
    """How far each dimension of them moves the maps, the widest 1: latents are told as z · widths, so that distances
    between them are about those between the maps."""
    pixel_size_angstrom: float

    @property
    def box(self) -> int:
        """Edge of the maps in voxels."""
        return len(self.mean)

    def coefficients_at(self, latents: Float[NumpyArray, "m d"]) -> Float32[NumpyArray, "m q"]:
        """The coefficients at latents, in the unit in which they are told.

        Raises
        ------
        ValueError
            If they have another number of dimensions.
        """
        if latents.shape[1] != len(self.widths):
            raise ValueError(f"latents of {latents.shape[1]} dimensions, the model has {len(self.widths)}")
        with torch.no_grad():
            found: NumpyArray = self.coefficients(torch.as_tensor(latents / self.widths).float()).numpy()
        return found

    def maps_at(self, latents: Float[NumpyArray, "m d"]) -> Float32[NumpyArray, "m n n n"]:
        """The maps at latents.

        Parameters
        ----------
        latents
            Shape (m, d), as `vitreous.heterogeneity.heterogeneous.Training.infer` gives them.

        Returns
        -------
        NumPy array (m, n, n, n) float32
            In the box, pixel size and frame of the particles.
        """
        maps: NumpyArray = self.mean + np.tensordot(self.coefficients_at(latents), self.maps, 1)
        return maps

    def save(self, path: Path) -> None:
        """Write the model as one safetensors file, which `vitreous.heterogeneity.heterogeneous.read_model` reads."""
        arrays = {"mean": self.mean, "maps": self.maps, "widths": self.widths}
        arrays |= {f"coefficients.{name}": weight for name, weight in self.coefficients.state_dict().items()}
        write_checkpoint(path, arrays, {"kind": "basis", "pixel_size_angstrom": self.pixel_size_angstrom})

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NumpyArray], state: Mapping[str, Any]) -> "BasisDecoder":
        """What `save` wrote."""
        network = coefficients_from(arrays, len(arrays["widths"]), len(arrays["maps"]))
        pixel = float(state["pixel_size_angstrom"])
        return cls(arrays["mean"], arrays["maps"], network, arrays["widths"], pixel)


def coefficients_from(arrays: Mapping[str, NumpyArray], latent: int, count: int) -> Coefficients:
    """The network whose weights stand in a checkpoint under ``coefficients.``."""
    weights = {
        name.removeprefix("coefficients."): torch.as_tensor(value)
        for name, value in arrays.items()
        if name.startswith("coefficients.")
    }
    network = Coefficients(latent, count)
    network.load_state_dict(weights)
    return network
