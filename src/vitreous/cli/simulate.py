"""``vitreous simulate``: particle images of a map, of atoms or of a built-in molecule, with the truth beside them."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Overwrite, Quiet, ReadingOptions, Seed, Threads

__all__ = ["LensOptions", "NoiseOptions", "RunOptions", "SpecimenOptions", "ViewOptions", "simulate"]


def _option(panel: str, name: str, metavar: str | None, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=panel)


_SPECIMEN, _VIEWS, _LENS, _NOISE = "Specimen", "Poses", "Lens", "Noise"


@dataclass(frozen=True)
class SpecimenOptions:
    """What is shown, and how many times."""

    particles: Annotated[int | None, _option(_SPECIMEN, "--particles", "N", "How many.")] = None
    like: Annotated[
        Path | None,
        _option(_SPECIMEN, "--like", "FILE", "Particles whose poses, shifts, CTF and noise are taken, row by row."),
    ] = None
    weights: Annotated[
        str | None, _option(_SPECIMEN, "--weights", "W,W,…", "How often each state is shown; equally if not given.")
    ] = None
    continuous: Annotated[
        bool, _option(_SPECIMEN, "--continuous", None, "Several coordinate files are points of one motion.")
    ] = False
    from_atoms: Annotated[
        bool, _option(_SPECIMEN, "--from-atoms", None, "Project the atoms for each particle, not the map of them.")
    ] = False
    contrast: Annotated[
        Literal["inverted", "dark"] | None,
        _option(
            _SPECIMEN, "--contrast", None, "inverted: protein white, as RELION takes it; dark: as in a micrograph."
        ),
    ] = None


@dataclass(frozen=True)
class ViewOptions:
    """Where poses are not read from a file (--poses FILE)."""

    preferred: Annotated[
        list[str] | None,
        _option(_VIEWS, "--preferred", "X,Y,Z", "Views gather about this direction; may be repeated."),
    ] = None
    concentration: Annotated[
        float, _option(_VIEWS, "--concentration", "κ", "How closely: 0 is uniform, 1/√κ the spread in radians.")
    ] = 10.0
    shift_sigma: Annotated[float, _option(_VIEWS, "--shift-sigma", "Å", "Spread of the shifts.")] = 0.0


@dataclass(frozen=True)
class LensOptions:
    """Where optics and defocus are not read from a file (--poses FILE, --ctf FILE)."""

    no_ctf: Annotated[bool, _option(_LENS, "--no-ctf", None, "Projections, without contrast transfer.")] = False
    voltage: Annotated[float, _option(_LENS, "--voltage", "kV", "Acceleration voltage.")] = 300.0
    cs: Annotated[float, _option(_LENS, "--cs", "mm", "Spherical aberration.")] = 2.7
    defocus: Annotated[
        tuple[float, float], _option(_LENS, "--defocus", "Å Å", "Least and largest defocus; uniform between.")
    ] = (10000.0, 25000.0)
    astigmatism: Annotated[float, _option(_LENS, "--astigmatism", "Å", "Largest U − V; uniform from 0.")] = 0.0
    per_micrograph: Annotated[
        int, _option(_LENS, "--per-micrograph", "N", "Particles that share a micrograph and its defocus.")
    ] = 1
    defocus_spread: Annotated[
        float, _option(_LENS, "--defocus-spread", "Å", "Spread of the defocus within a micrograph.")
    ] = 0.0
    phase_shift: Annotated[float, _option(_LENS, "--phase-shift", "DEG", "Of a phase plate.")] = 0.0
    b_factor: Annotated[float, _option(_LENS, "--b-factor", "Å²", "Amplitudes fall as exp(−B k²/4).")] = 0.0


@dataclass(frozen=True)
class NoiseOptions:
    """What the detector and the ice add."""

    noise: Annotated[
        Literal["none", "white", "coloured", "physical"] | None,
        _option(_NOISE, "--noise", None, "physical: of the ice, which the CTF colours, and of the detector."),
    ] = None
    snr: Annotated[
        float | None, _option(_NOISE, "--snr", "RATIO", "Variance of the clean image ÷ of the noise; 0.1.")
    ] = None
    dose: Annotated[
        float | None, _option(_NOISE, "--dose", "E/Å²", "Count electrons instead; a map is then in volts.")
    ] = None
    detector: Annotated[
        Literal["ideal", "direct", "k2"], _option(_NOISE, "--detector", None, "The camera that counts.")
    ] = "ideal"
    spectrum: Annotated[
        Path | None, _option(_NOISE, "--spectrum", "FILE", "For coloured noise: lines of frequency (1/Å) and power.")
    ] = None

    def __post_init__(self) -> None:
        for option, value in (("--snr", self.snr), ("--dose", self.dose)):
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"{option} {value}: expected a positive number")
        if self.snr is not None and self.dose is not None:
            raise InputError("--snr and --dose exclude each other", advice="leave one of them out")
        if self.noise == "none" and (self.snr is not None or self.dose is not None):
            raise InputError("--noise none has no --snr and no --dose", advice="leave them out")
        if self.dose is not None and self.noise not in (None, "physical"):
            raise InputError(f"--dose does not go with --noise {self.noise}", advice="leave --noise out")


@dataclass(frozen=True)
class RunOptions:
    """How the job runs."""

    seed: Seed = 0
    threads: Threads = None
    overwrite: Overwrite = False
    quiet: Quiet = False


@with_option_groups
def simulate(
    specimen: Annotated[
        list[str],
        typer.Argument(metavar="SPECIMEN...", show_default=False, help="Maps, PDB or mmCIF files; hinge or assembly."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    shown: SpecimenOptions,
    views: ViewOptions,
    lens: LensOptions,
    noise: NoiseOptions,
    reading: ReadingOptions,
    run: RunOptions,
) -> None:
    """Simulate particle images with known truth.

    Writes particles.star, particles.mrcs and truth/ (maps, poses, CTF, conformation). --poses FILE takes poses, shifts
    and CTF from the rows of a STAR, .cs or .pkl file (--ctf FILE for cryoDRGN's CTF); --like FILE repeats a set row by
    row, with the noise spectrum of its images.
    """
    from vitreous.cli.simulation import run_simulation
    from vitreous.jobs import Job, Task

    parameters = {key: value for group in (shown, views, lens, noise, reading) for key, value in asdict(group).items()}
    named = (shown.like, reading.poses, reading.ctf, noise.spectrum, *(Path(name) for name in specimen))
    inputs = tuple(path for path in named if path is not None and path.is_file())
    task = Task("simulate", {"specimen": specimen, **parameters}, inputs, run.seed, threads=run.threads)
    with Job(output, task, overwrite=run.overwrite, quiet=run.quiet) as job:
        count = run_simulation(job, specimen, shown, views, lens, noise, reading)
    print(f"{count:,} particles written to {output / 'particles.star'}")
