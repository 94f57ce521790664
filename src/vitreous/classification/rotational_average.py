"""What remains of an image when its in-plane angle is not known: the mean over all angles, ring by ring."""

import math

from jaxtyping import Float

from vitreous._array import device_of, namespace
from vitreous._typing import Array
from vitreous.fourier import coordinate_radius, ft
from vitreous.interpolation import B_SPLINE, sample

__all__ = ["ring_means", "rotational_average", "rotational_power"]


def ring_means(image: Float[Array, "*batch y x"]) -> Float[Array, "*batch ring"]:
    """The mean of an image along circles about its origin, p(r) = (1/2π) ∫ f(r cos θ, r sin θ) dθ, r in whole pixels.

    The circles run between the pixels, by cubic splines: unlike `vitreous.fourier.radial_average`, which takes the
    pixels that lie nearest to each, this holds for images that vary from pixel to pixel.

    Parameters
    ----------
    image
        Shape (…, y, x), origin at n // 2.

    Returns
    -------
    Array
        Shape (…, n // 2), n the shorter side: the circles that lie within the box.
    """
    xp, rings = namespace(image), min(image.shape[-2:]) // 2
    radius = xp.arange(rings, dtype=image.dtype, device=device_of(image))
    # of a circle with less than one place a pixel, cubic splines would miss something
    count = 2 * math.ceil(math.pi * rings)
    angle = xp.arange(count, dtype=image.dtype, device=device_of(image)) * (2 * math.pi / count)
    places = xp.stack([radius[:, None] * xp.cos(angle), radius[:, None] * xp.sin(angle)], axis=-1)
    return xp.mean(sample(image, places, B_SPLINE), axis=-1)


def rotational_average(image: Float[Array, "*batch y x"]) -> Float[Array, "*batch y x"]:
    """The image averaged over all in-plane angles, g(x) = p(|x|).

    This is what expectation-maximization makes of a class when every angle has the same probability.

    Parameters
    ----------
    image
        Shape (…, y, x), origin at n // 2.

    Returns
    -------
    Array
        Same shape; beyond the inscribed circle the value of the last ring.
    """
    xp, means = namespace(image), ring_means(image)
    # a profile and its mirror image: smooth at the origin, which is its middle
    profile = xp.concat([xp.flip(means[..., 1:], axis=-1), means], axis=-1)
    last = float(means.shape[-1] - 1)
    radius = coordinate_radius(tuple(image.shape[-2:]), like=image)
    inside = xp.where(radius > last, xp.full_like(radius, last), radius)
    return sample(profile, inside[..., None], B_SPLINE, edge="nearest")


def rotational_power(images: Float[Array, "n y x"]) -> Float[Array, "y x"]:
    """The rotational average of the mean power spectrum of images, a picture of rings.

    P(k) = ⟨⟨|F_i(k)|²⟩_i⟩_ring, with the unnormalised transform: white noise of variance s² a pixel has the level N s².

    Parameters
    ----------
    images
        (n, y, x).

    Returns
    -------
    Array
        (ky, kx), centred.
    """
    xp = namespace(images)
    return rotational_average(xp.mean(xp.abs(ft(images, 2)) ** 2, axis=0))
