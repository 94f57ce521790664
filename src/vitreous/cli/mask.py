"""``vitreous mask``: a soft mask around what a map shows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import MapPixelSize, Overwrite

__all__ = ["MaskOptions", "mask"]

_LOW_PASS_ANGSTROM = 15.0


@dataclass(frozen=True)
class MaskOptions:
    """Where the mask is drawn."""

    half2: Annotated[
        Path | None, typer.Option("--half2", metavar="MAP", help="The other half map: the mean of both is masked.")
    ] = None
    threshold: Annotated[
        float | None, typer.Option("--threshold", metavar="VALUE", help="The contour; found by itself if not given.")
    ] = None
    low_pass: Annotated[
        float | None,
        typer.Option("--low-pass", metavar="Å", help="Before the contour is drawn; 15, and none with --threshold."),
    ] = None
    dilate: Annotated[float, typer.Option("--dilate", metavar="Å", help="How far beyond the contour.")] = 6.0
    edge: Annotated[float, typer.Option("--edge", metavar="Å", help="Width of the soft edge.")] = 8.0
    pixel_size: MapPixelSize = None

    def __post_init__(self) -> None:
        for option, value in (("--low-pass", self.low_pass), ("--dilate", self.dilate), ("--edge", self.edge)):
            if value is not None and not 0 <= value < float("inf"):
                raise InputError(f"{option} {value:g}: expected a length, which is not negative")


@with_option_groups
def mask(
    source: Annotated[Path, typer.Argument(metavar="MAP", show_default=False, help="A map, or a half map.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The mask to write.")
    ],
    options: MaskOptions,
    overwrite: Overwrite = False,
) -> None:
    """Draw a soft mask around the particle of a map.

    By itself it takes the largest piece of the low-passed map above Otsu's threshold (and three standard deviations of
    the solvent around it); with --threshold, all voxels at or above that value.
    """
    from vitreous.cli.maps import asked, read_maps, refuse_target, write_map
    from vitreous.reconstruction import automatic_mask, soft_mask
    from vitreous.reconstruction.mask import low_passed

    refuse_target(output, overwrite=overwrite)
    maps = read_maps([source] if options.half2 is None else [source, options.half2], options.pixel_size)
    size = maps[0].pixel_size_angstrom
    lengths = {"pixel_size_angstrom": size, "dilate_angstrom": options.dilate, "edge_angstrom": options.edge}
    if options.threshold is None:
        low_pass = options.low_pass or _LOW_PASS_ANGSTROM
        drawn = asked(automatic_mask)(maps[0].volume, maps[-1].volume, low_pass_angstrom=low_pass, **lengths)
    else:
        volume = (maps[0].volume + maps[-1].volume) / 2
        volume = low_passed(volume, size, options.low_pass) if options.low_pass else volume
        drawn = asked(soft_mask)(volume, options.threshold, **lengths)
    write_map(output, drawn, maps[0])
    print(f"{output} written: {drawn.sum() * size**3 / 1e3:,.1f} nm³, {100 * drawn.mean():.1f} % of the box")
