"""Markdown to safe HTML: mathematics left as TeX for the browser's KaTeX, no raw HTML, outside links marked."""

from functools import lru_cache
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

__all__ = ["render", "render_inline"]

_TAGS = {
    *["a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "span", "strong"],
    *["sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "div"],
}
_ATTRIBUTES = {
    "a": {"href", "title", "class", "rel"},
    "span": {"class"},
    "div": {"class"},
    "code": {"class"},
    "th": {"class"},
    "ol": {"start"},
}


def render(text: str) -> SafeString:
    """Return Markdown as HTML that can stand in a page as it is.

    Mathematics between single or double dollars becomes ``<span class="math inline">`` or ``<div class="math block">``
    around its TeX, which the browser's script sets. Raw HTML is shown as the text that it is; links that leave the
    site get ``class="outside"`` and ``rel="noopener noreferrer"``.
    """
    return _safe(_parser().render(text))


def render_inline(text: str) -> SafeString:
    """Return one line of Markdown as HTML without a paragraph around it."""
    return _safe(_parser().renderInline(text))


def _safe(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return mark_safe(clean)  # noqa: S308 (cleaned in the line above)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "strikethrough", "smartquotes"])
    parser.use(dollarmath_plugin, double_inline=True)
    parser.add_render_rule("math_inline", _inline)
    parser.add_render_rule("math_inline_double", _inline)
    parser.add_render_rule("math_block", _block)
    parser.add_render_rule("link_open", _link)
    return parser


def _inline(renderer: Any, tokens: Any, index: int, options: Any, environment: Any) -> str:
    return f'<span class="math inline">{escape(tokens[index].content.strip())}</span>'


def _block(renderer: Any, tokens: Any, index: int, options: Any, environment: Any) -> str:
    return f'<div class="math block">{escape(tokens[index].content.strip())}</div>\n'


def _link(renderer: Any, tokens: Any, index: int, options: Any, environment: Any) -> str:
    token = tokens[index]
    if str(token.attrs["href"]).startswith(("http:", "https:")):
        token.attrSet("class", "outside")
        token.attrSet("rel", "noopener noreferrer")
    return str(renderer.renderToken(tokens, index, options, environment))
