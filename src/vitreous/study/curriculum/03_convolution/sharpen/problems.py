"""Problems of convolution, sampling and Nyquist, sharpen stream: deconvolution, padding, costs, choices at collection."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import sympy as sp

from vitreous.detector import electrons_per_pixel
from vitreous.fourier import convolve_direct, fast_size, ft, gaussian_blur, tikhonov, wiener
from vitreous.study.problems import (
    Attempt,
    Case,
    Choose,
    Derive,
    Explain,
    Expression,
    Mistake,
    Number,
    OwnFunction,
    Step,
    Vector,
    compute,
)


def _apart(*values: float) -> bool:
    """Whether all differ from each other by more than 6 %."""
    return all(high > 1.06 * low for low, high in pairwise(sorted(values)))


@compute("Two Gaussians convolved, as a formula")
def gaussian_pair(rng: np.random.Generator) -> Attempt:
    """Ask for the convolution of exp(−a x²) and exp(−b x²)."""
    a, b = (int(value) for value in rng.permutation(np.arange(1, 7))[:2])
    rate = f"{a * b}/{a + b}"
    return Attempt(
        statement=f"$f_a(x) = e^{{-a x^2}}$. Find $f_{{{a}}} * f_{{{b}}}$ as a formula in $x$, with its height.",
        answer=Expression(f"sqrt(pi/{a + b})*exp(-{rate}*x^2)", ("x",)),
        mistakes=(
            Mistake(
                f"sqrt(pi/{a + b})*exp(-{a + b}*x^2)",
                "The rates add when Gaussians are *multiplied*. In a convolution it is $1/a$ that adds: the result is broader.",
            ),
            Mistake(
                f"exp(-{rate}*x^2)",
                "The width is right. The height is the integral that remains, $\\sqrt{\\pi/(a+b)}$.",
            ),
            Mistake(
                f"sqrt({a + b}/pi)*exp(-{rate}*x^2)",
                "The height is upside down: $\\int e^{-(a+b)u^2}\\,\\mathrm{d}u = \\sqrt{\\pi/(a+b)}$.",
            ),
            Mistake(
                f"sqrt(pi/{a + b})*exp(-{a + b}/{a * b}*x^2)",
                "That is $1/a + 1/b$ in the exponent. It is the *inverse* of the rate that adds: the rate is $ab/(a+b)$.",
            ),
        ),
        hints=(
            "Put both exponents together and complete the square in $u$.",
            "$a u^2 + b(x-u)^2 = (a+b)(u - \\tfrac{b}{a+b}x)^2 + \\tfrac{ab}{a+b}x^2$.",
        ),
        worked=f"With $ab/(a+b) = {a * b}/{a + b}$ and $\\int e^{{-{a + b}u^2}}\\mathrm{{d}}u = \\sqrt{{\\pi/{a + b}}}$: "
        f"$\\sqrt{{\\pi/{a + b}}}\\; e^{{-\\frac{{{a * b}}}{{{a + b}}}x^2}}$.",
    )


@compute("Three Gaussians, in any order")
def gaussian_chain(rng: np.random.Generator) -> Attempt:
    """Ask for the rate of the convolution of three Gaussians."""
    while True:
        a, b, c = (int(value) / 2 for value in rng.permutation(np.arange(1, 12))[:3])
        whole = 1 / (1 / a + 1 / b + 1 / c)
        squares = math.sqrt(1 / (1 / a**2 + 1 / b**2 + 1 / c**2))
        if _apart(whole, a + b + c, 1 / whole, b * c / (b + c), squares):
            break
    return Attempt(
        statement=f"$f_a(x) = e^{{-a x^2}}$. The convolution $f_{{{a:g}}} * (f_{{{b:g}}} * f_{{{c:g}}})$ is proportional to $e^{{-r x^2}}$. Which is $r$?",
        answer=Number(whole, relative=0.005),
        mistakes=(
            Mistake(a + b + c, "Rates add when Gaussians are multiplied. Here their inverses add."),
            Mistake(1 / whole, "That is $1/r$, twice the variance of the result. Take its inverse."),
            Mistake(b * c / (b + c), "That is the inner convolution. One more Gaussian has to be taken in."),
            Mistake(
                squares,
                "You added $1/a^2$. The variance is $1/(2a)$: it is $1/a$ that adds.",
            ),
        ),
        hints=("Two of them give the rate $ab/(a+b)$.", "In other words $1/r = 1/a + 1/b$; go on with the third."),
        worked=f"$1/r = 1/{a:g} + 1/{b:g} + 1/{c:g} = {1 / whole:.4f}$, so $r = {whole:.5f}$, in whichever order.",
    )


@compute("What naive deconvolution does to noise")
def noise_amplification(rng: np.random.Generator) -> Attempt:
    """Ask by how much the amplitude of noise is multiplied at a frequency when a Gaussian blur is divided out."""
    sigma, k = int(rng.integers(8, 21)) / 10, int(rng.integers(22, 46)) / 100
    gain = float(1 / gaussian_blur(np.asarray(k), sigma))
    exponent = 2 * math.pi**2 * sigma**2 * k**2
    return Attempt(
        statement=f"An image was blurred by a Gaussian of {sigma:g} pixels (standard deviation); then noise came in. The blur is divided out in Fourier "
        f"space. By which factor does the *amplitude* of the noise grow at $k = {k:g}$ cycles/pixel? Give it within 2 %.",
        answer=Number(gain, relative=0.02),
        mistakes=(
            Mistake(gain**2, "That is the growth of the noise *power*."),
            Mistake(
                1 / gain, "That is what the blur left of the signal. The noise came after it and is divided by this."
            ),
            Mistake(
                math.exp(sigma**2 * k**2 / 2),
                "The $2\\pi$ is missing: the transform of a Gaussian of width $\\sigma$ is $e^{-2\\pi^2\\sigma^2k^2}$ for $k$ in cycles per pixel.",
            ),
            Mistake(
                math.exp(exponent / 2),
                "The exponent is $2\\pi^2\\sigma^2k^2$; you have half of it.",
            ),
        ),
        hints=(
            "By what is the spectrum divided at this frequency?",
            f"$H(k) = e^{{-2\\pi^2 \\cdot {sigma:g}^2 \\cdot {k:g}^2}}$, and the noise is multiplied by $1/H$.",
        ),
        worked=f"$2\\pi^2\\sigma^2k^2 = {exponent:.4f}$, so the noise grows by $e^{{{exponent:.4f}}} = {gain:.5g}$.",
    )


@compute("The gain of a Wiener filter")
def wiener_gain(rng: np.random.Generator) -> Attempt:
    """Ask for the factor by which a Wiener filter multiplies the data at one frequency."""
    transfer, ratio = -int(rng.integers(15, 90)) / 100, int(rng.choice((2, 3, 4, 5, 8)))
    gain = float(np.real(wiener(np.asarray([1.0 + 0j]), np.asarray([transfer]), float(ratio), 1.0)[0]))
    return Attempt(
        statement=f"At some frequency the CTF is {transfer:g}, and the signal's power (before the CTF) is {ratio} times the noise's. By which number does the "
        "Wiener filter multiply the data there?",
        answer=Number(gain, relative=0.01),
        mistakes=(
            Mistake(1 / transfer, "That is plain division. Where noise is present the filter holds back."),
            Mistake(
                -gain,
                "The sign: $H^*$ stands in the numerator, and this CTF is negative. The filter turns the contrast back.",
            ),
            Mistake(
                transfer / (transfer**2 + ratio),
                "The ratio is upside down: the denominator is $|H|^2$ plus noise over signal.",
            ),
            Mistake(
                transfer / (transfer**2 + 1 / ratio**2),
                "The ratio is of powers already. Do not square it.",
            ),
        ),
        hints=(
            "$\\hat X = H^* Y / (|H|^2 + N/S)$, with $N/S$ the ratio of the powers.",
            f"$N/S = 1/{ratio}$ and $H^2 = {transfer**2:.4f}$.",
        ),
        worked=f"${transfer:g} / ({transfer**2:.4f} + 1/{ratio}) = {gain:.4f}$; plain division would give {1 / transfer:.3f}.",
    )


@compute("The largest gain that damping allows")
def largest_gain(rng: np.random.Generator) -> Attempt:
    """Ask for the maximum of h/(h² + λ) over all transfers h."""
    strength = float(rng.choice((0.0004, 0.001, 0.0025, 0.004, 0.01, 0.02, 0.04, 0.09)))
    most = 1 / (2 * math.sqrt(strength))
    return Attempt(
        statement=f"Tikhonov's filter is $H/(H^2 + \\lambda)$ with $\\lambda = {strength:g}$. Whatever the transfer $H$ is, by how much can the filter multiply at most?",
        answer=Number(most, relative=0.01),
        mistakes=(
            Mistake(1 / strength, "At $H = 0$ the numerator is 0 as well. Look for the maximum between."),
            Mistake(1 / math.sqrt(strength), "At $H = \\sqrt\\lambda$ the denominator is $2\\lambda$, not $\\lambda$."),
            Mistake(math.sqrt(strength), "That is *where* the gain is largest. Put it in."),
            Mistake(1 / (1 + strength), "That is the gain where $H = 1$: the least amplified place, not the most."),
        ),
        hints=("Set the derivative with respect to $H$ to zero.", "The maximum is at $H = \\sqrt\\lambda$."),
        worked=f"At $H = \\sqrt\\lambda = {math.sqrt(strength):.4g}$ the gain is $1/(2\\sqrt\\lambda) = {most:.4g}$.",
    )


@compute("How far to pad")
def padding_size(rng: np.random.Generator) -> Attempt:
    """Ask for the boxes that hold a linear convolution."""
    while True:
        n, m = int(rng.integers(40, 300)), 2 * int(rng.integers(4, 40)) + 1
        whole = n + m - 1
        fast = fast_size(whole)
        if m < n and fast > whole + 1 and fast != n + m:
            break
    return Attempt(
        statement=f"An image of {n} pixels a side is to be convolved with a kernel of {m} pixels a side by a product of spectra. Give the smallest box that "
        "holds the *whole* linear convolution without wrap-around, and the smallest one at least as large that has no prime factor above 5; separated by a comma.",
        answer=Vector((whole, fast), absolute=0.1),
        mistakes=(
            Mistake(
                (n, fast_size(n)),
                "A product of spectra of this size wraps around: what leaves on the right comes in on the left.",
            ),
            Mistake(
                (n + m, fast_size(n + m)),
                "One too many: the first pixel of the kernel on the last of the image is the last term, $n + m - 1$ in all.",
            ),
            Mistake(
                (n + m // 2, fast_size(n + m // 2)),
                "That is enough when only the image's own pixels are kept. For the whole sum it takes $n + m - 1$.",
            ),
            Mistake(
                (whole, 2 ** math.ceil(math.log2(whole))),
                "A power of two is fast, and often much too large. Products of 2, 3 and 5 are fast, too.",
            ),
        )
        if len({fast, 2 ** math.ceil(math.log2(whole))}) == 2
        else (
            Mistake(
                (n, fast_size(n)),
                "A product of spectra of this size wraps around: what leaves on the right comes in on the left.",
            ),
            Mistake(
                (n + m, fast_size(n + m)),
                "One too many: the first pixel of the kernel on the last of the image is the last term, $n + m - 1$ in all.",
            ),
        ),
        hints=(
            "Two pixels: how many does their convolution have? And three with two?",
            f"It is $n + m - 1 = {n} + {m} - 1$; then look for the next product of 2s, 3s and 5s.",
        ),
        worked=f"${n} + {m} - 1 = {whole}$, and the next size without a prime factor above 5 is {fast}.",
    )


@compute("When Fourier space is quicker")
def cost_crossover(rng: np.random.Generator) -> Attempt:
    """Ask for the smallest odd kernel for which three transforms cost less than the direct sum, by a stated count."""
    n = int(rng.choice((64, 128, 256, 512, 1024)))
    cost = int(rng.choice((5, 6, 8, 10)))
    fourier = 3 * cost * math.log2(n)
    m = 3
    while m * m <= fourier:
        m += 2
    return Attempt(
        statement=f"Count operations. A direct convolution of an image of {n} × {n} pixels with a kernel of $m \\times m$ takes $m^2$ multiplications for each pixel. "
        f"By Fourier space it takes three transforms of {cost} $\\log_2 {n}$ operations for each pixel (let kernel and padding cost nothing more). "
        "Which is the smallest odd $m$ for which Fourier space takes fewer?",
        answer=Number(m, relative=0, absolute=0.1),
        mistakes=tuple(
            Mistake(value, hint)
            for value, hint in (
                (
                    _smallest_odd(cost * math.log2(n)),
                    "You counted one transform. It takes three: image, kernel, and back.",
                ),
                (
                    _smallest_odd(3 * cost * math.log2(n * n)),
                    "Read the rule again: the stated cost is per pixel with $\\log_2$ of the *side*.",
                ),
                (math.ceil(fourier) | 1, "You compared $m$ with the cost. The direct sum costs $m^2$ for each pixel."),
            )
            if value != m
        ),
        hints=(
            f"Three transforms cost {fourier:g} operations a pixel.",
            f"Find the smallest odd $m$ with $m^2 > {fourier:g}$.",
        ),
        worked=f"$3 \\cdot {cost} \\cdot \\log_2 {n} = {fourier:g}$; $\\sqrt{{{fourier:g}}} = {math.sqrt(fourier):.2f}$, so the smallest odd $m$ is {m}. Measured crossings lie at 5 to 7: "
        "FFT libraries are better tuned than a plain sum.",
    )


def _smallest_odd(cost: float) -> int:
    m = 3
    while m * m <= cost:
        m += 2
    return m


@compute("The same kernel in both spaces")
def box_and_sinc(rng: np.random.Generator) -> Attempt:
    """Ask for the transfer of a box of m pixels at a frequency."""
    m = int(rng.choice((3, 5, 7)))
    k = float(rng.choice((0.3, 0.35, 0.38, 0.42, 0.45, 0.46, 0.48)))
    value = math.sin(math.pi * m * k) / (m * math.sin(math.pi * k))
    sinc = float(np.sinc(m * k))
    return Attempt(
        statement=f"Averaging {m} neighbouring pixels is a filter. What is its transfer at $k = {k:g}$ cycles/pixel? To four digits.",
        answer=Number(value, relative=0.004),
        mistakes=tuple(
            Mistake(wrong, hint)
            for wrong, hint in (
                (
                    sinc,
                    "That is the transform of a *continuous* box. Sampling adds its copies up: $\\sin(\\pi mk)/(m\\sin\\pi k)$.",
                ),
                (m * value, "The weights are $1/m$ each: divide by $m$."),
                (
                    1.0,
                    "A box average is no sharp low-pass: it damps long before its first zero at $1/m$ and lets through beyond it.",
                ),
            )
            if abs(wrong - value) > 0.005
        ),
        hints=("Sum the wave over the $m$ pixels: a geometric series.", "$H(k) = \\sin(\\pi m k)/(m \\sin \\pi k)$."),
        worked=f"$H = \\sin({math.pi * m * k:.4f})/({m}\\,\\sin {math.pi * k:.4f}) = {value:.5f}$; the continuous box would have {sinc:.4f}.",
    )


@compute("Sharpening in both spaces")
def sharpening_factor(rng: np.random.Generator) -> Attempt:
    """Ask for the transfer of a three-point sharpening kernel."""
    c, k = int(rng.integers(2, 15)) / 10, float(rng.choice((0.25, 0.3, 0.35, 0.4, 0.45)))
    value = 1 + 2 * c * (1 - math.cos(2 * math.pi * k))
    return Attempt(
        statement=f"A row of pixels is sharpened by the kernel $(-{c:g},\\ {1 + 2 * c:g},\\ -{c:g})$. By which factor does it multiply a wave of $k = {k:g}$ cycles/pixel?",
        answer=Number(value, relative=0.005),
        mistakes=(
            Mistake(
                1 + c * (2 * math.pi * k) ** 2,
                "That is $1 + c\\,(2\\pi k)^2$, the filter of the second *derivative*. Three pixels make it only for $k \\ll 1/2$.",
            ),
            Mistake(1 + 2 * c * (1 - math.cos(math.radians(2 * math.pi * k))), "The cosine takes radians."),
            Mistake(1 + 4 * c, "That is the factor at Nyquist, $k = 1/2$, only."),
            Mistake(
                1 + 2 * c * (1 - math.cos(2 * math.pi * k)) / 2,
                "Both neighbours count: $2\\cos(2\\pi k)$, not $\\cos(2\\pi k)$.",
            ),
        ),
        hints=(
            "Put $\\cos(2\\pi k x)$ in and add the three terms up at $x = 0$.",
            f"${1 + 2 * c:g} - 2 \\cdot {c:g}\\, \\cos(2\\pi k)$.",
        ),
        worked=f"${1 + 2 * c:g} - 2\\cdot {c:g} \\cdot \\cos({2 * math.pi * k:.4f}) = {value:.4f}$. The continuous filter $1 + c\\,(2\\pi k)^2$ would give {1 + c * (2 * math.pi * k) ** 2:.3f}.",
    )


@compute("How large a kernel is large enough")
def kernel_reach(rng: np.random.Generator) -> Attempt:
    """Ask for the odd width of a sampled Gaussian kernel for a B factor that reaches a number of standard deviations."""
    b, pixel, reach = 10 * int(rng.integers(5, 40)), float(rng.choice((0.8, 1.0, 1.2, 1.5))), int(rng.choice((3, 4)))
    sigma = math.sqrt(b / (8 * math.pi**2)) / pixel
    m = 2 * math.ceil(reach * sigma) + 1
    values = (
        (2 * math.ceil(reach * sigma * pixel) + 1, "You counted Å as pixels: divide by the pixel size.")
        if pixel != 1
        else None,
        (2 * math.ceil(reach * math.sqrt(b / (4 * math.pi**2)) / pixel) + 1, "$\\sigma^2 = B/(8\\pi^2)$, with an 8."),
        (2 * math.ceil(reach * math.sqrt(b) / pixel) + 1, "$B$ is not a variance: $\\sigma^2 = B/(8\\pi^2)$."),
        (math.ceil(reach * sigma), "That is the reach to one side. The kernel has both sides and the middle."),
    )
    return Attempt(
        statement=f"A B factor of {b} Å² is to be applied in real space to an image with {pixel:g} Å pixels. The kernel shall reach at least {reach} standard deviations to each side. "
        "Which is the smallest odd number of pixels a side?",
        answer=Number(m, relative=0, absolute=0.1),
        mistakes=tuple(
            Mistake(*pair)
            for i, pair in enumerate(values)
            if pair and pair[0] != m and pair[0] not in [p[0] for p in values[:i] if p]
        ),
        hints=(
            "$B = 8\\pi^2\\sigma^2$.",
            f"$\\sigma = {sigma * pixel:.3f}$ Å $= {sigma:.3f}$ pixels; round {reach} of them up.",
        ),
        worked=f"$\\sigma = \\sqrt{{{b}/(8\\pi^2)}} = {sigma * pixel:.3f}$ Å = {sigma:.3f} px; {reach}σ = {reach * sigma:.2f}, rounded up {math.ceil(reach * sigma)}; "
        f"2 · {math.ceil(reach * sigma)} + 1 = {m} pixels.",
    )


@compute("The pixel size for a resolution")
def pixel_for_resolution(rng: np.random.Generator) -> Attempt:
    """Ask for the pixel that puts a resolution at a fraction of Nyquist."""
    target, fraction = int(rng.integers(18, 50)) / 10, float(rng.choice((0.6, 2 / 3, 0.75, 0.8)))
    pixel = fraction * target / 2
    name = "two thirds" if fraction == 2 / 3 else f"{fraction:g}"
    return Attempt(
        statement=f"You aim at {target:g} Å and want this at {name} of the Nyquist frequency. Which pixel size, in Å?",
        answer=Number(pixel, unit="Å", relative=0.01),
        mistakes=(
            Mistake(target / 2, "That puts the target *at* Nyquist."),
            Mistake(
                target / (2 * fraction),
                "That puts the target beyond Nyquist: you divided by the fraction instead of multiplying.",
            ),
            Mistake(fraction * target, "Nyquist is at *two* pixels."),
        ),
        hints=("Nyquist is at $1/(2\\Delta)$.", f"$1/{target:g} = {fraction:.3g} \\cdot 1/(2\\Delta)$."),
        worked=f"$\\Delta = {fraction:.4g} \\cdot {target:g} / 2 = {pixel:.4f}$ Å.",
    )


@compute("What a finer pixel costs")
def finer_pixel(rng: np.random.Generator) -> Attempt:
    """Ask for electrons per pixel and the change of the field when the pixel shrinks."""
    while True:
        before, after = (int(value) / 100 for value in rng.integers(50, 160, size=2))
        if after < 0.85 * before and abs(after - 1) > 0.05:
            break
    dose = int(rng.integers(4, 13)) * 5
    electrons = electrons_per_pixel(dose, after)
    field = (after / before) ** 2
    return Attempt(
        statement=f"You go from {before:g} Å to {after:g} Å pixels with the same camera and the same dose of {dose} e/Å². How many electrons does a pixel see in the whole movie, and to which "
        "fraction does the field of view (its area) shrink? Two numbers, separated by a comma.",
        answer=Vector((electrons, field), absolute=0.01),
        mistakes=(
            Mistake((electrons, after / before), "That is the side of the field. Its area goes with the square."),
            Mistake((dose * after, field), "The dose is for each Å²: multiply by the *area* of a pixel."),
            Mistake(
                (electrons_per_pixel(dose, before), field),
                "Those are the electrons in the old pixel. A smaller pixel catches fewer.",
            ),
        ),
        hints=(
            "Electrons per pixel: dose × pixel area.",
            "The camera has as many pixels as before, each covering a smaller area.",
        ),
        worked=f"${dose} \\cdot {after:g}^2 = {electrons:.3f}$ electrons; the field shrinks to $({after:g}/{before:g})^2 = {field:.4f}$.",
    )


@compute("The disk that super-resolution takes")
def storage(rng: np.random.Generator) -> Attempt:
    """Ask for the size of a session's movies in TB."""
    movies, frames = 500 * int(rng.integers(4, 25)), int(rng.choice((40, 50, 60, 80)))
    rows, columns = 4092, 5760
    bytes_all = movies * frames * 4 * rows * columns
    return Attempt(
        statement=f"A camera of {rows:,} × {columns:,} pixels writes super-resolution movies (twice as many pixels along each side), {frames} frames each, one byte a pixel, not compressed. "
        f"How many TB (10¹² bytes) are {movies:,} movies?",
        answer=Number(bytes_all / 1e12, unit="TB", relative=0.01),
        mistakes=(
            Mistake(bytes_all / 4e12, "Super-resolution doubles *both* sides: four times the pixels."),
            Mistake(bytes_all / 2e12, "Twice along each side is four times in area."),
            Mistake(bytes_all / frames / 1e12, "You forgot the frames: a movie is not one image."),
        ),
        hints=(
            "Bytes = movies × frames × pixels.",
            f"The pixels are $4 \\cdot {rows} \\cdot {columns} = {4 * rows * columns / 1e6:.1f}$ million.",
        ),
        worked=f"{movies} · {frames} · 4 · {rows} · {columns} = {bytes_all:.4g} bytes = {bytes_all / 1e12:.3f} TB.",
    )


@compute("Where the deconvolved delta goes wrong")
def where_it_blows_up(rng: np.random.Generator) -> Attempt:
    """Ask where the error of a naive deconvolution is largest, for two kinds of error."""
    place = int(rng.integers(5, 60))
    rounding = bool(rng.integers(0, 2))
    cause = (
        "the samples were rounded to seven digits"
        if rounding
        else "white noise was added, of the size of the seventh digit"
    )
    options = (f"around $x = {place}$", "around $x = 0$", "everywhere alike", "at the edges of the box")
    right = 0 if rounding else 2
    hints = {
        0: "White noise knows no place: its Fourier terms have random phases and never add up at one point more than at others.",
        1: "The origin of the box is nothing special. Ask where the *error* of the data lives.",
        2: "Rounding is relative: it errs only where the data are large, which is around the delta.",
        3: "The edges matter when the data were cut off there. These reach zero long before.",
    }
    return Attempt(
        statement=f"A delta at $x = {place}$ in a box of 256 pixels was convolved with a Gaussian of 2.4 pixels; then {cause}. The Gaussian is divided out exactly. Where is the error largest?",
        answer=Choose(options, right),
        mistakes=tuple(Mistake(i, hints[i]) for i in range(4) if i != right),
        hints=(
            "The error in Fourier space is $E/H$. Where does it add up in phase?",
            "Ask where $e(x)$ is different from zero before the division.",
        ),
        worked="Division by $H$ is a convolution with a narrow, ringing kernel: it blows the error up where it is. "
        + (
            "Rounding errs in proportion to the data, so around the delta."
            if rounding
            else "White noise is everywhere, so the explosion is, too."
        ),
    )


raising_nyquist = Explain(
    "raising-nyquist",
    "Raising the Nyquist frequency at data collection",
    "You may collect at 0.5, 0.8 or 1.1 Å/pixel, with or without super-resolution. Which trade-offs do you weigh, and what guides your choice?",
    "A smaller pixel raises Nyquist, but the question is at which *fraction* of Nyquist the target resolution lies. The DQE depends on $k\\Delta$: going to a smaller pixel moves the target to lower "
    "cycles per pixel, where the DQE is higher (0.8 falling to 0.35 at Nyquist for a K2), so each particle carries more information. Against that stand: **field of view**, which falls as $\\Delta^2$, and with it the "
    "particles per exposure; **dose per pixel**, which falls as $\\Delta^2$ at equal dose per area (fixed by damage), so that alignment of frames has fewer counts per pixel and counting needs either longer exposures or accepts a lower rate "
    "(a lower rate per pixel means less coincidence loss, which is good); **storage and computing**, which grow with the number of micrographs, and by four for super-resolution; boxes in pixels grow as $1/\\Delta$. **Super-resolution** doubles Nyquist at the same field; the DQE beyond the physical Nyquist is low, "
    "but recording it and *Fourier cropping* keeps noise and signal from folding back. What guides: the resolution that the specimen can give (heterogeneity, ice, number of particles), put at about two thirds of Nyquist, so $\\Delta \\approx d/3$; whether particles or microscope time are scarce; and the box needed for delocalisation. A tomogram or a screening session chooses coarse, a stable "
    "enzyme heading for 1.8 Å chooses fine.",
    (
        "the target as a fraction of Nyquist, because DQE is a function of cycles per pixel",
        "field of view and particles per exposure fall as the square of the pixel",
        "dose per area is set by damage; dose per pixel and frame falls, coincidence loss with it",
        "disk and computing, four times for super-resolution",
        "super-resolution with Fourier cropping against aliasing, not mainly for resolution beyond Nyquist",
        "the choice follows from the specimen and from what is scarce",
    ),
)

real_or_fourier = Explain(
    "real-or-fourier",
    "Why some filters agree in both spaces and others do not",
    "A Gaussian blur in real space and in Fourier space agree to a few digits, a box blur differs visibly, a sharpening kernel differs much. But the convolution theorem is exact. Why? And when is Fourier space quicker?",
    "The theorem says that a kernel and *its own* discrete transform do the same; checked so, all three agree to rounding. What differs is what people call by one name. In real space one samples a kernel $h(x)$ at the pixels and cuts it off; in Fourier space one takes the formula $H(k)$ of the continuous kernel. "
    "Sampling adds the copies $\\sum_j H(k-j)$; cutting convolves $H$ with the transform of the window. A Gaussian's $H$ falls so fast that its copies are negligible once $\\sigma$ is about 0.7 pixel, and $h$ falls as fast, so nothing is cut off: they agree. A box's $H$ is a sinc that falls only as $1/k$: the copies add up to $\\sin(\\pi mk)/(m\\sin\\pi k)$, visibly different near Nyquist. (If by \"box\" one means a sharp low-pass in "
    "Fourier space, its kernel is a sinc that reaches across the image and cannot be small at all.) A sharpening filter *grows* with $k$: $4\\pi^2k^2$ or $e^{+Bk^2/4}$. Its continuous kernel does not exist as a function, the copies have no sum, and the three-point Laplacian $2-2\\cos 2\\pi k$ is another filter that agrees only for $k \\ll 1/2$. Run time: the direct sum costs $m^2$ per pixel ($2m$ if separable), Fourier space about $3\\cdot\\frac52\\cdot 2\\log_2 P$, "
    "hardly depending on $m$. They cross at kernels of about 5 to 7 pixels; for separable kernels far later.",
    (
        "the theorem is exact for a kernel and its own transform",
        "sampling a kernel adds copies of its transform: aliasing of the kernel",
        "a cut-off kernel is a second cause",
        "Gaussian falls fast in both spaces; sinc falls slowly; sharpening grows",
        "the discrete Laplacian has $2 - 2\\cos 2\\pi k$, not $4\\pi^2k^2$",
        "cost $m^2$ (or $2m$) against $\\log P$, and a crossing of a few pixels",
    ),
)


def _square_completed() -> bool:
    a, b, u, x = sp.symbols("a b u x", positive=True)
    right = (a + b) * (u - b * x / (a + b)) ** 2 + a * b / (a + b) * x**2
    return sp.simplify(a * u**2 + b * (x - u) ** 2 - right) == 0


def _area() -> bool:
    a, b, u = sp.symbols("a b u", positive=True)
    return sp.simplify(sp.integrate(sp.exp(-(a + b) * u**2), (u, -sp.oo, sp.oo)) - sp.sqrt(sp.pi / (a + b))) == 0


def _inverses_add() -> bool:
    a, b = sp.symbols("a b", positive=True)
    return sp.simplify(1 / (a * b / (a + b)) - 1 / a - 1 / b) == 0


def _chained(order: tuple[int, int, int]) -> tuple[sp.Expr, sp.Expr]:
    """Height and rate of (f_i * f_j) * f_l."""
    rates = sp.symbols("a1 a2 a3", positive=True)
    i, j, k = (rates[place] for place in order)
    inner = i * j / (i + j)
    return sp.sqrt(sp.pi / (i + j)) * sp.sqrt(sp.pi / (inner + k)), inner * k / (inner + k)


def _symmetric_form() -> bool:
    a1, a2, a3 = sp.symbols("a1 a2 a3", positive=True)
    height, rate = _chained((0, 1, 2))
    pairs = a1 * a2 + a2 * a3 + a1 * a3
    return sp.simplify(height**2 - sp.pi**2 / pairs) == 0 and sp.simplify(rate - a1 * a2 * a3 / pairs) == 0


def _orders_agree() -> bool:
    (one, rate), (other, same) = _chained((0, 1, 2)), _chained((1, 2, 0))
    return sp.simplify(one**2 - other**2) == 0 and sp.simplify(rate - same) == 0


gaussians_associate = Derive(
    "gaussians-associate",
    "Three Gaussians: the order does not matter",
    r"With $f_a(x) = e^{-a x^2}$: $f_1 * (f_2 * f_3) = (f_1 * f_2) * f_3$.",
    (
        Step(
            "Take two of them. In the exponent stands a quadratic in $u$: complete the square.",
            r"a u^2 + b (x - u)^2 = (a + b)\Big(u - \frac{b}{a+b}\,x\Big)^2 + \frac{ab}{a+b}\,x^2",
            _square_completed,
        ),
        Step(
            "The second term does not depend on $u$ and leaves the integral. The first is a Gaussian, moved; its area is that of one at the origin.",
            r"\int e^{-(a+b)u^2}\,\mathrm{d}u = \sqrt{\frac{\pi}{a+b}}",
            _area,
        ),
        Step(
            "So the convolution of two is again a Gaussian, and the inverse of the rate (twice the variance) adds.",
            r"f_a * f_b = \sqrt{\frac{\pi}{a+b}}\; f_c, \qquad c = \frac{ab}{a+b}, \qquad \frac1c = \frac1a + \frac1b",
            _inverses_add,
        ),
        Step(
            "Use the rule twice, on $f_1 * f_2$ and then with $f_3$. Both constants and the rate simplify to forms in which the three rates stand alike.",
            r"(f_1 * f_2) * f_3 = \frac{\pi}{\sqrt{a_1a_2 + a_2a_3 + a_1a_3}}\; e^{-r x^2}, \qquad r = \frac{a_1a_2a_3}{a_1a_2 + a_2a_3 + a_1a_3}",
            _symmetric_form,
        ),
        Step(
            "Starting with $f_2 * f_3$ only renames the rates, and the forms do not change under renaming.",
            r"f_1 * (f_2 * f_3) = (f_1 * f_2) * f_3",
            _orders_agree,
        ),
    ),
)


def _blurred() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A delta in 63 pixels, the transfer of a Gaussian, and an even error such as rounding makes."""
    x = np.arange(63) - 31
    delta, line = (x == 0) * 1.0, np.exp(-0.5 * (x / 1.3) ** 2)
    return delta, ft(line / line.sum(), 1).real, 1e-3 * np.exp(-np.abs(x))


def _error_is_divided() -> bool:
    delta, h, e = _blurred()
    y = h * ft(delta, 1) + ft(e, 1)
    return bool(np.allclose(y / h, ft(delta, 1) + ft(e, 1) / h))


def _where_precision_ends() -> bool:
    sigma, eps = sp.symbols("sigma epsilon", positive=True)
    edge = sp.sqrt(sp.log(1 / eps) / 2) / (sp.pi * sigma)
    return (
        sp.simplify(sp.expand_log(sp.log(sp.exp(-2 * sp.pi**2 * sigma**2 * edge**2)) + sp.log(1 / eps), force=True))
        == 0
    )


def _in_step_at_the_origin() -> bool:
    _, h, e = _blurred()
    ratio = ft(e, 1) / h
    back = np.fft.fftshift(np.fft.ifft(np.fft.ifftshift(ratio)))
    even = np.allclose(ratio.imag, 0, atol=1e-12) and bool(np.all(ratio.real > 0))
    at_zero = np.isclose(back[31].real, np.mean(ratio.real))
    return bool(even and at_zero and np.argmax(np.abs(back)) == 31)


def _white_is_everywhere() -> bool:
    _, h, _ = _blurred()
    n = len(h)
    inverse = np.fft.ifft(np.diag(1 / np.fft.ifftshift(h)) @ np.fft.fft(np.eye(n), axis=0), axis=0)
    variance = np.sum(np.abs(inverse) ** 2, axis=1)
    return bool(np.allclose(variance, np.mean(1 / h**2)))


def _minimum() -> bool:
    h, y, lam, x = sp.symbols("h y lambda x", positive=True)
    slope = sp.diff((h * x - y) ** 2 + lam * x**2, x)
    return sp.simplify(slope.subs(x, h * y / (h**2 + lam))) == 0


def _bounded() -> bool:
    h, lam = sp.symbols("h lambda", positive=True)
    gain = h / (h**2 + lam)
    at_most = sp.simplify(gain.subs(h, sp.sqrt(lam)) - 1 / (2 * sp.sqrt(lam))) == 0
    never_more = (
        sp.simplify(1 / (2 * sp.sqrt(lam)) - gain - (h - sp.sqrt(lam)) ** 2 / (2 * sp.sqrt(lam) * (h**2 + lam))) == 0
    )
    delta, transfer, e = _blurred()
    held = tikhonov(transfer * ft(delta, 1) + ft(e, 1), transfer, 1e-2)
    return bool(at_most and never_more and np.all(np.abs(held) <= 5 * np.abs(transfer + ft(e, 1)) + 1e-12))


deconvolution_blow_up = Derive(
    "deconvolution-blow-up",
    "Why the deconvolved delta blows up, and what damping does",
    r"Dividing by $H$ multiplies the error by $1/H$; an error that lives where the delta was adds up in phase there; $H^*Y/(|H|^2+\lambda)$ bounds it by $1/(2\sqrt\lambda)$.",
    (
        Step(
            "The data are the blurred signal and an error: noise, rounding, or a kernel not quite known. Divide.",
            r"Y = HX + E \quad\Rightarrow\quad \frac{Y}{H} = X + \frac{E}{H}",
            _error_is_divided,
        ),
        Step(
            "For a Gaussian, $H$ falls below any precision $\\epsilon$ at a finite frequency. Beyond it, $Y$ holds nothing but error.",
            r"e^{-2\pi^2\sigma^2k^2} = \epsilon \quad\text{at}\quad k_\epsilon = \frac{1}{\pi\sigma}\sqrt{\tfrac12\ln\tfrac1\epsilon}",
            _where_precision_ends,
        ),
        Step(
            "In real space the error at a place is a sum of waves. Take the delta at the origin and an error that lives around it and is even, as the rounding of an even $y$ is. "
            "Then $E/H$ is real, of one sign here, and every wave has its crest at the origin: there they all add up, elsewhere they cancel.",
            r"\hat x(0) - x(0) = \frac1N \sum_k \frac{E(k)}{H(k)} \;\ge\; |\hat x(x) - x(x)|",
            _in_step_at_the_origin,
        ),
        Step(
            "White noise has no such place. Its variance after division is the same at each pixel: the mean of $1/|H|^2$.",
            r"\operatorname{Var}\hat x(x) = \sigma_n^2\;\frac1N\sum_k \frac{1}{|H(k)|^2} \quad\text{for every } x",
            _white_is_everywhere,
        ),
        Step(
            "Ask instead for the $X$ that trades misfit against size. Frequency by frequency it is a parabola; its minimum is Tikhonov's filter (written for real $H$). With $\\lambda = |N|^2/|X|^2$ at each frequency it is Wiener's.",
            r"\frac{\partial}{\partial X}\Big(|HX - Y|^2 + \lambda |X|^2\Big) = 0 \quad\Rightarrow\quad \hat X = \frac{H^* Y}{|H|^2 + \lambda}",
            _minimum,
        ),
        Step(
            "Its gain never exceeds $1/(2\\sqrt\\lambda)$, whatever $H$ does, and is zero where $H$ is zero: it divides where it can, and gives up where it must.",
            r"\frac{|H|}{|H|^2 + \lambda} \le \frac{1}{2\sqrt{\lambda}}",
            _bounded,
        ),
    ),
)

_STARTER = '''import numpy as np


def convolve(image, kernel):
    """Convolve a real image (ny, nx) with a real kernel (my, mx) by a product of Fourier transforms.

    Nothing lies beyond the edges of the image. The result has the shape of the image. The origin of the kernel is its
    pixel (my // 2, mx // 2): a kernel that is 1 there and 0 elsewhere gives the image back.
    """
'''

_SOLUTION = """import numpy as np


def convolve(image, kernel):
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    (ny, nx), (my, mx) = image.shape, kernel.shape
    box = (ny + my - 1, nx + mx - 1)
    whole = np.fft.irfft2(np.fft.rfft2(image, box) * np.fft.rfft2(kernel, box), box)
    return whole[my // 2 : my // 2 + ny, mx // 2 : mx // 2 + nx]
"""


def _convolution_cases(rng: np.random.Generator) -> Iterator[Case]:
    shapes = (
        ((16, 16), (5, 5), "a square image, an odd kernel"),
        ((15, 12), (4, 3), "odd and even sizes, an even kernel"),
        ((8, 9), (13, 11), "a kernel larger than the image"),
        ((20, 7), (1, 6), "a kernel of one row"),
    )
    for image_shape, kernel_shape, about in shapes:
        image, kernel = rng.normal(size=image_shape), rng.normal(size=kernel_shape)
        yield Case((image, kernel), convolve_direct(image, kernel), 1e-9, about)


own_convolution = OwnFunction(
    key="convolution-theorem",
    title="Your own convolution, by the convolution theorem",
    statement="Write `convolve(image, kernel)`: the convolution of a real image with a real kernel of any size, odd or even, smaller or larger than the image, as a product of Fourier transforms. "
    "What lies beyond the image is zero, the result has the image's shape, and the kernel's origin is its pixel $m // 2$ on each axis. It is checked against the direct sum.",
    function="convolve",
    starter=_STARTER,
    solution=_SOLUTION,
    cases=_convolution_cases,
    hints=(
        "Which box holds the whole sum without wrap-around? $n + m - 1$ on each axis.",
        "`np.fft.rfft2(array, box)` pads with zeros at the end for you.",
        "In the whole sum, the image's first pixel stands where the kernel's origin is: cut from $m // 2$ on.",
    ),
    mistakes=(
        Mistake(
            _SOLUTION.replace("(ny + my - 1, nx + mx - 1)", "(max(ny, my), max(nx, mx))").replace(
                "return whole[my // 2 : my // 2 + ny, mx // 2 : mx // 2 + nx]",
                "return np.roll(whole, (-(my // 2), -(mx // 2)), (0, 1))[:ny, :nx]",
            ),
            "Your result wraps around: what leaves on one side comes in on the other. Pad both to n + m − 1 before the transform.",
        ),
        Mistake(
            _SOLUTION.replace("np.fft.rfft2(kernel, box)", "np.fft.rfft2(kernel[::-1, ::-1], box)"),
            "This is a correlation: the kernel must not be turned round by hand, the product of spectra does that.",
        ),
        Mistake(
            _SOLUTION.replace("whole[my // 2 : my // 2 + ny, mx // 2 : mx // 2 + nx]", "whole[:ny, :nx]"),
            "The image has moved: cut the result out from the kernel's origin, m // 2, not from its first pixel.",
        ),
        Mistake(
            _SOLUTION.replace(
                "my // 2 : my // 2 + ny, mx // 2 : mx // 2 + nx",
                "(my - 1) // 2 : (my - 1) // 2 + ny, (mx - 1) // 2 : (mx - 1) // 2 + nx",
            ),
            "For even kernels you are one pixel off: the origin is m // 2, not (m − 1) // 2.",
        ),
    ),
)
