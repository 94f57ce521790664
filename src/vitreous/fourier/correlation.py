"""Fourier ring and shell correlation: how far two images or maps agree, frequency by frequency."""

from jaxtyping import Float

from vitreous._array import namespace, to_numpy
from vitreous._typing import Array
from vitreous.fourier.grids import frequency_shells
from vitreous.fourier.half_spectrum import hermitian_weights
from vitreous.fourier.shells import shell_count, shell_sizes, shell_sum

__all__ = ["correlation_noise", "frc", "fsc", "resolution_angstrom"]


def _shell_correlation(a: Array, b: Array, dim: int) -> Array:
    shape = tuple(a.shape[-dim:])
    if tuple(b.shape[-dim:]) != shape:
        raise ValueError(f"the shapes {tuple(a.shape)} and {tuple(b.shape)} differ: bring both to one box first")
    xp, axes = namespace(a, b), tuple(range(-dim, 0))
    # where the origin lies is a phase that both have: neither is centred
    left, right = xp.fft.rfftn(a, axes=axes), xp.fft.rfftn(b, axes=axes)
    products = [xp.real(x * xp.conj(y)) for x, y in ((left, right), (left, left), (right, right))]
    weights = hermitian_weights(shape, like=a)
    # not xp.broadcast_arrays: PyTorch's imports SymPy, which takes longer than all else here
    weighted = [xp.broadcast_to(product, products[0].shape) * weights for product in products]
    shells = xp.roll(frequency_shells(shape, half=True, like=a), tuple(-(n // 2) for n in shape[:-1]), axis=axes[:-1])
    sums = shell_sum(xp.stack(weighted), shells, shell_count(shape))
    # a root for each power, because the product of two leaves the range of float32; where a power is 0, so is the sum
    norms = xp.sqrt(xp.where(sums[1:, ...] > 0, sums[1:, ...], xp.ones_like(sums[1:, ...])))
    return sums[0, ...] / norms[0, ...] / norms[1, ...]


def frc(a: Float[Array, "*images"], b: Float[Array, "*others"]) -> Float[Array, "*batch shell"]:
    """The Fourier ring correlation of two images, FRC(r) = Re Σ A B* / √(Σ|A|² Σ|B|²), sums over ring r.

    Parameters
    ----------
    a, b
        Real, shape (…, y, x), of one image size; the batches broadcast.

    Returns
    -------
    Real array
        Shape (…, n // 2 + 1), −1 … 1, at the frequencies of `shell_frequencies`; 0 where a ring of either image
        is empty.

    Raises
    ------
    ValueError
        If the sizes differ.

    References
    ----------
    Saxton and Baumeister, J. Microsc. 127, 127 (1982).
    """
    return _shell_correlation(a, b, 2)


def fsc(a: Float[Array, "*maps"], b: Float[Array, "*others"]) -> Float[Array, "*batch shell"]:
    """The Fourier shell correlation of two maps, FSC(r) = Re Σ A B* / √(Σ|A|² Σ|B|²), sums over shell r.

    Parameters
    ----------
    a, b
        Real, shape (…, z, y, x), of one box; the batches broadcast.

    Returns
    -------
    Real array
        Shape (…, n // 2 + 1), −1 … 1, at the frequencies of `shell_frequencies`; 0 where a shell of either map
        is empty.

    Raises
    ------
    ValueError
        If the boxes differ.

    References
    ----------
    Harauz and van Heel, Optik 73, 146 (1986).
    """
    return _shell_correlation(a, b, 3)


def correlation_noise(shape: tuple[int, ...], *, like: Array = None) -> Float[Array, " shell"]:
    """The standard deviation of the ring or shell correlation of two independent noise images, 1/√n(r).

    n(r) counts the coefficients of the full ring or shell. The half of them is independent, since the images are real,
    and the real part of a complex correlation holds half of its variance.

    Parameters
    ----------
    shape
        The shape of the images or maps.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Real array
        Shape (n // 2 + 1,).

    References
    ----------
    Saxton and Baumeister, J. Microsc. 127, 127 (1982); van Heel and Schatz, J. Struct. Biol. 151, 250 (2005).
    """
    return shell_sizes(shape, like=like) ** -0.5


def resolution_angstrom(
    correlation: Float[Array, " shell"], frequency_per_angstrom: Float[Array, " frequency"], threshold: float = 0.143
) -> float | None:
    """The resolution at which a correlation curve first falls below a threshold, d = 1/k, k interpolated linearly.

    Shell 0, the mean, is left out. The curve is followed from the first shell that reaches the threshold to the first
    one after it that does not.

    Parameters
    ----------
    correlation
        FRC or FSC, one value for each shell.
    frequency_per_angstrom
        The frequency of each shell, 1/Å (`shell_frequencies`).
    threshold
        0.143 for two half maps, 0.5 against the truth or a model.

    Returns
    -------
    float or None
        Å. The last shell's (Nyquist) where the curve never falls below the threshold; None where it never reaches it,
        which claims no resolution at all.

    Raises
    ------
    ValueError
        If there are not as many frequencies as correlations.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003), for 0.143.
    """
    curve = [float(value) for value in to_numpy(correlation)]
    k = [float(value) for value in to_numpy(frequency_per_angstrom)]
    if len(curve) != len(k):
        raise ValueError(f"{len(curve)} correlations and {len(k)} frequencies: there should be one for each shell")
    shells = range(1, len(curve))
    first = next((r for r in shells if curve[r] >= threshold), None)
    if first is None:
        return None
    fallen = next((r for r in shells if r > first and curve[r] < threshold), None)
    if fallen is None:
        return 1 / k[-1]
    high, low = curve[fallen - 1], curve[fallen]
    step = (high - threshold) / (high - low)
    return 1 / (k[fallen - 1] + step * (k[fallen] - k[fallen - 1]))
