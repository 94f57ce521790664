"""Micrographs of ice full of protein with a known defocus, by multislice: no line of the fitter's model is in them."""

import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

import needs
from vitreous.detector import K2_300KV, expose
from vitreous.optics.exit_wave import absorptive_potential
from vitreous.optics.intensity import wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.multislice import multislice
from vitreous.specimen import Atoms, centre_atoms, potential_slices, read_atoms

VOLTAGE_KV, CS_MM, AMPLITUDE_CONTRAST, PIXEL, THICKNESS, SLICES = 300.0, 2.7, 0.07, 1.0, 300.0, 15
SLICE = THICKNESS / SLICES
MOLECULE_SLICES = 5
"""Odd, as SLICES is: the middle of the specimen is the middle of a slice."""
WATERS_PER_ANGSTROM3 = 0.031
LENS = Lens(VOLTAGE_KV, CS_MM, AMPLITUDE_CONTRAST)
"""What the fitter is told."""


def molecules(rng, count, box=96):
    """Adenylate kinase in random orientations, in slices."""
    atoms = centre_atoms(read_atoms(needs.data("coordinates/adk_open.pdb")))
    turned = []
    for rotation in Rotation.random(count, rng=rng):
        positions = atoms.positions_angstrom @ rotation.as_matrix().T
        fields = {**atoms.__dict__, "positions_angstrom": positions}
        turned.append(
            np.asarray(
                potential_slices(Atoms(**fields), (box, box), PIXEL, SLICE, n_slices=MOLECULE_SLICES), np.float32
            )
        )
    return turned


def specimen(size, rng, shapes, spacing=60):
    """Slices (V Å) of 300 Å of ice in which molecules stand close together, at random."""
    slices = np.zeros((SLICES, size, size), np.float32)
    shapes = molecules(rng, shapes)
    for _ in range(round((size / spacing) ** 2 * THICKNESS / spacing)):
        part = shapes[rng.integers(len(shapes))]
        y, x = rng.integers(0, size - part.shape[1], 2)
        z = rng.integers(0, SLICES - part.shape[0] + 1)
        slices[z : z + part.shape[0], y : y + part.shape[1], x : x + part.shape[2]] += part
    k = np.hypot(scipy.fft.fftfreq(size)[:, None], scipy.fft.rfftfreq(size)[None, :]).astype(np.float32)
    water = 47.878 * (1.983 * np.exp(-10 * k**2) + 2 * 0.529 * np.exp(-12 * k**2))
    structure = np.sqrt(0.06 + 0.94 * np.exp(-(((np.minimum(k, 0.27) - 0.27) / 0.07) ** 2)))
    for layer in slices:
        free = 1 - np.minimum(gaussian_filter(layer, 2) / (8 * SLICE), 1)
        mean = WATERS_PER_ANGSTROM3 * SLICE * free
        noise = (rng.poisson(mean) - mean).astype(np.float32)
        layer += scipy.fft.irfft2(scipy.fft.rfft2(noise) * (water * structure), (size, size))
        layer += 47.878 * 3.041 * mean
    return slices


def micrograph(size, defocus: Defocus, rng, shapes=24, dose=40.0):
    """A micrograph of 1 Å pixels at 300 kV, recorded by a K2 camera."""
    slices = absorptive_potential(specimen(size, rng, shapes), AMPLITUDE_CONTRAST)
    wave = multislice(slices, PIXEL, SLICE, VOLTAGE_KV, band_limit=None)
    k = np.fft.fftshift(np.fft.fftfreq(size, PIXEL))
    envelope = np.exp(-60 / 4 * (k[:, None] ** 2 + k[None, :] ** 2)).astype(np.float32)
    image = wave_image(wave, defocus, Lens(VOLTAGE_KV, CS_MM), envelope=envelope)
    return expose(np.real(image).astype(np.float32), PIXEL, dose, K2_300KV, rng=rng)


def random_defocus(rng):
    """0.8 to 3 µm, astigmatism to 500 Å."""
    mean, astigmatism, angle = rng.uniform(8000, 30000), rng.uniform(0, 500), rng.uniform(-90, 90)
    return Defocus(mean + astigmatism / 2, mean - astigmatism / 2, angle)
