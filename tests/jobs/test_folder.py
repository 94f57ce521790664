import json
import platform
import subprocess
import sys

import pytest

from vitreous._errors import InputError
from vitreous.jobs import Job, Task
from vitreous.jobs.folder import remove_partial_files, resumed_record, set_aside
from vitreous.jobs.record import read_record


@pytest.fixture
def former(tmp_path):
    """A job that was done, with one result in a folder of its own."""
    (tmp_path / "in.star").write_text("data_\n")
    task = Task("classify", {"classes": 50, "mask": None}, (tmp_path / "in.star",), seed=1)
    with Job(tmp_path / "job", task, quiet=True) as job, job.write("truth/map.mrc") as path:
        path.write_text("old")
    return tmp_path / "job"


def change(folder, **keys):
    content = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**content, **keys}))


def test_a_former_job_is_renamed_whole(former):
    assert set_aside(former) == ["job.replaced-1"]
    assert not former.exists()
    assert (former.parent / "job.replaced-1" / "truth" / "map.mrc").read_text() == "old"


def test_a_name_that_is_taken_is_left_alone(former):
    (former.parent / "job.replaced-1").mkdir()
    assert set_aside(former) == ["job.replaced-2"]


def test_what_waits_to_be_removed_is_carried_on(former):
    change(former, set_aside=["job.replaced-4"])
    assert set_aside(former) == ["job.replaced-4", "job.replaced-1"]


def test_files_of_somebody_else_are_never_replaced(former):
    (former / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"files that its job did not write: notes\.txt"):
        set_aside(former)
    assert (former / "notes.txt").read_text() == "mine"


def test_what_a_killed_run_left_half_written_is_no_obstacle(former):
    (former / "truth" / ".map.1234abcd.partial.mrc").write_text("ha")
    assert set_aside(former)


@pytest.mark.parametrize("name", ["../precious", "precious", "job.replaced-1/../../precious", "job", ""])
def test_a_record_cannot_have_us_remove_another_folder(former, name):
    change(former, set_aside=[name])
    with pytest.raises(InputError, match="not a name that a job gives"):
        set_aside(former)


def test_a_job_that_runs_is_left_alone(former):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        change(former, status="running", process=other.pid, host=platform.node())
        with pytest.raises(InputError, match="still runs"):
            set_aside(former)
        with pytest.raises(InputError, match="still runs"):
            resumed_record(former, Task("classify", {}))
        other.communicate(b"\n")


def task_of(former, **changes):
    given = {"command": "classify", "parameters": {"classes": 50, "mask": None}, "seed": 1}
    return Task(**{**given, "inputs": (former.parent / "in.star",), **changes})


def test_the_same_task_goes_on(former):
    change(former, status="interrupted", wall_seconds=5.0, process=1)
    record = resumed_record(former, task_of(former))
    assert (record.status, record.wall_seconds, record.warnings) == ("running", 5.0, [])
    assert record.outputs == ["truth/map.mrc"]
    assert record.process != 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"command": "reconstruct"}, "key 'command': .* it had 'classify', not 'reconstruct'"),
        ({"seed": 2}, "key 'seed': .* it had 1, not 2"),
        ({"parameters": {"classes": 20, "mask": None}}, "key 'parameters': .* it had classes 50, not 20"),
        ({"inputs": ()}, "key 'inputs': .* it had 1, not 0"),
    ],
)
def test_another_task_is_refused_with_the_difference(former, changes, message):
    change(former, status="interrupted")
    with pytest.raises(InputError, match=message):
        resumed_record(former, task_of(former, **changes))


def test_changed_input_is_refused_and_a_copy_is_not(former):
    change(former, status="interrupted")
    (former.parent / "in.star").write_text("data_\n")  # the same content, another time
    assert resumed_record(former, task_of(former)).status == "running"
    (former.parent / "in.star").write_text("DATA_\n")
    with pytest.raises(InputError, match=r"key 'inputs': .* it had content"):
        resumed_record(former, task_of(former))


def test_another_device_is_a_warning(former):
    change(former, status="failed", device="cuda")
    assert "device cpu after cuda" in resumed_record(former, task_of(former)).warnings[0]


def test_a_job_that_is_done_is_not_resumed(former):
    with pytest.raises(InputError, match="its job is done"):
        resumed_record(former, task_of(former))
    assert read_record(former).status == "done"


def test_half_written_files_are_removed(former):
    (former / "truth" / ".map.1234abcd.partial.mrc").write_text("ha")
    remove_partial_files(former)
    assert sorted(path.name for path in former.rglob("*")) == ["log.txt", "map.mrc", "run.json", "truth"]
