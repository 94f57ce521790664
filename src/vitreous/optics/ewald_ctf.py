"""Contrast transfer on the Ewald sphere: the two halves of the CTF, each with its own side of the sphere.

In the first Born approximation the transform of an image is ½ [P(k) V(k, −½λk²) + Q(k) V(k, +½λk²)] with
P = i exp(iχ), Q = P*, and V the specimen's three-dimensional transform; the beam travels to +z. Where the sphere is
flat the two sides are one and (P + Q)/2 = −sin χ is the CTF.
"""

from math import pi

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, Real
from vitreous.fourier import frequency_radius
from vitreous.optics.ctf import contrast_sign, ctf_phase
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["ctf_p", "ctf_q", "ewald_height_per_angstrom", "ewald_weight", "sideband_overlap"]


def ewald_height_per_angstrom(frequency_per_angstrom: ArrayLike, voltage_kv: float) -> Float[Array, "*grid"]:
    """How far the Ewald sphere lies from the central slice, ½ λ k².

    Parameters
    ----------
    frequency_per_angstrom
        |k|, any shape, 1/Å.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Real array
        |k_z|, 1/Å: P goes with −|k_z|, Q with +|k_z|.

    References
    ----------
    DeRosier, Ultramicroscopy 81, 83 (2000).
    """
    (frequency,) = as_arrays(frequency_per_angstrom)
    return 0.5 * wavelength_angstrom(voltage_kv) * frequency**2


def ctf_p(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
    *,
    half: bool = True,
    contrast: str = "dark",
) -> Complex[Array, "*batch ky kx"]:
    """The half of the CTF that goes with k_z = −½λk², P(k) = i exp(iχ) = −sin χ + i cos χ.

    RELION's CTFP, −sin γ + i cos γ with γ = −χ, is the Q of inverted contrast; its beam travels to −z, so that images
    with the curvature of this module are reconstructed there with ``--reverse_curvature``.

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.
    contrast
        ``"dark"``, the physical sign, or ``"inverted"``, RELION's.

    Returns
    -------
    Complex array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx).

    Raises
    ------
    ValueError
        If ``contrast`` is neither.

    References
    ----------
    Russo and Henderson, Ultramicroscopy 187, 56 (2018).
    """
    phase = ctf_phase(shape, pixel_size_angstrom, defocus, lens, half=half)
    return -1j * contrast_sign(contrast) * unit_phase(phase)


def ctf_q(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
    *,
    half: bool = True,
    contrast: str = "dark",
) -> Complex[Array, "*batch ky kx"]:
    """The half of the CTF that goes with k_z = +½λk², Q(k) = P(k)* = −sin χ − i cos χ.

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.
    contrast
        ``"dark"``, the physical sign, or ``"inverted"``, RELION's.

    Returns
    -------
    Complex array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx).

    Raises
    ------
    ValueError
        If ``contrast`` is neither.

    References
    ----------
    Russo and Henderson, Ultramicroscopy 187, 56 (2018).
    """
    first = ctf_p(shape, pixel_size_angstrom, defocus, lens, half=half, contrast=contrast)
    return namespace(first).conj(first)


def ewald_weight(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
    mask_diameter_angstrom: Real,
    *,
    half: bool = True,
) -> Float[Array, "*batch ky kx"]:
    """The weight of an image in the reconstruction from P and Q, W = 1 + A (2 |sin χ| − 1), as RELION defines it.

    A is the `sideband_overlap`. RELION halves W.

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…); the mean of U and V spreads.
    lens
        What the images share.
    mask_diameter_angstrom
        D, Å.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.

    Returns
    -------
    Real array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx); 0 … 2.

    References
    ----------
    Russo and Henderson, Ultramicroscopy 187, 56 (2018); Zivanov et al., eLife 7, e42166 (2018).
    """
    phase = ctf_phase(shape, pixel_size_angstrom, defocus, lens, half=half)
    overlap = sideband_overlap(shape, pixel_size_angstrom, defocus, lens, mask_diameter_angstrom, half=half)
    xp = namespace(phase)
    return 1 + overlap * (2 * xp.abs(xp.sin(phase)) - 1)


def sideband_overlap(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    defocus: Defocus,
    lens: Lens,
    mask_diameter_angstrom: Real,
    *,
    half: bool = True,
) -> Float[Array, "*batch ky kx"]:
    """How much the two sidebands of a frequency overlap within a particle, A = (2/π) [acos a − a sin(acos a)].

    a = 2 Δf λ k/D: either sideband is displaced by λ k Δf, in opposite directions, and A is the overlap of two discs of
    the particle's diameter D at that distance; without overlap A = 0.

    Parameters
    ----------
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…); the mean of U and V spreads.
    lens
        What the images share.
    mask_diameter_angstrom
        D, Å.
    half
        Whether for half spectra (`vitreous.fourier.rft`) or full ones.

    Returns
    -------
    Real array
        Shape (…, ny, nx // 2 + 1), or (…, ny, nx); 0 … 1.

    References
    ----------
    Russo and Henderson, Ultramicroscopy 187, 56 (2018); Zivanov et al., eLife 7, e42166 (2018).
    """
    u, v, _ = as_arrays(defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg)
    xp = namespace(u)
    radius = frequency_radius(shape, pixel_size_angstrom, half=half, like=u)
    spread = xp.abs(u + v)[..., None, None] * wavelength_angstrom(lens.voltage_kv) * radius
    a = xp.clip(spread / mask_diameter_angstrom, 0.0, 1.0)
    return 2 / pi * (xp.acos(a) - a * xp.sqrt(1 - a**2))
