"""Problems of phase contrast, blur stream."""

from collections.abc import Iterator
from math import asin, ceil, degrees, log10, pi, sqrt

import numpy as np

from vitreous.optics import (
    Defocus,
    Lens,
    ctf_1d,
    ctf_zeros,
    delocalisation_angstrom,
    focal_spread_sigma_angstrom,
    required_box,
    scherzer_defocus_angstrom,
    sigma_from_fwhm,
    wavelength_angstrom,
)
from vitreous.study.problems import Attempt, Case, Choose, Explain, Mistake, Number, OwnFunction, compute


@compute("The wavelength of the electrons")
def wavelength(rng: np.random.Generator) -> Attempt:
    """Ask for the relativistic wavelength at a voltage."""
    kilovolts = int(rng.choice([80, 100, 120, 160, 200, 250, 300, 400]))
    volts, answer = 1e3 * kilovolts, float(wavelength_angstrom(float(kilovolts)))
    return Attempt(
        statement=f"What is the wavelength of electrons accelerated through {kilovolts} kV? "
        "Use $\\lambda = hc/\\sqrt{eV\\,(eV + 2m_0c^2)}$ with $hc = 12\\,398.4$ eV Å and $m_0c^2 = 511.0$ keV. Answer in Å, to 0.5 %.",
        answer=Number(answer, unit="Å", relative=0.005),
        mistakes=(
            Mistake(
                12398.42 / sqrt(volts * 2 * 510998.95),
                "That is the non-relativistic wavelength: $eV$ is missing beside $2m_0c^2$. At these voltages the electrons are so fast that it matters.",
            ),
            Mistake(100 * answer, "That number is in picometres: 1 Å is 100 pm."),
            Mistake(answer / 10, "That number is in nanometres: 1 nm is 10 Å."),
            Mistake(
                12398.42 / sqrt(kilovolts * (kilovolts + 2 * 510998.95)),
                "You put kilovolts where volts belong: $eV$ is the energy in electronvolts.",
            ),
        ),
        hints=(
            f"The energy $eV$ is {kilovolts} keV = {volts:.0f} eV.",
            "$2m_0c^2 = 1\\,021\\,998$ eV; add it to the energy before you multiply.",
        ),
        worked=f"$\\lambda = 12\\,398.4/\\sqrt{{{volts:.0f}\\cdot({volts:.0f} + 1\\,021\\,998)}} = {answer:.5f}$ Å.",
    )


def _lens(rng: np.random.Generator) -> Lens:
    return Lens(float(rng.choice([200, 300])), float(rng.choice([1.2, 2.0, 2.7])), float(rng.choice([0.07, 0.1])))


@compute("The first zero of the CTF")
def first_zero(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution of the first zero."""
    kilovolts, micrometres = float(rng.choice([200, 300])), round(float(rng.uniform(0.8, 3.0)), 2)
    defocus, lam = 1e4 * micrometres, float(wavelength_angstrom(kilovolts))
    answer = 1 / float(ctf_zeros(1, defocus, Lens(kilovolts))[0])
    return Attempt(
        statement=f"At {kilovolts:g} kV ($\\lambda = {lam:.4f}$ Å) and {micrometres:g} µm underfocus, neglect $C_s$ and amplitude "
        "contrast. At which resolution $d = 1/k$ is the first zero of the CTF (after the origin)? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                sqrt(2) * answer,
                "That is where $\\chi = \\pi/2$: the first *maximum* of contrast. A zero needs $\\chi = \\pi$.",
            ),
            Mistake(answer / sqrt(pi), "A factor π too much: $\\chi = \\pi\\lambda\\,\\Delta f\\,k^2$ has its own."),
            Mistake(answer / 100, "Micrometres and ångströms: 1 µm = 10 000 Å."),
            Mistake(
                lam * defocus,
                "You have $d^2$: $\\lambda\\,\\Delta f\\,k^2 = 1$ is an equation for $k^2$, take the root.",
            ),
        ),
        hints=(
            "$\\mathrm{CTF} = -\\sin\\chi$, with $\\chi = \\pi\\lambda\\,\\Delta f\\,k^2$: when is the sine zero again?",
            "$\\lambda\\,\\Delta f\\,k^2 = 1$.",
        ),
        worked=f"$\\pi\\lambda\\,\\Delta f\\,k^2 = \\pi$ gives $d = \\sqrt{{\\lambda\\,\\Delta f}} = \\sqrt{{{lam:.4f}\\cdot{defocus:.0f}}} = {answer:.2f}$ Å.",
    )


@compute("Scherzer's focus")
def scherzer(rng: np.random.Generator) -> Attempt:
    """Ask for the Scherzer defocus."""
    lens = Lens(float(rng.choice([100, 120, 200, 300])), round(float(rng.uniform(0.5, 3.0)), 1))
    answer, lam = scherzer_defocus_angstrom(lens), float(wavelength_angstrom(lens.voltage_kv))
    spherical = lens.spherical_aberration_mm
    return Attempt(
        statement=f"Scherzer's focus is $\\Delta f = \\sqrt{{1.5\\,C_s\\lambda}}$. How large is it for $C_s = {spherical:g}$ mm and $\\lambda = {lam:.4f}$ Å? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(sqrt(1.5 * spherical * lam), "$C_s$ is in mm, λ in Å: bring both to Å first, 1 mm = 10⁷ Å."),
            Mistake(1.5 * sqrt(1e7 * spherical * lam), "The 1.5 stands under the root."),
            Mistake(answer / 10, "That is in nanometres."),
            Mistake(-answer, "Scherzer's focus is an *underfocus*, and underfocus counts positive here."),
        ),
        hints=("1 mm = 10⁷ Å.", "Multiply first, the root comes last."),
        worked=f"$\\sqrt{{1.5\\cdot{spherical:g}\\cdot10^7\\cdot{lam:.4f}}} = {answer:.0f}$ Å, or {answer / 10:.0f} nm.",
    )


@compute("Where a B factor reaches 1/e")
def b_factor(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution at which exp(−B k²/4) is 1/e."""
    b = 10 * int(rng.integers(4, 30))
    answer = (b / 4) ** 0.5
    return Attempt(
        statement=f"Amplitudes fall as $\\exp(-B k^2/4)$ with $B = {b}$ Å². At which resolution $d = 1/k$ are they down to $1/e$? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                b**0.5, "That is where $\\exp(-Bk^2)$ reaches 1/e: the factor 4 of the crystallographic B is missing."
            ),
            Mistake(
                (b / 2) ** 0.5, "That is where the *power*, $\\exp(-Bk^2/2)$, reaches 1/e; the amplitude was asked for."
            ),
            Mistake(1 / answer, "That is the frequency $k$ in 1/Å; the resolution is its inverse."),
            Mistake(b / 4, "That is $d^2$: take the root."),
        ),
        hints=("Set the exponent to −1.", "$B k^2/4 = 1$, and $d = 1/k$."),
        worked=f"$Bk^2/4 = 1$ gives $d = \\sqrt{{B/4}} = \\sqrt{{{b / 4:g}}} = {answer:.2f}$ Å.",
    )


@compute("A claim about B = 100 Å²")
def b_claim(rng: np.random.Generator) -> Attempt:
    """Ask how much is left at a resolution, in amplitude or in power."""
    b, d = 10 * int(rng.integers(6, 21)), round(float(rng.uniform(3.5, 9.0)), 1)
    power = bool(rng.integers(2))
    exponent = b / (2 * d**2) if power else b / (4 * d**2)
    answer, what = float(np.exp(-exponent)), "power" if power else "amplitude"
    other = float(np.exp(-exponent / 2 if power else -2 * exponent))
    return Attempt(
        statement=f"Someone claims to know what $B = {b}$ Å² does to detail of ${d:g}$ Å. With the convention $\\exp(-Bk^2/4)$ for amplitudes: "
        f"which fraction of the **{what}** is left there? Answer as a number between 0 and 1, to 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(
                float(np.exp(-b / d**2)),
                "You used $\\exp(-Bk^2)$: the 4 is missing. It is a different convention, and with it the claim is false.",
            ),
            Mistake(
                other,
                f"That is the fraction of the {'amplitude' if power else 'power'}: power is amplitude squared, its exponent is doubled.",
            ),
            Mistake(1 - answer, "That is what was lost; asked was what is left."),
            Mistake(1 / answer, "More than one: that is what *sharpening* by −B does. A positive B dims."),
        ),
        hints=(
            f"$k = 1/d = {1 / d:.4f}$ 1/Å.",
            "The exponent for the amplitude is $B/(4d^2)$; for the power twice that.",
        ),
        worked=f"$B/(4d^2) = {b / (4 * d**2):.3f}$; the amplitude is $e^{{-{b / (4 * d**2):.3f}}} = {np.exp(-b / (4 * d**2)):.4f}$, "
        f"the power its square, {np.exp(-b / (2 * d**2)):.4f}. At B = 100 Å² and 5 Å the first is 1/e: the claim in the course is right, for amplitudes and with the 4.",
    )


@compute("Which B factor does a figure code?")
def coded_b(rng: np.random.Generator) -> Attempt:
    """Ask which formula a figure uses, from where it reaches 1/e."""
    b = int(rng.choice([64, 100, 144, 196, 256, 400]))
    kind = int(rng.integers(3))
    place = sqrt(b / (4, 2, 1)[kind])
    return Attempt(
        statement=f"An interactive figure draws an envelope. At $B = {b}$ Å² its curve is down to $1/e$ at {place:.2f} Å (the pixel size was checked). Which formula does it use?",
        answer=Choose(("$\\exp(-Bk^2/4)$", "$\\exp(-Bk^2/2)$", "$\\exp(-Bk^2)$"), kind),
        mistakes=tuple(
            Mistake(
                wrong,
                f"With that formula 1/e would stand at $\\sqrt{{B/{n}}} = {sqrt(b / n):.2f}$ Å."
                if n > 1
                else f"With that formula 1/e would stand at $\\sqrt{{B}} = {sqrt(b):.2f}$ Å.",
            )
            for wrong, n in enumerate((4, 2, 1))
            if wrong != kind
        ),
        hints=("At 1/e the exponent is −1.", f"$d^2 = {place**2:.1f}$ Å²: what is $B/d^2$?"),
        worked=f"$B/d^2 = {b / place**2:.0f}$, and the exponent $Bk^2/n$ is one where $n = B/d^2$.",
    )


@compute("How far detail travels")
def delocalisation(rng: np.random.Generator) -> Attempt:
    """Ask for the delocalisation at a resolution."""
    kilovolts, spherical = float(rng.choice([200, 300])), float(rng.choice([2.0, 2.7]))
    micrometres, d = round(float(rng.uniform(0.8, 2.0)), 1), round(float(rng.uniform(2.5, 3.5)), 1)
    lens, focus = Lens(kilovolts, spherical), Defocus.round(1e4 * micrometres)
    answer, lam = float(delocalisation_angstrom((1 / d, 0.0), focus, lens)), float(wavelength_angstrom(kilovolts))
    return Attempt(
        statement=f"{kilovolts:g} kV ($\\lambda = {lam:.4f}$ Å), $C_s = {spherical:g}$ mm, {micrometres:g} µm underfocus: how far from its place does "
        f"detail of {d:g} Å land? Use $r = \\lambda k\\,|\\Delta f - C_s\\lambda^2k^2|$. Answer in Å, to 1.5 %.",
        answer=Number(answer, unit="Å", relative=0.015),
        mistakes=(
            Mistake(
                lam / d * (1e4 * micrometres + 1e7 * spherical * lam**2 / d**2),
                "You added the $C_s$ term. In underfocus it works *against* the defocus: the sign is minus.",
            ),
            Mistake(2 * pi * answer, "A factor 2π too much: $r = |\\nabla\\chi|/2\\pi$, with $k$ in cycles per Å."),
            Mistake(answer / 2, "Half of it: $d(k^2)/dk = 2k$, and the 2 cancels the one in 2π."),
            Mistake(lam * d * (1e4 * micrometres), "You multiplied by $d$; $k = 1/d$, finer detail travels *farther*."),
        ),
        hints=(
            f"$k = 1/{d:g} = {1 / d:.4f}$ 1/Å and $\\Delta f = {1e4 * micrometres:.0f}$ Å.",
            f"$C_s\\lambda^2k^2 = {1e7 * spherical * lam**2 / d**2:.0f}$ Å: subtract it.",
        ),
        worked=f"$r = {lam:.4f}\\cdot{1 / d:.4f}\\cdot|{1e4 * micrometres:.0f} - {1e7 * spherical * lam**2 / d**2:.0f}| = {answer:.1f}$ Å, to both sides.",
    )


@compute("The box that holds it all")
def box_needed(rng: np.random.Generator) -> Attempt:
    """Ask for the box in pixels."""
    reach, diameter = 0.0, 0
    while abs(diameter - reach) <= 0.15 * diameter:  # else two of the mistakes would be one
        micrometres, d = round(float(rng.uniform(1.0, 2.5)), 1), round(float(rng.uniform(3.0, 5.0)), 1)
        diameter = 10 * int(rng.integers(9, 21))
        reach = float(delocalisation_angstrom((1 / d, 0.0), Defocus.round(1e4 * micrometres), Lens(300.0)))
    pixel = float(rng.choice([1.2, 1.3, 1.4]))
    lens, focus = Lens(300.0), Defocus.round(1e4 * micrometres)
    answer = required_box(d, pixel, float(diameter), focus, lens)
    return Attempt(
        statement=f"A particle of {diameter} Å, pixels of {pixel:g} Å, {micrometres:g} µm underfocus, 300 kV ($\\lambda = 0.0197$ Å), $C_s = 0$. Which box "
        f"(pixels a side) holds the particle *and* all its detail to {d:g} Å? To 2 %.",
        answer=Number(answer, unit="pixels", relative=0.02, absolute=3),
        mistakes=(
            Mistake(
                ceil((diameter + reach) / pixel),
                "The delocalisation reaches out on *both* sides: the diameter plus twice $r$.",
            ),
            Mistake(diameter + 2 * reach, "That is the width in Å: divide by the pixel size."),
            Mistake(ceil(2 * reach / pixel), "That holds the detail of a point; the particle itself has a width too."),
            Mistake(
                ceil((diameter + 4 * pi * reach) / pixel),
                "A factor 2π too much in $r$: $r = \\lambda\\,\\Delta f/d$ has none.",
            ),
        ),
        hints=(
            f"$r = \\lambda\\,\\Delta f/d = {reach:.0f}$ Å.",
            "Diameter + 2r, then divide by the pixel size and round up to an even number.",
        ),
        worked=f"$({diameter} + 2\\cdot{reach:.1f})/{pixel:g} = {(diameter + 2 * reach) / pixel:.1f}$, so {answer} pixels.",
    )


@compute("The sign that phase flipping gives")
def flip_sign(rng: np.random.Generator) -> Attempt:
    """Ask whether a frequency is turned by phase flipping."""
    lens, sign = Lens(300.0, 2.7, 0.07), 0.0
    while abs(sign) < 0.25:
        micrometres, d = round(float(rng.uniform(0.8, 2.5)), 2), round(float(rng.uniform(5.0, 20.0)), 1)
        sign = float(ctf_1d(1 / d, Defocus.round(1e4 * micrometres), lens))
    zeros = ctf_zeros(60, 1e4 * micrometres, lens)
    passed = int(np.sum(zeros < 1 / d))
    positive = int(sign > 0)
    return Attempt(
        statement=f"300 kV, $C_s = 2.7$ mm, $a = 0.07$, {micrometres:g} µm underfocus. The CTF, $-\\sin\\chi$, begins negative (protein dark). What does a program that "
        f"flips phases *to make protein dark everywhere* do at {d:g} Å?",
        answer=Choose(
            ("leave it as it is: the CTF is negative there", "turn its sign: the CTF is positive there"), positive
        ),
        mistakes=(
            Mistake(
                1 - positive,
                "Count the zeros on the way from $k = 0$: each turns the sign once. Zeros lie where $\\chi$ passes a multiple of π.",
            ),
        ),
        hints=(
            "$\\chi = \\pi\\lambda\\,\\Delta f\\,k^2 - \\tfrac\\pi2C_s\\lambda^3k^4 + \\arcsin a$; λ = 0.0197 Å.",
            f"There are {passed} zeros before {d:g} Å.",
        ),
        worked=f"{passed} zeros lie before {d:g} Å, so the sign has turned {passed} times: $-\\sin\\chi = {sign:+.2f}$.",
    )


@compute("Defocus from a Thon ring")
def ring_radius(rng: np.random.Generator) -> Attempt:
    """Ask for the defocus from the radius of a dark ring."""
    box, pixel, order = 512, float(rng.choice([1.25, 1.3, 1.35, 1.6, 1.8])), int(rng.integers(1, 5))
    lam = float(wavelength_angstrom(300.0))
    radius = round(float(rng.uniform(0.12, 0.3)) * sqrt(order) * box / 2, 1)
    k = radius / (box * pixel)
    answer = order / (lam * k**2) / 1e4
    ordinal = ("first", "second", "third", "fourth")[order - 1]
    return Attempt(
        statement=f"In the power spectrum of a box of {box} pixels of {pixel:g} Å, the {ordinal} dark ring has a radius of {radius:g} pixels. 300 kV, λ = 0.0197 Å; neglect $C_s$ and "
        "amplitude contrast. What is the underfocus? Answer in µm, to 1.5 %.",
        answer=Number(answer, unit="µm", relative=0.015),
        mistakes=(
            Mistake(
                order / (lam * (radius / box) ** 2) / 1e4,
                "You left the pixel size out: radius/box is in cycles per *pixel*, divide by the pixel size for 1/Å.",
            ),
            Mistake(
                (order - 0.5) / order * answer, "That is the formula for a *bright* ring, $\\chi = (n-\\tfrac12)\\pi$."
            ),
            Mistake(1e4 * answer, "That is in Å: 1 µm = 10 000 Å."),
            Mistake(
                answer / 4, "You divided by half of the box: a frequency is radius/(box · pixel), with the whole box."
            ),
        ),
        hints=(
            f"$k = {radius:g}/({box}\\cdot{pixel:g}) = {k:.4f}$ 1/Å.",
            f"The {ordinal} dark ring: $\\lambda\\,\\Delta f\\,k^2 = {order}$.",
        ),
        worked=f"$\\Delta f = {order}/(0.0197\\cdot{k:.4f}^2) = {1e4 * answer:.0f}$ Å = {answer:.2f} µm.",
    )


@compute("Defocus along a direction")
def astigmatic_defocus(rng: np.random.Generator) -> Attempt:
    """Ask for the defocus of an astigmatic lens along a direction."""
    u = 100 * int(rng.integers(120, 220))
    v, angle = u - 100 * int(rng.integers(10, 40)), 5 * int(rng.integers(-14, 15))
    off = int(rng.choice([-65, -55, -35, -30, -25, 25, 30, 35, 55, 65]))
    along = angle + off
    mean, half = (u + v) / 2, (u - v) / 2
    answer = mean + half * float(np.cos(np.deg2rad(2 * off)))
    tolerance = 0.02 * half
    return Attempt(
        statement=f"$U = {u}$ Å along {angle}°, $V = {v}$ Å. What is the defocus along {along}°? "
        "$\\Delta f(\\alpha) = \\tfrac12[U+V+(U-V)\\cos2(\\alpha-\\alpha_0)]$. Answer in Å, within "
        f"{tolerance:.0f} Å.",
        answer=Number(answer, unit="Å", relative=0.0, absolute=tolerance),
        mistakes=(
            Mistake(
                mean + half * float(np.cos(np.deg2rad(off))), "The angle counts twice: after 180° the lens is the same."
            ),
            Mistake(mean + half * float(np.cos(2.0 * off)), "Your calculator took degrees for radians."),
            Mistake(mean + 2 * half * float(np.cos(np.deg2rad(2 * off))), "The ½ stands before $U-V$ too."),
            Mistake(
                mean - half * float(np.cos(np.deg2rad(2 * off))),
                "You took the angle from $V$: $\\alpha_0$ is that of $U$.",
            ),
        ),
        hints=(
            f"$\\alpha-\\alpha_0 = {off}°$, so the cosine is of {2 * off}°.",
            f"$\\tfrac12(U+V) = {mean:.0f}$ and $\\tfrac12(U-V) = {half:.0f}$ Å.",
        ),
        worked=f"${mean:.0f} + {half:.0f}\\cos{2 * off}° = {answer:.0f}$ Å.",
    )


@compute("What a wrong amplitude contrast does to the defocus")
def amplitude_phase(rng: np.random.Generator) -> Attempt:
    """Ask for the defocus change that makes up for a wrong amplitude contrast at one frequency."""
    true, assumed = round(float(rng.uniform(0.14, 0.35)), 2), float(rng.choice([0.07, 0.1]))
    d, lam = round(float(rng.uniform(4.0, 10.0)), 1), float(wavelength_angstrom(300.0))
    gap = asin(true) - asin(assumed)
    answer = gap * d**2 / (pi * lam)
    return Attempt(
        statement=f"The amplitude contrast is {true:g}; a fit assumes {assumed:g}. By how much (Å, 300 kV, λ = 0.0197 Å) must the fitted defocus exceed the true one so that $\\chi$ is right at {d:g} Å? To 2 %.",
        answer=Number(answer, unit="Å", relative=0.02),
        mistakes=(
            Mistake(-answer, "The sign: the assumed constant is too *small*, so the defocus must add to $\\chi$."),
            Mistake(
                degrees(gap) * d**2 / (pi * lam),
                "The phase must be in radians when it stands beside $\\pi\\lambda\\,\\Delta f\\,k^2$.",
            ),
            Mistake(pi * answer, "There is a π in $\\pi\\lambda\\,\\delta\\,k^2$: divide by it."),
            Mistake(
                gap / (pi * lam * d**2),
                "You multiplied by $k^2$: solve $\\pi\\lambda\\,\\delta\\,k^2 = $ the phase for δ.",
            ),
        ),
        hints=(
            f"The constants differ by $\\arcsin {true:g} - \\arcsin {assumed:g} = {gap:.4f}$ rad.",
            "Set $\\pi\\lambda\\,\\delta\\,k^2$ equal to it.",
        ),
        worked=f"$\\delta = {gap:.4f}\\cdot{d:g}^2/(\\pi\\cdot0.0197) = {answer:.1f}$ Å: small against 10 000, which is why a fit hardly notices.",
    )


@compute("Magnification, Nyquist and rings")
def magnification(rng: np.random.Generator) -> Attempt:
    """Ask at which fraction of Nyquist a ring stands."""
    camera_um = float(rng.choice([5.0, 6.4, 14.0]))
    pixel = round(float(rng.uniform(0.7, 1.5)), 2)
    magnified = round(1e4 * camera_um / pixel / 1000) * 1000
    d = round(float(rng.uniform(3.2, 6.0)), 1)
    answer = 2 * 1e4 * camera_um / magnified / d
    return Attempt(
        statement=f"A camera with pixels of {camera_um:g} µm at a magnification of {magnified:,} (calibrated at the camera). At which fraction of its Nyquist frequency "
        f"stands a ring of {d:g} Å? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(
                answer / 2,
                "That is in cycles per pixel, the fraction of the *sampling* frequency; Nyquist is half of it.",
            ),
            Mistake(1 / answer, "Upside down: that is how many times Nyquist exceeds the ring."),
            Mistake(2 * answer, "A factor 2 too much: Nyquist is $1/(2p)$."),
            Mistake(answer / 10, "1 µm is 10 000 Å, not 1 000."),
        ),
        hints=(
            f"The pixel at the specimen is {camera_um:g} µm/{magnified:,} = {1e4 * camera_um / magnified:.3f} Å.",
            "Nyquist is at $d = 2p$; frequencies are inverse resolutions.",
        ),
        worked=f"$p = {1e4 * camera_um / magnified:.3f}$ Å, Nyquist {2e4 * camera_um / magnified:.3f} Å; the ring stands at ${2e4 * camera_um / magnified:.3f}/{d:g} = {answer:.3f}$ of it.",
    )


@compute("The defocus spread of an energy spread")
def focal_spread(rng: np.random.Generator) -> Attempt:
    """Ask for the standard deviation of the defocus."""
    kilovolts, chromatic = float(rng.choice([200, 300])), float(rng.choice([1.4, 2.0, 2.7]))
    width = round(float(rng.uniform(0.3, 1.5)), 1)
    answer = float(focal_spread_sigma_angstrom(kilovolts, chromatic, sigma_from_fwhm(width)))
    return Attempt(
        statement=f"A gun with an energy spread of {width:g} eV (full width at half maximum) at {kilovolts:g} kV, $C_c = {chromatic:g}$ mm. What is the standard deviation of the defocus, "
        "$\\sigma_f = C_c\\,\\sigma_E/(eV)$? Answer in Å, to 2 %.",
        answer=Number(answer, unit="Å", relative=0.02),
        mistakes=(
            Mistake(
                1e7 * chromatic * width / (1e3 * kilovolts),
                "You put the full width for σ: a Gaussian's FWHM is $2\\sqrt{2\\ln2} = 2.355$ σ.",
            ),
            Mistake(
                1e7 * chromatic * width / 2 / (1e3 * kilovolts),
                "The half width at half maximum is not σ: FWHM = 2.355 σ.",
            ),
            Mistake(1e3 * answer, "kV and eV: the energy is in electronvolts, thousands of them."),
            Mistake(1e-7 * answer, "mm and Å: 1 mm = 10⁷ Å."),
        ),
        hints=(f"$\\sigma_E = {width:g}/2.355 = {width / 2.3548:.3f}$ eV.", "$C_c$ in Å is $10^7$ times that in mm."),
        worked=f"$\\sigma_f = {chromatic:g}\\cdot10^7\\cdot{width / 2.3548:.3f}/{1e3 * kilovolts:.0f} = {answer:.1f}$ Å.",
    )


@compute("How much of a micrograph is near its edge")
def edge_loss(rng: np.random.Generator) -> Attempt:
    """Ask for the fraction of particles too near an edge."""
    pixel, d, micrometres = (
        round(float(rng.uniform(0.8, 1.4)), 2),
        round(float(rng.uniform(2.5, 4.0)), 1),
        round(float(rng.uniform(1.0, 3.0)), 1),
    )
    reach = float(delocalisation_angstrom((1 / d, 0.0), Defocus.round(1e4 * micrometres), Lens(300.0)))
    width, height = 5760 * pixel, 4092 * pixel
    kept = (width - 2 * reach) * (height - 2 * reach) / (width * height)
    answer = 100 * (1 - kept)
    return Attempt(
        statement=f"A micrograph of 5760 × 4092 pixels of {pixel:g} Å, 300 kV (λ = 0.0197 Å), {micrometres:g} µm underfocus, $C_s=0$. Detail of {d:g} Å travels "
        "$r = \\lambda\\,\\Delta f/d$. Which share (%) of the area lies nearer than $r$ to an edge, so that part of a point's detail falls off? To 3 %.",
        answer=Number(answer, unit="%", relative=0.03),
        mistakes=(
            Mistake(answer / 2, "There are two edges across each direction: the strip is lost on both sides."),
            Mistake(
                100 * (1 - (5760 - 2 * reach) * (4092 - 2 * reach) / (5760 * 4092)),
                "The distance is in Å and the micrograph in pixels: convert one of them.",
            )
            if abs(pixel - 1) > 0.06
            else Mistake(answer / 100, "A fraction; asked was the percentage."),
            Mistake(100 - answer, "That is the share that is *not* near an edge."),
            Mistake(
                100 * (1 - (width - 4 * pi * reach) * (height - 4 * pi * reach) / (width * height)),
                "A factor 2π too much in the distance.",
            ),
        ),
        hints=(
            f"$r = {reach:.0f}$ Å; the micrograph measures {width:.0f} × {height:.0f} Å.",
            "What is left is a rectangle smaller by $2r$ each way.",
        ),
        worked=f"$1 - ({width:.0f}-{2 * reach:.0f})({height:.0f}-{2 * reach:.0f})/({width:.0f}\\cdot{height:.0f}) = {answer:.1f}$ %.",
    )


@compute("What sharpening does to noise")
def sharpen_noise(rng: np.random.Generator) -> Attempt:
    """Ask for the amplification by a negative B factor."""
    b, d = -10 * int(rng.integers(6, 16)), round(float(rng.uniform(3.0, 5.0)), 1)
    answer = float(np.exp(-b / (4 * d**2)))
    return Attempt(
        statement=f"A map is sharpened with $B = {b}$ Å², $\\exp(-Bk^2/4)$. By which factor does it multiply the amplitude, of signal and noise alike, at {d:g} Å? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=(
            Mistake(1 / answer, "Below one: a *negative* B raises fine detail. Two minus signs make a plus."),
            Mistake(answer**2, "That is the factor of the power; the amplitude was asked for."),
            Mistake(answer**4, "The 4 in $Bk^2/4$ is missing."),
        ),
        hints=(f"$-B/(4d^2) = {-b / (4 * d**2):.3f}$.", "Exponentiate."),
        worked=f"$\\exp({-b}/(4\\cdot{d:g}^2)) = {answer:.2f}$, a gain of {20 * log10(answer):.0f} dB for noise too.",
    )


@compute("Underfocus or overfocus?")
def which_side(rng: np.random.Generator) -> Attempt:
    """Ask for the sign of contrast of coarse detail from the sign of defocus."""
    nanometres, d = int(rng.integers(400, 1500)), int(rng.integers(28, 45))
    under = bool(rng.integers(2))
    value = float(ctf_1d(1 / d, Defocus.round((1 if under else -1) * 10.0 * nanometres), Lens(300.0, 2.7, 0.0)))
    dark = value < 0
    name = "underfocus" if under else "overfocus"
    return Attempt(
        statement=f"A protein in ice, {nanometres} nm {name}, no amplitude contrast, no phase plate; 300 kV. Its detail of {d} Å lies before the first zero. On the micrograph, protein there is …",
        answer=Choose(("dark", "bright"), 0 if dark else 1),
        mistakes=(
            Mistake(
                1 if dark else 0,
                "$\\mathrm{CTF} = -\\sin\\chi$ and $\\chi$ has the sign of the underfocus: underfocus makes protein dark, overfocus bright.",
            ),
        ),
        hints=(
            "$\\chi = \\pi\\lambda\\,\\Delta f\\,k^2$, $\\Delta f>0$ for underfocus.",
            "Negative CTF: more potential, fewer electrons.",
        ),
        worked=f"$-\\sin\\chi = {value:+.2f}$: {'dark' if dark else 'bright'}. RELION shows the opposite, since it inverts images.",
    )


siemens_rings = Explain(
    key="siemens-rings",
    title="Rings in the star",
    question="A Siemens star seen through the CTF shows grey rings. Why rings, why there, and why do dark and bright change places from band to band?",
    answer="At the radius ρ of a star of n spokes the pattern repeats every 2πρ/n: radius is resolution, frequency is k = n/(2πρ), the same all around. The CTF multiplies each frequency by −sin χ(k), "
    "so that a zero of the CTF removes the spokes at one radius: a grey ring. Beyond each zero the sine has the other sign, so that what was dark is bright. With astigmatism χ depends on the direction and the rings become ellipses. "
    "Near the centre the zeros follow each other so fast, and envelopes leave so little, that all is grey.",
    checklist=(
        "radius in the star ↔ spatial frequency, k = n/(2πρ)",
        "a filter multiplies each frequency; zeros of sin χ remove one radius",
        "the sign changes at each zero: contrast reversal",
        "the rings would be ellipses with astigmatism",
    ),
)

b_sign = Explain(
    key="b-sign",
    title="Positive and negative B factors",
    question="What does a positive B factor do to an image or a map, what a negative one, and why is a negative one not simply the undoing of the positive?",
    answer="exp(−Bk²/4) with B > 0 is a Gaussian fall: a convolution in real space with a Gaussian of variance B/(8π²) along each axis; fine detail is dimmed. B < 0 raises fine detail by the inverse factor; it is not a convolution with any smooth kernel but an amplification without limit. "
    "It undoes the fall of the signal exactly where nothing else was added. But noise came in after the fall and is raised too, without ever having been dimmed: the ratio of signal to noise at each frequency stays what it was. "
    "So sharpening makes the balance of frequencies right for the eye and for model building, and it needs a limit: a low-pass at the resolution or a weight from the FSC.",
    checklist=(
        "B > 0: Gaussian blur, variance B/(8π²)",
        "B < 0: amplification growing with k",
        "signal and noise are raised alike: SNR at each frequency does not change",
        "needs a low-pass or FSC weight",
    ),
)

thon_magnification = Explain(
    key="thon-magnification",
    title="Thon rings and magnification",
    question="Why are Thon rings easier to see at high magnification? What is gained, what is lost, and what does not change?",
    answer="A ring's frequency in 1/Å is set by defocus and wavelength and does not change. A higher magnification makes the pixel at the specimen smaller, so the same ring stands at a lower fraction of the camera's Nyquist frequency, "
    "where MTF and DQE are better; rings that lay beyond Nyquist, lost or folded back, come inside. If the dose rate on the camera is kept, the dose on each Å² of the specimen grows with the square of the magnification as well, and rings gain in proportion to dose. "
    "With the same dose on the specimen and a perfect camera nothing would be gained. Lost is field of view: fewer particles, fewer tiles to average.",
    checklist=(
        "ring frequency in 1/Å is unchanged",
        "lower fraction of Nyquist: better DQE/MTF",
        "aliasing: rings beyond Nyquist fold back at low magnification",
        "dose per Å² if the rate per pixel is kept",
        "price: field of view",
    ),
)

under_over = Explain(
    key="under-over",
    title="Why underfocus",
    question="Compare an image at +1 µm (underfocus) with one at −1 µm (overfocus) of the same protein. What differs beyond the sign, and why does everyone record underfocus?",
    answer="χ contains the defocus term, which changes sign; −½πCsλ³k⁴ and arcsin a, which do not. In underfocus defocus and amplitude contrast add at low frequency: protein is dark from k = 0 on. In overfocus they oppose each other: at k = 0 the protein is dark by −a, then there is a zero, then bright. "
    "At high frequency Cs works against underfocus, which slows the oscillation (Scherzer's focus), and with overfocus, which speeds it up; the convergence envelope follows the same difference and is kinder to underfocus. So underfocus gives contrast of one sign from the coarsest detail on.",
    checklist=(
        "defocus term changes sign, Cs and amplitude terms do not",
        "additional zero at low frequency in overfocus",
        "Cs compensates underfocus (slower oscillation, kinder envelope)",
        "protein dark / bright",
    ),
)

envelope_physics = Explain(
    key="envelope-physics",
    title="The physics behind a B factor, and its namesakes",
    question="Which physical effects does the B factor of an envelope stand for, which of them really are Gaussians in k, and which other quantities carry the name B factor?",
    answer="Envelope of the images: spread of energy and lens current → spread of defocus, exp(−½(πλσ_f k²)²), a Gaussian in k², not in k; convergence of the beam, a Gaussian in ∇χ, which depends on defocus; drift, a sinc; vibration, charging and beam-induced motion, about Gaussian if the displacements are random (B = 8π²σ²); "
    "radiation damage, exp(−D/2N_e(k)); thickness, a sinc; the camera's MTF, in cycles per pixel. A single B is a fit to the product over some range. Namesakes: Debye–Waller factors of atoms (8π²⟨u²⟩); the overall fall of a map's amplitudes (Guinier) from errors of pose, heterogeneity, interpolation and all above; Rosenthal–Henderson's slope of number of particles against resolution; "
    "the sharpening B with a minus sign. Only independent random displacements with a normal distribution give exp(−Bk²/4) exactly.",
    checklist=(
        "energy spread falls as exp(−k⁴)",
        "convergence depends on defocus",
        "random motion: B = 8π²σ²; drift is a sinc",
        "Debye–Waller B of atoms",
        "Guinier / Rosenthal–Henderson B, sharpening B",
        "the factor 4, amplitude or power",
    ),
)

amplitude_wanted = Explain(
    key="amplitude-wanted",
    title="Amplitude contrast: more, less, unknown",
    question="Would you like more amplitude contrast? What happens if it is wrong in a CTF fit, why do many programs not fit it, and what do you do when unsure?",
    answer="It helps where phase contrast is weak, at the lowest frequencies: particles are easier to see and align. But it consists of electrons that were removed, scattered outside an aperture or inelastically: they no longer carry phase contrast, and inelastic ones damage. So no: a phase plate gives the same coarse contrast without loss, if it works. "
    "In χ it is a constant arcsin a. Over the few rings of a fit a constant is nearly the same as a small change of defocus (δ = θd²/πλ, some tens of Å), so a wrong a shows as a slight bias of defocus and a misfit at low frequency; the two are nearly degenerate, and noise would decide. Programs therefore fix it (0.07–0.1 in ice). "
    "Unsure: keep the conventional value, and the same one from fit to refinement, so that both biases cancel; check that low-frequency contrast has the right sign; free it only with many rings (or together with a phase plate's shift).",
    checklist=(
        "helps at lowest frequencies",
        "costs electrons / damage",
        "constant in the phase, degenerate with defocus over few rings",
        "wrong value: small bias of defocus, misfit at low k",
        "same value throughout; 0.07–0.1",
    ),
)

delocalised = Explain(
    key="delocalised",
    title="Where the detail goes",
    question="How defocused can an image get, where does the detail go, and what happens at the edge of a box and of a micrograph?",
    answer="There is no limit in the lens: r = λk|Δf − Csλ²k²| grows in proportion to defocus, until partial coherence (convergence) dims what has travelled far: its envelope is a Gaussian in r. Detail of frequency k goes to both sides of its place along k, r away, so that a point becomes rings; finer detail goes farther. "
    "A box that ends before D/2 + r has lost it, and what neighbours sent into the box cannot be told apart from noise; in Fourier space its samples are too coarse for the CTF's oscillation. At the micrograph's edge one side is missing, whatever the box: detail comes back with half its strength and a wrong neighbourhood. "
    "Remedies: box ≥ D + 2r(k_max), particles away from the edge, less defocus for high resolution.",
    checklist=(
        "r ∝ defocus and ∝ k; to both sides",
        "coherence is the limit",
        "box ≥ D + 2r; coarse sampling otherwise",
        "micrograph's edge: one side missing",
    ),
)

_STARTER = '''"""Write ctf(k, defocus, voltage_kv, cs_mm, amplitude): minus the sine of chi."""

import numpy as np


def ctf(k, defocus, voltage_kv, cs_mm, amplitude):
    """k in 1/A (an array), defocus in A (underfocus positive). Return an array like k."""
    ...
'''

_SOLUTION = """import numpy as np


def ctf(k, defocus, voltage_kv, cs_mm, amplitude):
    k = np.asarray(k, float)
    energy = 1000.0 * voltage_kv
    wavelength = 12398.41984 / np.sqrt(energy * (energy + 2 * 510998.95))
    chi = np.pi * wavelength * defocus * k**2 - np.pi / 2 * 1e7 * cs_mm * wavelength**3 * k**4
    return -np.sin(chi + np.arcsin(amplitude))
"""


def _ctf_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Frequencies and lenses, ordinary and awkward."""
    k = np.linspace(0, 0.3, 61)
    ordinary = [(float(rng.uniform(5000, 30000)), float(rng.choice([200, 300])), 2.7, 0.1) for _ in range(3)]
    told = "an ordinary lens in underfocus"
    for defocus, voltage, spherical, amplitude in ordinary:
        expected = ctf_1d(k, Defocus.round(defocus), Lens(voltage, spherical, amplitude))
        yield Case((k, defocus, voltage, spherical, amplitude), expected, 2e-3, told)
    special = [
        (-8000.0, 300.0, 2.7, 0.1, "overfocus: a negative defocus"),
        (12000.0, 300.0, 0.0, 0.0, "no spherical aberration, no amplitude contrast"),
        (0.0, 100.0, 1.2, 0.07, "in focus: only Cs and amplitude contrast are left"),
        (10000.0, 300.0, 2.7, 1.0, "nothing but amplitude contrast"),
    ]
    for defocus, voltage, spherical, amplitude, about in special:
        expected = ctf_1d(k, Defocus.round(defocus), Lens(voltage, spherical, amplitude))
        yield Case((k, defocus, voltage, spherical, amplitude), expected, 2e-3, about)


own_ctf = OwnFunction(
    key="ctf",
    title="Your own CTF",
    statement="Write `ctf(k, defocus, voltage_kv, cs_mm, amplitude)` that returns $-\\sin\\chi(k)$ with $\\chi = \\pi\\lambda\\,\\Delta f\\,k^2 - \\tfrac\\pi2C_s\\lambda^3k^4 + \\arcsin a$. "
    "`k` is an array in 1/Å, the defocus in Å (underfocus positive), the voltage in kV, $C_s$ in mm. λ is relativistic: $hc/\\sqrt{eV(eV+2m_0c^2)}$ with $hc = 12\\,398.42$ eV Å and $m_0c^2 = 510\\,999$ eV. "
    "Values must agree with the engine's to 0.002.",
    function="ctf",
    starter=_STARTER,
    solution=_SOLUTION,
    cases=_ctf_cases,
    hints=(
        "Test λ first: 0.01969 Å at 300 kV.",
        "Cs in Å is 10⁷ times Cs in mm.",
        "At k = 0 the result is −a.",
    ),
    mistakes=(
        Mistake(
            _SOLUTION.replace("return -np.sin", "return np.sin"),
            "The sign is opposite everywhere: here protein is dark, CTF(0) = −a. (RELION's inverted images have +sin χ.)",
        ),
        Mistake(
            _SOLUTION.replace("- np.pi / 2", "+ np.pi / 2"),
            "Cs works *against* underfocus: its term has a minus.",
        ),
        Mistake(
            _SOLUTION.replace("np.sqrt(energy * (energy + 2 * 510998.95))", "np.sqrt(energy * 2 * 510998.95)"),
            "Your wavelength is not relativistic.",
        ),
        Mistake(
            _SOLUTION.replace("1e7 * cs_mm", "cs_mm"),
            "Cs is in mm: multiply by 10⁷ to get Å.",
        ),
        Mistake(
            _SOLUTION.replace("np.pi * wavelength * defocus", "2 * np.pi * wavelength * defocus"),
            "The defocus term has π, not 2π, in front.",
        ),
        Mistake(
            _SOLUTION.replace("+ np.arcsin(amplitude)", ""),
            "The amplitude contrast is missing: add arcsin a to the phase.",
        ),
    ),
)
