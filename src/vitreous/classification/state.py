"""What a classification holds between two iterations, and what it tells of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from jaxtyping import Float, Float32, Int

from vitreous._typing import NumpyArray
from vitreous.classification.reseed import Reseeding

__all__ = ["Assignments", "Iteration", "State"]


@dataclass(frozen=True, eq=False)
class State:
    """All that the next iteration depends on, as NumPy arrays: what a checkpoint holds.

    References are Hartley transforms on the polar grid (`vitreous.classification.polar`), so that going on from a state
    is bit-identical to never having stopped.

    Parameters
    ----------
    references
        (K, rings, angles) float32, or float64 in an exact run.
    half_references
        (2, K, rings, angles): of each half set alone.
    weights
        (K,) float64: the share of each class, Σ = 1.
    noise_power
        (groups, rings) float64: σ², the mean |Fourier coefficient|² of the noise.
    prior_power
        (K, rings) float64: τ², the mean |Fourier coefficient|² that the prior gives the references; infinite: flat.
    shift_sigma_px
        () float64: standard deviation of the Gaussian prior on each coordinate of the shift, in pixels.
    iteration
        () int64: how many iterations are done.
    band
        () int64: the highest ring that the next iteration uses.
    classes
        (n,) int64: each particle's class after the last iteration; −1 before the first.
    statistics
        Running sums of the online batches, by name; empty otherwise.
    """

    references: NumpyArray
    half_references: NumpyArray
    weights: NumpyArray
    noise_power: NumpyArray
    prior_power: NumpyArray
    shift_sigma_px: NumpyArray
    iteration: NumpyArray
    band: NumpyArray
    classes: NumpyArray
    statistics: Mapping[str, NumpyArray] = field(default_factory=dict)

    def arrays(self) -> dict[str, NumpyArray]:
        """The arrays by name, as `vitreous.jobs.write_checkpoint` takes them."""
        own = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self) if f.name != "statistics"}
        return own | {f"statistics.{name}": np.asarray(value) for name, value in self.statistics.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NumpyArray]) -> "State":
        """The state whose `arrays` these are.

        Parameters
        ----------
        arrays
            As `vitreous.jobs.read_checkpoint` gives them.

        Returns
        -------
        State
            Bit for bit the one that was written.

        Raises
        ------
        ValueError
            If an array is missing.
        """
        names = [f.name for f in fields(cls) if f.name != "statistics"]
        missing = [name for name in names if name not in arrays]
        if missing:
            raise ValueError(f"the state lacks {', '.join(missing)}: it is not one of a classification")
        prefix = "statistics."
        statistics = {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
        return cls(**{name: arrays[name] for name in names}, statistics=statistics)


@dataclass(frozen=True, eq=False)
class Assignments:
    """Where each particle is thought to be: its most probable pose, and how sure that is.

    Parameters
    ----------
    classes
        (n,) from 0: the class of the most probable pose.
    psi_deg
        (n,) RELION's psi: turning the shifted image by it puts it onto the class.
    shifts_angstrom
        (n, 2) RELION's origin (x, y) in Å: the shift that moves the image's particle to the centre.
    max_probability
        (n,) the posterior probability of the most probable pose (`rlnMaxValueProbDistribution`).
    entropy
        (n,) −Σ γ ln γ over class, angle and shift, in nats; 0 where there is no doubt.
    class_probability
        (n,) Σ_ψt γ(k, ψ, t) of that class: what the purity of the classes is made of. None where it was not computed.
    """

    classes: Int[NumpyArray, " n"]
    psi_deg: Float[NumpyArray, " n"]
    shifts_angstrom: Float[NumpyArray, "n 2"]
    max_probability: Float[NumpyArray, " n"]
    entropy: Float[NumpyArray, " n"]
    class_probability: Float[NumpyArray, " n"] | None = None


@dataclass(frozen=True, eq=False)
class Iteration:
    """What one iteration came to.

    Parameters
    ----------
    number
        From 1.
    references
        (K, box, box) the class averages after the iteration, origin at pixel n // 2, protein white.
    half_references
        (2, K, box, box) those of each half set alone, aligned with the same poses (not independent refinements).
    weights
        (K,) the share of each class.
    log_likelihood
        Of all images *before* the update of this iteration, in nats; see `vitreous.classification.likelihood`.
    objective
        The log-likelihood and the log-priors together.
    noise_power
        (groups, rings) σ² after the iteration.
    shift_sigma_angstrom
        Of the prior on the shift, after the iteration.
    changed
        The share of the particles whose class changed; 1 in the first iteration.
    retained
        The share of the posterior that the fast path kept, measured on a random sample; 1 in an exact run.
    band
        The highest ring that was used.
    resolution_angstrom
        1/frequency of that ring.
    assignments
        Of all particles.
    state
        To go on from.
    reseeded
        Empty classes that took half of another one after this iteration.
    online
        Whether the images came batch by batch: the log-likelihood is then that of each image when it was its turn.
    """

    number: int
    references: Float32[NumpyArray, "k box box"]
    half_references: Float32[NumpyArray, "2 k box box"]
    weights: Float[NumpyArray, " k"]
    log_likelihood: float
    objective: float
    noise_power: Float[NumpyArray, "groups rings"]
    shift_sigma_angstrom: float
    changed: float
    retained: float
    band: int
    resolution_angstrom: float
    assignments: Assignments
    state: State
    reseeded: tuple[Reseeding, ...] = ()
    online: bool = False
