"""``vitreous fsc``: how far two maps, or a map and a model, agree."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import MapPixelSize, Overwrite, Quiet, Seed

__all__ = ["FscOptions", "fsc"]


@dataclass(frozen=True)
class FscOptions:
    """What is correlated, and how the run goes."""

    mask: Annotated[str, typer.Option("--mask", metavar="auto|none|FILE", help="What both maps are cut to.")] = "auto"
    pixel_size: MapPixelSize = None
    local: Annotated[
        bool, typer.Option("--local-resolution", help="Write local_resolution.mrc too (with --output).")
    ] = False
    seed: Seed = 0
    overwrite: Overwrite = False
    quiet: Quiet = False


@with_option_groups
def fsc(
    first: Annotated[Path, typer.Argument(metavar="A", show_default=False, help="A map, or half map.")],
    second: Annotated[
        Path, typer.Argument(metavar="B", show_default=False, help="The other half map; a map; a PDB or mmCIF file.")
    ],
    options: FscOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ] = None,
) -> None:
    """Correlate two half maps shell by shell, and print the resolution that they support.

    With a mask the curve is corrected for it by phase randomisation. --output writes fsc.csv, report.html and an
    automatic mask. Atoms are placed as viewers place them on the map, by the origin in its header.
    """
    from vitreous.cli.fsc_run import correlate, run_fsc
    from vitreous.jobs import Job, Task

    if output is None:
        if options.local:
            raise InputError("--local-resolution writes a map", advice="name a folder for it with --output")
        facts = correlate(first, second, options).facts()
    else:
        parameters = {"first": first, "second": second, **asdict(options)}
        given = () if options.mask in ("auto", "none") else (Path(options.mask),)
        task = Task("fsc", parameters, (first, second, *given), options.seed)
        with Job(output, task, overwrite=options.overwrite, quiet=options.quiet) as job:
            facts = run_fsc(job, first, second, options)
    for name, value in facts.items():
        print(f"{name:<24}{value}")
