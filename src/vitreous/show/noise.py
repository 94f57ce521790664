"""The spectrum of the noise."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.show.style import FIRST, INK, SECOND, STYLE, THIRD, resolution_axis, to_svg

__all__ = ["noise_figure"]

_NAMED = 3
"""Groups that have a colour and a name; the others are grey."""


def noise_figure(
    frequencies_per_angstrom: Float[NumpyArray, " shell"],
    power: Float[NumpyArray, "groups shell"],
    names: Sequence[str],
) -> str:
    """The power of the noise over frequency, for each group of particles.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å; the first, 0, is left out.
    power
        (groups, shells) per pixel: 1 everywhere for white noise of variance 1.
    names
        Of the groups.

    Returns
    -------
    str
        SVG.
    """
    k = frequencies_per_angstrom[1:]
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.8))
        axes = figure.add_subplot()
        for number in reversed(range(len(names))):
            named = number < _NAMED
            colour = (FIRST, SECOND, INK)[number] if named else THIRD
            axes.plot(
                k, power[number, 1:], color=colour, label=names[number] if named else None, lw=1.2 if named else 0.5
            )
        axes.set(xlabel="spatial frequency (1/Å)", ylabel="noise power (per pixel)", xlim=(0, float(k[-1])))
        top = float(np.max(power[:, 1:]))
        axes.set_ylim(0, 1.15 * top if top > 0 else 1)
        if len(names) > 1:
            handles, labels = axes.get_legend_handles_labels()
            head = {"title": f"{len(names)} groups", "title_fontsize": 8, "alignment": "left"}
            axes.legend(handles[::-1], labels[::-1], loc="lower left", fontsize=8, **head)
        resolution_axis(axes)
        low, high = (float(np.mean(part)) for part in (power[:, 1 : 1 + len(k) // 4 or 2], power[:, -len(k) // 4 :]))
        return to_svg(figure, f"Noise power: {low:.3g} at low and {high:.3g} at high frequency")
