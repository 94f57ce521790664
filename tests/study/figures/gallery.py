"""A practical that shows every panel and every control once: what the tests of the figures play with."""

# ruff: noqa: B018  # the last expression of a cell is what it shows
import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.optics import ctf_1d
    from vitreous.study import figures as fig

    return ctf_1d, fig, mo, np


@app.cell
def _(mo):
    mo.md(r"""# Every figure

    **A claim in one sentence, as a practical opens with.** Text around it with a formula, $\chi = \pi\lambda k^2 z$:

    $$\operatorname{CTF}(k) = -\sin\left(\pi\lambda k^2 z - \tfrac{\pi}{2} C_s \lambda^3 k^4 +
    \arcsin w + \text{a term that is much too long for a telephone}\right)$$

    ## Waves travel

    | knob | what it does |
    |---|---|
    | frequency | waves crowd together |
    | angle | waves turn |""")
    return


@app.cell
def _(fig):
    fig.predict(
        "What happens to the peaks when the waves turn?", ["They turn too", "They stay"], "They **turn too**: $F(Rk)$."
    )
    return


@app.cell
def _(fig):
    waves = fig.figure(
        "waves",
        panels=[
            fig.Image("picture", "Waves", unit="e/Å²", interaction="pick"),
            fig.Plot("profile", "Along the middle row", x="position (Å)", y="density (e/Å²)"),
        ],
        controls=[
            fig.Slider("frequency", "frequency", 1.0, 40.0, 6.0, 0.5, unit="cycles", playable=True),
            fig.Slider("angle_deg", "angle", -90.0, 90.0, 30.0, 1.0, unit="°"),
            fig.Slider("noise", "noise", 0.01, 10.0, 0.1, 0.01, logarithmic=True),
            fig.Switch("squared", "squared"),
            fig.Choice("kind", "kind", ("cosine", "sine", "square"), "cosine"),
            fig.Choice("size", "size", ("64", "96", "128", "192", "256"), "256"),
            fig.Button("seed", "New noise"),
        ],
        caption="Turn the waves and make them shorter; pick a pixel to read it.",
    )
    waves
    return (waves,)


@app.cell
def _(fig, np, waves):
    _set = waves.settings
    _n = int(_set.size)
    _x = (np.arange(_n) - _n // 2) / _n
    _angle = np.deg2rad(_set.angle_deg)
    _phase = 2 * np.pi * _set.frequency * (np.cos(_angle) * _x[None, :] + np.sin(_angle) * _x[:, None])
    _wave = {"cosine": np.cos, "sine": np.sin, "square": lambda p: np.sign(np.cos(p))}[_set.kind](_phase)
    _picture = (_wave**2 if _set.squared else _wave) + _set.noise * np.random.default_rng(_set.seed).normal(
        size=(_n, _n)
    )
    _picked = int(_set.picture[1]) if _set.picture else _n // 2
    waves.draw(
        picture=fig.Pixels(_picture, pixel_size=2.0),
        profile=[
            fig.Curve(2.0 * _n * _x, _picture[_picked], "with noise"),
            fig.Curve(2.0 * _n * _x, _wave[_picked], "without", "dashed"),
            fig.Mark(0.0, "origin"),
        ],
    )
    return


@app.cell
def _(fig):
    maps = fig.figure(
        "maps",
        panels=[
            fig.Image("height", "Height", unit="nm", colours="map"),
            fig.Image("angle", "Phase", colours="phase"),
            fig.Image("sign", "Difference", colours="signed", interaction="paint"),
        ],
        caption="Paint on the difference.",
    )
    maps
    return (maps,)


@app.cell
def _(maps, np):
    _y, _x = np.mgrid[-1:1:65j, -1:1:65j]
    _height = np.exp(-4 * (_x**2 + _y**2))
    _painted = np.zeros((65, 65))
    for _px, _py, _r in maps.settings.sign:
        _painted += np.hypot(*(np.mgrid[:65, :65] - np.array([_py, _px])[:, None, None])) < _r
    maps.draw(height=_height, angle=np.rad2deg(np.arctan2(_y, _x)), sign=_x * _height * 3 + _painted)
    return


@app.cell
def _(fig):
    plots = fig.figure(
        "plots",
        panels=[
            fig.Plot(
                "plane",
                "Complex plane",
                x="real",
                y="imaginary",
                x_range=(-2, 2),
                y_range=(-2, 2),
                equal=True,
                handle=(1.0, 0.5),
            ),
            fig.Plot("decay", "Fall-off", x="frequency (1/Å)", y="power", logarithmic="xy"),
            fig.Plot("styles", "Styles", x="bin", y="count"),
        ],
        caption="Drag the point: the chain of phasors ends there.",
    )
    plots
    return (plots,)


@app.cell
def _(ctf_1d, fig, np, plots):
    _x, _y = plots.settings.plane
    _k = np.geomspace(1e-3, 0.5, 200)
    _bins = np.arange(12.0)
    plots.draw(
        plane=[fig.Curve([0, 1, _x], [0, 0, _y], "chain", "arrows"), fig.Curve([0, _x], [0, _y], "sum", "arrows")],
        decay=[
            fig.Curve(_k, 1 / (1 + (_k / 0.02) ** 2), "signal"),
            fig.Curve(_k, 0.05 + 0 * _k, "noise"),
            fig.Curve(_k, 1e-4 / _k, "other"),
            fig.Mark(0.02, "corner"),
            fig.Mark(0.03, "another mark"),
        ],
        styles=[
            fig.Curve(_bins, 5 + 4 * np.sin(_bins), "bars", "bars"),
            fig.Curve(_bins, 3 + np.cos(_bins), "area", "area"),
            fig.Curve(_bins, np.where(_bins == 5, np.nan, 8 - _bins / 4), "points", "points"),
            fig.Curve(_bins, np.where(_bins == 5, np.nan, 9 - _bins / 4), "line"),
        ],
    )
    return


@app.cell
def _(fig):
    solids = fig.figure(
        "solids",
        panels=[
            fig.Scene("body", "A body that turns", turns="body", sphere=True),
            fig.Scene("dots", "Directions", sphere=False),
            fig.Volume("map", "Density", unit="σ"),
        ],
        controls=[fig.Slider("count", "directions", 10, 2000, 300, 0.1, logarithmic=True)],
        caption="Drag the body, the view and the map.",
    )
    solids
    return (solids,)


@app.cell
def _(fig, np, solids):
    _n = int(solids.settings.count)
    _i = np.arange(_n) + 0.5
    _z, _a = 1 - 2 * _i / _n, np.pi * (1 + 5**0.5) * _i
    _points = np.stack([np.sqrt(1 - _z**2) * np.cos(_a), np.sqrt(1 - _z**2) * np.sin(_a), _z], -1)
    _g = np.mgrid[-1:1:64j, -1:1:64j, -1:1:64j]
    _map = np.exp(-20 * ((np.hypot(_g[1], _g[2]) - 0.6) ** 2 + _g[0] ** 2)) + np.exp(-30 * (_g**2).sum(0))
    _turn = np.linspace(0, 2 * np.pi, 60)
    solids.draw(
        body=[
            *[
                fig.Arrow(axis, label, series=k + 1, body=True)
                for k, (axis, label) in enumerate(zip(np.eye(3), "xyz", strict=True))
            ],
            fig.Path(np.stack([np.cos(_turn), np.sin(_turn), 0 * _turn], -1), "equator", series=4, dashed=True),
        ],
        dots=[fig.Dots(_points, "directions", values=_z), fig.Arrow((0, 0, 1.2), "z", series=2)],
        map=_map,
    )
    return


@app.cell
def _(fig):
    words = fig.figure(
        "words",
        panels=[fig.Table("rows", "Packages", ("package", "sign", "σ")), fig.Sound("tone", "A tone of 440 Hz")],
        caption="Read, and listen.",
    )
    words
    return (words,)


@app.cell
def _(np, words):
    _t = np.arange(8000) / 16000
    words.draw(
        rows=[["one", "+", 1.25], ["two, and more", "−", -0.5]],
        tone=(np.sin(2 * np.pi * 440 * _t) * np.exp(-6 * _t), 16000),
    )
    return


@app.cell
def _(ctf_1d, fig):
    fig.see_the_code(ctf_1d)
    return


if __name__ == "__main__":
    app.run()
