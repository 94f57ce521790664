"""The door: a one-time token becomes a signed cookie; hosts, origins and sizes are checked before anything else runs.

On this machine alone the site has no accounts: whoever started it holds the token, and other users and programs of the
machine, and pages of other sites in the same browser, must not get in.
"""

import hashlib
import hmac
import ipaddress
import time
from collections.abc import Sequence
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from vitreous.study.site.headers import inline_hashes, policy

__all__ = ["MOST_BYTES", "Guard", "host_is_known", "is_same_origin", "signed", "still_holds"]

MOST_BYTES = 1 << 20
"""A request's body holds at most a mebibyte: answers and settings are far smaller."""
_COOKIE_SECONDS = 30 * 24 * 3600
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def signed(key: bytes, issued: int) -> str:
    """Return the cookie of a browser that showed the token at the time ``issued`` (seconds since 1970)."""
    return f"{issued}.{hmac.new(key, f'study {issued}'.encode(), hashlib.sha256).hexdigest()}"


def still_holds(key: bytes, cookie: str, now: float) -> bool:
    """Return whether a cookie is one that we signed, not longer ago than it lasts."""
    issued, _, _ = cookie.partition(".")
    if not (issued.isascii() and issued.isdecimal() and len(issued) <= 12):
        return False
    return 0 <= now - int(issued) <= _COOKIE_SECONDS and hmac.compare_digest(
        cookie.encode(), signed(key, int(issued)).encode()
    )


def host_is_known(host: str, names: Sequence[str] = ()) -> bool:
    """Return whether a Host header names this machine: an address, ``localhost``, or one of ``names``.

    A page of another site can make its own domain name point at this machine (DNS rebinding), but not an address.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        ipaddress.ip_address(name)
    except ValueError:
        name = host.rpartition(":")[0] or host
        return name.lower() in {"localhost", *(known.lower() for known in names)}
    return True


def is_same_origin(headers: dict[str, str]) -> bool:
    """Return whether a browser says that a page of this very server sent the request."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(origin).scheme in {"http", "https"} and urlsplit(origin).netloc == headers.get("host")


class Guard:
    """An ASGI application in front of another one.

    Parameters
    ----------
    app
        What is guarded.
    token : str
        Opens the door once, as ``?token=…``.
    key : bytes
        Signs the cookies; where it is kept between runs, a browser stays known.
    names : sequence of str
        Host names answered to besides addresses and ``localhost``.
    """

    def __init__(self, app: ASGIApp, *, token: str, key: bytes, names: Sequence[str] = ()) -> None:
        self._app, self._token, self._key, self._names = app, token, key, tuple(names)
        self._spent = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["type"] == "websocket":
            if self._refusal(scope, headers) is None and is_same_origin(headers):
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return
        entered = self._entered(scope, headers) if host_is_known(headers.get("host", ""), self._names) else None
        if entered is not None:
            await _respond(send, 303, b"", entered)
            return
        refused = self._refusal(scope, headers)
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(send, *refused)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, str] | None:
        """Return status, title and words for a request that must not pass; None for one that may."""
        if not host_is_known(headers.get("host", ""), self._names):
            return 400, "Another name", "This server answers to its address and to localhost only."
        if not self._is_known(scope, headers):
            return 403, *(_SPENT if self._spent else _NO_TOKEN)
        if scope.get("method", "GET") in _SAFE_METHODS:
            return None
        if not is_same_origin(headers):
            return 403, "Sent from elsewhere", "This request did not come from a page of the course."
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return 413, "Too much", f"A request holds at most {MOST_BYTES >> 20} MiB and says how long it is."
        return None

    def _is_known(self, scope: Scope, headers: dict[str, str]) -> bool:
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return False
        held = cookies.get(_cookie_name(scope))
        return held is not None and still_holds(self._key, held.value, time.time())

    def _entered(self, scope: Scope, headers: dict[str, str]) -> list[tuple[bytes, bytes]] | None:
        """Return the headers of the way in for a request with a token; None where it opens nothing."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if not given or scope["method"] != "GET":
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # one slash: "//host" would lead elsewhere
        path = "/" + scope["path"].lstrip("/")
        location = [(b"location", f"{quote(path)}{'?' if rest else ''}{rest}".encode())]
        if self._is_known(scope, headers):
            return location
        if self._spent or not hmac.compare_digest(given[0].encode(), self._token.encode()):
            return None
        self._spent = True
        cookie = f"{_cookie_name(scope)}={signed(self._key, int(time.time()))}"
        attributes = f"; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
        return [*location, (b"set-cookie", (cookie + attributes).encode())]


_NO_TOKEN = (
    "The door is closed",
    "Open the address that vitreous study printed in the terminal, with its token. It opens once, for one browser.",
)
_SPENT = (
    "The token was used",
    "The address that vitreous study printed opens once. Use the browser that opened it, or stop the course with "
    "Ctrl-C and start it again for a new address.",
)
_STYLE = (
    "<style>:root{color-scheme:light dark}body{font:1.125rem/1.6 Georgia,serif;max-width:34rem;margin:20vh auto 0;"
    "padding:0 1.5rem}h1{font-size:1.5rem;font-weight:500}</style>"
)


def _cookie_name(scope: Scope) -> str:
    """Name the port: a browser keeps one set of cookies for all the servers of a host."""
    return f"vitreous_{scope['server'][1]}"


async def _refuse(send: Send, status: int, title: str, words: str) -> None:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title>{_STYLE}<main><h1>{escape(title)}</h1><p>{escape(words)}</p></main></html>"
    ).encode()
    style = policy({"default-src": "'none'", "style-src": " ".join(inline_hashes(page, "style"))})
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", style.encode())]
    await _respond(send, status, page, headers)


async def _respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    kept = [*headers, length, (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": body})
