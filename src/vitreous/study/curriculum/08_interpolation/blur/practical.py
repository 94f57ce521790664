import marimo

app = marimo.App(width="medium", app_title="Interpolation")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.fourier import (
        coordinates,
        frequencies,
        frequency_grid,
        ft,
        half_shell_sum,
        ift,
        irft,
        nufft2,
        pad_box,
        positions,
        radial_average,
        resample,
        shell_frequencies,
        shift_image,
    )
    from vitreous.interpolation import (
        B_SPLINE,
        CATMULL_ROM,
        LINEAR,
        NEAREST,
        kaiser_bessel,
        resize,
        sample,
        scattered,
        spread,
    )
    from vitreous.projection import padded_transform, slice_map, slice_points, slice_transform
    from vitreous.rotations import random_rotations, relion_to_matrix
    from vitreous.specimen import assembly, potential, projected_potential

    return (
        B_SPLINE,
        CATMULL_ROM,
        LINEAR,
        NEAREST,
        assembly,
        coordinates,
        frequencies,
        frequency_grid,
        ft,
        half_shell_sum,
        ift,
        irft,
        kaiser_bessel,
        mo,
        np,
        nufft2,
        pad_box,
        padded_transform,
        positions,
        potential,
        projected_potential,
        radial_average,
        random_rotations,
        relion_to_matrix,
        resample,
        resize,
        sample,
        scattered,
        shell_frequencies,
        shift_image,
        slice_map,
        slice_points,
        slice_transform,
        spread,
    )


@app.cell
def _(B_SPLINE, CATMULL_ROM, LINEAR, NEAREST):
    from vitreous.study.figures import (
        Choice,
        Curve,
        Dots,
        Image,
        Mark,
        Pixels,
        Plot,
        Scene,
        Slider,
        Switch,
        Table,
        figure,
        predict,
        see_the_code,
    )

    KERNELS = {"nearest": NEAREST, "linear": LINEAR, "cubic (Catmull-Rom)": CATMULL_ROM, "cubic B-spline": B_SPLINE}
    return (
        Choice,
        Curve,
        Dots,
        Image,
        KERNELS,
        Mark,
        Pixels,
        Plot,
        Scene,
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
    # Interpolation

    **Pixels are numbers at places. Whatever you say about the places between them is an assumption, and the assumption has a
    name: the kernel.** Every reconstruction in cryo-EM makes it millions of times, in Fourier space, on complex numbers.

    You will draw the same samples with four kernels, watch an image wear out under repeated turning, see why amplitude and
    phase are the wrong pair to interpolate, count what a 3D `griddata` would have to hold, and look at the very lines that
    cut the slices in this package.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Interpolation is a convolution of the samples with a kernel

    Put a copy of the kernel $\varphi$ on every sample, as high as the sample, and add the copies up:

    $$f(x) = \sum_n f_n\,\varphi(x - n).$$

    The nearest pixel is a box one pixel wide. Linear is a triangle. Cubic is a bump that dips below zero on both sides.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Samples 0, 0, 0, 1, 1, 1: a step. Which kernel leaves the range from 0 to 1?",
        ["nearest", "linear", "cubic (Catmull-Rom)", "all stay within"],
        r"""The **cubic** ones. Their kernels have negative lobes: just before the step the curve dips by $2/27 = 7.4\,\%$, and just
        after it rises above 1 by as much. Without negative lobes a kernel cannot be sharp. So a density that cannot be
        negative may become so between the voxels.""",
    )
    return


@app.cell
def _(np):
    SIGNALS = {
        "step": (np.arange(13) > 6) * 1.0,
        "one spike": (np.arange(13) == 6) * 1.0,
        "smooth wave": 0.5 + 0.5 * np.cos(2 * np.pi * (np.arange(13) - 6) / 6.5),
        "wave near Nyquist": 0.5 + 0.5 * np.cos(2 * np.pi * 0.44 * (np.arange(13) - 6)),
        "noise": np.random.default_rng(4).random(13),
    }
    return (SIGNALS,)


@app.cell
def _(Choice, KERNELS, Plot, SIGNALS, Slider, Table, figure):
    between = figure(
        "between",
        panels=[
            Plot(
                "curve",
                "samples, and what lies between",
                x="x (pixels)",
                y="value",
                x_range=(-6, 6),
                y_range=(-0.3, 1.3),
            ),
            Plot(
                "weights",
                "what each sample counts at this place",
                x="sample",
                y="weight",
                x_range=(-6.5, 6.5),
                y_range=(-0.3, 1.1),
            ),
            Plot(
                "spectrum",
                "the kernel's transform",
                x="k (cycles/pixel)",
                y="factor",
                x_range=(0, 2),
                y_range=(-0.25, 1.1),
            ),
            Table("numbers", "at this place", ("quantity", "value")),
        ],
        controls=[
            Choice("kernel", "kernel", tuple(KERNELS), "linear"),
            Choice("signal", "samples", tuple(SIGNALS), "step"),
            Slider("place", "place x", -5.0, 5.0, 0.4, 0.05, unit="pixels", playable=True),
        ],
        caption="Move the place: the bars are the weights, and they always add up to 1.",
    )
    between
    return (between,)


@app.cell
def _(Curve, KERNELS, Mark, SIGNALS, between, np, positions, sample):
    _kernel, _samples, _place = (
        KERNELS[between.settings.kernel],
        SIGNALS[between.settings.signal],
        between.settings.place,
    )
    _fine, _n, _k = np.linspace(-6, 6, 601), positions(13), np.linspace(0, 2, 401)
    _curve = sample(_samples, _fine[:, None], _kernel, "nearest")
    _weights = sample(np.eye(13), np.array([[_place]]), _kernel, "nearest")[:, 0]
    _value = float(_weights @ _samples)
    _transform = _kernel.transform(_k)
    if _kernel.prefilter:
        _transform = _transform / (2 / 3 + np.cos(2 * np.pi * _k) / 3)
    between.draw(
        curve=[
            Curve(_fine, _curve, between.settings.kernel),
            Curve(_n, _samples, "samples", "points"),
            Curve([_place], [_value], "here", "points"),
            Mark(_place, "x"),
        ],
        weights=[Curve(_n, _weights, "weight", "bars"), Mark(_place, "x")],
        spectrum=[
            Curve(_k, _transform, between.settings.kernel),
            Curve(_k, (_k < 0.5) * 1.0, "ideal", "dashed"),
            Mark(0.5, "Nyquist"),
        ],
        numbers=[
            ["value", f"{_value:.3f}"],
            ["sum of the weights", f"{_weights.sum():.3f}"],
            ["samples with a weight", f"{int(np.sum(np.abs(_weights) > 1e-3))}"],
            ["smallest weight", f"{_weights.min():.3f}"],
        ],
    )
    return


@app.cell
def _(sample, see_the_code):
    see_the_code(sample)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The transform of the kernel tells all. Up to Nyquist it says how much each frequency of your samples is damped:
    linear interpolation multiplies by $\mathrm{sinc}^2 k$, which is $0.41$ at Nyquist. Beyond Nyquist it says how much of the
    samples' *copies* comes through as something that was never there: the corners of the linear curve, the stairs of the
    nearest. The ideal kernel, 1 and then 0, is the sinc. It needs all samples, and that is what Fourier cropping and padding do.

    **What goes wrong.** "Cubic" is at least three different things: Catmull–Rom (four samples, through the points), the cubic
    B-spline *with* its prefilter (through the points, smoother, and every sample counts a little), and the B-spline
    *without* it (a blur). `scipy.ndimage.map_coordinates(order=3)` is the second; many graphics cards do the third.

    ## In two dimensions: one axis after the other

    For images the kernel is the product $\varphi(x)\,\varphi(y)$: bilinear looks at 4 pixels, bicubic at 16. In 3D it
    is 8 and 64.
    """)
    return


@app.cell
def _(assembly, np, projected_potential, resample):
    particle = projected_potential(assembly().atoms, (192, 192), 0.72)
    particle = (particle - particle.min()) / np.ptp(particle)
    small = resample(particle, (32, 32))
    return particle, small


@app.cell
def _(Choice, Image, KERNELS, Slider, Table, figure):
    enlarge = figure(
        "enlarge",
        panels=[
            Image("small", "32 × 32 pixels"),
            Image("large", "enlarged"),
            Image("wrong", "minus the band-limited truth", colours="signed"),
            Table("numbers", "error", ("kernel", "root mean square")),
        ],
        controls=[
            Choice("kernel", "kernel", tuple(KERNELS), "nearest"),
            Slider("factor", "enlarged by", 2, 8, 6, 1),
        ],
        caption="The truth here is the only image of these 32 × 32 pixels that has no frequency beyond their Nyquist.",
    )
    enlarge
    return (enlarge,)


@app.cell
def _(KERNELS, Pixels, enlarge, np, resample, resize, shift_image, small):
    _factor = int(enlarge.settings.factor)
    _shape = (32 * _factor,) * 2
    # resize lines up the outer edges of both grids, resample their origins
    _offset = 0.5 - 0.5 / _factor
    _truth = resample(shift_image(small, (_offset, _offset)), _shape)
    _images = {name: resize(small, _shape, kernel, "wrap") for name, kernel in KERNELS.items()}
    _shown = _images[enlarge.settings.kernel]
    enlarge.draw(
        small=Pixels(small, limits=(-0.03, 0.6)),
        large=Pixels(_shown, limits=(-0.03, 0.6)),
        wrong=Pixels(_shown - _truth, limits=(-0.2, 0.2)),
        numbers=[[name, f"{np.sqrt(np.mean((image - _truth) ** 2)):.4f}"] for name, image in _images.items()],
    )
    return


@app.cell
def _(resize, see_the_code):
    see_the_code(resize)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** Where is pixel 0? `resize` lines up the outer *edges* of the images, `resample` keeps the *origin*, a
    third convention lines up the centres of the corner pixels. They differ by a fraction of a pixel, and all three are
    called "resize by 6". And making an image *smaller* by sampling aliases, whatever the kernel: see
    [topic 3](/meetings/03-convolution/blur/).

    ## Each interpolation costs; the second one is not free

    Turn an image by 30°, and the result again, and again. After twelve turns it should be back.
    """)
    return


@app.cell
def _(predict):
    predict(
        "After twelve turns by 30° with linear interpolation, what is left of the amplitudes at half of Nyquist?",
        ["all", "about half", "about a seventh", "nothing at all"],
        r"""**About a seventh.** Each turn multiplies it by about $0.85$ on average, and $0.85^{12} = 0.14$. Cubic keeps two thirds.
        The nearest pixel loses no power at all; it scrambles it.""",
    )
    return


@app.cell
def _(
    KERNELS,
    coordinates,
    ft,
    np,
    particle,
    radial_average,
    resample,
    sample,
):
    _picture = resample(particle, (96, 96))
    _cos, _sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
    _turned = coordinates((96, 96)) @ np.array([[_cos, -_sin], [_sin, _cos]])
    turns = {}
    for _name, _kernel in KERNELS.items():
        turns[_name] = [_picture]
        for _ in range(12):
            turns[_name].append(sample(turns[_name][-1], _turned, _kernel))
    turned_power = {
        name: [radial_average(np.abs(ft(image, 2)) ** 2, 2)[:49] for image in images] for name, images in turns.items()
    }
    return turned_power, turns


@app.cell
def _(Choice, Image, KERNELS, Plot, Slider, figure):
    turn = figure(
        "turn",
        panels=[
            Image("picture", "after these turns"),
            Plot(
                "left",
                "amplitude left, averaged over circles",
                x="k (cycles/pixel)",
                y="factor",
                x_range=(0, 0.5),
                y_range=(0, 1.4),
            ),
        ],
        controls=[
            Choice("kernel", "kernel", tuple(KERNELS), "linear"),
            Slider("count", "turns by 30°", 0, 12, 3, 1, playable=True),
        ],
        caption="Twelve turns bring the particle back, poorer.",
    )
    turn
    return (turn,)


@app.cell
def _(Curve, Pixels, np, turn, turned_power, turns):
    _count, _power = int(turn.settings.count), turned_power[turn.settings.kernel]
    turn.draw(
        picture=Pixels(turns[turn.settings.kernel][_count], limits=(-0.03, 0.7)),
        left=[Curve(np.arange(49) / 96, np.sqrt(_power[_count] / _power[0]), turn.settings.kernel)],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Each pass multiplies the spectrum by the kernel's transform once more. So programs carry *the pose* along,
    the rotation and the shift as numbers, and interpolate once, from the original, at the end.

    **Where it is in the packages.** Motion correction writes one aligned sum, not a chain of them; RELION and cryoSPARC re-extract
    particles at their refined centres in whole pixels, and keep the rest of the shift as a number, applied as a phase ramp.

    ## Complex values: interpolate real and imaginary part, not amplitude and phase

    In Fourier space every value is an arrow. Between two arrows, the straight line is the sum of weighted arrows. Amplitude and
    phase go along an arc instead, and phase has a seam: $179°$ and $-179°$ are two degrees apart and 358 in numbers.
    """)
    return


@app.cell
def _(Plot, Slider, Table, figure):
    phasors = figure(
        "phasors",
        panels=[
            Plot(
                "plane",
                "two values and the way between them",
                x="real part",
                y="imaginary part",
                x_range=(-1.3, 1.3),
                y_range=(-1.3, 1.3),
                equal=True,
            ),
            Plot("amplitude", "amplitude on the way", x="fraction t", y="amplitude", x_range=(0, 1), y_range=(0, 1.3)),
            Table("numbers", "at this fraction", ("way", "amplitude", "phase")),
        ],
        controls=[
            Slider("first_deg", "phase of the first", -180, 180, 130, 5, unit="°"),
            Slider("difference_deg", "phase difference to the second", -180, 180, 100, 5, unit="°", playable=True),
            Slider("second", "amplitude of the second", 0.2, 1.2, 1.0, 0.05),
            Slider("t", "fraction t", 0.0, 1.0, 0.5, 0.02),
        ],
        caption="Let the phase difference run: when the second phase crosses 180° the arc takes the long way round.",
    )
    phasors
    return (phasors,)


@app.cell
def _(Curve, Mark, np, phasors):
    _now, _t = phasors.settings, np.linspace(0, 1, 101)
    _a = np.exp(1j * np.deg2rad(_now.first_deg))
    _b = _now.second * np.exp(1j * np.deg2rad(_now.first_deg + _now.difference_deg))

    def _ways(t):
        straight = (1 - t) * _a + t * _b
        amplitude = (1 - t) * abs(_a) + t * abs(_b)
        seam = amplitude * np.exp(1j * ((1 - t) * np.angle(_a) + t * np.angle(_b)))
        short = amplitude * np.exp(1j * (np.angle(_a) + t * np.angle(_b / _a)))
        return {"real and imaginary": straight, "amplitude and phase": seam, "the same, short way round": short}

    _lines, _here = _ways(_t), _ways(_now.t)
    phasors.draw(
        plane=[
            Curve([0, _a.real, np.nan, 0, _b.real], [0, _a.imag, np.nan, 0, _b.imag], "the two values", "arrows"),
            *(Curve(z.real, z.imag, name, "dashed" if "short" in name else "line") for name, z in _lines.items()),
            Curve([z.real for z in _here.values()], [z.imag for z in _here.values()], "here", "points"),
        ],
        amplitude=[Curve(_t, np.abs(z), name) for name, z in list(_lines.items())[:2]] + [Mark(_now.t, "t")],
        numbers=[[name, f"{abs(z):.3f}", f"{np.rad2deg(np.angle(z)):.1f}°"] for name, z in _here.items()],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Halfway between two unit arrows $\theta$ apart, the straight way has the amplitude $\cos(\theta/2)$: it cuts
    the corner. Averages of arrows *must* shrink, and rightly so: two opposite arrows have no mean direction. The arc keeps the
    amplitude but is not linear: the interpolant of a sum is not the sum of the interpolants, so it cannot be written as a
    kernel, has no adjoint and no correction. And at the seam it is simply wrong.

    ## The phase turns because the particle is not at the origin

    Which angle do neighbouring Fourier pixels have between them? A point at distance $s$ from the origin of a box of $n$ pixels turns
    the phase by $\theta = 2\pi s/n$ from each Fourier pixel to the next. So the interpolated amplitude is $\cos(\pi s/n)$ halfway:
    nothing at the origin, all is lost at the edge. Padding to $p\,n$ divides the angle by $p$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "A particle sits with its origin in the corner of the box (pixel 0), as a plain FFT takes it. What does linear interpolation in its spectrum give?",
        [
            "the same as in the middle",
            "almost nothing: neighbours are opposite arrows",
            "twice the amplitude",
            "a rotated particle",
        ],
        r"""**Almost nothing.** With the origin in the corner the particle in the middle is $n/2$ away: each Fourier pixel turns by 180°,
        and halfway between two opposite arrows is zero. Hence every package moves the origin to the middle first.""",
    )
    return


@app.cell
def _(Choice, Plot, Slider, figure):
    ramp = figure(
        "ramp",
        panels=[
            Plot(
                "phases",
                "phase of the Fourier pixels",
                x="k (cycles/pixel)",
                y="phase (°)",
                x_range=(0, 0.25),
                y_range=(-190, 190),
            ),
            Plot(
                "amplitudes",
                "interpolated halfway between them",
                x="k (cycles/pixel)",
                y="amplitude",
                x_range=(0, 0.25),
                y_range=(0, 1.1),
            ),
            Plot(
                "errors",
                "error against the distance from the origin",
                x="distance s (pixels)",
                y="relative error",
                x_range=(0, 32),
                y_range=(0, 1.6),
            ),
        ],
        controls=[
            Slider("shift", "distance from the origin s", 0, 32, 8, 1, unit="pixels", playable=True),
            Choice("padding", "padding", ("1", "2", "4"), "1"),
        ],
        caption="A blob 3 pixels wide in a box of 64. Push it away from the origin, then pad.",
    )
    ramp
    return (ramp,)


@app.cell
def _(ft, np, pad_box):
    def halfway(shift, padding):
        """Spectra of a shifted blob between the Fourier pixels: true, by the straight way, by amplitude and phase."""
        n = 64 * padding
        blob = np.exp(-0.5 * (np.arange(-32, 33) / 1.5) ** 2)
        image = np.roll(pad_box(blob / blob.sum(), (4 * n,)), shift)
        known, truth = ft(image, 1)[::4], ft(image, 1)[2::4]
        after = np.roll(known, -1)
        straight = (known + after) / 2
        arc = (np.abs(known) + np.abs(after)) / 2 * np.exp(0.5j * (np.angle(known) + np.angle(after)))
        return known, truth, straight, arc

    ramp_errors = {}
    for _padding in (1, 2, 4):
        _rows = [halfway(shift, _padding) for shift in range(33)]
        ramp_errors[_padding] = [
            [np.linalg.norm(row[column] - row[1]) / np.linalg.norm(row[1]) for row in _rows] for column in (2, 3)
        ]
    return halfway, ramp_errors


@app.cell
def _(Curve, Mark, frequencies, halfway, np, ramp, ramp_errors):
    _shift, _padding = int(ramp.settings.shift), int(ramp.settings.padding)
    _known, _truth, _straight, _arc = halfway(_shift, _padding)
    _k = frequencies(64 * _padding)
    _use = (_k >= 0) & (_k <= 0.25)
    _middle = _k[_use] + 0.5 / len(_k)
    ramp.draw(
        phases=[Curve(_k[_use], np.rad2deg(np.angle(_known[_use])), "phase", "points")],
        amplitudes=[
            Curve(_middle, np.abs(_truth[_use]), "truth", "dashed"),
            Curve(_middle, np.abs(_straight[_use]), "real and imaginary"),
            Curve(_middle, np.abs(_arc[_use]), "amplitude and phase"),
        ],
        errors=[
            Curve(np.arange(33), ramp_errors[_padding][0], "real and imaginary"),
            Curve(np.arange(33), ramp_errors[_padding][1], "amplitude and phase"),
            Mark(_shift, "s"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Amplitude and phase get the *amplitude* right, which looks like success, and its *error* is worse, because every
    time the phase crosses the seam the arrow flips. Real and imaginary part fail gently and predictably: the loss is a smooth
    factor $\cos(\pi s/pn)$ in *real* space, the same for every Fourier pixel, so it can be divided out. That division is the
    gridding correction, $\mathrm{sinc}^2(x/pn)$ per axis for linear interpolation.

    ## How big is `griddata` in 3D Fourier space?

    `scipy.interpolate.griddata(points, values, xi)` takes scattered points with their values and gives values at targets. For a
    reconstruction, **points** are the places in 3D Fourier space of every pixel of every slice, $(k_x, k_y, k_z)$ each;
    **values** are the complex Fourier coefficients of the images there; **xi** is the regular grid to be filled. Turn the
    views up and watch the middle grow crowded and the rim stay empty.
    """)
    return


@app.cell
def _(Scene, Slider, Table, figure):
    griddata_size = figure(
        "griddata-size",
        panels=[
            Scene("cloud", "the points (drawn for a box of 11)", radius=1.2),
            Table("sizes", "what griddata would have to hold", ("array", "count", "memory (GB)")),
        ],
        controls=[
            Slider("drawn", "views drawn", 1, 24, 5, 1, playable=True),
            Slider("images", "particle images", 100, 1e6, 1e5, 0.25, logarithmic=True),
            Slider("box", "box", 32, 512, 256, 32, unit="pixels"),
        ],
        caption="Turn the cloud. The table counts for the images and the box that you set.",
    )
    griddata_size
    return (griddata_size,)


@app.cell
def _(Dots, griddata_size, np, random_rotations, slice_points):
    _now = griddata_size.settings
    _planes = np.asarray(slice_points(11, random_rotations(24, 1)[: int(_now.drawn)])).reshape(-1, 3) * 2
    _cloud = np.concatenate([_planes, -_planes])
    _box, _images = int(_now.box), round(_now.images)
    _points, _targets = _images * _box * (_box // 2 + 1), _box**2 * (_box // 2 + 1)
    # a Delaunay triangulation of scattered points in space has about 6.7 tetrahedra a point
    _tetrahedra = 6.7 * _points

    def _row(name, count, bytes_each):
        return [name, f"{count:.3g}", f"{count * bytes_each / 1e9:.3g}"]

    griddata_size.draw(
        cloud=[Dots(_cloud, "Fourier pixels of the slices", values=np.linalg.norm(_cloud, axis=1), size=2.5)],
        sizes=[
            _row("points (3 float64)", _points, 24),
            _row("values (complex128)", _points, 16),
            _row("xi (3 float64)", _targets, 24),
            _row("result (complex128)", _targets, 16),
            _row("tetrahedra (4 corners, 4 neighbours)", _tetrahedra, 32),
            _row("gridding instead: sums and weights", _targets, 24),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** For a usual data set the points are billions, and the triangulation is six times as large as they are. The grid
    that comes out is a few million. That is why no one triangulates Fourier space: *gridding* adds each value onto the few
    grid points around it with a kernel, keeps the sum of the weights, and forgets the point. Memory is that of the grid; the
    images may stream by.

    Small is possible. Here is a real one.
    """)
    return


@app.cell
def _(assembly, frequency_grid, ft, potential, random_rotations):
    tiny = potential(assembly().atoms, (11, 11, 11), 10.5)
    tiny_spectrum = ft(tiny, 3)
    tiny_plane = frequency_grid((11, 11)).reshape(-1, 2)
    tiny_rotations = random_rotations(12, 7)
    return tiny, tiny_plane, tiny_rotations, tiny_spectrum


@app.cell
def _(Choice, Image, Slider, Switch, Table, figure):
    fill = figure(
        "fill",
        panels=[
            Image("truth", "middle of the map"),
            Image("made", "middle of what griddata filled"),
            Image("known", "amplitudes on the plane kz = 0"),
            Table("numbers", "this run", ("quantity", "value")),
        ],
        controls=[
            Slider("views", "views", 3, 12, 6, 1),
            Choice("method", "method", ("linear", "nearest"), "linear"),
            Switch("polar", "interpolate amplitude and phase"),
        ],
        caption="A map of 11³ voxels from scattered Fourier values. Beyond the hull there is nothing to interpolate between.",
    )
    fill
    return (fill,)


@app.cell
def _(
    Pixels,
    fill,
    frequency_grid,
    ift,
    np,
    nufft2,
    scattered,
    tiny,
    tiny_plane,
    tiny_rotations,
    tiny_spectrum,
):
    _now = fill.settings
    _places = (tiny_plane @ tiny_rotations[: int(_now.views), :2, :]).reshape(-1, 3)
    # all slices share the origin, and points may not repeat: keep one
    _origin = np.linalg.norm(_places, axis=1) < 1e-9
    _places = np.concatenate([np.zeros((1, 3)), _places[~_origin]])
    _values = nufft2(tiny, _places)
    _grid = frequency_grid((11, 11, 11)).reshape(-1, 3)
    _beyond = {"outside": 0.0} if _now.method == "linear" else {}
    if _now.polar:
        _columns = np.stack([np.abs(_values), np.angle(_values)], axis=-1)
        _pair = scattered(_places, _columns, _grid, _now.method, **_beyond)
        _filled = _pair[:, 0] * np.exp(1j * _pair[:, 1])
    else:
        _filled = scattered(_places, _values, _grid, _now.method, **_beyond)
    _filled = _filled.reshape(11, 11, 11)
    _map = ift(_filled, 3).real
    _error = np.linalg.norm(_filled - tiny_spectrum) / np.linalg.norm(tiny_spectrum)
    fill.draw(
        truth=Pixels(tiny[5], limits=(float(tiny.min()), float(tiny.max())), pixel_size=10.5),
        made=Pixels(_map[5], limits=(float(tiny.min()), float(tiny.max())), pixel_size=10.5),
        known=np.log10(np.abs(_filled[5]) + 1),
        numbers=[
            ["points", f"{len(_places)} × 3"],
            ["values", f"{len(_values)}, complex"],
            ["xi", f"{len(_grid)} × 3"],
            ["relative error of the spectrum", f"{100 * _error:.0f} %"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## What real packages do: slice with a small kernel, grid with the same one

    Interpolation happens twice. **Forward model**: a slice of the map's 3D transform, at the rotated places of the image's 2D grid.
    **Reconstruction**: the adjoint, the image's values added onto the 3D grid before the inverse transform. Below, one slice of
    the assembly's map, by interpolation against the exact one (a non-uniform transform).
    """)
    return


@app.cell
def _(predict):
    predict(
        "Padding 1 or 2 before the transform, linear interpolation. What does padding change most?",
        [
            "the resolution",
            "the error far from the box's middle, in real space",
            "the run time of the slice",
            "nothing",
        ],
        r"""**The error away from the middle of the box.** The slice itself costs the same. Padding makes neighbouring Fourier voxels more
        alike: the angle between them for a point at $s$ falls from $2\pi s/n$ to $\pi s/n$, and the error with its square.""",
    )
    return


@app.cell
def _(
    CATMULL_ROM,
    LINEAR,
    NEAREST,
    assembly,
    kaiser_bessel,
    padded_transform,
    potential,
):
    volume = potential(assembly().atoms, (48, 48, 48), 2.6)
    SLICERS = {
        "nearest": NEAREST,
        "linear": LINEAR,
        "cubic (Catmull-Rom)": CATMULL_ROM,
        "Kaiser-Bessel, 4 wide": kaiser_bessel(4, 2),
    }
    transforms = {
        (name, padding): padded_transform(volume, kernel, padding)
        for name, kernel in SLICERS.items()
        for padding in (1, 2)
    }
    return SLICERS, transforms, volume


@app.cell
def _(Choice, Image, Plot, Slider, Table, figure):
    slices = figure(
        "slices",
        panels=[
            Image("image", "projection from the interpolated slice"),
            Image("wrong", "minus the exact projection", colours="signed"),
            Plot(
                "error",
                "error in each ring of the slice",
                x="spatial frequency (1/Å)",
                y="relative error",
                x_range=(0, 0.19),
                y_range=(1e-4, 2.0),
                logarithmic="y",
            ),
            Table("numbers", "one slice", ("quantity", "value")),
        ],
        controls=[
            Choice("kernel", "kernel", ("nearest", "linear", "cubic (Catmull-Rom)", "Kaiser-Bessel, 4 wide"), "linear"),
            Choice("padding", "padding", ("1", "2"), "1"),
            Slider("rot_deg", "rot", 0, 360, 40, 1, unit="°", playable=True),
            Slider("tilt_deg", "tilt", 0, 180, 70, 1, unit="°"),
        ],
        caption="Kernel and padding together decide the error. The Kaiser-Bessel kernel is made for padding 2.",
    )
    slices
    return (slices,)


@app.cell
def _(
    Curve,
    Pixels,
    SLICERS,
    half_shell_sum,
    irft,
    np,
    relion_to_matrix,
    shell_frequencies,
    slice_map,
    slice_transform,
    slices,
    transforms,
    volume,
):
    _now, _padding = slices.settings, int(slices.settings.padding)
    _rotation = relion_to_matrix(np.array([_now.rot_deg, _now.tilt_deg, 0.0]))
    _kernel = SLICERS[_now.kernel]
    _exact = slice_map(volume, _rotation)
    _made = slice_transform(transforms[_now.kernel, _padding], _rotation, 48, _kernel, _padding)
    _shape = (48, 48)
    _rings = np.sqrt(
        half_shell_sum(np.abs(_made - _exact) ** 2, _shape)[:24] / half_shell_sum(np.abs(_exact) ** 2, _shape)[:24]
    )
    _true, _image = irft(_exact, _shape), irft(_made, _shape)
    _span = 0.1 * float(np.ptp(_true))
    slices.draw(
        image=Pixels(_image, pixel_size=2.6),
        wrong=Pixels(_image - _true, limits=(-_span, _span), pixel_size=2.6),
        error=[Curve(shell_frequencies(_shape, 2.6)[:24], np.maximum(_rings, 1e-5), "relative error")],
        numbers=[
            [
                "error of the image",
                f"{100 * np.linalg.norm(_image - _true) / np.linalg.norm(_true - _true.mean()):.2g} %",
            ],
            ["voxels for each Fourier pixel", f"{_kernel.support**3}"],
            ["transform held in memory", f"{(48 * _padding)}³ complex"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    These are the lines. The rotated grid is multiplied into 3D, and `sample` does the rest; `spread` is its adjoint, which the
    reconstruction uses.
    """)
    return


@app.cell
def _(see_the_code, slice_transform):
    see_the_code(slice_transform)
    return


@app.cell
def _(see_the_code, slice_points):
    see_the_code(slice_points)
    return


@app.cell
def _(see_the_code, spread):
    see_the_code(spread)
    return


@app.cell
def _(mo):
    mo.md(r"""
    | package | forward model | before the inverse transform | dimension, kernel |
    |---|---|---|---|
    | RELION | slices of the padded 3D transform (padding 2) | gridding onto the padded grid, with iterated weights | 3D, trilinear; nearest as an option |
    | cryoDRGN | none: a network is evaluated *at* the places of the slice | `backproject_voxel`: gridding | 3D, trilinear |
    | ASPIRE | non-uniform FFT of the map | its adjoint, then a least-squares solve | 3D, the library's own kernel, accuracy chosen |
    | cryoJAX | slices of the (padded) transform | no reconstruction of its own | 3D, linear or cubic spline |
    | Vitreous | `slice_transform`, or exact by the non-uniform FFT | `insert`, the tested adjoint of the slice | 3D, any `Kernel` |

    **What goes wrong.** A correction that is a function of the *radius*, $\mathrm{sinc}^2(|x|/pn)$, for a kernel that is a
    *product* over the axes: the corners of the box come out too bright. And forgetting it in the forward model while using it
    in the reconstruction, so that the map drifts at its rim with each iteration.

    The [sharpen practical](/meetings/08-interpolation/sharpen/) opens the triangulation itself and collects its pathologies.

    ## A question to end with

    Your particle is centred to within 10 pixels in a box of 64, and you may choose: linear interpolation with padding 2, or cubic with
    padding 1. Which costs more memory, which more time, and which has the smaller error at the rim of the particle? Use the
    figures.
    """)
    return


if __name__ == "__main__":
    app.run()
