"""Where to start: defocus, astigmatism and phase shift of Thon rings by trying all of them.

The rings are summed in sectors of 5° and shells, and each sector is compared with every defocus once. The score of an
astigmatic lens is then a sum of numbers that stand in that table: sector α looks up Δf(α) = mean + ½ (U − V) cos 2(α −
α₀). Astigmatism is tried at the start, not after a round fit that it may have spoilt.
"""

from math import pi

import numpy as np
from jaxtyping import Float

from vitreous.optics.ctf import ctf_phase_at
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import Rings
from vitreous.optics.thon_score import Start
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["search_start"]

_SECTORS = 36
_STEP_ANGSTROM = 50.0
_HALF_ASTIGMATISMS = tuple(range(0, 1001, 100))
"""(U − V)/2 that is tried, Å."""
_REACH = round(max(_HALF_ASTIGMATISMS) / _STEP_ANGSTROM)
"""The steps of defocus that lie between a sector and the mean at most."""
_ANGLES_DEG = tuple(range(0, 180, 15))
_PHASE_SHIFTS_DEG = tuple(range(0, 180, 20))


def search_start(rings: Rings, lens: Lens, defocus_range_angstrom: tuple[float, float], fit_phase_shift: bool) -> Start:
    """The best of all defoci, astigmatisms and, if wanted, phase shifts on a grid.

    Parameters
    ----------
    rings
        Of a spectrum.
    lens
        Voltage, Cs, amplitude contrast and symmetric aberrations are used.
    defocus_range_angstrom
        The least and the largest mean defocus, Å.
    fit_phase_shift
        Whether phase shifts from 0 to 160° are tried; only 0 if not.

    Returns
    -------
    Start
        For the refinement.
    """
    low, high = defocus_range_angstrom
    defoci = np.arange(low, high + _STEP_ANGSTROM, _STEP_ANGSTROM)
    candidates = []
    for shift_deg in _PHASE_SHIFTS_DEG if fit_phase_shift else (0,):
        table, size = _table(rings, lens, defoci, shift_deg * pi / 180)
        for half in _HALF_ASTIGMATISMS:
            for angle_deg in _ANGLES_DEG if half else (0,):
                scores = _astigmatic(table, half, angle_deg) / size
                best = int(np.argmax(scores))
                candidates.append((float(scores[best]), float(defoci[best]), half, angle_deg, shift_deg))
    _, mean, half, angle_deg, shift_deg = max(candidates)
    double = 2 * angle_deg * pi / 180
    return Start(mean, half * np.cos(double), half * np.sin(double), shift_deg * pi / 180)


def _table(
    rings: Rings, lens: Lens, defoci: Float[np.ndarray, " defocus"], phase_shift: float
) -> tuple[Float[np.ndarray, "sector wider"], Float[np.ndarray, " defocus"]]:
    """The product of each sector's rings with the round model of each defocus; and the norms of those models."""
    kx, ky, count = rings.frequency_xy[:, 0], rings.frequency_xy[:, 1], len(rings.shell_frequency)
    sector = ((np.arctan2(ky, kx) / pi + 0.5) * _SECTORS).astype(np.int64) % _SECTORS
    sums = np.bincount(sector * count + rings.shells, rings.values, _SECTORS * count).reshape(_SECTORS, count)
    along_x = np.stack([rings.shell_frequency, 0 * rings.shell_frequency], axis=-1)
    per_defocus = pi * wavelength_angstrom(lens.voltage_kv) * rings.shell_frequency**2
    fixed = ctf_phase_at(along_x, Defocus.round(0.0), lens) + phase_shift
    model = -np.cos(2 * (fixed[:, None] + per_defocus[:, None] * defoci))
    sizes = np.bincount(rings.shells, minlength=count)[:, None]
    norm2 = np.sum(sizes * model**2, axis=0) - np.sum((rings.basis.T @ (sizes * model)) ** 2, axis=0)
    # the ends of the range stand for what lies beyond
    return np.pad(sums @ model, ((0, 0), (_REACH, _REACH)), mode="edge"), np.sqrt(norm2)


def _astigmatic(
    table: Float[np.ndarray, "sector wider"], half_angstrom: float, angle_deg: float
) -> Float[np.ndarray, " defocus"]:
    """The sum over sectors, each at its own defocus; the table is wider by `_REACH` than the result at either end."""
    middles = (np.arange(_SECTORS) + 0.5) / _SECTORS * pi - pi / 2
    steps = half_angstrom / _STEP_ANGSTROM * np.cos(2 * (middles - angle_deg * pi / 180))
    offsets, count = np.round(steps).astype(int) + _REACH, table.shape[1] - 2 * _REACH
    total = np.zeros(count)
    for row, offset in zip(table, offsets.tolist(), strict=True):
        total += row[offset : offset + count]
    return total
