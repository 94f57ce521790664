"""Where particles were found in their images: the angles in the plane, and the shifts."""

import numpy as np
from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vitreous._typing import NumpyArray
from vitreous.show.style import FIRST, SECOND, STYLE, THIRD, to_svg

__all__ = ["angle_figure", "shift_figure"]

_BIN_DEG = 10
_MOST_BINS = 60


def angle_figure(psi_deg: Float[NumpyArray, " n"]) -> str:
    """How many particles lie at each angle in the plane, beside an even spread.

    Parameters
    ----------
    psi_deg
        (n,) at least one, degrees, of any turn.

    Returns
    -------
    str
        SVG.
    """
    turned = np.mod(psi_deg + 180, 360) - 180
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.6))
        axes = figure.add_subplot()
        counts, *_ = axes.hist(
            turned, bins=[float(edge) for edge in range(-180, 181, _BIN_DEG)], color=FIRST, rwidth=0.92
        )
        even = len(psi_deg) * _BIN_DEG / 360
        axes.axhline(even, color=SECOND, lw=1, ls="--", label="even")
        axes.set(xlabel="angle in the plane, psi (°)", ylabel="particles", xlim=(-180, 180))
        axes.set_xticks(np.arange(-180, 181, 60), [f"{angle}".replace("-", "−") for angle in range(-180, 181, 60)])
        axes.legend(loc="upper right", fontsize=8)
        axes.set_ylim(0, 1.22 * float(np.max(counts)))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        most = float(np.max(counts)) / even
        return to_svg(figure, f"Histogram of the angle in the plane: at most {most:.2g} times an even spread")


def shift_figure(shifts_angstrom: Float[NumpyArray, "n 2"], pixel_size_angstrom: float) -> str:
    """How many particles were moved how far along x and along y.

    Parameters
    ----------
    shifts_angstrom
        (n, 2) at least one, (x, y) in Å.
    pixel_size_angstrom
        Å/pixel: the least width of a bin.

    Returns
    -------
    str
        SVG.
    """
    reach = max(float(np.abs(shifts_angstrom).max()), pixel_size_angstrom)
    width = pixel_size_angstrom * max(1, int(np.ceil(2 * reach / pixel_size_angstrom / _MOST_BINS)))
    count = int(np.ceil(reach / width + 0.5))
    # a shift of no pixel lies in the middle of a bin
    edges = (np.arange(2 * count + 2) - count - 0.5) * width
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.6))
        axes = figure.add_subplot()
        for axis, colour, line in ((0, FIRST, "-"), (1, SECOND, "--")):
            counts, _ = np.histogram(shifts_angstrom[:, axis], edges)
            axes.stairs(counts, edges, color=colour, ls=line, lw=1.4, label="xy"[axis])
        axes.axvline(0, color=THIRD, lw=0.6, ls=":")
        axes.set(xlabel="shift onto the class (Å)", ylabel="particles", xlim=(edges[0], edges[-1]))
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper right", fontsize=8)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        spread = np.sqrt(np.mean(shifts_angstrom**2, axis=0))
        said = f"Histogram of the shifts: {spread[0]:.3g} Å along x and {spread[1]:.3g} Å along y, root mean square"
        return to_svg(figure, said)
