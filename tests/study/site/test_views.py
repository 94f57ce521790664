"""Every page renders, says something of its own, and links only to what is there."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag

import pytest

from vitreous.study.engine import engine_names
from vitreous.study.glossary import read_glossary
from vitreous.study.meetings import read_curriculum
from vitreous.study.series import read_series
from vitreous.study.site import views
from vitreous.study.site.models import Learner, Visit

CURRICULUM = read_curriculum()
MEETINGS = [f"/meetings/{address}/" for address in CURRICULUM.pages]
TOPICS = [f"/meetings/{topic.slug}/" for topic in CURRICULUM.topics]
PLAIN = ["/", "/schedule/", "/glossary/", "/search/?q=defocus", "/engine/", "/problems/", "/notebook/", "/self-test/"]
PAGES = [*PLAIN, *TOPICS, *MEETINGS]
PRACTICALS = {f"/practicals/{page.practical_address}/" for page in CURRICULUM.pages.values() if page.practical}
FIGURES = {
    f"/practicals/{page.practical_address}/#figure-{name}"
    for page in CURRICULUM.pages.values()
    for name in page.figures
}


class Reader(HTMLParser):
    """What a test asks of a page: its title, ids, addresses, headings, and what stands inline."""

    def __init__(self, html):
        super().__init__()
        self.title, self.ids, self.links, self.loaded, self.headings, self.inline = "", [], [], [], [], []
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        self.loaded += [given[name] for name in ("src", "action") if name in given]
        self.loaded += [given["href"]] if tag == "link" else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        self._in_title = tag == "title" and not self.title

    def handle_data(self, data):
        if self._in_title:
            self.title += data
            self._in_title = False


@pytest.fixture(scope="module")
def read(database):
    """A function that asks for a page once and reads it."""
    from django.test import Client

    client, kept = Client(headers={"host": "localhost"}), {}

    def ask(address):
        if address not in kept:
            answer = client.get(address)
            kept[address] = (answer.status_code, Reader(answer.content.decode()), answer.content.decode())
        return kept[address]

    return ask


@pytest.mark.parametrize("address", PAGES)
def test_a_page_renders_in_good_order(read, address):
    status, page, html = read(address)
    assert status == 200
    assert page.headings.count(1) == 1
    assert len(set(page.ids)) == len(page.ids), "an id stands twice"
    assert page.inline == [], "the policy allows nothing inline"
    for landmark in ("<header", "<main", "<footer", "<nav", 'href="#main"', 'lang="en"'):
        assert landmark in html
    steps = [after - before for before, after in zip(page.headings, page.headings[1:], strict=False)]
    assert max(steps, default=0) <= 1, "a heading's level is left out"


def test_titles_are_unique(read):
    titles = [read(address)[1].title for address in PAGES]
    assert all(title.strip() for title in titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("address", PAGES)
def test_no_link_is_dead(read, address):
    _, page, _ = read(address)
    for link in page.links:
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        target, fragment = urldefrag(link)
        if target.startswith("/practicals/"):
            assert target in PRACTICALS, link
            assert not fragment or link in FIGURES, link
        elif not target.startswith("/static/"):
            status, other, _ = read(target or address)
            assert status == 200, link
            assert not fragment or fragment in other.ids, link


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_loaded_from_elsewhere(read, address):
    _, page, _ = read(address)
    assert [source for source in page.loaded if not source.startswith(("/", "#"))] == []


def test_links_that_leave_are_marked(read):
    for address in MEETINGS:
        for tag in re.findall(r"<a [^>]*https?://[^>]*>", read(address)[2]):
            assert 'rel="noopener noreferrer"' in tag
            assert "outside" in tag


@pytest.mark.parametrize("address", CURRICULUM.pages)
def test_a_meeting_shows_what_its_file_holds(read, address):
    page = CURRICULUM.pages[address]
    _, shown, html = read(f"/meetings/{address}/")
    assert f"{page.minutes} minutes" in html
    assert {question.id for question in page.questions} <= set(shown.ids)
    assert html.count('class="kind ') >= sum(len(question.kind) for question in page.questions)
    for item in page.problems:
        assert f"/problems/{page.folder[:2]}-{item.key}/" in shown.links
    for reading in page.readings:
        assert not reading.url or reading.url in shown.links
        assert not reading.doi or f"https://doi.org/{reading.doi}" in shown.links
    for name in page.engine:
        assert f"/engine/#{name}" in shown.links
    for other in CURRICULUM.topic_of(page).pages.values():
        assert other is page or f"/meetings/{other.address}/" in shown.links
    if page.practical:
        assert f"/practicals/{page.practical_address}/" in shown.loaded
        assert 'loading="lazy"' in html
    else:
        assert "<iframe" not in html


def test_a_date_carries_its_zone(read):
    for address in CURRICULUM.pages:
        meeting = read_series().meeting_of(address)
        if meeting:
            html = read(f"/meetings/{address}/")[2]
            assert f'datetime="{meeting.start.isoformat()}" data-zone="America/Los_Angeles"' in html


def test_the_schedule_has_every_row(read):
    html = read("/schedule/")[2]
    assert html.count("<time ") == 19
    assert html.count('class="cancelled"') == 1
    assert html.count('class="undated"') == 1
    assert "E. Zhong" in html


def test_the_glossary_has_every_term(read):
    assert {term.anchor for term in read_glossary()} <= set(read("/glossary/")[1].ids)


def test_every_function_of_the_engine_leads_to_a_lesson_and_back(read):
    _, page, html = read("/engine/")
    assert set(engine_names()) <= set(page.ids)
    for lesson in CURRICULUM.pages.values():
        for name in lesson.engine:
            entry = html[html.index(f'id="{name}"') :]
            assert f"/meetings/{lesson.address}/" in entry[: entry.index("</dd>")]


def test_the_map_leads_to_every_topic(read):
    links = read("/")[1].links
    for topic in CURRICULUM.topics:
        # on the wide drawing, on the narrow one, and in the table
        assert links.count(f"/meetings/{topic.slug}/") == 3


def test_home_says_where_one_is(browser):
    assert b"Start here" in browser.get("/").content
    browser.get("/meetings/04-phase-contrast/blur/")
    html = browser.get("/").content.decode()
    assert "Where you are" in html
    assert 'href="/meetings/04-phase-contrast/blur/"' in html


def test_a_stream_is_chosen_and_kept(browser):
    answer = browser.post("/stream/", {"stream": "sharpen"})
    assert answer.status_code == 302
    assert Learner.objects.get(pk=browser.session["learner"]).stream == "sharpen"
    assert "Your stream" in browser.get("/").content.decode()
    assert browser.post("/stream/", {"stream": "fog"}).status_code == 404
    assert browser.get("/stream/").status_code == 405


def test_a_stream_is_not_chosen_by_another_site(database):
    from django.test import Client

    guarded = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert guarded.post("/stream/", {"stream": "blur"}).status_code == 403


def test_only_opening_a_meeting_is_kept(browser):
    browser.get("/schedule/")
    assert "learner" not in browser.session
    browser.get("/meetings/04-phase-contrast/blur/")
    browser.get("/meetings/04-phase-contrast/blur/")
    assert Visit.objects.filter(learner=browser.session["learner"]).count() == 1


@pytest.mark.parametrize(
    "address", ["/nope/", "/meetings/99-nothing/", "/meetings/04-phase-contrast/fog/", "/meetings/99-nothing/blur/"]
)
def test_what_is_not_there_says_so_in_style(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "masthead" in answer.content.decode()


def test_our_own_fault_has_a_page_of_its_own(database, monkeypatch):
    from django.test import Client

    def broken():
        raise RuntimeError("on purpose")

    monkeypatch.setattr(views, "read_glossary", broken)
    answer = Client(headers={"host": "localhost"}, raise_request_exception=False).get("/glossary/")
    assert answer.status_code == 500
    assert "masthead" in answer.content.decode()
    assert "on purpose" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "a" * 500, "%00", "𝛼β"])
def test_whatever_is_searched_for_is_only_shown(browser, query):
    html = browser.get(f"/search/?q={query}").content.decode()
    assert "<script>alert" not in html


def test_the_mark_is_a_picture(browser):
    assert browser.get("/favicon.svg")["content-type"] == "image/svg+xml"
