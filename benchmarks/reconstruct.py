"""The whole command ``vitreous reconstruct``, from STAR file to maps: 10,000 images of box 128 with CTF and shifts.

Beside it ``relion_reconstruct``, one map on one thread, on the same file. The set is made here from a built-in
molecule, at a signal-to-noise ratio of 0.1; both maps are compared with the truth within a soft sphere. Then the same
images again and again with the 131,899 real poses and CTFs of EMPIAR-10076, where the data folder is at hand, and
images of box 256.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np

from benchmarks.harness import ROOT, Row, record, run_measured
from vitreous.cli import main as vitreous
from vitreous.fourier import coordinate_radius, fsc, resolution_angstrom, shell_frequencies
from vitreous.jobs.machine import memory_bytes_per_second
from vitreous.particles import read_cryodrgn, write_relion
from vitreous.reconstruction.traffic import traffic_bytes

COUNT, BOX, PIXEL = 10_000, 128, 1.5
LARGE_COUNT, LARGE_BOX = 2_000, 256
DATA = Path(os.environ.get("VITREOUS_DATA", ROOT.parent / "shared" / "data")) / "empiar_10076"
PARTS = ("reading the metadata", "images", "half maps", "resolution")
"""Of the run: from the STAR file to both half maps and their FSC."""
LIMITED_BY = "bytes of the images, their spectra and the eight voxels around each sample, at the copying speed measured"

OURS = """
import sys, time, json
start = time.perf_counter()
from vitreous.cli import main
assert main(["reconstruct", *sys.argv[1:], "--quiet", "--overwrite", "--threads", "2"]) == 0
print(json.dumps({"seconds": time.perf_counter() - start}))
"""


def make_set(folder: Path, count: int, box: int) -> Path:
    """Simulate particles, in RELION's convention, with the truth beside them; the same field of view for any box."""
    words = ["simulate", "assembly", "-o", folder, "--particles", count, "--box", box, "--quiet"]
    words += ["--pixel-size", PIXEL * BOX / box, "--weights", "1,0,0,0,0,0,0,0", "--snr", 0.1, "--shift-sigma", 3]
    if vitreous([str(word) for word in [*words, "--defocus", 8000, 25000]]):
        raise RuntimeError("the set could not be simulated")
    return folder / "particles.star"


def with_real_views(star: Path) -> tuple[Path, int]:
    """The images of a set again and again, with the poses and CTFs of EMPIAR-10076, and how many these are."""
    known = {"box": BOX, "pixel_size_angstrom": PIXEL}
    real = read_cryodrgn(None, DATA / "poses_10076.pkl", DATA / "ctf_10076.pkl", **known)
    n, path = len(real), star.with_name("real.star")
    repeated = replace(
        real,
        stacks=("particles.mrcs",),
        folders=(str(star.parent),),
        stack_index=np.zeros(n, np.int64),
        slice_index=np.arange(n) % COUNT,
    )
    write_relion(path, repeated)
    return path, n


def reach(volume: Path, truth: np.ndarray) -> str:
    """Where the FSC with the truth, within a soft sphere of 0.4 box, falls below 0.5 and 0.143, in words."""
    radius = coordinate_radius(truth.shape) * PIXEL
    mask = 0.5 + 0.5 * np.cos(np.pi * np.clip((radius - 0.4 * BOX * PIXEL) / 12, 0, 1))
    curve = fsc(mrcfile.read(volume).astype(float) * mask, truth * mask)
    frequencies = shell_frequencies(truth.shape, PIXEL)
    found = [resolution_angstrom(curve, frequencies, threshold) for threshold in (0.5, 0.143)]
    return " / ".join("none" if d is None else f"{d:.2f}" for d in found)


def ours(star: Path, output: Path) -> dict[str, float]:
    """Seconds from the STAR file to half maps and FSC, those of the whole command, and the peak memory."""
    measured = run_measured(Path(sys.executable), OURS, str(star), "-o", str(output))
    parts = json.loads((output / "run.json").read_text())["figures"]["seconds"]
    return {**measured, "job": sum(parts[name] for name in PARTS), "images": parts["images"]}


def without_caches(star: Path, output: Path) -> dict[str, float]:
    """The same where no kernel has been compiled before."""
    with tempfile.TemporaryDirectory() as empty:
        os.environ["NUMBA_CACHE_DIR"] = empty
        try:
            return ours(star, output)
        finally:
            del os.environ["NUMBA_CACHE_DIR"]


def relion(star: Path, output: Path) -> float | None:
    """Seconds of ``relion_reconstruct`` for one map; None where it is not installed."""
    if shutil.which("relion_reconstruct") is None:
        return None
    start = time.perf_counter()
    words = f"relion_reconstruct --i {star.name} --o {output} --ctf --angpix {PIXEL}".split()
    subprocess.run(words, cwd=star.parent, check=True, capture_output=True)
    return time.perf_counter() - start


def measure(folder: Path, bytes_per_second: float) -> float:
    """Ours, cold and warm, and RELION in turn on one set; returns the seconds an image of the warm run."""
    star = folder / "set" / "particles.star"
    cold = without_caches(star, folder / "ours")
    runs = [ours(star, folder / "ours")]
    theirs = relion(star, folder / "relion.mrc")
    runs += [ours(star, folder / "ours") for _ in range(2)]
    warm = min(runs, key=lambda run: run["job"])
    truth = mrcfile.read(sorted((star.parent / "truth").glob("map*.mrc"))[0]).astype(float)
    note = f"FSC with truth 0.5 / 0.143: {reach(folder / 'ours' / 'map.mrc', truth)} Å"
    note += f", RELION {reach(folder / 'relion.mrc', truth)} Å" if theirs is not None else ""
    note += f"; whole command {warm['seconds']:.1f} s, with nothing compiled {cold['seconds']:.1f} s"
    note += f"; peak {warm['peak_bytes'] / 1e6:.0f} MB; {COUNT / warm['job']:,.0f} images/s"
    rival = "relion_reconstruct, one map, one thread" if theirs is not None else "RELION is not installed"
    work = f"{COUNT:,} images of {BOX}², from the STAR file to both half maps and their FSC, 2 threads"
    limit = COUNT * traffic_bytes(BOX) / bytes_per_second
    record("reconstruct", Row(work, "s", limit, LIMITED_BY, warm["job"], theirs, rival, 10.0, note))
    return warm["images"] / COUNT


def measure_alone(star: Path, count: int, box: int, bytes_per_second: float, beside: float | None) -> None:
    """Ours without a rival: many images, whose time each is held against that of few; or large ones."""
    found = ours(star, star.parent.parent / "alone")
    note = f"{1e3 * found['images'] / count:.3f} ms an image"
    note += f" where {COUNT:,} take {1e3 * beside:.3f} ms" if beside is not None else ""
    note += f"; peak {found['peak_bytes'] / 1e6:.0f} MB; whole command {found['seconds']:.1f} s"
    work = f"{count:,} images of {box}², from the STAR file to both half maps and their FSC, 2 threads"
    limit = count * traffic_bytes(box) / bytes_per_second
    record("reconstruct", Row(work, "s", limit, LIMITED_BY, found["job"], None, "measured above", note=note))


def main() -> None:
    """Measure 10,000 images beside RELION, then 131,899, then larger ones."""
    bytes_per_second = memory_bytes_per_second(2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        star = make_set(folder / "set", COUNT, BOX)
        each = measure(folder, bytes_per_second)
        if DATA.is_dir():
            many, count = with_real_views(star)
            measure_alone(many, count, BOX, bytes_per_second, each)
        large = make_set(folder / "large", LARGE_COUNT, LARGE_BOX)
        measure_alone(large, LARGE_COUNT, LARGE_BOX, bytes_per_second, None)


if __name__ == "__main__":
    main()
