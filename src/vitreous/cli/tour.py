"""``vitreous tour``: the whole path on a built-in molecule, specimen to motion, as one report."""

from pathlib import Path
from typing import Annotated

import typer

from vitreous.cli.options import Overwrite, Quiet, Seed, Threads

__all__ = ["tour"]


def tour(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The job folder to make.")] = Path(
        "vitreous-tour"
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer and smaller images: a minute in place of five.")
    ] = False,
    seed: Seed = 0,
    threads: Threads = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Go the whole path, from a molecule that moves to its images, classes, map and motion, in minutes.

    Every stage is a job of its own in the folder; report.html says what each recovered of the truth.
    """
    from vitreous.cli.tour_run import run_tour
    from vitreous.jobs import Job, Task, use_threads

    task = Task("tour", {"quick": quick}, (), seed, threads=use_threads(threads))
    with Job(output, task, overwrite=overwrite, quiet=quiet) as job:
        run_tour(job, quick)
    print(f"the report is {output / 'report.html'}")
