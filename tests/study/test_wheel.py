"""The course as ``pip install "vitreous[study]"`` brings it: no make, no Node, its browser code inside."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from serving import fetch, newcomer, served
from vitreous.study.site.practicals import practical_paths

ROOT = Path(__file__).parents[2]
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder, source = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("source") / "vitreous"
    made = shutil.ignore_patterns(".git", ".venv*", "node_modules", "static", "__pycache__", ".*_cache", ".hypothesis")
    # nothing is taken from an earlier bundle, and the one that other tests serve is left alone
    shutil.copytree(ROOT, source, ignore=made)
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", folder, source], check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_what_the_course_needs_and_no_tools(wheel):
    names = ZipFile(wheel).namelist()
    curriculum = ROOT / "src" / "vitreous" / "study" / "curriculum"
    written = [path for path in curriculum.rglob("*") if path.suffix in {".md", ".toml", ".py"}]
    missing = {path.relative_to(ROOT / "src").as_posix() for path in written} - set(names)
    assert written
    assert missing == set()
    for name in ["site.js", "site-style.css", "practical.js", "practical-style.css", "figure.js", "LICENCES.txt"]:
        assert f"vitreous/study/static/vitreous/{name}" in names
    assert any(name.endswith(".woff2") for name in names)
    assert any(name.endswith("templates/study/home.html") for name in names)
    assert not any("node_modules" in name or "axe" in name or "/browser/" in name for name in names)


@pytest.mark.slow
def test_the_installed_wheel_serves_the_course(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = f"vitreous[study] @ {wheel.as_uri()}"
    subprocess.run([programs / "python", *PIP, "install", "-c", ROOT / "constraints.txt", wanted], check=True)
    # neither Node nor anything else of this machine's is found
    with served(programs / "python", PATH=f"{programs}{os.pathsep}", PYTHONPATH="") as address:
        browser = newcomer()
        base = address.split("/?")[0]
        for path in [address, f"{base}/static/vitreous/site.js", f"{base}/meetings/04-phase-contrast/blur/"]:
            assert fetch(browser, path).status == 200
        for name in practical_paths():
            assert b"/marimo/assets/" in fetch(browser, f"{base}/practicals/{name}/").body
