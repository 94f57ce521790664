import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.optics import interaction_constant, wavelength_angstrom
    from vitreous.specimen import (
        CARBON,
        ICE,
        PROTEIN,
        Atoms,
        Peng,
        elastic_cross_section,
        elastic_mean_free_path_angstrom,
        inelastic_mean_free_path_angstrom,
        peak_potential,
        projected_potential,
        scattered_fractions,
        scattering_factor,
    )

    return (
        Atoms,
        CARBON,
        ICE,
        PROTEIN,
        Peng,
        elastic_cross_section,
        elastic_mean_free_path_angstrom,
        inelastic_mean_free_path_angstrom,
        interaction_constant,
        mo,
        np,
        peak_potential,
        projected_potential,
        scattered_fractions,
        scattering_factor,
        wavelength_angstrom,
    )


@app.cell
def _(np):
    from vitreous.study.figures import (
        Arrow,
        Choice,
        Curve,
        Image,
        Mark,
        Path,
        Pixels,
        Plot,
        Scene,
        Slider,
        Table,
        figure,
        predict,
        see_the_code,
    )

    def arrow(end, label, start=0j):
        """An arrow of the complex plane from one number to another."""
        return Curve([start.real, end.real], [start.imag, end.imag], label, "arrows")

    def line(numbers, label, style="line"):
        """A path through complex numbers."""
        return Curve(np.real(numbers), np.imag(numbers), label, style)

    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 181))
    return (
        Arrow,
        Choice,
        Curve,
        Image,
        Mark,
        Path,
        Pixels,
        Plot,
        Scene,
        Slider,
        Table,
        arrow,
        circle,
        figure,
        line,
        predict,
        see_the_code,
    )


@app.cell
def _(mo):
    mo.md(r"""
    # Arrows, waves, and electrons in ice

    **An electron wave is an arrow that turns. All of cryo-EM is adding arrows.**

    A micrograph is what is left when many waves meet. Each brings an arrow: its length says how much, its direction
    says when. Meet in step and they add; meet out of step and they cancel. A complex number is such an arrow. This page
    makes you fluent in arrows, and then asks where the arrows come from: what an electron does in a film of ice.
    The other stream goes on to [the exact image of a grating](/meetings/01-background/sharpen/).
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## To add, put arrows head to tail; to multiply, turn and stretch

    A complex number $z = a + ib$ is the point $(a, b)$, or the arrow to it. It has a length, the **modulus**
    $|z| = \sqrt{a^2 + b^2}$, and an angle from the real axis, the **argument** or **phase** $\theta$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You multiply an arrow by i, again and again. What happens?",
        [
            "It grows along the imaginary axis",
            "It makes quarter turns and is back after four",
            "It flips between two directions",
        ],
        r"A quarter turn each time. Multiplying by $i$ adds 90° to the angle and leaves the length alone: "
        r"$1 \to i \to -1 \to -i \to 1$. This is all that $i^2 = -1$ says: two quarter turns are a half turn.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    arrows = figure(
        "arrows",
        panels=[
            Plot(
                "plane",
                "the complex plane: drag z",
                x="real part",
                y="imaginary part",
                x_range=(-2.5, 2.5),
                y_range=(-2.5, 2.5),
                equal=True,
                handle=(1.2, 0.8),
            ),
            Table("numbers", "the numbers", columns=("", "real", "imaginary", "modulus", "angle (°)")),
        ],
        controls=[
            Choice("shown", "show", ("z + w", "z − w", "z · w", "z / w", "conjugate of z"), "z · w"),
            Slider("modulus", "length of w", 0.2, 2.0, 1.0, 0.05),
            Slider("angle_deg", "angle of w", -180, 180, 60, 1, unit="°", playable=True),
        ],
        caption="Drag the point z. With w of length 1 the product only turns; with w at 0° it only stretches.",
    )
    arrows
    return (arrows,)


@app.cell
def _(arrow, arrows, circle, line, np):
    _z = complex(*arrows.settings.plane)
    _w = arrows.settings.modulus * np.exp(1j * np.deg2rad(arrows.settings.angle_deg))
    _shown = arrows.settings.shown
    _result = {
        "z + w": _z + _w,
        "z − w": _z - _w,
        "z · w": _z * _w,
        "z / w": _z / _w,
        "conjugate of z": _z.conjugate(),
    }[_shown]
    _helper = {
        "z + w": [line([_z, _result], "w moved to the head of z", "dashed")],
        "z − w": [line([_z, _result], "−w at the head of z", "dashed")],
    }
    arrows.draw(
        plane=[
            arrow(_z, "z"),
            arrow(_w, "w"),
            arrow(_result, _shown),
            *_helper.get(_shown, []),
            line(circle, "length 1", "dashed"),
        ],
        numbers=[
            (name, value.real, value.imag, abs(value), float(np.degrees(np.angle(value))))
            for name, value in (("z", _z), ("w", _w), (_shown, _result))
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Addition works on the parts: $(a + ib) + (c + id) = (a + c) + i(b + d)$. Multiplication works on
    lengths and angles:

    $$r e^{i\alpha} \cdot s e^{i\beta} = rs\, e^{i(\alpha + \beta)} .$$

    Lengths multiply, angles add. The **conjugate** $z^* = a - ib$ is the mirror image in the real axis: same length,
    opposite angle. So $z z^* = |z|^2$ is real: the angles cancel. Remember that one. A detector counts electrons, and
    what it counts is $\Psi\Psi^*$.

    **What goes wrong.** $|z + w|$ is not $|z| + |w|$ unless both point the same way. And the angle must come from
    `atan2(b, a)`: the arctangent of $b/a$ cannot tell $z$ from $-z$.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The exponential of iθ walks around a circle

    Why should $e^{i\theta}$ be a turn? Think of growth. $e^{x}$ is what you get from many small steps, each proportional
    to where you are: $(1 + x/n)^n$. Put $x = i\theta$. Now each step is at a right angle to where you are. You never get
    farther away; you go round.
    """)
    return


@app.cell
def _(Plot, Slider, figure):
    steps = figure(
        "steps",
        panels=[
            Plot(
                "plane",
                "n small steps, each at a right angle",
                x="real part",
                y="imaginary part",
                x_range=(-2.2, 2.2),
                y_range=(-2.2, 2.2),
                equal=True,
            )
        ],
        controls=[
            Slider("count", "steps n", 1, 200, 6, 1),
            Slider("angle_deg", "θ", 10, 360, 180, 5, unit="°"),
        ],
        caption="Six steps overshoot. Add steps: the path settles on the circle, and its end on exp(iθ).",
    )
    steps
    return (steps,)


@app.cell
def _(arrow, circle, line, np, steps):
    _n = round(steps.settings.count)
    _theta = np.deg2rad(steps.settings.angle_deg)
    _path = (1 + 1j * _theta / _n) ** np.arange(_n + 1)
    _goal = np.exp(1j * _theta)
    steps.draw(
        plane=[
            line(_path, "the steps"),
            arrow(_path[-1], f"(1 + iθ/n)ⁿ: length {abs(_path[-1]):.3f}"),
            arrow(_goal, "exp(iθ)"),
            line(circle, "length 1", "dashed"),
        ]
    )
    return


@app.cell
def _(predict):
    predict(
        "As the arrow turns once around at even speed, what does its shadow on the real axis do?",
        ["It moves at even speed to and fro", "It traces a cosine", "It jumps from +1 to −1"],
        r"A cosine: $e^{i\theta} = \cos\theta + i\sin\theta$. The shadow on the imaginary axis is the sine, the same curve a "
        r"quarter turn later. (At θ = 180° this is Euler's $e^{i\pi} = -1$: half a turn.)",
    )
    return


@app.cell
def _(Plot, Slider, figure):
    turn = figure(
        "turn",
        panels=[
            Plot(
                "plane",
                "the arrow exp(iθ)",
                x="real part",
                y="imaginary part",
                x_range=(-1.3, 1.3),
                y_range=(-1.3, 1.3),
                equal=True,
            ),
            Plot("shadows", "its two shadows, unrolled", x="θ (°)", y="value", x_range=(0, 720), y_range=(-1.3, 1.3)),
        ],
        controls=[Slider("angle_deg", "θ", 0, 720, 130, 2, unit="°", playable=True)],
        caption="Press play. The shadow on the real axis draws the cosine, the one on the imaginary axis the sine.",
    )
    turn
    return (turn,)


@app.cell
def _(Curve, Mark, arrow, circle, line, np, turn):
    _degrees = np.arange(0, 721, 3.0)
    _done = _degrees[_degrees <= turn.settings.angle_deg]
    _now = np.exp(1j * np.deg2rad(turn.settings.angle_deg))
    turn.draw(
        plane=[
            arrow(complex(_now.real, 0), "cos θ"),
            arrow(complex(0, _now.imag), "sin θ"),
            arrow(_now, "exp(iθ)"),
            line(circle, "length 1", "dashed"),
        ],
        shadows=[
            Curve(_done, np.cos(np.deg2rad(_done)), "cos θ, the real part"),
            Curve(_done, np.sin(np.deg2rad(_done)), "sin θ, the imaginary part"),
            Mark(turn.settings.angle_deg, "now"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Two consequences that you will use every week:

    $$\begin{aligned} \cos\theta &= \tfrac12\left(e^{i\theta} + e^{-i\theta}\right), \\ \sin\theta &= \tfrac1{2i}\left(e^{i\theta} - e^{-i\theta}\right). \end{aligned}$$

    A cosine is *two* arrows turning opposite ways. That is why the spectrum of a real picture has every spot twice, at
    $k$ and at $-k$.

    **What goes wrong.** Sines take radians in every program; angles in STAR files are degrees. 0.5 rad is 28.6°.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A wave is a row of arrows, each turned a little further

    Walk along the wave $e^{2\pi i x/d}$. At each place there is an arrow; one period $d$ further on it has made one turn.
    Seen in three dimensions it is a corkscrew, and its shadow is the ripple that we draw when we are lazy.
    """)
    return


@app.cell
def _(Plot, Scene, Slider, figure):
    wave = figure(
        "wave",
        panels=[
            Scene("corkscrew", "arrows along the wave: drag to look around", radius=1.3, camera_deg=(68.0, 22.0)),
            Plot("ripple", "its real part", x="x (Å)", y="real part", x_range=(0, 40), y_range=(-1.6, 1.6)),
        ],
        controls=[
            Slider("period_angstrom", "period d", 4, 40, 16, 0.5, unit="Å"),
            Slider("amplitude", "amplitude", 0.2, 1.5, 1.0, 0.05),
            Slider("phase_deg", "phase", -180, 180, 0, 2, unit="°", playable=True),
        ],
        caption="Play the phase: the arrows turn on the spot, and the ripple seems to travel.",
    )
    wave
    return (wave,)


@app.cell
def _(Arrow, Curve, Path, np, wave):
    _x = np.linspace(0, 40, 401)
    _psi = wave.settings.amplitude * np.exp(
        1j * (2 * np.pi * _x / wave.settings.period_angstrom + np.deg2rad(wave.settings.phase_deg))
    )
    _points = np.stack([_x / 18 - 1.1, 0.5 * _psi.real, 0.5 * _psi.imag], axis=-1)
    wave.draw(
        corkscrew=[
            Path([[-1.2, 0, 0], [1.2, 0, 0]], "x", series=2),
            Path(_points, "the wave", series=1),
            *[Arrow(_points[i], start=(_points[i, 0], 0.0, 0.0), series=3) for i in range(0, 401, 20)],
        ],
        ripple=[Curve(_x, _psi.real, "real part"), Curve(_x, _psi.imag, "imaginary part", "dashed")],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The intensity $|\Psi|^2$ of this wave is the same everywhere: the arrow turns, its length does not change. **One wave
    alone makes a blank picture.** An image needs a second wave to compare with. For electrons at 300 kV the true period
    along the beam is 0.0197 Å; one radian of phase is a way of 0.003 Å.
    """)
    return


@app.cell
def _(see_the_code, wavelength_angstrom):
    see_the_code(wavelength_angstrom)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Two waves make fringes: arrows in step add, arrows out of step cancel

    Let a wave of length 1 meet a wave of length $a$ whose arrow is turned by $\varphi$. The length of the sum follows
    from the arrows alone:

    $$|1 + a e^{i\varphi}|^2 = 1 + a^2 + 2a\cos\varphi .$$
    """)
    return


@app.cell
def _(predict):
    predict(
        "Two waves of the same strength meet. How bright is the brightest fringe, against one wave alone?",
        ["Twice as bright", "Four times as bright", "As bright as one: energy is conserved"],
        r"Four times: the amplitudes double, the intensity is their square. The dark fringes are at 0, and the mean is 2, so no "
        r"electron is lost or won. They have moved.",
    )
    return


@app.cell
def _(Image, Plot, Slider, figure):
    fringes = figure(
        "fringes",
        panels=[
            Plot(
                "plane",
                "head to tail",
                x="real part",
                y="imaginary part",
                x_range=(-0.5, 2.1),
                y_range=(-1.3, 1.3),
                equal=True,
            ),
            Plot(
                "intensity",
                "intensity against the phase between them",
                x="φ (°)",
                y="intensity",
                x_range=(-180, 180),
                y_range=(0, 4.2),
            ),
            Image("screen", "on a screen: two waves at an angle", colours="grey"),
        ],
        controls=[
            Slider("phase_deg", "phase φ", -180, 180, 60, 2, unit="°", playable=True),
            Slider("second", "strength a of the second wave", 0.0, 1.0, 0.8, 0.02),
            Slider("angle_mrad", "angle between the beams", 0.2, 2.0, 0.8, 0.05, unit="mrad"),
        ],
        caption="Weaken the second wave: fringes fade as 2a, not as a². A wave that carries 1 % of the electrons still makes fringes of 20 %.",
    )
    fringes
    return (fringes,)


@app.cell
def _(
    Curve,
    Mark,
    Pixels,
    arrow,
    circle,
    fringes,
    line,
    np,
    wavelength_angstrom,
):
    _turned = fringes.settings.second * np.exp(1j * np.deg2rad(fringes.settings.phase_deg))
    _degrees = np.linspace(-180, 180, 181)
    _place = np.arange(160) - 80
    _period = float(wavelength_angstrom(300.0)) / (1e-3 * fringes.settings.angle_mrad)
    _screen = np.abs(1 + _turned * np.exp(2j * np.pi * _place / _period)) ** 2
    fringes.draw(
        plane=[
            arrow(1 + _turned, "sum"),
            arrow(1 + 0j, "first"),
            arrow(1 + _turned, "second", 1 + 0j),
            line(1 + fringes.settings.second * circle, "all φ", "dashed"),
        ],
        intensity=[
            Curve(
                _degrees,
                1 + fringes.settings.second**2 + 2 * fringes.settings.second * np.cos(np.deg2rad(_degrees)),
                "|1 + a exp(iφ)|²",
            ),
            Mark(fringes.settings.phase_deg, f"{abs(1 + _turned) ** 2:.2f}"),
        ],
        screen=Pixels(np.broadcast_to(_screen, (100, 160)), limits=(0.0, 4.0), pixel_size=1.0),
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The fringe spacing is the wavelength over the angle: two beams 0.8 mrad apart make fringes of 25 Å. Every
    detail of a specimen is such a pair: the straight beam, and a beam bent by $\theta = \lambda/d$. An image is the sum of
    all their fringes. This is where the Fourier transform comes in ([topic 2](/meetings/02-fourier-transform/blur/)).
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A transparent specimen is invisible until something turns its arrow

    Ice and protein absorb almost nothing. They slow the wave a little: $\Psi = e^{i\varepsilon} \approx 1 + i\varepsilon$.
    The scattered arrow $i\varepsilon$ stands at a *right angle* to the straight beam, the worst angle for changing the
    length of a sum. Turn it by another angle $\chi$, and it works.
    """)
    return


@app.cell
def _(Plot, Slider, figure):
    quarter = figure(
        "quarter",
        panels=[
            Plot(
                "plane",
                "straight beam + scattered arrow",
                x="real part",
                y="imaginary part",
                x_range=(-0.2, 1.8),
                y_range=(-1.0, 1.0),
                equal=True,
            ),
            Plot("contrast", "change of intensity", x="extra phase χ (°)", y="intensity − 1", x_range=(-180, 180)),
        ],
        controls=[
            Slider("strength", "phase of the specimen ε", 0.02, 0.6, 0.25, 0.01, unit="rad"),
            Slider("chi_deg", "extra phase χ", -180, 180, 0, 2, unit="°", playable=True),
        ],
        caption="At χ = 0 the sum is hardly longer than 1. At ±90° the scattered arrow lies along the beam: bright or dark.",
    )
    quarter
    return (quarter,)


@app.cell
def _(Curve, Mark, arrow, circle, line, np, quarter):
    _epsilon, _chi = quarter.settings.strength, np.deg2rad(quarter.settings.chi_deg)
    _scattered = 1j * _epsilon * np.exp(1j * _chi)
    _angles = np.linspace(-np.pi, np.pi, 181)
    quarter.draw(
        plane=[
            arrow(1 + _scattered, "sum"),
            arrow(1 + 0j, "straight beam"),
            arrow(1 + _scattered, "scattered", 1 + 0j),
            line(1 + _epsilon * circle, "all χ", "dashed"),
            line(circle, "length 1", "dashed"),
        ],
        contrast=[
            Curve(np.degrees(_angles), np.abs(1 + 1j * _epsilon * np.exp(1j * _angles)) ** 2 - 1, "exact"),
            Curve(np.degrees(_angles), -2 * _epsilon * np.sin(_angles), "−2ε sin χ", "dashed"),
            Mark(quarter.settings.chi_deg, f"{abs(1 + _scattered) ** 2 - 1:+.3f}"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    $$\begin{aligned} |1 + i\varepsilon e^{i\chi}|^2 &= 1 - 2\varepsilon\sin\chi + \varepsilon^2 \\ &\approx 1 - 2\varepsilon\sin\chi . \end{aligned}$$

    There is the $\sin\chi$ of the contrast transfer function, from two arrows. In the microscope the turn $\chi$ comes
    from defocus and depends on how far the scattered beam is bent: a detour is longer at a larger angle. Contrast
    therefore changes sign with resolution, which is [topic 4](/meetings/04-phase-contrast/blur/).

    **What goes wrong.** The small leftover $\varepsilon^2$ is dropped in every CTF program. Push ε to 0.6 to see when that
    is no longer fair. Sign conventions differ too: protein is dark underfocus in CTFFIND and cisTEM, and RELION turns it
    white by inverting the contrast.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## In thin ice most electrons do nothing; in thick ice most lose energy

    An electron that meets an atom can go on untouched, be bent by the nucleus behind its cloud (**elastic**: it keeps its
    energy), or shake the cloud and pay for it (**inelastic**: it loses about 20 eV on average, and the specimen gets it). How far it
    goes between events is the **mean free path** Λ. Events are independent, so counts follow Poisson: the chance of none
    in a thickness $t$ is $e^{-t/\Lambda}$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "300 kV, ice 400 Å thick: what share of the electrons comes through without any event?",
        ["About half", "About 85 %", "About 99 %"],
        r"About 85 %. The mean free paths are about 6,500 Å (elastic) and 3,800 Å (inelastic), so "
        r"$e^{-400/6500 - 400/3750} \approx 0.85$. And only about one in twenty scatters elastically, once: the whole image "
        r"is made by those, interfering with the 85 %.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    ice = figure(
        "ice",
        panels=[
            Plot(
                "fractions",
                "what became of the electrons",
                x="thickness (Å)",
                y="fraction",
                x_range=(0, 6000),
                y_range=(0, 1),
            ),
            Table("counts", "at this thickness", columns=("", "per cent", "mean free path (Å)")),
        ],
        controls=[
            Slider("thickness_angstrom", "thickness", 50, 6000, 400, 10, unit="Å", playable=True),
            Slider("voltage_kv", "voltage", 60, 400, 300, 5, unit="kV"),
            Choice("material", "material", ("vitreous ice", "protein", "amorphous carbon"), "vitreous ice"),
        ],
        caption="Find the thickness at which inelastic electrons outnumber the untouched. Then lower the voltage to 100 kV.",
    )
    ice
    return (ice,)


@app.cell
def _(
    CARBON,
    Curve,
    ICE,
    Mark,
    PROTEIN,
    elastic_mean_free_path_angstrom,
    ice,
    inelastic_mean_free_path_angstrom,
    np,
    scattered_fractions,
):
    _material = {material.name: material for material in (ICE, PROTEIN, CARBON)}[ice.settings.material]
    _elastic = elastic_mean_free_path_angstrom(_material, ice.settings.voltage_kv)
    _inelastic = inelastic_mean_free_path_angstrom(_material, ice.settings.voltage_kv)
    _t = np.linspace(0, 6000, 241)
    _all = scattered_fractions(_t, _elastic, _inelastic)
    _here = scattered_fractions(ice.settings.thickness_angstrom, _elastic, _inelastic)
    _names = {
        "unscattered": "unscattered",
        "single": "elastic, once",
        "plural": "elastic, more often",
        "inelastic": "inelastic",
    }
    _paths = {"single": f"{_elastic:.0f}", "inelastic": f"{_inelastic:.0f}"}
    ice.draw(
        fractions=[
            *[Curve(_t, getattr(_all, key), label) for key, label in _names.items()],
            Mark(ice.settings.thickness_angstrom, "here"),
        ],
        counts=[
            (label, f"{100 * float(getattr(_here, key)):.1f}", _paths.get(key, "")) for key, label in _names.items()
        ],
    )
    return


@app.cell
def _(scattered_fractions, see_the_code):
    see_the_code(scattered_fractions)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** With $a = t/\Lambda_\mathrm{el}$ and $b = t/\Lambda_\mathrm{in}$,

    $$\begin{aligned} \text{unscattered}\quad & e^{-a-b} \\ \text{elastic, once}\quad & a\, e^{-a-b} \\
    \text{more often}\quad & (1 - e^{-a} - a e^{-a})\,e^{-b} \\ \text{inelastic}\quad & 1 - e^{-b} \end{aligned}$$

    The useful curve, *elastic once*, rises, peaks and falls. Thinner is not always better, but beyond the peak you
    lose twice: less signal, more haze. A higher voltage stretches both paths: less contrast, and less damage per
    electron, nearly in step.

    **What goes wrong.** These numbers are models: measured inelastic paths of ice at 300 kV are near 3,100 Å, the model
    here says 3,750 Å. Trust ratios more than digits. "Inelastic" counts an electron that scattered both ways.

    **Where it is in the packages.** RELION, cryoSPARC and CTFFIND fold all of this into one number, the amplitude
    contrast (7 or 10 %). An energy filter removes the inelastic electrons; cisTEM's simulator models them.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Small angles tell you about the electron cloud, large angles hit the nucleus

    Elastic scattering at a small angle is a soft push by the screened atom, at a distance. At a large angle the electron
    has passed close to the bare nucleus. The recoil is the difference for the specimen: a nucleus of mass $M$ takes

    $$E_\text{recoil} = \frac{2E(E + 2mc^2)}{Mc^2}\,\sin^2\frac\theta2 .$$
    """)
    return


@app.cell
def _(predict):
    predict(
        "A 300 kV electron is bent by 10 mrad at a carbon atom. How much energy does the nucleus take?",
        ["About 2 eV, enough to break a bond", "About 2 meV, less than a phonon", "About 20 keV"],
        r"About 2 meV: nothing. Only in a head-on hit, 180°, does carbon take 71 eV, more than enough to throw it out "
        r"(displacement takes some 20 eV). Such hits are very rare. Nearly all damage in cryo-EM comes from the *inelastic* "
        r"events: ionised bonds, radicals, hydrogen gas.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, figure):
    angles = figure(
        "angles",
        panels=[
            Plot(
                "pattern",
                "scattered elastically, per solid angle",
                x="angle (mrad)",
                y="Å² per sr",
                logarithmic="xy",
                x_range=(0.3, 3000),
            ),
            Plot(
                "recoil",
                "energy that the nucleus takes",
                x="angle (mrad)",
                y="eV",
                logarithmic="xy",
                x_range=(0.3, 3000),
            ),
        ],
        controls=[
            Slider("angle_mrad", "angle", 0.5, 3000, 10, 0.02, unit="mrad", logarithmic=True),
            Slider("voltage_kv", "voltage", 60, 400, 300, 5, unit="kV"),
            Choice("element", "atom", ("H", "C", "O", "P", "Fe", "U"), "C"),
        ],
        caption="The left curve is flat, then falls as 1/θ⁴, as Rutherford found. The right one rises as θ².",
    )
    angles
    return (angles,)


@app.cell
def _(Curve, Mark, angles, np, scattering_factor, wavelength_angstrom):
    _charge, _mass = {
        "H": (1, 1.008),
        "C": (6, 12.011),
        "O": (8, 15.999),
        "P": (15, 30.974),
        "Fe": (26, 55.845),
        "U": (92, 238.03),
    }[angles.settings.element]
    _theta = np.geomspace(0.3e-3, 3.0, 200)
    _kev, _rest = angles.settings.voltage_kv, 510.999
    _f = scattering_factor(_charge, "lobato").scattering_factor(
        2 * np.sin(_theta / 2) / float(wavelength_angstrom(_kev))
    )
    _recoil = 1e3 * 2 * _kev * (_kev + 2 * _rest) / (_mass * 931494.0) * np.sin(_theta / 2) ** 2
    _mark = Mark(
        angles.settings.angle_mrad, f"d = {1e3 * float(wavelength_angstrom(_kev)) / angles.settings.angle_mrad:.2g} Å"
    )
    angles.draw(
        pattern=[Curve(1e3 * _theta, ((1 + _kev / _rest) * _f) ** 2, "|γ f|²"), _mark],
        recoil=[
            Curve(1e3 * _theta, _recoil, "recoil"),
            Curve([0.3, 3000], [20.0, 20.0], "displaces an atom, about 20 eV", "dashed"),
            _mark,
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What else can happen to the electron.** It may excite a plasmon (some 20 eV), knock out an inner-shell electron
    (hundreds of eV), radiate an X-ray, warm the ice by phonons (meV), or scatter several times. Inelastic electrons go
    almost straight on: their typical angle is $\Delta E/mv^2$, 0.04 mrad at 300 kV, against 10 mrad for elastic ones. So they
    pass the aperture, and only an energy filter takes them out.

    **What goes wrong.** An objective aperture stops the large angles. That makes amplitude contrast (electrons are
    missing) but has little to do with damage: the harm was done in the specimen.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Heavier atoms scatter more, but far less than in proportion to Z

    The strength of an atom at spatial frequency $q$ is its **scattering factor** $f(q)$ in Å. Its projected potential,
    times the interaction constant, is the phase that it gives the wave.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Seen at low resolution, which neutral atom gives the wave the largest phase: carbon, nitrogen or oxygen?",
        ["Carbon", "Nitrogen", "Oxygen"],
        r"Carbon. Forward scattering $f(0)$ measures how *spread out* the electron cloud is, and oxygen's is tighter: "
        r"2.5, 2.2, 2.0 Å for C, N, O. Only at high resolution, where the nucleus decides, does oxygen overtake. Slide the B factor "
        r"and watch them cross.",
    )
    return


@app.cell
def _(Image, Plot, Slider, Table, figure):
    elements = figure(
        "elements",
        panels=[
            Image("atoms", "C  N  O  P  S  Fe  U: phase given to the wave", unit="rad", colours="grey"),
            Plot("factors", "scattering factor", x="q = 1/d (1/Å)", y="f (Å)", x_range=(0, 1.2), logarithmic="y"),
            Plot("profiles", "projected potential, blurred", x="distance from the atom (Å)", y="V·Å", x_range=(0, 3)),
            Table(
                "table",
                "against carbon",
                columns=("atom", "Z", "f(0) (Å)", "peak (V·Å)", "phase (mrad)", "peak / C", "elastic σ / C"),
            ),
        ],
        controls=[
            Slider("b_factor", "B factor", 0, 200, 20, 1, unit="Å²"),
            Slider("voltage_kv", "voltage", 60, 400, 300, 5, unit="kV"),
        ],
        caption="B blurs the atoms as motion and resolution do. At B = 0 uranium towers; at B = 200 Å² it is worth 7 carbons, not 92/6 = 15.",
    )
    elements
    return (elements,)


@app.cell
def _():
    symbols = {"C": 6, "N": 7, "O": 8, "P": 15, "S": 16, "Fe": 26, "U": 92}
    return (symbols,)


@app.cell
def _(
    Atoms,
    Curve,
    Peng,
    Pixels,
    elastic_cross_section,
    elements,
    interaction_constant,
    np,
    peak_potential,
    projected_potential,
    scattering_factor,
    symbols,
):
    _b, _kv = elements.settings.b_factor, elements.settings.voltage_kv
    _charges = np.array(list(symbols.values()))
    _row = Atoms(
        np.stack([6.0 * (np.arange(7) - 3), np.zeros(7), np.zeros(7)], axis=-1),
        _charges,
        b_factors_angstrom2=np.full(7, _b + 2.0),
    )
    _sigma = float(interaction_constant(_kv))
    _q, _r = np.linspace(0, 1.2, 121), np.linspace(0, 3, 121)
    _drawn = ("C", "O", "P", "Fe", "U")  # N is near C, and S near P
    _peng = {name: scattering_factor(charge) for name, charge in symbols.items()}
    _peaks = {name: peak_potential(charge, _b) for name, charge in symbols.items()}
    _sections = {name: elastic_cross_section(charge, _kv) for name, charge in symbols.items()}
    elements.draw(
        atoms=Pixels(_sigma * projected_potential(_row, (36, 252), 1 / 6), pixel_size=1 / 6),
        factors=[
            Curve(_q, factor.scattering_factor(_q) * np.exp(-_b * _q**2 / 4), name)
            for name, factor in _peng.items()
            if name in _drawn
        ],
        profiles=[
            Curve(_r, Peng(factor.a, factor.b + _b).projected_potential(_r), name)
            for name, factor in _peng.items()
            if name in _drawn
        ],
        table=[
            (
                name,
                charge,
                float(_peng[name].scattering_factor(0.0)),
                _peaks[name],
                1e3 * _sigma * _peaks[name],
                _peaks[name] / _peaks["C"],
                _sections[name] / _sections["C"],
            )
            for name, charge in symbols.items()
        ],
    )
    return


@app.cell
def _(peak_potential, see_the_code):
    see_the_code(peak_potential)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Three regimes. Forward ($q \to 0$), $f$ measures the size of the cloud and goes up and down through
    the periodic table. At high $q$ the nucleus is bare and $f \to Z/(2\pi^2 a_0 q^2)$, proportional to Z. In between,
    total cross-sections grow about as $Z^{1.5}$ from carbon to uranium, though hardly at all from C to O. So a phosphate stands out in a map of RNA, an iron or a gold cluster
    shines, and C, N and O look alike.

    **What goes wrong.** Atoms in a protein are bonded and charged: neutral-atom tables miss that negative oxygens (Asp,
    Glu) are weak at low resolution. That is why carboxylates fade in maps, besides damage.

    **Where it is in the packages.** The same tables (Peng; Kirkland; Lobato and Van Dyck) stand behind maps from models in
    RELION's and cisTEM's tools, in cryoJAX and in abTEM.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## One question to take along

    The straight beam carries 85 % of the electrons, the beams of your protein perhaps 1 %. Yet their fringes are not a 1 %
    effect. **How can a wave with one hundredth of the electrons change the picture by twenty per cent?** Say it with
    arrows, then try [the problems](/meetings/01-background/blur/).
    """)
    return


if __name__ == "__main__":
    app.run()
