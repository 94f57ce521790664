"""One request to an ASGI application, without a server."""

import asyncio
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` by lower-case name, of which the last stands."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(app: Any, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """Ask ``path`` (with its query) as a browser at 127.0.0.1:8000 would; underscores in header names mean dashes."""
    sent = asyncio.run(_exchange(app, _scope("http", path, method, headers), body))
    start = next(message for message in sent if message["type"] == "http.response.start")
    named = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    text = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], named, text)


def connect(app: Any, path: str, **headers: str) -> str:
    """Ask for a WebSocket; the type of the first message that comes back: ``websocket.accept`` or ``….close``."""
    return asyncio.run(_exchange(app, _scope("websocket", path, "GET", headers), b""))[0]["type"]


def _scope(kind: str, path: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    given = {"host": "127.0.0.1:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "subprotocols": [],
        "state": {},
    }


async def _exchange(app: Any, scope: dict[str, Any], body: bytes) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    first = {"type": "websocket.connect"} if scope["type"] == "websocket" else {"type": "http.request", "body": body}
    waiting = [first]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        if scope["type"] == "websocket":
            return {"type": "websocket.disconnect", "code": 1000}
        # a browser keeps the connection until it has its answer
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent
