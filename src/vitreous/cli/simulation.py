"""What the options of ``vitreous simulate`` ask for, as the engine's objects."""

from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.options import ReadingOptions
from vitreous.cli.simulate import LensOptions, NoiseOptions, SpecimenOptions, ViewOptions
from vitreous.detector import DIRECT, IDEAL, K2_300KV
from vitreous.fourier import frequency_shells, shell_frequencies
from vitreous.jobs import Job
from vitreous.optics import Defocus
from vitreous.optics.delocalisation import delocalisation_angstrom
from vitreous.particles import OpticsGroup, ParticleSet, read_cryodrgn, read_particles
from vitreous.particles.imaging import (
    AdditiveNoise,
    Counting,
    Noise,
    NoNoise,
    Signal,
    fit_scale,
    scale_to_snr,
    signal_power,
    with_structure,
)
from vitreous.particles.laws import DefocusLaw, draw_states
from vitreous.particles.noise import noise_spectrum, resample_spectrum
from vitreous.particles.optics import defocus_of, lens_of
from vitreous.particles.plan import Laws, drawn_particles, particles_from_table, without_ctf
from vitreous.particles.simulate import write_simulation
from vitreous.particles.specimens import Specimen, read_specimen

__all__ = ["run_simulation"]

_DETECTORS = {"ideal": IDEAL, "direct": DIRECT, "k2": K2_300KV}
_SNR = 0.1
_AMPLITUDE_CONTRAST = 0.1


def run_simulation(
    job: Job,
    names: list[str],
    shown: SpecimenOptions,
    views: ViewOptions,
    lens: LensOptions,
    noise: NoiseOptions,
    reading: ReadingOptions,
) -> int:
    """Simulate what the options ask for into an entered job.

    Returns
    -------
    int
        How many particles were written.

    Raises
    ------
    InputError
        If an option or a file is not usable, or options do not go together.
    """
    rng = np.random.default_rng(job.task.seed)
    specimen = read_specimen(names, continuous=shown.continuous)
    measured = None if shown.like is None else _repeated(shown.like, reading, shown)
    planned = measured or _drawn(shown, views, lens, reading, specimen, rng)
    planned = replace(planned, contrast=shown.contrast or planned.contrast)
    planned = without_ctf(planned) if lens.no_ctf else planned
    box, pixel = planned.box, planned.optics_groups[0].pixel_size_angstrom or 1.0
    conformations = _conformations(specimen, shown.weights, len(planned), rng)
    # the maps that are written as the truth are those that are projected
    states = specimen.as_maps(box, pixel)
    in_maps = not shown.from_atoms and specimen.motion is None
    source = (states if in_maps else specimen).source(conformations, box, pixel, direct=shown.from_atoms)
    signal = Signal(source, planned, with_ctf=not lens.no_ctf, b_factor_angstrom2=lens.b_factor)
    if signal.with_ctf:
        _warn_of_a_small_box(job, planned)
    signal, maker, noise_variance = _noise(signal, noise, measured)
    _write_states(job, states)
    truth = _truth(measured or planned, specimen, conformations)
    # the noise of a repetition is not that of a set simulated with the same seed
    write_simulation(job, signal, maker, truth, job.task.threads, stream=0 if measured is None else 1)
    if isinstance(maker, AdditiveNoise):
        job.record.figures["snr"] = maker.scale**2 * job.record.figures["clean_variance"] / noise_variance
    return len(planned)


def _warn_of_a_small_box(job: Job, particles: ParticleSet) -> None:
    """Say which detail the lens spreads beyond the edges of the box, where it comes back on the other side."""
    group, box = particles.optics_groups[int(particles.optics_index[0])], particles.box
    edge = box * (group.pixel_size_angstrom or 1.0)
    defocus = float(np.max(np.asarray(defocus_of(particles).u_angstrom)))
    k = shell_frequencies((box, box), group.pixel_size_angstrom or 1.0)[1:]
    spread = delocalisation_angstrom(np.stack([k, 0 * k], axis=-1), Defocus.round(defocus), lens_of(group))
    lost = k[spread > edge / 2]
    if lost.size:
        job.warn(
            f"a box of {edge:.0f} Å is too small for a defocus of {defocus:.0f} Å: detail finer than "
            f"{1 / lost[0]:.1f} Å wraps around its edges"
        )


def _repeated(like: Path, reading: ReadingOptions, shown: SpecimenOptions) -> ParticleSet:
    """The set that is repeated row by row."""
    if shown.particles is not None:
        advice = "choose its rows first, or leave --particles out"
        raise InputError("--like repeats every particle of a set", file=like, advice=advice)
    particles = read_particles(like, **reading.given())
    if not particles.has_poses:
        raise InputError("the particles have no poses", file=like, advice="refine them first, or give them (--poses)")
    if any(not group.pixel_size_angstrom for group in particles.groups_in_use):
        raise InputError("the particles have no pixel size", file=like, advice="give it (--pixel-size)")
    return particles


def _drawn(
    shown: SpecimenOptions,
    views: ViewOptions,
    lens: LensOptions,
    reading: ReadingOptions,
    specimen: Specimen,
    rng: np.random.Generator,
) -> ParticleSet:
    """The particles that are drawn by laws, or taken from a table (--poses, --ctf)."""
    pixel = reading.pixel_size_angstrom or specimen.voxel_size_angstrom
    box = reading.box or (specimen.maps[0].shape[0] if specimen.maps else None)
    for name, value in (("--particles", shown.particles), ("--box", box), ("--pixel-size", pixel)):
        if not value:
            raise InputError(f"{name} is missing", advice="say how many images, of what box and pixel size")
    contrast = _AMPLITUDE_CONTRAST if reading.amplitude_contrast is None else reading.amplitude_contrast
    group = OpticsGroup("opticsGroup1", lens.voltage, lens.cs, contrast, pixel, box)
    law = DefocusLaw(lens.defocus, lens.astigmatism, lens.per_micrograph, lens.defocus_spread)
    laws = Laws(
        axes=tuple(_axis(text) for text in views.preferred or ()),
        concentration=views.concentration,
        shift_sigma_angstrom=views.shift_sigma,
        defocus=None if lens.no_ctf else law,
        phase_shift_deg=lens.phase_shift,
    )
    count = shown.particles or 0
    if reading.poses is None and reading.ctf is None:
        return drawn_particles(count, group, laws, rng)
    return particles_from_table(_table(reading), count, group, laws, rng)


def _table(reading: ReadingOptions) -> ParticleSet:
    """The rows of --poses and --ctf."""
    if reading.poses is None or reading.poses.suffix.lower() == ".pkl":
        return read_cryodrgn(None, reading.poses, reading.ctf)
    return read_particles(reading.poses, passthrough=reading.passthrough or (), ctf=reading.ctf)


def _axis(text: str) -> tuple[float, float, float]:
    """The direction that --preferred X,Y,Z names."""
    numbers = _numbers(text, "--preferred")
    if len(numbers) != 3 or not numbers.any():
        raise InputError(f"--preferred {text}: expected a direction X,Y,Z, such as 0,0,1")
    return float(numbers[0]), float(numbers[1]), float(numbers[2])


def _numbers(text: str, option: str) -> NumpyArray:
    try:
        numbers = np.array([float(word) for word in text.split(",")])
    except ValueError as error:
        raise InputError(f"{option} {text}: expected numbers with commas between them") from error
    if not np.isfinite(numbers).all():
        raise InputError(f"{option} {text}: expected finite numbers")
    return numbers


def _conformations(specimen: Specimen, weights: str | None, n: int, rng: np.random.Generator) -> NumpyArray:
    """The state of each particle, or its place in the motion."""
    count = specimen.state_count
    if not count:
        if weights is not None:
            raise InputError("--weights are those of states, and this specimen moves", advice="leave them out")
        return rng.random(n)
    shares = np.ones(count) if weights is None else _numbers(weights, "--weights")
    if len(shares) != count:
        raise InputError(f"--weights {weights}: expected {count}, one for each state")
    return draw_states(n, shares, rng)


def _noise(signal: Signal, options: NoiseOptions, measured: ParticleSet | None) -> tuple[Signal, Noise, float]:
    """The signal with its structural noise, what the detector adds, and the variance of all noise."""
    kind = options.noise or ("white" if measured is None else "coloured")
    if (kind == "coloured") != (options.spectrum is not None) and (kind != "coloured" or measured is None):
        raise InputError("coloured noise needs --spectrum, and no other noise has one")
    if kind == "none":
        return signal, NoNoise(), 0.0
    particles = signal.particles
    box, group = particles.box, particles.optics_groups[0]
    if options.dose is not None:
        if not signal.with_ctf:
            raise InputError("without a CTF there is no intensity to count", advice="give --snr in place of --dose")
        camera = _DETECTORS[options.detector]
        counting = Counting(
            options.dose, particles.pixel_size_angstrom, group.voltage_kv or 0.0, particles.contrast, box, camera
        )
        return (with_structure(signal) if kind == "physical" else signal), counting, 1.0
    if kind == "coloured" and measured is not None and options.spectrum is None:
        return signal, *_noise_of(signal, options.snr, measured)
    spectrum = None
    if options.spectrum is not None:
        spectrum = resample_spectrum(*_read_spectrum(options.spectrum), box, group.pixel_size_angstrom or 1.0)
    return *scale_to_snr(signal, options.snr or _SNR, spectrum, structure=kind == "physical"), 1.0


def _noise_of(signal: Signal, snr: float | None, measured: ParticleSet) -> tuple[AdditiveNoise, float]:
    """Noise of the spectrum of a set's images, and its variance; the signal as strong as in these, or as SNR says."""
    spectrum = noise_spectrum(measured)
    shells = np.minimum(frequency_shells((measured.box,) * 2), len(spectrum) - 1)
    variance = float(spectrum[shells].mean())
    if snr is None:
        # contrast and CTF of the images that are there, whatever those to be made have
        scale = fit_scale(replace(signal, particles=measured, with_ctf=measured.has_ctf), measured)
    else:
        scale = float(np.sqrt(snr * variance / signal_power(signal)))
    return AdditiveNoise(scale, spectrum=spectrum), variance


def _read_spectrum(path: Path) -> tuple[NumpyArray, NumpyArray]:
    """The frequencies and powers of a text file."""
    try:
        table = np.loadtxt(path, ndmin=2, delimiter="," if path.suffix.lower() == ".csv" else None)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as lines of numbers: {error}", file=path) from error
    if table.shape[1] != 2 or not np.isfinite(table).all():
        raise InputError(f"{table.shape[1]} columns, expected 2: frequency (1/Å) and power", file=path)
    return table[:, 0], table[:, 1]


def _truth(planned: ParticleSet, specimen: Specimen, conformations: NumpyArray) -> ParticleSet:
    """The particles with their state or their place in the motion."""
    if specimen.motion is not None:
        return replace(planned, extra={**planned.extra, "vitreousConformation": conformations})
    return replace(planned, class_number=conformations + 1)


def _write_states(job: Job, states: Specimen) -> None:
    """Write the maps of the states; of a motion, five along it."""
    for number, volume in enumerate(states.maps, 1):
        name = "truth/map.mrc" if len(states.maps) == 1 else f"truth/map_{number:03d}.mrc"
        with job.write(name) as path:
            mrcfile.write(path, volume, voxel_size=states.voxel_size_angstrom)
