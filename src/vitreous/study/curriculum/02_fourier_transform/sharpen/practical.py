import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import time

    import marimo as mo
    import numpy as np

    from vitreous.fourier import (
        dft,
        fast_size,
        frequencies,
        frequency_grid,
        ft,
        ift,
        nudft1,
        nudft2,
        nudft3,
        nufft1,
        nufft2,
        nufft3,
        pad_box,
        positions,
        rft,
        shift_image,
    )
    from vitreous.interpolation import CATMULL_ROM, LINEAR, sample
    from vitreous.specimen import assembly, projected_potential

    return (
        CATMULL_ROM,
        LINEAR,
        assembly,
        dft,
        fast_size,
        frequencies,
        frequency_grid,
        ft,
        ift,
        mo,
        np,
        nudft1,
        nudft2,
        nudft3,
        nufft1,
        nufft2,
        nufft3,
        pad_box,
        positions,
        projected_potential,
        rft,
        sample,
        shift_image,
        time,
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
def _(time):
    def seconds(call, most=0.03):
        """The quickest of several calls of a function, s, within a limit of time spent."""
        times, start = [], time.perf_counter()
        while len(times) < 3 or (time.perf_counter() - start < most and len(times) < 200):
            begin = time.perf_counter()
            call()
            times.append(time.perf_counter() - begin)
            if time.perf_counter() - start > 10 * most:
                break
        return min(times)

    return (seconds,)


@app.cell
def _(mo):
    mo.md(r"""
    # What a computer makes of the Fourier transform

    **The FFT is the DFT to sixteen digits. The DFT is not the Fourier transform, and the difference is yours to know.**

    Three things are called "the Fourier transform": an integral over all space, a finite sum, and an algorithm for that sum. Algorithm and sum agree to
    rounding. Sum and integral agree only if the function is band-limited *and* fits the box, which no function does. This page measures every gap: in
    error, in time, on this computer. The [other stream](/meetings/02-fourier-transform/blur/) shows the transform itself.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The FFT is more exact than the sum that it replaces

    The definition, $F_k = \sum_x f_x e^{-2\pi i kx/n}$, costs $n^2$ products. Cooley and Tukey split even from odd, and again, and again: $n\log_2 n$. Fewer operations,
    fewer roundings.
    """)
    return


@app.cell
def _(predict):
    predict(
        "FFT and direct sum, both in double precision, both against a sum in extended precision. Which is closer?",
        ["The direct sum: it is the definition", "The FFT", "They tie"],
        r"The FFT. Each value passes $\log_2 n$ butterflies, so its error stays below one ε or grows as $\epsilon\sqrt{\log n}$. The direct "
        r"sum does worse in proportion to $n$: its angles $2\pi kx/n$ reach $n/4$ turns, and the rounding of a large angle is an error of phase. (Reduce $kx$ "
        r"modulo $n$ first, and it behaves: a hint for your own DFT.)",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    definition = figure(
        "definition",
        panels=[
            Plot(
                "error",
                "difference from extended precision, bin by bin",
                x="bin",
                y="|error| / rms of F",
                logarithmic="y",
                y_range=(1e-19, 1e-4),
            ),
            Table("summary", "relative error (2-norm)", columns=("way", "error", "in units of ε")),
        ],
        controls=[
            Slider("log2_size", "size 2 to the", 3, 9, 7, 1),
            Choice("kind", "signal", ("noise", "exponential", "sine between bins", "Gaussian"), "noise"),
            Choice("precision", "precision", ("float64", "float32"), "float64"),
        ],
        caption="ε is 2.2e-16 in double and 1.2e-7 in single precision. Make the signal longer and watch which error grows.",
    )
    definition
    return (definition,)


@app.cell
def _(Curve, definition, dft, ft, np, positions):
    _n = 2 ** round(definition.settings.log2_size)
    _x = positions(_n)
    _signal = {
        "noise": np.random.default_rng(0).normal(size=_n),
        "exponential": np.exp(-np.abs(_x) / 4),
        "sine between bins": np.sin(2 * np.pi * 3.3 * _x / _n),
        "Gaussian": np.exp(-((_x / 6.0) ** 2)),
    }[definition.settings.kind].astype(definition.settings.precision)
    _wide = np.longdouble
    _product = np.outer(np.arange(_n) - _n // 2, np.arange(_n) - _n // 2) % _n
    _turns = 2 * np.arctan2(_wide(0), _wide(-1)) * np.arange(_n).astype(_wide) / _n
    _truth = np.sum((np.cos(_turns) - 1j * np.sin(_turns))[_product] * _signal.astype(_wide), axis=1)
    _epsilon = float(np.finfo(definition.settings.precision).eps)
    _scale = float(np.sqrt(np.mean(np.abs(_truth) ** 2)))
    _off = {
        "FFT": np.abs(ft(_signal, 1) - _truth).astype(float),
        "direct sum": np.abs(dft(_signal, 1) - _truth).astype(float),
    }
    _bins = np.arange(_n) - _n // 2
    definition.draw(
        error=[Curve(_bins, np.maximum(off / _scale, 1e-19), name, "points") for name, off in _off.items()],
        summary=[
            (name, f"{np.sqrt(np.mean(off**2)) / _scale:.2e}", float(np.sqrt(np.mean(off**2)) / _scale / _epsilon))
            for name, off in _off.items()
        ],
    )
    return


@app.cell
def _(dft, see_the_code):
    see_the_code(dft)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## N log N is the difference between a second and a month

    Timings are of *this* computer, now. At rest only small sizes are timed.
    """)
    return


@app.cell
def _(Button, Plot, figure):
    timing = figure(
        "timing",
        panels=[
            Plot("times", "time of one transform", x="size n", y="s", logarithmic="xy"),
            Plot("gain", "speed-up of the FFT", x="size n", y="direct / FFT", logarithmic="xy"),
        ],
        controls=[Button("measure", "time larger sizes, a few seconds")],
        caption="Dashed: n² and n log₂ n through the last point measured. The gain follows n / log₂ n once calls and caches stop mattering.",
    )
    timing
    return (timing,)


@app.cell
def _(Curve, dft, ft, np, seconds, timing):
    _sizes = 2 ** np.arange(4, 11 if timing.settings.measure else 8)
    _rng = np.random.default_rng(0)
    _data = [_rng.normal(size=int(n)) for n in _sizes]
    _direct = np.array([seconds(lambda d=d: dft(d, 1), 0.01) for d in _data])
    _long = 2 ** np.arange(4, 21 if timing.settings.measure else 13)
    _fast = np.array([seconds(lambda d=d: ft(d, 1), 0.01) for d in (_rng.normal(size=int(n)) for n in _long)])
    _law = _long * np.log2(_long)
    _gain = _direct / _fast[: len(_sizes)]
    timing.draw(
        times=[
            Curve(_sizes, _direct, "direct sum"),
            Curve(_long, _fast, "FFT"),
            Curve(_long, _direct[-1] * (_long / _sizes[-1]) ** 2.0, "n²", "dashed"),
            Curve(_long, _fast[-1] * _law / _law[-1], "n log₂ n", "dashed"),
        ],
        gain=[
            Curve(_sizes, _gain, "measured"),
            Curve(
                _sizes,
                _gain[-1] * (_sizes / np.log2(_sizes)) / (_sizes[-1] / np.log2(_sizes[-1])),
                "n / log₂ n",
                "dashed",
            ),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Small transforms cost a fixed call overhead of some microseconds; only from hundreds of points on do the laws show. For a 4096 × 4096 micrograph the direct
    two-dimensional sum, done axis by axis, is $2n^3 = 1.4\cdot10^{11}$ products; the FFT needs about $10^9$ operations. Done as one sum over
    all pixel pairs it would be $n^4 = 2.8\cdot10^{14}$.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The DFT samples a function that was made periodic twice

    Sample at spacing Δ: the spectrum repeats every 1/Δ, and its copies overlap (**aliasing**). Cut at length $L = n\Delta$: the spectrum is smeared by
    $L\,\mathrm{sinc}(\pi Lk)$ (**truncation**). Poisson's formula makes it exact: where $f$ sampled over all space gives
    $\Delta\sum_j f(j\Delta)e^{-2\pi ikj\Delta} = \sum_m F(k - m/\Delta)$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Compare Δ·DFT with the analytic transform of a two-sided exponential, and of a Gaussian. Which agrees better near Nyquist?",
        ["The exponential", "The Gaussian, by many orders of magnitude", "The same"],
        r"The Gaussian. Its transform dies as $e^{-k^2}$, so aliases are below rounding. The exponential has a kink at 0; its transform falls only as $1/k^2$, and at "
        r"Nyquist the first alias is *as large as the signal*: 100 % too much.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    continuous = figure(
        "continuous",
        panels=[
            Plot("spectra", "transform", x="frequency (1/Å)", y="F (Å)"),
            Plot(
                "error",
                "discrete minus continuous",
                x="frequency (1/Å)",
                y="|error| / max |F|",
                logarithmic="y",
                y_range=(1e-17, 10),
            ),
            Table("largest", "where it comes from", columns=("", "largest error / max |F|")),
        ],
        controls=[
            Choice(
                "kind",
                "function",
                ("Gaussian", "two-sided exponential", "one-sided exponential", "sine in the box"),
                "two-sided exponential",
            ),
            Slider("width_angstrom", "width", 0.3, 10, 2.5, 0.01, unit="Å", logarithmic=True),
            Slider("spacing_angstrom", "spacing Δ", 0.1, 4.0, 1.0, 0.05, unit="Å"),
            Slider("count", "samples n", 8, 256, 48, 2),
        ],
        caption="Narrow the Gaussian until it aliases, widen it until the box cuts it. In between there is a valley of sixteen digits.",
    )
    continuous
    return (continuous,)


@app.cell
def _(np):
    def pair(kind, w):
        """A function of x and its continuous transform, of width w; the sine is that of frequency 1/(4w) within ±8w."""
        if kind == "Gaussian":
            return (lambda x: np.exp(-np.pi * (x / w) ** 2)), (lambda k: w * np.exp(-np.pi * (w * k) ** 2) + 0j)
        if kind == "two-sided exponential":
            return (lambda x: np.exp(-np.abs(x) / w)), (lambda k: 2 * w / (1 + (2 * np.pi * w * k) ** 2) + 0j)
        if kind == "one-sided exponential":
            return (lambda x: np.where(x > 0, np.exp(-np.abs(x) / w), np.where(x == 0, 0.5, 0.0))), (
                lambda k: w / (1 + 2j * np.pi * w * k)
            )
        k0, half = 1 / (4 * w), 8 * w

        def inside(x):
            return np.where(np.abs(x) < half - 1e-9, 1.0, np.where(np.abs(x) < half + 1e-9, 0.5, 0.0))

        def window(k):
            return 2 * half * np.sinc(2 * half * k)

        return (lambda x: np.sin(2 * np.pi * k0 * x) * inside(x)), (lambda k: (window(k - k0) - window(k + k0)) / 2j)

    return (pair,)


@app.cell
def _(Curve, continuous, frequencies, ft, np, pair, positions):
    _c = continuous.settings
    _n, _delta = round(_c.count), _c.spacing_angstrom
    _function, _transform = pair(_c.kind, _c.width_angstrom)
    _k = frequencies(_n, _delta)
    _fine = np.linspace(-0.5 / _delta, 0.5 / _delta, 601)
    _discrete = _delta * ft(_function(positions(_n, _delta)), 1)
    _true = _transform(_k)
    _aliased = sum(_transform(_k + m / _delta) for m in range(-40, 41))
    _top = np.abs(_transform(np.linspace(0, 2, 2001) / _c.width_angstrom)).max()
    _part = (lambda f: np.abs(f)) if _c.kind == "sine in the box" else np.real
    _errors = {"all": _discrete - _true, "aliasing": _aliased - _true, "truncation and rounding": _discrete - _aliased}
    continuous.draw(
        spectra=[
            Curve(_fine, _part(_transform(_fine)), "continuous"),
            Curve(_k, _part(_discrete), "Δ · DFT", "points"),
        ],
        error=[
            Curve(_k, np.maximum(np.abs(value) / _top, 1e-17), name, "line" if name == "all" else "dashed")
            for name, value in _errors.items()
        ],
        largest=[(name, f"{np.abs(value).max() / _top:.2e}") for name, value in _errors.items()],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Aliasing falls with finer sampling, truncation with a longer box; each alone does not help the other. For a smooth, localised function the
    sum converges *faster than any power*: the rectangle rule is spectacularly good there. A kink costs $1/k^2$, a jump $1/k$.

    At a jump the right sample is the **mean** of both sides. Take 1 instead of ½ at the origin of the one-sided exponential, and every
    coefficient is off by Δ/2.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## In two dimensions the corners go first
    """)
    return


@app.cell
def _(Image, Plot, Slider, figure):
    plane = figure(
        "plane",
        panels=[
            Image("samples", "a Gaussian on 64 × 64 pixels"),
            Image("error", "log₁₀ of the error of its transform", unit="log₁₀", colours="map"),
            Plot(
                "axes",
                "along the two axes",
                x="frequency (cycles/pixel)",
                y="|error| / max |F|",
                logarithmic="y",
                y_range=(1e-18, 10),
            ),
        ],
        controls=[
            Slider("wide", "width along x", 0.5, 40, 8, 0.01, unit="pixels", logarithmic=True),
            Slider("narrow", "width along y", 0.5, 40, 1.2, 0.01, unit="pixels", logarithmic=True),
        ],
        caption="Below 1 pixel wide: aliasing, at the rim. Above 30: truncation, on a cross through the middle, since the box's edge is a square.",
    )
    plane
    return (plane,)


@app.cell
def _(Curve, Pixels, frequencies, frequency_grid, ft, np, plane, positions):
    _grid = frequency_grid((64, 64))
    _x = positions(64)
    _wx, _wy = plane.settings.wide, plane.settings.narrow
    _samples = np.exp(-np.pi * ((_x[None, :] / _wx) ** 2 + (_x[:, None] / _wy) ** 2))
    _true = _wx * _wy * np.exp(-np.pi * ((_wx * _grid[..., 0]) ** 2 + (_wy * _grid[..., 1]) ** 2))
    _error = np.maximum(np.abs(ft(_samples, 2) - _true) / (_wx * _wy), 1e-18)
    plane.draw(
        samples=Pixels(_samples, limits=(0.0, 1.0)),
        error=Pixels(np.log10(_error), limits=(-17.0, 0.0)),
        axes=[Curve(frequencies(64), _error[32], "along kx"), Curve(frequencies(64), _error[:, 32], "along ky")],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Where the origin is: the commonest bug in the field

    An FFT library takes the origin to be the *first* element. Images have it in the middle, at $n // 2$. The right order is `fftshift(fft(ifftshift(f)))`. Leave out the inner shift
    and each coefficient is multiplied by $e^{-2\pi ik(n/2)/n} = (-1)^k$: a checkerboard of signs. Amplitudes look perfect, phases are nonsense.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You swap ifftshift and fftshift. When does it matter?",
        ["Always", "Never: they are the same", "Only for odd sizes"],
        r"Only for odd sizes, where $n//2$ and $(n+1)//2$ differ. So tests with even boxes pass, and the box of 255 comes "
        r"out one pixel off, which is a phase ramp.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, figure):
    centring = figure(
        "centring",
        panels=[
            Plot("signal", "a blob in the middle of the box", x="pixel", y="f"),
            Plot("real", "real part of the spectrum", x="bin", y="Re F"),
            Plot("phase", "phase where there is amplitude", x="bin", y="°", y_range=(-190, 190)),
        ],
        controls=[
            Slider("size", "size", 15, 64, 48, 1),
            Choice("inner", "before the FFT", ("ifftshift", "fftshift", "nothing"), "nothing"),
            Choice("outer", "after the FFT", ("fftshift", "ifftshift", "nothing"), "fftshift"),
            Slider("offset", "blob off centre by", -4, 4, 0, 0.25, unit="pixels"),
        ],
        caption="Right is: ifftshift before, fftshift after, and a real positive bump. Try the wrong ones at an even and at an odd size.",
    )
    centring
    return (centring,)


@app.cell
def _(Curve, Mark, centring, ft, np, positions):
    _n = round(centring.settings.size)
    _f = np.exp(-(((positions(_n) - centring.settings.offset) / 2.5) ** 2))
    _order = {"fftshift": np.fft.fftshift, "ifftshift": np.fft.ifftshift, "nothing": np.asarray}
    _F = _order[centring.settings.outer](np.fft.fft(_order[centring.settings.inner](_f)))
    _right = ft(_f, 1)
    _strong = np.abs(_F) > 1e-3 * np.abs(_F).max()
    _bin = np.arange(_n)
    centring.draw(
        signal=[Curve(_bin, _f, "f"), Mark(_n // 2, "n // 2")],
        real=[Curve(_bin, _F.real, "yours"), Curve(_bin, _right.real, "right", "dashed")],
        phase=[
            Curve(_bin[_strong], np.degrees(np.angle(_F[_strong])), "yours", "points"),
            Curve(_bin[_strong], np.degrees(np.angle(_right[_strong])), "right", "points"),
        ],
    )
    return


@app.cell
def _(ft, see_the_code):
    see_the_code(ft)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Where it is in the packages.** RELION multiplies by $(-1)^{k}$ (`CenterFFTbySign`); cryoDRGN wraps `fftshift(fft2(fftshift(x)))`, right for its even boxes; ours is the
    `ifftshift` form, any size. Half spectra ("real FFT") centre every axis but the last.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Sizes with large primes cost several times more

    An FFT splits $n$ into its prime factors. Powers of 2, 3, 5 are quick. For a large prime the library falls back to Bluestein's trick, a convolution of more than twice the
    length.
    """)
    return


@app.cell
def _(Button, Plot, Slider, Table, figure):
    primes = figure(
        "primes",
        panels=[
            Plot("times", "time of one transform by size", x="size n", y="µs"),
            Table(
                "worst",
                "size, and what to use instead",
                columns=("n", "largest prime", "µs", "next fast size", "µs there"),
            ),
        ],
        controls=[
            Slider("middle", "sizes around", 100, 2000, 512, 4),
            Button("measure", "time them again"),
        ],
        caption="Each dot is a size. Those without a prime factor above 5 lie on the floor.",
    )
    primes
    return (primes,)


@app.cell
def _(Curve, fast_size, np, primes, seconds):
    def _largest_prime(n):
        factor, largest = 2, 1
        while n > 1:
            while n % factor == 0:
                n, largest = n // factor, factor
            factor += 1
        return largest

    _rng = np.random.default_rng(primes.settings.measure)
    _sizes = np.unique(np.linspace(primes.settings.middle - 14, primes.settings.middle + 14, 15).astype(int))

    def _microseconds(n):
        data = _rng.normal(size=(4, n))
        return 1e6 * min(seconds(lambda: np.fft.fft(data), 5e-4) for _ in range(2)) / 4

    _times = {int(n): _microseconds(int(n)) for n in _sizes}
    _smooth = [n for n in _times if fast_size(n) == n]
    _slowest = sorted(_times, key=_times.get)[-4:]
    _instead = {n: _microseconds(fast_size(n)) for n in _slowest}
    primes.draw(
        times=[
            Curve(list(_times), list(_times.values()), "any size", "points"),
            Curve(_smooth, [_times[n] for n in _smooth], "only 2, 3 and 5", "points"),
        ],
        worst=[(f"{n}", _largest_prime(n), _times[n], f"{fast_size(n)}", _instead[n]) for n in _slowest],
    )
    return


@app.cell
def _(fast_size, see_the_code):
    see_the_code(fast_size)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **How it is overcome.** Pad to `fast_size(n)`, or crop. **Plan cost**: FFTW can *measure* which algorithm is best for a size; that takes seconds for
    large three-dimensional sizes, pays after many transforms of one size, and can be stored ("wisdom"). NumPy's and SciPy's pocketfft plan in microseconds; on a GPU keep cuFFT plans, since
    each holds memory.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Single precision is enough, until you subtract a large number from a larger one
    """)
    return


@app.cell
def _(Plot, Slider, Switch, Table, figure):
    precision = figure(
        "precision",
        panels=[
            Plot(
                "error",
                "error of the detail's spectrum in float32",
                x="frequency (cycles/pixel)",
                y="|error| / |F| of the detail",
                logarithmic="y",
                y_range=(1e-9, 10),
            ),
            Table("numbers", "relative error of the detail", columns=("precision", "error")),
        ],
        controls=[
            Slider("offset", "mean of the picture, in units of its detail", 1, 1e6, 1, 0.05, logarithmic=True),
            Slider("log2_size", "box 2 to the", 5, 8, 7, 1),
            Switch("subtract", "subtract the mean first"),
        ],
        caption="A micrograph's mean can be a thousand times the contrast of a particle. Raise the mean, then subtract it first.",
    )
    precision
    return (precision,)


@app.cell
def _(Curve, ft, ift, np, precision, rft):
    _n = 2 ** round(precision.settings.log2_size)
    _detail = np.random.default_rng(0).normal(size=(_n, _n))
    _picture = (_detail - _detail.mean()) + precision.settings.offset
    _single = (_picture - _picture.mean() if precision.settings.subtract else _picture).astype(np.float32)
    _exact = rft(_picture, 2)
    _exact[_n // 2, 0] = 0
    _found = rft(_single, 2).astype(complex)
    _found[_n // 2, 0] = 0
    _double = rft(ift(ft(_picture, 2), 2).real, 2)
    _double[_n // 2, 0] = 0
    _row = np.abs(_found - _exact)[_n // 2, 1:] / np.sqrt(np.mean(np.abs(_exact) ** 2))
    _norm = np.linalg.norm(_exact)
    precision.draw(
        error=[
            Curve(np.arange(1, _n // 2 + 1) / _n, np.maximum(_row, 1e-9), "float32"),
            Curve([0, 0.5], [6e-8, 6e-8], "ε/2", "dashed"),
        ],
        numbers=[
            ("float32", f"{np.linalg.norm(_found - _exact) / _norm:.1e}"),
            ("float64, there and back", f"{np.linalg.norm(_double - _exact) / _norm:.1e}"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** The transform adds only a few ε. The damage is done when "mean + detail" is stored: float32 keeps 7 digits of the *sum*. Subtract the mean in double, then go to
    single. The same in a sum over a million particles: accumulate in double, or lose the last thousand of them.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The box is a torus: what leaves on the right comes in on the left
    """)
    return


@app.cell
def _(Image, Slider, Table, figure):
    torus = figure(
        "torus",
        panels=[
            Image("wrapped", "shifted in Fourier space"),
            Image("padded", "padded first, then shifted and cropped"),
            Table("cost", "what padding costs", columns=("box", "pixels", "memory of the spectrum (MB)")),
        ],
        controls=[
            Slider("shift_x", "shift along x", -80, 80, 46, 1, unit="pixels", playable=True),
            Slider("shift_y", "shift along y", -80, 80, 20, 1, unit="pixels"),
        ],
        caption="A product in Fourier space is a circular convolution; a phase ramp is a circular shift. Padding buys room, at four times the pixels.",
    )
    torus
    return (torus,)


@app.cell
def _(assembly, projected_potential):
    specimen_picture = projected_potential(assembly().atoms, (128, 128), 1.1)
    return (specimen_picture,)


@app.cell
def _(np, pad_box, shift_image, specimen_picture, torus):
    _by = [torus.settings.shift_x, torus.settings.shift_y]
    _large = shift_image(pad_box(specimen_picture, (256, 256)), np.array(_by, float))
    torus.draw(
        wrapped=shift_image(specimen_picture, np.array(_by, float)),
        padded=_large[64:192, 64:192],
        cost=[
            ("128²", 128**2, 128 * 65 * 8 / 1e6),
            ("256²", 256**2, 256 * 129 * 8 / 1e6),
            ("128³", 128**3, 128**2 * 65 * 8 / 1e6),
            ("256³", 256**3, 256**2 * 129 * 8 / 1e6),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Memory decides before time does

    One volume is nothing; a padded complex volume with its weights is not.
    """)
    return


@app.cell
def _(Choice, Slider, Table, figure):
    memory = figure(
        "memory",
        panels=[Table("sizes", "memory of one volume", columns=("what", "GB", "against the map"))],
        controls=[
            Slider("box", "box", 64, 1024, 384, 16, unit="voxels"),
            Slider("padding", "padding", 1, 4, 2, 1, unit="×"),
            Choice("precision", "precision", ("single", "double"), "single"),
        ],
        caption="Box 512, padding 2, double: find out why a reconstruction that fits at 400 fails at 512.",
    )
    memory
    return (memory,)


@app.cell
def _(memory):
    _n, _pad = round(memory.settings.box), round(memory.settings.padding)
    _bytes = 4 if memory.settings.precision == "single" else 8
    _big = _pad * _n
    _sizes = {
        "the map": _n**3 * _bytes,
        "padded map": _big**3 * _bytes,
        "its half spectrum": _big**2 * (_big // 2 + 1) * 2 * _bytes,
        "its full spectrum": _big**3 * 2 * _bytes,
        "half spectrum + weights (a reconstruction)": _big**2 * (_big // 2 + 1) * 3 * _bytes,
        "two half maps of that": 2 * _big**2 * (_big // 2 + 1) * 3 * _bytes,
    }
    memory.draw(sizes=[(name, size / 1e9, size / _sizes["the map"]) for name, size in _sizes.items()])
    return


@app.cell
def _(mo):
    mo.md(r"""
    **How it is overcome.** Half spectra (a real map has $F(-k) = F^*(k)$), transforms in place, padding only in the slices or by a better kernel, out of core, several GPUs. RELION's `--pad 1` "skip
    padding" is exactly this trade: an eighth of the memory, more interpolation error at the rim of the box.
    """)
    return


@app.cell
def _(np, nudft1, nudft2, nudft3, nufft1, nufft2, nufft3):
    def spokes(count):
        """Frequencies (count, 2) along twelve lines through the origin, as slices of a reconstruction have them."""
        each = -(-count // 12)
        radius = np.tile(np.linspace(-0.49, 0.49, each), 12)[:count]
        angle = np.repeat(np.pi * np.arange(12) / 12, each)[:count]
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)

    def problem(kind, count, box):
        """One non-uniform transform: the direct sum, and the fast one as a function of its tolerance."""
        rng, points = np.random.default_rng(3), spokes(count)
        values, image = rng.normal(size=count) + 1j * rng.normal(size=count), rng.normal(size=(box, box))
        places = rng.uniform(-box / 2, box / 2, size=(count, 2))
        return {
            "1": (lambda: nudft1(values, points, (box, box)), lambda e: nufft1(values, points, (box, box), e)),
            "2": (lambda: nudft2(image, points), lambda e: nufft2(image, points, e)),
            "3": (lambda: nudft3(values, places, points), lambda e: nufft3(values, places, points, e)),
        }[kind]

    def relative(found, truth):
        """The relative error in the 2-norm, no less than rounding."""
        return max(float(np.linalg.norm(found - truth) / np.linalg.norm(truth)), 1e-16)

    return problem, relative, spokes


@app.cell
def _(np, problem, relative):
    tolerances = 10.0 ** -np.arange(1, 13.0)
    reached = {}
    for _kind in "123":
        _direct, _fast = problem(_kind, 300, 24)
        reached[_kind] = [relative(_fast(float(_e)), _direct()) for _e in tolerances[::2]]
    return reached, tolerances


@app.cell
def _(mo):
    mo.md(r"""
    ## Off the grid: the non-uniform transform, direct and fast

    A central slice asks for $F$ at points that are no grid points. **Type 2**: grid → points. **Type 1**, its adjoint: points → grid (insertion). **Type 3**: points →
    points. Direct costs $MN$. Fast: spread each point onto a finer grid with a short, nearly band-limited kernel, FFT, divide the kernel's transform out.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Each digit of accuracy asked of the fast transform costs …",
        ["twice the time", "about one pixel more of kernel width in each dimension", "nothing"],
        r"About one pixel of width: the kernel needs $w \approx \log_{10}(1/\text{tolerance}) + 1$ pixels. In three dimensions the cost of spreading is "
        r"$w^3$ a point: 27 at 1e-2, 343 at 1e-6. That is why reconstruction programs are content with 1e-2 to 1e-4.",
    )
    return


@app.cell
def _(Choice, Plot, Slider, Table, figure):
    nonuniform = figure(
        "nonuniform",
        panels=[
            Plot(
                "points",
                "where it is sampled",
                x="kx (cycles/pixel)",
                y="ky (cycles/pixel)",
                x_range=(-0.5, 0.5),
                y_range=(-0.5, 0.5),
                equal=True,
            ),
            Plot(
                "error",
                "error reached against error asked for",
                x="tolerance",
                y="relative error",
                logarithmic="xy",
                x_range=(1e-13, 1),
                y_range=(1e-16, 1),
            ),
            Table("times", "this problem, now", columns=("way", "ms", "relative error")),
        ],
        controls=[
            Choice(
                "type", "type", ("1: points to grid", "2: grid to points", "3: points to points"), "2: grid to points"
            ),
            Slider("digits", "tolerance 10 to the minus", 1, 12, 4, 1),
            Slider("count", "points", 50, 600, 300, 10),
            Slider("box", "grid", 8, 32, 24, 2, unit="pixels"),
        ],
        caption="At a few hundred points the direct sum may win. Its cost is points × pixels; the fast one's is pixels · log + points · width².",
    )
    nonuniform
    return (nonuniform,)


@app.cell
def _(Curve, nonuniform, problem, reached, relative, spokes, time, tolerances):
    _u = nonuniform.settings
    _direct, _fast = problem(_u.type[0], round(_u.count), round(_u.box))
    _tolerance = 10.0 ** -round(_u.digits)
    _begin = time.perf_counter()
    _truth = _direct()
    _middle = time.perf_counter()
    _found = _fast(_tolerance)
    _end = time.perf_counter()
    _points = spokes(round(_u.count))
    nonuniform.draw(
        points=[Curve(_points[:, 0], _points[:, 1], "slices, as in a reconstruction", "points")],
        error=[
            Curve(tolerances[::2], reached[_u.type[0]], "reached, 300 points"),
            Curve([1e-13, 1], [1e-13, 1], "asked for", "dashed"),
            Curve([_tolerance], [relative(_found, _truth)], "yours", "points"),
        ],
        times=[
            ("direct sum", 1e3 * (_middle - _begin), "0"),
            ("fast", 1e3 * (_end - _middle), f"{relative(_found, _truth):.1e}"),
        ],
    )
    return


@app.cell
def _(nudft2, see_the_code):
    see_the_code(nudft2)
    return


@app.cell
def _(nufft2, see_the_code):
    see_the_code(nufft2)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** Type 1 is the *adjoint* of type 2, not its inverse: $F^*F \neq 1$ where points are uneven. Density weights or conjugate gradients make up for it ([topic
    9](/meetings/09-reconstruction/sharpen/)). Tolerance 1e-14 in single precision is not to be had.

    **Where it is in the packages.** finufft in ASPIRE, in cryoJAX's NUFFT projections and here; RELION and cryoSPARC interpolate a padded FFT instead, which is a type 2 with a short and crude kernel.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## How long does it take here: transforms, disk, interpolation
    """)
    return


@app.cell
def _(predict):
    predict(
        "A stack of 1000 images of 256² in float32, 262 MB. Which is slowest on this computer?",
        ["Reading it from disk", "Transforming it", "Interpolating a slice for each image"],
        r"Measure it! Usually interpolation (random access, several taps a value) is slower than the transform, and both are slower than reading from a good disk, or from the page "
        r"cache: several GB/s. On a network disk the order turns round.",
    )
    return


@app.cell
def _(Button, Plot, Table, figure):
    machine = figure(
        "machine",
        panels=[
            Table("times", "measured on this computer", columns=("work", "ms", "million values/s")),
            Plot("scaling", "FFT in two and three dimensions", x="values", y="s", logarithmic="xy"),
        ],
        controls=[Button("measure", "measure the larger sizes, some seconds")],
        caption="Press the button, then press it again: the first run touches fresh memory and cold caches.",
    )
    machine
    return (machine,)


@app.cell
def _(np, seconds):
    import tempfile

    def read_back(count):
        """Seconds to read float32 values back from a file just written, from the disk or from the memory that caches it."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(np.zeros(count, np.float32).tobytes())
            file.flush()
            return seconds(lambda: np.fromfile(file.name, np.float32), 0.01)

    return (read_back,)


@app.cell
def _(
    CATMULL_ROM,
    Curve,
    LINEAR,
    machine,
    np,
    read_back,
    rft,
    sample,
    seconds,
):
    _large = bool(machine.settings.measure)
    _rng = np.random.default_rng(0)

    def _transform(shape):
        data = _rng.normal(size=shape).astype(np.float32)
        return seconds(lambda: rft(data, len(shape)), 0.01)

    _shapes = [(64, 64), (128, 128), (256, 256), (16, 16, 16), (32, 32, 32)]
    _shapes += [(1024, 1024), (2048, 2048), (64, 64, 64), (128, 128, 128)] if _large else []
    _took = {shape: _transform(shape) for shape in _shapes}
    _read = 8_000_000 if _large else 500_000
    _points = 100_000 if _large else 5_000
    _volume = _rng.normal(size=(64, 64, 64) if _large else (32, 32, 32))
    _where = _rng.uniform(-15, 15, size=(_points, 3))
    _work = {
        **{" × ".join(map(str, shape)) + " FFT": (t, int(np.prod(shape))) for shape, t in _took.items()},
        f"read {_read / 250_000:.0f} MB from a file": (read_back(_read), _read),
        f"linear interpolation, {_points} points in 3D": (
            seconds(lambda: sample(_volume, _where, LINEAR), 0.01),
            _points,
        ),
        f"cubic interpolation, {_points} points in 3D": (
            seconds(lambda: sample(_volume, _where, CATMULL_ROM), 0.01),
            _points,
        ),
    }
    machine.draw(
        times=[(name, 1e3 * t, count / t / 1e6) for name, (t, count) in _work.items()],
        scaling=[
            Curve(
                [np.prod(s) for s in _took if len(s) == d],
                [t for s, t in _took.items() if len(s) == d],
                f"{d} dimensions",
            )
            for d in (2, 3)
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What to make of it.** Values per second is the figure to compare. A transform moves tens to hundreds of millions of values a second on one core; linear interpolation in three dimensions, 8 taps
    a point, ten times fewer; cubic, 64 taps, fewer still. A file just written is read from memory, not from the disk: for a true disk figure the file must be larger than memory or the cache dropped.

    ## One question to take along

    Your box is 250 pixels, your particles are in single precision with their mean left in, and your projector pads twice and interpolates linearly. **Which of the three causes the largest error, which costs the most time, and which would you
    fix first?** Then write your own DFT and non-uniform DFT in [the problems](/meetings/02-fourier-transform/sharpen/).
    """)
    return


if __name__ == "__main__":
    app.run()
