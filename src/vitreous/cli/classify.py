"""``vitreous classify``: class averages, and each particle's class, angle and shift, from images without poses."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Device, Overwrite, Quiet, ReadingOptions, Resume, Seed, Threads

__all__ = ["ClassifyRunOptions", "ModelOptions", "classify"]


def _option(name: str, metavar: str | None, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel="The classes")


@dataclass(frozen=True)
class ModelOptions:
    """What the classes are, and how they are sought."""

    iterations: Annotated[int, _option("--iterations", "N", "At most so many; fewer if the classes settle.")] = 25
    mask_diameter: Annotated[
        float | None, _option("--mask-diameter", "Å", "Of the disc that holds the particle; the box if not given.")
    ] = None
    max_resolution: Annotated[
        float | None, _option("--max-resolution", "Å", "Leave finer detail out; Nyquist if not given.")
    ] = None
    batch: Annotated[
        Literal["full", "online"],
        _option("--batch", "full|online", "All images an iteration, or small batches with a decaying step."),
    ] = "full"
    exact: Annotated[
        bool, _option("--exact", None, "A fixed grid without short cuts: the objective never falls. Slow.")
    ] = False
    references: Annotated[
        Path | None, _option("--references", "FILE", "Start from these K images (.mrcs), instead of from the seed.")
    ] = None
    no_ctf: Annotated[bool, _option("--no-ctf", None, "The images are projections, without contrast transfer.")] = False

    def __post_init__(self) -> None:
        if self.iterations < 1:
            raise InputError(f"--iterations {self.iterations}: expected 1 or more")
        for option, value in (("--mask-diameter", self.mask_diameter), ("--max-resolution", self.max_resolution)):
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"{option} {value:g}: expected a positive number of Å")
        if self.exact and self.batch == "online":
            raise InputError("--exact sees all images in every iteration", advice="leave out --batch online")


@dataclass(frozen=True)
class ClassifyRunOptions:
    """How the job runs."""

    seed: Seed = 0
    threads: Threads = None
    device: Device = "auto"
    overwrite: Overwrite = False
    resume: Resume = False
    quiet: Quiet = False


@with_option_groups
def classify(
    particles: Annotated[
        Path, typer.Argument(metavar="PARTICLES", show_default=False, help="RELION STAR or cryoSPARC .cs; no poses.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    classes: Annotated[
        int, typer.Option("--classes", metavar="K", show_default=False, help="How many classes to look for.")
    ],
    model: ModelOptions,
    reading: ReadingOptions,
    run: ClassifyRunOptions,
) -> None:
    """Sort particle images into classes and average each class, by expectation-maximization.

    Writes classes.mrcs, classes.star, particles.star (class, psi, shift, probability and entropy of each particle),
    iterations.csv and report.html.
    """
    from vitreous.cli.classification import run_classification
    from vitreous.jobs import Job, Task, choose_device, use_threads

    if classes < 1:
        raise InputError(f"--classes {classes}: expected 1 or more")
    device, threads = choose_device(run.device), use_threads(run.threads)
    given = {"classes": classes, **asdict(model), **asdict(reading)}
    files = (particles, reading.poses, reading.ctf, *(reading.passthrough or ()), model.references)
    inputs = tuple(path for path in files if path is not None)
    task = Task("classify", given, inputs, run.seed, device=device, threads=threads)
    with Job(output, task, overwrite=run.overwrite, resume=run.resume, quiet=run.quiet) as job:
        used, iterations = run_classification(job, particles, classes, model, reading)
    print(f"{used} of {classes} classes after {iterations} iterations; they are in {output / 'classes.mrcs'}")
