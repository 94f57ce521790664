"""What a classification leaves on disk, in RELION's conventions: particles with their classes, the table of classes."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray
from vitreous.classification.pose_grid import turn
from vitreous.classification.state import Assignments
from vitreous.fourier import shift_image
from vitreous.particles import ParticleSet, StarTable

__all__ = ["ENTROPY", "ClassSummary", "aligned_images", "class_table", "classified", "lost_poses"]

ENTROPY = "vitreousPosteriorEntropy"
"""The column of the posterior's entropy, in nats."""
_PSI, _PROBABILITY = "rlnAnglePsi", "rlnMaxValueProbDistribution"
_FORMER_POSES = ("rlnAngleRot", "rlnAngleTilt", _PSI)


@dataclass(frozen=True, eq=False)
class ClassSummary:
    """What is known of each class at the end, in the order of the classes.

    Parameters
    ----------
    weights
        (K,) the share of each class, Σ = 1.
    particles
        (K,) how many have their most probable pose in it.
    ssnr_resolution_angstrom
        (K,) where the signal of the average falls below its noise (SSNR = 1), Å; NaN where it never reaches it.
    frc_resolution_angstrom
        (K,) where the averages of the two half sets no longer correlate above 0.143, Å; NaN where they never do.
    purity
        (K,) the mean probability that a particle of the class belongs to it; NaN where it has none.
    """

    weights: Float[NumpyArray, " k"]
    particles: Int[NumpyArray, " k"]
    ssnr_resolution_angstrom: Float[NumpyArray, " k"]
    frc_resolution_angstrom: Float[NumpyArray, " k"]
    purity: Float[NumpyArray, " k"]


def classified(particles: ParticleSet, assignments: Assignments) -> ParticleSet:
    """The particles with what was found of them.

    An in-plane angle alone is no orientation in space: the set has RELION's psi among its other columns, and no poses.
    Poses that it had before are left out, since they do not go with the new psi and origin; see `lost_poses`.

    Parameters
    ----------
    particles
        As they were classified.
    assignments
        Of the same particles.

    Returns
    -------
    ParticleSet
        With class (from 1), shift, ``rlnAnglePsi``, ``rlnMaxValueProbDistribution`` and `ENTROPY`; all else as it was.
    """
    kept = {label: column for label, column in particles.extra.items() if label not in _FORMER_POSES}
    found = {
        _PSI: assignments.psi_deg.astype(np.float64),
        _PROBABILITY: assignments.max_probability.astype(np.float64),
        ENTROPY: assignments.entropy.astype(np.float64),
    }
    return replace(
        particles,
        euler_deg=None,
        class_number=assignments.classes.astype(np.int64) + 1,
        shift_angstrom=assignments.shifts_angstrom.astype(np.float64),
        extra={**kept, **found},
    )


def lost_poses(particles: ParticleSet) -> bool:
    """Whether the particles have rot and tilt that say more than that they lie in the plane.

    Parameters
    ----------
    particles
        As they were read.

    Returns
    -------
    bool
        True where `classified` leaves out orientations in space.
    """
    return particles.euler_deg is not None and bool(particles.euler_deg[:, :2].any())


def class_table(summary: ClassSummary, stack: str) -> StarTable:
    """The table of the classes, with the labels of RELION's model files where there is one.

    Parameters
    ----------
    summary
        Of the classes.
    stack
        The name of the file that holds the class averages, in order.

    Returns
    -------
    StarTable
        ``data_model_classes``, one row a class; a resolution or purity that is not known is 0.
    """
    names = [f"{number:06d}@{stack}" for number in range(1, len(summary.weights) + 1)]
    columns = {
        "rlnReferenceImage": np.array(names, dtype=np.dtypes.StringDType()),
        "rlnClassDistribution": summary.weights,
        "rlnEstimatedResolution": np.nan_to_num(summary.ssnr_resolution_angstrom),
        "vitreousHalfSetResolution": np.nan_to_num(summary.frc_resolution_angstrom),
        "vitreousClassPurity": np.nan_to_num(summary.purity),
        "vitreousParticles": summary.particles.astype(np.int64),
    }
    return StarTable("model_classes", columns)


def aligned_images(
    images: Float[NumpyArray, "n y x"], psi_deg: Float[NumpyArray, " n"], shift_pixels: Float[NumpyArray, "n 2"]
) -> Float[NumpyArray, "n y x"]:
    """Observations brought onto their classes: shifted by RELION's origin, then turned by psi.

    g(x) = f(R(ψ) x − s), R(ψ) RELION's matrix [[cos ψ, sin ψ], [−sin ψ, cos ψ]].

    Parameters
    ----------
    images
        (n, y, x).
    psi_deg
        (n,) RELION's psi, degrees.
    shift_pixels
        (n, 2) RELION's origin (x, y) in pixels.

    Returns
    -------
    NumPy array (n, y, x)
        By Fourier shift and cubic splines; 0 beyond the box.
    """
    moved = np.asarray(shift_image(images, shift_pixels))
    return np.stack([turn(image, -psi_deg[[row]])[0] for row, image in enumerate(moved)])
