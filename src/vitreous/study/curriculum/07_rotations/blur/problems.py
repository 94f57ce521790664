"""Problems of coordinate systems and rotations, blur stream."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy as sp

from vitreous.rotations import (
    axis_angle_to_matrix,
    cartesian_to_spherical,
    compose,
    eman_to_matrix,
    euler_to_matrix,
    geodesic_angle_deg,
    matrix_to_relion,
    projection_direction,
    relion_to_matrix,
    slabaugh_angles,
    spherical_to_cartesian,
)
from vitreous.study.problems import (
    Attempt,
    Case,
    Choose,
    Derive,
    Matrix,
    Mistake,
    Number,
    Order,
    OwnFunction,
    Step,
    Vector,
    compute,
)

_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
_LEANING = (20, 25, 35, 40, 50, 55, 65, 70, 110, 115, 125, 130, 140, 145, 155, 160)


def _turn(axis: str, angle_deg: float) -> Any:
    return axis_angle_to_matrix(_AXES[axis], angle_deg)


def _rows(matrix: Any) -> list[list[float]]:
    return [[float(entry) for entry in row] for row in matrix]


def _list(values: Any) -> list[float]:
    return [float(value) for value in values]


def _tex(matrix: Any, digits: int = 3) -> str:
    """A matrix in LaTeX; entries that are whole numbers without their zeros."""
    rows = [" & ".join(_short(entry, digits) for entry in row) for row in matrix]
    return r"\begin{pmatrix*}[r]" + r" \\ ".join(rows) + r"\end{pmatrix*}"


def _short(value: float, digits: int) -> str:
    rounded = round(float(value), digits) + 0.0
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.{digits}f}"


def _words(values: Any, digits: int = 1) -> str:
    return ", ".join(f"{float(value) + 0.0:.{digits}f}" for value in values)


def _either(rng: np.random.Generator, choices: Sequence[int]) -> int:
    """One of the angles, of either sign."""
    return int(rng.choice(choices)) * int(rng.choice([-1, 1]))


@compute("The matrix of a turn about an axis")
def turn_about_an_axis(rng: np.random.Generator) -> Attempt:
    """Ask for X(α), Y(β) or Z(γ)."""
    axis = str(rng.choice(list(_AXES)))
    angle = _either(rng, _LEANING)
    right = _turn(axis, angle)
    return Attempt(
        statement=f"Write the matrix that turns a body by ${angle}°$ about the ${axis}$ axis (positive: counter-clockwise, seen with the axis "
        "pointing at you; it acts on column vectors from the left). Three decimals.",
        answer=Matrix(_rows(right), absolute=0.004),
        mistakes=(
            Mistake(
                _rows(right.T),
                "That is the transpose: it turns the coordinates instead of the body. Check one column: where does that axis go?",
            ),
            Mistake(
                _rows(_turn(axis, np.degrees(angle))),
                "The angle went into sine and cosine as radians. Multiply by π/180 first.",
            ),
            Mistake(
                _rows(_turn(axis, 90 - angle)),
                "Sine and cosine have changed places: at an angle of 0 your matrix would not be the identity.",
            ),
        ),
        hints=(
            f"The {axis} axis stays where it is: that settles one row and one column.",
            "Each column is where one axis goes. The other two axes turn in their plane, in the order x → y → z → x.",
        ),
        worked=f"The columns are where the three axes go. With $c = \\cos {angle}° = {np.cos(np.radians(angle)):.4f}$ and "
        f"$s = \\sin {angle}° = {np.sin(np.radians(angle)):.4f}$:\n\n$${axis.upper()} = {_tex(right, 4)}$$",
    )


@compute("Two quarter turns, in the order given")
def two_turns(rng: np.random.Generator) -> Attempt:
    """Ask for the product of two quarter turns about fixed axes."""
    first, second = (str(axis) for axis in rng.permutation(list(_AXES))[:2])
    a, b = (90 * int(rng.choice([-1, 1])) for _ in range(2))
    one, two = _turn(first, a), _turn(second, b)
    right = compose(two, one)
    return Attempt(
        statement=f"A body is turned by ${a}°$ about the fixed axis ${first}$, and then by ${b}°$ about the fixed axis ${second}$. "
        "Which single matrix does both? (All entries are whole numbers.)",
        answer=Matrix(_rows(right), absolute=0.01),
        mistakes=(
            Mistake(
                _rows(compose(one, two)),
                "That is the other order. The matrix nearest to the vector acts first, so the first turn stands on the right.",
            ),
            Mistake(
                _rows(compose(two.T, one.T)),
                "The order is right, but both turns go the other way round: the factors are transposed.",
            ),
            Mistake(_rows(right.T), "That is the inverse of the whole: it takes the body back."),
        ),
        hints=(
            "Follow the three axes with your hand: where is each of them after both turns? Those are the columns.",
            f"The product is $R = R_{second}\\,R_{first}$.",
        ),
        worked=f"$$R = R_{second}({b}°)\\,R_{first}({a}°) = {_tex(two)}{_tex(one)} = {_tex(right)}$$",
    )


@compute("How much the order matters")
def order_apart(rng: np.random.Generator) -> Attempt:
    """Ask for the angle between the two orders of two turns."""
    first, second = (str(axis) for axis in rng.permutation(list(_AXES))[:2])
    a, b = (int(rng.choice([40, 50, 60, 70, 80, 90, 100, 110])) for _ in range(2))
    one, two = _turn(first, a), _turn(second, b)
    angle = float(geodesic_angle_deg(compose(two, one), compose(one, two)))
    trace = float(np.trace(compose(two, one).T @ compose(one, two)))
    return Attempt(
        statement=f"One body is turned by ${a}°$ about ${first}$ and then by ${b}°$ about ${second}$ (fixed axes); its twin gets the same two turns in "
        "the other order. By which angle (degrees, 0 to 180) must one of them be turned to lie as the other does?",
        answer=Number(angle, unit="°", relative=0.01, absolute=0.3),
        mistakes=(
            Mistake(0.0, "Then the order would not matter. Try it with a book and two quarter turns."),
            Mistake(
                angle / 2,
                "That is half of the angle: the scalar part of a quaternion is the cosine of half the angle of its turn.",
            ),
            Mistake(
                float(np.degrees(np.arccos(trace / 3))),
                "The angle does not follow from tr R = 3 cos θ: one of the three directions is the axis, so tr R = 1 + 2 cos θ.",
            ),
        ),
        hints=(
            "The turn that takes one to the other is $D = (BA)^{-1}(AB) = A^\\mathsf{T}B^\\mathsf{T}AB$.",
            "Its angle follows from the trace: $\\operatorname{tr} D = 1 + 2\\cos\\theta$.",
        ),
        worked=f"With $A = R_{first}({a}°)$ and $B = R_{second}({b}°)$, $\\operatorname{{tr}}(A^\\mathsf{{T}}B^\\mathsf{{T}}AB) = {trace:.4f}$, and "
        f"$\\theta = \\arccos\\big(({trace:.4f} - 1)/2\\big) = {angle:.2f}°$.",
    )


_IS_ROTATION, _IS_MIRROR, _IS_NEITHER = 0, 1, 2


@compute("Rotation, mirror, or neither?")
def rotation_or_reflection(rng: np.random.Generator) -> Attempt:
    """Show a matrix of fifths that is a rotation, a rotation with a mirror, or has columns that are not orthogonal."""
    kind = int(rng.integers(3))
    axes = [str(axis) for axis in rng.permutation(list(_AXES))[:2]]
    leaning = _turn(axes[0], np.degrees(np.arctan2(*rng.permutation([3.0, 4.0]))) * int(rng.choice([-1, 1])))
    matrix = np.round(compose(_turn(axes[1], 90 * int(rng.integers(1, 4))), leaning), 12)
    place = int(rng.integers(3))
    if kind == _IS_MIRROR:
        matrix[:, place] *= -1
    if kind == _IS_NEITHER:
        fractions = np.argwhere(np.abs(np.abs(matrix) - 0.5) < 0.4)
        matrix[tuple(fractions[int(rng.integers(len(fractions)))])] *= -1
    determinant = float(np.linalg.det(matrix))
    hints = {
        _IS_ROTATION: "Check more than the lengths: are the columns at right angles, and is the determinant +1?",
        _IS_MIRROR: "Is the determinant −1? And are the columns at right angles? Only then it is a rotation with a mirror.",
        _IS_NEITHER: "All columns have length 1 here, and they are at right angles: work out the three products again.",
    }
    worst = float(np.abs(matrix.T @ matrix - np.eye(3)).max())
    verdict = ("a rotation", "a rotation and a mirror: a map moved by it has the other hand", "no rotation")[kind]
    return Attempt(
        statement=f"Somebody hands you the poses of a data set. What is this matrix?\n\n$${_tex(matrix, 1)}$$",
        answer=Choose(
            ("a rotation", "a rotation together with a mirror", "neither: its columns are not at right angles"), kind
        ),
        mistakes=tuple(Mistake(other, hint) for other, hint in hints.items() if other != kind),
        hints=(
            "First $R^\\mathsf{T}R$: are the columns of length 1 and at right angles?",
            "Then the determinant: +1 or −1? Or the right hand: is the third column the cross product of the first two?",
        ),
        worked=f"The largest entry of $R^\\mathsf{{T}}R - 1$ is {worst:.2f}, and $\\det R = {determinant:.2f}$: {verdict}.",
    )


@compute("From radius and angles to x, y, z")
def spherical_coordinates(rng: np.random.Generator) -> Attempt:
    """Ask for the Cartesian coordinates of a point, in Å."""
    radius = int(rng.integers(30, 120))
    polar, azimuth = int(rng.choice([28, 37, 48, 58, 68, 118, 132, 146])), _either(rng, _LEANING[1::2])
    right = spherical_to_cartesian([radius, polar, azimuth])
    return Attempt(
        statement=f"An atom lies {radius} Å from the centre, at polar angle ${polar}°$ (from $+z$) and azimuth ${azimuth}°$ (from $+x$ towards $+y$). "
        "Give $x, y, z$ in Å, to one decimal.",
        answer=Vector(_list(right), unit="Å", absolute=0.2),
        mistakes=(
            Mistake(
                _list(spherical_to_cartesian([radius, azimuth, polar])),
                "The two angles have changed places: that is the other convention. z holds the polar angle alone.",
            ),
            Mistake(
                _list(spherical_to_cartesian([radius, 90 - polar, azimuth])),
                "You have measured the first angle from the equator, as a latitude. It is given from the pole.",
            ),
            Mistake(
                _list(spherical_to_cartesian([radius, np.degrees(polar), np.degrees(azimuth)])),
                "The angles went into sine and cosine as radians.",
            ),
        ),
        hints=(
            "How high above the floor is the point? That needs only the radius and the polar angle.",
            "The shadow on the floor is $r\\sin\\theta$ long; the azimuth shares it out.",
        ),
        worked=f"$x = r\\sin\\theta\\cos\\varphi = {right[0]:.2f}$, $y = r\\sin\\theta\\sin\\varphi = {right[1]:.2f}$, "
        f"$z = r\\cos\\theta = {right[2]:.2f}$ Å.",
    )


@compute("From x, y, z to two angles")
def angles_of_a_direction(rng: np.random.Generator) -> Attempt:
    """Ask for polar angle and azimuth of a vector with negative x, where arctan(y/x) fails."""
    x, y, z = -int(rng.integers(2, 9)), int(rng.choice([-7, -5, -3, 3, 5, 7])), int(rng.choice([-6, -4, -1, 1, 4, 6]))
    _, polar, azimuth = _list(cartesian_to_spherical([float(x), float(y), float(z)]))
    half = float(np.degrees(np.arctan(y / x)))
    return Attempt(
        statement=f"Give the polar angle (0° to 180°, from $+z$) and the azimuth (−180° to 180°, from $+x$ towards $+y$) of the direction "
        f"$({x}, {y}, {z})$: two numbers in degrees, to one decimal.",
        answer=Vector((polar, azimuth), unit="°", absolute=0.2),
        mistakes=(
            Mistake(
                (polar, half), "arctan(y/x) cannot tell a point from its opposite. Here x is negative: use atan2(y, x)."
            ),
            Mistake(
                (90 - polar, azimuth), "That is the latitude, from the equator. The polar angle is measured from +z."
            ),
            Mistake((azimuth, polar), "Right numbers in the other order: the polar angle is asked for first."),
            Mistake(tuple(np.radians((polar, azimuth)).tolist()), "Right, but in radians. Degrees are asked for."),
        ),
        hints=(
            "In which quadrant of the floor does the shadow of the vector lie?",
            "$\\theta = \\operatorname{atan2}(\\sqrt{x^2+y^2}, z)$ and $\\varphi = \\operatorname{atan2}(y, x)$.",
        ),
        worked=f"$\\theta = \\operatorname{{atan2}}({np.hypot(x, y):.3f}, {z}) = {polar:.2f}°$; "
        f"$\\varphi = \\operatorname{{atan2}}({y}, {x}) = {azimuth:.2f}°$.",
    )


@compute("Both solutions of Slabaugh's algorithm")
def slabaugh_both(rng: np.random.Generator) -> Attempt:
    """Ask for both triples of angles of a matrix."""
    matrix = np.eye(3)
    # a symmetric matrix, a half turn, is its own transpose, and so would hide that mistake
    while np.abs(matrix - matrix.T).max() < 0.2:
        psi, phi = _either(rng, _LEANING), _either(rng, _LEANING)
        theta = _either(rng, (15, 20, 25, 30, 40, 50))
        matrix = euler_to_matrix([float(phi), float(theta), float(psi)], "ZYX")
    right = slabaugh_angles(matrix)
    no_minus = right * [1, -1, 1]
    as_zyz = np.stack([right[0], (right[0] + [180, 0, 180] + 180) % 360 - 180])
    as_zyz[1, 1] = -right[0, 1]
    return Attempt(
        statement="Take this matrix apart as $R = Z(\\varphi)\\,Y(\\theta)\\,X(\\psi)$, factors that turn the body: "
        f"\n\n$${_tex(matrix, 4)}$$\n\nGive both solutions as six numbers in degrees, each between −180 and 180: $\\psi_1, \\theta_1, \\varphi_1$ with "
        "$|\\theta_1| \\le 90°$, then $\\psi_2, \\theta_2, \\varphi_2$.",
        answer=Vector(_list(right.ravel()), unit="°", absolute=0.5),
        mistakes=(
            Mistake(
                _list(slabaugh_angles(matrix.T).ravel()),
                "Those are the angles of the transpose: rows and columns are exchanged, R₃₁ is the lower left corner.",
            ),
            Mistake(_list(no_minus.ravel()), "R₃₁ is minus the sine of θ: both θ have the wrong sign."),
            Mistake(
                _list(as_zyz.ravel()),
                "ψ + 180°, −θ, φ + 180° is the rule for ZYZ. Here the second middle angle is 180° − θ: the sine must stay the same.",
            ),
            Mistake(_list(np.radians(right).ravel()), "Right, but in radians. Degrees are asked for."),
        ),
        hints=(
            "$R_{31} = -\\sin\\theta$: two angles have that sine, $\\theta$ and $180° - \\theta$.",
            "$\\psi = \\operatorname{atan2}(R_{32}/\\cos\\theta, R_{33}/\\cos\\theta)$, and $\\varphi$ likewise from $R_{21}$ and $R_{11}$. The sign of "
            "$\\cos\\theta$ is the other one in the second solution.",
        ),
        worked=f"$\\theta_1 = -\\arcsin({matrix[2, 0]:.4f}) = {right[0, 1]:.1f}°$, $\\theta_2 = 180° - \\theta_1$. First solution: "
        f"{_words(right[0])}; second, with both outer angles turned by 180°: {_words(right[1])} (degrees, $\\psi, \\theta, \\varphi$).",
    )


@compute("In the lock")
def gimbal_lock(rng: np.random.Generator) -> Attempt:
    """Ask for the one angle that is left where R₃₁ = ±1."""
    theta = 90 * int(rng.choice([-1, 1]))
    phi, left = _either(rng, (20, 30, 40, 50)), _either(rng, (15, 25, 35, 55, 65, 80, 100, 110, 125, 145, 160))
    psi = left + phi if theta > 0 else left - phi
    matrix = euler_to_matrix([float(phi), float(theta), float(psi)], "ZYX")
    opposite = left - 180 if left > 0 else left + 180
    formula = "\\operatorname{atan2}(R_{12}, R_{13})" if theta > 0 else "\\operatorname{atan2}(-R_{12}, -R_{13})"
    return Attempt(
        statement="$R = Z(\\varphi)\\,Y(\\theta)\\,X(\\psi)$ is in gimbal lock: "
        f"\n\n$${_tex(matrix, 4)}$$\n\nAs Slabaugh does, set $\\varphi = 0$. What is $\\psi$, in degrees between −180 and 180?",
        answer=Number(left, unit="°", absolute=0.5),
        mistakes=(
            Mistake(-left, "The right size, turned the other way: which of the two entries is the sine?"),
            Mistake(
                opposite,
                "That is 180° off: the two locks, θ = 90° and θ = −90°, differ in the sign of both entries.",
            ),
            Mistake(90 - left, "The two arguments of atan2 have changed places: the sine comes first."),
        ),
        hints=(
            f"$R_{{31}} = {matrix[2, 0]:.0f}$, so $\\theta = {theta}°$. Put it into the product, with $\\varphi = 0$.",
            "What is left in the first row is a sine and a cosine of $\\psi$ alone.",
        ),
        worked=f"$\\theta = {theta}°$, and with $\\varphi = 0$ the first row is $(0, \\pm\\sin\\psi, \\pm\\cos\\psi)$, the upper signs for $\\theta = 90°$: "
        f"$\\psi = {formula} = {left}°$. Only $\\psi {'-' if theta > 0 else '+'} \\varphi$ is fixed by the matrix.",
    )


@compute("From where is the particle seen?")
def view_direction(rng: np.random.Generator) -> Attempt:
    """Ask for the third row of RELION's matrix."""
    rot, psi = _either(rng, _LEANING[:8]), _either(rng, (15, 30, 45, 60))
    tilt = int(rng.choice([28, 37, 48, 58, 68, 118, 132, 146]))
    matrix = relion_to_matrix([float(rot), float(tilt), float(psi)])
    right = projection_direction(matrix)
    return Attempt(
        statement=f"A STAR file holds rlnAngleRot = {rot}, rlnAngleTilt = {tilt}, rlnAnglePsi = {psi} (degrees). Along which unit vector, in the "
        "coordinates of the map, was this particle seen? Three decimals.",
        answer=Vector(_list(right), absolute=0.006),
        mistakes=(
            Mistake(
                _list(matrix[:, 2]),
                "That is the third column: where the map's z axis appears in the microscope. The view is the third row, and psi is not in it.",
            ),
            Mistake(
                _list(spherical_to_cartesian([1.0, rot, tilt])),
                "rot and tilt have changed places: tilt is the angle from the pole.",
            ),
            Mistake(
                _list(spherical_to_cartesian([1.0, np.degrees(tilt), np.degrees(rot)])),
                "The angles went in as radians; a STAR file holds degrees.",
            ),
        ),
        hints=(
            "psi turns the finished picture. Does it change from where you look?",
            "tilt is the polar angle of the view, rot its azimuth.",
        ),
        worked="$(\\sin\\text{tilt}\\cos\\text{rot}, \\sin\\text{tilt}\\sin\\text{rot}, \\cos\\text{tilt}) = "
        f"({_words(right, 4)})$.",
    )


@compute("The other triple of RELION's angles")
def other_triple(rng: np.random.Generator) -> Attempt:
    """Ask for the angles with tilt ≥ 0 of a pose given with a negative tilt."""
    rot, psi = _either(rng, _LEANING), _either(rng, _LEANING)
    tilt = -int(rng.choice(_LEANING))
    right = matrix_to_relion(relion_to_matrix([float(rot), float(tilt), float(psi)]))
    return Attempt(
        statement=f"A script wrote rot = {rot}°, tilt = {tilt}°, psi = {psi}°. Another program wants the same pose with a tilt between 0° and 180°, and "
        "rot and psi between −180° and 180°. Give rot, tilt, psi.",
        answer=Vector(_list(right), unit="°", absolute=0.3),
        mistakes=(
            Mistake(
                (rot, -tilt, psi), "Changing the sign of the tilt alone is another pose: both outer angles must follow."
            ),
            Mistake((-rot, -tilt, -psi), "All signs changed is neither the same pose nor its inverse."),
            Mistake((right[0], -tilt, psi), "One half turn is there; the other outer angle needs it as well."),
        ),
        hints=(
            "$Z(180°)\\,Y(\\beta)\\,Z(180°)$: what does that do to the sign of $\\beta$?",
            "Add 180° to rot and to psi, change the sign of tilt, and bring the angles back into their range.",
        ),
        worked=f"Half turns about $z$ on both sides turn $Y(\\beta)$ into $Y(-\\beta)$. So rot and psi change by 180° and tilt changes its sign: {_words(right)}.",
    )


@compute("RELION's angles, as EMAN writes them")
def relion_to_eman(rng: np.random.Generator) -> Attempt:
    """Ask for az, alt, phi."""
    rot, psi = 5 * int(rng.integers(-29, 17)), 5 * int(rng.integers(-17, 29))
    tilt = 5 * int(rng.integers(4, 33))
    right = (rot + 90.0, float(tilt), psi - 90.0)
    same = geodesic_angle_deg(relion_to_matrix([float(rot), float(tilt), float(psi)]), eman_to_matrix(right)) < 1e-6
    return Attempt(
        statement=f"A pose has rot = {rot}°, tilt = {tilt}°, psi = {psi}° in RELION. EMAN turns about $z$, the new $x$, and the newest $z$ (RELION: $z$, the "
        "new $y$, the newest $z$). Give az, alt, phi in degrees.",
        answer=Vector(right, unit="°", absolute=0.3),
        mistakes=(
            Mistake(
                (rot, tilt, psi),
                "Those are RELION's own numbers: the middle turn would be about the wrong axis, 90° away.",
            ),
            Mistake(
                (rot - 90.0, tilt, psi + 90.0),
                "The quarter turns go the other way: then the tilt would lean to the opposite side.",
            ),
            Mistake((rot + 90.0, tilt, psi), "The view is right now, and the picture is turned by 90° in its plane."),
        ),
        hints=(
            "The new $x$ axis must be brought to where RELION's new $y$ axis is, before the middle turn.",
            "A quarter turn more before the tilt, and the same quarter turn taken back after it.",
        ),
        worked=f"az = rot + 90° = {right[0]:.0f}°, alt = tilt = {tilt}°, phi = psi − 90° = {right[2]:.0f}°"
        + (", and the two matrices agree." if same else "."),
    )


@compute("Which matrix stands where")
def fixed_or_moving(rng: np.random.Generator) -> Attempt:
    """Ask for the product of three turns about fixed or moving axes, as an order from left to right."""
    moving = bool(rng.integers(2))
    names = [str(axis) for axis in rng.permutation(list(_AXES))]
    angles = [int(angle) for angle in rng.permutation(_LEANING)[:3]]
    items = [f"${name.upper()}({angle}°)$" for name, angle in sorted(zip(names, angles, strict=True))]
    places = [sorted(names).index(name) for name in names]
    right = places if moving else places[::-1]
    kind = "its own axes, which turn along" if moving else "the fixed axes of the room"
    steps = ", then ".join(f"by ${angle}°$ about ${name}$" for name, angle in zip(names, angles, strict=True))
    product = "\\,".join(items[place].strip("$") for place in right)
    return Attempt(
        statement=f"A body is turned about {kind}: {steps}. Put the three matrices into the order in which they stand in the product, from left to right.",
        answer=Order(items, right),
        mistakes=(
            Mistake(
                right[::-1],
                "That is the product for fixed axes: there the first turn stands nearest to the vector."
                if moving
                else "That is the product for axes that turn along. About fixed axes the first turn stands nearest to the vector, on the right.",
            ),
        ),
        hints=(
            "The matrix on the right acts on the vector first.",
            "A later turn about an axis that moved along is $ABA^{-1}$ for the room, and $(ABA^{-1})A = AB$.",
        ),
        worked=f"$R = {product}$: about {'moving axes a later turn slips in on the right' if moving else 'fixed axes every later turn is put on the left'}.",
    )


_a, _b, _c = sp.symbols("phi theta psi", real=True)
_X = sp.Matrix([[1, 0, 0], [0, sp.cos(_c), -sp.sin(_c)], [0, sp.sin(_c), sp.cos(_c)]])
_Y = sp.Matrix([[sp.cos(_b), 0, sp.sin(_b)], [0, 1, 0], [-sp.sin(_b), 0, sp.cos(_b)]])
_Z = sp.Matrix([[sp.cos(_a), -sp.sin(_a), 0], [sp.sin(_a), sp.cos(_a), 0], [0, 0, 1]])
_R = _Z * _Y * _X


def _zero(matrix: Any) -> bool:
    return bool(sp.simplify(matrix) == sp.zeros(*matrix.shape))


def _second_solution_is_the_same() -> bool:
    other = {_a: _a + sp.pi, _b: sp.pi - _b, _c: _c + sp.pi}
    return _zero(_R.subs(other, simultaneous=True) - _R)


def _quotients_give_the_angles() -> bool:
    rng = np.random.default_rng(1)
    for phi, theta, psi in rng.uniform([-np.pi, -1.5, -np.pi], [np.pi, 1.5, np.pi], (20, 3)):
        matrix = np.array(_R.subs({_a: phi, _b: theta, _c: psi}), float)
        found = np.arctan2(matrix[2, 1] / np.cos(theta), matrix[2, 2] / np.cos(theta))
        if abs(found - psi) > 1e-9 or abs(np.arctan2(matrix[1, 0], matrix[0, 0]) - phi) > 1e-9:
            return False
    return True


slabaugh_derived = Derive(
    "slabaugh-derived",
    "Slabaugh's algorithm, read off the product",
    "The three angles of $R = Z(\\varphi)Y(\\theta)X(\\psi)$ stand in five of the nine entries; two triples give the same matrix, and where "
    "$R_{31} = \\pm1$ a whole line of them does.",
    (
        Step(
            "Multiply the three factors. The lower left entry holds one angle alone.",
            r"R = \begin{pmatrix}\cos\theta\cos\varphi & \cdot & \cdot\\ \cos\theta\sin\varphi & \cdot & \cdot\\ -\sin\theta & "
            r"\sin\psi\cos\theta & \cos\psi\cos\theta\end{pmatrix}",
            lambda: (
                _zero(_R[:, 0] - sp.Matrix([sp.cos(_b) * sp.cos(_a), sp.cos(_b) * sp.sin(_a), -sp.sin(_b)]))
                and _zero(_R[2, 1:] - sp.Matrix([[sp.sin(_c) * sp.cos(_b), sp.cos(_c) * sp.cos(_b)]]))
            ),
        ),
        Step(
            "A sine belongs to two angles of a turn.",
            r"\theta_1 = -\arcsin R_{31},\qquad \theta_2 = \pi - \theta_1",
            lambda: _zero(sp.Matrix([sp.sin(sp.pi - _b) - sp.sin(_b)])),
        ),
        Step(
            "Divide by the cosine, so that atan2 sees the right quadrant, for either solution.",
            r"\psi = \operatorname{atan2}\Big(\frac{R_{32}}{\cos\theta}, \frac{R_{33}}{\cos\theta}\Big),\qquad "
            r"\varphi = \operatorname{atan2}\Big(\frac{R_{21}}{\cos\theta}, \frac{R_{11}}{\cos\theta}\Big)",
            _quotients_give_the_angles,
        ),
        Step(
            "The cosines of the two solutions have opposite signs, so both outer angles differ by π; the whole matrix is the same.",
            r"Z(\varphi + \pi)\,Y(\pi - \theta)\,X(\psi + \pi) = Z(\varphi)\,Y(\theta)\,X(\psi)",
            _second_solution_is_the_same,
        ),
        Step(
            "At $\\theta = \\pi/2$ the four entries that were divided are zero, and in those that are left only the difference of the outer "
            "angles occurs: put $\\varphi = 0$.",
            r"R = \begin{pmatrix}0 & \sin(\psi - \varphi) & \cos(\psi - \varphi)\\ 0 & \cos(\psi - \varphi) & -\sin(\psi - \varphi)\\ -1 & 0 & 0\end{pmatrix},"
            r"\qquad \psi = \varphi + \operatorname{atan2}(R_{12}, R_{13})",
            lambda: _zero(
                _R.subs(_b, sp.pi / 2)
                - sp.Matrix(
                    [
                        [0, sp.sin(_c - _a), sp.cos(_c - _a)],
                        [0, sp.cos(_c - _a), -sp.sin(_c - _a)],
                        [-1, 0, 0],
                    ]
                )
            ),
        ),
        Step(
            "At $\\theta = -\\pi/2$ it is their sum.",
            r"\psi = -\varphi + \operatorname{atan2}(-R_{12}, -R_{13})",
            lambda: _zero(_R.subs(_b, -sp.pi / 2)[0, 1:] + sp.Matrix([[sp.sin(_c + _a), sp.cos(_c + _a)]])),
        ),
    ),
)


def _conjugate_turns_about_the_moved_axis() -> bool:
    first, second = _turn("z", 40.0), _turn("y", 25.0)
    moved = axis_angle_to_matrix(_list(first @ np.array(_AXES["y"])), 25.0)
    return bool(np.allclose(first @ second @ first.T, moved))


def _third_turn_about_the_moved_axis() -> bool:
    two = compose(_turn("z", 40.0), _turn("y", 25.0))
    moved = axis_angle_to_matrix(_list(two @ np.array(_AXES["z"])), 70.0)
    return bool(np.allclose(moved @ two, euler_to_matrix([40.0, 25.0, 70.0], "ZYZ")))


moving_is_fixed_reversed = Derive(
    "moving-is-fixed-reversed",
    "Moving axes are fixed axes in the opposite order",
    "Turns $a$, $b$, $c$ about axes that turn along give $A\\,B\\,C$; the same angles about fixed axes, taken in the order $c$, $b$, $a$, give it as well.",
    (
        Step(
            "After the first turn $A$, the body's own axis $\\mathbf u$ lies along $A\\mathbf u$. A turn about that is: back, turn about the old axis, forth.",
            r"R(A\mathbf u, b) = A\,B\,A^{-1}",
            _conjugate_turns_about_the_moved_axis,
        ),
        Step(
            "It follows the first turn, so it stands to the left of it, and $A^{-1}A$ drops out.",
            r"(A\,B\,A^{-1})\,A = A\,B",
            lambda: _zero(_Z * _Y * _Z.inv() * _Z - _Z * _Y),
        ),
        Step(
            "The third turn is about an axis that both have moved, and slips in behind in the same way.",
            r"\big((AB)\,C\,(AB)^{-1}\big)\,AB = A\,B\,C",
            _third_turn_about_the_moved_axis,
        ),
        Step(
            "Read the product from the right: $C$ first, then $B$, then $A$, each about a fixed axis.",
            r"A\,B\,C\,\mathbf x = A\,(B\,(C\,\mathbf x))",
            lambda: bool(
                np.allclose(euler_to_matrix([40.0, 25.0, 70.0], "ZYX"), euler_to_matrix([70.0, 25.0, 40.0], "xyz"))
            ),
        ),
    ),
)

_SLABAUGH = """import numpy as np


def slabaugh(matrix):
    corner = min(max(float(matrix[2, 0]), -1.0), 1.0)
    if 1.0 - abs(corner) < 1e-12:
        sign = -1.0 if corner > 0 else 1.0
        psi = np.degrees(np.arctan2(sign * matrix[0, 1], sign * matrix[0, 2]))
        return np.array([[psi, 90.0 * sign, 0.0]] * 2)
    theta = -np.arcsin(corner)
    solutions = []
    for t in (theta, np.pi - theta):
        c = np.cos(t)
        psi = np.arctan2(matrix[2, 1] / c, matrix[2, 2] / c)
        phi = np.arctan2(matrix[1, 0] / c, matrix[0, 0] / c)
        solutions.append([psi, t, phi])
    angles = np.degrees(np.array(solutions))
    return angles - 360.0 * np.round(angles / 360.0)
"""


def _locked(psi: float, theta: float) -> Any:
    return euler_to_matrix([0.0, theta, psi], "ZYX")


def _slabaugh_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield matrices in general, with a negative θ, in both locks, and with a corner that rounding pushed past 1."""
    for about, low, high in (("a matrix in general", 10, 70), ("a negative θ", -70, -10), ("another one", 10, 70)):
        psi, phi = rng.uniform(20, 160, 2) * rng.choice([-1, 1], 2)
        matrix = euler_to_matrix([float(phi), float(rng.uniform(low, high)), float(psi)], "ZYX")
        yield Case((matrix,), slabaugh_angles(matrix), 1e-6, about)
    for theta, about in ((90.0, "the lock at θ = 90°"), (-90.0, "the lock at θ = −90°")):
        psi = float(rng.uniform(20, 150))
        yield Case((_locked(psi, theta),), np.array([[psi, theta, 0.0]] * 2), 1e-6, about)
    psi = float(rng.uniform(20, 150))
    pushed = _locked(psi, 90.0)
    pushed[2, 0] = np.nextafter(-1.0, -2.0)
    yield Case((pushed,), np.array([[psi, 90.0, 0.0]] * 2), 1e-6, "a corner that rounding has pushed past −1")


slabaugh = OwnFunction(
    "slabaugh",
    "Write Slabaugh's algorithm",
    "Write `slabaugh(matrix)`: for a rotation matrix (3, 3), $R = Z(\\varphi)\\,Y(\\theta)\\,X(\\psi)$, return an array (2, 3) with both solutions, "
    "each as $\\psi, \\theta, \\varphi$ in degrees between −180 and 180; the first has $|\\theta| \\le 90°$. In gimbal lock set "
    "$\\varphi = 0$ and return that one solution twice.",
    "slabaugh",
    '''import numpy as np


def slabaugh(matrix):
    """Both triples of angles (psi, theta, phi), in degrees, shape (2, 3)."""
    theta = -np.arcsin(matrix[2, 0])
    ...
''',
    _SLABAUGH,
    _slabaugh_cases,
    (
        "NumPy counts from 0: $R_{31}$ is `matrix[2, 0]`.",
        "Divide by `np.cos(theta)` before `np.arctan2`: in the second solution it is negative.",
        "Test for the lock before the division, with a tolerance, and clip the corner to −1 … 1 before `arcsin`.",
    ),
    (
        Mistake(
            _SLABAUGH.replace("corner = min", "matrix = matrix.T\n    corner = min"),
            "These are the angles of the transpose: row and column are exchanged (R₃₁ is `matrix[2, 0]`).",
        ),
        Mistake(
            _SLABAUGH.replace("theta = -np.arcsin(corner)", "theta = np.arcsin(corner)"),
            "The corner is minus the sine of θ.",
        ),
        Mistake(
            _SLABAUGH.replace("matrix[2, 1] / c, matrix[2, 2] / c", "matrix[2, 1], matrix[2, 2]").replace(
                "matrix[1, 0] / c, matrix[0, 0] / c", "matrix[1, 0], matrix[0, 0]"
            ),
            "The outer angles of the second solution are those of the first: the sign of cos θ was not divided out.",
        ),
        Mistake(
            _SLABAUGH.replace("angles = np.degrees(np.array(solutions))", "return np.array(solutions)"),
            "The angles are in radians, or not brought back between −180 and 180.",
        ),
        Mistake(
            _SLABAUGH.replace("if 1.0 - abs(corner) < 1e-12:", "if False:"),
            "In gimbal lock 0/0 decides: treat R₃₁ = ±1 by itself.",
        ),
        Mistake(
            _SLABAUGH.replace("sign = -1.0 if corner > 0 else 1.0", "sign = 1.0"),
            "Both locks are treated as θ = 90°: where R₃₁ = +1, θ is −90° and both entries change their sign.",
        ),
    ),
)
