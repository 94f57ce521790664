"""References to start from that differ: images far from each other by a seeded choice, averaged with those near them.

As in k-means++, the first image is drawn at random and each further one with a probability that grows with its distance
from those already chosen: an image that looks like none of them is likely, one that looks like any is not. Of a few
that are drawn, the one after which the least distance is left is taken: it has most images near it. Distances
are those of the low-passed images in their best pose. A single image is mostly noise, so every image then joins the
chosen one that it is most like, in that pose, and the averages are the references.
"""

import math

import numpy as np
from jaxtyping import Float, Float32, Int

from vitreous._typing import NumpyArray
from vitreous.classification.matching import Match, match_rings, polar_spectra, ring_phases
from vitreous.classification.polar import PolarGrid, from_polar
from vitreous.classification.search import shift_disc
from vitreous.fourier import frequency_shells, half_shell_sum, irft, rft, shell_sizes
from vitreous.optics import ctf
from vitreous.optics.ctf import CONTRAST_SIGNS
from vitreous.particles import ParticleSet
from vitreous.particles.noise import spread_rows
from vitreous.particles.optics import defocus_of, lens_of

__all__ = ["far_apart", "spread_references"]

_SHELLS = 6
"""Rings that are compared: single images hold nothing but noise beyond."""
_CANDIDATES_A_CLASS = 40
_SHIFT_RADIUS = 3.0
_TRIALS = 4
"""Images that are drawn for each choice; the one that leaves the others least far away is taken."""
_LEAST_TRANSFER = 0.05
"""Added to the mean CTF², lest the noise of rings that no image shows grows without bound."""


def far_apart(
    images: Float[NumpyArray, "n y x"], count: int, rng: np.random.Generator, *, shells: int = _SHELLS
) -> tuple[Int[NumpyArray, " k"], Float[NumpyArray, "k y x"]]:
    """Choose images far from each other, each next one with p ∝ (1 − c)², c its best correlation with any before.

    Parameters
    ----------
    images
        (n, y, x), square.
    count
        K, at most n.
    rng
        Draws.
    shells
        Rings 1 … shells are compared, over all angles and small shifts.

    Returns
    -------
    chosen
        (K,) numbers of images, in the order of the choice, all different.
    averages
        (K, y, x) float64: of all images that are most like each chosen one, in the pose in which they are, low-passed.

    Raises
    ------
    ValueError
        If there are fewer images than are asked for.

    References
    ----------
    D. Arthur, S. Vassilvitskii, Proc. 18th ACM-SIAM Symp. Discrete Algorithms (2007) 1027.
    """
    if not 1 <= count <= len(images):
        raise ValueError(f"{count} of {len(images)} images cannot be chosen")
    box, angles = images.shape[-1], 4 * math.ceil(math.pi * shells)
    root = np.sqrt(shell_sizes((box, box))[1 : shells + 1, None] / angles)
    rings, shifts = polar_spectra(images, shells, angles), shift_disc(_SHIFT_RADIUS, 1.0)

    def matched(number: int) -> Match:
        return match_rings(rings[number : number + 1] * root, rings * root, shifts, box=box, mirror=False)

    chosen = [int(rng.integers(len(images)))]
    matches = [matched(chosen[0])]
    while len(chosen) < count:
        distance = np.clip(1 - np.max([match.correlation[0] for match in matches], axis=0), 1e-6, None) ** 2
        distance[chosen] = 0
        share = distance / distance.sum()
        drawn = rng.choice(len(images), min(_TRIALS, int(np.count_nonzero(share))), replace=False, p=share)
        tried = [matched(int(number)) for number in drawn]
        left = [np.sum(np.minimum(distance, np.clip(1 - match.correlation[0], 0, None) ** 2)) for match in tried]
        best = int(np.argmin(left))
        chosen.append(int(drawn[best]))
        matches.append(tried[best])
    return np.array(chosen), _averages(images, rings, matches, np.array(chosen))


def _averages(images: NumpyArray, rings: NumpyArray, matches: list[Match], chosen: NumpyArray) -> NumpyArray:
    """The averages of the images nearest to each chosen one, made on the rings where turning them is exact."""
    box, (shells, angles) = images.shape[-1], rings.shape[1:]
    nearest = np.argmax([match.correlation[0] for match in matches], axis=0)
    nearest[chosen] = np.arange(len(chosen))
    sums, members = np.zeros((len(chosen), shells, angles), complex), np.zeros(len(chosen))
    for number, (k, ring) in enumerate(zip(nearest, rings, strict=True)):
        steps = round(matches[k].psi_deg[0, number] * angles / 360)
        shift = matches[k].shift_pixels[0, number]
        sums[k] += np.roll(ring, -steps, axis=-1) * ring_phases(shift, box, shells, angles)
        members[k] += 1
    mean = sums / members[:, None, None]
    # the Hartley transform of the engine's grid, which has a ring 0, here without the mean of the image
    hartley = np.concatenate([np.zeros((len(chosen), 1, angles)), mean.real - mean.imag], axis=1)
    averages: NumpyArray = from_polar(hartley, PolarGrid(box, shells + 1, angles))
    return averages


def spread_references(
    particles: ParticleSet, classes: int, seed: int, *, with_ctf: bool = True
) -> Float32[NumpyArray, "k box box"]:
    """References to start a classification from, as different from each other as a seeded choice makes them.

    Images are multiplied by their CTF, which turns its negative lobes round, and divided by the mean CTF² of all.

    Parameters
    ----------
    particles
        n of them, with images; some forty a class, spread over the set, are looked at.
    classes
        K, at most n.
    seed
        Of the choice.
    with_ctf
        Whether the lens has a part in the images.

    Returns
    -------
    NumPy array (K, box, box)
        float32, protein white, for ``references`` of `vitreous.classification.classify`.

    Raises
    ------
    InputError
        If images cannot be read, or what the CTF needs is not known.
    ValueError
        If there are fewer particles than classes.
    """
    rows = spread_rows(len(particles), max(classes, _CANDIDATES_A_CLASS * classes))
    images = _corrected(particles[rows], with_ctf)
    return far_apart(images, classes, np.random.default_rng(seed))[1].astype(np.float32)


def _corrected(particles: ParticleSet, with_ctf: bool) -> NumpyArray:
    """Images times their CTF over the mean CTF² of all, ring by ring, protein white."""
    images = particles.images().astype(np.float64)
    if not with_ctf:
        return images * CONTRAST_SIGNS[particles.contrast]
    shape, power = images.shape[-2:], np.zeros(images.shape[-1] // 2 + 1)
    spectra = rft(images, 2)
    for number in np.unique(particles.optics_index):
        rows, group = np.flatnonzero(particles.optics_index == number), particles.optics_groups[number]
        known = defocus_of(particles[rows])
        transfer = ctf(shape, group.pixel_size_angstrom or 1.0, known, lens_of(group), contrast=particles.contrast)
        spectra[rows] *= transfer
        power += half_shell_sum(transfer.astype(np.float64) ** 2, shape).sum(axis=0) / shell_sizes(shape)
    mean = power / len(images) + _LEAST_TRANSFER
    shells = np.minimum(frequency_shells(shape, half=True), len(mean) - 1)
    return np.asarray(irft(spectra / mean[shells], shape))
