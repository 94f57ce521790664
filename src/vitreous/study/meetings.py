"""The curriculum, read from its files: topics, the pages of their streams, readings, questions.

An instructor adds a topic by adding a folder, ``NN_name/topic.toml`` with ``NN_name/STREAM/page.md`` beside it and,
where there are any, ``problems.py`` and ``practical.py``; nothing else has to be told. Whatever is wrong in these files
is an `InputError` that names the file and the field.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vitreous._errors import InputError
from vitreous.study.engine import engine_names
from vitreous.study.fields import Fields, no_such, parse_toml, read_toml
from vitreous.study.listing import ListedProblem, figures_in, problems_in

__all__ = [
    "CURRICULUM",
    "EVERYONE",
    "KINDS",
    "Curriculum",
    "Page",
    "Question",
    "Reading",
    "Stream",
    "Topic",
    "read_curriculum",
]

CURRICULUM = Path(__file__).parent / "curriculum"
KINDS = ("see", "compute", "explain", "derive")
EVERYONE = "everyone"
"""The stream of pages that belong to all streams."""
_FOLDER = re.compile(r"(\d\d)_([a-z0-9_]+)")


@dataclass(frozen=True)
class Stream:
    """One way through the topics; ``everyone`` stands for all of them."""

    key: str
    title: str
    summary: str
    audience: str


@dataclass(frozen=True)
class Reading:
    """Something to read or watch elsewhere: never loaded by the site."""

    text: str
    url: str
    doi: str
    minutes: int | None
    pages: int | None
    optional: bool


@dataclass(frozen=True)
class Question:
    """A question of a meeting: its marks, and the figures and problems that answer it.

    ``figures`` are names in the practical of the same page, or ``stream#name`` in the practical of another stream.
    """

    id: str
    kind: tuple[str, ...]
    text: str
    figures: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One topic in one stream: what stands in its ``page.md``, and what its practical and problems hold."""

    folder: str
    stream: str
    title: str
    minutes: int
    aim: str
    engine: tuple[str, ...]
    readings: tuple[Reading, ...]
    questions: tuple[Question, ...]
    text: str
    practical: Path | None
    figures: tuple[str, ...]
    problems: tuple[ListedProblem, ...]

    @property
    def number(self) -> int:
        """The topic's number."""
        return int(self.folder[:2])

    @property
    def slug(self) -> str:
        """The topic's name in addresses: ``04-phase-contrast``."""
        return self.folder.replace("_", "-")

    @property
    def address(self) -> str:
        """The page's place on the site and in the series: ``04-phase-contrast/blur``."""
        return f"{self.slug}/{self.stream}"

    @property
    def practical_address(self) -> str:
        """The practical's name on the site and the command line: ``04-blur``."""
        return f"{self.folder[:2]}-{self.stream}"


@dataclass(frozen=True)
class Topic:
    """A topic of the course and its pages by stream; ``stands_on`` names the folders of the topics it needs."""

    folder: str
    number: int
    title: str
    summary: str
    stands_on: tuple[str, ...]
    pages: Mapping[str, Page]

    @property
    def slug(self) -> str:
        """The topic's name in addresses: ``04-phase-contrast``."""
        return self.folder.replace("_", "-")

    @property
    def problems(self) -> dict[str, ListedProblem]:
        """Every problem of the topic by its address, ``04-b-factor``."""
        return {f"{self.folder[:2]}-{item.key}": item for page in self.pages.values() for item in page.problems}


@dataclass(frozen=True)
class Curriculum:
    """Everything: streams by key, and topics in their order."""

    folder: Path
    streams: Mapping[str, Stream]
    topics: tuple[Topic, ...]

    @property
    def ways(self) -> tuple[Stream, ...]:
        """The streams that one chooses among, in their order."""
        return tuple(stream for key, stream in self.streams.items() if key != EVERYONE)

    @property
    def pages(self) -> dict[str, Page]:
        """Every page by its address."""
        return {page.address: page for topic in self.topics for page in topic.pages.values()}

    @property
    def problems(self) -> dict[str, ListedProblem]:
        """Every problem by its address, ``04-b-factor``."""
        return {address: item for topic in self.topics for address, item in topic.problems.items()}

    def topic_of(self, page: Page) -> Topic:
        """Return the topic that a page belongs to."""
        return next(topic for topic in self.topics if topic.folder == page.folder)


@lru_cache
def read_curriculum(folder: Path = CURRICULUM) -> Curriculum:
    """Return the curriculum of a folder, read once.

    Raises
    ------
    InputError
        A file is missing or cannot be read; a field is missing, unknown or of the wrong kind; a stream, figure,
        problem, engine function or topic that is referred to does not exist; a key or number is used twice.
    """
    streams = _streams(folder / "streams.toml")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and _FOLDER.fullmatch(path.name))
    topics = tuple(_topic(path, streams) for path in folders)
    for topic in topics:
        _check_topic(topic, folder / topic.folder / "topic.toml", {path.name for path in folders})
    return Curriculum(folder, streams, topics)


def _streams(file: Path) -> dict[str, Stream]:
    streams = {}
    for table in read_toml(file).known("streams").tables("streams"):
        table.known("key", "title", "summary", "audience")
        key = table.text("key")
        if key in streams:
            raise table.error("key", f"the stream {key!r} stands here twice")
        streams[key] = Stream(key, table.text("title"), table.text("summary"), table.text("audience"))
    return streams


def _topic(folder: Path, streams: Collection[str]) -> Topic:
    table = read_toml(folder / "topic.toml").known("number", "title", "summary", "stands_on")
    number = table.number("number")
    if number != int(folder.name[:2]):
        raise table.error("number", f"found {number}, and the folder is called {folder.name}", "let them agree")
    found = sorted(path for path in folder.iterdir() if (path / "page.md").exists())
    for path in found:
        if path.name not in streams:
            raise InputError(no_such("stream", path.name, streams), file=path, advice="streams stand in streams.toml")
    order = list(streams)
    pages = {path.name: _page(path, streams) for path in sorted(found, key=lambda path: order.index(path.name))}
    for page in pages.values():
        _check_questions(page, pages, folder / page.stream / "page.md")
    return Topic(folder.name, number, table.text("title"), table.text("summary"), table.texts("stands_on"), pages)


def _page(folder: Path, streams: Collection[str]) -> Page:
    file = folder / "page.md"
    table, text = _front_matter(file)
    table.known("title", "stream", "minutes", "aim", "engine", "readings", "questions")
    stream = table.text("stream")
    if stream not in streams:
        raise table.error("stream", no_such("stream", stream, streams))
    if stream != folder.name:
        raise table.error("stream", f"found {stream!r}, and the page lies in the folder {folder.name!r}")
    for name in table.texts("engine"):
        if name not in engine_names():
            raise table.error("engine", no_such("public function", name, engine_names()))
    minutes = table.number("minutes")
    if not minutes:
        raise table.error("minutes", "the time that reading and practical take is missing", "add minutes = 90")
    practical, problems = folder / "practical.py", folder / "problems.py"
    return Page(
        folder=folder.parent.name,
        stream=stream,
        title=table.text("title"),
        minutes=minutes,
        aim=table.text("aim"),
        engine=table.texts("engine"),
        readings=tuple(_reading(item) for item in table.tables("readings")),
        questions=tuple(_question(item) for item in table.tables("questions")),
        text=text,
        practical=practical if practical.exists() else None,
        figures=figures_in(practical) if practical.exists() else (),
        problems=problems_in(problems) if problems.exists() else (),
    )


def _front_matter(file: Path) -> tuple[Fields, str]:
    """The table between the two lines ``+++`` and the text after them."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", file=file, advice="save it as UTF-8") from error
    lines = text.splitlines()
    if not lines or lines[0].strip() != "+++":
        raise InputError(
            "the first line is not +++", file=file, advice="begin with the fields between two lines of +++"
        )
    end = next((place for place in range(1, len(lines)) if lines[place].strip() == "+++"), None)
    if end is None:
        raise InputError("the fields have no end", file=file, advice="close them with a second line of +++")
    body = "\n".join(lines[end + 1 :]).strip()
    if not body:
        raise InputError("there is no text after the fields", file=file, advice="write why the meeting matters")
    # the blank line keeps the line numbers of the file in messages
    return parse_toml("\n" + "\n".join(lines[1:end]), file), body


def _reading(table: Fields) -> Reading:
    table.known("text", "url", "doi", "minutes", "pages", "optional")
    url = table.text("url", "")
    if url and not url.startswith(("https://", "http://")):
        raise table.error("url", f"found {url!r}, expected an address", "begin it with https://")
    doi = table.text("doi", "")
    if doi and not re.match(r"10\.\d{4,}/", doi):
        raise table.error("doi", f"found {doi!r}, expected a DOI", 'write it bare: doi = "10.1016/j.jsb.2013.05.008"')
    return Reading(table.text("text"), url, doi, table.number("minutes"), table.number("pages"), table.flag("optional"))


def _question(table: Fields) -> Question:
    table.known("id", "kind", "text", "figures", "problems")
    kinds = table.texts("kind")
    if not kinds:
        raise table.error("kind", "the question has no mark", f"give one or more of {', '.join(KINDS)}")
    for kind in kinds:
        if kind not in KINDS:
            raise table.error("kind", no_such("kind of question", kind, KINDS))
    key = table.text("id")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise table.error("id", f"found {key!r}", "use small letters, digits and single dashes: siemens-star")
    return Question(key, kinds, table.text("text"), table.texts("figures"), table.texts("problems"))


def _check_questions(page: Page, pages: Mapping[str, Page], file: Path) -> None:
    """Raise where a question of a page refers to what is not there, or two share an id."""
    problems = {item.key for other in pages.values() for item in other.problems}
    seen: set[str] = set()
    for place, question in enumerate(page.questions, 1):
        where = f"[[questions]] no. {place}, {question.id}:"
        if question.id in seen:
            raise InputError("an earlier question has the same id", file=file, place=f"{where} id")
        seen.add(question.id)
        for name in question.figures:
            stream, _, figure = name.rpartition("#")
            other = pages.get(stream or page.stream)
            if other is None:
                raise InputError(no_such("stream of this topic", stream, pages), file=file, place=f"{where} figures")
            if figure not in other.figures:
                lack = no_such("figure", figure, other.figures)
                raise InputError(
                    f"in the practical {other.practical_address}, {lack}", file=file, place=f"{where} figures"
                )
        for key in question.problems:
            if key not in problems:
                raise InputError(no_such("problem in this topic", key, problems), file=file, place=f"{where} problems")


def _check_topic(topic: Topic, file: Path, folders: Collection[str]) -> None:
    """Raise where a topic stands on one that is not there, or two of its problems share a key."""
    for name in topic.stands_on:
        if name not in folders:
            raise InputError(no_such("topic", name, folders), file=file, place="stands_on")
    seen: dict[str, ListedProblem] = {}
    for item in (item for page in topic.pages.values() for item in page.problems):
        if item.key in seen:
            other = seen[item.key]
            raise InputError(
                f"the key {item.key!r} is taken by line {other.line} of {other.file.parent.name}/problems.py",
                file=item.file,
                place=f"line {item.line}",
                advice="a key is used once in a topic",
            )
        seen[item.key] = item
