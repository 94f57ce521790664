"""What every benchmark shares: paired timing, the rivals' environment, and the row that is printed and kept."""

import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
RIVALS = ROOT / ".venv-rivals"


@dataclass(frozen=True)
class Row:
    """One claim, measured: rates are in ``unit``, larger is better; seconds where the unit says so."""

    work: str
    """What was done, with its size."""
    unit: str
    limit: float
    """What the machine allows, in the same unit."""
    limited_by: str
    """What sets the limit: bytes moved, operations, another library's part; and how it was obtained."""
    ours: float
    rival: float | None
    rival_name: str
    """The rival with its version; where it could not be measured, why."""
    target: float | None = None
    """The ratio ours : rival (seconds: rival : ours) that is claimed."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times faster than the rival."""
        if self.rival is None:
            return None
        return self.rival / self.ours if self.unit == "s" else self.ours / self.rival


def paired_seconds(
    functions: dict[str, Callable[[], object]], *, repeats: int = 5, warmup: int = 1
) -> dict[str, float]:
    """Median seconds of each function; the functions run in turn (A B A B …), so that drift of the machine hits all."""
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for run in range(warmup + repeats):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            if run >= warmup:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def rival_python(*requirements: str) -> Path | str:
    """The Python of a throw-away environment that holds the rivals; a sentence why not, where they do not install."""
    python = RIVALS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(RIVALS)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    run = subprocess.run(pip, capture_output=True, text=True, check=False)
    return python if run.returncode == 0 else f"not installable: {run.stderr.strip().splitlines()[-1][:120]}"


def run_measured(python: Path, code: str, *arguments: str) -> dict[str, float]:
    """Run a script that prints one JSON object as its last line; its peak memory in bytes is added."""
    tail = (
        "\nimport resource as _r, json as _j"
        "\nprint(_j.dumps({'peak_bytes': _r.getrusage(_r.RUSAGE_SELF).ru_maxrss * 1024}))"
    )
    command = [str(python), "-c", code + tail, *arguments]
    # some programs write logs where they run
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if run.returncode != 0:
        raise RuntimeError(f"the measured script failed:\n{run.stderr}")
    lines = run.stdout.strip().splitlines()
    return {key: float(value) for line in lines[-2:] for key, value in json.loads(line).items()}


def machine() -> str:
    """Processor, cores and memory of this machine, in a few words."""
    model = platform.processor() or platform.machine()
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    memory = f", {int(meminfo.read_text().split()[1]) / 2**20:.0f} GiB" if meminfo.exists() else ""
    return f"{model}, {os.cpu_count()} cores{memory}"


def commit() -> str:
    """The short name of the commit, with ``+`` where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    name = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    dirty = subprocess.run(
        [*git, "status", "--porcelain", "src"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"{name}+" if dirty else name


def record(claim: str, row: Row) -> None:
    """Print a row and append it to ``benchmarks/results/CLAIM.csv`` with date, machine and commit."""
    ratio = row.ratio
    print(f"\n{claim}: {row.work}")
    print(f"  limit  {row.limit:>12,.4g} {row.unit}   ({row.limited_by})")
    print(f"  ours   {row.ours:>12,.4g} {row.unit}")
    print(
        f"  rival  {'—':>12}" if row.rival is None else f"  rival  {row.rival:>12,.4g} {row.unit}",
        f"  ({row.rival_name})",
    )
    if ratio is not None:
        claimed = (
            "" if row.target is None else f"   claimed ≥ {row.target:g}: {'held' if ratio >= row.target else 'MISSED'}"
        )
        print(f"  ratio  {ratio:>12,.3g}{claimed}")
    if row.note:
        print(f"  {row.note}")
    append(claim, {**asdict(row), "ratio": ratio})


def append(name: str, figures: dict[str, object]) -> None:
    """Add a row with date, commit and machine to ``benchmarks/results/NAME.csv``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    stamp = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "commit": commit(), "machine": machine()}
    kept = {**stamp, **figures}
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(kept))
        if new:
            writer.writeheader()
        writer.writerow({key: f"{value:.5g}" if isinstance(value, float) else value for key, value in kept.items()})
