"""What an image brings: the adjoint of the transfer that made it, for every optics group."""

from dataclasses import replace

import numpy as np
import pytest

from simulated import images_of, particles_of
from vitreous.fourier import rft
from vitreous.particles import OpticsGroup
from vitreous.particles.optics import image_transfer, view_matrices
from vitreous.reconstruction.weighting import raw_spectra, weigh, weighted_images

GROUPS = (
    OpticsGroup("a", 300.0, 2.7, 0.1, 2.0, 24, beam_tilt_mrad=(1.0, -0.5), odd_zernike=(0.0, 0.0, 9.0, 0.0, 0.0, 3.0)),
    OpticsGroup("b", 200.0, 2.0, 0.07, 2.0, 24, magnification_matrix=((1.02, 0.01), (0.0, 0.98))),
)


@pytest.mark.parametrize("contrast", ["inverted", "dark"])
@pytest.mark.parametrize("with_ctf", [True, False])
def test_the_adjoint_of_the_transfer(contrast, with_ctf, rng):
    """Conjugate transfer × spectrum, |transfer|² and the magnified views; every particle once, in its group."""
    particles = replace(particles_of(9, 24, groups=GROUPS), contrast=contrast)
    images = rng.standard_normal((9, 24, 24)).astype(np.float32)
    seen = []
    for rows, data, weights, matrices in weighted_images(particles, images, with_ctf=with_ctf):
        group = GROUPS[particles.optics_index[rows[0]]]
        chosen = particles[rows]
        transfer = image_transfer(chosen, group, 24, with_ctf=with_ctf)
        expected = rft(images[rows], 2) * np.conj(transfer)
        # at Nyquist, which no slice takes, the phase of half a pixel is not a number of modulus 1
        inside = np.s_[:, 1:, :-1]
        np.testing.assert_allclose(data[inside], expected[inside], atol=1e-3)
        np.testing.assert_allclose(weights[inside], np.abs(transfer * np.ones((24, 13)))[inside] ** 2, atol=1e-5)
        np.testing.assert_array_equal(matrices, view_matrices(chosen, group))
        seen += rows.tolist()
    assert sorted(seen) == list(range(9))


def test_protein_is_positive_whatever_the_contrast():
    """Data summed over the image at the reference's origin are positive for both signs of the images."""
    volume = np.zeros((24, 24, 24), np.float32)
    volume[12, 12, 12] = 1
    for contrast in ("inverted", "dark"):
        particles = replace(particles_of(4, 24), contrast=contrast)
        for _, data, weights, _ in weighted_images(particles, images_of(volume, particles)):
            # a point at the origin: the data of every frequency are CTF² times its strength
            inside = np.s_[:, 4:20, :8]
            np.testing.assert_allclose(data[inside], weights[inside], atol=1e-4)


def test_raw_spectra_are_the_fft_of_read_only_images(rng):
    images = rng.standard_normal((3, 15, 15)).astype(np.float32)
    images.flags.writeable = False
    np.testing.assert_allclose(raw_spectra(images), np.fft.rfft2(images), atol=1e-4)
    ones = np.ones((3, 15, 8), np.float32)
    centred, _ = weigh(raw_spectra(images), ones, np.ones((15, 8), np.complex64), np.full((3, 2), -7.0))
    np.testing.assert_allclose(centred, rft(images, 2), atol=1e-4)
