"""Soft masks: one around a given contour of a map, and one that finds the particle in two half maps by itself."""

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import coordinate_radius, filter_image, frequency_radius, low_pass

__all__ = [
    "automatic_mask",
    "contour_level",
    "find_threshold",
    "largest_component",
    "low_passed",
    "mask_diameter_angstrom",
    "soft_mask",
]

_LEVELS = 256
_RIM = 0.85
"""The solvent is looked at between this part of the inscribed sphere's radius and the whole of it."""
_RIM_SIGMAS = 3.0


def soft_mask(
    volume: Float[Array, "z y x"] | Bool[Array, "z y x"],
    threshold: float,
    *,
    pixel_size_angstrom: float,
    dilate_angstrom: float = 6.0,
    edge_angstrom: float = 8.0,
) -> Float[NumpyArray, "z y x"]:
    """A mask around everything above a contour, grown outwards and ended by a raised cosine.

    With s the distance to the nearest voxel above the threshold: m = 1 up to s = dilate, ½ [1 + cos π(s − dilate)/edge]
    within the edge, and 0 beyond.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    threshold
        The contour; voxels at or above it are inside.
    pixel_size_angstrom
        Å/voxel.
    dilate_angstrom
        How far the mask reaches beyond the contour, Å.
    edge_angstrom
        Width of the soft edge, Å; 0 for a hard one.

    Returns
    -------
    NumPy array
        float32, 0 … 1, same shape.

    Raises
    ------
    ValueError
        If nothing lies above the threshold, or a length is negative.
    """
    if dilate_angstrom < 0 or edge_angstrom < 0 or not pixel_size_angstrom > 0:
        lengths = f"dilation {dilate_angstrom} Å, edge {edge_angstrom} Å, voxels of {pixel_size_angstrom} Å"
        raise ValueError(f"{lengths}: lengths are not negative, and voxels have a size")
    inside = to_numpy(volume) >= threshold
    if not inside.any():
        raise ValueError(f"no voxel reaches the threshold {threshold:g}: the largest is {to_numpy(volume).max():g}")
    # distances are needed near the contour only
    reach = int(np.ceil((dilate_angstrom + edge_angstrom) / pixel_size_angstrom)) + 1
    near = tuple(
        slice(max(part.start - reach, 0), part.stop + reach) for part in ndimage.find_objects(inside.astype(np.int8))[0]
    )
    distance = ndimage.distance_transform_edt(~inside[near], sampling=pixel_size_angstrom)
    mask = np.zeros(inside.shape, np.float32)
    mask[near] = _falling(distance - dilate_angstrom, edge_angstrom)
    return mask


def _falling(beyond: NumpyArray, edge: float) -> NumpyArray:
    """1 up to 0, and a raised cosine to 0 at the width of the edge."""
    if edge == 0:
        return (beyond <= 1e-9).astype(np.float32)
    return (0.5 + 0.5 * np.cos(np.pi * np.clip(beyond / edge, 0, 1))).astype(np.float32)


def automatic_mask(
    half1: Float[Array, "z y x"],
    half2: Float[Array, "_ _ _"],
    *,
    pixel_size_angstrom: float,
    low_pass_angstrom: float = 15.0,
    dilate_angstrom: float = 6.0,
    edge_angstrom: float = 8.0,
) -> Float[NumpyArray, "z y x"]:
    """A soft mask around the particle that two half maps show.

    Their mean is low-passed; what lies above `find_threshold` and hangs together with the largest such piece is the
    particle, and `soft_mask` grows a soft mask around it.

    Parameters
    ----------
    half1, half2
        Shape (z, y, x), protein positive; twice the same map where there is but one.
    pixel_size_angstrom
        Å/voxel.
    low_pass_angstrom
        Detail finer than this plays no part, Å: the mask should not follow the noise.
    dilate_angstrom, edge_angstrom
        As in `soft_mask`.

    Returns
    -------
    NumPy array
        float32, 0 … 1, same shape.

    Raises
    ------
    ValueError
        If the boxes differ, or the maps are constant.
    """
    if tuple(half1.shape) != tuple(half2.shape):
        raise ValueError(f"half maps of shapes {tuple(half1.shape)} and {tuple(half2.shape)} have no mean")
    smooth = low_passed((to_numpy(half1) + to_numpy(half2)) / 2, pixel_size_angstrom, low_pass_angstrom)
    particle = largest_component(smooth >= find_threshold(smooth))
    lengths = {"dilate_angstrom": dilate_angstrom, "edge_angstrom": edge_angstrom}
    return soft_mask(particle, 1, pixel_size_angstrom=pixel_size_angstrom, **lengths)


def low_passed(
    volume: Float[Array, "z y x"], pixel_size_angstrom: float, low_pass_angstrom: float
) -> Float[Array, "z y x"]:
    """A map without detail finer than a length; its edge in Fourier space is a raised cosine two shells wide.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    pixel_size_angstrom
        Å/voxel.
    low_pass_angstrom
        Å.

    Returns
    -------
    Array
        Same shape.
    """
    shape = tuple(volume.shape)
    k = frequency_radius(shape, pixel_size_angstrom, half=True, like=volume)
    width = 2 / (max(shape) * pixel_size_angstrom)
    return filter_image(volume, low_pass(k, 1 / low_pass_angstrom, width), 3)


def find_threshold(smooth: Float[NumpyArray, "z y x"]) -> float:
    """The contour that parts a particle from its solvent in a low-passed map.

    Otsu's threshold of the voxels within the inscribed sphere, which parts them into two classes of the largest
    variance between; but at least three standard deviations above the mean of the sphere's outermost rim.

    Parameters
    ----------
    smooth
        Shape (z, y, x), protein positive.

    Returns
    -------
    float
        In the unit of the map.

    Raises
    ------
    ValueError
        If the map is constant.

    References
    ----------
    Otsu, IEEE Trans. Syst. Man Cybern. 9, 62 (1979).
    """
    radius, edge = coordinate_radius(smooth.shape), min(smooth.shape) // 2
    values = smooth[radius <= edge].astype(np.float64)
    rim = smooth[(radius <= edge) & (radius >= _RIM * edge)].astype(np.float64)
    if not np.ptp(values) > 0:
        raise ValueError("the map is constant: there is no particle to draw a mask around")
    return min(max(_otsu(values), float(rim.mean() + _RIM_SIGMAS * rim.std())), float(values.max()))


def contour_level(volume: Float[NumpyArray, "z y x"], mask: Float[NumpyArray, "_ _ _"]) -> float:
    """The contour at which to look at a map: Otsu's threshold of what lies under a mask.

    Parameters
    ----------
    volume
        Shape (z, y, x), protein positive.
    mask
        0 … 1, same shape; where it is ½ or more, particle and the solvent next to it are found.

    Returns
    -------
    float
        In the unit of the map.

    Raises
    ------
    ValueError
        If the map is constant under the mask.

    References
    ----------
    Otsu, IEEE Trans. Syst. Man Cybern. 9, 62 (1979).
    """
    values = volume[mask >= 0.5].astype(np.float64)
    if not len(values) or not np.ptp(values) > 0:
        raise ValueError("the map is constant under the mask: it has no contour")
    return _otsu(values)


def mask_diameter_angstrom(mask: Float[NumpyArray, "z y x"], pixel_size_angstrom: float) -> float:
    """The diameter of the sphere about a mask's centre of mass that holds it, where it is ½ or more.

    Parameters
    ----------
    mask
        0 … 1, shape (z, y, x).
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    float
        Å; 0 for a mask that leaves nothing.
    """
    places = np.argwhere(mask >= 0.5)
    if not len(places):
        return 0.0
    distance = np.linalg.norm(places - places.mean(axis=0), axis=1)
    return float((2 * distance.max() + 1) * pixel_size_angstrom)


def _otsu(values: Float[NumpyArray, " n"]) -> float:
    """The level that parts values into two classes of the largest variance between."""
    counts, edges = np.histogram(values, _LEVELS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(counts)[:-1], np.cumsum(counts * middles)[:-1]
    above, rest = len(values) - below, float(np.sum(counts * middles)) - mass
    between = below * above * (mass / below - rest / above) ** 2
    # levels far apart leave a gap of equal values between them: its middle
    return float(edges[1:-1][between >= between.max() * (1 - 1e-9)].mean())


def largest_component(inside: Bool[NumpyArray, "z y x"]) -> Bool[NumpyArray, "z y x"]:
    """The largest piece that hangs together by faces of voxels.

    Parameters
    ----------
    inside
        Shape (z, y, x).

    Returns
    -------
    NumPy array
        bool, same shape.
    """
    labels, count = ndimage.label(inside)
    if count < 2:
        return inside
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    piece: NumpyArray = labels == int(np.argmax(sizes))
    return piece
