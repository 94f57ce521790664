"""The twin of `real_space` in Fourier space: the same model, the same answers, one equation changed.

The transform mixes pixels, but white noise stays white: |F[y]|² adds up to N |y|² (Parseval), every coefficient of the
noise has the power N s², and each conjugate pair says as much as two pixels. What is won is that noise of any spectrum
and a CTF only change numbers. Of a half spectrum each pair counts 1 and each coefficient that is its own conjugate ½.
"""

import numpy as np
from jaxtyping import Complex, Float

from vitreous._typing import NumpyArray
from vitreous.classification.pose_grid import PoseGrid, turning_matrices
from vitreous.classification.real_space import Expectation, Mixture, posterior_of
from vitreous.fourier import ft, full_to_half, hermitian_weights, ift, rft, shift_phases

__all__ = ["expect", "maximise", "turning_spectra"]


def turning_spectra(box: int, psi_deg: Float[NumpyArray, " angles"]) -> Complex[NumpyArray, "angles pixels pixels"]:
    """The matrices of `pose_grid.turning_matrices` seen from Fourier space, F R_ψ F⁻¹, on full centred spectra.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    psi_deg
        (angles,) degrees.

    Returns
    -------
    NumPy array (angles, box², box²)
        Coefficients in rows.
    """
    pixels = box * box
    columns = turning_matrices(box, psi_deg).transpose(0, 2, 1).reshape(-1, pixels, box, box)
    from_the_left = ft(columns, 2).reshape(-1, pixels, pixels).transpose(0, 2, 1)
    spectra: NumpyArray = ift(from_the_left.reshape(-1, pixels, box, box), 2).reshape(-1, pixels, pixels)
    return spectra


def expect(images: Float[NumpyArray, "n y x"], mixture: Mixture, poses: PoseGrid) -> Expectation:
    """The posterior over class and pose from half spectra.

    ln p(y | k, ψ, t) = −Σ_j w_j [|Y_j − (S_t R_ψ A_k)_j|²/σ_j² + ln(2π σ_j²/N)], σ_j² = N s², Σ w = N/2. Each pair is
    one complex Gaussian number, and has the density of two pixels: that is the 2/N beside π σ².

    Parameters
    ----------
    images
        (n, y, x), of N pixels each.
    mixture
        References, weights and noise.
    poses
        Angles and shifts, all equally likely.

    Returns
    -------
    Expectation
        As `real_space.expect` gives it.
    """
    shape = images.shape[-2:]
    pixels, half = shape[0] * shape[1], shape[1] // 2 + 1
    power = np.full((shape[0], half), pixels * mixture.noise_variance)
    weights = np.broadcast_to(hermitian_weights(shape) / 2, power.shape)
    spectra = ft(mixture.references, 2).reshape(len(mixture.references), pixels)
    turned = np.einsum("rpq,kq->krp", turning_spectra(shape[0], poses.psi_deg), spectra)
    phases = shift_phases(shape, poses.shift_pixels.astype(np.float64), half=True)
    predicted = full_to_half(turned.reshape(*turned.shape[:2], *shape), 2)[:, :, None] * phases
    constant = -np.sum(weights * np.log(2 * np.pi * power / pixels))
    log_densities = np.stack(
        [constant - np.sum(weights / power * np.abs(image - predicted) ** 2, axis=(-2, -1)) for image in rft(images, 2)]
    )
    return posterior_of(log_densities, mixture.weights)


def maximise(
    images: Float[NumpyArray, "n y x"],
    expectation: Expectation,
    poses: PoseGrid,
    *,
    noise_variance: float,
    prior_variance: float,
) -> Mixture:
    """The mixture of the highest expected log-likelihood and prior, solved for the spectra of the references.

    A_k solves [Σ γ R_ψᴴ R_ψ/σ² + 1/(N τ²)] A_k = Σ γ R_ψᴴ S_t⁻¹ Y_i/σ², with σ² = N s²; then σ² is the mean power of
    the residual, over all coefficients for white noise.

    Parameters
    ----------
    images
        (n, y, x), of N pixels each.
    expectation
        Of these images.
    poses
        Angles and shifts.
    noise_variance
        s² of the mixture that the expectation was taken of.
    prior_variance
        τ², of each pixel of a reference about 0.

    Returns
    -------
    Mixture
        As `real_space.maximise` gives it.
    """
    shape, posterior = images.shape[-2:], expectation.posterior
    classes, pixels = posterior.shape[1], shape[0] * shape[1]
    matrices, spectra = turning_spectra(shape[0], poses.psi_deg), ft(images, 2)
    phases = shift_phases(shape, -poses.shift_pixels.astype(np.float64))
    moved_back = (spectra[:, None] * phases).reshape(len(images), -1, pixels)
    sums = np.einsum("ikrt,itp->krp", posterior, moved_back)
    right = np.einsum("rpq,krp->kq", matrices.conj(), sums) / (pixels * noise_variance)
    shares = posterior.sum(axis=(0, 3)) / (pixels * noise_variance)
    products = np.einsum("rpq,rps->rqs", matrices.conj(), matrices)
    left = np.einsum("kr,rqs->kqs", shares, products) + np.eye(pixels) / (pixels * prior_variance)
    references = np.linalg.solve(left, right[..., None])[..., 0]
    turned = np.einsum("rpq,kq->krp", matrices, references)
    squares = np.einsum("kr,krp->", posterior.sum(axis=(0, 3)), np.abs(turned) ** 2)
    residual = np.sum(np.abs(spectra) ** 2) - 2 * np.real(np.sum(np.conj(sums) * turned)) + squares
    return Mixture(
        references=np.real(ift(references.reshape(classes, *shape), 2)),
        weights=posterior.sum(axis=(0, 2, 3)) / len(images),
        noise_variance=float(residual / (len(images) * pixels) / pixels),
    )
