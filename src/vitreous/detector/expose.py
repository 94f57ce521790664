"""From the intensity at the detector to a micrograph: dose, quantum efficiency, counting, noise transfer, read-out.

The number of electrons that a pixel sees is a Poisson variate; whatever the camera loses before counting acts on its
mean, whatever it smears after counting acts on signal and noise alike.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float

from vitreous._array import device_of, namespace, real_dtype, to_numpy
from vitreous._typing import Array
from vitreous.detector.response import IDEAL, Detector, noise_transfer, perfect
from vitreous.fourier import filter_image, frequency_grid

__all__ = ["QuantumFilter", "electrons_per_pixel", "expose", "quantum_filter"]

QuantumFilter = Literal["exact", "vulovic"]
"""Which filter acts on the mean before counting: √(DQE(k) DQE(0)), or √DQE(k)."""


def electrons_per_pixel(dose_per_angstrom2: float, pixel_size_angstrom: float) -> float:
    """The electrons that fall on a pixel, Φ = dose · pixel².

    Parameters
    ----------
    dose_per_angstrom2
        e/Å².
    pixel_size_angstrom
        Å, of the specimen.

    Returns
    -------
    float
        Electrons.

    Raises
    ------
    ValueError
        If the dose is negative or the pixel size not positive.
    """
    if not dose_per_angstrom2 >= 0 or not pixel_size_angstrom > 0:
        raise ValueError(
            f"dose_per_angstrom2={dose_per_angstrom2}, pixel_size_angstrom={pixel_size_angstrom}: expected a dose of 0 "
            "or more and a positive pixel size"
        )
    return dose_per_angstrom2 * pixel_size_angstrom**2


def quantum_filter(
    detector: Detector, frequency_xy: Float[Array, "*grid 2"], kind: QuantumFilter = "exact"
) -> Float[Array, "*grid"]:
    """What acts on the mean number of electrons before they are counted.

    ``"exact"``: H(k) = √(DQE(k) DQE(0)). The counts then have the mean Φ DQE(0), and SNR²(k) of the micrograph divided
    by that of the electrons that arrived is DQE(k), also where DQE(0) < 1. ``"vulovic"``: H(k) = √DQE(k), the published
    form, whose ratio is DQE(k)/√DQE(0); the two agree where DQE(0) = 1.

    Parameters
    ----------
    detector
        Its DQE.
    frequency_xy
        (kx, ky), cycles/pixel, shape (…, 2).
    kind
        Which.

    Returns
    -------
    Real array
        H.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 7.
    """
    xp, dqe = namespace(frequency_xy), detector.dqe(frequency_xy)
    return xp.sqrt(dqe * detector.dqe(0 * frequency_xy)) if kind == "exact" else xp.sqrt(dqe)


def expose(
    intensity: Float[Array, "*batch y x"],
    pixel_size_angstrom: float,
    dose_per_angstrom2: float,
    detector: Detector = IDEAL,
    *,
    rng: np.random.Generator,
    kind: QuantumFilter = "exact",
) -> Float[Array, "*batch y x"]:
    """The micrograph that a detector records, I = CF · F⁻¹[F[Poisson(Φ F⁻¹[Î₀ H])] NTF] + read-out + dark.

    Pixels are independent only where NTF = 1. A filter may make the mean negative beside strong contrast; such pixels
    count nothing.

    Parameters
    ----------
    intensity
        I₀, electrons for each that came in (1 where there is no specimen), shape (…, y, x).
    pixel_size_angstrom
        Å.
    dose_per_angstrom2
        e/Å², of the whole exposure.
    detector
        The camera.
    rng
        Draws the noise: the same generator state gives the same micrograph.
    kind
        Of the filter before counting (`quantum_filter`).

    Returns
    -------
    Real array
        ADU, the shape, library and precision of the intensity; no gradient passes the counting.

    Raises
    ------
    ValueError
        If the dose is negative, the pixel size not positive, or the intensity not finite.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 7.
    """
    xp, shape = namespace(intensity), (intensity.shape[-2], intensity.shape[-1])
    mean = electrons_per_pixel(dose_per_angstrom2, pixel_size_angstrom) * intensity
    frequency = frequency_grid(shape, half=True, like=intensity)
    if detector.dqe is not perfect:
        mean = filter_image(mean, quantum_filter(detector, frequency, kind), 2)
    expected = to_numpy(mean)
    if not np.all(np.isfinite(expected)):
        raise ValueError("the intensity holds NaN or infinite pixels: nothing can be counted there")
    counts = rng.poisson(np.maximum(expected, 0)).astype(expected.dtype)
    signal = xp.asarray(counts, dtype=real_dtype(intensity), device=device_of(intensity))
    if not (detector.mtf is perfect and detector.dqe is perfect):
        signal = filter_image(signal, noise_transfer(detector, frequency), 2)
    added = _added(expected.shape, detector, rng)
    signal = detector.conversion_adu_per_electron * signal
    return signal + xp.asarray(added.astype(expected.dtype), device=device_of(intensity)) if added.any() else signal


def _added(shape: tuple[int, ...], detector: Detector, rng: np.random.Generator) -> np.ndarray:
    """What the electronics add: dark signal and read-out noise, ADU."""
    added = np.zeros(shape)
    if detector.dark_adu > 0:
        added += rng.poisson(detector.dark_adu, shape)
    if detector.readout_sigma_adu > 0:
        added += rng.normal(0, detector.readout_sigma_adu, shape)
    return added
