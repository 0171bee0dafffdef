"""Our own calendar files in every zone that we offer, read by ical.js and by our own reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import calendar_oracle
import pytest
from icalendar import Calendar

from evaluator_app.desks.shared.zones import known
from kernel.calendar import Method, Occasion, invitation
from kernel.calendar_zone import definition
from scheduling.busy_reading import read

OCCASION = Occasion(
    uid="appointment-7@viva.example",
    sequence=0,
    stamp=datetime(2026, 11, 23, 6, 39, tzinfo=UTC),
    starts_at=datetime(2026, 12, 3, 13, 30, tzinfo=UTC),
    minutes=20,
    zone="Europe/Paris",
    summary="Oral, Anglais professionnel",
    description="Votre lien personnel",
    url="https://viva.example/p/abc.def",
    organiser=("Chambre Horizon", "no-reply@viva.example"),
    guest=("Zoë Œuvrard", "zoe@candidats.example"),
)
WINTER, SUMMER = datetime(2027, 1, 14, 10, tzinfo=UTC), datetime(2027, 7, 15, 10, tzinfo=UTC)
RAMADAN = datetime(2027, 2, 20, 10, tzinfo=UTC)  # Morocco is an hour behind then
NAMED = (
    *("Europe/Paris", "Europe/London", "Europe/Dublin", "America/Toronto", "Africa/Cairo"),
    *("Asia/Beirut", "America/Miquelon", "Africa/Casablanca", "Australia/Lord_Howe"),
    *("America/Nuuk", "America/Santiago", "Asia/Gaza", "Pacific/Chatham", "Antarctica/Troll"),
)


def span(moment: datetime) -> list[tuple[int, int]]:
    return [(int(moment.timestamp()), int((moment + timedelta(minutes=20)).timestamp()))]


def read_elsewhere(made: list[tuple[str, datetime]]) -> None:
    """Have ical.js and our own reader read invitations; both must find their moments."""
    files = [invitation(replace(OCCASION, zone=zone, starts_at=at)) for zone, at in made]
    around = {"from": 0, "until": 1 << 32}
    answers = calendar_oracle.busy([{"text": file.decode(), **around} for file in files])
    wrong = [
        (zone, at, theirs)
        for (zone, at), file, theirs in zip(made, files, answers, strict=True)
        if theirs != span(at)
        or read(file, "UTC", at - timedelta(days=1), at + timedelta(days=1)).times != span(at)
    ]
    assert wrong == []


def test_every_zone_that_we_offer_is_read_right_in_both_halves_of_the_year():
    read_elsewhere([(zone, at) for zone in known() for at in (WINTER, SUMMER)])


@pytest.mark.parametrize("zone", NAMED)
def test_a_definition_holds_all_year_long(zone):
    """Each third day of two years, Ramadan among them, and the hours around each change."""
    days = [datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(days=3 * n) for n in range(243)]
    hours = [day + timedelta(hours=h) for day in changes(zone) for h in (-2, -1, 0, 1, 2)]
    read_elsewhere([(zone, at) for at in [*days[::6], RAMADAN, *hours]])


def changes(zone: str) -> list[datetime]:
    place = ZoneInfo(zone)
    hours = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(8760)]
    offsets = [hour.astimezone(place).utcoffset() for hour in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


def test_a_cancellation_is_read_right_too():
    summer = replace(OCCASION, starts_at=SUMMER, sequence=1)
    [answer] = calendar_oracle.busy(
        [
            {
                # Cancelled events take no time: read as if it were confirmed.
                "text": invitation(summer, Method.CANCEL)
                .decode()
                .replace("STATUS:CANCELLED", "STATUS:CONFIRMED")
                .replace("TRANSP:TRANSPARENT", "TRANSP:OPAQUE"),
                "from": 0,
                "until": 1 << 32,
            }
        ]
    )
    assert answer == span(SUMMER)


def test_a_zone_is_defined_by_one_rule_a_change_at_the_hour_shown_until_then():
    dublin = definition("Europe/Dublin", SUMMER)
    assert dublin is not None
    assert dublin.to_ical().decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Dublin",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T010000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261025T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Asia/Gaza"])
def test_what_no_yearly_rule_says_is_told_in_utc(zone):
    calendar = Calendar.from_ical(invitation(replace(OCCASION, zone=zone, starts_at=SUMMER)))
    assert definition(zone, SUMMER) is None
    assert calendar.walk("VTIMEZONE") == []
    assert calendar.walk("VEVENT")[0]["DTSTART"].to_ical() == b"20270715T100000Z"
