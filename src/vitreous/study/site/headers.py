"""Headers of every response: nothing is loaded from or sent to anywhere but this server, and nobody else frames it."""

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PAGES", "inline_hashes", "policy", "practical_policy", "with_security_headers"]

_PAGES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    # not no-referrer: browsers would then send "Origin: null" with forms
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(
        f"{feature}=()"
        for feature in ["camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb"]
    ),
}


def policy(directives: dict[str, str]) -> str:
    """Return the text of a content security policy."""
    return "; ".join(f"{name} {value}" for name, value in directives.items())


PAGES = policy(_PAGES)
"""The policy of the site's own pages: no inline script, no inline style, nothing from elsewhere."""


def inline_hashes(page: bytes, element: str) -> list[str]:
    """Return the policy's sources of a page's inline elements, ``script`` or ``style``: ``'sha256-…'``.

    The source is the digest of the text between the tags (Content Security Policy Level 3, section 8.3).
    """
    found = re.findall(rf"<{element}(?![^>]*\ssrc=)[^>]*>(.*?)</{element}>".encode(), page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in found]
    return [f"'sha256-{digest}'" for digest in dict.fromkeys(digests)]


def practical_policy(page: bytes) -> str:
    """Return the policy of a practical's page: that of the site, and the exceptions that marimo needs.

    Its page sets itself up by inline scripts: exactly those of the page as the server wrote it, by their hashes. Its
    components set inline styles, fonts and pictures as data, one worker from a blob, and the page's base to its own
    address. Connections stay with this server, so that nothing a practical shows can leave the machine.
    """
    exceptions = {
        "script-src": " ".join(["'self'", *inline_hashes(page, "script")]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "base-uri": "'self'",
    }
    return policy({**_PAGES, **exceptions, "form-action": "'none'"})


def with_security_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI application so that each response carries the headers; a policy of its own is kept."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _secured(message.get("headers", []))}
            await send(message)

        await app(scope, receive, send_secured if scope["type"] == "http" else send)

    return wrapped


def _secured(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Replace what another layer said of security; drop what opens a response to other origins."""
    given = [(name.lower(), value) for name, value in headers]
    kept = [
        (name, value)
        for name, value in given
        if name.decode("latin-1") not in _HEADERS and not name.startswith(b"access-control-")
    ]
    if not any(name == b"content-security-policy" for name, _ in kept):
        kept.append((b"content-security-policy", PAGES.encode()))
    return kept + [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
