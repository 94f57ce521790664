"""Maps against RELION's reconstruction of the same STAR file, and against the hand of a set that EMAN projected."""

import subprocess
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

import ewald_set
import needs
from simulated import PIXEL, blobs, images_of, particles_of, write_set
from vitreous.cli import main
from vitreous.fourier import (
    coordinate_radius,
    frequency_radius,
    fsc,
    irft,
    resolution_angstrom,
    rft,
    shell_frequencies,
)
from vitreous.particles import OpticsGroup, read_cryodrgn, read_particles, split_halves
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.halves import stream_halves

BOX = 32


def ours(folder, *more):
    words = [
        "reconstruct",
        folder / "particles.star",
        "-o",
        folder / "job",
        "--quiet",
        "--wiener",
        "none",
        "--mask",
        "none",
        *more,
    ]
    assert main([str(word) for word in words]) == 0
    return mrcfile.read(folder / "job" / "map.mrc").astype(float)


def theirs(folder, *more):
    pixel = read_particles(folder / "particles.star").pixel_size_angstrom
    words = f"relion_reconstruct --i particles.star --o relion.mrc --ctf --angpix {pixel}".split()
    subprocess.run([*words, *more], cwd=folder, check=True, capture_output=True)
    return mrcfile.read(folder / "relion.mrc").astype(float)


@pytest.mark.parametrize(
    "groups",
    [
        (),
        (
            OpticsGroup("a", 300.0, 2.7, 0.1, PIXEL, BOX, beam_tilt_mrad=(1.5, -1.0)),
            OpticsGroup("b", 200.0, 2.0, 0.07, PIXEL, BOX, even_zernike=(0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0, 3.0)),
        ),
    ],
    ids=["one group", "two groups with aberrations"],
)
def test_relions_map_of_the_same_file(tmp_path, groups):
    """To their common resolution the maps correlate above 0.99, and the mirror image does not."""
    needs.program("relion_convert_star")
    truth, particles = blobs(BOX), particles_of(500, BOX, groups=groups)
    write_set(tmp_path, particles, images_of(truth, particles, 1.0))
    one, two = ours(tmp_path), theirs(tmp_path)
    known = np.minimum(fsc(one, truth.astype(float)), fsc(two, truth.astype(float)))
    common = int(np.argmax(np.append(known, 0.0) < 0.5))
    assert common > 8
    one, two = (low_pass_to(volume, common / BOX) for volume in (one, two))
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.99
    assert np.all(fsc(one, two)[1:common] > 0.9)
    mirrored = np.roll(two[::-1], 1, axis=0)
    assert np.corrcoef(one.ravel(), mirrored.ravel())[0, 1] < 0.8


def test_the_truth_is_reached_as_far_as_by_relion(tmp_path):
    """Of a noisy set the correlation with the truth crosses 0.5 and 0.143 at least as far out as RELION's map's."""
    needs.program("relion_convert_star")
    truth, particles = blobs(BOX), particles_of(800, BOX)
    write_set(tmp_path, particles, images_of(truth, particles, 15.0))
    mask = np.clip(0.4 * BOX - coordinate_radius(truth.shape), 0, 1)
    frequencies = shell_frequencies(truth.shape, PIXEL)
    curves = [fsc(volume * mask, truth * mask) for volume in (ours(tmp_path), theirs(tmp_path))]
    for threshold in (0.5, 0.143):
        mine, relions = (resolution_angstrom(curve, frequencies, threshold) for curve in curves)
        assert relions > 2.2 * PIXEL, "the noise decides, not the box"
        assert mine < 1.005 * relions


def test_the_ewald_sphere_is_relions_bent_the_other_way(tmp_path):
    """RELION's beam travels to −z: with its curvature reversed it finds the fine detail that ours finds."""
    needs.program("relion_convert_star")
    atoms = ewald_set.scattered_atoms()
    write_set(tmp_path, *ewald_set.images_by_height(atoms))
    truth, fine = ewald_set.true_map(atoms), slice(14, 18)
    sphere = ("--ewald", "--mask_diameter", "26")
    same, reversed_ = (
        fsc(theirs(tmp_path, *words), truth)[fine].mean() for words in (sphere, (*sphere, "--reverse_curvature"))
    )
    mine = fsc(ours(tmp_path, "--ewald", "yes"), truth)[fine].mean()
    assert same < 0 < 0.95 < reversed_
    assert mine == pytest.approx(reversed_, abs=0.02)


def low_pass_to(volume, cycles):
    half = rft(volume, 3)
    return irft(half * (frequency_radius(volume.shape, half=True) < cycles), volume.shape)


def half_maps(particles):
    both = tuple(Accumulator(particles.box, threads=1) for _ in range(2))
    for _ in stream_halves(split_halves(particles), both, with_ctf=False, threads=2):
        pass
    return [invert(half.numerator, half.denominator, particles.box).astype(float) for half in both]


def test_the_hand_of_a_set_projected_by_eman():
    """Half maps agree from the rotations of the set, and not from their transposes."""
    folder = needs.data("relion_cross")
    given = read_cryodrgn(folder / "hand.mrcs", folder / "hand_rot.pkl", pixel_size_angstrom=1.0)
    given = replace(given, random_subset=1 + np.arange(len(given)) % 2)
    # rot, tilt, psi → −psi, −tilt, −rot is the inverse rotation
    transposed = replace(given, euler_deg=-given.euler_deg[:, ::-1])
    assert fsc(*half_maps(given))[8] > 0.9
    assert fsc(*half_maps(transposed))[8] < 0.2
