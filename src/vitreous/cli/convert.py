"""``vitreous convert``: particles from one program's files to another's."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from vitreous.cli.options import Overwrite, ReadingOptions, with_reading_options

__all__ = ["convert"]


@with_reading_options
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", show_default=False, help="Particles: .star, .cs, .mrcs, .txt.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", show_default=False, help="A .star, .cs or .txt file, or a folder.")
    ],
    layout: Annotated[
        Literal["3.0", "3.1"], typer.Option(help="RELION's layout of a STAR file; 3.1 serves 4 and 5.")
    ] = "3.1",
    overwrite: Overwrite = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Convert particles between RELION STAR, cryoSPARC .cs and cryoDRGN pickles.

    What the other side cannot hold is named on standard error. An OUT without a suffix is a folder for cryoDRGN, with
    poses.pkl, ctf.pkl and particles.txt.
    """
    from vitreous.particles.read import read_particles, write_particles

    particles = read_particles(source, **reading.given())
    lost = write_particles(target, particles, layout=layout)
    for what in lost:
        print(f"vitreous: not in {target}: {what}", file=sys.stderr)
    print(f"{len(particles)} particles written to {target}")
