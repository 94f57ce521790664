"""Problems of the Fourier transform, sharpen stream: what is computed against what is meant."""

import math
from collections.abc import Iterator

import numpy as np

from vitreous.fourier import dft as engine_dft
from vitreous.fourier import ft, nudft1, nudft2, nudft3, nufft2, positions
from vitreous.study.problems import (
    Attempt,
    Case,
    Complex,
    Derive,
    Explain,
    Expression,
    Mistake,
    Number,
    OwnFunction,
    Step,
    compute,
)


@compute("How much quicker the FFT must be")
def fft_speed_up(rng: np.random.Generator) -> Attempt:
    """Ask for the ratio n²/(n log₂ n)."""
    power = int(rng.integers(8, 21))
    answer = 2**power / power
    return Attempt(
        statement=f"A direct DFT of $n = 2^{{{power}}}$ samples takes $n^2$ products, an FFT about $n\\log_2 n$. By which factor is the FFT quicker, if a product costs the same in both?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(float(2**power), "That is $n^2/n$. The FFT has $\\log_2 n$ stages."),
            Mistake(
                2**power / (power * math.log(2)), "You took the natural logarithm; halving needs $\\log_2 n$ stages."
            ),
            Mistake(
                2**power / (power * math.log10(2)),
                "You took the logarithm to base ten; halving needs $\\log_2 n$ stages.",
            ),
        ),
        hints=("Divide the two counts.", f"$\\log_2 2^{{{power}}} = {power}$."),
        worked=f"$n/\\log_2 n = {2**power}/{power} = {answer:.1f}$. Measured, it is less for small $n$ (the cost of a call) and for large $n$ (memory).",
    )


@compute("The DFT of an exponential, by hand")
def dft_of_an_exponential(rng: np.random.Generator) -> Attempt:
    """Ask for one coefficient of a geometric series."""
    n, k, rate = 4 * int(rng.integers(2, 9)), int(rng.integers(1, 4)), float(rng.integers(2, 13)) / 20
    ratio = complex(np.exp(-rate - 2j * math.pi * k / n))
    value = (1 - math.exp(-rate * n)) / (1 - ratio)
    return Attempt(
        statement=f"Let $f_x = e^{{-{rate:g}x}}$ for $x = 0, 1, \\ldots, {n - 1}$. What is $F_{{{k}}} = \\sum_x f_xe^{{-2\\pi i\\cdot{k}x/{n}}}$? Write a + bi.",
        answer=Complex(value, relative=0.005),
        mistakes=(
            Mistake(value.conjugate(), "The sign in the exponent: the forward transform has minus."),
            Mistake(
                1 / complex(rate, 2 * math.pi * k / n),
                "That is the integral from 0 to ∞, the continuous transform. The sum is a geometric series.",
            ),
            Mistake(
                (1 - math.exp(-rate * n)) / (1 - complex(np.exp(-rate - 1j * k / n))), "2π is missing in the exponent."
            ),
            Mistake(
                value / n, "You divided by the number of samples. Here, as in NumPy and FFTW, only the inverse does."
            ),
        ),
        hints=(
            "It is a geometric series, $\\sum q^x = (1 - q^n)/(1 - q)$.",
            f"$q = e^{{-{rate:g} - 2\\pi i\\cdot{k}/{n}}}$, and $q^n$ is real.",
        ),
        worked=f"$q^n = e^{{-{rate * n:g}}}$, so $F = (1 - e^{{-{rate * n:g}}})/(1 - q) = {value.real:.4f} {'+' if value.imag >= 0 else '-'} {abs(value.imag):.4f}i$.",
    )


@compute("How wrong the discrete transform is at Nyquist")
def alias_at_nyquist(rng: np.random.Generator) -> Attempt:
    """Ask for the ratio of discrete to continuous for a two-sided exponential."""
    ratio = float(rng.integers(6, 40)) / 10
    discrete = math.tanh(1 / (2 * ratio))
    exact = 2 * ratio / (1 + (math.pi * ratio) ** 2)
    answer = discrete / exact
    return Attempt(
        statement=f"$f(x) = e^{{-|x|/w}}$ is sampled at spacing Δ in a long box, $w/\\Delta = {ratio:g}$. At the Nyquist frequency, by which factor is $\\Delta\\sum_jf(j\\Delta)e^{{-2\\pi ikj\\Delta}}$ larger than the continuous transform, "
        "$2w/(1 + (2\\pi wk)^2)$?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(1 / answer, "You divided the other way round: discrete over continuous."),
            Mistake(
                discrete / (2 * ratio / (1 + (2 * math.pi * ratio) ** 2)),
                "Nyquist is $k = 1/(2\\Delta)$, not $1/\\Delta$.",
            ),
            Mistake(
                (1 / discrete) / exact, "You summed without the alternating sign: at Nyquist the kernel is $(-1)^j$."
            ),
        ),
        hints=(
            "At Nyquist the kernel is $(-1)^j$: two geometric series.",
            "$\\sum_j(-1)^je^{-|j|\\Delta/w} = \\tanh(\\Delta/2w)$.",
        ),
        worked=f"In units of Δ: $\\tanh(1/(2\\cdot{ratio:g})) = {discrete:.5f}$ against ${exact:.5f}$: a factor {answer:.4f}. Two copies meet there with equal strength, which gives 2; the tails of the others bring it towards "
        "$\\pi^2/4$ for fine sampling.",
    )


@compute("A Gaussian in two dimensions")
def gaussian_in_two_dimensions(rng: np.random.Generator) -> Attempt:
    """Ask for the transform of an anisotropic, shifted Gaussian."""
    a, b = (int(v) for v in rng.choice(np.arange(2, 6), 2, replace=False))
    s = int(rng.integers(1, 9))
    body, moved = f"exp(-pi*(u^2/{a * a}+v^2/{b * b}))/{a * b}", f"exp(-2*pi*i*{s}*u)"
    return Attempt(
        statement=f"Write the continuous transform $F(u, v)$ of $f(x, y) = e^{{-\\pi[{a * a}(x - {s})^2 + {b * b}y^2]}}$, with the kernel $e^{{-2\\pi i(ux + vy)}}$, as a formula in u and v.",
        answer=Expression(f"{body}*{moved}", ("u", "v")),
        mistakes=(
            Mistake(
                f"exp(-pi*({a * a}*u^2+{b * b}*v^2))/{a * b}*{moved}",
                "Narrow in $x$ is wide in $u$: divide the frequency by the factor that squeezes.",
            ),
            Mistake(
                f"exp(-pi*(u^2/{a * a}+v^2/{b * b}))/{a * a * b * b}*{moved}",
                f"The squeezing factors are ${a}$ and ${b}$, the roots of what stands before the squares.",
            ),
            Mistake(
                f"exp(-pi*(u^2/{a * a}+v^2/{b * b}))*{moved}",
                "The factor in front is missing: $F(0, 0)$ is the volume under the Gaussian.",
            ),
            Mistake(f"{body}*exp(2*pi*i*{s}*u)", "The sign of the shift's phase: moved to +x, $e^{-2\\pi ius}$."),
            Mistake(f"{body}*exp(-2*pi*i*{s}*v)", "The shift is along $x$, so its phase has $u$."),
        ),
        hints=("The function is a product, so the transform is one.", "Each factor: squeeze, then shift."),
        worked=f"$F = \\frac{{1}}{{{a}\\cdot{b}}}\\;e^{{-\\pi(u^2/{a * a} + v^2/{b * b})}}\\,e^{{-2\\pi i\\cdot{s}u}}$.",
    )


@compute("The memory of a padded transform")
def memory_of_a_transform(rng: np.random.Generator) -> Attempt:
    """Ask for the gigabytes of a half spectrum."""
    box, padding = 16 * int(rng.integers(12, 40)), 2
    side = padding * box
    answer = side * side * (side // 2 + 1) * 8 / 1e9
    return Attempt(
        statement=f"A map of {box}³ voxels is padded {padding} times in each direction and transformed in single precision. How many GB (10⁹ bytes) does the *half* spectrum of the real map take?",
        answer=Number(answer, unit="GB", relative=0.02),
        mistakes=(
            Mistake(
                side**3 * 8 / 1e9,
                "That is twice as much: the full spectrum, or double precision. A real map needs only half, $F(-k) = F^*(k)$, at 4 bytes for each part.",
            ),
            Mistake(answer / 8, f"Padding {padding} times in *three* directions is a factor of {padding**3}."),
            Mistake(answer / 2, "A complex number in single precision has two parts of 4 bytes."),
        ),
        hints=(
            f"The padded side is {side}; the half spectrum has {side} × {side} × {side // 2 + 1} numbers.",
            "Each is complex: 8 bytes.",
        ),
        worked=f"${side}\\cdot{side}\\cdot{side // 2 + 1}\\cdot8$ bytes = {answer:.3f} GB, {answer * 1e9 / (box**3 * 4):.2f} times the map itself.",
    )


@compute("The price of digits in a non-uniform transform")
def price_of_digits(rng: np.random.Generator) -> Attempt:
    """Ask for the ratio of spreading costs at two tolerances."""
    low = int(rng.integers(1, 5))
    high, dim = low + int(rng.integers(2, 6)), int(rng.choice((2, 3)))
    answer = ((high + 1) / (low + 1)) ** dim
    return Attempt(
        statement=f"A fast non-uniform transform spreads each point onto a cube of $w^d$ grid values, $w = \\log_{{10}}(1/\\text{{tolerance}}) + 1$. In $d = {dim}$ dimensions, how many times dearer is the spreading at a tolerance of $10^{{-{high}}}$ than at $10^{{-{low}}}$?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake((high + 1) / (low + 1), f"That is one dimension. The cube has $w^{dim}$ values."),
            Mistake((high / low) ** dim, "You left out the +1 in the width."),
            Mistake(
                10.0 ** (high - low),
                "The tolerance itself is not the cost: digits cost width, not a factor of ten each.",
            ),
        ),
        hints=("Work out both widths.", "Raise their ratio to the number of dimensions."),
        worked=f"Widths {low + 1} and {high + 1}: $({high + 1}/{low + 1})^{dim} = {answer:.3f}$.",
    )


def _dft_cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, about in ((1, "a single sample"), (8, "an even size"), (15, "an odd size"), (101, "a large prime")):
        signal = rng.normal(size=n)
        yield Case((signal,), np.fft.fft(signal), 1e-8, f"{about}, real")
    signal = rng.normal(size=12) + 1j * rng.normal(size=12)
    yield Case((signal,), np.fft.fft(signal), 1e-8, "complex values")
    yield Case(
        (np.eye(16)[3],), np.exp(-2j * np.pi * 3 * np.arange(16) / 16), 1e-10, "a single spike: its phases are known"
    )


own_dft = OwnFunction(
    key="dft",
    title="Your own discrete Fourier transform",
    statement="Write `dft(f)` that returns $F_k = \\sum_{x=0}^{n-1}f_x\\,e^{-2\\pi ikx/n}$ for $k = 0 \\ldots n - 1$: a NumPy array of $n$ complex numbers, the origin at index 0, no factor in front. `f` is a real or complex array of any length. Do not call an FFT: a "
    "matrix or two loops will do. Then compare it with `numpy.fft.fft`: how large is the difference, and how does the time grow?",
    function="dft",
    starter='''import numpy as np


def dft(f):
    """Return F_k = sum_x f_x exp(-2 pi i k x / n), k = 0 ... n - 1."""
    n = len(f)
    spectrum = np.zeros(n, complex)
    # your lines here
    return spectrum
''',
    solution="""import numpy as np


def dft(f):
    n = len(f)
    k = np.arange(n)
    turns = np.outer(k, k) % n / n
    return np.exp(-2j * np.pi * turns) @ f
""",
    cases=_dft_cases,
    hints=(
        "For one k: multiply f by the wave exp(−2πi k x/n) and sum.",
        "np.outer(k, x) makes the table of all products k x at once.",
        "Reduce k·x modulo n before you divide: large angles cost digits.",
    ),
    mistakes=(
        Mistake(
            "import numpy as np\n\n\ndef dft(f):\n    k = np.arange(len(f))\n    return np.exp(2j * np.pi * np.outer(k, k) / len(f)) @ f\n",
            "The sign of the exponent: the forward transform has exp(−2πi…). Yours is the inverse without its 1/n.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef dft(f):\n    k = np.arange(len(f))\n    return np.exp(-1j * np.outer(k, k) / len(f)) @ f\n",
            "2π is missing: one cycle is a whole turn.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef dft(f):\n    k = np.arange(len(f))\n    return np.exp(-2j * np.pi * np.outer(k, k) / len(f)) @ f / len(f)\n",
            "No factor in front here: the 1/n belongs to the inverse.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef dft(f):\n    k = np.arange(len(f))\n    return np.cos(2 * np.pi * np.outer(k, k) / len(f)) @ f + 0j\n",
            "Only the cosines are there. The sines, with −i, carry the odd part.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef dft(f):\n    n = len(f)\n    k = np.arange(n) - n // 2\n    return np.exp(-2j * np.pi * np.outer(k, np.arange(n)) / n) @ f\n",
            "Your frequencies start at −n/2: the origin belongs at index 0 here.",
        ),
    ),
)


def _nudft_cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, m, dim, about in (
        (7, 5, 1, "one dimension"),
        (20, 33, 2, "two dimensions"),
        (11, 9, 3, "three dimensions"),
        (1, 4, 2, "a single point"),
    ):
        values = rng.normal(size=n) + 1j * rng.normal(size=n)
        points, wanted = rng.uniform(-10, 10, (n, dim)), rng.uniform(-0.5, 0.5, (m, dim))
        yield Case((values, points, wanted), nudft3(values, points, wanted), 1e-8, about)
    image, wanted = rng.normal(size=(6, 7)), rng.uniform(-0.5, 0.5, (10, 2))
    y, x = np.meshgrid(positions(6), positions(7), indexing="ij")
    points = np.stack([x.ravel(), y.ravel()], axis=-1)
    yield Case((image.ravel(), points, wanted), nudft2(image, wanted), 1e-8, "the pixels of an image, real values")


own_nudft = OwnFunction(
    key="nudft",
    title="Your own non-uniform Fourier transform",
    statement="Write `nudft(values, points, frequencies)` that returns $F(q_l) = \\sum_jc_j\\,e^{-2\\pi iq_l\\cdot x_j}$. `values` holds the $n$ numbers $c_j$, real or complex; `points` has shape (n, d), the places $x_j$ in pixels; `frequencies` has shape (m, d), the $q_l$ in cycles per pixel; $d$ is 1, 2 or 3. The result has "
    "$m$ complex numbers. This is type 3; where the points form a grid it is type 2, where the frequencies do, type 1. Then compare with a fast one (`vitreous.fourier.nufft3`) at several tolerances.",
    function="nudft",
    starter='''import numpy as np


def nudft(values, points, frequencies):
    """Return F(q_l) = sum_j c_j exp(-2 pi i q_l . x_j)."""
    result = np.zeros(len(frequencies), complex)
    # your lines here
    return result
''',
    solution="""import numpy as np


def nudft(values, points, frequencies):
    return np.exp(-2j * np.pi * (frequencies @ points.T)) @ values
""",
    cases=_nudft_cases,
    hints=(
        "For one frequency q: the phase at each point is −2π times the scalar product q · x_j.",
        "frequencies @ points.T is the table of all m × n scalar products.",
        "Multiply the table of exponentials, (m, n), by the values, (n,).",
    ),
    mistakes=(
        Mistake(
            "import numpy as np\n\n\ndef nudft(values, points, frequencies):\n    return np.exp(2j * np.pi * (frequencies @ points.T)) @ values\n",
            "The sign of the exponent: exp(−2πi q·x).",
        ),
        Mistake(
            "import numpy as np\n\n\ndef nudft(values, points, frequencies):\n    return np.exp(-1j * (frequencies @ points.T)) @ values\n",
            "2π is missing: frequencies are in cycles per pixel.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef nudft(values, points, frequencies):\n    return np.exp(-2j * np.pi * (frequencies @ points.T)) @ np.conj(values)\n",
            "You conjugated the values: no conjugate stands in this sum (np.vdot takes one by itself).",
        ),
        Mistake(
            "import numpy as np\n\n\ndef nudft(values, points, frequencies):\n    return np.exp(-2j * np.pi * (frequencies[:, :1] @ points.T[:1])) @ values\n",
            "Only the first coordinate is used: the phase has the scalar product over all of them.",
        ),
        Mistake(
            "import numpy as np\n\n\ndef nudft(values, points, frequencies):\n    return np.exp(-2j * np.pi * (frequencies @ points.T)) @ values / len(values)\n",
            "No factor in front: the sum is not a mean.",
        ),
    ),
)


def _gaussian(x):
    return np.exp(-np.pi * (x / 1.3) ** 2)


def _its_transform(k):
    return 1.3 * np.exp(-np.pi * (1.3 * k) ** 2)


def _comb_is_its_own_transform() -> bool:
    k, spacing = 0.23, 0.7
    j, m = np.arange(-60, 61), np.arange(-60, 61)
    # tested on a Gaussian: Σ f(jΔ) = (1/Δ) Σ F(m/Δ), here with f modulated to frequency k
    left = np.sum(_gaussian(j * spacing) * np.exp(-2j * np.pi * k * j * spacing))
    right = np.sum(_its_transform(k - m / spacing)) / spacing
    return bool(abs(left - right) < 1e-13)


def _copies_overlap() -> bool:
    for spacing in (0.5, 1.1, 2.0):
        n = 400
        k = np.fft.fftshift(np.fft.fftfreq(n, spacing))
        sampled = spacing * ft(_gaussian(positions(n, spacing)), 1)
        copies = sum(_its_transform(k - m / spacing) for m in range(-30, 31))
        if not np.allclose(sampled, copies, atol=1e-12):
            return False
    return True


def _gaussian_alias_falls() -> bool:
    spacing = np.array([0.5, 0.8, 1.1])
    nyquist = 0.5 / spacing
    first_alias = _its_transform(nyquist - 1 / spacing)
    return np.allclose(first_alias, _its_transform(nyquist)) and bool(np.all(np.diff(first_alias) > 0))


def _exponential_alias() -> bool:
    import sympy as sp

    j = np.arange(-2000, 2001)
    for width in (0.4, 1.7, 9.0):
        if abs(np.sum((-1.0) ** j * np.exp(-np.abs(j) / width)) - math.tanh(1 / (2 * width))) > 1e-12:
            return False
    w = sp.symbols("w", positive=True)
    too_large = sp.tanh(1 / (2 * w)) * (1 + (sp.pi * w) ** 2) / (2 * w)
    return sp.limit(too_large, w, sp.oo) == sp.pi**2 / 4


aliasing = Derive(
    key="poisson-sampling",
    title="What sampling does to a transform",
    claim="$\\Delta\\sum_jf(j\\Delta)e^{-2\\pi ikj\\Delta} = \\sum_mF(k - m/\\Delta)$: the sampled function's transform is the sum of copies of the true one, $1/\\Delta$ apart.",
    steps=(
        Step(
            "A comb of spikes at spacing Δ is periodic, so it has a Fourier series, all of whose coefficients are $1/\\Delta$. That is Poisson's formula.",
            r"\sum_jf(j\Delta)e^{-2\pi ikj\Delta} = \frac1\Delta\sum_mF\!\left(k - \frac m\Delta\right)",
            _comb_is_its_own_transform,
        ),
        Step(
            "Multiply by Δ, the width of a sample: a Riemann sum for the integral. Its error is exactly the copies with $m \\neq 0$. In a box long enough the DFT computes this sum.",
            r"\Delta\,\mathrm{DFT}[f]_k = F(k) + \sum_{m\neq0}F\!\left(k - \frac m\Delta\right)",
            _copies_overlap,
        ),
        Step(
            "At the Nyquist frequency the nearest copy is as large as the transform itself (of a real, even function). What saves us is that both are small there.",
            r"F\!\left(\tfrac{1}{2\Delta} - \tfrac1\Delta\right) = F\!\left(-\tfrac1{2\Delta}\right)",
            _gaussian_alias_falls,
        ),
        Step(
            "With a kink, $F \\propto 1/k^2$, they are not. For $e^{-|x|/w}$ and Δ = 1 the sum at Nyquist is in closed form, and for fine sampling it is $\\pi^2/4$ times too large.",
            r"\sum_j(-1)^je^{-|j|/w} = \tanh\frac1{2w}, \qquad \frac{\tanh(1/2w)}{F(1/2)} \to \frac{\pi^2}{4}",
            _exponential_alias,
        ),
    ),
)


def _halves(n: int) -> bool:
    signal = np.random.default_rng(n).normal(size=n)
    even, odd = np.fft.fft(signal[::2]), np.fft.fft(signal[1::2])
    turn = np.exp(-2j * np.pi * np.arange(n // 2) / n)
    return np.allclose(np.concatenate([even + turn * odd, even - turn * odd]), np.fft.fft(signal))


def _split_sum() -> bool:
    n, k = 12, 5
    f = np.random.default_rng(1).normal(size=n)
    x = np.arange(n // 2)
    even = np.sum(f[::2] * np.exp(-2j * np.pi * k * x / (n // 2)))
    odd = np.sum(f[1::2] * np.exp(-2j * np.pi * k * x / (n // 2)))
    return bool(
        abs(even + np.exp(-2j * np.pi * k / n) * odd - np.sum(f * np.exp(-2j * np.pi * k * np.arange(n) / n))) < 1e-12
    )


def _counted() -> bool:
    def products(n: int) -> int:
        return 0 if n == 1 else 2 * products(n // 2) + n

    return all(products(2**p) == 2**p * p for p in range(1, 15))


def _same_numbers() -> bool:
    signal = np.random.default_rng(2).normal(size=64)
    return np.allclose(engine_dft(signal, 1), ft(signal, 1))


divide_and_conquer = Derive(
    key="radix-two",
    title="Why n log n",
    claim="A DFT of even length is two DFTs of half the length and $n$ products; so a power of two costs $n\\log_2n$.",
    steps=(
        Step(
            "Sum over even and odd places apart. In each, the kernel is that of half the length.",
            r"F_k = \sum_xf_{2x}e^{-2\pi ikx/(n/2)} + e^{-2\pi ik/n}\sum_xf_{2x+1}e^{-2\pi ikx/(n/2)}",
            _split_sum,
        ),
        Step(
            "Both half transforms have the period $n/2$ in $k$, and the factor changes sign there: one product serves two coefficients.",
            r"F_k = E_k + w^kO_k, \quad F_{k + n/2} = E_k - w^kO_k, \quad w = e^{-2\pi i/n}",
            lambda: _halves(16) and _halves(50),
        ),
        Step(
            "With $T(n) = 2T(n/2) + n$ and $T(1) = 0$, each of $\\log_2n$ stages costs $n$.",
            r"T(2^p) = 2^p\,p = n\log_2n",
            _counted,
        ),
        Step(
            "Nothing was approximated: direct sum and FFT are the same numbers, to rounding.",
            r"\mathrm{FFT}[f] = \mathrm{DFT}[f]",
            _same_numbers,
        ),
    ),
)


def _adjoint() -> bool:
    rng = np.random.default_rng(4)
    image, points = rng.normal(size=(8, 9)), rng.uniform(-0.5, 0.5, (30, 2))
    values = rng.normal(size=30) + 1j * rng.normal(size=30)
    back = nudft1(values, -points, image.shape)
    return np.allclose(np.vdot(values, nudft2(image, points)), np.vdot(back, image))


def _on_the_grid() -> bool:
    image = np.random.default_rng(5).normal(size=(8, 8))
    axis = positions(8) / 8
    ky, kx = np.meshgrid(axis, axis, indexing="ij")
    return np.allclose(nudft2(image, np.stack([kx.ravel(), ky.ravel()], axis=-1)).reshape(8, 8), ft(image, 2))


def _tolerance_is_kept() -> bool:
    rng = np.random.default_rng(6)
    image, points = rng.normal(size=(16, 16)), rng.uniform(-0.5, 0.5, (200, 2))
    exact = nudft2(image, points)
    return all(
        np.linalg.norm(nufft2(image, points, e) - exact) < 10 * e * np.linalg.norm(exact) for e in (1e-3, 1e-6, 1e-9)
    )


non_uniform = Derive(
    key="three-types",
    title="The three types of non-uniform transform",
    claim="Type 2 evaluates a grid's transform anywhere; type 1 is its adjoint; on the grid's own frequencies both are the DFT; and a fast one errs by what was asked.",
    steps=(
        Step(
            "Type 2: the DFT's sum, at frequencies $p_j$ that need not be multiples of $1/n$. At those multiples it is the DFT.",
            r"c_j = \sum_mf_m\,e^{-2\pi ip_j\cdot m}, \qquad p = k/n \Rightarrow c = \mathrm{DFT}[f]",
            _on_the_grid,
        ),
        Step(
            "Turn the matrix over and conjugate it: type 1 with the other sign. It inserts values, and it is *not* the inverse.",
            r"\langle c, Af\rangle = \langle A^*c, f\rangle, \qquad (A^*c)_m = \sum_jc_j\,e^{+2\pi ip_j\cdot m}",
            _adjoint,
        ),
        Step(
            "The fast version spreads with a kernel $w$ pixels wide on a finer grid. Its error falls by about a factor of ten for each pixel of $w$, and can be asked for.",
            r"\|c_\text{fast} - c\| \lesssim \text{tolerance}\cdot\|c\|",
            _tolerance_is_kept,
        ),
    ),
)

fft_trouble = Explain(
    key="fft-trouble",
    title="Numerical trouble with FFTs in practice",
    question="Which numerical and practical troubles do FFTs bring in cryo-EM software (precision, sizes, centring, padding, memory, plans, wrap-around), what is the symptom of each, and how is it overcome?",
    answer="*Precision*: the FFT itself loses only a few ε. Single precision hurts where a large mean sits under a small signal, or where millions of images are summed. Symptom: noise floors at 1e-7 of the mean, results that depend on order. Cure: subtract the mean first, accumulate in double, keep particles and maps in single.\n\n"
    "*Sizes*: a large prime factor costs several times more (Bluestein). Symptom: box 509 slower than 512. Cure: pad or crop to $2^a3^b5^c$.\n\n"
    "*Centring*: libraries put the origin at index 0. Symptom: checkerboard of signs, an image shifted by half the box, a one-pixel shift for odd sizes. Cure: `ifftshift` before, `fftshift` after, one convention for the whole program and a test on odd sizes.\n\n"
    "*Wrap-around*: products in Fourier space are circular. Symptom: what leaves on the right enters on the left; a CTF of large defocus folds into the box. Cure: pad by the reach of the kernel, or take boxes larger than the delocalisation.\n\n"
    "*Padding and edges*: zero padding beside a non-zero background makes a step and a cross of streaks in the spectrum. Cure: subtract the mean, taper the edge.\n\n"
    "*Memory*: a padded spectrum of a volume is eight times the map. Cure: half spectra of real data, in-place transforms, less padding with a better kernel, crop in Fourier space.\n\n"
    "*Plans*: measuring the best algorithm takes seconds and memory. Cure: one plan for many images, stored wisdom, batches on GPUs; and the normalisation and sign of the library checked once by a test (forward has no factor in NumPy and FFTW, and FFTW's inverse has none either).",
    checklist=(
        "Precision: mean subtracted, accumulation in double.",
        "Sizes with large primes, and fast sizes.",
        "Centring and shifts, odd sizes.",
        "Periodic wrap-around and padding.",
        "Memory: half spectra.",
        "Plan cost and reuse; conventions of sign and factor.",
    ),
)

continuous_and_discrete = Explain(
    key="continuous-and-discrete",
    title="Three things called the Fourier transform",
    question="What is the difference between the continuous transform, the DFT and the FFT? Where does each error come from, how large is it typically, and how would you make it smaller?",
    answer="The continuous transform is an integral over all space. The DFT is a finite sum over samples of it. The FFT is an algorithm for that sum.\n\n"
    "FFT against DFT: only rounding, relative error about one ε (1e-16 in double, 1e-7 in single), growing as $\\sqrt{\\log n}$; the directly summed DFT is the *less* exact of the two, because its angles are large numbers.\n\n"
    "DFT against continuous: *aliasing* adds the copies of the spectrum at distances $1/\\Delta$, so its size is that of $F$ beyond Nyquist: cured by finer sampling or by a low-pass before sampling. *Truncation* cuts $f$ at the box, which smears $F$ with a sinc of width $1/L$: cured by a longer box or a taper. For a Gaussian a few times wider than the pixel and narrower than the "
    "box both are below rounding; a kink leaves $1/k^2$ and at Nyquist a factor $\\pi^2/4$; a jump $1/k$, and the sample at the jump should be the mean of both sides. A sine that does not fit the box a whole number of times leaks into all bins. Factors matter as well: multiply by Δ for each dimension to get the integral's unit.",
    checklist=(
        "FFT = DFT to rounding; numbers for ε.",
        "Aliasing: from sampling, cured by finer sampling or band limit.",
        "Truncation: from the finite box, cured by a longer box or a taper.",
        "Smoothness decides how quickly errors fall (Gaussian, kink, jump).",
        "The factor Δ, and leakage of a sine that does not fit.",
    ),
)

where_time_goes = Explain(
    key="where-time-goes",
    title="Transforms, disk, interpolation",
    question="You have measured FFTs in two and three dimensions, disk reads and interpolation on your computer. Put them in proportion: which limits a reconstruction of a hundred thousand images of 256², and does the answer change on another machine?",
    answer="Compare values per second. On one core of a present desktop a 256² single-precision FFT takes a fraction of a millisecond to a millisecond, some hundred million values a second, and 100,000 of them a minute or less. Reading: 100,000 × 256² × 4 bytes is 26 GB; a local NVMe disk at 2 GB/s takes 13 s, a network disk at 100 MB/s more than four "
    "minutes, and a file already in memory 3 s. Interpolation (one central slice per image, eight random reads and writes a value in three dimensions) runs at some ten million values a second in plain code: minutes, and it grows with the kernel's cube; a good compiled kernel gains a factor of ten. Large three-dimensional transforms, done a few times per iteration, take seconds each and need "
    "memory rather than time.\n\n"
    "So one reconstruction with known angles is limited by interpolation on one core, by the disk once there are many cores or a GPU. In a refinement, where each image is compared with thousands of orientations, reading and transforming vanish and comparison dominates. On a GPU arithmetic is nearly free; copying to it and reading decide. Measure on your machine: caches, "
    "threads and network disks change the order.",
    checklist=(
        "Compared in one unit, such as values per second, with measured numbers.",
        "Disk: local, network, and memory-cached reads are very different.",
        "Interpolation costs more than transforms of the same number of values; kernel width matters.",
        "3D transforms are few but need memory.",
        "The bottleneck shifts with cores, GPU and with the job (refinement against reconstruction).",
    ),
)
