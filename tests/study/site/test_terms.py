"""A term is linked where a text uses it first, and nowhere that a link would hurt."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous.study.glossary import read_glossary
from vitreous.study.site.markdown import render
from vitreous.study.site.terms import link_terms


def test_the_first_use_is_linked_and_no_other():
    html = link_terms(render("Defocus makes phase contrast; more defocus, more phase contrast."))
    assert html.count('href="/glossary/#defocus"') == 1
    assert html.count('href="/glossary/#phase-contrast"') == 1
    assert '<a class="term" href="/glossary/#defocus">Defocus</a>' in html


def test_other_words_and_plurals_lead_to_the_term():
    html = link_terms(render("The CTF has aberrations."))
    assert '<a class="term" href="/glossary/#contrast-transfer-function">CTF</a>' in html
    assert '<a class="term" href="/glossary/#aberration">aberrations</a>' in html


@pytest.mark.parametrize(
    "text", ["`defocus`", "## defocus", "[defocus](/x/)", "$defocus$", "$$defocus$$", "```\ndefocus\n```"]
)
def test_code_headings_links_and_mathematics_stay_as_they_are(text):
    html = render(text)
    assert link_terms(html) == html


def test_a_part_of_a_word_is_no_term():
    assert "term" not in link_terms(render("defocused and non-particle"))


def test_the_longest_term_wins():
    assert '#amplitude-contrast">amplitude contrast</a>' in link_terms(render("amplitude contrast"))


@given(st.lists(st.sampled_from(["defocus", "*CTF*", "`a`", "[x](/y/)", "$k$", "&amp;", "<b>", "\n\n", "- phase"])))
def test_the_words_themselves_never_change(pieces):
    html = render(" ".join(pieces))
    assert text_of(link_terms(html)) == text_of(html)


def text_of(html):
    words = []
    reader = HTMLParser()
    reader.handle_data = words.append
    reader.feed(html)
    return "".join(words)


def test_every_term_can_be_found_by_its_name():
    for term in read_glossary():
        assert f'href="/glossary/#{term.anchor}"' in link_terms(render(f"the {term.name} here")), term.name
