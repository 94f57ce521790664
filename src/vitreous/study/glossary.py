"""The field's terms: what each means in a sentence or two, and the meeting where it is met."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vitreous.study.fields import no_such, read_toml
from vitreous.study.meetings import CURRICULUM, read_curriculum

__all__ = ["Term", "read_glossary"]


@dataclass(frozen=True)
class Term:
    """A term, other words for it, what it means (Markdown), and the addresses of the pages that explain it."""

    name: str
    also: tuple[str, ...]
    text: str
    pages: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Its place on the glossary's page."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@lru_cache
def read_glossary(folder: Path = CURRICULUM) -> tuple[Term, ...]:
    """Return the terms in alphabetical order.

    Raises
    ------
    InputError
        A field is missing, unknown or of the wrong kind; a word stands for two terms; a page does not exist.
    """
    terms: list[Term] = []
    taken: dict[str, str] = {}
    pages = read_curriculum(folder).pages
    for table in read_toml(folder / "glossary.toml").known("terms").tables("terms"):
        table.known("name", "also", "text", "pages")
        term = Term(table.text("name"), table.texts("also"), table.text("text"), table.texts("pages"))
        for word in (term.name, *term.also):
            if word.lower() in taken:
                raise table.error("name", f"{word!r} stands already for {taken[word.lower()]!r}")
            taken[word.lower()] = term.name
        for page in term.pages:
            if page not in pages:
                raise table.error("pages", no_such("page", page, pages))
        terms.append(term)
    return tuple(sorted(terms, key=lambda term: term.name.lower()))
