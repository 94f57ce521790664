"""Opening a practical for editing: a copy in the learner's folder, in marimo's editor on this machine alone."""

import shutil
import subprocess
import sys
from pathlib import Path

from vitreous._errors import InputError
from vitreous.study.site.practicals import practical_paths

__all__ = ["copied", "edit"]


def copied(practical: str, folder: Path) -> Path:
    """Return the copy of a practical in a folder, made where it is not there yet; a file is never overwritten.

    Raises
    ------
    InputError
        Where there is no practical of that name.
    """
    known = practical_paths()
    if practical not in known:
        raise InputError(f"there is no practical called {practical}", advice=f"there are: {', '.join(known)}")
    copy = folder / f"{practical}.py"
    try:
        with copy.open("xb") as to, known[practical].open("rb") as source:
            shutil.copyfileobj(source, to)
    except FileExistsError:
        print(f"{copy.name} is here already and is opened as it is; remove or rename it for a fresh copy.", flush=True)
    else:
        print(f"{copy.name} is your own copy: change what you like.", flush=True)
    return copy


def edit(practical: str) -> None:
    """Copy a practical into the working folder and open the copy in marimo's editor, which makes its own token."""
    copy = copied(practical, Path.cwd())
    # marimo serves its editor on this machine alone, at the first free port
    subprocess.run([sys.executable, "-m", "marimo", "edit", "--host", "127.0.0.1", str(copy)], check=False)  # noqa: S603
