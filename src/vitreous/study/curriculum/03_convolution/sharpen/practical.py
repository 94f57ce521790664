import marimo

app = marimo.App(width="medium", app_title="Convolution, sampling, Nyquist")


@app.cell
def _():
    from time import perf_counter

    import marimo as mo
    import numpy as np

    from vitreous.detector import K2_300KV, electrons_per_pixel, square_pixel
    from vitreous.fourier import (
        b_factor_decay,
        convolve_direct,
        convolve_fourier,
        crop_box,
        fast_size,
        filter_image,
        frequencies,
        frequency_grid,
        frequency_radius,
        frequency_shells,
        ft,
        gaussian_blur,
        ift,
        irft,
        pad_box,
        positions,
        radial_average,
        rft,
        tikhonov,
        wiener,
    )
    from vitreous.optics import Defocus, Lens, ctf, ctf_1d
    from vitreous.specimen import assembly, projected_potential, siemens_star

    return (
        Defocus,
        K2_300KV,
        Lens,
        assembly,
        b_factor_decay,
        convolve_direct,
        convolve_fourier,
        crop_box,
        ctf,
        ctf_1d,
        electrons_per_pixel,
        fast_size,
        filter_image,
        frequencies,
        frequency_grid,
        frequency_radius,
        frequency_shells,
        ft,
        gaussian_blur,
        ift,
        irft,
        mo,
        np,
        pad_box,
        perf_counter,
        positions,
        projected_potential,
        radial_average,
        rft,
        siemens_star,
        square_pixel,
        tikhonov,
        wiener,
    )


@app.cell
def _():
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

    return (
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
def _(mo):
    mo.md(r"""
    # Convolution, sampling, Nyquist

    **A convolution is a product that you can divide out again, except where you cannot.** Those exceptions decide how CTFs
    are corrected, why maps are sharpened with a lid on, and how large a kernel may be before Fourier space is the better
    place for it.

    Here you will blow up a delta function and say which term did it; find the padding at which a product of spectra becomes
    the convolution that you meant; see for which filters "in real space" and "in Fourier space" are the same filter; time
    both; and choose a pixel size with all its costs on the table. The pictures of sliding, folding and binning are in the
    [blur practical](/meetings/03-convolution/blur/).
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Deconvolution blows up where the delta should be

    Let $y = h * x$ with a Gaussian $h$ and $x = \delta$. Then $Y = H$, and $\hat X = Y/H = 1$ at every frequency: its inverse
    transform is the delta. That is the theory. Now store $y$ in single precision, or let a little noise in, or take $H$ from
    a formula.
    """)
    return


@app.cell
def _(predict):
    predict(
        "y is rounded to seven digits, H is exact, and σ = 2 pixels. Where is the deconvolved signal worst?",
        ["everywhere alike", "at the edges of the box", "around the delta", "nowhere: seven digits are plenty"],
        r"""**Around the delta.** Rounding is *relative*: it errs by about $10^{-7}|y|$, so it errs only where $y$ is large, which is
        where the delta was. Division by $H$ then multiplies what the error holds near Nyquist, where
        $H = 5\times10^{-9}$. White noise of the same size would blow up everywhere.""",
    )
    return


@app.cell
def _(
    Defocus,
    Lens,
    ctf_1d,
    frequencies,
    ft,
    gaussian_blur,
    np,
    pad_box,
    positions,
):
    KERNELS = ("Gaussian", "box", "lens")
    ERRORS = ("single precision", "white noise of 10⁻⁷", "a slightly wrong H", "double precision")
    N = 315
    axis_k, axis_x = frequencies(N), positions(N)
    _lens = Lens(voltage_kv=300.0, spherical_aberration_mm=2.7, amplitude_contrast=0.1)

    def transfers(kernel, width):
        """The transfer of the kernel as it was sampled, and one that is a little wrong: a width, a formula, a defocus."""
        if kernel == "Gaussian":
            line = np.exp(-0.5 * (axis_x / width) ** 2)
            return ft(line / line.sum(), 1).real, gaussian_blur(axis_k, 1.02 * width)
        if kernel == "box":
            m = 2 * round(1.7 * width) + 1
            return ft(pad_box(np.full(m, 1 / m), (N,)), 1).real, np.sinc(m * axis_k)
        defocus = 2000.0 * width
        return tuple(ctf_1d(np.abs(axis_k) / 2, Defocus.round(value), _lens) for value in (defocus, 1.01 * defocus))

    return ERRORS, KERNELS, N, axis_k, axis_x, transfers


@app.cell
def _(Choice, ERRORS, KERNELS, Plot, Slider, Table, figure):
    blowup = figure(
        "blowup",
        panels=[
            Plot("naive", "divided: Y/H", x="x (pixels)", y="recovered", x_range=(-158, 158)),
            Plot("damped", "damped: H*Y/(|H|² + λ)", x="x (pixels)", y="recovered", x_range=(-158, 158)),
            Plot(
                "fourier",
                "the spectra",
                x="k (cycles/pixel)",
                y="amplitude",
                x_range=(0, 0.5),
                y_range=(1e-14, 1e9),
                logarithmic="y",
            ),
            Table("numbers", "what came out", ("quantity", "divided", "damped")),
        ],
        controls=[
            Choice("kernel", "kernel", KERNELS, "Gaussian"),
            Slider("width", "its width (σ; box 3.4 σ; lens 0.2 µm · σ)", 0.6, 2.6, 2.4, 0.05, unit="pixels"),
            Slider("place", "where the delta is", -100, 100, 0, 1, unit="pixels", playable=True),
            Choice("error", "what is not exact", ERRORS, "single precision"),
            Slider("damping", "damping λ", 1e-16, 1.0, 1e-6, 0.25, logarithmic=True),
        ],
        caption="Move the delta: the explosion of the rounding error moves with it. With white noise it stays everywhere.",
    )
    blowup
    return (blowup,)


@app.cell
def _(
    Curve,
    N,
    axis_k,
    axis_x,
    blowup,
    ft,
    ift,
    np,
    pad_box,
    tikhonov,
    transfers,
):
    _now = blowup.settings
    _h, _formula = transfers(_now.kernel, _now.width)
    _truth = np.roll(pad_box(np.ones(1), (N,)), int(_now.place))
    _y = ift(_h * ft(_truth, 1), 1).real
    if _now.error == "single precision":
        _y = _y.astype(np.float32).astype(float)
    elif _now.error == "white noise of 10⁻⁷":
        _y = _y + 1e-7 * np.random.default_rng(3).normal(size=N)
    _believed = _formula if _now.error == "a slightly wrong H" else _h
    _spectrum = ft(_y, 1)
    # an exact zero of H holds nothing at all: leave it out rather than divide by it
    _divided = np.where(_believed == 0, 0, _spectrum / np.where(_believed == 0, 1, _believed))
    _held = tikhonov(_spectrum, _believed, _now.damping)
    _results = {"divided": ift(_divided, 1).real, "damped": ift(_held, 1).real}
    _half = axis_k >= 0

    def _log(values):
        return np.maximum(np.abs(values[_half]), 1e-14)

    def _row(name, measure):
        return [name, *(f"{measure(result):.3g}" for result in _results.values())]

    _at = N // 2 + int(_now.place)
    _away = np.abs(axis_x - _now.place)
    blowup.draw(
        naive=[Curve(axis_x, _results["divided"], "recovered"), Curve(axis_x, _truth, "truth", "dashed")],
        damped=[Curve(axis_x, _results["damped"], "recovered"), Curve(axis_x, _truth, "truth", "dashed")],
        fourier=[
            Curve(axis_k[_half], _log(_believed), "|H|"),
            Curve(axis_k[_half], _log(_divided), "divided"),
            Curve(axis_k[_half], _log(_held), "damped"),
            Curve(axis_k[_half], np.ones(_half.sum()), "truth", "dashed"),
        ],
        numbers=[
            _row("value at the delta", lambda r: r[_at]),
            _row("worst error within 32 pixels of it", lambda r: np.max(np.abs(r - _truth)[_away <= 32])),
            _row("worst error 96 pixels away and more", lambda r: np.max(np.abs(r - _truth)[_away >= 96], initial=0)),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Why there, exactly.** Write $Y = HX + E$. Then

    $$\hat X = X + \frac{E}{H}, \qquad \hat x(x_0) = \frac1N \sum_k \Big(1 + \frac{E(k)}{H(k)}\,e^{2\pi i k x_0}\Big).$$

    1. *The size* comes from $1/H$. For a Gaussian it is $e^{+2\pi^2\sigma^2k^2}$: the sum is ruled by the last few frequencies
       below Nyquist, so what you see is a wave of about two pixels' period.
    2. *The place* comes from the phases of $E$. If the error lives where $y$ lives (rounding of the samples, a wrong $H$, a
       kernel cut short), then its Fourier terms are in step there, and only there: they add up at the delta and cancel
       elsewhere. With a wrong $H$ the ratio $Y/H$ is even a smooth real curve that climbs towards Nyquist: its transform
       is a spike with ripples *at the delta*. White noise has random phases: it blows up everywhere.
    3. *The delta is the worst case.* Its spectrum is flat: it needs every frequency at full strength, also those of which
       $y$ kept nothing. A smooth $x$ would forgive.

    **At an exact zero of $H$** (choose the box and the noise) nothing was kept at all. $Y/H$ is then an error over zero, and no precision
    helps. One frequency alone is wrong by a factor of millions: a pure wave through the whole box, which hides the delta and
    everything else. Every CTF zero is such a place.

    **The damping** minimises $\|h*\hat x - y\|^2 + \lambda\|\hat x\|^2$. Frequency by frequency,

    $$\hat X = \frac{H^*\,Y}{|H|^2 + \lambda}:$$

    where $|H|^2 \gg \lambda$ it divides, where $|H|^2 \ll \lambda$ it gives up. The recovered delta is broad and honest.
    """)
    return


@app.cell
def _(see_the_code, tikhonov):
    see_the_code(tikhonov)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Wiener chooses the damping for you, if you know two spectra

    The error has two parts. Damping *biases*: $\lambda/(|H|^2+\lambda)$ of the signal is lost. Division *amplifies noise*:
    $|H|^2/(|H|^2+\lambda)^2$ of its power comes through. Their sum has a minimum. If signal and noise power are known at each
    frequency, the minimum is $\lambda(k) = |N|^2/|X|^2$, one value per frequency: the Wiener filter.
    """)
    return


@app.cell
def _(predict):
    predict(
        "With a tenth of the noise power, where does the best single λ go?",
        ["it stays", "to a smaller value", "to a larger value", "to zero at once"],
        r"""**Smaller**, in proportion where the signal's spectrum is flat. With no noise at all it is zero, and rounding takes
        the part of the noise.""",
    )
    return


@app.cell
def _(Lens, assembly, frequency_radius, projected_potential):
    pixel_angstrom = 1.5
    particle = projected_potential(assembly().atoms, (96, 96), pixel_angstrom)
    particle = particle - particle.mean()
    half_radius = frequency_radius(particle.shape, pixel_angstrom, half=True)
    microscope = Lens(voltage_kv=300.0, spherical_aberration_mm=2.7, amplitude_contrast=0.1)
    return half_radius, microscope, particle, pixel_angstrom


@app.cell
def _(frequency_shells, ft, np, particle, radial_average):
    _full = ft(particle, 2)
    _shells = np.minimum(frequency_shells(particle.shape), 48)
    _average = radial_average(np.abs(_full) ** 2, 2)
    full_spectrum, signal_power = _full, _average[np.minimum(_shells, len(_average) - 1)]
    unit_noise = ft(np.random.default_rng(5).normal(size=particle.shape), 2)
    return full_spectrum, signal_power, unit_noise


@app.cell
def _(Choice, Image, Plot, Slider, Table, figure):
    undo = figure(
        "undo",
        panels=[
            Image("seen", "what the camera saw"),
            Image("recovered", "recovered"),
            Plot(
                "error",
                "error against damping",
                x="damping λ",
                y="mean square error / signal",
                x_range=(1e-6, 10.0),
                y_range=(1e-3, 1e3),
                logarithmic="xy",
            ),
            Table("numbers", "error / signal", ("method", "mean square error")),
        ],
        controls=[
            Slider("defocus_um", "defocus", 0.3, 2.0, 0.8, 0.05, unit="µm"),
            Slider("snr", "signal-to-noise ratio in the image", 0.05, 20.0, 2.0, 0.1, logarithmic=True),
            Choice("method", "method", ("divide", "one λ (Tikhonov)", "Wiener"), "one λ (Tikhonov)"),
            Slider("damping", "damping λ", 1e-6, 10.0, 0.1, 0.1, logarithmic=True, playable=True),
        ],
        caption="Follow the valley of the error with the damping; then let Wiener choose one for each frequency.",
    )
    undo
    return (undo,)


@app.cell
def _(
    Curve,
    Defocus,
    Mark,
    Pixels,
    ctf,
    full_spectrum,
    ift,
    microscope,
    np,
    particle,
    pixel_angstrom,
    signal_power,
    tikhonov,
    undo,
    unit_noise,
    wiener,
):
    _now = undo.settings
    _h = ctf(particle.shape, pixel_angstrom, Defocus.round(1e4 * _now.defocus_um), microscope, half=False)
    _clean = _h * full_spectrum
    _noise_power = np.mean(np.abs(_clean) ** 2) / _now.snr
    _spectrum = _clean + unit_noise * np.sqrt(_noise_power / particle.size)
    _lambdas = np.logspace(-6, 1, 57)[:, None, None]
    _bias = np.mean(signal_power * (_lambdas / (_h**2 + _lambdas)) ** 2, axis=(1, 2)) / np.mean(signal_power)
    _through = np.mean((_h / (_h**2 + _lambdas)) ** 2, axis=(1, 2)) * _noise_power / np.mean(signal_power)
    _made = {
        "divide": _spectrum / np.where(np.abs(_h) < 1e-9, np.inf, _h),
        "one λ (Tikhonov)": tikhonov(_spectrum, _h, _now.damping),
        "Wiener": wiener(_spectrum, _h, signal_power, _noise_power),
    }

    def _error(spectrum):
        return float(np.mean(np.abs(spectrum - full_spectrum) ** 2) / np.mean(np.abs(full_spectrum) ** 2))

    _picture = ift(_made[_now.method], 2).real
    _wide = 5 * np.std(particle)
    undo.draw(
        seen=Pixels(ift(_spectrum, 2).real, pixel_size=pixel_angstrom),
        recovered=Pixels(_picture, limits=(-_wide, 2 * _wide), pixel_size=pixel_angstrom),
        error=[
            Curve(_lambdas.ravel(), _bias, "signal lost", "dashed"),
            Curve(_lambdas.ravel(), _through, "noise let through", "dashed"),
            Curve(_lambdas.ravel(), _bias + _through, "both"),
            Curve(_lambdas.ravel(), np.full(57, _error(_made["Wiener"])), "Wiener"),
            Mark(_now.damping, "λ"),
        ],
        numbers=[[name, f"{_error(spectrum):.3g}"] for name, spectrum in _made.items()],
    )
    return


@app.cell
def _(see_the_code, wiener):
    see_the_code(wiener)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** A Wiener filter with a signal power that is too large gives noise back as detail; one that is too small
    blurs. In a refinement this ratio is estimated from the data, so that an over-fitted map claims a high signal power and
    then justifies itself: this is why half maps are kept apart.

    **Where it is in the packages.** RELION's reconstruction is this formula with $\tau^2/\sigma^2$ per shell, multiplied by the
    factor T that the user sets; cryoSPARC's FSC-based regularisation is the same denominator. CTF "phase flipping" refuses
    to divide at all: it keeps $|H|$ and sets the sign.

    ## Gaussians associate, and so does everything else

    With $f_a(x) = e^{-a x^2}$, completing the square gives

    $$f_{a} * f_{b} = \sqrt{\frac{\pi}{a+b}}\; f_{ab/(a+b)} .$$

    So $1/a$, which is twice the variance, *adds*. Hence three of them, in any order, have
    $1/a = 1/a_1 + 1/a_2 + 1/a_3$.
    """)
    return


@app.cell
def _(Plot, Slider, Table, figure):
    chain = figure(
        "chain",
        panels=[
            Plot(
                "curves",
                "three Gaussians and their convolution",
                x="x",
                y="value, peak = 1",
                x_range=(-6, 6),
                y_range=(0, 1.05),
            ),
            Table("orders", "both orders", ("quantity", "value")),
        ],
        controls=[
            Slider("a1", "a₁", 0.3, 4.0, 3.0, 0.1),
            Slider("a2", "a₂", 0.3, 4.0, 1.5, 0.1),
            Slider("a3", "a₃", 0.3, 4.0, 0.8, 0.1),
        ],
        caption="Whatever the order, the broadest Gaussian rules the sum of variances.",
    )
    chain
    return (chain,)


@app.cell
def _(Curve, chain, convolve_fourier, np, positions):
    _step, _n = 0.05, 401
    _x = positions(_n, _step)
    _rates = [chain.settings.a1, chain.settings.a2, chain.settings.a3]
    _f1, _f2, _f3 = (np.exp(-rate * _x**2) for rate in _rates)

    def _conv(f, g):
        return convolve_fourier(f, g) * _step

    _left, _right = _conv(_conv(_f1, _f2), _f3), _conv(_f1, _conv(_f2, _f3))
    _rate = 1 / sum(1 / rate for rate in _rates)
    _height = np.pi / np.sqrt(_rates[0] * _rates[1] + _rates[1] * _rates[2] + _rates[0] * _rates[2])
    _formula = _height * np.exp(-_rate * _x**2)
    chain.draw(
        curves=[
            *(Curve(_x, f, f"a = {rate:.1f}", "dashed") for f, rate in zip((_f1, _f2, _f3), _rates, strict=True)),
            Curve(_x, _left / _height, f"all three, a = {_rate:.3f}"),
        ],
        orders=[
            ["rate of all three, 1/(1/a₁ + 1/a₂ + 1/a₃)", f"{_rate:.4f}"],
            ["peak, π/√(a₁a₂ + a₂a₃ + a₁a₃)", f"{_height:.4f}"],
            ["largest |(f₁*f₂)*f₃ − f₁*(f₂*f₃)|", f"{np.max(np.abs(_left - _right)):.1e}"],
            ["largest difference from the formula", f"{np.max(np.abs(_left - _formula)):.1e}"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A product of spectra convolves on a ring; padding cuts the ring open

    A discrete spectrum belongs to a *periodic* image. What a kernel smears over the right edge comes in again at the left. To
    bring an image of $n$ pixels and a kernel of $m$ to one box:

    1. **pad both** to the same $P$; $P \ge n + m - 1$ holds the whole sum, and $P \ge n + \lfloor m/2\rfloor$ is enough when
       only the image's own $n$ pixels are kept;
    2. **centre the kernel**: its origin, pixel $m/2$, must come to the origin of the box, or the result moves;
    3. take $P$ among the sizes that the FFT likes, then crop.
    """)
    return


@app.cell
def _(Image, Plot, Slider, Switch, Table, figure):
    sizes = figure(
        "sizes",
        panels=[
            Plot(
                "line", "one row: product of spectra against direct sum", x="x (pixels)", y="value", x_range=(-32, 32)
            ),
            Image("picture", "the same on a star"),
            Table("numbers", "the box", ("quantity", "value")),
        ],
        controls=[
            Slider("kernel", "size of the kernel m", 1, 41, 21, 1, unit="pixels"),
            Slider("box", "size of the box P", 64, 110, 64, 1, unit="pixels", playable=True),
            Switch("corner", "forget to centre the kernel"),
        ],
        caption="The image has 64 pixels. Raise P until the smear that came round from the other side is gone.",
    )
    sizes
    return (sizes,)


@app.cell
def _(np, positions, siemens_star):
    row_image = np.clip(1.5 - np.abs(positions(64) - 22) / 8, 0, 1) + 0.6 * (np.abs(positions(64) + 27) < 3)
    star_image = np.roll(siemens_star((64, 64), 9, 26.0), (0, 5), axis=(0, 1))
    return row_image, star_image


@app.cell
def _(
    Curve,
    Pixels,
    convolve_direct,
    convolve_fourier,
    crop_box,
    fast_size,
    np,
    pad_box,
    positions,
    row_image,
    sizes,
    star_image,
):
    _now = sizes.settings
    _m, _p, _n = int(_now.kernel), int(_now.box), 64
    _kernel = np.exp(-np.arange(_m) / (0.4 * _m))
    _kernel = _kernel / _kernel.sum()
    # forgotten: the first pixel of the kernel is taken for its origin
    _used = np.concatenate([np.zeros(_m - 1), _kernel]) if _now.corner else _kernel
    _whole = convolve_fourier(pad_box(row_image, (_p,)), _used, "wrap")
    _product, _direct = crop_box(_whole, (_n,)), convolve_direct(row_image, _kernel)
    _picture = convolve_fourier(pad_box(star_image, (_n, _p)), _used[None, :], "wrap")
    _x = positions(_n)
    sizes.draw(
        line=[
            Curve(_x, row_image, "image", "dashed"),
            Curve(_x, _direct, "direct sum"),
            Curve(_x, _product, "product of spectra"),
        ],
        picture=Pixels(crop_box(_picture, (_n, _n)), limits=(0, 1), pixel_size=1.0, pixel_unit="px"),
        numbers=[
            ["largest difference", f"{np.max(np.abs(_product - _direct)):.2g}"],
            ["box for the whole sum, n + m − 1", f"{_n + _m - 1}"],
            ["box if only the image is kept, n + m // 2", f"{_n + _m // 2}"],
            ["next size that the FFT likes", f"{fast_size(_n + _m - 1)}"],
        ],
    )
    return


@app.cell
def _(convolve_fourier, see_the_code):
    see_the_code(convolve_fourier)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** Half a pixel. For an even $m$ there is no middle pixel; here the origin is $m/2$ always, in image and
    kernel. A library that takes $(m-1)/2$ moves the result by one pixel. And padding with *zeros* is a choice: an
    image whose mean is not zero gets a dark frame. Subtract the mean first, or let it wrap knowingly.

    **Where it is in the packages.** Particle boxes are cut twice as large as the particle for this reason: the CTF's point
    spread is the kernel. RELION pads its references to twice the box (`--pad 2`) before the transform; cryoSPARC and cryoDRGN
    expect boxes with room around the particle.

    ## The same filter in both spaces: yes for a Gaussian, almost for a box, no for sharpening

    Sampling a kernel copies its spectrum to every whole frequency. If $h(x)$ has the transform $H(k)$, the *sampled* kernel has

    $$H_\text{sampled}(k) = \sum_{j} H(k - j) \quad\text{(cycles/pixel)}.$$

    So everything depends on how $H$ falls beyond Nyquist.
    """)
    return


@app.cell
def _(predict):
    predict(
        "For which kernel are the samples' transfer and the formula furthest apart?",
        ["Gaussian, σ = 1 pixel", "box of 5 pixels", "Laplacian sharpening", "they are all the same filter"],
        r"""**Sharpening.** A Gaussian's copies are $e^{-2\pi^2\sigma^2(k-1)^2}$, below 1 % at Nyquist for σ = 1. A box's sinc falls only
        as $1/k$: its copies add up to $\sin(\pi mk)/(m\sin\pi k)$. The Laplacian's $4\pi^2k^2$ *grows*: the copies have no sum at all,
        and the three-point rule $2 - 2\cos 2\pi k$ is a different filter, right only for $k \ll 1/2$.""",
    )
    return


@app.cell
def _(Choice, Image, Plot, Slider, Table, figure):
    filters = figure(
        "filters",
        panels=[
            Image("real", "summed in real space"),
            Image("difference", "minus the filter of Fourier space", colours="signed"),
            Plot("transfer", "transfer along a row", x="k (cycles/pixel)", y="factor", x_range=(0, 0.5)),
            Table("numbers", "agreement", ("quantity", "value")),
        ],
        controls=[
            Choice("kind", "filter", ("Gaussian", "box", "sharpen: Laplacian", "sharpen: inverse Gaussian"), "box"),
            Slider("sigma", "σ of the Gaussians, strength of the Laplacian", 0.4, 2.0, 1.0, 0.05, unit="pixels"),
            Slider("size", "size of the kernel in real space (box: its width)", 3, 31, 5, 2, unit="pixels"),
        ],
        caption="Choose a filter, then enlarge its kernel: which of them come to agree?",
    )
    filters
    return (filters,)


@app.cell
def _(
    crop_box,
    frequency_grid,
    frequency_radius,
    gaussian_blur,
    irft,
    np,
    particle,
    positions,
):
    cycles = frequency_radius(particle.shape, half=True)

    def both_filters(kind, sigma, size):
        """The kernel for real space, and the transfer that Fourier space would use under the same name."""
        x = positions(size)
        if kind == "Gaussian":
            line = np.exp(-0.5 * (x / sigma) ** 2)
            return np.outer(line, line) / line.sum() ** 2, gaussian_blur(cycles, sigma)
        if kind == "box":
            k = frequency_grid(particle.shape, half=True)
            return np.full((size, size), size**-2.0), np.prod(np.sinc(size * k), axis=-1)
        if kind == "sharpen: Laplacian":
            kernel = np.zeros((3, 3))
            kernel[1, :] = kernel[:, 1] = -(sigma**2) / 2
            kernel[1, 1] = 1 + 2 * sigma**2
            return kernel, 1 + 0.5 * sigma**2 * (2 * np.pi * cycles) ** 2
        transfer = 1 / gaussian_blur(cycles, sigma)
        return crop_box(irft(transfer + 0j, particle.shape), (size, size)), transfer

    return (both_filters,)


@app.cell
def _(
    Curve,
    Pixels,
    both_filters,
    convolve_fourier,
    filter_image,
    filters,
    np,
    pad_box,
    particle,
    pixel_angstrom,
    rft,
):
    _now = filters.settings
    _kernel, _transfer = both_filters(_now.kind, _now.sigma, int(_now.size))
    _real, _fourier = convolve_fourier(particle, _kernel, "wrap"), filter_image(particle, _transfer, 2)
    _sampled = rft(pad_box(_kernel, particle.shape), 2)[48].real
    _difference = float(np.linalg.norm(_real - _fourier) / np.linalg.norm(_fourier))
    filters.draw(
        real=Pixels(_real, pixel_size=pixel_angstrom),
        difference=Pixels(
            _real - _fourier, limits=(-0.3 * np.std(particle), 0.3 * np.std(particle)), pixel_size=pixel_angstrom
        ),
        transfer=[
            Curve(np.arange(49) / 96, _transfer[48], "formula in Fourier space"),
            Curve(np.arange(49) / 96, _sampled, "kernel in real space"),
        ],
        numbers=[
            ["relative difference of the images", f"{100 * _difference:.3g} %"],
            ["difference of the factors at Nyquist", f"{_sampled[-1] - _transfer[48][-1]:.3g}"],
            ["pixels in the kernel", f"{_kernel.size}"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The convolution theorem is exact: *this* kernel and *its* transform give the same image to rounding. They
    differ when the two are not transforms of each other, and there are only two ways for that to happen: the kernel was
    **sampled** (copies of $H$ overlap) or **cut short** ($H$ is smeared by the cut's transform). A Gaussian suffers neither
    once $\sigma \gtrsim 0.7$ and the kernel reaches $4\sigma$. The inverse Gaussian suffers both to the utmost: its transfer
    is largest at Nyquist, where its periodic repetition has a kink, so that its kernel rings with alternating signs across
    the whole image. It has no small kernel. Sharpen in Fourier space.

    ## Fourier space wins from kernels of five to seven pixels on

    The direct sum costs $n^2m^2$ multiplications, a separable one $2n^2m$, three transforms about
    $3 \cdot \tfrac52 P^2\log_2 P^2$ and hardly care about $m$. Where they cross depends on the machine: measure it.
    """)
    return


@app.cell
def _(Button, Choice, Plot, Table, figure):
    timing = figure(
        "timing",
        panels=[
            Plot("times", "time against size of the kernel", x="m (pixels a side)", y="time (ms)", logarithmic="xy"),
            Table("crossing", "this computer", ("quantity", "value")),
        ],
        controls=[
            Choice("size", "image", ("96 × 96", "192 × 192", "384 × 384"), "96 × 96"),
            Button("measure", "measure here"),
        ],
        caption="At rest a quick run on 96 × 96 pixels; the button takes the image chosen and the best of several runs.",
    )
    timing
    return (timing,)


@app.cell
def _(convolve_direct, perf_counter):
    def best_ms(repeats, function, *arguments):
        """The shortest of several runs, in milliseconds."""
        found = []
        for _ in range(repeats):
            start = perf_counter()
            function(*arguments)
            found.append(1e3 * (perf_counter() - start))
        return max(min(found), 1e-3)

    def row_then_column(image, line):
        """A separable kernel, one axis after the other."""
        return convolve_direct(convolve_direct(image, line), line[:, None])

    return best_ms, row_then_column


@app.cell
def _(
    Curve,
    best_ms,
    convolve_direct,
    convolve_fourier,
    np,
    row_then_column,
    timing,
):
    _n = int(timing.settings.size.split()[0]) if timing.settings.measure else 96
    _repeats = 3 if timing.settings.measure else 2
    _image = np.random.default_rng(1).normal(size=(_n, _n))
    _widths = [3, 5, 7, 9, 13, 17]
    _times = {"direct sum": [], "two one-dimensional sums": [], "product of spectra": []}
    for _m in _widths:
        _line = np.full(_m, 1 / _m)
        _square = np.outer(_line, _line)
        _times["direct sum"].append(best_ms(_repeats, convolve_direct, _image, _square))
        _times["two one-dimensional sums"].append(best_ms(_repeats, row_then_column, _image, _line))
        _times["product of spectra"].append(best_ms(_repeats, convolve_fourier, _image, _square))
    _won = [m for m, d, f in zip(_widths, _times["direct sum"], _times["product of spectra"], strict=True) if f < d]
    timing.draw(
        times=[Curve(_widths, values, name) for name, values in _times.items()],
        crossing=[
            ["image", f"{_n} × {_n}"],
            ["Fourier space is quicker from m =", f"{min(_won)}" if _won else "beyond 17"],
            ["speed-up at m = 17", f"{_times['direct sum'][-1] / _times['product of spectra'][-1]:.1f}"],
        ],
    )
    return


@app.cell
def _(convolve_direct, see_the_code):
    see_the_code(convolve_direct)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong with such measurements.** The first call pays for loading and for memory that was never touched; take the
    best of several. A three-pixel kernel is bound by memory, not by arithmetic. And the FFT's time jumps at sizes with large
    prime factors, which is why the code pads to products of 2, 3 and 5.

    ## The convolution theorem on a projection, with kernels that mean something

    The projection of a density map, a kernel from the microscope, and the question that every engineer asks: how much of the
    kernel do I need? A B factor of 100 Å² is a Gaussian of 1.1 Å: a handful of pixels. The lens's point spread at 0.8 µm is
    wider than the particle.
    """)
    return


@app.cell
def _(
    Defocus,
    b_factor_decay,
    convolve_fourier,
    crop_box,
    ctf,
    filter_image,
    frequency_grid,
    half_radius,
    irft,
    microscope,
    np,
    particle,
    pixel_angstrom,
    square_pixel,
):
    _transfers = {
        "B = 100 Å²": b_factor_decay(half_radius, 100.0),
        "the camera's pixel": square_pixel(frequency_grid(particle.shape, half=True)),
        "lens, 0.3 µm": ctf(particle.shape, pixel_angstrom, Defocus.round(3000.0), microscope),
        "lens, 0.8 µm": ctf(particle.shape, pixel_angstrom, Defocus.round(8000.0), microscope),
    }
    kernel_sizes = np.arange(3, 96, 4)
    theorem_cases = {}
    for _name, _h in _transfers.items():
        _kernel, _full = irft(_h + 0j, particle.shape), filter_image(particle, _h, 2)
        _errors = [
            np.linalg.norm(convolve_fourier(particle, crop_box(_kernel, (m, m)), "wrap") - _full)
            / np.linalg.norm(_full)
            for m in kernel_sizes.tolist()
        ]
        theorem_cases[_name] = (_kernel, _full, np.maximum(_errors, 1e-16))
    return kernel_sizes, theorem_cases


@app.cell
def _(Button, Choice, Image, Plot, Slider, Table, figure):
    theorem = figure(
        "theorem",
        panels=[
            Image("picture", "with the small kernel"),
            Image("missing", "minus the whole", colours="signed"),
            Plot(
                "error",
                "error of the small kernel",
                x="its size m (pixels)",
                y="relative error",
                x_range=(0, 96),
                logarithmic="y",
            ),
            Table(
                "numbers",
                "direct sum and product of spectra",
                ("m", "largest difference / peak", "direct (ms)", "Fourier (ms)", "speed-up"),
            ),
        ],
        controls=[
            Choice(
                "kernel", "kernel", ("B = 100 Å²", "the camera's pixel", "lens, 0.3 µm", "lens, 0.8 µm"), "lens, 0.3 µm"
            ),
            Slider("size", "keep the middle m × m of it", 3, 95, 15, 4, unit="pixels", playable=True),
            Button("again", "measure the times again"),
        ],
        caption="The table is the theorem, tested: both ways agree to rounding, whatever the kernel.",
    )
    theorem
    return (theorem,)


@app.cell
def _(best_ms, convolve_direct, convolve_fourier, crop_box, np, particle):
    measured = {}

    def compare_ways(kernel):
        """Rows of the table: how far direct sum and product of spectra are apart, and what each takes."""
        rows = []
        for m in (5, 9, 17, 25):
            small = crop_box(kernel, (m, m))
            direct, fourier = convolve_direct(particle, small), convolve_fourier(particle, small)
            gap = np.max(np.abs(direct - fourier)) / np.max(np.abs(fourier))
            slow, fast = best_ms(1, convolve_direct, particle, small), best_ms(3, convolve_fourier, particle, small)
            rows.append([str(m), f"{gap:.1e}", f"{slow:.2f}", f"{fast:.2f}", f"{slow / fast:.1f}"])
        return rows

    return compare_ways, measured


@app.cell
def _(
    Curve,
    Mark,
    Pixels,
    compare_ways,
    convolve_fourier,
    crop_box,
    kernel_sizes,
    measured,
    np,
    particle,
    pixel_angstrom,
    theorem,
    theorem_cases,
):
    _kernel, _full, _errors = theorem_cases[theorem.settings.kernel]
    _m = int(theorem.settings.size)
    _made = convolve_fourier(particle, crop_box(_kernel, (_m, _m)), "wrap")
    _asked = (theorem.settings.kernel, theorem.settings.again)
    if _asked not in measured:
        measured[_asked] = compare_ways(_kernel)
    _span = 3 * float(np.std(_full))
    theorem.draw(
        picture=Pixels(_made, pixel_size=pixel_angstrom),
        missing=Pixels(_made - _full, limits=(-_span, _span), pixel_size=pixel_angstrom),
        error=[Curve(kernel_sizes, _errors, "relative error"), Mark(_m, "m")],
        numbers=measured[_asked],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The Gaussian is within 1 % at five pixels. The lens's kernel oscillates out to the distance that the highest
    frequency travels, $\lambda k\,\Delta f$; cut it inside of that and whole rings of the CTF are missing. Truncation in real
    space is a blur in Fourier space: the CTF's fast outer oscillations are the first to go.

    ## A finer Nyquist costs field, dose per pixel and disk

    At the microscope you choose the pixel size $\Delta$, and with it everything below. The DQE is a function of
    $k\Delta$, cycles per *pixel*: a smaller pixel puts the same detail at a better place of the curve.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You want 3 Å. Time at the microscope is limited, particles are plenty. Which pixel brings the most information at 3 Å?",
        [
            "0.5 Å: the best DQE",
            "0.75 Å: four pixels per period",
            "close to 1.5 Å: Nyquist itself",
            "it makes no difference",
        ],
        r"""By signal alone, **close to Nyquist**: the field grows as $\Delta^2$, the DQE at 3 Å falls more slowly. But nothing is left
        for aliasing, interpolation and astigmatic or tilted data, and whatever would come out better than 3 Å is lost. Hence the
        habit of $\Delta \approx d/3$: two thirds of Nyquist.""",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Switch, Table, figure):
    collection = figure(
        "collection",
        panels=[
            Plot(
                "dqe",
                "detective quantum efficiency on the specimen's scale",
                x="spatial frequency (1/Å)",
                y="DQE",
                x_range=(0, 0.8),
                y_range=(0, 1),
            ),
            Plot(
                "merit",
                "information at the target, per exposure and per particle",
                x="pixel size (Å)",
                y="relative to the best",
                x_range=(0.4, 2.0),
                y_range=(0, 1.05),
            ),
            Table("costs", "what it costs", ("quantity", "value")),
        ],
        controls=[
            Slider("pixel_angstrom", "pixel size (physical pixel)", 0.4, 2.0, 1.06, 0.02, unit="Å", playable=True),
            Slider("target_angstrom", "target resolution", 2.0, 6.0, 3.0, 0.1, unit="Å"),
            Slider("dose", "dose", 10, 100, 50, 5, unit="e/Å²"),
            Choice("camera", "camera", ("4092 × 5760", "4096 × 4096", "3710 × 3838"), "4092 × 5760"),
            Switch("super_resolution", "write super-resolution pixels"),
        ],
        caption="Move the pixel size: every number in the table is a cost that someone pays.",
    )
    collection
    return (collection,)


@app.cell
def _(K2_300KV, electrons_per_pixel, np):
    def dqe_of(cycles):
        """The K2's DQE along a row of its pixels; known up to its Nyquist frequency."""
        cycles = np.asarray(cycles, float)
        return K2_300KV.dqe(np.stack([cycles, 0 * cycles], axis=-1))

    def costs_of(now):
        """The rows of the table: what a pixel size, a dose and a camera cost."""
        rows, columns = (int(part) for part in now.camera.split(" × "))
        pixel, finer, frames = now.pixel_angstrom, 2 if now.super_resolution else 1, 50
        fraction = 2 * pixel / now.target_angstrom
        dqe = f"{float(dqe_of(fraction / 2)):.2f}" if fraction <= 1 else "unknown: beyond the physical Nyquist"
        electrons = electrons_per_pixel(now.dose, pixel)
        terabytes = rows * columns * finer**2 * frames * 1000 / 1e12
        return [
            ["Nyquist of what is written", f"{2 * pixel / finer:.2f} Å"],
            ["target, as a fraction of the physical Nyquist", f"{fraction:.2f}"],
            ["DQE at the target", dqe],
            ["field of view", f"{rows * columns * pixel**2 * 1e-8:.3f} µm²"],
            ["electrons a pixel, whole movie", f"{electrons:.0f}"],
            ["electrons a pixel and frame, 50 frames", f"{electrons / frames:.2f}"],
            ["1,000 movies, 50 frames, 1 byte a pixel", f"{terabytes:.1f} TB before compression"],
        ]

    return costs_of, dqe_of


@app.cell
def _(Curve, Mark, collection, costs_of, dqe_of, np):
    _now = collection.settings
    _pixel, _target = _now.pixel_angstrom, 1 / _now.target_angstrom
    _nyquist = 0.5 / _pixel
    _k = np.linspace(0, min(_nyquist, 0.8), 200)
    _sizes = np.linspace(0.4, 2.0, 161)
    _usable = _sizes * _target <= 0.5
    _single = np.where(_usable, dqe_of(np.minimum(_sizes * _target, 0.5)), 0)
    _exposure = _single * _sizes**2
    collection.draw(
        dqe=[Curve(_k, dqe_of(_k * _pixel), "DQE"), Mark(_target, "target"), Mark(min(_nyquist, 0.8), "Nyquist")],
        merit=[
            Curve(_sizes, _exposure / _exposure.max(), "per exposure: Δ² · DQE"),
            Curve(_sizes, _single / _single.max(), "per particle: DQE"),
            Mark(_pixel, "chosen"),
        ],
        costs=costs_of(collection.settings),
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What guides the choice.** Particles are the scarce good (a small grid, a rare complex): take a smaller pixel, win DQE.
    Microscope time is the scarce good: take a larger one, up to $\Delta \approx d/3$. The *dose per area* is set by damage, not
    by the pixel. Dose *rate* per pixel matters to a counting camera: two electrons in one pixel and frame count as one, so a
    larger pixel needs more frames.

    **Super-resolution** halves the pixel by finding each electron to a quarter of it. The DQE beyond the physical Nyquist
    frequency is low (this camera's table ends there), but noise up there no longer *folds* into the image when it is cropped
    in Fourier space. That is its main use: collect finer, crop at once, keep the aliasing out. Its price is four times
    the disk.

    **What goes wrong.** Averaging super-resolution pixels in blocks of 2 × 2 gives the aliasing back: binning is a box filter
    followed by decimation (see the blur practical's [binning](/meetings/03-convolution/blur/)).

    ## A question to end with

    You flatten the noise of a micrograph by dividing its spectrum by the camera's NTF, then sharpen by $B=-80$ Å², then bin by
    2 by averaging. Write the whole as one transfer function. Which of the three steps is *not* one, and where should it stand?
    """)
    return


if __name__ == "__main__":
    app.run()
