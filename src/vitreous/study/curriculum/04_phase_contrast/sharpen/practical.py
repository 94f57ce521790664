import marimo

app = marimo.App(width="medium", app_title="Tilted and thick specimens")

with app.setup:
    import time

    import marimo as mo
    import numpy as np

    from vitreous.fourier import frc, frequency_grid, ft, shell_frequencies
    from vitreous.optics import (
        Defocus,
        Lens,
        correct_height,
        ctf,
        ctf_1d,
        ctf_phase_at,
        defocus_at_height,
        height_adjoint,
        height_image,
        height_transfer,
        node_thickness_angstrom,
        thick_ctf_power,
        thickness_envelope,
        tilt_direction,
        tilted_direct,
        tilted_height,
        tilted_spectrum,
        wavelength_angstrom,
        wiener_correct,
    )
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
    mo.md(r"""
    # Tilted and thick specimens

    **A CTF is a convolution, and a convolution is the same everywhere. Tilt the specimen and nothing is: each point has its
    own defocus. Yet the *spectrum* of the image stays simple: at each frequency it mixes exactly two samples of the
    specimen's spectrum. Thickness does the same along the beam, and what it takes does not come back.**

    You will see what one defocus for a tilted field costs, compute the exact transfer in three ways and time them,
    correct a tilted image, and find the thickness at which Thon rings disappear. Where the curve itself comes from is in
    the [blur stream](/meetings/04-phase-contrast/blur/).
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## In a tilted field, one defocus is right along one line

    The specimen rises along the direction $\hat u$ at right angles to the tilt axis. At the place $x$ of the image it lies
    $z = (x\cdot\hat u)\tan\alpha$ nearer the detector, and is by that much more underfocused:
    $\Delta f(x) = \Delta f_0 + z(x)$.
    """)
    return


@app.cell
def _():
    predict(
        "Tilt 30°, field 4000 Å, 300 kV. To which resolution does the defocus of the middle serve the edge?",
        ["About 3 Å", "About 7 Å", "About 20 Å"],
        "The edge is off by $2000\\tan 30° = 1155$ Å. Transfer and correction are 90° out of step where "
        "$\\pi\\lambda\\,\\delta/d^2 = \\pi/2$, at $d = \\sqrt{2\\lambda\\delta} = 6.7$ Å.",
    )
    return


@app.cell
def _():
    field = figure(
        "field",
        panels=[
            Image("defocus", "underfocus over the field", unit="Å", colours="map"),
            Plot("curve", "CTF along +x", x="spatial frequency (1/Å)", y="CTF", y_range=(-1.05, 1.05)),
            Table("numbers", "at the edge", ("quantity", "value")),
        ],
        controls=[
            Slider("tilt_deg", "tilt", -70, 70, 30, 1, unit="°", playable=True),
            Slider("axis_deg", "tilt axis, from +x", -90, 90, 70, 1, unit="°"),
            Slider("field_angstrom", "field", 200, 8000, 4000, 100, unit="Å"),
            Slider("defocus_um", "underfocus on the axis", 0.3, 4.0, 1.2, 0.05, unit="µm"),
            Slider("voltage_kv", "voltage", 100, 300, 300, 10, unit="kV"),
        ],
        caption="The curves agree up to some frequency and then fall out of step: watch where.",
    )
    field
    return (field,)


@app.cell
def _(field):
    _s, _lens = field.settings, Lens(field.settings.voltage_kv, 2.7, 0.07)
    _height = tilted_height((65, 65), _s.field_angstrom / 64, _s.tilt_deg, _s.axis_deg)
    _focus = Defocus.round(1e4 * _s.defocus_um)
    _k, _rise = np.linspace(0, 0.25, 600), float(_height.max())
    _edges = [ctf_1d(_k, defocus_at_height(_focus, height), _lens) for height in (-_rise, 0.0, _rise)]
    _ux, _uy = tilt_direction(_s.axis_deg)
    field.draw(
        defocus=Pixels(_height + _focus.u_angstrom, pixel_size=_s.field_angstrom / 64),
        curve=[
            Curve(_k, curve, label, style)
            for curve, label, style in zip(
                _edges, ("far corner", "axis", "near corner"), ("dashed", "line", "dashed"), strict=True
            )
        ],
        numbers=[
            ["rises along û", f"({_ux:.2f}, {_uy:.2f})"],
            ["change of defocus, axis to corner", f"{_rise:.0f} Å"],
            [
                "90° out of step at",
                f"{np.sqrt(2 * wavelength_angstrom(_s.voltage_kv) * _rise):.1f} Å" if _rise else "never",
            ],
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What goes wrong: signs.** Whether the side that rises is the more or the less underfocused depends on which
    way $z$ points and which way the beam goes; whether a positive tilt is right-handed, on the program. A wrong sign doubles the error
    instead of removing it. The test is physical: fit the rings in strips on either side of the axis.

    **Where it is in the packages.** cryoSPARC's and Warp's patch fits, Gctf's local fit and RELION's per-particle
    refinement all find $\Delta f(x)$ from the data; CTFFIND 5 fits the tilt itself. Tomography packages (IMOD's
    ctfphaseflip, NovaCTF, Warp/M) correct in strips or per sub-volume.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Exactly: two samples of the spectrum, each moved by ½ λ p² tan α

    Write the weak phase object as $\varphi(x)$. A point at $x$ contributes to the image's spectrum
    $2\,\mathrm{CTF}(p;\Delta f_0+z)\,e^{-2\pi i p\cdot x}$, and
    $2\,\mathrm{CTF} = i\left[e^{i\chi} - e^{-i\chi}\right]$, with $\chi$ *linear in $z$*:

    $$\hat I(p) = \int \varphi(x)\, i\left[e^{i\chi_0(p)} e^{+i\pi\lambda p^2 z(x)} - e^{-i\chi_0(p)}e^{-i\pi\lambda p^2 z(x)}\right]
    e^{-2\pi i p\cdot x}\,dx .$$

    On a plane, $z = \tan\alpha\,(x\cdot\hat u)$ and both exponentials are plane waves. They only *shift* the transform:

    $$\boxed{\;\hat I(p) = i\left[e^{i\chi_0(p)}\,\hat\varphi(p-\delta) - e^{-i\chi_0(p)}\,\hat\varphi(p+\delta)\right],\qquad
    \delta = \tfrac12\lambda|p|^2\tan\alpha\;\hat u\;}$$

    This is the tilted contrast-imaging function of Philippsen, Engel & Engel (2007). Nothing was approximated after the weak
    phase object: $p$ is the frequency of the *image*. At $\alpha = 0$ it is $2\,\mathrm{CTF}\,\hat\varphi$.
    """)
    return


@app.cell
def _():
    predict(
        "An irregular film (flat spectrum), tilted. What becomes of its Thon rings?",
        [
            "They become ellipses",
            "They fade, and only those far out along û",
            "They fade all around the circle, the farther out the more",
        ],
        "They fade all around. For an irregular film the two shifted samples become independent numbers once they are a Fourier pixel "
        "apart, and δ depends on |p| alone: the same all around a ring. Seen in real space: each point has its own defocus, and the mean of "
        "$4\\sin^2\\chi$ over all heights is that of a film as *thick* as the field is high, $L\\tan\\alpha$.",
    )
    return


@app.cell
def _():
    shifted = figure(
        "shifted",
        panels=[
            Image("rings", "power spectrum: tilted (left), flat (right)"),
            Plot("shift", "shift against a Fourier pixel", x="spatial frequency (1/Å)", y="1/Å", logarithmic="y"),
            Plot("profile", "mean power of the rings", x="spatial frequency (1/Å)", y="power", y_range=(0, 1.05)),
        ],
        controls=[
            Slider("tilt_deg", "tilt", 0, 70, 45, 1, unit="°", playable=True),
            Slider("field_angstrom", "field L across the axis", 200, 6000, 2000, 50, unit="Å"),
            Slider("defocus_um", "underfocus", 0.3, 3.0, 1.0, 0.05, unit="µm"),
            Choice("voltage", "voltage", ("100 kV", "200 kV", "300 kV"), "300 kV"),
        ],
        caption="Rings vanish where the samples p − δ and p + δ are one Fourier pixel 1/L apart, and come back inverted.",
    )
    shifted
    return (shifted,)


@app.cell
def _():
    film = np.random.default_rng(11).normal(size=(160, 160)) * 0.05
    flat_spectrum = ft(film, 2)
    return film, flat_spectrum


@app.cell
def _(shifted):
    _s, _p, _n = shifted.settings, 2.0, 192
    _lens, _focus = Lens(float(_s.voltage.split()[0]), 2.7, 0.07), Defocus.round(1e4 * _s.defocus_um)
    _rise = _s.field_angstrom * float(np.tan(np.deg2rad(_s.tilt_deg)))

    def _power(frequency_xy, height):
        radius = np.hypot(frequency_xy[..., 0], frequency_xy[..., 1])
        return thick_ctf_power(ctf_phase_at(frequency_xy, _focus, _lens), radius, height, _lens.voltage_kv)

    _grid, _k = frequency_grid((_n, _n), _p), np.linspace(0.01, 0.25, 500)
    _line = np.stack([_k, 0 * _k], axis=-1)
    _both = np.where(_grid[..., 0] < 0, _power(_grid, _rise), _power(_grid, 0.0))
    _speckle = np.random.default_rng(4).gamma(12.0, 1 / 12.0, (_n, _n))
    _delta = 0.5 * wavelength_angstrom(_lens.voltage_kv) * _k**2 * np.tan(np.deg2rad(_s.tilt_deg))
    shifted.draw(
        rings=Pixels(_both * _speckle, limits=(0.0, 1.6), pixel_size=1 / (_n * _p), pixel_unit="1/Å"),
        shift=[
            Curve(_k, np.maximum(2 * _delta, 1e-6), "2δ = λ k² tan α"),
            Curve(_k, np.full_like(_k, 1 / _s.field_angstrom), "one Fourier pixel, 1/L", "dashed"),
        ],
        profile=[
            Curve(_k, _power(_line, _rise), "tilted"),
            Curve(_k, _power(_line, 0.0), "flat", "dashed"),
        ],
    )
    return


@app.cell
def _():
    see_the_code(tilted_spectrum)
    return


@app.cell
def _():
    mo.md(r"""
    **Where strips come from.** Filtering the image at $x$ by $\mathrm{CTF}(\Delta f(x))$ is the
    *adjoint-like* view: it shifts the argument of the image instead of the object's. The two agree to first order in
    the shift. Within a strip of width $w$ the phase is constant to $\pi\lambda k^2\,\tfrac w2\tan\alpha \ll 1$: at 3 Å, 300 kV
    and 45° that asks for $w \ll 290$ Å.

    **What goes wrong.** $|p|^2$ in $\delta$ is of the image frequency. Put the object's there and the formula is only
    approximate, by an amount that no test at a small tilt shows.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Three exact ways, and what they cost

    1. **Point by point**: sum over all $x$ for all $p$. Right by construction, $O(N^4)$ for an $N\times N$ image.
    2. **Two shifted transforms** by the non-uniform FFT: $O(N^2\log N)$, any tilt, planes only.
    3. **Few defoci**: $e^{i\pi\lambda p^2z}$ is smooth in $z$, so interpolate it between $K$ Chebyshev nodes of the range of
       heights: $K$ ordinary CTFs of $K$ weighted images, $O(K N^2\log N)$. Any height map.

    Press the button: your computer runs all three.
    """)
    return


@app.cell
def _():
    predict(
        "Image of 48 × 48 pixels. How much longer does the direct sum take than the fastest?",
        ["About 10 times", "More than 100 times", "They are equal: it is small"],
        "Usually several hundred times already at 48, and the factor grows as $N^2$. That ratio is what made "
        "exact tilted transfer a curiosity until fast algorithms came (Voortman and others, 2011, report more than a hundred).",
    )
    return


@app.cell
def _():
    race = figure(
        "race",
        panels=[
            Plot("times", "run time on this computer", x="image size N", y="milliseconds", logarithmic="xy"),
            Table("errors", "at the largest size", ("way", "error", "time (ms)")),
        ],
        controls=[
            Slider("tilt_deg", "tilt", 0, 70, 50, 1, unit="°"),
            Choice("largest", "largest image", ("24", "32", "48"), "24"),
            Button("go", "Measure again"),
        ],
        caption="Errors are relative to the direct sum: √(Σ|Î − Î₀|²/Σ|Î₀|²). Measured when you press.",
    )
    race
    return (race,)


@app.function
def timed(work):
    """What a function returns, and the milliseconds of the quicker of two runs."""
    took = []
    for _ in range(2):
        start = time.perf_counter()
        result = work()
        took.append(1e3 * (time.perf_counter() - start))
    return result, min(took)


@app.function
def run_ways(size, tilt_deg):
    """Spectra and times of a random film by every way, at one image size."""
    pixel, axis_deg, lens, focus = 1.5, 30.0, Lens(300.0, 2.7, 0.07), Defocus.round(10000.0)
    phase = 0.05 * np.random.default_rng(size).normal(size=(size, size))
    height = tilted_height((size, size), pixel, tilt_deg, axis_deg)
    return {
        "point by point": timed(lambda: tilted_direct(phase, height, pixel, focus, lens)),
        "two shifted transforms": timed(lambda: tilted_spectrum(phase, pixel, focus, lens, tilt_deg, axis_deg, 1e-6)),
        "few defoci": timed(lambda: ft(height_image(phase, height_transfer(height, pixel, focus, lens, 1e-6)), 2)),
        "one defocus": timed(lambda: 2 * ctf((size, size), pixel, focus, lens, half=False) * ft(phase, 2)),
    }


@app.cell
def _():
    measured = {}
    return (measured,)


@app.cell
def _(measured, race):
    _s = race.settings
    if measured.get("go") != _s.go or not measured:
        _sizes = [size for size in (12, 16, 24, 32, 48) if size <= int(_s.largest)]
        measured.update(go=_s.go, runs={size: run_ways(size, _s.tilt_deg) for size in _sizes})
    _runs = measured["runs"]
    _largest = max(_runs)
    _exact = _runs[_largest]["point by point"][0]
    _inner = np.s_[1:, 1:]  # an even box shows its own edge frequencies as cosines only

    def _error(spectrum):
        return float(np.linalg.norm((spectrum - _exact)[_inner]) / np.linalg.norm(_exact[_inner]))

    race.draw(
        times=[
            Curve(
                list(_runs), [run[way][1] for run in _runs.values()], way, "points" if way == "one defocus" else "line"
            )
            for way in _runs[_largest]
        ],
        errors=[[way, f"{_error(found):.1e}", f"{took:.2f}"] for way, (found, took) in _runs[_largest].items()],
    )
    return


@app.cell
def _():
    see_the_code(tilted_direct)
    return


@app.cell
def _():
    see_the_code(height_transfer)
    return


@app.cell
def _():
    mo.md(r"""
    ## How few defoci are enough

    On heights $|z|\le Z$ the Jacobi–Anger expansion $e^{i\pi\lambda k^2 z} = \sum_n (2-\delta_{n0})\,i^nJ_n(\pi\lambda k^2Z)\,T_n(z/Z)$
    ends abruptly: $J_n(x)$ falls faster than exponentially once $n > x$. So $K \approx \pi\lambda k_{\max}^2Z$ plus some ten,
    whatever the size of the image. And nothing in it asks $z$ to be a plane.
    """)
    return


@app.cell
def _():
    predict(
        "You double the field at the same tilt. The number of terms …",
        ["stays", "roughly doubles", "is four times as large"],
        "It roughly doubles: $Z$ does, and $K \\approx \\pi\\lambda k_{\\max}^2 Z$ once that product is more than about ten. "
        "Halving the pixel size would make it four times as large.",
    )
    return


@app.cell
def _():
    terms = figure(
        "terms",
        panels=[
            Image("height", "height", unit="Å", colours="map"),
            Image("image", "contrast of four points"),
            Plot("error", "error against the number of terms", x="terms K", y="relative error", logarithmic="y"),
        ],
        controls=[
            Choice("surface", "surface", ("tilted plane", "meniscus", "waves"), "tilted plane"),
            Slider("range_angstrom", "largest height Z", 10, 3000, 600, 10, unit="Å", playable=True),
            Slider("pixel_angstrom", "pixel size", 0.8, 3.0, 1.6, 0.1, unit="Å"),
            Slider("defocus_um", "underfocus", 0.1, 3.0, 0.4, 0.1, unit="µm"),
        ],
        caption="The mark is πλk²Z at the corner of the spectrum. Beyond it the error falls off a cliff.",
    )
    terms
    return (terms,)


@app.cell
def _(terms):
    _s, _n, _lens = terms.settings, 64, Lens(300.0, 2.7, 0.07)
    _y, _x = np.mgrid[-1:1:64j, -1:1:64j]
    _unit = {
        "tilted plane": _x,
        "meniscus": 2 * np.clip(_x**2 + _y**2, 0, 1) - 1,
        "waves": np.sin(6 * _x) * np.cos(5 * _y),
    }
    _height, _focus = _s.range_angstrom * _unit[_s.surface], Defocus.round(1e4 * _s.defocus_um)
    _points = np.zeros((_n, _n))
    _points[16::32, 16::32] = 1.0
    _found = [height_transfer(_height, _s.pixel_angstrom, _focus, _lens, 10.0**-e) for e in (0.5, 2, 4, 8)]
    _images = [height_image(_points, transfer) for transfer in _found]
    _errors = [np.linalg.norm(image - _images[-1]) / np.linalg.norm(_images[-1]) for image in _images[:-1]]
    _ranks = [transfer.multipliers.shape[0] for transfer in _found[:-1]]
    _corner = np.pi * wavelength_angstrom(300.0) * _s.range_angstrom / (2 * _s.pixel_angstrom**2)
    terms.draw(
        height=Pixels(_height, pixel_size=_s.pixel_angstrom),
        image=Pixels(_images[-1], pixel_size=_s.pixel_angstrom),
        error=[Curve(_ranks, np.maximum(_errors, 1e-16), "error"), Mark(_corner, "πλk²Z")],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **Cost.** At 300 kV, 3 Å and $Z = 3464$ Å (4000 Å at 60°): $\pi\lambda k^2Z = 23.8$, some 34 terms, 34 pairs of
    FFTs. The exact transfer of a whole 4k micrograph takes about as long as thirty-four CTF corrections.

    **What goes wrong.** Waves and menisci are real: ice in a hole is thicker at its rim, a tilted grid bar is bent.
    A plane fitted through such a field leaves residuals of hundreds of Å; per-particle defocus finds them.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Correcting a tilted image: solve, don't filter

    $I - 1 = M\varphi + n$, with $M$ the sum of terms above. Its adjoint $M^\mathsf T$ multiplies each place by the CTF of its
    own height. The least-squares answer

    $$(M^\mathsf TM + 1/\mathrm{SNR})\,\varphi = M^\mathsf T(I-1)$$

    is a Wiener filter that varies over the field. Conjugate gradients need only $M$ and $M^\mathsf T$.
    """)
    return


@app.cell
def _():
    predict(
        "The whole image is corrected with the defocus of the axis. The points at the edge …",
        ["are as sharp as those on the axis", "are surrounded by rings", "disappear"],
        "They are surrounded by rings: the correction with the wrong defocus leaves $\\mathrm{CTF}(\\Delta f+z)/\\mathrm{CTF}(\\Delta f)$, "
        "which oscillates. Near the axis nothing is wrong. That is why a tilted map that was corrected with one defocus "
        "is sharp in the middle of its field, and an average of particles from all over it is not.",
    )
    return


@app.cell
def _():
    correction = figure(
        "correction",
        panels=[
            Image("taken", "the tilted image"),
            Image("one", "one defocus"),
            Image("each", "each place its own"),
            Plot(
                "agreement",
                "agreement with the specimen",
                x="spatial frequency (1/Å)",
                y="ring correlation",
                y_range=(-0.2, 1.05),
            ),
        ],
        controls=[
            Slider("tilt_deg", "tilt", 0, 70, 60, 1, unit="°", playable=True),
            Slider("error_deg", "error of the tilt assumed", -20, 20, 0, 1, unit="°"),
            Slider("defocus_um", "underfocus on the axis", 0.3, 2.0, 0.6, 0.02, unit="µm"),
            Slider("snr", "SNR", 0.1, 1000, 4, 0.1, logarithmic=True),
            Choice("voltage", "voltage", ("100 kV", "300 kV"), "100 kV"),
        ],
        caption="The axis runs from bottom to top through the middle. Compare the points at the left and right edges.",
    )
    correction
    return (correction,)


@app.cell
def _():
    _rng = np.random.default_rng(3)
    specimen_points = np.zeros((120, 120))
    specimen_points[tuple(_rng.integers(4, 116, (2, 70)))] = 1.0
    grain = _rng.normal(size=(120, 120))
    return grain, specimen_points


@app.cell
def _(correction, grain, specimen_points):
    _s, _p, _shape = correction.settings, 1.0, (120, 120)
    _lens, _focus = Lens(float(_s.voltage.split()[0]), 2.7, 0.07), Defocus.round(1e4 * _s.defocus_um)
    _true = height_transfer(tilted_height(_shape, _p, _s.tilt_deg, 90.0), _p, _focus, _lens, 1e-2)
    _assumed_tilt = float(np.clip(_s.tilt_deg + _s.error_deg, -75, 75))
    _assumed = height_transfer(tilted_height(_shape, _p, _assumed_tilt, 90.0), _p, _focus, _lens, 1e-2)
    _image = height_image(specimen_points, _true) + float(specimen_points.std()) / np.sqrt(_s.snr) * grain
    _one = wiener_correct(_image, 2 * ctf(_shape, _p, _focus, _lens), 1 / _s.snr)
    _each = correct_height(_image, _assumed, _s.snr, 6)
    _limits, _axis = (-0.1, 0.5), shell_frequencies(_shape, _p)
    correction.draw(
        taken=Pixels(_image, pixel_size=_p),
        one=Pixels(_one, limits=_limits, pixel_size=_p),
        each=Pixels(_each, limits=_limits, pixel_size=_p),
        agreement=[
            Curve(_axis, frc(_one, specimen_points), "one defocus", "dashed"),
            Curve(_axis, frc(_each, specimen_points), "each its own"),
        ],
    )
    return


@app.cell
def _():
    see_the_code(correct_height)
    return


@app.cell
def _():
    see_the_code(height_adjoint)
    return


@app.cell
def _():
    mo.md(r"""
    **What goes wrong.** Set the assumed tilt 10° off: what is gained shrinks quickly. The correction also cannot
    conjure: at places where the CTF of *that height* is zero it returns nothing, so the correlation still dips, at
    different frequencies in different parts of the field.

    **Where it is in the packages.** Single particles need none of this: each has its own defocus, and the thousand Å of
    a micrograph's tilt becomes one number a particle. What stays is the height *inside* the particle, next.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Thickness averages the CTF over depth, and there are two averages

    Layers at heights $|z| \le t/2$ have $\chi(z) = \chi + \pi\lambda k^2z$. With $\xi = \pi\lambda k^2t$ and $\mathrm{sinc}\,x = \sin x/x$:

    - layers that show **the same** (a crystal column, a fibre along the beam) add as *amplitudes*:
      $\langle\sin\chi\rangle = \sin\chi\;\mathrm{sinc}(\xi/2)$,
    - layers that are **independent** (ice, carbon, the rings of a micrograph) add as *powers*:
      $\langle\sin^2\chi\rangle = \tfrac12\left[1-\mathrm{sinc}\,\xi\,\cos2\chi\right]$.

    The first vanishes at $\xi = 2\pi$, the second loses its *rings* at $\xi = \pi$ but never its power.
    """)
    return


@app.cell
def _():
    predict(
        "Beyond the first node of a thick film, Thon rings …",
        ["are gone for good", "come back with bright and dark exchanged", "come back as they were"],
        "They come back, faint, with bright and dark exchanged: sinc ξ is negative there. A fit that counts on will shift by "
        "half a ring, and report a defocus that is wrong and a resolution that stops at the node. CTFFIND 5 fits the "
        "thickness for this reason.",
    )
    return


@app.cell
def _():
    thick = figure(
        "thick",
        panels=[
            Plot("power", "power of the transfer", x="spatial frequency (1/Å)", y="power", y_range=(0, 1.05)),
            Plot(
                "amplitude", "amplitude, layers alike", x="spatial frequency (1/Å)", y="transfer", y_range=(-1.05, 1.05)
            ),
        ],
        controls=[
            Slider("thickness_angstrom", "thickness t", 0, 4000, 1000, 20, unit="Å", playable=True),
            Slider("defocus_um", "underfocus of the mid-plane", 0.3, 3.0, 1.0, 0.05, unit="µm"),
            Choice("voltage", "voltage", ("100 kV", "200 kV", "300 kV"), "300 kV"),
            Slider("layers", "layers summed one by one", 1, 101, 9, 2),
        ],
        caption="Dots: the mean over separate layers, each with its own defocus. Lines: the closed forms. How many layers do you need?",
    )
    thick
    return (thick,)


@app.cell
def _(thick):
    _s, _k = thick.settings, np.linspace(0, 0.3, 700)
    _lens, _focus = Lens(float(_s.voltage.split()[0]), 2.7, 0.07), Defocus.round(1e4 * _s.defocus_um)
    _count, _t = int(_s.layers), _s.thickness_angstrom
    _heights = _t * ((np.arange(_count) + 0.5) / _count - 0.5)
    _phase = ctf_phase_at(np.stack([_k, 0 * _k], axis=-1), _focus, _lens)
    _layers = ctf_1d(_k[::10], defocus_at_height(Defocus.round(np.full(_count, _focus.u_angstrom)), _heights), _lens)
    _node = [Mark(float((wavelength_angstrom(_lens.voltage_kv) * _t) ** -0.5), "first node")] if _t > 250 else []
    thick.draw(
        power=[
            Curve(_k, thick_ctf_power(_phase, _k, _t, _lens.voltage_kv), "layers independent"),
            Curve(_k[::10], (_layers**2).mean(axis=0), "layers, summed", "points"),
            *_node,
        ],
        amplitude=[
            Curve(_k, -np.sin(_phase) * thickness_envelope(_k, _t, _lens.voltage_kv), "layers alike"),
            Curve(_k[::10], _layers.mean(axis=0), "layers, summed", "points"),
            Curve(_k, thickness_envelope(_k, _t, _lens.voltage_kv), "sinc(ξ/2)", "dashed"),
            *_node,
        ],
    )
    return


@app.cell
def _():
    see_the_code(thick_ctf_power)
    return


@app.cell
def _():
    mo.md(r"""
    ## Depth of field: t ≈ d²/λ, with a constant to argue about

    The rings' first node is at $\xi = \pi$, which is $t = d^2/\lambda$: 457 Å for 3 Å at 300 kV. The literature quotes
    $t = c\,d^2/\lambda$ with $c$ from 0.7 to 2, according to how much loss one calls a limit. Name yours.
    """)
    return


@app.cell
def _():
    predict(
        "A virus of 700 Å at 300 kV, reconstructed with the flat CTF. With c = 1 it stops near …",
        ["1.5 Å", "3.7 Å", "8 Å"],
        "$d = \\sqrt{\\lambda t/c} = \\sqrt{0.0197\\cdot700} = 3.7$ Å. At 100 kV it would be 5.1 Å. With correction for the "
        "curvature of the Ewald sphere, which is the same physics for one particle seen as a whole, the limit goes.",
    )
    return


@app.cell
def _():
    depth = figure(
        "depth",
        panels=[
            Plot(
                "limit",
                "resolution against thickness",
                x="thickness or diameter (Å)",
                y="resolution (Å)",
                logarithmic="xy",
            ),
            Plot(
                "left",
                "amplitude left, averaged over the thickness",
                x="spatial frequency (1/Å)",
                y="sinc(ξ/2)",
                y_range=(-0.3, 1.05),
            ),
            Table("numbers", "at this thickness", ("voltage", "λ (Å)", "limit (Å)")),
        ],
        controls=[
            Slider("thickness_angstrom", "thickness or diameter", 50, 3000, 700, 10, unit="Å", playable=True),
            Slider("criterion", "c in t = c d²/λ", 0.5, 2.0, 1.0, 0.05),
            Switch("ewald", "show 3 Å as a line", True),
        ],
        caption="The lines are straight with slope ½: four times the thickness, twice the d.",
    )
    depth
    return (depth,)


@app.cell
def _(depth):
    _s, _t, _k = depth.settings, np.geomspace(50, 3000, 60), np.linspace(0, 0.5, 300)
    _voltages = (100.0, 200.0, 300.0)

    def _limit(thickness, voltage):
        return np.sqrt(thickness / (_s.criterion * node_thickness_angstrom(1.0, voltage)))

    depth.draw(
        limit=[
            *[Curve(_t, _limit(_t, v), f"{v:g} kV") for v in _voltages],
            *([Curve(_t, np.full_like(_t, 3.0), "3 Å", "dashed")] if _s.ewald else []),
            Mark(_s.thickness_angstrom, f"{_s.thickness_angstrom:g} Å"),
        ],
        left=[Curve(_k, thickness_envelope(_k, _s.thickness_angstrom, v), f"{v:g} kV") for v in _voltages],
        numbers=[
            [f"{v:g} kV", f"{wavelength_angstrom(v):.4f}", f"{_limit(_s.thickness_angstrom, v):.2f}"] for v in _voltages
        ],
    )
    return


@app.cell
def _():
    see_the_code(node_thickness_angstrom)
    return


@app.cell
def _():
    mo.md(r"""
    **What goes wrong.** Two things are called thickness here. The *ice* around a particle is independent of it: its depth
    adds noise and inelastic loss, and smears Thon rings, but does not blur the particle. The *particle's own* depth
    blurs the particle. A CTF fit to a thick film says where the rings end, not where the data do.

    **Where it is in the packages.** RELION (`--ewald`) and cryoSPARC correct for the Ewald sphere with two half-transforms
    $P = ie^{i\chi}$ and $Q = P^*$, each with its side of the sphere: the boxed formula of this page with $\delta$ along the beam. The
    hand must be known; a wrong one makes matters worse, which is itself a test of hand. In
    [topic 5](/meetings/05-image-formation/sharpen/) the same curvature appears as the step from the projection to
    the Ewald sphere.

    **A question to leave with.** A tilted *and* thick specimen samples its three-dimensional transform on a tilted Ewald
    sphere. Show that for a thin plane tilted by $\alpha$ this gives the shift $\delta$ above. Which sign does the wrong hand give it?
    """)
    return


if __name__ == "__main__":
    app.run()
