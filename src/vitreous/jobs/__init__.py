"""What every long run shares: the folder, progress, checkpoint and resume, ``run.json``, the log, exit statuses."""

from vitreous.jobs.checkpoint import read_checkpoint, rng_from_state, rng_to_state, write_checkpoint
from vitreous.jobs.exits import BAD_INPUT, DONE, INTERRUPTED, OUR_FAULT, exit_status, one_line
from vitreous.jobs.files import append_line, atomic_write, describe_input, write_json
from vitreous.jobs.job import Job
from vitreous.jobs.machine import choose_device, peak_memory_bytes, use_threads
from vitreous.jobs.progress import progress
from vitreous.jobs.record import RECORD_NAME, RunRecord, Task, read_record, write_record

__all__ = [
    "BAD_INPUT",
    "DONE",
    "INTERRUPTED",
    "OUR_FAULT",
    "RECORD_NAME",
    "Job",
    "RunRecord",
    "Task",
    "append_line",
    "atomic_write",
    "choose_device",
    "describe_input",
    "exit_status",
    "one_line",
    "peak_memory_bytes",
    "progress",
    "read_checkpoint",
    "read_record",
    "rng_from_state",
    "rng_to_state",
    "use_threads",
    "write_checkpoint",
    "write_json",
    "write_record",
]
