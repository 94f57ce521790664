"""What every training of a heterogeneous reconstruction shares: its options, what an epoch tells, and how it is begun.

    training = start(observations, HeterogeneousOptions(latent=8, epochs=20))
    for epoch in training.epochs():     # one visit of every particle each
        training.save("checkpoint.safetensors")
    found = training.infer()            # Latents: mean (n, d), covariance (n, d, d), in file order
    training.model.maps_at(found.mean[:3])   # (3, box, box, box), pixel size and frame of the input's poses
    training.model.save("model.safetensors"); read_model("model.safetensors")

The decoder is one of two. ``basis``: a mean map and learned maps whose coefficients are a function of the latent
(`vitreous.heterogeneity.basis_training`). ``mlp``: a network of frequency and latent (`…fourier_training`), as it was
published. The method is how the latent of an image is found: ``vae``, from the image alone, the same for every image;
``autodecoder``, a mean and a covariance kept for each particle and improved whenever it is visited.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.observations import Observations

__all__ = ["Epoch", "HeterogeneousOptions", "Model", "Training", "check_options", "read_model", "start"]


@dataclass(frozen=True)
class HeterogeneousOptions:
    """How a heterogeneous reconstruction is trained."""

    method: Literal["vae", "autodecoder"] = "vae"
    decoder: Literal["basis", "mlp"] = "basis"
    latent: int = 8
    """d."""
    epochs: int = 20
    """Visits of every particle."""
    batch: int | None = None
    """Particles at a time; None: 256 for ``basis``, 8 for ``mlp``, where each batch is a step of Adam."""
    maps: int | None = None
    """Learned maps of ``basis``, at least d; None: d, a linear decoder."""
    hidden: tuple[int, ...] = (256, 256, 256)
    """Widths of the layers of ``mlp``, decoder and encoder."""
    learning_rate: float = 1e-3
    beta: float = 1.0
    """The price of a nat of divergence; 1 climbs the evidence lower bound."""
    warm_up_epochs: float = 0.0
    """For how long the price rises to β, from a tenth of it."""
    marching_epochs: int | None = None
    """For how long the resolution rises to its end; None: two thirds of the epochs."""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Epoch:
    """What one visit of every particle came to; nats are means over the particles."""

    number: int
    """From 1."""
    log_likelihood: float
    """E_q ln p(y|z) above that of the mean map (``basis``) or of an empty one (``mlp``)."""
    divergence: float
    per_dimension: Float[NumpyArray, " d"]
    """What each latent dimension pays."""
    cutoff_cycles: float
    """How far the images were looked at, cycles/pixel."""
    seconds: float
    particles: int
    batch: int
    """Particles at a time: fewer than asked for where the memory did not suffice."""

    @property
    def elbo(self) -> float:
        """The evidence lower bound, whatever β."""
        return self.log_likelihood - self.divergence

    @property
    def images_per_second(self) -> float:
        """The rate of this epoch."""
        return self.particles / self.seconds


class Model(ABC):
    """What is left of a training: maps at any latent."""

    @property
    @abstractmethod
    def box(self) -> int:
        """Edge of the maps in voxels."""

    pixel_size_angstrom: float

    @abstractmethod
    def maps_at(self, latents: Float[NumpyArray, "m d"]) -> Float32[NumpyArray, "m n n n"]:
        """The maps at latents, in the box, pixel size and frame of the particles."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the model as one safetensors file."""


class Training(ABC):
    """A training in progress."""

    options: HeterogeneousOptions
    finished: int
    """Epochs."""

    @property
    @abstractmethod
    def model(self) -> Model:
        """As it stands."""

    @abstractmethod
    def epochs(self) -> Iterator[Epoch]:
        """Train on, an epoch at a time, until the last."""

    @abstractmethod
    def infer(self, observations: Observations | None = None) -> Latents:
        """The latents of the particles, or of others, in their order; nothing is learned from them."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write all that going on needs."""

    @abstractmethod
    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote: the end is the same, bit for bit."""


def check_options(options: HeterogeneousOptions) -> None:
    """Refuse options that make no training.

    Raises
    ------
    InputError
        Naming the option.
    """
    for name in ("latent", "epochs", "batch"):
        number = getattr(options, name)
        if number is not None and number < 1:
            raise InputError(f"{name} is {number}", advice="ask for 1 or more")
    if options.maps is not None and options.maps < options.latent:
        raise InputError(
            f"{options.maps} maps for {options.latent} latent dimensions", advice="ask for as many or more"
        )
    if options.beta <= 0 or options.learning_rate <= 0:
        found = f"beta is {options.beta:g}, the learning rate {options.learning_rate:g}"
        raise InputError(found, advice="both are positive")


def start(
    observations: Observations,
    options: HeterogeneousOptions,
    *,
    mask: Float[NumpyArray, "n n n"] | None = None,
) -> Training:
    """Begin a training.

    Parameters
    ----------
    observations
        The particles: a part of a set, such as one half of it, is a training of its own.
    options
        How to train.
    mask
        Where the maps may differ from each other, 0 … 1: a focus mask, of the box of the images. None: around the
        particle, as found in the map that all share.

    Returns
    -------
    Training
        Before its first epoch.

    Raises
    ------
    InputError
        If the options make no training, or the mask is of another box.
    """
    from vitreous.heterogeneity.basis_training import BasisTraining  # imports PyTorch

    check_options(options)
    if mask is not None and mask.shape != (observations.box,) * 3:
        found = f"a mask of {' × '.join(map(str, mask.shape))} voxels, images of {observations.box} pixels"
        raise InputError(found, advice="resample the mask to the box of the images")
    mask = None if mask is None else np.clip(mask, 0, 1).astype(np.float32)
    if options.decoder == "basis":
        return BasisTraining(observations, options, mask)
    from vitreous.heterogeneity.fourier_training import FourierTraining

    return FourierTraining(observations, options)


def read_model(path: Path) -> Model:
    """The model that `Model.save` wrote.

    Raises
    ------
    InputError
        If the file is damaged, or holds no such model.
    """
    from vitreous.heterogeneity.basis_decoder import BasisDecoder
    from vitreous.jobs import read_checkpoint

    arrays, state = read_checkpoint(path)
    if state.get("kind") == "basis":
        return BasisDecoder.from_arrays(arrays, state)
    if state.get("kind") == "mlp":
        from vitreous.heterogeneity.fourier_decoder import FourierModel

        return FourierModel.from_arrays(arrays, state)
    raise InputError("no model of a heterogeneous reconstruction", file=path)
