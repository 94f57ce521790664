"""``vitreous downsample``: the same particles in smaller images."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Overwrite, Quiet

__all__ = ["SourceOptions", "downsample"]


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel="Where the particle file is not enough")


@dataclass(frozen=True)
class SourceOptions:
    """What a person adds to a particle file; ``--box`` is the new box here, the images say the old one."""

    images: Annotated[Path | None, _option("--images", "DIR", "Folder of the image files.")] = None
    pixel_size_angstrom: Annotated[float | None, _option("--pixel-size", "Å", "Pixel size of the images.")] = None
    passthrough: Annotated[
        list[Path] | None, _option("--passthrough", "FILE", "cryoSPARC file with more columns; may be repeated.")
    ] = None
    poses: Annotated[Path | None, _option("--poses", "FILE", "cryoDRGN pickle with the poses.")] = None
    ctf: Annotated[Path | None, _option("--ctf", "FILE", "cryoDRGN pickle with the CTF.")] = None


@with_option_groups
def downsample(
    source: Annotated[
        Path, typer.Argument(metavar="PARTICLES", show_default=False, help="A .star, .cs, .mrcs or .txt file.")
    ],
    box: Annotated[int, typer.Option("--box", metavar="N", show_default=False, help="Edge of the new images, pixels.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    reading: SourceOptions,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Make smaller images of the same particles by Fourier cropping.

    Writes particles.mrcs and particles.star, with the new pixel size in every optics group and the name of each image
    that was cropped. Shifts and defocus, in Å, stay as they are.
    """
    from vitreous.jobs import Job, Task
    from vitreous.particles import read_particles
    from vitreous.particles.downsample import downsampled_group, write_downsampled

    if reading.pixel_size_angstrom is not None and not 0 < reading.pixel_size_angstrom < float("inf"):
        raise InputError(f"--pixel-size {reading.pixel_size_angstrom:g}: expected a positive length")
    given = {name: value for name, value in asdict(reading).items() if value is not None}
    particles = read_particles(source, **given)
    if not len(particles):
        raise InputError("there are no particles", file=source)
    for group in particles.groups_in_use:
        downsampled_group(group, box)  # before a folder is made
    named = (source, *(reading.passthrough or ()), reading.poses, reading.ctf)
    task = Task("downsample", {"particles": source, "box": box, **asdict(reading)}, tuple(filter(None, named)))
    with Job(output, task, overwrite=overwrite, quiet=quiet) as job:
        made = write_downsampled(job, particles, box)
        sizes = sorted({round(group.pixel_size_angstrom or 0, 6) for group in made.groups_in_use})
        job.record.figures |= {"particles": len(made), "box": box, "pixel_size_angstrom": sizes}
    pixels = " and ".join(f"{size:.5g}" for size in sizes)
    print(f"{len(made):,} particles of {box} × {box} pixels, {pixels} Å/pixel, written to {output / 'particles.star'}")
