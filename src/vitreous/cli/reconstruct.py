"""``vitreous reconstruct``: a map, its half maps and their resolution from particles with poses."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Overwrite, Quiet, ReadingOptions, Resume, Seed, Threads

__all__ = ["InversionOptions", "ReconstructRunOptions", "reconstruct"]


def _option(name: str, metavar: str | None, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel="The map")


@dataclass(frozen=True)
class InversionOptions:
    """How numerator and denominator become a map."""

    wiener: Annotated[
        str,
        _option("--wiener", "fsc|RATIO|none", "Noise over signal: from the half maps, the same everywhere, or none."),
    ] = "fsc"
    symmetry: Annotated[str, _option("--symmetry", "GROUP", "Point group, with RELION's axes: C1, D7, O, I2 …")] = "C1"
    mask: Annotated[
        str, _option("--mask", "auto|FILE|none", "Where the resolution is measured; auto finds the particle.")
    ] = "auto"
    max_resolution: Annotated[
        float | None, _option("--max-resolution", "Å", "Leave finer detail out; Nyquist if not given.")
    ] = None
    gridding_iterations: Annotated[
        int, _option("--gridding-iterations", "N", "Times that the weights are made even by Pipe and Menon's method.")
    ] = 0
    ewald: Annotated[
        str,
        _option("--ewald", "no|yes|reversed", "Insert on the Ewald sphere; reversed if the map has the other hand."),
    ] = "no"
    conjugate_gradients: Annotated[
        int,
        _option("--conjugate-gradients", "N", "Beside it the least-squares map, in so many steps: slow, to judge by."),
    ] = 0
    no_ctf: Annotated[bool, _option("--no-ctf", None, "The images are projections, without contrast transfer.")] = False

    def __post_init__(self) -> None:
        if self.wiener not in ("fsc", "none"):
            try:
                ratio = float(self.wiener)
            except ValueError:
                ratio = -1.0
            if not 0 <= ratio < float("inf"):
                raise InputError(f"--wiener {self.wiener}: expected fsc, none or a number that is not negative")
        if self.ewald not in ("no", "yes", "reversed"):
            raise InputError(f"--ewald {self.ewald}: expected no, yes or reversed")
        if self.ewald != "no" and (self.no_ctf or self.conjugate_gradients):
            raise InputError("--ewald goes with neither --no-ctf nor --conjugate-gradients", advice="leave one out")
        if self.max_resolution is not None and not 0 < self.max_resolution < float("inf"):
            raise InputError(f"--max-resolution {self.max_resolution}: expected a positive number of Å")
        counts = {"--gridding-iterations": self.gridding_iterations, "--conjugate-gradients": self.conjugate_gradients}
        for option, value in counts.items():
            if value < 0:
                raise InputError(f"{option} {value}: expected 0 or more")


@dataclass(frozen=True)
class ReconstructRunOptions:
    """How the job runs."""

    seed: Seed = 0
    threads: Threads = None
    overwrite: Overwrite = False
    resume: Resume = False
    quiet: Quiet = False


@with_option_groups
def reconstruct(
    particles: Annotated[
        Path, typer.Argument(metavar="PARTICLES", show_default=False, help="RELION STAR or cryoSPARC .cs with poses.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    inversion: InversionOptions,
    reading: ReadingOptions,
    run: ReconstructRunOptions,
) -> None:
    """Reconstruct a map from particles whose poses are known.

    Writes map.mrc, half1.mrc, half2.mrc, mask.mrc, local_resolution.mrc, fsc.csv, coverage.csv and report.html. The
    half sets are those of the file, or a seeded split.
    """
    from vitreous.cli.reconstruction import run_reconstruction
    from vitreous.jobs import Job, Task, use_threads

    given = {**asdict(inversion), **asdict(reading)}
    mask = () if inversion.mask in ("auto", "none") else (Path(inversion.mask),)
    files = (particles, reading.poses, reading.ctf, *(reading.passthrough or ()), *mask)
    threads = use_threads(run.threads)
    task = Task("reconstruct", given, tuple(path for path in files if path is not None), run.seed, threads=threads)
    with Job(output, task, overwrite=run.overwrite, resume=run.resume, quiet=run.quiet) as job:
        claimed = run_reconstruction(job, particles, inversion, reading)
    said = "the half maps claim no resolution" if claimed is None else f"{claimed:.2f} Å"
    print(f"{said}; the map is {output / 'map.mrc'}")
