"""One application answers for pages, practicals and files; each says how long it may be kept."""

import json
import re
import urllib.request
from http.cookiejar import CookieJar

import pytest

from serving import served
from vitreous.study.site.asgi import STATIC


@pytest.fixture(scope="module")
def site():
    """An opener that went in by the token, and the address of the course."""
    with served() as address:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        assert browser.open(address).status == 200
        yield browser, address.split("/?")[0]


def test_pages_practicals_and_files_come_from_one_address(site):
    browser, base = site
    assert b"Vitreous" in browser.open(f"{base}/").read()
    assert b"/marimo/assets/" in browser.open(f"{base}/practicals/04-blur/").read()
    assert browser.open(f"{base}/static/vitreous/site.js").read() == (STATIC / "vitreous" / "site.js").read_bytes()


def test_files_named_by_their_digest_are_kept_for_ever_and_the_others_asked_for_again(site):
    browser, base = site
    page = browser.open(f"{base}/practicals/04-blur/").read().decode()
    asset = re.search(r"/marimo/assets/[^\"]+\.js", page)[0]
    assert "immutable" in browser.open(base + asset).headers["cache-control"]
    script = browser.open(f"{base}/static/vitreous/site.js")
    assert script.headers["cache-control"] == "no-cache"
    again = urllib.request.Request(f"{base}/static/vitreous/site.js", headers={"If-None-Match": script.headers["etag"]})
    with pytest.raises(urllib.error.HTTPError) as answer:
        browser.open(again)
    assert answer.value.code == 304


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/static/../settings.py", "/static/%2e%2e/serve.py", "/marimo/nothing.js"]
)
def test_what_is_not_there_is_not_there_and_has_the_headers_too(site, path):
    browser, base = site
    with pytest.raises(urllib.error.HTTPError) as answer:
        browser.open(base + path)
    assert answer.value.code == 404
    assert answer.value.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.value.headers["content-security-policy"]


def test_without_the_cookie_nothing_answers(site):
    _, base = site
    for path in ["/", "/practicals/04-blur/", "/static/vitreous/site.js", "/marimo/logo.png"]:
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(base + path)
        assert answer.value.code == 403


def test_a_setting_is_not_taken_without_its_origin(site):
    browser, base = site
    request = urllib.request.Request(
        f"{base}/practicals/04-blur/api/kernel/set_ui_element_value",
        data=json.dumps({"objectIds": [], "values": []}).encode(),
        headers={"Content-Type": "application/json", "Marimo-Session-Id": "s_none00"},
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        browser.open(request)
    assert answer.value.code == 403
