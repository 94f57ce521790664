"""Problems of coordinate systems and rotations, sharpen stream."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy as sp

from vitreous.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    geodesic_angle_deg,
    quaternion_angle_deg,
    quaternion_conjugate,
    quaternion_multiply,
    quaternion_to_matrix,
    quaternion_to_rotation_vector,
    random_quaternions,
    rotate,
    rotate_by_quaternion,
)
from vitreous.study.problems import (
    Attempt,
    Case,
    Complex,
    Derive,
    Explain,
    Mistake,
    Number,
    OwnFunction,
    Quaternion,
    Step,
    Vector,
    compute,
)

_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
_LEANING = (20, 25, 35, 40, 50, 55, 65, 70, 110, 115, 125, 130, 140, 145, 155, 160)


def _list(values: Any) -> list[float]:
    return [float(value) for value in values]


def _short(value: float, digits: int) -> str:
    rounded = round(float(value), digits) + 0.0
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.{digits}f}"


def _tex(matrix: Any, digits: int = 3) -> str:
    """A matrix in LaTeX; entries that are whole numbers without their zeros."""
    rows = [" & ".join(_short(entry, digits) for entry in row) for row in matrix]
    return r"\begin{pmatrix*}[r]" + r" \\ ".join(rows) + r"\end{pmatrix*}"


def _words(values: Any, digits: int = 3) -> str:
    return ", ".join(_short(value, digits) for value in values)


def _either(rng: np.random.Generator, choices: Sequence[int]) -> int:
    """One of the angles, of either sign."""
    return int(rng.choice(choices)) * int(rng.choice([-1, 1]))


def _axis(rng: np.random.Generator) -> Any:
    """A unit vector of thirds or sevenths, all components different in size or sign from zero."""
    whole = np.array([(1, 2, 2), (2, 3, 6), (2, 1, 2), (6, 2, 3)][int(rng.integers(4))], float)
    signed = rng.permutation(whole) * rng.choice([-1, 1], 3)
    return signed / np.linalg.norm(signed)


@compute("The quaternion of a quarter turn, seen from a side")
def quarter_turn(rng: np.random.Generator) -> Attempt:
    """Ask for the quaternion of a turn whose sense is given by the viewer's side."""
    name = str(rng.choice(list(_AXES)))
    clockwise, from_tip = bool(rng.integers(2)), bool(rng.integers(2))
    angle = -90 if clockwise == from_tip else 90
    right = axis_angle_to_quaternion(_AXES[name], float(angle))
    side = f"from $+{name}$, looking back at the origin" if from_tip else f"from $-{name}$, looking back at the origin"
    whole = np.array([np.cos(np.radians(angle)), *(np.sin(np.radians(angle)) * np.array(_AXES[name]))])
    return Attempt(
        statement=f"A body is turned by 90° {'clockwise' if clockwise else 'counter-clockwise'} about the ${name}$ axis, as seen {side}. "
        "Give a unit quaternion $w, x, y, z$ of this rotation, to three decimals.",
        answer=Quaternion(_list(right), absolute=0.004),
        mistakes=(
            Mistake(
                _list(quaternion_conjugate(right)),
                "The turn goes the other way. Point the thumb of the right hand along the axis: the fingers show the positive sense, "
                "which is counter-clockwise for somebody whom the axis points at.",
            ),
            Mistake(_list(whole), "A quaternion holds half the angle: q = (cos θ/2, u sin θ/2)."),
        ),
        hints=(
            f"With the right-hand rule, is the angle about $+{name}$ positive or negative?",
            "$q = (\\cos\\frac{\\theta}{2}, \\mathbf u\\sin\\frac{\\theta}{2})$; its negative is the same rotation.",
        ),
        worked=f"By the right-hand rule the angle about $+{name}$ is ${angle}°$, half of it ${angle / 2:g}°$: "
        f"$q = \\pm({_words(right, 4)})$.",
    )


@compute("q p q⁻¹ by hand")
def sandwich(rng: np.random.Generator) -> Attempt:
    """Ask for a vector turned by half, thirds or quarters of a turn about an axis of the table."""
    name = str(rng.choice(list(_AXES)))
    others = [axis for axis in _AXES if axis != name]
    vector = np.array(_AXES[str(rng.choice(others))]) * int(rng.choice([-1, 1])) + 2 * np.array(_AXES[name])
    angle = int(rng.choice([40, 60, 90])) * int(rng.choice([-1, 1]))
    q = axis_angle_to_quaternion(_AXES[name], float(angle))
    first = quaternion_multiply(q, [0.0, *_list(vector)])
    right = rotate_by_quaternion(q, vector)
    return Attempt(
        statement=f"Turn $p = ({_words(vector)})$ by ${angle}°$ about $+{name}$ with $q\\,p\\,q^{{-1}}$, by the multiplication table "
        "($i^2 = j^2 = k^2 = -1$, $ij = k$, $jk = i$, $ki = j$). Give the vector, to three decimals.",
        answer=Vector(_list(right), absolute=0.006),
        mistakes=(
            Mistake(
                _list(rotate_by_quaternion(quaternion_conjugate(q), vector)),
                "That is q⁻¹ p q: the turn goes the other way.",
            ),
            Mistake(
                _list(first[1:]),
                "You have stopped after the first product, q p. It still has a scalar part; multiply by q⁻¹ from the right.",
            ),
            Mistake(
                _list(rotate_by_quaternion(axis_angle_to_quaternion(_AXES[name], 2.0 * angle), vector)),
                "q was made with the whole angle, and the sandwich then turns by twice of it.",
            ),
        ),
        hints=(
            f"$\\theta/2 = {angle / 2:g}°$, and $q^{{-1}}$ is $q$ with the sign of its vector part changed.",
            f"The first product is $q\\,p = ({_words(first)})$ in $1, i, j, k$.",
        ),
        worked=f"$q = ({_words(q, 4)})$, $q\\,p = ({_words(first, 4)})$, and times $q^{{-1}}$ from the right: "
        f"$(0, {_words(right, 4)})$. The scalar part is gone, and the part along ${name}$ is what it was.",
    )


@compute("The product of two quaternions")
def quaternion_product(rng: np.random.Generator) -> Attempt:
    """Ask for the product of two quaternions with small whole components."""
    one, two = np.eye(4)[:2]
    # where dot or cross product vanish, forgetting them is no mistake
    while one[1:] @ two[1:] == 0 or not np.cross(one[1:], two[1:]).any():
        one, two = rng.choice([-2.0, -1.0, 1.0, 2.0, 3.0], (2, 4))
    right = quaternion_multiply(one, two)
    dot = float(one[1:] @ two[1:])
    plus = right + np.array([2 * dot, 0, 0, 0])
    plain = right - np.array([0.0, *np.cross(one[1:], two[1:])])
    return Attempt(
        statement=f"Multiply, in this order: $({_words(one)})\\,({_words(two)})$ with components $w, x, y, z$ and Hamilton's rules ($ij = k$). The "
        "quaternions are not normalised; give the four whole numbers.",
        answer=Vector(_list(right), absolute=0.01),
        mistakes=(
            Mistake(
                _list(quaternion_multiply(two, one)),
                "That is the product in the other order, or with ij = −k: the cross product has the wrong sign.",
            ),
            Mistake(_list(plus), "The dot product of the vector parts is subtracted: i² = −1."),
            Mistake(_list(plain), "The cross product of the vector parts is missing: ij is not 0."),
        ),
        hints=(
            "$(p_0, \\mathbf p)(q_0, \\mathbf q) = (p_0q_0 - \\mathbf p\\cdot\\mathbf q,\\ p_0\\mathbf q + q_0\\mathbf p + \\mathbf p\\times\\mathbf q)$",
            f"$\\mathbf p\\cdot\\mathbf q = {_short(dot, 0)}$ and $\\mathbf p\\times\\mathbf q = ({_words(np.cross(one[1:], two[1:]))})$.",
        ),
        worked=f"Scalar: ${_short(one[0] * two[0], 0)} - ({_short(dot, 0)})$. With the vector part: $({_words(right)})$. "
        "Check: the length of a product is the product of the lengths.",
    )


@compute("Two quarter turns are one turn")
def product_of_quarter_turns(rng: np.random.Generator) -> Attempt:
    """Ask for axis times angle of the product of two right-angle turns."""
    first, second = (str(axis) for axis in rng.permutation(list(_AXES))[:2])
    a, b = (90 * int(rng.choice([-1, 1])) for _ in range(2))
    one, two = axis_angle_to_quaternion(_AXES[first], float(a)), axis_angle_to_quaternion(_AXES[second], float(b))
    product = quaternion_multiply(two, one)
    right = np.degrees(quaternion_to_rotation_vector(product))
    other = np.degrees(quaternion_to_rotation_vector(quaternion_multiply(one, two)))
    return Attempt(
        statement=f"First ${a}°$ about the fixed axis ${first}$, then ${b}°$ about the fixed axis ${second}$. This is one turn by an angle "
        "between 0° and 180° about one axis: give unit axis × angle, three components in degrees, to one decimal.",
        answer=Vector(_list(right), unit="°", absolute=0.5),
        mistakes=(
            Mistake(
                _list(other), "That is the other order: the turn that comes first stands on the right of the product."
            ),
            Mistake(
                _list(90.0 * (np.sign(a) * np.array(_AXES[first]) + np.sign(b) * np.array(_AXES[second]))),
                "Rotation vectors do not add: that holds for small angles, and for turns about one axis.",
            ),
            Mistake(
                _list(right * 60.0 / 120.0),
                "The scalar part of the product is cos θ/2 = 1/2. That is half the angle.",
            ),
        ),
        hints=(
            "Each quarter turn is $\\frac{1}{\\sqrt 2}(1 \\pm \\text{its unit})$. Multiply the two.",
            "The product is $\\frac12(1, \\pm1, \\pm1, \\pm1)$: read half the angle off the scalar part.",
        ),
        worked=f"$q = q_{second}\\,q_{first} = ({_words(product)})$: $\\cos\\frac{{\\theta}}{{2}} = \\frac12$, so $\\theta = 120°$, about "
        f"the diagonal $({_words(np.sign(np.round(right, 6)))})/\\sqrt3$: ({_words(right, 2)}) in degrees.",
    )


@compute("Axis and angle of a matrix")
def axis_and_angle(rng: np.random.Generator) -> Attempt:
    """Ask for axis times angle, from the trace and the antisymmetric part."""
    axis, angle = _axis(rng), int(rng.choice(_LEANING))
    matrix = axis_angle_to_matrix(axis, float(angle))
    right = axis * angle
    skew = np.array([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
    return Attempt(
        statement=f"Which turn is this?\n\n$${_tex(matrix, 4)}$$\n\nGive unit axis × angle (0° to 180°), three components in degrees, to one decimal.",
        answer=Vector(_list(right), unit="°", absolute=0.5),
        mistakes=(
            Mistake(_list(-right), "The axis points the other way: the first component of R − Rᵀ is R₃₂ − R₂₃."),
            Mistake(
                _list(skew / 2 * angle),
                "The antisymmetric part holds u sin θ: divide by its length to have a unit axis.",
            ),
            Mistake(
                _list(axis * float(np.degrees(np.arccos(np.trace(matrix) / 3)))),
                "tr R is 1 + 2 cos θ, not 3 cos θ: along the axis nothing turns.",
            ),
            Mistake(_list(np.radians(right)), "Right, but in radians. Degrees are asked for."),
        ),
        hints=(
            f"The trace is {np.trace(matrix):.4f}, and $\\operatorname{{tr}} R = 1 + 2\\cos\\theta$.",
            "$(R_{32} - R_{23},\\ R_{13} - R_{31},\\ R_{21} - R_{12}) = 2\\sin\\theta\\,\\mathbf u$.",
        ),
        worked=f"$\\cos\\theta = ({np.trace(matrix):.4f} - 1)/2$, so $\\theta = {angle}°$; $2\\sin\\theta\\,\\mathbf u = ({_words(skew, 4)})$, so "
        f"$\\mathbf u = ({_words(axis, 4)})$, and axis × angle is ({_words(right, 2)}) in degrees.",
    )


@compute("An eigenvalue of a rotation")
def eigenvalue(rng: np.random.Generator) -> Attempt:
    """Ask for the complex eigenvalue of a rotation matrix with a positive imaginary part."""
    axis, angle = _axis(rng), int(rng.choice(_LEANING))
    matrix = axis_angle_to_matrix(axis, float(angle))
    right = complex(np.cos(np.radians(angle)), np.sin(np.radians(angle)))
    trace = float(np.trace(matrix))
    return Attempt(
        statement=f"One eigenvalue of this rotation is 1.\n\n$${_tex(matrix, 4)}$$\n\nThe other two are complex. Give the one with a positive imaginary part.",
        answer=Complex(right, relative=0.005),
        mistakes=(
            Mistake(right.conjugate(), "That is its partner; the one with a positive imaginary part is asked for."),
            Mistake(
                complex(trace / 2, np.sqrt(max(1 - trace**2 / 4, 0.0))) if abs(trace) < 2 else complex(trace / 2, 0.0),
                "The three eigenvalues sum to the trace: take the eigenvalue 1 off before you halve it.",
            ),
            Mistake(
                complex(np.cos(np.radians(angle / 2)), np.sin(np.radians(angle / 2))),
                "That is half the angle. It belongs to the quaternion, not to the matrix.",
            ),
        ),
        hints=(
            f"The trace, {trace:.4f}, is the sum of the eigenvalues: $1 + \\lambda + \\bar\\lambda$.",
            "And $|\\lambda| = 1$, because a rotation keeps lengths.",
        ),
        worked=f"$2\\operatorname{{Re}}\\lambda = {trace:.4f} - 1$ and $|\\lambda| = 1$: $\\lambda = e^{{i\\theta}}$ with $\\theta = {angle}°$, "
        f"${right.real:.5f} + {right.imag:.5f}\\,i$.",
    )


@compute("An eigenvector of a turn about an axis")
def eigenvector(rng: np.random.Generator) -> Attempt:
    """Ask for the missing component of the eigenvector of e^{iθ}."""
    name, angle = str(rng.choice(list(_AXES))), _either(rng, _LEANING)
    start = complex(*(int(part) for part in rng.integers(1, 5, 2)))
    shown, factor = {
        "x": (f"(0,\\ {start.real:g} + {start.imag:g}i,\\ a)", -1j),
        "y": (f"({start.real:g} + {start.imag:g}i,\\ 0,\\ a)", 1j),
        "z": (f"({start.real:g} + {start.imag:g}i,\\ a,\\ 0)", -1j),
    }[name]
    right = factor * start
    return Attempt(
        statement=f"$R$ turns by ${angle}°$ about the ${name}$ axis. The complex vector ${shown}$ is an eigenvector of $R$ with the eigenvalue "
        f"$e^{{i\\theta}}$, $\\theta = {angle}°$. What is $a$?",
        answer=Complex(right, relative=0.005),
        mistakes=(
            Mistake(-right, "That vector belongs to the other eigenvalue, the conjugate one."),
            Mistake(
                start,
                "A vector with two equal components is turned like any other in the plane; it cannot be an eigenvector.",
            ),
            Mistake(
                -start,
                "With real factors between the components it stays a vector of the plane, and that is turned away from itself.",
            ),
        ),
        hints=(
            "Write down one row of $R\\mathbf v = e^{i\\theta}\\mathbf v$, with $e^{i\\theta} = \\cos\\theta + i\\sin\\theta$.",
            "The cosines drop out, then the sines: $a$ does not depend on the angle.",
        ),
        worked=f"In the plane across ${name}$ the row gives $\\mp a\\sin\\theta = i\\sin\\theta\\cdot$(the other component), so $a$ is "
        f"{'i' if factor == 1j else '−i'} times it: $a = {right.real:g} {right.imag:+g}i$. All turns about one axis share their eigenvectors.",
    )


@compute("A turn of the plane is a multiplication")
def plane_rotation(rng: np.random.Generator) -> Attempt:
    """Ask for a point of the plane turned about another point, by complex numbers."""
    point = complex(int(rng.integers(-9, 10)), int(rng.integers(1, 10)))
    centre = complex(int(rng.integers(1, 6)), -int(rng.integers(1, 6)))
    angle = _either(rng, _LEANING)
    phase = complex(np.exp(1j * np.radians(angle)))
    right = centre + phase * (point - centre)
    return Attempt(
        statement=f"Pixels of an image are complex numbers $x + iy$. Turn the point ${point.real:g} {point.imag:+g}i$ by ${angle}°$ "
        f"(counter-clockwise positive) about the point ${centre.real:g} {centre.imag:+g}i$. Where does it land?",
        answer=Complex(right, relative=0.003, absolute=0.02),
        mistakes=(
            Mistake(
                phase * point, "That is a turn about the origin: take the centre off first, and put it back afterwards."
            ),
            Mistake(phase * (point - centre), "The centre was taken off, and not put back."),
            Mistake(centre + phase.conjugate() * (point - centre), "The turn goes the other way."),
            Mistake(
                centre + complex(np.exp(1j * angle)) * (point - centre),
                "The angle went into the exponential as radians.",
            ),
        ),
        hints=(
            "Move the centre to the origin, multiply by $e^{i\\theta}$, move back.",
            f"$e^{{i\\theta}} = {phase.real:.4f} {phase.imag:+.4f}i$.",
        ),
        worked=f"$c + e^{{i\\theta}}(p - c)$ with $p - c = {(point - centre).real:g} {(point - centre).imag:+g}i$: "
        f"${right.real:.4f} {right.imag:+.4f}i$.",
    )


@compute("A turn about a line that misses the origin")
def turn_about_a_line(rng: np.random.Generator) -> Attempt:
    """Ask where a point lands when it is turned about a line parallel to an axis."""
    name = str(rng.choice(list(_AXES)))
    angle = int(rng.choice([90, -90, 60, -60, 120, -120]))
    along = np.array(_AXES[name])
    through = np.array([int(v) for v in rng.choice([-3, -2, 2, 3, 4], 3)], float) * (1 - along)
    point = np.array([int(v) for v in rng.choice([-6, -5, 5, 6, 7], 3)], float)
    matrix = axis_angle_to_matrix(along, float(angle))
    right = through + rotate(matrix, point - through)
    return Attempt(
        statement=f"A molecule has a symmetry axis parallel to ${name}$ through the point $({_words(through)})$, in Å. Where does an atom at "
        f"$({_words(point)})$ land when the molecule is turned by ${angle}°$ about it? Give $x, y, z$ in Å, to two decimals.",
        answer=Vector(_list(right), unit="Å", absolute=0.03),
        mistakes=(
            Mistake(_list(rotate(matrix, point)), "That is a turn about the line through the origin."),
            Mistake(_list(rotate(matrix, point - through)), "The line was moved to the origin, and not moved back."),
            Mistake(_list(through + rotate(matrix.T, point - through)), "The turn goes the other way."),
        ),
        hints=(
            "Move the line to the origin, turn, move back: $\\mathbf x' = \\mathbf c + R(\\mathbf x - \\mathbf c)$.",
            f"$\\mathbf x - \\mathbf c = ({_words(point - through)})$.",
        ),
        worked=f"$\\mathbf c + R(\\mathbf x - \\mathbf c) = ({_words(right, 4)})$ Å. It is the turn about the origin and then a shift by "
        f"$(1 - R)\\mathbf c = ({_words(through - rotate(matrix, through), 4)})$.",
    )


@compute("The angle between two poses")
def angle_between(rng: np.random.Generator) -> Attempt:
    """Ask for the angle between the rotations of two quaternions with a negative product."""
    axes = [_axis(rng), np.array(_AXES[str(rng.choice(list(_AXES)))])]
    angles = [int(rng.choice((40, 50, 65, 70, 110, 125))), int(rng.choice((50, 80, 110, 140)))]
    one, two = (axis_angle_to_quaternion(axis, float(angle)) for axis, angle in zip(axes, angles, strict=True))
    two = -two if one @ two > 0 else two
    right = float(quaternion_angle_deg(one, two))
    inner = float(one @ two)
    return Attempt(
        statement=f"Two programs give the same particle the poses $q_1 = ({_words(one, 4)})$ and $q_2 = ({_words(two, 4)})$. By which angle, in degrees "
        "(0 to 180), do they differ?",
        answer=Number(right, unit="°", relative=0.005, absolute=0.2),
        mistakes=(
            Mistake(
                float(2 * np.degrees(np.arccos(np.clip(inner, -1, 1)))),
                "Larger than 180°: the two quaternions are near each other's negative. Take the absolute value of the inner product first.",
            ),
            Mistake(right / 2, "That is the angle between the quaternions. The rotations differ by twice of it."),
            Mistake(
                float(np.degrees(2 * np.arcsin(min(np.linalg.norm(one - two) / 2, 1.0)))),
                "That is the angle between the quaternions as they are written, sign and all: q and −q are one rotation.",
            ),
        ),
        hints=(
            f"$\\langle q_1, q_2\\rangle = {inner:.4f}$. What does its sign mean?",
            "$\\theta = 2\\arccos|\\langle q_1, q_2\\rangle|$.",
        ),
        worked=f"$\\theta = 2\\arccos|{inner:.4f}| = {right:.2f}°$.",
    )


@compute("How many rotations in a grid")
def grid_size(rng: np.random.Generator) -> Attempt:
    """Ask for the number of rotations of an even grid with HEALPix views."""
    side = int(rng.integers(1, 7))
    views = 12 * side**2
    turns = int(rng.choice([8, 12, 18, 24, 36, 48]))
    spacing = float(np.degrees(np.sqrt(4 * np.pi / views)))
    return Attempt(
        statement=f"A grid over all rotations takes the views of HEALPix with $m = {side}$ (12 $m^2$ pixels of equal area) and {turns} even turns in the "
        "plane. Halve the steps in both. How many rotations does the finer grid have?",
        answer=Number(float(8 * views * turns), relative=1e-6),
        mistakes=(
            Mistake(float(views * turns), "That is the grid before the steps are halved."),
            Mistake(
                float(2 * views * turns),
                "Rotations have three dimensions: half the step doubles the number in each of them.",
            ),
            Mistake(
                float(4 * views * turns),
                "The views alone are four times as many; the turns in the plane are twice as many, too.",
            ),
        ),
        hints=(
            f"First the coarse one: {views} views, each with {turns} turns; pixels of {spacing:.1f}° a side.",
            "Half the side of a pixel: four times as many views.",
        ),
        worked=f"$12\\,m^2 = {views}$ views × {turns} turns; half the step is $2^3 = 8$ times as many: {8 * views * turns}.",
    )


@compute("The mean of in-plane angles")
def mean_of_angles(rng: np.random.Generator) -> Attempt:
    """Ask for the mean rotation of four turns about z on both sides of 180°."""
    # three on one side and one on the other: the plain mean is then a quarter turn off, and no half turn
    spread = np.array([*rng.permutation([-34, -20, -14, -8])[:3], int(rng.choice([22, 30, 36]))])
    spread = (spread - int(rng.integers(7))) * int(rng.choice([-1, 1]))
    angles = [int((180 + step + 180) % 360 - 180) for step in spread]
    phases = np.exp(1j * np.radians(angles))
    right = float(np.degrees(np.angle(phases.mean())))
    return Attempt(
        statement=f"Four particles of one view have psi = {', '.join(str(angle) for angle in angles)} (degrees). Their mean rotation is a turn about the same "
        "axis: by which angle? It minimises the sum of squared chords; give it between −180° and 180°, to one decimal.",
        answer=Number(right, unit="°", relative=0.0, absolute=0.3),
        mistakes=(
            Mistake(
                float(np.mean(angles)),
                "That is the mean of the numbers. Draw the four directions on a circle: does it lie among them?",
            ),
            Mistake(
                float(np.degrees(np.angle(-phases.mean()))),
                "That is the opposite direction: an arc tangent of a quotient cannot tell the two apart. Use atan2.",
            ),
            Mistake(-right, "The wrong sign: sine over cosine, in this order."),
        ),
        hints=(
            "Add the four unit vectors $(\\cos\\psi, \\sin\\psi)$ and take the direction of the sum.",
            f"The sums are {phases.real.sum():.4f} (cosines) and {phases.imag.sum():.4f} (sines).",
        ),
        worked=f"$\\operatorname{{atan2}}({phases.imag.sum():.4f}, {phases.real.sum():.4f}) = {right:.2f}°$; the plain mean of the numbers is "
        f"{np.mean(angles):.2f}°.",
    )


_w, _x, _y, _z, _t = sp.symbols("w x y z theta", real=True)
_v = sp.Matrix(sp.symbols("v_1 v_2 v_3", real=True))
_u = sp.Matrix(sp.symbols("u_1 u_2 u_3", real=True))


def _times(one: Sequence[Any], two: Sequence[Any]) -> list[Any]:
    """Hamilton's product of two quaternions as lists (scalar, vector)."""
    (a, p), (b, q) = one, two
    return [a * b - p.dot(q), a * q + b * p + p.cross(q)]


def _nil(expression: Any) -> bool:
    return bool(sp.simplify(expression) == (sp.zeros(*expression.shape) if hasattr(expression, "shape") else 0))


def _unit_axis(expression: Any) -> Any:
    """Expand and use u·u = 1."""
    return sp.expand(expression).subs(_u[2] ** 2, 1 - _u[0] ** 2 - _u[1] ** 2)


_p = sp.Matrix([_x, _y, _z])
_half = [sp.cos(_t / 2), sp.sin(_t / 2) * _u]
_sandwiched = _times(_times([_w, _p], [sp.S(0), _v]), [_w, -_p])
_general = (_w**2 - _p.dot(_p)) * _v + 2 * _p.dot(_v) * _p + 2 * _w * _p.cross(_v)
_rodrigues = _v * sp.cos(_t) + _u.cross(_v) * sp.sin(_t) + _u * _u.dot(_v) * (1 - sp.cos(_t))


def _half_angles() -> bool:
    return _nil(sp.cos(_t / 2) ** 2 - sp.sin(_t / 2) ** 2 - sp.cos(_t)) and _nil(
        2 * sp.sin(_t / 2) * sp.cos(_t / 2) - sp.sin(_t)
    )


def _lands_on_rodrigues() -> bool:
    put_in = dict(zip((_w, _x, _y, _z), (sp.cos(_t / 2), *(sp.sin(_t / 2) * _u)), strict=True))
    rest = (_general.subs(put_in) - _rodrigues).applyfunc(lambda entry: _unit_axis(sp.expand_trig(entry)))
    return _nil(rest.applyfunc(lambda entry: sp.simplify(_unit_axis(entry))))


rodrigues = Derive(
    "rodrigues",
    "Rodrigues' formula from q p q⁻¹",
    "For the unit quaternion $q = (\\cos\\frac\\theta2, \\mathbf u\\sin\\frac\\theta2)$, $q\\,(0, \\mathbf v)\\,q^{-1}$ is "
    "$\\mathbf v\\cos\\theta + \\mathbf u\\times\\mathbf v\\,\\sin\\theta + \\mathbf u(\\mathbf u\\cdot\\mathbf v)(1 - \\cos\\theta)$.",
    (
        Step(
            "Write $q = (w, \\mathbf p)$; for unit length the inverse is the conjugate. The first product.",
            r"(w, \mathbf p)(0, \mathbf v) = (-\mathbf p\cdot\mathbf v,\ w\mathbf v + \mathbf p\times\mathbf v)",
            lambda: (
                _nil(_times([_w, _p], [sp.S(0), _v])[0] + _p.dot(_v))
                and _nil(_times([_w, _p], [sp.S(0), _v])[1] - (_w * _v + _p.cross(_v)))
            ),
        ),
        Step(
            "Multiply by $(w, -\\mathbf p)$ from the right. The scalar part vanishes: the result is a vector again.",
            r"-w\,\mathbf p\cdot\mathbf v + (w\mathbf v + \mathbf p\times\mathbf v)\cdot\mathbf p = 0",
            lambda: _nil(_sandwiched[0]),
        ),
        Step(
            "Collect the vector part, with $\\mathbf p\\times(\\mathbf p\\times\\mathbf v) = \\mathbf p(\\mathbf p\\cdot\\mathbf v) - \\mathbf v(\\mathbf p\\cdot\\mathbf p)$.",
            r"\mathbf v' = (w^2 - \mathbf p\cdot\mathbf p)\,\mathbf v + 2\,\mathbf p(\mathbf p\cdot\mathbf v) + 2w\,\mathbf p\times\mathbf v",
            lambda: _nil(_sandwiched[1] - _general),
        ),
        Step(
            "Put in $w = \\cos\\frac\\theta2$ and $\\mathbf p = \\mathbf u\\sin\\frac\\theta2$: products of half angles make whole ones.",
            r"\cos^2\tfrac\theta2 - \sin^2\tfrac\theta2 = \cos\theta,\qquad 2\sin\tfrac\theta2\cos\tfrac\theta2 = \sin\theta",
            _half_angles,
        ),
        Step(
            "What is left is Rodrigues' formula; $-q$ gives the same, because every term holds two factors of $q$.",
            r"\mathbf v' = \mathbf v\cos\theta + (\mathbf u\times\mathbf v)\sin\theta + \mathbf u(\mathbf u\cdot\mathbf v)(1 - \cos\theta)",
            _lands_on_rodrigues,
        ),
    ),
)


def _matrix(q: Sequence[Any]) -> Any:
    """The matrix of a quaternion (w, vector) of any length: q v q* written as a product with v."""
    w, u = q
    cross = sp.Matrix([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    return (w**2 - u.dot(u)) * sp.eye(3) + 2 * u * u.T + 2 * w * cross


def _matrix_is_the_sandwich() -> bool:
    return _nil((_matrix([_w, _p]) * _v - _sandwiched[1]).applyfunc(sp.expand))


def _conjugates_swap() -> bool:
    product = _times([_w, _p], [_t, _v])
    swapped = _times([_t, -_v], [_w, -_p])
    return _nil(sp.expand(product[0] - swapped[0])) and _nil((product[1] + swapped[1]).applyfunc(sp.expand))


def _products_agree() -> bool:
    product = _matrix(_times([_w, _p], [_t, _v]))
    return _nil((product - _matrix([_w, _p]) * _matrix([_t, _v])).applyfunc(sp.expand))


two_ways_to_compose = Derive(
    "two-ways-to-compose",
    "The product of quaternions is the product of their matrices",
    "If $R(q)\\,\\mathbf v = q\\,\\mathbf v\\,q^{-1}$, then $R(p\\,q) = R(p)\\,R(q)$: the same order, and both of $\\pm q$ give the same matrix.",
    (
        Step(
            "For unit length $q^{-1} = q^*$, and the sandwich is linear in $\\mathbf v$: it has a matrix.",
            r"R(q) = (w^2 - \mathbf u\cdot\mathbf u)\,\mathbb 1 + 2\,\mathbf u\mathbf u^\mathsf{T} + 2w\,[\mathbf u]_\times",
            _matrix_is_the_sandwich,
        ),
        Step(
            "Conjugation turns the order round, as transposing does.",
            r"(p\,q)^* = q^*\,p^*",
            _conjugates_swap,
        ),
        Step(
            "So the inner turn is done first, and the outer one after it. Multiplied out, all nine entries agree.",
            r"(pq)\,\mathbf v\,(pq)^* = p\,(q\,\mathbf v\,q^*)\,p^*,\qquad R(pq) = R(p)\,R(q)",
            _products_agree,
        ),
        Step(
            "Every entry is of second degree in $q$, so the sign drops out.",
            r"R(-q) = R(q)",
            lambda: _nil(_matrix([-_w, -_p]) - _matrix([_w, _p])),
        ),
    ),
)


def _share_below(angle_deg: float) -> bool:
    """Whether the share of uniform rotations below an angle is (θ − sin θ)/π, on 40,000 of them."""
    drawn = quaternion_angle_deg(random_quaternions(40_000, 3), np.array([1.0, 0.0, 0.0, 0.0]))
    theta = np.radians(angle_deg)
    return bool(abs(np.mean(drawn < angle_deg) - (theta - np.sin(theta)) / np.pi) < 0.01)


def _cap_of_the_sphere() -> bool:
    half = sp.symbols("alpha", positive=True)
    whole = sp.integrate(4 * sp.pi * sp.sin(half) ** 2, (half, 0, sp.pi))
    return _nil(whole - 2 * sp.pi**2)


density_of_the_angle = Derive(
    "density-of-the-angle",
    "The angle of a uniform rotation has the density (1 − cos θ)/π",
    "Uniform rotations are uniform on the sphere of unit quaternions, and so small turns are rare: the density of $\\theta$ is "
    "$(1 - \\cos\\theta)/\\pi$ on $0 \\dots \\pi$.",
    (
        Step(
            "Multiplying by a fixed quaternion turns the sphere in four dimensions rigidly: lengths are kept. So the measure that is the same from "
            "every rotation is the plain area of that sphere.",
            r"|p\,q| = |p|\,|q|",
            lambda: _nil(
                (lambda product: product[0] ** 2 + product[1].dot(product[1]))(_times([_w, _p], [_t, _v]))
                - (_w**2 + _p.dot(_p)) * (_t**2 + _v.dot(_v))
            ),
        ),
        Step(
            "At the distance $\\alpha$ from $q = 1$, $w = \\cos\\alpha$, lies an ordinary sphere of radius $\\sin\\alpha$. Adding up the shells gives the whole.",
            r"\int_0^\pi 4\pi\sin^2\alpha\,d\alpha = 2\pi^2",
            _cap_of_the_sphere,
        ),
        Step(
            "The angle of the rotation is $\\theta = 2\\alpha$ for $\\alpha \\le \\frac\\pi2$; the other half of the sphere holds the same rotations again.",
            r"f(\theta) = 2\cdot\frac{4\pi\sin^2(\theta/2)}{2\pi^2}\cdot\frac{d\alpha}{d\theta} = \frac{2\sin^2(\theta/2)}{\pi}",
            lambda: _nil(2 * 4 * sp.pi * sp.sin(_t / 2) ** 2 / (2 * sp.pi**2) / 2 - 2 * sp.sin(_t / 2) ** 2 / sp.pi),
        ),
        Step(
            "A half-angle formula, and the check that nothing is lost.",
            r"f(\theta) = \frac{1 - \cos\theta}{\pi},\qquad \int_0^\pi f\,d\theta = 1",
            lambda: (
                _nil(2 * sp.sin(_t / 2) ** 2 - (1 - sp.cos(_t)))
                and _nil(sp.integrate((1 - sp.cos(_t)) / sp.pi, (_t, 0, sp.pi)) - 1)
            ),
        ),
        Step(
            "So the share of rotations nearer than $\\theta$ is $(\\theta - \\sin\\theta)/\\pi$: within 90° lie 18 % of them, and drawn ones agree.",
            r"P(<\theta) = \frac{\theta - \sin\theta}{\pi},\qquad P(<90°) = \tfrac12 - \tfrac1\pi = 0.182",
            lambda: _share_below(90.0) and _share_below(40.0),
        ),
    ),
)


def _samples() -> Any:
    return quaternion_to_matrix(random_quaternions(5, 8))


def _chord_is_angle() -> bool:
    one, two = _samples()[:2]
    chord = np.sum((one - two) ** 2)
    return bool(np.isclose(chord, 8 * np.sin(np.radians(geodesic_angle_deg(one, two)) / 2) ** 2))


def _trace_is_inner_product() -> bool:
    q = random_quaternions(5, 8)
    matrices = quaternion_to_matrix(q)
    return bool(np.allclose(np.einsum("iab,jab->ij", matrices, matrices), 4 * (q @ q.T) ** 2 - 1))


def _top_eigenvector_is_best() -> bool:
    q = random_quaternions(5, 8)
    moments = q.T @ q
    best = np.linalg.eigh(moments)[1][:, -1]
    others = random_quaternions(500, 2)
    return bool(best @ moments @ best >= np.max(np.sum((others @ moments) * others, axis=1)))


mean_is_an_eigenvector = Derive(
    "mean-is-an-eigenvector",
    "The mean rotation is the main axis of the quaternions",
    "The rotation with the least $\\sum_i\\lVert R - R_i\\rVert^2$ is that of the top eigenvector of $\\sum_i q_iq_i^\\mathsf{T}$, whatever the signs of the $q_i$.",
    (
        Step(
            "The squared chord between two rotations, the sum over all nine entries, depends on their angle alone.",
            r"\lVert R - R_i\rVert^2 = 6 - 2\operatorname{tr}(R^\mathsf{T}R_i) = 8\sin^2\tfrac{\theta_i}2",
            _chord_is_angle,
        ),
        Step(
            "Least chords are therefore largest traces, and a trace is an inner product of quaternions, squared: its sign is lost, as it should be.",
            r"\operatorname{tr}(R^\mathsf{T}R_i) = 4\langle q, q_i\rangle^2 - 1",
            _trace_is_inner_product,
        ),
        Step(
            "Sum over $i$: a quadratic form of $q$, on the unit sphere. Its largest value is at the top eigenvector.",
            r"\sum_i\langle q, q_i\rangle^2 = q^\mathsf{T}\Big(\sum_i q_iq_i^\mathsf{T}\Big)q \;\to\; \max",
            _top_eigenvector_is_best,
        ),
    ),
)

no_three_numbers = Explain(
    "no-three-numbers",
    "Why no three numbers do",
    "A colleague wants a network to predict poses as three Euler angles, another one as a quaternion, both with a squared error. What goes wrong in each case, "
    "where, and what would you offer instead?",
    "Rotations are a closed space without an edge, and no choice of three numbers covers it without a jump or a lock. With Euler angles two poses that are a degree apart may "
    "lie 360° apart as numbers (the ends of the ranges), and near tilt 0 or 180° rot and psi swing by any amount while the pose hardly moves; a squared error punishes "
    "answers that are right. Quaternions are even and have no lock, but each rotation has two of them: the network is asked for $q$ and $-q$ of the same picture, and the least "
    "squared error is their mean, zero. Forcing $w \\ge 0$ only moves the jump to the half turns. Remedies: an error that does not see the sign, such as "
    "$1 - \\langle q_1, q_2\\rangle^2$ or the squared chord of the matrices; or an output of six or nine numbers that is made a rotation by orthogonalisation, "
    "which is continuous nearly everywhere; or a distribution over a grid, if the picture itself is ambiguous.",
    (
        "Euler angles jump at the ends of their ranges.",
        "Near tilt 0° or 180° rot and psi are not determined one by one.",
        "q and −q are one rotation; a squared error then pulls to zero.",
        "w ≥ 0 does not remove the jump, it moves it to half turns.",
        "A loss that does not depend on the name: angle, chord, or the squared inner product.",
        "Six or nine numbers with orthogonalisation, or a distribution over poses.",
    ),
)

_PRODUCT = """import numpy as np


def quaternion_product(p, q):
    a, b, c, d = np.moveaxis(np.asarray(p, float), -1, 0)
    w, x, y, z = np.moveaxis(np.asarray(q, float), -1, 0)
    return np.stack(
        [
            a * w - b * x - c * y - d * z,
            a * x + b * w + c * z - d * y,
            a * y - b * z + c * w + d * x,
            a * z + b * y - c * x + d * w,
        ],
        axis=-1,
    )
"""


def _product_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield the table's own products, general ones, not of unit length, and many at a time."""
    unit = np.eye(4)
    yield Case((unit[1], unit[2]), unit[3], 1e-12, "i j = k")
    yield Case((unit[2], unit[1]), -unit[3], 1e-12, "j i = −k")
    one, two = random_quaternions(2, rng)
    yield Case((one, two), quaternion_multiply(one, two), 1e-9, "two unit quaternions")
    long, longer = rng.standard_normal((2, 4)) * 3
    yield Case((long, longer), quaternion_multiply(long, longer), 1e-9, "quaternions that are not of unit length")
    many, more = rng.standard_normal((2, 5, 4))
    yield Case((many, more), quaternion_multiply(many, more), 1e-9, "five pairs at a time")


own_quaternion_product = OwnFunction(
    "own-quaternion-product",
    "Write the quaternion product",
    "Write `quaternion_product(p, q)`: Hamilton's product $p\\,q$ of quaternions as arrays (…, 4), scalar first, with $ij = k$. It takes one pair or many, and does not "
    "normalise.",
    "quaternion_product",
    '''import numpy as np


def quaternion_product(p, q):
    """The product p q of quaternions w, x, y, z, shape (..., 4)."""
    ...
''',
    _PRODUCT,
    _product_cases,
    (
        "Multiply out $(a + bi + cj + dk)(w + xi + yj + zk)$ and sort the sixteen terms by the table.",
        "Index the last axis, `p[..., 0]`, so that many pairs work as one does, and `np.stack(…, axis=-1)` at the end.",
    ),
    (
        Mistake(
            _PRODUCT.replace("c * z - d * y", "d * y - c * z")
            .replace("- b * z + c * w + d * x", "+ b * z + c * w - d * x")
            .replace("b * y - c * x + d * w", "c * x - b * y + d * w"),
            "The cross product has the wrong sign: this is q p, or a table with ij = −k.",
        ),
        Mistake(
            _PRODUCT.replace("a * w - b * x - c * y - d * z", "a * w + b * x + c * y + d * z"),
            "The scalar part subtracts the dot product: i² = j² = k² = −1.",
        ),
        Mistake(
            _PRODUCT.replace(
                "    a, b, c, d", "    p, q = np.roll(p, 1, -1), np.roll(q, 1, -1)\n    a, b, c, d"
            ).replace("axis=-1,\n    )\n", "axis=-1,\n    )[..., [1, 2, 3, 0]]\n"),
            "The scalar part is taken from the last place. Here it comes first: w, x, y, z.",
        ),
    ),
)
