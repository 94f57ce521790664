"""Problems of the background, blur stream: complex numbers, interference, and electrons in ice."""

import numpy as np

from vitreous.specimen import (
    ICE,
    elastic_mean_free_path_angstrom,
    inelastic_mean_free_path_angstrom,
    scattered_fractions,
)
from vitreous.study.problems import Attempt, Complex, Explain, Mistake, Number, Vector, compute


def _written(z: complex, digits: int = 3) -> str:
    """A complex number as LaTeX, a + bi."""
    return f"{z.real:.{digits}f} {'+' if z.imag >= 0 else '-'} {abs(z.imag):.{digits}f}i"


@compute("The product of two complex numbers")
def complex_product(rng: np.random.Generator) -> Attempt:
    """Ask for (a + bi)(c + di) with small whole numbers."""
    a, b, c, d = (int(v) for v in rng.integers(2, 8, 4))
    sign = int(rng.choice((-1, 1)))
    z, w = complex(a, b), complex(c, sign * d)
    product = z * w
    second = f"{c} {'+' if sign > 0 else '-'} {d}i"
    return Attempt(
        statement=f"Multiply: $({a} + {b}i)({second})$. Write the answer as a + bi.",
        answer=Complex(product, relative=0.001),
        mistakes=(
            Mistake(
                complex(a * c, b * sign * d),
                "You multiplied the parts each by itself. Every part of one factor meets every part of the other: four products.",
            ),
            Mistake(
                complex(a * c + b * sign * d, a * sign * d + b * c),
                "You took $i^2 = +1$. Two quarter turns are a half turn: $i^2 = -1$.",
            ),
            Mistake(
                z * w.conjugate(),
                f"You multiplied by the conjugate of ${second}$: watch the sign of its imaginary part.",
            ),
        ),
        hints=("Multiply out the four products.", "Replace $i^2$ by $-1$ and collect real and imaginary parts."),
        worked=f"Real part: ${a}\\cdot{c} - ({b})({sign * d}) = {product.real:g}$. Imaginary part: "
        f"${a}\\cdot({sign * d}) + {b}\\cdot{c} = {product.imag:g}$. The product is ${product.real:g} + ({product.imag:g})i$.",
    )


@compute("Length and angle of an arrow")
def polar_form(rng: np.random.Generator) -> Attempt:
    """Ask for modulus and argument of a number in the second or third quadrant."""
    a, b = -int(rng.integers(2, 9)), int(rng.integers(2, 9)) * int(rng.choice((-1, 1)))
    modulus, angle = abs(complex(a, b)), float(np.degrees(np.angle(complex(a, b))))
    folded = float(np.degrees(np.arctan(b / a)))
    return Attempt(
        statement=f"Write $z = {a} {'+' if b > 0 else '-'} {abs(b)}i$ as $r e^{{i\\theta}}$. Give $r$ and $\\theta$, the angle in degrees "
        "between −180 and 180, to two decimals.",
        answer=Vector((modulus, angle), unit="", absolute=0.06),
        mistakes=(
            Mistake(
                (modulus, folded),
                "The arctangent of b/a cannot tell $z$ from $-z$. The real part is negative: the arrow points to the left. Use atan2(b, a).",
            ),
            Mistake((modulus, float(np.radians(angle))), "The angle is in radians; degrees are asked for."),
            Mistake((float(a * a + b * b), angle), "That is the square of the length: take the root of $a^2 + b^2$."),
        ),
        hints=(
            "The length is by Pythagoras, $r = \\sqrt{a^2 + b^2}$.",
            "Draw the arrow. In which quadrant does it lie?",
        ),
        worked=f"$r = \\sqrt{{{a * a} + {b * b}}} = {modulus:.2f}$. The real part is negative, so the angle is atan2({b}, {a}) = {angle:.2f}°.",
    )


@compute("A turning arrow, read off")
def wave_at_a_place(rng: np.random.Generator) -> Attempt:
    """Ask for the complex value of a plane wave at a point."""
    period, place = int(rng.integers(8, 30)), int(rng.integers(3, 40))
    amplitude, start = float(rng.integers(2, 6)), 15 * int(rng.integers(1, 6))
    while place % period in (0, period // 2) or (4 * place) % period == 0:
        place += 1
    turned = 2 * np.pi * place / period
    value = amplitude * np.exp(1j * (turned + np.radians(start)))
    return Attempt(
        statement=f"A wave is $\\Psi(x) = {amplitude:g}\\, e^{{i(2\\pi x/d + \\varphi)}}$ with period $d = {period}$ Å and phase "
        f"$\\varphi = {start}$°. What is $\\Psi$ at $x = {place}$ Å? Write it as a + bi.",
        answer=Complex(complex(value), relative=0.01),
        mistakes=(
            Mistake(
                complex(amplitude * np.exp(1j * (turned + start))),
                f"You put {start} into the exponent as radians. Turn degrees into radians first.",
            ),
            Mistake(
                complex(amplitude * np.exp(1j * (place / period + np.radians(start)))),
                "The factor 2π is missing: one period is a whole turn.",
            ),
            Mistake(complex(amplitude * np.exp(1j * turned)), "You left out the phase φ."),
        ),
        hints=(
            "How many turns, and which part of a turn, has the arrow made?",
            "Add φ to that angle, then take cosine and sine.",
        ),
        worked=f"{place}/{period} of a turn is {np.degrees(turned) % 360:.2f}° (whole turns dropped); with φ the angle is "
        f"{(np.degrees(turned) + start) % 360:.2f}°. So $\\Psi = {_written(complex(value))}$.",
    )


@compute("Two waves meet")
def phasor_sum(rng: np.random.Generator) -> Attempt:
    """Ask for the amplitude of the sum of two phasors."""
    a, b = (float(v) for v in rng.integers(2, 9, 2))
    degrees = 5 * int(rng.choice([v for v in range(6, 34) if v not in (17, 18, 19)]))
    angle = np.radians(degrees)
    total = float(np.sqrt(a * a + b * b + 2 * a * b * np.cos(angle)))
    mistakes = [
        Mistake(a + b, "You added the lengths. That holds only for waves in step."),
        Mistake(float(np.hypot(a, b)), "That is Pythagoras: it holds where the arrows stand at 90°."),
        Mistake(
            float(np.sqrt(a * a + b * b - 2 * a * b * np.cos(angle))),
            "The sign of the cosine is wrong. You found the distance between the tips, the length of the difference.",
        ),
        Mistake(total**2, "That is the intensity, the square of the amplitude."),
    ]
    kept: list[Mistake] = []
    for mistake in mistakes:  # near 0° or 90° two of them give one number
        if all(abs(mistake.answer - other) > 0.03 * mistake.answer for other in (total, *(m.answer for m in kept))):
            kept.append(mistake)
    return Attempt(
        statement=f"Two waves of amplitudes {a:g} and {b:g} meet with a phase difference of {degrees}°. What is the amplitude of their sum?",
        answer=Number(total, relative=0.01),
        mistakes=kept,
        hints=("Put the arrows head to tail.", "$|a + be^{i\\varphi}|^2 = a^2 + b^2 + 2ab\\cos\\varphi$."),
        worked=f"$\\sqrt{{{a * a:g} + {b * b:g} + 2\\cdot{a:g}\\cdot{b:g}\\cos {degrees}°}} = {total:.3f}$.",
    )


@compute("Strong fringes from a weak wave")
def fringe_contrast(rng: np.random.Generator) -> Attempt:
    """Ask for the contrast of fringes made by a wave that carries a small share of the electrons."""
    percent = float(rng.choice((0.25, 0.5, 1, 2, 3, 4, 5, 6, 8)))
    share = percent / 100
    amplitude = share**0.5
    contrast = 100 * 2 * amplitude / (1 + share)
    return Attempt(
        statement=f"A scattered wave has {percent:g} % of the intensity of the straight beam, and interferes with it. What is the contrast of the "
        "fringes, $(I_\\mathrm{max} - I_\\mathrm{min})/(I_\\mathrm{max} + I_\\mathrm{min})$, in per cent?",
        answer=Number(contrast, unit="%", relative=0.01),
        mistakes=(
            Mistake(
                100 * 2 * share / (1 + share**2),
                "You used the intensity where the amplitude belongs. Waves add by amplitude: take the root first.",
            ),
            Mistake(
                100 * amplitude / (1 + share),
                "Half of it. $I_\\mathrm{max} - I_\\mathrm{min}$ is $(1 + a)^2 - (1 - a)^2 = 4a$.",
            ),
            Mistake(percent, "Intensities do not simply add: then nothing would interfere."),
        ),
        hints=(
            "The amplitude is the root of the intensity.",
            "$I_\\mathrm{max} = (1 + a)^2$ and $I_\\mathrm{min} = (1 - a)^2$.",
        ),
        worked=f"$a = \\sqrt{{{share:g}}} = {amplitude:.4f}$, so the contrast is $2a/(1 + a^2) = {contrast:.2f}$ %.",
    )


@compute("The electrons that make the image")
def single_elastic(rng: np.random.Generator) -> Attempt:
    """Ask for the percentage scattered elastically, once, and not inelastically."""
    voltage = float(rng.choice((100, 120, 200, 300)))
    thickness = 50.0 * int(rng.integers(4, 30))
    elastic = float(round(elastic_mean_free_path_angstrom(ICE, voltage), -1))
    inelastic = float(round(inelastic_mean_free_path_angstrom(ICE, voltage), -1))
    a, b = thickness / elastic, thickness / inelastic
    answer = 100 * float(scattered_fractions(thickness, elastic, inelastic).single)
    return Attempt(
        statement=f"Ice at {voltage:g} kV has mean free paths of {elastic:.0f} Å (elastic) and {inelastic:.0f} Å (inelastic). Which percentage of the "
        f"electrons is scattered elastically exactly once, and not inelastically, in {thickness:.0f} Å?",
        answer=Number(answer, unit="%", relative=0.01),
        mistakes=(
            Mistake(
                100 * a * float(np.exp(-a)),
                "You forgot that some of these also scatter inelastically: they must escape that as well, $e^{-t/\\Lambda_\\mathrm{in}}$.",
            ),
            Mistake(
                100 * a,
                "$t/\\Lambda$ is the mean number of events, not the chance of exactly one. Poisson brings in an exponential.",
            ),
            Mistake(100 * float(np.exp(-a - b)), "That is the share that scatters not at all."),
            Mistake(
                100 * (1 - float(np.exp(-a))) * float(np.exp(-b)),
                "That is once *or more often*. Exactly once is $a e^{-a}$.",
            ),
        ),
        hints=(
            "The number of events in a thickness follows Poisson with mean $t/\\Lambda$.",
            "Exactly one elastic event: $a e^{-a}$. No inelastic one: $e^{-b}$.",
        ),
        worked=f"$a = {a:.4f}$, $b = {b:.4f}$: $100\\,a\\,e^{{-a-b}} = {answer:.3f}$ %.",
    )


@compute("The thickness of most signal")
def thickness_of_most_signal(rng: np.random.Generator) -> Attempt:
    """Ask for the thickness at which the share scattered once elastically is largest."""
    voltage = float(rng.integers(8, 31) * 10)
    elastic = float(round(elastic_mean_free_path_angstrom(ICE, voltage), -1))
    inelastic = float(round(inelastic_mean_free_path_angstrom(ICE, voltage), -1))
    best = 1 / (1 / elastic + 1 / inelastic)
    return Attempt(
        statement=f"At {voltage:g} kV ice has $\\Lambda_\\mathrm{{el}} = {elastic:.0f}$ Å and $\\Lambda_\\mathrm{{in}} = {inelastic:.0f}$ Å. At which "
        "thickness is the share of electrons that scatter elastically once, and not inelastically, largest?",
        answer=Number(best, unit="Å", relative=0.01),
        mistakes=(
            Mistake(elastic, "That would be right without inelastic scattering, which also takes electrons away."),
            Mistake(inelastic, "Elastic scattering more than once takes electrons away too."),
            Mistake(
                (elastic * inelastic) ** 0.5,
                "Not the geometric mean: rates add. Set the derivative of $t e^{-t/T}$ to zero.",
            ),
            Mistake(
                elastic + inelastic, "Rates add, not paths: $1/T = 1/\\Lambda_\\mathrm{el} + 1/\\Lambda_\\mathrm{in}$."
            ),
        ),
        hints=(
            "The share is $(t/\\Lambda_\\mathrm{el})\\,e^{-t/T}$ with $1/T = 1/\\Lambda_\\mathrm{el} + 1/\\Lambda_\\mathrm{in}$.",
            "$t e^{-t/T}$ is largest where its derivative, $(1 - t/T)e^{-t/T}$, vanishes.",
        ),
        worked=f"$t = T = 1/(1/{elastic:.0f} + 1/{inelastic:.0f}) = {best:.0f}$ Å. (Real work is done in thinner ice: the background and the depth of "
        "field decide, not the signal alone.)",
    )


scattering_and_the_specimen = Explain(
    key="scattering-and-the-specimen",
    title="What scattering does to the specimen",
    question="An electron is scattered to a small angle, another to a large one. What happens physically to the specimen in each case? Treat elastic and "
    "inelastic events apart, and say which of them destroys your protein.",
    answer="*Elastic, small angle* (a few mrad): the electron passes an atom at a distance of some tenths of an Å and is bent by the field of the nucleus, "
    "screened by its electrons. It keeps its energy; the nucleus takes meV, less than a phonon, and the specimen does not notice. These "
    "electrons make the image.\n\n"
    "*Elastic, large angle* (hundreds of mrad up to backscattering): the electron came close to the bare nucleus. The recoil grows as "
    "$\\sin^2(\\theta/2)$ and, head-on at 300 kV, reaches 71 eV for carbon and some 850 eV for hydrogen, enough to knock the atom out. Such events are very rare "
    "(Rutherford: $1/\\theta^4$), so knock-on damage matters in crystals of metals at high voltage rather than in ice.\n\n"
    "*Inelastic*: the electron excites or ionises the cloud and loses about 20 eV on average (plasmons and valence electrons; sometimes hundreds of eV from an inner "
    "shell). It leaves almost straight on, typically within 0.04 mrad at 300 kV. The specimen gets the energy: bonds break, radicals and "
    "hydrogen gas form, secondary electrons spread the harm over nm, charge builds up, the ice moves. This is the damage in cryo-EM: there are one and a half to "
    "three such events for every elastic one. Cold does not prevent the bonds from breaking; it keeps the fragments in place for a while, so fine "
    "detail goes first (around 3 Å after some 5 electrons/Å²) and the outline last.",
    checklist=(
        "Elastic means that the electron's energy is kept; what is exchanged is momentum.",
        "At small angles the nucleus takes meV; at large angles eV to hundreds of eV (knock-on), but rarely.",
        "Large angles come from close passes of the nucleus, small ones from the screened atom.",
        "Inelastic events deposit some 20 eV each and are scattered to very small angles.",
        "Damage in cryo-EM is radiolysis from inelastic events: ionisation, broken bonds, radicals, gas.",
        "Inelastic events outnumber elastic ones in light materials.",
    ),
)

fate_of_the_electron = Explain(
    key="fate-of-the-electron",
    title="What can happen to the electron",
    question="Follow a thousand electrons of 300 kV into 500 Å of ice and on to the camera. List everything that can happen to them, roughly how many meet each fate, and what "
    "each group does to the image.",
    answer="With $\\Lambda_\\mathrm{el} \\approx 6500$ Å and $\\Lambda_\\mathrm{in} \\approx 3800$ Å, about 810 of the thousand pass untouched. They are the reference wave, without which there is "
    "no phase contrast. About 62 scatter elastically once: they interfere with the reference and carry the structure. Two or three scatter elastically more than once: for "
    "them the projection and weak-phase ideas begin to fail. About 125 lose energy at least once (plasmons, ionisation, inner shells; some emit "
    "X-rays or knock out secondary or Auger electrons). They are no longer in step with the reference, are focused to another plane by the chromatic aberration "
    "of the lens, and give a hazy background, unless a filter with a slit takes them out.\n\n"
    "A small part goes to angles beyond the objective aperture, or back out of the front (backscattering), and is missing from the image: weak amplitude "
    "contrast. Phonon excitations cost meV and blur a little (thermal motion). At the camera an electron may fail to be counted, "
    "be counted twice or at the wrong place: that is the DQE. In proportion to thickness everything gets worse, because elastic *once* saturates while "
    "inelastic and plural grow.",
    checklist=(
        "Most electrons pass unscattered, and they are needed as reference wave.",
        "Elastic once: a few per cent, the signal.",
        "Plural elastic scattering grows as the square of thickness.",
        "Inelastic: of the order of ten per cent here; out of step, out of focus, background, filtered by an energy filter.",
        "Some electrons are stopped by the aperture or scattered back: amplitude contrast.",
        "Numbers follow from $e^{-t/\\Lambda}$ (Poisson).",
    ),
)
