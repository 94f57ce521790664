"""``vitreous sharpen``: a map whose fall of amplitudes is undone, as far as the map is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import MapPixelSize, Overwrite, Seed

__all__ = ["SharpenOptions", "sharpen"]


@dataclass(frozen=True)
class SharpenOptions:
    """What is taken out of the map, and what is known of it."""

    b_factor: Annotated[
        str, typer.Option("--b-factor", metavar="auto|Å²", help="B that is taken out; auto fits a Guinier plot.")
    ] = "auto"
    half1: Annotated[Path | None, typer.Option("--half1", metavar="MAP", help="Half maps, for the FSC.")] = None
    half2: Annotated[Path | None, typer.Option("--half2", metavar="MAP", help="The other half map.")] = None
    fsc: Annotated[Path | None, typer.Option("--fsc", metavar="CSV", help="An fsc.csv, in place of half maps.")] = None
    mask: Annotated[
        str, typer.Option("--mask", metavar="auto|none|FILE", help="For the FSC and the fit; the map is not masked.")
    ] = "auto"
    low_pass: Annotated[
        float | None, typer.Option("--low-pass", metavar="Å", help="Where the map ends; the resolution if not given.")
    ] = None
    pixel_size: MapPixelSize = None
    seed: Seed = 0

    def __post_init__(self) -> None:
        if (self.half1 is None) != (self.half2 is None):
            raise InputError("one half map has no FSC", advice="give --half1 and --half2")
        if self.half1 is not None and self.fsc is not None:
            raise InputError("--fsc and half maps exclude each other", advice="leave one of them out")
        if self.low_pass is not None and not 0 < self.low_pass < float("inf"):
            raise InputError(f"--low-pass {self.low_pass:g}: expected a positive length")
        self.given_b_factor()

    def given_b_factor(self) -> float | None:
        """The number of ``--b-factor``; None for auto."""
        if self.b_factor == "auto":
            return None
        try:
            value = float(self.b_factor)
        except ValueError as error:
            raise InputError(f"--b-factor {self.b_factor}: expected auto, or a number in Å²") from error
        if not 0 <= value < float("inf"):
            advice = "give the B factor that is to be taken out, a positive number; vitreous blur puts one in"
            raise InputError(f"--b-factor {self.b_factor}: expected a positive number", advice=advice)
        return value


@with_option_groups
def sharpen(
    source: Annotated[Path, typer.Argument(metavar="MAP", show_default=False, help="An MRC file.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The map to write.")
    ],
    options: SharpenOptions,
    overwrite: Overwrite = False,
) -> None:
    """Sharpen a map: multiply its amplitudes by exp(+B k²/4), weighted by what the FSC says of each shell.

    With --half1 and --half2, or --fsc, shells are weighted by √(2 FSC/(1 + FSC)) and the map ends at its resolution.
    """
    from vitreous.cli.maps import refuse_target, write_map
    from vitreous.cli.sharpen_run import sharpen_map

    refuse_target(output, overwrite=overwrite)
    made, like, said = sharpen_map(source, options)
    write_map(output, made, like)
    print(f"{output} written: {said}")
