"""Rotations: matrices, quaternions, axis and angle, Euler angles, and the conventions of the field's programs."""

from vitreous.rotations.axis_angle import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    matrix_to_axis_angle,
    matrix_to_rotation_vector,
    quaternion_to_axis_angle,
    quaternion_to_rotation_vector,
    rotation_vector_to_matrix,
    rotation_vector_to_quaternion,
)
from vitreous.rotations.conventions import EULER_CONVENTIONS
from vitreous.rotations.euler import both_eulers, euler_to_matrix, matrix_to_euler, slabaugh_angles
from vitreous.rotations.matrix import compose, inverse, is_rotation, nearest_rotation, rotate
from vitreous.rotations.packages import cryosparc_to_matrix, matrix_to_cryosparc, matrix_to_relion, relion_to_matrix
from vitreous.rotations.quaternion import (
    canonical_quaternion,
    matrix_to_quaternion,
    quaternion_conjugate,
    quaternion_multiply,
    quaternion_to_matrix,
    rotate_by_quaternion,
)

__all__ = [
    "EULER_CONVENTIONS",
    "axis_angle_to_matrix",
    "axis_angle_to_quaternion",
    "both_eulers",
    "canonical_quaternion",
    "compose",
    "cryosparc_to_matrix",
    "euler_to_matrix",
    "inverse",
    "is_rotation",
    "matrix_to_axis_angle",
    "matrix_to_cryosparc",
    "matrix_to_euler",
    "matrix_to_quaternion",
    "matrix_to_relion",
    "matrix_to_rotation_vector",
    "nearest_rotation",
    "quaternion_conjugate",
    "quaternion_multiply",
    "quaternion_to_axis_angle",
    "quaternion_to_matrix",
    "quaternion_to_rotation_vector",
    "relion_to_matrix",
    "rotate",
    "rotate_by_quaternion",
    "rotation_vector_to_matrix",
    "rotation_vector_to_quaternion",
    "slabaugh_angles",
]
