"""``vitreous heterogeneity``: a latent space of particles that are not all alike, its maps, and what they tell."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from vitreous._errors import InputError
from vitreous.cli.option_groups import with_option_groups
from vitreous.cli.options import Device, Overwrite, Quiet, ReadingOptions, Resume, Seed, Threads

__all__ = [
    "CHECKS",
    "AnalysisOptions",
    "ChoiceOptions",
    "LatentOptions",
    "PlaceOptions",
    "TrainRunOptions",
    "analyse",
    "heterogeneity",
    "make_maps",
    "select_particles",
    "train",
]


class _Group(TyperGroup):
    # typer's own groups hand over a context of another class than the one that their annotation names
    context_class = typer.Context


heterogeneity = typer.Typer(cls=_Group, add_completion=False, no_args_is_help=True, rich_markup_mode="rich")
"""The command and those below it."""

CHECKS = ("null", "halves", "dimensions")
"""What ``train --checks`` can train once more for."""


@heterogeneity.callback()
def _heterogeneity() -> None:
    """Particles that are not all alike: a latent space, maps anywhere in it, and whether its motion is real."""


def _option(panel: str, name: str, metavar: str | None, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=panel)


_MODEL, _PLACES, _ANALYSIS, _CHOICE = "The model", "Which maps", "The analysis", "Which particles"


@dataclass(frozen=True)
class LatentOptions:
    """What the latent space is, and how it is found."""

    method: Annotated[
        Literal["vae", "autodecoder", "pca"],
        _option(
            _MODEL, "--method", None, "Latents from each image alone; kept for each particle; or linear, and fast."
        ),
    ] = "vae"
    decoder: Annotated[
        Literal["basis", "mlp"],
        _option(
            _MODEL, "--decoder", None, "Learned maps, or the published network of frequency and latent. Not of pca."
        ),
    ] = "basis"
    latent: Annotated[int, _option(_MODEL, "--latent", "N", "Dimensions of the latent space.")] = 8
    epochs: Annotated[int, _option(_MODEL, "--epochs", "N", "Visits of every particle.")] = 20
    mask: Annotated[
        Path | None, _option(_MODEL, "--mask", "FILE", "Where the maps may differ; around the particle if not given.")
    ] = None
    max_resolution: Annotated[
        float | None, _option(_MODEL, "--max-resolution", "Å", "Leave finer detail out; Nyquist if not given.")
    ] = None
    batch: Annotated[
        int | None, _option(_MODEL, "--batch", "N", "Particles at a time; fewer where the memory does not suffice.")
    ] = None
    no_ctf: Annotated[
        bool, _option(_MODEL, "--no-ctf", None, "The images are projections, without contrast transfer.")
    ] = False
    checks: Annotated[
        str,
        _option(
            _MODEL,
            "--checks",
            "LIST",
            "Train again for honesty: null (the particles without motion), halves (FSC of one state, held-out "
            "likelihood), dimensions (held-out likelihood of smaller spaces); all, none, or some with commas.",
        ),
    ] = "none"

    def __post_init__(self) -> None:
        for option, value in (("--latent", self.latent), ("--epochs", self.epochs), ("--batch", self.batch)):
            if value is not None and value < 1:
                raise InputError(f"{option} {value}: expected 1 or more")
        if self.max_resolution is not None and not 0 < self.max_resolution < float("inf"):
            raise InputError(f"--max-resolution {self.max_resolution:g}: expected a positive number of Å")
        if self.method == "pca" and self.decoder != "basis":
            raise InputError(f"--decoder {self.decoder} does not go with --method pca", advice="leave it out")
        for name in self.asked_checks():
            if name not in CHECKS:
                raise InputError(f"--checks {self.checks}: expected all, none, or some of {', '.join(CHECKS)}")

    def asked_checks(self) -> tuple[str, ...]:
        """The names that ``--checks`` stands for."""
        known = {"all": CHECKS, "none": ()}
        return known.get(self.checks) or tuple(word.strip() for word in self.checks.split(",") if self.checks != "none")


@dataclass(frozen=True)
class TrainRunOptions:
    """How the job runs."""

    seed: Seed = 0
    threads: Threads = None
    device: Device = "auto"
    overwrite: Overwrite = False
    resume: Resume = False
    quiet: Quiet = False


_Trained = Annotated[
    Path, typer.Argument(metavar="DIR", show_default=False, help="The folder of vitreous heterogeneity train.")
]


@heterogeneity.command()
@with_option_groups
def train(
    particles: Annotated[
        Path, typer.Argument(metavar="PARTICLES", show_default=False, help="RELION STAR or cryoSPARC .cs with poses.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", show_default=False, help="The job folder to make.")
    ],
    options: LatentOptions,
    reading: ReadingOptions,
    run: TrainRunOptions,
) -> None:
    """Find a latent space of particles whose poses are known.

    Writes latents.npy and latents_covariance.npy (in the order of the file), model.safetensors, epochs.csv and
    report.html. Images of a cryoDRGN project are read with --poses and --ctf.
    """
    from vitreous.cli.heterogeneity_training import run_training
    from vitreous.jobs import Job, Task, choose_device, use_threads

    device, threads = choose_device(run.device), use_threads(run.threads)
    # what is read again later is found from any folder
    given = {**asdict(options), **{name: _whole(value) for name, value in asdict(reading).items()}}
    files = (particles, reading.poses, reading.ctf, *(reading.passthrough or ()), options.mask)
    inputs = tuple(path for path in files if path is not None)
    task = Task("heterogeneity train", given, inputs, run.seed, device=device, threads=threads)
    with Job(output, task, overwrite=run.overwrite, resume=run.resume, quiet=run.quiet) as job:
        telling = run_training(job, particles, options, reading)
    said = f"{telling} of {options.latent} dimensions tell of the particles"
    print(f"{said}; vitreous heterogeneity analyse {output} shows them")


def _whole(value: Any) -> Any:
    """Paths from the root on; anything else as it is."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value.resolve() if isinstance(value, Path) else value


@dataclass(frozen=True)
class PlaceOptions:
    """Where maps are made."""

    z: Annotated[
        str | None, _option(_PLACES, "--z", "FILE.npy|NUMBERS", "A latent as 0.1,0.2,…, or a file of (maps × latent).")
    ] = None
    particle: Annotated[
        list[int] | None, _option(_PLACES, "--particle", "N", "The latent of this particle, from 1; may be repeated.")
    ] = None
    local: Annotated[
        bool,
        _option(
            _PLACES, "--local", None, "From the particles near by, with half maps, and not from the model alone: pca."
        ),
    ] = False


@heterogeneity.command("map")
@with_option_groups
def make_maps(
    folder: _Trained,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The job folder to make.")
    ],
    places: PlaceOptions,
    threads: Threads = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Make maps at places of the latent space: map_000.mrc, map_001.mrc … in the order asked.

    Pixel size and frame are those of the poses of the particles.
    """
    from vitreous.cli.heterogeneity_maps import run_maps
    from vitreous.jobs import Job, Task, use_threads

    files = [Path(places.z)] if places.z is not None and places.z.endswith(".npy") else []
    inputs = (folder / "run.json", *files)
    task = Task("heterogeneity map", {"folder": folder, **asdict(places)}, inputs, threads=use_threads(threads))
    with Job(output, task, overwrite=overwrite, quiet=quiet) as job:
        count = run_maps(job, folder, places)
    print(f"{count} map{'s' * (count != 1)} written to {output}")


@dataclass(frozen=True)
class AnalysisOptions:
    """What is looked at."""

    clusters: Annotated[int, _option(_ANALYSIS, "--clusters", "K", "Groups of k-means.")] = 6
    components: Annotated[int, _option(_ANALYSIS, "--components", "N", "Principal axes to go along.")] = 2
    frames: Annotated[int, _option(_ANALYSIS, "--frames", "N", "Maps of each way.")] = 10
    path: Annotated[
        str | None,
        _option(_ANALYSIS, "--path", "LIST", "Clusters that a way through the data passes; the first to the last."),
    ] = None
    umap: Annotated[
        Literal["auto", "yes", "no"],
        _option(_ANALYSIS, "--umap", None, "A plane by UMAP; auto where umap-learn is installed."),
    ] = "auto"

    def __post_init__(self) -> None:
        for option, value, least in (
            ("--clusters", self.clusters, 1),
            ("--components", self.components, 0),
            ("--frames", self.frames, 2),
        ):
            if value < least:
                raise InputError(f"{option} {value}: expected {least} or more")


@heterogeneity.command()
@with_option_groups
def analyse(
    folder: _Trained,
    analysis: AnalysisOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="The job folder to make; DIR/analysis.")
    ] = None,
    seed: Seed = 0,
    threads: Threads = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Look at a latent space: principal axes, UMAP, clusters, free energy, maps and movies along ways through it.

    Writes coordinates.npy, clusters.csv, free_energy.csv, centres/, component_1/ … and path/ with maps, movies, and
    report.html.
    """
    from vitreous.cli.heterogeneity_analysis import run_analysis
    from vitreous.jobs import Job, Task, use_threads

    target = output or folder / "analysis"
    inputs = (folder / "run.json",)
    task = Task(
        "heterogeneity analyse", {"folder": folder, **asdict(analysis)}, inputs, seed, threads=use_threads(threads)
    )
    with Job(target, task, overwrite=overwrite, quiet=quiet) as job:
        count = run_analysis(job, folder, analysis)
    print(f"{count} maps; the report is {target / 'report.html'}")


@dataclass(frozen=True)
class ChoiceOptions:
    """Which particles are kept: those that every criterion keeps."""

    cluster: Annotated[
        str | None, _option(_CHOICE, "--cluster", "LIST", "Clusters of the analysis, such as 1,3-5.")
    ] = None
    near: Annotated[
        str | None, _option(_CHOICE, "--near", "LIST", "Those nearest to these particles, such as 17,230.")
    ] = None
    count: Annotated[int, _option(_CHOICE, "--count", "N", "With --near, how many.")] = 1000
    latent_box: Annotated[
        str | None,
        _option(_CHOICE, "--latent-box", "RANGES", "Ranges of the latents in order, such as -1:0.5,:,0.2: (: is any)."),
    ] = None


@heterogeneity.command("select")
@with_option_groups
def select_particles(
    folder: _Trained,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", show_default=False, help="The particle file to write.")
    ],
    choice: ChoiceOptions,
    analysis: Annotated[
        Path | None, typer.Option("--analysis", metavar="DIR", help="Whose clusters are meant; DIR/analysis.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Keep some of the particles by where they lie in latent space, with everything that is known of them.

    OUT is of the kind that its suffix names, such as particles.star or particles.cs; images are not copied.
    """
    from vitreous.cli.heterogeneity_selection import write_selection

    kept, whole = write_selection(folder, output, choice, analysis, overwrite=overwrite)
    print(f"{kept:,} of {whole:,} particles written to {output}")
