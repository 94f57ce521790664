"""What ``vitreous fsc`` does: correlate, and write the curves, the mask, the local resolution and the report."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from vitreous._typing import NumpyArray
from vitreous.cli.fsc import FscOptions
from vitreous.cli.maps import MapFile, asked, mask_for, read_map, read_maps, write_map
from vitreous.jobs import Job
from vitreous.reconstruction import (
    Anisotropy,
    ModelAgreement,
    Resolution,
    cone_fsc,
    half_map_fsc,
    local_resolution,
    map_model_fsc,
    write_fsc,
)
from vitreous.reconstruction.local_resolution import local_window_angstrom
from vitreous.specimen import Atoms, move_atoms, read_atoms

__all__ = ["Correlated", "correlate", "is_model", "place_model", "run_fsc"]

_MODELS = (".pdb", ".ent", ".cif", ".mmcif")


@dataclass(frozen=True, eq=False)
class Correlated:
    """Two maps, or a map and a model, and how far they agree.

    Parameters
    ----------
    maps
        The half maps; one map beside a model.
    mask
        What both were cut to, None for nothing.
    found
        The curves and the resolution.
    """

    maps: tuple[MapFile, ...]
    mask: NumpyArray | None
    found: Resolution | ModelAgreement

    @cached_property
    def anisotropy(self) -> Anisotropy | None:
        """The resolution by direction, of the masked maps; None beside a model."""
        if isinstance(self.found, ModelAgreement):
            return None
        halves = [one.volume if self.mask is None else one.volume * self.mask for one in self.maps]
        return cone_fsc(*halves, pixel_size_angstrom=self.maps[0].pixel_size_angstrom)

    def facts(self) -> dict[str, str]:
        """What is printed: name → value."""
        found, directions = self.found, self.anisotropy
        if isinstance(found, ModelAgreement):
            return {"map and model, 0.5": _angstrom(found.resolution_angstrom)}
        masked = "" if self.mask is None else "  (masked, corrected for the mask)"
        facts = {
            "FSC 0.143": _angstrom(found.resolution_angstrom) + masked,
            "FSC 0.5": _angstrom(found.resolution_half_angstrom) + masked,
        }
        if self.mask is not None:
            facts["FSC 0.143, unmasked"] = _angstrom(found.unmasked_resolution_angstrom)
        if directions is not None and found.resolution_angstrom is not None:
            span = f"{_angstrom(directions.best_angstrom)} to {_angstrom(directions.worst_angstrom)}"
            cone = f"within cones of {directions.cone_half_angle_deg:g}°, sphericity {directions.sphericity:.2f}"
            facts["FSC 0.143, by direction"] = f"{span}  ({cone})"
        return facts


def _angstrom(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f} Å"


def is_model(path: Path) -> bool:
    """Whether a file holds atoms, by its suffix."""
    return Path(path.name.removesuffix(".gz")).suffix.lower() in _MODELS


def place_model(atoms: Atoms, on: MapFile) -> Atoms:
    """Atoms in the frame of a file, moved to where the origin is the map's voxel n // 2."""
    middle = len(on.volume) // 2 * on.pixel_size_angstrom
    return move_atoms(atoms, shift_angstrom=-(np.array(on.origin_angstrom) + middle))


def correlate(first: Path, second: Path, options: FscOptions) -> Correlated:
    """Read two files, and correlate what they hold.

    Parameters
    ----------
    first
        A map.
    second
        A map, or the coordinates of a model.
    options
        Of the command.

    Returns
    -------
    Correlated
        The maps, the mask and the curves.

    Raises
    ------
    InputError
        If a file cannot be read, or the files do not go together.
    """
    if is_model(second):
        one = read_map(first, options.pixel_size)
        atoms = place_model(read_atoms(second), one)
        mask = mask_for(options.mask, one, one)
        agreement = asked(map_model_fsc)(one.volume, atoms, mask, pixel_size_angstrom=one.pixel_size_angstrom)
        return Correlated((one,), mask, agreement)
    one, other = read_maps([first, second], options.pixel_size)
    mask = mask_for(options.mask, one, other)
    size = one.pixel_size_angstrom
    return Correlated(
        (one, other), mask, half_map_fsc(one.volume, other.volume, mask, pixel_size_angstrom=size, seed=options.seed)
    )


def run_fsc(job: Job, first: Path, second: Path, options: FscOptions) -> dict[str, str]:
    """Correlate two files into an entered job: ``fsc.csv``, ``report.html``, ``mask.mrc``, ``local_resolution.mrc``.

    Parameters
    ----------
    job
        Entered.
    first, second, options
        As `correlate` takes them.

    Returns
    -------
    dict
        What is printed.

    Raises
    ------
    InputError
        As `correlate`.
    """
    done = correlate(first, second, options)
    with job.write("fsc.csv") as path:
        write_fsc(path, done.found)
    if done.mask is not None and options.mask == "auto":
        with job.write("mask.mrc") as path:
            write_map(path, done.mask, done.maps[0])
    if options.local and isinstance(done.found, Resolution):
        _write_local_resolution(job, done)
    found, directions = done.found, done.anisotropy
    job.record.figures["resolution_angstrom"] = found.resolution_angstrom
    if isinstance(found, Resolution) and directions is not None:
        job.record.figures |= {
            "resolution_half_angstrom": found.resolution_half_angstrom,
            "unmasked_resolution_angstrom": found.unmasked_resolution_angstrom,
            "best_direction_angstrom": directions.best_angstrom,
            "worst_direction_angstrom": directions.worst_angstrom,
            "sphericity": round(directions.sphericity, 4),
        }
        _write_report(job, found, (first, second))
    return done.facts()


def _write_local_resolution(job: Job, done: Correlated) -> None:
    found, (one, other) = done.found, done.maps
    if found.resolution_angstrom is None:
        job.warn("the half maps claim no resolution: local_resolution.mrc is not written")
        return
    size = one.pixel_size_angstrom
    window = local_window_angstrom(found.resolution_angstrom, size, len(one.volume))
    local = asked(local_resolution)(
        one.volume, other.volume, done.mask, pixel_size_angstrom=size, window_angstrom=window
    )
    job.record.figures["median_local_resolution_angstrom"] = round(float(np.nanmedian(local)), 3)
    # viewers colour by the values of a map, and know no NaN
    with job.write("local_resolution.mrc") as path:
        write_map(path, np.nan_to_num(local, nan=float(np.nanmax(local))), replace(one))


def _write_report(job: Job, found: Resolution, files: tuple[Path, Path]) -> None:
    from vitreous.show.fsc import fsc_report

    record = job.record
    lead = f"{files[0].name} and {files[1].name}, correlated shell by shell."
    footer = f"vitreous {record.version} {record.command}, {record.started}; parameters and inputs are in run.json."
    with job.write("report.html") as path:
        path.write_text(fsc_report(found, "Fourier shell correlation", lead, footer), encoding="utf-8")
