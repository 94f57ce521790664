"""What a particle image brings to a reconstruction on the Ewald sphere: two spectra, one for each side of the sphere.

The transform of an image is ½ [P V₋ + Q V₊], V∓ the map's transform on the two sides, k_z = ∓½λk² (`vitreous.optics`).
Its adjoint puts ½ P* d on one side and ½ Q* d on the other. What the two sides give to each other in the normal
equations is taken in proportion to the overlap A of the sidebands: the weight of either is ¼ [1 + A (2 C² − 1)], C the
CTF. Where they overlap that is ½ C², so that both sides of a flat sphere add up to C²; where they do not, ¼.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Complex64, Float32, Float64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.optics import antisymmetric_factor, ctf_p, sideband_overlap, wavelength_angstrom
from vitreous.particles import ParticleSet
from vitreous.particles.optics import defocus_of, lens_of, view_matrices
from vitreous.reconstruction.weighting import raw_spectra

__all__ = ["DIAMETER_SHARE", "ewald_images"]

DIAMETER_SHARE = 2 / 3
"""Of the box's edge, which a particle usually takes: its diameter, for the overlap of the sidebands."""


def ewald_images(
    particles: ParticleSet, images: Float32[NumpyArray, "m n n"], *, reverse: bool = False
) -> Iterator[
    tuple[
        Complex64[NumpyArray, "part n n_half"],
        Float32[NumpyArray, "part n n_half"],
        Float64[NumpyArray, "part 3 3"],
        float,
    ]
]:
    """What a block of particles adds to a map, optics group by optics group, side by side of the sphere.

    Parameters
    ----------
    particles
        m particles with poses and defocus.
    images
        Theirs.
    reverse
        Whether the sphere is bent the other way, as it is for a map of the other hand.

    Yields
    ------
    data
        ½ P* S⁻¹ d, then ½ Q* S⁻¹ d; protein is positive.
    weights
        ¼ [1 + A (2 C² − 1)].
    matrices
        Where they lie (`vitreous.particles.optics.view_matrices`).
    curvature_pixels
        The bend, as `vitreous.projection.slice_points` takes it.

    Raises
    ------
    InputError
        If poses or what the CTF needs are not known.

    References
    ----------
    Russo and Henderson, Ultramicroscopy 187, 56 (2018).
    """
    from vitreous.kernels.numba import weighting as kernel

    box = images.shape[-1]
    for number in np.unique(particles.optics_index):
        rows = np.flatnonzero(particles.optics_index == number)
        chosen, group = particles[rows], particles.optics_groups[number]
        pixel = group.pixel_size_angstrom
        if pixel is None:
            raise InputError("the Ewald sphere needs a pixel size", place=f"optics group {group.name}")
        lens, defocus = lens_of(group), defocus_of(chosen)
        shift = np.full((len(rows), 2), -float(box // 2))
        if chosen.shift_angstrom is not None:
            shift += chosen.shift_angstrom / pixel
        odd = antisymmetric_factor((box, box), pixel, lens).astype(np.complex64)
        ones = np.ones((len(rows), box, box // 2 + 1), np.float32)
        moved, _ = kernel.weigh(raw_spectra(images[rows]), ones, odd, shift)
        p = ctf_p((box, box), pixel, defocus, lens, contrast=chosen.contrast).astype(np.complex64)
        overlap = sideband_overlap((box, box), pixel, defocus, lens, DIAMETER_SHARE * box * pixel)
        weights = (0.25 * (1 + overlap * (2 * p.real**2 - 1))).astype(np.float32)
        matrices, bend = view_matrices(chosen, group), 0.5 * wavelength_angstrom(lens.voltage_kv) / pixel
        bend = -bend if reverse else bend
        half = np.float32(0.5)
        yield half * np.conj(p) * moved, weights, matrices, -bend
        yield half * p * moved, weights, matrices, bend
