"""A latent space as pictures: particles in a plane, their energy, how sure their places are, what explains them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.free_energy import FreeEnergy
from vitreous.show.style import FIRST, INK, SECOND, STYLE, THIRD, to_svg

__all__ = ["Colouring", "confounds_figure", "energy_figure", "scatter_figure", "uncertainty_figure"]

_MOST_POINTS = 20_000
_DPI = 110
_ELLIPSES = 40
_SIGMAS = 2.0
_HIGHEST_ENERGY = 6.0
_SHOWN = (0.2, 99.8)


@dataclass(frozen=True, eq=False)
class Colouring:
    """What the colour of particles says."""

    name: str
    """With its unit, for the scale."""
    values: Float[NumpyArray, " n"]
    """One for each particle."""
    cyclic: bool = False
    """Whether the ends are one, as of an angle."""


def scatter_figure(plane: Float[NumpyArray, "n 2"], colouring: Colouring, names: tuple[str, str]) -> str:
    """Particles in a plane of latent space, coloured.

    Parameters
    ----------
    plane
        Coordinates, shape (n, 2).
    colouring
        Of the particles.
    names
        Of the axes.

    Returns
    -------
    str
        SVG; of more than 20,000 particles a part, drawn at random.
    """
    rows = np.random.default_rng(0).permutation(len(plane))[:_MOST_POINTS]
    values = colouring.values[rows].astype(np.float64)
    low, high = np.percentile(values, [1, 99])
    size = float(np.clip(120 / np.sqrt(len(rows)), 0.6, 9))
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7), dpi=_DPI)
        axes = figure.add_subplot()
        drawn = axes.scatter(
            plane[rows, 0],
            plane[rows, 1],
            c=values,
            s=size,
            lw=0,
            cmap="twilight" if colouring.cyclic else "viridis",
            vmin=low,
            vmax=high if high > low else low + 1,
            rasterized=True,
        )
        bar = figure.colorbar(drawn, ax=axes, shrink=0.85)
        bar.outline.set_visible(False)
        bar.set_label(colouring.name)
        _plane(axes, plane, names)
        return to_svg(figure, f"{len(plane)} particles in latent space, coloured by {colouring.name}")


def _plane(axes: Axes, plane: NumpyArray, names: tuple[str, str]) -> None:
    """Axes around nearly all particles."""
    low, high = np.percentile(plane, _SHOWN, axis=0)
    margin = 0.08 * np.maximum(high - low, 1e-9)
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))


def energy_figure(
    energy: FreeEnergy,
    centres: Float[NumpyArray, "k 2"],
    ways: Mapping[str, Float[NumpyArray, "_ 2"]],
    names: tuple[str, str],
) -> str:
    """−ln ρ of a plane, with the centres of the clusters by their numbers and ways through it.

    Parameters
    ----------
    energy
        Of the plane.
    centres
        Of the clusters, in the plane.
    ways
        Places in order, by the name of the way.
    names
        Of the axes.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7), dpi=_DPI)
        axes = figure.add_subplot()
        drawn = axes.pcolormesh(
            energy.x, energy.y, energy.energy, cmap="viridis_r", vmin=0, vmax=_HIGHEST_ENERGY, rasterized=True
        )
        bar = figure.colorbar(drawn, ax=axes, shrink=0.85)
        bar.outline.set_visible(False)
        bar.set_label("−ln ρ (kT)")
        for (name, way), colour, line in zip(ways.items(), (SECOND, INK, THIRD), ("-", "--", ":"), strict=False):
            axes.plot(*way.T, color=colour, ls=line, marker=".", ms=4, label=name)
        for number, centre in enumerate(centres, 1):
            axes.text(centre[0], centre[1], str(number), ha="center", va="center", fontsize=8, weight="bold",
                      bbox={"boxstyle": "circle,pad=0.15", "fc": "#fdfdfb", "ec": "none", "alpha": 0.85},
                      color="#22262b")  # fmt: skip
        axes.set(xlabel=names[0], ylabel=names[1])
        if ways:
            figure.legend(loc="outside lower center", ncols=3, fontsize=8)
        return to_svg(figure, f"Energy −ln ρ over a plane of latent space, with {len(centres)} cluster centres")


def uncertainty_figure(
    plane: Float[NumpyArray, "n 2"], covariance: Float[NumpyArray, "n 2 2"], names: tuple[str, str]
) -> str:
    """Some particles with the ellipses in which their true places lie with 86 % probability (two standard deviations).

    Parameters
    ----------
    plane
        Coordinates, shape (n, 2).
    covariance
        Of these, shape (n, 2, 2).
    names
        Of the axes.

    Returns
    -------
    str
        SVG.
    """
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(plane))
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7), dpi=_DPI)
        axes = figure.add_subplot()
        axes.scatter(
            plane[rows[:_MOST_POINTS], 0], plane[rows[:_MOST_POINTS], 1], s=1, lw=0, color=THIRD, rasterized=True
        )
        for row in rows[:_ELLIPSES]:
            values, vectors = np.linalg.eigh(covariance[row])
            width, height = 2 * _SIGMAS * np.sqrt(np.maximum(values[::-1], 0))
            angle = float(np.rad2deg(np.arctan2(vectors[1, 1], vectors[0, 1])))
            place = (float(plane[row, 0]), float(plane[row, 1]))
            axes.add_patch(Ellipse(place, width, height, angle=angle, fill=False, ec=FIRST, lw=0.8))
        _plane(axes, plane, names)
        return to_svg(figure, f"How sure the places of {min(_ELLIPSES, len(rows))} particles are, as ellipses")


def confounds_figure(found: Mapping[str, Any], labels: Sequence[str]) -> str:
    """How much of each latent the view, the defocus and so on explain, with what chance explains.

    Parameters
    ----------
    found
        By name: ``share``, R² of each latent, and ``chance``.
    labels
        Of the latents.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 0.9 + 0.42 * len(found)))
        axes = figure.add_subplot()
        for row, values in enumerate(found.values()):
            shares = 100 * np.array(values["share"])
            # the first latents, which move the maps most, are the largest marks
            sizes = np.geomspace(60, 10, len(shares)) if len(shares) > 1 else [60]
            axes.scatter(shares, np.full(len(shares), row), s=sizes, color=FIRST, alpha=0.7, lw=0)
            axes.plot([100 * values["chance"]] * 2, [row - 0.35, row + 0.35], color=SECOND, lw=1.6)
        axes.set(yticks=range(len(found)), yticklabels=list(found), xlim=(-2, 102), ylim=(len(found) - 0.5, -0.5))
        axes.set(xlabel="explained variance of a latent, R² (%)")
        axes.tick_params(left=False)
        said = "; ".join(f"{name}: at most {100 * max(value['share']):.0f} %" for name, value in found.items())
        return to_svg(figure, f"What explains the latents {', '.join(labels[:3])} … beside the molecule. {said}")
