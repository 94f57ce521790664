"""What some tests need beyond Python: system programs and the shared data.

A test asks for a thing with ``program`` or ``data``. Where it is absent the test is skipped with the reason and the
command that mends it; with CI=true the test fails instead, so that continuous integration cannot pass by skipping.
``python tests/needs.py --install`` installs the system programs by apt where it runs as root on Debian.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

PACKAGES = {"relion_convert_star": "relion", "chromium": "chromium"}
"""Program → the Debian package that holds it."""


def _missing(reason: str) -> NoReturn:
    import pytest

    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI does not skip this)")
    pytest.skip(reason)


def program(name: str) -> str:
    """The path of a system program, or a skip."""
    found = shutil.which(name)
    return found or _missing(f"{name} is not installed: apt-get install {PACKAGES[name]}")


def data(name: str) -> Path:
    """The path of a file or folder of the shared data set, or a skip."""
    root = Path(os.environ.get("VITREOUS_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not root.is_dir():
        _missing(f"no data folder at {root}: set VITREOUS_DATA to it")
    return root / name


def install() -> None:
    """Install the packages of the programs that are absent, where that can be done without asking."""
    wanted = sorted({package for name, package in PACKAGES.items() if shutil.which(name) is None})
    if not wanted:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"not installed, their tests are skipped: {' '.join(wanted)} (apt-get install {' '.join(wanted)})")
        return
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *wanted], check=False, **quiet)


if __name__ == "__main__" and sys.argv[1:] == ["--install"]:
    install()
