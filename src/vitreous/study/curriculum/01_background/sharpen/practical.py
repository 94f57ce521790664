import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.fourier import b_factor_decay, frequencies, positions
    from vitreous.optics import (
        Defocus,
        Lens,
        ctf_1d,
        ctf_phase_at,
        exact_propagator,
        focal_spread_sigma_angstrom,
        grating_harmonic,
        grating_image,
        interaction_constant,
        propagate,
        propagator,
        spatial_envelope,
        temporal_envelope,
        thick_ctf_power,
        wavelength_angstrom,
    )
    from vitreous.specimen import (
        ICE,
        elastic_cross_section,
        elastic_mean_free_path_angstrom,
        element_symbol,
        inelastic_mean_free_path_angstrom,
        peak_potential,
        scattered_fractions,
        scattering_factor,
    )

    return (
        Defocus,
        ICE,
        Lens,
        b_factor_decay,
        ctf_1d,
        ctf_phase_at,
        elastic_cross_section,
        elastic_mean_free_path_angstrom,
        element_symbol,
        exact_propagator,
        focal_spread_sigma_angstrom,
        frequencies,
        grating_harmonic,
        grating_image,
        inelastic_mean_free_path_angstrom,
        interaction_constant,
        mo,
        np,
        peak_potential,
        positions,
        propagate,
        propagator,
        scattered_fractions,
        scattering_factor,
        spatial_envelope,
        temporal_envelope,
        thick_ctf_power,
        wavelength_angstrom,
    )


@app.cell
def _():
    from vitreous.study.figures import (
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

    return (
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
def _(mo):
    mo.md(r"""
    # The exact image of a grating, and what becomes of its zeros

    **Three formulas describe the contrast of a defocused phase grating. They are nested, and you can say to the digit where
    each one breaks.**

    Every linear theory of the microscope is a statement about one grating at a time. So take one,
    $\Psi(x, 0) = e^{i\varepsilon\cos 2\pi x/d}$, let it fly a distance $z$, and compute what a camera sees. In arrows this
    is [the other stream](/meetings/01-background/blur/); here we keep all orders.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The image is a sine of the defocus, wrapped in a Bessel function

    Behind the grating stand beams of all orders, $\Psi = \sum_n i^n J_n(\varepsilon)\, e^{2\pi i n x/d}$. Free flight turns
    order $n$ by $-\pi\lambda z n^2/d^2$. Square, sum, and the Bessel functions collapse (Guigay 1977):

    $$\begin{aligned} |\Psi|^2 &= 1 + 2\sum_{h\ge1} I_h \cos\frac{2\pi h x}{d}, \\
    I_h &= J_h\!\left(2\varepsilon\sin\frac{\pi\lambda z h}{d^2}\right). \end{aligned}$$

    Small phase: $J_1(u) \approx u/2$ gives $I_1 \approx \varepsilon\sin(\pi\lambda z/d^2)$, the contrast transfer function.
    Small angle, $\theta = \lambda/d \to 0$ at given $z$: $I_1 \approx \varepsilon\,\pi\lambda z/d^2$, the transport of intensity. The
    derivation, each step checked, is a [problem](/problems/01-grating-intensity/).
    """)
    return


@app.cell
def _(predict):
    predict(
        "You double the phase ε of a grating of 20 Å at 5000 Å defocus, from 0.5 to 1 rad. By how much does its contrast grow?",
        ["Doubles", "Less than doubles, and second harmonics appear", "More than doubles"],
        r"Less: $J_1(2\varepsilon s)$ bends over, and what is missing goes to harmonics $h = 2, 3$, periods that the object does "
        r"not have. A linear method will call them structure.",
    )
    return


@app.cell
def _(Plot, Slider, Table, figure):
    grating = figure(
        "grating",
        panels=[
            Plot("image", "intensity over two periods", x="x/d", y="|Ψ|²", x_range=(-1, 1)),
            Plot("against", "first harmonic against defocus", x="z (Å)", y="I₁", x_range=(0, 40000), y_range=(-1, 1)),
            Table("numbers", "first harmonic, four ways", columns=("way", "I₁", "error (%)")),
        ],
        controls=[
            Slider("phase", "phase of the grating ε", 0.01, 3.0, 0.5, 0.01, unit="rad", logarithmic=True),
            Slider("period_angstrom", "period d", 2, 60, 20, 0.01, unit="Å", logarithmic=True),
            Slider("distance_angstrom", "defocus z", 0, 40000, 5000, 100, unit="Å", playable=True),
            Slider("voltage_kv", "voltage", 10, 300, 300, 5, unit="kV"),
        ],
        caption="Raise ε until the dashed curves leave the exact one. Then make d small and see which of the two fails first.",
    )
    grating
    return (grating,)


@app.cell
def _(
    Curve,
    Mark,
    grating,
    grating_harmonic,
    grating_image,
    np,
    positions,
    propagate,
    wavelength_angstrom,
):
    _g = grating.settings
    _wavelength = float(wavelength_angstrom(_g.voltage_kv))
    _turn = np.pi * _wavelength / _g.period_angstrom**2
    _x, _z = np.linspace(-1, 1, 241), np.linspace(0, 40000, 1601)
    _exact = grating_harmonic(1, _g.phase, _g.period_angstrom, _g.distance_angstrom, _g.voltage_kv)
    _ways = {
        "exact J₁(2ε sin)": _exact,
        "small phase: ε sin(πλz/d²)": _g.phase * np.sin(_turn * _g.distance_angstrom),
        "and small angle: ε πλz/d²": _g.phase * _turn * _g.distance_angstrom,
    }
    _cosine = np.cos(2 * np.pi * positions(64)[None, :] / 64)
    _flown = propagate(np.exp(1j * _g.phase * _cosine), _g.period_angstrom / 64, _g.distance_angstrom, _g.voltage_kv)
    _ways["wave propagated on a grid"] = float(np.mean(np.abs(_flown) ** 2 * _cosine))
    _image = grating_image(_x * _g.period_angstrom, _g.phase, _g.period_angstrom, _g.distance_angstrom, _g.voltage_kv)
    _harmonic = [grating_harmonic(1, _g.phase, _g.period_angstrom, float(z), _g.voltage_kv) for z in _z]
    _linear = 1 + 2 * np.outer(list(_ways.values())[1:3], np.cos(2 * np.pi * _x))
    _names = ("small phase", "and small angle")
    grating.draw(
        image=[
            Curve(_x, _image, "exact"),
            *[Curve(_x, y, name, "dashed") for y, name in zip(_linear, _names, strict=True) if np.ptp(y) < 12],
        ],
        against=[
            Curve(_z, _harmonic, "exact"),
            Curve(_z, _g.phase * np.sin(_turn * _z), "small phase", "dashed"),
            Curve(_z, _g.phase * _turn * _z, "and small angle", "dashed"),
            Mark(_g.distance_angstrom, "z"),
        ],
        numbers=[
            (name, value, f"{100 * (value / _exact - 1):+.3g}" if abs(_exact) > 1e-9 else "at a zero")
            for name, value in _ways.items()
        ],
    )
    return


@app.cell
def _(grating_harmonic, see_the_code):
    see_the_code(grating_harmonic)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Two different parameters. $\varepsilon$ bends the sine into a Bessel function and makes harmonics.
    $\pi\lambda z/d^2$, the *phase of the detour*, decides whether the sine may be replaced by its argument. In cryo-EM the
    second is never small at the resolutions we care about: 1 µm, 300 kV and 3 Å give 69 rad. So the transport of intensity
    is useless there, and the CTF is needed.

    **What goes wrong.** Sign. Underfocus $\Delta f > 0$ images a plane *before* the specimen: $z = -\Delta f$. Swap it
    and contrast inverts, which nobody notices at one defocus.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## To leading order, each approximation fails as a square

    Expand around the origin. With $s = \sin(\pi\lambda z/d^2)$, small phase costs

    $$\frac{\varepsilon s}{J_1(2\varepsilon s)} - 1 \approx \frac{(\varepsilon s)^2}{2},$$

    so 1 % is reached at $\varepsilon |s| = \sqrt{0.02} = 0.14$ rad. Small angle costs $\tfrac16(\pi\lambda z/d^2)^2$: 1 % at 0.24 rad. And
    the paraxial step, $\sqrt{1 - \theta^2} \approx 1 - \theta^2/2$, which even the "exact" Bessel formula makes, leaves a
    phase of $\tfrac14\pi\theta^4 z/\lambda$ behind.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Which of the three breaks first for a protein of 100 kDa at 300 kV, 1 µm defocus, 3 Å detail?",
        ["Small phase", "Small angle (sine by its argument)", "Paraxial flight"],
        r"Small angle, by a factor of hundreds: that is why we use the sine. Next small phase: the projected potential of a "
        r"protein peaks at some tenths of a radian. Paraxial flight is safe: its phase error is "
        r"$\tfrac14\pi\lambda^3 z/d^4 \approx 0.0007$ rad.",
    )
    return


@app.cell
def _(Choice, Image, Plot, Slider, Table, figure):
    errors = figure(
        "errors",
        panels=[
            Image(
                "map",
                "relative error: angle → , phase of the grating ↑ (click)",
                unit="log₁₀ %",
                colours="map",
                interaction="pick",
            ),
            Plot(
                "along",
                "along the row you picked",
                x="angle θ = λ/d (mrad)",
                y="relative error (%)",
                logarithmic="xy",
                x_range=(0.1, 40),
                y_range=(1e-6, 1e4),
            ),
            Table("there", "at the point you picked", columns=("quantity", "value")),
        ],
        controls=[
            Choice("which", "approximation", ("small phase", "small angle", "both", "paraxial flight"), "both"),
            Slider("distance_angstrom", "defocus z", 100, 100000, 10000, 0.01, unit="Å", logarithmic=True),
            Slider("voltage_kv", "voltage", 10, 300, 300, 5, unit="kV"),
        ],
        caption="Across: θ from 0.1 to 40 mrad, logarithmic. Up: ε from 0.003 to 3 rad, logarithmic. Click anywhere. Colour is the logarithm of the error: 0 is 1 %, 2 is 100 %.",
    )
    errors
    return (errors,)


@app.cell
def _(np):
    def bessel(u):
        """J₁ by its power series; beyond u = 12, where it is small, it is taken as zero."""
        near = np.where(np.abs(u) < 12, u, 0.0)
        total = np.ones_like(near)
        for m in range(30, 0, -1):  # Horner: Σ (−u²/4)^m / (m! (m + 1)!)
            total = 1 - (near / 2) ** 2 / (m * (m + 1)) * total
        return near / 2 * total

    error_angles, error_phases = np.geomspace(1e-4, 4e-2, 96), np.geomspace(3, 3e-3, 72)

    def strength(phases, turned):
        """The size of the exact |I₁|, held above a thousandth of ε where it passes through zero."""
        return np.maximum(np.abs(bessel(2 * phases * np.sin(turned))), 1e-3 * phases)

    return bessel, error_angles, error_phases, strength


@app.cell
def _(
    Curve,
    Mark,
    Pixels,
    bessel,
    error_angles,
    error_phases,
    errors,
    np,
    strength,
    wavelength_angstrom,
):
    _e = errors.settings
    _wavelength = float(wavelength_angstrom(_e.voltage_kv))
    _turn = np.pi * error_angles[None, :] ** 2 * _e.distance_angstrom / _wavelength
    _beyond = np.pi * error_angles[None, :] ** 4 * _e.distance_angstrom / (4 * _wavelength)
    _phase = error_phases[:, None]
    _exact, _sine = bessel(2 * _phase * np.sin(_turn)), _phase * np.sin(_turn)
    _difference = {
        "small phase": _sine - _exact,
        "small angle": bessel(2 * _phase * _turn) - _exact,
        "both": _phase * _turn - _exact,
        "paraxial flight": bessel(2 * _phase * np.sin(_turn + _beyond)) - _exact,
    }
    _error = {name: 100 * np.abs(value) / strength(_phase, _turn) for name, value in _difference.items()}
    _column, _row = (int(v) for v in (_e.map or (48, 22)))
    _period = _wavelength / error_angles[_column]
    errors.draw(
        map=Pixels(np.log10(np.maximum(_error[_e.which], 1e-5)), limits=(-4.0, 2.0)),
        along=[
            *[
                Curve(1e3 * error_angles, np.maximum(value[_row], 1e-6), name, "line" if name == _e.which else "dashed")
                for name, value in _error.items()
            ],
            Curve([0.1, 40], [1.0, 1.0], "1 %", "dashed"),
            Mark(1e3 * error_angles[_column], f"{_period:.2g} Å"),
        ],
        there=[
            ("angle θ (mrad)", 1e3 * error_angles[_column]),
            ("period d (Å)", _period),
            ("phase ε (rad)", error_phases[_row]),
            ("πλz/d² (rad)", _turn[0, _column]),
            *[(f"error, {name} (%)", value[_row, _column]) for name, value in _error.items()],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Small phase fails towards the top, where ε is large, as soon as the sine is not small. Small angle fails to
    the right, at any ε, and its border moves with defocus as $\theta \propto 1/\sqrt z$. Beyond it the stripes are the zeros of the sine, where *relative*
    error is a poor measure: the true signal vanishes.

    | regime | ε (rad) | πλz/d² (rad) | what holds |
    |---|---|---|---|
    | single particles, 300 kV, 1 µm, 3 Å | 0.05–0.5 | 69 | sine, weak phase to some % |
    | the same at 30 Å | 0.05–0.5 | 0.7 | sine; transport of intensity to 9 % |
    | cell lamella 200 nm thick, 300 kV | about 1 and more | 20–70 | neither small phase nor one defocus: multislice |
    | gold beads, heavy stain, crystals | several | any | phase grating or multislice |
    | X-ray or light, near the object | any | below 0.2 | transport of intensity |
    | electrons at 10 kV, 3 Å | above 1 | large | multislice; paraxial error grows as λ³ |

    **What goes wrong.** "Weak" is a property of specimen *and* voltage *and* resolution: blur averages ε down, so the same
    protein is weak at 10 Å and not at 2 Å.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Paraxial flight is exact enough until the angle reaches tens of milliradians

    The wave equation for fast electrons (Kirkland, section 6.2) drops $\partial^2\Psi/\partial z^2$: the wave is
    $e^{2\pi i z/\lambda}$ times something that changes slowly. In Fourier space the two answers differ in one phase only.
    """)
    return


@app.cell
def _(Plot, Slider, figure):
    flight = figure(
        "flight",
        panels=[
            Plot(
                "phases",
                "phase of free flight that the paraxial form leaves out",
                x="spatial frequency (1/Å)",
                y="rad",
                logarithmic="y",
                x_range=(0, 1),
                y_range=(1e-8, 10),
            ),
        ],
        controls=[
            Slider("distance_angstrom", "distance", 10, 50000, 10000, 0.01, unit="Å", logarithmic=True),
            Slider("voltage_kv", "voltage", 10, 300, 300, 5, unit="kV"),
        ],
        caption="A tenth of a radian is where an image begins to notice. Where does your microscope cross it?",
    )
    flight
    return (flight,)


@app.cell
def _(
    Curve,
    exact_propagator,
    flight,
    frequencies,
    np,
    propagator,
    wavelength_angstrom,
):
    _shape, _pixel = (1, 256), 0.5
    _arguments = (_shape, _pixel, flight.settings.distance_angstrom, flight.settings.voltage_kv)
    _k = frequencies(256, _pixel)[128:]
    _left = np.angle(exact_propagator(*_arguments) / propagator(*_arguments))[0, 128:]
    _wavelength = float(wavelength_angstrom(flight.settings.voltage_kv))
    _series = 0.25 * np.pi * _wavelength**3 * flight.settings.distance_angstrom * _k**4
    flight.draw(
        phases=[
            Curve(_k, np.maximum(np.abs(_left), 1e-8), "exact against paraxial (folded to ±π)"),
            Curve(_k, np.maximum(_series, 1e-8), "¼πλ³z k⁴", "dashed"),
            Curve([0, 1], [0.1, 0.1], "0.1 rad", "dashed"),
        ]
    )
    return


@app.cell
def _(exact_propagator, see_the_code):
    see_the_code(exact_propagator)
    return


@app.cell
def _(mo):
    mo.md(r"""
    The missing term has the form of spherical aberration with $C_s = z/2$: 1 µm of flight is worth 0.5 µm of $C_s$, against the
    2.7 mm of the lens. That is why nobody corrects it.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Zeros are damped by coherence and filled by everything that adds intensities

    The theory says that contrast vanishes where $\sin\chi = 0$. Look at real Thon rings: minima, never zeros. Two kinds of
    effect are at work, and they are often confused. A partially coherent beam multiplies the *amplitude* by an envelope:
    rings fade, **zeros stay zeros**. But sums of *intensities* of different phase **fill** them: layers at different
    heights, micrographs of different defocus, electrons that lost energy, noise.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You halve the spread of the gun's energy. What happens to the depth of the minima of the Thon rings near 3 Å?",
        ["They get deeper: less blur", "They stay as deep, relative to a background that stays", "They vanish"],
        r"The background and the filling are unchanged; the maxima grow. *Visible* modulation improves, but the floor is set by what adds in "
        r"intensity: noise, inelastic electrons and thickness.",
    )
    return


@app.cell
def _(Plot, Slider, Switch, Table, figure):
    zeros = figure(
        "zeros",
        panels=[
            Plot(
                "amplitude",
                "transfer of amplitude",
                x="spatial frequency (1/Å)",
                y="CTF",
                x_range=(0, 0.4),
                y_range=(-1, 1),
            ),
            Plot(
                "power",
                "power spectrum: ideal and observed",
                x="spatial frequency (1/Å)",
                y="power (ideal maximum = 1)",
                x_range=(0, 0.4),
                y_range=(0, 1.3),
            ),
            Table("minima", "how deep are the minima", columns=("near", "minimum / maximum", "without envelope")),
        ],
        controls=[
            Slider("defocus_um", "defocus", 0.3, 3.0, 1.0, 0.02, unit="µm", playable=True),
            Slider("energy_ev", "energy spread σ", 0.0, 3.0, 0.4, 0.05, unit="eV"),
            Slider("divergence_mrad", "divergence σ", 0.0, 0.3, 0.02, 0.005, unit="mrad"),
            Slider("b_factor", "B factor", 0, 150, 20, 1, unit="Å²"),
            Slider("thickness_angstrom", "ice thickness", 0, 3000, 300, 10, unit="Å"),
            Slider("spread_um", "range of defocus summed", 0.0, 1.0, 0.0, 0.02, unit="µm"),
            Slider("noise", "noise floor", 0.0, 0.5, 0.1, 0.01),
            Switch("filter", "energy filter", value=False),
        ],
        caption="First only energy spread: zeros stay. Then only thickness: a node, beyond which maxima and minima change places.",
    )
    zeros
    return (zeros,)


@app.cell
def _(
    ICE,
    Lens,
    elastic_mean_free_path_angstrom,
    inelastic_mean_free_path_angstrom,
    np,
):
    zero_lens = Lens(300.0, spherical_aberration_mm=2.7, amplitude_contrast=0.07)
    zero_k = np.linspace(0.0, 0.4, 1201)
    zero_kxy = np.stack([zero_k, np.zeros_like(zero_k)], axis=-1)
    ice_paths = elastic_mean_free_path_angstrom(ICE, 300.0), inelastic_mean_free_path_angstrom(ICE, 300.0)
    return ice_paths, zero_k, zero_kxy, zero_lens


@app.cell
def _(
    Curve,
    Defocus,
    b_factor_decay,
    ctf_1d,
    ctf_phase_at,
    focal_spread_sigma_angstrom,
    ice_paths,
    np,
    scattered_fractions,
    spatial_envelope,
    temporal_envelope,
    thick_ctf_power,
    zero_k,
    zero_kxy,
    zero_lens,
    zeros,
):
    _s = zeros.settings
    _defocus = Defocus.round(1e4 * _s.defocus_um)
    _envelope = (
        temporal_envelope(zero_k, focal_spread_sigma_angstrom(300.0, 2.7, _s.energy_ev), 300.0)
        * spatial_envelope(zero_kxy, _defocus, zero_lens, _s.divergence_mrad)
        * b_factor_decay(zero_k, _s.b_factor)
    )
    _offsets = 1e4 * _s.spread_um * (np.arange(15) / 14 - 0.5)
    _chi = ctf_phase_at(zero_kxy, Defocus.round(1e4 * _s.defocus_um + _offsets), zero_lens)
    _rings = np.mean(thick_ctf_power(_chi, zero_k, _s.thickness_angstrom, 300.0), axis=0)
    _fractions = scattered_fractions(_s.thickness_angstrom, *ice_paths)
    _haze = 0.0 if _s.filter else float(_fractions.inelastic)
    _power = (1 - _haze) * _rings * _envelope**2 + _haze * np.exp(-((zero_k / 0.15) ** 2)) + _s.noise
    _ideal = ctf_1d(zero_k, _defocus, zero_lens)
    _table = []
    for _near in (0.1, 0.2, 0.3):
        _window = np.abs(zero_k - _near) < 0.045
        _table.append(
            (
                f"{1 / _near:.1f} Å",
                *[
                    float(p[_window].min() / p[_window].max())
                    for p in (_power, (1 - _haze) * _rings + _haze + _s.noise)
                ],
            )
        )
    zeros.draw(
        amplitude=[
            Curve(zero_k, _ideal * _envelope, "with envelopes"),
            Curve(zero_k, _ideal, "ideal", "dashed"),
            Curve(zero_k, _envelope, "envelope", "dashed"),
        ],
        power=[
            Curve(zero_k, _power, "observed"),
            Curve(zero_k, _ideal**2, "ideal, sin² χ", "dashed"),
            Curve(zero_k, _haze * np.exp(-((zero_k / 0.15) ** 2)) + _s.noise, "background"),
        ],
        minima=_table,
    )
    return


@app.cell
def _(see_the_code, thick_ctf_power):
    see_the_code(thick_ctf_power)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What damps** (multiplies amplitude, zeros stay): spread of energy, $\exp[-\tfrac12(\pi\lambda\sigma_f k^2)^2]$; spread of angle, strongest
    far from focus; motion and the detector's MTF; radiation damage.

    **What fills** (adds intensity): thickness, $\tfrac12[1 - \mathrm{sinc}(\pi\lambda k^2 t)\cos2\chi]$, which even inverts the rings
    beyond $t = d^2/\lambda$ (457 Å for 3 Å at 300 kV); a sum over micrographs or over a tilted field; astigmatism averaged round a
    ring; inelastic electrons, whose focus is off by $C_c\Delta E/E \approx 0.2$ µm for 20 eV; the second-order image
    $\varepsilon^2$; shot and detector noise; and the amplitude contrast does *not* fill, it only shifts the zeros.

    The haze here is a model: the inelastic share of ice at that thickness, spread as a broad hump to show where it goes. The rest are
    the engine's formulas.

    **Where it is in the packages.** CTFFIND5 fits the thickness by this very formula. RELION and cryoSPARC subtract the background before
    the fit and fold everything that damps into one B factor. What fills cannot be undone by a filter on one image: merge different defoci.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Atomic number enters once, through the potential, and comes out in three different powers

    The only place where chemistry meets the wave is $\Psi = e^{i\sigma\int V dz}$, and $V$ is the sum of atoms with
    $\hat V(q) = \kappa^{-1} f(q)$. The Mott–Bethe relation opens $f$: nucleus minus cloud,

    $$f(q) = \frac{Z - f_X(q)}{2\pi^2 a_0\, q^2},$$

    $f_X$ the X-ray factor. At large $q$ the cloud is gone: $\propto Z$. At $q \to 0$ numerator and denominator vanish
    together, and what remains is the mean square radius of the cloud: $f(0) = \langle r^2\rangle/3a_0$ summed over electrons.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Going through the periodic table at q = 0, where is the scattering factor largest?",
        ["At the heaviest atoms", "At the alkali metals, at the start of each row", "At the noble gases"],
        r"At the alkali metals and alkaline earths: one or two loosely bound electrons make a huge cloud. Noble gases are the "
        r"minima. Slide q to 1 and the saw-tooth straightens to a line.",
    )
    return


@app.cell
def _(Plot, Slider, Table, figure):
    atomic = figure(
        "atomic",
        panels=[
            Plot("table", "all elements at one spatial frequency", x="atomic number Z", y="f (Å)", x_range=(0, 93)),
            Plot(
                "powers",
                "and summed over angle",
                x="atomic number Z",
                y="against carbon",
                logarithmic="xy",
                x_range=(1, 100),
                y_range=(0.05, 100),
            ),
            Table(
                "seven",
                "atoms of macromolecules",
                columns=("atom", "f(q) (Å)", "f / f of C", "phase (mrad)", "|f|² / C", "σ / C"),
            ),
        ],
        controls=[
            Slider("frequency", "spatial frequency q", 0.0, 3.0, 0.0, 0.02, unit="1/Å", playable=True),
            Slider("b_factor", "B factor of the potential", 0, 200, 30, 1, unit="Å²"),
            Slider("voltage_kv", "voltage", 60, 300, 300, 5, unit="kV"),
        ],
        caption="At q = 0 chemistry, at q = 3 the nucleus. The guides on the right are Z, and Z to the power 1.5.",
    )
    atomic
    return (atomic,)


@app.cell
def _(elastic_cross_section, np, scattering_factor):
    charges = np.arange(1, 93)
    atom_factors = [scattering_factor(int(z), "lobato") for z in charges]
    sections = np.array([elastic_cross_section(int(z), 300.0, parametrisation="lobato") for z in charges])
    return atom_factors, charges, sections


@app.cell
def _(
    Curve,
    Mark,
    atom_factors,
    atomic,
    charges,
    element_symbol,
    interaction_constant,
    np,
    peak_potential,
    sections,
):
    _a = atomic.settings
    _f = np.array([float(factor.scattering_factor(_a.frequency)) for factor in atom_factors])
    _sigma = float(interaction_constant(_a.voltage_kv))
    _seven = [6, 7, 8, 15, 16, 26, 92]
    _peak = {int(z): peak_potential(int(z), _a.b_factor) for z in charges}
    atomic.draw(
        table=[Curve(charges, _f, "f(q; Z)"), *[Mark(z, element_symbol(z)) for z in (6, 11, 18, 26, 36, 55, 86, 92)]],
        powers=[
            Curve(charges, sections / sections[5], "elastic cross-section"),
            Curve(charges, (_f / _f[5]) ** 2, "intensity |f(q)|²"),
            Curve(charges, np.array(list(_peak.values())) / _peak[6], "peak phase"),
            Curve(charges, charges / 6, "Z", "dashed"),
            Curve(charges, (charges / 6) ** 1.5, "Z^1.5", "dashed"),
        ],
        seven=[
            (
                element_symbol(z),
                _f[z - 1],
                _f[z - 1] / _f[5],
                1e3 * _sigma * _peak[z],
                (_f[z - 1] / _f[5]) ** 2,
                sections[z - 1] / sections[5],
            )
            for z in _seven
        ],
    )
    return


@app.cell
def _(elastic_cross_section, see_the_code):
    see_the_code(elastic_cross_section)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** *Phase* contrast of a blurred atom follows $f(0)$ with a saw-tooth: U has the phase of 7 carbons. *Elastic* scattering
    (dark field, $|f|^2$ summed over angles) grows near $Z^{1.5}$: U is 56 carbons. *Inelastic* scattering grows
    as $\sqrt Z$: light atoms are the wasteful ones. By these formulas an elastic event at 300 kV comes with 1.6 inelastic ones in carbon (a
    measured estimate is 3), and with 0.1 in uranium. Light atoms pay more damage for each useful electron.

    **What goes wrong.** The first Born approximation is off by several per cent for uranium at 100 kV: complex scattering amplitudes
    (the partial waves) appear, and with them a true amplitude contrast of heavy atoms. Neutral tables are wrong for ions at small $q$: an
    ion's $f$ diverges as $\Delta Z/q^2$.

    **Where it is in the packages.** abTEM, cryoJAX and cisTEM's simulator hold Kirkland's, Lobato's or Peng's tables. RELION and
    cryoSPARC never need Z: they estimate the map itself.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## One question to take along

    A micrograph at 1 µm underfocus is summed with one at 1.2 µm, image by image, before any correction. The zeros fill. **Has information
    been gained or lost, and what would you do with the two images instead?** Then go to
    [the problems](/meetings/01-background/sharpen/).
    """)
    return


if __name__ == "__main__":
    app.run()
