"""What direct inversion must move through memory: the limit that its speed is held against."""

import math

__all__ = ["traffic_bytes"]

_NEIGHBOURS = 8
"""Voxels that a sample is spread over by linear interpolation."""
_VOXEL_BYTES = 8 + 4
"""Numerator, complex64; denominator, float32."""


def traffic_bytes(box: int, cutoff_cycles: float = 0.5) -> int:
    """The bytes that one image moves through memory on its way into a map.

    N² pixels are read (float32), the half spectrum of N (N/2 + 1) coefficients is written and read (complex64), and
    each of the π (N k)²/2 samples within the cut-off k reads and writes the 8 voxels around it. Cache lines are taken
    to be used whole and never to be found in the cache: a real machine may be on either side of this.

    Parameters
    ----------
    box
        N, the edge of the image in pixels.
    cutoff_cycles
        k, cycles/pixel.

    Returns
    -------
    int
        Bytes.

    References
    ----------
    Williams, Waterman and Patterson, Commun. ACM 52, 65 (2009), for a machine's limit from its bytes and operations.
    """
    samples = math.pi * (box * cutoff_cycles) ** 2 / 2
    spectrum = 2 * 8 * box * (box // 2 + 1)
    return round(4 * box**2 + spectrum + 2 * samples * _NEIGHBOURS * _VOXEL_BYTES)
