"""The course starts within seconds, says what is wrong in one line, and stops when told to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from serving import fetch
from vitreous._errors import InputError
from vitreous.study.serve import bound, check_bundle, is_loopback

VITREOUS = str(Path(sys.executable).with_name("vitreous"))


def test_starting_loads_no_torch():
    code = (
        "import sys; from vitreous.study.site.asgi import guarded_site; guarded_site('token');"
        "print(*{'torch', 'matplotlib', 'numba', 'scipy', 'sympy'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_stops_at_once_with_a_practical_open(tmp_path, name):
    command = [VITREOUS, "study", "--port", "0", "--no-browser"]
    environment = {**os.environ, "VITREOUS_STUDY_DATA": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        address = next(line for line in server.stdout if "token=" in line).strip()
        base, jar = address.split("/?")[0], CookieJar()
        entering = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        fetch(entering, address.replace("/?", "/static/vitreous/site.js?"))
        cookie = "; ".join(f"{held.name}={held.value}" for held in jar)
        socket_address = f"{base.replace('http', 'ws')}/practicals/04-blur/ws?session_id=s_stop00"
        headers = {"Cookie": cookie}
        try:
            with opened(socket_address, origin=base, additional_headers=headers, max_size=None):
                start = time.perf_counter()
                server.send_signal(getattr(signal, name))
                assert server.wait(10) == 0
                assert time.perf_counter() - start < 8
        finally:
            server.kill()


@contextmanager
def opened(address, **options):
    """A practical that runs: as marimo's page does, ask again where the first socket was dropped."""
    for patience in (2, 1, 0):
        with connect(address, **options) as practical:
            try:
                assert "kernel-ready" in practical.recv(timeout=20)
            except ConnectionClosedError:
                if not patience:
                    raise
                continue
            yield
            return


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            [VITREOUS, "study", "--port", str(port), "--no-browser"],
            env={**os.environ, "VITREOUS_STUDY_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert run.stderr == f"vitreous: port {port} is in use; vitreous study --port {port + 1} takes the next one\n"


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(InputError, match=r"192\.0\.2\.1:8000 cannot be listened at"):
        bound("192.0.2.1", 8000)


def test_a_socket_that_is_bound_takes_calls_at_once():
    with bound("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        pass


def test_without_its_browser_code_it_says_how_to_bundle(tmp_path):
    with pytest.raises(InputError, match="make study"):
        check_bundle(tmp_path)


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.7", False)]
)
def test_which_addresses_are_this_machines_alone(host, own):
    assert is_loopback(host) == own


def test_other_machines_are_warned_of(tmp_path):
    command = [VITREOUS, "study", "--host", "0.0.0.0", "--port", "0", "--no-browser"]
    environment = {**os.environ, "VITREOUS_STUDY_DATA": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        said = [next(server.stdout) for _ in range(6)]
        server.terminate()
        server.wait(10)
    assert "without encryption" in said[-1]
