"""Reading and writing a particle STAR file of 1,000,000 rows × 13 columns, against starfile and pandas."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, record, rival_python, run_measured

ROWS = 1_000_000
PAIRS = 3

SMALL = 10_000
"""Rows of the file that each program reads first, so that what it loads once is loaded."""

_COMMON = """
import json, sys, time
path, small, copy = sys.argv[1:]
def timed(function, *arguments):
    start = time.perf_counter()
    value = function(*arguments)
    return value, time.perf_counter() - start
def measure(function):
    loading = timed(function, small)[1]
    table, seconds = timed(function, path)
    print(json.dumps({"seconds": seconds, "loading": loading}))
    return table
def measure_writing(function, table):
    print(json.dumps({"seconds": timed(function, table)[1]}))
"""
_READ = {
    "vitreous": _COMMON + "from vitreous.particles.star import read_star, write_star\ntable = measure(read_star)\n",
    "starfile": _COMMON + "import starfile\ntable = measure(starfile.read)\n",
    "pandas": _COMMON
    + """
import pandas
def read(path):
    with open(path) as file:
        for number, line in enumerate(file):
            if line.startswith("_"):
                last = number
            elif line.startswith(" "):
                break
    return pandas.read_csv(path, skiprows=last + 1, sep=r"\\s+", header=None)
measure(read)
""",
}
_WRITE = {
    "vitreous": _READ["vitreous"] + "measure_writing(lambda table: write_star(copy, table), table)\n",
    "starfile": _READ["starfile"] + "measure_writing(lambda table: starfile.write(table, copy), table)\n",
}


def make_file(path: Path, rows: int) -> None:
    """Write a particle table as RELION 3.1 writes them: six decimals, columns twelve wide, two long names a row."""
    rng = np.random.default_rng(0)
    labels = [
        *("rlnCoordinateX", "rlnCoordinateY", "rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi"),
        *("rlnOriginXAngst", "rlnOriginYAngst", "rlnDefocusU", "rlnDefocusV", "rlnDefocusAngle"),
        *("rlnOpticsGroup", "rlnImageName", "rlnMicrographName"),
    ]
    with path.open("w") as file:
        file.write("\n# version 30001\n\ndata_particles\n\nloop_ \n")
        file.writelines(f"_{label} #{number} \n" for number, label in enumerate(labels, 1))
        for start in range(0, rows, 10_000):
            numbers = rng.uniform(-180, 180, (10_000, 10))
            numbers[:, :2] = rng.integers(100, 3900, (10_000, 2))
            numbers[:, 7:9] = rng.uniform(8000, 25000, (10_000, 2))
            file.writelines(
                "".join(f"{value:12.6f} " for value in row)
                + f"{1 + (start + i) // 50_000 % 9:12d} {1 + i % 250:06d}@Extract/job{99:03d}/Movies/"
                f"FoilHole_{(start + i) // 250:08d}_Data_fractions.mrcs "
                f"MotionCorr/job{2:03d}/Movies/FoilHole_{(start + i) // 250:08d}_Data_fractions.mrc \n"
                for i, row in enumerate(numbers.tolist())
            )


def measure(scripts: dict[str, str], pythons: dict[str, Path], *arguments: str) -> dict[str, dict[str, float]]:
    """Each script in a fresh process, in turn; the fastest of its runs, and the largest peak."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(PAIRS):
        for name, script in scripts.items():
            taken = run_measured(pythons[name], script, *arguments)
            kept = best.setdefault(name, taken)
            kept["seconds"] = min(kept["seconds"], taken["seconds"])
            kept["peak_bytes"] = max(kept["peak_bytes"], taken["peak_bytes"])
    return best


def page_cached_seconds(path: Path) -> float:
    """The fastest of three plain reads of a file that the system holds in memory."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        with path.open("rb", buffering=0) as file:
            while file.read(1 << 21):
                pass
        taken.append(time.perf_counter() - start)
    return min(taken)


def compile_seconds(path: str) -> float:
    """What the first reading ever costs more, since the kernels are then compiled."""
    with tempfile.TemporaryDirectory() as cache:
        code = f"import os\nos.environ['NUMBA_CACHE_DIR'] = {cache!r}\n" + _READ["vitreous"]
        cold, warm = (run_measured(Path(sys.executable), code, path, path, path)["loading"] for _ in range(2))
    return cold - warm


def write_seconds(path: Path) -> float:
    """The fastest of three plain writes of a file's bytes, until they are on the disk."""
    data, copy, taken = path.read_bytes(), path.with_suffix(".plain"), []
    for _ in range(3):
        start = time.perf_counter()
        with copy.open("wb", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())
        taken.append(time.perf_counter() - start)
    return min(taken)


def version(python: Path, name: str) -> str:
    """The name of a package with its version in a Python environment."""
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    run = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    return f"{name} {run.stdout.strip()}"


def rate(measured: dict[str, dict[str, float]], name: str) -> float | None:
    """Millions of rows a second; None where the program could not be measured."""
    return ROWS / 1e6 / measured[name]["seconds"] if name in measured else None


def density(measured: dict[str, dict[str, float]], name: str) -> float | None:
    """Millions of rows for each GB of the process's peak memory."""
    return ROWS / 1e6 / (measured[name]["peak_bytes"] / 1e9) if name in measured else None


def main() -> None:
    """Measure reading, its memory, and writing."""
    rival = rival_python("starfile", "pandas")
    pythons = {"vitreous": Path(sys.executable)}
    names = {name: str(rival) for name in ("starfile", "pandas")}
    if isinstance(rival, Path):
        pythons |= dict.fromkeys(names, rival)
        names = {name: version(rival, name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path, small, copy = (Path(folder) / f"{name}.star" for name in ("particles", "small", "copy"))
        make_file(path, ROWS)
        make_file(small, SMALL)
        size = path.stat().st_size
        limit, compiling = page_cached_seconds(path), compile_seconds(str(small))
        files = str(path), str(small), str(copy)
        read = measure({name: _READ[name] for name in _READ if name in pythons}, pythons, *files)
        written = measure({name: _WRITE[name] for name in _WRITE if name in pythons}, pythons, *files)
        write_limit = write_seconds(copy)
    work = f"particle STAR file, {ROWS:,} rows × 13 columns, {size / 1e6:.0f} MB, warm page cache"
    speed = {"unit": "M rows/s", "ours": rate(read, "vitreous")}
    peaks = ", ".join(f"{name} {taken['peak_bytes'] / 1e6:.0f} MB" for name, taken in read.items())
    note = (
        f"after a file of {SMALL:,} rows, which took {read['vitreous']['loading']:.2f} s with loading the kernels; "
        f"compiling them takes {compiling:.1f} s, once for each installation"
    )
    for name, target in (("starfile", 4), ("pandas", None)):
        plain = {"limit": ROWS / 1e6 / limit, "limited_by": "a plain read of the file from the page cache, measured"}
        record(
            "star",
            Row(
                f"read a {work}",
                **speed,
                **plain,
                rival=rate(read, name),
                rival_name=names[name],
                target=target,
                note=note,
            ),
        )
    record(
        "star",
        Row(
            work=f"peak memory of a process that reads a {work}",
            unit="M rows/GB",
            limit=ROWS / 1e6 / (size / 1e9),
            limited_by="the bytes of the file",
            ours=density(read, "vitreous") or 0.0,
            rival=density(read, "starfile"),
            rival_name=names["starfile"],
            target=2,
            note=peaks,
        ),
    )
    record(
        "star",
        Row(
            work=f"write a {work}",
            unit="M rows/s",
            limit=ROWS / 1e6 / write_limit,
            limited_by="a plain write of the same bytes until they are on the disk, measured",
            ours=rate(written, "vitreous") or 0.0,
            rival=rate(written, "starfile"),
            rival_name=names["starfile"],
            target=4,
            note="ours reads back to the same float64 and is on the disk before it appears",
        ),
    )


if __name__ == "__main__":
    main()
