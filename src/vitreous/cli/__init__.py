"""The command line: one thin file for each command."""

from vitreous.cli.app import main

__all__ = ["main"]
