import marimo

app = marimo.App(width="medium", app_title="Convolution, sampling, Nyquist")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.detector import square_pixel
    from vitreous.fourier import (
        b_factor_decay,
        bin_pixels,
        binning_transfer,
        convolve_fourier,
        coordinate_radius,
        decimate,
        filter_image,
        folded_frequency,
        frequencies,
        frequency_grid,
        frequency_radius,
        ft,
        gaussian_blur,
        irft,
        low_pass,
        positions,
        resample,
        shift_image,
    )
    from vitreous.interpolation import NEAREST, kaiser_bessel, sample, spread
    from vitreous.optics import Defocus, Lens, ctf
    from vitreous.specimen import assembly, projected_potential, scattering_factor, siemens_star

    return (
        Defocus,
        Lens,
        NEAREST,
        assembly,
        b_factor_decay,
        bin_pixels,
        binning_transfer,
        convolve_fourier,
        coordinate_radius,
        ctf,
        decimate,
        filter_image,
        folded_frequency,
        frequencies,
        frequency_grid,
        frequency_radius,
        ft,
        gaussian_blur,
        irft,
        kaiser_bessel,
        low_pass,
        mo,
        np,
        positions,
        projected_potential,
        resample,
        sample,
        scattering_factor,
        shift_image,
        siemens_star,
        spread,
        square_pixel,
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
    # Convolution, sampling, Nyquist

    **Nothing in a micrograph is where it was: every point has been smeared by the lens, by the camera and by motion, and
    then cut into pixels.** Each smear is one operation, the convolution. Each cut is one more, sampling. Once you can see
    both in your mind, a CTF, a B factor, a mask and a binned image are four views of the same two pictures.

    You will slide one function over another until the integral draws itself. Then you will watch a wave that is too fine
    for the pixels come back as a coarse one, and find out what binning does that Fourier cropping does not.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A convolution is an overlap, measured at every shift

    Take two functions $f$ and $g$. Turn $g$ round, push it to the place $x$, multiply the two, and take the area under the
    product. That area is *one number*: the value of the convolution at $x$.

    $$(f * g)(x) = \int_{-\infty}^{\infty} f(u)\, g(x - u)\, \mathrm{d}u$$

    Here $u$ is the variable that the integral runs over and then forgets; $x$ is the shift, which stays.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Two boxes of equal width slide past each other. Which shape does the overlap draw?",
        ["a box of twice the width", "a triangle", "a Gaussian", "a box of the same width"],
        r"""A **triangle**. From the first touch the overlap grows by the same amount with each step, until the boxes lie on
        top of each other; then it shrinks just as evenly. Its foot is as wide as both boxes together: *widths add*.
        Three boxes give a smooth bump, four are the cubic B-spline, and many tend to a Gaussian.""",
    )
    return


@app.cell
def _(np):
    SHAPES = {
        "box": (-1.0, 1.0, lambda u: np.heaviside(1 - np.abs(u), 0.5)),
        "triangle": (-1.0, 1.0, lambda u: np.clip(1 - np.abs(u), 0, None)),
        "decay": (0.0, np.inf, lambda u: np.heaviside(u, 0.5) * np.exp(-np.abs(u))),
        "Gaussian": (-np.inf, np.inf, lambda u: np.exp(-np.pi * u**2)),
        "two spikes": (-1.5, 1.5, lambda u: 8 * (np.exp(-200 * (u - 1.4) ** 2) + np.exp(-200 * (u + 1.4) ** 2)) / 2),
    }
    return (SHAPES,)


@app.cell
def _(Choice, Plot, SHAPES, Slider, Switch, Table, figure):
    slide = figure(
        "slide",
        panels=[
            Plot("overlap", "at one shift: f, the turned g, and their product", x="u", y="height", x_range=(-5, 5)),
            Plot("traced", "the convolution, traced by the area", x="shift x", y="(f * g)(x)", x_range=(-5, 5)),
            Table("bounds", "the integral at this shift", ("quantity", "value")),
        ],
        controls=[
            Slider("shift", "shift x", -4.5, 4.5, 0.6, 0.05, playable=True),
            Choice("f", "f", tuple(SHAPES), "box"),
            Choice("g", "g", tuple(SHAPES), "triangle"),
            Switch("swap", "let f move instead of g"),
        ],
        caption="Drag the shift, or let it run. The shaded area in the first panel is the height of the dot in the second.",
    )
    slide
    return (slide,)


@app.cell
def _(Curve, Mark, SHAPES, convolve_fourier, np, slide):
    _now = slide.settings
    _fixed, _moving = (SHAPES[_now.g], SHAPES[_now.f]) if _now.swap else (SHAPES[_now.f], SHAPES[_now.g])
    _u, _step = np.linspace(-6, 6, 1201), 0.01
    _still, _turned = _fixed[2](_u), _moving[2](_now.shift - _u)
    _whole = convolve_fourier(_fixed[2](_u), _moving[2](_u)) * _step
    _low, _high = max(_fixed[0], _now.shift - _moving[1]), min(_fixed[1], _now.shift - _moving[0])
    _area = float(np.sum(_still * _turned) * _step)
    _names = ("g(u)", "f(x − u)") if _now.swap else ("f(u)", "g(x − u)")
    _ends = [Mark(end, label) for end, label in ((_low, "from"), (_high, "to")) if np.isfinite(end) and _low < _high]
    _past = _u <= _now.shift

    def _bound(value):
        return f"{value:.2f}" if np.isfinite(value) else ("∞" if value > 0 else "−∞")

    slide.draw(
        overlap=[
            Curve(_u, _still * _turned, "product", "area"),
            Curve(_u, _still, _names[0]),
            Curve(_u, _turned, _names[1]),
            *_ends,
        ],
        traced=[
            Curve(_u, _whole, "all shifts", "dashed"),
            Curve(_u[_past], _whole[_past], "so far"),
            Curve([_now.shift], [_area], "this frame", "points"),
        ],
        bounds=[
            ["shift x", f"{_now.shift:.2f}"],
            ["integral runs from", _bound(_low) if _low < _high else "nowhere: no overlap"],
            ["integral runs to", _bound(_high) if _low < _high else "nowhere: no overlap"],
            ["its value", f"{_area:.3f}"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **One frame is one number.** The first panel is the calculation; the second is the collection of its results. A film of a
    sliding convolution shows the calculation for one $x$ after another, and it is easy to forget that nothing moves in the
    result.

    **The bounds** come from where both functions are different from zero. For a box of half-width 1 at rest and another one
    at $x$, the integral runs from $\max(-1, x-1)$ to $\min(1, x+1)$. It is written from $-\infty$ to $\infty$ because the
    functions themselves say where it stops. Choose the decay: now one bound is fixed at 0 and the other moves with $x$, as
    in anything that responds only *after* it was hit.

    **Turn the switch.** The curves of the first panel change places, the result stays. Put $v = x - u$:
    $\int f(u)\,g(x-u)\,\mathrm{d}u = \int f(x-v)\,g(v)\,\mathrm{d}v$, so $f * g = g * f$. It does not matter which is called
    the image and which the kernel.
    """)
    return


@app.cell
def _(convolve_fourier, see_the_code):
    see_the_code(convolve_fourier)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** People forget to turn $g$ round. Without the turn it is a *correlation*, the thing that particle
    pickers use. For an even kernel the two are equal, and the mistake hides until the first kernel with a direction arrives
    (a drift, a coma). The decay above shows it at once.

    **Where it is in the packages.** Deep-learning libraries call a correlation a convolution: PyTorch's `conv2d` does not turn
    the kernel. `scipy.signal.convolve` does. `scipy.ndimage.correlate` and `scipy.ndimage.convolve` are the two side by side.

    ## A shift in one space is a wave in the other

    Here is the pair that the problems ask you to work out. Two Gaussians stand at $+a$ and $-a$; the second may be turned
    upside down. Each Gaussian $e^{-\pi x^2}$ is its own transform. Moving it to $a$ multiplies its transform by
    $e^{-2\pi i k a}$, and the two waves add up:

    $$e^{-\pi k^2}\left(e^{-2\pi i k a} - e^{+2\pi i k a}\right) = -2i\,\sin(2\pi a k)\; e^{-\pi k^2}.$$
    """)
    return


@app.cell
def _(Plot, Slider, Switch, figure):
    pair = figure(
        "pair",
        panels=[
            Plot("real", "two Gaussians", x="x", y="f(x)", x_range=(-6, 6), y_range=(-1.1, 1.1)),
            Plot("fourier", "their transform", x="k", y="F(k)", x_range=(-2, 2), y_range=(-2.1, 2.1)),
        ],
        controls=[
            Slider("a", "distance from the origin a", 0.0, 4.0, 2.0, 0.05, playable=True),
            Switch("difference", "turn the left one upside down", value=True),
        ],
        caption="The further apart the Gaussians, the faster the wave under the envelope. The difference is odd, so its transform is imaginary.",
    )
    pair
    return (pair,)


@app.cell
def _(Curve, frequencies, ft, np, pair, positions):
    _pixel, _n = 0.1, 640
    _x, _k = positions(_n, _pixel), frequencies(_n, _pixel)
    _sign = -1 if pair.settings.difference else 1
    _f = np.exp(-np.pi * (_x - pair.settings.a) ** 2) + _sign * np.exp(-np.pi * (_x + pair.settings.a) ** 2)
    _transform = ft(_f, 1) * _pixel
    _near = np.abs(_k) <= 2
    _envelope = 2 * np.exp(-np.pi * _k[_near] ** 2)
    pair.draw(
        real=[Curve(_x, _f, "f")],
        fourier=[
            Curve(_k[_near], _transform.real[_near], "real part"),
            Curve(_k[_near], _transform.imag[_near], "imaginary part"),
            Curve(np.r_[_k[_near], np.nan, _k[_near]], np.r_[_envelope, np.nan, -_envelope], "envelope", "dashed"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The pair is a Gaussian convolved with two spikes, $+\delta(x-a)$ and $-\delta(x+a)$. So its transform is
    the Gaussian's transform *times* that of the spikes. This is the convolution theorem in its smallest clothes:

    $$f * g \;\longleftrightarrow\; F(k)\,G(k), \qquad f\,g \;\longleftrightarrow\; (F * G)(k).$$

    **What goes wrong.** With the other sign of the kernel, $e^{+2\pi i kx}$, the answer changes its sign; with
    angular frequency $\omega = 2\pi k$ the factor $2\pi$ moves. Say which you use. Here it is $e^{-2\pi i kx}$ throughout.

    ## A wave too fine for the pixels comes back as a coarse one

    A camera with pixels of $\Delta$ Å takes one value every $\Delta$ Å. Two samples per period are the least that can tell a
    wave from a slower one, so the finest honest wave has the frequency $k_N = 1/(2\Delta)$, **Nyquist**. Beyond it nothing is
    lost and everything is misread.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Pixels of 2.5 Å (Nyquist 0.2 1/Å). A lattice of 3.5 Å spacing (0.286 1/Å) is in focus. What does the image show?",
        ["nothing: it is finer than the pixels", "a lattice of 3.5 Å", "a lattice of about 8.8 Å", "noise"],
        r"""A lattice of **8.8 Å**. The sampling rate is $1/2.5 = 0.4$ 1/Å, and $0.286 - 0.4 = -0.114$ 1/Å, a period of 8.75 Å.
        It is sharp, it is beautiful, and it is not there. Carbon and ice rings fold in the same way.""",
    )
    return


@app.cell
def _(Plot, Slider, figure):
    aliasing = figure(
        "aliasing",
        panels=[
            Plot(
                "wave",
                "the wave, its samples, and what they look like",
                x="x (Å)",
                y="value",
                x_range=(0, 40),
                y_range=(-1.2, 1.2),
            ),
            Plot(
                "ruler",
                "the folding ruler",
                x="true frequency (1/Å)",
                y="seen at (1/Å)",
                x_range=(0, 0.5),
                y_range=(0, 0.5),
            ),
            Plot(
                "copies",
                "the spectrum of the samples",
                x="frequency (1/Å)",
                y="amplitude",
                x_range=(-0.6, 0.6),
                y_range=(0, 1.1),
            ),
        ],
        controls=[
            Slider("frequency", "frequency of the wave", 0.02, 0.5, 0.286, 0.002, unit="1/Å", playable=True),
            Slider("pixel_angstrom", "pixel size", 1.0, 5.0, 2.5, 0.05, unit="Å"),
            Slider("phase_deg", "phase of the wave", 0, 180, 0, 5, unit="°"),
        ],
        caption="Raise the frequency through Nyquist and watch the dashed wave turn back.",
    )
    aliasing
    return (aliasing,)


@app.cell
def _(Curve, Mark, aliasing, folded_frequency, np):
    _now = aliasing.settings
    _rate, _phase = 1 / _now.pixel_angstrom, np.deg2rad(_now.phase_deg)
    _fine, _places = np.linspace(0, 40, 1200), np.arange(0, 40.01, _now.pixel_angstrom)
    _seen = float(folded_frequency(np.asarray(_now.frequency), _rate))
    _true_axis = np.linspace(0, 0.5, 400)
    _copies = [sign * _now.frequency + order * _rate for sign in (-1, 1) for order in range(-2, 3)]
    _copies = np.asarray([k for k in _copies if abs(k) < 0.6])

    def _wave(frequency, x):
        return np.cos(2 * np.pi * frequency * x + _phase)

    aliasing.draw(
        wave=[
            Curve(_fine, _wave(_now.frequency, _fine), "the wave"),
            Curve(_fine, _wave(_seen, _fine), "the slowest wave through the samples", "dashed"),
            Curve(_places, _wave(_now.frequency, _places), "samples", "points"),
        ],
        ruler=[
            Curve(_true_axis, np.abs(folded_frequency(_true_axis, _rate)), "seen"),
            Curve(_true_axis, _true_axis, "true", "dashed"),
            Curve([_now.frequency], [abs(_seen)], "this wave", "points"),
            Mark(_rate / 2, "Nyquist"),
        ],
        copies=[
            Curve(_copies, np.ones_like(_copies), "copies, one every 1/Δ", "bars"),
            Mark(-_rate / 2, "−Nyquist"),
            Mark(_rate / 2, "Nyquist"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Sampling multiplies the image by a comb of spikes $\Delta$ apart. Multiplication in real space is
    convolution in Fourier space, and the transform of the comb is a comb of spikes $1/\Delta$ apart. So the spectrum is copied
    to every multiple of $1/\Delta$, and what the camera can say lies between $-k_N$ and $k_N$:

    $$k_\text{seen} = k - \frac{1}{\Delta}\left\lfloor k\,\Delta + \tfrac12 \right\rfloor .$$

    Set the frequency to Nyquist exactly (2.5 Å, 0.2 1/Å) and turn the phase to 90°: every sample falls on a zero, and the
    wave is gone. *At* Nyquist the amplitude depends on luck, which is why a good experiment stays below it.
    """)
    return


@app.cell
def _(folded_frequency, see_the_code):
    see_the_code(folded_frequency)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** No filter applied *after* sampling can undo it: the folded wave and an honest one have the same
    samples. The filter must come before: in the microscope it is the envelope and the pixel's own area.

    ## Binning averages and folds; Fourier cropping only forgets

    To make an image coarser you can keep every $f$-th pixel, average blocks of $f$ pixels, or throw the outer part of its
    transform away. Look at the hub of the star, where the spokes are finer than the new pixels.
    """)
    return


@app.cell
def _(Choice, Image, Plot, figure):
    coarser = figure(
        "coarser",
        panels=[
            Image("picture", "the coarse image"),
            Image("wrong", "what does not belong there", colours="signed"),
            Plot(
                "transfer",
                "what each frequency is multiplied by",
                x="frequency (cycles per old pixel)",
                y="factor",
                x_range=(0, 0.5),
                y_range=(-0.3, 1.1),
            ),
        ],
        controls=[
            Choice("method", "made coarser by", ("every f-th pixel", "binning", "Fourier cropping"), "binning"),
            Choice("factor", "factor f", ("2", "3", "4", "5", "6", "8"), "4"),
        ],
        caption="The middle panel is the coarse image minus the star without the frequencies that the new pixels cannot hold.",
    )
    coarser
    return (coarser,)


@app.cell
def _(siemens_star):
    star = siemens_star((240, 240), 24, 110.0)
    return (star,)


@app.cell
def _(
    Curve,
    Mark,
    Pixels,
    bin_pixels,
    binning_transfer,
    coarser,
    decimate,
    low_pass,
    np,
    resample,
    shift_image,
    star,
):
    _factor, _method = int(coarser.settings.factor), coarser.settings.method
    _size = (240 // _factor,) * 2
    # the middle of a block of binned pixels lies (f − 1)/2 old pixels after the pixel that starts it
    _offset = (_factor - 1) / 2 if _method == "binning" else 0.0
    _honest = resample(shift_image(star, (-_offset, -_offset)), _size)
    _made = {
        "every f-th pixel": lambda: decimate(star, _factor, 2),
        "binning": lambda: bin_pixels(star, _factor, 2),
        "Fourier cropping": lambda: resample(star, _size),
    }[_method]()
    _k = np.linspace(0, 0.5, 501)
    _factors = {
        "every f-th pixel": np.ones_like(_k),
        "binning": binning_transfer(_k, _factor),
        "Fourier cropping": low_pass(_k, 0.5 / _factor),
    }[_method]
    _beyond = _k >= 0.5 / _factor
    coarser.draw(
        picture=Pixels(_made, limits=(-0.1, 1.1), pixel_size=_factor, pixel_unit="old px"),
        wrong=Pixels(_made - _honest, limits=(-0.6, 0.6), pixel_size=_factor, pixel_unit="old px"),
        transfer=[
            Curve(_k, _factors, "factor"),
            Curve(_k[_beyond], _factors[_beyond], "folds into the image", "area"),
            Mark(0.5 / _factor, "new Nyquist"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Keeping every $f$-th pixel folds everything beyond the new Nyquist frequency into the image: the hub
    grows a false star. Binning is a convolution with a box of $f$ pixels *and then* the same decimation. Its transfer is

    $$H(k) = \frac{\sin \pi f k}{f \sin \pi k},$$

    which is down to $0.71$ at the new Nyquist frequency for $f = 2$ and towards $2/\pi = 0.64$ for large $f$; what passes
    beyond (shaded) folds in. Fourier cropping has a transfer of exactly 1, then exactly 0.

    **What goes wrong.** Binning moves the origin by $(f-1)/2$ pixels. Poses refined at one binning are then off by half a
    pixel at another, which is a loss of resolution that no one can see in the images. Cropping keeps pixel $n/2$ where it was.
    Its price is ringing at sharp edges; look at the rim of the star.

    **Where it is in the packages.** RELION's particle extraction and motion correction, cryoSPARC's downsampling and
    cryoDRGN's `downsample` crop in Fourier space. Detectors bin: a super-resolution movie that is "binned by 2" in the
    camera's software may have been averaged, or cropped. Find out which.
    """)
    return


@app.cell
def _(bin_pixels, see_the_code):
    see_the_code(bin_pixels)
    return


@app.cell
def _(binning_transfer, see_the_code):
    see_the_code(binning_transfer)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Broad here, narrow there: a blur is a low-pass filter

    A Gaussian of standard deviation $\sigma$ becomes a Gaussian of standard deviation $1/(2\pi\sigma)$ in Fourier space. To
    convolve with a *broad* Gaussian is to multiply the spectrum by a *narrow* one, and all that stands outside of it is gone:

    $$H(k) = e^{-2\pi^2\sigma^2k^2} = e^{-Bk^2/4}, \qquad B = 8\pi^2\sigma^2 .$$
    """)
    return


@app.cell
def _(predict):
    predict(
        "The Gaussian's σ doubles from 2 Å to 4 Å. At which frequency is the filter down to the value it had at 0.1 1/Å?",
        ["at 0.2 1/Å", "at 0.1 1/Å", "at 0.05 1/Å", "at 0.025 1/Å"],
        r"""At **0.05 1/Å**. Only the product $\sigma k$ stands in the exponent. Twice as broad here is half as broad there.""",
    )
    return


@app.cell
def _(assembly, frequency_radius, ft, np, projected_potential):
    pixel_angstrom = 0.75
    particle = projected_potential(assembly().atoms, (192, 192), pixel_angstrom)
    particle_radius = frequency_radius(particle.shape, pixel_angstrom, half=True)
    particle_spectrum = np.abs(ft(particle - particle.mean(), 2))
    return particle, particle_radius, particle_spectrum, pixel_angstrom


@app.cell
def _(Image, Plot, Slider, figure):
    gauss = figure(
        "gauss",
        panels=[
            Image("picture", "the particle, blurred", unit="V·Å"),
            Image("spectrum", "its spectrum, log amplitude"),
            Plot(
                "kernel",
                "the kernel in real space",
                x="x (Å)",
                y="weight, peak = 1",
                x_range=(-30, 30),
                y_range=(0, 1.05),
            ),
            Plot(
                "transfer",
                "the same kernel in Fourier space",
                x="spatial frequency (1/Å)",
                y="factor",
                x_range=(0, 0.4),
                y_range=(0, 1.05),
            ),
        ],
        controls=[Slider("sigma_angstrom", "standard deviation σ", 0.0, 10.0, 2.0, 0.1, unit="Å", playable=True)],
        caption="One number moves both curves, in opposite ways.",
    )
    gauss
    return (gauss,)


@app.cell
def _(
    Curve,
    Mark,
    Pixels,
    filter_image,
    frequency_radius,
    gauss,
    gaussian_blur,
    np,
    particle,
    particle_radius,
    particle_spectrum,
    pixel_angstrom,
):
    _sigma = gauss.settings.sigma_angstrom
    _full = gaussian_blur(frequency_radius(particle.shape, pixel_angstrom), _sigma)
    _x, _k = np.linspace(-30, 30, 601), np.linspace(0, 0.4, 401)
    _narrow = max(_sigma, 0.02)
    _width = 1 / (2 * np.pi * _narrow)
    gauss.draw(
        picture=Pixels(filter_image(particle, gaussian_blur(particle_radius, _sigma), 2), pixel_size=pixel_angstrom),
        spectrum=Pixels(np.log10(particle_spectrum * _full + 1), limits=(0, 5)),
        kernel=[Curve(_x, np.exp(-0.5 * (_x / _narrow) ** 2), f"σ = {_sigma:.1f} Å", "area")],
        transfer=[
            Curve(_k, gaussian_blur(_k, _sigma), f"B = {8 * np.pi**2 * _sigma**2:.0f} Å²", "area"),
            *([Mark(_width, "1/(2πσ)")] if _width < 0.4 else []),
        ],
    )
    return


@app.cell
def _(gaussian_blur, see_the_code):
    see_the_code(gaussian_blur)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** "A 4 Å blur" can mean $\sigma$, the full width at half maximum ($2.35\,\sigma$), the 1/e half-width
    ($1.41\,\sigma$) or a B factor. They differ by more than a factor of two. And a Gaussian filter has no edge: it damps
    low frequencies a little and lets high ones through a little. If you want a clean cut-off, ask for one.

    ## Where convolution happens in cryo-EM

    Physics convolves without asking; programs convolve where it suits them. For each case ask: **which two functions, in which
    form, in how many dimensions, and in which space is it done?**
    """)
    return


@app.cell
def _():
    case_rows = {
        "the lens": (
            "image of the specimen",
            "point spread, the transform of the CTF",
            "2D, a real integral",
            "by nature; simulated as a product with the CTF",
        ),
        "the camera": (
            "image on the chip",
            "the pixel's area and the spread of charge",
            "2D, a real integral, then sampled",
            "by nature; its transform is the MTF",
        ),
        "atoms in motion: B = 100 Å²": (
            "map or image at rest",
            "Gaussian of variance B/(8π²)",
            "3D, seen as 2D",
            "by nature; simulated as exp(−Bk²/4)",
        ),
        "sharpening: B = −40 Å²": (
            "the blurred map",
            "what no finite function is: exp(+Bk²/4)",
            "3D, a discrete sum",
            "in Fourier space only",
        ),
    }
    return (case_rows,)


@app.cell
def _(
    Defocus,
    Lens,
    b_factor_decay,
    case_rows,
    ctf,
    filter_image,
    frequency_grid,
    irft,
    np,
    particle,
    particle_radius,
    pixel_angstrom,
    square_pixel,
):
    _lens = Lens(voltage_kv=300.0, spherical_aberration_mm=2.7, amplitude_contrast=0.1)
    _transfer = ctf(particle.shape, pixel_angstrom, Defocus.round(8000.0), _lens)
    _frequency = frequency_grid(particle.shape, half=True)
    _transfers = {
        "the lens": _transfer,
        "the camera": square_pixel(_frequency),
        "atoms in motion: B = 100 Å²": b_factor_decay(particle_radius, 100.0),
        "sharpening: B = −40 Å²": b_factor_decay(particle_radius, -40.0),
    }
    _c = particle.shape[0] // 2
    cases = {}
    for _name, _h in _transfers.items():
        _reach = 80 if _name == "the lens" else 12
        _x, _middle = np.arange(-_reach, _reach + 1), irft(_h + 0j, particle.shape)[_c]
        _line = (_x, _middle[_c + _x])
        cases[_name] = (particle, _line, filter_image(particle, _h, 2), case_rows[_name])
    return (cases,)


@app.cell
def _(
    assembly,
    coordinate_radius,
    ft,
    np,
    particle,
    particle_spectrum,
    pixel_angstrom,
    scattering_factor,
):
    _atoms = assembly().atoms.positions_angstrom
    _edges = (np.arange(193) - 96.5) * pixel_angstrom
    _dots = np.histogram2d(_atoms[:, 1], _atoms[:, 0], bins=(_edges, _edges))[0]
    _r = np.maximum(np.abs(np.arange(-24, 25)) * pixel_angstrom, 0.2)
    _carbon = np.asarray(scattering_factor(6).projected_potential(_r))
    _ball = np.clip((60 - coordinate_radius(particle.shape)) / 12 + 0.5, 0, 1)
    _mask = 0.5 - 0.5 * np.cos(np.pi * _ball)
    _line = (np.arange(-24, 25), np.abs(ft(_mask, 2))[96, 72:121])
    more_cases = {
        "atoms to potential": (
            _dots,
            (np.arange(-24, 25), _carbon),
            particle,
            (
                "spikes at the atoms",
                "the potential of one atom",
                "3D integral (here projected)",
                "real space, or as structure factors times form factors",
            ),
        ),
        "a soft mask": (
            np.log10(particle_spectrum + 1),
            _line,
            np.log10(np.abs(ft((particle - particle.mean()) * _mask, 2)) + 1),
            ("spectrum of the map", "spectrum of the mask", "3D, in Fourier space", "real space, as a product"),
        ),
    }
    return (more_cases,)


@app.cell
def _(NEAREST, kaiser_bessel, np, particle, particle_spectrum, sample, spread):
    _angles = np.repeat(np.arange(24) * np.pi / 24, 181)
    _along = np.tile(np.linspace(-90, 90, 181), 24)
    _where = np.stack([_along * np.cos(_angles), _along * np.sin(_angles)], axis=-1)
    _values = sample(np.log10(particle_spectrum + 1), _where)
    _kernel = kaiser_bessel(5)
    gridding_case = (
        spread(_values, _where, particle.shape, NEAREST),
        (np.linspace(-3, 3, 97), _kernel.profile(np.linspace(-3, 3, 97))),
        spread(_values, _where, particle.shape, _kernel),
        (
            "values at scattered places of Fourier space",
            "gridding kernel, 2 to 6 pixels wide",
            "3D sum onto the grid",
            "Fourier space, kernel summed directly",
        ),
    )
    return (gridding_case,)


@app.cell
def _(Choice, Image, Plot, Table, cases, figure, more_cases):
    where = figure(
        "where",
        panels=[
            Image("before", "the first function"),
            Plot(
                "kernel",
                "a line through the second function",
                x="pixels from its middle",
                y="value",
            ),
            Image("after", "their convolution"),
            Table("facts", "which, what form, where", ("question", "answer")),
        ],
        controls=[Choice("case", "where", (*cases, *more_cases, "gridding"), "the lens")],
        caption="Seven convolutions of one particle. For the mask and for gridding pictures and pixels are those of Fourier space.",
    )
    where
    return (where,)


@app.cell
def _(Curve, Pixels, cases, gridding_case, more_cases, pixel_angstrom, where):
    _before, _line, _after, _facts = (cases | more_cases | {"gridding": gridding_case})[where.settings.case]
    where.draw(
        before=Pixels(_before, pixel_size=pixel_angstrom),
        kernel=[Curve(*_line, "kernel")],
        after=Pixels(_after, pixel_size=pixel_angstrom),
        facts=[
            list(row)
            for row in zip(("first function", "second function", "dimensions, form", "done in"), _facts, strict=True)
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The lens's point spread reaches far beyond the particle: that is delocalisation, and the reason for
    generous boxes. The camera's kernel is hardly wider than a pixel. Motion and B factors are Gaussians. A mask is the odd one
    out: we multiply in real space, and *therefore* convolve the spectrum, which ties neighbouring Fourier voxels together.
    That is why a tight mask raises an FSC curve even of pure noise.

    **Where it is in the packages.** RELION, cryoSPARC and cryoDRGN never convolve with a point spread in real space: they
    transform once, multiply by the CTF, and stay in Fourier space. Gridding is the opposite: its kernel is so small that the
    direct sum wins. The [sharpen practical](/meetings/03-convolution/sharpen/) measures where the one becomes cheaper than
    the other, and what happens when you try to undo a convolution.

    ## A question to end with

    A colleague bins a movie by averaging 2 × 2 pixels and reports that "nothing can be lost below the new Nyquist frequency".
    You have the transfer curve above. What do you answer about the amplitude at 0.8 of the new Nyquist frequency, and about
    the noise there?
    """)
    return


if __name__ == "__main__":
    app.run()
