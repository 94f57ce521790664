"""The course's server: cold start, first figure, one more session's memory, updates that one core answers."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from benchmarks.harness import Row, paired_seconds, record

PRACTICAL, FIGURE, CONTROL = "04-blur", "star", "defocus_um"
"""A picture of 256 × 256 and a curve are drawn at each update."""
SESSIONS = 20
UPDATES = 200
PORT = 8204
PROGRAMS = Path(sys.executable).parent


class Server:
    """A running server and the browser's cookie for it."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.base = process, address.split("/?")[0]
        jar = CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self._browser.open(address).read()
        self._cookie = "; ".join(f"{held.name}={held.value}" for held in jar)

    @property
    def megabytes(self) -> float:
        """Memory that the server holds now."""
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines())
        return float(fields["VmRSS"].split()[0]) / 1024

    @property
    def cpu_seconds(self) -> float:
        """Processor time that the server has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def page(self) -> None:
        """Load the practical's page."""
        self._browser.open(f"{self.base}/practicals/{PRACTICAL}/").read()

    def session(self, number: int) -> tuple[str, ClientConnection]:
        """Open a practical's session; its name and its socket."""
        name = f"s_{number:06d}"
        address = f"{self.base.replace('http', 'ws')}/practicals/{PRACTICAL}/ws?session_id={name}"
        headers = {"Cookie": self._cookie}
        return name, connect(address, origin=self.base, additional_headers=headers, max_size=None)

    def post(self, session: str, model: str, values: dict[str, float]) -> None:
        """Send what a slider sends."""
        body = {
            "modelId": model,
            "message": {"method": "update", "state": {"values": values}, "bufferPaths": []},
            "buffers": [],
        }
        headers = {"Content-Type": "application/json", "Marimo-Session-Id": session, "Origin": self.base}
        address = f"{self.base}/practicals/{PRACTICAL}/api/kernel/set_model_value"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        self._browser.open(request).read()


@contextmanager
def running() -> Iterator[Server]:
    """Start the course with an empty data folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PROGRAMS / "vitreous"), "study", "--port", "0", "--no-browser"]
        given = {**os.environ, "VITREOUS_STUDY_DATA": folder, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield Server(process, next(line.strip() for line in process.stdout if "token=" in line))
            finally:
                process.terminate()


def until(socket: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Read a session's messages up to the one that is wanted."""
    while True:
        message = json.loads(socket.recv(timeout=60))["data"]
        if wanted(message):
            return message


def opens(message: dict[str, Any]) -> bool:
    """Tell the message that brings the figure."""
    inner = message.get("message", {})
    return inner.get("method") == "open" and inner["state"].get("spec", {}).get("name") == FIGURE


def answers(model: str) -> Callable[[dict[str, Any]], bool]:
    """Tell the message that brings a drawing of a figure."""

    def tells(message: dict[str, Any]) -> bool:
        inner = message.get("message", {})
        drawn = message.get("model_id") == model and inner.get("method") == "update"
        return drawn and "serial" in inner.get("state", {})

    return tells


def done(message: dict[str, Any]) -> bool:
    """Tell the message that ends a practical's first run."""
    return message.get("op") == "completed-run"


def cold_start() -> None:
    """Start the course and load its first page."""
    with running():
        pass


def marimo_alone() -> None:
    """Start marimo by itself on the same practical and load its page."""
    path = Path(__file__).parents[1] / "src/vitreous/study/curriculum/04_phase_contrast/blur/practical.py"
    options = ["--headless", "--no-token", "--port", str(PORT)]
    command = [str(PROGRAMS / "marimo"), "run", str(path), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/").read()
                    return
                except urllib.error.URLError:
                    time.sleep(0.01)
        finally:
            process.terminate()


def main() -> None:
    """Measure and keep each figure."""
    seconds = paired_seconds({"ours": cold_start, "marimo": marimo_alone}, repeats=5)
    record(
        "study_server",
        Row(
            work="cold start: from the command to the first page",
            unit="s",
            limit=5.0,
            limited_by="what the course promises",
            ours=seconds["ours"],
            rival=seconds["marimo"],
            rival_name="marimo run of one practical, to its page",
        ),
    )
    with running() as server:
        measure_sessions(server)


def measure_sessions(server: Server) -> None:
    """First figure, memory and updates of sessions on one server."""
    server.page()
    _, socket = server.session(0)
    until(socket, opens)
    until(socket, done)
    start = time.perf_counter()
    server.page()
    name, first = server.session(1)
    model = until(first, opens)["model_id"]
    until(first, answers(model))
    drawn = time.perf_counter() - start
    record(
        "study_server",
        Row(
            work=f"first figure of {PRACTICAL} on a warm server, without the browser's own time",
            unit="s",
            limit=3.0,
            limited_by="what the course promises, the browser's time included",
            ours=drawn,
            rival=None,
            rival_name="none",
        ),
    )
    until(first, done)
    measure_updates(server, name, model, first)
    measure_memory(server)
    socket.close()
    first.close()


def measure_updates(server: Server, name: str, model: str, socket: ClientConnection) -> None:
    """Move the slider, one update after the other is answered."""
    latencies = []
    start = server.cpu_seconds
    for number in range(UPDATES):
        sent = time.perf_counter()
        server.post(name, model, {CONTROL: 0.5 + number / UPDATES})
        until(socket, answers(model))
        latencies.append(time.perf_counter() - sent)
    per_update = (server.cpu_seconds - start) / UPDATES
    record(
        "study_server",
        Row(
            work=f"sessions a core, each moving a slider of {PRACTICAL}#{FIGURE} once a second",
            unit="sessions",
            limit=1 / statistics.median(latencies),
            limited_by="updates one after the other, by the clock",
            ours=1 / per_update,
            rival=None,
            rival_name="none",
            note=f"median {statistics.median(latencies) * 1e3:.1f} ms from the slider's message to the drawing's",
        ),
    )


def measure_memory(server: Server) -> None:
    """Open more sessions of one practical, and see what each adds."""
    before = server.megabytes
    sockets = []
    for number in range(SESSIONS):
        _, socket = server.session(100 + number)
        until(socket, done)
        sockets.append(socket)
    each = (server.megabytes - before) / SESSIONS
    for socket in sockets:
        socket.close()
    record(
        "study_server",
        Row(
            work=f"memory of one more session of {PRACTICAL}, over a server of {before:.0f} MB with two",
            unit="MB",
            limit=3.0,
            limited_by="what the course promises",
            ours=each,
            rival=None,
            rival_name="none",
            note=f"{SESSIONS} sessions opened one after the other",
        ),
    )


if __name__ == "__main__":
    main()
