"""``vitreous ctf``: defocus, astigmatism and more from the Thon rings of micrographs."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Overwrite, Quiet, Resume

__all__ = ["CtfRunOptions", "CtfSearchOptions", "MicroscopeOptions", "ctf"]


def _option(panel: str, name: str, metavar: str | None, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=panel)


_MICROSCOPE, _SEARCH = "Microscope, where headers and STAR files do not say it or are wrong", "What is fitted"


@dataclass(frozen=True)
class MicroscopeOptions:
    """What a person says of the microscope; it goes before what files say."""

    pixel_size: Annotated[float | None, _option(_MICROSCOPE, "--pixel-size", "Å", "Pixel size.")] = None
    voltage: Annotated[float | None, _option(_MICROSCOPE, "--voltage", "kV", "Acceleration voltage; 300.")] = None
    cs: Annotated[float | None, _option(_MICROSCOPE, "--cs", "mm", "Spherical aberration; 2.7.")] = None
    amplitude_contrast: Annotated[
        float | None, _option(_MICROSCOPE, "--amplitude-contrast", "FRACTION", "Amplitude contrast; 0.07.")
    ] = None

    def __post_init__(self) -> None:
        for option, value, least, largest in (
            ("--pixel-size", self.pixel_size, 1e-2, 1e3),
            ("--voltage", self.voltage, 1.0, 3000.0),
            ("--cs", self.cs, 0.0, 100.0),
            ("--amplitude-contrast", self.amplitude_contrast, 0.0, 1.0),
        ):
            if value is not None and not least <= value <= largest:
                raise InputError(f"{option} {value}: expected a number from {least:g} to {largest:g}")


@dataclass(frozen=True)
class CtfSearchOptions:
    """What is looked for, and where."""

    defocus: Annotated[
        tuple[float, float], _option(_SEARCH, "--defocus", "Å Å", "Least and largest defocus that is tried.")
    ] = (3000.0, 50000.0)
    resolution: Annotated[
        tuple[float, float], _option(_SEARCH, "--resolution", "Å Å", "Coarsest and finest resolution that is used.")
    ] = (30.0, 4.0)
    phase_shift: Annotated[bool, _option(_SEARCH, "--phase-shift", None, "Fit a phase plate's shift.")] = False
    thickness: Annotated[bool, _option(_SEARCH, "--thickness", None, "Fit the thickness of the specimen.")] = False

    def __post_init__(self) -> None:
        if not 0 < self.defocus[0] < self.defocus[1] <= 1e6:
            raise InputError(f"--defocus {self.defocus[0]:g} {self.defocus[1]:g}: expected two rising numbers of Å")
        if not self.resolution[0] > self.resolution[1] > 0:
            raise InputError(
                f"--resolution {self.resolution[0]:g} {self.resolution[1]:g}: expected the coarser one, in Å, first"
            )


@dataclass(frozen=True)
class CtfRunOptions:
    """How the job runs."""

    overwrite: Overwrite = False
    resume: Resume = False
    quiet: Quiet = False


@with_option_groups
def ctf(
    micrographs: Annotated[
        list[str],
        typer.Argument(metavar="MICROGRAPHS...", show_default=False, help="MRC files, patterns, or a STAR file."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    microscope: MicroscopeOptions,
    search: CtfSearchOptions,
    run: CtfRunOptions,
) -> None:
    """Fit the contrast transfer function of micrographs to their Thon rings.

    Writes micrographs_ctf.star and report.html, where the fitted rings are drawn beside each spectrum. Micrographs
    that cannot be fitted are named in a warning and left out.
    """
    from vitreous.cli.ctf_run import run_ctf
    from vitreous.cli.micrographs import GivenOptics, find_micrographs
    from vitreous.jobs import Job, Task
    from vitreous.optics import ThonSearch

    given = GivenOptics(microscope.pixel_size, microscope.voltage, microscope.cs, microscope.amplitude_contrast)
    found = find_micrographs(micrographs, given)
    stars = [name for name in micrographs if name.lower().endswith(".star")]
    parameters = {"micrographs": micrographs, **asdict(microscope), **asdict(search)}
    task = Task("ctf", parameters, (*stars, *(item.path for item in found)))
    wanted = ThonSearch(
        *search.resolution, *search.defocus, fit_phase_shift=search.phase_shift, fit_thickness=search.thickness
    )
    with Job(output, task, overwrite=run.overwrite, resume=run.resume, quiet=run.quiet) as job:
        run_ctf(job, found, wanted)
