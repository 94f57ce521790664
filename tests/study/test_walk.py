"""A walk over the whole course: every page answers, every link leads somewhere, nothing is loaded from elsewhere."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from serving import fetch, newcomer, served
from vitreous.study.meetings import read_curriculum
from vitreous.study.site.headers import PAGES
from vitreous.study.site.practicals import practical_paths

LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("link", "href"),
    ("source", "src"),
    ("object", "data"),
}
MOST_PAGES = 1000


class Page(HTMLParser):
    """What a page links to, loads and names."""

    def __init__(self, status: int, policy: str, text: str) -> None:
        super().__init__()
        self.status, self.policy = status, policy
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.headings = 0
        self.inline: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.headings += tag == "h1"
        self.loads += [given[name] for element, name in LOADING if element == tag and given.get(name)]
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(f"{tag} {given}")
        if (tag == "script" and "src" not in given and given.get("type") != "application/json") or tag == "style":
            self.inline.append(tag)


@dataclass
class Course:
    base: str
    pages: dict[str, Page]
    statuses: dict[str, int]


@pytest.fixture(scope="module")
def course():
    """Every page that links lead to from the first one."""
    with served() as address:
        browser = newcomer()
        base = address.split("/?")[0]
        fetch(browser, address)
        walked = Course(base, {}, {})
        # the search is reached by a form
        waiting = ["/", "/search/?q=defocus"]
        while waiting:
            path = waiting.pop()
            if path in walked.statuses:
                continue
            assert len(walked.statuses) < MOST_PAGES, "the walk does not end"
            answer = fetch(browser, base + path)
            walked.statuses[path] = answer.status
            if answer.headers.get_content_type() != "text/html" or path.startswith("/practicals/"):
                continue
            text = answer.body.decode()
            page = Page(answer.status, answer.headers["content-security-policy"], text)
            walked.pages[path] = page
            here = [urldefrag(urljoin(path, link))[0] for link in [*page.links, *page.loads]]
            waiting += [link for link in here if link.startswith("/") and not link.startswith("//")]
        yield walked


def test_every_page_and_file_answers(course):
    assert {path: status for path, status in course.statuses.items() if status != 200} == {}


def test_the_walk_passes_every_meeting_practical_and_problem(course):
    curriculum = read_curriculum()
    expected = {f"/meetings/{address}/" for address in curriculum.pages}
    expected |= {f"/problems/{address}/" for address in curriculum.problems}
    expected |= {f"/practicals/{name}/" for name in practical_paths()}
    expected |= {"/schedule/", "/glossary/", "/search/", "/engine/", "/notebook/", "/self-test/"}
    assert expected - {path.split("?")[0] for path in course.statuses} == set()


def test_every_anchor_is_there(course):
    dead = []
    for path, page in course.pages.items():
        for link in page.links:
            target, anchor = urldefrag(urljoin(path, link))
            if anchor and target in course.pages and unquote(anchor) not in course.pages[target].ids:
                dead.append(f"{path} → {link}")
    assert dead == []


def test_pages_load_nothing_from_elsewhere_and_hold_nothing_inline(course):
    for path, page in course.pages.items():
        assert [link for link in page.loads if urlsplit(link).netloc] == [], path
        assert page.inline == [], path
        assert page.policy == PAGES, path


def test_links_that_lead_outside_say_where(course):
    outside = {link for page in course.pages.values() for link in page.links if urlsplit(link).netloc}
    assert outside
    assert all(urlsplit(link).scheme in {"https", "http"} for link in outside)
    assert not [link for page in course.pages.values() for link in page.links if link.startswith("javascript:")]


def test_a_page_has_one_heading_and_names_nothing_twice(course):
    for path, page in course.pages.items():
        assert page.headings == 1, path
        assert len(set(page.ids)) == len(page.ids), f"{path}: {sorted(i for i in page.ids if page.ids.count(i) > 1)}"


@pytest.mark.parametrize("name", practical_paths())
def test_the_links_of_a_practical_lead_somewhere(course, name):
    source = practical_paths()[name].read_text(encoding="utf-8")
    dead = []
    for link in re.findall(r"\]\((/[^)\s]*)\)", source):
        target, anchor = urldefrag(link)
        known = target in course.statuses
        if not known or (anchor and target in course.pages and anchor not in course.pages[target].ids):
            dead.append(link)
    assert dead == []
