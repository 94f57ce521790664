"""One application answers for pages, practicals and files; each says how long it may be kept."""

import json
import re
import urllib.request

import pytest

from serving import fetch, newcomer, served
from vitreous.study.site.asgi import STATIC


@pytest.fixture(scope="module")
def site():
    """A browser that went in by the token, and the address of the course."""
    with served() as address:
        browser = newcomer()
        assert fetch(browser, address).status == 200
        yield browser, address.split("/?")[0]


def test_pages_practicals_and_files_come_from_one_address(site):
    browser, base = site
    assert b"Vitreous" in fetch(browser, f"{base}/").body
    assert b"/marimo/assets/" in fetch(browser, f"{base}/practicals/04-blur/").body
    assert fetch(browser, f"{base}/static/vitreous/site.js").body == (STATIC / "vitreous" / "site.js").read_bytes()


def test_files_named_by_their_digest_are_kept_for_ever_and_the_others_asked_for_again(site):
    browser, base = site
    page = fetch(browser, f"{base}/practicals/04-blur/").body.decode()
    asset = re.search(r"/marimo/assets/[^\"]+\.js", page)[0]
    assert "immutable" in fetch(browser, base + asset).headers["cache-control"]
    script = fetch(browser, f"{base}/static/vitreous/site.js")
    assert script.headers["cache-control"] == "no-cache"
    again = urllib.request.Request(f"{base}/static/vitreous/site.js", headers={"If-None-Match": script.headers["etag"]})
    assert fetch(browser, again).status == 304


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/static/../settings.py", "/static/%2e%2e/serve.py", "/marimo/nothing.js"]
)
def test_what_is_not_there_is_not_there_and_has_the_headers_too(site, path):
    browser, base = site
    answer = fetch(browser, base + path)
    assert answer.status == 404
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/practicals/04-blur/", "/static/vitreous/site.js", "/marimo/logo.png"])
def test_without_the_cookie_nothing_answers(site, path):
    _, base = site
    assert fetch(newcomer(), base + path).status == 403


def test_a_setting_is_not_taken_without_its_origin(site):
    browser, base = site
    request = urllib.request.Request(
        f"{base}/practicals/04-blur/api/kernel/set_ui_element_value",
        data=json.dumps({"objectIds": [], "values": []}).encode(),
        headers={"Content-Type": "application/json", "Marimo-Session-Id": "s_none00"},
    )
    assert fetch(browser, request).status == 403
