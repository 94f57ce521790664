"""How a training went: the bound and its two terms, what each latent dimension pays, and images that were held out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vitreous.show.style import FIRST, INK, SECOND, STYLE, THIRD, resolution_axis, to_svg

__all__ = ["dimensions_figure", "epochs_figure", "held_out_figure", "null_figure", "state_figure"]


def epochs_figure(epochs: Sequence[Mapping[str, Any]]) -> str:
    """The bound, its terms and how far the images were looked at, epoch by epoch.

    Parameters
    ----------
    epochs
        Each with ``elbo``, ``log_likelihood``, ``divergence`` (nats an image) and ``cutoff_cycles``.

    Returns
    -------
    str
        SVG.
    """
    number = [row["number"] for row in epochs]
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.8))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        for name, label, colour, line in (
            ("elbo", "bound (ELBO)", INK, "-"),
            ("log_likelihood", "likelihood", FIRST, "--"),
            ("divergence", "divergence", SECOND, "-."),
        ):
            upper.plot(number, [row[name] for row in epochs], color=colour, ls=line, marker=".", ms=4, label=label)
        upper.set(ylabel="nats per image")
        upper.legend(fontsize=8)
        lower.plot(number, [row["cutoff_cycles"] for row in epochs], color=FIRST, marker=".", ms=4)
        lower.set(xlabel="epoch", ylabel="up to\n(cycles/pixel)", ylim=(0, 0.55))
        lower.xaxis.set_major_locator(MaxNLocator(integer=True))
        last = epochs[-1]
        return to_svg(figure, f"{len(number)} epochs; at last the bound is {last['elbo']:.3g} nats per image")


def dimensions_figure(per_dimension: Sequence[float]) -> str:
    """What each latent dimension pays: how much it tells of a particle.

    Parameters
    ----------
    per_dimension
        Mean divergence of each from its prior, nats.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.6))
        axes = figure.add_subplot()
        axes.bar(np.arange(1, len(per_dimension) + 1), per_dimension, color=FIRST, width=0.7)
        axes.set(xlabel="latent dimension", ylabel="divergence (nats)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        said = ", ".join(f"{value:.2g}" for value in per_dimension)
        return to_svg(figure, f"Divergence of each latent dimension from its prior, in nats: {said}")


def held_out_figure(found: Mapping[str, Any], against: str, label: str) -> str:
    """The log-likelihood of images that were trained on and of images that were not.

    Parameters
    ----------
    found
        With ``likelihood`` and ``held_out``, nats an image above the map that all share.
    against
        The key of what they are drawn against.
    label
        Of that.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.0))
        axes = figure.add_subplot()
        axes.plot(found[against], found["likelihood"], color=FIRST, ls="--", marker="o", ms=4, label="trained on")
        axes.plot(found[against], found["held_out"], color=SECOND, marker="s", ms=4, label="held out")
        axes.axhline(0, color=THIRD, lw=0.8, ls=":")
        axes.set(xlabel=label, ylabel="log-likelihood gain\n(nats per image)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(fontsize=8)
        best = found[against][int(np.argmax(found["held_out"]))]
        return to_svg(figure, f"Likelihood of held-out images against {label}; best at {best}")


def _frequencies(axes: Axes, last: float) -> None:
    axes.set(xlabel="spatial frequency (1/Å)", xlim=(0, last))
    resolution_axis(axes)


def state_figure(states: Mapping[str, Mapping[str, Any]]) -> str:
    """The FSC of maps of one state from two trainings, each on half of the particles.

    Parameters
    ----------
    states
        By name: ``frequencies_per_angstrom``, ``fsc``, ``resolution_angstrom``.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.2))
        axes = figure.add_subplot()
        said = []
        for (name, curve), colour, line in zip(states.items(), (FIRST, SECOND), ("-", "--"), strict=True):
            k = curve["frequencies_per_angstrom"]
            axes.plot(k[1:], curve["fsc"][1:], color=colour, ls=line, label=name)
            claimed = curve["resolution_angstrom"]
            said.append(f"{name}: " + ("no resolution" if claimed is None else f"{claimed:.1f} Å"))
        for level in (0.143, 0.5):
            axes.axhline(level, color=THIRD, lw=0.8, ls=":")
        axes.set(ylabel="FSC of the two halves", ylim=(-0.1, 1.05))
        _frequencies(axes, k[-1])
        axes.legend(fontsize=8)
        return to_svg(figure, "Agreement of the maps of a state from two halves: " + "; ".join(said))


def null_figure(null: Mapping[str, Any], pixel_size_angstrom: float) -> str:
    """How much the maps vary in each shell, and how much where all particles are alike.

    Parameters
    ----------
    null
        ``by_shell`` and ``null_by_shell``: shares of the power of the mean map.
    pixel_size_angstrom
        Of the maps, Å.

    Returns
    -------
    str
        SVG.
    """
    shells = len(null["by_shell"])
    k = np.arange(shells) / (2 * (shells - 1) * pixel_size_angstrom)
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.2))
        axes = figure.add_subplot()
        axes.plot(k[1:], np.maximum(null["by_shell"][1:], 1e-8), color=FIRST, label="these particles")
        axes.plot(k[1:], np.maximum(null["null_by_shell"][1:], 1e-8), color=SECOND, ls="--", label="null set")
        axes.set(ylabel="variance of the maps ÷\npower of their mean", yscale="log")
        _frequencies(axes, float(k[-1]))
        axes.legend(fontsize=8)
        said = f"The maps vary by {null['share']:.2g} of their power, those of the null set by {null['null_share']:.2g}"
        return to_svg(figure, said)
