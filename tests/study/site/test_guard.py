"""The guard lets in whoever shows the token first, and nobody by another name, from another page or with too much."""

import time

import pytest

from asking import ask, connect
from vitreous.study.site.guard import MOST_BYTES, Guard, host_is_known, is_same_origin, signed, still_holds

KEY = b"k" * 32
COOKIE = f"vitreous_8000={signed(KEY, int(time.time()))}"
OWN = "http://127.0.0.1:8000"


async def inside(scope, receive, send):
    """Stands for the course: says yes to whatever reaches it."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


@pytest.fixture
def guard():
    return Guard(inside, token="right", key=KEY, names=["course.example"])


def test_the_token_opens_once_and_the_cookie_from_then_on(guard):
    assert ask(guard, "/").status == 403
    assert ask(guard, "/?token=wrong").status == 403
    entered = ask(guard, "/meetings/?token=right&ctf.defocus_um=1.5")
    assert entered.status == 303
    assert entered.headers["location"] == "/meetings/?ctf.defocus_um=1.5"
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    held = cookie.split(";")[0]
    assert ask(guard, "/", cookie=held).body == b"inside"
    again = ask(guard, "/?token=right")
    assert again.status == 403
    assert b"used" in again.body
    assert ask(guard, "/?token=right", cookie=held).headers["location"] == "/"


def test_only_a_get_spends_the_token(guard):
    assert ask(guard, "/?token=right", method="HEAD").status == 403
    assert ask(guard, "/?token=right", method="POST", origin=OWN, content_length="0").status == 403
    assert ask(guard, "/?token=right", host="evil.example").status == 400
    assert ask(guard, "/?token=right").status == 303


def test_the_way_in_leads_nowhere_else(guard):
    assert ask(guard, "//evil.example/?token=right").headers["location"] == "/evil.example/"


_NOT_OURS = {
    "empty": lambda now: "",
    "a word": lambda now: "nonsense",
    "three parts": lambda now: "1.2.3",
    "nothing but a point": lambda now: ".",
    "before 1970": lambda now: "-5.abc",
    "far away": lambda now: "9" * 400 + ".a",
    "other digits": lambda now: "１２３.a",
    "another key": lambda now: signed(b"another key", now),
    "too old": lambda now: signed(KEY, now - 31 * 24 * 3600),
    "of the future": lambda now: signed(KEY, now + 3600),
    "cut short": lambda now: signed(KEY, now)[:-1],
}


@pytest.mark.parametrize("kind", _NOT_OURS)
def test_a_cookie_that_is_forged_old_or_broken_opens_nothing(kind):
    cookie = _NOT_OURS[kind](int(time.time()))
    assert not still_holds(KEY, cookie, time.time())


def test_a_cookie_of_another_port_opens_nothing(guard):
    assert ask(guard, "/", cookie=COOKIE.replace("8000", "8001")).status == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST:1", "localhost", "10.0.0.7:80"]
)
def test_addresses_and_localhost_are_known(host):
    assert host_is_known(host)


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "localhost.evil.example", "", ":80", "127.0.0.1.nip.example", "[::1"]
)
def test_other_names_are_not_known(host, guard):
    assert not host_is_known(host)
    assert ask(guard, "/", host=host, cookie=COOKIE).status == 400
    assert connect(guard, "/ws", host=host, cookie=COOKIE, origin=f"http://{host}") == "websocket.close"


def test_a_name_that_was_given_is_known(guard):
    assert ask(guard, "/", host="course.example:8000", cookie=COOKIE).status == 200


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"origin": OWN}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8001"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_what_is_sent_or_kept_open_comes_from_our_own_pages(headers, own, guard):
    assert is_same_origin({"host": "127.0.0.1:8000", **headers}) == own
    posted = ask(guard, "/practicals/04-blur/api", method="POST", cookie=COOKIE, content_length="0", **headers)
    assert posted.status == (200 if own else 403)
    opened = connect(guard, "/practicals/04-blur/ws", cookie=COOKIE, **headers)
    assert opened == ("websocket.accept" if own else "websocket.close")


def test_a_socket_needs_the_cookie(guard):
    assert connect(guard, "/practicals/04-blur/ws", origin=OWN) == "websocket.close"


@pytest.mark.parametrize(("length", "status"), [("10", 200), (str(MOST_BYTES), 200), (str(MOST_BYTES + 1), 413)])
def test_bodies_are_bounded(length, status, guard):
    assert ask(guard, "/", method="POST", origin=OWN, cookie=COOKIE, content_length=length).status == status


def test_a_body_of_unknown_length_is_refused(guard):
    chunked = ask(guard, "/", method="POST", origin=OWN, cookie=COOKIE, transfer_encoding="chunked")
    assert chunked.status == 413


def test_the_refusal_reads_as_a_page(guard):
    page = ask(guard, "/")
    assert b"vitreous study" in page.body
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
