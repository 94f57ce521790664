"""``vitreous info``: what a file or job folder holds, and every problem found in it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from vitreous.cli.options import ReadingOptions, with_reading_options

__all__ = ["info"]


@with_reading_options
def info(
    path: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="A file or a job folder.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON with documented keys instead of a table.")
    ] = False,
    *,
    reading: ReadingOptions,
) -> None:
    """Show what a file holds, and every problem in it.

    Reads particles (STAR, cryoSPARC .cs, cryoDRGN .pkl, .txt), images and maps (MRC), atoms (PDB, mmCIF) and job
    folders.
    """
    from vitreous.cli.describe import describe
    from vitreous.cli.render import render
    from vitreous.jobs.files import as_json as plain

    description = describe(path, **reading.given())
    if as_json:
        print(json.dumps(plain(description), indent=2, ensure_ascii=False))
    else:
        render(description)
