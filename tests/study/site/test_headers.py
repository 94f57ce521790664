"""Every response says the same of security, whatever it came from."""

import base64
import hashlib

from asking import ask
from vitreous.study.site.headers import PAGES, inline_hashes, policy, practical_policy, with_security_headers


def answering(*headers):
    """An application that answers with these headers."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b""})

    return with_security_headers(app)


def test_every_response_carries_the_headers():
    headers = ask(answering(), "/").headers
    assert headers["content-security-policy"] == PAGES
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_what_another_layer_said_is_replaced_but_its_own_policy_is_kept():
    said = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Referrer-Policy", b"unsafe-url"),
        (b"Content-Security-Policy", b"default-src 'none'"),
    ]
    headers = ask(answering(*said), "/").headers
    assert "access-control-allow-origin" not in headers
    assert headers["referrer-policy"] == "same-origin"
    assert headers["content-security-policy"] == "default-src 'none'"


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in PAGES
    assert "http" not in PAGES
    assert "*" not in PAGES
    assert "frame-ancestors 'self'" in PAGES


def test_a_practical_runs_the_scripts_of_its_page_and_no_other():
    page = (
        b"<script src='/a.js'></script><script data-x=\"1\">one()</script>\n<script>two()\n</script><script></script>"
    )
    expected = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" for text in (b"one()", b"two()\n", b"")
    ]
    assert inline_hashes(page, "script") == expected
    scripts = next(part for part in practical_policy(page).split("; ") if part.startswith("script-src"))
    assert scripts == " ".join(["script-src 'self'", *expected])


def test_a_practical_sends_nothing_away():
    said = practical_policy(b"")
    assert said.startswith("default-src 'self'")
    assert "connect-src" not in said  # so that default-src stands
    assert "unsafe-eval" not in said
    assert "form-action 'none'" in said
    assert not any(scheme in said for scheme in ["http:", "https:", "ws:", "wss:", "*"])


def test_a_policy_is_its_directives():
    assert policy({"default-src": "'none'", "img-src": "data:"}) == "default-src 'none'; img-src data:"
