"""``vitreous select``: some of the particles of a job or a file, by class or by row."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from vitreous._errors import InputError
from vitreous.cli.options import Overwrite, ReadingOptions, with_reading_options
from vitreous.cli.printable import printable

__all__ = ["select"]


@with_reading_options
def select(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="The folder of a job, or a particle file.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The particle file to write.")
    ],
    classes: Annotated[
        str | None, typer.Option("--classes", metavar="LIST", help="Classes to keep, from 1, such as 1,4,7-9.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="LIST", help="Rows to keep, from 1, such as 1-500,800.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="LIST", help="Clusters of a latent space to keep, from 1, such as 2,3."),
    ] = None,
    overwrite: Overwrite = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Keep some of the particles, with everything that is known of them.

    By where they lie in a latent space: vitreous heterogeneity select.

    A particle stays if it is in one of the classes and in one of the rows, where both are given. OUT is of the kind
    that its suffix names, such as particles.star or particles.cs; images are not copied.
    """
    from vitreous.cli.selection import chosen_rows, particle_file
    from vitreous.particles.read import read_particles, write_particles

    if cluster is not None:
        from vitreous.cli.heterogeneity import ChoiceOptions
        from vitreous.cli.heterogeneity_selection import write_selection

        if classes is not None or rows is not None:
            raise InputError("--cluster goes with neither --classes nor --rows", advice="select twice")
        chosen_count, whole = write_selection(source, output, ChoiceOptions(cluster), None, overwrite=overwrite)
        print(f"{chosen_count:,} of {whole:,} particles written to {output}")
        return
    if output.exists() and not overwrite:
        raise InputError("the file exists", file=output, advice="give another name, or --overwrite")
    path = particle_file(source)
    particles = read_particles(path, **reading.given())
    kept = chosen_rows(particles, path, classes=classes, rows=rows)
    chosen = particles[kept]
    for what in write_particles(output, chosen):
        print(printable(f"vitreous: {output} has no place for {what}"), file=sys.stderr)
    print(f"{len(chosen):,} of {len(particles):,} particles written to {output}")
