"""A small engine: a seeded random walk that saves its state, run as a program by the tests of the job folder."""

import os
import signal
import sys

import numpy as np

from vitreous.jobs import Job, Task, exit_status, one_line, rng_from_state, rng_to_state

STEPS = 40


def walk(folder: str, options: set[str], stop_at: int | None = None, stop_by: int = signal.SIGINT) -> None:
    """Walk 40 random steps; send this process a signal in the middle of one of them where that is asked."""
    task = Task("walk", {"steps": STEPS}, seed=5)
    with Job(folder, task, overwrite="overwrite" in options, resume="resume" in options, quiet=True) as job:
        arrays, state = job.load_checkpoint() or ({"position": np.zeros(1000)}, {"step": 0})
        rng = rng_from_state(state["rng"]) if "rng" in state else np.random.default_rng(task.seed)
        position = arrays["position"]
        for step in range(state["step"], STEPS):
            position = np.cos(position) + rng.normal(size=1000)
            if step == stop_at:
                os.kill(os.getpid(), stop_by)
            position = position + rng.random(1000)
            job.record.images += 10
            if "never" not in options:
                state = {"step": step + 1, "rng": rng_to_state(rng)}
                job.save_checkpoint({"position": position}, state, every_seconds=0.0 if "always" in options else 60)
        with job.write("position.npy") as path:
            np.save(path, position)
        job.record.figures["mean"] = float(position.mean())


if __name__ == "__main__":
    try:
        walk(sys.argv[1], set(sys.argv[2].split(",")), *map(int, sys.argv[3:]))
    except BaseException as error:
        print(one_line(error), file=sys.stderr)
        sys.exit(exit_status(error))
