"""``run.json``: what a job was asked to do, with what, how it went and what came out."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vitreous
from vitreous._errors import InputError
from vitreous._typing import Path as AnyPath
from vitreous.jobs.files import describe_input, write_json

__all__ = ["RECORD_NAME", "RunRecord", "Task", "is_running", "new_record", "read_record", "write_record"]

RECORD_NAME = "run.json"
_STATUSES = ("running", "done", "interrupted", "failed")


@dataclass(frozen=True)
class Task:
    """What a job is asked to do; with the same task, device and threads it gives the same results bit for bit."""

    command: str
    """The command's name, such as ``classify``."""
    parameters: Mapping[str, Any]
    """Every option with the value that is used, defaults included; what JSON holds, or paths."""
    inputs: tuple[AnyPath, ...] = ()
    """The files that are read."""
    seed: int | None = None
    """The seed of all random numbers; None where none are drawn."""
    device: str = "cpu"
    threads: int | None = None


@dataclass
class RunRecord:
    """The content of ``run.json``; its keys are these names and stay what they are from version to version."""

    version: str
    """The version of Vitreous."""
    command: str
    parameters: dict[str, Any]
    inputs: list[dict[str, Any]]
    """Each file with ``path``, ``bytes``, ``modified`` and ``sha256`` (null for images)."""
    seed: int | None
    device: str
    threads: int | None
    status: str
    """``running``, ``done``, ``interrupted`` (``--resume`` goes on) or ``failed``."""
    started: str
    """When the first run of this job began: UTC, ISO 8601."""
    host: str
    process: int
    """The process of the last run, on that host."""
    wall_seconds: float = 0.0
    """Time spent, over all runs of this job."""
    images: int = 0
    """Images processed, an image that is processed twice counts twice."""
    images_per_second: float | None = None
    peak_memory_bytes: int | None = None
    """The largest memory held; null where the system does not tell."""
    figures: dict[str, Any] = field(default_factory=dict)
    """Key figures, such as ``resolution_angstrom``."""
    warnings: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    """The files written, relative to the folder."""
    set_aside: list[str] = field(default_factory=list)
    """Former jobs of this folder that ``--overwrite`` replaces: kept beside it until this job is done."""
    error: str | None = None
    """Why the job failed."""


def new_record(task: Task) -> RunRecord:
    """The record of a task that starts now.

    Raises
    ------
    InputError
        If an input file does not exist.
    """
    return RunRecord(
        version=vitreous.__version__,
        command=task.command,
        parameters=dict(task.parameters),
        inputs=[describe_input(path) for path in task.inputs],
        seed=task.seed,
        device=task.device,
        threads=task.threads,
        status="running",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        host=platform.node(),
        process=os.getpid(),
    )


def write_record(folder: AnyPath, record: RunRecord) -> None:
    """Write ``run.json`` into a job folder, whole or not at all."""
    write_json(Path(folder) / RECORD_NAME, {item.name: getattr(record, item.name) for item in fields(record)})


def read_record(folder: AnyPath) -> RunRecord:
    """The record in a job folder.

    Raises
    ------
    InputError
        If the folder is not a job's, or its ``run.json`` is damaged.
    """
    path = Path(folder) / RECORD_NAME
    if not path.is_file():
        raise InputError(f"not a job folder: it has no {RECORD_NAME}", file=folder, advice="name another folder")
    advice = "the results in the folder may be whole; move what is needed to another folder"
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON ({error})", file=path, advice=advice) from error
    if not isinstance(content, dict):
        raise InputError("not a JSON object", file=path, advice=advice)
    _check(content, path, advice)
    return RunRecord(**{item.name: content[item.name] for item in fields(RunRecord)})


def _check(content: dict[str, Any], path: Path, advice: str) -> None:
    """Refuse a record whose keys or kinds of values are not those of a ``RunRecord``."""
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("version", "command", "device", "status", "started", "host"), (str,)),
        **dict.fromkeys(("parameters", "figures"), (dict,)),
        **dict.fromkeys(("inputs", "warnings", "outputs", "set_aside"), (list,)),
        **dict.fromkeys(("process", "images"), (int,)),
        **dict.fromkeys(("seed", "threads", "peak_memory_bytes"), (int, type(None))),
        "wall_seconds": (int, float),
        "images_per_second": (int, float, type(None)),
        "error": (str, type(None)),
    }
    for key, allowed in kinds.items():
        if key not in content:
            raise InputError("missing", file=path, place=f"key {key!r}", advice=advice)
        if not isinstance(content[key], allowed):
            found = type(content[key]).__name__
            expected = " or ".join("null" if kind is type(None) else kind.__name__ for kind in allowed)
            raise InputError(f"found {found}, expected {expected}", file=path, place=f"key {key!r}", advice=advice)
    for key, kind in (("inputs", dict), ("warnings", str), ("outputs", str), ("set_aside", str)):
        wrong = next((item for item in content[key] if not isinstance(item, kind)), None)
        if wrong is not None:
            raise InputError(
                f"holds {wrong!r}, expected {kind.__name__}", file=path, place=f"key {key!r}", advice=advice
            )
    if content["status"] not in _STATUSES:
        raise InputError(f"found {content['status']!r}, expected one of {_STATUSES}", file=path, place="key 'status'")


def is_running(record: RunRecord) -> bool:
    """Whether the job's process is alive; False where that cannot be told (another machine, Windows)."""
    if record.status != "running" or record.host != platform.node() or os.name != "posix":
        return False
    try:
        os.kill(record.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return record.process != os.getpid()
