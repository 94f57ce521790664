"""Starting the course: checks, the database, the address with its token, the server."""

import ctypes
import errno
import os
import secrets
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from starlette.types import ASGIApp

from vitreous._errors import InputError

__all__ = ["bound", "check_bundle", "is_loopback", "migrate", "serve"]

_BUNDLE = Path(__file__).parent / "static" / "vitreous"
_SECONDS_TO_CLOSE = 2
_ARENA_MAX = -8
"""The number of mallopt's parameter M_ARENA_MAX."""


def serve(host: str, port: int, *, browser: bool) -> None:
    """Serve the course until it is interrupted.

    Parameters
    ----------
    host : str
        The address to listen at.
    port : int
        Its port; 0 takes a free one.
    browser : bool
        Open the address in a browser.

    Raises
    ------
    InputError
        Where the port is taken, the address is not this machine's, or the browser code was not bundled.
    """
    check_bundle(_BUNDLE)
    listening = bound(host, port)
    if not is_loopback(host):
        # the guard looks at names before Django does
        os.environ["VITREOUS_STUDY_HOSTS"] = "*"
    from vitreous.study.site.asgi import guarded_site

    token = secrets.token_urlsafe(24)
    application = guarded_site(token, [host])
    migrate()
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}/?token={token}"
    _say(host, address)
    if browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    _share_memory()
    _warm_up()
    _run(application, listening)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address, or say in one line why there is none."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InputError(f"{host} is no address of this machine", advice="leave --host out for this machine") from error
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        # lets a port be taken again at once after a stop; on Windows it would let two servers share one
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        # from here on a browser waits for its answer instead of being refused
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            advice = f"vitreous study --port {port + 1} takes the next one"
            raise InputError(f"port {port} is in use", advice=advice) from error
        raise InputError(f"{host}:{port} cannot be listened at: {error.strerror}") from error
    return listening


def check_bundle(folder: Path) -> None:
    """Say what to do where the browser code was not bundled."""
    if not (folder / "site.js").exists():
        advice = "run `make study` or `python hatch_build.py` in the repository, or install the wheel"
        raise InputError("the course's browser code is not bundled", file=folder, advice=advice)


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from this machine alone."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def migrate() -> None:
    """Bring the database up to date; nothing but a look where it is."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def _say(host: str, address: str) -> None:
    print(
        f"The course is open at\n\n    {address}\n\nThe address opens once, for one browser. Ctrl-C stops.", flush=True
    )
    if not is_loopback(host):
        print(
            f"Other machines reach this server at {host}, without encryption: whoever opens the address first is let "
            "in and runs the practicals on this machine, nobody else.",
            flush=True,
        )


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _share_memory() -> None:
    """Let the threads of all practicals allocate from one pool: a pool each, as glibc has it, takes a third more."""
    if sys.platform == "linux":
        change = getattr(ctypes.CDLL(None), "mallopt", None)
        if change is not None:
            change(_ARENA_MAX, 1)


def _warm_up() -> None:
    """Import what practicals need while the learner reads the first page."""

    def load() -> None:
        import vitreous.optics
        import vitreous.study.figures  # noqa: F401

    threading.Thread(target=load, daemon=True).start()


def _run(application: ASGIApp, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        application,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    finally:
        listening.close()
