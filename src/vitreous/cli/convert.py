"""``vitreous convert``: particles from one program's files to another's."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from vitreous._errors import InputError
from vitreous.cli.options import Overwrite, ReadingOptions, with_reading_options
from vitreous.cli.printable import printable

__all__ = ["convert"]

_FOLDER_FILES = ("poses.pkl", "ctf.pkl", "particles.star")
"""What is written into a folder for cryoDRGN."""


@with_reading_options
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", show_default=False, help="A .star, .cs, .mrcs, .txt or .pkl file.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", show_default=False, help="A .star, .cs, .mrcs or .txt file, or a folder.")
    ],
    layout: Annotated[
        Literal["3.0", "3.1"] | None, typer.Option(help="RELION's layout of a STAR file; 3.1 is 4's and 5's too.")
    ] = None,
    overwrite: Overwrite = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Convert particles between RELION STAR, cryoSPARC .cs and cryoDRGN pickles.

    What the other side cannot hold is named on standard error. An OUT without a suffix is a folder for cryoDRGN, with
    poses.pkl, ctf.pkl and particles.star.
    """
    from vitreous.particles.read import read_particles, write_particles

    if layout is not None and target.suffix.lower() != ".star":
        raise InputError(f"--layout {layout} is one of a .star file", file=target, advice="leave it out")
    if not overwrite:
        _refuse_existing(target)
    particles = read_particles(source, **reading.given())
    lost = write_particles(target, particles, layout or "3.1")
    columns = [what for what in lost if " " not in what]
    for what in [what for what in lost if " " in what] + [f"columns: {', '.join(columns)}"] * bool(columns):
        print(printable(f"vitreous: {target} has no place for {what}"), file=sys.stderr)
    print(f"{len(particles):,} particles written to {target}")


def _refuse_existing(target: Path) -> None:
    written = [target / name for name in _FOLDER_FILES] if target.is_dir() or not target.suffix else [target]
    for path in written:
        if path.exists():
            raise InputError("the file exists", file=path, advice="give another name, or --overwrite")
