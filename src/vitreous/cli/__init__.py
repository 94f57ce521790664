"""The command line: one thin file for each command."""

from vitreous.cli.commands import app, main

__all__ = ["app", "main"]
