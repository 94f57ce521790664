"""The options that commands share: the same name, meaning and help everywhere."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

import typer

from vitreous._errors import InputError

__all__ = [
    "Device",
    "MapPixelSize",
    "Overwrite",
    "Quiet",
    "ReadingOptions",
    "Resume",
    "Seed",
    "Threads",
    "with_reading_options",
]

Overwrite: TypeAlias = Annotated[bool, typer.Option("--overwrite", help="Replace what was written before.")]
Resume: TypeAlias = Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the folder.")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Device: TypeAlias = Annotated[
    Literal["auto", "cpu", "cuda"], typer.Option("--device", help="Where to compute; auto takes a GPU if there is one.")
]
MapPixelSize: TypeAlias = Annotated[
    float | None, typer.Option("--pixel-size", metavar="Å", help="Pixel size of the maps; counts before their headers.")
]
Threads: TypeAlias = Annotated[int | None, typer.Option("--threads", metavar="N", min=1, help="CPU threads.")]
Seed: TypeAlias = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of all random numbers.")]


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel="Where the particle file is not enough")


@dataclass(frozen=True)
class ReadingOptions:
    """What a person adds to a particle file; each field is an option of every command that reads particles."""

    images: Annotated[Path | None, _option("--images", "DIR", "Folder of the image files.")] = None
    pixel_size_angstrom: Annotated[float | None, _option("--pixel-size", "Å", "Pixel size in Å.")] = None
    box: Annotated[int | None, _option("--box", "PIXELS", "Edge of the images in pixels.")] = None
    amplitude_contrast: Annotated[
        float | None, _option("--amplitude-contrast", "FRACTION", "Amplitude contrast, 0 to 1.")
    ] = None
    passthrough: Annotated[
        list[Path] | None, _option("--passthrough", "FILE", "cryoSPARC file with more columns; may be repeated.")
    ] = None
    poses: Annotated[Path | None, _option("--poses", "FILE", "cryoDRGN pickle with the poses.")] = None
    ctf: Annotated[Path | None, _option("--ctf", "FILE", "cryoDRGN pickle with the CTF.")] = None

    def __post_init__(self) -> None:
        for option, value, least, largest in (
            ("--pixel-size", self.pixel_size_angstrom, 1e-6, 1e6),
            ("--box", self.box, 1, 1e6),
            ("--amplitude-contrast", self.amplitude_contrast, 0.0, 1.0),
        ):
            if value is not None and not least <= value <= largest:
                raise InputError(f"{option} {value}: expected a number from {least:g} to {largest:g}")

    def given(self) -> dict[str, Any]:
        """The options that were given, as ``vitreous.particles.read_particles`` takes them."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}


def with_reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter ``reading`` typer sees as the options that ``ReadingOptions`` lists."""
    names = [item.name for item in fields(ReadingOptions)]

    @wraps(command)
    def expanded(**values: Any) -> None:
        reading = ReadingOptions(**{name: values.pop(name) for name in names})
        command(**values, reading=reading)

    hints = get_type_hints(ReadingOptions, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=None, annotation=hints[name]) for name in names]
    own = [
        item.replace(kind=keyword) for name, item in inspect.signature(command).parameters.items() if name != "reading"
    ]
    signature = inspect.Signature([*own, *added], return_annotation=None)
    expanded.__signature__ = signature  # type: ignore[attr-defined]
    expanded.__annotations__ = {item.name: item.annotation for item in signature.parameters.values()}
    return expanded
