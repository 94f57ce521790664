"""Search finds what the course holds, the best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous.study.site.searching import MOST_HITS, Entry, everything, folded, search

ENTRIES = [
    Entry("term", "/a/", "defocus", "glossary", "How far out of focus."),
    Entry(
        "meeting", "/b/", "Phase contrast", "topic 4", "Why defocus makes phase visible, in words and <b>figures</b>."
    ),
    Entry("engine", "/c/", "vitreous.optics.Defocus", "class", "Defocus and astigmatism."),
    Entry("reading", "/d/", "Vulović et al.", "topic 5", "image formation"),
]


def urls(query):
    return [hit.entry.url for hit in search(query, ENTRIES)]


def test_the_title_counts_more_than_the_text():
    assert urls("defocus") == ["/a/", "/c/", "/b/"], "called so, ending so, mentioning it"


def test_every_word_has_to_be_there():
    assert urls("phase defocus") == ["/b/"]
    assert urls("phase tomography") == []
    assert urls("") == urls("  ?! ") == []


def test_beginnings_of_words_and_accents():
    assert urls("astig") == ["/c/"]
    assert urls("vulovic") == ["/d/"]
    assert urls("ocus") == []


def test_the_excerpt_is_safe_and_marked():
    excerpt = search("figures", ENTRIES)[0].excerpt
    assert "&lt;b&gt;<mark>figures</mark>&lt;/b&gt;" in excerpt


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(query):
    assert all(hit.score > 0 for hit in search(query, ENTRIES))
    assert len(folded(query)) == len(query) or folded(query) == query.lower()


def test_the_course_can_be_searched():
    kinds = {entry.kind for entry in everything()}
    assert kinds == {"meeting", "reading", "question", "problem", "term", "engine"}
    assert len(search("a")) <= MOST_HITS


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("Nyquist", "/glossary/#nyquist-frequency"),
        ("ctf", "/engine/#vitreous.optics.ctf"),
        ("phase contrast", "/meetings/04-phase-contrast/blur/"),
        ("Sigworth", "/meetings/01-background/blur/#readings"),
    ],
)
def test_what_one_looks_for_is_among_the_first(query, url):
    assert url in [hit.entry.url for hit in search(query)[:12]]
