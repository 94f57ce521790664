"""The weights of an interpolation kernel as a table, for compiled code that cannot call it."""

import numpy as np
from jaxtyping import Float32

from vitreous.interpolation import Kernel

__all__ = ["weight_table"]


def weight_table(kernel: Kernel, rows: int) -> Float32[np.ndarray, "rows twice_taps"]:
    """The weights of all taps for places between two pixels, and what they grow by to the next row.

    Linear from row to row; 1024 rows err by 1e-7 of the kernel's curvature.
    """
    # the last row is the limit from below: a kernel may jump there
    between = np.minimum(np.arange(rows + 1) / rows, 1 - 2.0**-40)
    first = (kernel.support - 1) // 2 - 0.5 * (kernel.support % 2)
    weights = np.asarray(kernel.profile(between[:, None] + first - np.arange(kernel.support)))
    return np.ascontiguousarray(np.concatenate([weights[:-1], np.diff(weights, axis=0)], axis=1), np.float32)
