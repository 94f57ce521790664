"""How fast a map's amplitudes fall: ln⟨|F|⟩ over the square of the frequency, and the line whose slope is −B/4."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous.reconstruction import GuinierFit
from vitreous.show.style import FIRST, SECOND, STYLE, resolution_axis, to_svg

__all__ = ["guinier_figure"]

_BEYOND = 1.3
"""How far the plot goes beyond the fit, in frequency squared."""


def guinier_figure(fit: GuinierFit) -> str:
    """The Guinier plot of a map with its fitted line.

    Parameters
    ----------
    fit
        As `vitreous.reconstruction.guinier_fit` gives it.

    Returns
    -------
    str
        SVG.
    """
    x, y, fitted = fit.k_squared_per_angstrom2, fit.log_amplitude, fit.fitted
    limit = min(float(x[-1]), _BEYOND * float(x[fitted].max()))
    shown = np.isfinite(y) & (x <= limit) & (x > 0)
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7))
        axes = figure.add_subplot()
        axes.plot(x[shown & ~fitted], y[shown & ~fitted], "o", mfc="none", color=FIRST, ms=3, label="other shells")
        axes.plot(x[fitted], y[fitted], "o", color=FIRST, ms=3, label="fitted shells")
        ends = np.array([x[fitted].min(), x[fitted].max()])
        slope = -fit.b_factor_angstrom2 / 4
        label = f"B = {fit.b_factor_angstrom2:.0f} ± {fit.standard_error_angstrom2:.0f} Å²".replace("-", "−")
        axes.plot(ends, fit.intercept + slope * ends, color=SECOND, lw=1.8, label=label)
        axes.set(xlabel="frequency squared, 1/d² (1/Å²)", ylabel="ln of mean amplitude", xlim=(0, limit))
        axes.legend(fontsize=8)
        resolution_axis(axes, power=2)
        return to_svg(figure, f"Guinier plot of the map: amplitudes fall with a B factor of {label[4:]}")
