import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from vitreous.show import Section, facts_html, figures_html, page_html, table_html

VOID = {"meta", "br", "img", "link", "hr"}


class Outline(HTMLParser):
    """Checks that elements close in the order in which they were opened, and keeps what tests ask for."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(html):
    outline = Outline()
    outline.feed(html)
    outline.close()
    assert outline.open == []
    return outline


@pytest.fixture
def page():
    table = table_html("Numbers", ["Name", "Score"], [["<a>", "0.5"], ["b", "0.4"]], ["place", ""])
    sections = [Section("First & last", facts_html({"Count": "3 Å"}) + table, "first"), Section("Rings", "", "rings")]
    return page_html("A <title>", "What came of it.", sections, "vitreous")


def test_the_page_is_whole_and_its_headings_in_order(page):
    outline = read(page)
    assert page.startswith("<!DOCTYPE html>")
    assert [tag for tag in outline.seen if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2"]
    for tag in ("header", "nav", "main", "footer"):
        assert outline.seen.count(tag) == 1
    assert dict(outline.attributes)["html"]["lang"] == "en"


def test_text_is_escaped(page):
    assert "<h1>A &lt;title&gt;</h1>" in page
    assert "&lt;a&gt;" in page
    assert "First &amp; last" in page


def test_links_lead_to_places_in_the_page(page):
    outline = read(page)
    ids = {attributes["id"] for _, attributes in outline.attributes if "id" in attributes}
    links = {attributes["href"] for tag, attributes in outline.attributes if tag == "a"}
    assert links == {"#first", "#rings", "#place"}
    assert {"first", "rings", "first-title"} <= ids


def test_tables_have_a_caption_and_scopes_and_can_be_scrolled_by_keyboard(page):
    outline = read(page)
    scopes = [attributes["scope"] for tag, attributes in outline.attributes if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    region = next(attributes for _, attributes in outline.attributes if attributes.get("role") == "region")
    assert region["tabindex"] == "0"
    assert "<caption>Numbers</caption>" in page


def test_nothing_is_fetched_and_both_lights_and_paper_are_served(page):
    outline = read(page)
    assert not {"script", "link", "img", "iframe"} & set(outline.seen)
    assert "url(" not in page
    assert "@import" not in page
    assert "://" not in page
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 30rem", ":focus-visible"):
        assert rule in page


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_letters_stand_out_in_both_lights(page):
    """A contrast of 4.5 : 1 at least (WCAG 2, criterion 1.4.3)."""
    for block in re.findall(r":root \{(.*?)\}", page, flags=re.DOTALL)[:2]:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for name in ("ink", "soft", "link"):
            light, dark = sorted((luminance(colours["paper"]), luminance(colours[name])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 4.5, name


def test_pictures_share_a_caption():
    html = figures_html(["<svg></svg>", "<svg></svg>"], "left & right")
    read(html)
    assert html.count("<svg>") == 2
    assert "<figcaption>left &amp; right</figcaption>" in html


def policy(html):
    return next(
        attributes["content"]
        for tag, attributes in read(html).attributes
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )


def test_a_page_without_a_script_admits_none(page):
    assert policy(page).startswith("default-src 'none';")
    assert "script-src" not in policy(page)


def test_a_script_is_admitted_by_its_digest_alone():
    script = "const less = 1 < 2;"
    html = page_html("t", "l", [Section("s", "", "s")], "f", script)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy(html)
    assert f'<script type="module">{script}</script>' in html
