"""The whole command ``vitreous simulate``: 10,000 particles of box 128 from a map, with CTF and white noise.

Beside it ASPIRE's simulation, a plain script on finufft's plan and NumPy, the same set from atoms by their projected
potentials, and the memory at two sizes of the set.
"""

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import mrcfile
import numpy as np

from benchmarks.harness import Row, record, rival_python, run_measured
from vitreous.projection import Slicer
from vitreous.rotations import random_rotations
from vitreous.specimen import potential
from vitreous.specimen.assembly import assembly

COUNT, BOX, PIXEL, FROM_ATOMS = 10_000, 128, 1.5, 1_000

OURS = (
    "import sys; from vitreous.cli import main; assert main(['simulate', *sys.argv[1:], '--quiet']) == 0; print('{}')"
)

PLAIN = """
import sys, time, json, numpy as np, finufft, mrcfile
folder, count = sys.argv[1], int(sys.argv[2])
start = time.perf_counter()
with mrcfile.open(f"{folder}/map.mrc") as file:
    volume, pixel = np.ascontiguousarray(file.data.T, np.complex64), float(file.voxel_size.x)
n, rng = len(volume), np.random.default_rng(1)
ky, kx = (k.ravel() for k in np.meshgrid(np.fft.fftfreq(n), np.arange(n // 2 + 1) / n, indexing="ij"))
inside = np.hypot(kx, ky) < 0.4999
k2 = (kx**2 + ky**2) / pixel**2
quaternions = rng.standard_normal((count, 4))
w, x, y, z = (quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)).T
rows = np.stack([np.stack([1 - 2*(y*y + z*z), 2*(x*y - z*w), 2*(x*z + y*w)], -1),
                 np.stack([2*(x*y + z*w), 1 - 2*(x*x + z*z), 2*(y*z - x*w)], -1)], 1)
defocus = rng.uniform(1e4, 2.5e4, count)
plan = finufft.Plan(2, volume.shape, eps=1e-4, isign=-1, dtype="complex64", nthreads=2)
origin = (-1.0) ** np.round((kx + ky) * n)
scale, block = None, 256
with mrcfile.new_mmap(f"{folder}/plain.mrcs", (count, n, n), mrc_mode=2, overwrite=True) as file:
    for first in range(0, count, block):
        part = slice(first, min(first + block, count))
        points = 2 * np.pi * (rows[part].transpose(0, 2, 1) @ np.stack([kx[inside], ky[inside]]))
        plan.setpts(*(np.ascontiguousarray(points[:, axis].ravel(), np.float32) for axis in range(3)))
        spectra = np.zeros((len(points), len(kx)), np.complex64)
        spectra[:, inside] = plan.execute(volume).reshape(len(points), -1)
        chi = np.pi * 0.0196875 * defocus[part, None] * k2 - np.pi / 2 * 2.7e7 * 0.0196875**3 * k2**2 + np.arcsin(0.1)
        spectra *= (np.sin(chi) * origin).astype(np.float32)
        images = np.fft.irfft2(spectra.reshape(-1, n, n // 2 + 1), (n, n))
        scale = scale or np.sqrt(0.1 / images.var())
        file.data[part] = scale * images + rng.standard_normal(images.shape, np.float32)
    file.flush()
print(json.dumps({"seconds": time.perf_counter() - start}))
"""

ASPIRE = """
import sys, time, json, numpy as np
folder, count = sys.argv[1], int(sys.argv[2])
start = time.perf_counter()
from aspire.noise import WhiteNoiseAdder
from aspire.operators import RadialCTFFilter
from aspire.source import Simulation
from aspire.volume import Volume
volume = Volume.load(f"{folder}/map.mrc", dtype=np.float32)
filters = [RadialCTFFilter(voltage=300, defocus=d, Cs=2.7, alpha=0.1) for d in np.linspace(1e4, 2.5e4, 100)]
source = Simulation(n=count, vols=volume, unique_filters=filters, noise_adder=WhiteNoiseAdder(var=1.0), seed=1,
                    offsets=0.0, amplitudes=1.0, dtype=np.float32)
source.save(f"{folder}/aspire.star", batch_size=512, overwrite=True)
print(json.dumps({"seconds": time.perf_counter() - start}))
"""


def ours(folder: Path, count: int, *words: str) -> dict[str, float]:
    """Seconds of the whole command, the start of Python included, and its peak memory."""
    arguments = [*words, "-o", str(folder / "ours"), "--particles", str(count), "--snr", "0.1", "--overwrite"]
    start = time.perf_counter()
    measured = run_measured(Path(sys.executable), OURS, *arguments)
    return {"seconds": time.perf_counter() - start, **measured}


def slices_alone() -> float:
    """Seconds for the slices of the whole set by finufft alone, on two threads."""
    slicer = Slicer(np.random.default_rng(1).standard_normal((BOX,) * 3), BOX, threads=2)
    rotations = random_rotations(512, 1)
    slicer(rotations)
    start = time.perf_counter()
    slicer(rotations)
    return (time.perf_counter() - start) * COUNT / 512


def aspire(folder: Path) -> tuple[float | None, str]:
    """Seconds of ASPIRE's simulation, and its name; or why it could not be measured."""
    python = rival_python("torch==2.13.0", "aspire")
    if isinstance(python, str):
        return None, f"ASPIRE: {python}"
    version = "from importlib.metadata import version; print(version('aspire'))"
    name = subprocess.run([str(python), "-c", version], capture_output=True, text=True, check=False).stdout.strip()
    try:
        return run_measured(python, ASPIRE, str(folder), str(COUNT))["seconds"], f"ASPIRE {name}"
    except RuntimeError as error:
        return None, f"ASPIRE {name} does not run: {str(error).strip().splitlines()[-1][:100]}"


def main() -> None:
    """Measure ours and the rivals in turn on one map."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        volume = potential(assembly().atoms, (BOX,) * 3, PIXEL).astype(np.float32)
        mrcfile.write(folder / "map.mrc", volume, voxel_size=PIXEL)
        of_map = partial(ours, folder)
        of_map(100, str(folder / "map.mrc"))  # compiled kernels are cached
        small, whole = of_map(COUNT // 4, str(folder / "map.mrc")), of_map(COUNT, str(folder / "map.mrc"))
        plain = run_measured(Path(sys.executable), PLAIN, str(folder), str(COUNT))["seconds"]
        grid = ("--box", str(BOX), "--pixel-size", str(PIXEL))
        atoms = of_map(FROM_ATOMS, "assembly", "--from-atoms", *grid)
        rival, rival_name = aspire(folder)
        limit = slices_alone()
    work = f"{COUNT:,} particles of {BOX}² from a map with CTF and white noise, the whole command"
    limited_by = "finufft's slices alone, two threads, measured here"
    peak = f"peak {whole['peak_bytes'] / 1e6:.0f} MB; {small['peak_bytes'] / 1e6:.0f} MB for a quarter of the set"
    common = {"unit": "s", "limit": limit, "limited_by": limited_by, "ours": whole["seconds"]}
    record("simulate", Row(work=work, rival=rival, rival_name=rival_name, target=4.8, note=f"< 20 s; {peak}", **common))
    record("simulate", Row(work=work, rival=plain, rival_name="a script on finufft's plan and NumPy", **common))
    record(
        "simulate",
        Row(
            work=f"{FROM_ATOMS:,} particles of {BOX}² of an assembly of up to 3,900 atoms, by projected potentials",
            unit="images/s",
            limit=COUNT / whole["seconds"],
            limited_by="the rate from a map, above",
            ours=FROM_ATOMS / atoms["seconds"],
            rival=None,
            rival_name="none: measured beside the map",
        ),
    )


if __name__ == "__main__":
    main()
