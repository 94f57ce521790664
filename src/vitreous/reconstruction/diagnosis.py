"""What is wrong with a map: where it is worse than its resolution says, in which directions, and for lack of views."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.reconstruction.anisotropy import Anisotropy, cone_fsc
from vitreous.reconstruction.crowther import crowther_resolution_angstrom, crowther_view_count
from vitreous.reconstruction.local_resolution import local_resolution, local_window_angstrom
from vitreous.reconstruction.mask import mask_diameter_angstrom
from vitreous.reconstruction.resolution import Resolution

__all__ = ["Diagnosis", "diagnose"]

_LEAST_WINDOW_VOXELS = 8


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Where, in which directions and for lack of what a map is worse than one number says.

    Parameters
    ----------
    diameter_angstrom
        Of the particle: of its mask, or the edge of the box without one, Å.
    crowther_angstrom
        The finest detail that as many evenly spread views would determine, Å.
    views_needed
        How many evenly spread views the claimed resolution takes; None where none is claimed.
    anisotropy
        The resolution by direction, of the masked half maps.
    local_angstrom
        (z, y, x) the resolution around every voxel of the mask, Å, NaN elsewhere; None where the half maps claim no
        resolution, or the box is too small for a window.
    """

    diameter_angstrom: float
    crowther_angstrom: float
    views_needed: int | None
    anisotropy: Anisotropy
    local_angstrom: Float[NumpyArray, "z y x"] | None

    @property
    def local_range_angstrom(self) -> tuple[float, float, float] | None:
        """The 5th, 50th and 95th percentile of the local resolution, Å."""
        if self.local_angstrom is None:
            return None
        low, middle, high = np.nanpercentile(self.local_angstrom, [5, 50, 95])
        return float(low), float(middle), float(high)


def diagnose(
    halves: tuple[Float32[NumpyArray, "z y x"], Float32[NumpyArray, "z y x"]],
    mask: Float[NumpyArray, "z y x"] | None,
    resolution: Resolution,
    *,
    pixel_size_angstrom: float,
    views: int,
) -> Diagnosis:
    """The anisotropy, the local resolution and Crowther's limit of two half maps.

    Parameters
    ----------
    halves
        The half maps, one box.
    mask
        0 … 1, same shape; None for no mask.
    resolution
        Theirs.
    pixel_size_angstrom
        Å/voxel.
    views
        How many images both were made from, each counted once for every element of the symmetry.

    Returns
    -------
    Diagnosis
        All that `vitreous reconstruct` says beyond the one number.
    """
    size, box = pixel_size_angstrom, len(halves[0])
    one, other = halves if mask is None else (half * mask.astype(half.dtype) for half in halves)
    diameter = (0.0 if mask is None else mask_diameter_angstrom(mask, size)) or box * size
    claimed = resolution.resolution_angstrom
    return Diagnosis(
        diameter,
        crowther_resolution_angstrom(views, diameter),
        None if claimed is None else crowther_view_count(claimed, diameter),
        cone_fsc(one, other, pixel_size_angstrom=size),
        _local(halves, mask, claimed, size),
    )


def _local(
    halves: tuple[NumpyArray, ...], mask: NumpyArray | None, claimed: float | None, size: float
) -> NumpyArray | None:
    """The local resolution; None where there is none to be had."""
    if claimed is None or len(halves[0]) < _LEAST_WINDOW_VOXELS or (mask is not None and not (mask >= 0.5).any()):
        return None
    window = local_window_angstrom(claimed, size, len(halves[0]))
    return local_resolution(halves[0], halves[1], mask, pixel_size_angstrom=size, window_angstrom=window)
