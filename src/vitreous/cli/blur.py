"""``vitreous blur``: a map whose amplitudes fall faster by a B factor."""

from pathlib import Path
from typing import Annotated

import typer

from vitreous._errors import InputError
from vitreous.cli.options import MapPixelSize, Overwrite

__all__ = ["blur"]


def blur(
    source: Annotated[Path, typer.Argument(metavar="MAP", show_default=False, help="An MRC file.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The map to write.")
    ],
    b_factor: Annotated[
        float, typer.Option("--b-factor", metavar="Å²", show_default=False, help="B, above 0: exp(−B k²/4).")
    ],
    pixel_size: MapPixelSize = None,
    overwrite: Overwrite = False,
) -> None:
    """Blur a map by a B factor: its amplitudes fall as exp(−B k²/4)."""
    from vitreous.cli.maps import read_map, refuse_target, write_map
    from vitreous.reconstruction.sharpening import blur as blurred

    if not 0 <= b_factor < float("inf"):
        raise InputError(f"--b-factor {b_factor:g}: expected a positive number", advice="vitreous sharpen sharpens")
    refuse_target(output, overwrite=overwrite)
    found = read_map(source, pixel_size)
    size = found.pixel_size_angstrom
    write_map(output, blurred(found.volume, b_factor, pixel_size_angstrom=size), found)
    print(f"{output} written: B factor {b_factor:g} Å² put in")
