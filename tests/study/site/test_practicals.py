"""A practical answers what playing needs; marimo's ways to files, code and terminals are shut."""

import re

import pytest

from asking import ask, connect
from vitreous.study.site.practicals import MOST_SESSIONS, Practicals, practical_paths


@pytest.fixture(scope="module")
def practicals():
    return Practicals()


@pytest.fixture(scope="module")
def page(practicals):
    return ask(practicals, "/practicals/04-blur/?rings.defocus_um=2")


def test_a_practical_is_called_by_its_topic_and_stream():
    paths = practical_paths()
    assert paths["04-blur"].parts[-3:] == ("04_phase_contrast", "blur", "practical.py")
    assert all(re.fullmatch(r"\d\d-[a-z]+", name) for name in paths)


def test_making_the_practicals_loads_none_of_them():
    assert Practicals()._apps == {}


def test_the_page_wears_our_clothes_and_loads_from_this_server_only(page):
    text = page.body.decode()
    assert page.status == 200
    assert "/static/vitreous/practical-style.css" in text
    assert "/marimo/assets/" in text
    loaded = re.findall(r'<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]+)"', text)
    assert loaded
    assert all(address.startswith(("/", "./")) and not address.startswith("//") for address in loaded)


def test_the_page_has_our_icon(page):
    assert re.findall(rb'<link [^>]*rel="[^"]*(?:icon|manifest)"[^>]*>', page.body) == [
        b'<link href="/favicon.svg" rel="icon">'
    ]


def test_the_page_comes_with_the_policy_of_its_own_scripts(page):
    assert "'sha256-" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers
    assert int(page.headers["content-length"]) == len(page.body)


def test_a_page_that_the_browser_kept_is_sent_anew(practicals):
    assert ask(practicals, "/practicals/04-blur/", if_none_match="*").status == 200


def test_the_code_of_the_practical_is_not_sent(page):
    assert b"rings.draw(" not in page.body


def test_without_its_slash_a_practical_leads_to_itself_with_its_settings(practicals):
    answer = ask(practicals, "/practicals/04-blur?rings.defocus_um=2")
    assert (answer.status, answer.headers["location"]) == (307, "/practicals/04-blur/?rings.defocus_um=2")


SHUT = [
    ("POST", "/api/kernel/run"),
    ("POST", "/api/kernel/execute"),
    ("POST", "/api/kernel/scratchpad/run"),
    ("POST", "/api/kernel/instantiate"),
    ("POST", "/api/kernel/function_call"),
    ("POST", "/api/kernel/save"),
    ("POST", "/api/kernel/rename"),
    ("POST", "/api/kernel/shutdown"),
    ("POST", "/api/kernel/save_user_config"),
    ("POST", "/api/kernel/code_autocomplete"),
    ("POST", "/api/kernel/read_code"),
    ("POST", "/api/files/list_files"),
    ("POST", "/api/files/create"),
    ("POST", "/api/files/delete"),
    ("POST", "/api/files/open"),
    ("POST", "/api/export/html"),
    ("POST", "/api/packages/add"),
    ("POST", "/api/secrets/keys"),
    ("POST", "/api/ai/completion"),
    ("POST", "/api/sql/validate"),
    ("POST", "/api/storage/list_entries"),
    ("POST", "/api/home/workspace_files"),
    ("POST", "/api/home/shutdown_session"),
    ("GET", "/api/version"),
    ("GET", "/api/status"),
    ("GET", "/api/packages/list"),
    ("GET", "/api/usage"),
    ("GET", "/sse"),
    ("GET", "/auth/login"),
    ("GET", "/og/thumbnail"),
    ("GET", "/assets/index.html"),
    ("GET", "/public/practical.py"),
    ("GET", "/../practical.py"),
    ("GET", "/@file/../../practical.py"),
    ("GET", "//"),
    ("PUT", "/"),
    ("DELETE", "/"),
]


@pytest.mark.parametrize(("method", "rest"), SHUT, ids=[f"{method} {rest}" for method, rest in SHUT])
def test_what_playing_does_not_need_is_shut(practicals, method, rest):
    assert ask(practicals, f"/practicals/04-blur{rest}", method=method, content_length="0").status == 404


@pytest.mark.parametrize("rest", ["/terminal/ws", "/ws_sync", "/lsp/pylsp", "/", "/api/ws"])
def test_only_the_sessions_own_socket_opens(practicals, rest):
    assert connect(practicals, f"/practicals/04-blur{rest}") == "websocket.close"


@pytest.mark.parametrize("name", ["04-teal", "", "..", "04-blur.py", "00-blur"])
def test_there_is_no_other_practical(practicals, name):
    assert ask(practicals, f"/practicals/{name}/").status == 404


def test_the_file_that_a_link_names_is_not_opened(practicals, page, tmp_path):
    other = tmp_path / "other.py"
    other.write_text("import marimo\napp = marimo.App(app_title='other')\n")
    answer = ask(practicals, f"/practicals/04-blur/?file={other}")
    assert b"<title>other</title>" not in answer.body
    assert str(other).encode() not in answer.body


def test_as_many_sessions_as_the_machine_bears(practicals):
    practicals._playing = MOST_SESSIONS
    assert connect(practicals, "/practicals/04-blur/ws?session_id=s_1") == "websocket.close"
    practicals._playing = 0
