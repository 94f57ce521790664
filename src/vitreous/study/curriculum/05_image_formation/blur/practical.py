import marimo

app = marimo.App(
    width="medium",
    app_title="Image formation: the forward model",
)

with app.setup:
    from functools import cache

    import marimo as mo
    import numpy as np

    from vitreous.detector import DIRECT, IDEAL, K2_300KV, electrons_per_pixel, expose, noise_transfer
    from vitreous.fourier import (
        b_factor_decay,
        filter_image,
        frc,
        frequency_grid,
        frequency_radius,
        power_spectrum,
        shell_frequencies,
    )
    from vitreous.optics import Defocus, Lens, ctf, interaction_constant
    from vitreous.projection import project_atoms
    from vitreous.rotations import relion_to_matrix
    from vitreous.specimen import (
        CARBON,
        ICE,
        assembly,
        elastic_mean_free_path_angstrom,
        ice_power_spectrum,
        inelastic_mean_free_path_angstrom,
        iterate_ice_slices,
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
    # Image formation: the forward model

    **Everything a reconstruction program believes about the microscope fits in one line: turn the map, project it, filter
    it, add noise. It is a good line. Each of its words is an approximation, and the data that do not match each other are
    mostly those that broke different words.**

    You will switch the stages on one by one, look at noise that is not what the line says, and then pool data sets that
    do not belong together. The [sharpen stream](/meetings/05-image-formation/sharpen/) takes the physics in each word
    apart.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## One line makes a particle image

    $$y \;=\; \underbrace{D}_{\text{detector}}\Big[\,1 + 2\sigma\;\underbrace{E\cdot\mathrm{CTF}}_{\text{lens}}\ast
    \underbrace{\textstyle\int}_{\text{projection}} V(\underbrace{R^{\mathsf T}}_{\text{rotation}}x)\,dz\Big] \;+\; \text{noise}$$

    $V$ is the electrostatic potential of the molecule in volts, $\sigma = 6.5\cdot10^{-4}$ rad/(V Å) at 300 kV turns volts times
    ångströms into phase, and ∗ is a convolution: a multiplication in Fourier space. Every stage below has its switch.
    """)
    return


@app.cell
def _():
    predict(
        "All stages on, 40 electrons per Å². Which share of the variance of the image is signal?",
        ["About half", "About a fifth", "A few per cent"],
        "A few per cent. A pixel of 1.5 Å counts 90 electrons, which scatter by √90, that is 10 %; behind the lens the protein changes the "
        "intensity by 2 % on average. Squared, and helped a little by the camera's smear, that is about 6 %; in water, which takes away more than half of the "
        "contrast, a quarter of that. Averages of many thousand images exist because of this number.",
    )
    return


@app.cell
def _():
    forward = figure(
        "forward",
        panels=[
            Image("projection", "specimen, rotated and projected", unit="V Å"),
            Image("lens", "through the lens", unit="of the mean intensity"),
            Image("camera", "on the camera", unit="electrons"),
            Plot("spectrum", "power spectra", x="spatial frequency (1/Å)", y="power (relative)", logarithmic="y"),
            Table("numbers", "in numbers", ("quantity", "value")),
        ],
        controls=[
            Switch("rotation", "rotation", True),
            Slider("rot_deg", "rot", -180, 180, 40, 2, unit="°", playable=True),
            Slider("tilt_deg", "tilt", 0, 180, 70, 2, unit="°"),
            Slider("psi_deg", "psi", -180, 180, 0, 2, unit="°"),
            Switch("ice", "ice around it (300 Å)", False),
            Switch("ctf", "CTF", True),
            Slider("defocus_um", "underfocus", -1.0, 4.0, 1.2, 0.05, unit="µm", playable=True),
            Switch("envelope", "envelope", True),
            Slider("b_angstrom2", "B factor", 0, 300, 60, 5, unit="Å²"),
            Choice("detector", "detector", ("perfect", "square pixels", "counting (K2)"), "counting (K2)"),
            Switch("noise", "counting noise", True),
            Slider("dose", "dose", 1, 200, 40, 0.02, unit="e/Å²", logarithmic=True),
        ],
        caption="Switch everything off, then on, from left to right. Which stage costs you the protein?",
    )
    forward
    return (forward,)


@app.cell
def _():
    BOX, PIXEL, VOLTAGE = 128, 1.5, 300.0
    atoms = assembly().atoms
    slab = next(iterate_ice_slices(1, (BOX, BOX), PIXEL, 300.0, np.random.default_rng(2)))
    ice_field = slab - slab.mean()
    cameras = {"perfect": IDEAL, "square pixels": DIRECT, "counting (K2)": K2_300KV}
    return BOX, PIXEL, VOLTAGE, atoms, cameras, ice_field


@app.cell
def _(BOX, PIXEL, VOLTAGE, atoms, cameras, forward, ice_field):
    _s, _shape = forward.settings, (BOX, BOX)
    _angles = [_s.rot_deg, _s.tilt_deg, _s.psi_deg] if _s.rotation else [0.0, 0.0, 0.0]
    _projection = project_atoms(atoms, relion_to_matrix(_angles), _shape, PIXEL)
    _object = (_projection - _projection.mean() + _s.ice * ice_field).astype(np.float32)
    _radius = frequency_radius(_shape, np.float32(PIXEL), half=True)
    _transfer = -np.ones_like(_radius)
    if _s.ctf:
        _defocus = Defocus.round(np.float32(1e4 * _s.defocus_um))
        _transfer = ctf(_shape, np.float32(PIXEL), _defocus, Lens(VOLTAGE, 2.7, 0.07))
    if _s.envelope:
        _transfer = _transfer * b_factor_decay(_radius, _s.b_angstrom2)
    _contrast = 2 * interaction_constant(VOLTAGE) * filter_image(_object, _transfer, 2)
    _camera, _electrons = cameras[_s.detector], electrons_per_pixel(_s.dose, PIXEL)
    if _s.noise:
        _image = expose(1 + _contrast, PIXEL, _s.dose, _camera, rng=np.random.default_rng(1))
    else:
        _image = _electrons * (
            1 + filter_image(_contrast, _camera.mtf(frequency_grid(_shape, half=True)).astype(np.float32), 2)
        )
    _share = float(np.var(_electrons * _contrast) / np.var(_image))
    _axis = shell_frequencies(_shape, PIXEL)[1:]
    _curves = (
        ("specimen", _electrons * 2 * interaction_constant(VOLTAGE) * _object),
        ("lens", _electrons * _contrast),
        ("camera", _image),
    )
    forward.draw(
        projection=Pixels(_object, pixel_size=PIXEL),
        lens=Pixels(1 + _contrast, pixel_size=PIXEL),
        camera=Pixels(_image, pixel_size=PIXEL),
        spectrum=[
            Curve(_axis, np.maximum(power_spectrum(np.asarray(f, float), 2)[1:] / BOX**2, 1e-6), name)
            for name, f in _curves
        ],
        numbers=[
            ["electrons per pixel", f"{_electrons:.1f}"],
            ["contrast behind the lens (σ)", f"{100 * float(np.std(_contrast)):.2f} %"],
            ["share of the variance made before counting", f"{100 * min(_share, 1.0):.1f} %"],
        ],
    )
    return


@app.cell
def _():
    see_the_code(expose)
    return


@app.cell
def _():
    mo.md(r"""
    **What to try.** *CTF off*: the picture a phase would draw if one could see it. *CTF on at 0 µm*: next to nothing, the
    starting point of [topic 4](/meetings/04-phase-contrast/blur/). *Ice on*: grain twice as strong as the protein, and it has the same rings,
    since it goes through the same lens. *Noise off with a real camera*: softer. *Noise on*: gone.

    **What goes wrong.** The order matters. The envelope of the microscope and the CTF act on the electron *before* it is
    counted, so counting noise does not carry them; the camera's smear acts on both. The fall of a *noise* spectrum is therefore
    the camera's, never the lens's. Here the molecule floats in vacuum; in water it displaces ice of 4.5 V mean inner potential and loses more
    than half of its contrast at low resolution.

    **Where it is in the packages.** RELION, cryoSPARC and cryoDRGN use the line with $D = 1$ and noise that is Gaussian
    and independent in Fourier space, with a variance for each shell: the MTF is absorbed in noise spectrum and map (or divided out at
    the end, RELION's `--mtf`). cryoJAX, ASPIRE and this project's `simulate` compute the line forward.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Real noise is not white and not Gaussian

    "Additive white Gaussian noise" says three things: it is added, independent of the signal; it is equal at all
    frequencies; its histogram is a Gaussian. Take each away.
    """)
    return


@app.cell
def _():
    predict(
        "Which of these makes the histogram visibly skewed?",
        ["The camera's smear", "Few electrons in a pixel", "Ice"],
        "Few electrons: a Poisson count of mean m has the skewness 1/√m, and no count is below 0. The smear and the ice "
        "leave it nearly Gaussian (they are sums of many things) but make neighbours alike: the *spectrum* is what changes. "
        "An image may be Gaussian and not white, or white and not Gaussian.",
    )
    return


@app.cell
def _():
    noise = figure(
        "noise",
        panels=[
            Image("picture", "an image of nothing"),
            Plot(
                "histogram",
                "histogram, in standard deviations",
                x="value",
                y="density",
                x_range=(-4, 5),
                y_range=(0, 0.6),
            ),
            Plot("spectrum", "power spectrum (white = 1)", x="spatial frequency (1/Å)", y="power", y_range=(0, 2.5)),
            Table("numbers", "in numbers", ("quantity", "here", "white Gaussian")),
        ],
        controls=[
            Choice(
                "kind",
                "noise",
                (
                    "white Gaussian",
                    "counting",
                    "counting, then the camera's smear",
                    "ice through the lens",
                    "all of it",
                ),
                "counting",
            ),
            Slider("per_pixel", "electrons per pixel", 0.3, 200, 3, 0.02, logarithmic=True, playable=True),
            Slider("thickness_angstrom", "ice", 100, 2000, 400, 50, unit="Å"),
            Slider("defocus_um", "underfocus", 0.3, 3.0, 1.2, 0.05, unit="µm"),
            Slider("smear", "smear of the camera (σ)", 0.0, 1.0, 0.5, 0.05, unit="pixel"),
            Button("again", "Draw again"),
        ],
        caption="Each kind has its own signature. Find, for each, the panel that gives it away.",
    )
    noise
    return (noise,)


@app.function
@cache
def unit_ice(seed):
    """A slab of 1 Å of ice without its mean, in V Å: a thicker one scales with the root of its thickness."""
    field = next(iterate_ice_slices(1, (160, 160), 1.2, 100.0, np.random.default_rng(50 + seed)))
    return (field - field.mean()) / 10.0


@app.cell
def _(noise):
    _s, _shape, _pixel = noise.settings, (160, 160), 1.2
    _rng, _camera_only = np.random.default_rng(_s.again), _s.kind == "counting, then the camera's smear"
    _contrast = np.zeros(_shape)
    if _s.kind in ("ice through the lens", "all of it"):
        _transfer = ctf(_shape, _pixel, Defocus.round(1e4 * _s.defocus_um), Lens(300.0, 2.7, 0.07))
        _ice = np.sqrt(_s.thickness_angstrom) * unit_ice(_s.again % 4)
        _contrast = 2 * interaction_constant(300.0) * filter_image(_ice, _transfer, 2)
    _mean = _s.per_pixel
    if _s.kind == "white Gaussian":
        _image = _rng.normal(_mean, np.sqrt(_mean), _shape)
    elif _s.kind == "ice through the lens":
        _image = _mean * (1 + _contrast)
    else:
        _image = expose(1 + _contrast, _pixel, _mean / _pixel**2, rng=_rng)
    if _camera_only or _s.kind == "all of it":
        _smear = np.exp(-2 * (np.pi * _s.smear * frequency_radius(_shape, half=True)) ** 2)
        _image = filter_image(_image, _smear, 2)
    _scaled = (_image - _image.mean()) / _image.std()
    # a bar holds as many counts as its neighbour
    _step = max(1, round(0.15 * _image.std())) / _image.std() if _s.kind == "counting" else 0.1
    _first = (np.ceil(_image.mean() - 4 * _image.std()) - 0.5 - _image.mean()) / _image.std()
    _counts, _edges = np.histogram(_scaled, bins=np.arange(_first, 5, _step), density=True)
    _middle, _axis = (_edges[1:] + _edges[:-1]) / 2, shell_frequencies(_shape, _pixel)[3:]
    _power = power_spectrum(_scaled, 2)[3:] / _scaled.size
    _neighbours = round(float(np.mean(_scaled[:, 1:] * _scaled[:, :-1])), 2) + 0.0
    noise.draw(
        picture=Pixels(_image, pixel_size=_pixel),
        histogram=[
            Curve(_middle, np.minimum(_counts, 5.0), "here", "bars"),
            Curve(_middle, np.exp(-(_middle**2) / 2) / np.sqrt(2 * np.pi), "Gaussian", "dashed"),
        ],
        spectrum=[Curve(_axis, _power, "here"), Curve(_axis, np.ones_like(_axis), "white", "dashed")],
        numbers=[
            ["variance / mean", f"{_image.var() / _image.mean():.2f}", "any"],
            ["skewness", f"{float(np.mean(_scaled**3)):.2f}", "0"],
            ["excess kurtosis", f"{float(np.mean(_scaled**4)) - 3:.2f}", "0"],
            ["correlation of neighbours", f"{_neighbours:.2f}", "0"],
        ],
    )
    return


@app.cell
def _():
    mo.md(r"""
    **What you saw.**

    | noise | histogram | spectrum | depends on the signal |
    |---|---|---|---|
    | counting | Poisson: variance = mean, skewness $1/\sqrt m$ | white | yes: brighter is noisier |
    | camera | nearer to Gaussian | falls as NTF² | through what it smears |
    | structural: ice, carbon | Gaussian | $\mathrm{CTF}^2\cdot P_\text{ice}$: Thon rings | it *is* signal, of something else |

    Dose makes counting noise Gaussian: at 60 electrons a pixel the skewness is 0.13. It does not make noise white. And the ice
    is the same in all frames of a movie: more dose makes it *clearer*, not weaker.

    **What goes wrong.** A likelihood that assumes white noise trusts high frequencies too little or too much, according to
    the camera. All packages
    whiten in one way or another: RELION and cryoSPARC estimate the noise power shell by shell from the particles
    themselves. What shells cannot express is a spectrum with direction (a square pixel, drift) or noise that depends on the place.
    """)
    return


@app.cell
def _():
    see_the_code(noise_transfer)
    return


@app.cell
def _():
    mo.md(r"""
    ## Two data sets of one particle are two forward models

    More particles, better map: if they agree about everything in the line. Below, set A is right. Set B differs in what
    you choose. Each set is averaged with its CTF ($\sum\mathrm{CTF}\,y/(\sum\mathrm{CTF}^2+\epsilon)$), then both together, as if nothing
    were wrong. The curves compare with the *truth*. In practice nobody has it: one splits the pool into halves, correlates them ($F$), and
    concludes that the whole agrees with the truth as $\sqrt{2F/(1+F)}$. The last curve is that promise.
    """)
    return


@app.cell
def _():
    predict(
        "B's pixel size is wrong by 4 %. What do the half sets of the pool say?",
        [
            "They disagree from the frequency at which the error begins",
            "They agree: both contain the same mistake",
            "They agree only at low resolution",
        ],
        "They agree. Both halves hold the same mixture of two scales, so that they promise more than the truth keeps, the more so "
        "the finer the detail. A half-map FSC measures *reproducibility*. Mistakes of scale, of hand and of mixed conformations reproduce very "
        "well. (A wrong sign does show, if the sets are equally large: they cancel.)",
    )
    return


@app.cell
def _():
    pooling = figure(
        "pooling",
        panels=[
            Image("first", "A alone"),
            Image("second", "B alone"),
            Image("pooled", "pooled"),
            Plot("agreement", "agreement", x="spatial frequency (1/Å)", y="ring correlation", y_range=(-0.6, 1.05)),
        ],
        controls=[
            Slider("share", "B's images", 0, 400, 200, 10),
            Slider("pixel_percent", "B's pixel size is off by", -6.0, 6.0, 0.0, 0.1, unit="%", playable=True),
            Switch("inverted", "B has inverted contrast"),
            Slider("low_um", "B's lowest underfocus", 0.3, 3.0, 0.8, 0.1, unit="µm"),
            Slider("span_um", "B's range of underfocus", 0.0, 2.0, 1.2, 0.05, unit="µm"),
            Slider("b_angstrom2", "B's extra B factor", 0, 300, 0, 10, unit="Å²"),
            Switch("camera", "B's camera smears (its MTF not taken out)"),
            Slider("noise", "noise of an image", 0.5, 20.0, 1.5, 0.5, unit="× signal"),
        ],
        caption="A: 200 images, 0.8–2 µm. Make one thing wrong at a time; then compare what the pool is (dotted) with what its halves promise (dashed).",
    )
    pooling
    return (pooling,)


@app.cell
def _(atoms):
    @cache
    def view(pixel_angstrom):
        """One projection of the protein at a pixel size, of standard deviation 1."""
        values = project_atoms(atoms, relion_to_matrix([40.0, 70.0, 0.0]), (112, 112), pixel_angstrom)
        return ((values - values.mean()) / values.std()).astype(np.float32)

    @cache
    def transfers(low_um, span_um):
        """The CTFs of twelve defoci across a range."""
        defoci = 1e4 * np.linspace(low_um, low_um + span_um, 12, dtype=np.float32)
        return ctf((112, 112), np.float32(1.3), Defocus.round(defoci), Lens(300.0, 2.7, 0.07))

    return transfers, view


@app.function
def summed(shown, transfer, loss, images, noise, seed):
    """The sums of CTF · image and of CTF² over a set: its expected value, and noise with the variance of so many images."""
    power = images * np.mean(transfer**2, axis=0)
    grain = filter_image(np.random.default_rng(seed).normal(size=shown.shape).astype(np.float32), np.sqrt(power), 2)
    return filter_image(shown, power * loss, 2) + noise * grain, power


@app.cell
def _(pooling, transfers, view):
    _s, _truth, _shape = pooling.settings, view(1.3), (112, 112)
    _radius = frequency_radius(_shape, np.float32(1.3), half=True)
    _shown = view(round(1.3 * (1 + _s.pixel_percent / 100), 4)) * (-1 if _s.inverted else 1)
    _loss = b_factor_decay(_radius, _s.b_angstrom2)
    if _s.camera:
        _loss = _loss * np.exp(-((2.2 * 1.3 * _radius) ** 2))

    def _average(*sums):
        return filter_image(sum(s for s, _ in sums), 1 / (sum(p for _, p in sums) + 1.0), 2)

    def _sets(images, seed):
        return (
            summed(_truth, transfers(0.8, 1.2), np.ones_like(_radius), images, _s.noise, seed),
            summed(_shown, transfers(_s.low_um, _s.span_um), _loss, _s.share * images / 200, _s.noise, seed + 1),
        )

    _a, _b = _sets(200, 1)
    _averages, _axis = (_average(_a), _average(_b), _average(_a, _b)), shell_frequencies(_shape, 1.3)[1:]
    _halves = [_average(*_sets(100, seed)) for seed in (11, 21)]
    _between = np.maximum(frc(*_halves)[1:], 0.0)
    _promise = np.sqrt(2 * _between / (1 + _between))
    pooling.draw(
        **{
            name: Pixels(-image, pixel_size=1.3)
            for name, image in zip(("first", "second", "pooled"), _averages, strict=True)
        },
        agreement=[
            *[
                Curve(_axis, frc(f, _truth)[1:], label)
                for f, label in zip(
                    _averages, ("A with the truth", "B with the truth", "pool with the truth"), strict=True
                )
            ],
            Curve(_axis, _promise, "what two halves promise", "dashed"),
        ],
    )
    return


@app.cell
def _():
    see_the_code(frc)
    return


@app.cell
def _():
    mo.md(r"""
    **What must match, what need not.**

    - *Pixel size*: must. At a particle's radius $r$, an error of $\epsilon$ displaces detail by $\epsilon r$; at
      $d = 4\epsilon r$ that is a quarter of a period: 2 % at 50 Å hurts from 4 Å on. The remedy: rescale one set to the other by comparing
      their maps, and refit its defoci ($\Delta f$ scales with the square of the pixel).
    - *Contrast sign*: must. The pool cancels, or rather shows the larger set minus the smaller.
    - *Defocus range*: need not match; it is better if they differ, since zeros fill each other. Low frequencies
      come from the higher defoci, and all is weighted by $\mathrm{CTF}^2$.
    - *Camera (MTF) and B factor*: need not match if each set has its own scale and noise spectrum (RELION's optics groups). If not, the softer set dims
      the pool at high frequencies more than it helps.
    - *Beam tilt, Cs, voltage*: to be kept per set.

    **Where it is in the packages.** RELION ≥ 3.1 keeps optics groups with their own pixel size, box, MTF, aberrations, and rescales on the fly.
    cryoSPARC has exposure groups. cryoDRGN takes one pixel size for all: rescale first.
    """)
    return


@app.cell
def _():
    mo.md(r"""
    ## Particles from different grids: the same molecule behind different noise

    Thin carbon under the ice, graphene, bare holes in gold: the support scatters too, thick ice scatters more, and inelastic
    scattering takes electrons away. Signal per particle against noise per particle, from the engine's scattering data:
    """)
    return


@app.cell
def _():
    predict(
        "1000 particles on thin carbon are added to 1000 in a hole. With equal weights, compared with the hole alone …",
        ["always better", "worse, where carbon's noise is more than three times the hole's", "always worse"],
        "The mean of $n$ and $n$ images with noise powers $N_1, N_2$ has noise $(N_1+N_2)/4n$; the hole alone has $N_1/n$. "
        "The pool is worse where $N_2 > 3N_1$. Weighted by $1/N$ it is never worse: that is what separate "
        "noise spectra for each group buy.",
    )
    return


@app.cell
def _():
    grids = figure(
        "grids",
        panels=[
            Plot(
                "noise",
                "noise of one particle image",
                x="spatial frequency (1/Å)",
                y="noise power (Å²)",
                logarithmic="y",
                y_range=(5e-3, 2.0),
            ),
            Plot(
                "ratio",
                "signal to noise of the average",
                x="spatial frequency (1/Å)",
                y="SSNR",
                logarithmic="y",
                y_range=(1e-2, 1e4),
            ),
        ],
        controls=[
            Slider("count_a", "particles in bare holes", 0, 20000, 5000, 100),
            Slider("ice_a", "their ice", 100, 1500, 250, 10, unit="Å"),
            Slider("count_b", "particles on carbon", 0, 20000, 5000, 100),
            Slider("ice_b", "their ice", 100, 1500, 400, 10, unit="Å"),
            Slider("carbon_b", "carbon film", 0, 300, 30, 5, unit="Å"),
            Slider("b_b", "extra B factor on carbon", -100, 200, 0, 5, unit="Å²"),
            Slider("dose", "dose", 10, 100, 40, 1, unit="e/Å²"),
            Switch("filter", "energy filter takes out inelastic electrons", True),
        ],
        caption="Thicken the carbon: equal weights fall below the holes alone, own weights never do. Carbon that holds particles still has a negative extra B.",
    )
    grids
    return (grids,)


@app.cell
def _(atoms):
    # the power of the protein's projections in V² Å⁴ against frequency, the mean of some views
    _views = project_atoms(atoms, relion_to_matrix([[a, 40.0 + a, 0.0] for a in range(0, 120, 20)]), (144, 144), 1.2)
    _flat = _views - _views.mean(axis=(-2, -1), keepdims=True)
    protein_power = power_spectrum(_flat, 2).mean(axis=0)[1:] * 1.2**4
    grid_axis = shell_frequencies((144, 144), 1.2)[1:]
    ice_power = ice_power_spectrum(grid_axis)
    carbon_ratio = elastic_mean_free_path_angstrom(ICE, 300.0) / elastic_mean_free_path_angstrom(CARBON, 300.0)
    carbon_power = carbon_ratio * ice_power_spectrum(grid_axis, ordered=False)
    return carbon_power, grid_axis, ice_power, protein_power


@app.cell
def _(carbon_power, grid_axis, grids, ice_power, protein_power):
    _s, _k = grids.settings, grid_axis
    _factor = (2 * interaction_constant(300.0)) ** 2 * 0.5 * b_factor_decay(_k, 160.0)  # ⟨CTF²⟩ = ½ over many defoci

    def _group(ice, carbon, extra_b):
        lost = ice / inelastic_mean_free_path_angstrom(ICE, 300.0) + carbon / inelastic_mean_free_path_angstrom(
            CARBON, 300.0
        )
        left = float(np.exp(-lost)) if _s.filter else 1.0
        structural = _factor * b_factor_decay(_k, 2 * extra_b) * (ice * ice_power + carbon * carbon_power)
        signal = _factor * b_factor_decay(_k, 2 * extra_b) * protein_power / 172.8**2
        return signal, structural + 1 / (_s.dose * left)

    (_sa, _na), (_sb, _nb) = _group(_s.ice_a, 0.0, 0.0), _group(_s.ice_b, _s.carbon_b, _s.b_b)
    _a, _b = _s.count_a, _s.count_b
    _equal = (_a * np.sqrt(_sa) + _b * np.sqrt(_sb)) ** 2 / np.maximum(_a * _na + _b * _nb, 1e-12)
    _tiny = 1e-9
    grids.draw(
        noise=[
            Curve(_k, _na, "bare hole"),
            Curve(_k, _nb, "carbon"),
            Curve(_k, np.full_like(_k, 1 / _s.dose), "counting alone", "dashed"),
        ],
        ratio=[
            Curve(_k, _a * _sa / _na + _tiny, "holes alone"),
            Curve(_k, _b * _sb / _nb + _tiny, "carbon alone"),
            Curve(_k, _equal + _tiny, "pooled, equal weights", "dashed"),
            Curve(_k, _a * _sa / _na + _b * _sb / _nb + _tiny, "pooled, each by its own noise"),
            *([Mark(float(_k[np.argmax(_a * _sa / _na + _b * _sb / _nb < 1)]), "SSNR 1")] if _a + _b else []),
        ],
    )
    return


@app.cell
def _():
    see_the_code(ice_power_spectrum)
    return


@app.cell
def _():
    mo.md(r"""
    **What else differs between grids.** *Orientations*: molecules stick to carbon by another face than to the
    air–water interface; pooling may fill views that either lacks, and that can be worth more than any noise. *Motion*: gold and
    carbon supports move less. *Conformation and damage* at the air–water interface. *Defocus*: particles on carbon sit in one
    plane, those in thick ice are spread in height.

    **What goes wrong.** One noise group for all; normalisation of images by their background's standard deviation, which on carbon
    includes carbon, so that the *signal* of those particles is scaled down (RELION's per-group scale correction repairs it); CTF fits that on carbon see the film's
    height, not the particles'.

    **A question to leave with.** A colleague adds 300,000 particles from another microscope and the resolution rises from 3.2 to 3.0 Å
    by the half-map FSC. Which three checks, from this page, would convince you
    that the map became better?
    """)
    return


if __name__ == "__main__":
    app.run()
