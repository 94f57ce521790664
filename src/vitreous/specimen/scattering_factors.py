"""How a neutral atom scatters electrons: three published parametrisations, each a table and its closed forms.

The scattering factor f(q) in Å of spatial frequency q = 1/d in 1/Å, the potential V(r) in volts and its projection
V_z(r) along one axis in V·Å belong together by

    V(r) = κ⁻¹ ∫ f(q) exp(−2πi q·r) d³q,    κ⁻¹ f(q) = 2π ∫ V_z(r) J₀(2π q r) r dr,    κ⁻¹ = h²/(2π m₀ e).

====================  ======================================  ====================================================
name                  f(q)                                    holds for
====================  ======================================  ====================================================
``"peng"``            five Gaussians                          q ≤ 4 Å⁻¹, finite at r = 0, voxel means are exact
``"kirkland"``        three Lorentzians and three Gaussians   q ≤ 12 Å⁻¹
``"lobato"``          five squares of Lorentzians             every q, right limits at q → ∞ and r → 0
====================  ======================================  ====================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, as_float, device_of, namespace, to_numpy
from vitreous._typing import Array, ArrayLike, NumpyArray

__all__ = [
    "PARAMETRISATIONS",
    "VOLT_ANGSTROM2",
    "Kirkland",
    "Lobato",
    "Peng",
    "ScatteringFactor",
    "element_symbol",
    "gaussian_sum",
    "peak_potential",
    "scattering_factor",
]

VOLT_ANGSTROM2 = 47.87764724
"""κ⁻¹ = h²/(2π m₀ e) in V·Å² (CODATA 2018): the integral of an atom's potential is κ⁻¹ f(0)."""
_BOHR_ANGSTROM = 0.529177210903
_COULOMB = VOLT_ANGSTROM2 / (2 * np.pi * _BOHR_ANGSTROM)
"""e/(4π ε₀) in V·Å."""


def _terms(variable: ArrayLike, *coefficients: NumpyArray) -> tuple[Array, ...]:
    """The variable with a new last axis, and the coefficients in its library and precision."""
    variable, *columns = as_arrays(variable, *(column.tolist() for column in coefficients))
    return variable[..., None], *columns


_Method: TypeAlias = Callable[[Any, Array], Array]


def _in_double(method: _Method) -> _Method:
    """Sum in double precision, since the terms of a heavy atom cancel, and give the result in that of the variable."""

    @wraps(method)
    def summed(self: Any, variable: ArrayLike) -> Array:
        given = as_float(variable)
        xp = namespace(given)
        return xp.astype(method(self, xp.astype(given, xp.float64)), given.dtype)

    return summed


def _bessel_k(order: int, x: Array) -> Array:
    """The modified Bessel function K₀ or K₁, by way of NumPy."""
    from scipy import special

    values = (special.k0, special.k1)[order](to_numpy(x))
    return namespace(x).asarray(values, dtype=x.dtype, device=device_of(x))


@dataclass(frozen=True)
class Peng:
    """Five Gaussians: f(q) = Σ aᵢ exp(−bᵢ q²/4).

    Notes
    -----
    Peng, Ren, Dudarev and Whelan, Acta Cryst. A52, 257 (1996), table 1, fitted for q/2 ≤ 2 Å⁻¹.
    """

    a: Float[NumpyArray, "5"]
    """Å."""
    b: Float[NumpyArray, "5"]
    """Å²."""

    @_in_double
    def scattering_factor(self, frequency: ArrayLike) -> Array:
        """F in Å, the shape of the frequencies q in 1/Å."""
        q, a, b = _terms(frequency, self.a, self.b)
        xp = namespace(q)
        return xp.sum(a * xp.exp(-b * q**2 / 4), axis=-1)

    @_in_double
    def potential(self, radius_angstrom: ArrayLike) -> Array:
        """V(r) = κ⁻¹ Σ aᵢ (4π/bᵢ)^(3/2) exp(−4π² r²/bᵢ), volts."""
        r, a, b = _terms(radius_angstrom, self.a, self.b)
        xp = namespace(r)
        return VOLT_ANGSTROM2 * xp.sum(a * (4 * np.pi / b) ** 1.5 * xp.exp(-4 * np.pi**2 * r**2 / b), axis=-1)

    @_in_double
    def projected_potential(self, radius_angstrom: ArrayLike) -> Array:
        """V_z(r) = κ⁻¹ Σ aᵢ (4π/bᵢ) exp(−4π² r²/bᵢ), V·Å."""
        r, a, b = _terms(radius_angstrom, self.a, self.b)
        xp = namespace(r)
        return VOLT_ANGSTROM2 * xp.sum(a * (4 * np.pi / b) * xp.exp(-4 * np.pi**2 * r**2 / b), axis=-1)


@dataclass(frozen=True)
class Kirkland:
    """Three Lorentzians and three Gaussians: f(q) = Σ aᵢ/(q² + bᵢ) + Σ cᵢ exp(−dᵢ q²).

    Notes
    -----
    Kirkland, Advanced Computing in Electron Microscopy, 2nd ed. (2010), appendix C. The potentials are infinite at
    r = 0, and the Bessel functions of the projection pass no gradients.
    """

    a: Float[NumpyArray, "3"]
    """1/Å."""
    b: Float[NumpyArray, "3"]
    """1/Å²."""
    c: Float[NumpyArray, "3"]
    """Å."""
    d: Float[NumpyArray, "3"]
    """Å²."""

    @_in_double
    def scattering_factor(self, frequency: ArrayLike) -> Array:
        """F in Å, the shape of the frequencies q in 1/Å."""
        q, a, b, c, d = _terms(frequency, self.a, self.b, self.c, self.d)
        xp = namespace(q)
        return xp.sum(a / (q**2 + b) + c * xp.exp(-d * q**2), axis=-1)

    @_in_double
    def potential(self, radius_angstrom: ArrayLike) -> Array:
        """V(r) = 2π² a₀e Σ (aᵢ/r) exp(−2πr √bᵢ) + 2π^(5/2) a₀e Σ cᵢ dᵢ^(−3/2) exp(−π² r²/dᵢ), volts."""
        r, a, b, c, d = _terms(radius_angstrom, self.a, self.b, self.c, self.d)
        xp = namespace(r)
        lorentzians = 2 * np.pi**2 * a / r * xp.exp(-2 * np.pi * r * xp.sqrt(b))
        gaussians = 2 * np.pi**2.5 * c * d**-1.5 * xp.exp(-((np.pi * r) ** 2) / d)
        return _BOHR_ANGSTROM * _COULOMB * xp.sum(lorentzians + gaussians, axis=-1)

    @_in_double
    def projected_potential(self, radius_angstrom: ArrayLike) -> Array:
        """V_z(r) = 4π² a₀e Σ aᵢ K₀(2πr √bᵢ) + 2π² a₀e Σ (cᵢ/dᵢ) exp(−π² r²/dᵢ), V·Å."""
        r, a, b, c, d = _terms(radius_angstrom, self.a, self.b, self.c, self.d)
        xp = namespace(r)
        lorentzians = 4 * np.pi**2 * a * _bessel_k(0, 2 * np.pi * r * xp.sqrt(b))
        gaussians = 2 * np.pi**2 * c / d * xp.exp(-((np.pi * r) ** 2) / d)
        return _BOHR_ANGSTROM * _COULOMB * xp.sum(lorentzians + gaussians, axis=-1)


@dataclass(frozen=True)
class Lobato:
    """Five terms with the right limits at both ends: f(q) = Σ aᵢ (2 + bᵢ q²)/(1 + bᵢ q²)².

    Notes
    -----
    Lobato and Van Dyck, Acta Cryst. A70, 636 (2014). The potentials are infinite at r = 0, and the Bessel functions of
    the projection pass no gradients.
    """

    a: Float[NumpyArray, "5"]
    """Å."""
    b: Float[NumpyArray, "5"]
    """Å²."""

    @_in_double
    def scattering_factor(self, frequency: ArrayLike) -> Array:
        """F in Å, the shape of the frequencies q in 1/Å."""
        q, a, b = _terms(frequency, self.a, self.b)
        return namespace(q).sum(a * (2 + b * q**2) / (1 + b * q**2) ** 2, axis=-1)

    @_in_double
    def potential(self, radius_angstrom: ArrayLike) -> Array:
        """V(r) = π² κ⁻¹ Σ aᵢ bᵢ^(−3/2) (√bᵢ/(πr) + 1) exp(−2πr/√bᵢ), volts."""
        r, a, b = _terms(radius_angstrom, self.a, self.b)
        xp = namespace(r)
        width = xp.sqrt(b)
        terms = a / width**3 * (width / (np.pi * r) + 1) * xp.exp(-2 * np.pi * r / width)
        return np.pi**2 * VOLT_ANGSTROM2 * xp.sum(terms, axis=-1)

    @_in_double
    def projected_potential(self, radius_angstrom: ArrayLike) -> Array:
        """V_z(r) = 2π² κ⁻¹ Σ aᵢ bᵢ^(−3/2) [(2/β) K₀(βr) + r K₁(βr)], β = 2π/√bᵢ, V·Å."""
        r, a, b = _terms(radius_angstrom, self.a, self.b)
        xp = namespace(r)
        beta = 2 * np.pi / xp.sqrt(b)
        terms = a * b**-1.5 * (2 / beta * _bessel_k(0, beta * r) + r * _bessel_k(1, beta * r))
        return 2 * np.pi**2 * VOLT_ANGSTROM2 * xp.sum(terms, axis=-1)


ScatteringFactor: TypeAlias = Peng | Kirkland | Lobato
"""One element in one parametrisation."""

PARAMETRISATIONS: Mapping[str, Callable[..., ScatteringFactor]] = MappingProxyType(
    {"kirkland": Kirkland, "lobato": Lobato, "peng": Peng}
)
"""The parametrisations by name."""


@cache
def _table(parametrisation: str) -> tuple[tuple[str, ...], NumpyArray]:
    """The symbols and the coefficients, one row for each element, from hydrogen on."""
    path = resources.files("vitreous.specimen") / "tables" / f"{parametrisation}.csv"
    lines = [line.split(",") for line in path.read_text().splitlines() if not line.startswith("#")][1:]
    return tuple(line[1] for line in lines), np.array([line[2:] for line in lines], np.float64)


def _row(element: int, parametrisation: str) -> int:
    if parametrisation not in PARAMETRISATIONS:
        raise ValueError(f"no parametrisation {parametrisation!r}: there are {', '.join(PARAMETRISATIONS)}")
    count = len(_table(parametrisation)[0])
    if not 1 <= element <= count:
        raise ValueError(f"{parametrisation} has no element of atomic number {element}: it has 1 to {count}")
    return element - 1


def element_symbol(element: int) -> str:
    """The symbol of an atomic number, 6 → ``"C"``; a ValueError beyond 103."""
    return _table("lobato")[0][_row(element, "lobato")]


@cache
def scattering_factor(element: int, parametrisation: str = "peng") -> ScatteringFactor:
    """The closed forms f(q), V(r) and V_z(r) of one neutral element.

    Parameters
    ----------
    element
        Atomic number.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    Peng, Kirkland or Lobato
        With the methods ``scattering_factor`` (Å), ``potential`` (V) and ``projected_potential`` (V·Å), for any array
        library.

    Raises
    ------
    ValueError
        If there is no such parametrisation, or it does not have the element.

    References
    ----------
    See each class.
    """
    index = _row(element, parametrisation)
    row = _table(parametrisation)[1][index]
    kind = PARAMETRISATIONS[parametrisation]
    columns = row.reshape(4, 3) if kind is Kirkland else row.reshape(2, 5)
    columns.flags.writeable = False
    return kind(*columns)


_FIT_FREQUENCIES = np.concatenate([[0.0], np.geomspace(0.01, 8.0, 200)])
_FIT_WIDTHS_ANGSTROM2 = 4 * 0.003 * 1.7 ** np.arange(21)
"""From 0.012 to 490 Å²: sharper than any voxel, wider than any atom."""


@cache
def gaussian_sum(element: int, parametrisation: str = "peng") -> tuple[NumpyArray, NumpyArray]:
    """An element as a sum of Gaussians, f(q) ≈ Σ aᵢ exp(−bᵢ q²/4): the form whose voxel means are exact.

    Peng's five as they are. A Lorentzian is an integral over Gaussians with positive weights, 1/(q² + b) =
    ∫ exp(−t(q² + b)) dt, so the others are fitted for q ≤ 8 Å⁻¹ by about 16 Gaussians of fixed widths, a geometric
    series, with weights that are least squares and not negative. f(0) is kept to 1e-6; elsewhere the error is below
    3e-5 f(0) for Lobato's and 2e-4 f(0) for Kirkland's, a few 1e-6 and 1e-5 for light elements.

    Parameters
    ----------
    element
        Atomic number.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    strengths : NumPy array (g,)
        aᵢ in Å, positive.
    widths_angstrom2 : NumPy array (g,)
        bᵢ in Å²; a B factor adds to each.

    Raises
    ------
    ValueError
        If there is no such parametrisation, or it does not have the element.
    """
    factor = scattering_factor(element, parametrisation)
    if isinstance(factor, Peng):
        return factor.a, factor.b
    from scipy.optimize import nnls

    wanted = factor.scattering_factor(_FIT_FREQUENCIES)
    emphasis = wanted**-0.75  # between an equal absolute and an equal relative error
    emphasis[0] *= 100  # the integral of the potential
    basis = np.exp(-np.outer(_FIT_FREQUENCIES**2, _FIT_WIDTHS_ANGSTROM2) / 4)
    strengths = nnls(basis * emphasis[:, None], wanted * emphasis, maxiter=1000)[0]
    kept = strengths > 0
    return strengths[kept], _FIT_WIDTHS_ANGSTROM2[kept]


def peak_potential(element: int, b_factor_angstrom2: float, *, parametrisation: str = "peng") -> float:
    """The projected potential at the centre of an atom that a B factor blurs: its contrast at a resolution.

    V_z(0) = κ⁻¹ Σ aᵢ 4π/(bᵢ + B). Where B is large the scattering forwards decides, κ⁻¹ f(0) 4π/B, and carbon is
    above oxygen; where it is small the charge of the nucleus does, and oxygen is above carbon.

    Parameters
    ----------
    element
        Atomic number.
    b_factor_angstrom2
        B, Å².
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    float
        V·Å; times the interaction constant it is a phase shift.

    Raises
    ------
    ValueError
        If there is no such parametrisation, or it does not have the element.
    """
    strengths, widths = gaussian_sum(element, parametrisation)
    return float(VOLT_ANGSTROM2 * np.sum(strengths * 4 * np.pi / (widths + b_factor_angstrom2)))
