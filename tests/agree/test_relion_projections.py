"""Axis order, origin, hand, angles and shifts, on images that ``relion_project`` made from a 70S ribosome.

The projections here are exact (non-uniform Fourier transform); RELION interpolates linearly on a grid padded twice,
which accounts for 2.6–3.4 % of difference. A mistaken convention changes the images by far more.
"""

from functools import cache

import mrcfile
import numpy as np
import pytest

import needs
from vitreous.fourier import irft, nufft2, resample, shift_image
from vitreous.particles.star import read_star
from vitreous.rotations import relion_to_matrix

BOX = 64


@cache
def ribosome(moved: bool) -> np.ndarray:
    """The map that was projected: Fourier-cropped from 65 to 64 voxels, and for one set moved by half a voxel."""
    volume = mrcfile.read(needs.data("maps/clean70SRibosome_vol_65p.mrc")).astype(np.float64)
    volume = resample(volume, (BOX, BOX, BOX))
    return shift_image(volume, [-0.5, -0.5, -0.5]) if moved else volume


def projections(volume: np.ndarray, euler_deg: np.ndarray) -> np.ndarray:
    """Exact projections: the transform of the map at Rᵀ(kx, ky, 0), inside the Nyquist circle."""
    ky, kx = (k.ravel() for k in half_grid())
    inside = kx**2 + ky**2 < 0.25 - 1e-9
    plane = np.stack([kx, ky, np.zeros_like(kx)], -1)[inside]
    points = np.einsum("nji,pj->npi", relion_to_matrix(euler_deg), plane)
    spectra = np.zeros((len(points), kx.size), complex)
    spectra[:, inside] = nufft2(volume, points.reshape(-1, 3), tolerance=1e-9).reshape(len(points), -1)
    return irft(spectra.reshape(-1, BOX, BOX // 2 + 1), (BOX, BOX))


def half_grid() -> tuple[np.ndarray, np.ndarray]:
    """ky and kx of the half spectrum, in cycles/pixel."""
    return np.meshgrid((np.arange(BOX) - BOX // 2) / BOX, np.arange(BOX // 2 + 1) / BOX, indexing="ij")


def relion_set(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, angles in degrees and origins in pixels (of 1 Å) of one set."""
    table = read_star(needs.data(f"relion_cross/{name}.star"))["particles"].columns
    euler_deg = np.stack([table[f"rlnAngle{angle}"] for angle in ("Rot", "Tilt", "Psi")], -1)
    suffix = "" if "rlnOriginX" in table else "Angst"
    origin = np.stack([table[f"rlnOrigin{axis}{suffix}"] for axis in "XY"], -1)
    return mrcfile.read(needs.data(f"relion_cross/{name}.mrcs")).astype(np.float64), euler_deg, origin


def difference(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Root-mean-square difference of each image over that of the image itself."""
    return np.linalg.norm(ours - theirs, axis=(-2, -1)) / np.linalg.norm(theirs, axis=(-2, -1))


@pytest.mark.parametrize(("name", "moved"), [("rln_proj_64", True), ("rln_proj_64_centered", False)])
def test_angles_and_centre(name, moved):
    images, euler_deg, _ = relion_set(name)
    assert np.all(difference(projections(ribosome(moved), euler_deg), images) < 0.035)


def test_shift():
    """RELION's origin moves the observation onto the reference: the projection is moved by its negative."""
    images, euler_deg, origin = relion_set("rln_proj_64_shifted")
    ours = projections(ribosome(False), euler_deg)
    assert np.all(difference(shift_image(ours, -origin), images) < 0.035)
    assert np.all(difference(shift_image(ours, origin), images) > 0.5)


def test_hand():
    """A mirrored map, a transposed rotation and a centre off by one voxel are each far from RELION's images."""
    images, euler_deg, _ = relion_set("rln_proj_64_centered")
    volume = ribosome(False)
    mirrored = np.roll(volume[::-1], 1, axis=0)
    assert np.all(difference(projections(mirrored, euler_deg), images) > 0.2)
    transposed = -euler_deg[:, ::-1]
    assert np.all(difference(projections(volume, transposed), images) > 0.2)
    assert np.all(difference(projections(np.roll(volume, 1, axis=(0, 1, 2)), euler_deg), images) > 0.1)
