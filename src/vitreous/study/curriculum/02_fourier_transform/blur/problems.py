"""Problems of the Fourier transform, blur stream: its four properties, widths, and the bins of a box."""

import math

import numpy as np

from vitreous.study.problems import (
    Attempt,
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


def _box_and_pixel(rng: np.random.Generator) -> tuple[int, float]:
    """A box in pixels and a pixel size in Å that is not 1."""
    return 2 * int(rng.integers(48, 200)), float(rng.choice((0.8, 1.06, 1.1, 1.25, 1.3, 1.5, 2.1, 2.5)))


@compute("The spacing of the bins")
def bin_spacing(rng: np.random.Generator) -> Attempt:
    """Ask for the step of the frequency grid of a box."""
    box, pixel = _box_and_pixel(rng)
    length = box * pixel
    return Attempt(
        statement=f"A box has {box} pixels of {pixel:g} Å. How far apart are the bins of its Fourier transform, in 1/Å?",
        answer=Number(1 / length, unit="1/Å", relative=0.005),
        mistakes=(
            Mistake(1 / box, "That is the spacing in cycles per pixel. Divide by the pixel size as well."),
            Mistake(
                pixel / box,
                "You multiplied by the pixel size. The length of the box is pixels × pixel size, and the spacing is one over that.",
            ),
            Mistake(
                2 * math.pi / length,
                "That is the spacing of $2\\pi k$, radians per Å. Our frequencies are in cycles per Å.",
            ),
            Mistake(
                1 / (2 * pixel),
                "That is the Nyquist frequency, where the bins end. Their spacing depends on the length of the whole box.",
            ),
        ),
        hints=(
            "Which waves fit a whole number of times into the box?",
            "The slowest has one period in the box: its frequency is one over the box's length.",
        ),
        worked=f"The box is {box} × {pixel:g} = {length:g} Å long, so bins are 1/{length:g} = {1 / length:.6f} 1/Å apart.",
    )


@compute("Which lengths a low bin covers")
def first_bins(rng: np.random.Generator) -> Attempt:
    """Ask for the longest and shortest length of one of the first bins."""
    box, pixel = _box_and_pixel(rng)
    k, length = int(rng.integers(1, 6)), box * pixel
    longest, shortest = length / k, length / (k + 1)
    return Attempt(
        statement=f"A box has {box} pixels of {pixel:g} Å. Bin $k$ covers the frequencies from $k/L$ up to $(k + 1)/L$, $L$ the length of the box. Which lengths does bin $k = {k}$ cover? Give the longest and the "
        "shortest, in Å, separated by a comma.",
        answer=Vector((longest, shortest), unit="Å", absolute=0.1),
        mistakes=(
            Mistake(
                (shortest, longest),
                "The longest comes first: the lower edge of the bin is the lower frequency, so the longer wave.",
            ),
            Mistake((box / k, box / (k + 1)), "Those are pixels. Multiply by the pixel size."),
            Mistake(
                (length / (k + 1), length / (k + 2)),
                f"That is bin {k + 1}. Counting starts at bin 0, which holds the mean.",
            ),
            Mistake(
                (length / (k - 0.5), length / (k + 0.5)),
                "You centred the bin on $k$, as programs that round do. Here bin $k$ *begins* at $k/L$.",
            ),
        ),
        hints=("A length is one over a frequency.", f"The edges are ${k}/L$ and ${k + 1}/L$ with $L = {length:g}$ Å."),
        worked=f"$L = {length:g}$ Å: from {length:g}/{k} = {longest:.2f} Å down to {length:g}/{k + 1} = {shortest:.2f} Å.",
    )


@compute("Which lengths a high bin covers")
def last_bins(rng: np.random.Generator) -> Attempt:
    """Ask for the length range of one of the last bins before Nyquist."""
    box, pixel = _box_and_pixel(rng)
    back, length = int(rng.integers(1, 4)), box * pixel
    k = box // 2 - back
    longest, shortest = length / k, length / (k + 1)
    name = {1: "last", 2: "last but one", 3: "last but two"}[back]
    return Attempt(
        statement=f"A box has {box} pixels of {pixel:g} Å; bin $k$ covers the frequencies from $k/L$ up to $(k + 1)/L$. Which lengths does the {name} bin before the Nyquist frequency cover? Give the longest and the shortest in Å, to "
        "three decimals, separated by a comma.",
        answer=Vector((longest, shortest), unit="Å", absolute=0.002),
        mistakes=(
            Mistake(
                (length / (box - back), length / (box - back + 1)),
                "Nyquist is at half as many bins as there are pixels: a wave needs two pixels.",
            ),
            Mistake((longest / pixel, shortest / pixel), "Those are pixels. Multiply by the pixel size."),
            Mistake((length / (k + 1), length / (k + 2)), "One bin too far: that one begins where yours should end."),
        ),
        hints=("The Nyquist frequency is the edge $k = N/2$.", f"So the bin is $k = {box}/2 - {back} = {k}$."),
        worked=f"$L = {length:g}$ Å and $k = {k}$: from {length:g}/{k} = {longest:.4f} Å down to {length:g}/{k + 1} = {shortest:.4f} Å. Near Nyquist the bins are fine in Å, near the middle they are coarse.",
    )


@compute("Bins between two resolutions")
def bins_between(rng: np.random.Generator) -> Attempt:
    """Ask how many bins have their lower edge in a range of resolution, with the other two rules as mistakes."""
    while True:  # both ends within a bin, so that the three rules differ; the range is below Nyquist
        box, pixel = _box_and_pixel(rng)
        low = float(rng.choice((8.0, 10.0, 12.0, 15.0, 20.0)))
        high = low / 2
        first, last = box * pixel / low, box * pixel / high
        fractions = (first % 1, last % 1)
        if 2 * pixel < high and all(0.1 < f < 0.9 for f in fractions) and math.ceil(last) - math.ceil(first) > 4:
            break
    count = math.ceil(last) - math.ceil(first)
    pixels_only = math.ceil(box / high) - math.ceil(box / low)
    mistakes = [
        Mistake(
            float(count - 1),
            "Those are the bins that lie *wholly* inside. A fair rule, but neighbouring ranges would both miss the bin between them. Here count lower edges.",
        ),
        Mistake(
            float(count + 1),
            "Those are all bins that *overlap* the range. A fair rule, but neighbouring ranges would both count the bin between them. Here count lower edges.",
        ),
    ]
    if abs(pixels_only - count) > 1:
        mistakes.append(
            Mistake(float(pixels_only), "You took the box in pixels for its length in Å: multiply by the pixel size.")
        )
    return Attempt(
        statement=f"A box has {box} pixels of {pixel:g} Å. Its half-open bins are $[k/L, (k + 1)/L)$. How many bins have their *lower edge* in the range from {low:g} Å to {high:g} Å, that is $1/{low:g} \\le k/L < 1/{high:g}$?",
        answer=Number(float(count), relative=0.0, absolute=0.3),
        mistakes=mistakes,
        hints=(
            "Turn both resolutions into bins: $k = L/d$.",
            f"$L/{low:g} = {first:.2f}$ and $L/{high:g} = {last:.2f}$. Which whole numbers lie between?",
        ),
        worked=f"$k$ runs from {math.ceil(first)} to {math.ceil(last) - 1}: {count} bins. Whole bins inside the range are {count - 1}, bins that touch it {count + 1}. (Box 128 Å: 13 between 10 and 5 Å, and 26 between 5 and 2.5 Å; whole bins "
        "12 and 25.)",
    )


@compute("Narrow and broad")
def reciprocal_width(rng: np.random.Generator) -> Attempt:
    """Ask for the width of a Gaussian's transform."""
    width = float(rng.integers(4, 60)) / 2
    answer = 4 * math.log(2) / (math.pi * width)
    return Attempt(
        statement=f"A Gaussian blob is {width:g} Å wide at half its height (full width). How wide is its Fourier transform at half height, in 1/Å?",
        answer=Number(answer, unit="1/Å", relative=0.01),
        mistakes=(
            Mistake(
                1 / width,
                "Near, but the product of the two full widths is not 1: for a Gaussian it is $4\\ln 2/\\pi = 0.88$.",
            ),
            Mistake(8 * math.log(2) / width, "That is in radians per Å: divide by 2π."),
            Mistake(answer / 2, "That is the half-width. The full width is asked for."),
            Mistake(width, "The same width? A narrower function has a broader transform."),
        ),
        hints=(
            "$e^{-\\pi x^2/a^2}$ transforms into $a\\,e^{-\\pi a^2k^2}$.",
            "$e^{-\\pi x^2/a^2}$ is ½ at $x = a\\sqrt{\\ln 2/\\pi}$, its transform at $k = \\sqrt{\\ln 2/\\pi}/a$.",
        ),
        worked=f"The product of the two widths is $(2\\sqrt{{\\ln 2/\\pi}})^2 = 4\\ln 2/\\pi = 0.8825$, so the width is $0.8825/{width:g} = {answer:.5f}$ 1/Å.",
    )


@compute("Where a detail lands on the detector's spectrum")
def magnified_detail(rng: np.random.Generator) -> Attempt:
    """Ask for the frequency in cycles per pixel of a detail at a magnification."""
    micrometres, detail = float(rng.choice((5.0, 6.4, 14.0))), float(rng.integers(6, 30))
    pixel = 1.0
    while min(abs(pixel - 1), abs(pixel - 10) / 10) < 0.05:  # where a forgotten pixel size would not show
        pixel = float(rng.uniform(0.12, 0.42)) * detail
    magnification = float(round(1e4 * micrometres / pixel, -2))
    pixel = 1e4 * micrometres / magnification
    answer = pixel / detail
    return Attempt(
        statement=f"A camera has pixels of {micrometres:g} µm. The magnification is {magnification:.0f}. At which frequency of the camera's spectrum, in cycles per pixel, does {detail:g} Å detail of the specimen appear?",
        answer=Number(answer, unit="", relative=0.01),
        mistakes=(
            Mistake(1 / answer, "That is the detail's period in pixels. A frequency is one over it."),
            Mistake(answer / 10, "A factor of ten: 1 µm is 10⁴ Å, not 10³."),
            Mistake(
                1 / detail, "That is the frequency at the specimen, in 1/Å. Multiply by the pixel size at the specimen."
            ),
        ),
        hints=(
            "How large is a pixel at the specimen? Divide by the magnification.",
            "A period of $d$ Å is $d/p$ pixels long.",
        ),
        worked=f"A pixel is {pixel:.4f} Å at the specimen, so the frequency is {pixel:.4f}/{detail:g} = {answer:.4f} cycles per pixel; Nyquist is 0.5. Twice the magnification would halve it.",
    )


@compute("The transform of a shifted, stretched Gaussian")
def shifted_gaussian(rng: np.random.Generator) -> Attempt:
    """Ask for the formula of a transform."""
    a, b = int(rng.integers(2, 7)), int(rng.integers(1, 9))
    minus = f"{a}*exp(-pi*{a * a}*k^2)"
    return Attempt(
        statement=f"$e^{{-\\pi x^2}}$ is its own transform, with the kernel $e^{{-2\\pi ikx}}$. What is the transform of $f(x) = e^{{-\\pi((x - {b})/{a})^2}}$? Write a formula in k (pi, i, exp, ^ may be used).",
        answer=Expression(f"{minus}*exp(-2*pi*i*{b}*k)", ("k",)),
        mistakes=(
            Mistake(
                f"{minus}*exp(2*pi*i*{b}*k)",
                "The sign of the shift: a function moved to the right turns its arrows clockwise, $e^{-2\\pi ikb}$.",
            ),
            Mistake(
                f"exp(-pi*{a * a}*k^2)*exp(-2*pi*i*{b}*k)",
                "The factor in front is missing: stretching by $a$ makes the area, $F(0)$, $a$ times larger.",
            ),
            Mistake(
                f"{a}*exp(-pi*k^2/{a * a})*exp(-2*pi*i*{b}*k)",
                "Stretched in $x$ means squeezed in $k$: $F(ak)$, not $F(k/a)$.",
            ),
            Mistake(
                f"{minus}*exp(-2*pi*i*{a * b}*k)",
                "You stretched the shift as well. Here the stretched blob is moved by the shift as it stands.",
            ),
            Mistake(minus, "The shift is missing: a phase, $e^{-2\\pi ikb}$."),
        ),
        hints=("First stretch: $f(x/a)$ becomes $aF(ak)$.", "Then move: $f(x - b)$ becomes $e^{-2\\pi ikb}F(k)$."),
        worked=f"Stretch: ${a}e^{{-\\pi\\cdot{a * a}k^2}}$. Move by {b}: $F(k) = {a}\\,e^{{-{a * a}\\pi k^2}}\\,e^{{-2\\pi i\\cdot{b}k}}$.",
    )


@compute("A coefficient of the square wave")
def square_wave_coefficient(rng: np.random.Generator) -> Attempt:
    """Ask for the strength of an odd harmonic."""
    order, height = 2 * int(rng.integers(1, 8)) + 1, float(rng.integers(1, 9))
    answer = 4 * height / (math.pi * order)
    return Attempt(
        statement=f"A square wave jumps between +{height:g} and −{height:g}, odd about the origin. How large is the coefficient of $\\sin(2\\pi\\cdot{order}\\,x/L)$ in its Fourier series?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(
                answer / 2,
                "Half of it: $c_n$ and $c_{-n}$ both feed the sine. Or the integral ran over half a period only.",
            ),
            Mistake(4 * height / order, "π is missing: the integral of a sine over half a period brings it in."),
            Mistake(
                4 * height / (math.pi * order**2),
                "Steps fall as $1/n$. As $1/n^2$ falls a triangle, which has only corners.",
            ),
            Mistake(4 * height / math.pi, f"That is the first harmonic. The {order}th is {order} times smaller."),
        ),
        hints=(
            "$b_n = \\frac2L\\int_0^L f(x)\\sin(2\\pi nx/L)\\,dx$.",
            "Both half periods give the same: $b_n = \\frac{4h}{L}\\int_0^{L/2}\\sin(2\\pi nx/L)\\,dx$.",
        ),
        worked=f"$b_n = 4h/(\\pi n) = 4\\cdot{height:g}/({order}\\pi) = {answer:.4f}$ for odd $n$, and 0 for even.",
    )


@compute("Turning an arrow by moving the picture")
def phase_of_a_shift(rng: np.random.Generator) -> Attempt:
    """Ask for the factor that a shift puts on one coefficient."""
    box = 2 * int(rng.integers(32, 129))
    while True:
        k, shift = int(rng.integers(2, 12)), float(rng.integers(3, 30)) / 2
        angle = -2 * math.pi * k * shift / box
        if abs(math.sin(angle)) > 0.1 and abs(math.cos(angle)) > 0.1:
            break
    factor = complex(math.cos(angle), math.sin(angle))
    return Attempt(
        statement=f"A line of {box} pixels is moved to the right by {shift:g} pixels. By which complex number is its coefficient $k = {k}$ (cycles per box) multiplied? Kernel $e^{{-2\\pi ikx/N}}$; write a + bi.",
        answer=Complex(factor, relative=0.005),
        mistakes=(
            Mistake(
                factor.conjugate(),
                "The sign. Moved to the right, $f(x - s)$, the arrow turns clockwise: $e^{-2\\pi iks/N}$.",
            ),
            Mistake(
                complex(math.cos(angle / (2 * math.pi)), math.sin(angle / (2 * math.pi))),
                "The factor 2π is missing: $ks/N$ counts whole turns.",
            ),
        ),
        hints=("One cycle of this wave is N/k pixels.", "The shift is $ks/N$ of a turn; to the right means clockwise."),
        worked=f"$ks/N = {k}\\cdot{shift:g}/{box} = {k * shift / box:.4f}$ turns, so $e^{{-2\\pi i\\cdot{k * shift / box:.4f}}} = {factor.real:.4f} {'+' if factor.imag >= 0 else '-'} {abs(factor.imag):.4f}i$.",
    )


def _transform_of(function, k, span=12.0, n=6001):
    """The integral of f(x) exp(−2πi k x), by the rectangle rule, for a smooth function that is small beyond ±span."""
    x = np.linspace(-span, span, n)
    return np.exp(-2j * np.pi * np.outer(k, x)) @ function(x) * (x[1] - x[0])


_FREQUENCIES = np.linspace(-1.5, 1.5, 13)


def _bump(x):
    """A smooth function of no symmetry."""
    return np.exp(-np.pi * x**2) * (1 + 0.7 * x + 0.3j * x**2)


def _other(x):
    """Another one."""
    return np.exp(-2 * np.pi * (x - 0.4) ** 2) * (0.5 - x)


def _integral_is_linear() -> bool:
    import sympy as sp

    x, k, a, b = sp.symbols("x k a b", real=True)
    f, g = sp.Function("f")(x), sp.Function("g")(x)
    kernel = sp.exp(-2 * sp.pi * sp.I * k * x)
    return sp.expand((a * f + b * g) * kernel - (a * f * kernel + b * g * kernel)) == 0


def _linear_numbers() -> bool:
    a, b = 2.0 - 1.0j, -0.7
    together = _transform_of(lambda x: a * _bump(x) + b * _other(x), _FREQUENCIES)
    return np.allclose(together, a * _transform_of(_bump, _FREQUENCIES) + b * _transform_of(_other, _FREQUENCIES))


def _gaussian_sum_is_linear() -> bool:
    import sympy as sp

    x, k = sp.symbols("x k", real=True)
    two = sp.exp(-sp.pi * x**2) + 3 * sp.exp(-sp.pi * x**2 / 4)
    found = sp.integrate(two * sp.exp(-2 * sp.pi * sp.I * k * x), (x, -sp.oo, sp.oo))
    return sp.simplify(found - (sp.exp(-sp.pi * k**2) + 6 * sp.exp(-4 * sp.pi * k**2))) == 0


linearity = Derive(
    key="linearity",
    title="The transform is linear",
    claim="$\\mathcal F[af + bg] = a\\mathcal F[f] + b\\mathcal F[g]$: the transform of a sum is the sum of the transforms.",
    steps=(
        Step(
            "Write the definition for the sum, and multiply out under the integral.",
            r"(af + bg)\,e^{-2\pi ikx} = a\,f e^{-2\pi ikx} + b\,g e^{-2\pi ikx}",
            _integral_is_linear,
        ),
        Step(
            "The integral of a sum is the sum of the integrals, and constants come out.",
            r"\int(af + bg)e^{-2\pi ikx}dx = a\int fe^{-2\pi ikx}dx + b\int ge^{-2\pi ikx}dx",
            _linear_numbers,
        ),
        Step(
            "An example: two Gaussians, the second three times as high and twice as wide.",
            r"\mathcal F\!\left[e^{-\pi x^2} + 3e^{-\pi x^2/4}\right] = e^{-\pi k^2} + 6e^{-4\pi k^2}",
            _gaussian_sum_is_linear,
        ),
    ),
)


def _substitution() -> bool:
    import sympy as sp

    x, u, k, a = sp.symbols("x u k a", positive=True)
    kernel = sp.exp(-2 * sp.pi * sp.I * k * x).subs(x, u / a)
    return sp.simplify(kernel - sp.exp(-2 * sp.pi * sp.I * (k / a) * u)) == 0 and sp.diff(u / a, u) == 1 / a


def _scaled_numbers() -> bool:
    return all(
        np.allclose(
            _transform_of(lambda x, a=a: _bump(a * x), _FREQUENCIES), _transform_of(_bump, _FREQUENCIES / a) / abs(a)
        )
        for a in (0.5, 2.0, -1.7)
    )


def _widths_are_reciprocal() -> bool:
    import sympy as sp

    a = sp.symbols("a", positive=True)
    height, x, k = sp.Rational(1, 2), sp.symbols("x", positive=True), sp.symbols("k", positive=True)
    wide = sp.solve(sp.exp(-sp.pi * x**2 / a**2) - height, x)[0]
    narrow = sp.solve(sp.exp(-sp.pi * a**2 * k**2) - height, k)[0]
    return sp.simplify(4 * wide * narrow - 4 * sp.log(2) / sp.pi) == 0


scaling = Derive(
    key="scaling",
    title="Squeezed here, stretched there",
    claim="$f(ax)$ has the transform $\\frac{1}{|a|}F(k/a)$: narrower means broader, and lower.",
    steps=(
        Step(
            "Substitute $u = ax$ for $a > 0$; then $dx = du/a$, and the kernel sees the frequency $k/a$.",
            r"\int f(ax)\,e^{-2\pi ikx}dx = \frac1a\int f(u)\,e^{-2\pi i(k/a)u}du",
            _substitution,
        ),
        Step(
            "For $a < 0$ the limits change places, which turns the sign: hence the modulus.",
            r"\mathcal F[f(ax)](k) = \frac{1}{|a|}F\!\left(\frac ka\right)",
            _scaled_numbers,
        ),
        Step(
            "So the product of the widths stays. For Gaussians, in full widths at half height:",
            r"w_x w_k = \frac{4\ln 2}{\pi} \approx 0.88",
            _widths_are_reciprocal,
        ),
    ),
)


def _shifted_kernel() -> bool:
    import sympy as sp

    u, k, s = sp.symbols("u k s", real=True)
    return (
        sp.simplify(
            sp.exp(-2 * sp.pi * sp.I * k * (u + s))
            - sp.exp(-2 * sp.pi * sp.I * k * s) * sp.exp(-2 * sp.pi * sp.I * k * u)
        )
        == 0
    )


def _shifted_numbers() -> bool:
    moved = _transform_of(lambda x: _bump(x - 1.3), _FREQUENCIES)
    return np.allclose(moved, np.exp(-2j * np.pi * _FREQUENCIES * 1.3) * _transform_of(_bump, _FREQUENCIES))


def _amplitude_stays() -> bool:
    import sympy as sp

    k, s = sp.symbols("k s", real=True)
    phase = sp.exp(-2 * sp.pi * sp.I * k * s)
    return sp.simplify(phase * sp.conjugate(phase)) == 1 and sp.diff(-2 * sp.pi * k * s, k) == -2 * sp.pi * s


shift_property = Derive(
    key="shift",
    title="A shift turns the arrows",
    claim="$f(x - s)$ has the transform $e^{-2\\pi iks}F(k)$: amplitudes stay, phases get a slope.",
    steps=(
        Step(
            "Substitute $u = x - s$. The exponential of a sum is a product, and the part with $s$ does not depend on $u$.",
            r"e^{-2\pi ik(u + s)} = e^{-2\pi iks}\,e^{-2\pi iku}",
            _shifted_kernel,
        ),
        Step(
            "Take it out of the integral.",
            r"\int f(x - s)\,e^{-2\pi ikx}dx = e^{-2\pi iks}\int f(u)\,e^{-2\pi iku}du = e^{-2\pi iks}F(k)",
            _shifted_numbers,
        ),
        Step(
            "The factor has modulus one, and its phase is a straight line through the origin.",
            r"|e^{-2\pi iks}| = 1, \qquad \frac{d}{dk}(-2\pi ks) = -2\pi s",
            _amplitude_stays,
        ),
    ),
)


def _convolved(x):
    """The convolution of the two functions, by the rectangle rule."""
    u = np.linspace(-8, 8, 3201)
    return np.array([np.sum(_bump(u) * _other(v - u)) for v in x]) * (u[1] - u[0])


def _kernel_splits() -> bool:
    import sympy as sp

    u, v, k = sp.symbols("u v k", real=True)
    whole = sp.exp(-2 * sp.pi * sp.I * k * (u + v))
    return sp.simplify(whole - sp.exp(-2 * sp.pi * sp.I * k * u) * sp.exp(-2 * sp.pi * sp.I * k * v)) == 0


def _double_integral() -> bool:
    u = np.linspace(-6, 6, 601)
    step, k = u[1] - u[0], 0.37
    double = (
        np.sum(_bump(u)[:, None] * _other(u)[None, :] * np.exp(-2j * np.pi * k * (u[:, None] + u[None, :]))) * step**2
    )
    return np.allclose(double, _transform_of(_bump, [k])[0] * _transform_of(_other, [k])[0])


def _convolution_theorem() -> bool:
    found = _transform_of(_convolved, _FREQUENCIES[::3], span=9.0, n=721)
    return np.allclose(
        found, _transform_of(_bump, _FREQUENCIES[::3]) * _transform_of(_other, _FREQUENCIES[::3]), atol=1e-8
    )


def _two_gaussians() -> bool:
    import sympy as sp

    x, u, k = sp.symbols("x u k", real=True)
    both = sp.integrate(sp.exp(-sp.pi * u**2) * sp.exp(-sp.pi * (x - u) ** 2), (u, -sp.oo, sp.oo))
    found = sp.integrate(sp.expand(sp.simplify(both)) * sp.exp(-2 * sp.pi * sp.I * k * x), (x, -sp.oo, sp.oo))
    return (
        sp.simplify(both - sp.exp(-sp.pi * x**2 / 2) / sp.sqrt(2)) == 0
        and sp.simplify(found - sp.exp(-2 * sp.pi * k**2)) == 0
    )


convolution_property = Derive(
    key="convolution",
    title="Convolution becomes a product",
    claim="$(f * g)(x) = \\int f(u)g(x - u)\\,du$ has the transform $F(k)\\,G(k)$.",
    steps=(
        Step(
            "Transform the convolution and put $v = x - u$. The kernel splits, since exponents add.",
            r"e^{-2\pi ikx} = e^{-2\pi ik(u + v)} = e^{-2\pi iku}\,e^{-2\pi ikv}",
            _kernel_splits,
        ),
        Step(
            "The double integral is now a product of two single ones: $u$ and $v$ run independently.",
            r"\iint f(u)\,g(v)\,e^{-2\pi iku}\,e^{-2\pi ikv}\,du\,dv = F(k)\,G(k)",
            _double_integral,
        ),
        Step(
            "So the transform of the convolution is the product. (Fubini lets the order of integration change where both functions are integrable.)",
            r"\mathcal F[f * g] = \mathcal F[f]\;\mathcal F[g]",
            _convolution_theorem,
        ),
        Step(
            "An example: a Gaussian with itself.",
            r"e^{-\pi x^2} * e^{-\pi x^2} = \tfrac{1}{\sqrt2}e^{-\pi x^2/2}, \qquad \left(e^{-\pi k^2}\right)^2 = e^{-2\pi k^2}",
            _two_gaussians,
        ),
    ),
)

narrow_and_broad = Explain(
    key="narrow-and-broad",
    title="A narrower function has a broader transform",
    question="Why has a narrower function a broader Fourier transform? Give three examples from practice, and say what a change of magnification does to an image, to its spectrum on the detector, and to its spectrum in 1/Å.",
    answer="To be narrow, a sum of waves must cancel close to its middle. Waves of nearly one frequency stay in step for a long way (about one over the spread of their frequencies), so quick cancellation needs a wide spread. In formulas, $f(ax) \\leftrightarrow F(k/a)/|a|$, and the product of the widths depends on the shape only.\n\n"
    "Examples: a small aperture or a short box makes broad peaks (a box of length $L$ has bins $1/L$); a sharp detail of 3 Å needs frequencies out to 1/3 Å⁻¹, and a low-pass filter there smears a point over 3 Å; a long exposure to a pure tone gives a narrow line, a click all frequencies; a large virus has fine fringes in its transform, a small protein "
    "smooth ones, which is why the number of views needed grows with diameter; a B factor is broad in one space and narrow in the other; a short energy spread of the gun means a long coherence length.\n\n"
    "Magnify twice: on the detector the image is twice as large, so its spectrum in cycles per pixel is half as wide, with all detail nearer the middle. In 1/Å at the specimen nothing changes except the limits: the pixel is half as large, so Nyquist lies at twice the frequency, while the field is half as wide, so bins are twice as far "
    "apart. At one dose per Å² each pixel now gets a quarter of the electrons.",
    checklist=(
        "Cancellation close to the middle needs many different frequencies; or the scaling formula.",
        "The product of the widths is fixed by the shape.",
        "At least two examples from microscopy or signals.",
        "Magnification: on the detector the spectrum shrinks as the image grows.",
        "In 1/Å the content stays; the Nyquist limit moves out and the bins get coarser.",
        "The price: field of view, dose per pixel.",
    ),
)

phases_matter = Explain(
    key="phases-matter",
    title="Why do the phases win?",
    question="Exchange the amplitudes of two pictures and keep their phases: each result looks like the picture that gave the phases. Why? And when would the amplitudes win?",
    answer="A place stands out where many waves have their crests together; the phases say where that happens. An edge is exactly such a place of agreement. Amplitudes say only how strong each wave is, and natural pictures are alike in that: large at low frequency, falling outwards. So exchanging amplitudes changes little more than blur and texture, while exchanging "
    "phases moves everything.\n\n"
    "Amplitudes win where position carries no information: for a texture or noise (whose phases are random anyway), for the power spectrum with its Thon rings, for a sound (the ear hardly hears phases), and for a periodic crystal, where the strengths of the spots tell the cell's content apart as soon as phases are known. In practice: cryo-EM images "
    "record phases, X-ray diffraction loses them; and a reference imposes its phases on noise, which is how bias gets in.",
    checklist=(
        "Edges and places are where waves are in step: that is phase.",
        "Amplitude spectra of different pictures are alike.",
        "A case where amplitudes matter: texture, Thon rings, sound.",
        "Link to the phase problem, or to reference bias.",
    ),
)
