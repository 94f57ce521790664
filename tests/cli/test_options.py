from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from vitreous._errors import InputError
from vitreous.cli.options import (
    Device,
    Overwrite,
    Quiet,
    ReadingOptions,
    Resume,
    Seed,
    Threads,
    with_reading_options,
)


def run(command, *words):
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(words))


def test_reading_options_reach_the_command_as_one_value():
    seen = {}

    @with_reading_options
    def command(path: Annotated[str, typer.Argument()], flag: bool = False, *, reading: ReadingOptions) -> None:
        seen.update(path=path, flag=flag, **reading.given())

    result = run(
        command,
        "a.star",
        "--flag",
        "--pixel-size",
        "1.3",
        "--box",
        "300",
        "--passthrough",
        "b.cs",
        "--passthrough",
        "c.cs",
    )
    assert result.exit_code == 0, result.output
    passthrough = [Path("b.cs"), Path("c.cs")]
    given = {"pixel_size_angstrom": 1.3, "box": 300, "passthrough": passthrough}
    assert seen == {"path": "a.star", "flag": True, **given}


def test_nothing_given_is_nothing():
    assert ReadingOptions().given() == {}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("pixel_size_angstrom", value) for value in (0.0, -1.0, float("nan"), float("inf"))),
        *(("box", value) for value in (0, -1)),
        *(("amplitude_contrast", value) for value in (-0.1, 1.5, float("nan"))),
    ],
)
def test_senseless_values_are_refused(option, value):
    with pytest.raises(InputError, match="expected a number from"):
        ReadingOptions(**{option: value})


def test_options_of_a_job():
    seen = {}

    def command(
        device: Device = "auto",
        threads: Threads = None,
        seed: Seed = 0,
        quiet: Quiet = False,
        overwrite: Overwrite = False,
        resume: Resume = False,
    ) -> None:
        seen.update(device=device, threads=threads, seed=seed, quiet=quiet, overwrite=overwrite, resume=resume)

    assert run(command).exit_code == 0
    flags = dict.fromkeys(("quiet", "overwrite", "resume"), False)
    assert seen == {"device": "auto", "threads": None, "seed": 0, **flags}
    words = ["--device", "cpu", "--threads", "2", "--seed", "5", "--quiet", "--overwrite", "--resume"]
    assert run(command, *words).exit_code == 0
    flags = dict.fromkeys(flags, True)
    assert seen == {"device": "cpu", "threads": 2, "seed": 5, **flags}
    for words in (["--device", "tpu"], ["--threads", "0"], ["--seed", "-1"]):
        assert run(command, *words).exit_code == 2
