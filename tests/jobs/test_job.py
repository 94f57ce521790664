import errno
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vitreous._errors import InputError
from vitreous.jobs import Job, Task, job, read_record

ENGINE = Path(__file__).with_name("toy_engine.py")
TASK = Task("walk", {"steps": 3})


def walk(folder, options="", *stop):
    run = subprocess.run(
        [sys.executable, str(ENGINE), str(folder), options, *map(str, stop)],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stderr


def test_an_interrupted_job_resumes_to_the_same_bits(tmp_path):
    assert walk(tmp_path / "whole") == (0, "")
    expected = (tmp_path / "whole" / "position.npy").read_bytes()
    assert walk(tmp_path / "cut", "", 11) == (130, "interrupted\n")
    assert read_record(tmp_path / "cut").status == "interrupted"
    assert "--resume goes on" in (tmp_path / "cut" / "log.txt").read_text()
    assert walk(tmp_path / "cut", "resume", 23, int(signal.SIGTERM)) == (130, "interrupted\n")
    assert walk(tmp_path / "cut", "resume") == (0, "")
    assert (tmp_path / "cut" / "position.npy").read_bytes() == expected
    record = read_record(tmp_path / "cut")
    assert record.status == "done"
    assert record.images == 400
    assert record.figures == read_record(tmp_path / "whole").figures
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == ["log.txt", "position.npy", "run.json"]


def test_a_killed_job_resumes_from_its_last_save(tmp_path):
    assert walk(tmp_path / "whole") == (0, "")
    assert walk(tmp_path / "cut", "always", 17, int(signal.SIGKILL))[0] == -signal.SIGKILL
    assert read_record(tmp_path / "cut").status == "running"
    assert walk(tmp_path / "cut", "resume") == (0, "")
    expected = (tmp_path / "whole" / "position.npy").read_bytes()
    assert (tmp_path / "cut" / "position.npy").read_bytes() == expected


def test_a_job_without_checkpoints_stops_at_once(tmp_path):
    assert walk(tmp_path / "cut", "never", 11) == (130, "interrupted\n")
    assert read_record(tmp_path / "cut").images == 110
    assert "no state was saved" in (tmp_path / "cut" / "log.txt").read_text()


def test_a_second_interrupt_stops_at_once(tmp_path, capfd):
    with pytest.raises(KeyboardInterrupt), Job(tmp_path / "job", TASK) as running:  # noqa: PT012
        running.save_checkpoint({}, {"step": 1}, every_seconds=0.0)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("the second signal is not deferred")
    assert "interrupt again" in capfd.readouterr().err
    assert read_record(tmp_path / "job").status == "interrupted"


def test_signal_handlers_are_put_back(tmp_path):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Job(tmp_path / "job", TASK, quiet=True):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match=r"not empty; --overwrite .* --resume"), Job(tmp_path / "job", TASK):
        pass
    with pytest.raises(InputError, match="not a job folder"), Job(tmp_path / "job", TASK, overwrite=True):
        pass
    assert [path.name for path in (tmp_path / "job").iterdir()] == ["thesis.tex"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="a file, where"), Job(tmp_path / "file", TASK, overwrite=True):
        pass


def test_overwrite_keeps_the_former_job_until_the_new_one_is_done(tmp_path):
    folder, aside = tmp_path / "job", tmp_path / "job.replaced-1"
    walk(folder)
    with pytest.raises(InputError) as caught, Job(folder, TASK, overwrite=True, quiet=True) as failing:  # noqa: PT012
        assert (aside / "position.npy").exists()
        assert failing.record.set_aside == ["job.replaced-1"]
        raise InputError("bad rows", file="a.star")
    assert caught.value.__notes__ == [f"the former job stands in {aside}"]
    assert (aside / "position.npy").exists()
    with Job(folder, TASK, overwrite=True, quiet=True):
        assert (tmp_path / "job.replaced-2").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_overwrite_and_resume_exclude_each_other(tmp_path):
    with pytest.raises(InputError, match="exclude"), Job(tmp_path / "job", TASK, overwrite=True, resume=True):
        pass
    with pytest.raises(InputError, match="no job to resume"), Job(tmp_path / "job", TASK, resume=True):
        pass


def test_a_fault_of_ours_leaves_its_traceback_in_the_log(tmp_path):
    with pytest.raises(ZeroDivisionError) as caught, Job(tmp_path / "job", TASK, quiet=True):
        _ = 1 // 0
    log = tmp_path / "job" / "log.txt"
    assert caught.value.__notes__ == [f"the traceback is in {log}"]
    assert "Traceback (most recent call last)" in log.read_text()
    record = read_record(tmp_path / "job")
    assert record.status == "failed"
    assert record.error.startswith("ZeroDivisionError")


def test_bad_input_leaves_one_line_in_the_log(tmp_path):
    with pytest.raises(InputError), Job(tmp_path / "job", TASK, quiet=True):
        raise InputError("no rows", file="a.star")
    log = (tmp_path / "job" / "log.txt").read_text()
    assert "failed: a.star: no rows" in log
    assert "Traceback" not in log
    assert read_record(tmp_path / "job").error == "a.star: no rows"


def test_a_full_disk_at_the_end_does_not_hide_why_it_ended(tmp_path, monkeypatch):
    def full(folder, record):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "run.json"))

    with pytest.raises(InputError) as caught, Job(tmp_path / "job", TASK, quiet=True):  # noqa: PT012
        monkeypatch.setattr(job, "write_record", full)
        raise InputError("no rows", file="a.star")
    assert "No space left" in caught.value.__notes__[0]


def test_results_are_whole_and_recorded(tmp_path):
    with Job(tmp_path / "job", TASK, quiet=True) as running:
        with running.write("truth/map.mrc") as path:
            path.write_text("map")
        with pytest.raises(RuntimeError), running.write("half.mrc") as path:  # noqa: PT012
            path.write_text("ha")
            raise RuntimeError
        assert json.loads((tmp_path / "job" / "run.json").read_text())["outputs"] == ["truth/map.mrc"]
    assert sorted(path.name for path in (tmp_path / "job").iterdir()) == ["log.txt", "run.json", "truth"]


def test_warnings_are_kept_and_shown(tmp_path, capsys):
    with Job(tmp_path / "job", TASK) as running:
        running.warn("the box is small")
    assert read_record(tmp_path / "job").warnings == ["the box is small"]
    assert "warning: the box is small" in (tmp_path / "job" / "log.txt").read_text()
    assert capsys.readouterr().err == "vitreous: warning: the box is small\n"


def test_quiet_shows_nothing(tmp_path, capfd):
    with Job(tmp_path / "job", TASK, quiet=True) as running, running.progress("walk", 3) as advance:
        advance(3)
        running.warn("the box is small")
    assert capfd.readouterr() == ("", "")


def test_rate_and_memory_are_recorded(tmp_path):
    with Job(tmp_path / "job", TASK, quiet=True) as running:
        running.record.images += 1000
    record = read_record(tmp_path / "job")
    assert record.images_per_second == pytest.approx(1000 / record.wall_seconds)
    assert record.peak_memory_bytes > 1_000_000
