"""What is projected: the maps of some states, or the atoms of a conformation, for any rows of a particle set."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Complex64, Float, Int64

from vitreous._typing import NumpyArray
from vitreous.fourier import crop_box, rft
from vitreous.projection import Slicer, project_atoms
from vitreous.projection.slice import NYQUIST
from vitreous.specimen import Atoms

__all__ = ["AtomSource", "MapSource", "Source"]


@runtime_checkable
class Source(Protocol):
    """What gives the spectra of centred projections, row by row of a particle set."""

    def spectra(
        self, rows: Int64[NumpyArray, " m"], matrices: Float[NumpyArray, "m 3 3"], box: int, pixel_size_angstrom: float
    ) -> Complex64[NumpyArray, "m ky kx"]:
        """The half spectra of the projections of some particles, whose images `irft` gives in V·Å.

        Parameters
        ----------
        rows
            Which particles: they say which conformation.
        matrices
            Their rotations, or `view_matrices`.
        box
            Edge of the images in pixels.
        pixel_size_angstrom
            Å/pixel of the images.

        Returns
        -------
        NumPy array (m, box, box // 2 + 1) complex64
            Half spectra.
        """
        ...


class MapSource:
    """The exact central slices of one map or of several, one for each state; safe to use from several threads.

    Parameters
    ----------
    maps
        Cubes in V.
    voxel_size_angstrom
        Of the maps; the images may have another pixel size and box.
    states
        (n,) which map each particle shows.
    """

    def __init__(
        self, maps: Sequence[Float[NumpyArray, "z y x"]], voxel_size_angstrom: float, states: Int64[NumpyArray, " n"]
    ):
        self.maps, self.voxel_size_angstrom, self.states = tuple(maps), voxel_size_angstrom, states
        # a plan serves one thread at a time
        self._own = threading.local()

    def spectra(
        self, rows: Int64[NumpyArray, " m"], matrices: Float[NumpyArray, "m 3 3"], box: int, pixel_size_angstrom: float
    ) -> Complex64[NumpyArray, "m ky kx"]:
        """As `Source.spectra`; frequencies beyond the Nyquist frequency of images or map are zero."""
        ratio = self.voxel_size_angstrom / pixel_size_angstrom
        stretch = ratio * max((np.linalg.norm(matrix[:2], 2) for matrix in matrices[:1]), default=1.0)
        spectra = np.zeros((len(rows), box, box // 2 + 1), np.complex64)
        states = self.states[rows]
        for state in np.unique(states):
            shown = np.flatnonzero(states == state)
            slicer = self._slicer(int(state), box, pixel_size_angstrom)
            spectra[shown] = slicer(ratio * matrices[shown], NYQUIST / max(1.0, float(stretch)))
        # Σ_x over voxels is ∫ dx / voxel³, and the inverse transform wants Σ over pixels
        spectra *= np.float32(ratio**2 * self.voxel_size_angstrom)
        return spectra

    def _slicer(self, state: int, box: int, pixel_size_angstrom: float) -> Slicer:
        """The plan of this thread for one map; of the map what lies in the field of view."""
        slicers: dict[tuple[int, int, float], Slicer] = self._own.__dict__.setdefault("slicers", {})
        key = state, box, pixel_size_angstrom
        if key not in slicers:
            volume = self.maps[state]
            field = int(np.ceil(box * pixel_size_angstrom / self.voxel_size_angstrom - 1e-3))
            volume = crop_box(volume, (field,) * 3) if field < volume.shape[-1] else volume
            slicers[key] = Slicer(volume, box, threads=1)
        return slicers[key]


@dataclass(frozen=True)
class AtomSource:
    """The projected potential of rotated atoms, computed for every particle in its own conformation."""

    atoms_at: Callable[[float], Atoms]
    """The atoms of a conformation, the origin at the centre of rotation."""
    conformations: Float[NumpyArray, " n"]
    """The conformation of each particle."""

    def spectra(
        self, rows: Int64[NumpyArray, " m"], matrices: Float[NumpyArray, "m 3 3"], box: int, pixel_size_angstrom: float
    ) -> Complex64[NumpyArray, "m ky kx"]:
        """As `Source.spectra`; each pixel is the exact mean over its area."""
        images = np.empty((len(rows), box, box), np.float32)
        for image, row, matrix in zip(images, rows, matrices, strict=True):
            atoms = self.atoms_at(float(self.conformations[row]))
            image[...] = project_atoms(atoms, matrix, (box, box), pixel_size_angstrom)
        spectra: NumpyArray = rft(images, 2)
        return spectra
