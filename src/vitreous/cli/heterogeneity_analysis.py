"""The run of ``vitreous heterogeneity analyse``: axes, clusters, energy, maps at centres and along ways, movies."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Float32, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity import AnalysisOptions
from vitreous.cli.heterogeneity_folder import Trained, read_trained
from vitreous.cli.heterogeneity_maps import maps_one_by_one
from vitreous.cli.heterogeneity_results import write_array
from vitreous.cli.reconstruction_results import write_maps
from vitreous.cli.selection import number_list
from vitreous.heterogeneity.analysis import LatentAxes, has_umap, latent_axes, umap_plane
from vitreous.heterogeneity.clusters import Clusters, k_means
from vitreous.heterogeneity.free_energy import FreeEnergy, free_energy
from vitreous.heterogeneity.paths import along_path, graph_path
from vitreous.heterogeneity.traversal import along_component
from vitreous.jobs import Job
from vitreous.reconstruction.mask import contour_level

if TYPE_CHECKING:
    from vitreous.show.heterogeneity import LatentShown

__all__ = ["anchors_of", "run_analysis"]

_TITLES = {"path": "Path through the data"}


def run_analysis(job: Job, folder: Path, options: AnalysisOptions) -> int:
    """Analyse a latent space into an entered job.

    Parameters
    ----------
    job
        Entered.
    folder
        Of the training.
    options
        What is looked at.

    Returns
    -------
    int
        How many maps were written.

    Raises
    ------
    InputError
        If the folder is not that of a training, or an option does not fit it.
    """
    trained = read_trained(folder)
    latents, seed = trained.latents, job.task.seed or 0
    axes = latent_axes(latents)
    clusters = k_means(latents, options.clusters, seed=seed)
    coordinates = axes.coordinates(latents)
    energy = free_energy(coordinates[:, :2]) if latents.shape[1] > 1 else None
    umap = _umap(job, latents, options, seed)
    _write_tables(job, coordinates, clusters, energy, umap)
    places = _ways(latents, axes, clusters, options)
    centre_maps, ways = _write_all_maps(job, trained, latents[clusters.middles], places)
    contour = contour_level(centre_maps.mean(axis=0), np.ones(centre_maps.shape[1:], np.float32))
    _write_movies(job, ways, contour)
    count = len(centre_maps) + sum(len(maps) for maps in ways.values())
    shares = axes.variances / max(axes.variances.sum(), 1e-30)
    job.record.figures |= {
        "maps": count,
        "clusters": clusters.members.tolist(),
        "middle_particles": (clusters.middles + 1).tolist(),
        "variance_shares": shares.tolist(),
        "contour": contour,
    }
    _write_report(job, trained, axes, clusters, energy, umap, (centre_maps, ways, places))
    return count


def anchors_of(clusters: Clusters, path: str | None) -> Int64[NumpyArray, " a"]:
    """The particles in the middle of the clusters that a path passes.

    Parameters
    ----------
    clusters
        k of them.
    path
        Their numbers, from 1; None: the first and the last.

    Raises
    ------
    InputError
        If there is no such cluster, or but one.
    """
    count = len(clusters.members)
    if path is None:
        numbers = [1, count]
    else:
        numbers = [first for first, last in number_list(path, "--path") if first == last]
        if len(numbers) != len(path.split(",")) or len(numbers) < 2:
            raise InputError(f"--path {path}: expected two or more numbers of clusters, such as 1,4,2")
        wrong = next((number for number in numbers if number > count), None)
        if wrong is not None:
            raise InputError(f"--path {path}: there is no cluster {wrong}", advice=f"there are 1 to {count}")
    anchors: NumpyArray = clusters.middles[np.array(numbers) - 1]
    return anchors


def _umap(job: Job, latents: NumpyArray, options: AnalysisOptions, seed: int) -> Float32[NumpyArray, "n 2"] | None:
    if options.umap == "no":
        return None
    if options.umap == "auto" and not has_umap():
        job.log('no UMAP: umap-learn is not installed; pip install "vitreous[analysis]" brings it')
        return None
    return umap_plane(latents, seed=seed)


def _ways(
    latents: NumpyArray, axes: LatentAxes, clusters: Clusters, options: AnalysisOptions
) -> dict[str, Float[NumpyArray, "m d"]]:
    """The latents of each way, by the name of its folder."""
    if options.components > latents.shape[1]:
        advice = f"the latent space has {latents.shape[1]} dimensions"
        raise InputError(f"--components {options.components}", advice=advice)
    places = {
        f"component_{i + 1}": along_component(latents, axes, i, options.frames) for i in range(options.components)
    }
    anchors = anchors_of(clusters, options.path)
    if len(np.unique(anchors)) > 1:
        places["path"] = along_path(latents, graph_path(latents, anchors), options.frames)
    return places


def _write_tables(
    job: Job,
    coordinates: NumpyArray,
    clusters: Clusters,
    energy: FreeEnergy | None,
    umap: NumpyArray | None,
) -> None:
    write_array(job, "coordinates", coordinates.astype(np.float32))
    if umap is not None:
        write_array(job, "umap", umap)
    with job.write("clusters.csv") as path, path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["particle", "cluster"])
        writer.writerows([number, label] for number, label in enumerate(clusters.labels.tolist(), 1))
    if energy is None:
        return
    with job.write("free_energy.csv") as path, path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["axis_1", "axis_2", "density", "energy_kt"])
        x, y = np.meshgrid(energy.x, energy.y)
        rows = zip(x.flat, y.flat, energy.density.flat, energy.energy.flat, strict=True)
        writer.writerows([f"{value:.6g}" for value in row] for row in rows)


def _write_all_maps(
    job: Job, trained: Trained, middles: NumpyArray, places: dict[str, NumpyArray]
) -> tuple[Float32[NumpyArray, "k n n n"], dict[str, Float32[NumpyArray, "m n n n"]]]:
    """The maps of the middles of the clusters, and those of each way."""
    wanted = {"centres": middles, **places}
    found = {}
    with job.progress("maps", sum(map(len, wanted.values())), unit="maps") as advance:
        for name, latents in wanted.items():
            maps = []
            for number, volume in enumerate(maps_one_by_one(trained, latents)):
                write_maps(job, {f"{name}/map_{number:03d}": volume}, trained.model.pixel_size_angstrom)
                maps.append(volume)
                advance(1)
            found[name] = np.stack(maps)
            write_array(job, f"{name}/latents", latents.astype(np.float32))
    return found.pop("centres"), found


def _write_movies(job: Job, ways: dict[str, NumpyArray], contour: float) -> None:
    from vitreous.show.movie import movie_bytes

    for name, maps in ways.items():
        with job.write(f"{name}/movie.webp") as path:
            path.write_bytes(movie_bytes(maps, contour))


def _shown(trained: Trained) -> "LatentShown":
    """What the training's own folder tells of it."""
    from vitreous.show.heterogeneity import LatentShown

    figures = trained.record.figures
    return LatentShown(
        trained.latents,
        trained.covariance,
        trained.particles,
        trained.model.pixel_size_angstrom,
        epochs=trained.epochs(),
        checks={name.removeprefix("check_"): found for name, found in figures.items() if name.startswith("check_")},
        confounds=figures["confounds"],
    )


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("component_", "Along axis ")


def _write_report(
    job: Job,
    trained: Trained,
    axes: LatentAxes,
    clusters: Clusters,
    energy: FreeEnergy | None,
    umap: NumpyArray | None,
    made: tuple[NumpyArray, dict[str, NumpyArray], dict[str, NumpyArray]],
) -> None:
    """Write ``report.html``."""
    from vitreous.show.heterogeneity import AnalysisShown, Way, analysis_report  # it brings in matplotlib

    (centre_maps, ways, places), record = made, trained.record
    covariance = None if trained.covariance is None else axes.covariances(trained.covariance)
    shown = AnalysisShown(
        _shown(trained),
        coordinates=axes.coordinates(trained.latents),
        covariance=covariance,
        shares=axes.variances / max(axes.variances.sum(), 1e-30),
        energy=energy,
        clusters=clusters,
        centres=axes.coordinates(clusters.centres),
        centre_maps=centre_maps,
        ways=[Way(_title(name), axes.coordinates(places[name]), maps) for name, maps in ways.items()],
        contour=job.record.figures["contour"],
        umap=umap,
    )
    with job.write("report.html") as path:
        path.write_text(analysis_report(shown, job.record, record), encoding="utf-8")
