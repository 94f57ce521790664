"""The course served as a learner gets it: ``vitreous study`` in a process of its own, with an empty data folder."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener


@dataclass(frozen=True)
class Fetched:
    """An answer, read to its end and closed."""

    status: int
    headers: Message
    body: bytes


def newcomer() -> OpenerDirector:
    """Return a browser without pages, which keeps its cookies."""
    return build_opener(HTTPCookieProcessor(CookieJar()))


def fetch(browser: OpenerDirector, asked: str | Request) -> Fetched:
    """Ask for an address; refusals are answers like others."""
    try:
        answer = browser.open(asked)
    except HTTPError as error:
        answer = error
    with answer:
        return Fetched(answer.status, answer.headers, answer.read())


@contextmanager
def served(python: Path | str = sys.executable, **environment: str) -> Iterator[str]:
    """Serve at a free port; what is given is the address with its token."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(python).with_name("vitreous")), "study", "--port", "0", "--no-browser"]
        given = {**os.environ, "VITREOUS_STUDY_DATA": folder, "PYTHONUNBUFFERED": "1", **environment}
        # outside the repository, so that nothing but what is installed is found
        with subprocess.Popen(
            command, cwd=folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as server:
            said: list[str] = []
            try:
                yield _address(server, said)
            finally:
                server.terminate()
                server.wait(20)


def _address(server: subprocess.Popen[str], said: list[str]) -> str:
    """Read until the address is printed, and go on reading aside: a full pipe would stop the server."""
    for line in server.stdout:
        said.append(line)
        found = re.search(r"http://\S+/\?token=\S+", line)
        if found:
            Thread(target=lambda: said.extend(server.stdout), daemon=True).start()
            return found[0]
    raise AssertionError(f"vitreous study did not start:\n{''.join(said)}")
