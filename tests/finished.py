"""A classification at its end, made to measure: what the engine would have said of a known set."""

import numpy as np

from class_sets import ClassSet
from vitreous.classification import Assignments, Iteration, Options, State
from vitreous.classification.polar import to_polar
from vitreous.classification.setup import set_up

MASK_ANGSTROM = 80.0


def finished(known: ClassSet, *, noise: float = 0.05, number: int = 7, retained: float = 1.0) -> Iteration:
    """The iteration that found the truth of a set: noisy views, their halves, and where the particles really are."""
    rng, count, box = np.random.default_rng(8), len(known.views), known.views.shape[1]
    halves = (known.views + noise * rng.standard_normal((2, *known.views.shape))).astype(np.float32)
    weights = np.bincount(known.classes, minlength=count) / len(known.classes)
    found = Assignments(
        classes=known.classes,
        psi_deg=known.psi_deg,
        shifts_angstrom=known.shift_angstrom,
        max_probability=rng.uniform(0.2, 1, len(known.classes)),
        entropy=rng.gamma(2, 0.5, len(known.classes)),
        class_probability=np.full(len(known.classes), 0.75),
    )
    setup = set_up(known.particles, Options(classes=count, mask_diameter_angstrom=MASK_ANGSTROM))
    rings = np.stack([to_polar(half * setup.by.mask.astype(np.float32), setup.grid) for half in halves])
    power = np.full((1, box // 2), float(box**2))
    state = State(
        references=rings.mean(axis=0),
        half_references=rings,
        weights=weights,
        noise_power=power,
        prior_power=np.ones((count, box // 2)),
        shift_sigma_px=np.array(1.0),
        iteration=np.array(number),
        band=np.array(3),
        classes=known.classes,
    )
    return Iteration(
        number=number,
        references=halves.mean(axis=0),
        half_references=halves,
        weights=weights,
        log_likelihood=-1234.5,
        objective=-1300.0,
        noise_power=power,
        shift_sigma_angstrom=3.6,
        changed=0.004,
        retained=retained,
        band=12,
        resolution_angstrom=8.0,
        assignments=found,
        state=state,
    )
