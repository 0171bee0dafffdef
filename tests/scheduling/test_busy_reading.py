"""When a calendar is busy: recurrence, zones, what takes no time, and files that are wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from calendar_servers import calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.busy_reading import MOST_BYTES, merged, read
from scheduling.unreadable import Reason, Unreadable

START, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE"""


def busy(*events: str, zone: str = "Europe/Paris", head: str = "") -> list[tuple[str, str]]:
    times = read(calendar(*events, head=head), zone, START, END).times
    return [
        tuple(f"{datetime.fromtimestamp(second, UTC):%m-%d %H:%M}" for second in pair)
        for pair in times
    ]


def reason(content: bytes) -> Reason:
    with pytest.raises(Unreadable) as refused:
        read(content, "Europe/Paris", START, END)
    return refused.value.reason


def test_a_repeated_event_keeps_its_wall_clock_over_the_change():
    event = (
        "DTSTART;TZID=Europe/Paris:20261024T090000\nDTEND;TZID=Europe/Paris:20261024T100000\n"
        "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Paris:20261026T090000"
    )
    assert busy(event) == [("10-24 07:00", "10-24 08:00"), ("10-25 08:00", "10-25 09:00")]


def test_an_occurrence_that_moved_is_where_it_moved_to():
    series = "UID:a\nDTSTART:20261101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "UID:a\nRECURRENCE-ID:20261102T090000Z\nDTSTART:20261102T150000Z\nDURATION:PT2H"
    assert busy(series, moved) == [("11-01 09:00", "11-01 10:00"), ("11-02 15:00", "11-02 17:00")]


def test_a_whole_day_is_the_evaluators_and_may_have_25_hours():
    assert busy("DTSTART;VALUE=DATE:20261025") == [("10-24 22:00", "10-25 23:00")]
    assert busy("DTSTART;VALUE=DATE:20261101", zone="America/New_York") == [
        ("11-01 04:00", "11-02 05:00")
    ]


def test_an_hour_without_a_zone_is_the_evaluators():
    event = "DTSTART:20261102T090000\nDTEND:20261102T093000"
    assert busy(event, zone="Asia/Kathmandu") == [("11-02 03:15", "11-02 03:45")]


def test_zones_of_the_file_and_of_windows_are_known():
    event = "DTSTART;TZID={}:20261102T090000\nDURATION:PT1H"
    assert busy(event.format("Office"), head=OWN_ZONE) == [("11-02 03:30", "11-02 04:30")]
    assert busy(event.format("W. Europe Standard Time")) == [("11-02 08:00", "11-02 09:00")]


def definition(name: str, *changes: tuple[str, str, str, str], rule: str = "") -> str:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    for kind, start, before, after in changes:
        lines += [f"BEGIN:{kind}", f"DTSTART:{start}", f"TZOFFSETFROM:{before}"]
        lines += [f"TZOFFSETTO:{after}", *([rule] if rule else []), f"END:{kind}"]
    return "\n".join([*lines, "END:VTIMEZONE"])


PAST = (("DAYLIGHT", "20190331T020000", "+0100", "+0200"),)
ENDED = (("STANDARD", "20181028T030000", "+0200", "+0100"), *PAST)
IN_NOVEMBER = "DTSTART;TZID={}:20261102T090000\nDURATION:PT1H"


def test_a_definition_of_past_years_leaves_a_known_zone_as_it_is():
    """Programs define the years of their events alone: the last summer would never end."""
    event = IN_NOVEMBER.format("Europe/Berlin")
    assert busy(event, head=definition("Europe/Berlin", *ENDED)) == [("11-02 08:00", "11-02 09:00")]


def test_a_definition_of_past_years_of_a_zone_that_nobody_knows_is_refused():
    event = IN_NOVEMBER.format("Office")
    assert reason(calendar(event, head=definition("Office", *ENDED))) is Reason.UNKNOWN_ZONE


def test_definitions_of_one_zone_count_where_they_agree():
    office = definition("Office", ("STANDARD", "19700101T000000", "+0100", "+0100"))
    same = definition("Office", ("STANDARD", "19800101T000000", "+0100", "+0100"))
    other = definition("Office", ("STANDARD", "19700101T000000", "+0200", "+0200"))
    event = IN_NOVEMBER.format("Office")
    assert busy(event, head=f"{office}\n{same}") == [("11-02 08:00", "11-02 09:00")]
    assert reason(calendar(event, head=f"{office}\n{other}")) is Reason.UNKNOWN_ZONE


def test_a_files_own_definition_counts_before_a_name_that_is_known():
    own = definition("Europe/Paris", ("STANDARD", "19700101T000000", "+0900", "+0900"))
    assert busy(IN_NOVEMBER.format("Europe/Paris"), head=own) == [("11-02 00:00", "11-02 01:00")]


def test_a_date_added_to_a_series_follows_a_change_from_then_on():
    series = (
        "UID:a\nDTSTART:20261101T120000Z\nDURATION:PT2H\nRRULE:FREQ=DAILY;COUNT=2\n"
        "RDATE:20261105T090000Z"
    )
    moved = (
        "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261102T120000Z\n"
        "DTSTART:20261102T090000Z\nDURATION:PT7H"
    )
    assert busy(series, moved) == [
        ("11-01 12:00", "11-01 14:00"),
        ("11-02 09:00", "11-02 16:00"),
        ("11-05 06:00", "11-05 13:00"),
    ]


def test_a_change_that_repeats_the_rule_of_its_series_is_one_occurrence():
    rule = "RRULE:FREQ=WEEKLY;COUNT=2"
    series = f"UID:a\nDTSTART:20261026T120000Z\nDURATION:PT1H\n{rule}"
    moved = (
        f"UID:a\nRECURRENCE-ID:20261102T120000Z\nDTSTART:20261103T120000Z\nDURATION:PT1H\n{rule}"
    )
    assert busy(series, moved) == [("10-26 12:00", "10-26 13:00"), ("11-03 12:00", "11-03 13:00")]


def test_out_of_office_counts_even_when_it_is_shown_as_free():
    event = "DTSTART:20261102T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\n"
    assert busy(f"{event}X-MICROSOFT-CDO-BUSYSTATUS:OOF") == [("11-02 09:00", "11-02 10:00")]


@pytest.mark.parametrize(
    "line",
    [
        *("TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
        "UID:5d7c@viva-voce",
    ],
)
def test_what_takes_no_time_is_left_out(line):
    assert busy(f"DTSTART:20261102T090000Z\nDURATION:PT1H\n{line}") == []


def test_what_lasts_no_time_is_left_out():
    assert busy("DTSTART:20261102T090000Z") == []


def test_what_reaches_over_the_edges_is_cut():
    assert busy("DTSTART:20260101T000000Z\nDTEND:20270101T000000Z") == [
        ("10-20 00:00", "11-10 00:00")
    ]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART;TZID=Middle/Earth:20261102T090000\nDURATION:PT1H", Reason.UNKNOWN_ZONE),
        ("DTSTART:tomorrow", Reason.BROKEN),
        ("DTSTART:20261102T090000Z\nDTEND:later", Reason.BROKEN),
        ("DTSTART:20261102T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES", Reason.BROKEN),
        ("DTSTART:20261102T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY", Reason.TOO_OFTEN),
        ("DTSTART:20261020T090000Z\nDURATION:PT1H\nRRULE:FREQ=MINUTELY", Reason.TOO_OFTEN),
        (
            "DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;COUNT=20000000",
            Reason.TOO_OFTEN,
        ),
        (
            "DTSTART:20261020T000000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYHOUR="
            + ",".join(map(str, range(24)))
            + ";BYMINUTE="
            + ",".join(map(str, range(60))),
            Reason.TOO_OFTEN,
        ),
    ],
)
def test_what_cannot_be_read_is_named(event, why):
    assert reason(calendar(event)) is why


def test_days_that_never_come_end_with_the_window():
    never = "DTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    assert busy(never, never, "DTSTART:20261102T090000Z\nDURATION:PT1H") == [
        ("11-02 09:00", "11-02 10:00")
    ]


def test_an_exception_that_cannot_be_read_leaves_the_hour_busy():
    event = "DTSTART:20261102T090000Z\nDURATION:PT1H\nEXDATE;TZID=Middle/Earth:20261102T090000"
    assert busy(event) == [("11-02 09:00", "11-02 10:00")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Reason.NOT_A_CALENDAR),
        (b"<!doctype html>", Reason.NOT_A_CALENDAR),
        (b"\x00\xff" * 99, Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\r\n", Reason.CUT),
        (calendar("DTSTART:20261102T090000Z")[:-20], Reason.CUT),
        (b"BEGIN:VCALENDAR" + b"\r\n" * MOST_BYTES, Reason.TOO_BIG),
        (calendar(*["DTSTART:20261102T090000Z\nDURATION:PT1H"] * 20_001), Reason.TOO_OFTEN),
    ],
    ids=["nothing", "page", "noise", "open", "cut", "gigantic", "crowded"],
)
def test_files_that_are_none_are_named(content, why):
    assert reason(content) is why


@settings(max_examples=150)
@given(st.data())
def test_whatever_is_sent_gives_times_or_a_reason(data):
    whole = calendar(
        "DTSTART;TZID=Europe/Paris:20261024T090000\nDTEND;TZID=Europe/Paris:20261024T100000\n"
        "RRULE:FREQ=WEEKLY;BYDAY=MO,SA;UNTIL=20261201T000000Z\nRDATE:20261101T000000Z",
        "DTSTART;VALUE=DATE:20261030\nDTEND;VALUE=DATE:20261101",
        head=OWN_ZONE,
    )
    at = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 12))
    noise = data.draw(st.binary(max_size=12) | st.text("0123456789TZ;:=,-\r\n", max_size=12))
    put = noise if isinstance(noise, bytes) else noise.encode()
    try:
        times = read(whole[:at] + put + whole[at + length :], "Europe/Paris", START, END).times
    except Unreadable:
        return
    assert times == merged(times)


@given(
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.datetimes(datetime(2026, 10, 22), datetime(2026, 11, 7)),  # noqa: DTZ001
    st.integers(1, 600),
)
def test_an_event_in_utc_is_where_it_is(zone, naive, minutes):
    begins = naive.replace(second=0, microsecond=0, tzinfo=UTC)
    event = f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\nDURATION:PT{minutes}M"
    second = int(begins.timestamp())
    assert read(calendar(event), zone, START, END).times == [(second, second + 60 * minutes)]


@given(
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"]),
    st.dates(date(2026, 10, 22), date(2026, 11, 7)),
)
def test_a_whole_day_lasts_from_midnight_to_midnight(zone, day):
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    after = day + timedelta(days=1)
    ends = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
    times = read(calendar(f"DTSTART;VALUE=DATE:{day:%Y%m%d}"), zone, START, END).times
    assert times == [(int(begins.timestamp()), int(ends.timestamp()))]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_merging_keeps_every_second_and_no_other(spans):
    spans = [(min(pair), max(pair) + 1) for pair in spans]
    merged_spans = merged(spans)
    assert {s for a, b in merged_spans for s in range(a, b)} == {
        s for a, b in spans for s in range(a, b)
    }
    assert all(span[1] < other[0] for span, other in pairwise(merged_spans))
