"""How many views a resolution takes, and how far a number of views reaches.

A view says everything about one central slice of the transform. Of a particle of diameter D the transform is smooth
over 1/D, so that slices must lie at most that far apart where the detail is: at the frequency 1/d, m slices evenly
spread around an axis are π/(d m) apart.
"""

import math

__all__ = ["crowther_resolution_angstrom", "crowther_view_count"]


def crowther_resolution_angstrom(view_count: int, diameter_angstrom: float) -> float:
    """The finest detail that evenly spread views determine everywhere, d = π D/m.

    Parameters
    ----------
    view_count
        m, different views.
    diameter_angstrom
        D, of the particle, Å.

    Returns
    -------
    float
        Å.

    Raises
    ------
    ValueError
        If there are no views or no particle.

    References
    ----------
    Crowther, DeRosier and Klug, Proc. R. Soc. Lond. A 317, 319 (1970).
    """
    if view_count < 1 or not diameter_angstrom > 0:
        raise ValueError(f"{view_count} views of a particle of {diameter_angstrom} Å: both should be above zero")
    return math.pi * diameter_angstrom / view_count


def crowther_view_count(resolution_angstrom: float, diameter_angstrom: float) -> int:
    """The fewest evenly spread views that determine a resolution everywhere, m = π D/d, rounded up.

    Parameters
    ----------
    resolution_angstrom
        d, Å.
    diameter_angstrom
        D, of the particle, Å.

    Returns
    -------
    int
        Views; noise asks for many more.

    Raises
    ------
    ValueError
        If a length is not above zero.

    References
    ----------
    Crowther, DeRosier and Klug, Proc. R. Soc. Lond. A 317, 319 (1970).
    """
    if not (resolution_angstrom > 0 and diameter_angstrom > 0):
        problem = f"{resolution_angstrom} Å of a particle of {diameter_angstrom} Å"
        raise ValueError(f"{problem}: both should be above zero")
    return math.ceil(math.pi * diameter_angstrom / resolution_angstrom)
