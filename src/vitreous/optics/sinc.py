"""sin x/x, which is 1 at 0."""

from jaxtyping import Float

from vitreous._array import namespace
from vitreous._typing import Array

__all__ = ["sinc"]


def sinc(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Sin x/x; unlike ``numpy.sinc`` without a π.

    Parameters
    ----------
    x
        Rad, any shape; gradients pass, at 0 too.

    Returns
    -------
    Real array
        The same shape, −0.22 … 1.
    """
    xp = namespace(x)
    near = xp.abs(x) < 1e-3
    away = xp.where(near, xp.ones_like(x), x)
    return xp.where(near, 1 - x**2 / 6, xp.sin(away) / away)
