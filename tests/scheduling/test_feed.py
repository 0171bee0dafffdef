"""The private calendar of an evaluator's orals."""

from __future__ import annotations

from datetime import timedelta

import calendar_oracle
import pytest
from icalendar import Calendar

from kernel import clock
from kernel.errors import NotThere
from scheduling import agendas, changing, feed, placing
from scheduling.models import AppointmentState
from scheduling.occupancy import seconds


def events(content: bytes) -> list[tuple[str, int, str, str]]:
    return [
        (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"]), str(event["SUMMARY"]))
        for event in Calendar.from_ical(content).walk("VEVENT")
    ]


def test_orals_of_a_month_are_given_with_their_state(db, make, settings):
    evaluator = make.evaluator()
    made = make.agenda(evaluator)
    now = clock.now()
    coming = make.appointment(evaluator=evaluator, starts_at=now + timedelta(days=3))
    past = make.appointment(
        evaluator=evaluator, starts_at=now - timedelta(days=29), state=AppointmentState.HELD
    )
    make.appointment(
        evaluator=evaluator, starts_at=now - timedelta(days=31), state=AppointmentState.HELD
    )
    make.appointment(starts_at=now + timedelta(days=3))
    gone = make.appointment(evaluator=evaluator, starts_at=now + timedelta(days=5))
    changing.send_back(db, evaluator.actor, settings, gone, "ill")
    db.flush()
    words = "Oral · Anglais d'essai · Camille D."
    content = feed.of(db, settings, made.feed)
    assert events(content) == [
        (past.uid, 0, "CONFIRMED", words),
        (coming.uid, 0, "CONFIRMED", words),
        (gone.uid, 1, "CANCELLED", words),
    ]
    assert b"Delaunay" not in content
    assert feed.of(db, settings, made.feed) == content


def test_ical_js_reads_the_feed_at_the_same_moments(db, make, settings):
    evaluator = make.evaluator(timezone="Africa/Casablanca")
    made = make.agenda(evaluator)
    months = [clock.now() + timedelta(days=30 * number, hours=1) for number in range(13)]
    orals = [make.appointment(evaluator=evaluator, starts_at=moment) for moment in months]
    text = feed.of(db, settings, made.feed).decode()
    [answer] = calendar_oracle.busy([{"text": text, "from": 0, "until": 1 << 32}])
    assert answer == [(seconds(oral.starts_at), seconds(oral.ends_at)) for oral in orals]


def test_what_a_colleague_took_over_leaves_a_trace_for_a_month(db, make, settings):
    certification = make.certification()
    first, second = (make.hours(make.evaluator(timezone="UTC")) for _ in range(2))
    feeds = [make.agenda(evaluator).feed for evaluator in (first, second)]
    at = (clock.now() + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = make.appointment(make.candidacy(certification=certification), first, at)
    coordinator, words = make.coordinator().actor, "Oral · Anglais d'essai · Camille D."
    placing.move(db, coordinator, settings, made, first, at + timedelta(hours=1), "earlier")
    changing.hand_over(db, first.actor, settings, made, "flu")
    placing.move(db, coordinator, settings, made, second, at + timedelta(hours=2), "later")
    db.flush()

    def starts(number: int) -> list:
        content = feed.of(db, settings, feeds[number])
        return [event["DTSTART"].dt for event in Calendar.from_ical(content).walk("VEVENT")]

    assert events(feed.of(db, settings, feeds[0])) == [(made.uid, 2, "CANCELLED", words)]
    assert starts(0) == [at + timedelta(hours=1)]  # where it stood in their calendar
    assert events(feed.of(db, settings, feeds[1])) == [(made.uid, 3, "CONFIRMED", words)]
    assert starts(1) == [at + timedelta(hours=2)]
    changing.hand_over(db, second.actor, settings, made, "flu", to=first)
    db.flush()
    assert events(feed.of(db, settings, feeds[0])) == [(made.uid, 4, "CONFIRMED", words)]
    assert events(feed.of(db, settings, feeds[1])) == [(made.uid, 4, "CANCELLED", words)]
    clock.move(at + timedelta(days=30, hours=4) - clock.now())
    assert [events(feed.of(db, settings, address)) for address in feeds] == [[], []]


def test_an_address_that_was_changed_leads_nowhere(db, make, settings):
    evaluator = make.evaluator()
    former = make.agenda(evaluator).feed
    agendas.rotate_feed(db, evaluator.actor, evaluator)
    db.flush()
    present = agendas.of(db, evaluator).feed
    assert len(present) == 43
    assert events(feed.of(db, settings, present)) == []
    for wrong in (former, "", "x", present[:-1]):
        with pytest.raises(NotThere):
            feed.of(db, settings, wrong)
    evaluator.active = False
    db.flush()
    with pytest.raises(NotThere):
        feed.of(db, settings, present)
