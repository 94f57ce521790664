"""The twelve Euler conventions, intrinsic and extrinsic, as data."""

from typing import NamedTuple

__all__ = ["EULER_CONVENTIONS", "EulerConvention", "euler_convention"]

EULER_CONVENTIONS = ("XYX", "XZX", "YXY", "YZY", "ZXZ", "ZYZ", "XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")
"""Axes of the three turns: six proper conventions (first axis = third) and six of Tait and Bryan."""


class EulerConvention(NamedTuple):
    """How a convention follows from the turn X(a) Y(b) X(c), or X(a) Y(b) Z(c), by renaming the axes."""

    axes: tuple[int, int, int]
    """The first and second axis of the turns and the one left over; they play the parts of x, y and z."""
    sign: float
    """+1 where those axes are right-handed in that order; −1, and every angle changes its sign, where they are not."""
    proper: bool
    """Whether the third turn is about the first axis again."""
    order: tuple[int, int, int]
    """Which of the given angles is the first, second and third factor: (0, 1, 2) intrinsic, (2, 1, 0) extrinsic."""


def euler_convention(name: str) -> EulerConvention:
    """The data of a convention.

    Parameters
    ----------
    name
        Three axes: ``"ZYZ"`` in capitals about the axes that turn along (intrinsic), R = Z(a) Y(b) Z(c); ``"zyz"``
        in small letters about fixed axes (extrinsic), R = Z(c) Y(b) Z(a).

    Returns
    -------
    EulerConvention
        Axes, sign, kind and order of the angles.

    Raises
    ------
    ValueError
        If the name is none of the twelve in capitals or in small letters.
    """
    intrinsic = name in EULER_CONVENTIONS
    if (not intrinsic and name.upper() not in EULER_CONVENTIONS) or name not in (name.upper(), name.lower()):
        raise ValueError(
            f"no Euler convention {name!r}: write one of {', '.join(EULER_CONVENTIONS)} for axes that turn along, "
            "or the same in small letters for fixed axes"
        )
    # turns about fixed axes are those about moving axes, taken in the opposite order
    letters = name if intrinsic else name.upper()[::-1]
    first, second, third = ("XYZ".index(letter) for letter in letters)
    rest = 3 - first - second
    sign = 1.0 if (second - first) % 3 == 1 else -1.0
    return EulerConvention((first, second, rest), sign, first == third, (0, 1, 2) if intrinsic else (2, 1, 0))
