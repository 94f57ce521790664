import dataclasses
import json
import os
import subprocess
import sys

import pytest

import vitreous
from vitreous._errors import InputError
from vitreous.jobs.record import RunRecord, Task, is_running, new_record, read_record, write_record


@pytest.fixture
def record(tmp_path):
    (tmp_path / "in.star").write_text("data_\n")
    return new_record(Task("classify", {"classes": 50}, (tmp_path / "in.star",), seed=7, device="cpu", threads=2))


def test_a_new_record_says_what_is_asked(record):
    assert record.version == vitreous.__version__
    assert (record.command, record.parameters, record.seed, record.status) == (
        "classify",
        {"classes": 50},
        7,
        "running",
    )
    assert record.inputs[0]["bytes"] == 6
    assert record.process == os.getpid()


def test_the_keys_of_the_file_are_the_fields(tmp_path, record):
    write_record(tmp_path, record)
    assert list(json.loads((tmp_path / "run.json").read_text())) == [
        item.name for item in dataclasses.fields(RunRecord)
    ]
    assert read_record(tmp_path) == record


def test_a_folder_without_a_record_is_no_job_folder(tmp_path):
    with pytest.raises(InputError, match="not a job folder"):
        read_record(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.pop("figures"), "key 'figures': missing"),
        (lambda content: content.update(inputs="x"), "key 'inputs': found str, expected list"),
        (lambda content: content.update(seed="x"), "key 'seed': found str, expected int or null"),
        (lambda content: content.update(outputs=["a", 3]), "key 'outputs': holds 3, expected str"),
        (lambda content: content.update(status="asleep"), "key 'status': found 'asleep'"),
    ],
)
def test_a_damaged_record_names_the_key(tmp_path, record, change, message):
    write_record(tmp_path, record)
    content = json.loads((tmp_path / "run.json").read_text())
    change(content)
    (tmp_path / "run.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        read_record(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "\0", "[" * 100_000, b"\xff\xfe\xff"])
def test_a_record_that_is_not_a_json_object_is_refused(tmp_path, text):
    (tmp_path / "run.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=r"run\.json: not"):
        read_record(tmp_path)


def test_whether_its_process_is_alive(record):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    record.process = other.pid
    assert is_running(record)
    assert not is_running(dataclasses.replace(record, status="interrupted"))
    assert not is_running(dataclasses.replace(record, host="elsewhere"))
    other.communicate(b"\n")
    assert not is_running(record)
