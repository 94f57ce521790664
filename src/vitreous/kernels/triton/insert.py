"""Insertion on a graphics card: a program takes some pixels of one image, and adds them to their taps atomically.

The order of additions is the card's: sums are the same to rounding from run to run, not to the last bit.
"""

import torch
import triton
import triton.language as tl
from jaxtyping import Float, Inexact

from vitreous._typing import Array, Real
from vitreous.interpolation import Kernel
from vitreous.kernels.triton._samples import BLOCK, _first, _home, _place, _weight, table_of, views_in_voxels

__all__ = ["insert_slices"]


def insert_slices(
    spectra: Inexact[Array, "*batch ky kx_half"],
    rotations: Float[Array, "*batch d d"],
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
    size: int | None = None,
    curvature_pixels: Real = 0.0,
) -> Inexact[Array, "*half_spectrum"]:
    """The adjoint of the slice, as `vitreous.projection.insert.insert_slices`, in single precision.

    G(m) = Σ_k S(k) φ(P q − m), q = Rᵀ(k, κ|k|²), over the full spectra.

    Parameters
    ----------
    spectra
        PyTorch tensor, complex or real, shape (…, box, box // 2 + 1).
    rotations
        PyTorch tensor on the same device, shape (…, 3, 3), or (…, 2, 2) for images in an image.
    kernel, padding, cutoff_cycles, size, curvature_pixels
        As there.

    Returns
    -------
    PyTorch tensor of complex64 or float32
        The half transform, shape (P, P, P // 2 + 1) or (P, P // 2 + 1).
    """
    box, dim = spectra.shape[-2], rotations.shape[-1]
    size = size or padding * box
    views = views_in_voxels(rotations, box, size, cutoff_cycles=cutoff_cycles, curvature_pixels=curvature_pixels)
    values = torch.view_as_real(spectra.to(torch.complex64).resolve_conj().contiguous())
    shape = (*(size,) * (dim - 1), size // 2 + 1)
    total = torch.zeros((*shape, 2), dtype=torch.float32, device=spectra.device)
    if len(views):
        grid = (len(views), triton.cdiv(box * (box // 2 + 1), BLOCK.value))
        table = table_of(kernel, spectra.device)
        _insert[grid](total, values, views, table, BOX=box, SIZE=size, TAPS=kernel.support, DIM=dim)
    return torch.view_as_complex(total) if spectra.is_complex() else total[..., 0].contiguous()


@triton.jit
def _insert(  # type: ignore[no-untyped-def]
    total,
    values,
    views,
    table,
    BOX: tl.constexpr,
    SIZE: tl.constexpr,
    TAPS: tl.constexpr,
    DIM: tl.constexpr,
):
    """The samples of one block of pixels, each with what its conjugate puts where both members of a pair stand."""
    image, pixel = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    columns: tl.constexpr = BOX // 2 + 1
    half: tl.constexpr = SIZE // 2 + 1
    # an image has but one layer
    layers: tl.constexpr = SIZE if DIM == 3 else 1
    depth: tl.constexpr = TAPS if DIM == 3 else 1
    kx, ky = (pixel % columns).to(tl.float32), (pixel // columns - BOX // 2).to(tl.float32)
    inside = (pixel < BOX * columns) & (kx * kx + ky * ky < tl.load(views + image * 10 + 9))
    # a column that holds both members of each pair puts in a half of either
    once = tl.where((kx == 0) | (2 * kx == BOX), 0.5, 1.0)
    at = values + 2 * (image.to(tl.int64) * BOX * columns + pixel)
    real, imag = once * tl.load(at, mask=inside, other=0.0), once * tl.load(at + 1, mask=inside, other=0.0)
    first_x, x = _first(_place(views, image, kx, ky, 0, SIZE), TAPS)
    first_y, y = _first(_place(views, image, kx, ky, 1, SIZE), TAPS)
    first_z, z = _first(_place(views, image, kx, ky, 2, SIZE), depth)
    for k in range(depth):
        for j in range(TAPS):
            weight = _weight(table, y, j, TAPS)
            if DIM == 3:
                weight *= _weight(table, z, k, TAPS)
            for i in range(TAPS):
                at_x, at_y, at_z, turned = _home(first_x + i, first_y + j, first_z + k, SIZE, layers)
                part = weight * _weight(table, x, i, TAPS)
                both = inside & ((at_x == 0) | (2 * at_x == SIZE))
                to = total + 2 * ((at_z.to(tl.int64) * SIZE + at_y) * half + at_x)
                mirrored_z = (2 * (layers // 2) - at_z + layers) % layers
                mirrored_y = (2 * (SIZE // 2) - at_y + SIZE) % SIZE
                opposite = total + 2 * ((mirrored_z.to(tl.int64) * SIZE + mirrored_y) * half + at_x)
                tl.atomic_add(to, part * real, mask=inside)
                tl.atomic_add(opposite, part * real, mask=both)
                tl.atomic_add(to + 1, turned * part * imag, mask=inside)
                tl.atomic_add(opposite + 1, -turned * part * imag, mask=both)
