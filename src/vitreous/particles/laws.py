"""Laws that draw what differs from particle to particle: views, shifts, defocus, conformations."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

from vitreous._errors import InputError
from vitreous._typing import ArrayLike, NumpyArray
from vitreous.rotations import matrix_to_relion, random_rotations

__all__ = ["DefocusLaw", "draw_defocus", "draw_shifts", "draw_states", "preferred_views", "uniform_views"]


def uniform_views(n: int, rng: np.random.Generator) -> Float64[NumpyArray, "n 3"]:
    """Orientations that are uniform over all rotations.

    Parameters
    ----------
    n
        How many.
    rng
        The random numbers.

    Returns
    -------
    NumPy array (n, 3)
        RELION's rot, tilt, psi in degrees.
    """
    euler_deg: NumpyArray = matrix_to_relion(random_rotations(n, rng))
    return euler_deg


def preferred_views(
    n: int, axes: ArrayLike, concentration: float, rng: np.random.Generator
) -> Float64[NumpyArray, "n 3"]:
    """Orientations whose viewing directions gather about some axes, the turn in the plane being uniform.

    The density of a direction d about its axis a is that of von Mises and Fisher, κ exp(κ a·d)/(4π sinh κ); the axes
    are taken equally often. κ = 0 is uniform, and 1/√κ rad is the spread where κ is large.

    Parameters
    ----------
    n
        How many.
    axes
        (x, y, z) in the reference, shape (m, 3), of any length but zero.
    concentration
        κ ≥ 0.
    rng
        The random numbers.

    Returns
    -------
    NumPy array (n, 3)
        RELION's rot, tilt, psi in degrees.

    Raises
    ------
    ValueError
        If an axis is zero or κ negative.

    References
    ----------
    Fisher, Proc. R. Soc. A 217, 295 (1953); drawn as in Ulrich, J. R. Stat. Soc. C 33, 158 (1984).
    """
    axes = np.atleast_2d(np.asarray(axes, np.float64))
    lengths = np.linalg.norm(axes, axis=1)
    if axes.shape[1] != 3 or not (lengths > 0).all() or not concentration >= 0:
        raise ValueError(f"axes {axes.tolist()}, concentration {concentration}: give vectors (x, y, z), and 0 or more")
    chosen = (axes / lengths[:, None])[rng.integers(len(axes), size=n)]
    share, around, psi = rng.random(n), rng.uniform(0, 2 * np.pi, n), rng.uniform(-180, 180, n)
    if concentration > 0:
        along = 1 + np.log(share + (1 - share) * np.exp(-2 * concentration)) / concentration
    else:
        along = 2 * share - 1
    across = np.sqrt(np.clip(1 - along**2, 0, None))
    # two directions at right angles to each axis; the least coordinate is never parallel to it
    helper = np.eye(3)[np.argmin(np.abs(chosen), axis=1)]
    first = np.cross(chosen, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(chosen, first)
    around_axis = np.cos(around)[:, None] * first + np.sin(around)[:, None] * second
    x, y, z = (along[:, None] * chosen + across[:, None] * around_axis).T
    return np.stack([np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(np.hypot(x, y), z)), psi], axis=1)


def draw_shifts(n: int, sigma_angstrom: float, rng: np.random.Generator) -> Float64[NumpyArray, "n 2"]:
    """Shifts (x, y) in Å, normal with a standard deviation on each axis.

    Parameters
    ----------
    n
        How many.
    sigma_angstrom
        Å, on each axis.
    rng
        The random numbers.

    Returns
    -------
    NumPy array (n, 2)
        Å.
    """
    return rng.normal(0.0, sigma_angstrom, (n, 2))


@dataclass(frozen=True)
class DefocusLaw:
    """How defocus is spread over micrographs and within them."""

    range_angstrom: tuple[float, float] = (10000.0, 25000.0)
    """Least and largest mean defocus of a micrograph; uniform between."""
    astigmatism_angstrom: float = 0.0
    """The largest U − V of a micrograph; uniform from 0, at a uniform angle."""
    per_micrograph: int = 1
    """Particles of one micrograph, which stand one after the other."""
    spread_angstrom: float = 0.0
    """Standard deviation of the particles' defocus within a micrograph: their heights in the ice."""

    def __post_init__(self) -> None:
        least, largest = self.range_angstrom
        if not least <= largest or self.astigmatism_angstrom < 0 or self.per_micrograph < 1 or self.spread_angstrom < 0:
            raise InputError(
                f"a defocus from {least:g} to {largest:g} Å with {self.astigmatism_angstrom:g} Å of astigmatism, "
                f"{self.per_micrograph} particles a micrograph and {self.spread_angstrom:g} Å of spread",
                advice="give the smaller defocus first, and no negative numbers",
            )


def draw_defocus(n: int, law: DefocusLaw, rng: np.random.Generator) -> dict[str, NumpyArray]:
    """The defocus of n particles, micrograph by micrograph.

    Parameters
    ----------
    n
        How many.
    law
        The law.
    rng
        The random numbers.

    Returns
    -------
    dict
        ``defocus_u_angstrom``, ``defocus_v_angstrom``, ``defocus_angle_deg`` and ``micrograph``, each (n,), as fields
        of a particle set.
    """
    micrograph = np.arange(n) // law.per_micrograph
    count = int(micrograph[-1]) + 1 if n else 0
    mean = rng.uniform(*law.range_angstrom, count)[micrograph]
    half = rng.uniform(0, law.astigmatism_angstrom, count)[micrograph] / 2
    angle = rng.uniform(-90, 90, count)[micrograph]
    height = rng.normal(0, law.spread_angstrom, n)
    names = np.array([f"micrograph_{number + 1:06d}" for number in range(count)], dtype=np.dtypes.StringDType())
    return {
        "defocus_u_angstrom": mean + height + half,
        "defocus_v_angstrom": mean + height - half,
        "defocus_angle_deg": angle,
        "micrograph": names[micrograph],
    }


def draw_states(n: int, weights: Float[NumpyArray, " k"], rng: np.random.Generator) -> Int64[NumpyArray, " n"]:
    """States drawn independently, each with its weight.

    Parameters
    ----------
    n
        How many.
    weights
        (k,) not negative; their sum is made 1.
    rng
        The random numbers.

    Returns
    -------
    NumPy array (n,) int64
        From 0.

    Raises
    ------
    InputError
        If a weight is negative or none is positive.
    """
    if not (weights >= 0).all() or not weights.sum() > 0 or not np.isfinite(weights).all():
        raise InputError(f"the weights are {weights.tolist()}", advice="give positive numbers, one for each state")
    return rng.choice(len(weights), size=n, p=weights / weights.sum()).astype(np.int64)
