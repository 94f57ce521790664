"""The report of a job: one HTML file with its pictures inside, which needs no network.

It is read on a telephone, a wide screen or paper, by light or by night, with eyes, keyboard or a screen reader:
headings in order, tables with captions and scopes, pictures with descriptions, nothing said by colour alone.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

__all__ = ["Section", "facts_html", "figures_html", "page_html", "table_html"]


@dataclass(frozen=True)
class Section:
    """A part of a report."""

    title: str
    """Plain text."""
    body: str
    """HTML, as the functions of this module make it."""
    anchor: str
    """The place that links lead to: letters, digits and hyphens."""


def page_html(title: str, lead: str, sections: Sequence[Section], footer: str, script: str = "") -> str:
    """A whole page.

    Parameters
    ----------
    title
        Plain text.
    lead
        One or two sentences: what was done and what came of it. Plain text.
    sections
        In the order in which they are read; there are links to each where there are several.
    footer
        Plain text: the program, its version, the date.
    script
        JavaScript, a module without imports, for what cannot be had without it.

    Returns
    -------
    str
        An HTML document. Its policy forbids every request and every script but this one.
    """
    style = (files("vitreous.show") / "report.css").read_text(encoding="utf-8")
    links = "".join(f'<li><a href="#{part.anchor}">{escape(part.title)}</a></li>' for part in sections)
    parts = "".join(
        f'<section id="{part.anchor}" aria-labelledby="{part.anchor}-title">'
        f'<h2 id="{part.anchor}-title">{escape(part.title)}</h2>{part.body}</section>\n'
        for part in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#{sections[0].anchor}">Skip to the results</a>\n'
        f"<header><h1>{escape(title)}</h1><p>{escape(lead)}</p>"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav></header>\n'
        f"<main>\n{parts}</main>\n<footer><p>{escape(footer)}</p></footer>\n{_module(script)}</body>\n</html>\n"
    )


def _policy(script: str) -> str:
    """What the page may load: the pictures and the style inside it, and a script that is known by its digest."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    allowed = f" script-src 'sha256-{digest}';" if script else ""
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline';{allowed}"


def _module(script: str) -> str:
    return f'<script type="module">{script}</script>\n' if script else ""


def facts_html(facts: Mapping[str, str]) -> str:
    """A few numbers that matter, each under its name.

    Parameters
    ----------
    facts
        Name → value with its unit, plain text.

    Returns
    -------
    str
        A description list.
    """
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    return f'<dl class="facts">{pairs}</dl>'


def table_html(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], links: Sequence[str] = ()) -> str:
    """A table whose first column names its rows.

    Parameters
    ----------
    caption
        What the table holds, plain text.
    columns
        Names with units, plain text.
    rows
        As many values each as there are columns, plain text.
    links
        For each row the anchor that its name leads to; none where empty.

    Returns
    -------
    str
        A table that scrolls within itself where the page is narrow.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = []
    for row, anchor in zip(rows, links or [""] * len(rows), strict=True):
        name = f'<a href="#{anchor}">{escape(row[0])}</a>' if anchor else escape(row[0])
        cells = "".join(f"<td>{escape(value)}</td>" for value in row[1:])
        body.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption, quote=True)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def figures_html(pictures: Sequence[str], caption: str) -> str:
    """Pictures side by side, or one under another where the page is narrow, with one caption.

    Parameters
    ----------
    pictures
        ``svg`` elements, as `vitreous.show.figures` makes them.
    caption
        Plain text.

    Returns
    -------
    str
        A figure.
    """
    return f'<figure><div class="pictures">{"".join(pictures)}</div><figcaption>{escape(caption)}</figcaption></figure>'
