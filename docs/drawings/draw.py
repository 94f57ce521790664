"""Draw the conventions: ``python docs/drawings/draw.py`` writes the SVG files beside it.

Every geometry in a drawing is computed by the function that it explains, so a drawing cannot contradict the code.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vitreous.fourier import positions
from vitreous.optics import image_position
from vitreous.optics.tilted import tilt_direction, tilted_height
from vitreous.rotations import relion_to_matrix

HERE = Path(__file__).parent
INK, FAINT, ACCENT, SECOND = "#2b3440", "#b4bcc6", "#0b7a75", "#c2571a"
STYLE = (
    f"<style>text{{font:14px Inter,Helvetica,Arial,sans-serif;fill:{INK}}} .i{{font-style:italic}}"
    f" .a{{fill:{ACCENT};font-weight:600}} .b{{fill:{SECOND};font-weight:600}} .f{{fill:#6b7682}}"
    " .w{fill:#fff;font-weight:600}</style>"
)


def text(x: float, y: float, words: str, style: str = "", anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{words}</text>'


def line(
    start: Iterable[float], end: Iterable[float], colour: str = INK, width: float = 1.6, arrow: bool = False
) -> str:
    (x1, y1), (x2, y2) = start, end
    head = f' marker-end="url(#{colour[1:]})"' if arrow else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{head}/>'


def curve(points: np.ndarray, colour: str, width: float = 1.6, arrow: bool = False, fill: str = "none") -> str:
    head = f' marker-end="url(#{colour[1:]})"' if arrow else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="{fill}" stroke="{colour}" stroke-width="{width}"{head}/>'


def save(name: str, width: int, height: int, title: str, parts: list[str]) -> None:
    """Write one drawing, on white so that it reads on a dark page too."""
    heads = "".join(
        f'<marker id="{colour[1:]}" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        f'<path d="M0,0 L7,3 L0,6 z" fill="{colour}"/></marker>'
        for colour in (INK, FAINT, ACCENT, SECOND)
    )
    body = "\n".join(parts)
    (HERE / f"{name}.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">\n'
        f"<title>{title}</title>{STYLE}<defs>{heads}</defs>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="#fff"/>\n'
        f"{body}\n</svg>\n"
    )


def origin() -> None:
    """Pixels and frequencies of an odd and an even box."""
    parts = []
    for row, n in enumerate((5, 6)):
        y, size = 46 + 116 * row, 52
        parts.append(text(24, y + 32, f"n = {n}", "i", "start"))
        for index in range(n):
            x = 100 + size * index
            centre = index == n // 2
            parts.append(
                f'<rect x="{x}" y="{y}" width="{size - 3}" height="{size - 3}" rx="4" '
                f'fill="{ACCENT if centre else "#eef1f4"}"/>'
            )
            parts.append(text(x + size / 2 - 1.5, y + 31, str(index), "w" if centre else ""))
            parts.append(text(x + size / 2 - 1.5, y + 68, f"{index - n // 2}/{n}".replace("-", "−"), "f"))
    parts += [
        text(428, 72, "array index", "", "start"),
        text(428, 114, "frequency (cycles/pixel)", "f", "start"),
        text(428, 188, "origin: index n // 2", "a", "start"),
        text(428, 230, "−1/2 is its own mirror image", "f", "start"),
    ]
    save("origin", 640, 262, "The origin is pixel n // 2 in odd and in even boxes", parts)


def view(points: np.ndarray, centre: tuple[float, float], scale: float = 86) -> np.ndarray:
    """Points (x, y, z) as seen from a fixed direction above the first octant."""
    azimuth, height = np.radians(58), np.radians(22)
    right = np.array([-np.sin(azimuth), np.cos(azimuth), 0])
    up = np.array([-np.sin(height) * np.cos(azimuth), -np.sin(height) * np.sin(azimuth), np.cos(height)])
    return np.stack([centre[0] + scale * points @ right, centre[1] - scale * points @ up], -1)


def axes(frame: np.ndarray, centre: tuple[float, float], colour: str, names: str, style: str) -> list[str]:
    """The three unit vectors (rows of ``frame``) as labelled arrows."""
    tips, labels = view(frame, centre), view(1.22 * frame, centre)
    return [line(centre, tip, colour, 1.8, arrow=True) for tip in tips] + [
        text(x, y + 5, name, style) for (x, y), name in zip(labels, names.split(), strict=True)
    ]


def euler() -> None:
    """RELION's three turns; the rows of R are the axes of the observed frame, in reference coordinates."""
    steps = [("rot", (40, 0, 0), 2), ("tilt", (40, 55, 0), 1), ("psi", (40, 55, 50), 2)]
    parts, before = [], np.eye(3)
    for panel, (name, angles, axis) in enumerate(steps):
        centre = (128 + 226 * panel, 158)
        after = relion_to_matrix(np.array(angles, float))
        old, new = ("", "′", "″")[panel], ("′", "″", "‴")[panel]
        parts += axes(before, centre, FAINT, f"x{old} y{old} z{old}", "f")
        parts += axes(after, centre, ACCENT, f"x{new} y{new} z{new}", "a")
        cosine = before[0] @ after[0]
        side = (after[0] - cosine * before[0]) / np.sqrt(1 - cosine**2)
        angle = np.linspace(0.03, 1, 30)[:, None] * np.arccos(cosine)
        arc = 0.62 * (np.cos(angle) * before[0] + np.sin(angle) * side)
        parts.append(curve(view(arc, centre), SECOND, 2, arrow=True))
        parts.append(text(centre[0], 272, f"{panel + 1}. {name} about {'xyz'[axis]}{old}", "b"))
        before = after
    parts.append(text(354, 304, "The electron travels along z‴; the image has the axes x‴ and y‴.", "f"))
    save("euler", 708, 324, "RELION Euler angles: rot about z, tilt about the new y, psi about the newest z", parts)


def shift() -> None:
    """The origin offset of a particle."""
    angle = np.linspace(0, 2 * np.pi, 80)
    blob = np.stack(
        [np.cos(angle) * (1 + 0.22 * np.cos(3 * angle)), np.sin(angle) * (1 + 0.15 * np.sin(2 * angle))], -1
    )
    parts = []
    for x, where, words in ((40, (60, 34), "observation"), (330, (0, 0), "moved onto the reference")):
        parts.append(f'<rect x="{x}" y="30" width="220" height="220" rx="6" fill="#eef1f4"/>')
        cx, cy = x + 110, 140
        parts += [line((cx, 30), (cx, 250), FAINT, 1), line((x, cy), (x + 220, cy), FAINT, 1)]
        parts.append(curve(36 * blob + [cx + where[0], cy + where[1]], INK, 1.6, fill="#cfd8df"))
        parts.append(text(cx, 276, words))
        if where[0]:
            parts.append(line((cx + where[0], cy + where[1]), (cx + 4, cy + 3), SECOND, 2.2, arrow=True))
            parts.append(text(cx - 40, cy - 14, "shift = (−, −)", "b"))
    parts += [line((40, 14), (90, 14), INK, 1.4, arrow=True), text(100, 19, "x", "i")]
    parts += [line((24, 30), (24, 80), INK, 1.4, arrow=True), text(24, 98, "y", "i")]
    save("shift", 590, 292, "The shift moves the observation onto the reference", parts)


def astigmatism() -> None:
    """Defocus along the astigmatism angle and across it."""
    theta = np.radians(35)
    angle = np.linspace(0, 2 * np.pi, 120)
    major, minor = 128, 84
    turn = np.array([[np.cos(theta), np.sin(theta)], [-np.sin(theta), np.cos(theta)]])
    centre = np.array([190.0, 150.0])
    ring = np.stack([major * np.cos(angle), minor * np.sin(angle)], -1) @ turn + centre
    u, v = np.array([major, 0]) @ turn + centre, np.array([0, minor]) @ turn + centre
    parts = [curve(ring, FAINT, 2), line(centre, u, ACCENT, 2.2, arrow=True), line(centre, v, SECOND, 2.2, arrow=True)]
    parts += [line(centre, centre + np.array([165, 0]), INK, 1.4, arrow=True), text(368, 155, "x", "i")]
    parts += [line(centre, centre + np.array([0, 122]), INK, 1.4, arrow=True), text(190, 292, "y", "i")]
    arc = np.linspace(0.04, theta, 30)
    parts.append(curve(centre + 62 * np.stack([np.cos(arc), np.sin(arc)], -1), INK, 1.4, arrow=True))
    parts += [
        text(276, 176, "angle", "i"),
        text(u[0] + 42, u[1] + 16, "defocus U", "a"),
        text(v[0] - 38, v[1] + 22, "defocus V", "b"),
    ]
    save("astigmatism", 420, 310, "Defocus U lies along the astigmatism angle, measured from +x towards +y", parts)


def tilt() -> None:
    """A positive tilt from above and from the side."""
    axis_deg, tilt_deg = 25.0, 30.0
    axis = np.array([np.cos(np.radians(axis_deg)), np.sin(np.radians(axis_deg))])
    rising = np.array(tilt_direction(axis_deg))
    centre, parts = np.array([170.0, 130.0]), []
    parts += [line(centre, centre + np.array([120, 0]), INK, 1.4, arrow=True), text(304, 135, "x", "i")]
    parts += [line(centre, centre + np.array([0, 110]), INK, 1.4, arrow=True), text(170, 260, "y", "i")]
    parts.append(line(centre - 110 * axis, centre + 110 * axis, ACCENT, 2.2, arrow=True))
    parts.append(line(centre, centre + 84 * rising, SECOND, 2.2, arrow=True))
    arc = np.radians(np.linspace(2, axis_deg - 3, 20))
    parts.append(curve(centre + 70 * np.stack([np.cos(arc), np.sin(arc)], -1), INK, 1.4, arrow=True))
    x, y = centre + 110 * axis
    parts += [text(x + 6, y + 24, "tilt axis", "a"), text(262, 152, "axis angle", "i", "start")]
    x, y = centre + 84 * rising
    parts += [text(x - 8, y + 18, "rises", "b", "end"), text(centre[0], 292, "looking along the beam", "f")]
    # from the side: the axis points at the viewer, the rising direction to the right, the beam upwards
    centre = np.array([520.0, 150.0])
    place = positions(181)
    height = tilted_height((181, 1), 1.0, tilt_deg, 0.0)[:, 0]
    layer = centre + np.stack([place, -height], -1)
    parts.append(curve(layer[[0, -1]], INK, 6))
    parts.append(line(centre - np.array([100, 0]), centre + np.array([100, 0]), FAINT, 1.2))
    arc = np.radians(np.linspace(2, tilt_deg - 4, 20))
    parts.append(curve(centre + 70 * np.stack([np.cos(arc), -np.sin(arc)], -1), ACCENT, 2, arrow=True))
    parts += [line((384, 262), (384, 40), INK, 1.4, arrow=True), text(384, 28, "z, beam", "i")]
    parts += [text(centre[0] + 82, 134, "tilt", "a", "start"), text(*(layer[-1] + [-20, -14]), "more underfocus", "b")]
    parts += [text(*(layer[0] + [30, 24]), "less underfocus", "f"), text(520, 30, "detector", "f")]
    parts += [line((440, 40), (600, 40), INK, 3), text(520, 292, "along the axis, which points at you", "f")]
    save(
        "tilt",
        660,
        306,
        "A positive tilt is right-handed about its axis; the side that rises is more underfocused",
        parts,
    )


def magnification() -> None:
    """What RELION's matrix, much exaggerated, does to places."""
    matrix = ((1.25, 0.22), (0.0, 0.9))
    steps = np.linspace(-70, 70, 8)
    lines = [np.stack([np.full(8, s), steps], -1) for s in steps] + [
        np.stack([steps, np.full(8, s)], -1) for s in steps
    ]
    angle = np.linspace(0, 2 * np.pi, 90)
    ring, point, parts = 50 * np.stack([np.cos(angle), np.sin(angle)], -1), np.array([50.0, 30.0]), []
    panels = (
        (np.array([140.0, 132.0]), lambda place: place, "specimen", "x"),
        (np.array([420.0, 132.0]), lambda place: image_position(place, matrix), "image", "Mᵀ x"),
    )
    for centre, place, words, name in panels:
        parts += [curve(centre + place(row), FAINT, 1) for row in lines]
        parts += [curve(centre + place(ring), INK, 2), line(centre, centre + place(point), ACCENT, 2.2, arrow=True)]
        x, y = centre + place(point)
        parts += [text(x + 14, y + 16, name, "a", "start"), text(centre[0], 252, words)]
    parts.append(text(280, 282, "spectrum of the image at k = spectrum of the specimen at M k", "f"))
    save("magnification", 560, 298, "What lies at x in the specimen appears at the transposed matrix times x", parts)


if __name__ == "__main__":
    origin()
    euler()
    shift()
    astigmatism()
    tilt()
    magnification()
