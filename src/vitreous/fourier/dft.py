"""The discrete Fourier transform as the sum that it is: a matrix product along each axis, O(n²) for n pixels.

`ft` gives the same numbers in O(n log n); this is the definition that it is tested against.
"""

from jaxtyping import Complex, Inexact

from vitreous._array import complex_dtype, namespace
from vitreous._typing import Array
from vitreous.fourier.grids import frequencies, positions

__all__ = ["dft", "dft_matrix", "idft"]


def dft_matrix(n: int, *, like: Array = None) -> Complex[Array, "n n"]:
    """The matrix of the centred transform of n pixels, W[k, x] = exp(−2πi k x), k = (i − n // 2)/n, x = j − n // 2.

    Parameters
    ----------
    n
        Number of pixels.
    like
        An array whose library, device and precision the result takes; NumPy complex128 where absent.

    Returns
    -------
    Complex array
        Shape (n, n), symmetric; W W* = n · 1.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    k, x = frequencies(n, like=like), positions(n, like=like)
    xp = namespace(k)
    return xp.exp(-2j * xp.pi * xp.astype(k[:, None] * x[None, :], complex_dtype(k)))


def _along_each_axis(array: Array, dim: int, inverse: bool) -> Array:
    xp = namespace(array)
    array = xp.astype(array, complex_dtype(array), copy=False)
    for axis in range(-dim, 0):
        n = array.shape[axis]
        matrix = dft_matrix(n, like=xp.real(array))
        matrix = xp.conj(matrix) / n if inverse else matrix
        array = xp.moveaxis(xp.matmul(xp.moveaxis(array, axis, -1), matrix), -1, axis)
    return array


def dft(image: Inexact[Array, "*shape"], dim: int) -> Complex[Array, "*shape"]:
    """The centred Fourier transform over the last ``dim`` axes, summed as written: F(k) = Σ_x f(x) exp(−2πi k·x).

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    dim
        How many trailing axes are transformed.

    Returns
    -------
    Complex array
        Same shape, frequency zero at n // 2; equal to `ft`.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    return _along_each_axis(image, dim, inverse=False)


def idft(spectrum: Inexact[Array, "*shape"], dim: int) -> Complex[Array, "*shape"]:
    """The inverse of `dft`, summed as written: f(x) = (1/N) Σ_k F(k) exp(+2πi k·x).

    Parameters
    ----------
    spectrum
        Centred spectrum, shape (…, [[kz,] ky,] kx).
    dim
        How many trailing axes are transformed.

    Returns
    -------
    Complex array
        Same shape, origin at n // 2; equal to `ift`.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    return _along_each_axis(spectrum, dim, inverse=True)
