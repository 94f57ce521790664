"""Search over everything that the course holds as words: pages, readings, questions, problems, terms, the engine."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from vitreous.study.engine import engine_names
from vitreous.study.glossary import read_glossary
from vitreous.study.meetings import Curriculum, Page, read_curriculum

__all__ = ["MOST_HITS", "Entry", "Hit", "everything", "folded", "search"]

MOST_HITS = 60
_AROUND = 90


@dataclass(frozen=True)
class Entry:
    """Something that can be found: what it is, where it is, its title and its words."""

    kind: str
    url: str
    title: str
    place: str
    text: str


@dataclass(frozen=True)
class Hit:
    """An entry that was found, how well it fits, and its words around the first match, marked."""

    entry: Entry
    score: float
    excerpt: SafeString


def search(query: str, entries: Sequence[Entry] | None = None) -> list[Hit]:
    """Return the entries that hold every word of the query, the best first.

    A word counts where a word of the entry begins with it; the whole word, and the title, count more, and what is
    called by the query most. Of equals the shorter title comes first.
    """
    words = re.findall(r"\w+", folded(query))[:8]
    if not words:
        return []
    hits = []
    for entry in everything() if entries is None else entries:
        title, text = folded(entry.title), folded(entry.text)
        scores = [_score(word, title, text) for word in words]
        if all(scores):
            named = title == folded(query).strip() or title.endswith(f".{words[-1]}")
            hits.append(Hit(entry, sum(scores) + 5 * named, _excerpt(entry.text, words)))
    return sorted(hits, key=lambda hit: (-hit.score, len(hit.entry.title), hit.entry.title))[:MOST_HITS]


def folded(text: str) -> str:
    """Return a text in small letters without accents, letter for letter where that can be."""
    plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
    return plain.lower() if len(plain.lower()) == len(text) else text.lower()


@lru_cache(maxsize=1)
def everything() -> tuple[Entry, ...]:
    """Return every entry of the course."""
    curriculum = read_curriculum()
    entries = [entry for page in curriculum.pages.values() for entry in _of_page(page, curriculum)]
    entries += [
        Entry("term", f"/glossary/#{t.anchor}", t.name, "glossary", _plain(" ".join((*t.also, t.text))))
        for t in read_glossary()
    ]
    entries += [
        Entry("engine", f"/engine/#{item.name}", item.name, item.kind, item.summary.replace("`", ""))
        for item in engine_names().values()
    ]
    return tuple(entries)


def _of_page(page: Page, curriculum: Curriculum) -> list[Entry]:
    url, place = f"/meetings/{page.address}/", f"topic {page.number}, {page.stream}"
    entries = [Entry("meeting", url, page.title, place, _plain(f"{page.aim} {page.text}"))]
    entries += [Entry("reading", f"{url}#readings", item.text, place, item.doi) for item in page.readings]
    entries += [
        Entry("question", f"{url}#{item.id}", _plain(item.text), place, " ".join(item.kind)) for item in page.questions
    ]
    entries += [
        Entry("problem", f"/problems/{page.folder[:2]}-{item.key}/", item.title, place, item.kind)
        for item in page.problems
    ]
    return entries


def _plain(text: str) -> str:
    """Markdown without its signs, as one line."""
    return " ".join(re.sub(r"[*`$#>]", "", re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)).split())


def _score(word: str, title: str, text: str) -> float:
    """How well a word fits: 10 a whole word of the title, 6 its beginning, 3 and 1 the same in the text."""
    begins = rf"\b{re.escape(word)}"
    for where, whole, part in ((title, 10, 6), (text, 3, 1)):
        if re.search(begins + r"\b", where):
            return whole
        if re.search(begins, where):
            return part
    return 0


def _excerpt(text: str, words: Sequence[str]) -> SafeString:
    """The text around its first match, with every match marked."""
    plain = folded(text)
    if len(plain) != len(text):
        plain = text
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\w*" for word in words))
    first = pattern.search(plain)
    start = max(0, first.start() - _AROUND) if first else 0
    end = min(len(text), (first.end() if first else 0) + 2 * _AROUND)
    parts, at = [], start
    for match in pattern.finditer(plain, start, end):
        parts += [escape(text[at : match.start()]), "<mark>", escape(text[match.start() : match.end()]), "</mark>"]
        at = match.end()
    parts.append(escape(text[at:end]))
    return mark_safe(("… " if start else "") + "".join(parts) + (" …" if end < len(text) else ""))  # noqa: S308 (escaped)
