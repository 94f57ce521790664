"""How the time of an iteration of ``vitreous classify`` grows with particles, classes and box."""

import math
import tempfile
from pathlib import Path

from benchmarks.classify import PIXEL, make_set, ours
from benchmarks.harness import append

COUNT, CLASSES, BOX, ITERATIONS = 1000, 10, 64, 10
VARIED: dict[str, tuple[int, ...]] = {
    "particles": (500, 1000, 2000, 4000),
    "classes": (5, 10, 20, 40),
    "box": (32, 64, 128),
}


def seconds_an_iteration(particles: int = COUNT, classes: int = CLASSES, box: int = BOX) -> float:
    """Of a run of its own; the width of the images in Å stays the same."""
    with tempfile.TemporaryDirectory() as name:
        make_set(Path(name), particles, box, PIXEL * BOX / box)
        run = ours(Path(name), "ours", classes, "--iterations", ITERATIONS)
    return run["iterating"] / run["iterations"]


def main() -> None:
    """Vary one number at a time; the exponent is that between the two largest."""
    for name, values in VARIED.items():
        seconds = [seconds_an_iteration(**{name: value}) for value in values]
        exponent = math.log(seconds[-1] / seconds[-2]) / math.log(values[-1] / values[-2])
        for value, taken in zip(values, seconds, strict=True):
            append(
                "classify_growth", {"varied": name, "value": value, "seconds_an_iteration": taken, "power": exponent}
            )
        told = ", ".join(f"{value}: {taken:.2f} s" for value, taken in zip(values, seconds, strict=True))
        print(f"classify_growth: seconds an iteration over {name}: {told}; power {exponent:.2f} at the end")


if __name__ == "__main__":
    main()
