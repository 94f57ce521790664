"""Rotations in every notation, the conventions of the field's programs, grids, means and symmetry groups."""

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
from vitreous.rotations.distance import geodesic_angle_deg, quaternion_angle_deg
from vitreous.rotations.euler import both_eulers, euler_to_matrix, matrix_to_euler, slabaugh_angles
from vitreous.rotations.grid import local_grid, so3_grid, sphere_grid
from vitreous.rotations.interpolate import interpolate_rotations, slerp
from vitreous.rotations.matrix import compose, inverse, is_rotation, nearest_rotation, rotate
from vitreous.rotations.mean import chordal_mean, quaternion_mean
from vitreous.rotations.packages import (
    cryosparc_to_matrix,
    eman_to_matrix,
    imod_to_matrix,
    matrix_to_cryosparc,
    matrix_to_eman,
    matrix_to_imod,
    matrix_to_relion,
    matrix_to_spider,
    matrix_to_xmipp,
    relion_to_matrix,
    spider_to_matrix,
    xmipp_to_matrix,
)
from vitreous.rotations.quaternion import (
    canonical_quaternion,
    matrix_to_quaternion,
    quaternion_conjugate,
    quaternion_multiply,
    quaternion_to_matrix,
    rotate_by_quaternion,
)
from vitreous.rotations.sphere import (
    cartesian_to_spherical,
    in_plane_angle_deg,
    projection_direction,
    spherical_to_cartesian,
    view_to_matrix,
)
from vitreous.rotations.symmetry import symmetry_matrices
from vitreous.rotations.uniform import random_quaternions, random_rotations

__all__ = [
    "EULER_CONVENTIONS",
    "axis_angle_to_matrix",
    "axis_angle_to_quaternion",
    "both_eulers",
    "canonical_quaternion",
    "cartesian_to_spherical",
    "chordal_mean",
    "compose",
    "cryosparc_to_matrix",
    "eman_to_matrix",
    "euler_to_matrix",
    "geodesic_angle_deg",
    "imod_to_matrix",
    "in_plane_angle_deg",
    "interpolate_rotations",
    "inverse",
    "is_rotation",
    "local_grid",
    "matrix_to_axis_angle",
    "matrix_to_cryosparc",
    "matrix_to_eman",
    "matrix_to_euler",
    "matrix_to_imod",
    "matrix_to_quaternion",
    "matrix_to_relion",
    "matrix_to_rotation_vector",
    "matrix_to_spider",
    "matrix_to_xmipp",
    "nearest_rotation",
    "projection_direction",
    "quaternion_angle_deg",
    "quaternion_conjugate",
    "quaternion_mean",
    "quaternion_multiply",
    "quaternion_to_axis_angle",
    "quaternion_to_matrix",
    "quaternion_to_rotation_vector",
    "random_quaternions",
    "random_rotations",
    "relion_to_matrix",
    "rotate",
    "rotate_by_quaternion",
    "rotation_vector_to_matrix",
    "rotation_vector_to_quaternion",
    "slabaugh_angles",
    "slerp",
    "so3_grid",
    "sphere_grid",
    "spherical_to_cartesian",
    "spider_to_matrix",
    "symmetry_matrices",
    "view_to_matrix",
    "xmipp_to_matrix",
]
