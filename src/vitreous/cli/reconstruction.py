"""The run of ``vitreous reconstruct``: images streamed into two half sets, three maps, their resolution."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import mrcfile
import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.options import ReadingOptions
from vitreous.cli.reconstruct import InversionOptions
from vitreous.jobs import Job
from vitreous.jobs.machine import memory_bytes_per_second
from vitreous.particles import ParticleSet, read_particles, split_halves
from vitreous.particles.specimens import read_map
from vitreous.projection.accumulator import Accumulator
from vitreous.projection.slice import NYQUIST
from vitreous.reconstruction import GuinierFit, Resolution, automatic_mask, guinier_fit, half_map_fsc
from vitreous.reconstruction.coverage import FourierCoverage, fourier_coverage
from vitreous.reconstruction.direct import cut_to_sphere, invert, noise_to_signal
from vitreous.reconstruction.halves import stream_halves, threads_of_a_half
from vitreous.reconstruction.traffic import traffic_bytes
from vitreous.rotations import symmetry_matrices

__all__ = ["run_reconstruction"]

_FSC_COLUMNS = ("unmasked", "masked", "randomised", "corrected")


@dataclass
class _Clock:
    """Seconds of each part of the run, by its name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def run_reconstruction(job: Job, path: Path, inversion: InversionOptions, reading: ReadingOptions) -> float | None:
    """Reconstruct what the options ask for into an entered job.

    Parameters
    ----------
    job
        Entered; where it is resumed, images that were added are not added again.
    path
        The particle file.
    inversion, reading
        The options.

    Returns
    -------
    float or None
        The resolution that the half maps claim, Å.

    Raises
    ------
    InputError
        If an option or a file is not usable.
    """
    clock = _Clock()
    with clock.part("reading the metadata"):
        particles = _particles(path, reading)
        pixel = particles.pixel_size_angstrom
        cutoff = _cutoff_cycles(inversion.max_resolution, pixel)
        mask = _given_mask(inversion.mask, particles)
    with_ctf = not inversion.no_ctf and particles.defocus_u_angstrom is not None
    if not with_ctf and not inversion.no_ctf:
        job.warn("the particles have no defocus: the map is made without a contrast transfer function")
    with clock.part("images"):
        first, second = _accumulated(job, particles, inversion.symmetry, cutoff, with_ctf)
    with clock.part("half maps"):
        halves = [_inverted(half, inversion, cutoff, 0.0) for half in (first, second)]
    with clock.part("resolution"):
        if inversion.mask == "auto":
            mask = automatic_mask(halves[0], halves[1], pixel_size_angstrom=pixel)
        resolution = half_map_fsc(halves[0], halves[1], mask, pixel_size_angstrom=pixel, seed=job.task.seed or 0)
    with clock.part("map"):
        first.merge(second)
        volume = cut_to_sphere(_inverted(first, inversion, cutoff, _wiener(inversion.wiener, resolution)))
    with clock.part("writing"):
        for name, values in (("map", volume), ("half1", halves[0]), ("half2", halves[1]), ("mask", mask)):
            if values is not None:
                with job.write(f"{name}.mrc") as file:
                    mrcfile.write(file, values, voxel_size=pixel)
        _write_table(job, "fsc.csv", _fsc_columns(resolution))
    coverage = fourier_coverage(first.denominator, particles.box, pixel)
    guinier = _guinier((halves[0] + halves[1]) / 2, pixel, resolution)
    _conclude(job, len(particles), coverage, (resolution, guinier), clock)
    _write_report(job, particles, volume, (resolution, guinier, coverage), clock, with_ctf)
    return resolution.resolution_angstrom


def _particles(path: Path, reading: ReadingOptions) -> ParticleSet:
    """The particles, with poses, one box and one pixel size."""
    particles = read_particles(path, **reading.given())
    if not particles.has_poses:
        raise InputError("the particles have no poses", file=path, advice="refine them first, or give them (--poses)")
    if not len(particles):
        raise InputError("there are no particles", file=path)
    for problem in (lambda: particles.box, lambda: particles.pixel_size_angstrom):
        try:
            problem()
        except InputError as error:
            raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    return particles


def _cutoff_cycles(max_resolution: float | None, pixel: float) -> float:
    return NYQUIST if max_resolution is None else min(NYQUIST, pixel / max_resolution)


def _given_mask(name: str, particles: ParticleSet) -> NumpyArray | None:
    """The mask of a file; None for ``auto``, which waits for the half maps, and for ``none``."""
    if name in ("auto", "none"):
        return None
    mask, _ = read_map(name)
    if mask.shape != (particles.box,) * 3:
        size = " × ".join(map(str, mask.shape))
        advice = f"the map will have {particles.box} voxels along each edge"
        raise InputError(f"a mask of {size} voxels", file=name, advice=advice)
    return mask


def _accumulated(
    job: Job, particles: ParticleSet, symmetry: str, cutoff: float, with_ctf: bool
) -> tuple[Accumulator, Accumulator]:
    """The accumulators of both half sets, from the last checkpoint on."""
    try:
        symmetry_matrices(symmetry)
    except ValueError as error:
        raise InputError(f"--symmetry {symmetry}: {error}") from error
    halves = split_halves(particles, job.task.seed or 0)
    threads = job.task.threads or 1
    first, second = (
        Accumulator(particles.box, threads=threads_of_a_half(threads), cutoff_cycles=cutoff) for _ in range(2)
    )
    arrays = {"half1": first.sums, "half2": second.sums}
    saved, state = job.load_checkpoint() or ({}, {"rounds": 0, "images": 0})
    for name, values in saved.items():
        arrays[name][...] = values
    rounds = stream_halves(
        halves,
        (first, second),
        symmetry=symmetry,
        with_ctf=with_ctf,
        threads=threads,
        first_round=state["rounds"],
    )
    with job.progress("inserting", len(particles), done=state["images"]) as advance:
        for added in rounds:
            state = {"rounds": state["rounds"] + 1, "images": state["images"] + added}
            job.record.images += added
            advance(added)
            job.save_checkpoint(arrays, state)
    return first, second


def _inverted(accumulator: Accumulator, inversion: InversionOptions, cutoff: float, wiener: object) -> NumpyArray:
    return invert(
        accumulator.numerator,
        accumulator.denominator,
        accumulator.box,
        kernel=accumulator.kernel,
        padding=accumulator.padding,
        wiener=wiener,
        cutoff_cycles=cutoff,
        gridding_iterations=inversion.gridding_iterations,
    )


def _wiener(option: str, resolution: Resolution) -> object:
    """The noise-to-signal ratio that ``--wiener`` asks for."""
    if option == "fsc":
        return noise_to_signal(resolution.fsc)
    return 0.0 if option == "none" else float(option)


def _fsc_columns(resolution: Resolution) -> dict[str, NumpyArray]:
    """The curves that were measured, by the names of their columns."""
    curves = {f"fsc_{name}": getattr(resolution, f"fsc_{name}") for name in _FSC_COLUMNS}
    measured = {name: curve for name, curve in curves.items() if curve is not None}
    return {"frequency_per_angstrom": resolution.frequencies_per_angstrom, **measured}


def _write_table(job: Job, name: str, columns: dict[str, NumpyArray]) -> None:
    """Write columns of numbers as comma-separated text."""
    with job.write(name) as path:
        table = np.stack(list(columns.values()), axis=1)
        np.savetxt(path, table, "%.6g", ",", header=",".join(columns), comments="")


def _conclude(
    job: Job,
    images: int,
    coverage: FourierCoverage,
    found: tuple[Resolution, GuinierFit | None],
    clock: _Clock,
) -> None:
    """Write the coverage and the key figures."""
    resolution, guinier = found
    columns = {
        "frequency_per_angstrom": coverage.frequencies_per_angstrom,
        "fraction_seen": coverage.fraction_seen,
        "effective_views": coverage.effective_views,
    }
    _write_table(job, "coverage.csv", columns)
    job.record.figures |= {
        "resolution_angstrom": resolution.resolution_angstrom,
        "resolution_half_angstrom": resolution.resolution_half_angstrom,
        "unmasked_resolution_angstrom": resolution.unmasked_resolution_angstrom,
        "b_factor_angstrom2": None if guinier is None else guinier.b_factor_angstrom2,
        "images_per_second": images / sum(clock.seconds.values()),
        "evenness_of_views": coverage.evenness,
        "seconds": {name: round(value, 4) for name, value in clock.seconds.items()},
    }


def _guinier(average: NumpyArray, pixel: float, resolution: Resolution) -> GuinierFit | None:
    """The fit of the B factor; None where the maps have no resolution, or too few shells for a line."""
    if resolution.resolution_angstrom is None:
        return None
    try:
        return guinier_fit(
            average,
            pixel_size_angstrom=pixel,
            high_angstrom=resolution.resolution_angstrom,
            correlation=np.clip(resolution.fsc, 0, 1),
        )
    except ValueError:
        return None


def _write_report(
    job: Job,
    particles: ParticleSet,
    volume: NumpyArray,
    found: tuple[Resolution, GuinierFit | None, FourierCoverage],
    clock: _Clock,
    with_ctf: bool,
) -> None:
    """Write ``report.html``."""
    from vitreous.show.reconstruction import ReconstructionShown, reconstruction_report  # it brings in matplotlib
    from vitreous.show.timing import Timing

    resolution, guinier, coverage = found
    speed, bytes_each = memory_bytes_per_second(job.task.threads or 1), traffic_bytes(particles.box)
    timing = Timing(
        clock.seconds,
        job.record.figures["images_per_second"],
        speed / bytes_each,
        f"An image moves {bytes_each / 1e6:.2f} MB through memory, which here copies {speed / 1e9:.0f} GB/s.",
    )
    u, v = particles.defocus_u_angstrom, particles.defocus_v_angstrom
    shown = ReconstructionShown(
        volume,
        particles.pixel_size_angstrom,
        len(particles),
        resolution,
        particles.rotations(),
        defocus_angstrom=(u + v) / 2 if with_ctf and u is not None and v is not None else None,
        coverage=coverage,
        guinier=guinier,
        timing=timing,
    )
    with job.write("report.html") as path:
        path.write_text(reconstruction_report(shown, job.record), encoding="utf-8")
