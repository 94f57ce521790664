"""Meetings are kept as local times in a named zone."""

from datetime import UTC, datetime, timedelta

import pytest

from vitreous._errors import InputError
from vitreous.study.series import read_series

SERIES = """title = "A series"
zone = "America/Los_Angeles"
[[meetings]]
start = 2021-03-11T08:00:00
title = "Waves"
pages = ["01-waves/blur"]
[[meetings]]
start = 2021-03-18T08:00:00
title = "Waves again"
streams = ["sharpen"]
[[meetings]]
title = "Later"
status = "undated"
"""


@pytest.fixture
def written(small):
    (small / "series").mkdir()
    file = small / "series" / "first.toml"
    file.write_text(SERIES)
    return file


def test_the_clocks_change_inside_a_series(small, written):
    """The same local hour is another hour of the world after the second Sunday of March."""
    before, after, _ = read_series("first", small).meetings
    assert before.start.utcoffset() == timedelta(hours=-8)
    assert after.start.utcoffset() == timedelta(hours=-7)
    assert (before.streams, after.streams) == (("blur",), ("sharpen",))


def test_the_next_meeting_is_the_first_one_still_to_come(small, written):
    series = read_series("first", small)
    assert series.upcoming(datetime(2021, 3, 1, tzinfo=UTC)).title == "Waves"
    # 8 o'clock in Los Angeles is 16 o'clock before the change
    assert series.upcoming(datetime(2021, 3, 11, 16, 0, tzinfo=UTC)).title == "Waves again"
    assert series.upcoming(datetime(2021, 4, 1, tzinfo=UTC)) is None
    assert series.meeting_of("01-waves/blur").title == "Waves"
    assert series.meeting_of("01-waves/sharpen") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("America/Los_Angeles", "America/Los_Angles", "zone: there is no zone 'America/Los_Angles'"),
        ("01-waves/blur", "01-waves/blue", "pages: there is no page '01-waves/blue'; did you mean '01-waves/blur'?"),
        ('["sharpen"]', '["sharp"]', "streams: there is no stream 'sharp'; did you mean 'sharpen'?"),
        ("start = 2021-03-18T08:00:00\n", "", "no. 2: start: a row has a date, or it is undated"),
        ('"undated"', '"moved"', "status: there is no status 'moved'"),
        ("2021-03-11T08:00:00", "2021-03-11T08:00:00-08:00", "carries an offset"),
    ],
)
def test_a_wrong_row_is_named(small, written, old, new, said):
    written.write_text(SERIES.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_series("first", small)
    assert said in str(caught.value)
    assert str(written) in str(caught.value)


def test_the_first_series_is_as_it_was_held():
    series = read_series()
    assert len(series.meetings) == 20
    pages = [page for meeting in series.meetings for page in meeting.pages]
    assert len(pages) == len(set(pages)) == 19
    assert [item.start.date().isoformat() for item in series.meetings if item.status == "cancelled"] == ["2020-11-26"]
    assert [item.streams for item in series.meetings if item.status == "undated"] == [("blur", "sharpen")]
    hours = {
        item.start.hour for item in series.meetings if item.start and item.start < datetime(2021, 2, 1, tzinfo=UTC)
    }
    assert hours == {9}
    # 8 in the morning from 11 February 2021 on
    assert {
        item.start.hour for item in series.meetings if item.start and item.start.year == 2021 and item.start.month > 1
    } == {8}
    starts = [item.start for item in series.meetings if item.start]
    assert starts == sorted(starts)
    assert {start.strftime("%A") for start in starts} == {"Thursday"}
