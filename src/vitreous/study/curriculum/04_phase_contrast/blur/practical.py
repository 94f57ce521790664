import marimo

app = marimo.App(
    width="medium",
    app_title="Phase contrast in the electron microscope",
)

with app.setup:
    from functools import cache

    import marimo as mo
    import numpy as np

    from vitreous.detector import DIRECT, IDEAL, K2_300KV, quantum_filter
    from vitreous.fourier import (
        b_factor_decay,
        band_pass,
        crop_box,
        filter_image,
        frc,
        frequency_grid,
        frequency_radius,
        gaussian_blur,
        shell_frequencies,
    )
    from vitreous.optics import (
        Defocus,
        Lens,
        ThonSearch,
        ThonSpectrum,
        ctf,
        ctf_1d,
        ctf_multiply,
        ctf_phase_at,
        ctf_zeros,
        delocalisation_angstrom,
        drift_envelope,
        fit_spectrum,
        focal_spread_sigma_angstrom,
        micrograph_spectrum,
        phase_flip,
        required_box,
        ring_picture,
        ring_profile,
        sigma_from_fwhm,
        spatial_envelope,
        temporal_envelope,
        thickness_envelope,
        wavelength_angstrom,
        wiener_correct,
    )
    from vitreous.projection import project_atoms
    from vitreous.rotations import relion_to_matrix
    from vitreous.specimen import assembly, point, siemens_star
    from vitreous.study.figures import (
        Button,
        Choice,
        Curve,
        Image,
        Mark,
        Pixels,
        Plot,
        Slider,
        Switch,
        Table,
        figure,
        predict,
        see_the_code,
    )


@app.function
@cache
def specimen(kind, box, pixel_angstrom):
    """A star of 36 spokes or a protein of 52 kDa, scaled to a standard deviation of 1."""
    if kind == "star":
        values = siemens_star((box, box), 36, 0.43 * box)
    else:
        values = project_atoms(assembly().atoms, relion_to_matrix([40.0, 70.0, 0.0]), (box, box), pixel_angstrom)
    return ((values - values.mean()) / values.std()).astype(np.float32)


@app.function
def quick_ctf(box, pixel_angstrom, defocus, lens, half=True):
    """The engine's CTF in single precision, which takes its compiled path."""
    values = (defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg, defocus.phase_shift_deg)
    return ctf((box, box), np.float32(pixel_angstrom), Defocus(*map(np.float32, values)), lens, half=half)


@app.cell
def _():
    mo.md(r"""
    # Phase contrast in the electron microscope

    **A protein in ice absorbs almost no electrons. What you see in a micrograph is made by the lens: out of focus it is a
    filter that you can draw, and it decides, one size of detail after another, how strong it appears and whether dark or
    bright.**

    The curve of that filter is the *contrast transfer function*, the CTF. Everything on this page is one curve: you will
    turn each of its knobs, see it in a test pattern, in a protein and in the rings of a power spectrum, misjudge it on
    purpose, and take it out again. The other way through the topic, for tilted and thick specimens, is the
    [sharpen stream](/meetings/04-phase-contrast/sharpen/).
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Each size of detail has its own contrast

    The star below is a ruler. At the rim its 36 spokes are 23 Å apart, near the centre 3 Å: a *radius* in the star is a
    *spatial frequency* $k$, the number of spokes in an ångström.
    """)
    return


@app.cell
def _():
    predict(
        "You defocus the star by 1 µm. What happens to the spokes?",
        [
            "All become softer, the finest most",
            "Rings appear on which the spokes vanish; between them they change places",
            "The fine ones stay, the coarse ones vanish",
        ],
        "Rings, and on every second band the dark spokes are bright. Follow one spoke from the rim inwards: at each ring "
        "it fades to grey and comes back with the *opposite* sign. A blur would only weaken it. This is no blur: it is a "
        "filter that changes its sign.",
    )
    return


@app.cell
def _():
    star = figure(
        "star",
        panels=[
            Image("picture", "the object through the lens"),
            Plot("curve", "the CTF", x="spatial frequency (1/Å)", y="CTF", y_range=(-1.05, 1.05)),
        ],
        controls=[
            Slider("defocus_um", "underfocus", -2.0, 4.0, 1.0, 0.02, unit="µm", playable=True),
            Choice("object", "object", ("star", "protein"), "star"),
        ],
        caption="Drag the defocus through 0 and watch the grey rings move. They stand where the curve crosses zero.",
    )
    star
    return (star,)


@app.cell
def _(star):
    _lens, _defocus = Lens(300.0, 2.7, 0.07), Defocus.round(1e4 * star.settings.defocus_um)
    _object, _k = specimen(star.settings.object, 256, 1.2), np.linspace(0, 0.25, 500)
    _image = filter_image(_object, quick_ctf(256, 1.2, _defocus, _lens), 2)
    _zeros = ctf_zeros(3, max(_defocus.u_angstrom, 1.0), _lens)
    star.draw(
        picture=Pixels(_image, limits=(-2.0, 2.0), pixel_size=1.2),
        curve=[
            Curve(_k, ctf_1d(_k, _defocus, _lens), "CTF"),
            *[Mark(float(k), f"{1 / k:.1f} Å") for k in _zeros if k < 0.25],
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What you saw.** Electrons that the specimen scatters run beside those that it does not. The lens delays
    the scattered ones by an angle $\chi(k)$ that grows with $k$, and only where the delay turns their phase towards that
    of the unscattered beam does the intensity change:

    $$\mathrm{CTF}(k) = -\sin\chi(k),\qquad
    \chi(k) = \pi\lambda\,\Delta f\,k^2 \;-\; \tfrac{\pi}{2}C_s\lambda^3k^4 \;+\; \varphi \;+\; \arcsin a .$$

    $\lambda$ is the electrons' wavelength (0.0197 Å at 300 kV), $\Delta f$ the underfocus, $C_s$ the spherical aberration,
    $\varphi$ the shift of a phase plate, $a$ the fraction of amplitude contrast. The sign is that of the microscope: with
    underfocus a protein is dark. Zeros stand where $\chi$ is a whole multiple of $\pi$.

    **What goes wrong.** What lies on a zero is *gone* from this image: no program brings it back. Several images at
    different defoci, whose zeros lie elsewhere, do.

    **Where it is in the packages.** CTFFIND, Gctf and cryoSPARC's patch CTF fit $\Delta f$; RELION, cryoSPARC and
    cryoDRGN use it in every comparison of a particle with a map. RELION inverts its images (protein white) and its CTF
    is $+\sin\chi$: same physics, other sign.
    """)
    return


@app.cell
def _():
    see_the_code(ctf_1d)
    return


@app.cell
def _():
    mo.md(r"""
    ## Every knob of the microscope moves this one curve

    Here is the whole bench. Left the object through the lens, in the middle the transfer in two dimensions, right along
    the direction of the larger defocus. **Keep** holds the present curve, dashed, so that you can compare settings.
    """)
    return


@app.cell
def _():
    predict(
        "Which knob changes where the zeros are, without dimming anything?",
        ["The B factor", "The voltage", "The energy spread", "The thickness"],
        "The voltage: it sets λ, which stands in χ. B factor, energy spread, convergence, drift, thickness and detector "
        "multiply the sine by a number below one. They are *envelopes*: they say how much is left, never where it "
        "vanishes.",
    )
    return


@app.cell
def _():
    bench = figure(
        "bench",
        panels=[
            Image("picture", "the object through the lens"),
            Image("plane", "the transfer in the plane", colours="signed"),
            Plot("curve", "along the larger defocus", x="spatial frequency (1/Å)", y="transfer", y_range=(-1.05, 1.05)),
        ],
        controls=[
            Choice("object", "object", ("star", "protein"), "star"),
            Choice("shown", "shown", ("CTF", "|CTF|", "CTF²"), "CTF"),
            Slider("defocus_um", "mean underfocus", -1.0, 5.0, 1.2, 0.01, unit="µm", playable=True),
            Slider("astigmatism_nm", "astigmatism U − V", 0, 600, 0, 5, unit="nm"),
            Slider("angle_deg", "angle of U", -90, 90, 30, 1, unit="°"),
            Slider("voltage_kv", "voltage", 60, 300, 300, 5, unit="kV"),
            Slider("cs_mm", "spherical aberration", 0.0, 5.0, 2.7, 0.05, unit="mm"),
            Slider("amplitude", "amplitude contrast", 0.0, 1.0, 0.07, 0.01),
            Slider("shift_deg", "phase plate", 0, 180, 0, 1, unit="°"),
            Slider("pixel_angstrom", "pixel size", 0.5, 4.0, 1.8, 0.05, unit="Å"),
            Choice("box", "box", ("64", "128", "256"), "256"),
            Slider("b_angstrom2", "B factor", -100, 400, 0, 5, unit="Å²"),
            Slider("spread_ev", "energy spread (FWHM)", 0.0, 5.0, 0.7, 0.1, unit="eV"),
            Slider("divergence_mrad", "convergence (σ)", 0.0, 0.5, 0.02, 0.005, unit="mrad"),
            Slider("thickness_nm", "thickness", 0, 300, 0, 5, unit="nm"),
            Slider("drift_angstrom", "drift along x", 0.0, 10.0, 0.0, 0.1, unit="Å"),
            Choice("detector", "detector", ("perfect", "square pixels", "counting (K2)"), "perfect"),
            Button("keep", "Keep this curve"),
            Button("clear", "Clear"),
        ],
        caption="Turn one knob at a time. The chromatic aberration is 2.7 mm; the detector is drawn as √DQE.",
    )
    kept = {"keep": 0, "clear": 0, "curves": []}
    bench
    return bench, kept


@app.function
def envelope(frequency_xy, defocus, lens, knobs):
    """All that dims the transfer, multiplied: what the bench's knobs say of source, specimen, stage and camera."""
    radius = np.hypot(frequency_xy[..., 0], frequency_xy[..., 1])
    focal_spread = focal_spread_sigma_angstrom(lens.voltage_kv, 2.7, sigma_from_fwhm(knobs.spread_ev))
    camera = {"perfect": IDEAL, "square pixels": DIRECT, "counting (K2)": K2_300KV}[knobs.detector]
    return (
        temporal_envelope(radius, focal_spread, lens.voltage_kv)
        * spatial_envelope(frequency_xy, defocus, lens, knobs.divergence_mrad)
        * thickness_envelope(radius, 10.0 * knobs.thickness_nm, lens.voltage_kv)
        * drift_envelope(frequency_xy, (knobs.drift_angstrom, 0.0))
        * b_factor_decay(radius, knobs.b_angstrom2)
        * quantum_filter(camera, frequency_xy * knobs.pixel_angstrom)
    )


@app.cell
def _(bench, kept):
    _s, _n = bench.settings, int(bench.settings.box)
    _lens = Lens(_s.voltage_kv, _s.cs_mm, _s.amplitude)
    _mean, _half = 1e4 * _s.defocus_um, 5.0 * _s.astigmatism_nm
    _defocus = Defocus(_mean + _half, _mean - _half, _s.angle_deg, _s.shift_deg)
    _shape = {"CTF": lambda x: x, "|CTF|": np.abs, "CTF²": np.square}[_s.shown]
    _grid = frequency_grid((_n, _n), np.float32(_s.pixel_angstrom), half=True)
    _half_plane = quick_ctf(_n, _s.pixel_angstrom, _defocus, _lens) * envelope(_grid, _defocus, _lens, _s)
    _picture = filter_image(specimen(_s.object, _n, _s.pixel_angstrom), _half_plane.astype(np.float32), 2)
    _plane = np.concatenate([_half_plane[:0:-1, :0:-1], _half_plane[1:]], axis=1)
    _k = np.linspace(0, 0.5 / _s.pixel_angstrom, 700)
    _direction = np.deg2rad(_s.angle_deg)
    _line = np.stack([_k * np.cos(_direction), _k * np.sin(_direction)], axis=-1)
    _dim = envelope(_line, _defocus, _lens, _s)
    _now = _shape(ctf_1d(_k, _defocus, _lens, azimuth_deg=_s.angle_deg) * _dim)
    if _s.clear != kept["clear"]:
        kept.update(clear=_s.clear, curves=[])
    if _s.keep > kept["keep"]:
        kept["curves"] = [
            *kept["curves"],
            Curve(_k, _now, f"kept: {_s.defocus_um:g} µm, {_s.voltage_kv:g} kV", "dashed"),
        ][-4:]
    kept["keep"] = _s.keep
    bench.draw(
        picture=Pixels(_picture, pixel_size=_s.pixel_angstrom),
        plane=Pixels(_shape(_plane), limits=(-1.0, 1.0), pixel_size=1 / (_n * _s.pixel_angstrom), pixel_unit="1/Å"),
        curve=[Curve(_k, _now, "now"), Curve(_k, _shape(_dim), "envelope", "dashed"), *kept["curves"]],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What to try.**

    - *Voltage* from 300 to 100 kV: λ nearly doubles, and the zeros move in by $\sqrt{0.0370/0.0197} \approx 1.4$.
    - *Phase plate* 90° at no defocus: contrast down to the coarsest detail, no oscillation. In 2D, *astigmatism*
      turns circles into ellipses, and beyond $U - V > 2\Delta f$ into hyperbolas: overfocus one way, underfocus the other.
    - *Convergence* at 4 µm: what dims here depends on the defocus, because tilted illumination shifts the image by
      an amount that grows with it. A field-emission gun has 0.01–0.05 mrad: little at 1 µm.
    - *Box* 64 with 4 µm: the rings in the plane no longer follow the curve. Samples stand $1/(n\,p)$ apart, too far
      for an oscillation that fast (more in *delocalisation*, below).
    - *Thickness* 200 nm: the top and the bottom of the ice are at different defoci, and their average fades.

    **What goes wrong.** Widths. A full width at half maximum is 2.35 σ, a "1/e width" 1.41 σ; two programs that both say
    "energy spread 0.7 eV" may disagree by that. Here names say σ or FWHM, always.
    """)
    return


@app.cell
def _():
    see_the_code(spatial_envelope)
    return


@app.cell
def _():
    mo.md(r"""
    ## Underfocus and overfocus are not mirror images

    At $-\Delta f$ the phase term of $\chi$ changes its sign; the amplitude term does not, and neither does $C_s$.
    """)
    return


@app.cell
def _():
    predict(
        "A protein at 1 µm underfocus is dark. At 1 µm overfocus it is …",
        ["dark too, a little weaker", "bright, with a dark core at the coarsest detail", "invisible"],
        "Bright: the defocus term dominates all but the lowest frequencies. There only the amplitude contrast is left, "
        "and it stays dark. Somewhere between them the two cancel: overfocus has a zero *before* its first bright band. "
        "In underfocus both work together from the start, and that is one reason why everyone uses it.",
    )
    return


@app.cell
def _():
    sides = figure(
        "sides",
        panels=[
            Image("under", "underfocus"),
            Image("over", "overfocus, by as much"),
            Plot("curve", "both CTFs", x="spatial frequency (1/Å)", y="CTF", y_range=(-1.05, 1.05)),
        ],
        controls=[
            Slider("defocus_um", "distance from focus", 0.0, 3.0, 0.8, 0.02, unit="µm", playable=True),
            Slider("amplitude", "amplitude contrast", 0.0, 0.5, 0.1, 0.01),
            Slider("cs_mm", "spherical aberration", 0.0, 5.0, 2.7, 0.1, unit="mm"),
        ],
        caption="Same protein, same grey scale. Set the amplitude contrast to 0: now one is the other's negative, but for Cs.",
    )
    sides
    return (sides,)


@app.cell
def _(sides):
    _lens, _protein = Lens(300.0, sides.settings.cs_mm, sides.settings.amplitude), specimen("protein", 192, 1.2)
    _k, _df = np.linspace(0, 0.2, 500), 1e4 * sides.settings.defocus_um
    _images = [filter_image(_protein, quick_ctf(192, 1.2, Defocus.round(df), _lens), 2) for df in (_df, -_df)]
    _limit = float(np.abs(_images).max())
    sides.draw(
        under=Pixels(_images[0], limits=(-_limit, _limit), pixel_size=1.2),
        over=Pixels(_images[1], limits=(-_limit, _limit), pixel_size=1.2),
        curve=[
            Curve(_k, ctf_1d(_k, Defocus.round(_df), _lens), "underfocus"),
            Curve(_k, ctf_1d(_k, Defocus.round(-_df), _lens), "overfocus"),
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **Why $C_s$ takes sides.** Its term, $-\tfrac{\pi}{2}C_s\lambda^3k^4$, bends rays as if the lens were too
    strong. Underfocus bends the other way: near $\Delta f = \sqrt{1.5\,C_s\lambda}$, Scherzer's focus, they hold each
    other in balance over a broad band. Overfocus adds to $C_s$ instead.

    **Where it is in the packages.** RELION, CTFFIND, cryoSPARC and cisTEM write underfocus as a *positive* number. The
    materials-science programs (abTEM, MULTEM) have $C_{10} = -\Delta f$. Microscopes and data-collection software
    (SerialEM) show underfocus as a negative number. A wrong sign here is silent: the fit of the rings is nearly as good.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Amplitude contrast shifts every ring by the same angle

    Some electrons do disappear from the image: scattered beyond the aperture or slowed and out of focus. A fraction
    $a$ of the contrast, 4–10 % for protein in ice, comes from that. In the CTF it is only a constant, $\arcsin a$, in
    the phase.
    """)
    return


@app.cell
def _():
    predict(
        "A CTF fit assumes a = 0.07, the truth is 0.15. How far off is the fitted defocus of 1.2 µm?",
        ["About 1 Å", "Some tens of Å", "Some thousands of Å"],
        "Tens of Å. A constant in χ over the few rings that are visible looks almost like a small change of defocus; the "
        "fit takes it up there and the rings agree nearly perfectly. That is why most programs do not fit $a$: the data "
        "can hardly tell it from the defocus.",
    )
    return


@app.cell
def _():
    amplitude = figure(
        "amplitude",
        panels=[
            Plot("curve", "true and assumed CTF", x="spatial frequency (1/Å)", y="CTF", y_range=(-1.05, 1.05)),
            Table("fit", "what the wrong a does", ("quantity", "value")),
        ],
        controls=[
            Slider("true", "true a", 0.0, 1.0, 0.15, 0.01),
            Slider("assumed", "assumed a", 0.0, 1.0, 0.07, 0.01),
            Slider("defocus_um", "true underfocus", 0.3, 3.0, 1.2, 0.05, unit="µm"),
            Slider("finest_angstrom", "rings seen down to", 3.0, 12.0, 5.0, 0.1, unit="Å"),
            Switch("refit", "let the defocus make up for it", True),
        ],
        caption="Switch the refit off, then on: the difference all but vanishes, except at the lowest frequencies.",
    )
    amplitude
    return (amplitude,)


@app.cell
def _(amplitude):
    _s = amplitude.settings
    _true, _assumed = (Lens(300.0, 2.7, a) for a in (_s.true, _s.assumed))
    _k, _df = np.linspace(0, 1 / _s.finest_angstrom, 500), 1e4 * _s.defocus_um
    _seen = _k > 1 / 30
    _slope = np.pi * wavelength_angstrom(300.0) * _k[_seen] ** 2
    _gap = np.arcsin(_s.true) - np.arcsin(_s.assumed)
    _bias = float(_gap * _slope.sum() / (_slope**2).sum()) if _s.refit else 0.0
    _curves = [ctf_1d(_k, Defocus.round(_df), _true), ctf_1d(_k, Defocus.round(_df + _bias), _assumed)]
    _difference = float(np.sqrt(np.mean((_curves[0] - _curves[1])[_seen] ** 2)))
    amplitude.draw(
        curve=[
            Curve(_k, _curves[0], f"true, a = {_s.true:g}"),
            Curve(_k, _curves[1], f"assumed, a = {_s.assumed:g}", "dashed"),
        ],
        fit=[
            ["constant in the phase", f"{np.rad2deg(_gap):.1f}°"],
            ["defocus that makes up for it", f"{_bias:+.0f} Å"],
            ["difference of the curves, 30 Å to the limit (rms)", f"{_difference:.3f}"],
            ["contrast at k = 0, true and assumed", f"{-_s.true:.2f} and {-_s.assumed:.2f}"],
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **Do you want more of it?** It fills in exactly what defocus cannot give: the coarsest detail, by which one
    sees and aligns a particle. But every electron that makes it was *lost* to phase contrast, and most of them have left
    energy in the specimen. A smaller aperture buys amplitude contrast with resolution. A phase plate buys the same
    coarse contrast without losing anybody, in principle.

    **Unsure of it?** Take 0.07 to 0.1 for protein in ice at 300 kV, keep the *same* value from the fit to the
    refinement, and the bias of the defocus cancels the bias of the phase. What hurts is to fit with one value and refine
    with another. 0.15–0.2 suits negative stain.

    **Where it is in the packages.** `rlnAmplitudeContrast` in RELION, `ctf/amp_contrast` in cryoSPARC: an input of the
    fit, not a result. Phase-plate fits do free a constant, and then need several rings to hold it.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## A B factor is a Gaussian, and you must ask which

    $$E(k) = e^{-Bk^2/4}$$

    is the convention of crystallography, of RELION and of this project: $B$ in Å², on the *amplitude*. Positive $B$
    dims fine detail; negative $B$ raises it, which is "sharpening".
    """)
    return


@app.cell
def _():
    predict(
        "“At B = 100 Å² detail of 5 Å is down to 1/e.” Right?",
        ["Yes", "No, it is down to 0.14", "No, 10 Å detail is down to 1/e", "It depends on the formula behind it"],
        "With exp(−Bk²/4), on the amplitude: $100/(4\\cdot 25) = 1$, so yes. The *power* at 5 Å is then 0.14. A program "
        "that drops the 4 has 1/e already at 10 Å. Until you know which of them a number belongs to, it says nothing.",
    )
    return


@app.cell
def _():
    decay = figure(
        "decay",
        panels=[
            Image("picture", "protein with this B factor"),
            Plot("curve", "what is left", x="spatial frequency (1/Å)", y="factor", y_range=(0, 3)),
        ],
        controls=[
            Slider("b_angstrom2", "B", -200, 400, 100, 5, unit="Å²", playable=True),
            Slider("noise", "noise", 0.0, 2.0, 0.0, 0.05, unit="× signal"),
        ],
        caption="Below zero the curve rises. Then add noise, and see what else is sharpened.",
    )
    decay
    return (decay,)


@app.cell
def _(decay):
    _b, _protein = decay.settings.b_angstrom2, specimen("protein", 192, 1.0)
    _noise = np.random.default_rng(4).normal(size=(192, 192)).astype(np.float32)
    _radius, _k = frequency_radius((192, 192), np.float32(1.0), half=True), np.linspace(0, 0.4, 400)
    _image = filter_image(-_protein + decay.settings.noise * _noise, b_factor_decay(_radius, _b), 2)
    _marks = [Mark(float(np.sqrt(4 / _b)), f"1/e at {np.sqrt(_b / 4):.1f} Å")] if _b > 25 else []
    decay.draw(
        picture=Pixels(_image, pixel_size=1.0),
        curve=[
            Curve(_k, np.minimum(b_factor_decay(_k, _b), 1e3), "amplitude, exp(−Bk²/4)"),
            Curve(_k, np.minimum(b_factor_decay(_k, 2 * _b), 1e3), "power, exp(−Bk²/2)", "dashed"),
            Curve(_k, np.minimum(b_factor_decay(_k, 4 * _b), 1e3), "exp(−Bk²): the 4 forgotten", "dashed"),
            *_marks,
        ],
    )
    return


@app.cell
def _():
    see_the_code(b_factor_decay)
    return


@app.cell
def _():
    mo.md(r"""
    ## Find the mistake in someone else's figure

    The solid curve below was made by an interactive figure found on the web: CTF times B factor, 300 kV,
    $C_s = 2.7$ mm, underfocus 1.5 µm. Its axis is in *pixels* of a box of 256. How does it code the B factor, and which
    pixel size does it assume? Two unknowns: look for two kinds of evidence.
    """)
    return


@app.cell
def _():
    mistake = figure(
        "mistake",
        panels=[
            Plot(
                "curve",
                "their figure and your hypothesis",
                x="Fourier pixel of 256",
                y="transfer",
                y_range=(-1.05, 1.05),
            )
        ],
        controls=[
            Choice("form", "your B factor", ("exp(−Bk²/4)", "exp(−Bk²/2)", "exp(−Bk²)"), "exp(−Bk²/4)"),
            Slider("pixel_angstrom", "your pixel size", 0.5, 3.0, 2.0, 0.05, unit="Å"),
            Slider("b_angstrom2", "B, in both", 0, 300, 100, 5, unit="Å²"),
            Switch("lens", "with the lens; off shows the B factor alone", False),
        ],
        caption="Bring the dashed curve onto the solid one, first with the lens off, then with it on.",
    )
    mistake
    return (mistake,)


@app.cell
def _(mistake):
    _s, _pixels, _lens = mistake.settings, np.arange(129.0), Lens(300.0, 2.7, 0.1)
    _factor = {"exp(−Bk²/4)": 1, "exp(−Bk²/2)": 2, "exp(−Bk²)": 4}[_s.form]
    _fine = np.linspace(0, 128, 800)
    _theirs, _yours = _fine / (256 * 1.0), _fine / (256 * _s.pixel_angstrom)
    _curves = [b_factor_decay(_theirs, 4 * _s.b_angstrom2), b_factor_decay(_yours, _factor * _s.b_angstrom2)]
    if _s.lens:
        _focus = Defocus.round(15000.0)
        _curves = [c * ctf_1d(k, _focus, _lens) for c, k in zip(_curves, (_theirs, _yours), strict=True)]
    mistake.draw(
        curve=[Curve(_fine, _curves[0], "their figure"), Curve(_fine, _curves[1], "your hypothesis", "dashed")]
    )
    return


@app.cell
def _():
    predict(
        "With the lens off, how many hypotheses fit?",
        ["One", "Several: a factor 4 in the B factor is a factor 2 in the pixel size", "None"],
        "Several. $e^{-Bk^2}$ with pixels of 1 Å is the *same curve* over pixels as $e^{-Bk^2/4}$ with pixels of 0.5 Å. "
        "The zeros of the lens depend on the pixel size alone, and settle it: 1.0 Å, and so the figure codes "
        "$e^{-Bk^2}$: at $B = 100$ Å² its 1/e stands at 10 Å, where the usual convention has it at 5 Å. "
        "One piece of evidence rarely fixes two unknowns.",
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What is called a B factor.** Atoms' thermal motion in a crystal ($B = 8\pi^2\langle u^2\rangle$). The
    blurring of a map by errors of alignment, by conformations averaged, by interpolation. The fall of the *images*:
    drift, charging, beam-induced motion, damage. The slope of $\ln F$ against $1/d^2$ (Guinier). The slope of resolution
    against the number of particles (Rosenthal & Henderson). And the number by which one sharpens. All are Gaussians in
    $k$, they add where their causes multiply, and none of them *is* the physics: the envelope of an energy spread falls
    as $e^{-k^4}$, drift as a sinc. A single B is a fit to their product over a limited range.

    **What goes wrong.** Sharpening raises noise as much as signal. Without a low-pass filter at the resolution of the
    map, or the weight $\sqrt{2F/(1+F)}$ of its FSC, a map sharpened by −200 Å² is mostly grain.

    **Where it is in the packages.** RELION's post-processing fits the Guinier slope and applies $-B$ with the FSC weight.
    cryoSPARC's sharpening job takes $B$ as a number. Both use the 4.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Thon rings are the CTF squared, and you can fit them by eye

    The power spectrum of a micrograph of anything irregular, ice or carbon, shows $\mathrm{CTF}^2$ as rings. Left of the
    middle: the rings of a simulated micrograph. Right: those of *your* defocus. Turn it until they meet.
    """)
    return


@app.cell
def _():
    predict(
        "You double the defocus. The first dark ring …",
        ["moves out to twice its radius", "moves in to 0.7 of its radius", "moves in to half of it"],
        "In, to $1/\\sqrt2 = 0.7$: it stands where $\\lambda\\,\\Delta f\\,k^2 = 1$. In the same way 1 % more defocus moves every ring in by half a "
        "per cent of its radius: hardly visible at the first ring, a whole ring at the hundredth. Outer rings are the finer scale.",
    )
    return


@app.cell
def _():
    thon = figure(
        "thon",
        panels=[
            Image("rings", "observed (left) beside yours (right)", colours="signed"),
            Plot(
                "profile",
                "averaged where the phase is equal",
                x="spatial frequency (1/Å)",
                y="rings",
                x_range=(0.03, 0.2),
                y_range=(-1.5, 1.5),
            ),
            Table("fit", "how well you match", ("", "U (Å)", "V (Å)", "angle (°)", "agreement to (Å)")),
        ],
        controls=[
            Slider("defocus_um", "your mean underfocus", 0.5, 1.6, 0.8, 0.005, unit="µm"),
            Slider("astigmatism_nm", "your U − V", 0, 120, 0, 2, unit="nm"),
            Slider("angle_deg", "your angle of U", -90, 90, 0, 2, unit="°"),
            Button("another", "Another micrograph"),
            Switch("engine", "show what the engine finds"),
        ],
        caption="Start with the innermost ring. When it fits, the next ones tell you more finely.",
    )
    thon
    return (thon,)


@app.function
@cache
def micrograph(seed):
    """The spectrum of 40 fields of a thin film at a defocus nobody told you, and the engine's fit to it."""
    rng, box, pixel = np.random.default_rng(100 + seed), 192, 1.9
    mean, half = rng.uniform(7000, 13000), rng.uniform(50, 400)
    lens, defocus = Lens(300.0, 2.7, 0.07), Defocus(mean + half, mean - half, rng.uniform(-80, 80))
    transfer = ctf((box, box), pixel, defocus, lens) * b_factor_decay(
        frequency_radius((box, box), pixel, half=True), 40.0
    )
    fields = [
        filter_image(rng.normal(size=(box, box)), transfer, 2) + 0.8 * rng.normal(size=(box, box)) for _ in range(40)
    ]
    power = np.mean([micrograph_spectrum(field, pixel).power for field in fields], axis=0)
    spectrum = ThonSpectrum(power, pixel)
    return spectrum, lens, defocus, fit_spectrum(spectrum, lens, ThonSearch(25.0, 5.0, 4000.0, 18000.0))


@app.cell
def _(thon):
    _s = thon.settings
    _spectrum, _lens, _true, _fit = micrograph(_s.another)
    _half = 5.0 * _s.astigmatism_nm
    _yours = Defocus(1e4 * _s.defocus_um + _half, 1e4 * _s.defocus_um - _half, _s.angle_deg)
    _profile = ring_profile(_spectrum, _yours, _lens, low_angstrom=25.0)
    _scale = 2 * float(np.std(_profile.observed[: len(_profile.observed) // 2]))

    def _row(name, defocus, resolution):
        return [
            name,
            *(f"{value:.0f}" for value in (defocus.u_angstrom, defocus.v_angstrom, defocus.angle_deg)),
            resolution,
        ]

    _rows = [_row("you", _yours, f"{_profile.resolution_angstrom:.1f}")]
    if _s.engine:
        _rows += [_row("the engine", _fit.defocus, f"{_fit.resolution_angstrom:.1f}"), _row("the truth", _true, "–")]
    _picture = crop_box(np.nan_to_num(ring_picture(_spectrum, _yours, _lens, low_angstrom=25.0)), (128, 128))
    thon.draw(
        rings=Pixels(_picture, limits=(-1.0, 1.0), pixel_size=1 / (192 * 1.9), pixel_unit="1/Å"),
        profile=[
            Curve(_profile.frequency, _profile.observed / _scale, "observed"),
            Curve(_profile.frequency, _profile.fitted, "yours", "dashed"),
            Curve(_profile.frequency, _profile.correlation, "their local correlation", "area"),
        ],
        fit=_rows,
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What the engine does with the same picture.** It takes off the smooth background, tries every defocus on
    sectors of the plane, and refines $U$, $V$ and the angle by the gradient of a normalised correlation. Half a second;
    you have just done the same by eye. The "agreement to" is where the local correlation falls below one half for good: the *CTF-fit resolution* of the packages.

    **What goes wrong.** A fit may lock onto rings shifted by one; then all but the first ring look right. An outer ring
    is a finer vernier and a more dangerous one. Ice crystals, with their rings at 3.9 Å and 3.7 Å, are fitted as if they
    were Thon rings. The average over circles of an astigmatic spectrum smears its rings away: average over *equal phase*
    instead, as here.

    **Where it is in the packages.** CTFFIND and Gctf do this for a micrograph, cryoSPARC's and Warp's patch fits for
    pieces of it, RELION's CTF refinement for each particle, against the map.
    """)
    return


@app.cell
def _():
    see_the_code(ring_profile)
    return


@app.cell
def _():
    mo.md(r"""
    ## Thon rings are easier to see at high magnification

    Magnification does not move a ring in 1/Å. It moves it in *cycles per pixel*, and there the camera decides.
    """)
    return


@app.cell
def _():
    predict(
        "Same specimen, same dose per Å² on it; you halve the pixel size. The ring at 4 Å …",
        [
            "is as strong: a ring is a ring",
            "stands out more: the camera is better at that part of its range",
            "is weaker: fewer electrons in each pixel",
        ],
        "It stands out more. At 2 Å/pixel, 4 Å is the Nyquist frequency, where this camera has a DQE of 0.35; at 1 Å/pixel "
        "it stands at half of it, with 0.6. Fewer electrons fall in a pixel, but as many on each Å²: that cancels. What "
        "you pay is the field of view: a quarter of the particles. And whoever keeps the dose *rate on the camera*, as "
        "in a live image, puts four times the dose on each Å²: then the rings are much stronger still.",
    )
    return


@app.cell
def _():
    magnification = figure(
        "magnification",
        panels=[
            Image("rings", "power spectrum, to Nyquist"),
            Plot(
                "snr",
                "rings against the noise",
                x="spatial frequency (1/Å)",
                y="signal/noise of the spectrum",
                x_range=(0, 0.4),
            ),
        ],
        controls=[
            Slider("pixel_angstrom", "pixel size", 0.5, 3.0, 1.6, 0.02, unit="Å", playable=True),
            Choice("dose", "kept constant", ("dose on the specimen", "electrons per pixel"), "dose on the specimen"),
            Choice("detector", "camera", ("counting (K2)", "square pixels", "perfect"), "counting (K2)"),
            Slider("defocus_um", "underfocus", 0.5, 3.0, 1.5, 0.05, unit="µm"),
        ],
        caption="Make the pixels smaller: the rings shrink on the screen, and more of them rise above the noise.",
    )
    magnification
    return (magnification,)


@app.cell
def _(magnification):
    _s, _lens, _n = magnification.settings, Lens(300.0, 2.7, 0.07), 256
    _camera = {"perfect": IDEAL, "square pixels": DIRECT, "counting (K2)": K2_300KV}[_s.detector]
    _focus = Defocus.round(1e4 * _s.defocus_um)

    def _snr(frequency_xy, pixel):
        _radius = np.hypot(frequency_xy[..., 0], frequency_xy[..., 1])
        _dose = 1.0 if _s.dose == "dose on the specimen" else pixel**-2
        _signal = np.sin(ctf_phase_at(frequency_xy, _focus, _lens)) ** 2 * b_factor_decay(_radius, 160.0)
        return 1.5 * _dose * _signal * _camera.dqe(pixel * frequency_xy)

    _k = np.linspace(0, 0.5 / _s.pixel_angstrom, 600)
    _line = np.stack([_k, 0 * _k], axis=-1)
    _expected = 1 + _snr(frequency_grid((_n, _n), _s.pixel_angstrom), _s.pixel_angstrom)
    _tiles = 30
    _power = _expected * np.random.default_rng(5).gamma(_tiles, 1 / _tiles, (_n, _n))
    magnification.draw(
        rings=Pixels(np.log(_power), limits=(-0.4, 1.1), pixel_size=1 / (_n * _s.pixel_angstrom), pixel_unit="1/Å"),
        snr=[
            Curve(_k, _snr(_line, _s.pixel_angstrom), f"{_s.pixel_angstrom:g} Å pixels"),
            Curve(
                _k, _snr(_line, 1e-6) if _s.dose == "dose on the specimen" else 0 * _k, "no camera in the way", "dashed"
            ),
            Mark(0.5 / _s.pixel_angstrom, "Nyquist"),
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What you saw.** The signal-to-noise ratio of the spectrum at $k$ is proportional to
    $\mathrm{dose}\cdot\mathrm{CTF}^2(k)\,E^2(k)\cdot\mathrm{DQE}(k\,p)$ with $p$ the pixel size. Only the last factor
    knows the magnification. Beyond Nyquist it also decides what is *folded back*: rings too fine for the pixels
    return as false rings among the true ones.

    **What goes wrong.** "I see rings to 3 Å, so my data will reach 3 Å" confuses the spectrum of strongly scattering
    carbon, averaged over a million pixels, with a protein's. And the opposite: no rings at 3 Å in a thin film of ice
    does not say that the data will not.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Defocus carries detail away from its place, as far as you like

    A CTF that oscillates fast in $k$ moves things far in $x$. Detail at resolution $d = 1/k$ lands at the distance

    $$r(k) = \frac{1}{2\pi}\left|\frac{d\chi}{dk}\right| = \lambda k\,\left|\Delta f - C_s\lambda^2k^2\right|$$

    from where it belongs, to both sides. There is no end to it: only the microscope's patience and its coherence limit
    the defocus.
    """)
    return


@app.cell
def _():
    predict(
        "At 300 kV and 2 µm underfocus, how far does 3 Å detail travel?",
        ["A few Å: about d", "About 30 Å", "About 120 Å, more than a particle's radius"],
        "$0.0197\\cdot\\tfrac13\\cdot20\\,000 = 131$ Å, less 8 Å by $C_s$. A particle of 100 Å needs a box of 350 Å to "
        "have its own fine detail inside.",
    )
    return


@app.cell
def _():
    spread = figure(
        "spread",
        panels=[
            Image("picture", "where detail of resolution d has gone", colours="map"),
            Plot("distance", "how far detail travels", x="spatial frequency (1/Å)", y="distance (Å)"),
            Table("numbers", "in numbers", ("quantity", "value")),
        ],
        controls=[
            Slider("defocus_um", "underfocus", 0.0, 10.0, 2.0, 0.05, unit="µm", playable=True),
            Slider("resolution_angstrom", "resolution d", 3.0, 20.0, 5.0, 0.1, unit="Å"),
            Choice("object", "object", ("a point", "protein"), "a point"),
        ],
        caption="The image holds detail about d only; drawn is its strength. Drag the defocus: a point becomes a ring of radius r. Then take the protein.",
    )
    spread
    return (spread,)


@app.cell
def _(spread):
    _s, _lens, _n, _p = spread.settings, Lens(300.0, 2.7, 0.07), 320, 1.4
    _focus, _k0 = Defocus.round(1e4 * _s.defocus_um), 1 / _s.resolution_angstrom
    _object = (
        point((_n, _n), (0.0, 0.0), _p).astype(np.float32) if _s.object == "a point" else specimen("protein", _n, _p)
    )
    _radius = frequency_radius((_n, _n), np.float32(_p), half=True)
    _band = band_pass(_radius, max(_k0 - 0.035, 0.0), _k0 + 0.035, 0.02)
    _image = filter_image(_object, quick_ctf(_n, _p, _focus, _lens) * _band, 2)
    _k = np.linspace(0, 0.35, 300)
    _r = delocalisation_angstrom(np.stack([_k, 0 * _k], axis=-1), _focus, _lens)
    _at = float(delocalisation_angstrom((_k0, 0.0), _focus, _lens))
    _box = required_box(_s.resolution_angstrom, 1.0, 100.0, _focus, _lens)
    _lost = 1 - max(0.0, (5760 - 2 * _at) * (4092 - 2 * _at) / (5760 * 4092))
    _strength = filter_image(_image**2, gaussian_blur(_radius, 5.0), 2)
    spread.draw(
        picture=Pixels(np.sqrt(np.maximum(_strength, 0)), pixel_size=_p),
        distance=[Curve(_k, _r, "r(k)"), Mark(_k0, f"{_s.resolution_angstrom:g} Å: {_at:.0f} Å away")],
        numbers=[
            ["detail at d lands off by", f"{_at:.0f} Å"],
            ["box for a particle of 100 Å", f"{_box} Å"],
            ["of a micrograph of 5760 × 4092 Å, too near an edge for a complete ring", f"{100 * _lost:.1f} %"],
        ],
    )
    return


@app.cell
def _():
    see_the_code(delocalisation_angstrom)
    return


@app.cell
def _():
    mo.md(r"""
    ### At the edge of the box and of the micrograph

    Now cut a box around the protein, or let the micrograph end beside it, and try to undo the CTF with what is left.
    The ring correlation compares the result with the protein itself: 1 is perfect.
    """)
    return


@app.cell
def _():
    edge = figure(
        "edge",
        panels=[
            Image("cut", "what was boxed"),
            Image("restored", "corrected inside the box"),
            Plot(
                "agreement",
                "agreement with the protein",
                x="spatial frequency (1/Å)",
                y="ring correlation",
                y_range=(-0.3, 1.05),
            ),
        ],
        controls=[
            Slider("defocus_um", "underfocus", 0.3, 4.0, 2.0, 0.05, unit="µm", playable=True),
            Slider("box_angstrom", "box", 120, 480, 150, 6, unit="Å"),
            Slider("edge_angstrom", "distance to the micrograph's edge", 40, 250, 250, 5, unit="Å"),
        ],
        caption="The mark is where r(k) reaches half the box, less the particle's radius: finer detail of its rim has left the box.",
    )
    edge
    return (edge,)


@app.cell
def _(edge):
    _s, _lens, _p, _n = edge.settings, Lens(300.0, 2.7, 0.07), 1.5, 384
    _focus, _box = Defocus.round(1e4 * _s.defocus_um), 2 * round(_s.box_angstrom / 3.0)
    _protein = specimen("protein", _n, _p)
    _image = filter_image(_protein, quick_ctf(_n, _p, _focus, _lens), 2).copy()
    _last = _n // 2 + round(_s.edge_angstrom / _p)
    _image[:, _last:] = 0.0
    _cut = crop_box(_image, (_box, _box))
    _restored = wiener_correct(_cut, quick_ctf(_box, _p, _focus, _lens), 0.05)
    _k = np.linspace(0.01, 0.33, 300)
    _r = delocalisation_angstrom(np.stack([_k, 0 * _k], axis=-1), _focus, _lens)
    _gone = _k[_r > _s.box_angstrom / 2 - 50.0]
    edge.draw(
        cut=Pixels(_cut, pixel_size=_p),
        restored=Pixels(_restored, pixel_size=_p),
        agreement=[
            Curve(shell_frequencies((_box, _box), _p), frc(_restored, crop_box(_protein, (_box, _box))), "corrected"),
            *([Mark(float(_gone[0]), "leaves the box")] if len(_gone) else []),
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What goes wrong.** A tight box at high defocus: its pixels of Fourier space are too coarse for the
    oscillation, and what was cut off is gone. Near the edge of a micrograph half of the ring is missing, whatever
    the box. Both lose *fine* detail first, so a class average looks perfect and the resolution stalls.

    **Where it is in the packages.** RELION and cryoSPARC extract what you ask for. The rule of thumb, one and a half to
    two particle diameters, is right for low defocus; `required_box` computes it. Programs differ in what they put where a
    micrograph has ended: the mean, the last row, or nothing because the particle is dropped. Look it up before you trust such particles.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Flip, multiply, divide: three ways to take the CTF out

    - **Phase flip**: turn the sign where the CTF is negative. $F \to \mathrm{sign}(\mathrm{CTF})\,F$. Nothing is amplified.
    - **Multiply**: apply the CTF once more. Signs come right and what is strong counts double: $\mathrm{CTF}\cdot F$.
    - **Wiener**: divide, but never by nearly nothing: $\dfrac{\mathrm{CTF}\cdot F}{\mathrm{CTF}^2 + N/S}$.

    All of them on the same noisy image:
    """)
    return


@app.cell
def _():
    predict(
        "Without noise, with N/S tiny, which comes nearest to the object?",
        ["Flip", "Multiply", "Wiener"],
        "Wiener: it restores the strength too. With strong noise and the same tiny N/S it is by far the worst, since it "
        "divides noise by small numbers. The right N/S is the one the data have; with N/S → ∞ it becomes the multiplication.",
    )
    return


@app.cell
def _():
    remedy = figure(
        "remedy",
        panels=[
            Image("taken", "as taken"),
            Image("corrected", "corrected"),
            Plot("net", "CTF × correction", x="spatial frequency (1/Å)", y="net transfer", y_range=(-1.1, 1.6)),
        ],
        controls=[
            Choice("way", "correction", ("none", "phase flip", "multiply", "Wiener"), "phase flip"),
            Choice("object", "object", ("star", "protein"), "star"),
            Slider("defocus_um", "underfocus", 0.3, 3.0, 1.2, 0.02, unit="µm", playable=True),
            Slider("noise", "noise", 0.0, 3.0, 0.2, 0.05, unit="× signal"),
            Slider("ratio", "N/S of the Wiener filter", 0.001, 10.0, 0.1, 0.05, logarithmic=True),
        ],
        caption="Compare the three on the star without noise, then on the protein with noise 1.",
    )
    remedy
    return (remedy,)


@app.function
def corrected(image, transfer, way, noise_to_signal):
    """One image through one of the engine's corrections."""
    if way == "phase flip":
        return phase_flip(image, transfer)
    if way == "multiply":
        return ctf_multiply(image, transfer)
    return wiener_correct(image, transfer, noise_to_signal) if way == "Wiener" else -image


@app.function
def net_transfer(true, assumed, way, noise_to_signal):
    """What the true CTF and a correction that assumes another one make together."""
    factor = {
        "none": -np.ones_like(assumed),
        "phase flip": np.sign(assumed),
        "multiply": assumed,
        "Wiener": assumed / (assumed**2 + noise_to_signal),
    }
    return true * factor[way]


@app.cell
def _(remedy):
    _s, _lens, _focus = remedy.settings, Lens(300.0, 2.7, 0.07), Defocus.round(1e4 * remedy.settings.defocus_um)
    _transfer = quick_ctf(256, 1.2, _focus, _lens)
    _noise = np.random.default_rng(6).normal(size=(256, 256)).astype(np.float32)
    _clean = filter_image(specimen(_s.object, 256, 1.2), _transfer, 2)
    _image = _clean + _s.noise * float(_clean.std()) * _noise
    _k = np.linspace(0, 0.25, 600)
    _curve = ctf_1d(_k, _focus, _lens)
    remedy.draw(
        taken=Pixels(_image, pixel_size=1.2),
        corrected=Pixels(corrected(_image, _transfer, _s.way, _s.ratio), pixel_size=1.2),
        net=[Curve(_k, net_transfer(_curve, _curve, _s.way, _s.ratio), _s.way), Curve(_k, _curve, "CTF", "dashed")],
    )
    return


@app.cell
def _():
    see_the_code(wiener_correct)
    return


@app.cell
def _():
    mo.md(r"""
    **Where it is in the packages.** Refinements do none of the three to the images: they multiply the *reference*
    by the CTF and weight by $\mathrm{CTF}^2$ when they average, which is Wiener's formula for many images at once,
    $\sum \mathrm{CTF}_iF_i / (\sum \mathrm{CTF}_i^2 + N/S)$. Flipped stacks serve old pickers and the eye; RELION must be
    told ("phase flipped: yes"). A flipped image treated as unflipped is wrong in every second ring.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## A wrong parameter is a wrong sign, ring after ring

    Now correct with values that are *not* those of the image. The truth is 300 kV, $C_s = 2.7$ mm, underfocus 1.5 µm, no
    astigmatism.
    """)
    return


@app.cell
def _():
    predict(
        "The defocus is wrong by 200 Å. At which resolution do the signs begin to be wrong?",
        ["At once", "At about 3 Å", "Never: 200 Å is 1 % of it"],
        "An error δ turns the phase by πλδk². It reaches 90°, where transfer and correction are out of step, at "
        "$d = \\sqrt{2\\lambda\\delta}$: $\\sqrt{2\\cdot0.0197\\cdot200} = 2.8$ Å. Coarser detail hardly notices. That "
        "formula is the reason why per-particle defocus matters beyond 3 Å and hardly at all at 8 Å.",
    )
    return


@app.cell
def _():
    wrong = figure(
        "wrong",
        panels=[
            Image("right", "corrected with the true values"),
            Image("mistaken", "corrected with yours"),
            Plot("net", "CTF × your correction", x="spatial frequency (1/Å)", y="net transfer", y_range=(-1.6, 1.6)),
        ],
        controls=[
            Choice("way", "correction", ("phase flip", "multiply", "Wiener"), "phase flip"),
            Choice("object", "object", ("star", "protein"), "star"),
            Slider("error_angstrom", "your defocus − true", -3000, 3000, 500, 20, unit="Å", playable=True),
            Slider("astigmatism_angstrom", "your U − V (true: 0)", 0, 4000, 0, 50, unit="Å"),
            Slider("angle_deg", "your angle", -90, 90, 0, 5, unit="°"),
            Slider("cs_mm", "your Cs (true: 2.7)", 0.0, 5.0, 2.7, 0.1, unit="mm"),
            Slider("voltage_kv", "your voltage (true: 300)", 100, 400, 300, 10, unit="kV"),
            Slider("amplitude", "your a (true: 0.07)", 0.0, 1.0, 0.07, 0.01),
            Slider("pixel_percent", "your pixel size is off by", -10.0, 10.0, 0.0, 0.1, unit="%"),
        ],
        caption="Where the net curve is below zero your correction has turned right into wrong.",
    )
    wrong
    return (wrong,)


@app.cell
def _(wrong):
    _s, _n, _p = wrong.settings, 256, 1.2
    _lens, _focus = Lens(300.0, 2.7, 0.07), Defocus.round(15000.0)
    _mean, _half = 15000.0 + _s.error_angstrom, _s.astigmatism_angstrom / 2
    _your_lens, _yours = (
        Lens(_s.voltage_kv, _s.cs_mm, _s.amplitude),
        Defocus(_mean + _half, _mean - _half, _s.angle_deg),
    )
    _your_scale = 1 + _s.pixel_percent / 100
    _transfer = quick_ctf(_n, _p, _focus, _lens)
    _image = filter_image(specimen(_s.object, _n, _p), _transfer, 2)
    _results = [
        corrected(_image, transfer, _s.way, 0.1)
        for transfer in (_transfer, quick_ctf(_n, _p * _your_scale, _yours, _your_lens))
    ]
    _k = np.linspace(0, 0.33, 700)
    _true, _assumed = ctf_1d(_k, _focus, _lens), ctf_1d(_k / _your_scale, _yours, _your_lens, azimuth_deg=_s.angle_deg)
    wrong.draw(
        right=Pixels(_results[0], pixel_size=_p),
        mistaken=Pixels(_results[1], pixel_size=_p),
        net=[
            Curve(_k, net_transfer(_true, _assumed, _s.way, 0.1), "with your values"),
            Curve(_k, net_transfer(_true, _true, _s.way, 0.1), "with the true ones", "dashed"),
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What goes wrong, sorted by how well it hides.** A wrong *amplitude contrast* shows at the lowest
    frequencies only. A wrong *voltage* or *pixel size* is mostly a wrong defocus, and the fit has made up for it: the
    rings look perfect, the map has the wrong size. Wrong $C_s$ differs as $k^4$: nothing to 4 Å, trouble at 2 Å.
    *Astigmatism* left out damages two directions of four, and averages of many orientations hide it. RELION's
    CTF refinement and cryoSPARC's global and local ones find most of these from the particles themselves.

    **A question to leave with.** You may take one image of a protein at 0.5 µm and one at 2.5 µm, with the same dose, and
    combine them. What does each contribute that the other lacks, and how would you weight them at each frequency? The
    formula stands above, in *flip, multiply, divide*; [topic 5](/meetings/05-image-formation/blur/) puts the noise in.
    """)
    return


if __name__ == "__main__":
    app.run()
