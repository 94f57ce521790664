"""The image of a tilted specimen by few ordinary convolutions and by a non-uniform transform, beside the direct sum."""

from math import pi, radians, tan

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, paired_seconds, record
from vitreous.fourier import frequencies, ft, positions
from vitreous.optics import (
    Defocus,
    Lens,
    ctf,
    ctf_phase,
    height_image,
    height_transfer,
    tilted_height,
    tilted_spectrum,
    wavelength_angstrom,
)

CLAIM = "tilted"
SIDE, PIXEL, TILT_DEG, AXIS_DEG = 512, 1.5, 60.0, 90.0
DEFOCUS, LENS = Defocus(20_000.0, 19_000.0, 30.0), Lens(300.0, 2.7, 0.07)


def direct_sum(phase: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The sum over the heights of the tilted plane, for an axis along y: N terms for each of N² frequencies.

    Transformed along y first, where the height does not change; what is left is Σ_x over the columns.
    """
    x = positions(SIDE, PIXEL)
    height = -tan(radians(TILT_DEG)) * x
    kx, ky = frequencies(SIDE, PIXEL), frequencies(SIDE, PIXEL)
    chi = ctf_phase((SIDE, SIDE), PIXEL, DEFOCUS, LENS, half=False)
    columns = np.fft.fftshift(np.fft.fft(np.fft.ifftshift(phase, axes=0), axis=0), axes=0)
    waves = np.exp(-2j * pi * kx[:, None] * x)
    spectrum = np.empty((SIDE, SIDE), complex)
    for row in range(SIDE):
        curvature = pi * wavelength_angstrom(LENS.voltage_kv) * (kx**2 + ky[row] ** 2)
        transfer = -2 * np.sin(chi[row][:, None] + curvature[:, None] * height)
        spectrum[row] = (transfer * waves) @ columns[row]
    return spectrum


def relative(found: NDArray[np.complex128], true: NDArray[np.complex128]) -> float:
    """The error relative to the image, corners included; −Nyquist, which stands for both signs, is left out."""
    return float(np.linalg.norm((found - true)[1:, 1:]) / np.linalg.norm(true[1:, 1:]))


def main() -> None:
    """Measure all in turn; the limit is one pair of transforms for each term."""
    phase = np.random.default_rng(1).standard_normal((SIDE, SIDE))
    height = tilted_height((SIDE, SIDE), PIXEL, TILT_DEG, AXIS_DEG)
    transfers = {
        tolerance: height_transfer(height, PIXEL, DEFOCUS, LENS, tolerance) for tolerance in (1e-3, 1e-6, 1e-10)
    }
    ranks = {tolerance: len(transfer.multipliers) for tolerance, transfer in transfers.items()}
    ways = {
        **{
            f"{rank} convolutions, tolerance {tolerance:g}": lambda t=tolerance: height_image(phase, transfers[t])
            for tolerance, rank in ranks.items()
        },
        "preparation of the convolutions": lambda: height_transfer(height, PIXEL, DEFOCUS, LENS),
        "non-uniform transform, tolerance 1e-10": lambda: tilted_spectrum(
            phase, PIXEL, DEFOCUS, LENS, TILT_DEG, AXIS_DEG, 1e-10
        ),
    }
    seconds = paired_seconds({**ways, "transform": lambda: np.fft.rfft2(phase)}, repeats=3)
    direct = paired_seconds({"direct": lambda: direct_sum(phase)}, repeats=1, warmup=0)["direct"]
    true = direct_sum(phase)
    flat = 2 * ctf((SIDE, SIDE), PIXEL, DEFOCUS, LENS, half=False) * ft(phase, 2)
    for name, way in ways.items():
        if name.startswith("preparation"):
            continue
        made = way()
        error = relative(made if np.iscomplexobj(made) else ft(made, 2), true)
        terms = int(name.split()[0]) if name[0].isdigit() else 1
        record(
            CLAIM,
            Row(
                work=f"{SIDE}² at {PIXEL} Å tilted by {TILT_DEG:g}°: {name}",
                unit="s",
                limit=(terms + 1) * seconds["transform"],
                limited_by=f"{terms + 1} transforms by numpy.fft.rfft2, measured in turn",
                ours=seconds[name],
                rival=direct,
                rival_name="the direct sum over the columns, NumPy",
                target=20.0,
                note=f"error {error:.1e}, of a single defocus {relative(flat, true):.2f}; "
                f"preparing the convolutions takes {seconds['preparation of the convolutions']:.2f} s once",
            ),
        )


if __name__ == "__main__":
    main()
