"""The practicals: marimo notebooks in run mode, made when first asked for, with only what playing needs open."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import marimo
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitreous.study.site.headers import practical_policy

__all__ = ["MOST_SESSIONS", "Practicals", "marimo_files", "practical_paths"]

_CURRICULUM = Path(__file__).parents[1] / "curriculum"
MOST_SESSIONS = 64
"""Practicals open at one time, over all browsers: each holds a thread and its arrays."""
_SECONDS_KEPT = 30
"""How long a practical whose page was left waits to be taken up again."""
_HEAD = (
    '<link href="/favicon.svg" rel="icon">'
    '<link rel="stylesheet" href="/static/vitreous/practical-style.css">'
    '<script type="module" src="/static/vitreous/practical.js"></script>'
)
_OPEN = {
    "GET": re.compile(r"/|/health|/@file/[^/]+|/public-files-sw\.js"),
    "POST": re.compile(r"/api/kernel/(set_ui_element_value|set_model_value)"),
}
"""What a browser may ask of a practical, by method: its page, what its figures load, and the settings it sends."""


@cache
def practical_paths() -> dict[str, Path]:
    """Return each practical's file by its name, ``04-blur``: the topic's number and the stream."""
    return {
        f"{path.parents[1].name[:2]}-{path.parent.name}": path for path in sorted(_CURRICULUM.glob("*/*/practical.py"))
    }


def marimo_files() -> ASGIApp:
    """Return the application that serves marimo's own browser code, once for all practicals."""
    return StaticFiles(directory=Path(marimo.__file__).parent / "_static")


class Practicals:
    """An ASGI application for everything under ``/practicals/NAME/``."""

    def __init__(self) -> None:
        self._apps: dict[str, Starlette] = {}
        self._playing = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the practical that the path names."""
        name, slash, rest = scope["path"].removeprefix("/practicals/").partition("/")
        scope = {**scope, "query_string": _without_file(scope["query_string"])}
        if name not in practical_paths():
            await _turn_away(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._play(name, slash + rest, scope, receive, send)
        elif not slash and scope["method"] == "GET":
            query = scope["query_string"].decode("latin-1")
            answer = RedirectResponse(f"/practicals/{name}/{'?' if query else ''}{query}")
            await answer(scope, receive, send)
        elif scope["method"] in _OPEN and _OPEN[scope["method"]].fullmatch(slash + rest):
            app = self._app(name)
            await (_with_policy(app) if rest == "" else app)(scope, receive, send)
        else:
            await _turn_away(scope, receive, send)

    async def close(self) -> None:
        """End every practical that is open; its thread would keep the program from ending."""
        for app in self._apps.values():
            await _manager(app).shutdown()

    async def _play(self, name: str, rest: str, scope: Scope, receive: Receive, send: Send) -> None:
        if rest != "/ws" or self._playing >= MOST_SESSIONS:
            await _turn_away(scope, receive, send)
            return
        self._playing += 1
        try:
            await self._app(name)(scope, receive, send)
        finally:
            self._playing -= 1

    def _app(self, name: str) -> Starlette:
        if name not in self._apps:
            builder = marimo.create_asgi_app(
                quiet=True, asset_url="/marimo", html_head=_HEAD, session_ttl=_SECONDS_KEPT
            )
            mounted = builder.with_app(path=f"/practicals/{name}", root=str(practical_paths()[name]))
            self._apps[name] = cast(Starlette, mounted.build())
        return self._apps[name]


def _manager(app: Starlette) -> Any:
    """Return what holds the sessions of a practical: marimo hangs it on the one application that it mounted."""
    mounted = next(route.app for route in app.routes if isinstance(route, Mount))
    return mounted.state.session_manager  # type: ignore[attr-defined]


def _without_file(query: bytes) -> bytes:
    """Drop the parameter by which marimo opens another notebook."""
    kept = [
        (name, value) for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True) if name != "file"
    ]
    return urlencode(kept).encode()


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013})
    else:
        await PlainTextResponse("There is nothing here.", 404)(scope, receive, send)


def _with_policy(app: ASGIApp) -> ASGIApp:
    """Wrap a practical so that its page comes with the policy made for its own inline scripts."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        # always the page itself: the policy of a page that the browser kept could not be told
        asked = [(name, value) for name, value in scope["headers"] if name not in {b"if-none-match"}]
        start: Message = {}
        page = bytearray()

        async def send_page(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            page.extend(message.get("body", b""))
            if not message.get("more_body", False):
                shown = _dressed(bytes(page))
                await send({**start, "headers": _page_headers(start["headers"], shown)})
                await send({"type": "http.response.body", "body": shown})

        await app({**scope, "headers": asked}, receive, send_page)

    return wrapped


def _dressed(page: bytes) -> bytes:
    """Make marimo's page one of the course.

    Its icons go, for the course has its own; its manifest goes, for browsers ask for that without their cookie.
    """
    return re.sub(rb'<link rel="(manifest|icon|apple-touch-icon)"[^>]*>', b"", page)


def _page_headers(headers: Iterable[tuple[bytes, bytes]], page: bytes) -> list[tuple[bytes, bytes]]:
    dropped = {b"content-length", b"etag", b"cache-control"}
    return [
        *((name, value) for name, value in headers if name.lower() not in dropped),
        (b"content-length", str(len(page)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", practical_policy(page).encode()),
    ]
