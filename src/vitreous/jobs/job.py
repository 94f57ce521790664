"""The job folder: results, ``run.json``, ``log.txt``, checkpoints, and what happens at an interrupt."""

import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray
from vitreous._typing import Path as AnyPath
from vitreous.jobs.checkpoint import read_checkpoint, write_checkpoint
from vitreous.jobs.exits import one_line
from vitreous.jobs.files import append_line, atomic_write
from vitreous.jobs.folder import CHECKPOINT_NAME, LOG_NAME, remove_partial_files, resumed_record, set_aside
from vitreous.jobs.machine import peak_memory_bytes
from vitreous.jobs.progress import progress
from vitreous.jobs.record import RECORD_NAME, RunRecord, Task, new_record, write_record

__all__ = ["Job"]

_STOPPING = b"vitreous: stopping when this step is done and its state saved; interrupt again to stop at once\n"


class Job:
    """A long run and its folder, as a context manager.

    Entering makes the folder and ``run.json`` with status ``running``; leaving writes how it ended. Exceptions pass
    through. In the main thread the first interrupt (Ctrl-C or SIGTERM) waits for the next ``save_checkpoint``, which
    then saves and raises ``KeyboardInterrupt``; a second one, or a job that saves no checkpoints, stops at once.

    Parameters
    ----------
    folder
        The folder to make. One that holds anything is refused, unless told otherwise by one of:
    overwrite
        Replace a former job. It is moved aside and removed only when this one is done. A folder that is not a job's,
        or that holds files which its job did not write, is refused all the same.
    resume
        Go on with an interrupted or crashed job from its last checkpoint; the task must be the same.
    quiet
        Show nothing on the terminal.

    Raises
    ------
    InputError
        On entering, if the folder cannot be used or an input does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from vitreous.jobs import read_record
    >>> folder = tempfile.mkdtemp()
    >>> with Job(folder, Task("count", {"to": 3}), quiet=True) as job:
    ...     _, state = job.load_checkpoint() or ({}, {"reached": 0})
    ...     for number in range(state["reached"], 3):
    ...         job.save_checkpoint({}, {"reached": number + 1})
    ...     with job.write("result.txt") as path:
    ...         size = path.write_text("3")
    ...     job.record.figures["reached"] = 3
    >>> read_record(folder).status
    'done'
    """

    def __init__(
        self, folder: AnyPath, task: Task, *, overwrite: bool = False, resume: bool = False, quiet: bool = False
    ):
        self.folder = Path(folder).resolve()
        self.task = task
        self.quiet = quiet
        self.record: RunRecord
        """What ``run.json`` says; ``figures`` and ``images`` are the engine's to fill."""
        self._overwrite, self._resume = overwrite, resume
        self._saves, self._stopping = False, False
        self._saved_at = self._started_at = 0.0
        self._seconds_before = 0.0
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> "Job":
        self.record = self._resumed() if self._resume else self._new()
        self._seconds_before = self.record.wall_seconds
        self._started_at = self._saved_at = time.monotonic()
        write_record(self.folder, self.record)
        self.log(f"vitreous {self.record.version} {self.record.command}, {'resumed' if self._resume else 'started'}")
        for former in self.record.set_aside:
            self.log(f"the former job stands in {former} until this one is done")
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        try:
            self._finish(error)
        except OSError as full:
            if error is None:
                raise
            error.add_note(f"and {RECORD_NAME} could not be written: {one_line(full)}")

    @contextmanager
    def write(self, name: str) -> Iterator[Path]:
        """A temporary path for a result, renamed to ``name`` in the folder when the block ends without an exception."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as temporary:
            yield temporary
        if name not in self.record.outputs:
            self.record.outputs.append(name)
            write_record(self.folder, self.record)

    def log(self, text: str) -> None:
        """Add a line with the time (UTC) to ``log.txt``."""
        append_line(self.folder / LOG_NAME, f"{datetime.now(UTC).isoformat(timespec='seconds')} {text}")

    def warn(self, text: str) -> None:
        """Record a warning: in ``run.json``, in the log and, unless quiet, on standard error."""
        self.record.warnings.append(text)
        self.log(f"warning: {text}")
        if not self.quiet:
            print(f"vitreous: warning: {text}", file=sys.stderr)

    def progress(
        self, label: str, total: int, *, unit: str = "images", done: int = 0
    ) -> AbstractContextManager[Callable[[int], None]]:
        """Show the progress of a piece of work; see ``vitreous.jobs.progress``."""
        return progress(label, total, unit=unit, done=done, quiet=self.quiet)

    def save_checkpoint(
        self, arrays: Mapping[str, Array], state: Mapping[str, Any], *, every_seconds: float = 60.0
    ) -> None:
        """Save what is needed to go on from here, where the last save is long enough ago or an interrupt waits.

        Parameters
        ----------
        arrays, state
            Everything that the rest of the run depends on, random state included; see ``write_checkpoint``.
        every_seconds
            The shortest time between two saves.

        Raises
        ------
        KeyboardInterrupt
            After saving, if an interrupt came since the last call.
        """
        self._saves = True
        if not self._stopping and time.monotonic() - self._saved_at < every_seconds:
            return
        write_checkpoint(self.folder / CHECKPOINT_NAME, arrays, state)
        self._saved_at = time.monotonic()
        if self._stopping:
            raise KeyboardInterrupt

    def load_checkpoint(self) -> tuple[dict[str, NumpyArray], dict[str, Any]] | None:
        """The arrays and state that were saved last; None where the job starts from the beginning.

        Raises
        ------
        InputError
            If the checkpoint is damaged.
        """
        path = self.folder / CHECKPOINT_NAME
        return read_checkpoint(path) if path.exists() else None

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping or not self._saves:
            raise KeyboardInterrupt
        self._stopping = True
        if not self.quiet:
            # not print: the signal may have come within another print
            os.write(2, _STOPPING)

    def _new(self) -> RunRecord:
        record = new_record(self.task)
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError("a file, where a job needs a folder", file=self.folder, advice="name another folder")
        if self.folder.is_dir() and any(self.folder.iterdir()):
            if not self._overwrite:
                advice = "--overwrite replaces a former job, --resume goes on with it; or name another folder"
                raise InputError("the folder exists and is not empty", file=self.folder, advice=advice)
            record.set_aside = set_aside(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        return record

    def _resumed(self) -> RunRecord:
        if self._overwrite:
            raise InputError("--overwrite and --resume exclude each other", advice="leave one of them out")
        if not self.folder.is_dir():
            raise InputError("no job to resume: no such folder", file=self.folder, advice="leave --resume out")
        record = resumed_record(self.folder, self.task)
        remove_partial_files(self.folder)
        return record

    def _finish(self, error: BaseException | None) -> None:
        """Write how the job ended; remove what only an unfinished job needs."""
        record = self.record
        record.wall_seconds = round(self._seconds_before + time.monotonic() - self._started_at, 3)
        record.images_per_second = (
            record.images / record.wall_seconds if record.images and record.wall_seconds else None
        )
        record.peak_memory_bytes = peak_memory_bytes()
        former = [self.folder.parent / name for name in record.set_aside]
        if error is not None:
            self._failed(error)
            for folder in former:
                error.add_note(f"the former job stands in {folder}")
            return
        record.status, record.set_aside = "done", []
        write_record(self.folder, record)
        (self.folder / CHECKPOINT_NAME).unlink(missing_ok=True)
        for folder in former:
            shutil.rmtree(folder)
        self.log(f"done in {record.wall_seconds} s")

    def _failed(self, error: BaseException) -> None:
        interrupted = isinstance(error, KeyboardInterrupt)
        self.record.status = "interrupted" if interrupted else "failed"
        self.record.error = None if interrupted else one_line(error)
        write_record(self.folder, self.record)
        if interrupted:
            saved = (self.folder / CHECKPOINT_NAME).exists()
            self.log("interrupted; " + ("--resume goes on from the state saved" if saved else "no state was saved yet"))
        elif isinstance(error, (InputError, OSError)):
            self.log(f"failed: {one_line(error)}")
        else:
            self.log("failed, with this traceback:\n" + "".join(traceback.format_exception(error)))
            error.add_note(f"the traceback is in {self.folder / LOG_NAME}")
