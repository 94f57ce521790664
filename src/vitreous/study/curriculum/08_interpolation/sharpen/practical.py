import marimo

app = marimo.App(width="medium", app_title="Interpolation of scattered points")


@app.cell
def _():
    import warnings
    from time import perf_counter

    import marimo as mo
    import numpy as np
    from scipy.interpolate import LinearNDInterpolator, griddata

    from vitreous.interpolation import CATMULL_ROM, DegenerateInputWarning, sample, scattered, triangulate
    from vitreous.interpolation.simplices import find_simplices
    from vitreous.study.figures import (
        Button,
        Choice,
        Curve,
        Image,
        Mark,
        Pixels,
        Plot,
        Slider,
        Table,
        figure,
        predict,
        see_the_code,
    )

    METHODS = ("nearest", "linear", "cubic", "inverse_distance")
    return (
        Button,
        CATMULL_ROM,
        Choice,
        Curve,
        DegenerateInputWarning,
        Image,
        LinearNDInterpolator,
        METHODS,
        Mark,
        Pixels,
        Plot,
        Slider,
        Table,
        figure,
        find_simplices,
        griddata,
        mo,
        np,
        perf_counter,
        predict,
        sample,
        scattered,
        see_the_code,
        triangulate,
        warnings,
    )


@app.cell
def _(mo):
    mo.md(r"""
    # Interpolation of scattered points

    **On a grid, the neighbours of a target are known before you ask. Among scattered points, finding them is nearly all of the
    work, and who they are is nearly all of the error.**

    You will drag a target through a Delaunay triangulation, measure where `griddata` spends its time and why the order of
    the targets can change that tenfold, split the error into what the points cannot know and what the noise adds, and then
    visit the zoo: slivers, gaps, hulls, overshoots, repetitions. Kernels on regular grids are in the
    [blur practical](/meetings/08-interpolation/blur/).
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## First the cubic, on a line: four points and no more

    Between $f_1$ and $f_2$ take the cubic that has their values, and the slopes $(f_2 - f_0)/2$ and $(f_3 - f_1)/2$ there. With
    the fraction $t$ from $f_1$ to $f_2$:

    $$p(t) = f_1 + \tfrac t2\Big[f_2 - f_0 + t\big(2f_0 - 5f_1 + 4f_2 - f_3 + t\,(3(f_1 - f_2) + f_3 - f_0)\big)\Big].$$

    This is Catmull–Rom, Keys's kernel with $a = -\tfrac12$, and in two dimensions, one axis after the other, it is "bicubic".
    """)
    return


@app.cell
def _(Plot, Slider, Table, figure):
    cubic = figure(
        "cubic",
        panels=[
            Plot(
                "curve",
                "four points and the cubic between the middle two",
                x="t",
                y="value",
                x_range=(-1.2, 2.2),
                y_range=(-1.0, 2.0),
            ),
            Table("numbers", "by hand", ("quantity", "value")),
        ],
        controls=[
            Slider("f0", "f₀", -0.5, 1.5, 0.0, 0.05),
            Slider("f1", "f₁", -0.5, 1.5, 1.0, 0.05),
            Slider("f2", "f₂", -0.5, 1.5, 1.0, 0.05),
            Slider("f3", "f₃", -0.5, 1.5, 1.0, 0.05),
            Slider("t", "fraction t", 0.0, 1.0, 0.33, 0.01, playable=True),
        ],
        caption="At rest: the end of a step. The curve rises 2/27 above all four points, at t = 1/3.",
    )
    cubic
    return (cubic,)


@app.cell
def _(CATMULL_ROM, Curve, cubic, np, sample):
    _now = cubic.settings
    _f = np.array([_now.f0, _now.f1, _now.f2, _now.f3])
    _t = np.linspace(0, 1, 101)
    # four samples have their origin at the third, which is f₂
    _curve = sample(_f, (_t - 1)[:, None], CATMULL_ROM, "nearest")
    _here = float(sample(_f, np.array([[_now.t - 1]]), CATMULL_ROM, "nearest")[0])
    cubic.draw(
        curve=[
            Curve(_t, _curve, "cubic"),
            Curve([0, 1], _f[1:3], "linear", "dashed"),
            Curve([-1, 0, 1, 2], _f, "points", "points"),
            Curve([_now.t], [_here], "here", "points"),
        ],
        numbers=[
            ["cubic", f"{_here:.4f}"],
            ["linear", f"{(1 - _now.t) * _f[1] + _now.t * _f[2]:.4f}"],
            [
                "overshoot on this stretch",
                f"{max(0.0, float(_curve.max() - _f.max()), float(_f.min() - _curve.min())):.4f}",
            ],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Scattered: triangles first, then a weighted mean of three corners

    The **Delaunay triangulation** joins the points so that no point lies inside the circle through the corners of a triangle.
    It makes the triangles as fat as they can be. The target's **barycentric weights** are the areas of the three small
    triangles that it makes with the sides, as fractions of the whole; its value is the mean with these weights:

    $$f(x) = \sum_{k=1}^{3}\lambda_k f_k,\qquad \lambda_k = \frac{A_k}{A_1 + A_2 + A_3},\qquad \sum_k \lambda_k = 1 .$$
    """)
    return


@app.cell
def _(predict):
    predict(
        "The target crosses the edge between two triangles. What does the interpolated surface do there?",
        ["it jumps", "it is continuous and has a crease", "it is smooth", "it is undefined"],
        r"""It has a **crease**. On the edge both triangles give the weight zero to their far corners, so the values agree; the slopes
        do not. That is C⁰. The Clough–Tocher cubic makes it C¹, at the price of slopes that it has to guess.""",
    )
    return


@app.cell
def _(np):
    def edges_of(triangulation):
        """The sides of all triangles as one curve with gaps."""
        corners = triangulation.points[triangulation.simplices[:, [0, 1, 2, 0]]]
        gaps = np.full((len(corners), 1, 2), np.nan)
        return np.concatenate([corners, gaps], axis=1).reshape(-1, 2)

    def hill(places):
        """A Gaussian hill with a smaller one beside it, on the unit square."""
        x, y = places[..., 0], places[..., 1]
        return np.exp(-((x - 0.45) ** 2 + (y - 0.55) ** 2) / 0.06) + 0.5 * np.exp(
            -((x - 0.8) ** 2 + (y - 0.2) ** 2) / 0.01
        )

    def grid_of(n):
        """Targets, n × n, over the unit square."""
        axis = np.linspace(0, 1, n)
        return np.stack(np.meshgrid(axis, axis), axis=-1)

    return edges_of, grid_of, hill


@app.cell
def _(Button, Plot, Slider, Table, figure):
    triangles = figure(
        "triangles",
        panels=[
            Plot(
                "target",
                "drag the target",
                x="x",
                y="y",
                x_range=(-0.05, 1.05),
                y_range=(-0.05, 1.05),
                equal=True,
                handle=(0.45, 0.5),
            ),
            Table("weights", "its triangle", ("corner", "weight", "value")),
        ],
        controls=[
            Slider("points", "points", 4, 120, 24, 1),
            Button("again", "other points"),
        ],
        caption="Drag the point through the mesh: a corner's weight falls to zero on the opposite side.",
    )
    triangles
    return (triangles,)


@app.cell
def _(Curve, edges_of, find_simplices, hill, np, triangles, triangulate):
    _points = np.random.default_rng(10 + triangles.settings.again).random((int(triangles.settings.points), 2))
    _mesh, _target = triangulate(_points), np.array([triangles.settings.target], float)
    _index, _weights = find_simplices(_mesh, _target)
    _edges = edges_of(_mesh)
    _curves = [
        Curve(_points[:, 0], _points[:, 1], "points", "points"),
        Curve(_edges[:, 0], _edges[:, 1], "Delaunay", "dashed"),
    ]
    if _index[0] >= 0:
        _rows = _mesh.simplices[_index[0]]
        _ring = _points[_rows[[0, 1, 2, 0]]]
        _spokes = np.concatenate([[corner, _target[0], [np.nan] * 2] for corner in _points[_rows]])
        _around = np.concatenate([_ring, [[np.nan] * 2], _spokes])
        _curves.insert(0, Curve(_around[:, 0], _around[:, 1], "its triangle, and its parts"))
        _values = hill(_points[_rows])
        _table = [
            [f"point {row}", f"{w:.3f}", f"{v:.3f}"] for row, w, v in zip(_rows, _weights[0], _values, strict=True)
        ]
        _table.append(["interpolated", f"{_weights[0].sum():.3f}", f"{_weights[0] @ _values:.3f}"])
    else:
        _table = [["outside the hull", "none", "NaN"]]
    triangles.draw(target=_curves, weights=[*_table, ["truth", "", f"{float(hill(_target)[0]):.3f}"]])
    return


@app.cell
def _(find_simplices, see_the_code):
    see_the_code(find_simplices)
    return


@app.cell
def _(mo):
    mo.md(r"""
    That is the readable form: every target against every triangle. It is right, and hopelessly slow. The fast twin walks from
    triangle to triangle towards the target, and starts each walk where the last one ended.

    ## Where griddata spends its time: triangles, search, mean

    Three stages. **Triangulation** (Qhull) is paid once per set of points, $O(n\log n)$ in the plane. **Point location** is
    paid per target: a walk through the mesh. **Evaluation** is three or four multiplications. SciPy's walk starts where the
    last one ended, too; so its time hangs on the order in which the targets come.
    """)
    return


@app.cell
def _(predict):
    predict(
        "100,000 targets on a grid, among 5,000 points in the plane. You shuffle the targets. What happens to SciPy's time?",
        ["nothing: the same targets", "a few per cent slower", "many times slower", "it gets faster"],
        r"""Each walk now crosses the mesh instead of one edge: of the order of $\sqrt{n}$ triangles in the plane. The search becomes
        **several to tens of times slower**, at the same result. Sorting the targets cell by cell first costs little and takes
        the penalty away, which is what `scattered` does.""",
    )
    return


@app.cell
def _(Button, Choice, Plot, Slider, Table, figure):
    profile = figure(
        "profile",
        panels=[
            Plot("bars", "milliseconds", x="1 triangulate, 2 locate, 3 evaluate", y="time (ms)", x_range=(0.4, 3.6)),
            Table("times", "this computer", ("run", "time (ms)")),
        ],
        controls=[
            Choice("dimension", "dimensions", ("2D", "3D"), "2D"),
            Choice("order", "targets come", ("in grid order", "shuffled"), "in grid order"),
            Slider("points", "points", 200, 6000, 1000, 0.1, logarithmic=True),
            Slider("targets", "targets", 1000, 60000, 10000, 0.1, logarithmic=True),
            Button("measure", "measure here"),
        ],
        caption="At rest: 1,000 points and 10,000 targets. Set your own, then press.",
    )
    profile
    return (profile,)


@app.cell
def _(perf_counter):
    profiles = {}

    def timed_ms(function, *arguments, runs=3):
        """What a function returns, and the shortest of its run times in milliseconds."""
        times = []
        for _ in range(runs):
            start = perf_counter()
            result = function(*arguments)
            times.append(1e3 * (perf_counter() - start))
        return result, min(times)

    return profiles, timed_ms


@app.cell
def _(LinearNDInterpolator, griddata, np, scattered, timed_ms, triangulate):
    def profile_run(dimension, shuffled, points, targets):
        """Milliseconds of each stage and of the whole, SciPy's first and then ours, for a Gaussian at scattered points."""
        rng = np.random.default_rng(2)
        places = rng.random((points, dimension))
        values = np.exp(-np.sum((places - 0.5) ** 2, axis=1) / 0.06)
        axis = np.linspace(0.1, 0.9, round(targets ** (1 / dimension)))
        xi = np.stack(np.meshgrid(*(axis,) * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
        xi = rng.permutation(xi) if shuffled else xi
        runs = 3 if len(xi) < 20000 else 1
        mesh, triangulated = timed_ms(triangulate, places, runs=runs)
        theirs, once = timed_ms(LinearNDInterpolator(mesh, values), xi, runs=runs)
        # a second column of values is located with the first: what it adds is evaluation alone
        often = timed_ms(LinearNDInterpolator(mesh, np.tile(values[:, None], 17)), xi, runs=runs)[1]
        evaluated = max((often - once) / 16, 1e-3)
        whole = timed_ms(griddata, places, values, xi, runs=runs)[1]
        scattered(places[:50], values[:50], xi[:10])  # the first call loads the compiled search
        ours, quick = timed_ms(scattered, mesh, values, xi, runs=runs)
        all_ours = timed_ms(scattered, places, values, xi, runs=runs)[1]
        return {
            "stages": [triangulated, max(once - evaluated, 0.0), evaluated],
            "SciPy griddata, all": whole,
            "scattered, all": all_ours,
            "scattered, triangulation given": quick,
            "gap": float(np.nanmax(np.abs(ours - theirs))),
            "count": len(xi),
        }

    return (profile_run,)


@app.cell
def _(Curve, profile, profile_run, profiles):
    _now = profile.settings
    _shuffled, _dimension = _now.order == "shuffled", int(_now.dimension[0])
    # sliders only announce the next run: the button measures, once for each press
    _asked = (_dimension, _shuffled, _now.measure)
    if _asked not in profiles:
        _counts = (round(_now.points), round(_now.targets)) if _now.measure else (1000, 10000)
        profiles[_asked] = (_counts, profile_run(_dimension, _shuffled, *_counts))
    (_points, _targets), _run = profiles[_asked]
    profile.draw(
        bars=[Curve([1, 2, 3], _run["stages"], "stages of griddata", "bars")],
        times=[
            ["points, targets", f"{_points:,}, {_run['count']:,}"],
            *(
                [name, f"{ms:.3f}"]
                for name, ms in zip(("triangulate", "locate", "evaluate"), _run["stages"], strict=True)
            ),
            *(
                [name, f"{_run[name]:.1f}"]
                for name in ("SciPy griddata, all", "scattered, all", "scattered, triangulation given")
            ),
            ["speed-up, all", f"{_run['SciPy griddata, all'] / _run['scattered, all']:.1f} ×"],
            ["largest difference of the results", f"{_run['gap']:.1e}"],
        ],
    )
    return


@app.cell
def _(scattered, see_the_code):
    see_the_code(scattered)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** Two regimes. With few points and many targets, the search rules; shuffle, and it rules alone. With many points,
    above all in 3D, the triangulation rules, and no clever search helps: then *reuse* it. `triangulate(points)` once,
    `scattered(triangulation, values, xi)` for each set of values; or interpolate many columns of values in one call.

    **What goes wrong with such figures.** The first call of a compiled kernel pays for its loading. And a benchmark that does
    not state the order of its targets can say anything.

    ## Error has two sources, and only one of them falls with more points

    Interpolation is linear in the values: for noisy values $f + \sigma\varepsilon$ the result is that of $f$ plus $\sigma$ times
    that of $\varepsilon$. So one run with two columns gives the whole curve. What the *points* miss, falls with their density,
    as $h^2$ for linear interpolation, $h$ the typical edge. What the *noise* adds does not:

    $$\operatorname{Var} f(x) = \sigma^2\sum_k \lambda_k^2, \qquad \tfrac13 \le \sum_k \lambda_k^2 \le 1 \text{ in a triangle}.$$
    """)
    return


@app.cell
def _(predict):
    predict(
        "Averaged over a triangle, linear interpolation leaves which part of the noise variance?",
        ["all of it", "one half", "one third", "none"],
        r"""**One half** in a triangle ($\langle\sum\lambda^2\rangle = 2/(d+2)$ in $d$ dimensions: $1/2$ in the plane, $2/5$ in space). At a
        corner it is 1, in the middle $1/3$. The nearest point leaves all of it. More points do not help: each target still listens
        to three. To average noise you must *fit* or *grid*, not interpolate.""",
    )
    return


@app.cell
def _(Choice, Image, METHODS, Plot, Slider, figure):
    noise = figure(
        "noise",
        panels=[
            Image("surface", "interpolated"),
            Image("wrong", "minus the truth", colours="signed"),
            Plot(
                "error",
                "error against noise",
                x="noise σ of the values",
                y="root mean square error",
                logarithmic="xy",
                x_range=(1e-3, 1.0),
                y_range=(1e-3, 1.0),
            ),
        ],
        controls=[
            Choice("method", "method", METHODS, "linear"),
            Slider("points", "points", 30, 1000, 200, 0.05, logarithmic=True, playable=True),
            Slider("sigma", "noise σ", 0.001, 1.0, 0.05, 0.05, logarithmic=True),
        ],
        caption="Left branch of the curve: too few points. Right branch: noise, and no density of points moves it.",
    )
    noise
    return (noise,)


@app.cell
def _(grid_of, hill, np, scattered):
    surface_targets = grid_of(56)
    surface_truth = hill(surface_targets)

    def two_columns(method, count):
        """Interpolated truth and interpolated unit noise on the grid of targets."""
        rng = np.random.default_rng(6)
        # the corners belong to the points, so that no target is outside the hull
        places = np.concatenate([[[0, 0], [0, 1], [1, 0], [1, 1]], rng.random((count, 2))])
        columns = np.stack([hill(places), rng.normal(size=len(places))], axis=-1)
        found = scattered(places, columns, surface_targets, method)
        return found[..., 0], found[..., 1]

    return surface_truth, two_columns


@app.cell
def _(Curve, Mark, Pixels, noise, np, surface_truth, two_columns):
    _now = noise.settings
    _clean, _unit = two_columns(_now.method, round(_now.points))
    _sigmas = np.logspace(-3, 0, 31)
    _bias = _clean - surface_truth
    _errors = np.sqrt([np.mean((_bias + sigma * _unit) ** 2) for sigma in _sigmas])
    _shown = _clean + _now.sigma * _unit
    noise.draw(
        surface=Pixels(_shown, limits=(-0.3, 1.2)),
        wrong=Pixels(_shown - surface_truth, limits=(-0.4, 0.4)),
        error=[
            Curve(_sigmas, _errors, _now.method),
            Curve(_sigmas, np.full(31, np.sqrt(np.mean(_bias**2))), "the points alone", "dashed"),
            Curve(_sigmas, _sigmas * np.sqrt(np.mean(_unit**2)), "the noise alone", "dashed"),
            Mark(_now.sigma, "σ"),
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw.** *Cubic* wins while there is no noise and loses first when there is: it estimates slopes from noisy values, and
    slopes amplify. *Nearest* is the worst without noise and keeps all of it. In Fourier space with an SNR far below 1 per
    coefficient, interpolation through the points is out of the question; gridding averages what falls on a voxel.

    ## The zoo of pathologies

    Each of these has been met in real data. Choose one, then try all four methods on it.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Nearly collinear points on the rim make long thin triangles. What does linear interpolation do inside one?",
        ["averages near neighbours", "mixes values from far ends of the rim", "returns NaN", "returns zero"],
        r"""It **mixes values from far ends**: a sliver's corners are far from the target, though near to one another across. Its slope
        across is a difference of values over almost no distance: noise divided by nearly zero.""",
    )
    return


@app.cell
def _(hill, np):
    _rng = np.random.default_rng(8)
    _frame = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    _usual = np.concatenate([_frame, _rng.random((150, 2))])
    _again = np.concatenate([_usual, _usual[20:30]])

    def _rim(bow):
        """Points almost along the lower side, bent by so much, with values that go up and down."""
        x = np.linspace(0.05, 0.95, 19)
        low = np.concatenate([_frame[[0, 2]], np.stack([x, bow * x * (1 - x)], -1)])
        values = hill(low) + 0.5 * (np.arange(len(low)) % 2)
        high = _usual[_usual[:, 1] > 0.3]
        return np.concatenate([low, high]), np.concatenate([values, hill(high)])

    _gap = _usual[np.linalg.norm(_usual - [0.45, 0.55], axis=1) > 0.3]
    _inner = 0.25 + 0.5 * _usual
    ZOO = {
        "thin triangles on the rim": _rim(0.15),
        "slivers thinner than rounding": _rim(1e-10),
        "a gap": (_gap, hill(_gap)),
        "outside the hull": (_inner, hill(_inner)),
        "overshoot at a step": (_usual, (_usual[:, 0] > 0.5) * 1.0),
        "repeated points": (_again, hill(_again)),
        "repeated points that disagree": (_again, hill(_again) + 0.1 * (np.arange(len(_again)) >= len(_usual))),
        "all on one line": (np.stack([_usual[4:, 0], 0.2 + 0.5 * _usual[4:, 0]], -1), hill(_usual[4:])),
        "axes in different units": (_usual * [1.0, 0.02], hill(_usual)),
        "order of the targets": (_usual, hill(_usual)),
    }
    return (ZOO,)


@app.cell
def _(Choice, Image, METHODS, Plot, Table, ZOO, figure):
    zoo = figure(
        "zoo",
        panels=[
            Plot(
                "mesh", "points and triangles", x="x", y="y", x_range=(-0.02, 1.02), y_range=(-0.02, 1.02), equal=True
            ),
            Image("surface", "interpolated (outside the hull: 0)"),
            Image("wrong", "minus the truth", colours="signed"),
            Table("said", "what it says", ("quantity", "value")),
        ],
        controls=[
            Choice("case", "pathology", tuple(ZOO), "thin triangles on the rim"),
            Choice("method", "method", METHODS, "linear"),
        ],
        caption="The table shows the package's own words: what it refuses, what it warns of, and what it lets pass.",
    )
    zoo
    return (zoo,)


@app.cell
def _(DegenerateInputWarning, griddata, np, scattered, timed_ms, warnings):
    def in_its_own_words(places, values, targets, method):
        """The surface, and what was said on the way: a warning, a refusal, or nothing."""
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", DegenerateInputWarning)
            try:
                surface = scattered(places, values, targets, method)
            except ValueError as refusal:
                return np.full(targets.shape[:-1], np.nan), f"refused: {refusal}"
        return surface, f"warned: {heard[0].message}" if heard else "nothing"

    def order_times(places, values, targets):
        """Milliseconds of both programs for targets in grid order and shuffled."""
        flat = targets.reshape(-1, 2)
        shuffled = np.random.default_rng(0).permutation(flat)
        return [
            [f"{label}, {name}", f"{timed_ms(function, places, values, some)[1]:.1f} ms"]
            for name, some in (("grid order", flat), ("shuffled", shuffled))
            for label, function in (("SciPy griddata", griddata), ("scattered", scattered))
        ]

    return in_its_own_words, order_times


@app.cell
def _(
    Curve,
    Pixels,
    ZOO,
    edges_of,
    grid_of,
    hill,
    in_its_own_words,
    np,
    order_times,
    triangulate,
    zoo,
):
    _case, _method = zoo.settings.case, zoo.settings.method
    _places, _values = ZOO[_case]
    _scale = [1.0, 0.02] if _case == "axes in different units" else [1.0, 1.0]
    _targets = grid_of(65)
    _truth = (_targets[..., 0] > 0.5) * 1.0 if _case == "overshoot at a step" else hill(_targets)
    _surface, _said = in_its_own_words(_places, _values, _targets * _scale, _method)
    _known = np.isfinite(_surface)
    _curves = [Curve(_places[:, 0], _places[:, 1], "points", "points")]
    if _case != "all on one line":
        _edges = edges_of(triangulate(_places))
        _curves.insert(0, Curve(_edges[:, 0], _edges[:, 1], "Delaunay"))
    _rows = [
        ["it says", _said],
        ["targets without a value", f"{int(np.sum(~_known))} of {_known.size}"],
        ["smallest, largest value of the points", f"{_values.min():.2f}, {_values.max():.2f}"],
    ]
    if _known.any():
        _rows.append(["smallest, largest interpolated", f"{_surface[_known].min():.2f}, {_surface[_known].max():.2f}"])
        _rows.append(["error where there is a value", f"{np.sqrt(np.mean((_surface - _truth)[_known] ** 2)):.3f}"])
    if _case == "order of the targets":
        _rows += order_times(_places, _values, grid_of(120))
    zoo.draw(
        mesh=_curves,
        surface=Pixels(np.where(_known, _surface, 0)[::-1], limits=(-0.3, 1.2)),
        wrong=Pixels(np.where(_known, _surface - _truth, 0)[::-1], limits=(-0.6, 0.6)),
        said=_rows,
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What you saw, animal by animal.**

    - **Thin triangles.** Points that run almost along the rim are joined to its far corners. A target there listens to
      the two ends of the rim and to one point between, whichever the triangle has: streaks. *Cubic* is worse by far: its
      guessed slopes run along the long sides and leave the range of the points several times over. No warning: nothing
      is ill-defined.
    - **Slivers.** Bend the same points by $10^{-10}$ and the triangles are thinner than what rounding leaves certain. The
      package finds the targets in them and warns; *nearest* and *inverse distance* do not care.
    - **A gap.** Linear spans it with long triangles and no warning: the hill is cut off flat. Nothing in the output says that
      the middle was never measured. In Fourier space this is the missing cone.
    - **Outside the hull.** Linear and cubic give NaN. *Nearest* and *inverse distance* give numbers, which are extrapolations:
      look at the corners.
    - **Overshoot.** Cubic leaves the range of its points at a step, as Catmull–Rom does on a grid; linear cannot, since its weights
      are positive and add up to 1.
    - **Repeated points.** With equal values one copy is left out and you are told; with different values there is no answer, and
      it is refused. SciPy's `griddata` takes one of the two in silence.
    - **One line.** Nothing to triangulate: refused, with the reason.
    - **Different units.** Scale one axis by 50 and "near" means something else. Delaunay's circles are round in *your* units:
      rescale first. (In a defocus/angle/position space this happens every day.)
    - **Order.** Same points, same targets, same result, and another time.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Where it is in the packages.** Few cryo-EM programs interpolate scattered points, and now you know why. What they do scatter:
    local-resolution values at sampled voxels, per-tile defocus in a micrograph (a smooth model is *fitted* rather than interpolated), motion
    trajectories at patch centres (splines), angles on SO(3) grids (nearest neighbour).

    ## A question to end with

    You have per-particle defocus values, noisy to 200 Å, on a tilted grid, and want the defocus at other places of the
    micrograph. Linear interpolation, inverse distance, or a plane fitted to all of them? Say what each assumes, and use
    the noise figure to say what each costs.
    """)
    return


if __name__ == "__main__":
    app.run()
