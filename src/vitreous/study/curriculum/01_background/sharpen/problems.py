"""Problems of the background, sharpen stream: the exact image of a phase grating, its zeros, and atomic number."""

import math

import numpy as np

from vitreous.fourier import positions
from vitreous.optics import grating_harmonic, grating_image, interaction_constant, propagate, wavelength_angstrom
from vitreous.specimen import VOLT_ANGSTROM2, elastic_cross_section, element_symbol, scattering_factor
from vitreous.study.problems import Attempt, Derive, Explain, Mistake, Number, Order, Step, compute


def _turn(period_angstrom: float, distance_angstrom: float, voltage_kv: float) -> float:
    """The phase of the detour, πλz/d²."""
    return float(np.pi * wavelength_angstrom(voltage_kv) * distance_angstrom / period_angstrom**2)


def _defocus_of(turn: float, period_angstrom: float, voltage_kv: float) -> float:
    """A round defocus at which the phase of the detour is near the one given, Å."""
    return float(round(turn * period_angstrom**2 / (np.pi * wavelength_angstrom(voltage_kv)), -1))


@compute("Contrast of a weak grating")
def weak_grating(rng: np.random.Generator) -> Attempt:
    """Ask for the amplitude of the intensity's modulation in the small-phase formula."""
    voltage, period = float(rng.choice((100, 200, 300))), float(rng.integers(8, 40))
    phase = float(rng.integers(2, 11)) / 100
    distance = _defocus_of(rng.uniform(0.6, 1.4), period, voltage)
    wavelength, turn = float(wavelength_angstrom(voltage)), _turn(period, distance, voltage)
    answer = 2 * phase * math.sin(turn)
    return Attempt(
        statement=f"A grating of period {period:g} Å shifts the phase by $\\varepsilon\\cos(2\\pi x/d)$ with $\\varepsilon = {phase:g}$ rad. The camera sees the plane "
        f"$z = {distance:g}$ Å behind it, at {voltage:g} kV ($\\lambda = {wavelength:.5f}$ Å). To first order in ε the intensity is "
        "$1 + C\\cos(2\\pi x/d)$. What is $C$?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(answer / 2, "That is $I_1$, the coefficient of $e^{2\\pi ix/d}$. The cosine has two of them."),
            Mistake(
                2 * phase * turn,
                "You replaced the sine by its argument: that is the small-angle formula, not yet allowed here.",
            ),
            Mistake(
                2 * phase * math.sin(turn / math.pi), "π is missing in the phase of the detour, $\\pi\\lambda z/d^2$."
            ),
            Mistake(
                2 * phase * math.sin(math.radians(turn)),
                "$\\pi\\lambda z/d^2$ is in radians. Your calculator took it as degrees.",
            ),
        ),
        hints=(
            "Scattered beams are turned by $\\pi\\lambda z/d^2$ against the straight one.",
            "$|1 + i\\varepsilon e^{-ia}\\cos|^2$ to first order in ε.",
        ),
        worked=f"$\\pi\\lambda z/d^2 = {turn:.4f}$ rad, so $C = 2\\cdot {phase:g}\\,\\sin {turn:.4f} = {answer:.5f}$.",
    )


@compute("Contrast of a strong grating")
def strong_grating(rng: np.random.Generator) -> Attempt:
    """Ask for the exact first harmonic."""
    voltage, period = float(rng.choice((100, 200, 300))), float(rng.integers(8, 40))
    phase = float(rng.integers(10, 21)) / 20
    distance = _defocus_of(rng.uniform(0.8, 1.4), period, voltage)
    sine = float(np.sin(_turn(period, distance, voltage)))
    answer = grating_harmonic(1, phase, period, distance, voltage)
    return Attempt(
        statement=f"A strong grating shifts the phase by $\\varepsilon\\cos(2\\pi x/d)$ with $\\varepsilon = {phase:g}$ rad and $d = {period:g}$ Å; the camera sees the plane $z = {distance:g}$ Å behind it, at {voltage:g} kV. What is the exact $I_1$, the coefficient "
        "of $e^{2\\pi ix/d}$ in the intensity?",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(phase * sine, "That is the small-phase formula; ε is not small."),
            Mistake(
                grating_harmonic(1, phase / 2, period, distance, voltage),
                "The argument of the Bessel function has a 2: two beams make the first harmonic together.",
            ),
            Mistake(2 * answer, "That is the factor of the cosine, $2I_1$."),
        ),
        hints=(
            "Guigay: $I_h = J_h(2\\varepsilon\\sin(\\pi\\lambda zh/d^2))$.",
            "`scipy.special.jv(1, u)` is $J_1(u)$.",
        ),
        worked=f"$\\sin(\\pi\\lambda z/d^2) = {sine:.5f}$, $J_1(2\\cdot{phase:g}\\cdot{sine:.5f}) = {answer:.5f}$. The weak formula would say {phase * sine:.4f}.",
    )


@compute("Where small phase fails")
def where_small_phase_fails(rng: np.random.Generator) -> Attempt:
    """Ask for the phase at which the weak formula is too large by a given percentage at the best defocus."""
    percent = float(rng.integers(2, 17)) / 2
    low, high = 1e-3, 1.5
    for _ in range(60):  # bisection: the error rises with ε
        middle = (low + high) / 2
        # at z = d²/2λ the sine is one
        error = middle / grating_harmonic(1, middle, 20.0, 200.0 / float(wavelength_angstrom(300.0)), 300.0) - 1
        low, high = (middle, high) if error < percent / 100 else (low, middle)
    leading = (percent / 50) ** 0.5
    return Attempt(
        statement="A grating is imaged at the defocus where $\\sin(\\pi\\lambda z/d^2) = 1$. From which phase amplitude ε (rad) on does the small-phase formula overestimate $I_1$ by "
        f"more than {percent:g} %? (Three per cent accuracy will do: the leading order of the error is enough.)",
        answer=Number(low, unit="rad", relative=0.03),
        mistakes=(
            Mistake(
                (percent / 100) ** 0.5,
                "Nearly. The series is $J_1(2\\varepsilon) = \\varepsilon(1 - \\varepsilon^2/2 + \\ldots)$: mind the 2.",
            ),
            Mistake(percent / 100, "The error is of second order in ε, not of first: J₁ is odd."),
            Mistake(2 * leading, "The argument of $J_1$ is $2\\varepsilon$, not ε."),
        ),
        hints=(
            "Write out $\\varepsilon/J_1(2\\varepsilon) - 1$ for small ε.",
            "It is $\\varepsilon^2/2$ to leading order.",
        ),
        worked=f"$\\varepsilon^2/2 = {percent / 100:g}$ gives {leading:.4f} rad; solving $\\varepsilon/J_1(2\\varepsilon) = {1 + percent / 100:g}$ exactly gives {low:.4f} rad.",
    )


@compute("Where small angle fails")
def where_small_angle_fails(rng: np.random.Generator) -> Attempt:
    """Ask for the defocus up to which the transport of intensity holds within a percentage."""
    voltage, period, percent = float(rng.choice((100, 200, 300))), float(rng.integers(3, 31)), float(rng.integers(1, 4))
    wavelength = float(wavelength_angstrom(voltage))
    answer = (6 * percent / 100) ** 0.5 * period**2 / (np.pi * wavelength)
    return Attempt(
        statement=f"At {voltage:g} kV ($\\lambda = {wavelength:.5f}$ Å), for detail of $d = {period:g}$ Å: up to which defocus does $\\pi\\lambda z/d^2$ stand for its sine within {percent:g} % "
        "(leading order of the error)? Give Å.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                (percent / 100) ** 0.5 * period**2 / (np.pi * wavelength),
                "The error of $\\sin a \\approx a$ is $a^2/6$: the 6 is missing.",
            ),
            Mistake(
                (2 * percent / 100) ** 0.5 * period**2 / (np.pi * wavelength),
                "$a^2/2$ is the error of the cosine; that of the sine is $a^2/6$.",
            ),
            Mistake((6 * percent / 100) ** 0.5 * period**2 / wavelength, "π is missing in $\\pi\\lambda z/d^2$."),
            Mistake(
                (6 * percent / 100) ** 0.5 * period / (np.pi * wavelength),
                "The phase of the detour has $d^2$: look at the units of your number.",
            ),
        ),
        hints=(
            "Expand: $a/\\sin a - 1 = a^2/6 + \\ldots$",
            "Solve $a^2/6 =$ error for $a$, then $a = \\pi\\lambda z/d^2$ for $z$.",
        ),
        worked=f"$a = \\sqrt{{6\\cdot {percent / 100:g}}} = {(6 * percent / 100) ** 0.5:.4f}$ rad and $z = a d^2/(\\pi\\lambda) = {answer:.1f}$ Å. In cryo-EM one works at ten to a hundred times that.",
    )


@compute("The phase of one atom")
def phase_of_an_atom(rng: np.random.Generator) -> Attempt:
    """Ask for the peak phase of an atom under a B factor much wider than the atom."""
    element, voltage = int(rng.choice((6, 7, 8, 15, 16, 26, 92))), float(rng.choice((100, 200, 300)))
    b_factor = 10.0 * int(rng.choice([v for v in range(10, 31) if v not in (19, 20, 21)]))
    forward = round(float(scattering_factor(element).scattering_factor(0.0)), 3)
    sigma = float(interaction_constant(voltage))
    potential = VOLT_ANGSTROM2 * forward * 4 * np.pi / b_factor
    answer = 1e3 * sigma * potential
    return Attempt(
        statement=f"An atom of {element_symbol(element)} has $f(0) = {forward:g}$ Å. It is blurred by $B = {b_factor:g}$ Å², much wider than the atom itself, so its projected potential is the Gaussian "
        f"with the transform $\\kappa^{{-1}}f(0)e^{{-Bk^2/4}}$, $\\kappa^{{-1}} = 47.878$ V·Å². What phase, in mrad, does its centre give the wave at {voltage:g} kV "
        f"($\\sigma = {1e3 * sigma:.4f}\\times10^{{-3}}$ rad/(V·Å))?",
        answer=Number(answer, unit="mrad", relative=0.01),
        mistakes=(
            Mistake(answer / 4, "The transform of $e^{-Bk^2/4}$ has the peak $4\\pi/B$: a 4 is missing."),
            Mistake(
                answer * (4 * np.pi / b_factor) ** 0.5,
                "In two dimensions the peak is $4\\pi/B$. You took $(4\\pi/B)^{3/2}$, that of the three-dimensional potential.",
            ),
            Mistake(
                1e3 * potential,
                "That is the projected potential in mV·Å. The interaction constant turns it into a phase.",
            ),
            Mistake(answer / np.pi, "π is missing: $\\int e^{-Bk^2/4}d^2k = 4\\pi/B$."),
        ),
        hints=(
            "The value at the centre is the integral of the transform over the plane.",
            "$\\int e^{-Bk^2/4}\\,d^2k = 4\\pi/B$. Then multiply by σ.",
        ),
        worked=f"$V_z(0) = 47.878\\cdot{forward:g}\\cdot4\\pi/{b_factor:g} = {potential:.4f}$ V·Å; times σ: {answer:.4f} mrad.",
    )


@compute("How much of an RNA's scattering is phosphorus")
def share_of_phosphorus(rng: np.random.Generator) -> Attempt:
    """Ask for the share of elastic scattering by P in a nucleotide."""
    name, atoms = [
        ("adenosine", {6: 10, 1: 12, 7: 5, 8: 6, 15: 1}),
        ("cytidine", {6: 9, 1: 12, 7: 3, 8: 7, 15: 1}),
        ("guanosine", {6: 10, 1: 12, 7: 5, 8: 7, 15: 1}),
        ("uridine", {6: 9, 1: 11, 7: 2, 8: 8, 15: 1}),
    ][rng.integers(4)]
    voltage = float(rng.choice((100, 120, 200, 300)))
    sections = {z: round(1e3 * elastic_cross_section(z, voltage), 2) for z in atoms}
    total = sum(n * sections[z] for z, n in atoms.items())
    answer = 100 * sections[15] / total
    formula = " ".join(f"{element_symbol(z)}{n}" for z, n in atoms.items())
    given = ", ".join(f"{element_symbol(z)} {value:g}" for z, value in sections.items())
    return Attempt(
        statement=f"A nucleotide of {name} in RNA is {formula}. Elastic cross-sections at {voltage:g} kV, in $10^{{-3}}$ Å²: {given}. Which percentage of the elastic scattering comes from its one phosphorus?",
        answer=Number(answer, unit="%", relative=0.01),
        mistakes=(
            Mistake(100 / sum(atoms.values()), "You counted atoms. Weigh each by its cross-section."),
            Mistake(
                100 * 15 / sum(z * n for z, n in atoms.items()),
                "You weighed by Z. Cross-sections do not grow in proportion.",
            ),
            Mistake(
                100 * sections[15] / sum(sections.values()),
                "You took one atom of each kind: multiply by how many there are.",
            ),
        ),
        hints=("Sum number times cross-section over all kinds of atoms.", "Divide phosphorus's part by the sum."),
        worked=f"The sum is {total:.2f}, phosphorus has {sections[15]:.2f} of it: {answer:.2f} %. One atom in more than thirty, but a good part of the signal.",
    )


@compute("Who is darkest at low resolution")
def order_of_atoms(rng: np.random.Generator) -> Attempt:
    """Ask for the order of elements by forward scattering."""
    chosen = [6, 8, 19, 26, *(int(v) for v in rng.choice((1, 7, 16, 20, 92), 1))]
    rng.shuffle(chosen)
    forward = [float(scattering_factor(z).scattering_factor(0.0)) for z in chosen]
    right = tuple(int(i) for i in np.argsort(forward))
    listed = ", ".join(f"{element_symbol(chosen[i])} {forward[i]:.2f}" for i in right)
    return Attempt(
        statement="Order these neutral atoms by the phase that they give the wave at low resolution, the weakest first.",
        answer=Order(tuple(element_symbol(z) for z in chosen), right),
        mistakes=(
            Mistake(
                tuple(int(i) for i in np.argsort(chosen)),
                "That is the order of Z. At low resolution it is the size of the electron cloud that counts, $f(0)$.",
            ),
            Mistake(right[::-1], "The order is right but upside down: the weakest first."),
        ),
        hints=(
            "Low resolution means $f(q)$ at $q = 0$.",
            "$f(0)$ is large where the outer electrons are loosely bound: compare K with Fe, and C with O.",
        ),
        worked=f"$f(0)$ in Å: {listed}. Potassium, an alkali metal, beats iron, and carbon beats oxygen.",
    )


def _weak_expansion() -> bool:
    import sympy as sp

    e, u = sp.symbols("epsilon u", real=True)
    return sp.series(sp.exp(sp.I * e * sp.cos(u)), e, 0, 2).removeO().equals(1 + sp.I * e * sp.cos(u))


def _paraxial_solution() -> bool:
    import sympy as sp

    x, z, k, wavelength = sp.symbols("x z k lambda", real=True)
    wave = sp.exp(2 * sp.pi * sp.I * k * x - sp.I * sp.pi * wavelength * z * k**2)
    return sp.simplify(sp.diff(wave, z) - sp.I * wavelength / (4 * sp.pi) * sp.diff(wave, x, 2)) == 0


def _flown_wave() -> bool:
    import sympy as sp

    x, d, e, a = sp.symbols("x d epsilon a", real=True)
    plus, minus = (sp.exp(s * 2 * sp.pi * sp.I * x / d) for s in (1, -1))
    flown = 1 + sp.I * e / 2 * (plus + minus) * sp.exp(-sp.I * a)
    return sp.simplify((flown - (1 + sp.I * e * sp.exp(-sp.I * a) * sp.cos(2 * sp.pi * x / d))).rewrite(sp.cos)) == 0


def _squared() -> bool:
    import sympy as sp

    e, u, a = sp.symbols("epsilon u a", real=True)
    wave = 1 + sp.I * e * sp.exp(-sp.I * a) * sp.cos(u)
    right = 1 + 2 * e * sp.sin(a) * sp.cos(u) + e**2 * sp.cos(u) ** 2
    return sp.simplify(sp.expand((wave * sp.conjugate(wave)).rewrite(sp.cos)) - right) == 0


def _transport_of_intensity() -> bool:
    import sympy as sp

    x, d, z, e, wavelength = sp.symbols("x d z epsilon lambda", positive=True)
    phase = e * sp.cos(2 * sp.pi * x / d)
    transported = 1 - wavelength * z / (2 * sp.pi) * sp.diff(phase, x, 2)
    slope = sp.diff(1 + 2 * e * sp.sin(sp.pi * wavelength * z / d**2) * sp.cos(2 * sp.pi * x / d), z).subs(z, 0) * z
    return sp.simplify(transported - 1 - slope) == 0


def _jacobi_anger() -> bool:
    from scipy.special import jv

    u, n = np.linspace(0, 2 * np.pi, 17), np.arange(-30, 31)
    return all(
        np.allclose(np.exp(1j * e * np.cos(u)), (1j**n * jv(n, e)) @ np.exp(1j * np.outer(n, u)), atol=1e-12)
        for e in (0.3, 1.7, 5.0)
    )


def _collapsed_sum() -> bool:
    from scipy.special import jv

    n = np.arange(-60, 61)
    for e, a, h in ((0.4, 0.7, 1), (1.3, 2.1, 2), (2.5, 11.0, 3)):
        total = 1j**h * np.exp(-1j * a * h * h) * np.sum(jv(n + h, e) * jv(n, e) * np.exp(-2j * a * n * h))
        if abs(total - jv(h, 2 * e * np.sin(a * h))) > 1e-12:
            return False
    return True


def _propagated_image() -> bool:
    period, n = 20.0, 64
    x = positions(n, period / n)
    for e, z in ((0.5, 500.0), (0.5, 5000.0), (2.0, 12345.0)):
        wave = np.exp(1j * e * np.cos(2 * np.pi * x / period))[None]
        image = np.abs(propagate(wave, period / n, z, 300.0)[0]) ** 2
        if not np.allclose(image, grating_image(x, e, period, z, 300.0), atol=1e-10):
            return False
    return True


def _leading_errors() -> bool:
    import sympy as sp

    u, a = sp.symbols("u a", positive=True)
    bessel = u - u**3 / 2 + u**5 / 12  # J₁(2u) to fifth order
    known = sp.series(sp.besselj(1, 2 * u), u, 0, 6).removeO()
    phase = sp.series(u / bessel - 1, u, 0, 4).removeO()
    angle = sp.series(a / sp.sin(a) - 1, a, 0, 4).removeO()
    return (
        sp.simplify(known - bessel) == 0 and sp.simplify(phase - u**2 / 2) == 0 and sp.simplify(angle - a**2 / 6) == 0
    )


grating_intensity = Derive(
    key="grating-intensity",
    title="The intensity behind a phase grating",
    claim="Behind a grating of phase $\\varepsilon\\cos(2\\pi x/d)$, at distance $z$, the intensity is $1 + 2\\varepsilon\\sin(\\pi\\lambda z/d^2)\\cos(2\\pi x/d)$ for small ε; $1 + 2\\varepsilon(\\pi\\lambda z/d^2)\\cos(2\\pi x/d)$ for small "
    "angle too; and its harmonics are $I_h = J_h(2\\varepsilon\\sin(\\pi\\lambda zh/d^2))$ exactly.",
    steps=(
        Step(
            "A thin transparent object changes the phase only. For a small phase keep the first order.",
            r"\Psi(x, 0) = e^{i\varepsilon\cos(2\pi x/d)} = 1 + i\varepsilon\cos\frac{2\pi x}{d} + O(\varepsilon^2)",
            _weak_expansion,
        ),
        Step(
            "Free flight of fast electrons obeys the paraxial wave equation. A plane wave of frequency $k$ solves it with a factor of modulus one.",
            r"\partial_z\Psi = \frac{i\lambda}{4\pi}\partial_x^2\Psi \quad\Rightarrow\quad e^{2\pi ikx} \to e^{2\pi ikx}\,e^{-i\pi\lambda zk^2}",
            _paraxial_solution,
        ),
        Step(
            "The cosine is two plane waves, $k = \\pm1/d$. Both get the same factor, $e^{-ia}$ with $a = \\pi\\lambda z/d^2$; the straight beam, $k = 0$, gets none.",
            r"\Psi(x, z) = 1 + i\varepsilon e^{-ia}\cos\frac{2\pi x}{d}, \qquad a = \frac{\pi\lambda z}{d^2}",
            _flown_wave,
        ),
        Step(
            "Square. The cross term is $2\\,\\mathrm{Re}(i e^{-ia}) = 2\\sin a$. In focus nothing is seen; the rest is of second order. Dropping it is the small-phase approximation.",
            r"|\Psi|^2 = 1 + 2\varepsilon\sin a\,\cos\frac{2\pi x}{d} + \varepsilon^2\cos^2\frac{2\pi x}{d}",
            _squared,
        ),
        Step(
            "For a small angle $\\theta = \\lambda/d$ at given $z$, $a = \\pi\\theta^2z/\\lambda$ is small and the sine is its argument. Then contrast is the curvature of the phase: the transport of intensity.",
            r"|\Psi|^2 \approx 1 + 2\varepsilon\,\frac{\pi\lambda z}{d^2}\cos\frac{2\pi x}{d} = 1 - \frac{\lambda z}{2\pi}\,\frac{\partial^2\varphi}{\partial x^2}",
            _transport_of_intensity,
        ),
        Step(
            "Now without approximating ε. Jacobi and Anger expand the exponential into all orders of diffraction.",
            r"e^{i\varepsilon\cos u} = \sum_{n=-\infty}^{\infty} i^nJ_n(\varepsilon)\,e^{inu}",
            _jacobi_anger,
        ),
        Step(
            "Order $n$ is turned by $an^2$. The coefficient of $e^{ihu}$ in $|\\Psi|^2$ sums over all pairs that differ by $h$, and the addition theorem of Bessel functions collapses the sum.",
            r"I_h = i^h e^{-iah^2}\sum_n J_{n+h}(\varepsilon)J_n(\varepsilon)\,e^{-2ianh} = J_h(2\varepsilon\sin ah)",
            _collapsed_sum,
        ),
        Step(
            "The closed form equals a wave that is propagated numerically, harmonics and all.",
            r"\left|\mathcal F^{-1}\!\left[e^{-i\pi\lambda zk^2}\,\mathcal F e^{i\varepsilon\cos(2\pi x/d)}\right]\right|^2 = 1 + 2\sum_{h\ge1}I_h\cos\frac{2\pi hx}{d}",
            _propagated_image,
        ),
        Step(
            "So to leading order the two approximations err as squares: 1 % at $\\varepsilon|\\sin a| = 0.14$, and at $a = 0.24$.",
            r"\frac{\varepsilon\sin a}{J_1(2\varepsilon\sin a)} - 1 \approx \frac{(\varepsilon\sin a)^2}{2}, \qquad \frac{a}{\sin a} - 1 \approx \frac{a^2}{6}",
            _leading_errors,
        ),
    ),
)


def _carrier_removed() -> bool:
    import sympy as sp

    x, z, wavelength, sigma = sp.symbols("x z lambda sigma", positive=True)
    slow, potential = sp.Function("Psi")(x, z), sp.Function("V")(x, z)
    carrier = sp.exp(2 * sp.pi * sp.I * z / wavelength)
    full = carrier * slow
    left = (
        sp.diff(full, x, 2)
        + sp.diff(full, z, 2)
        + 4 * sp.pi**2 / wavelength**2 * full
        + 4 * sp.pi * sigma / wavelength * potential * full
    )
    right = (
        sp.diff(slow, z, 2)
        + 4 * sp.pi * sp.I / wavelength * sp.diff(slow, z)
        + sp.diff(slow, x, 2)
        + 4 * sp.pi * sigma / wavelength * potential * slow
    )
    return sp.simplify(sp.expand(left / carrier) - right) == 0


def _solved_for_slope() -> bool:
    import sympy as sp

    slope, curvature, potential, sigma, wavelength, wave = sp.symbols("s c V sigma lambda Psi")
    solved = sp.solve(
        4 * sp.pi * sp.I / wavelength * slope + curvature + 4 * sp.pi * sigma / wavelength * potential * wave, slope
    )[0]
    return sp.simplify(solved - (sp.I * wavelength / (4 * sp.pi) * curvature + sp.I * sigma * potential * wave)) == 0


def _thin_object() -> bool:
    import sympy as sp

    z, sigma = sp.symbols("z sigma", positive=True)
    potential = sp.Function("V")
    t = sp.symbols("t")
    wave = sp.exp(sp.I * sigma * sp.Integral(potential(t), (t, 0, z)))
    return sp.simplify(sp.diff(wave, z) - sp.I * sigma * potential(z) * wave) == 0


def _what_was_dropped() -> bool:
    import sympy as sp

    k, wavelength = sp.symbols("k lambda", positive=True)
    exact = 2 * sp.pi * (sp.sqrt(1 / wavelength**2 - k**2) - 1 / wavelength)
    series = sp.series(exact, k, 0, 6).removeO()
    return sp.simplify(series - (-sp.pi * wavelength * k**2 - sp.pi * wavelength**3 * k**4 / 4)) == 0


def _constant_agrees() -> bool:
    planck, mass, charge = 6.62607015e-34, 9.1093837139e-31, 1.602176634e-19
    gamma = 1 + 300e3 / 510998.95
    sigma = 2 * np.pi * gamma * mass * charge * float(wavelength_angstrom(300.0)) * 1e-10 / planck**2 * 1e-10
    return bool(abs(sigma / float(interaction_constant(300.0)) - 1) < 1e-6)


fast_electrons = Derive(
    key="fast-electrons",
    title="The wave equation for fast electrons",
    claim="A wave that travels nearly along $z$ obeys $\\partial_z\\Psi = \\left(\\frac{i\\lambda}{4\\pi}\\nabla_{xy}^2 + i\\sigma V\\right)\\Psi$; free flight and a thin object are its two easy halves.",
    steps=(
        Step(
            "Schrödinger's equation with the relativistic mass and wavelength, the potential a small addition to the beam's energy. σ gathers the constants.",
            r"\nabla^2\psi + \frac{4\pi^2}{\lambda^2}\psi + \frac{4\pi\sigma}{\lambda}V\psi = 0, \qquad \sigma = \frac{2\pi\gamma m_0e\lambda}{h^2}",
            _constant_agrees,
        ),
        Step(
            "Take out the fast carrier, $\\psi = e^{2\\pi iz/\\lambda}\\,\\Psi$. The large constant cancels.",
            r"\partial_z^2\Psi + \frac{4\pi i}{\lambda}\partial_z\Psi + \nabla_{xy}^2\Psi + \frac{4\pi\sigma}{\lambda}V\Psi = 0",
            _carrier_removed,
        ),
        Step(
            "Ψ changes over many wavelengths: $|\\partial_z^2\\Psi| \\ll |\\frac{4\\pi}{\\lambda}\\partial_z\\Psi|$. Drop it and solve for the slope. An elliptic problem has become a march forward.",
            r"\partial_z\Psi = \left(\frac{i\lambda}{4\pi}\nabla_{xy}^2 + i\sigma V\right)\Psi",
            _solved_for_slope,
        ),
        Step(
            "Without potential, each plane wave only turns.",
            r"V = 0: \quad e^{2\pi ik\cdot x} \to e^{2\pi ik\cdot x}\,e^{-i\pi\lambda zk^2}",
            _paraxial_solution,
        ),
        Step(
            "In a thin object there is no time to diffract: drop the Laplacian. Multislice alternates the two.",
            r"\nabla_{xy}^2 \to 0: \quad \Psi(z) = \Psi(0)\,\exp\!\left(i\sigma\int_0^z V\,dz'\right)",
            _thin_object,
        ),
        Step(
            "The price of dropping $\\partial_z^2$: the exact wave number along $z$ against the parabola.",
            r"2\pi\left(\sqrt{\lambda^{-2} - k^2} - \lambda^{-1}\right) = -\pi\lambda k^2 - \tfrac{\pi}{4}\lambda^3k^4 - \ldots",
            _what_was_dropped,
        ),
    ),
)

where_approximations_break = Explain(
    key="where-approximations-break",
    title="Under which extreme conditions?",
    question="The first-order image of a grating makes a small-phase and a small-angle approximation. Under which extreme conditions does each break? Do such conditions occur in cryo-EM? In which other regimes?",
    answer="*Small phase* fails as $(\\varepsilon\\sin a)^2/2$: 1 % at 0.14 rad, 12 % at 0.5 rad. In cryo-EM a small protein reaches some tenths of a radian where atoms line up, so weak phase is good to some per cent; it fails for thick specimens (a "
    "cell lamella has a mean phase of several rad, of which the variation matters), large viruses, gold fiducials, heavy stain, crystals on a zone axis and low voltages, since σ grows as the electron slows. Then harmonics and sum frequencies appear, which a linear "
    "reconstruction mistakes for structure, and contrast no longer adds up.\n\n"
    "*Small angle*, meaning $\\sin a \\approx a$ with $a = \\pi\\lambda z/d^2$, fails as $a^2/6$: at 300 kV and 1 µm it holds only for detail coarser than about 50 Å. Single-particle work is far beyond it ($a = 69$ rad at 3 Å), hence the CTF. It holds for low-resolution "
    "tomograms, near-focus transport-of-intensity phase retrieval, light microscopy and X-ray propagation imaging close to the object.\n\n"
    "A third, hidden one is the *paraxial* step, $\\cos\\theta \\approx 1 - \\theta^2/2$. Its phase, $\\pi\\lambda^3z/4d^4$, is below 0.001 rad for 3 Å at 300 kV and 1 µm. It matters below 10 kV, in light optics with large apertures, and at "
    "sub-Å resolution over micrometres.",
    checklist=(
        "Small phase: error of second order in ε; about 1 % at 0.14 rad.",
        "Examples where ε is large: thick specimens, heavy atoms, crystals, low voltage.",
        "Its symptom: harmonics, non-linear contrast.",
        "Small angle: error $a^2/6$; never valid at high resolution in cryo-EM, so the sine is kept.",
        "Examples where it is valid: transport of intensity, X-ray or light imaging near the object, low resolution.",
        "The paraxial approximation is a separate one, harmless at 100–300 kV.",
    ),
)

zeros_in_practice = Explain(
    key="zeros-in-practice",
    title="Do the zeros occur in practice?",
    question="Theory says that contrast transfer oscillates through zero. Is that observed? What damps the oscillation, what fills the zeros, and how would you tell one from the other?",
    answer="Yes: Thon rings in the power spectrum of any micrograph, and in the gaps of a class average at one defocus. But the minima are not zero and the rings fade.\n\n"
    "*Damping* multiplies the amplitude and leaves zeros where they are: the spread of energies and of lens current (temporal envelope, $\\exp[-\\frac12(\\pi\\lambda\\sigma_fk^2)^2]$), the spread of illumination angles (spatial envelope, worse with defocus), drift and beam-induced "
    "motion, the detector's MTF, radiation damage.\n\n"
    "*Filling* adds intensities whose zeros lie elsewhere: layers of a thick specimen ($\\frac12[1 - \\mathrm{sinc}(\\pi\\lambda k^2t)\\cos 2\\chi]$, with a node at $t = d^2/\\lambda$ and inverted rings beyond), tilt, astigmatism averaged round a ring, sums over micrographs of different defocus, charging; "
    "inelastic electrons, out of focus by $C_c\\Delta E/E$; second-order image terms; and the noise of counting and of the detector, which has no zeros at all. Amplitude contrast only moves them.\n\n"
    "*Telling apart*: change the dose, and noise scales with it but filling by thickness does not; use the energy filter; go to thin ice; compare the ratio of minimum to maximum with the envelope of the maxima: damping leaves the floor, filling lifts it in proportion to the signal. A coherent zero cannot be "
    "restored by a filter; another defocus fills it.",
    checklist=(
        "Zeros are seen as Thon rings; minima are finite.",
        "Damping: energy spread, source size, motion, MTF; zeros stay.",
        "Filling: thickness, tilt, sums over defocus, inelastic electrons, noise.",
        "Amplitude contrast shifts zeros and does not fill them.",
        "A way to tell damping from filling by experiment.",
        "What is lost at a zero is recovered only from data at another defocus.",
    ),
)

where_z_enters = Explain(
    key="where-z-enters",
    title="Where the atomic number enters",
    question="Follow atomic number through the equations, from potential to intensity. Where does it enter, with which power, and what does that mean for C, N, O, P, S, Fe and U in a map?",
    answer="It enters once, through the potential $V(r) = \\sum$ atoms; its transform is $\\kappa^{-1}f(q)$, and Mott and Bethe open it: $f(q) = (Z - f_X(q))/(2\\pi^2a_0q^2)$, the nucleus less the electron cloud. Then $\\Psi = \\exp(i\\sigma\\int V dz)$.\n\n"
    "*High q*: the cloud is gone, $f \\propto Z$. *Low q*: what remains is the mean square radius of the cloud, so $f(0)$ goes in a saw-tooth through the periodic table: C 2.51, N 2.21, O 1.98, S 5.16, P 5.49, Fe 7.16, U 19.1 Å; carbon beats oxygen and potassium beats iron. "
    "*Phase contrast* of a blurred atom is linear in $f$: P and S count as about two carbons, Fe as 2.6, U as 7. *Elastic cross-section*, $\\int|f|^2$ over angles, is the amplitude squared and grows about as $Z^{1.5}$: P 4, Fe 8, U 56 carbons (dark field and Z contrast in STEM use nearly $Z^{1.7}$ "
    "at large angles). *Inelastic* goes only as $\\sqrt Z$, so light atoms pay most damage per elastic event.\n\n"
    "In a map: C, N and O look alike, phosphates of RNA and metal sites stand out. Charges change $f$ at small $q$ (diverging as $\\Delta Z/q^2$): negative oxygens of Asp and Glu fade, positive ions shine. For very heavy atoms the Born approximation itself fails; their scattering has a phase, and "
    "with it real amplitude contrast.",
    checklist=(
        "Through the potential, by the electron scattering factor $f(q)$.",
        "Mott–Bethe: nucleus minus X-ray factor over $q^2$.",
        "High q: proportional to Z; q = 0: size of the cloud, not monotonic.",
        "Phase contrast linear in f; cross-sections quadratic, about $Z^{1.5}$.",
        "Numbers for at least P or U against C.",
        "Charge (ions) changes low-q scattering; heavy atoms break the Born approximation.",
    ),
)
