"""What a person chooses about a two-dimensional classification."""

from dataclasses import dataclass

from vitreous._errors import InputError

__all__ = ["BATCHES", "NOISES", "Options"]

BATCHES = ("full", "online")
"""How many images an update of the references sees: all, or one batch after the other with a decaying step."""
NOISES = ("radial", "white")
"""The spectrum of the noise: a power for each ring and group, or one power for each group."""


@dataclass(frozen=True)
class Options:
    """The options of `vitreous.classification.classify`.

    Parameters
    ----------
    classes
        K, at least 1.
    iterations
        How many at most, at least 1.
    mask_diameter_angstrom
        Images and references are cut softly to this disc, in Å; None: the largest that leaves room for the soft edge.
    max_resolution_angstrom
        Frequencies beyond it are never used, in Å; None: up to Nyquist.
    batch
        ``"full"`` or ``"online"``.
    exact
        Fixed angles, shifts and band, hyperparameters of the priors frozen, double precision: the objective never
        falls. Else frequencies march and improbable poses are left out.
    point_estimate
        The best pose alone counts, instead of all in proportion to their probability.
    ctf
        Whether the lens has a part in the images.
    noise
        ``"radial"`` or ``"white"``.
    map_prior
        Whether the references have a spectral prior (τ² of their own signal-to-noise ratio).
    angle_step_deg
        Of the finest search over the angle; rounded to a divisor of the circle that is at most this.
    shift_range_px
        Radius of the disc of shifts about each image's origin, in pixels.
    shift_step_px
        Of the finest search over the shift, in pixels.
    crowd
        Before the first iteration so many times the classes are refined at low resolution, and those that together make
        the images most likely are kept; 1: random averages alone.
    convergence
        The run ends when a smaller share of the particles changes class, with all frequencies in use.
    seed
        Of all random choices.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    threads
        None: as many as PyTorch takes by itself.

    Raises
    ------
    InputError
        If a number is out of its range or a word is not known.
    """

    classes: int
    iterations: int = 25
    mask_diameter_angstrom: float | None = None
    max_resolution_angstrom: float | None = None
    batch: str = "full"
    exact: bool = False
    point_estimate: bool = False
    ctf: bool = True
    noise: str = "radial"
    map_prior: bool = True
    angle_step_deg: float = 1.5
    shift_range_px: float = 5.0
    shift_step_px: float = 1.0
    crowd: int = 4
    convergence: float = 0.01
    seed: int = 0
    device: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        for name in ("classes", "iterations", "crowd"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} = {getattr(self, name)}: expected 1 or more")
        for name in ("mask_diameter_angstrom", "max_resolution_angstrom", "angle_step_deg", "shift_step_px"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise InputError(f"{name} = {value}: expected more than 0")
        if not self.shift_range_px >= 0:
            raise InputError(f"shift_range_px = {self.shift_range_px}: expected 0 or more")
        for name, known in (("batch", BATCHES), ("noise", NOISES)):
            if getattr(self, name) not in known:
                raise InputError(f"{name} = {getattr(self, name)!r}: expected one of {', '.join(known)}")
        if self.exact and self.batch == "online":
            raise InputError("an exact run sees all images in every iteration", advice="leave out the online batches")
