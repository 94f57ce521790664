"""What may happen to a job folder that exists: move it aside for a new job, or take it up again."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from vitreous._errors import InputError
from vitreous.jobs.files import PARTIAL, as_json
from vitreous.jobs.record import RECORD_NAME, RunRecord, Task, is_running, new_record, read_record

__all__ = ["CHECKPOINT_NAME", "LOG_NAME", "remove_partial_files", "resumed_record", "set_aside"]

LOG_NAME = "log.txt"
CHECKPOINT_NAME = "checkpoint.safetensors"
_OWN = {RECORD_NAME, LOG_NAME, CHECKPOINT_NAME}


def _idle_record(folder: Path) -> RunRecord:
    """The record of a job folder whose job does not run; refuses a record that would have us remove other folders."""
    record = read_record(folder)
    if is_running(record):
        advice = f"stop it; or, if process {record.process} is another program, set status in {RECORD_NAME} to failed"
        raise InputError(f"its job still runs (process {record.process})", file=folder, advice=advice)
    for name in record.set_aside:
        if not re.fullmatch(re.escape(folder.name) + r"\.replaced-\d+", str(name)):
            file, place = folder / RECORD_NAME, "key 'set_aside'"
            raise InputError(f"{name!r} is not a name that a job gives", file=file, place=place, advice="remove it")
    return record


def set_aside(folder: Path) -> list[str]:
    """Rename a former job's folder to make room for a new job.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    list of str
        The names, beside the folder, of all former jobs that the new job replaces when it is done.

    Raises
    ------
    InputError
        If the folder is not a job's, its job still runs, or it holds files that its job did not write.
    """
    record = _idle_record(folder)
    known = _OWN | {str(Path(str(name))) for name in record.outputs}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    strangers = sorted(name for name in found - known if PARTIAL not in Path(name).name)
    if strangers:
        raise InputError(
            f"holds files that its job did not write: {', '.join(strangers[:3])}{' ...' * (len(strangers) > 3)}",
            file=folder,
            advice="nothing was replaced; move them out of the folder, or name another folder",
        )
    number = 1
    while (aside := folder.with_name(f"{folder.name}.replaced-{number}")).exists():
        number += 1
    folder.rename(aside)
    return [*record.set_aside, aside.name]


def resumed_record(folder: Path, task: Task) -> RunRecord:
    """The record of a job that goes on: what stood in its folder, with status ``running`` again.

    Another version, device or thread count is recorded as a warning, since the results may then differ in the last
    bits; anything else that differs is refused.

    Raises
    ------
    InputError
        If the folder is not a job's, its job is done or still runs, or the task or its inputs are not the same.
    """
    former, now = _idle_record(folder), new_record(task)
    if former.status == "done":
        raise InputError("its job is done", file=folder, advice="there is nothing to resume; --overwrite runs it anew")
    for key in ("command", "seed", "parameters", "inputs"):
        before, after = getattr(former, key), json.loads(json.dumps(as_json(getattr(now, key))))
        if key == "inputs":
            before, after = _identities(before), _identities(after)
        if before != after:
            problem = f"the job to resume is another one: it had {_difference(before, after)}"
            advice = "give what it had, or run a new job in another folder"
            raise InputError(problem, file=folder / RECORD_NAME, place=f"key {key!r}", advice=advice)
    for key in ("version", "device", "threads"):
        before, after = getattr(former, key), getattr(now, key)
        if before != after:
            former.warnings.append(f"resumed with {key} {after} after {before}: the last bits of results may differ")
    kept = ("wall_seconds", "images", "figures", "warnings", "outputs", "set_aside", "started")
    return RunRecord(**{item.name: getattr(former if item.name in kept else now, item.name) for item in fields(now)})


def _identities(inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What tells input files apart wherever they stand: a copied file is the same if its checksum is, else its time."""
    return [
        {"name": Path(item["path"]).name, "bytes": item["bytes"], "content": item["sha256"] or item["modified"]}
        for item in inputs
    ]


def _difference(before: object, after: object) -> str:
    """The first of two values' differences, in words."""
    if isinstance(before, dict) and isinstance(after, dict):
        key = next(key for key in sorted({*before, *after}) if before.get(key) != after.get(key))
        return f"{key} {before.get(key)!r}, not {after.get(key)!r}"
    if isinstance(before, list) and isinstance(after, list):
        pairs = zip(before, after, strict=False)
        first = next(((old, new) for old, new in pairs if old != new), (len(before), len(after)))
        return _difference(*first)
    return f"{before!r}, not {after!r}"


def remove_partial_files(folder: Path) -> None:
    """Remove what a killed run left of files that never became whole."""
    for path in folder.rglob(f".*{PARTIAL}*"):
        path.unlink()
