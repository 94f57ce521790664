"""Rotations drawn at random, each as likely as any other."""

import numpy as np
from jaxtyping import Float64

from vitreous._typing import NumpyArray
from vitreous.rotations.quaternion import canonical_quaternion, quaternion_to_matrix

__all__ = ["random_quaternions", "random_rotations"]


def random_quaternions(n: int, seed: int | np.random.Generator) -> Float64[NumpyArray, "{n} 4"]:
    """Unit quaternions of uniformly distributed rotations: four independent normal numbers, normalised.

    Parameters
    ----------
    n
        How many.
    seed
        A number, which always gives the same rotations, or a generator to draw from.

    Returns
    -------
    NumPy array (n, 4)
        Unit quaternions, scalar first and ≥ 0.

    References
    ----------
    Muller, Comm. ACM 2 (1959) 19; the uniform distribution on the sphere S³ is Haar's measure of SO(3).
    """
    normal = np.random.default_rng(seed).standard_normal((n, 4))
    return np.asarray(canonical_quaternion(normal / np.linalg.norm(normal, axis=-1, keepdims=True)))


def random_rotations(n: int, seed: int | np.random.Generator) -> Float64[NumpyArray, "{n} 3 3"]:
    """Matrices of uniformly distributed rotations; the density of their angle θ is (1 − cos θ)/π.

    Parameters
    ----------
    n
        How many.
    seed
        A number, which always gives the same rotations, or a generator to draw from.

    Returns
    -------
    NumPy array (n, 3, 3)
        Rotation matrices.
    """
    return np.asarray(quaternion_to_matrix(random_quaternions(n, seed)))
