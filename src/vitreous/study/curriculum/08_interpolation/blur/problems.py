"""Problems of interpolation, blur stream: by hand, on complex values, and the sizes of griddata in 3D Fourier space."""

import cmath
import math
from itertools import pairwise

import numpy as np

from vitreous.interpolation import CATMULL_ROM, LINEAR, NEAREST, sample
from vitreous.study.problems import Attempt, Choose, Complex, Explain, Mistake, Number, Vector, compute


def _apart(*values: float) -> bool:
    """Whether all differ from each other by more than 0.04."""
    return all(high > 0.04 + low for low, high in pairwise(sorted(values)))


@compute("Nearest, linear and cubic, by hand")
def by_hand(rng: np.random.Generator) -> Attempt:
    """Ask for the three values between two of four samples."""
    while True:
        f = [int(value) for value in rng.integers(-4, 10, size=4)]
        t = int(rng.choice((2, 3, 4, 6, 7, 8))) / 10
        place = np.array([[t - 1]])
        nearest, linear, cubic = (
            float(sample(np.array(f, float), place, kernel)[0]) for kernel in (NEAREST, LINEAR, CATMULL_ROM)
        )
        turned = float(sample(np.array(f, float), np.array([[-t]]), CATMULL_ROM)[0])
        other = (1 - t) * f[2] + t * f[1]
        if _apart(nearest, linear, cubic, turned) and _apart(linear, other) and f[1] != f[2]:
            break
    far = f[1] if t > 0.5 else f[2]
    return Attempt(
        statement=f"Samples at 0, 1, 2, 3 are {f[0]}, {f[1]}, {f[2]}, {f[3]}. Which values have nearest-neighbour, linear and cubic (Catmull–Rom) interpolation at $x = {1 + t:g}$? "
        "Three numbers, separated by commas, to two decimals.",
        answer=Vector((nearest, linear, cubic), absolute=0.01),
        mistakes=(
            Mistake((nearest, other, cubic), "The linear weights are exchanged: the nearer sample counts more."),
            Mistake(
                (nearest, linear, turned),
                "In the cubic you took the fraction from the wrong end: $t$ is the distance from the sample at 1.",
            ),
            Mistake((far, linear, cubic), f"Which sample is nearer to {1 + t:g}, 1 or 2?"),
            Mistake((nearest, linear, linear), "The cubic uses four samples; with two you have linear again."),
        ),
        hints=(
            f"The place lies between the samples at 1 and 2, with $t = {t:g}$.",
            "$p(t) = f_1 + \\frac t2[f_2 - f_0 + t(2f_0 - 5f_1 + 4f_2 - f_3 + t(3(f_1 - f_2) + f_3 - f_0))]$.",
        ),
        worked=f"Nearest: {nearest:g}. Linear: $(1 - {t:g}) \\cdot ({f[1]}) + {t:g} \\cdot ({f[2]}) = {linear:.3f}$. Cubic: the slopes at its ends are $({f[2]} - ({f[0]}))/2 = {(f[2] - f[0]) / 2:g}$ and "
        f"$({f[3]} - ({f[1]}))/2 = {(f[3] - f[1]) / 2:g}$, and $p({t:g}) = {cubic:.4f}$.",
    )


@compute("Bilinear, by hand")
def bilinear(rng: np.random.Generator) -> Attempt:
    """Ask for the bilinear value inside a square of four pixels."""
    while True:
        f = rng.integers(0, 20, size=(2, 2)).astype(float)
        x, y = (int(value) / 10 for value in rng.choice((1, 2, 3, 4, 6, 7, 8, 9), size=2, replace=False))
        value, exchanged = (float(sample(f, np.array([[a - 1, b - 1]]), LINEAR)[0]) for a, b in ((x, y), (y, x)))
        mean = float(f.mean())
        nearest = float(f[round(y), round(x)])
        if _apart(value, exchanged, mean, nearest):
            break
    (a, b), (c, d) = f.astype(int).tolist()
    return Attempt(
        statement=f"Four pixels: {a} at $(x, y) = (0, 0)$, {b} at $(1, 0)$, {c} at $(0, 1)$, {d} at $(1, 1)$. Which value has bilinear interpolation at $({x:g}, {y:g})$?",
        answer=Number(value, relative=0, absolute=0.01),
        mistakes=(
            Mistake(
                exchanged,
                "You exchanged $x$ and $y$. In an array the *last* index runs along $x$, but the point here is given as $(x, y)$.",
            ),
            Mistake(mean, "That is the mean of the four, right only in the middle."),
            Mistake(nearest, "That is the nearest pixel."),
        ),
        hints=(
            f"Along $x$ first, in both rows: $(1-x)\\cdot$left + $x\\cdot$right with $x = {x:g}$.",
            f"The rows give {(1 - x) * a + x * b:g} and {(1 - x) * c + x * d:g}; now along $y$.",
        ),
        worked=f"Rows: {(1 - x) * a + x * b:g} and {(1 - x) * c + x * d:g}; $(1 - {y:g}) \\cdot {(1 - x) * a + x * b:g} + {y:g} \\cdot {(1 - x) * c + x * d:g} = {value:.4f}$.",
    )


@compute("What linear interpolation costs a wave")
def linear_loss(rng: np.random.Generator) -> Attempt:
    """Ask for sinc²(k), the factor of linear interpolation."""
    k = int(rng.choice((*range(15, 31), *range(42, 49)))) / 100
    value = float(np.sinc(k) ** 2)
    return Attempt(
        statement=f"An image is interpolated linearly along one axis, at places of every fraction of a pixel. By which factor is a wave of $k = {k:g}$ cycles/pixel along this axis multiplied on average?",
        answer=Number(value, relative=0.005),
        mistakes=(
            Mistake(
                float(np.sinc(k)),
                "That is the nearest pixel's factor, the transform of a box. A triangle is two boxes convolved.",
            ),
            Mistake((math.sin(k) / k) ** 2, "$\\mathrm{sinc}\\,k = \\sin(\\pi k)/(\\pi k)$: the $\\pi$ is missing."),
            Mistake(1 - k, "That is the triangle itself at distance $k$. You want its *transform*."),
        ),
        hints=(
            "Interpolation is a convolution with the kernel, so multiply by its transform.",
            "The triangle's transform is $\\mathrm{sinc}^2 k$.",
        ),
        worked=f"$(\\sin({math.pi * k:.4f})/{math.pi * k:.4f})^2 = {value:.4f}$.",
    )


@compute("Halfway between two phasors")
def phasor_loss(rng: np.random.Generator) -> Attempt:
    """Ask for the modulus of the interpolated value between two unit phasors."""
    theta, t = 10 * int(rng.integers(4, 17)), int(rng.choice((2, 3, 4, 5))) / 10
    value = abs((1 - t) + t * cmath.exp(1j * math.radians(theta)))
    wrong_sign = math.sqrt((1 - t) ** 2 + t**2 - 2 * t * (1 - t) * math.cos(math.radians(theta)))
    mistakes = [
        Mistake(
            1.0,
            "That is interpolation of amplitude and phase. Real and imaginary part go along the straight line, inside the circle.",
        ),
        Mistake(
            abs((1 - t) + t * cmath.exp(1j * theta)),
            "Your calculator took the angle for radians.",
        ),
        Mistake(
            math.hypot(1 - t, t),
            "The two are not at a right angle: the cosine of the angle between them stands in the square of the sum.",
        ),
        Mistake(wrong_sign, "The sign of the cosine term: a sum of vectors has *plus* $2\\,|a||b|\\cos\\theta$."),
    ]
    kept = [
        m
        for i, m in enumerate(mistakes)
        if abs(m.answer - value) > 0.03 * value and all(abs(m.answer - o.answer) > 0.03 for o in mistakes[:i])
    ]
    return Attempt(
        statement=f"Two neighbouring Fourier pixels have the modulus 1 and phases that differ by {theta}°. Real and imaginary part are interpolated linearly at the fraction ${t:g}$ of the way. "
        "Which modulus has the result?",
        answer=Number(value, relative=0.01),
        mistakes=tuple(kept),
        hints=(
            "Draw both arrows and the straight line between their tips.",
            f"$|(1-t) + t\\,e^{{i\\theta}}|^2 = (1-t)^2 + t^2 + 2t(1-t)\\cos\\theta$ with $t = {t:g}$.",
        ),
        worked=f"$\\sqrt{{{(1 - t) ** 2:.4f} + {t**2:.4f} + {2 * t * (1 - t):.4f} \\cdot ({math.cos(math.radians(theta)):.4f})}} = {value:.4f}$."
        + (f" Halfway it is $\\cos(\\theta/2) = \\cos {theta / 2:g}° = {value:.4f}$." if t == 0.5 else ""),
    )


@compute("Across the seam of the phase")
def across_the_seam(rng: np.random.Generator) -> Attempt:
    """Ask for the midpoint of two unit phasors on both sides of 180°."""
    one, other = 180 - 5 * int(rng.integers(3, 10)), -180 + 5 * int(rng.integers(3, 10))
    a, b = (cmath.exp(1j * math.radians(angle)) for angle in (one, other))
    value = (a + b) / 2
    naive = cmath.exp(1j * math.radians((one + other) / 2))
    return Attempt(
        statement=f"Two Fourier pixels have the modulus 1 and the phases {one}° and {other}°. Interpolate halfway between them, real and imaginary part. Give the complex result to three digits.",
        answer=Complex(value),
        mistakes=(
            Mistake(
                naive,
                "You averaged the phases as numbers. They lie on both sides of 180°: the mean angle points the *wrong way*.",
            ),
            Mistake(
                -naive,
                "The direction is right, but the modulus is that of an arc. The straight line runs inside the circle.",
            ),
            Mistake(a + b, "Divide by two: it is a mean."),
        ),
        hints=(
            "Write both as $\\cos\\varphi + i\\sin\\varphi$.",
            f"Real parts {a.real:.4f} and {b.real:.4f}, imaginary parts {a.imag:.4f} and {b.imag:.4f}.",
        ),
        worked=f"$({a.real:.4f} + ({b.real:.4f}))/2 = {value.real:.4f}$ and $({a.imag:.4f} + ({b.imag:.4f}))/2 = {value.imag:.4f}$: ${value.real:.4f} {value.imag:+.4f}\\,i$, modulus {abs(value):.4f}.",
    )


@compute("How far the phase turns from pixel to pixel")
def phase_step(rng: np.random.Generator) -> Attempt:
    """Ask for the interpolated amplitude halfway, of a point off the origin of a padded box."""
    while True:
        n, padding = int(rng.choice((64, 96, 128, 200, 256))), int(rng.choice((1, 2, 4)))
        shift = int(rng.integers(n // 8, n // 2 - 4))
        value, whole, line = (
            math.cos(math.pi * shift / (padding * n)),
            math.cos(2 * math.pi * shift / (padding * n)),
            1 - shift / (padding * n),
        )
        sine = math.sin(math.pi * shift / (padding * n))
        if 0.2 < value < 0.97 and _apart(value, whole, line, sine):
            break
    mistakes = (
        Mistake(
            whole,
            "That is the cosine of the whole step. Halfway between two arrows it is the cosine of *half* the angle.",
        ),
        Mistake(line, "The loss is a cosine of the angle, not proportional to the distance."),
        Mistake(
            sine,
            "That is half the distance between the two tips. The mean reaches to the middle of that line: the cosine.",
        ),
    )
    return Attempt(
        statement=f"A bright point lies {shift} pixels from the origin of a box of {n} pixels. The box is padded {padding} times"
        + (" (that is, not at all)" if padding == 1 else "")
        + " and transformed, and the transform interpolated linearly halfway between two Fourier pixels along this axis. Which fraction of the true amplitude comes out?",
        answer=Number(value, relative=0.01),
        mistakes=mistakes,
        hints=(
            f"From one Fourier pixel to the next the phase turns by $2\\pi s/(pn)$, here {360 * shift / (padding * n):.2f}°.",
            "The mean of two unit arrows $\\theta$ apart has the length $\\cos(\\theta/2)$.",
        ),
        worked=f"$\\theta = 2\\pi \\cdot {shift}/{padding * n} = {360 * shift / (padding * n):.3f}°$; $\\cos(\\theta/2) = {value:.4f}$.",
    )


@compute("griddata: how many points, values and targets")
def griddata_counts(rng: np.random.Generator) -> Attempt:
    """Ask for the numbers of points and of targets, in millions."""
    images, box = 1000 * int(rng.integers(10, 200)), 32 * int(rng.integers(3, 13))
    points, targets = images * box**2 / 1e6, box**3 / 1e6
    return Attempt(
        statement=f"A reconstruction by `griddata(points, values, xi)` in 3D Fourier space: {images} images, box {box}, the full transform of each image and of the map (no use of symmetry, no padding). "
        "How many *million* rows have `points` and `xi`? Two numbers, separated by a comma, within 0.1.",
        answer=Vector((points, targets), absolute=0.1),
        mistakes=(
            Mistake((3 * points, 3 * targets), "Each row is one place with three coordinates. Count the rows."),
            Mistake(
                (images * box**3 / 1e6, targets),
                "An image has $n^2$ Fourier pixels, all on one plane: it is the map that has $n^3$.",
            ),
            Mistake(
                (targets, points),
                "The other way round: `points` are where values are *known* (the slices), `xi` where they are wanted (the grid).",
            ),
        ),
        hints=(
            "`points`: where a value is known. `xi`: where one is wanted.",
            f"$N n^2$ and $n^3$, with $N = {images}$ and $n = {box}$.",
        ),
        worked=f"points: ${images} \\cdot {box}^2 = {points:.4f}$ million, with as many values; xi: ${box}^3 = {targets:.4f}$ million.",
    )


@compute("griddata: how much memory")
def griddata_memory(rng: np.random.Generator) -> Attempt:
    """Ask for the memory of points and values in GB."""
    images, box = 1000 * int(rng.integers(20, 300)), 32 * int(rng.integers(4, 13))
    count = images * box * (box // 2 + 1)
    memory = count * 40 / 1e9
    return Attempt(
        statement=f"{images} images, box {box}; of each the half transform, $n(n/2 + 1)$ Fourier pixels. `points` holds three float64 for each, `values` one complex128. "
        "How many GB (10⁹ bytes) are the two arrays together?",
        answer=Number(memory, unit="GB", relative=0.01),
        mistakes=(
            Mistake(count * 24 / 1e9, "That is `points` alone. The complex values take 16 bytes each."),
            Mistake(count * 32 / 1e9, "A complex128 is *two* float64: 16 bytes."),
            Mistake(images * box**2 * 40 / 1e9, "That is for the full transforms. The half has $n/2 + 1$ columns."),
            Mistake(count * 20 / 1e9, "A float64 has 8 bytes, not 4."),
        ),
        hints=(
            "Bytes for each Fourier pixel: $3 \\cdot 8 + 16$.",
            f"There are ${images} \\cdot {box} \\cdot {box // 2 + 1} = {count:.4g}$ of them.",
        ),
        worked=f"{count:.5g} · 40 bytes = {memory:.3f} GB, before a single tetrahedron. The triangulation would take some five times as much again.",
    )


@compute("Which argument is which")
def which_argument(rng: np.random.Generator) -> Attempt:
    """Ask what one of the three arguments of griddata is in a reconstruction."""
    which = int(rng.integers(0, 3))
    name = ("points", "values", "xi")[which]
    options = (
        "the places $R^T(k_x, k_y, 0)$ of all Fourier pixels of all images",
        "the complex Fourier coefficients of the images, CTF corrected",
        "the regular grid of the map's 3D transform",
        "the pixels of the projections in real space",
    )
    order = [int(i) for i in rng.permutation(4)]
    hints = (
        "Those are the `points`: places where something is known.",
        "Those are the `values`, one for each point.",
        "That is `xi`: the places where values are wanted.",
        "The images' pixels are in the projection plane; the central-slice theorem needs their transforms.",
    )
    return Attempt(
        statement=f"`scipy.interpolate.griddata(points, values, xi)` is used to reconstruct a map by direct Fourier inversion. What is `{name}`?",
        answer=Choose(tuple(options[i] for i in order), order.index(which)),
        mistakes=tuple(Mistake(place, hints[i]) for place, i in enumerate(order) if i != which),
        hints=(
            "Where is something known, what is known there, and where is it wanted?",
            "The grid is what the inverse FFT needs.",
        ),
        worked=f"`points` are the places of the Fourier pixels of the slices, `values` their coefficients, `xi` the grid. So `{name}` is: {options[which]}.",
    )


griddata_in_fourier_space = Explain(
    "griddata-in-fourier-space",
    "points, values and xi in 3D Fourier space",
    "Someone proposes to reconstruct a map from particle images with `scipy.interpolate.griddata` in 3D Fourier space. What are `points`, `values` and `xi`, how big are they for a usual data set, and why does no package do it?",
    "By the central-slice theorem the transform of an image with the rotation $R$ gives the map's transform on a plane through the origin. `points` are the places $R^T(k_x, k_y, 0)$ of every Fourier pixel of every image, shape $(N n(n/2+1), 3)$ if the half transform is used; `values` "
    "the complex coefficients there, shifted to the particle's centre by a phase ramp and freed of the CTF's sign at least; `xi` the $n^3$ (or $n^2(n/2+1)$) regular grid that the inverse FFT needs. For 100,000 images of 256 pixels that is 3.3 billion points: 80 GB of coordinates, 50 GB of values, and a Delaunay triangulation of some "
    "7 tetrahedra per point, hundreds of GB; against 17 million voxels of output. And it would be the wrong estimate: interpolation passes *through* the points, so near the origin, where thousands of slices share a voxel, it would take three or four noisy values and ignore the rest, instead of averaging all of them with their CTF weights; all slices share the origin, so points repeat; "
    "far out, where slices are sparse, it bridges gaps silently, and outside the hull gives NaN. Packages *grid*: each coefficient is added, weighted by kernel and CTF, onto the few voxels around it, the weights are summed too, and one divides at the end. Memory is the map's, images stream by, noise is averaged.",
    (
        "`points` are 3D places of slice pixels, `values` their complex coefficients, `xi` the regular grid",
        "counts with $N n^2$ (or half) and $n^3$, and a memory in the range of 100 GB and more",
        "the triangulation is larger than the data",
        "interpolation through noisy points does not average; gridding does",
        "repeated points at the origin, gaps far out, NaN outside the hull",
        "gridding: sums and weights on the grid, then a division",
    ),
)

complex_trouble = Explain(
    "complex-trouble",
    "Does complex data cause trouble?",
    "Fourier coefficients are complex. Does `griddata`, or any kernel, get into trouble with them? Compare interpolating real and imaginary part with interpolating amplitude and phase.",
    "Linear methods are safe: a weighted sum of complex numbers with real weights is the same as interpolating real and imaginary part apart, and programs do exactly that. It is linear, has an adjoint, and its error is predictable: halfway between unit phasors $\\theta$ apart the modulus is $\\cos(\\theta/2)$, because the straight line cuts inside the circle. "
    "In real space this is a smooth fall-off towards the edge of the box, $\\mathrm{sinc}^2(x/pn)$ for the linear kernel, which can be divided out, and which padding makes small. Amplitude and phase look attractive, as the amplitude is then kept, but the phase is defined only modulo 360°: between 170° and −170° the mean of the numbers is 0°, the opposite of what it should be; at zeros of the "
    "amplitude the phase has no value; and the result is not linear in the data, so sums of particles and interpolation no longer commute. What really matters is that the phase turns *slowly* from pixel to pixel: the origin in the middle of the box (not in the corner, where neighbours are opposite), the particle centred, the box padded.",
    (
        "real weights act on real and imaginary part alike: no trouble in principle",
        "modulus falls as $\\cos(\\theta/2)$ halfway, or the straight line lies inside the circle",
        "amplitude and phase: the seam at ±180°, no linearity",
        "the loss is a known factor in real space and can be corrected",
        "centring and padding keep the phase difference of neighbours small",
    ),
)

where_packages_interpolate = Explain(
    "where-packages-interpolate",
    "Where real packages interpolate",
    "Where do cryo-EM packages interpolate in a reconstruction? In which dimension, and with which kernel? Take one package, and this project's own lines, as examples.",
    "Twice, in opposite directions. In the *forward model*, to compare a map with an image, a central slice of the map's 3D transform is needed at the rotated places of the image's 2D frequency grid: values on a regular 3D grid, wanted at places between them. RELION takes trilinear interpolation (nearest as an option) in the transform of the map padded "
    "by a factor of 2; before the transform, the map is divided by the kernel's transform, a product of $\\mathrm{sinc}^2$ over the axes. *Before the inverse transform*, in the reconstruction, each image's coefficients are spread onto the 3D grid with the same kernel (the adjoint), with CTF and noise weights; sums are divided by the summed weights, "
    'the inverse FFT is taken and the kernel\'s fall-off divided out in real space. In this project the first is `projection.slice_transform`: it multiplies the 2D frequencies by the first two rows of $R$, calls `interpolation.sample` with any `Kernel` (linear, Catmull–Rom, Kaiser–Bessel), edge "wrap"; the second is its adjoint by `interpolation.spread`. Some avoid it: ASPIRE uses non-uniform FFTs of a chosen accuracy (whose own gridding is inside the library), '
    "cryoDRGN evaluates a network at the slice's places. Further interpolations hide elsewhere: rotating 2D images in classification, resampling movies under distortion models, correcting anisotropic magnification.",
    (
        "forward model: slices of a 3D transform, values wanted off the grid",
        "reconstruction: gridding, the adjoint, before the inverse transform",
        "3D, trilinear with padding 2 in the common case; the correction by the kernel's transform",
        "this project's lines are named: `slice_transform`, `sample`, `spread`",
        "at least one package that does it in another way",
    ),
)
