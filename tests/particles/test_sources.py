"""Maps and atoms as sources of projections: units, other boxes and voxel sizes, states, threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from vitreous.fourier import irft
from vitreous.particles.sources import AtomSource, MapSource
from vitreous.projection import project
from vitreous.rotations import random_rotations
from vitreous.specimen import Atoms, potential, projected_potential

BOX, PIXEL = 36, 1.2


def molecule(rng: np.random.Generator) -> Atoms:
    return Atoms(5 * rng.standard_normal((40, 3)), rng.choice([6, 7, 8], 40), np.full(40, 80.0))


def test_a_map_gives_its_exact_projections_in_volt_angstrom(rng):
    volume, rotations = potential(molecule(rng), (BOX,) * 3, PIXEL).astype(np.float32), random_rotations(4, 1)
    images = irft(
        MapSource([volume], PIXEL, np.zeros(9, np.int64)).spectra(np.arange(4), rotations, BOX, PIXEL), (BOX,) * 2
    )
    expected = project(volume.astype(float), rotations, None, PIXEL)
    np.testing.assert_allclose(images, expected, atol=5e-4 * expected.max())


def test_atoms_and_their_map_agree(rng):
    atoms, rotations, rows = molecule(rng), random_rotations(4, 2), np.arange(4)
    volume = potential(atoms, (BOX,) * 3, PIXEL).astype(np.float32)
    of_map = MapSource([volume], PIXEL, np.zeros(4, np.int64)).spectra(rows, rotations, BOX, PIXEL)
    of_atoms = AtomSource(lambda t: atoms, np.zeros(4)).spectra(rows, rotations, BOX, PIXEL)
    assert np.linalg.norm(of_map - of_atoms) < 0.03 * np.linalg.norm(of_atoms)


def test_images_of_another_box_and_pixel_size(rng):
    """A map of 0.8 Å gives the images of 1.2 Å; one larger than the field of view is cropped to it."""
    atoms, rotation, rows = molecule(rng), random_rotations(1, 3), np.arange(1)
    expected = AtomSource(lambda t: atoms, np.zeros(1)).spectra(rows, rotation, BOX, PIXEL)
    for box, voxel in ((54, 0.8), (90, 0.8), (40, 1.5)):
        volume = potential(atoms, (box,) * 3, voxel).astype(np.float32)
        spectra = MapSource([volume], voxel, np.zeros(1, np.int64)).spectra(rows, rotation, BOX, PIXEL)
        assert np.linalg.norm(spectra - expected) < 0.06 * np.linalg.norm(expected)
    assert not spectra[0, 0].any()  # beyond the Nyquist frequency of the coarse map


def test_each_particle_shows_its_state(rng):
    volumes = rng.standard_normal((2, 12, 12, 12)).astype(np.float32)
    states = np.array([1, 0, 0, 1, 1])
    rotations = random_rotations(5, 4)
    both = MapSource(list(volumes), 1.0, states).spectra(np.arange(5), rotations, 12, 1.0)
    for state, volume in enumerate(volumes):
        alone = MapSource([volume], 1.0, np.zeros(5, np.int64)).spectra(np.arange(5), rotations, 12, 1.0)
        np.testing.assert_array_equal(both[states == state], alone[states == state])


def test_each_particle_has_its_conformation(rng):
    atoms = molecule(rng)
    source = AtomSource(lambda t: Atoms(atoms.positions_angstrom * (1 + t), atoms.elements), np.array([0.0, 0.5]))
    image = irft(source.spectra(np.array([1]), np.eye(3)[None], BOX, PIXEL), (BOX, BOX))[0]
    grown = Atoms(1.5 * atoms.positions_angstrom, atoms.elements)
    expected = projected_potential(grown, (BOX, BOX), PIXEL)
    np.testing.assert_allclose(image, expected, atol=1e-5 * expected.max())


def test_threads_do_not_disturb_each_other(rng):
    source = MapSource([rng.standard_normal((16, 16, 16)).astype(np.float32)], 1.0, np.zeros(64, np.int64))
    rotations = random_rotations(64, 5)
    blocks = [np.arange(start, start + 8) for start in range(0, 64, 8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda rows: source.spectra(rows, rotations[rows], 16, 1.0), blocks))
    alone = source.spectra(np.arange(64), rotations, 16, 1.0)
    np.testing.assert_array_equal(np.concatenate(together), alone)
