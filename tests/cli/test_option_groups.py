"""Dataclasses as groups of options."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer

from vitreous.cli.option_groups import with_option_groups


@dataclass(frozen=True)
class Sizes:
    """Two options."""

    box: Annotated[int, typer.Option("--box", help="Edge.")] = 8
    name: Annotated[str | None, typer.Option("--name")] = None


def test_the_fields_are_options_and_arrive_together():
    seen = []
    app = typer.Typer()

    @app.command()
    @with_option_groups
    def command(what: str, sizes: Sizes, loud: bool = False) -> None:
        """Do it."""
        seen.append((what, sizes, loud))

    for words in (["it"], ["it", "--box", "5", "--name", "a", "--loud"]):
        typer.main.get_command(app)(words, standalone_mode=False)
    assert seen == [("it", Sizes(), False), ("it", Sizes(5, "a"), True)]


def test_wrong_values_are_typers_to_refuse():
    app = typer.Typer()

    @app.command()
    @with_option_groups
    def command(sizes: Sizes) -> None:
        """Do it."""

    with pytest.raises(typer.TyperException, match="integer"):
        typer.main.get_command(app)(["--box", "x"], standalone_mode=False)
