"""Problems of convolution, sampling and Nyquist, blur stream: bounds, widths, folding, binning."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import sympy as sp

from vitreous.fourier import binning_transfer, convolve_fourier, folded_frequency
from vitreous.study.problems import (
    Attempt,
    Choose,
    Complex,
    Derive,
    Explain,
    Expression,
    Mistake,
    Number,
    Step,
    Vector,
    compute,
)


def _apart(*values: float) -> bool:
    """Whether all differ from each other by more than 6 %."""
    return all(high > 1.06 * low for low, high in pairwise(sorted(values)))


_X = np.linspace(-12, 12, 24001)


def _integral(values: np.ndarray) -> complex:
    """The integral of a function that is zero at both ends of the grid, by the trapezoidal rule."""
    return complex(np.sum(values) * (_X[1] - _X[0]))


def _transform(function: Callable[[np.ndarray], np.ndarray], k: float) -> complex:
    return _integral(function(_X) * np.exp(-2j * np.pi * k * _X))


@compute("The transform of two Gaussians, one upside down")
def two_gaussians(rng: np.random.Generator) -> Attempt:
    """Ask for the transform of a Gaussian minus its mirror image, as a formula."""
    a = float(rng.choice((0.5, 1, 1.5, 2, 2.5, 3, 4)))
    return Attempt(
        statement=f"Find the Fourier transform $F(k) = \\int f(x)\\, e^{{-2\\pi i k x}}\\, \\mathrm{{d}}x$ of "
        f"$f(x) = e^{{-\\pi (x - {a:g})^2}} - e^{{-\\pi (x + {a:g})^2}}$. Write it as a formula in $k$.",
        answer=Expression(f"-2*i*sin({2 * a:g}*pi*k)*exp(-pi*k^2)", ("k",)),
        mistakes=(
            Mistake(
                f"2*i*sin({2 * a:g}*pi*k)*exp(-pi*k^2)",
                f"The sign is turned. The Gaussian at $+{a:g}$ has the factor $e^{{-2\\pi i k \\cdot {a:g}}}$ in our convention.",
            ),
            Mistake(
                f"2*cos({2 * a:g}*pi*k)*exp(-pi*k^2)",
                "That is the transform of the *sum*, which is even. Here the second Gaussian is subtracted.",
            ),
            Mistake(
                f"-2*i*sin({a:g}*k)*exp(-pi*k^2)",
                "The shift theorem has $2\\pi$ in the exponent, as the transform itself has.",
            ),
            Mistake(
                f"-2*sin({2 * a:g}*pi*k)*exp(-pi*k^2)",
                "$e^{-i\\theta} - e^{i\\theta} = -2i\\sin\\theta$: the $i$ is lost. A real odd function has an imaginary transform.",
            ),
        ),
        hints=(
            "Which function is its own transform?",
            f"A shift by ${a:g}$ multiplies the transform by $e^{{-2\\pi i k \\cdot {a:g}}}$, a shift by $-{a:g}$ by its conjugate.",
            "Subtract the two phase factors, and use Euler's formula.",
        ),
        worked=f"$e^{{-\\pi x^2}}$ is its own transform. With both shifts, $F(k) = e^{{-\\pi k^2}}\\,(e^{{-2\\pi i k\\cdot {a:g}}} "
        f"- e^{{+2\\pi i k\\cdot {a:g}}}) = -2i\\,\\sin({2 * a:g}\\pi k)\\, e^{{-\\pi k^2}}$.",
    )


@compute("The same transform, at one frequency")
def two_gaussians_value(rng: np.random.Generator) -> Attempt:
    """Ask for the number that the transform of a Gaussian minus its mirror image has at one frequency."""
    while True:
        a, k = float(rng.choice((1, 1.5, 2, 2.5, 3))), int(rng.integers(3, 30)) / 100
        sine = math.sin(2 * math.pi * a * k)
        if abs(sine) > 0.3 and abs(math.cos(2 * math.pi * a * k)) > 0.2:
            break
    height = math.exp(-math.pi * k**2)
    value = -2 * sine * height
    return Attempt(
        statement=f"$f(x) = e^{{-\\pi (x - {a:g})^2}} - e^{{-\\pi (x + {a:g})^2}}$. Which value has its Fourier transform "
        f"(kernel $e^{{-2\\pi i k x}}$) at $k = {k:g}$? A complex number, to three digits.",
        answer=Complex(complex(0, value)),
        mistakes=(
            Mistake(complex(0, -value), "The sign of the exponent is turned: our kernel is $e^{-2\\pi i k x}$."),
            Mistake(
                complex(value, 0),
                "The size is right, but a real odd function has a purely imaginary transform.",
            ),
            Mistake(
                complex(2 * math.cos(2 * math.pi * a * k) * height, 0),
                "That is for the *sum* of the two Gaussians.",
            ),
            Mistake(
                complex(0, -2 * math.sin(math.radians(2 * math.pi * a * k)) * height),
                "The argument of the sine is in radians. Set your calculator to radians.",
            ),
        ),
        hints=(
            f"$F(k) = -2i\\,\\sin(2\\pi \\cdot {a:g}\\, k)\\, e^{{-\\pi k^2}}$.",
            f"The sine is {sine:.4f}, the Gaussian {height:.4f}.",
        ),
        worked=f"$F = -2i \\cdot \\sin({2 * math.pi * a * k:.4f}) \\cdot e^{{-\\pi \\cdot {k:g}^2}} = -2i \\cdot "
        f"({sine:.5f}) \\cdot {height:.5f} = 0 + ({value:.5f})\\,i$.",
    )


@compute("Where the integral starts and stops")
def overlap_bounds(rng: np.random.Generator) -> Attempt:
    """Ask for the bounds of a convolution integral of two boxes that overlap in part."""
    while True:
        still, moving = (int(value) / 2 for value in rng.integers(2, 9, size=2))
        shift = int(rng.integers(1, 30)) / 4
        if abs(still - moving) + 0.2 < shift < still + moving - 0.2:
            break
    low = shift - moving
    return Attempt(
        statement=f"$f$ is a box, 1 on $-{still:g} \\le u \\le {still:g}$ and 0 elsewhere; $g$ is one on $-{moving:g} \\le u \\le {moving:g}$. "
        f"In $(f * g)(x) = \\int f(u)\\, g(x - u)\\, \\mathrm{{d}}u$ with $x = {shift:g}$, where does the product differ from zero? "
        "Give the lower and the upper bound, separated by a comma.",
        answer=Vector((low, still), absolute=0.01),
        mistakes=(
            Mistake((-still, still), "That is where $f$ is not zero. The moved $g$ must not be zero there either."),
            Mistake(
                (low, shift + moving), "That is where the moved $g$ is not zero. $f$ must not be zero there either."
            ),
            Mistake(
                (-still, shift - moving),
                "The right function moves to the *right* for $x > 0$: it overlaps with the right end of $f$.",
            ),
        ),
        hints=(
            f"Where is $g({shift:g} - u)$ not zero? Between which two values of $u$?",
            f"It is the interval from ${shift:g} - {moving:g}$ to ${shift:g} + {moving:g}$. Cut it with $f$'s.",
        ),
        worked=f"$g(x - u)$ lives on ${shift:g} - {moving:g} = {low:g}$ to ${shift:g} + {moving:g} = {shift + moving:g}$, $f$ on $-{still:g}$ "
        f"to ${still:g}$. Both: from {low:g} to {still:g}.",
    )


@compute("One frame of the film")
def one_value(rng: np.random.Generator) -> Attempt:
    """Ask for the value of the convolution of two boxes at a shift where they overlap in part."""
    while True:
        wide, narrow = int(rng.integers(3, 8)), int(rng.integers(1, 5))
        shift = int(rng.integers(1, 20)) / 4
        high, low = (int(value) for value in rng.integers(2, 6, size=2))
        overlap = (wide + narrow) / 2 - shift
        value = high * low * overlap
        if 0.2 < overlap < narrow - 0.2 and _apart(value, overlap, high * low * narrow, (high + low) * overlap):
            break
    return Attempt(
        statement=f"A box of width {wide} and height {high} is convolved with a box of width {narrow} and height {low}; both are "
        f"centred on 0. What is the value at the shift $x = {shift:g}$?",
        answer=Number(value, relative=0.005),
        mistakes=(
            Mistake(overlap, "That is the width of the overlap. The product under the integral has a height, too."),
            Mistake(
                high * low * narrow,
                "That is the value while the narrow box lies wholly on the wide one. At this shift a part hangs over the edge.",
            ),
            Mistake(
                (high + low) * overlap,
                "The heights are multiplied, not added: the integral is over the product.",
            ),
        ),
        hints=(
            "How wide is the overlap? How high is the product there?",
            f"The right edge of the wide box is at {wide / 2:g}, the left edge of the moved one at {shift - narrow / 2:g}.",
        ),
        worked=f"They overlap on {overlap:g}, where the product is {high} · {low} = {high * low}: the area is {value:g}.",
    )


@compute("Two blurs, one after the other")
def two_blurs(rng: np.random.Generator) -> Attempt:
    """Ask for the standard deviation of two Gaussian blurs together."""
    while True:
        one, other = (int(value) / 10 for value in rng.integers(8, 50, size=2))
        if max(one, other) < 3 * min(one, other):
            break
    both = math.hypot(one, other)
    return Attempt(
        statement=f"An image is blurred by a Gaussian of standard deviation {one:g} Å, and then by one of {other:g} Å. Which one Gaussian, by its "
        "standard deviation in Å, does the same?",
        answer=Number(both, unit="Å", relative=0.01),
        mistakes=(
            Mistake(one + other, "Widths of boxes add; of Gaussians it is the *variances* that add."),
            Mistake(
                one * other / both,
                "You added $1/\\sigma^2$. That is right for the product of two Gaussians in one space; blurs multiply in Fourier space.",
            ),
            Mistake(both**2, "That is the variance. Take its square root."),
        ),
        hints=(
            "In Fourier space the two filters are multiplied: add the exponents.",
            "$e^{-2\\pi^2\\sigma_1^2k^2}\\, e^{-2\\pi^2\\sigma_2^2k^2}$ has $\\sigma^2 = \\sigma_1^2 + \\sigma_2^2$.",
        ),
        worked=f"$\\sigma = \\sqrt{{{one:g}^2 + {other:g}^2}} = {both:.3f}$ Å.",
    )


@compute("A Gaussian blur, seen as a filter")
def blur_as_filter(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution at which a Gaussian blur halves the amplitude."""
    sigma = int(rng.integers(5, 50)) / 10
    answer = sigma * math.pi * math.sqrt(2 / math.log(2))
    return Attempt(
        statement=f"A map is convolved with a Gaussian of standard deviation {sigma:g} Å. At which resolution $d = 1/k$, in Å, are the amplitudes "
        "of its transform halved?",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                answer / (2 * math.pi),
                "The Fourier Gaussian has the standard deviation $1/(2\\pi\\sigma)$, not $1/\\sigma$, for frequencies in 1/Å.",
            ),
            Mistake(answer * math.sqrt(2), "There the *power* is halved. The amplitude is down to $1/\\sqrt2$ only."),
            Mistake(
                2 * math.pi * sigma,
                "There the filter is down to $e^{-1/2} = 0.61$: one standard deviation of the Fourier Gaussian.",
            ),
            Mistake(sigma, "The width in real space is not the resolution. Use the transform of the Gaussian."),
        ),
        hints=("The filter is $e^{-2\\pi^2\\sigma^2k^2}$.", "Set it to one half: $2\\pi^2\\sigma^2k^2 = \\ln 2$."),
        worked=f"$k = \\sqrt{{\\ln 2 / 2}}/(\\pi\\sigma)$, so $d = \\pi\\sigma\\sqrt{{2/\\ln 2}} = {math.pi * math.sqrt(2 / math.log(2)):.3f} \\cdot "
        f"{sigma:g} = {answer:.3f}$ Å.",
    )


@compute("A lattice finer than the pixels")
def seen_period(rng: np.random.Generator) -> Attempt:
    """Ask at which period a lattice appears that is finer than two pixels."""
    while True:
        pixel = int(rng.integers(10, 30)) / 10
        period = round(pixel * int(rng.integers(55, 190)) / 100, 2)
        seen = abs(float(folded_frequency(np.asarray(1 / period), 1 / pixel)))
        beyond = 1 / period - 0.5 / pixel
        if seen > 0.06 / pixel and beyond > 0.03 / pixel and _apart(seen, 1 / period, beyond, 0.5 / pixel):
            break
    mistakes = [
        Mistake(period, "The samples cannot tell it from a slower wave: the lattice is finer than two pixels."),
        Mistake(
            1 / beyond,
            "You took the distance *from Nyquist*. The spectrum folds about Nyquist: measure from the nearest multiple of $1/\\Delta$.",
        ),
        Mistake(2 * pixel, "That is the Nyquist period. A wave beyond it folds back *below* it, not onto it."),
    ]
    order = round((1 / period) * pixel)
    return Attempt(
        statement=f"Pixels are {pixel:g} Å. A sharp lattice of {period:g} Å spacing is in the image. At which period, in Å, does it appear?",
        answer=Number(1 / seen, unit="Å", relative=0.01),
        mistakes=mistakes,
        hints=(
            f"The sampling rate is $1/\\Delta = {1 / pixel:.4f}$ 1/Å, the lattice has {1 / period:.4f} 1/Å.",
            f"Subtract the nearest multiple of the rate, here {order} times it, and take the size of what is left.",
        ),
        worked=f"$|{1 / period:.5f} - {order} \\cdot {1 / pixel:.5f}| = {seen:.5f}$ 1/Å, a period of {1 / seen:.3f} Å.",
    )


@compute("What binning leaves")
def binning_loss(rng: np.random.Generator) -> Attempt:
    """Ask for the factor that binning multiplies a wave by, at a fraction of the new Nyquist frequency."""
    factor, fraction = int(rng.integers(2, 5)), int(rng.integers(12, 20)) / 20
    k = fraction / (2 * factor)
    left = float(binning_transfer(np.asarray(k), factor))
    return Attempt(
        statement=f"An image is binned by {factor}: blocks of {factor} × {factor} pixels are averaged. By which factor is a wave along $x$ multiplied "
        f"whose frequency is {fraction:g} of the *new* Nyquist frequency? To four digits.",
        answer=Number(left, relative=0.0015),
        mistakes=(
            Mistake(
                1.0, "Binning is a convolution with a box, and its transfer is not 1 below the new Nyquist frequency."
            ),
            Mistake(
                left**2,
                "That is what is left of the *power*, or of a wave along the diagonal with this frequency on both axes.",
            ),
            Mistake(
                float(np.sinc(factor * k)),
                "That is the transfer of a continuous box, $\\mathrm{sinc}(fk)$. The block holds $f$ single pixels: $\\sin(\\pi fk)/(f\\sin\\pi k)$.",
            ),
            Mistake(
                float(binning_transfer(np.asarray(k / factor), factor)),
                f"You took the fraction of the wrong Nyquist frequency: in cycles per *old* pixel the new one is $1/(2\\cdot{factor})$.",
            ),
        ),
        hints=(
            f"In cycles per old pixel the new Nyquist frequency is $1/(2\\cdot {factor})$, so $k = {k:.5g}$.",
            "The mean of $f$ neighbouring samples of a wave: $H(k) = \\sin(\\pi f k)/(f \\sin \\pi k)$.",
        ),
        worked=f"$k = {fraction:g}/(2\\cdot{factor}) = {k:.5f}$; $H = \\sin({math.pi * factor * k:.4f})/({factor}\\,\\sin {math.pi * k:.4f}) = {left:.5f}$.",
    )


@compute("In which space")
def which_space(rng: np.random.Generator) -> Attempt:
    """Ask which of four operations is a convolution of the *spectrum*."""
    real = (
        "averaging 3 × 3 pixels",
        "the point spread of the lens",
        "a B factor of 80 Å²",
        "motion blur during the exposure",
        "a low-pass filter at 10 Å",
    )
    chosen = [real[i] for i in rng.permutation(len(real))[:3]]
    place = int(rng.integers(0, 4))
    options = [*chosen[:place], "a soft mask around the particle", *chosen[place:]]
    wrong = [i for i in range(4) if i != place]
    return Attempt(
        statement="Which of these convolves the *Fourier transform* of the image with something?",
        answer=Choose(options, place),
        mistakes=tuple(
            Mistake(i, f"No: {options[i]} is a convolution in *real* space, and multiplies the spectrum.")
            for i in wrong
        ),
        hints=(
            "A product in one space is a convolution in the other.",
            "Which of the four is a product in real space?",
        ),
        worked="A mask multiplies the image. So the image's spectrum is convolved with the mask's, and neighbouring Fourier "
        "pixels are no longer independent. The others are convolutions in real space.",
    )


one_frame = Explain(
    "one-frame",
    "What one frame of the film means",
    "An animation shows a box standing still, another box sliding over it from left to right, the overlap shaded, and a curve growing "
    "below. What is drawn: which functions, of which variable? Between which bounds does the integral run at a given moment? And what does "
    "*one frame* of it mean?",
    "The upper picture has the axis $u$, the variable of integration. On it stand $f(u)$, which does not move, and $g(x - u)$: the second "
    "function *turned round* (because of $-u$) and pushed to $x$. The shaded area is under their product, $\\int f(u)\\,g(x-u)\\,\\mathrm{d}u$. "
    "The product is zero wherever one of the two is, so for boxes of half-widths $p$ and $q$ the integral really runs from $\\max(-p, x - q)$ to "
    "$\\min(p, x + q)$, and is zero where the first exceeds the second; it is written from $-\\infty$ to $\\infty$ for every $x$ because the "
    "functions take care of the bounds. The lower picture has another axis, the shift $x$. One frame is one value of $x$: it is the whole "
    "calculation of a *single* point of the result, whose height is the shaded area. Time in the film is $x$; in the result nothing moves.",
    (
        "the axis above is $u$, the axis below is the shift $x$",
        "the moving function is turned round before it is moved",
        "the shaded area is under the product, not under the lower of the two curves",
        "the bounds are where both functions differ from zero, and they change with $x$",
        "one frame gives one number: one point of the result",
    ),
)

where_convolution = Explain(
    "where-convolution",
    "Where convolution happens in cryo-EM",
    "Name at least five places, physical or computational, where a convolution happens between the specimen and the final map. For each: which "
    "two functions, is it an integral or a sum, in how many dimensions, and in which space would you compute it?",
    "**The specimen**: positions of atoms, as spikes, with the potential of one atom; 3D, an integral; computed as form factors in Fourier space or as sums of "
    "Gaussians. **Thermal motion and damage**: the potential with a Gaussian of variance $B/(8\\pi^2)$; 3D; a product with $e^{-Bk^2/4}$. **The lens**: the "
    "projected specimen with the point spread function, the transform of the CTF; 2D, an integral in nature; simulated as a product with the CTF, "
    "because the point spread is as wide as the delocalisation. **Drift**: the image with a short line; 2D in time and space. **The detector**: the electron image with the pixel's "
    "area and the spread of charge, then sampled; 2D; its transform is the MTF. **Binning**: the pixels with a box, then decimation; a 2D sum. "
    "**Filters, blurring and sharpening a map**: 3D sums, done as products. **A mask**: the other way round: it multiplies the map, and so convolves its spectrum "
    "with the mask's spectrum, in 3D Fourier space. **Gridding**: values at scattered Fourier places with a kernel 2 to 6 voxels wide, a sum in 3D Fourier space, "
    "computed directly because the kernel is small, and divided out in real space afterwards.",
    (
        "both functions are named for each place, not only the kernel",
        "physical convolutions (integrals) are told from computed ones (sums)",
        "the number of dimensions is given: 2D for images, 3D for maps",
        "a mask convolves the *spectrum*",
        "gridding or interpolation is among them, in Fourier space",
        "large kernels are applied as products in Fourier space, small ones directly",
    ),
)


def _gaussian(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.pi * x**2)


def _exponent_completes() -> bool:
    x, k = sp.symbols("x k", real=True)
    return sp.expand(-sp.pi * x**2 - 2 * sp.pi * sp.I * k * x + sp.pi * (x + sp.I * k) ** 2 + sp.pi * k**2) == 0


def _euler_difference() -> bool:
    theta = sp.symbols("theta", real=True)
    return sp.simplify((sp.exp(-sp.I * theta) - sp.exp(sp.I * theta) + 2 * sp.I * sp.sin(theta)).rewrite(sp.cos)) == 0


two_gaussians_transform = Derive(
    "two-gaussians-transform",
    "The transform of two Gaussians, step by step",
    r"The transform of $e^{-\pi(x-2)^2} - e^{-\pi(x+2)^2}$ is $-2i\,\sin(4\pi k)\,e^{-\pi k^2}$.",
    (
        Step(
            "The transform is linear: take it of each Gaussian by itself.",
            r"F(k) = \int e^{-\pi(x-2)^2} e^{-2\pi i k x}\,\mathrm{d}x - \int e^{-\pi(x+2)^2} e^{-2\pi i k x}\,\mathrm{d}x",
            lambda: np.isclose(
                _transform(lambda x: _gaussian(x - 2) - _gaussian(x + 2), 0.3),
                _transform(lambda x: _gaussian(x - 2), 0.3) - _transform(lambda x: _gaussian(x + 2), 0.3),
            ),
        ),
        Step(
            "First a Gaussian at the origin. Complete the square in the exponent.",
            r"-\pi x^2 - 2\pi i k x = -\pi (x + ik)^2 - \pi k^2",
            _exponent_completes,
        ),
        Step(
            "The factor $e^{-\\pi k^2}$ leaves the integral. What remains is the area of a Gaussian along a line parallel to the real axis; "
            "it does not depend on $k$ and is 1.",
            r"\int e^{-\pi (x + ik)^2}\,\mathrm{d}x = 1 \quad\Rightarrow\quad e^{-\pi x^2} \longleftrightarrow e^{-\pi k^2}",
            lambda: all(np.isclose(_integral(np.exp(-np.pi * (_X + 1j * k) ** 2)), 1) for k in (0.0, 0.4, 1.0)),
        ),
        Step(
            "Now the shifts. Put $x' = x - 2$ in the first integral and $x' = x + 2$ in the second: the constant part of the exponent leaves.",
            r"e^{-\pi(x \mp 2)^2} \longleftrightarrow e^{\mp 4\pi i k}\, e^{-\pi k^2}",
            lambda: all(
                np.isclose(
                    _transform(lambda x, s=s: _gaussian(x - 2 * s), k), np.exp(-4j * s * np.pi * k - np.pi * k**2)
                )
                for s in (1, -1)
                for k in (0.1, 0.7)
            ),
        ),
        Step(
            "Subtract. Euler's formula makes a sine of the two waves.",
            r"e^{-4\pi i k} - e^{+4\pi i k} = -2i\,\sin(4\pi k)",
            _euler_difference,
        ),
        Step(
            "So the transform is imaginary and odd, as it must be for a real odd function: a fast sine under the envelope of one Gaussian.",
            r"F(k) = -2i\,\sin(4\pi k)\, e^{-\pi k^2}",
            lambda: all(
                np.isclose(
                    _transform(lambda x: _gaussian(x - 2) - _gaussian(x + 2), k),
                    -2j * np.sin(4 * np.pi * k) * np.exp(-np.pi * k**2),
                )
                for k in (0.05, 0.33, 0.9)
            ),
        ),
    ),
)


def _known_convolution() -> bool:
    x, u = sp.symbols("x u", real=True)
    found = sp.integrate(sp.exp(-(u**2)) * sp.exp(-((x - u) ** 2)), (u, -sp.oo, sp.oo))
    return sp.simplify(found - sp.sqrt(sp.pi / 2) * sp.exp(-(x**2) / 2)) == 0


def _substituted(swapped: bool) -> bool:
    """∫ₐᵇ f(u) g(x−u) du for polynomials, against the integral over v = x − u, without and with its bounds in order."""
    x, u, v, a, b = sp.symbols("x u v a b", real=True)
    f, g = (lambda t: t**2 + 3 * t), (lambda t: t**3 - t + 2)
    left = sp.integrate(f(u) * g(x - u), (u, a, b))
    if swapped:
        return sp.expand(left - sp.integrate(f(x - v) * g(v), (v, x - b, x - a))) == 0
    return sp.expand(left - sp.integrate(-f(x - v) * g(v), (v, x - a, x - b))) == 0


def _commutes_in_numbers() -> bool:
    rng = np.random.default_rng(1)
    f, g = np.zeros(64), np.zeros(64)
    f[20:40], g[25:45] = rng.normal(size=20), rng.normal(size=20)
    return bool(np.allclose(convolve_fourier(f, g), convolve_fourier(g, f)))


convolution_commutes = Derive(
    "convolution-commutes",
    "Convolution commutes",
    r"$f * g = g * f$.",
    (
        Step(
            "Write the convolution down. For two Gaussians it can be done in closed form, which checks the definition.",
            r"(f * g)(x) = \int_{-\infty}^{\infty} f(u)\, g(x - u)\,\mathrm{d}u",
            _known_convolution,
        ),
        Step(
            "Put $v = x - u$, so $u = x - v$ and $\\mathrm{d}u = -\\mathrm{d}v$. When $u$ runs from $-\\infty$ to $\\infty$, $v$ runs from $\\infty$ to "
            "$-\\infty$. (The check takes finite bounds $a$, $b$, which become $x - a$ and $x - b$.)",
            r"(f * g)(x) = \int_{+\infty}^{-\infty} f(x - v)\, g(v)\,(-\mathrm{d}v)",
            lambda: _substituted(swapped=False),
        ),
        Step(
            "Put the bounds in order: that is a second minus sign, and the two cancel.",
            r"(f * g)(x) = \int_{-\infty}^{\infty} f(x - v)\, g(v)\,\mathrm{d}v",
            lambda: _substituted(swapped=True),
        ),
        Step(
            "Under the integral stand numbers, whose product commutes; and the name of the variable does not matter. This is the definition of $g * f$. "
            "(The check convolves random numbers both ways.)",
            r"(f * g)(x) = \int_{-\infty}^{\infty} g(v)\, f(x - v)\,\mathrm{d}v = (g * f)(x)",
            _commutes_in_numbers,
        ),
    ),
)
