"""One application for the whole course: the guard, and behind it practicals, files, and Django's pages."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from django.core.asgi import get_asgi_application
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitreous.study.site.guard import Guard
from vitreous.study.site.headers import with_security_headers
from vitreous.study.site.practicals import Practicals, marimo_files

__all__ = ["STATIC", "guarded_site", "site"]

STATIC = Path(__file__).parents[1] / "static"
"""The bundled browser code, style sheets and fonts."""


def guarded_site(token: str, names: Sequence[str] = ()) -> ASGIApp:
    """Return the course behind its guard, which ``token`` opens once; ``names`` are further hosts answered to."""
    inside = site()
    from django.conf import settings

    key = hashlib.sha256(b"guard" + settings.SECRET_KEY.encode()).digest()
    return with_security_headers(Guard(inside, token=token, key=key, names=names))


def site() -> ASGIApp:
    """Return the course as an ASGI application, without its guard."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitreous.study.site.settings")
    pages = get_asgi_application()
    practicals = Practicals()
    files: dict[str, ASGIApp] = {"/static": StaticFiles(directory=STATIC, check_dir=False), "/marimo": marimo_files()}

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(practicals, receive, send)
            return
        if scope["path"].endswith("/favicon.ico"):
            # marimo's page asks for one under its own address
            await RedirectResponse("/favicon.svg", 301)(scope, receive, send)
            return
        first = "/" + scope["path"].lstrip("/").split("/", 1)[0]
        if scope["path"].startswith("/practicals/"):
            await practicals(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif first in files:
            under = {**scope, "root_path": first}
            try:
                await files[first](under, receive, _kept_for(scope["path"], send))
            except HTTPException as refused:
                await PlainTextResponse("There is nothing here.", refused.status_code)(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return route


async def _live(practicals: Practicals, receive: Receive, send: Send) -> None:
    """Answer the server's word that it starts and, at the end, that it stops."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await practicals.close()
    await send({"type": "lifespan.shutdown.complete"})


def _kept_for(path: str, send: Send) -> Send:
    """Say how long a browser may keep a file: for ever where its name holds a digest of it."""
    hashed = path.startswith(("/marimo/assets/", "/static/vitreous/assets/"))
    caching = b"public, max-age=31536000, immutable" if hashed else b"no-cache"

    async def send_kept(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in {200, 304}:
            message = {**message, "headers": [*message["headers"], (b"cache-control", caching)]}
        await send(message)

    return send_kept
