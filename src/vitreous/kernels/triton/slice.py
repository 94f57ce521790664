"""Central slices on a graphics card: a program takes some pixels of one image, and reads their taps where they lie."""

import torch
import triton
import triton.language as tl
from jaxtyping import Complex, Complex64, Float

from vitreous._typing import Array, Real
from vitreous.interpolation import Kernel
from vitreous.kernels.triton._samples import BLOCK, _first, _home, _place, _weight, table_of, views_in_voxels

__all__ = ["slice_transform"]


def slice_transform(
    transform: Complex[Array, "*half_spectrum"],
    rotations: Float[Array, "*batch d d"],
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
    curvature_pixels: Real = 0.0,
) -> Complex64[Array, "*batch ky kx_half"]:
    """The central slices of a map, as `vitreous.projection.slice.slice_transform`, in single precision.

    F₂(k) = Σ_m T(m) φ(p n q − m), q = Rᵀ(k, κ|k|²).

    Parameters
    ----------
    transform
        PyTorch tensor, the half transform of a real map or image.
    rotations
        PyTorch tensor on the same device, shape (…, 3, 3) for a map, (…, 2, 2) for an image.
    box
        Edge of the images in pixels.
    kernel, padding, cutoff_cycles, curvature_pixels
        As there.

    Returns
    -------
    PyTorch tensor of complex64
        Half spectra, shape (…, box, box // 2 + 1).

    Raises
    ------
    ValueError
        If the transform is not padded so many times.
    """
    size, dim, columns = transform.shape[0], rotations.shape[-1], box // 2 + 1
    if size % padding:
        raise ValueError(f"a transform of {size} voxels was not padded {padding} times")
    views = views_in_voxels(rotations, box, size, cutoff_cycles=cutoff_cycles, curvature_pixels=curvature_pixels)
    images = torch.zeros((len(views), box, columns, 2), dtype=torch.float32, device=transform.device)
    volume = torch.view_as_real(transform.to(torch.complex64).resolve_conj().contiguous())
    if len(views):
        grid = (len(views), triton.cdiv(box * columns, BLOCK.value))
        table = table_of(kernel, transform.device)
        _slice[grid](images, volume, views, table, BOX=box, SIZE=size, TAPS=kernel.support, DIM=dim)
    return torch.view_as_complex(images).reshape(*rotations.shape[:-2], box, columns)


@triton.jit
def _slice(  # type: ignore[no-untyped-def]
    images,
    volume,
    views,
    table,
    BOX: tl.constexpr,
    SIZE: tl.constexpr,
    TAPS: tl.constexpr,
    DIM: tl.constexpr,
):
    """The samples of one block of pixels."""
    image, pixel = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    columns: tl.constexpr = BOX // 2 + 1
    half: tl.constexpr = SIZE // 2 + 1
    # an image has but one layer
    layers: tl.constexpr = SIZE if DIM == 3 else 1
    depth: tl.constexpr = TAPS if DIM == 3 else 1
    kx, ky = (pixel % columns).to(tl.float32), (pixel // columns - BOX // 2).to(tl.float32)
    inside = (pixel < BOX * columns) & (kx * kx + ky * ky < tl.load(views + image * 10 + 9))
    first_x, x = _first(_place(views, image, kx, ky, 0, SIZE), TAPS)
    first_y, y = _first(_place(views, image, kx, ky, 1, SIZE), TAPS)
    first_z, z = _first(_place(views, image, kx, ky, 2, SIZE), depth)
    real, imag = tl.zeros((BLOCK,), tl.float32), tl.zeros((BLOCK,), tl.float32)
    for k in range(depth):
        for j in range(TAPS):
            weight = _weight(table, y, j, TAPS)
            if DIM == 3:
                weight *= _weight(table, z, k, TAPS)
            for i in range(TAPS):
                at_x, at_y, at_z, turned = _home(first_x + i, first_y + j, first_z + k, SIZE, layers)
                at = volume + 2 * ((at_z.to(tl.int64) * SIZE + at_y) * half + at_x)
                part = weight * _weight(table, x, i, TAPS)
                real += part * tl.load(at, mask=inside, other=0.0)
                imag += turned * part * tl.load(at + 1, mask=inside, other=0.0)
    to = images + 2 * (image.to(tl.int64) * BOX * columns + pixel)
    tl.store(to, real, mask=inside)
    tl.store(to + 1, imag, mask=inside)
