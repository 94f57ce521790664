"""Filters and tags of the study's templates."""

import re
from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from vitreous.study.site.markdown import render, render_inline
from vitreous.study.site.terms import link_terms

__all__ = [
    "docstring_line",
    "local_time",
    "markdown",
    "markdown_line",
    "markdown_terms",
    "register",
    "spaced",
    "stream_name",
]

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as safe HTML."""
    return render(text)


@register.filter
def markdown_line(text: str) -> SafeString:
    """Return one line of Markdown as safe HTML without a paragraph around it."""
    return render_inline(text)


@register.filter
def markdown_terms(text: str) -> SafeString:
    """Return Markdown as safe HTML, the glossary's terms linked at their first use."""
    return link_terms(render(text))


@register.filter
def docstring_line(text: str) -> SafeString:
    """Return a sentence of a docstring with what stands in backticks set as code."""
    return mark_safe(re.sub(r"(`{1,2})([^`]+)\1", r"<code>\2</code>", escape(text, quote=False)))  # noqa: S308 (escaped)


@register.filter
def spaced(name: str) -> str:
    """Return a figure's name as words."""
    return name.replace("_", " ").replace("-", " ")


@register.simple_tag
def local_time(start: datetime) -> SafeString:
    """Return a meeting's time: as it was set, with its zone's place; the browser adds the reader's own."""
    zone = str(start.tzinfo)
    place = zone.rpartition("/")[2].replace("_", " ")
    shown = f"{start:%a} {start.day} {start:%b %Y, %H:%M}"
    return mark_safe(  # noqa: S308 (made of a date and a zone's name)
        f'<span class="moment"><time datetime="{start.isoformat()}" data-zone="{escape(zone)}">{shown}</time> '
        f'<span class="zone">{escape(place)}</span></span>'
    )


@register.inclusion_tag("study/parts/stream.html")
def stream_name(key: str, title: str = "") -> dict[str, Any]:
    """Show a stream's sign and name."""
    return {"key": key, "title": title or key}
