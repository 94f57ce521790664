"""Einstein from noise: classes that show what the images were aligned to, and not what is in them.

A class average shows its particles only as far as half sets that were refined apart agree. Where they have nothing in
common beyond the few rings that both started with, all that the class shows may come from what it started from: from a
template, or from the chance features of a random start. How strong the bias is, two more numbers tell: whether halves
that were aligned to one reference agree all the same, and whether the class resembles the template.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from vitreous._typing import NumpyArray
from vitreous.classification.validation import RingCurves

__all__ = ["TemplateBias", "template_bias"]

_SIGMAS = 4.5
"""Standard deviations of chance that an agreement has to exceed."""


@dataclass(frozen=True, eq=False)
class TemplateBias:
    """What speaks for a bias in each class.

    Parameters
    ----------
    honest
        (K,): the mean correlation of the honest halves in all rings beyond the shared ones.
    aligned_together
        (K,): the same of the halves that were aligned to one reference.
    with_template
        (K,): that of the class with the template; NaN without one.
    biased
        (K,): whether the honest halves support no detail at all.
    strongly
        (K,): whether, moreover, one of the other two is more than chance.
    """

    honest: Float[NumpyArray, " k"]
    aligned_together: Float[NumpyArray, " k"]
    with_template: Float[NumpyArray, " k"]
    biased: Bool[NumpyArray, " k"]
    strongly: Bool[NumpyArray, " k"]


def template_bias(
    honest: RingCurves, aligned_together: RingCurves, with_template: RingCurves | None = None
) -> TemplateBias:
    """Which classes show a reference rather than the particles.

    Parameters
    ----------
    honest
        Of halves refined apart.
    aligned_together
        Of the half-set averages of the run itself, which share their references.
    with_template
        Of the class averages and the template in their best pose, where the run started from one.

    Returns
    -------
    TemplateBias
        Class by class.

    References
    ----------
    R. Henderson, PNAS 110, 18037 (2013); M. Shatsky et al., J. Struct. Biol. 166, 67 (2009).
    """
    unsupported = np.array([claim is None for claim in honest.resolution_angstrom])
    together = aligned_together.beyond > _SIGMAS * aligned_together.beyond_noise
    resembles = np.zeros(len(unsupported), bool)
    likeness = np.full(len(unsupported), np.nan)
    if with_template is not None:
        likeness = with_template.beyond
        resembles = likeness > _SIGMAS * with_template.beyond_noise
    return TemplateBias(
        honest.beyond, aligned_together.beyond, likeness, unsupported, unsupported & (together | resembles)
    )
