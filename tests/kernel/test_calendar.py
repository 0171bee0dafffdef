from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from kernel.calendar import Method, Occasion, attachment, invitation

OCCASION = Occasion(
    uid="appointment-7@viva.example",
    sequence=0,
    stamp=datetime(2026, 11, 23, 6, 39, tzinfo=UTC),
    starts_at=datetime(2026, 12, 3, 13, 30, tzinfo=UTC),
    minutes=20,
    zone="Europe/Paris",
    summary="Oral, Anglais professionnel",
    description="Votre lien personnel ; ouvrez-le,\ndix minutes avant.",
    url="https://viva.example/p/abc.def",
    organiser=("Chambre Horizon", "no-reply@viva.example"),
    guest=('Zoë "Zo" Œuvrard', "zoe@candidats.example"),
)


def event(content: bytes) -> Event:
    [component] = Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(component, Event)
    return component


def test_an_invitation_reads_back_as_the_appointment() -> None:
    content = invitation(OCCASION)
    calendar = Calendar.from_ical(content)
    invited = event(content)
    assert str(calendar["METHOD"]) == "REQUEST"
    assert str(invited["UID"]) == OCCASION.uid
    assert int(invited["SEQUENCE"]) == 0
    assert invited.start == OCCASION.starts_at
    assert invited.end == OCCASION.starts_at + timedelta(minutes=20)
    assert invited["DTSTART"].params["TZID"] == "Europe/Paris"
    assert str(invited["DESCRIPTION"]) == OCCASION.description
    assert str(invited["ATTENDEE"]) == "mailto:zoe@candidats.example"
    assert invited["ATTENDEE"].params["CN"] == "Zoë 'Zo' Œuvrard"
    [zone] = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == "Europe/Paris"
    [alarm] = invited.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(minutes=-30)


def test_a_move_keeps_the_uid_and_counts_up() -> None:
    moved = replace(OCCASION, sequence=1, starts_at=OCCASION.starts_at + timedelta(days=2))
    before, after = event(invitation(OCCASION)), event(invitation(moved))
    assert after["UID"] == before["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)


def test_a_cancellation_cancels() -> None:
    content = invitation(replace(OCCASION, sequence=2), Method.CANCEL)
    cancelled = event(content)
    assert str(Calendar.from_ical(content)["METHOD"]) == "CANCEL"
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert str(cancelled["UID"]) == OCCASION.uid
    assert cancelled.walk("VALARM") == []


def test_equal_values_give_equal_bytes_and_lines_of_the_norm() -> None:
    content = invitation(OCCASION)
    assert content == invitation(replace(OCCASION))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_the_attachment_says_its_method() -> None:
    file = attachment(OCCASION, Method.CANCEL)
    assert file.name == "rendez-vous.ics"
    assert file.type == "text/calendar; method=CANCEL; charset=utf-8"


@pytest.mark.parametrize("zone", ["UTC", "America/Toronto", "Pacific/Noumea", "Indian/Reunion"])
def test_a_zone_never_moves_the_moment(zone: str) -> None:
    assert event(invitation(replace(OCCASION, zone=zone))).start == OCCASION.starts_at


@given(
    st.integers(-300, 300),
    st.sampled_from(
        [
            ("Europe/Paris", datetime(2026, 3, 29, 1, tzinfo=UTC)),
            ("Europe/Paris", datetime(2026, 10, 25, 1, tzinfo=UTC)),
            ("America/Toronto", datetime(2026, 11, 1, 6, tzinfo=UTC)),
            ("America/Toronto", datetime(2027, 3, 14, 7, tzinfo=UTC)),
            ("Indian/Reunion", datetime(2026, 12, 31, 20, tzinfo=UTC)),
        ]
    ),
)
def test_every_moment_around_a_change_of_hour_reads_back(
    minutes: int, where: tuple[str, datetime]
) -> None:
    zone, change = where
    moment = change + timedelta(minutes=minutes)
    invited = event(invitation(replace(OCCASION, starts_at=moment, zone=zone)))
    assert invited.start.astimezone(UTC) == moment
    assert invited.end.astimezone(UTC) == moment + timedelta(minutes=20)
