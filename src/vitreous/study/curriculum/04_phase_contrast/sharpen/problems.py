"""Problems of phase contrast, sharpen stream: tilted and thick specimens."""

from math import pi, sin, sqrt, tan

import numpy as np

from vitreous.fourier import ft
from vitreous.optics import (
    Defocus,
    Lens,
    ctf,
    node_thickness_angstrom,
    thick_ctf_power,
    thickness_envelope,
    tilt_direction,
    tilted_direct,
    tilted_height,
    tilted_spectrum,
    wavelength_angstrom,
)
from vitreous.study.problems import Attempt, Choose, Derive, Explain, Mistake, Number, Step, compute

_LAMBDA = float(wavelength_angstrom(300.0))


@compute("Defocus at the edge of a tilted field")
def tilt_edge(rng: np.random.Generator) -> Attempt:
    """Ask for the change of defocus from the axis to the edge."""
    field, tilt = 100 * int(rng.integers(20, 61)), int(rng.choice([20, 25, 30, 40, 50, 60]))
    answer = field / 2 * tan(pi * tilt / 180)
    return Attempt(
        statement=f"A field of {field} Å is tilted by {tilt}° about an axis through its middle. By how much does the defocus at its edge differ from that on the axis? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                field / 2 * sin(pi * tilt / 180),
                "You took the sine: the *image* shows the projected distance $x$, and the height above $x$ is $x\\tan\\alpha$.",
            ),
            Mistake(2 * answer, "That is from edge to edge; the axis is in the middle."),
            Mistake(field / 2 * tan(float(tilt)), "Your calculator took degrees for radians."),
            Mistake(field / 2 / tan(pi * tilt / 180), "Upside down: no tilt must give no change."),
        ),
        hints=("$z = x\\tan\\alpha$, $x$ measured in the image from the axis.", f"$x = {field // 2}$ Å."),
        worked=f"${field / 2:.0f}\\tan{tilt}° = {answer:.0f}$ Å, more on one side, less on the other.",
    )


@compute("How far one defocus carries")
def one_defocus(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution at which a defocus error turns the phase by 90°."""
    error = 10 * int(rng.integers(10, 160))
    answer = sqrt(2 * _LAMBDA * error)
    return Attempt(
        statement=f"An image at 300 kV (λ = 0.01969 Å) is corrected with a defocus that is wrong by {error} Å. At which resolution is the phase $\\chi$ wrong by 90°? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                sqrt(_LAMBDA * error),
                "There χ is wrong by 180°, and the sign by a whole turn of the CTF: 90° is $\\pi/2$.",
            ),
            Mistake(
                sqrt(2 * pi * _LAMBDA * error), "The π of $\\pi\\lambda\\,\\delta\\,k^2$ cancels that of $\\pi/2$."
            ),
            Mistake(2 * _LAMBDA * error, "That is $d^2$: take the root."),
            Mistake(sqrt(_LAMBDA * error * pi / 90), "Degrees stand on one side, radians on the other."),
        ),
        hints=("$\\pi\\lambda\\,\\delta/d^2 = \\pi/2$.", "$d^2 = 2\\lambda\\,\\delta$."),
        worked=f"$d = \\sqrt{{2\\cdot0.01969\\cdot{error}}} = {answer:.2f}$ Å.",
    )


@compute("The shift in Fourier space")
def tilt_shift(rng: np.random.Generator) -> Attempt:
    """Ask for the shift of the two samples in Fourier pixels."""
    tilt, d, field = (
        int(rng.choice([20, 30, 40, 50, 60])),
        round(float(rng.uniform(3.0, 6.0)), 1),
        100 * int(rng.integers(10, 50)),
    )
    delta = 0.5 * _LAMBDA / d**2 * tan(pi * tilt / 180)
    answer = delta * field
    return Attempt(
        statement=f"300 kV (λ = 0.01969 Å), tilt {tilt}°, field {field} Å. The tilted transfer takes samples of the specimen's spectrum at $p\\mp\\delta$, $\\delta = \\tfrac12\\lambda|p|^2\\tan\\alpha$. "
        f"How many Fourier pixels $1/L$ of the field is $\\delta$ at {d:g} Å? To 1 %.",
        answer=Number(answer, unit="pixels", relative=0.01),
        mistakes=(
            Mistake(2 * answer, "The ½ is missing (or you counted the distance between both samples)."),
            Mistake(0.5 * _LAMBDA / d * tan(pi * tilt / 180) * field, "The frequency enters squared."),
            Mistake(0.5 * _LAMBDA / d**2 * tan(float(tilt)) * field, "Degrees were taken for radians."),
            Mistake(delta, "That is δ in 1/Å: one Fourier pixel is $1/L$, so multiply by $L$."),
        ),
        hints=(f"$|p|^2 = 1/{d:g}^2 = {1 / d**2:.5f}$ 1/Å².", f"$\\delta = {delta:.3e}$ 1/Å; times {field} Å."),
        worked=f"$\\tfrac12\\cdot0.01969\\cdot{1 / d**2:.5f}\\cdot\\tan{tilt}°\\cdot{field} = {answer:.3f}$ Fourier pixels. "
        + ("The single-defocus CTF fails there." if answer > 0.5 else "A single defocus still serves there."),
    )


@compute("How many defoci interpolate a tilted field")
def terms_needed(rng: np.random.Generator) -> Attempt:
    """Ask for the argument of the Bessel functions."""
    field, tilt, d = (
        500 * int(rng.integers(2, 11)),
        int(rng.choice([30, 45, 60])),
        round(float(rng.uniform(2.5, 5.0)), 1),
    )
    height = field / 2 * tan(pi * tilt / 180)
    answer = pi * _LAMBDA * height / d**2
    return Attempt(
        statement=f"A field of {field} Å tilted by {tilt}° spans heights $|z|\\le Z$. The number of Chebyshev terms that its transfer needs is $\\pi\\lambda k^2Z$ plus about ten. Give $\\pi\\lambda k^2Z$ at {d:g} Å, 300 kV (λ = 0.01969 Å), to 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(2 * answer, "$Z$ is half of the range: the axis is in the middle of the field."),
            Mistake(answer / pi, "The factor π is missing: the exponent is $i\\pi\\lambda k^2z$."),
            Mistake(2 * pi * _LAMBDA * height / d**2 * pi, "A 2π too much."),
            Mistake(pi * _LAMBDA * height / d, "$k^2 = 1/d^2$."),
        ),
        hints=(f"$Z = {field / 2:.0f}\\tan{tilt}° = {height:.0f}$ Å.", "Then $\\pi\\lambda Z/d^2$."),
        worked=f"$\\pi\\cdot0.01969\\cdot{height:.0f}/{d:g}^2 = {answer:.2f}$, so some {answer + 10:.0f} terms.",
    )


@compute("Depth of field")
def depth_of_field(rng: np.random.Generator) -> Attempt:
    """Ask for the thickness at the first node of the rings."""
    kilovolts, d = float(rng.choice([100, 200, 300])), round(float(rng.uniform(2.2, 5.5)), 1)
    answer, lam = float(node_thickness_angstrom(d, kilovolts)), float(wavelength_angstrom(kilovolts))
    return Attempt(
        statement=f"At which thickness do the Thon rings first vanish at {d:g} Å, {kilovolts:g} kV (λ = {lam:.5f} Å)? That is where $\\xi = \\pi\\lambda k^2t = \\pi$. Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                2 * answer, "That is the node of *alike* layers, sinc(ξ/2) = 0, at ξ = 2π. Thon rings go at ξ = π."
            ),
            Mistake(answer / pi, "The π cancels: $\\pi\\lambda k^2t = \\pi$."),
            Mistake(d / lam, "The resolution enters squared."),
            Mistake(answer / 2, "Half of it: $t$ is the whole thickness, from $-t/2$ to $+t/2$."),
        ),
        hints=("$\\lambda k^2t = 1$.", "$t = d^2/\\lambda$."),
        worked=f"${d:g}^2/{lam:.5f} = {answer:.0f}$ Å.",
    )


@compute("The resolution of a thick particle")
def thick_resolution(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution limit of a diameter."""
    kilovolts, diameter = float(rng.choice([100, 200, 300])), 50 * int(rng.integers(6, 41))
    criterion, lam = float(rng.choice([0.7, 1.5, 2.0])), float(wavelength_angstrom(kilovolts))
    answer = sqrt(lam * diameter / criterion)
    return Attempt(
        statement=f"A virus of {diameter} Å at {kilovolts:g} kV (λ = {lam:.5f} Å) is reconstructed with a flat CTF. With the criterion $t = {criterion:g}\\,d^2/\\lambda$, at which resolution $d$ does its own thickness become a limit? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(sqrt(lam * diameter * criterion), "The constant stands on the other side: $d^2 = \\lambda t/c$."),
            Mistake(lam * diameter / criterion, "That is $d^2$."),
            Mistake(sqrt(lam * diameter / 2 / criterion), "$t$ is the whole diameter, not the radius."),
            Mistake(
                sqrt(lam * diameter), f"You left out the constant {criterion:g}: state your criterion, and use it."
            ),
        ),
        hints=("Solve for $d^2$ first.", f"$\\lambda t = {lam * diameter:.2f}$ Å²."),
        worked=f"$\\sqrt{{{lam:.5f}\\cdot{diameter}/{criterion:g}}} = {answer:.2f}$ Å.",
    )


def _apart(answer: float, least: float, *mistakes: Mistake) -> tuple[Mistake, ...]:
    """The mistakes whose numbers differ from the answer and from each other."""
    kept: list[Mistake] = []
    for mistake in mistakes:
        if all(abs(mistake.answer - other) > least for other in (answer, *(known.answer for known in kept))):
            kept.append(mistake)
    return tuple(kept)


@compute("The power of a thick film")
def thick_power(rng: np.random.Generator) -> Attempt:
    """Ask for the transfer of power of independent layers."""
    thickness, d, chi_deg = (
        100 * int(rng.integers(3, 20)),
        round(float(rng.uniform(4.0, 8.0)), 1),
        int(rng.choice([0, 30, 90, 120, 180])),
    )
    xi, chi = pi * _LAMBDA * thickness / d**2, pi * chi_deg / 180
    answer = float(thick_ctf_power(chi, 1 / d, float(thickness), 300.0))
    sinc = sin(xi) / xi
    return Attempt(
        statement=f"Independent layers, thickness {thickness} Å, 300 kV (λ = 0.01969 Å). At {d:g} Å the phase of the mid-plane is $\\chi = {chi_deg}°$. What is $\\langle\\sin^2\\chi\\rangle = \\tfrac12[1-\\mathrm{{sinc}}\\,\\xi\\,\\cos2\\chi]$, $\\xi = \\pi\\lambda k^2t$, $\\mathrm{{sinc}}\\,x = \\sin x/x$? Within 0.005.",
        answer=Number(answer, relative=0.0, absolute=0.005),
        mistakes=_apart(
            answer,
            0.012,
            Mistake(
                0.5 * (1 - float(np.sinc(xi) * np.cos(2 * chi))),
                "`numpy.sinc` has a π inside, sin(πx)/(πx): divide its argument by π.",
            ),
            Mistake(sin(chi) ** 2, "That is the power of a thin film: the thickness is missing."),
            Mistake(
                0.5 * (1 - float(np.cos(2 * chi)) * sin(xi / 2) / (xi / 2)),
                "ξ/2 belongs to the *amplitude* of alike layers; for the power it is ξ.",
            ),
            Mistake(
                0.5 * (1 + sinc * float(np.cos(2 * chi))),
                "$\\sin^2\\chi = \\tfrac12(1-\\cos2\\chi)$: the sign is minus.",
            ),
        ),
        hints=(
            f"$\\xi = {xi:.3f}$ rad.",
            f"$\\mathrm{{sinc}}\\,\\xi = {sinc:.3f}$, and $\\cos2\\chi = {np.cos(2 * chi):.2f}$.",
        ),
        worked=f"$\\tfrac12[1 - ({sinc:.3f})\\cdot({np.cos(2 * chi):.2f})] = {answer:.3f}$.",
    )


@compute("Which side is more underfocused")
def which_side_rises(rng: np.random.Generator) -> Attempt:
    """Ask where the underfocus grows for a tilt about an axis."""
    axis, tilt = int(rng.choice([0, 90, 180, -90])), int(rng.choice([-50, -30, 30, 50]))
    ux, uy = tilt_direction(float(axis))
    rises = np.array([ux, uy]) * np.sign(tilt)
    sides = ("+x", "−x", "+y", "−y")
    right = int(np.argmax([rises[0], -rises[0], rises[1], -rises[1]]))
    opposite = right ^ 1
    along = 2 if right < 2 else 0
    return Attempt(
        statement=f"A specimen is tilted by {tilt}° about an axis at {axis}° (from +x towards +y); positive is right-handed about the axis. What rises lies nearer the detector and is more underfocused. Towards which side of the image does the underfocus grow?",
        answer=Choose(sides, right),
        mistakes=(
            Mistake(
                opposite,
                "That side goes down. The side that rises for a positive tilt is $\\hat u = (-\\sin\\beta,\\cos\\beta)$: point your right thumb along the axis.",
            ),
            Mistake(along, "Along the axis nothing changes: the height varies at right angles to it."),
        ),
        hints=("$\\hat u = (-\\sin\\beta, \\cos\\beta)$.", "A negative tilt turns the other way."),
        worked=f"$\\hat u = ({ux:.0f}, {uy:.0f})$; with the sign of the tilt the underfocus grows towards {sides[right]}.",
    )


strips = Explain(
    key="strips",
    title="Strips, points, or a solve",
    question="Compare three ways to correct a tilted micrograph: strips with a defocus each, filtering each pixel by the CTF of its own place, and solving the exact forward model. What does each assume and cost?",
    answer="A strip assumes the CTF constant over its width w: the phase error at its rim is πλk²(w/2)tan α, so that w must shrink with resolution; cost: one FFT pair a strip, and seams where strips meet, because delocalised detail crosses them. "
    "Filtering the image at each pixel by its own CTF has no seams, but assigns the defocus to the place in the *image* where detail landed, not to the place in the specimen from where it came: the difference is first order in the shift δ. "
    "The exact model Mφ assigns the defocus to the specimen's point. It is not a convolution, so it cannot be divided out; but M is a sum of few convolutions of weighted fields, its adjoint likewise, and (MᵀM + 1/SNR)φ = Mᵀ(I − 1) is solved by some ten conjugate-gradient steps of K FFT pairs each. With high SNR this restores what the others cannot; at low SNR all approach multiplication by the local CTF, Mᵀ.",
    checklist=(
        "strip width against πλk²(w/2)tan α",
        "image-side against specimen-side defocus",
        "exact model is a sum of K ordinary filters; adjoint",
        "Wiener solve by conjugate gradients; low SNR → Mᵀ",
    ),
)

thick_rings = Explain(
    key="thick-rings",
    title="What thickness takes, and from whom",
    question="Thon rings of a 1000 Å film vanish at 4.4 Å (300 kV). Does that limit the resolution of a 100 Å protein in it? Of a 1000 Å virus?",
    answer="The node of the rings, λk²t = 1, is where the powers of independent layers at different defoci average to a constant: the film's own rings cannot be told from background there. A protein of 100 Å sits at one height of the film, with a defocus of its own, and only its own thickness, 100 Å, averages its CTF: d = √(λ·100) = 1.4 Å. "
    "The film harms it otherwise: inelastic loss, structural noise, and a defocus that is off by up to half the film if taken from the rings, hence per-particle refinement. The virus *is* 1000 Å deep: its front and back have different CTFs, and a flat CTF limits it near 4.4 Å, unless the curvature of the Ewald sphere is corrected (or its parts are refined with their own defocus).",
    checklist=(
        "rings: power average over independent layers, node at t = d²/λ",
        "small particle: own thickness counts, own defocus",
        "film: loss, noise, uncertain defocus",
        "large particle: limited; Ewald or block-based refinement",
    ),
)


def _two_exponentials() -> bool:
    import sympy

    x = sympy.symbols("x", real=True)
    two = sympy.I * (sympy.exp(sympy.I * x) - sympy.exp(-sympy.I * x))
    return bool(sympy.simplify(two.rewrite(sympy.cos) + 2 * sympy.sin(x)) == 0)


def _linear_in_height() -> bool:
    import sympy

    lam, focus, z, p, spherical = sympy.symbols("lambda Delta z p C", positive=True)
    chi = sympy.pi * lam * (focus + z) * p**2 - sympy.pi / 2 * spherical * lam**3 * p**4
    return bool(sympy.simplify(sympy.diff(chi, z) - sympy.pi * lam * p**2) == 0 and sympy.diff(chi, z, 2) == 0)


def _shift_theorem() -> bool:
    image, steps = np.random.default_rng(1).normal(size=(8, 8)), np.arange(8) - 4
    turned = ft(image * np.exp(2j * pi * 3 * steps / 8)[None, :], 2)
    return bool(np.allclose(turned[:, 3:], ft(image, 2)[:, :-3]))


def _small_tilted() -> tuple[np.ndarray, Defocus, Lens]:
    phase = 0.1 * np.random.default_rng(2).normal(size=(12, 12))
    return phase, Defocus(9000.0, 8000.0, 20.0), Lens(300.0, 2.7, 0.1)


def _against_direct_sum() -> bool:
    phase, focus, lens = _small_tilted()
    height = tilted_height(phase.shape, 2.0, 50.0, 30.0)
    exact = tilted_direct(phase, height, 2.0, focus, lens)
    return bool(np.allclose(tilted_spectrum(phase, 2.0, focus, lens, 50.0, 30.0)[1:, 1:], exact[1:, 1:], atol=1e-9))


def _untilted() -> bool:
    phase, focus, lens = _small_tilted()
    flat = 2 * ctf(phase.shape, 2.0, focus, lens, half=False) * ft(phase, 2)
    return bool(np.allclose(tilted_spectrum(phase, 2.0, focus, lens, 0.0, 30.0)[1:, 1:], flat[1:, 1:], atol=1e-9))


tilted_transfer = Derive(
    key="tilted-transfer",
    title="The transfer of a tilted specimen",
    claim="For a weak phase object on a plane tilted by α, $\\hat I(p) = i[e^{i\\chi(p)}\\hat\\varphi(p-\\delta) - e^{-i\\chi(p)}\\hat\\varphi(p+\\delta)]$ with $\\delta = \\tfrac12\\lambda|p|^2\\tan\\alpha\\,\\hat u$, exactly within the paraxial weak phase object.",
    steps=(
        Step(
            "The image of a weak phase object is linear in its phase: each point contributes its own copy of the point's image. Write the transfer as two exponentials, one for the wave scattered to $+p$ and one for that to $-p$.",
            "2\\,\\mathrm{CTF} = -2\\sin\\chi = i\\left[e^{i\\chi}-e^{-i\\chi}\\right]",
            _two_exponentials,
        ),
        Step(
            "A point at the height $z$ sees the defocus $\\Delta f_0+z$. The phase is linear in it; nothing else in $\\chi$ knows the height.",
            "\\chi(p;z) = \\chi_0(p) + \\pi\\lambda|p|^2z",
            _linear_in_height,
        ),
        Step(
            "On a plane $z = \\tan\\alpha\\,(x\\cdot\\hat u)$. The factor $e^{i\\pi\\lambda|p|^2z}$ is then a plane wave in $x$, and a plane wave in front of $\\varphi$ shifts its transform.",
            "\\int\\varphi(x)\\,e^{2\\pi i\\,\\delta\\cdot x}\\,e^{-2\\pi ip\\cdot x}dx = \\hat\\varphi(p-\\delta),\\qquad \\delta = \\tfrac12\\lambda|p|^2\\tan\\alpha\\,\\hat u",
            _shift_theorem,
        ),
        Step(
            "Sum over all points. The numerical check compares with the sum over points as it stands, at 50° of tilt, with astigmatism and amplitude contrast.",
            "\\hat I(p) = i\\left[e^{i\\chi_0(p)}\\hat\\varphi(p-\\delta) - e^{-i\\chi_0(p)}\\hat\\varphi(p+\\delta)\\right]",
            _against_direct_sum,
        ),
        Step(
            "Without tilt the shift vanishes and the ordinary transfer is back.",
            "\\alpha = 0:\\qquad \\hat I(p) = -2\\sin\\chi_0(p)\\,\\hat\\varphi(p)",
            _untilted,
        ),
    ),
)


def _mean_sine() -> bool:
    import sympy

    chi, xi, u = sympy.symbols("chi xi u", positive=True)
    mean = sympy.integrate(sympy.sin(chi + xi * u), (u, -sympy.Rational(1, 2), sympy.Rational(1, 2)))
    return bool(sympy.simplify(mean - sympy.sin(chi) * sympy.sin(xi / 2) / (xi / 2)) == 0)


def _mean_power() -> bool:
    import sympy

    chi, xi, u = sympy.symbols("chi xi u", positive=True)
    mean = sympy.integrate(sympy.sin(chi + xi * u) ** 2, (u, -sympy.Rational(1, 2), sympy.Rational(1, 2)))
    closed = (1 - sympy.sin(xi) / xi * sympy.cos(2 * chi)) / 2
    return bool(sympy.simplify(sympy.expand_trig(sympy.expand(mean - closed))) == 0)


def _node() -> bool:
    t = float(node_thickness_angstrom(3.0, 300.0))
    powers = thick_ctf_power(np.linspace(0, pi, 7), 1 / 3.0, t, 300.0)
    return bool(np.allclose(powers, 0.5) and abs(t - 9 / _LAMBDA) < 1e-6)


def _second_node() -> bool:
    t = float(node_thickness_angstrom(3.0, 300.0))
    return bool(
        abs(float(thickness_envelope(1 / 3.0, 2 * t, 300.0)))
        < 1e-12
        < abs(float(thickness_envelope(1 / 3.0, t, 300.0)))
    )


thick_average = Derive(
    key="thick-average",
    title="Two averages over the thickness",
    claim="Layers that are alike transfer $\\sin\\chi\\,\\mathrm{sinc}(\\xi/2)$ in amplitude, independent layers $\\tfrac12[1-\\mathrm{sinc}\\,\\xi\\cos2\\chi]$ in power, $\\xi = \\pi\\lambda k^2t$.",
    steps=(
        Step(
            "Let $z = ut$ with $u$ from $-\\tfrac12$ to $\\tfrac12$, so that $\\chi(z) = \\chi+\\xi u$. Alike layers add their amplitudes: average the sine.",
            "\\int_{-1/2}^{1/2}\\sin(\\chi+\\xi u)\\,du = \\sin\\chi\\,\\frac{\\sin(\\xi/2)}{\\xi/2}",
            _mean_sine,
        ),
        Step(
            "Independent layers have random relative phases: cross terms average to nothing and the powers add. Average the squared sine.",
            "\\int_{-1/2}^{1/2}\\sin^2(\\chi+\\xi u)\\,du = \\tfrac12\\left[1-\\frac{\\sin\\xi}{\\xi}\\cos2\\chi\\right]",
            _mean_power,
        ),
        Step(
            "The rings are the term with $\\cos2\\chi$. They vanish first at $\\xi = \\pi$; the power there is one half whatever $\\chi$.",
            "\\xi = \\pi\\;\\Leftrightarrow\\; t = d^2/\\lambda",
            _node,
        ),
        Step(
            "The amplitude of alike layers vanishes only at $\\xi = 2\\pi$, twice that thickness.",
            "\\mathrm{sinc}(\\xi/2) = 0\\;\\Leftrightarrow\\; t = 2d^2/\\lambda",
            _second_node,
        ),
    ),
)
