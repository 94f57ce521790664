"""The self-test: one or two short problems on each thing that the course stands on."""

import math

import numpy as np

from vitreous.optics import wavelength_angstrom
from vitreous.study.problems import (
    Attempt,
    Choose,
    Complex,
    Expression,
    Matrix,
    Mistake,
    Number,
    Vector,
    compute,
)


@compute("A derivative", unit="derivatives")
def derivative(rng: np.random.Generator) -> Attempt:
    """Ask for the derivative of a cubic at a point."""
    a, b, x = (int(rng.integers(2, 6)), int(rng.integers(2, 8)), int(rng.integers(3, 6)))
    slope = 3 * a * x**2 + 2 * b * x
    return Attempt(
        statement=f"$f(x) = {a}x^3 + {b}x^2$. What is $f'({x})$?",
        answer=Number(slope, relative=1e-6),
        mistakes=(
            Mistake(a * x**2 + b * x, "The exponents went down, but did not come forward as factors."),
            Mistake(a * x**3 + b * x**2, "That is $f$ itself at this point, not its slope."),
            Mistake(3 * a * x**2 + b * x, "The square gives $2x$: a factor of 2 is missing in the second term."),
        ),
        hints=("Term by term: $x^n$ becomes $n x^{n-1}$.", f"$f'(x) = {3 * a}x^2 + {2 * b}x$."),
        worked=f"$f'(x) = {3 * a}x^2 + {2 * b}x$, and $f'({x}) = {3 * a * x**2} + {2 * b * x} = {slope}$.",
    )


@compute("The chain rule", unit="derivatives")
def chain_rule(rng: np.random.Generator) -> Attempt:
    """Ask for the derivative of a Gaussian, as a formula."""
    a = int(rng.integers(2, 9))
    return Attempt(
        statement=f"Differentiate the Gaussian $g(x) = e^{{-{a}x^2}}$. Give the derivative as a formula in $x$.",
        answer=Expression(f"-{2 * a}*x*exp(-{a}*x^2)", ("x",)),
        mistakes=(
            Mistake(f"exp(-{a}*x^2)", "The exponential stays, but the derivative of what stands inside it is missing."),
            Mistake(f"{2 * a}*x*exp(-{a}*x^2)", "The exponent is negative, and so is its derivative."),
            Mistake(f"-{2 * a}*x*exp(-{2 * a}*x)", "The exponent itself stays as it is: $(e^u)' = u'\\,e^u$."),
            Mistake(f"-{a}*x*exp(-{a}*x^2)", "The derivative of $x^2$ is $2x$."),
        ),
        hints=(
            "Outer derivative times inner derivative.",
            f"The inner function is $u = -{a}x^2$, with $u' = -{2 * a}x$.",
        ),
        worked=f"With $u = -{a}x^2$: $g' = u'\\,e^u = -{2 * a}x\\,e^{{-{a}x^2}}$.",
    )


@compute("An integral", unit="integrals")
def integral(rng: np.random.Generator) -> Attempt:
    """Ask for the integral of a square."""
    a, b = 3 * int(rng.integers(1, 4)), int(rng.choice([4, 5, 6]))
    area = a * b**3 // 3
    return Attempt(
        statement=f"Compute $\\int_0^{{{b}}} {a}x^2\\,dx$.",
        answer=Number(area, relative=1e-6),
        mistakes=(
            Mistake(a * b**3, "The power rises to $x^3$, and a division by 3 goes with it."),
            Mistake(2 * a * b, "That is the derivative at the upper end; the area under the curve is asked for."),
            Mistake(a * b**2, "That is the height at the upper end."),
        ),
        hints=("Which function has $x^2$ as its derivative?", f"${a // 3}x^3$, between 0 and {b}."),
        worked=f"$\\left[{a // 3}x^3\\right]_0^{{{b}}} = {a // 3}\\cdot {b**3} = {area}$.",
    )


@compute("An integral over a disk", unit="integrals")
def double_integral(rng: np.random.Generator) -> Attempt:
    """Ask for the integral of r² over a disk."""
    radius = int(rng.integers(2, 7))
    value = math.pi * radius**4 / 2
    return Attempt(
        statement=f"Integrate $x^2 + y^2$ over the disk of radius {radius} around the origin. A formula such as 3*pi is a number too.",
        answer=Number(value, relative=0.002),
        mistakes=(
            Mistake(
                2 * math.pi * radius**3 / 3,
                "The element of area is $r\\,dr\\,d\\varphi$: its factor $r$ is missing.",
            ),
            Mistake(radius**4 / 4, "The integral over the angle gives $2\\pi$; it is missing."),
            Mistake(
                math.pi * radius**4,
                "$r^2$ is not the same everywhere: it must be integrated, not multiplied by the area.",
            ),
        ),
        hints=("Use polar coordinates: $x^2 + y^2 = r^2$.", "$dx\\,dy = r\\,dr\\,d\\varphi$."),
        worked=f"$\\int_0^{{2\\pi}}\\!\\int_0^{{{radius}}} r^2\\,r\\,dr\\,d\\varphi = 2\\pi\\,{radius}^4/4 = {value:.3f}$.",
    )


@compute("A geometric series", unit="series")
def geometric_series(rng: np.random.Generator) -> Attempt:
    """Ask for a sum of powers."""
    r, last = float(rng.choice([0.5, 0.6, 0.8])), int(rng.integers(3, 7))
    total = (1 - r ** (last + 1)) / (1 - r)
    return Attempt(
        statement=f"Compute $\\sum_{{n=0}}^{{{last}}} {r:g}^n$ to three digits behind the point.",
        answer=Number(total, relative=0.0, absolute=0.002),
        mistakes=(
            Mistake(1 / (1 - r), "That is the sum without an end; this one stops."),
            Mistake(
                (1 - r**last) / (1 - r), "One term is missing: from 0 to the last there is one more than its number."
            ),
            Mistake(total - 1, "The sum begins with $n = 0$, and anything to the power 0 is 1."),
        ),
        hints=(f"There are {last + 1} terms.", "$1 + r + \\dots + r^N = (1 - r^{N+1})/(1 - r)$."),
        worked=f"$(1 - {r:g}^{{{last + 1}}})/(1 - {r:g}) = {total:.4f}$.",
    )


@compute("A sum", unit="series")
def summation(rng: np.random.Generator) -> Attempt:
    """Ask for the sum of an arithmetic progression."""
    a, b, n = int(rng.integers(2, 6)), int(rng.integers(3, 9)), 2 * int(rng.integers(4, 11))
    total = a * n * (n + 1) // 2 + b * n
    return Attempt(
        statement=f"Compute $\\sum_{{k=1}}^{{{n}}} ({a}k + {b})$.",
        answer=Number(total, relative=1e-6),
        mistakes=(
            Mistake(a * n * (n + 1) // 2 + b, f"The {b} stands in every one of the {n} terms."),
            Mistake(a * n**2 // 2 + b * n, "$1 + 2 + \\dots + n = n(n+1)/2$, not $n^2/2$."),
            Mistake(a * n + b, "That is the last term; all of them are to be added."),
        ),
        hints=("Sum the two parts by themselves.", "$1 + 2 + \\dots + n = n(n+1)/2$."),
        worked=f"${a}\\cdot {n}\\cdot {n + 1}/2 + {b}\\cdot {n} = {a * n * (n + 1) // 2} + {b * n} = {total}$.",
    )


@compute("The way through a tilted film", unit="trigonometry")
def tilted_thickness(rng: np.random.Generator) -> Attempt:
    """Ask for t / cos θ."""
    thickness, tilt = 10 * int(rng.integers(20, 60)), int(rng.choice([20, 25, 30, 35, 40, 50, 55, 60]))
    angle = math.radians(tilt)
    way = thickness / math.cos(angle)
    return Attempt(
        statement=f"A film of ice is {thickness} Å thick. It is tilted by {tilt}°. How far does an electron travel through it?",
        answer=Number(way, unit="Å", relative=0.005),
        mistakes=(
            Mistake(thickness * math.cos(angle), "The way through a tilted film is longer than its thickness: divide."),
            Mistake(thickness / math.cos(tilt), "The cosine was taken of degrees as if they were radians."),
            Mistake(
                thickness / math.sin(angle),
                "The angle stands between the beam and the film's normal: cosine, not sine.",
            ),
        ),
        hints=("Draw the film, its normal and the beam.", "The thickness is the way times the cosine of the tilt."),
        worked=f"${thickness}/\\cos {tilt}° = {thickness}/{math.cos(angle):.4f} = {way:.1f}$ Å.",
    )


@compute("Two waves", unit="trigonometry")
def two_waves(rng: np.random.Generator) -> Attempt:
    """Ask for the amplitude of a cosine and a sine of one frequency."""
    a, b = ((3, 4), (5, 12), (8, 15), (6, 8), (7, 24), (9, 12))[int(rng.integers(6))]
    size = math.hypot(a, b)
    return Attempt(
        statement=f"${a}\\cos x + {b}\\sin x$ is one wave, $A\\cos(x - \\varphi)$. How large is its amplitude $A$?",
        answer=Number(size, relative=1e-4),
        mistakes=(
            Mistake(a + b, "The two waves are a quarter of a period apart: their crests do not meet."),
            Mistake(a * a + b * b, "That is the square of the amplitude."),
            Mistake(b - a, "Amplitudes a quarter of a period apart add as the sides of a right triangle."),
        ),
        hints=("$A\\cos(x - \\varphi) = A\\cos\\varphi\\cos x + A\\sin\\varphi\\sin x$.", "Square and add."),
        worked=f"$A = \\sqrt{{{a}^2 + {b}^2}} = \\sqrt{{{a * a + b * b}}} = {size:g}$.",
    )


@compute("The angle between two vectors", unit="linear-algebra")
def angle_between(rng: np.random.Generator) -> Attempt:
    """Ask for an angle from a dot product."""
    while True:
        u, v = rng.integers(-3, 4, (2, 3))
        lengths = np.linalg.norm(u) * np.linalg.norm(v)
        if lengths > 0 and 0.15 < abs(u @ v) / lengths < 0.85:
            break
    cosine = float(u @ v / lengths)
    angle = math.degrees(math.acos(cosine))
    return Attempt(
        statement=f"What is the angle between {_vector(u)} and {_vector(v)}?",
        answer=Number(angle, unit="°", relative=0.0, absolute=0.3),
        mistakes=(
            Mistake(math.radians(angle), "That is the angle in radians."),
            Mistake(180 - angle, "That is the angle with one of the two turned round: look at the dot product's sign."),
            Mistake(math.degrees(math.asin(cosine)), "The dot product holds the cosine of the angle, not its sine."),
        ),
        hints=("$u\\cdot v = |u|\\,|v|\\cos\\theta$.", f"$u\\cdot v = {u @ v}$, and $|u|\\,|v| = {lengths:.4f}$."),
        worked=f"$\\cos\\theta = {u @ v}/{lengths:.4f} = {cosine:.4f}$, so $\\theta = {angle:.2f}°$.",
    )


@compute("A cross product", unit="linear-algebra")
def cross_product(rng: np.random.Generator) -> Attempt:
    """Ask for u × v."""
    while True:
        u, v = rng.integers(-3, 4, (2, 3))
        w = np.cross(u, v)
        if np.count_nonzero(w) == 3 and (w != u * v).any() and (w != -u * v).any():
            break
    return Attempt(
        statement=f"Compute the cross product of $u = $ {_vector(u)} and $v = $ {_vector(v)}, in this order.",
        answer=Vector([float(x) for x in w], absolute=1e-6),
        mistakes=(
            Mistake([float(-x) for x in w], "That is $v\\times u$: the order turns the sign."),
            Mistake([float(x) for x in u * v], "That is the product of the components one by one."),
        ),
        hints=(
            "The first component is $u_y v_z - u_z v_y$.",
            "The result is perpendicular to both: test it by dot products.",
        ),
        worked=f"$u\\times v = ({w[0]}, {w[1]}, {w[2]})$; its dot products with $u$ and $v$ are 0.",
    )


@compute("A product of matrices", unit="linear-algebra")
def matrix_product(rng: np.random.Generator) -> Attempt:
    """Ask for a product of 2×2 matrices."""
    while True:
        a, b = rng.integers(-3, 5, (2, 2, 2))
        ab, ba, each = a @ b, b @ a, a * b
        wrong = [ba, each, ab.T]
        if all((one != other).any() for one, other in ((ab, w) for w in wrong)) and (ba != each).any():
            break
    rows = [[float(x) for x in row] for row in ab]
    return Attempt(
        statement=f"Compute $AB$ for $A = {_matrix(a)}$ and $B = {_matrix(b)}$.",
        answer=Matrix(rows, absolute=1e-6),
        mistakes=(
            Mistake([[float(x) for x in row] for row in ba], "That is $BA$: the order of matrices matters."),
            Mistake(
                [[float(x) for x in row] for row in each],
                "The entries were multiplied one by one; a product takes rows times columns.",
            ),
        ),
        hints=(
            "Row of $A$ times column of $B$.",
            f"The entry at the upper left is ${a[0, 0]}\\cdot {b[0, 0]} + {a[0, 1]}\\cdot {b[1, 0]}$.".replace(
                "\\cdot -", "\\cdot(-)"
            ),
        ),
        worked=f"$AB = {_matrix(ab)}$.",
    )


@compute("A determinant", unit="linear-algebra")
def determinant(rng: np.random.Generator) -> Attempt:
    """Ask for the determinant of a 2×2 matrix."""
    a, d = rng.integers(2, 7, 2)
    b, c = rng.integers(1, 6, 2)
    if a * d == b * c:
        a = a + 1
    value = int(a * d - b * c)
    return Attempt(
        statement=f"By which factor, with its sign, does $M = {_matrix([[a, b], [c, d]])}$ change areas?",
        answer=Number(value, relative=1e-6),
        mistakes=(
            Mistake(int(a * d + b * c), "The second product is subtracted."),
            Mistake(-value, "The sign is the other way round: the main diagonal comes first."),
            Mistake(int(a + d), "That is the trace."),
        )
        if abs(value) != a + d
        else (
            Mistake(int(a * d + b * c), "The second product is subtracted."),
            Mistake(-value, "The sign is the other way round."),
        ),
        hints=("The factor is the determinant.", "$ad - bc$."),
        worked=f"$\\det M = {a}\\cdot {d} - {b}\\cdot {c} = {value}$.",
    )


@compute("A product of complex numbers", unit="complex-numbers")
def complex_product(rng: np.random.Generator) -> Attempt:
    """Ask for (a + bi)(c + di)."""
    a, b, c, d = (int(x) for x in rng.integers(1, 7, 4))
    value = complex(a, b) * complex(c, -d)
    return Attempt(
        statement=f"Compute $({a} + {b}i)({c} - {d}i)$.",
        answer=Complex(value, relative=0.0, absolute=1e-6),
        mistakes=(
            Mistake(complex(a * c - b * d, b * c - a * d), "$i\\cdot(-i) = +1$: the real part has a wrong sign."),
            Mistake(
                complex(a * c, -b * d),
                "Each part of the first meets each part of the second: two products are missing.",
            ),
        ),
        hints=(
            "Multiply out as with any sums, then use $i^2 = -1$.",
            f"The real part is ${a}\\cdot {c} + {b}\\cdot {d}$.",
        ),
        worked=f"${a * c} - {a * d}i + {b * c}i - {b * d}i^2 = {value.real:g} {value.imag:+g}i$.",
    )


@compute("The complex exponential", unit="complex-numbers")
def complex_exponential(rng: np.random.Generator) -> Attempt:
    """Ask for r e^{iθ} as a + bi."""
    r, degrees = int(rng.integers(2, 7)), int(rng.choice([20, 30, 40, 50, 60, 70, 110, 120, 130, 150, 160]))
    angle = math.radians(degrees)
    value = complex(r * math.cos(angle), r * math.sin(angle))
    return Attempt(
        statement=f"A wave has amplitude {r} and phase {degrees}°. Write ${r}\\,e^{{i\\varphi}}$ as $a + bi$, to two digits.",
        answer=Complex(value, relative=0.01),
        mistakes=(
            Mistake(
                complex(r * math.cos(degrees), r * math.sin(degrees)),
                "Cosine and sine were taken of degrees as if they were radians.",
            ),
            Mistake(
                complex(value.imag, value.real), "Real and imaginary part are exchanged: the cosine is the real one."
            ),
            Mistake(value.conjugate(), "A positive phase turns counter-clockwise: the imaginary part is positive."),
        ),
        hints=("$e^{i\\varphi} = \\cos\\varphi + i\\sin\\varphi$.", f"$\\cos {degrees}° = {math.cos(angle):.4f}$."),
        worked=f"${r}\\,(\\cos {degrees}° + i\\sin {degrees}°) = {value.real:.3f} {value.imag:+.3f}i$.",
    )


@compute("A variance", unit="random-variables")
def variance(rng: np.random.Generator) -> Attempt:
    """Ask for the variance of a number that is a or 0."""
    a, p = int(rng.integers(3, 10)), float(rng.choice([0.2, 0.3, 0.4]))
    value = a * a * p * (1 - p)
    return Attempt(
        statement=f"A counter shows {a} with probability {p:g} and else 0. What is the variance of what it shows?",
        answer=Number(value, relative=0.002),
        mistakes=(
            Mistake(math.sqrt(value), "That is the standard deviation, the root of the variance."),
            Mistake(a * a * p, "That is the mean of the squares; the square of the mean is still to be subtracted."),
            Mistake(a * p, "That is the mean."),
        ),
        hints=(
            "Variance: the mean of the squares less the square of the mean.",
            f"The mean is ${a}\\cdot {p:g} = {a * p:g}$.",
        ),
        worked=f"${a}^2\\cdot {p:g} - ({a}\\cdot {p:g})^2 = {a * a * p:g} - {(a * p) ** 2:g} = {value:.4g}$.",
    )


@compute("The average of many images", unit="random-variables")
def average_of_images(rng: np.random.Generator) -> Attempt:
    """Ask for σ/√n."""
    n, sigma = int(rng.choice([16, 25, 100, 400, 900])), int(rng.integers(6, 30))
    value = sigma / math.sqrt(n)
    return Attempt(
        statement=f"The noise of a pixel has standard deviation {sigma}. {n} images with independent noise are averaged. "
        "What is the standard deviation of the noise in the average?",
        answer=Number(value, relative=0.005),
        mistakes=(
            Mistake(sigma / n, "Variances fall as $1/n$; standard deviations fall more slowly."),
            Mistake(
                sigma * math.sqrt(n), "That is the noise of the sum; the average divides it by the number of images."
            ),
            Mistake(sigma**2 / n, "That is the variance of the average."),
        ),
        hints=(
            "Variances of independent numbers add.",
            "The sum has variance $n\\sigma^2$; the average is the sum over $n$.",
        ),
        worked=f"$\\sigma/\\sqrt{{n}} = {sigma}/{math.sqrt(n):g} = {value:.4g}$.",
    )


@compute("The tail of a Gaussian", unit="probability")
def gaussian_tail(rng: np.random.Generator) -> Attempt:
    """Ask for the share of pixels above μ + zσ."""
    z, mean, sigma = int(rng.integers(1, 3)), int(rng.integers(-20, 40)), int(rng.integers(3, 12))
    share = 50 * math.erfc(z / math.sqrt(2))
    return Attempt(
        statement=f"The pixels of an image are Gaussian with mean {mean} and standard deviation {sigma}. "
        f"How many percent of them lie above {mean + z * sigma}?",
        answer=Number(share, unit="%", relative=0.0, absolute=0.06 * share),
        mistakes=(
            Mistake(2 * share, "That counts both tails; only the upper one is asked for."),
            Mistake(100 - share, "That is the share below."),
            Mistake(
                100 - 2 * share, f"That is the share within {z} standard deviation{'s' if z > 1 else ''} of the mean."
            ),
        ),
        hints=("How many standard deviations above the mean is that?", "Within one lie 68 %, within two 95.4 %."),
        worked=f"It is {z} standard deviation{'s' if z > 1 else ''} above the mean. Within that lie {100 - 2 * share:.1f} %, and half of the rest is {share:.2f} %.",
    )


@compute("A rounded position", unit="probability")
def rounded_position(rng: np.random.Generator) -> Attempt:
    """Ask for the standard deviation of a uniform distribution."""
    pixel = float(rng.choice([1.0, 1.2, 1.5, 2.0, 2.4, 3.0, 4.0]))
    value = pixel / math.sqrt(12)
    return Attempt(
        statement=f"Positions are rounded to whole pixels of {pixel:g} Å, so the error is uniform between $-{pixel / 2:g}$ Å and "
        f"${pixel / 2:g}$ Å. What is its standard deviation?",
        answer=Number(value, unit="Å", relative=0.005),
        mistakes=(
            Mistake(pixel / 2, "That is the largest error."),
            Mistake(pixel / 4, "That is the mean of its size; the standard deviation is the root of the mean square."),
            Mistake(
                pixel / math.sqrt(3), "The width of the interval is one pixel, not two: $p^2/12$, not $(2p)^2/12$."
            ),
        ),
        hints=("The mean is 0: integrate $x^2/p$ over the interval.", "The variance is $p^2/12$."),
        worked=f"$\\sqrt{{p^2/12}} = {pixel:g}/\\sqrt{{12}} = {value:.4f}$ Å.",
    )


@compute("An empty pixel", unit="probability")
def empty_pixel(rng: np.random.Generator) -> Attempt:
    """Ask for Poisson's probability of no count."""
    mean = float(rng.choice([0.2, 0.3, 0.4, 0.5, 1.4, 1.6, 1.8, 2.0, 2.5]))
    none = math.exp(-mean)
    return Attempt(
        statement=f"A pixel of a detector receives {mean:g} electrons in a frame on average. With which probability does it receive none?",
        answer=Number(none, relative=0.01),
        mistakes=(
            Mistake(1 - none, "That is the probability of one or more."),
            Mistake(mean * none, "That is the probability of exactly one."),
            Mistake(math.exp(mean), "A probability is at most 1: the exponent is negative."),
        ),
        hints=("Independent arrivals: Poisson's distribution.", "$P(n) = \\lambda^n e^{-\\lambda}/n!$."),
        worked=f"$P(0) = e^{{-{mean:g}}} = {none:.4f}$.",
    )


@compute("Choosing some", unit="counting")
def choose_some(rng: np.random.Generator) -> Attempt:
    """Ask for a binomial coefficient."""
    n, k = int(rng.integers(7, 13)), int(rng.integers(2, 5))
    ways = math.comb(n, k)
    return Attempt(
        statement=f"In how many ways can {k} micrographs be picked out of {n}, where their order does not matter?",
        answer=Number(ways, relative=1e-6),
        mistakes=(
            Mistake(math.perm(n, k), f"That counts each choice {math.factorial(k)} times, once for every order."),
            Mistake(n**k, "That lets the same micrograph be picked again, and counts the orders."),
            Mistake(n * k, "The choices multiply: the first among all, the next among one fewer."),
        ),
        hints=(
            f"The first can be any of {n}, the second any of {n - 1}.",
            "Divide by the number of orders of those picked.",
        ),
        worked=f"$\\binom{{{n}}}{{{k}}} = {math.perm(n, k)}/{math.factorial(k)} = {ways}$.",
    )


@compute("The wavelength of an electron", unit="physics")
def electron_wavelength(rng: np.random.Generator) -> Attempt:
    """Ask for the relativistic wavelength."""
    kv = int(rng.choice([100, 120, 160, 200, 250, 300]))
    value = 100 * float(wavelength_angstrom(float(kv)))
    slow = 1226.4 / math.sqrt(kv * 1e3)
    return Attempt(
        statement=f"An electron is accelerated by {kv} kV. What is its wavelength, in pm? Its kinetic energy is not small against "
        "$mc^2 = 511$ keV: $pc = \\sqrt{E^2 + 2E\\,mc^2}$, and $hc = 12.398$ keV Å.",
        answer=Number(value, unit="pm", relative=0.01),
        mistakes=(
            Mistake(slow, "That is $h/\\sqrt{2mE}$, for slow electrons: the term $E^2$ is missing."),
            Mistake(1239.8 / kv, "That is $hc/E$, the wavelength of a photon of this energy."),
        ),
        hints=("$\\lambda = h/p = hc/(pc)$.", f"$pc = \\sqrt{{{kv}^2 + 2\\cdot {kv}\\cdot 511}}$ keV."),
        worked=f"$pc = {math.sqrt(kv**2 + 2 * kv * 511):.1f}$ keV, and $\\lambda = 1239.8/{math.sqrt(kv**2 + 2 * kv * 511):.1f} = {value:.3f}$ pm (1 Å is 100 pm).",
    )


@compute("Glass or crystal", unit="physics")
def glass_or_crystal(rng: np.random.Generator) -> Attempt:
    """Ask why a sample is plunged into liquid ethane."""
    told = [
        ("Water must be cooled faster than crystals can grow, and ethane takes the heat away fast enough.", None),
        (
            "Ethane is colder than liquid nitrogen, and nothing warmer can make a glass.",
            "Ethane is warmer than boiling nitrogen. Nitrogen boils at the warm grid and wraps it in gas, which insulates.",
        ),
        (
            "Ethane dissolves in the water and keeps it from freezing.",
            "Ethane hardly dissolves in water. It is the speed of cooling that leaves crystals no time.",
        ),
        (
            "Crystals of ice need ethane to be absent for hours before they can form.",
            "Crystals of ice form within milliseconds on the way through the freezing range.",
        ),
    ]
    order = [int(place) for place in rng.permutation(len(told))]
    options = [told[place][0] for place in order]
    return Attempt(
        statement="A grid with a thin film of protein solution is plunged into liquid ethane rather than into liquid nitrogen. Why?",
        answer=Choose(options, order.index(0)),
        mistakes=tuple(
            Mistake(place, str(told[item][1])) for place, item in enumerate(order) if told[item][1] is not None
        ),
        hints=(
            "What happens to a droplet on a hot plate? Turn it round.",
            "What counts is how fast heat leaves the film.",
        ),
        worked="Nitrogen boils where the warm grid touches it, and its gas insulates; ethane stays liquid and cools the film by more "
        "than $10^4$ K in a second, faster than crystals of ice can grow. The water stays a glass.",
    )


def _vector(v: np.ndarray) -> str:
    """Write a vector in mathematics."""
    return f"$({', '.join(str(int(x)) for x in v)})$"


def _matrix(m: object) -> str:
    """Write a matrix in mathematics, without the signs around it."""
    rows = [" & ".join(str(int(x)) for x in row) for row in np.asarray(m)]
    return "\\begin{pmatrix}" + " \\\\ ".join(rows) + "\\end{pmatrix}"
