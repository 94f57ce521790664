"""Vitreous ice: how its molecules are arranged, what that does to the potential, and where a molecule displaces it.

The ice is a Gaussian random field with the mean and the power spectrum of water molecules in disorder:

    P(q) = n κ⁻² [⟨|f_w(q)|²⟩ − F(q)² + F(q)² S(q)],

f_w the scattering of one molecule in a random orientation, F its mean about the oxygen, S(q) the structure factor of
the oxygens. S is a model: the four neighbours and the next twelve of a tetrahedral network, and beyond them no order.
It has its rings at 1/3.7, 1/2.1 and 1/1.24 Å⁻¹, near those of vitreous ice (3.7, 2.1 and 1.3 Å); the first is 1.0 high
in the model, and near 2 in diffraction from low-density amorphous ice. In the potential, which falls with q, it lies at
1/3.9 Å⁻¹. Real ice is positive and has peaks at its atoms, and a Gaussian field is neither: the two have one mean and
one spectrum, and are alike in projections through many molecules.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from scipy import spatial

from vitreous._array import erf, namespace, to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import coordinates, frequencies, frequency_radius, irft, rft
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.mean_free_path import ICE, mean_inner_potential
from vitreous.specimen.scattering_factors import VOLT_ANGSTROM2, scattering_factor

__all__ = [
    "ice_power_spectrum",
    "ice_structure_factor",
    "iterate_ice_slices",
    "random_ice",
    "solvent_density",
    "solvent_potential",
]

_OXYGEN_HYDROGEN_ANGSTROM, _HYDROGEN_HYDROGEN_ANGSTROM = 0.9572, 1.5139
_SHELLS = ((4.0, 2.75, 0.1), (12.5, 4.49, 0.5))
"""Neighbours, their distance and its standard deviation in Å: 2.75 Å is measured, √(8/3) of it is the tetrahedron's."""
_EDGE_SIGMA_ANGSTROM = 0.7
"""The standard deviation of the edge at which the molecules beyond the shells begin."""
_COMPRESSIBILITY = 0.05
"""S(0)."""
_STEP = (2.23, 1.0)
_SHELL_OF_WATER = ((0.175, 3.43, 1.77), (-0.135, 4.78, 0.955))
"""Heights, distances from the nearest atom and standard deviations in Å of the first layers of water."""
_FAR_ANGSTROM = 9.0


def ice_structure_factor(frequency: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The structure factor of the oxygens of vitreous ice, S(q) = 1 + n ∫ (g(r) − 1) exp(−2πi q·r) d³r, as a model.

    S = 1 + Σ N_i sinc(2q r_i) exp(−2π² σ_i² q²) − n V b(2πqR) exp(−2π² σ² q²): shells of N_i neighbours at r_i, in a
    hole of radius R in the uniform rest, whose transform b(x) = 3 (sin x − x cos x)/x³ is that of a ball; the hole
    has the volume V = (1 + Σ N_i − S(0))/n.

    Parameters
    ----------
    frequency
        q, 1/Å.

    Returns
    -------
    Real array
        The same shape; 1 where there is no order.

    References
    ----------
    Mariedahl et al., J. Phys. Chem. B 122, 7616 (2018), for the distances of the neighbours.
    """
    xp = namespace(frequency)
    total = xp.ones_like(frequency)
    for count, distance, sigma in _SHELLS:
        total = total + count * _sinc(2 * frequency * distance) * xp.exp(-2 * (np.pi * sigma * frequency) ** 2)
    content = 1 + sum(count for count, _, _ in _SHELLS) - _COMPRESSIBILITY
    x = 2 * np.pi * frequency * (3 * content / ICE.units_per_angstrom3 / (4 * np.pi)) ** (1 / 3)
    small = x < 1e-2
    away = xp.where(small, xp.ones_like(x), x)
    ball = xp.where(small, 1 - x**2 / 10, 3 * (xp.sin(away) - away * xp.cos(away)) / away**3)
    return total - content * ball * xp.exp(-2 * (np.pi * _EDGE_SIGMA_ANGSTROM * frequency) ** 2)


def _sinc(x: Array) -> Array:
    """sin(πx)/(πx)."""
    xp = namespace(x)
    zero = x == 0
    away = xp.where(zero, xp.ones_like(x), x) * np.pi
    return xp.where(zero, xp.ones_like(x), xp.sin(away) / away)


def ice_power_spectrum(
    frequency: Float[Array, "*shape"], *, parametrisation: str = "peng", ordered: bool = True
) -> Float[Array, "*shape"]:
    """The power spectrum of the potential of vitreous ice; see the module for the formula.

    The variance of the potential is ∫ P(q) d³q; of its projection through a thickness t the spectrum is t P(q).

    Parameters
    ----------
    frequency
        q, 1/Å.
    parametrisation
        One of `PARAMETRISATIONS`.
    ordered
        False: molecules that do not see each other, S = 1, which is shot noise.

    Returns
    -------
    Real array
        V² Å³, the same shape.

    Raises
    ------
    ValueError
        If there is no such parametrisation.

    References
    ----------
    Warren, X-ray Diffraction (1969), chapter 10, for the molecules of a liquid.
    """
    hydrogen, oxygen = (scattering_factor(element, parametrisation).scattering_factor(frequency) for element in (1, 8))
    bond, across = (_sinc(2 * frequency * r) for r in (_OXYGEN_HYDROGEN_ANGSTROM, _HYDROGEN_HYDROGEN_ANGSTROM))
    alone = oxygen**2 + 4 * oxygen * hydrogen * bond + 2 * hydrogen**2 * (1 + across)
    together = (oxygen + 2 * hydrogen * bond) ** 2 * (ice_structure_factor(frequency) - 1) if ordered else 0.0
    return VOLT_ANGSTROM2**2 * ICE.units_per_angstrom3 * (alone + together)


def _pixel_means(shape: tuple[int, ...]) -> NumpyArray:
    """What taking means over pixels multiplies a half spectrum by: sinc of each axis."""
    axes = [frequencies(n, half=i == len(shape) - 1) for i, n in enumerate(shape)]
    product = np.ones(())
    for axis in axes:
        product = product[..., None] * np.sinc(axis)
    return product


def _field(shape: tuple[int, ...], pixel_size_angstrom: float, rng: np.random.Generator, parametrisation: str) -> Array:
    """A Gaussian field of mean 0 with the power spectrum of ice, means over pixels."""
    power = ice_power_spectrum(frequency_radius(shape, pixel_size_angstrom, half=True), parametrisation=parametrisation)
    amplitude = np.sqrt(power / pixel_size_angstrom ** len(shape)) * _pixel_means(shape)
    return irft(rft(rng.standard_normal(shape), len(shape)) * amplitude, shape)


def random_ice(
    shape: tuple[int, int, int], pixel_size_angstrom: float, rng: np.random.Generator, *, parametrisation: str = "peng"
) -> Float[NumpyArray, "z y x"]:
    """The potential of vitreous ice in a box: its mean, and a random field with its power spectrum.

    The field is periodic, and holds what lies below the Nyquist frequency.

    Parameters
    ----------
    shape
        (nz, ny, nx).
    pixel_size_angstrom
        Å/voxel.
    rng
        Where the randomness comes from.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    NumPy array (nz, ny, nx)
        V, means over voxels.

    Raises
    ------
    ValueError
        If there is no such parametrisation.
    """
    mean = mean_inner_potential(ICE, parametrisation=parametrisation)
    field: NumpyArray = mean + _field(shape, pixel_size_angstrom, rng, parametrisation)
    return field


def iterate_ice_slices(
    n_slices: int,
    shape: tuple[int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
    rng: np.random.Generator,
    *,
    parametrisation: str = "peng",
) -> Iterator[Float[NumpyArray, "y x"]]:
    """Slices of vitreous ice for any thickness of specimen, one by one, each independent of the others.

    Each has the spectrum t P(q, 0) of a slab, so that what the whole specimen scatters is right whatever its slices
    are; that neighbouring slices of real ice know of each other is left out.

    Parameters
    ----------
    n_slices
        How many.
    shape
        (ny, nx).
    pixel_size_angstrom
        Å/pixel.
    slice_thickness_angstrom
        t.
    rng
        Where the randomness comes from.
    parametrisation
        One of `PARAMETRISATIONS`.

    Yields
    ------
    NumPy array (ny, nx)
        V·Å, means over pixels.

    Raises
    ------
    ValueError
        If there is no such parametrisation.
    """
    mean = mean_inner_potential(ICE, parametrisation=parametrisation) * slice_thickness_angstrom
    for _ in range(n_slices):
        yield mean + np.sqrt(slice_thickness_angstrom) * _field(shape, pixel_size_angstrom, rng, parametrisation)


def solvent_density(
    atoms: Atoms, shape: tuple[int, int, int], pixel_size_angstrom: float, *, hydration_shell: bool = False
) -> Float[NumpyArray, "z y x"]:
    """The density of water about a molecule, 0 within it and 1 far away.

    g(r) = ½ + ½ erf((r − 2.23)/√2) of the distance r in Å to the nearest atom that is not hydrogen; the hydration shell
    adds 0.175 exp(−(r − 3.43)²/(2 · 1.77²)) − 0.135 exp(−(r − 4.78)²/(2 · 0.955²)).

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at voxel n // 2 of each axis.
    shape
        (nz, ny, nx).
    pixel_size_angstrom
        Å/voxel.
    hydration_shell
        Whether the first layers of water are denser and thinner than the rest.

    Returns
    -------
    NumPy array (nz, ny, nx)
        Relative to the density far away.

    References
    ----------
    Shang and Sigworth, J. Struct. Biol. 180, 10 (2012), with cisTEM's constants.
    """
    heavy = to_numpy(atoms.positions_angstrom)[atoms.elements > 1]
    density = np.ones(shape)
    if not len(heavy):
        return density
    tree = spatial.KDTree(heavy)
    for plane, points in zip(density, coordinates(shape, pixel_size_angstrom), strict=True):
        r, _ = tree.query(points, distance_upper_bound=_FAR_ANGSTROM)
        near = np.isfinite(r)
        plane[near] = _profile(r[near], hydration_shell)
    return density


def _profile(r: NumpyArray, hydration_shell: bool) -> NumpyArray:
    middle, sigma = _STEP
    profile: NumpyArray = 0.5 + 0.5 * erf((r - middle) / (np.sqrt(2) * sigma))
    if hydration_shell:
        for height, distance, width in _SHELL_OF_WATER:
            profile = profile + height * np.exp(-((r - distance) ** 2) / (2 * width**2))
    return profile


def solvent_potential(
    atoms: Atoms,
    shape: tuple[int, int, int],
    pixel_size_angstrom: float,
    *,
    hydration_shell: bool = False,
    rng: np.random.Generator | None = None,
    parametrisation: str = "peng",
) -> Float[NumpyArray, "z y x"]:
    """The potential of the ice about a molecule, displaced where the molecule is: add it to the molecule's own.

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at voxel n // 2 of each axis.
    shape
        (nz, ny, nx).
    pixel_size_angstrom
        Å/voxel.
    hydration_shell
        Whether the first layers of water are denser and thinner than the rest.
    rng
        Where the randomness of the ice comes from; None for its mean alone.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    NumPy array (nz, ny, nx)
        V: the mean inner potential of ice far from the molecule, 0 within. Against the ice around it, a molecule's
        contrast is what is left after the mean inner potential is taken off the sum.

    Raises
    ------
    ValueError
        If there is no such parametrisation.

    References
    ----------
    Shang and Sigworth, J. Struct. Biol. 180, 10 (2012).
    """
    if rng is None:
        ice: NumpyArray | float = mean_inner_potential(ICE, parametrisation=parametrisation)
    else:
        ice = random_ice(shape, pixel_size_angstrom, rng, parametrisation=parametrisation)
    return ice * solvent_density(atoms, shape, pixel_size_angstrom, hydration_shell=hydration_shell)
