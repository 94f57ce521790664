"""Slices by the fastest means that the arrays at hand allow, with the gradient of the map by insertion."""

from functools import cache
from typing import Any

from jaxtyping import Complex, Float

from vitreous._array import namespace, on_cpu_without_gradient, to_numpy
from vitreous._typing import Array, HalfSpectrum, Real
from vitreous.fourier import hermitian_weights
from vitreous.interpolation import Kernel
from vitreous.projection.slice import NYQUIST, slice_transform

__all__ = ["fast_slices"]


def fast_slices(
    transform: Complex[Array, "*half_spectrum"],
    rotations: Float[Array, "*batch d d"],
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = NYQUIST,
    curvature_pixels: Real = 0.0,
) -> HalfSpectrum:
    """The central slices of `vitreous.projection.slice_transform`, compiled where that can be.

    NumPy arrays and CPU tensors of complex64 are sliced by `vitreous.kernels.numba.slice`; a gradient for the transform
    then comes from the adjoint, ∂L/∂T = insert(∂L/∂F₂), as that of a real map. All else (double precision, gradients of
    rotations, other devices and libraries) takes the readable formula.

    Parameters
    ----------
    transform
        What `vitreous.projection.padded_transform` made of the map or image.
    rotations
        Shape (…, 3, 3) for a map, (…, 2, 2) for an image.
    box, kernel, padding, cutoff_cycles, curvature_pixels
        As in `vitreous.projection.slice_transform`.

    Returns
    -------
    Complex array
        Half spectra, shape (…, box, box // 2 + 1); in single precision with errors near 1e-6 of the largest.
    """
    xp = namespace(transform)
    arguments = (box, kernel, padding, float(cutoff_cycles), float(curvature_pixels))
    if transform.dtype == xp.complex64 and on_cpu_without_gradient(rotations):
        if on_cpu_without_gradient(transform):
            return xp.asarray(_compiled(transform, rotations, *arguments))
        if getattr(transform, "requires_grad", False) and transform.device.type == "cpu":
            return _with_gradient().apply(transform, rotations, *arguments)
    return slice_transform(
        transform, rotations, box, kernel, padding, cutoff_cycles=cutoff_cycles, curvature_pixels=curvature_pixels
    )


def _compiled(
    transform: Array, rotations: Array, box: int, kernel: Kernel, padding: int, cutoff: float, curvature: float
) -> Array:
    """The compiled kernel on NumPy's views."""
    from vitreous.kernels.numba import slice as compiled  # numba is slow to import

    arrays = to_numpy(transform), to_numpy(rotations)
    return compiled.slice_transform(*arrays, box, kernel, padding, cutoff_cycles=cutoff, curvature_pixels=curvature)


@cache
def _with_gradient() -> Any:
    """The slice as a function of PyTorch, which is imported where it is used."""
    import torch

    class Slice(torch.autograd.Function):
        """Forward by the compiled slice, backward by the compiled insertion."""

        @staticmethod
        def forward(ctx: Any, transform: Any, rotations: Any, *arguments: Any) -> Any:
            ctx.rotations, ctx.size, ctx.arguments = rotations, transform.shape[0], arguments
            return torch.from_numpy(_compiled(transform, rotations, *arguments))

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            from vitreous.kernels.numba import insert as compiled

            box, kernel, padding, cutoff, curvature = ctx.arguments
            rotations, options = to_numpy(ctx.rotations), {"cutoff_cycles": cutoff, "curvature_pixels": curvature}
            # PyTorch sums over the half spectra as they are stored, the adjoint over the full ones
            spectra = to_numpy(gradient) / hermitian_weights((box, box))
            inserted = compiled.insert_slices(spectra, rotations, kernel, padding, size=ctx.size, **options)
            stored = hermitian_weights((ctx.size,) * rotations.shape[-1]).astype(inserted.real.dtype)
            return torch.from_numpy(inserted * stored), *(None,) * (1 + len(ctx.arguments))

    return Slice
