import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.fourier import frequencies, frequency_radius, ft, ift, positions, power_spectrum, shell_frequencies
    from vitreous.specimen import assembly, helix_bundle, projected_potential, siemens_star, sine_grating
    from vitreous.study.figures import (
        Button,
        Choice,
        Curve,
        Image,
        Mark,
        Pixels,
        Plot,
        Slider,
        Sound,
        Table,
        figure,
        predict,
        see_the_code,
    )

    BOX = 128

    def _spread(picture):
        """The picture between 0 and 1."""
        return (picture - picture.min()) / (picture.max() - picture.min())

    pictures = {
        "protein complex": _spread(projected_potential(assembly().atoms, (BOX, BOX), 1.1)),
        "three helices": _spread(projected_potential(helix_bundle(), (BOX, BOX), 0.45)),
        "star": siemens_star((BOX, BOX), 18, 56.0),
        "two gratings": 0.5 + 0.25 * (sine_grating((BOX, BOX), 16.0) + sine_grating((BOX, BOX), 8.0, angle_deg=60.0)),
    }
    spectra = {name: ft(picture, 2) for name, picture in pictures.items()}

    def logarithm(spectrum):
        """The amplitude of a spectrum, over a range of five decades below its maximum, as a logarithm to base ten."""
        amplitude = np.abs(spectrum)
        return np.log10(np.maximum(amplitude, 1e-5 * amplitude.max()))

    return (
        BOX,
        Button,
        Choice,
        Curve,
        Image,
        Mark,
        Pixels,
        Plot,
        Slider,
        Sound,
        Table,
        assembly,
        figure,
        frequencies,
        frequency_radius,
        ft,
        ift,
        logarithm,
        mo,
        np,
        pictures,
        positions,
        power_spectrum,
        predict,
        projected_potential,
        see_the_code,
        shell_frequencies,
        spectra,
    )


@app.cell
def _(mo):
    mo.md(r"""
    # Everything is made of waves

    **Any signal, whether a chord, a line through a protein or a micrograph, is a sum of waves. The Fourier transform is the list of
    ingredients.**

    Each ingredient is an arrow from [topic 1](/meetings/01-background/blur/): its length says how much of that wave, its
    angle says where the wave starts. Write down the arrows and you have lost nothing. From then on you can ask questions that are
    hopeless in the picture itself: what would a lens do, how fine is the detail, what is periodic here?
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A few waves make a step, but only infinitely many make it sharp
    """)
    return


@app.cell
def _(predict):
    predict(
        "You build a square wave from more and more sines. What happens to the little overshoot beside each step?",
        ["It shrinks to nothing", "It gets narrower but keeps its height, about 9 % of the step", "It grows"],
        r"It keeps its height (Gibbs, 1899) and moves to the edge. The *area* under it vanishes, so the error as a whole "
        r"goes to zero, and still a camera would see a bright rim. You will meet it again as ringing around every map that is cut "
        r"off at a hard resolution.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, figure):
    series = figure(
        "series",
        panels=[
            Plot("sum", "the sum so far", x="x / period", y="value", x_range=(0, 1), y_range=(-1.5, 1.5)),
            Plot(
                "chain",
                "the same as a chain of arrows",
                x="real part",
                y="imaginary part",
                x_range=(-2, 2),
                y_range=(-1.5, 1.5),
                equal=True,
            ),
            Plot(
                "recipe",
                "the recipe: strength of each wave",
                x="waves in a period",
                y="amplitude",
                x_range=(0, 30),
                y_range=(0, 1.4),
            ),
        ],
        controls=[
            Choice("wave", "build", ("square", "sawtooth", "triangle", "a line through a protein"), "square"),
            Slider("terms", "how many waves", 1, 30, 5, 1, playable=True),
            Slider("place", "place along the period", 0, 1, 0.2, 0.005, playable=True),
        ],
        caption="Add waves one by one. Play the place: the tip of the chain of turning arrows has the height of the curve.",
    )
    series
    return (series,)


@app.cell
def _(BOX, np, pictures):
    _x = np.arange(512) / 512
    _line = pictures["protein complex"][BOX // 2] - pictures["protein complex"][BOX // 2].mean()
    shapes = {
        "square": np.where(_x < 0.5, 1.0, -1.0),
        "sawtooth": 1 - 2 * _x,
        "triangle": 1 - 4 * np.abs(_x - 0.5),
        "a line through a protein": np.interp(_x, np.arange(BOX) / BOX, _line / np.abs(_line).max()),
    }
    shapes_x = _x
    return shapes, shapes_x


@app.cell
def _(Curve, Mark, np, series, shapes, shapes_x):
    _orders = np.arange(1, 31)
    _shape = shapes[series.settings.wave]
    _waves = np.exp(2j * np.pi * np.outer(_orders, shapes_x))
    _arrows = 2 * (np.conj(_waves) @ (_shape - _shape.mean())) / len(shapes_x)
    _terms = round(series.settings.terms)
    _sum = _shape.mean() + np.real(_arrows[:_terms] @ _waves[:_terms])
    _turned = _arrows[:_terms] * np.exp(2j * np.pi * _orders[:_terms] * series.settings.place)
    _chain = 1j * np.cumsum(np.concatenate([[0], _turned]))
    _height = _shape.mean() + _chain[-1].imag
    series.draw(
        sum=[
            Curve(shapes_x, _sum, f"{_terms} waves, error {np.sqrt(np.mean((_sum - _shape) ** 2)):.3f}"),
            Curve(shapes_x, _shape, "what we want", "dashed"),
            Curve(shapes_x, np.real(_arrows[_terms - 1] * _waves[_terms - 1]), "the last one added"),
            Mark(series.settings.place, f"{_height:.2f}"),
        ],
        chain=[
            Curve(_chain.real, _chain.imag, "arrows, head to tail", "arrows"),
            Curve([_chain[-1].real, -2], [_chain[-1].imag] * 2, "height of the tip", "dashed"),
        ],
        recipe=[
            Curve(_orders[:_terms], np.abs(_arrows[:_terms]), "used", "bars"),
            Curve(_orders[_terms:], np.abs(_arrows[_terms:]), "not yet used", "bars"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** A periodic function is

    $$\begin{aligned} f(x) &= \sum_n c_n\, e^{2\pi i n x/L}, \\ c_n &= \frac1L\int_0^L f(x)\, e^{-2\pi i n x/L}\,dx . \end{aligned}$$

    The second formula is a *test for resemblance*: turn the function back at the rate $n$, and only
    what then stands still adds up. The rest cancels. Steps make coefficients fall slowly, as $1/n$; the triangle has no steps, only corners, and falls as $1/n^2$: **the smoother, the
    faster**. A protein's line is smooth too, until you look at bonds.

    **What goes wrong.** Cut the list sharply and every edge rings. Programs taper instead: `low_pass` with a width.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Your own recipe, for the ear

    An ear does a Fourier analysis before you notice. Pitch is the spacing of the list, timbre its strengths. Phases you hardly hear. Eyes
    are the opposite, as you will see below.
    """)
    return


@app.cell
def _(Plot, Slider, Sound, figure):
    own = figure(
        "own",
        panels=[
            Sound("tone", "your sound"),
            Plot("waves", "two periods", x="time (ms)", y="pressure"),
            Plot("list", "its spectrum", x="frequency (Hz)", y="amplitude", x_range=(0, 2200), y_range=(0, 1.05)),
        ],
        controls=[
            Slider("pitch_hz", "pitch", 80, 400, 220, 1, unit="Hz"),
            Slider("first", "1st", 0, 1, 1.0, 0.05),
            Slider("second", "2nd", 0, 1, 0.5, 0.05),
            Slider("third", "3rd", 0, 1, 0.6, 0.05),
            Slider("fourth", "4th", 0, 1, 0.2, 0.05),
            Slider("fifth", "5th", 0, 1, 0.3, 0.05),
            Slider("phase_deg", "turn every other wave by", 0, 180, 0, 5, unit="°"),
        ],
        caption="Listen. Then turn every other wave by 90°: the curve changes beyond recognition, the sound does not.",
    )
    own
    return (own,)


@app.cell
def _(Curve, np, own):
    _strengths = [getattr(own.settings, name) for name in ("first", "second", "third", "fourth", "fifth")]
    _rate = 8000
    _time = np.arange(int(0.8 * _rate)) / _rate
    _turns = np.deg2rad(own.settings.phase_deg) * (np.arange(5) % 2)
    _tone = sum(
        a * np.cos(2 * np.pi * (n + 1) * own.settings.pitch_hz * _time + turn)
        for n, (a, turn) in enumerate(zip(_strengths, _turns, strict=True))
    )
    _tone = _tone / max(np.abs(_tone).max(), 1e-9)
    _fade = np.minimum(1, np.minimum(_time, _time[-1] - _time) / 0.03)
    _two = _time < 2 / own.settings.pitch_hz
    own.draw(
        tone=(0.6 * _tone * _fade, _rate),
        waves=[Curve(1e3 * _time[_two], _tone[_two], "sum")],
        list=[Curve(own.settings.pitch_hz * np.arange(1, 6), _strengths, "strength", "bars")],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The spectrum of a sound says when to look for which detail

    Now the other way round: a recording comes in, the list comes out.
    """)
    return


@app.cell
def _(Choice, Plot, Slider, Sound, figure):
    sound = figure(
        "sound",
        panels=[
            Sound("heard", "play it"),
            Plot("signal", "the first 40 ms", x="time (ms)", y="pressure", x_range=(0, 40), y_range=(-1.05, 1.05)),
            Plot(
                "spectrum",
                "amplitude spectrum",
                x="frequency (Hz)",
                y="amplitude (maximum 1)",
                x_range=(0, 4000),
                y_range=(0, 1.05),
            ),
        ],
        controls=[
            Choice(
                "kind",
                "sound",
                ("tuning fork", "two forks, nearly in tune", "plucked string", "rising whistle", "click", "hiss"),
                "plucked string",
            ),
            Slider("pitch_hz", "pitch", 100, 1000, 220, 5, unit="Hz"),
            Slider("length_s", "length listened to", 0.02, 1.0, 0.6, 0.02, unit="s"),
        ],
        caption="Shorten what you listen to: each line of the spectrum widens. The click has every frequency alike.",
    )
    sound
    return (sound,)


@app.cell
def _(Curve, frequencies, ft, np, sound):
    _rate, _pitch = 8192, sound.settings.pitch_hz
    _t = np.arange(max(64, int(sound.settings.length_s * _rate))) / _rate
    _partials = np.arange(1, 1 + int(3900 // _pitch))
    _made = {
        "tuning fork": lambda: np.sin(2 * np.pi * _pitch * _t),
        "two forks, nearly in tune": lambda: np.sin(2 * np.pi * _pitch * _t) + np.sin(2 * np.pi * (_pitch + 6) * _t),
        "plucked string": lambda: np.sum(
            np.sin(0.3 * np.pi * _partials[:, None])
            / _partials[:, None] ** 1.3
            * np.sin(2 * np.pi * _pitch * _partials[:, None] * _t)
            * np.exp(-2 * _partials[:, None] * _t),
            axis=0,
        ),
        "rising whistle": lambda: np.sin(2 * np.pi * (_pitch + 500 * _t) * _t),
        "click": lambda: np.where(np.arange(len(_t)) == 20, 1.0, 0.0),
        "hiss": lambda: np.random.default_rng(1).normal(size=len(_t)),
    }[sound.settings.kind]()
    _made = _made / np.abs(_made).max()
    _lines = np.abs(ft(_made, 1))
    _f = frequencies(len(_t), 1 / _rate)
    _up = _f >= 0
    sound.draw(
        heard=(0.6 * _made, _rate),
        signal=[Curve(1e3 * _t[_t < 0.04], _made[_t < 0.04], "wave form")],
        spectrum=[Curve(_f[_up], _lines[_up] / _lines.max(), "amplitude")],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** A pure tone that lasts a time $T$ has a line of width about $1/T$. To know a pitch exactly you must listen for ever; to know the
    moment exactly you need every pitch. This is the next section.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Narrow here means broad there
    """)
    return


@app.cell
def _(predict):
    predict(
        "You make a blob half as wide. What happens to its Fourier transform?",
        ["Half as wide too", "Twice as wide", "The same width, half as high"],
        r"Twice as wide, and half as high where the blob keeps its own height: "
        r"$f(x) \leftrightarrow F(k)$ implies $f(ax) \leftrightarrow \frac1{|a|}F(k/a)$. A detail of 3 Å needs waves "
        r"of 3 Å and shorter. There is no other way to be small.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    widths = figure(
        "widths",
        panels=[
            Plot("space", "the function", x="x (Å)", y="f(x)", x_range=(-40, 40), y_range=(-0.1, 1.1)),
            Plot("frequency", "its transform", x="k (1/Å)", y="F(k) / F(0)", x_range=(-0.5, 0.5), y_range=(-0.5, 1.1)),
            Table("product", "full widths at half height", columns=("width of f (Å)", "width of F (1/Å)", "product")),
        ],
        controls=[
            Choice("shape", "shape", ("Gaussian", "box", "exponential", "triangle"), "Gaussian"),
            Slider("width_angstrom", "width", 2, 40, 12, 0.2, unit="Å", playable=True),
        ],
        caption="Play the width. The product of both widths does not move: it depends on the shape only.",
    )
    widths
    return (widths,)


@app.cell
def _(Curve, frequencies, ft, np, positions, widths):
    def _half_width(x, y):
        """The full width at half height of an even function sampled finely from its middle on."""
        half = y[0] / 2
        i = int(np.argmax(y < half))
        return 2 * (x[i - 1] + (x[i] - x[i - 1]) * (y[i - 1] - half) / (y[i - 1] - y[i]))

    _x, _k = positions(4096, 0.1), frequencies(4096, 0.1)
    _w = widths.settings.width_angstrom
    _f = {
        "Gaussian": np.exp(-4 * np.log(2) * (_x / _w) ** 2),
        "box": np.clip((_w / 2 - np.abs(_x)) / 0.1 + 0.5, 0, 1),
        "exponential": np.exp(-2 * np.log(2) * np.abs(_x) / _w),
        "triangle": np.clip(1 - np.abs(_x) / _w, 0, None),
    }[widths.settings.shape]
    _F = ft(_f, 1).real
    _F = _F / _F[2048]
    _here, _there = _half_width(_x[2048:], _f[2048:]), _half_width(_k[2048:], _F[2048:])
    _near, _low = np.abs(_x) < 40.05, np.abs(_k) < 0.5
    widths.draw(
        space=[Curve(_x[_near], _f[_near], "f(x)", "area")],
        frequency=[Curve(_k[_low], _F[_low], "F(k)", "area")],
        product=[(_here, _there, _here * _there)],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Where you meet it.** A beam through a small aperture spreads. A short box of pixels has coarse Fourier bins. A small particle has a broad, smooth
    transform, so few numbers describe it; a large virus has fine fringes, so it needs finer defocus steps and a finer angular search. A B
    factor of 100 Å² is a Gaussian in both spaces.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## More magnification: the picture grows, its spectrum on the detector shrinks
    """)
    return


@app.cell
def _(predict):
    predict(
        "You double the magnification. Where on the detector's spectrum (in cycles per pixel) does 5 Å detail appear?",
        ["At twice the frequency", "At half the frequency", "At the same place: 5 Å is 5 Å"],
        r"At half. On the detector the detail is twice as large. In 1/Å nothing happened to the specimen; but the Nyquist limit, one half cycle per "
        r"pixel, now lies at twice the 1/Å. You buy resolution with field of view.",
    )
    return


@app.cell
def _(Image, Plot, Slider, Table, figure):
    magnify = figure(
        "magnify",
        panels=[
            Image("camera", "on the camera, 128 × 128 pixels"),
            Image("spectrum", "its spectrum, to Nyquist at the edges", unit="log₁₀", colours="map"),
            Plot(
                "shells",
                "average over rings",
                x="spatial frequency (cycles/pixel)",
                y="amplitude",
                x_range=(0, 0.5),
                logarithmic="y",
            ),
            Table("numbers", "what you bought", columns=("quantity", "value")),
        ],
        controls=[
            Slider(
                "magnification", "magnification", 20000, 120000, 40000, 0.005, unit="×", logarithmic=True, playable=True
            )
        ],
        caption="Pixels of 5 µm on the camera. Watch the mark of 10 Å walk through the spectrum.",
    )
    magnify
    return (magnify,)


@app.cell
def _(assembly):
    atoms = assembly().atoms
    return (atoms,)


@app.cell
def _(
    BOX,
    Curve,
    Mark,
    Pixels,
    atoms,
    ft,
    logarithm,
    magnify,
    np,
    power_spectrum,
    projected_potential,
    shell_frequencies,
):
    _pixel = 50_000.0 / magnify.settings.magnification
    _seen = projected_potential(atoms, (BOX, BOX), _pixel)
    _rings = np.sqrt(power_spectrum(_seen, 2))
    _frequency = shell_frequencies((BOX, BOX))
    _kept = (_frequency > 0) & (_frequency <= 0.5)
    _marks = [Mark(_pixel / d, f"{d} Å") for d in (40, 20, 10, 5, 3) if _pixel / d <= 0.5]
    magnify.draw(
        camera=Pixels(_seen, pixel_size=_pixel),
        spectrum=Pixels(logarithm(ft(_seen, 2)), pixel_size=1 / (BOX * _pixel), pixel_unit="1/Å"),
        shells=[Curve(_frequency[_kept], _rings[_kept], "amplitude"), *_marks],
        numbers=[
            ("pixel (Å)", _pixel),
            ("finest detail, Nyquist (Å)", 2 * _pixel),
            ("field (Å)", BOX * _pixel),
            ("bin (1/Å)", 1 / (BOX * _pixel)),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** The nominal magnification on the microscope's screen is off by some per cent. A pixel size wrong by 2 % makes every Å wrong by 2 %, and
    a wrong map looks perfectly fine until you fit a model.

    **Where it is in the packages.** `rlnImagePixelSize`, `blob/psize_A`, and the voxel size in an MRC header all say the same thing. They disagree
    more often than you would like.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A box has only so many bins, and you should be able to count them

    A box of $N$ pixels of size $p$ has length $L = Np$. The waves that fit are $0, 1, 2, \ldots$ per box, so the bins are $1/L$ apart, and
    bin $k$ covers frequencies from $k/L$ up to, but not including, $(k + 1)/L$: lengths from $L/k$ down to $L/(k + 1)$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Box 128 Å. How many bins lie between 10 and 5 Å, and how many between 5 and 2.5 Å?",
        ["The same number: one octave each", "About 13 and 26", "About 26 and 13"],
        r"13 and 26, counting bins whose lower edge lies in the range. An octave of resolution is always *twice* as many bins, and in three dimensions "
        r"eight times the coefficients. Most of what you compute is near the resolution limit.",
    )
    return


@app.cell
def _(Plot, Slider, Table, figure):
    bins = figure(
        "bins",
        panels=[
            Plot("ruler", "lower edges of the bins", x="spatial frequency (1/Å)", y="bin k"),
            Table("counts", "how many bins are in the range", columns=("rule", "bins", "from", "to")),
            Table(
                "bins_table", "first and last bins", columns=("bin", "lower edge (1/Å)", "longest (Å)", "shortest (Å)")
            ),
        ],
        controls=[
            Slider("box", "box", 32, 512, 128, 2, unit="pixels"),
            Slider("pixel_angstrom", "pixel", 0.5, 5.0, 1.0, 0.05, unit="Å"),
            Slider("longest_angstrom", "range from", 2, 40, 10, 0.1, unit="Å"),
            Slider("shortest_angstrom", "to", 2, 40, 5, 0.1, unit="Å"),
        ],
        caption="Three honest rules give three counts. Set 5 to 2.5 Å next. Then make the pixel 1.4 Å: what happened to the range?",
    )
    bins
    return (bins,)


@app.cell
def _(Curve, Mark, bins, np):
    _n, _p = round(bins.settings.box), bins.settings.pixel_angstrom
    _length = _n * _p
    _low, _high = sorted((1 / bins.settings.longest_angstrom, 1 / bins.settings.shortest_angstrom))
    _index = np.arange(_n // 2 + 1)
    _edge = _index / _length
    _next = (_index + 1) / _length
    _rules = {
        "lower edge inside": (_edge >= _low - 1e-12) & (_edge < _high - 1e-12),
        "whole bin inside": (_edge >= _low - 1e-12) & (_next <= _high + 1e-12),
        "any part inside": (_next > _low + 1e-12) & (_edge < _high - 1e-12),
    }
    _inside = _rules["lower edge inside"]
    bins.draw(
        ruler=[
            Curve(_edge, _index, "all bins", "points"),
            Curve(_edge[_inside], _index[_inside], "lower edge inside", "bars"),
            Mark(_low, f"{1 / _low:.3g} Å"),
            Mark(_high, f"{1 / _high:.3g} Å"),
            Mark(0.5 / _p, f"Nyquist {2 * _p:.3g} Å"),
        ],
        counts=[
            (
                rule,
                int(chosen.sum()),
                *((int(_index[chosen][0]), int(_index[chosen][-1])) if chosen.any() else ("–", "–")),
            )
            for rule, chosen in _rules.items()
        ],
        bins_table=[
            (f"{k}", k / _length, "∞" if k == 0 else _length / k, _length / (k + 1))
            for k in (0, 1, 2, 3, _n // 2 - 2, _n // 2 - 1)
        ],
    )
    return


@app.cell
def _(frequencies, see_the_code):
    see_the_code(frequencies)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** For 128 Å: the spacing is 0.0078 1/Å. Bin 1 spans 128 to 64 Å, bin 2 64 to 42.7 Å; the last before Nyquist 2.03 to 2.00 Å.
    Low resolution is coarse: there is *nothing between* 128 and 64 Å but one number.

    **Why three rules?** 10 Å is 12.8 bins, not a whole number. Counting *lower edges* in the half-open range gives 13 and 26 and has one great virtue:
    neighbouring ranges never count a bin twice or miss one. *Whole bins* inside gives 12 and 25, *any overlap* 14 and 27. All are right, none is
    without its rule. An FSC curve whose shells are *rounded* to the nearest integer differs from all by half a bin.

    **What goes wrong.** Beyond Nyquist there are no bins at all: a box with 1.4 Å pixels has nothing finer than 2.8 Å.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Draw on the spectrum, and you have made a filter

    A picture's spectrum is a picture too. Low frequencies in the middle, fine detail outside; a direction in the picture is the *same* direction in the
    spectrum. Paint, and see what those waves carried.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You erase everything but a thin ring. What is left of the picture?",
        ["A ring", "A faint version, only edges", "Ripples of one size everywhere the picture had detail of that size"],
        r"Ripples of one wavelength, in all directions. A ring in the spectrum is a choice of *scale*, not of place. A wedge is a "
        r"choice of direction, a pair of spots a single wave.",
    )
    return


@app.cell
def _(Choice, Image, Slider, figure, pictures):
    painter = figure(
        "painter",
        panels=[
            Image("before", "the picture"),
            Image("spectrum", "its spectrum: paint here", unit="log₁₀", colours="map", interaction="paint"),
            Image("after", "what those waves make"),
        ],
        controls=[
            Choice("picture", "picture", tuple(pictures), "protein complex"),
            Choice(
                "start",
                "start with",
                ("everything", "middle only", "all but the middle", "a ring", "a wedge"),
                "middle only",
            ),
            Choice("brush", "the brush", ("brings back", "erases"), "brings back"),
            Slider("radius", "radius of the middle or ring", 3, 60, 12, 1, unit="bins"),
        ],
        caption="Waves come in pairs: what you do at k is done at −k as well, so that the picture stays real.",
    )
    painter
    return (painter,)


@app.cell
def _(
    BOX,
    Pixels,
    frequency_radius,
    ift,
    logarithm,
    np,
    painter,
    pictures,
    spectra,
):
    _s = painter.settings
    _radius = frequency_radius((BOX, BOX)) * BOX
    _y, _x = np.mgrid[:BOX, :BOX] - BOX // 2
    _mask = {
        "everything": _radius >= 0,
        "middle only": _radius <= _s.radius,
        "all but the middle": _radius > _s.radius,
        "a ring": np.abs(_radius - _s.radius) <= 1.5,
        "a wedge": np.abs(_y) >= np.abs(_x),
    }[_s.start]
    _dabs = np.array(_s.spectrum, np.float32).reshape(-1, 3)
    _across = (np.arange(BOX) - _dabs[:, :1]) ** 2, (np.arange(BOX) - _dabs[:, 1:2]) ** 2
    _painted = (_across[1][:, :, None] + _across[0][:, None, :] <= _dabs[:, 2, None, None] ** 2).any(axis=0)
    _painted |= np.roll(_painted[::-1, ::-1], 1, axis=(0, 1))
    _mask = _mask | _painted if _s.brush == "brings back" else _mask & ~_painted
    _shown = logarithm(spectra[_s.picture])
    painter.draw(
        before=pictures[_s.picture],
        spectrum=Pixels(np.where(_mask, _shown, _shown.min() - 0.8), limits=(_shown.min() - 0.8, _shown.max())),
        after=ift(spectra[_s.picture] * _mask, 2).real,
    )
    return


@app.cell
def _(ft, see_the_code):
    see_the_code(ft)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** A filter is a multiplication in Fourier space: $g = \mathcal F^{-1}[H\,\mathcal F f]$. "Middle only" is a low-pass, the
    opposite a high-pass; a lens out of focus is a filter with rings of both signs ([topic 4](/meetings/04-phase-contrast/blur/)).

    **What goes wrong.** A hard edge rings, as it did with the square wave. Use a soft one. And erase one spot of a pair in your own code without its partner, and the
    picture turns complex.

    **Where it is in the packages.** `relion_image_handler --lowpass`, cryoSPARC's filter jobs, EMAN2's `filter.lowpass.gauss`: all this multiplication.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Phases carry where things are; amplitudes only how much of each size
    """)
    return


@app.cell
def _(predict):
    predict(
        "Take the amplitudes of the protein and the phases of the star, and transform back. What do you see?",
        ["The protein", "The star", "Half of each"],
        r"The star. Edges are places where many waves meet in step, and that is a matter of phase. This is why crystallographers have a phase *problem* and why a "
        r"cryo-EM image, which keeps phases, is so precious. (It is also why bias is easy: the phases of a reference will show, whatever "
        r"the amplitudes of your data.)",
    )
    return


@app.cell
def _(Choice, Image, Slider, Table, figure, pictures):
    swap = figure(
        "swap",
        panels=[
            Image("first", "A"),
            Image("second", "B"),
            Image("mixed", "amplitudes of A, phases of B"),
            Image("reverse", "amplitudes of B, phases of A"),
            Table("likeness", "correlation with", columns=("picture", "A", "B")),
        ],
        controls=[
            Choice("a", "A", tuple(pictures), "protein complex"),
            Choice("b", "B", tuple(pictures), "star"),
            Slider("share", "how much is exchanged", 0, 1, 1, 0.02, playable=True),
        ],
        caption="Slide the exchange from 0 to 1: the pictures change places as the phases do.",
    )
    swap
    return (swap,)


@app.cell
def _(ift, np, pictures, spectra, swap):
    _a, _b = spectra[swap.settings.a], spectra[swap.settings.b]
    _share = swap.settings.share

    def _mixture(amplitude, own, other):
        """One spectrum's amplitudes, with phases turned by a share of the way, the shorter one, from its own to the other's."""
        turn = np.angle(other * np.conj(own))
        return ift(np.abs(amplitude) * np.exp(1j * (np.angle(own) + _share * turn)), 2).real

    _mixed, _reverse = _mixture(_a, _a, _b), _mixture(_b, _b, _a)
    _first, _second = pictures[swap.settings.a], pictures[swap.settings.b]
    _like = [
        (name, *(float(np.corrcoef(image.ravel(), reference.ravel())[0, 1]) for reference in (_first, _second)))
        for name, image in (("amplitudes of A, phases of B", _mixed), ("amplitudes of B, phases of A", _reverse))
    ]
    swap.draw(first=_first, second=_second, mixed=_mixed, reverse=_reverse, likeness=_like)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## To move a picture, turn its arrows

    The most useful property of all: shift a signal by $x_0$ and every arrow turns by an angle proportional to its frequency,

    $$f(x - x_0) \;\leftrightarrow\; F(k)\, e^{-2\pi i k x_0} .$$

    Lengths stay. A wave that fits twice as often turns twice as far.
    """)
    return


@app.cell
def _(Button, Plot, Slider, figure):
    shift = figure(
        "shift",
        panels=[
            Plot("space", "the signal", x="x (Å)", y="f(x)", x_range=(-32, 32), y_range=(-0.1, 1.1)),
            Plot("amplitude", "amplitude", x="k (1/Å)", y="|F(k)|", x_range=(-0.2, 0.2)),
            Plot("phase", "phase", x="k (1/Å)", y="angle (°)", x_range=(-0.2, 0.2), y_range=(-190, 190)),
        ],
        controls=[
            Slider("shift_angstrom", "shift", -20, 20, 4, 0.25, unit="Å", playable=True),
            Button("again", "another signal"),
        ],
        caption="The slope of the phase is the shift. The amplitude does not move at all.",
    )
    shift
    return (shift,)


@app.cell
def _(Curve, frequencies, ft, np, positions, shift):
    _rng = np.random.default_rng(shift.settings.again)
    _places, _sizes = _rng.uniform(-5, 5, 3), _rng.uniform(0.4, 1.0, 3)
    _x, _k = positions(128, 0.5), frequencies(128, 0.5)

    def _blobs(offset):
        """Three Gaussian blobs, moved."""
        return np.sum(_sizes[:, None] * np.exp(-(((_x - offset - _places[:, None]) / 2.0) ** 2)), axis=0) / 2

    _moved, _still = ft(_blobs(shift.settings.shift_angstrom), 1), ft(_blobs(0.0), 1)
    _low = np.abs(_k) < 0.2
    shift.draw(
        space=[
            Curve(_x, _blobs(shift.settings.shift_angstrom), "shifted"),
            Curve(_x, _blobs(0.0), "at rest", "dashed"),
        ],
        amplitude=[Curve(_k[_low], np.abs(_moved[_low]), "|F|")],
        phase=[Curve(_k[_low], np.degrees(np.angle(_moved[_low] / _still[_low])), "turned by", "points")],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Particles are centred this way, by fractions of a pixel and without blur. The four properties (linearity, scaling, shift, convolution) are derived step by
    step in the [problems](/meetings/02-fourier-transform/blur/), and sharpen asks [what a computer makes of
    them](/meetings/02-fourier-transform/sharpen/).

    **What goes wrong.** The sign. Programs differ in $e^{-2\pi i k x}$ or $e^{+2\pi i k x}$ for the forward transform; ours, NumPy's and FFTW's is minus. And shifts given as "origin
    offsets" (RELION) move the *other* way from shifts of the picture.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## One question to take along

    Two pictures have exactly the same amplitude spectrum. **Which three different things may have been done to one to make the other, and which of the three could you undo without knowing
    the original?** Then try [the problems](/meetings/02-fourier-transform/blur/).
    """)
    return


if __name__ == "__main__":
    app.run()
