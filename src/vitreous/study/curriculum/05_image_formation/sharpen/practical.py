import marimo

app = marimo.App(width="medium", app_title="Image formation: multislice and what stands below it")

with app.setup:
    import marimo as mo
    import numpy as np

    from vitreous.detector import DIRECT, IDEAL, K2_300KV, Detector, expose, noise_transfer, radial, square_pixel
    from vitreous.fourier import (
        bin_pixels,
        crop_box,
        frequency_grid,
        ft,
        ift,
        irft,
        radial_average,
        shell_frequencies,
    )
    from vitreous.optics import (
        EXIT_WAVE_MODELS,
        Defocus,
        Lens,
        central_slices,
        ctf_1d,
        image_of_wave,
        interaction_constant,
        limit_band,
        linear_term,
        multislice,
        quadratic_term,
        relative_error,
        wave_transfer,
    )
    from vitreous.specimen import assembly, iterate_ice_slices, potential_slices
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


@app.cell
def _():
    mo.md(r"""# Image formation: multislice and what stands below it

    **The forward model of every reconstruction program is the lowest rung of a ladder. Two assumptions make it: *weak phase* and
    *projection*. They are independent; each can be switched off by itself, and each has its own error. Then comes a
    third, quieter one: that the image is linear in the wave. And a fourth: that each pixel has its own noise.**

    Here you take the rungs one at a time, with multislice as the reference. The beginners' view of the same chain, stage by
    stage, is in the [blur stream](/meetings/05-image-formation/blur/).""")
    return


@app.cell
def _():
    mo.md(r"""## Two terms in one equation, two assumptions

    A fast electron in a potential $V$ obeys, for the slowly varying part $\psi$ of its wave (Kirkland, section 6.2),

    $$\frac{\partial\psi}{\partial z} \;=\; \underbrace{\frac{i\lambda}{4\pi}\nabla_{xy}^2\psi}_{\text{spreads}}
    \;+\; \underbrace{i\sigma V\,\psi}_{\text{scatters}} .$$

    | inside the specimen | scatter once: $V\psi\to V\cdot1$ | scatter at will |
    |---|---|---|
    | **no spreading** | weak phase: $1+i\sigma\!\int\!V\,dz$ | phase grating: $\exp(i\sigma\!\int\!V\,dz)$ |
    | **spreading** | Ewald sphere: $F[\psi-1](k)=i\sigma\tilde V(k,-\tfrac12\lambda k^2)$ | multislice |

    *Projection* drops the first term, the *weak phase* (first Born) the powers of the second. Multislice keeps both, alternating them in thin
    slices. The figure has a dial for each: **strength** multiplies $V$, **depth** stretches the specimen along the beam without changing its
    projection.""")
    return


@app.cell
def _():
    predict(
        "You set depth to 0. Which models become exact?",
        ["Phase grating only", "Ewald sphere only", "Phase grating, and Ewald sphere equals weak phase"],
        "With no depth there is nothing to spread over: phase grating *is* multislice, and the Ewald sphere is flat, so it is "
        "the weak phase. With strength → 0 instead, all multiple scattering goes: the Ewald sphere becomes exact and the phase "
        "grating equals the weak phase. The two axes of the table are independent.",
    )
    return


@app.cell
def _():
    rungs = figure(
        "rungs",
        panels=[
            Plot(
                "error",
                "error of the exit wave, shell by shell",
                x="spatial frequency (1/Å)",
                y="relative error",
                logarithmic="y",
                y_range=(1e-4, 2),
            ),
            Image("exact", "multislice image"),
            Image("missed", "what the chosen model misses", colours="signed"),
        ],
        controls=[
            Slider("thickness_angstrom", "thickness", 8, 480, 160, 8, unit="Å", playable=True),
            Slider("voltage_kv", "voltage", 60, 300, 300, 10, unit="kV"),
            Slider("strength", "strength", 0.02, 3.0, 1.0, 0.02, unit="×"),
            Slider("depth", "depth", 0.0, 3.0, 1.0, 0.05, unit="×"),
            Choice("model", "images show", ("weak phase", "phase grating", "ewald sphere"), "weak phase"),
            Slider("defocus_um", "underfocus", 0.0, 2.0, 0.5, 0.05, unit="µm"),
        ],
        caption="Strength to 0: the Ewald sphere falls away below the others. Depth to 0: the phase grating does.",
    )
    rungs
    return (rungs,)


@app.cell
def _():
    # a slab of 480 Å: ice without its mean (a constant phase changes no image), protein in its middle
    PIXEL, SLICE = 1.0, 8.0
    _protein = potential_slices(assembly().atoms, (64, 64), PIXEL, SLICE, n_slices=15)
    _ice = np.stack(list(iterate_ice_slices(60, (64, 64), PIXEL, SLICE, np.random.default_rng(8))))
    _ice[23:38] = _protein
    slab = limit_band(_ice - _ice.mean(axis=(-2, -1), keepdims=True), PIXEL).astype(np.float32)
    return PIXEL, SLICE, slab


@app.cell
def _(PIXEL, SLICE, rungs, slab):
    _s = rungs.settings
    _slices = np.float32(_s.strength) * central_slices(slab, max(1, round(_s.thickness_angstrom / SLICE)))
    _waves = {name: model(_slices, PIXEL, _s.depth * SLICE, _s.voltage_kv) for name, model in EXIT_WAVE_MODELS.items()}
    _axis = shell_frequencies((64, 64), PIXEL)
    _seen = (_axis > 0.02) & (_axis < 0.32)
    _lens, _focus = Lens(_s.voltage_kv, 2.7, 0.0), Defocus.round(1e4 * _s.defocus_um)
    _transfer = wave_transfer((64, 64), PIXEL, _focus, _lens)
    _images = {name: image_of_wave(_waves[name].wave, _transfer) for name in (_s.model, "multislice")}
    _missed = _images[_s.model] - _images["multislice"]
    _limit = max(float(np.abs(_missed).max()), 1e-6)
    rungs.draw(
        error=[
            Curve(_axis[_seen], np.maximum(relative_error(_waves[name], _waves["multislice"])[_seen], 1e-5), name)
            for name in ("weak phase", "phase grating", "ewald sphere")
        ],
        exact=Pixels(_images["multislice"], pixel_size=PIXEL),
        missed=Pixels(_missed, limits=(-_limit, _limit), pixel_size=PIXEL),
    )
    return


@app.cell
def _():
    see_the_code(multislice)
    return


@app.cell
def _():
    mo.md(r"""**What you saw.** The error of *weak phase* does not care how deep the specimen is, only how strong: what it lacks is
    $-\tfrac12(\sigma\!\int\!V)^2$ and higher powers. For protein at 300 kV that is 5 to 20 % of the scattered wave, at coarse detail as at fine.
    The error of *projection* grows as $k^2$ and with depth: the wave of a layer at height $z$ turns by $\pi\lambda k^2z$. At 4 Å it is 5 % in
    100 Å and 26 % in 200 Å. The *Ewald sphere* repairs projection and nothing else: at 20 Å it is no better than the weak phase, at 4 Å
    and 300 Å it is the only one of the three to be trusted.

    **A measure, not a verdict.** These are errors of the *wave*. The image is kinder: for a thin phase object in focus, the
    missing $-\tfrac12\varphi^2$ cancels against the square of the scattered wave exactly. What is left of it in an image is the *linear*
    section's business.

    **What goes wrong.** The reference plane. Each wave must be referred to the same height, or a pure defocus difference is
    counted as an error; here all refer to the mid-plane. And multislice is limited to two thirds of Nyquist, or products of slices alias.""")
    return


@app.cell
def _():
    mo.md(r"""## The ladder: which rung breaks first, where

    The same three errors over a whole grid: 100, 200, 300 kV, six thicknesses, all resolutions. Choose what to draw along $x$.""")
    return


@app.cell
def _():
    predict(
        "From 300 to 100 kV, which error grows more?",
        ["Weak phase", "Projection", "Both alike"],
        "σ grows by 1.42 from 300 to 100 kV, λ by 1.88. Weak phase fails with σVt (once more in proportion), projection "
        "with λk²t. So slow electrons hurt projection more: at 100 kV the depth of field is nearly halved.",
    )
    return


@app.cell
def _():
    ladder = figure(
        "ladder",
        panels=[
            Plot(
                "error",
                "error against multislice",
                x="as chosen",
                y="relative error",
                logarithmic="y",
                y_range=(1e-3, 2),
            ),
            Table("numbers", "at this point of the grid", ("model", "error", "assumes")),
        ],
        controls=[
            Choice("along", "along x", ("thickness (Å)", "resolution (1/Å)", "voltage (kV)"), "thickness (Å)"),
            Choice("voltage", "voltage", ("100 kV", "200 kV", "300 kV"), "300 kV"),
            Choice("thickness", "thickness", ("24 Å", "56 Å", "104 Å", "200 Å", "320 Å", "480 Å"), "200 Å"),
            Slider("resolution_angstrom", "resolution", 3.2, 20.0, 4.0, 0.1, unit="Å", playable=True),
        ],
        caption="At 20 Å the phase grating is nearly exact whatever the thickness. Move to 3.5 Å and watch the lines cross.",
    )
    ladder
    return (ladder,)


@app.cell
def _(PIXEL, SLICE, slab):
    VOLTAGES, THICKNESSES = (100.0, 200.0, 300.0), (24, 56, 104, 200, 320, 480)
    MODELS = {"weak phase": "one scattering, no depth", "phase grating": "no depth", "ewald sphere": "one scattering"}

    def _errors(voltage, thickness):
        piece = central_slices(slab, round(thickness / SLICE))
        reference = multislice(piece, PIXEL, SLICE, voltage)
        return [relative_error(EXIT_WAVE_MODELS[name](piece, PIXEL, SLICE, voltage), reference) for name in MODELS]

    error_grid = np.array([[_errors(v, t) for t in THICKNESSES] for v in VOLTAGES])
    error_axis = shell_frequencies((64, 64), PIXEL)
    return MODELS, THICKNESSES, VOLTAGES, error_axis, error_grid


@app.cell
def _(MODELS, THICKNESSES, VOLTAGES, error_axis, error_grid, ladder):
    _s = ladder.settings
    _v = VOLTAGES.index(float(_s.voltage.split()[0]))
    _t = THICKNESSES.index(int(_s.thickness.split()[0]))
    _shell = int(np.argmin(np.abs(error_axis - 1 / _s.resolution_angstrom)))
    _near = slice(max(_shell - 1, 1), _shell + 2)
    _smooth = np.sqrt(np.mean(error_grid[..., _near] ** 2, axis=-1))
    _seen = (error_axis > 0.02) & (error_axis < 0.32)
    _x, _y, _here = {
        "thickness (Å)": (np.array(THICKNESSES), _smooth[_v], THICKNESSES[_t]),
        "resolution (1/Å)": (error_axis[_seen], error_grid[_v, _t][:, _seen].T, 1 / _s.resolution_angstrom),
        "voltage (kV)": (np.array(VOLTAGES), _smooth[:, _t], VOLTAGES[_v]),
    }[_s.along]
    ladder.draw(
        error=[
            *[Curve(_x, np.maximum(_y[:, i], 1e-4), name) for i, name in enumerate(MODELS)],
            Mark(float(_here), "here"),
        ],
        numbers=[[name, f"{100 * _smooth[_v, _t, i]:.1f} %", why] for i, (name, why) in enumerate(MODELS.items())],
    )
    return


@app.cell
def _():
    see_the_code(relative_error)
    return


@app.cell
def _():
    mo.md(r"""**How the papers put it.** Koeck & Karshikoff (2015) compare the nonlinear terms with the defocus gradient through the specimen and
    find that for their defocus values the nonlinear ones exceed the others: a maximum thickness for the linear
    model. DeRosier (2000) gives the depth of field, a multiple of $d^2/\lambda$. Both are points of this grid.

    **More exact reconstruction.** Each rung up costs one thing. Ewald sphere: still linear in $V$, so the normal equations stand,
    with two half-transforms for each image; RELION and cryoSPARC do it. Phase grating and multislice are *nonlinear* in $V$: the map
    must be found by gradient steps through the model for every particle, pose and iteration. With 100 slices of 256² that is
    some hundred FFT pairs an image and pose instead of one slice, and orientation search multiplies it by thousands. The bottleneck
    is arithmetic, and then the uncertainty of the poses; what there is to gain beyond the Ewald sphere is the multiple scattering, 5–20 % of
    the wave at protein's strength.""")
    return


@app.cell
def _():
    mo.md(r"""## "Complex CTF" and sine CTF: the second is the first, linearised

    The lens acts on the *wave*, by a complex factor $T(k)=e^{i\chi(k)}$ (times apertures and envelopes): Vulović's eq. 5,
    $I = |F^{-1}[T\,F\psi]|^2$. With $\psi = e^{A}$, $A = i\varphi-\mu$, expand in $A$ (Koeck & Karshikoff):

    $$I = 1 + \underbrace{2\,\mathrm{Re}\,a}_{I_1} + \underbrace{|a|^2 + 2\,\mathrm{Re}\,b}_{I_2}+\dots,\qquad
    a = F^{-1}[T\,FA],\quad b = \tfrac12F^{-1}[T\,F(A^2)] .$$

    $I_1$ alone is the sine CTF: $\hat I_1 = -2\sin\chi\,\hat\varphi - 2\cos\chi\,\hat\mu$ for an even $T$.""")
    return


@app.cell
def _():
    predict(
        "You halve the phase of the specimen. The relative error of the linear image …",
        ["is halved", "falls to a quarter", "stays"],
        "It is halved: $I_2$ is quadratic and $I_1$ linear. With $I_2$ kept, the error left is cubic against linear: it falls "
        "to a quarter.",
    )
    return


@app.cell
def _():
    linear = figure(
        "linear",
        panels=[
            Image("exact", "|F⁻¹[T F ψ]|²"),
            Image("missed", "what the sine CTF misses", colours="signed"),
            Plot(
                "error",
                "relative error by shell",
                x="spatial frequency (1/Å)",
                y="error",
                logarithmic="y",
                y_range=(1e-4, 3),
            ),
            Table("numbers", "over all frequencies", ("quantity", "value")),
        ],
        controls=[
            Slider("strength", "strength", 0.02, 5.0, 1.0, 0.02, unit="×", playable=True),
            Slider("defocus_um", "underfocus", 0.0, 3.0, 1.0, 0.02, unit="µm"),
            Choice("voltage", "voltage", ("100 kV", "300 kV"), "300 kV"),
            Slider("absorption", "amplitude contrast a of the object", 0.0, 0.3, 0.0, 0.01),
            Choice("object", "object", ("protein", "a heavy atom"), "protein"),
        ],
        caption="In focus the sine CTF sees nothing at all; what you then see is the second order.",
    )
    linear
    return (linear,)


@app.cell
def _(PIXEL, slab):
    _y, _x = np.mgrid[-32:32, -32:32]
    # 23 slices' worth of protein and ice; and a Gaussian blob with the projected potential of a cluster of gold
    projections = {
        "protein": slab[18:41].sum(axis=0).astype(float),
        "a heavy atom": 900.0 * np.exp(-(_x**2 + _y**2) / (2 * (1.2 / PIXEL) ** 2)),
    }
    return (projections,)


@app.cell
def _(PIXEL, linear, projections):
    _s, _shape = linear.settings, (64, 64)
    _voltage = float(_s.voltage.split()[0])
    _phase = _s.strength * interaction_constant(_voltage) * projections[_s.object]
    _absorption = _phase * _s.absorption / np.sqrt(1 - _s.absorption**2)
    _transfer = wave_transfer(_shape, PIXEL, Defocus.round(1e4 * _s.defocus_um), Lens(_voltage, 2.7, 0.0))
    _exact = image_of_wave(np.exp(1j * _phase - _absorption), _transfer) - 1
    _first = linear_term(_phase, _absorption, _transfer)
    _second = _first + quadratic_term(_phase, _absorption, _transfer)
    _axis = shell_frequencies(_shape, PIXEL)
    _power = [radial_average(np.abs(ft(f, 2)) ** 2, 2) for f in (_exact, _first - _exact, _second - _exact)]
    _seen = (_axis > 0.02) & (_axis < 0.33)
    _errors = [np.sqrt(p / np.maximum(_power[0], 1e-12)) for p in _power[1:]]
    _limit = max(float(np.abs(_exact).max()), 1e-6)
    _norm = max(float(np.linalg.norm(_exact)), 1e-12)
    linear.draw(
        exact=Pixels(1 + _exact, pixel_size=PIXEL),
        missed=Pixels(_first - _exact, limits=(-_limit, _limit), pixel_size=PIXEL),
        error=[
            Curve(_axis[_seen], np.clip(_errors[0][_seen], 1e-4, 10), "sine CTF (linear)"),
            Curve(_axis[_seen], np.clip(_errors[1][_seen], 1e-4, 10), "with the quadratic term", "dashed"),
        ],
        numbers=[
            ["phase: rms, largest", f"{np.std(_phase):.3f}, {np.abs(_phase).max():.2f} rad"],
            ["error of the sine CTF", f"{np.linalg.norm(_first - _exact) / _norm:.1%}"],
            ["error with the quadratic term", f"{np.linalg.norm(_second - _exact) / _norm:.1%}"],
        ],
    )
    return


@app.cell
def _():
    see_the_code(quadratic_term)
    return


@app.cell
def _():
    mo.md(r"""### When the linear transfer is not a sine

    Even to first order, the sine needs a second thing: an *even* $T$. For a real phase $\varphi$ the linear transfer is
    $H(k) = \tfrac{i}{2}\left[T(k)-T^*(-k)\right]$, and that is $-\sin\chi$ only if $T(-k)=T(k)$. Tilt the beam, or block half of the
    diffraction plane, and $H$ is complex: detail is displaced, or everything comes through at half strength.""")
    return


@app.cell
def _():
    predict(
        "You block all electrons scattered to the left. The zeros of the CTF …",
        ["stay", "disappear", "double"],
        "They disappear: $H = \\tfrac i2T(k)$ has the modulus ½ at every frequency. That is a single-sideband image: no zeros, "
        "half the contrast, and each frequency's phase turned by χ. (Where an aperture's edge stands across the beam, "
        "charging spoils it: that is why nobody does.)",
    )
    return


@app.cell
def _():
    halves = figure(
        "halves",
        panels=[
            Plot("transfer", "linear transfer along +x", x="spatial frequency (1/Å)", y="H", y_range=(-1.1, 1.1)),
            Plot("modulus", "its modulus", x="spatial frequency (1/Å)", y="|H|", y_range=(0, 1.1)),
        ],
        controls=[
            Slider("defocus_um", "underfocus", 0.0, 3.0, 0.6, 0.02, unit="µm", playable=True),
            Slider("tilt_mrad", "beam tilt along x", -3.0, 3.0, 0.0, 0.05, unit="mrad"),
            Slider("plate_deg", "phase plate", 0, 180, 0, 5, unit="°"),
            Switch("blocked", "block one half of the diffraction plane"),
        ],
        caption="The dashed curve is −sin χ. With T even, the imaginary part is zero.",
    )
    halves
    return (halves,)


@app.cell
def _(halves):
    _s, _n, _pixel = halves.settings, 512, 1.2
    _lens = Lens(300.0, 2.7, 0.0, beam_tilt_mrad=(_s.tilt_mrad, 0.0))
    _focus = Defocus.round(1e4 * _s.defocus_um, _s.plate_deg)
    _line = wave_transfer((3, _n), _pixel, _focus, _lens)[1]
    if _s.blocked:
        _line = np.where(np.arange(_n) < _n // 2, 0.0, _line)
    _right, _left = _line[_n // 2 + 1 :], _line[_n // 2 - 1 : 0 : -1]
    _h = 0.5j * (_right - np.conj(_left))
    _k = np.arange(1, _n // 2) / (_n * _pixel)
    halves.draw(
        transfer=[
            Curve(_k, _h.real, "real part"),
            Curve(_k, _h.imag, "imaginary part"),
            Curve(_k, ctf_1d(_k, _focus, Lens(300.0, 2.7, 0.0)), "−sin χ", "dashed"),
        ],
        modulus=[Curve(_k, np.abs(_h), "|H|")],
    )
    return


@app.cell
def _():
    see_the_code(wave_transfer)
    return


@app.cell
def _():
    mo.md(r"""**When is which right.** The complex form always is, for one coherent wave: use it after multislice, for strong
    objects, heavy atoms, thick ice, tilted beams, single sidebands. The sine form is right where the phase is weak *and* $T$ even; its gain is that
    it is linear, so that images can be averaged and inverted. Envelopes: spreads of defocus and angle act on *intensities*,
    and multiplying $T$ by $E$ is itself a linear-imaging approximation (it also dims the second-order terms, wrongly).
    Amplitude contrast must be counted once: in the potential (complex $V$), or as $\arcsin a$ in $\chi$. Never both.""")
    return


@app.cell
def _():
    mo.md(r"""## A camera's response is a function of two frequencies

    $I = CF\cdot F^{-1}\!\left[F\!\left[\mathrm{Poisson}\!\left(\Phi\,F^{-1}[\hat I_0\sqrt{\mathrm{DQE}}]\right)\right]\mathrm{NTF}\right] + \text{read-out} + \text{dark}$
    (Vulović's eq. 7), with $\mathrm{NTF}^2 = \mathrm{NNPS} = \mathrm{MTF}^2/\mathrm{DQE}$, normalised. Published curves are drawn over $|k|$. The plane has corners.""")
    return


@app.cell
def _():
    predict(
        "A square pixel's MTF at the corner of the spectrum, (½, ½) cycles/pixel, is …",
        ["0.64, as at Nyquist on the axis", "0.41", "0.36"],
        "$(2/\\pi)^2 = 0.41$: the product of both sides' sincs. A radial reading of the 1D curve gives sinc(0.707) = 0.36 if it is "
        "continued beyond Nyquist, and 0.64 if the last value is held. All three are in use.",
    )
    return


@app.cell
def _():
    plane = figure(
        "plane",
        panels=[
            Image("response", "in the plane", colours="map"),
            Image("rotated", "its axis profile, turned around", colours="map"),
            Plot("profiles", "along the axis and the diagonal", x="|k| (cycles/pixel)", y="response", y_range=(0, 1.6)),
            Table("numbers", "difference", ("where", "in the plane", "1D turned")),
        ],
        controls=[
            Choice("camera", "camera", ("square pixels", "counting (K2)", "smear of 0.4 pixels"), "square pixels"),
            Choice("quantity", "quantity", ("MTF", "DQE", "NTF"), "MTF"),
            Choice("beyond", "1D curve beyond Nyquist", ("last value held", "continued"), "last value held"),
        ],
        caption="For which camera and quantity is the 1D drawing honest? For which does it lie only in the corners, for which already along the diagonal?",
    )
    plane
    return (plane,)


@app.cell
def _():
    def gaussian_smear(frequency_xy):
        """The MTF of a camera that spreads each count by a Gaussian of 0.4 pixels."""
        return np.exp(-2 * (np.pi * 0.4) ** 2 * np.sum(np.asarray(frequency_xy) ** 2, axis=-1))

    smearing = Detector(mtf=gaussian_smear, dqe=IDEAL.dqe)
    cameras = {"perfect": IDEAL, "square pixels": DIRECT, "counting (K2)": K2_300KV, "smear of 0.4 pixels": smearing}
    return (cameras,)


@app.cell
def _(cameras, plane):
    _s, _camera, _n = plane.settings, cameras[plane.settings.camera], 128
    _what = {"MTF": _camera.mtf, "DQE": _camera.dqe, "NTF": lambda k: noise_transfer(_camera, k)}[_s.quantity]

    def _on_axis(k):
        return _what(np.stack([k, 0 * k], axis=-1))

    _turned = radial(_on_axis, 0.5 if _s.beyond == "last value held" else float("inf"))
    _grid, _k = frequency_grid((_n, _n)), np.linspace(0, 0.5**0.5, 200)
    _diagonal = np.stack([_k, _k], axis=-1) / 2**0.5
    _places = {"Nyquist on the axis": (0.5, 0.0), "Nyquist on the diagonal": (0.354, 0.354), "the corner": (0.5, 0.5)}
    plane.draw(
        response=Pixels(_what(_grid), limits=(0.0, 1.3), pixel_size=1 / _n, pixel_unit="1/px"),
        rotated=Pixels(_turned(_grid), limits=(0.0, 1.3), pixel_size=1 / _n, pixel_unit="1/px"),
        profiles=[
            Curve(_k[_k <= 0.5], _on_axis(_k[_k <= 0.5]), "axis"),
            Curve(_k, _what(_diagonal), "diagonal"),
            Curve(_k, _turned(_diagonal), "1D turned", "dashed"),
            Mark(0.5, "Nyquist"),
        ],
        numbers=[
            [name, *(f"{float(response(np.asarray(place))):.3f}" for response in (_what, _turned))]
            for name, place in _places.items()
        ],
    )
    return


@app.cell
def _():
    see_the_code(square_pixel)
    return


@app.cell
def _():
    mo.md(r"""**What goes wrong.** An MTF table ends at Nyquist; 21 % of the plane's pixels lie beyond it. Dividing there by a curve that
    was continued down to nearly 0 blows up noise in the corners. DQE is not MTF²: that holds only where noise is white (square pixels that add). And
    √DQE, DQE: signal amplitude goes with the first, SNR with the second.

    **A choice to know.** If $\mathrm{DQE}(0)<1$, the published filter $\sqrt{\mathrm{DQE}(k)}$ gives an output SNR² of $\mathrm{DQE}(k)/\sqrt{\mathrm{DQE}(0)}$.
    The filter $\sqrt{\mathrm{DQE}(k)\,\mathrm{DQE}(0)}$, in which the lost electrons are not counted at all, gives $\mathrm{DQE}(k)$ exactly; the engine has both.""")
    return


@app.cell
def _():
    mo.md(r"""## After the NTF pixels are no longer independent

    Poisson counts are independent. A filter after them makes each pixel a weighted sum of its neighbours, and the covariance of two
    pixels is the transform of the noise power: $C(x) = \Phi\,F^{-1}[\mathrm{NTF}^2](x)$. Below: flat exposures, their measured covariance, and that formula.""")
    return


@app.cell
def _():
    predict(
        "Smear of 0.4 pixels, then 2 × 2 binning. The variance of a binned pixel, relative to a pixel's, is …",
        ["¼", "more than ¼", "less than ¼"],
        "More: neighbours carry the same noise, so that averaging them gains less. Conversely the variance of a "
        "*single* pixel was lowered by the smear, though no information came in. A pixel's variance is a poor measure of noise.",
    )
    return


@app.cell
def _():
    covariance = figure(
        "covariance",
        panels=[
            Image("flat", "a flat exposure"),
            Image("map", "covariance of two pixels, over the variance", colours="signed"),
            Plot("line", "along x", x="distance (pixels)", y="covariance / variance", y_range=(-0.2, 1.05)),
            Table("numbers", "in numbers", ("quantity", "value", "if independent")),
        ],
        controls=[
            Choice(
                "camera",
                "camera",
                ("perfect", "square pixels", "counting (K2)", "smear of 0.4 pixels"),
                "smear of 0.4 pixels",
            ),
            Slider("dose", "electrons per pixel", 0.5, 100, 20, 0.02, logarithmic=True),
            Choice("exposures", "exposures", ("1", "4"), "1"),
            Button("again", "Expose again"),
        ],
        caption="The square-pixel camera is white although its MTF is not 1: what smears before counting does not correlate the counts. And the K2's neighbours?",
    )
    covariance
    return (covariance,)


@app.cell
def _(cameras, covariance):
    _s, _camera, _n = covariance.settings, cameras[covariance.settings.camera], 160
    _rng = np.random.default_rng(_s.again)
    _flat = expose(np.ones((int(_s.exposures), _n, _n)), 1.0, _s.dose, _camera, rng=_rng)
    _noise = _flat - _flat.mean()
    _measured = np.real(ift(np.mean(np.abs(ft(_noise, 2)) ** 2, axis=0).astype(complex), 2)) / _n**2
    _power = noise_transfer(_camera, frequency_grid((_n, _n), half=True)) ** 2
    _formula = irft(_power.astype(complex), (_n, _n))
    _centre, _lag = _n // 2, np.arange(9)
    _binned = float(np.var(bin_pixels(_noise, 2, 2)) / np.var(_noise))
    covariance.draw(
        flat=Pixels(_flat[0]),
        map=Pixels(crop_box(_measured, (17, 17)) / _measured[_centre, _centre], limits=(-1.0, 1.0)),
        line=[
            Curve(_lag, _formula[_centre, _centre : _centre + 9] / _formula[_centre, _centre], "F⁻¹[NTF²]"),
            Curve(_lag, _measured[_centre, _centre : _centre + 9] / _measured[_centre, _centre], "measured", "points"),
        ],
        numbers=[
            ["variance / mean of a pixel", f"{np.var(_noise) / _flat.mean():.3f}", "1"],
            ["variance after 2 × 2 binning / before", f"{_binned:.3f}", "0.250"],
            ["skewness", f"{float(np.mean(_noise**3) / np.var(_noise) ** 1.5):.3f}", f"{_s.dose**-0.5:.3f}"],
        ],
    )
    return


@app.cell
def _():
    see_the_code(noise_transfer)
    return


@app.cell
def _():
    mo.md(r"""**So is Vulović's noise additive, Gaussian and independent from pixel to pixel?** None of the three. It is Poisson
    about a mean that depends on the signal, then correlated by the NTF, then gets read-out noise, which *is* Gaussian, additive and
    independent. What reconstruction programs use instead, Gaussian with a variance for each *shell* in Fourier space, keeps the correlation (a stationary
    field is independent in Fourier space, whatever its spectrum) and drops the dependence on the signal, which at 3 % contrast is small.
    Independence of pixels is broken by the NTF, by ice and carbon (structure), by interpolation (motion correction resamples frames!), by Fourier cropping, by
    whitening with another spectrum, by overlap of boxes.

    **Where it is in the packages.** InSilicoTEM simulates eq. 7; cisTEM's simulator has the K2's DQE that is used here.
    RELION estimates $\sigma^2(r)$ for each optics group; cryoDRGN normalises the images and assumes white noise.

    **A question to leave with.** Take a 300 Å particle at 100 kV with a camera of DQE(0) = 0.8. You may buy *one* of: multislice
    instead of projection, a full covariance instead of a noise spectrum by shells, 300 kV. Which, at 3 Å? Use the grid above for the first, the
    last figure for the second, and $d^2/\lambda$ for the third.""")
    return


if __name__ == "__main__":
    app.run()
