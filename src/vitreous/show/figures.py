"""Small figures with labelled axes and units, as SVG text that stands in a page."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vitreous.show.style import FIRST, SECOND, STYLE, THIRD, resolution_axis, to_svg

__all__ = ["histogram_figure", "profile_figure", "ring_figure"]

_GREY_LEVELS = 8
"""On either side of middle grey."""


def ring_figure(picture: Float[np.ndarray, "box box"], pixel_size_angstrom: float, resolution_angstrom: float) -> str:
    """The rings of a spectrum on the left, those of the fit on the right, with the resolution of the fit as a circle.

    Parameters
    ----------
    picture
        As `vitreous.optics.ring_picture` gives it.
    pixel_size_angstrom
        Of the spectrum, Å.
    resolution_angstrom
        Of the fit, Å. The figure ends a little beyond it.

    Returns
    -------
    str
        SVG.
    """
    nyquist, edge = 0.5 / pixel_size_angstrom, 1.15 / resolution_angstrom
    edge = min(max(edge, 0.1), nyquist)
    with rc_context(STYLE):
        figure = Figure(figsize=(3.7, 3.6))
        axes = figure.add_subplot()
        half = nyquist / picture.shape[0]
        extent = (-nyquist - half, nyquist - half, -nyquist - half, nyquist - half)
        levels = np.round(picture * _GREY_LEVELS) / _GREY_LEVELS  # which makes the file small
        axes.imshow(levels, cmap="gray", vmin=-1, vmax=1, origin="lower", extent=extent, interpolation="nearest")
        around = np.linspace(0, 2 * np.pi, 200)
        axes.plot(np.cos(around) / resolution_angstrom, np.sin(around) / resolution_angstrom, color=SECOND, ls="--")
        axes.set(xlim=(-edge, edge), ylim=(-edge, edge), xlabel="kx (1/Å)", ylabel="ky (1/Å)")
        axes.text(0.02, 1.01, "spectrum", transform=axes.transAxes)
        axes.text(0.98, 1.01, "fit", transform=axes.transAxes, ha="right")
        title = f"Thon rings of the spectrum and of the fit, which agree up to {resolution_angstrom:.1f} Å"
        return to_svg(figure, title)


def profile_figure(
    frequency: Float[np.ndarray, " bin"],
    observed: Float[np.ndarray, " bin"],
    fitted: Float[np.ndarray, " bin"],
    correlation: Float[np.ndarray, " bin"],
    resolution_angstrom: float,
) -> str:
    """The equiphase average of a spectrum, that of the fit, and how far they agree.

    Parameters
    ----------
    frequency
        1/Å.
    observed, fitted, correlation
        As `vitreous.optics.ring_profile` gives them.
    resolution_angstrom
        Of the fit, Å.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.6))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        near = frequency <= max(1.3 / resolution_angstrom, frequency[0] + 0.1)
        height = np.abs(observed[near]).max()
        envelope = _envelope(observed, len(frequency) // 12 + 3)
        upper.plot(frequency, observed / height, color=FIRST, label="spectrum")
        upper.plot(frequency, fitted * envelope / height, color=SECOND, lw=0.8, label="fit")
        upper.set(ylabel="rings (relative)", ylim=(-1.1, 1.5))
        upper.legend(loc="upper right", ncols=2, fontsize=8)
        lower.plot(frequency, correlation, color=THIRD)
        lower.axhline(0.5, color=THIRD, lw=0.6, ls=":")
        lower.set(xlabel="frequency (1/Å)", ylabel="correlation", ylim=(-0.4, 1.05), xlim=(0, frequency[near][-1]))
        for axes in (upper, lower):
            axes.axvline(1 / resolution_angstrom, color=SECOND, lw=0.8, ls="--")
        resolution_axis(upper)
        title = f"Spectrum averaged along lines of equal phase, and the fit, which holds to {resolution_angstrom:.1f} Å"
        return to_svg(figure, title)


def histogram_figure(values: Sequence[float], label: str, unit: str, counted: str) -> str:
    """How often each value occurs.

    Parameters
    ----------
    values
        At least one.
    label, unit
        Of the values, for the axis.
    counted
        What is counted, in the plural.

    Returns
    -------
    str
        SVG.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.6))
        axes = figure.add_subplot()
        axes.hist(values, bins=min(40, max(5, round(len(values) ** 0.5) * 2)), color=FIRST, rwidth=0.92)
        axes.set(xlabel=f"{label} ({unit})", ylabel=counted)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        title = f"Histogram of {label}: {min(values):.3g} to {max(values):.3g} {unit}, {len(values)} {counted}"
        return to_svg(figure, title)


def _envelope(values: Float[np.ndarray, " bin"], window: int) -> Float[np.ndarray, " bin"]:
    """The strength of an oscillation around each place: √2 times its spread within a window."""
    ones = np.ones(window)
    power = np.convolve(values**2, ones, mode="same") / np.convolve(np.ones(len(values)), ones, mode="same")
    found: Float[np.ndarray, " bin"] = np.sqrt(2 * power)
    return found
