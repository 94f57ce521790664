"""Filters and tags of the templates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.template import Context, Template

from vitreous.study.site.templatetags.study import (
    docstring_line,
    local_time,
    markdown,
    markdown_line,
    markdown_terms,
    spaced,
    stream_name,
)


def test_a_time_keeps_its_zone_for_the_browser():
    shown = local_time(datetime(2021, 3, 18, 8, tzinfo=ZoneInfo("America/Los_Angeles")))
    assert (
        '<time datetime="2021-03-18T08:00:00-07:00" data-zone="America/Los_Angeles">Thu 18 Mar 2021, 08:00</time>'
        in shown
    )
    assert "Los Angeles" in shown


def test_docstrings_show_their_code_and_nothing_else():
    assert docstring_line("Of ``x`` and `y`, k < 1.") == "Of <code>x</code> and <code>y</code>, k &lt; 1."


def test_markdown_in_three_ways():
    assert markdown("a *b*") == "<p>a <em>b</em></p>\n"
    assert markdown_line("a *b*") == "a <em>b</em>"
    assert 'class="term"' in markdown_terms("the defocus")


def test_a_stream_has_its_sign_and_its_word():
    assert stream_name("blur") == {"key": "blur", "title": "blur"}
    html = Template('{% stream_name "sharpen" %}').render(Context())
    assert 'class="stream sharpen"' in html
    assert "sharpen</span>" in html
    assert "aria-hidden" in html


def test_names_of_figures_read_as_words():
    assert spaced("two_waves-sum") == "two waves sum"
