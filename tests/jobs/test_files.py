import errno
import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.jobs.files import append_line, as_json, atomic_write, describe_input, write_json


def test_a_file_appears_when_the_block_ends_and_not_before(tmp_path):
    target = tmp_path / "map.mrc"
    with atomic_write(target) as path:
        assert path.suffix == ".mrc"
        assert path.parent == tmp_path
        path.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["map.mrc"]


@pytest.mark.parametrize("error", [RuntimeError("fault"), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_nothing_half_written_stays_and_the_former_file_stands(tmp_path, error):
    target = tmp_path / "map.mrc"
    target.write_text("former")
    with pytest.raises(type(error)), atomic_write(target) as path:  # noqa: PT012
        path.write_text("ne")
        raise error
    assert target.read_text() == "former"
    assert os.listdir(tmp_path) == ["map.mrc"]


def test_a_full_disk_names_the_file(tmp_path):
    """The system's error names no file when a write fails; /dev/full fails every write as a full disk does."""
    target = tmp_path / "map.mrc"
    with pytest.raises(OSError, match="No space left") as caught, atomic_write(target) as path:  # noqa: PT012
        path.symlink_to("/dev/full")
        path.write_bytes(b"x" * 100_000)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(target)
    assert os.listdir(tmp_path) == []


def test_a_file_that_grows_past_what_the_system_allows(tmp_path):
    """A write that fails half-way, by the system's own limit on the size of a file, in a process of its own."""
    code = (
        "import sys; from vitreous.jobs.files import atomic_write\n"
        "try:\n"
        "    with atomic_write(sys.argv[1]) as path, path.open('wb') as file:\n"
        "        for _ in range(100): file.write(b'x' * 1000); file.flush()\n"
        "except OSError as error:\n"
        "    sys.exit(0 if error.filename == sys.argv[1] else repr(error))\n"
        "sys.exit('no error')"
    )
    target = tmp_path / "map.mrc"
    target.write_text("former")
    run = subprocess.run(
        [sys.executable, "-c", code, str(target)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert target.read_text() == "former"
    assert os.listdir(tmp_path) == ["map.mrc"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as caught, atomic_write(tmp_path / "absent" / "map.mrc"):
        pass
    assert caught.value.filename == str(tmp_path / "absent")


def test_an_appended_line_ends_the_file_and_an_error_names_it(tmp_path):
    append_line(tmp_path / "log.txt", "one")
    append_line(tmp_path / "log.txt", "two")
    assert (tmp_path / "log.txt").read_text() == "one\ntwo\n"
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        append_line(tmp_path / "full", "x")
    assert caught.value.filename == str(tmp_path / "full")


def test_json_holds_only_what_json_knows(tmp_path):
    value = {"a": np.float32(0.5), "b": (1, np.arange(2)), "c": Path("x"), "d": float("nan"), 3: None, "e": True}
    assert as_json(value) == {"a": 0.5, "b": [1, [0, 1]], "c": "x", "d": None, "3": None, "e": True}
    write_json(tmp_path / "run.json", value)
    assert json.loads((tmp_path / "run.json").read_text()) == as_json(value)


def test_inputs_are_described_by_size_time_and_checksum(tmp_path):
    star, stack = tmp_path / "a.star", tmp_path / "a.mrcs"
    star.write_bytes(b"data_\n")
    stack.write_bytes(b"\0" * 10)
    found = describe_input(star)
    assert found["bytes"] == 6
    assert found["sha256"] == hashlib.sha256(b"data_\n").hexdigest()
    assert found["path"] == str(star)
    assert describe_input(stack)["sha256"] is None
    with pytest.raises(InputError, match="no such file"):
        describe_input(tmp_path / "absent.star")
