"""What ``vitreous reconstruct`` leaves behind: maps, tables, key figures and the report."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import mrcfile
import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.jobs import Job
from vitreous.jobs.machine import memory_bytes_per_second
from vitreous.particles import ParticleSet
from vitreous.reconstruction import GuinierFit, Resolution, guinier_fit, write_fsc
from vitreous.reconstruction.coverage import FourierCoverage
from vitreous.reconstruction.diagnosis import Diagnosis, diagnose
from vitreous.reconstruction.mask import contour_level
from vitreous.reconstruction.traffic import traffic_bytes
from vitreous.rotations import symmetry_matrices

__all__ = ["Clock", "Reconstructed", "write_figures", "write_maps", "write_report"]

_COPIED_BYTES = 1 << 24


@dataclass
class Clock:
    """Seconds of each part of a run, by its name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the time that a block takes to a part."""
        start = perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """What a run has made.

    Parameters
    ----------
    particles
        What it was made from.
    volume
        The map of all images, (z, y, x).
    halves
        The half maps.
    mask
        Where their resolution was measured; None for everywhere.
    resolution
        Theirs.
    coverage
        Of Fourier space, by all images.
    with_ctf
        Whether the lens had a part in the images.
    """

    particles: ParticleSet
    volume: Float32[NumpyArray, "z y x"]
    halves: tuple[Float32[NumpyArray, "z y x"], Float32[NumpyArray, "z y x"]]
    mask: Float[NumpyArray, "z y x"] | None
    resolution: Resolution
    coverage: FourierCoverage
    with_ctf: bool

    @property
    def pixel_size_angstrom(self) -> float:
        """Å/voxel."""
        return self.particles.pixel_size_angstrom


def write_maps(job: Job, maps: dict[str, NumpyArray | None], pixel_size_angstrom: float) -> None:
    """Write ``NAME.mrc`` for each map that there is."""
    for name, values in maps.items():
        if values is not None:
            with job.write(f"{name}.mrc") as file:
                mrcfile.write(file, values.astype(np.float32, copy=False), voxel_size=pixel_size_angstrom)


def write_figures(job: Job, made: Reconstructed, symmetry: str) -> tuple[GuinierFit | None, Diagnosis]:
    """Write the tables, the local resolution and the key figures of ``run.json``; returns what they were read from."""
    pixel, found = made.pixel_size_angstrom, made.resolution
    with job.write("fsc.csv") as path:
        write_fsc(path, found)
    _write_coverage(job, made.coverage)
    views = len(made.particles) * len(symmetry_matrices(symmetry))
    diagnosis = diagnose(made.halves, made.mask, found, pixel_size_angstrom=pixel, views=views)
    if diagnosis.local_angstrom is not None:
        # viewers colour by the values of a map, and know no NaN
        filled = np.nan_to_num(diagnosis.local_angstrom, nan=float(np.nanmax(diagnosis.local_angstrom)))
        write_maps(job, {"local_resolution": filled}, pixel)
    guinier = _guinier((made.halves[0] + made.halves[1]) / 2, pixel, found)
    directions, local = diagnosis.anisotropy, diagnosis.local_range_angstrom
    job.record.figures |= {
        "resolution_angstrom": found.resolution_angstrom,
        "resolution_half_angstrom": found.resolution_half_angstrom,
        "unmasked_resolution_angstrom": found.unmasked_resolution_angstrom,
        "b_factor_angstrom2": None if guinier is None else guinier.b_factor_angstrom2,
        "evenness_of_views": made.coverage.evenness,
        "best_direction_angstrom": directions.best_angstrom,
        "worst_direction_angstrom": directions.worst_angstrom,
        "sphericity": directions.sphericity,
        "median_local_resolution_angstrom": None if local is None else local[1],
        "diameter_angstrom": diagnosis.diameter_angstrom,
        "crowther_resolution_angstrom": diagnosis.crowther_angstrom,
        "views_needed": diagnosis.views_needed,
    }
    return guinier, diagnosis


def _write_coverage(job: Job, coverage: FourierCoverage) -> None:
    columns = {
        "frequency_per_angstrom": coverage.frequencies_per_angstrom,
        "fraction_seen": coverage.fraction_seen,
        "effective_views": coverage.effective_views,
    }
    with job.write("coverage.csv") as path:
        table = np.stack(list(columns.values()), axis=1)
        np.savetxt(path, table, "%.6g", ",", header=",".join(columns), comments="")


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


def write_report(job: Job, made: Reconstructed, found: tuple[GuinierFit | None, Diagnosis], clock: Clock) -> None:
    """Write ``report.html`` from what `write_figures` has found."""
    from vitreous.show.reconstruction import ReconstructionShown, reconstruction_report  # it brings in matplotlib
    from vitreous.show.timing import Timing

    (guinier, diagnosis), particles = found, made.particles
    speed, bytes_each = memory_bytes_per_second(job.task.threads or 1, _COPIED_BYTES), traffic_bytes(particles.box)
    timing = Timing(
        clock.seconds,
        job.record.figures["images_per_second"],
        speed / bytes_each,
        f"An image moves {bytes_each / 1e6:.2f} MB through memory, which here copies {speed / 1e9:.0f} GB/s.",
    )
    u, v = particles.defocus_u_angstrom, particles.defocus_v_angstrom
    drawn = made.mask is not None and made.resolution.resolution_angstrom is not None
    shown = ReconstructionShown(
        made.volume,
        made.pixel_size_angstrom,
        len(particles),
        made.resolution,
        particles.rotations(),
        defocus_angstrom=(u + v) / 2 if made.with_ctf and u is not None and v is not None else None,
        coverage=made.coverage,
        guinier=guinier,
        diagnosis=diagnosis,
        timing=timing,
        contour=contour_level(made.volume, made.mask) if drawn and made.mask is not None else None,
    )
    with job.write("report.html") as path:
        path.write_text(reconstruction_report(shown, job.record), encoding="utf-8")
