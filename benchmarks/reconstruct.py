"""The whole command ``vitreous reconstruct``: 10,000 images of box 128 with CTF and shifts, from STAR file to maps.

Beside it ``relion_reconstruct``, one map on one thread, on the same file. The set is made here from a built-in
molecule, at a signal-to-noise ratio of 0.1; both maps are compared with the truth within a soft sphere.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mrcfile
import numpy as np

from benchmarks.harness import Row, record, run_measured
from vitreous.cli import main as vitreous
from vitreous.fourier import coordinate_radius, fsc, resolution_angstrom, shell_frequencies

COUNT, BOX, PIXEL = 10_000, 128, 1.5
PARTS = ("images", "half maps", "resolution")
"""Of the run: from the STAR file to both half maps and their FSC; reading the metadata is added."""

OURS = """
import sys, time, json
start = time.perf_counter()
from vitreous.cli import main
assert main(["reconstruct", *sys.argv[1:], "--quiet", "--overwrite", "--threads", "2"]) == 0
print(json.dumps({"seconds": time.perf_counter() - start}))
"""


def make_set(folder: Path) -> None:
    """Simulate the particles, in RELION's convention, with the truth beside them."""
    words = ["simulate", "assembly", "-o", folder / "set", "--particles", COUNT, "--box", BOX, "--pixel-size", PIXEL]
    words += ["--weights", "1,0,0,0,0,0,0,0", "--snr", 0.1, "--shift-sigma", 3, "--defocus", 8000, 25000, "--quiet"]
    if vitreous([str(word) for word in words]):
        raise RuntimeError("the set could not be simulated")


def reach(volume: Path, truth: np.ndarray) -> tuple[float | None, float | None]:
    """Where the FSC with the truth, within a soft sphere of half the box's width, falls below 0.5 and 0.143, Å."""
    radius = coordinate_radius(truth.shape) * PIXEL
    mask = 0.5 + 0.5 * np.cos(np.pi * np.clip((radius - 0.4 * BOX * PIXEL) / 12, 0, 1))
    curve = fsc(mrcfile.read(volume).astype(float) * mask, truth * mask)
    frequencies = shell_frequencies(truth.shape, PIXEL)
    coarse, fine = (resolution_angstrom(curve, frequencies, threshold) for threshold in (0.5, 0.143))
    return coarse, fine


def ours(folder: Path) -> dict[str, float]:
    """Seconds from the STAR file to half maps and FSC, those of the whole command, and the peak memory."""
    star, output = folder / "set" / "particles.star", folder / "ours"
    measured = run_measured(Path(sys.executable), OURS, str(star), "-o", str(output))
    parts = json.loads((output / "run.json").read_text())["figures"]["seconds"]
    return {**measured, "job": parts["reading the metadata"] + sum(parts[name] for name in PARTS)}


def relion(folder: Path) -> float | None:
    """Seconds of ``relion_reconstruct`` for one map; None where it is not installed."""
    if shutil.which("relion_reconstruct") is None:
        return None
    start = time.perf_counter()
    words = f"relion_reconstruct --i particles.star --o ../relion.mrc --ctf --angpix {PIXEL}".split()
    subprocess.run(words, cwd=folder / "set", check=True, capture_output=True)
    return time.perf_counter() - start


def limit_seconds() -> float:
    """Seconds to read the images and to add each sample once to the eight voxels around it, at the memory's speed."""
    source = np.ones(1 << 26, np.float32)
    copy = np.empty_like(source)
    copy[...] = source
    start = time.perf_counter()
    copy[...] = source
    bytes_per_second = 2 * source.nbytes / (time.perf_counter() - start)
    samples = COUNT * np.pi * (BOX / 2) ** 2 / 2
    # of the eight voxels, pairs along x share a line of memory: four lines of 64 bytes are read and written
    return (COUNT * BOX**2 * 4 + samples * 4 * 64 * 2) / bytes_per_second


def main() -> None:
    """Measure ours, cold and warm, and RELION in turn on one set."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_set(folder)
        cold = ours(folder)
        first, theirs, second = ours(folder), relion(folder), ours(folder)
        warm = min(first, second, key=lambda run: run["job"])
        truth = mrcfile.read(sorted((folder / "set" / "truth").glob("map*.mrc"))[0]).astype(float)
        mine = reach(folder / "ours" / "map.mrc", truth)
        others = reach(folder / "relion.mrc", truth) if theirs is not None else (None, None)
        limit = limit_seconds()
    found = [" / ".join("none" if d is None else f"{d:.2f}" for d in pair) for pair in (mine, others)]
    note = (
        f"FSC with truth 0.5 / 0.143: {found[0]} Å, RELION {found[1]} Å; whole command {warm['seconds']:.1f} s, "
        f"cold {cold['seconds']:.1f} s; peak {warm['peak_bytes'] / 1e6:.0f} MB; {COUNT / warm['job']:,.0f} images/s"
    )
    work = f"{COUNT:,} images of {BOX}², from the STAR file to both half maps and their FSC, 2 threads"
    record(
        "reconstruct",
        Row(
            work=work,
            unit="s",
            limit=limit,
            limited_by="four lines of memory read and written for each sample, no cache, and the images; measured here",
            ours=warm["job"],
            rival=theirs,
            rival_name="relion_reconstruct, one map, one thread" if theirs is not None else "RELION is not installed",
            target=10.0,
            note=note,
        ),
    )


if __name__ == "__main__":
    main()
