import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.study.figures import (
        Arrow,
        Button,
        Choice,
        Curve,
        Dots,
        Mark,
        Path,
        Plot,
        Scene,
        Slider,
        Switch,
        Table,
        figure,
        predict,
        see_the_code,
    )

    return (
        Arrow,
        Button,
        Choice,
        Curve,
        Dots,
        Mark,
        Path,
        Plot,
        Scene,
        Slider,
        Switch,
        Table,
        figure,
        mo,
        np,
        predict,
        see_the_code,
    )


@app.cell
def _():
    from vitreous.rotations import (
        axis_angle_to_matrix,
        axis_angle_to_quaternion,
        chordal_mean,
        geodesic_angle_deg,
        matrix_to_axis_angle,
        matrix_to_quaternion,
        matrix_to_relion,
        nearest_rotation,
        projection_direction,
        quaternion_angle_deg,
        quaternion_conjugate,
        quaternion_mean,
        quaternion_multiply,
        quaternion_to_axis_angle,
        quaternion_to_matrix,
        quaternion_to_rotation_vector,
        random_quaternions,
        relion_to_matrix,
        rotate,
        rotate_by_quaternion,
        rotation_vector_to_matrix,
        slerp,
        so3_grid,
        sphere_grid,
        spherical_to_cartesian,
    )
    from vitreous.specimen import helix_bundle

    return (
        axis_angle_to_matrix,
        axis_angle_to_quaternion,
        chordal_mean,
        geodesic_angle_deg,
        helix_bundle,
        matrix_to_axis_angle,
        matrix_to_quaternion,
        matrix_to_relion,
        nearest_rotation,
        projection_direction,
        quaternion_angle_deg,
        quaternion_conjugate,
        quaternion_mean,
        quaternion_multiply,
        quaternion_to_axis_angle,
        quaternion_to_matrix,
        quaternion_to_rotation_vector,
        random_quaternions,
        relion_to_matrix,
        rotate,
        rotate_by_quaternion,
        rotation_vector_to_matrix,
        slerp,
        so3_grid,
        sphere_grid,
        spherical_to_cartesian,
    )


@app.cell
def _(Arrow, Dots, Path, helix_bundle, np, rotate):
    # the body of the scenes: three helices of different lengths, which no turn brings back onto themselves
    _backbone = helix_bundle().positions_angstrom.reshape(-1, 5, 3)[:, :3] / 23.0
    _breaks = np.flatnonzero(np.linalg.norm(np.diff(_backbone[:, 1], axis=0), axis=1) > 0.22) + 1
    _strands = [helix.reshape(-1, 3) for helix in np.split(_backbone, _breaks)]
    unit = np.eye(3)

    # it lies along x, so that a turn about z is seen
    _lying = [helix[:, [2, 0, 1]] for helix in _strands]

    def particle(body=False):
        return [
            part
            for n, at in enumerate(_lying)
            for part in (Path(at, series=n + 1, body=body), Dots(at, series=n + 1, body=body, size=3.5))
        ]

    def ghost(turn):
        return [Path(rotate(turn, at), series=5, dashed=True) for at in _lying]

    def frame(turn, length=0.7, body=False):
        return [Arrow(length * turn[:, n], f"{'xyz'[n]}′", series=(2, 4, 1)[n], body=body) for n in range(3)]

    fixed = [Path(np.stack([-1.15 * e, 1.15 * e]), n, series=5, dashed=True) for e, n in zip(unit, "xyz", strict=True)]

    def number(value):
        return f"{value + 0.0:.3f}".replace("-", "−").replace("−0.000", "0.000")

    def degrees(value):
        return f"{value + 0.0:.2f}°".replace("-", "−")

    return degrees, fixed, frame, ghost, number, particle, unit


@app.cell
def _(mo):
    mo.md(r"""
    # Rotations as a space

    **Rotations form a smooth, closed space without an edge and without a centre. Four numbers of unit length cover it
    evenly, and twice; three numbers never cover it evenly at all.** Nearly every silent mistake with poses (a prior that
    is not flat, a mean that is not between, a convergence test that stops at 0.03°) is that sentence forgotten.

    Conventions: vectors are columns, $\mathbf x' = R\,\mathbf x$, positive angles are counter-clockwise seen with the axis
    pointing at you, quaternions are $(w, x, y, z)$ with $ij = k$. Euler angles and the conventions of the packages are in
    [blur](/meetings/07-rotations/blur/), on one body that you can drag.
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Every rotation is one turn about one axis

    Euler proved it with a drawing. The matrix says it in one line: $\det(R - 1) = \det(R - RR^\mathsf{T}) = \det R\,
    \det(1 - R^\mathsf{T}) = -\det(R - 1)$, so it is zero, and some vector stays where it is. In an even number of dimensions the
    sign does not flip and the argument fails: a turn of the plane fixes nothing.
    """)
    return


@app.cell
def _(predict):
    predict(
        "The trace of a rotation matrix is −1. What kind of turn is it?",
        ("No turn", "A quarter turn", "A half turn, about some axis", "It is a reflection"),
        r"A half turn: $\operatorname{tr} R = 1 + 2\cos\theta$, whatever the axis is. And there the antisymmetric part "
        r"$R - R^\mathsf{T} = 2\sin\theta\,[\mathbf u]_\times$ vanishes, so the usual recipe for the axis divides zero by zero. "
        r"Take it from $R + 1 = 2\,\mathbf u\mathbf u^\mathsf{T}$ there.",
    )
    return


@app.cell
def _(Scene, Slider, Table, figure):
    turn = figure(
        "turn",
        panels=[
            Scene("parts", "a vector, its parts and its turn", sphere=True),
            Table("invariants", "read off the matrix", columns=("", "value", "says")),
        ],
        controls=[
            Slider("polar_deg", "axis, polar angle", 0, 180, 35, 1, unit="°"),
            Slider("azimuth_deg", "axis, azimuth", -180, 180, 70, 1, unit="°"),
            Slider("angle_deg", "angle", 0, 360, 100, 1, unit="°", playable=True),
        ],
        caption="The part along the axis stays; the part across it turns in a plane that the cross product completes. Play the angle past 180°: what does the table call it?",
    )
    turn
    return (turn,)


@app.cell
def _(
    Arrow,
    Path,
    axis_angle_to_matrix,
    degrees,
    matrix_to_axis_angle,
    np,
    number,
    rotate,
    spherical_to_cartesian,
    turn,
):
    _s = turn.settings
    _axis = spherical_to_cartesian([1.0, _s.polar_deg, _s.azimuth_deg])
    _matrix = axis_angle_to_matrix(_axis, _s.angle_deg)
    _vector = np.array([0.9, -0.1, 0.3])
    _along = (_axis @ _vector) * _axis
    _around = rotate(axis_angle_to_matrix(_axis, np.linspace(0, _s.angle_deg, 60)), _vector)
    _found, _angle = matrix_to_axis_angle(_matrix)
    _skew = (_matrix - _matrix.T)[[2, 0, 1], [1, 2, 0]] / 2
    _rows = [
        ["trace R", number(np.trace(_matrix)), f"1 + 2 cos θ, θ = {degrees(_angle)}"],
        ["half of R − Rᵀ", ", ".join(number(v) for v in _skew), "u sin θ"],
        ["axis", ", ".join(number(v) for v in _found), "the eigenvector of 1"],
        ["determinant", number(np.linalg.det(_matrix)), "+1: no mirror"],
    ]
    for _value in sorted(np.linalg.eigvals(_matrix), key=lambda v: abs(np.angle(v))):
        _rows.append(
            [
                "eigenvalue",
                f"{number(_value.real)} {'+' if _value.imag >= 0 else '−'} {number(abs(_value.imag))} i",
                f"angle {degrees(np.degrees(np.angle(_value)))}",
            ]
        )
    turn.draw(
        parts=[
            Path(np.stack([-1.2 * _axis, 1.2 * _axis]), "axis", series=5),
            Arrow(_vector, "v", series=1),
            Arrow(_along, "along", series=4),
            Arrow(_vector, "", _along, series=4),
            Arrow(_along + np.cross(_axis, _vector), "u × v", _along, series=3),
            Arrow(_around[-1], "R v", series=2),
            Path(_around, series=2),
        ],
        invariants=_rows,
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The part across turns as any vector of a plane does, cosine of itself plus sine of its quarter turn
    $\mathbf u\times\mathbf v$. That *is* Rodrigues' formula:

    $$\begin{aligned}R\,\mathbf v ={}& \mathbf v\cos\theta + (\mathbf u\times\mathbf v)\sin\theta\\ &+ \mathbf u(\mathbf u\cdot\mathbf v)(1-\cos\theta)\end{aligned}$$

    or, written as a matrix, $R = e^{\theta[\mathbf u]_\times}$. The eigenvalues are $1, e^{i\theta}, e^{-i\theta}$; in the plane across the axis a rotation is multiplication by
    $e^{i\theta}$. The engine does not evaluate this formula: it goes through the quaternion, which has no case near 0 or π.

    **What goes wrong.** Rodrigues with a vector that is not of unit length. The axis from $R - R^\mathsf T$ near a half turn.
    $\theta$ and $\mathbf u$ against $-\theta$ and $-\mathbf u$: one rotation, two names, and a Kalman filter that sees a jump.
    """)
    return


@app.cell
def _(axis_angle_to_quaternion, see_the_code):
    see_the_code(axis_angle_to_quaternion)
    return


@app.cell
def _(quaternion_to_axis_angle, see_the_code):
    see_the_code(quaternion_to_axis_angle)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Two quaternions, one rotation

    $q = (\cos\tfrac\theta2,\ \mathbf u\sin\tfrac\theta2)$ carries *half* the angle. Below, drag the particle onto its
    dashed ghost; the four numbers are yours. Then write the answer down from the formula and compare.
    """)
    return


@app.cell
def _(predict):
    predict(
        "90° clockwise about z, seen from +z looking down. Which quaternion?",
        ("(0, 0, 0, −1)", "(0.707, 0, 0, −0.707)", "(−0.707, 0, 0, 0.707)", "(0.707, 0, 0, 0.707)"),
        r"The second, and the third as well: it is its negative. Clockwise from the tip of the axis is the angle $-90°$, and half of "
        r"it is $-45°$. The first forgot the half (it is a half turn), the fourth turns the other way, or was seen from below: a turn "
        r"has no sense until somebody says from which side it is seen.",
    )
    return


@app.cell
def _(Choice, Scene, Switch, Table, figure):
    cover = figure(
        "cover",
        panels=[
            Scene("body", "drag the particle onto its ghost", turns="body"),
            Table("numbers", "what your hands have found", columns=("", "w", "x", "y", "z")),
        ],
        controls=[
            Choice(
                "target",
                "the turn to find",
                (
                    "90° clockwise about z, seen from +z",
                    "90° counter-clockwise about x, seen from +x",
                    "180° about y",
                    "120° counter-clockwise about (1, 1, 1)",
                ),
                "90° clockwise about z, seen from +z",
            ),
            Switch("answer", "show both answers"),
        ],
        caption="Drag, or use the arrow keys; within 6° counts. Then go on turning, by hand, all the way round until the body is back: is q back, too?",
    )
    cover
    return (cover,)


@app.cell
def _(
    axis_angle_to_quaternion,
    cover,
    degrees,
    fixed,
    frame,
    ghost,
    np,
    number,
    particle,
    quaternion_angle_deg,
    quaternion_to_matrix,
    unit,
):
    _s = cover.settings
    _target = {
        "90° clockwise about z, seen from +z": axis_angle_to_quaternion([0, 0, 1], -90.0),
        "90° counter-clockwise about x, seen from +x": axis_angle_to_quaternion([1, 0, 0], 90.0),
        "180° about y": axis_angle_to_quaternion([0, 1, 0], 180.0),
        "120° counter-clockwise about (1, 1, 1)": axis_angle_to_quaternion([1, 1, 1], 120.0),
    }[_s.target]
    _yours = np.array(_s.body)
    _left = quaternion_angle_deg(_yours, _target)

    def _row(name, q):
        return [name, *(number(v) for v in q)]

    _rows = [_row("your q", _yours), _row("and −q", -_yours)]
    if _s.answer or _left < 6.0:
        _rows += [_row("the answer", _target), _row("the other answer", -_target)]
    _verdict = "found: both signs are right" if _left < 6.0 else f"{degrees(_left)} still to turn"
    cover.draw(
        body=[
            *fixed,
            *ghost(quaternion_to_matrix(_target)),
            *particle(body=True),
            *frame(unit, body=True),
        ],
        numbers=[*_rows, [_verdict, "", "", "", ""]],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A full turn takes q to −q, and two full turns bring it home

    $\cos\tfrac\theta2$ has the period 720°. The body does not see it. A belt that holds the body to the wall does.
    """)
    return


@app.cell
def _(predict):
    predict(
        "One end of a belt is fixed, the other is turned by 360°. Can the twist be undone without turning the ends?",
        ("Yes", "No; but after 720° it can", "Never"),
        r"Not after 360°, but after 720° it can. Walk along the belt from the wall: the frames that you meet are a closed path of "
        r"rotations. One full turn runs from $q$ to $-q$, open on the sphere of quaternions, and no shaking closes it. Two full turns make a "
        r"closed loop on that sphere, and on a sphere every loop shrinks to a point.",
    )
    return


@app.cell
def _(Plot, Scene, Slider, figure):
    belt = figure(
        "belt",
        panels=[
            Scene("ribbon", "a belt between the wall and the body", radius=1.65),
            Plot("q", "the quaternion along the belt", x="way along the belt", y="component", y_range=(-1.1, 1.1)),
        ],
        controls=[
            Slider("twist_deg", "turn of the body", 0, 720, 360, 5, unit="°", playable=True),
            Slider("shake", "shake the belt", 0, 1, 0, 0.01, playable=True),
        ],
        caption="Turn the body by 720°, then shake: the ends keep their orientation and the twist runs out. At 360° the shaking does not close the curve of w.",
    )
    belt
    return (belt,)


@app.cell
def _(
    Arrow,
    Curve,
    Path,
    axis_angle_to_quaternion,
    belt,
    np,
    rotate_by_quaternion,
):
    _s = belt.settings
    _along = np.linspace(0, 1, 121)
    _t = np.radians(_s.twist_deg / 2) * _along
    _lean = (1 - _s.shake) * np.pi / 2
    if _s.twist_deg == 720:
        # circles of the sphere of quaternions, all through 1, from a great one (the twist) down to a point
        _c, _d = np.cos(_lean), np.sin(_lean)
        _q = np.stack([_c**2 + _d**2 * np.cos(_t), 0 * _t, _c * _d * (1 - np.cos(_t)), _d * np.sin(_t)], 1)
    else:
        # the ends are held; in between the axis of the twist may lean
        _bend = 70.0 * _s.shake * np.sin(np.pi * _along)
        _axis = np.stack([0 * _bend, np.sin(np.radians(_bend)), np.cos(np.radians(_bend))], 1)
        _q = axis_angle_to_quaternion(_axis, np.degrees(2 * _t))
    _middle = np.stack([0 * _along, 0 * _along, 1.3 - 2.6 * _along], 1)
    _wide = rotate_by_quaternion(_q, np.array([0.35, 0.0, 0.0]))
    _edges = [Path(_middle + _wide, series=1), Path(_middle - _wide, series=2)]
    _rungs = [Path(np.stack([m - w, m + w]), series=5) for m, w in zip(_middle[::4], _wide[::4], strict=True)]
    belt.draw(
        ribbon=[*_edges, *_rungs, Arrow(_middle[-1] + 2.2 * _wide[-1], "body", _middle[-1], series=3)],
        q=[Curve(_along, _q[:, n], "wxyz"[n]) for n in range(4)],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **What goes wrong.** Comparing $q_1$ with $q_2$ by the distance of four numbers: equal poses may look as far apart as two
    quaternions can be. Training a network to output $q$ with a squared error: it is asked to be in two places at once and answers with
    their mean, zero. Interpolating a trajectory without choosing signs: it takes the long way. Every honest formula has
    $|\langle q_1, q_2\rangle|$ or $q\,q^\mathsf{T}$ in it, which do not see the sign.
    """)
    return


@app.cell
def _(quaternion_to_matrix, see_the_code):
    see_the_code(quaternion_to_matrix)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## q p q⁻¹, one product at a time

    Hamilton's table; rows are the left factor. Among $i$, $j$, $k$ every product changes its sign with the
    order, and that is the whole of "rotations do not commute".

    | left · right | 1 | i | j | k |
    |---|---|---|---|---|
    | **1** | 1 | i | j | k |
    | **i** | i | −1 | k | −j |
    | **j** | j | −k | −1 | i |
    | **k** | k | j | −i | −1 |

    By hand, for $(1, 0, 0)$ turned by 180° about $z$: $\theta/2 = 90°$, so $q = \cos 90° + k\sin 90° = k$ and $q^{-1} = -k$.
    Then $q\,p = k\,i = j$, and $j\,(-k) = -jk = -i$. The point lands on $(-1, 0, 0)$, as it should.
    """)
    return


@app.cell
def _(predict):
    predict(
        "After the first product, q p, is the vector turned half way?",
        ("Yes, by half the angle", "Only if it is at right angles to the axis", "No, never"),
        r"Only if $\mathbf p$ lies across the axis. Otherwise $q\,p$ has a scalar part, $-\mathbf u\cdot\mathbf p\,\sin\frac\theta2$: it is "
        r"not a vector. The second factor brings the scalar back to zero and turns the part across by the other half. Two halves: "
        r"that is where the half angle comes from.",
    )
    return


@app.cell
def _(Choice, Scene, Slider, Table, figure):
    sandwich = figure(
        "sandwich",
        panels=[
            Scene("arrows", "the vector parts of p, q p and q p q⁻¹", sphere=True),
            Table("products", "the sixteen products of q and p", columns=("q \\ p", "1", "i", "j", "k")),
            Table("steps", "step by step", columns=("", "1", "i", "j", "k")),
        ],
        controls=[
            Slider("polar_deg", "axis, polar angle", 0, 180, 0, 1, unit="°"),
            Slider("azimuth_deg", "axis, azimuth", -180, 180, 0, 1, unit="°"),
            Slider("angle_deg", "angle", -360, 360, 180, 1, unit="°", playable=True),
            Choice("vector", "vector", ("(1, 0, 0)", "(0, 1, 0)", "(0, 0, 1)", "(0.6, 0, 0.8)"), "(1, 0, 0)"),
        ],
        caption="At rest: the example above. Lean the axis and watch the scalar column fill after the first product and empty after the second.",
    )
    sandwich
    return (sandwich,)


@app.cell
def _(
    Arrow,
    Path,
    axis_angle_to_quaternion,
    np,
    number,
    quaternion_conjugate,
    quaternion_multiply,
    sandwich,
    spherical_to_cartesian,
):
    _s = sandwich.settings
    _axis = spherical_to_cartesian([1.0, _s.polar_deg, _s.azimuth_deg])
    _q = axis_angle_to_quaternion(_axis, _s.angle_deg)
    _p = np.array([0.0, *(float(v) for v in _s.vector.strip("()").split(","))])
    _back = quaternion_conjugate(_q)
    _half = quaternion_multiply(_q, _p)
    _whole = quaternion_multiply(_half, _back)
    _sign = [[1, 1, 1, 1], [1, -1, 1, -1], [1, -1, -1, 1], [1, 1, -1, -1]]
    _name = [["", "i", "j", "k"], ["i", "", "k", "j"], ["j", "k", "", "i"], ["k", "j", "i", ""]]

    def _term(value, name):
        return "0" if abs(value) < 5e-4 else f"{number(value)} {name}"

    _products = [
        [f"{'1ijk'[a]}: {number(_q[a])}", *(_term(_sign[a][b] * _q[a] * _p[b], _name[a][b]) for b in range(4))]
        for a in range(4)
    ]
    _rows = {"q": _q, "p": _p, "q p": _half, "q⁻¹": _back, "q p q⁻¹": _whole}
    sandwich.draw(
        arrows=[
            Path(np.stack([-1.2 * _axis, 1.2 * _axis]), "axis", series=5),
            Arrow(_p[1:], "p", series=1),
            Arrow(_half[1:], "q p", series=5),
            Arrow(_whole[1:], "q p q⁻¹", series=2),
        ],
        products=_products,
        steps=[[name, *(number(v) for v in values)] for name, values in _rows.items()],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The sum over the sixteen products, sorted, is $(p_0q_0 - \mathbf p\cdot\mathbf q,\ p_0\mathbf q + q_0\mathbf p +
    \mathbf p\times\mathbf q)$: 16 multiplications. A matrix product takes 27, a matrix times a vector 9, the sandwich about 30.
    So compose with quaternions and apply with matrices.

    **Where it is in the packages.** SciPy stores the scalar *last*; Eigen, ROS and glTF too. NumPy-quaternion, and we,
    have it first. A cyclic shift of four numbers is another valid rotation, and nothing warns you.
    """)
    return


@app.cell
def _(quaternion_multiply, see_the_code):
    see_the_code(quaternion_multiply)
    return


@app.cell
def _(rotate_by_quaternion, see_the_code):
    see_the_code(rotate_by_quaternion)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## All rotations in one picture: the stereographic view

    Unit quaternions are a sphere in four dimensions. Put a lamp at $-1$ and throw the shadow into our space:
    $\mathbf s = (x, y, z)/(1 + w) = \mathbf u\tan\tfrac\theta4$. No rotation is the centre, half turns are the unit sphere, and
    outside live the second names of those inside.
    """)
    return


@app.cell
def _(predict):
    predict(
        "In this picture, what does multiplication by a fixed quaternion do to the straight line of all turns about x?",
        ("It stays a straight line", "It becomes a circle", "It becomes a spiral"),
        r"A circle. Multiplication turns the four-dimensional sphere rigidly, great circles stay great circles, and the shadow "
        r"keeps circles (lines are circles through the lamp) and angles. It does not keep sizes: near the edge everything is "
        r"magnified.",
    )
    return


@app.cell
def _(Choice, Scene, Slider, Table, figure):
    ball = figure(
        "ball",
        panels=[
            Scene("ball", "the rotations", sphere=True, radius=2.3),
            Table("point", "where this rotation is", columns=("", "w", "x", "y", "z", "distance from the centre")),
        ],
        controls=[
            Choice("chart", "picture", ("stereographic", "rotation vector / π", "x, y, z of q"), "stereographic"),
            Slider("polar_deg", "axis, polar angle", 0, 180, 60, 1, unit="°"),
            Slider("azimuth_deg", "axis, azimuth", -180, 180, 40, 1, unit="°"),
            Slider("angle_deg", "angle", 0, 330, 100, 1, unit="°", playable=True),
        ],
        caption="Dashed: the way from no rotation to yours. Coloured: the turns about x, y, z, each followed by yours. Play the angle through 180° in each of the three pictures, and see which of them tears.",
    )
    ball
    return (ball,)


@app.cell
def _(
    Dots,
    Path,
    axis_angle_to_quaternion,
    ball,
    np,
    number,
    quaternion_multiply,
    quaternion_to_rotation_vector,
    spherical_to_cartesian,
    unit,
):
    _s = ball.settings
    _axis = spherical_to_cartesian([1.0, _s.polar_deg, _s.azimuth_deg])
    _q = axis_angle_to_quaternion(_axis, _s.angle_deg)
    _all_deg = np.linspace(-360, 360, 145)

    def _shadow(q):
        if _s.chart == "stereographic":
            return q[..., 1:] / np.maximum(1 + q[..., :1], 1e-9)
        return quaternion_to_rotation_vector(q) / np.pi if _s.chart == "rotation vector / π" else q[..., 1:]

    def _lines(q, series):
        points = _shadow(q)
        seen = np.linalg.norm(points, axis=1) < 2.6
        whole = seen[1:] & seen[:-1] & (np.linalg.norm(np.diff(points, axis=0), axis=1) < 0.7)
        pieces = np.split(points, np.flatnonzero(~whole) + 1)
        return [Path(piece, series=series) for piece in pieces if len(piece) > 1]

    _loops = [
        _lines(quaternion_multiply(_q, axis_angle_to_quaternion(e, _all_deg)), (2, 4, 1)[n]) for n, e in enumerate(unit)
    ]
    _names = [("q", _q), ("−q", -_q)]
    _rows = [[n, *(number(v) for v in q), number(np.linalg.norm(_shadow(q)))] for n, q in _names]
    _near = [Dots(_shadow(q)[None], n, series=3, size=7.0) for n, q in _names if np.linalg.norm(_shadow(q)) < 2.6]
    _way = Path(_shadow(axis_angle_to_quaternion(_axis, np.linspace(0, _s.angle_deg, 60))), series=5, dashed=True)
    ball.draw(ball=[*(line for loop in _loops for line in loop), _way, *_near], point=_rows)
    return


@app.cell
def _(mo):
    mo.md(r"""
    The rotation vector is the picture that cryoSPARC stores. It is honest near the centre, and at length $\pi$ it tears:
    opposite points of that ball are one rotation. The volume per rotation is not constant in it either: a shell at angle $\theta$
    holds $\propto (1-\cos\theta)$ rotations and not $\theta^2$. A prior that is flat in the vector is not flat in rotations.
    """)
    return


@app.cell
def _(quaternion_to_rotation_vector, see_the_code):
    see_the_code(quaternion_to_rotation_vector)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Uniform means: the same from wherever you look

    Take any rotation as the origin and count how far the others are. If a set is uniform, the density of the angle is
    $(1-\cos\theta)/\pi$ *whichever origin you took*. Below are five ways that people fill the space of rotations with. Two
    are right.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Random axis from the sphere, random angle from 0° to 180°. Uniform?",
        ("Yes: both are uniform", "No: too many small turns", "No: too many large turns"),
        r"Too many small ones. The right density vanishes as $\theta^2$ at 0, because there is little room near the identity (a small "
        r"ball in three dimensions), and this recipe gives each angle the same share. The plot shows it flat.",
    )
    return


@app.cell
def _(Button, Choice, Plot, Scene, Slider, Table, figure):
    grids = figure(
        "grids",
        panels=[
            Scene("views", "directions of view", sphere=True),
            Plot(
                "density",
                "angles to the origin",
                x="angle (°)",
                y="density (1/°)",
                x_range=(0, 180),
                y_range=(0, 0.022),
            ),
            Table("numbers", "what it costs", columns=("", "value")),
        ],
        controls=[
            Choice(
                "way",
                "filled with",
                (
                    "HEALPix × even turns",
                    "equal Euler steps",
                    "normal numbers, normalised",
                    "numbers from 0 to 1, normalised",
                    "random axis, random angle",
                ),
                "HEALPix × even turns",
            ),
            Slider("spacing_deg", "spacing", 10, 40, 15, 1, unit="°"),
            Button("origin", "another origin"),
        ],
        caption="Try every way, and for each of them another origin. Which ones look uniform from one origin only?",
    )
    grids
    return (grids,)


@app.cell
def _(
    np,
    quaternion_to_matrix,
    random_quaternions,
    relion_to_matrix,
    rotation_vector_to_matrix,
    so3_grid,
    sphere_grid,
):
    def filled(way, spacing_deg):
        rng = np.random.default_rng(5)
        many = len(sphere_grid(spacing_deg)) * round(360 / spacing_deg)
        if way == "HEALPix × even turns":
            return so3_grid(spacing_deg)
        if way == "equal Euler steps":
            turns, tilts = round(360 / spacing_deg), round(180 / spacing_deg)
            steps = np.arange(turns) * 360 / turns, (np.arange(tilts) + 0.5) * 180 / tilts
            angles = np.stack(np.meshgrid(steps[0], steps[1], steps[0], indexing="ij"), -1)
            return relion_to_matrix(angles.reshape(-1, 3))
        if way == "normal numbers, normalised":
            return quaternion_to_matrix(random_quaternions(many, rng))
        if way == "numbers from 0 to 1, normalised":
            return quaternion_to_matrix(rng.random((many, 4)))
        axis = rng.standard_normal((many, 3))
        angle = rng.uniform(0, np.pi, (many, 1))
        return rotation_vector_to_matrix(axis / np.linalg.norm(axis, axis=1, keepdims=True) * angle)

    return (filled,)


@app.cell
def _(
    Curve,
    Dots,
    filled,
    geodesic_angle_deg,
    grids,
    np,
    projection_direction,
    quaternion_to_matrix,
    random_quaternions,
):
    _s = grids.settings
    _set = filled(_s.way, _s.spacing_deg)
    _origin = np.eye(3) if _s.origin == 0 else quaternion_to_matrix(random_quaternions(1, _s.origin))[0]
    _edges = np.arange(0, 181, 6.0)
    _density, _ = np.histogram(geodesic_angle_deg(_origin, _set), _edges, density=True)
    _theta = np.linspace(0, 180, 181)
    _probes = quaternion_to_matrix(random_quaternions(100, 9)).reshape(100, 9).astype(np.float32)
    _trace = (_probes @ _set.reshape(-1, 9).astype(np.float32).T).max(axis=1)
    _gap = np.degrees(np.arccos(np.clip((_trace - 1) / 2, -1, 1)))
    _views = projection_direction(_set)
    _views = _views[np.unique((_views @ [1.0, 3.7, 9.1]).round(6), return_index=True)[1]]
    grids.draw(
        views=[Dots(_views[:: max(len(_views) // 1500, 1)], series=1)],
        density=[
            Curve((_edges[1:] + _edges[:-1]) / 2, _density, "counted", "bars"),
            Curve(_theta, (1 - np.cos(np.radians(_theta))) / 180, "uniform: (1 − cos θ)/π"),
        ],
        numbers=[
            ["rotations", f"{len(_set):,}"],
            ["different views", f"{len(_views):,}"],
            ["largest entry of the mean matrix", f"{np.abs(_set.mean(axis=0)).max():.3f}"],
            ["largest of 100 gaps", f"{_gap.max():.1f}°"],
            ["mean gap", f"{_gap.mean():.1f}°"],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Numbers from 0 to 1 give four non-negative components: an eighth of all rotations, and nothing warns you; the
    pictures look random enough. Equal Euler steps crowd at the poles by $1/\sin\text{tilt}$ and pay for about
    $\pi/2$ times as many rotations as the even grid of the same step. The volume element is

    $$\begin{aligned}dR &= \frac{1}{8\pi^2}\,\sin(\text{tilt})\; d\text{rot}\; d\text{tilt}\; d\text{psi}\\
    &= \frac{1-\cos\theta}{\pi}\,d\theta\;\frac{d\mathbf u}{4\pi}.\end{aligned}$$

    The cost is cubic: half the spacing, eight times the rotations. At 1° there are 15 million, which is why refinement goes
    coarse to fine, or searches around the last pose (`local_grid`).

    **Where it is in the packages.** RELION's orders 1, 2, 3, … are HEALPix pixels of 29.3°,
    14.7°, 7.3° …, which its interface calls 30, 15, 7.5 …, with in-plane steps to match. cryoDRGN's global search uses the same product, after Yershova and others.
    """)
    return


@app.cell
def _(see_the_code, so3_grid):
    see_the_code(so3_grid)
    return


@app.cell
def _(random_quaternions, see_the_code):
    see_the_code(random_quaternions)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The distance of two poses is an angle, and an arc cosine is the wrong way to it

    $\theta = \arccos\frac{\operatorname{tr} R_1^\mathsf{T}R_2 - 1}{2} = 2\arccos|\langle q_1, q_2\rangle|$: true, and
    useless where it matters. Near $\theta = 0$ the cosine is flat.
    """)
    return


@app.cell
def _(predict):
    predict(
        "In single precision, what is the smallest angle but zero that the arc cosine of a trace can return?",
        ("About 10⁻⁷ degrees", "About 0.001°", "About 0.03°"),
        r"About 0.03°. The trace is near 3, where single precision steps by $2.4\times10^{-7}$; half of a step taken off the cosine is an angle of "
        r"$\sqrt{2.4\times 10^{-7}} = 4.9\times10^{-4}$ rad. A refinement that tests for a change of 0.01° sees zero, or 0.03. Half of the "
        r"digits are gone.",
    )
    return


@app.cell
def _(Plot, Slider, Table, figure):
    precision = figure(
        "precision",
        panels=[
            Plot(
                "errors",
                "error of the distance",
                x="true angle (°)",
                y="error (°)",
                logarithmic="xy",
                y_range=(1e-16, 10),
            ),
            Table("values", "at the angle chosen", columns=("formula", "returns")),
        ],
        controls=[Slider("angle_deg", "true angle", 1e-5, 180, 0.01, 0.01, unit="°", logarithmic=True)],
        caption="Slide the true angle down to 0.001° and read what each formula returns.",
    )
    precision
    return (precision,)


@app.cell
def _(Curve, Mark, axis_angle_to_matrix, geodesic_angle_deg, np, precision):
    _axis, _base = [0.3, -0.5, 0.8], axis_angle_to_matrix([1.0, 2.0, 0.5], 77.0)
    _true = np.append(np.geomspace(1e-5, 179.9, 90), precision.settings.angle_deg)
    _turned = _base @ axis_angle_to_matrix(_axis, _true)

    def _arc_cosine(kind):
        cosine = (np.sum(_base.astype(kind) * _turned.astype(kind), axis=(-2, -1)) - 1) / 2
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))

    _single = np.broadcast_to(_base.astype(np.float32), _turned.shape)
    _found = {
        "arc cosine, single": _arc_cosine(np.float32),
        "arc cosine, double": _arc_cosine(np.float64),
        "atan2, single": geodesic_angle_deg(_single, _turned.astype(np.float32)),
        "atan2, double": geodesic_angle_deg(_base, _turned),
    }
    precision.draw(
        errors=[
            *(Curve(_true[:-1], np.maximum(np.abs(v - _true)[:-1], 1e-16), n, "points") for n, v in _found.items()),
            Mark(float(_true[-1]), "chosen"),
        ],
        values=[["true", f"{_true[-1]:.8g}°"], *([n, f"{v[-1]:.8g}°"] for n, v in _found.items())],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The way out: the antisymmetric part carries the sine, the trace the cosine, and `atan2` takes both,
    $\theta = \operatorname{atan2}(\tfrac12\lVert\operatorname{vee}(R - R^\mathsf{T})\rVert,\ \tfrac12(\operatorname{tr}R - 1))$. One of the two is
    always steep.

    **What goes wrong.** $2\arccos\langle q_1, q_2\rangle$ without the bar returns up to 360°. A distance under symmetry is the
    *smallest* over the group. And the chord $\lVert R_1 - R_2\rVert = 2\sqrt2\sin\frac\theta2$ is a fine distance, too, but not in degrees.
    """)
    return


@app.cell
def _(geodesic_angle_deg, see_the_code):
    see_the_code(geodesic_angle_deg)
    return


@app.cell
def _(quaternion_angle_deg, see_the_code):
    see_the_code(quaternion_angle_deg)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The straight way between two rotations is one turn at an even pace

    $q(t) = q_0\,(q_0^{-1}q_1)^t$. Interpolating Euler angles, or four numbers, also joins the ends; what lies between is
    another matter.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Which of the three turns at an even pace, about one axis, all the way?",
        ("Euler angles", "Four numbers, normalised", "Only slerp", "All of them"),
        r"Only slerp. Normalised numbers take the same way (the chord below the arc), but too fast in the middle: hardly to be seen "
        r"for small turns, by a lot for large ones. Euler angles take a way of their own, which is longer, and depends on the convention. "
        r"And the sign of one quaternion flipped sends the chord through the far side of the sphere.",
    )
    return


@app.cell
def _(Plot, Scene, Slider, Switch, figure):
    path = figure(
        "path",
        panels=[
            Scene("sphere", "the tip of the view", sphere=True),
            Plot("speed", "pace", x="fraction of the way", y="turn per fraction (°)"),
        ],
        controls=[
            Slider("rot_deg", "rot of the end", -180, 180, 110, 1, unit="°"),
            Slider("tilt_deg", "tilt of the end", 0, 180, 50, 1, unit="°"),
            Slider("psi_deg", "psi of the end", -180, 180, -30, 1, unit="°"),
            Slider("fraction", "fraction of the way", 0, 1, 0.3, 0.01, playable=True),
            Switch("flipped", "the end's quaternion with its sign changed"),
        ],
        caption="The start is (−40°, 70°, 0°). Slide psi, which leaves the end's view where it is; then flip the sign: one of the three goes the long way round.",
    )
    path
    return (path,)


@app.cell
def _(
    Arrow,
    Curve,
    Path,
    geodesic_angle_deg,
    matrix_to_quaternion,
    np,
    path,
    projection_direction,
    quaternion_to_matrix,
    relion_to_matrix,
    slerp,
):
    _s = path.settings
    _start, _end = np.array([-40.0, 70.0, 0.0]), np.array([_s.rot_deg, _s.tilt_deg, _s.psi_deg])
    _t = np.append(np.linspace(0, 1, 101), _s.fraction)
    _q0, _q1 = (matrix_to_quaternion(relion_to_matrix(e)) for e in (_start, _end))
    # of q and −q the nearer one, unless it is to go wrong
    _q1 = -_q1 if (_q0 @ _q1 < 0) != _s.flipped else _q1
    _line = _q0 + _t[:, None] * (_q1 - _q0)
    _line[np.sum(_line**2, 1) < 1e-12] = _q0
    _ways = {
        "slerp": quaternion_to_matrix(slerp(_q0, _q1, _t)),
        "four numbers, normalised": quaternion_to_matrix(_line),
        "Euler angles": relion_to_matrix(_start + _t[:, None] * (_end - _start)),
    }
    _shown, _curves = [], []
    for _n, (_name, _turns) in enumerate(_ways.items()):
        _tips = projection_direction(_turns)
        _shown += [Path(_tips[:-1], series=_n + 1), Arrow(_tips[-1], series=_n + 1)]
        _curves.append(Curve(_t[:-2] + 0.005, 100 * geodesic_angle_deg(_turns[:-2], _turns[1:-1]), _name))
    path.draw(sphere=_shown, speed=_curves)
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Where it is in the packages.** A movie of a rotating map in ChimeraX, a tilt series with a drifting stage, motion of
    rigid domains: all of these want the even pace. Poses of single particles are not joined by a path, and need it
    only in local search.
    """)
    return


@app.cell
def _(see_the_code, slerp):
    see_the_code(slerp)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## The mean of rotations is the one with the least sum of squared chords

    Forty estimates of one pose, each disturbed by a turn of your size. Five ways to average them, and how far each of them is
    from the truth.
    """)
    return


@app.cell
def _(predict):
    predict(
        "The true psi is 179°, and the estimates scatter by 10°. What is the plain mean of the forty psi?",
        ("About 179°", "Anything; often near 0°", "About 180°"),
        r"Often near 0°: half of them are written as −175° and so on, and the mean of +175 and −175 is the opposite direction. No warning: "
        r"the number is in range.",
    )
    return


@app.cell
def _(Button, Choice, Scene, Slider, Table, figure):
    mean = figure(
        "mean",
        panels=[
            Scene("sphere", "views, each with a flag along the picture's x axis", sphere=True, camera_deg=(35.0, 30.0)),
            Table("errors", "angle to the truth", columns=("way", "off by")),
        ],
        controls=[
            Choice(
                "truth",
                "the true pose",
                ("rot 70°, tilt 60°, psi 20°", "psi 179°", "tilt 1°", "a half turn"),
                "psi 179°",
            ),
            Slider("spread_deg", "scatter", 0.5, 60, 10, 0.5, unit="°"),
            Button("again", "forty new estimates"),
        ],
        caption="For every true pose, find the ways that fail. Which two never differ, and why?",
    )
    mean
    return (mean,)


@app.cell
def _(
    Arrow,
    chordal_mean,
    degrees,
    geodesic_angle_deg,
    matrix_to_quaternion,
    matrix_to_relion,
    mean,
    np,
    projection_direction,
    quaternion_mean,
    quaternion_to_matrix,
    relion_to_matrix,
    rotation_vector_to_matrix,
):
    _s = mean.settings
    _angles = {
        "rot 70°, tilt 60°, psi 20°": [70.0, 60.0, 20.0],
        "psi 179°": [70.0, 60.0, 179.0],
        "tilt 1°": [70.0, 1.0, 20.0],
        "a half turn": [0.0, 180.0, 60.0],
    }
    _truth = relion_to_matrix(_angles[_s.truth])
    _rng = np.random.default_rng(_s.again)
    _set = rotation_vector_to_matrix(np.radians(_s.spread_deg / 3**0.5) * _rng.standard_normal((40, 3))) @ _truth
    _q = matrix_to_quaternion(_set)
    _means = {
        "matrices, projected: chordal_mean": chordal_mean(_set),
        "top eigenvector of Σ q qᵀ: quaternion_mean": quaternion_to_matrix(quaternion_mean(_q)),
        "quaternions as stored, w ≥ 0": quaternion_to_matrix(_q.mean(axis=0)),
        "quaternions with random signs": quaternion_to_matrix((_q * _rng.choice([-1.0, 1.0], (40, 1))).mean(axis=0)),
        "Euler angles": relion_to_matrix(matrix_to_relion(_set).mean(axis=0)),
    }

    def _flag(turn, length):
        tip = projection_direction(turn)
        return np.stack([tip, tip + length * turn[0]])

    _flags = [Path(_flag(turn, 0.2), series=5) for turn in _set]
    _means_shown = [
        item
        for n, turn in enumerate(_means.values(), 1)
        for item in (
            Arrow(projection_direction(turn), series=n),
            Arrow(_flag(turn, 0.5)[1], f"{n}", _flag(turn, 0.5)[0], series=n),
        )
    ]
    mean.draw(
        sphere=[*_flags, *_means_shown],
        errors=[
            [f"{n}  {name}", degrees(geodesic_angle_deg(_truth, turn))]
            for n, (name, turn) in enumerate(_means.items(), 1)
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Minimising $\sum_i\lVert R - R_i\rVert^2$ means maximising $\operatorname{tr}(R^\mathsf{T}\sum R_i)$, and the singular value
    decomposition answers: $\sum R_i = USV^\mathsf{T}$, $R = U\,\mathrm{diag}(1, 1, \det UV^\mathsf{T})\,V^\mathsf{T}$. In quaternions the same
    sum is $\sum(4\langle q, q_i\rangle^2 - 1)$, whose maximum is the top eigenvector of $\sum q_iq_i^\mathsf{T}$: the same mean, and no sign in it.

    The same decomposition superposes two structures (Kabsch): `vitreous.specimen.superposition`.

    **What goes wrong.** The determinant left out: with wide scatter the projection may be a reflection. Means over a symmetry
    group without first choosing one copy each. And a mean of views from both sides of a preferred orientation, which
    is a view that no particle has.
    """)
    return


@app.cell
def _(chordal_mean, see_the_code):
    see_the_code(chordal_mean)
    return


@app.cell
def _(quaternion_mean, see_the_code):
    see_the_code(quaternion_mean)
    return


@app.cell
def _(nearest_rotation, see_the_code):
    see_the_code(nearest_rotation)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## To take with you

    A network that predicts a pose must put out some numbers. Nine, projected to the nearest rotation? Six, made orthogonal? Four,
    normalised? Three? For each: is there a continuous way from rotations to the numbers, and what does your loss do
    where there is none?

    With your hands, the conventions of the packages: [blur](/meetings/07-rotations/blur/). The grid of poses at work, with
    a likelihood on top: [classification](/meetings/06-classification/sharpen/). A network that takes the pose as
    given: [cryoDRGN](/meetings/11-cryodrgn/sharpen/).
    """)
    return


if __name__ == "__main__":
    app.run()
