"""How a classification went, iteration by iteration: likelihood, objective, and how many particles changed class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from vitreous.show.style import FIRST, SECOND, STYLE, THIRD, to_svg

__all__ = ["History", "likelihood_figure"]

_LEAST_PER_CENT = 0.01


@dataclass(frozen=True)
class History:
    """What each iteration told, in order.

    Parameters
    ----------
    log_likelihood, objective
        Of all images, in nats; the objective has the log-priors too.
    changed
        The share of the particles whose class changed.
    resolution_angstrom
        Of the finest frequency that was used, Å.
    """

    log_likelihood: Sequence[float]
    objective: Sequence[float]
    changed: Sequence[float]
    resolution_angstrom: Sequence[float]


def likelihood_figure(history: History, images: int, settled: float = 0.01) -> str:
    """The gain in log-likelihood and objective since the first iteration, and the share that changed class.

    Parameters
    ----------
    history
        Of at least one iteration.
    images
        How many; the gain is that of each on average.
    settled
        The share of changes below which the classes are taken to have settled.

    Returns
    -------
    str
        SVG.
    """
    number = np.arange(1, len(history.log_likelihood) + 1)
    gains = [(np.asarray(curve) - curve[0]) / max(images, 1) for curve in (history.log_likelihood, history.objective)]
    changed = np.maximum(100 * np.asarray(history.changed), _LEAST_PER_CENT)
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.8))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
        for gain, colour, line, name in zip(
            gains, (FIRST, SECOND), ("-", "--"), ("log-likelihood", "objective"), strict=True
        ):
            upper.plot(number, gain, color=colour, ls=line, marker=".", ms=4, label=name)
        upper.set(ylabel="gain (nats per image)")
        upper.legend(loc="lower right", fontsize=8)
        lower.plot(number, changed, color=FIRST, marker=".", ms=4)
        lower.axhline(100 * settled, color=THIRD, lw=0.8, ls=":")
        lower.text(0.995, 100 * settled, f"settled: {100 * settled:g} %", va="bottom", ha="right", fontsize=8,
                   transform=lower.get_yaxis_transform())  # fmt: skip
        lower.set(xlabel="iteration", ylabel="changed class (%)", yscale="log")
        lower.set(ylim=(min(0.5 * 100 * settled, 0.7 * changed.min()), 160))
        lower.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        lower.xaxis.set_major_locator(MaxNLocator(integer=True))
        said = f"{len(number)} iteration{'s' * (len(number) != 1)}: the log-likelihood rose by {gains[0][-1]:.3g} nats"
        said += (
            f" per image, and in the last iteration {100 * history.changed[-1]:.2g} % of the particles changed class"
        )
        return to_svg(figure, said)
