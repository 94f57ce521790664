"""Problems of interpolation, sharpen stream: barycentric weights, noise, overshoot, cost, and one's own scattered interpolation."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import sympy as sp

from vitreous.interpolation import CATMULL_ROM, sample, scattered, triangulate
from vitreous.study.problems import (
    Attempt,
    Case,
    Choose,
    Derive,
    Explain,
    Expression,
    Mistake,
    Number,
    OwnFunction,
    Step,
    Vector,
    compute,
)


def _apart(*values: float) -> bool:
    """Whether all differ from each other by more than 0.03."""
    return all(high > 0.03 + low for low, high in pairwise(sorted(values)))


def _triangle(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A triangle with whole coordinates and the weights, in tenths, of a target inside."""
    while True:
        corners = rng.integers(0, 11, size=(3, 2)).astype(float)
        edges = corners[1:] - corners[0]
        if abs(np.linalg.det(edges)) > 25:
            break
    first, second = int(rng.integers(1, 8)), int(rng.integers(1, 8))
    while first + second >= 10 or len({first, second, 10 - first - second}) < 3:
        first, second = int(rng.integers(1, 8)), int(rng.integers(1, 8))
    return corners, np.array([first, second, 10 - first - second]) / 10


@compute("Barycentric weights")
def barycentric(rng: np.random.Generator) -> Attempt:
    """Ask for the barycentric weights of a point in a triangle."""
    corners, weights = _triangle(rng)
    x, y = weights @ corners
    a, b, c = (f"({int(px)}, {int(py)})" for px, py in corners)
    distances = np.linalg.norm(corners - [x, y], axis=1)
    inverse = (1 / distances) / np.sum(1 / distances)
    return Attempt(
        statement=f"A triangle has the corners $A = {a}$, $B = {b}$, $C = {c}$. Which barycentric weights has the point $({x:g}, {y:g})$? Three numbers, for $A$, $B$, $C$.",
        answer=Vector(tuple(weights), absolute=0.01),
        mistakes=tuple(
            Mistake(tuple(wrong), hint)
            for wrong, hint in (
                (
                    weights[[1, 2, 0]],
                    "The right numbers at the wrong corners: a corner's weight is the area *opposite* to it.",
                ),
                (inverse, "Those are inverse distances. They do not give back a plane; areas do."),
                (np.full(3, 1 / 3), "That is the centre of the triangle."),
            )
            if np.max(np.abs(wrong - weights)) > 0.03
        ),
        hints=(
            "Solve $\\lambda_A A + \\lambda_B B + \\lambda_C C = x$ with $\\lambda_A + \\lambda_B + \\lambda_C = 1$.",
            "The weight of $A$ is the area of the triangle (point, $B$, $C$) over the area of $ABC$.",
        ),
        worked=f"The areas opposite to the corners are to the whole as {weights[0]:g}, {weights[1]:g} and {weights[2]:g}; check: "
        f"${weights[0]:g}\\,A + {weights[1]:g}\\,B + {weights[2]:g}\\,C = ({x:g}, {y:g})$.",
    )


@compute("The value in a triangle")
def triangle_value(rng: np.random.Generator) -> Attempt:
    """Ask for the linearly interpolated value at a point of a triangle."""
    while True:
        corners, weights = _triangle(rng)
        values = rng.integers(0, 30, size=3).astype(float)
        x, y = weights @ corners
        value = float(weights @ values)
        distances = np.linalg.norm(corners - [x, y], axis=1)
        nearest, mean = float(values[np.argmin(distances)]), float(values.mean())
        inverse = float((values / distances).sum() / (1 / distances).sum())
        if _apart(value, nearest, mean, inverse):
            break
    points = ", ".join(f"{int(v)} at $({int(px)}, {int(py)})$" for v, (px, py) in zip(values, corners, strict=True))
    return Attempt(
        statement=f"Values are known at three points: {points}. Which value has linear interpolation at $({x:g}, {y:g})$? To two decimals.",
        answer=Number(value, relative=0, absolute=0.01),
        mistakes=(
            Mistake(nearest, "That is the nearest point's value."),
            Mistake(mean, "That is the mean of the three, right only at the centre of the triangle."),
            Mistake(inverse, "That is weighted by inverse distances. Barycentric weights are areas."),
        ),
        hints=(
            "Find the barycentric weights first.",
            f"They are {weights[0]:g}, {weights[1]:g}, {weights[2]:g} in the order given.",
        ),
        worked=f"${weights[0]:g} \\cdot {values[0]:g} + {weights[1]:g} \\cdot {values[1]:g} + {weights[2]:g} \\cdot {values[2]:g} = {value:.3f}$.",
    )


@compute("The noise that comes through")
def noise_through(rng: np.random.Generator) -> Attempt:
    """Ask for the noise of an interpolated value."""
    _, weights = _triangle(rng)
    sigma = int(rng.integers(5, 50)) / 10
    value = sigma * float(np.sqrt(np.sum(weights**2)))
    a, b, c = weights
    return Attempt(
        statement=f"The values at the corners of a triangle have independent noise of standard deviation {sigma:g}. A target has the weights {a:g}, {b:g}, {c:g}. Which standard deviation has its interpolated value?",
        answer=Number(value, relative=0.01),
        mistakes=(
            Mistake(sigma, "Weights that add up to 1 do not keep the noise: independent errors partly cancel."),
            Mistake(
                sigma / math.sqrt(3), "That holds in the centre, where all weights are 1/3. Elsewhere less is averaged."
            ),
            Mistake(value**2 / sigma, "You summed the squares of the weights and did not take the root."),
        ),
        hints=(
            "Variances of independent terms add, each times the square of its weight.",
            f"$\\sum\\lambda^2 = {np.sum(weights**2):.3f}$.",
        ),
        worked=f"${sigma:g}\\,\\sqrt{{{a:g}^2 + {b:g}^2 + {c:g}^2}} = {sigma:g} \\cdot {value / sigma:.4f} = {value:.4f}$.",
    )


@compute("How far a cubic overshoots")
def cubic_overshoot(rng: np.random.Generator) -> Attempt:
    """Ask for the value of a Catmull–Rom cubic one stretch beyond a step."""
    low, high = int(rng.integers(-3, 4)), int(rng.integers(5, 15))
    t = int(rng.choice((1, 2, 3, 4, 5, 6, 7))) / 10
    f = np.array([low, high, high, high], float)
    value = float(sample(f, np.array([[t - 1]]), CATMULL_ROM)[0])
    before = float(sample(np.array([low, low, high, high], float), np.array([[t - 1]]), CATMULL_ROM)[0])
    step = high - low
    wrong = (
        (
            float(high),
            "Linear would stay at the upper value. The cubic's slope on leaving the step is not zero: $(f_2 - f_0)/2$.",
        ),
        (before, "That is on the step itself. Asked is the stretch *after* it, between two equal samples."),
        (high - (value - high), "It overshoots *above* the upper value: the slope at its start is positive."),
    )
    return Attempt(
        statement=f"Four samples: {low}, {high}, {high}, {high}. Which value has cubic (Catmull–Rom) interpolation between the second and the third, at the fraction $t = {t:g}$? To two decimals.",
        answer=Number(value, relative=0, absolute=0.006),
        mistakes=tuple(Mistake(given, hint) for given, hint in wrong),
        hints=(
            f"The values at both ends are {high}; the slopes are $({high} - ({low}))/2$ and 0.",
            f"So it is ${high} + \\frac{{{step}}}{{2}}\\,t(1-t)^2$.",
        ),
        worked=f"${high} + \\frac{{{step}}}{{2}} \\cdot {t:g} \\cdot (1 - {t:g})^2 = {value:.4f}$; the largest overshoot is $\\frac{{2}}{{27}} \\cdot {step} = {2 * step / 27:.3f}$, at $t = 1/3$.",
    )


@compute("Between four samples, as a formula")
def cubic_formula(rng: np.random.Generator) -> Attempt:
    """Ask for the Catmull–Rom polynomial of four given samples."""
    while True:
        f0, f1, f2, f3 = (int(value) for value in rng.integers(-5, 8, size=4))
        linear, square, cube = f2 - f0, 2 * f0 - 5 * f1 + 4 * f2 - f3, 3 * (f1 - f2) + f3 - f0
        if 0 not in (linear, square, cube, f2 - f1) and f3 != f1:
            break
    turned = (f1 - f3, 2 * f3 - 5 * f2 + 4 * f1 - f0, 3 * (f2 - f1) + f0 - f3)

    def polynomial(start: int, terms: tuple[int, int, int], half: float = 2) -> str:
        return f"{start} + ({terms[0]}*t + ({terms[1]})*t^2 + ({terms[2]})*t^3)/{half:g}"

    return Attempt(
        statement=f"Four samples in a row: {f0}, {f1}, {f2}, {f3}. Write the Catmull–Rom cubic between the second and the third as a formula in $t$, the fraction from the second to the third.",
        answer=Expression(polynomial(f1, (linear, square, cube)), ("t",)),
        mistakes=(
            Mistake(polynomial(f2, turned), "That runs from the third sample to the second: $t = 0$ is the second."),
            Mistake(
                polynomial(f1, (linear, square, cube), 1),
                "The factor one half is missing: slopes are $(f_2 - f_0)/2$, over two pixels.",
            ),
            Mistake(
                f"{f1} + ({f2 - f1})*t", "That is the straight line. The cubic has the slopes of the outer neighbours."
            ),
        ),
        hints=(
            f"Values {f1} and {f2} at the ends, slopes {(f2 - f0) / 2:g} and {(f3 - f1) / 2:g}.",
            "$f_1 + \\frac t2[f_2 - f_0 + t(2f_0 - 5f_1 + 4f_2 - f_3 + t(3(f_1 - f_2) + f_3 - f_0))]$.",
        ),
        worked=f"${f1} + \\frac12({linear}\\,t + ({square})\\,t^2 + ({cube})\\,t^3)$.",
    )


@compute("Where the time goes")
def reuse_of_triangles(rng: np.random.Generator) -> Attempt:
    """Ask for the speed-up when a triangulation is reused for many sets of values."""
    triangles, locate, evaluate = int(rng.integers(5, 40)) * 10, int(rng.integers(3, 30)), int(rng.integers(1, 3))
    columns = int(rng.choice((10, 20, 50, 100)))
    naive, reused = columns * (triangles + locate + evaluate), triangles + columns * (locate + evaluate)
    best = triangles + locate + columns * evaluate
    return Attempt(
        statement=f"`griddata` on some points takes {triangles} ms for the triangulation, {locate} ms for finding the triangles of the targets, {evaluate} ms for the weighted means. "
        f"{columns} sets of values stand at the same points, with the same targets. You call it once for each set. By which factor are you quicker if you triangulate once, and search and evaluate for each set?",
        answer=Number(naive / reused, relative=0.01),
        mistakes=(
            Mistake(
                float(columns), "Only the triangulation is saved; the search and the means are still done for each set."
            ),
            Mistake(
                naive / best,
                "That is better still: search once, too, and keep the weights. Asked was only to triangulate once.",
            ),
            Mistake(
                (triangles + locate + evaluate) / (locate + evaluate),
                "That is the limit for very many sets. Here the one triangulation still shows.",
            )
            if abs((triangles + locate + evaluate) / (locate + evaluate) - naive / reused) > 0.02 * naive / reused
            and abs((triangles + locate + evaluate) / (locate + evaluate) - columns) > 0.02 * columns
            else Mistake(reused / naive, "That is the new time over the old one: the inverse of the speed-up."),
        ),
        hints=(
            f"All calls: ${columns} \\cdot {triangles + locate + evaluate}$ ms.",
            f"Reused: ${triangles} + {columns} \\cdot {locate + evaluate}$ ms.",
        ),
        worked=f"{naive} ms against {reused} ms: a factor of {naive / reused:.3f}. Searching once, too, it would be {naive / best:.2f}.",
    )


@compute("The slope in a sliver")
def sliver_slope(rng: np.random.Generator) -> Attempt:
    """Ask for the slope that noise makes across a thin triangle."""
    base, height = int(rng.integers(2, 10)), int(rng.integers(1, 9)) / 100
    noise = int(rng.integers(1, 10)) / 10
    slope = noise / height
    return Attempt(
        statement=f"A triangle has a base of {base} and a height of only {height:g}. The values at all corners should be 0, but that of the tip is off by {noise:g}. How steep is the linear interpolant across the triangle?",
        answer=Number(slope, relative=0.01),
        mistakes=(
            Mistake(noise / base, "Across, not along: the tip is only the height away from the base."),
            Mistake(
                noise / math.hypot(base / 2, height),
                "That is along a side. The steepest way is at a right angle to the base.",
            ),
            Mistake(noise * height, "Divide by the height: the error changes over a very short way."),
        ),
        hints=(
            "The value is 0 all along the base, and the error at the tip.",
            "Rise over run, at a right angle to the base.",
        ),
        worked=f"${noise:g} / {height:g} = {slope:.4g}$ for each unit of length.",
    )


@compute("Which animal of the zoo")
def which_pathology(rng: np.random.Generator) -> Attempt:
    """Ask which pathology a symptom belongs to."""
    cases = (
        ("Some targets come out as NaN, all of them at the rim.", "targets outside the convex hull"),
        (
            "The result exceeds the largest of the values by a quarter, near a step; linear does not.",
            "overshoot of a cubic",
        ),
        ("The same call takes twenty times as long after the targets were shuffled.", "the order of the targets"),
        ("A smooth hill has a flat, triangular facet in its middle, and nothing was said.", "a gap in the points"),
        ("Along one side there are streaks that mix values from far ends.", "slivers, thin triangles"),
        ("An exception says that rows 12 and 40 clash.", "repeated points with different values"),
    )
    asked, *others = (int(i) for i in rng.permutation(len(cases))[:4])
    place = int(rng.integers(0, 4))
    chosen = [*others[:place], asked, *others[place:]]
    return Attempt(
        statement=f"Scattered interpolation. The symptom: {cases[asked][0]} Which pathology is it?",
        answer=Choose(tuple(cases[i][1] for i in chosen), place),
        mistakes=tuple(
            Mistake(i, f"The sign of that one would be another: {cases[case][0]}")
            for i, case in enumerate(chosen)
            if case != asked
        ),
        hints=(
            "Ask what the method knows about the targets' surroundings.",
            "Try the presets of the zoo in the practical.",
        ),
        worked=f"It is {cases[asked][1]}.",
    )


griddata_bottleneck = Explain(
    "griddata-bottleneck",
    "Where griddata spends its time",
    "Take linear `griddata` of a Gaussian at $n$ scattered points and $m$ targets, in 2D and in 3D. Name the stages, how each grows, which of them dominates when, and how you would make it faster.",
    "Three stages. *Triangulation* by Qhull: about $n\\log n$ in the plane; in space the number of tetrahedra is some 6.7 per point for random points and the constant is far larger (a few hundred thousand points take seconds). It is paid once for each set of points. *Point location*: for each target a walk through neighbouring simplices. Started at the last target's simplex it takes a few steps if targets come in order, and of the order of $n^{1/d}$ "
    "steps if they come shuffled: the time can change tenfold and more with the order alone. *Evaluation*: the weights (a small matrix product) and three or four multiplications per target and column: always the least. So with few points and many targets the search dominates; with many points, or in 3D, the triangulation. To be faster: triangulate once and reuse it for other values; keep indices and weights when the targets stay; give all columns of values in one call; "
    "sort the targets cell by cell; run the walk compiled and in parallel; store only what the walk needs. `vitreous.interpolation.scattered` does the sorting and a compiled walk; its results agree with SciPy's to rounding. If the points are on a grid after all, use a grid method: no search is needed.",
    (
        "the three stages are named",
        "triangulation about $n\\log n$, with a larger constant in 3D, and paid once",
        "location depends on the order of the targets",
        "evaluation is the smallest part",
        "reuse of triangulation and weights, or sorting of targets, as remedies",
        "measured, with sizes stated",
    ),
)

pathologies = Explain(
    "pathologies",
    "A pathology of scattered interpolation",
    "Find at least three ways in which interpolation from scattered points goes wrong, say why, how one notices, and what to do. How sensitive are the methods to noise?",
    "**Slivers**: near the hull, or where points are nearly in line, Delaunay triangles become long and thin; the target then listens to far corners, and the slope across is a difference of values over almost no distance. One sees streaks; remedies are more points, points on the rim, another method, a warning when the triangle is thinner than rounding. **Gaps**: large empty regions are spanned by large triangles without a word; plot the edge lengths or the distance to the nearest point. "
    "**Outside the hull**: linear and cubic are undefined (NaN), nearest and inverse distance extrapolate silently. **Overshoot**: a cubic leaves the range of the values at steps, which makes negative densities; linear cannot, its weights being positive with sum 1. **Repeated points**: with different values there is no interpolant; average first. **Units**: stretching one axis changes who is near, and so the triangulation. **Order of targets**: not wrong, but slow. "
    "**Noise**: interpolation passes through the noisy values. Linear leaves $\\sigma^2\\sum\\lambda^2$, between a third and all of the variance, on average half in the plane; nearest all of it; cubic more, since it estimates slopes from noisy differences. More points lower the error of the surface but not that of the noise: for noisy data fit or grid instead.",
    (
        "at least three of: slivers, gaps, hull, overshoot, repetition, units",
        "the cause of each, not only the symptom",
        "how to notice it, since most are silent",
        "noise: interpolation does not average; the sum of squared weights",
        "density of points helps the surface, not the noise",
    ),
)


def _slope_conditions() -> bool:
    f0, f1, f2, f3, t = sp.symbols("f0 f1 f2 f3 t")
    p = f1 + t / 2 * (f2 - f0 + t * (2 * f0 - 5 * f1 + 4 * f2 - f3 + t * (3 * (f1 - f2) + f3 - f0)))
    slope = sp.diff(p, t)
    ends = (p.subs(t, 0) - f1, p.subs(t, 1) - f2, slope.subs(t, 0) - (f2 - f0) / 2, slope.subs(t, 1) - (f3 - f1) / 2)
    return all(sp.expand(end) == 0 for end in ends)


def _step_stretch() -> bool:
    t, h = sp.symbols("t h")
    f0, f1, f2, f3 = 0, h, h, h
    p = f1 + t / 2 * (f2 - f0 + t * (2 * f0 - 5 * f1 + 4 * f2 - f3 + t * (3 * (f1 - f2) + f3 - f0)))
    return sp.expand(p - h - h / 2 * t * (1 - t) ** 2) == 0


def _largest_at_a_third() -> bool:
    t = sp.symbols("t")
    extra = t * (1 - t) ** 2 / 2
    return sorted(sp.solve(sp.diff(extra, t), t)) == [sp.Rational(1, 3), 1] and extra.subs(
        t, sp.Rational(1, 3)
    ) == sp.Rational(2, 27)


def _as_the_engine_has_it() -> bool:
    places = (np.linspace(0, 1, 3001) - 1)[:, None]
    return bool(np.isclose(np.max(sample(np.array([0.0, 1, 1, 1]), places, CATMULL_ROM)) - 1, 2 / 27, atol=1e-6))


overshoot = Derive(
    "overshoot",
    "A cubic through a step overshoots by 2/27",
    r"Catmull–Rom interpolation of the samples $0, h, h, h$ rises to $h + \tfrac{2}{27}h$ between the second and the third.",
    (
        Step(
            "The cubic between $f_1$ and $f_2$ has their values and the slopes $(f_2 - f_0)/2$, $(f_3 - f_1)/2$. Four conditions, four coefficients.",
            r"p(t) = f_1 + \tfrac t2\big[f_2 - f_0 + t\,(2f_0 - 5f_1 + 4f_2 - f_3 + t\,(3(f_1 - f_2) + f_3 - f_0))\big]",
            _slope_conditions,
        ),
        Step("Put the samples in.", r"p(t) = h + \tfrac h2\; t\,(1 - t)^2", _step_stretch),
        Step(
            "The second term is positive between the samples. Its derivative vanishes at $t = 1/3$ and $t = 1$.",
            r"\frac{\mathrm{d}}{\mathrm{d}t}\,\tfrac12 t(1-t)^2 = \tfrac12 (1 - t)(1 - 3t) = 0 \;\Rightarrow\; t = \tfrac13,\quad \tfrac12\cdot\tfrac13\cdot\tfrac49 = \tfrac{2}{27}",
            _largest_at_a_third,
        ),
        Step("The engine's kernel does the same.", r"\max_t p(t) = \tfrac{29}{27}\,h", _as_the_engine_has_it),
    ),
)


def _mean_square_weight(dimension: int) -> bool:
    """⟨λ²⟩ over a simplex by its density (d)(1 − λ)^(d − 1), against 2/((d + 1)(d + 2))."""
    weight = sp.symbols("lambda", positive=True)
    mean = sp.integrate(weight**2 * dimension * (1 - weight) ** (dimension - 1), (weight, 0, 1))
    return sp.simplify(mean - sp.Rational(2, (dimension + 1) * (dimension + 2))) == 0


def _noise_in_numbers() -> bool:
    rng = np.random.default_rng(0)
    places = np.concatenate([[[0, 0], [0, 1], [1, 0], [1, 1]], rng.random((400, 2))])
    axis = np.linspace(0.05, 0.95, 40)
    targets = np.stack(np.meshgrid(axis, axis), axis=-1)
    found = scattered(places, rng.normal(size=(len(places), 200)), targets)
    return abs(float(np.var(found)) - 0.5) < 0.03


def _sum_rule() -> bool:
    a, b = sp.symbols("a b", positive=True)
    total = a**2 + b**2 + (1 - a - b) ** 2
    stationary = sp.solve([sp.diff(total, a), sp.diff(total, b)], [a, b])
    return sp.simplify(total.subs(stationary) - sp.Rational(1, 3)) == 0 and total.subs({a: 1, b: 0}) == 1


def _weights_reproduce_planes() -> bool:
    rng = np.random.default_rng(3)
    places = rng.random((50, 2))
    mesh = triangulate(places)
    targets = 0.3 + 0.4 * rng.random((30, 2))
    return bool(np.allclose(scattered(mesh, places @ [2.0, -3.0] + 1, targets), targets @ [2.0, -3.0] + 1))


noise_of_linear = Derive(
    "noise-of-linear",
    "Linear interpolation leaves half of the noise variance in the plane",
    r"With independent noise of variance $\sigma^2$, linear interpolation in triangles leaves $\tfrac12\sigma^2$ on average, and $\tfrac{2}{d+2}\sigma^2$ in $d$ dimensions.",
    (
        Step(
            "The interpolant is a mean with weights that add up to 1 and give back every plane.",
            r"f(x) = \sum_k \lambda_k f_k,\quad \sum_k\lambda_k = 1,\quad \sum_k\lambda_k x_k = x",
            _weights_reproduce_planes,
        ),
        Step(
            "Independent errors add in variance. In a triangle the sum of squares lies between 1/3, in the centre, and 1, at a corner.",
            r"\operatorname{Var} f(x) = \sigma^2 \sum_k \lambda_k^2, \qquad \tfrac13 \le \sum_k\lambda_k^2 \le 1",
            _sum_rule,
        ),
        Step(
            "For a target anywhere in the simplex with equal probability, one weight has the density $d\\,(1-\\lambda)^{d-1}$ (the cut at height $\\lambda$ is a smaller copy of the opposite side).",
            r"\langle\lambda^2\rangle = \int_0^1 \lambda^2\, d\,(1-\lambda)^{d-1}\,\mathrm{d}\lambda = \frac{2}{(d+1)(d+2)}",
            lambda: all(_mean_square_weight(d) for d in (1, 2, 3)),
        ),
        Step(
            "There are $d + 1$ corners. In the plane one half is left, in space two fifths. (The check interpolates pure noise at 400 points, 200 times.)",
            r"\Big\langle\sum_k\lambda_k^2\Big\rangle = (d+1)\,\frac{2}{(d+1)(d+2)} = \frac{2}{d+2}",
            _noise_in_numbers,
        ),
    ),
)

_STARTER = '''import numpy as np
from scipy.spatial import Delaunay


def scattered(points, values, xi):
    """Interpolate linearly, in the Delaunay triangles of scattered points in the plane.

    points: (n, 2). values: (n,), real or complex. xi: (m, 2).
    Returns (m,): the barycentric mean of the corners of the triangle that holds each target, NaN outside the hull.
    """
'''

_SOLUTION = """import numpy as np
from scipy.spatial import Delaunay


def scattered(points, values, xi):
    points, values, xi = np.asarray(points, float), np.asarray(values), np.asarray(xi, float)
    mesh = Delaunay(points)
    index = mesh.find_simplex(xi)
    corners = points[mesh.simplices[index]]
    edges = np.stack([corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]], axis=-1)
    others = np.linalg.solve(edges, (xi - corners[:, 0])[..., None])[..., 0]
    weights = np.concatenate([1 - others.sum(axis=1, keepdims=True), others], axis=1)
    result = np.sum(weights * values[mesh.simplices[index]], axis=1)
    return np.where(index < 0, np.nan, result)
"""


def _scattered_cases(rng: np.random.Generator) -> Iterator[Case]:
    points = rng.random((30, 2))
    inside = 0.5 + 0.3 * (rng.random((20, 2)) - 0.5)
    values = rng.normal(size=30)
    yield Case((points, values, inside), scattered(points, values, inside), 1e-9, "30 points, targets inside")
    plane = points @ [3.0, -2.0] + 0.5
    yield Case((points, plane, inside), inside @ [3.0, -2.0] + 0.5, 1e-9, "a plane comes back exactly")
    phasors = np.exp(2j * np.pi * rng.random(30))
    yield Case((points, phasors, inside), scattered(points, phasors, inside), 1e-9, "complex values")
    far = np.concatenate([inside[:4], [[2.0, 2.0], [-1.0, 0.5]]])
    yield Case((points, values, far), scattered(points, values, far), 1e-9, "some targets outside the hull")
    yield Case(
        (points[:3], values[:3], points[:3].mean(axis=0)[None]),
        np.array([values[:3].mean()]),
        1e-9,
        "one triangle, its centre",
    )


own_scattered = OwnFunction(
    key="scattered",
    title="Your own scattered interpolation",
    statement="Write `scattered(points, values, xi)` for the plane: linear interpolation in the Delaunay triangles, real or complex values, NaN outside the hull. Take `scipy.spatial.Delaunay` for the triangles (and its `find_simplex`, or your own search); "
    "the barycentric weights are yours. Then time it against `scipy.interpolate.griddata` and against `vitreous.interpolation.scattered` for 5,000 points and 100,000 targets, in grid order and shuffled: which stage is your bottleneck?",
    function="scattered",
    starter=_STARTER,
    solution=_SOLUTION,
    cases=_scattered_cases,
    hints=(
        "`Delaunay(points).find_simplex(xi)` gives the triangle of each target, −1 outside.",
        "With corners $A$, $B$, $C$: solve $(B - A)\\,\\lambda_B + (C - A)\\,\\lambda_C = x - A$; then $\\lambda_A = 1 - \\lambda_B - \\lambda_C$.",
        "`np.linalg.solve` takes a stack of small matrices: all targets in one call.",
    ),
    mistakes=(
        Mistake(
            _SOLUTION.replace("return np.where(index < 0, np.nan, result)", "return result"),
            "Targets outside the hull get the value of some triangle, extrapolated: `find_simplex` says −1 there, and −1 as an index is the last triangle. Return NaN.",
        ),
        Mistake(
            _SOLUTION.replace(
                "[1 - others.sum(axis=1, keepdims=True), others]", "[others, 1 - others.sum(axis=1, keepdims=True)]"
            ),
            "The weights stand at the wrong corners: what you solved for belongs to the second and third corner.",
        ),
        Mistake(
            _SOLUTION.replace(
                "np.sum(weights * values[mesh.simplices[index]], axis=1)",
                "np.mean(values[mesh.simplices[index]], axis=1)",
            ),
            "That is the plain mean of the three corners: the surface is constant on each triangle.",
        ),
        Mistake(
            _SOLUTION.replace("np.asarray(values)", "np.asarray(values).real"),
            "Complex values have lost their imaginary part.",
        ),
    ),
)
