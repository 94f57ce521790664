"""Contrast transfer functions of stacks of half spectra in single precision, beside torch-ctf and the plain formula."""

import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.harness import Row, paired_seconds, record, rival_python
from vitreous.optics import Defocus, Lens, ctf, wavelength_angstrom

CLAIM = "ctf"
PIXEL = 1.1
LENS = Lens(300.0, 2.7, 0.1)
SETS = ((128, 800, 100_000.0), (256, 200, 25_000.0))
"""Box, images in a stack, and the images a second that are claimed."""

RIVAL = """
import json, sys, time
import numpy as np, torch, torch_ctf
torch.set_num_threads(2)
values, box = np.load(sys.argv[1]), int(sys.argv[2])
u, v, angle, shift = (torch.from_numpy(x) for x in values)
def images():
    return torch_ctf.calculate_ctf_2d(
        defocus=(u + v) / 2e4, astigmatism=(u - v) / 2e4, astigmatism_angle=angle, voltage=300.0,
        spherical_aberration=2.7, amplitude_contrast=0.1, phase_shift=shift, pixel_size=float(sys.argv[3]),
        image_shape=(box, box), rfft=True, fftshift=False)
found = images()
taken = []
for _ in range(7):
    start = time.perf_counter(); images(); taken.append(time.perf_counter() - start)
np.save(sys.argv[4], found[:20].numpy())
from importlib.metadata import version
print(json.dumps({"seconds": sorted(taken)[3], "version": version("torch-ctf")}))
"""


def parameters(count: int) -> NDArray[np.float32]:
    """U, V, angle and phase shift of each image."""
    random = np.random.default_rng(1)
    u = random.uniform(8e3, 25e3, count)
    rows = [u, u - random.uniform(0, 800, count), random.uniform(-90, 90, count), random.uniform(0, 60, count)]
    return np.array(rows, np.float32)


def plain_formula(box: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The phase as one would write it in NumPy, all in single precision, the grid computed beforehand."""
    y = np.fft.fftshift(np.fft.fftfreq(box, PIXEL)).astype(np.float32)[:, None]
    x = np.fft.rfftfreq(box, PIXEL).astype(np.float32)[None, :]
    squared, azimuth = x**2 + y**2, np.arctan2(y, x)
    wavelength = np.float32(wavelength_angstrom(300.0))
    u, v, angle, shift = (value[:, None, None] for value in values)
    defocus = np.float32(0.5) * (u + v + (u - v) * np.cos(2 * (azimuth - np.deg2rad(angle))))
    constant = np.deg2rad(shift) + np.float32(np.arcsin(0.1))
    spherical = np.float32(0.5 * np.pi * 2.7e7) * wavelength**3 * squared**2
    return -np.sin(np.float32(np.pi) * wavelength * squared * defocus - spherical + constant)


def store(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """New memory of the result's size, filled by two threads."""
    images = np.empty(shape, np.float32)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: part.fill(1.0), (images[: len(images) // 2], images[len(images) // 2 :])))
    return images


def rival(python: Path | str, box: int, values: NDArray[np.float32]) -> tuple[dict[str, str], NDArray[np.float32]]:
    """What torch-ctf takes for the same stack, with its first images."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "values.npy", Path(folder) / "images.npy"
        np.save(given, values)
        arguments = [str(python), "-c", RIVAL, str(given), str(box), str(PIXEL), str(found)]
        run = subprocess.run(arguments, capture_output=True, text=True, check=True)
        return json.loads(run.stdout.splitlines()[-1]), np.load(found)


def main() -> None:
    """Measure ours, the plain formula and the two limits in turn, torch-ctf between two such rounds."""
    python = rival_python("torch==2.13.0", "torch-ctf")
    torch.set_num_threads(2)
    for box, count, claimed in SETS:
        values = parameters(count)
        defocus = Defocus(*values)
        phases = torch.rand(count, box, box // 2 + 1) * 100
        sines = torch.empty_like(phases)
        functions = {
            "ours": lambda box=box, defocus=defocus: ctf((box, box), PIXEL, defocus, LENS),
            "plain": lambda box=box, values=values: plain_formula(box, values),
            "sine": lambda phases=phases, sines=sines: torch.sin(phases, out=sines),
            "store": lambda shape=tuple(phases.shape): store(shape),
        }
        seconds = paired_seconds(functions, repeats=15)
        exact = ctf((box, box), PIXEL, Defocus(*values[:, :20].astype(np.float64)), LENS)
        error = float(np.max(np.abs(ctf((box, box), PIXEL, defocus, LENS)[:20] - exact)))
        rate = {name: count / value for name, value in seconds.items()}
        # by itself, as torch-ctf in its process: the others take the caches and the memory at hand
        alone = count / paired_seconds({"ours": functions["ours"]}, repeats=30)["ours"]
        common = {
            "work": f"{count:,} half spectra of box {box}, float32, defocus, astigmatism, phase shift",
            "unit": "images/s",
            "limit": rate["store"],
            "limited_by": "storing the result in new memory, 2 threads, measured in the same run; "
            f"the sines alone by PyTorch, 2 threads, into memory at hand: {rate['sine']:,.0f}",
            "ours": rate["ours"],
            "note": f"2 threads; largest error {error:.1e}; by itself {alone:,.0f}/s, claimed {claimed:,.0f}/s: "
            + ("held" if alone >= claimed else "MISSED"),
        }
        name = f"plain formula, NumPy {np.__version__}, float32, 1 thread"
        record(CLAIM, Row(**common, rival=rate["plain"], rival_name=name, target=3.0))
        if not isinstance(python, Path):
            record(CLAIM, Row(**common, rival=None, rival_name=f"torch-ctf: {python}"))
            continue
        measured, images = rival(python, box, values)
        common["ours"] = alone
        theirs = np.fft.fftshift(images, axes=-2)
        common["note"] += f"; torch-ctf differs by {np.max(np.abs(theirs + exact)):.1e} with its sign turned"
        name = f"torch-ctf {measured['version']}, float32, 2 threads"
        record(CLAIM, Row(**common, rival=count / float(measured["seconds"]), rival_name=name, target=4.0))


if __name__ == "__main__":
    main()
