import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.fourier import frequency_radius
    from vitreous.optics import Defocus, Lens, ctf, ctf_1d
    from vitreous.study.figures import Curve, Image, Plot, Slider, figure, predict, see_the_code

    return (
        Curve,
        Defocus,
        Image,
        Lens,
        Plot,
        Slider,
        ctf,
        ctf_1d,
        figure,
        frequency_radius,
        mo,
        np,
        predict,
        see_the_code,
    )


@app.cell
def _(mo):
    mo.md(r"""# Phase contrast

    **A lens out of focus is a filter that you can draw.**""")
    return


@app.cell
def _(Image, Plot, Slider, figure):
    rings = figure(
        "rings",
        panels=[
            Image("picture", "the transfer in two dimensions", colours="signed"),
            Plot("profile", "along a radius", x="spatial frequency (1/Å)", y="CTF", y_range=(-1, 1)),
        ],
        controls=[Slider("defocus_um", "defocus", 0.2, 4.0, 1.0, 0.01, unit="µm")],
        caption="Drag the defocus: the rings crowd together.",
    )
    rings
    return (rings,)


@app.cell
def _(Curve, Defocus, Lens, ctf, ctf_1d, np, rings):
    _lens = Lens(voltage_kv=300.0, spherical_aberration_mm=2.7, amplitude_contrast=0.1)
    _defocus = Defocus.round(rings.settings.defocus_um * 1e4)
    _k = np.linspace(0, 0.25, 400)
    rings.draw(
        picture=ctf((256, 256), 2.0, _defocus, _lens, half=False),
        profile=[Curve(_k, ctf_1d(_k, _defocus, _lens), "CTF")],
    )
    return


@app.cell
def _(ctf_1d, see_the_code):
    see_the_code(ctf_1d)
    return


if __name__ == "__main__":
    app.run()
