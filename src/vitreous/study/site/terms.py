"""Words of the glossary become links to it where a text uses them first."""

import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe

from vitreous.study.glossary import Term, read_glossary

__all__ = ["link_terms"]

_CLOSED = {"a", "code", "pre", "h2", "h3", "h4", "th"}
_ALONE = {"br", "hr"}


def link_terms(html: SafeString) -> SafeString:
    """Return safe HTML with the first use of each term linked; not in headings, links, code or mathematics."""
    linker = _Linker()
    linker.feed(html)
    linker.close()
    return mark_safe("".join(linker.parts))  # noqa: S308 (the input is safe, and what is added is escaped)


class _Linker(HTMLParser):
    """Copies what it reads, and links terms in its texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._used: set[str] = set()
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")
        if tag not in _ALONE:
            self._open.append(tag in _CLOSED or "math" in (dict(attrs).get("class") or "").split())

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self._open.pop()

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if any(self._open) else _pattern().sub(self._link, data))

    def _link(self, found: re.Match[str]) -> str:
        term = _words()[_folded(found[0])]
        if term.anchor in self._used:
            return found[0]
        self._used.add(term.anchor)
        return f'<a class="term" href="/glossary/#{escape(term.anchor)}">{found[0]}</a>'


@lru_cache(maxsize=1)
def _words() -> dict[str, Term]:
    """Every word that stands for a term, and its plural."""
    words = {}
    for term in read_glossary():
        for word in (term.name, *term.also):
            words[_folded(word)] = term
            words.setdefault(_folded(word + "s"), term)
    return words


def _folded(word: str) -> str:
    """Small letters, but for abbreviations: CTF is not ctf."""
    return word if word.isupper() else word.lower()


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    choices = sorted(_words(), key=len, reverse=True)
    marked = [re.escape(word) if word.isupper() else f"(?i:{re.escape(word)})" for word in choices]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(marked)})(?![\w-])")
