"""Which particles ``vitreous heterogeneity select`` keeps: each criterion marks rows, those of all stay."""

import csv
import sys
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity import ChoiceOptions
from vitreous.cli.heterogeneity_folder import Trained, read_trained
from vitreous.cli.printable import printable
from vitreous.cli.selection import number_list
from vitreous.heterogeneity.clusters import nearest_particles
from vitreous.particles.read import write_particles

__all__ = ["chosen_particles", "read_clusters", "write_selection"]

_CLUSTERS = "clusters.csv"


def write_selection(
    folder: Path, output: Path, choice: ChoiceOptions, analysis: Path | None, *, overwrite: bool
) -> tuple[int, int]:
    """Write the particles that are kept.

    Returns
    -------
    kept, whole : int
        How many, of how many.

    Raises
    ------
    InputError
        If a criterion cannot be read or nothing is left, or the file exists and is not to be replaced.
    """
    if output.exists() and not overwrite:
        raise InputError("the file exists", file=output, advice="give another name, or --overwrite")
    trained = read_trained(folder)
    kept = chosen_particles(trained, choice, analysis)
    chosen = trained.particles[np.flatnonzero(kept)]
    for what in write_particles(output, chosen):
        print(printable(f"vitreous: {output} has no place for {what}"), file=sys.stderr)
    return len(chosen), len(kept)


def chosen_particles(trained: Trained, choice: ChoiceOptions, analysis: Path | None = None) -> Bool[NumpyArray, " n"]:
    """The particles that every criterion keeps.

    Raises
    ------
    InputError
        If no criterion is given, one cannot be read, or nothing is left.
    """
    marked = []
    if choice.cluster is not None:
        labels = read_clusters(analysis or trained.folder / "analysis", trained.particle_count)
        marked.append(_in_clusters(labels, choice.cluster))
    if choice.near is not None:
        marked.append(_near(trained, choice))
    if choice.latent_box is not None:
        marked.append(_within(trained.latents, choice.latent_box))
    if not marked:
        raise InputError("nothing says which particles to keep", advice="give --cluster, --near or --latent-box")
    kept: NumpyArray = np.logical_and.reduce(marked)
    if not kept.any():
        raise InputError("no particle is kept by all criteria", file=trained.folder, advice="ask for more of either")
    return kept


def read_clusters(analysis: Path, count: int) -> Int64[NumpyArray, " n"]:
    """The cluster of each particle, from 1, as an analysis wrote them.

    Parameters
    ----------
    analysis
        Its folder.
    count
        How many particles there are.

    Raises
    ------
    InputError
        If there is no such table, or it is that of other particles.
    """
    path = analysis / _CLUSTERS
    if not path.is_file():
        raise InputError("there are no clusters", file=path, advice="run vitreous heterogeneity analyse first")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    try:
        labels = np.array([int(row["cluster"]) for row in rows], np.int64)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("no table of clusters", file=path, advice="run the analysis anew") from error
    if len(labels) != count:
        found = f"{len(labels):,} particles, where the training has {count:,}"
        raise InputError(found, file=path, advice="run the analysis anew")
    return labels


def _in_clusters(labels: NumpyArray, text: str) -> NumpyArray:
    kept, most = np.zeros(len(labels), bool), int(labels.max())
    for first, last in number_list(text, "--cluster"):
        if last > most:
            raise InputError(f"--cluster {text}: there is no cluster {last}", advice=f"there are 1 to {most}")
        kept |= (labels >= first) & (labels <= last)
    return kept


def _near(trained: Trained, choice: ChoiceOptions) -> NumpyArray:
    count = trained.particle_count
    spans = number_list(choice.near or "", "--near")
    wrong = max(last for _, last in spans)
    if wrong > count:
        raise InputError(f"--near {choice.near}: there is no particle {wrong}", advice=f"there are {count:,}")
    rows = [row for first, last in spans for row in range(first, last + 1)]
    if choice.count < 1:
        raise InputError(f"--count {choice.count}: expected 1 or more")
    kept = np.zeros(count, bool)
    kept[nearest_particles(trained.latents, trained.latents[np.array(rows) - 1], choice.count)] = True
    return kept


def _within(latents: NumpyArray, text: str) -> NumpyArray:
    ranges = [_range(word, text) for word in text.split(",")]
    if len(ranges) > latents.shape[1]:
        advice = f"the latent space has {latents.shape[1]} dimensions"
        raise InputError(f"--latent-box {text}: {len(ranges)} ranges", advice=advice)
    low, high = np.array(ranges).T
    inside = latents[:, : len(ranges)]
    kept: NumpyArray = np.all((inside >= low) & (inside <= high), axis=1)
    return kept


def _range(word: str, text: str) -> tuple[float, float]:
    ends = word.split(":")
    try:
        if len(ends) != 2:
            raise ValueError(word)
        low, high = float(ends[0] or "-inf"), float(ends[1] or "inf")
    except ValueError as error:
        advice = "give a range for each latent, such as -1:0.5,:,0.2:"
        raise InputError(f"--latent-box {text}: {word!r} is no range", advice=advice) from error
    if not low <= high:
        raise InputError(f"--latent-box {text}: {word!r} runs backwards")
    return low, high
