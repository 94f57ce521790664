"""The Fourier transform and what is done with it: grids, filters, convolution, sampling, correlation.

One convention throughout (`transform`): origin at pixel n // 2 of every axis in both spaces, kernel exp(−2πi k·x),
forward unnormalised, inverse 1/N; vectors (x, y, z), axes (…, z, y, x). All functions take and return the array library
they are given, batches in the leading axes.
"""

from vitreous.fourier.box import crop_box, fast_size, pad_box
from vitreous.fourier.convolution import convolve_direct, convolve_fourier, wrap_box
from vitreous.fourier.correlation import correlation_noise, frc, fsc, resolution_angstrom
from vitreous.fourier.crop_pad import (
    crop_half_spectrum,
    crop_spectrum,
    pad_half_spectrum,
    pad_spectrum,
    resample,
)
from vitreous.fourier.deconvolution import tikhonov, wiener
from vitreous.fourier.dft import dft, dft_matrix, idft
from vitreous.fourier.filters import (
    b_factor_decay,
    band_pass,
    filter_image,
    gaussian_blur,
    high_pass,
    low_pass,
)
from vitreous.fourier.grids import (
    coordinate_radius,
    coordinates,
    frequencies,
    frequency_grid,
    frequency_radius,
    frequency_shells,
    pixel_shells,
    positions,
)
from vitreous.fourier.half_spectrum import full_to_half, half_to_full, hermitian_weights, mirror
from vitreous.fourier.nudft import nudft1, nudft2, nudft3, nufft1, nufft2, nufft3
from vitreous.fourier.sampling import bin_pixels, binning_transfer, decimate, folded_frequency
from vitreous.fourier.shells import (
    half_shell_sum,
    power_spectrum,
    radial_average,
    shell_count,
    shell_frequencies,
    shell_sizes,
    shell_sum,
)
from vitreous.fourier.shift import shift_image, shift_image_angstrom, shift_phases
from vitreous.fourier.transform import ft, half_shape, ift, irft, rft

__all__ = [
    "b_factor_decay",
    "band_pass",
    "bin_pixels",
    "binning_transfer",
    "convolve_direct",
    "convolve_fourier",
    "coordinate_radius",
    "coordinates",
    "correlation_noise",
    "crop_box",
    "crop_half_spectrum",
    "crop_spectrum",
    "decimate",
    "dft",
    "dft_matrix",
    "fast_size",
    "filter_image",
    "folded_frequency",
    "frc",
    "frequencies",
    "frequency_grid",
    "frequency_radius",
    "frequency_shells",
    "fsc",
    "ft",
    "full_to_half",
    "gaussian_blur",
    "half_shape",
    "half_shell_sum",
    "half_to_full",
    "hermitian_weights",
    "high_pass",
    "idft",
    "ift",
    "irft",
    "low_pass",
    "mirror",
    "nudft1",
    "nudft2",
    "nudft3",
    "nufft1",
    "nufft2",
    "nufft3",
    "pad_box",
    "pad_half_spectrum",
    "pad_spectrum",
    "pixel_shells",
    "positions",
    "power_spectrum",
    "radial_average",
    "resample",
    "resolution_angstrom",
    "rft",
    "shell_count",
    "shell_frequencies",
    "shell_sizes",
    "shell_sum",
    "shift_image",
    "shift_image_angstrom",
    "shift_phases",
    "tikhonov",
    "wiener",
    "wrap_box",
]
