"""The resolution from place to place, in colour, on the three sections through the origin."""

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps, rc_context
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.show.style import STYLE, to_svg

__all__ = ["local_resolution_figure"]

_AXES = ((0, "x", "y"), (1, "x", "z"), (2, "y", "z"))
"""Axis of the array along which is looked; to the right and up, as letters."""


def local_resolution_figure(local_angstrom: Float[NumpyArray, "z y x"], pixel_size_angstrom: float) -> str:
    """Three sections coloured by the local resolution, from the 5th to the 95th percentile; bright is fine.

    Parameters
    ----------
    local_angstrom
        Shape (z, y, x), Å; NaN outside the mask.
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    str
        SVG.
    """
    shape = local_angstrom.shape
    low, high = (float(value) for value in np.nanpercentile(local_angstrom, [5, 95]))
    places = np.argwhere(np.isfinite(local_angstrom)) - np.array(shape) // 2
    reach = (float(np.abs(places).max()) + 1.5) * pixel_size_angstrom
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.3))
        panels = figure.subplots(1, 3)
        for panel, (axis, right, up) in zip(panels, _AXES, strict=True):
            section = np.take(local_angstrom, shape[axis] // 2, axis=axis)
            start = -(np.array(section.shape) // 2 + 0.5) * pixel_size_angstrom
            end = start + np.array(section.shape) * pixel_size_angstrom
            picture = panel.imshow(
                section,
                cmap=colormaps["viridis_r"],
                vmin=low,
                vmax=max(high, low + 1e-3),
                origin="lower",
                interpolation="nearest",
                extent=(start[1], end[1], start[0], end[0]),
            )
            panel.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], xlabel=f"{right} →")
            panel.set_ylabel(f"{up} →", labelpad=2)
            panel.spines[:].set_visible(False)
        figure.colorbar(picture, ax=panels, orientation="horizontal", shrink=0.7, label="local resolution (Å)")
        title = f"Local resolution in three sections: {low:.1f} to {high:.1f} Å"
        return to_svg(figure, title)
