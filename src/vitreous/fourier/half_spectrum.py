"""The two layouts of a spectrum, full and half, and how often each coefficient of the half counts.

Full: every axis centred, frequency zero at n // 2. Half (of a real image): every axis but the last centred, the last
one kx = 0 … n // 2. The full layout of an even size begins at the Nyquist frequency −½ cycle/pixel; the half layout
ends there, at +½. On the grid the two are one frequency.
"""

from jaxtyping import Complex, Float, Inexact

from vitreous._array import device_of, is_array, namespace, real_dtype
from vitreous._typing import Array
from vitreous.fourier.transform import require_half

__all__ = ["full_to_half", "half_to_full", "hermitian_weights", "mirror"]


def mirror(spectrum: Inexact[Array, "*shape"], axes: tuple[int, ...]) -> Inexact[Array, "*shape"]:
    """The value at −k for every k along centred axes, G(k) = F(−k).

    Parameters
    ----------
    spectrum
        Any array whose ``axes`` are centred; an image is mirrored through its origin pixel just so.
    axes
        The axes to turn round; none leaves the array as it is.

    Returns
    -------
    Array
        Same shape. Index 0 of an even axis (Nyquist, its own mirror image) stays in place.
    """
    if not axes:
        return spectrum
    xp = namespace(spectrum)
    # flipping sends the origin of an even axis to n // 2 − 1
    behind = tuple(1 - spectrum.shape[axis] % 2 for axis in axes)
    return xp.roll(xp.flip(spectrum, axis=axes), behind, axis=axes)


def full_to_half(spectrum: Complex[Array, "*shape"], dim: int) -> Complex[Array, "*half"]:
    """The half kx ≥ 0 of a full centred spectrum.

    Parameters
    ----------
    spectrum
        Full centred spectrum of a real image, shape (…, [[kz,] ky,] kx). That it is one of a real image is not
        checked: the other half is dropped.
    dim
        How many trailing axes are frequencies.

    Returns
    -------
    Complex array
        Shape (…, [[kz,] ky,] n // 2 + 1).
    """
    xp, n = namespace(spectrum), spectrum.shape[-1]
    positive = spectrum[..., n // 2 :]
    if n % 2:
        return positive
    # +½ is stored as −½, and there F(kz, ky, ½) = F(kz, ky, −½): one frequency on the grid
    return xp.concat([positive, spectrum[..., :1]], axis=-1)


def half_to_full(half: Complex[Array, "*half"], shape: tuple[int, ...]) -> Complex[Array, "*full"]:
    """The full centred spectrum of a real image from its half, by F(−k) = conj F(k).

    Parameters
    ----------
    half
        Half spectrum, shape (…, [[kz,] ky,] kx ≥ 0).
    shape
        The trailing shape of the image.

    Returns
    -------
    Complex array
        Shape (…, *shape), frequency zero at n // 2.

    Raises
    ------
    ValueError
        If the half spectrum is not that of an image of this shape.
    """
    require_half(half, shape)
    xp, n = namespace(half), shape[-1]
    negative = xp.flip(half[..., 1 : n // 2 + 1], axis=-1)
    negative = xp.conj(mirror(negative, tuple(range(-len(shape), -1))))
    return xp.concat([negative, half[..., : (n + 1) // 2]], axis=-1)


def hermitian_weights(shape: tuple[int, ...], *, like: Array = None) -> Float[Array, " kx_half"]:
    """How many coefficients of the full spectrum each column of the half spectrum stands for.

    2 for a column whose conjugate partners are left out; 1 for kx = 0 and, of an even size, for kx = Nyquist, where
    both members of each pair are stored. A sum over the full spectrum is then a weighted sum over the half: Σ_x |f(x)|²
    = (1/N) Σ_full |F|² = (1/N) Σ_half w |F|² (Parseval).

    A likelihood counts each conjugate pair once and a self-conjugate coefficient ½: take w/2 here, which gives ½ to
    each member of a pair that is stored twice.

    Parameters
    ----------
    shape
        The trailing shape of the real image; only the last axis decides.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Real array
        Shape (n // 2 + 1,): it broadcasts over the other axes of a half spectrum.
    """
    xp, n = namespace(like), shape[-1]
    dtype = real_dtype(like) if is_array(like) else xp.float64
    column = xp.arange(n // 2 + 1, device=device_of(like))
    alone = (column == 0) | (2 * column == n)
    return 2 - xp.astype(alone, dtype)
