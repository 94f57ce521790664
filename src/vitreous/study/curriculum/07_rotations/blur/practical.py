import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import numpy as np

    from vitreous.study.figures import (
        Arrow,
        Choice,
        Curve,
        Dots,
        Image,
        Mark,
        Path,
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

    return (
        Arrow,
        Choice,
        Curve,
        Dots,
        Image,
        Mark,
        Path,
        Pixels,
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
    from vitreous.projection import project_atoms
    from vitreous.rotations import (
        axis_angle_to_matrix,
        cartesian_to_spherical,
        compose,
        eman_to_matrix,
        euler_to_matrix,
        geodesic_angle_deg,
        in_plane_angle_deg,
        inverse,
        matrix_to_axis_angle,
        matrix_to_cryosparc,
        matrix_to_eman,
        matrix_to_euler,
        matrix_to_imod,
        matrix_to_relion,
        projection_direction,
        quaternion_to_matrix,
        relion_to_matrix,
        rotate,
        rotation_vector_to_matrix,
        slabaugh_angles,
        spherical_to_cartesian,
    )
    from vitreous.specimen import Atoms, helix_bundle

    return (
        Atoms,
        axis_angle_to_matrix,
        cartesian_to_spherical,
        compose,
        eman_to_matrix,
        euler_to_matrix,
        geodesic_angle_deg,
        helix_bundle,
        in_plane_angle_deg,
        inverse,
        matrix_to_axis_angle,
        matrix_to_cryosparc,
        matrix_to_eman,
        matrix_to_euler,
        matrix_to_imod,
        matrix_to_relion,
        project_atoms,
        projection_direction,
        quaternion_to_matrix,
        relion_to_matrix,
        rotate,
        rotation_vector_to_matrix,
        slabaugh_angles,
        spherical_to_cartesian,
    )


@app.cell
def _(Arrow, Dots, Path, helix_bundle, np, rotate):
    # the body of every scene: three helices of different lengths, which no turn brings back onto themselves
    bundle = helix_bundle()
    _backbone = bundle.positions_angstrom.reshape(-1, 5, 3)[:, :3] / 23.0
    _breaks = np.flatnonzero(np.linalg.norm(np.diff(_backbone[:, 1], axis=0), axis=1) > 0.22) + 1
    _strands = [helix.reshape(-1, 3) for helix in np.split(_backbone, _breaks)]
    unit = np.eye(3)

    def particle(turn=None, body=False):
        turned = [helix if turn is None else rotate(turn, helix) for helix in _strands]
        return [
            part
            for n, at in enumerate(turned)
            for part in (Path(at, series=n + 1, body=body), Dots(at, series=n + 1, body=body, size=3.5))
        ]

    def frame(turn, names=("x", "y", "z"), length=1.0, body=False, series=(2, 4, 1)):
        return [Arrow(length * turn[:, n], names[n], series=series[n], body=body) for n in range(3)]

    fixed = [Path(np.stack([-1.15 * e, 1.15 * e]), n, series=5, dashed=True) for e, n in zip(unit, "xyz", strict=True)]

    def degrees(value):
        return f"{value + 0.0:.1f}°".replace("-", "−").replace("−0.0°", "0.0°")

    def number(value):
        return f"{value + 0.0:.3f}".replace("-", "−").replace("−0.000", "0.000")

    return bundle, degrees, fixed, frame, number, particle, unit


@app.cell
def _(mo):
    mo.md(r"""
    # Coordinate systems and rotations

    **Three numbers say how a particle lies in the ice. Which three, in which order, about whose axes: say it, or be
    wrong.** A rotation read in the wrong convention gives no error message. It gives a perfectly valid rotation, of
    another particle. Here you turn things with your hands until every convention of the packages is a thing that
    you have seen, and not a thing that you look up.

    Vectors are $(x, y, z)$ columns, a matrix acts from the left, $\mathbf x' = R\,\mathbf x$, and an angle is positive
    counter-clockwise seen with its axis pointing at you (curl the fingers of the right hand: the thumb is the axis).
    """)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Two angles name a direction, but not everybody gives them the same names

    A direction is a point on a sphere: how far down from the pole, and how far round. Physicists call them
    $\theta$ and $\varphi$. A good part of the mathematics books call them $\varphi$ and $\theta$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "The polar angle is 0. What does the azimuth do to the point?",
        (
            "It turns the point round the equator",
            "Nothing at all",
            "It turns the point about its own axis",
        ),
        r"Nothing. At the poles all azimuths name one direction, as all meridians meet there. A coordinate is lost, "
        r"while the sphere itself has no special point. Remember this: every set of three angles for a rotation has the "
        r"same illness, and there it is called *gimbal lock*.",
    )
    return


@app.cell
def _(Scene, Slider, Switch, Table, figure):
    spherical = figure(
        "spherical",
        panels=[
            Scene("sphere", "a point and its two angles", sphere=True),
            Table("names", "the same point, as others write it", columns=("who writes", "first", "second", "third")),
        ],
        controls=[
            Slider("radius", "radius", 0.2, 1.2, 1.0, 0.01),
            Slider("polar_deg", "polar angle, from +z", 0, 180, 50, 1, unit="°"),
            Slider("azimuth_deg", "azimuth, from +x towards +y", -180, 180, 110, 1, unit="°", playable=True),
            Switch("swapped", "show where a reader of the other convention puts it"),
        ],
        caption="Move the polar angle to 0 and play the azimuth. Then switch on the other reader and look for a point "
        "where the two agree.",
    )
    spherical
    return (spherical,)


@app.cell
def _(
    Arrow,
    Path,
    degrees,
    fixed,
    np,
    spherical,
    spherical_to_cartesian,
):
    _s = spherical.settings
    _r, _polar, _azimuth = _s.radius, _s.polar_deg, _s.azimuth_deg
    _point = spherical_to_cartesian([_r, _polar, _azimuth])
    _t = np.linspace(0, 1, 40)[:, None] * np.array([[0.0, 1.0, 1.0]])
    _down = spherical_to_cartesian(_t * [0, _polar, 0] + [0.45, 0, _azimuth])
    _round = spherical_to_cartesian(_t * [0, 0, _azimuth] + [0.45, 90, 0])
    _foot = _point * [1, 1, 0]
    _shown = [
        *fixed,
        Path(np.stack([0 * _foot, _foot, _point]), series=5, dashed=True),
        Path(_down, "polar", series=2),
        Path(_round, "azimuth", series=4),
        Arrow(_point, "r", series=1),
    ]
    if _s.swapped:
        _shown.append(Arrow(spherical_to_cartesian([_r, _azimuth, _polar]), "angles exchanged", series=3))
    _side = "N" if _polar <= 90 else "S"
    _rows = [
        ["Cartesian", *(f"{n} = {v:.2f}".replace("-", "−") for n, v in zip("xyz", _point + 0.0, strict=True))],
        ["physics", f"r = {_r:.2f}", f"θ = {degrees(_polar)}, polar", f"φ = {degrees(_azimuth)}, azimuth"],
        ["calculus books", f"ρ = {_r:.2f}", f"θ = {degrees(_azimuth)}, azimuth", f"φ = {degrees(_polar)}, polar"],
        [
            "the Earth",
            f"r = {_r:.2f}",
            f"latitude {degrees(abs(90 - _polar))} {_side}",
            f"longitude {degrees(_azimuth)}",
        ],
        ["a RELION view", "", f"tilt = {degrees(_polar)}", f"rot = {degrees(_azimuth)}"],
    ]
    spherical.draw(sphere=_shown, names=_rows)
    return


@app.cell
def _(mo):
    mo.md(r"""
    The shadow of the arrow on the floor is $r\sin\theta$ long; the azimuth shares it out between $x$ and $y$,
    and what is left upright is $r\cos\theta$:

    $$\begin{aligned}x &= r\sin\theta\cos\varphi\\ y &= r\sin\theta\sin\varphi\\ z &= r\cos\theta\end{aligned}$$

    **What goes wrong.** *Exchanged names*: $\theta$ of one book is $\varphi$ of the other; write "polar" and "azimuth" in
    your code. *Half the circle lost*: $\varphi = \arctan(y/x)$ cannot tell $(1, 1)$ from $(-1, -1)$; use
    `atan2(y, x)`. *Degrees in, radians expected*: 50 radians is a fine angle, too.
    """)
    return


@app.cell
def _(see_the_code, spherical_to_cartesian):
    see_the_code(spherical_to_cartesian)
    return


@app.cell
def _(cartesian_to_spherical, see_the_code):
    see_the_code(cartesian_to_spherical)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## A rotation matrix is a list of where the axes go

    Nothing needs to be memorised. The first column is where $\hat{\mathbf x}$ ends up, the second is where
    $\hat{\mathbf y}$ does, the third $\hat{\mathbf z}$. Every other vector follows, because turning keeps sums:
    $R(a\hat{\mathbf x} + b\hat{\mathbf y}) = aR\hat{\mathbf x} + bR\hat{\mathbf y}$.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Turn by +90° about y. Where does the x axis go?",
        ("To +z", "To −z", "To −y"),
        r"To $-z$. The order $x \to y \to z \to x$ is the right-handed round: about $y$, it is $z$ that goes to $x$, and so "
        r"$x$ goes to $-z$. That is why the minus sign of $Y(\beta)$ stands in the lower left corner, while in $X$ and $Z$ it "
        r"stands in the upper right.",
    )
    return


@app.cell
def _(Choice, Scene, Slider, Switch, Table, figure):
    columns = figure(
        "columns",
        panels=[
            Scene("axes", "before (dashed) and after", camera_deg=(55.0, 25.0)),
            Table("matrix", "the matrix", columns=("", "x̂ goes to", "ŷ goes to", "ẑ goes to")),
        ],
        controls=[
            Choice("axis", "turn about", ("x", "y", "z"), "z"),
            Slider("angle_deg", "angle", -180, 180, 30, 1, unit="°", playable=True),
            Switch("coordinates", "turn the coordinates instead of the body"),
        ],
        caption="Read each column off the picture before you look at the table. The purple arrow is a vector that goes along.",
    )
    columns
    return (columns,)


@app.cell
def _(
    Arrow,
    axis_angle_to_matrix,
    columns,
    fixed,
    frame,
    inverse,
    np,
    number,
    rotate,
    unit,
):
    _s = columns.settings
    _turn = axis_angle_to_matrix(unit["xyz".index(_s.axis)], _s.angle_deg)
    _turn = inverse(_turn) if _s.coordinates else _turn
    _vector = np.array([0.2, 0.8, 0.55])
    columns.draw(
        axes=[
            *fixed,
            *frame(_turn, ("x′", "y′", "z′")),
            Arrow(_vector, "p", series=5),
            Arrow(rotate(_turn, _vector), "R p", series=3),
        ],
        matrix=[[f"along {n}", *(number(v) for v in row)] for n, row in zip("xyz", _turn, strict=True)],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    $$\begin{aligned}X(\alpha)&=\begin{pmatrix}1&0&0\\0&c&-s\\0&s&c\end{pmatrix}\\
    Y(\beta)&=\begin{pmatrix}c&0&s\\0&1&0\\-s&0&c\end{pmatrix}\\
    Z(\gamma)&=\begin{pmatrix}c&-s&0\\s&c&0\\0&0&1\end{pmatrix}\end{aligned}$$

    with $c$ and $s$ the cosine and sine of the angle. The columns are three unit vectors at right angles, right-handed: $R^\mathsf{T}R = 1$ and $\det R = +1$. With
    $\det R = -1$ the matrix also mirrors, and a mirrored protein is a wrong hand.

    **What goes wrong.** *Body or coordinates.* Turning the body by $+30°$ gives the same numbers as turning the ruler by
    $-30°$. Both are called "the rotation matrix"; one is the transpose of the other. RELION's matrix has the coordinate
    form: its rows, not its columns, are the axes to think of. *Rows or columns in memory.* A matrix written in one order and
    read in the other is transposed, silently: the inverse rotation.
    """)
    return


@app.cell
def _(axis_angle_to_matrix, see_the_code):
    see_the_code(axis_angle_to_matrix)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Two turns in the other order are another rotation

    Numbers commute, turns do not. Take a book and try; then take this particle.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Quarter turns about x and about y. How far apart do the two orders end?",
        ("0°", "90°", "120°", "180°"),
        r"120°. Each order amounts to a third of a full turn about a diagonal of the cube, but not about the same diagonal. "
        r"Make both angles small and the difference fades faster than they do: two turns of 1° differ by only 0.017°, about "
        r"the product of the two angles in radians. That is why small corrections of poses may be added, and poses may not.",
    )
    return


@app.cell
def _(Choice, Scene, Slider, Table, figure):
    order = figure(
        "order",
        panels=[
            Scene("this", "first, then second"),
            Scene("other", "second, then first"),
            Table("turns", "each as one turn about one axis", columns=("order", "product", "axis", "angle")),
        ],
        controls=[
            Choice("first", "first turn about", ("x", "y", "z"), "x"),
            Slider("first_deg", "first turn by", -180, 180, 90, 1, unit="°"),
            Choice("second", "second turn about", ("x", "y", "z"), "y"),
            Slider("second_deg", "second turn by", -180, 180, 90, 1, unit="°"),
            Slider("progress", "progress", 0, 2, 2, 0.01, unit="turns", playable=True),
        ],
        caption="Play the progress. Find two turns, neither of them zero, whose order does not matter: there are two kinds.",
    )
    order
    return (order,)


@app.cell
def _(
    axis_angle_to_matrix,
    compose,
    degrees,
    fixed,
    frame,
    geodesic_angle_deg,
    matrix_to_axis_angle,
    number,
    order,
    particle,
    unit,
):
    _s = order.settings
    _axes = unit["xyz".index(_s.first)], unit["xyz".index(_s.second)]
    _angles = _s.first_deg, _s.second_deg
    _early, _late = min(_s.progress, 1.0), max(_s.progress - 1.0, 0.0)

    def _turn(which, share):
        return axis_angle_to_matrix(_axes[which], share * _angles[which])

    _here = compose(_turn(1, _late), _turn(0, _early))
    _there = compose(_turn(0, _late), _turn(1, _early))
    _ends = {
        "first, then second": (f"R({_s.second}) R({_s.first})", compose(_turn(1, 1), _turn(0, 1))),
        "second, then first": (f"R({_s.first}) R({_s.second})", compose(_turn(0, 1), _turn(1, 1))),
    }
    _rows = []
    for _name, (_product, _end) in _ends.items():
        _axis, _angle = matrix_to_axis_angle(_end)
        _rows.append([_name, _product, ", ".join(number(v) for v in _axis), degrees(_angle)])
    _apart = geodesic_angle_deg(*(end for _, end in _ends.values()))
    order.draw(
        this=[*fixed, *particle(_here), *frame(_here, length=0.6)],
        other=[*fixed, *particle(_there), *frame(_there, length=0.6)],
        turns=[*_rows, ["apart by", "", "", degrees(_apart)]],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The matrix nearest to the vector acts first: "first $A$, then $B$" is written $BA$, because
    $B(A\mathbf x) = (BA)\mathbf x$. Read products from right to left. Only turns about one common axis, and half turns about
    axes at right angles, may change places.

    **What goes wrong.** Multiplying left to right as one reads. And in symmetry expansion: the symmetry of a map turns the
    *reference*, so it stands on the right of a pose, $R\,S$; put on the left, it turns the image.
    """)
    return


@app.cell
def _(compose, see_the_code):
    see_the_code(compose)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Moving axes one way are fixed axes the other way

    A pilot turns about the axes of the aeroplane, which went along with the earlier turns (*intrinsic*). A person on the
    ground turns it about north, east and up (*extrinsic*). They do not need different mathematics.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Turns a, b, c about moving axes z, y′, z″. Which turns about the fixed axes z, y, z end in the same place?",
        ("a, then b, then c", "c, then b, then a", "−a, −b, −c", "There are none in general"),
        r"The same angles in the opposite order: $Z(a)\,Y(b)\,Z(c)$. Read from the left it is $a$, $b$, $c$ about axes that move "
        r"along; read from the right it is $c$, $b$, $a$ about axes that stand still. One product, two stories.",
    )
    return


@app.cell
def _(Choice, Scene, Slider, Table, figure):
    moving = figure(
        "moving",
        panels=[
            Scene("pilot", "a, b, c about the body's own axes"),
            Scene("ground", "c, b, a about the fixed axes"),
            Table("ends", "where they end", columns=("story", "angle to the pilot's end")),
        ],
        controls=[
            Choice("axes", "axes", ("ZYZ", "ZXZ", "ZYX", "XYZ"), "ZYZ"),
            Slider("a_deg", "a", -180, 180, 60, 1, unit="°"),
            Slider("b_deg", "b", -180, 180, 50, 1, unit="°"),
            Slider("c_deg", "c", -180, 180, 100, 1, unit="°"),
            Slider("progress", "progress", 0, 3, 3, 0.01, unit="turns", playable=True),
        ],
        caption="Play the progress: the two take different ways and meet. The long grey line is the axis of the turn now under way.",
    )
    moving
    return (moving,)


@app.cell
def _(
    Path,
    axis_angle_to_matrix,
    compose,
    degrees,
    euler_to_matrix,
    fixed,
    frame,
    geodesic_angle_deg,
    moving,
    np,
    particle,
    rotate,
    unit,
):
    _s = moving.settings
    _angles = np.array([_s.a_deg, _s.b_deg, _s.c_deg])
    _stage = min(int(_s.progress), 2)
    _shares = np.clip(_s.progress - np.arange(3), 0, 1)

    def _product(shares):
        return compose(
            *(axis_angle_to_matrix(unit["XYZ".index(n)], a) for n, a in zip(_s.axes, shares * _angles, strict=True))
        )

    _pilot, _ground = _product(_shares), _product(_shares[::-1])
    _named = [unit["XYZ".index(letter)] for letter in _s.axes]
    _own = rotate(_product(_shares * (np.arange(3) < _stage)), _named[_stage])
    _still = _named[2 - _stage]
    _end = euler_to_matrix(_angles, _s.axes)
    _wrong = euler_to_matrix(_angles, _s.axes.lower())
    moving.draw(
        pilot=[*fixed, *particle(_pilot), *frame(_pilot, length=0.6), Path(np.outer([-1.3, 1.3], _own), series=5)],
        ground=[*fixed, *particle(_ground), *frame(_ground, length=0.6), Path(np.outer([-1.3, 1.3], _still), series=5)],
        ends=[
            ["fixed axes, c, b, a", degrees(geodesic_angle_deg(_end, _product(np.ones(3))))],
            ["fixed axes, a, b, c (the usual mistake)", degrees(geodesic_angle_deg(_end, _wrong))],
        ],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Why: after the first turn $A$, a turn $B$ about the axis that moved along is $A B A^{-1}$ for somebody on the
    ground: go back, turn, go forth. Then $(ABA^{-1})\,A = AB$. Each later turn slips in *behind* the earlier ones.

    **Where it is in the packages.** SciPy writes capitals for moving axes and small letters for fixed ones
    (`Rotation.from_euler("ZYZ", …)`), and so does `vitreous`. RELION's rot, tilt, psi are ZYZ about moving axes, of the
    *coordinates*.
    """)
    return


@app.cell
def _(euler_to_matrix, see_the_code):
    see_the_code(euler_to_matrix)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## One orientation, and what every package writes for it

    The dashed axes are the microscope's, with the beam along $z$. The particle is yours: drag it. One matrix $R$, from the
    particle's own coordinates to the microscope's, is behind every row of the table.
    """)
    return


@app.cell
def _(predict):
    predict(
        "You turn the particle a little, smoothly. Can the numbers of a package jump?",
        (
            "No: a small turn changes numbers a little",
            "Yes, at the ends of their ranges, and near a lock also elsewhere",
        ),
        r"They jump. 180° becomes −180°, harmlessly. But pass near tilt = 0 and rot and psi swing by any amount while the "
        r"particle hardly moves, and the rotation vector of cryoSPARC flips its sign where the angle passes 180°. The particle "
        r"never jumped: the labels did. No three numbers can name all rotations without a jump or a lock.",
    )
    return


@app.cell
def _(Scene, Table, figure):
    packages = figure(
        "packages",
        panels=[
            Scene("body", "drag the particle", turns="body"),
            Table("rows", "the same rotation, converted live", columns=("package", "first", "second", "third")),
        ],
        caption="Drag, or use the arrow keys. Turn the particle until RELION's three numbers are all near zero: where are its own axes then? "
        "On the way, watch which numbers jump.",
    )
    packages
    return (packages,)


@app.cell
def _(
    compose,
    degrees,
    fixed,
    frame,
    matrix_to_cryosparc,
    matrix_to_eman,
    matrix_to_euler,
    matrix_to_imod,
    matrix_to_relion,
    number,
    packages,
    particle,
    quaternion_to_matrix,
    relion_to_matrix,
):
    # at rest the particle lies askew, so that there is something to read
    _rest = relion_to_matrix([40.0, 65.0, 20.0])
    _turn = compose(quaternion_to_matrix(packages.settings.body), _rest)

    def _row(package, names, values, form=degrees):
        return [package, *(f"{n} {form(v)}" for n, v in zip(names, values, strict=True))]

    _rows = [
        _row("RELION, XMIPP", ("rot", "tilt", "psi"), matrix_to_relion(_turn)),
        _row("SPIDER", ("φ", "θ", "ψ"), matrix_to_relion(_turn)),
        _row("EMAN", ("az", "alt", "phi"), matrix_to_eman(_turn)),
        _row("IMOD", ("x", "y", "z"), matrix_to_imod(_turn)),
        _row("cryoSPARC (radians)", ("v₁", "v₂", "v₃"), matrix_to_cryosparc(_turn), number),
        _row("SciPy ZYZ, active", ("", "", ""), matrix_to_euler(_turn, "ZYZ")),
        _row("Slabaugh", ("φ", "θ", "ψ"), matrix_to_euler(_turn, "ZYX")),
        _row("cryoDRGN, row 1", ("", "", ""), _turn[0], number),
        _row("cryoDRGN, row 2", ("", "", ""), _turn[1], number),
        _row("cryoDRGN, row 3", ("", "", ""), _turn[2], number),
    ]
    packages.draw(
        body=[*fixed, *particle(_rest, body=True), *frame(_rest, ("x′", "y′", "z′"), body=True)],
        rows=_rows,
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    How the matrix is made, with factors that turn the coordinates:

    - **RELION, XMIPP, SPIDER**: rot, tilt, psi (SPIDER: φ, θ, ψ) make $Z(\text{psi})\,Y(\text{tilt})\,Z(\text{rot})$. In a STAR file:
      `rlnAngleRot`, `rlnAngleTilt`, `rlnAnglePsi`.
    - **EMAN**: az, alt, phi make $Z(\text{phi})\,X(\text{alt})\,Z(\text{az})$. So az = rot + 90°, alt = tilt, phi = psi − 90°.
    - **IMOD** (`rotatevol`, the slicer): the volume is turned about $z$, then about $y$, then about $x$.
    - **cryoSPARC** (`alignments3D/pose`): a rotation vector, $R = \exp[-\mathbf v]_\times$. Its length is the angle, in radians.
    - **cryoDRGN**: the nine numbers of $R$ itself.

    **What goes wrong.** A converter that was right for the views and wrong for the in-plane angle: EMAN's $-90°$ is the
    classic. A rotation vector taken in degrees. A shift converted without its rotation. The check that finds all of them
    takes a minute: convert there and back, then reconstruct a few hundred images. Wrong poses seldom give a slightly worse map, they
    give a ball. The exception is the wrong hand, which gives a perfect map of the mirror image.
    """)
    return


@app.cell
def _(relion_to_matrix, see_the_code):
    see_the_code(relion_to_matrix)
    return


@app.cell
def _(matrix_to_eman, see_the_code):
    see_the_code(matrix_to_eman)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Two angles choose the view, the third only turns the picture

    rot and tilt are the azimuth and polar angle of the direction from which the particle is seen. psi turns the
    finished picture in its plane. Many programs search them apart for just this reason: turning a picture is cheap,
    making a new view is not.
    """)
    return


@app.cell
def _(predict):
    predict(
        "Set tilt to 0. Which sliders still change the picture?",
        ("rot only", "psi only", "both, and they do the same thing", "neither"),
        r"Both, and they do the same: the picture turns by rot + psi. The view is straight down the axis, and only the sum of the "
        r"two is left in the picture. Two files with rot = 30, psi = 10 and rot = −100, psi = 140 at tilt 0 hold the same pose.",
    )
    return


@app.cell
def _(Atoms, bundle, np, project_atoms, relion_to_matrix):
    # as in a micrograph, protein dark on light; a B factor of 150 Å² softens the atoms
    _soft = Atoms(bundle.positions_angstrom, bundle.elements, np.full(len(bundle), 150.0))

    def picture(turn):
        return -project_atoms(_soft, turn, (64, 64), 1.0)

    grey = (1.05 * float(picture(relion_to_matrix([0.0, 90.0, 0.0])).min()), 0.0)
    return grey, picture


@app.cell
def _(Choice, Image, Scene, Slider, Table, figure):
    view = figure(
        "view",
        panels=[
            Scene("sphere", "where it is seen from", sphere=True),
            Image("right", "the picture"),
            Image("misread", "the picture, misread"),
            Table("numbers", "view and turn", columns=("", "direction (x, y, z)", "in-plane angle", "off by")),
        ],
        controls=[
            Slider("rot_deg", "rot", -180, 180, 110, 1, unit="°", playable=True),
            Slider("tilt_deg", "tilt", 0, 180, 60, 1, unit="°"),
            Slider("psi_deg", "psi", -180, 180, 20, 1, unit="°"),
            Choice(
                "reading",
                "misread as",
                (
                    "rot and psi exchanged",
                    "the inverse rotation",
                    "all signs changed",
                    "degrees taken for radians",
                    "EMAN's az, alt, phi",
                    "read correctly",
                ),
                "EMAN's az, alt, phi",
            ),
        ],
        caption="Sweep psi and watch the arrow stand still. Then choose a misreading: which ones keep the view and turn only the "
        "picture, and which could you still catch by looking at a handful of particles?",
    )
    view
    return (view,)


@app.cell
def _(
    Arrow,
    Path,
    Pixels,
    degrees,
    eman_to_matrix,
    fixed,
    geodesic_angle_deg,
    grey,
    in_plane_angle_deg,
    inverse,
    np,
    number,
    picture,
    projection_direction,
    relion_to_matrix,
    spherical_to_cartesian,
    view,
):
    _s = view.settings
    _angles = np.array([_s.rot_deg, _s.tilt_deg, _s.psi_deg])
    _right = relion_to_matrix(_angles)
    _wrong = {
        "rot and psi exchanged": relion_to_matrix(_angles[::-1]),
        "the inverse rotation": inverse(_right),
        "all signs changed": relion_to_matrix(-_angles),
        "degrees taken for radians": relion_to_matrix(np.degrees(_angles)),
        "EMAN's az, alt, phi": eman_to_matrix(_angles),
        "read correctly": _right,
    }[_s.reading]
    _meridian = spherical_to_cartesian(
        np.stack([np.ones(40), np.linspace(0, _s.tilt_deg, 40), np.full(40, _s.rot_deg)], 1)
    )

    def _line(name, turn):
        seen = ", ".join(number(v) for v in projection_direction(turn))
        return [name, seen, degrees(in_plane_angle_deg(turn)), degrees(geodesic_angle_deg(_right, turn))]

    view.draw(
        sphere=[
            *fixed,
            Path(_meridian, "tilt", series=5),
            Arrow(projection_direction(_right), "view", series=1),
            Arrow(projection_direction(_wrong), "misread", series=2),
        ],
        right=Pixels(picture(_right), grey, 1.0),
        misread=Pixels(picture(_wrong), grey, 1.0),
        numbers=[_line("as written", _right), _line("misread", _wrong)],
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    The third row of $R$ is the view in the particle's own coordinates,

    $$R^\mathsf{T}\hat{\mathbf z} = \begin{pmatrix}\sin\text{tilt}\cos\text{rot}\\ \sin\text{tilt}\sin\text{rot}\\ \cos\text{tilt}\end{pmatrix},$$

    and psi does not occur in it. EMAN's numbers read as RELION's keep the tilt, so their map of views looks
    perfectly sensible. Only a reconstruction shows it.

    **What goes wrong.** A plot of rot against tilt as a rectangle makes even views look as if they crowded at the poles: the
    area of a strip on the sphere is $\sin\text{tilt}$. And averaging psi over particles of one class means nothing
    unless rot and tilt agree.
    """)
    return


@app.cell
def _(projection_direction, see_the_code):
    see_the_code(projection_direction)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Every matrix has two sets of Euler angles, and at the lock infinitely many

    Slabaugh's algorithm takes $R = Z(\varphi)\,Y(\theta)\,X(\psi)$ apart. The corner holds one angle alone,
    $R_{31} = -\sin\theta$; but a sine does not tell $\theta$ from $180° - \theta$, so there are two answers, both right:

    $$\theta_1 = -\arcsin R_{31},\quad \theta_2 = 180^\circ - \theta_1$$

    $$\psi = \operatorname{atan2}\!\Big(\frac{R_{32}}{\cos\theta}, \frac{R_{33}}{\cos\theta}\Big)$$

    $$\varphi = \operatorname{atan2}\!\Big(\frac{R_{21}}{\cos\theta}, \frac{R_{11}}{\cos\theta}\Big)$$

    Below, three rings carry the particle: the outer one turns by $\varphi$ about $z$, the middle one by $\theta$ about its own
    axis in that ring, the inner one by $\psi$ about its own.
    """)
    return


@app.cell
def _(predict):
    predict(
        "At θ = 90° you turn the outer ring by +20° and the inner one by +20°. How did the particle turn?",
        ("By 40°", "Not at all", "By 20°"),
        r"Not at all. The inner axis has come to lie along $-z$, against the outer one, and the two turns undo one another: only "
        r"$\psi - \varphi$ is left. Three rings, two freedoms. That is the lock. It is no accident of a bad mechanism but the same "
        r"pole that swallowed the azimuth at the top of this page.",
    )
    return


@app.cell
def _(Plot, Scene, Slider, Table, figure):
    lock = figure(
        "lock",
        panels=[
            Scene("rings", "three rings", camera_deg=(75.0, 22.0)),
            Plot(
                "angles",
                "what the algorithm returns as θ goes through 90°",
                x="θ that was set (°)",
                y="angle returned (°)",
                y_range=(-190, 190),
            ),
            Table("solutions", "both solutions", columns=("", "φ", "θ", "ψ", "rebuilt, it is")),
        ],
        controls=[
            Slider("phi_deg", "φ, outer ring", -180, 180, 30, 1, unit="°"),
            Slider("theta_deg", "θ, middle ring", 0, 180, 70, 0.5, unit="°", playable=True),
            Slider("psi_deg", "ψ, inner ring", -180, 180, 50, 1, unit="°"),
        ],
        caption="Play θ through 90° and watch two coloured axes become one. At 90° exactly, move φ and ψ together.",
    )
    lock
    return (lock,)


@app.cell
def _(
    Curve,
    Mark,
    Path,
    axis_angle_to_matrix,
    compose,
    degrees,
    euler_to_matrix,
    geodesic_angle_deg,
    lock,
    np,
    particle,
    rotate,
    slabaugh_angles,
    unit,
):
    _s = lock.settings
    _outer = axis_angle_to_matrix(unit[2], _s.phi_deg)
    _middle = compose(_outer, axis_angle_to_matrix(unit[1], _s.theta_deg))
    _whole = compose(_middle, axis_angle_to_matrix(unit[0], _s.psi_deg))
    _t = np.linspace(0, 2 * np.pi, 73)
    _circle = np.stack([np.cos(_t), np.sin(_t), 0 * _t])
    # each ring holds its own axis and that of the next ring inside it
    _rings = [
        Path(1.25 * rotate(_outer, _circle[[2, 0, 1]].T), "φ", series=1),
        Path(1.12 * rotate(_middle, _circle[[0, 1, 2]].T), "θ", series=4),
        Path(0.99 * rotate(_whole, _circle[[0, 2, 1]].T), "ψ", series=2),
        Path(np.outer([-1.3, 1.3], _outer[:, 2]), series=1),
        Path(np.outer([-1.25, 1.25], _outer[:, 1]), series=4),
        Path(np.outer([-1.12, 1.12], _middle[:, 0]), series=2),
    ]
    _sweep = np.linspace(0, 180, 61)
    _set = np.stack([np.full(61, _s.phi_deg), _sweep, np.full(61, _s.psi_deg)], 1)
    _first = slabaugh_angles(euler_to_matrix(_set, "ZYX"))[:, 0]
    _rows = [["set", degrees(_s.phi_deg), degrees(_s.theta_deg), degrees(_s.psi_deg), ""]]
    for _name, _found in zip(("solution 1", "solution 2"), slabaugh_angles(_whole)[:, ::-1], strict=True):
        _error = geodesic_angle_deg(_whole, euler_to_matrix(_found, "ZYX"))
        _rows.append([_name, *(degrees(v) for v in _found), "the same" if _error < 1e-6 else degrees(_error)])
    _curves = [Curve(_sweep, _first[:, n], name, "points") for n, name in enumerate(("ψ", "θ", "φ"))]
    lock.draw(
        rings=[*_rings, *particle(_whole)],
        angles=[*_curves, Mark(90.0, "lock"), Mark(_s.theta_deg, "now")],
        solutions=_rows,
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    Past 90° the first solution keeps $|\theta| \le 90°$, and so $\varphi$ and $\psi$ leap by 180°: the *other* triple of the
    same rotation. Nothing is wrong with either. At exactly 90° both denominators $\cos\theta$ are zero; the algorithm sets
    $\varphi = 0$ and puts the whole turn into $\psi = \operatorname{atan2}(R_{12}, R_{13})$. The rebuilt rotation is right to the
    last digit all the same.

    **What goes wrong.** *Comparing angles instead of rotations*: two triples that look nothing alike may be one pose. Compare
    matrices or quaternions. *Testing $R_{31} = 1$ with `==`*: rounding brings 1.0000000002, and `arcsin` of that is no
    number. *Believing angles near the lock*, which the next figure measures.
    """)
    return


@app.cell
def _(see_the_code, slabaugh_angles):
    see_the_code(slabaugh_angles)
    return


@app.cell
def _(matrix_to_euler, see_the_code):
    see_the_code(matrix_to_euler)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## Near the lock the angles are noisy, and the rotation is not

    Every refinement knows a pose only to a degree or so. Here the true pose is disturbed by a small turn about a random
    axis, the same size everywhere, and taken apart into RELION's angles.
    """)
    return


@app.cell
def _(predict):
    predict(
        "An error of 1° in the pose, at tilt = 2°. How far may rot and psi each be off?",
        ("By about 1°", "By about 2°", "By tens of degrees"),
        r"By tens of degrees: the error of rot grows as $1/\sin\text{tilt}$, and $1°/\sin 2° \approx 29°$. Their sum stays good. "
        r"So do not read a histogram of psi for top views, and do not restrain a search to ±5° of rot there.",
    )
    return


@app.cell
def _(Plot, Slider, figure):
    noise = figure(
        "noise",
        panels=[
            Plot(
                "errors",
                "errors of the angles against tilt",
                x="tilt (°)",
                y="error (°)",
                x_range=(0, 180),
                y_range=(0.01, 200),
                logarithmic="y",
            )
        ],
        controls=[
            Slider("error_deg", "error of the pose", 0.1, 10, 1.0, 0.05, unit="°", logarithmic=True),
            Slider("rot_deg", "rot", -180, 180, 40, 1, unit="°"),
        ],
        caption="The angle between true and disturbed pose is the same at every tilt; rot pays more and more towards both poles.",
    )
    noise
    return (noise,)


@app.cell
def _(
    Curve,
    compose,
    geodesic_angle_deg,
    matrix_to_relion,
    noise,
    np,
    relion_to_matrix,
    rotation_vector_to_matrix,
):
    _s = noise.settings
    _tilt = np.linspace(0.5, 179.5, 180)
    _true = relion_to_matrix(np.stack([np.full(180, _s.rot_deg), _tilt, np.full(180, 20.0)], 1))
    _axes = np.random.default_rng(4).standard_normal((180, 3))
    _axes /= np.linalg.norm(_axes, axis=1, keepdims=True)
    _seen = compose(rotation_vector_to_matrix(np.radians(_s.error_deg) * _axes), _true)
    _rot = (matrix_to_relion(_seen)[:, 0] - _s.rot_deg + 180) % 360 - 180
    _floor = 0.01
    noise.draw(
        errors=[
            Curve(_tilt, np.maximum(np.abs(_rot), _floor), "error of rot", "points"),
            Curve(_tilt, np.minimum(_s.error_deg / np.sin(np.radians(_tilt)), 180), "error / sin tilt", "dashed"),
            Curve(_tilt, geodesic_angle_deg(_true, _seen), "angle between the poses"),
        ]
    )
    return


@app.cell
def _(mo):
    mo.md(r"""
    **Where it is in the packages.** RELION's grid of views is HEALPix, a tiling of the sphere with equal areas, and its local
    searches measure angles on the sphere and psi apart. cryoSPARC's files hold rotation vectors, and cryoDRGN's hold matrices: no angles at all. Angles are for
    people.
    """)
    return


@app.cell
def _(geodesic_angle_deg, see_the_code):
    see_the_code(geodesic_angle_deg)
    return


@app.cell
def _(mo):
    mo.md(r"""
    ## To take with you

    Write down, for the program you use most: whose axes, in which order, of the body or of the coordinates, degrees or
    radians, matrix or its transpose. Five answers. Can you find each of them in its documentation, or did you have to make
    a test particle?

    The other way through this topic, with quaternions, grids and means:
    [sharpen](/meetings/07-rotations/sharpen/). What a view becomes in Fourier space:
    [reconstruction](/meetings/09-reconstruction/blur/). How one reads a map at places between its voxels:
    [interpolation](/meetings/08-interpolation/blur/).
    """)
    return


if __name__ == "__main__":
    app.run()
