"""What the models of the exit wave leave out: any two of them on the same specimen, shell by shell."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from jaxtyping import Float, Inexact

from vitreous._array import namespace
from vitreous._typing import Array, Real
from vitreous.fourier import frequency_shells, ft, shell_count, shell_sum
from vitreous.optics.exit_wave import ExitWave, ewald_sphere, phase_grating, weak_phase
from vitreous.optics.multislice import multislice

__all__ = ["EXIT_WAVE_MODELS", "approximation_error", "central_slices", "relative_error"]


def _weak_phase(slices: Array, pixel_size_angstrom: Real, _: float, voltage_kv: float) -> ExitWave:
    return weak_phase(namespace(slices).sum(slices, axis=-3), pixel_size_angstrom, voltage_kv)


def _phase_grating(slices: Array, pixel_size_angstrom: Real, _: float, voltage_kv: float) -> ExitWave:
    return phase_grating(namespace(slices).sum(slices, axis=-3), pixel_size_angstrom, voltage_kv)


EXIT_WAVE_MODELS: Mapping[str, Callable[[Array, Real, float, float], ExitWave]] = MappingProxyType(
    {
        "weak phase": _weak_phase,
        "phase grating": _phase_grating,
        "ewald sphere": ewald_sphere,
        "multislice": multislice,
    }
)
"""Each takes slices (V Å), pixel size (Å), slice thickness (Å) and voltage (kV) to the exit wave."""


def relative_error(wave: ExitWave, reference: ExitWave) -> Float[Array, "*batch shell"]:
    """How far a wave is from a reference in each shell of frequencies, relative to what the reference scattered.

    e(r) = √(Σ |F[ψ − ψ₀]|² / Σ |F[ψ₀ − 1]|²), the sums over shell r.

    Parameters
    ----------
    wave
        ψ, shape (…, y, x).
    reference
        ψ₀, of the same shape and pixel size.

    Returns
    -------
    Real array
        Shape (…, shells), at `vitreous.fourier.shell_frequencies`; NaN where the reference scattered nothing.
    """
    xp, shape = namespace(wave.wave), tuple(wave.wave.shape[-2:])
    shells, count = frequency_shells(shape, like=xp.real(wave.wave)), shell_count(shape)
    missed, scattered = (
        shell_sum(xp.abs(ft(field, 2)) ** 2, shells, count)
        for field in (wave.wave - reference.wave, reference.wave - 1)
    )
    some = scattered > 0
    return xp.where(some, xp.sqrt(missed / xp.where(some, scattered, scattered + 1)), xp.nan)


def central_slices(slices: Inexact[Array, "*batch slice y x"], count: int) -> Inexact[Array, "*batch some y x"]:
    """The slices about the mid-plane, which stays where it was: a thinner piece of the same specimen.

    Parameters
    ----------
    slices
        Shape (…, slice, y, x).
    count
        How many are kept.

    Returns
    -------
    Array
        Shape (…, count, y, x).

    Raises
    ------
    ValueError
        If there are fewer slices.
    """
    available = slices.shape[-3]
    if not 0 < count <= available:
        raise ValueError(f"{count} slices were asked for, of {available}")
    start = available // 2 - count // 2
    return slices[..., start : start + count, :, :]


def approximation_error(
    model: str,
    slices: Inexact[Array, "slice y x"],
    pixel_size_angstrom: Real,
    slice_thickness_angstrom: float,
    voltages_kv: Sequence[float],
    slice_counts: Sequence[int],
    reference: str = "multislice",
) -> Float[Array, "voltage thickness shell"]:
    """The error of a model of the exit wave against voltage, thickness and resolution, on the same specimen.

    Parameters
    ----------
    model
        A name of `EXIT_WAVE_MODELS`.
    slices
        V Å, shape (slice, y, x), in beam order.
    pixel_size_angstrom, slice_thickness_angstrom
        Å.
    voltages_kv
        kV.
    slice_counts
        Thicknesses, in slices about the mid-plane (`central_slices`).
    reference
        The model that counts as true.

    Returns
    -------
    Real array
        `relative_error`, shape (voltages, thicknesses, shells).

    Raises
    ------
    ValueError
        If a model is not known, or there are fewer slices.
    """
    for name in (model, reference):
        if name not in EXIT_WAVE_MODELS:
            raise ValueError(f"no model of the exit wave is called {name!r}; there are {', '.join(EXIT_WAVE_MODELS)}")

    def error(voltage_kv: float, count: int) -> Array:
        piece = central_slices(slices, count)
        wave, true = (
            EXIT_WAVE_MODELS[name](piece, pixel_size_angstrom, slice_thickness_angstrom, voltage_kv)
            for name in (model, reference)
        )
        return relative_error(wave, true)

    xp = namespace(slices)
    return xp.stack([xp.stack([error(voltage, count) for count in slice_counts]) for voltage in voltages_kv])
