"""Markdown becomes HTML that is safe whatever was written, with mathematics left to the browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous.study.site.markdown import render, render_inline


def test_mathematics_keeps_its_tex():
    assert '<span class="math inline">x&lt;1</span>' in render("if $x<1$")
    assert '<div class="math block">\\frac{a}{b}</div>' in render("$$\\frac{a}{b}$$")
    assert '<span class="math inline">a_1*b_2*c</span>' in render("$a_1*b_2*c$ and *this*")
    assert "math" not in render("It costs \\$5 and \\$6")


def test_links_that_leave_are_marked():
    html = render("[out](https://example.org/a) [in](/glossary/)")
    assert '<a href="https://example.org/a" class="outside" rel="noopener noreferrer">out</a>' in html
    assert '<a href="/glossary/">in</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,xx)",
        "![x](https://example.org/pixel.png)",
        "<a href='https://example.org' onclick='x()'>x</a>",
        "$\\href{javascript:alert(1)}{<script>x</script>}$",
        '```"><script>x</script>\ncode\n```',
        "<style>body{display:none}</style>",
        "<iframe src='/'></iframe>",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(text):
    html = render(text)
    for bad in ("<script", "<img", "<style", "<iframe", 'href="javascript', 'href="data', "<a onclick", "style="):
        assert bad not in html.lower()


@given(st.text("<>/&\"'$`*_[]()!#\n abjs:=", max_size=60))
def test_no_tag_but_those_of_markdown_comes_out(text):
    from html.parser import HTMLParser

    tags = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: tags.append((tag, attributes))
    reader.feed(render(text))
    allowed = {"p", "em", "strong", "code", "pre", "a", "h1", "h2", "h3", "h4", "hr", "li", "ol", "ul", "br", "s"}
    assert {tag for tag, _ in tags} <= allowed | {"blockquote", "span", "div"}
    assert all(name in {"href", "class", "rel", "title", "start"} for _, given in tags for name, _ in given)


def test_a_line_has_no_paragraph():
    assert render_inline("a *b* $c$") == 'a <em>b</em> <span class="math inline">c</span>'


def test_tables_and_quotes_are_set():
    assert "<table>" in render("| a | b |\n|---|---|\n| 1 | 2 |")
    assert "it’s “so”" in render('it\'s "so"')
