"""A series of meetings: when each takes place, in local time and a named zone, and which pages it covers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vitreous.study.fields import Fields, no_such, read_toml
from vitreous.study.meetings import CURRICULUM, Curriculum, read_curriculum

__all__ = ["STATUSES", "Meeting", "Series", "read_series"]

STATUSES = ("held", "cancelled", "undated")


@dataclass(frozen=True)
class Meeting:
    """One row of the schedule; ``start`` carries its named zone, and is None where there is no date yet.

    ``streams`` are those of the pages where the row does not say otherwise.
    """

    start: datetime | None
    title: str
    streams: tuple[str, ...]
    pages: tuple[str, ...]
    status: str
    guest: str


@dataclass(frozen=True)
class Series:
    """Meetings in their order, and the name of the zone that their times are local to."""

    title: str
    zone: str
    meetings: tuple[Meeting, ...]

    def meeting_of(self, page: str) -> Meeting | None:
        """Return the first meeting that covers the page of this address; None where none does."""
        return next((meeting for meeting in self.meetings if page in meeting.pages), None)

    def upcoming(self, now: datetime) -> Meeting | None:
        """Return the next meeting that is to be held after ``now`` (with a zone); None where all are over."""
        later = [(item.start, item) for item in self.meetings if item.status == "held" and item.start]
        return min((pair for pair in later if pair[0] > now), key=lambda pair: pair[0], default=(None, None))[1]


@lru_cache
def read_series(name: str = "first", folder: Path = CURRICULUM) -> Series:
    """Return the series of this name from the curriculum's folder.

    Raises
    ------
    InputError
        A field is missing, unknown or of the wrong kind; the zone, a stream or a page does not exist; a row has a
        date and says that it has none, or the reverse.
    """
    table = read_toml(folder / "series" / f"{name}.toml").known("title", "zone", "meetings")
    zone = table.text("zone")
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise table.error("zone", f"there is no zone {zone!r}", "name it as America/Los_Angeles") from error
    curriculum = read_curriculum(folder)
    meetings = tuple(_meeting(item, local, curriculum) for item in table.tables("meetings"))
    return Series(table.text("title"), zone, meetings)


def _meeting(table: Fields, zone: ZoneInfo, curriculum: Curriculum) -> Meeting:
    table.known("start", "title", "streams", "pages", "status", "guest")
    start, status = table.moment("start"), table.text("status", "held")
    if status not in STATUSES:
        raise table.error("status", no_such("status", status, STATUSES))
    if (start is None) != (status == "undated"):
        raise table.error("start", "a row has a date, or it is undated", 'give start = …, or status = "undated"')
    pages = table.texts("pages")
    _all_known(table, "pages", pages, curriculum.pages)
    streams = table.texts("streams") or tuple(page.partition("/")[2] for page in pages)
    _all_known(table, "streams", streams, curriculum.streams)
    return Meeting(
        start.replace(tzinfo=zone) if start else None,
        table.text("title"),
        streams,
        pages,
        status,
        table.text("guest", ""),
    )


def _all_known(table: Fields, field: str, given: Collection[str], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            raise table.error(field, no_such(field.removesuffix("s"), name, known))
