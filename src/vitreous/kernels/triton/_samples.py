"""What slice and insertion share: where a sample lies, how the kernel weighs its taps, and where a tap is stored."""

import torch
import triton
import triton.language as tl
from jaxtyping import Float32

from vitreous._typing import Array, Real
from vitreous.interpolation import Kernel
from vitreous.kernels._table import weight_table

__all__ = ["BLOCK", "ROWS", "table_of", "views_in_voxels"]

BLOCK = tl.constexpr(128)
"""Pixels of one image that a program takes."""
ROWS = tl.constexpr(1024)
"""Of the tables of weights."""


def views_in_voxels(
    rotations: Array, box: int, size: int, *, cutoff_cycles: Real, curvature_pixels: Real
) -> Float32[Array, "m 10"]:
    """What kx, ky and kx² + ky² in pixels are in voxels (x, y, z), and the kx² + ky² that all samples are below."""
    dim = rotations.shape[-1]
    flat = rotations.reshape(-1, dim, dim).to(torch.float32) * (size / box)
    views = torch.zeros((len(flat), 10), dtype=torch.float32, device=rotations.device)
    axes = views[:, :9].view(-1, 3, 3)
    axes[:, :2, :dim] = flat[:, :2]
    if dim == 3:
        axes[:, 2] = flat[:, 2] * (curvature_pixels / box)
    views[:, 9] = (float(min(cutoff_cycles, 1.0)) * box * (1 - 1e-6)) ** 2
    return views


def table_of(kernel: Kernel, device: torch.device) -> Float32[Array, "rows twice_taps"]:
    """The weights of the taps along one axis."""
    return torch.from_numpy(weight_table(kernel, ROWS.value)).to(device)


@triton.jit
def _place(views, image, kx, ky, axis, SIZE: tl.constexpr):  # type: ignore[no-untyped-def]
    """One coordinate of samples in voxels from the origin, within half a period."""
    at = views + image * 10 + axis
    x = tl.load(at) * kx + tl.load(at + 3) * ky + tl.load(at + 6) * (kx * kx + ky * ky)
    return x - SIZE * tl.floor(x / SIZE + 0.5)


@triton.jit
def _first(x, TAPS: tl.constexpr):  # type: ignore[no-untyped-def]
    """The first tap, and how far the sample lies beyond the pixel below it."""
    shifted = x + 0.5 * (TAPS % 2)
    below = tl.floor(shifted)
    return below.to(tl.int32) - (TAPS - 1) // 2, shifted - below


@triton.jit
def _weight(table, between, tap, TAPS: tl.constexpr):  # type: ignore[no-untyped-def]
    """The weight of one tap, from the table."""
    at = between * ROWS
    row = tl.minimum(at.to(tl.int32), ROWS - 1)
    place = table + row * (2 * TAPS) + tap
    return tl.load(place) + (at - row.to(tl.float32)) * tl.load(place + TAPS)


@triton.jit
def _home(x, y, z, SIZE: tl.constexpr, LAYERS: tl.constexpr):  # type: ignore[no-untyped-def]
    """Where the value at a tap stands in the half transform (z, y, x), and −1 where it is the conjugate's."""
    # whole periods keep remainders from negative numbers, on which languages differ
    x = (x + SIZE // 2 + 2 * SIZE) % SIZE - SIZE // 2
    turned = tl.where(x < 0, -1, 1)
    y = (turned * y + SIZE // 2 + 2 * SIZE) % SIZE
    z = (turned * z + LAYERS // 2 + 2 * LAYERS) % LAYERS
    return tl.abs(x), y, z, turned.to(tl.float32)
