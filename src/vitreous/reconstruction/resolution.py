"""How far two half maps agree, and what resolution that supports: with a mask, corrected for it, or none at all.

The number reported is where the correlation falls below 0.143. Two independent noise maps reach 0.143 by chance in the
few coefficients of the first shells, and more so under a small mask. So a crossing counts only where all shells before
it, taken together, correlate more than independent noise does, and a mask may extend what the unmasked maps claim but
never found a claim of its own: a mask drawn around noise correlates with it.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray, Real
from vitreous.fourier import fsc, resolution_angstrom, shell_frequencies, shell_sizes
from vitreous.reconstruction.phase_randomisation import corrected_fsc, randomise_phases

__all__ = ["HALF_MAP_THRESHOLD", "Resolution", "claimed_resolution_angstrom", "half_map_fsc", "mask_share"]

HALF_MAP_THRESHOLD = 0.143
"""The FSC of half maps at which the full map correlates 0.5 with the truth (Rosenthal and Henderson 2003)."""
_MODEL_THRESHOLD = 0.5
_RANDOMISE_BELOW = 0.8
"""Phases are randomised from the shell where the unmasked FSC falls below this (Chen et al. 2013)."""
_SIGNIFICANT = 4.5
"""Standard deviations of chance, as the FSC of pure noise stays within in every shell of a large box."""


@dataclass(frozen=True, eq=False)
class Resolution:
    """The agreement of two half maps, shell by shell, and the resolution it supports.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å.
    fsc_unmasked
        (shells,) of the maps as they are.
    fsc_masked, fsc_randomised, fsc_corrected
        (shells,) of the masked maps, of the masked maps with random phases, and the masked curve freed of what the mask
        put in; None without a mask.
    randomised_from_angstrom
        The resolution from which phases were random; None without a mask.
    resolution_angstrom
        Where `fsc` falls below 0.143, Å; None where the maps claim none.
    resolution_half_angstrom
        Where `fsc` falls below 0.5, Å.
    unmasked_resolution_angstrom
        Where ``fsc_unmasked`` falls below 0.143, Å.
    """

    frequencies_per_angstrom: Float[NumpyArray, " shell"]
    fsc_unmasked: Float[NumpyArray, " shell"]
    fsc_masked: Float[NumpyArray, " shell"] | None
    fsc_randomised: Float[NumpyArray, " shell"] | None
    fsc_corrected: Float[NumpyArray, " shell"] | None
    randomised_from_angstrom: float | None
    resolution_angstrom: float | None
    resolution_half_angstrom: float | None
    unmasked_resolution_angstrom: float | None

    @property
    def fsc(self) -> Float[NumpyArray, " shell"]:
        """The curve that the resolution is read from: the corrected one, or the unmasked where there is no mask."""
        return self.fsc_unmasked if self.fsc_corrected is None else self.fsc_corrected


def mask_share(mask: Float[Array, "z y x"]) -> float:
    """The share of a box's independent coefficients that a mask leaves, f = (Σ m²)²/(N Σ m⁴).

    Noise under the mask has correlated coefficients: a shell of n then says as much as n f independent ones.

    Parameters
    ----------
    mask
        0 … 1, shape (z, y, x).

    Returns
    -------
    float
        1 without a mask, the share of the volume for a mask of zeros and ones.
    """
    squares = np.square(to_numpy(mask).astype(np.float64))
    fourth = float(np.sum(squares**2))
    return float(np.sum(squares)) ** 2 / (squares.size * fourth) if fourth > 0 else 0.0


def claimed_resolution_angstrom(
    correlation: Float[Array, " shell"],
    frequencies_per_angstrom: Float[Array, " shell"],
    independent: Float[Array, " shell"],
    threshold: float = HALF_MAP_THRESHOLD,
) -> float | None:
    """The resolution at which a curve falls below a threshold, if what lies before it is more than chance.

    The mean correlation of the shells up to the crossing, Σ n F/Σ n, of independent noise has the standard deviation
    1/√Σ n; it must exceed 4.5 of these.

    Parameters
    ----------
    correlation
        F, one value for each shell.
    frequencies_per_angstrom
        Of each shell, 1/Å.
    independent
        n, how many independent coefficients each shell has: those of the full shell times the `mask_share`.
    threshold
        0.143 for half maps, 0.5 against the truth or a model.

    Returns
    -------
    float or None
        Å; None where there is no crossing, or nothing but chance before it.
    """
    found = resolution_angstrom(correlation, frequencies_per_angstrom, threshold)
    if found is None:
        return None
    curve, k, n = (
        to_numpy(values).astype(np.float64) for values in (correlation, frequencies_per_angstrom, independent)
    )
    before = (k > 0) & (k <= 1 / found * (1 + 1e-9))
    total = float(np.sum(n[before]))
    return found if total > 0 and float(np.sum((n * curve)[before])) / total**0.5 > _SIGNIFICANT else None


def half_map_fsc(
    half1: Float[Array, "z y x"],
    half2: Float[Array, "_ _ _"],
    mask: Float[Array, "_ _ _"] | None = None,
    *,
    pixel_size_angstrom: Real,
    seed: int = 0,
) -> Resolution:
    """The FSC of two half maps, unmasked and masked, corrected for the mask by phase randomisation.

    F_true = (F_masked − F_random)/(1 − F_random) beyond the shell where the unmasked FSC falls below 0.8.

    Parameters
    ----------
    half1, half2
        Real, shape (z, y, x), of one box.
    mask
        0 … 1, same shape; None for no mask.
    pixel_size_angstrom
        Å/voxel.
    seed
        Of the random phases.

    Returns
    -------
    Resolution
        NumPy arrays, whatever was handed in.

    Raises
    ------
    ValueError
        If the boxes differ.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003); Chen et al., Ultramicroscopy 135, 24 (2013).
    """
    shapes = [tuple(array.shape) for array in (half1, half2, mask) if array is not None]
    if len(set(shapes)) > 1:
        raise ValueError(f"maps and mask of shapes {', '.join(map(str, shapes))}: bring all to one box first")
    k, sizes = shell_frequencies(shapes[0], float(pixel_size_angstrom)), shell_sizes(shapes[0])
    half1, half2 = _as_tensor(half1), _as_tensor(half2)
    (unmasked,) = _side_by_side(fsc, [half1], [half2])
    unmasked = to_numpy(unmasked)
    plain = claimed_resolution_angstrom(unmasked, k, sizes)
    if mask is None:
        half = plain and claimed_resolution_angstrom(unmasked, k, sizes, _MODEL_THRESHOLD)
        return Resolution(k, unmasked, None, None, None, None, plain, half, plain)
    first = next((r for r in range(1, len(k)) if unmasked[r] < _RANDOMISE_BELOW), len(k) - 1)
    masked, randomised = _masked_curves(half1, half2, _as_tensor(mask), first, np.random.default_rng(seed))
    corrected = to_numpy(corrected_fsc(masked, randomised, first))
    independent = sizes * mask_share(mask)
    best = plain and claimed_resolution_angstrom(corrected, k, independent)
    half = plain and claimed_resolution_angstrom(corrected, k, independent, _MODEL_THRESHOLD)
    return Resolution(k, unmasked, masked, randomised, corrected, 1 / float(k[first]), best, half, plain)


def _as_tensor(volume: Array) -> Array:
    """A map for PyTorch, whose FFT of three axes is several times as fast as NumPy's."""
    import torch  # slow to import

    return torch.from_numpy(np.array(to_numpy(volume), order="C"))


def _masked_curves(
    half1: Array, half2: Array, mask: Array, first_shell: int, rng: np.random.Generator
) -> tuple[NumpyArray, NumpyArray]:
    """The FSC of the masked maps, and of the masked maps with random phases."""
    mask, rngs = mask.to(half1.dtype), rng.spawn(2)
    chance = _side_by_side(lambda half, own: randomise_phases(half, first_shell, own), (half1, half2), rngs)
    masked, randomised = _side_by_side(fsc, (half1 * mask, chance[0] * mask), (half2 * mask, chance[1] * mask))
    return to_numpy(masked), to_numpy(randomised)


def _side_by_side(function: Callable[..., Array], *arguments: Iterable[object]) -> list[Array]:
    """What a function of tensors gives for each set of arguments: a thread each, where PyTorch itself takes but one."""
    import torch  # slow to import

    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(min(2, before), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(function, *arguments))
    finally:
        torch.set_num_threads(before)
