"""How much evaluators can take: hours, bookings, free slots, in a constant number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from instants import at_twelve
from query_count import counted

from kernel import clock
from kernel.levels import Level
from people.languages import Language
from people.models import Accreditation
from scheduling import capacity
from scheduling.models import AppointmentState

pytestmark = at_twelve  # whatever is counted in hours and days


@pytest.fixture
def week():
    """From midnight in Paris, three days ahead, to seven days later: beyond any notice."""
    day = clock.now().date() + timedelta(days=3)
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=7)


def test_hours_bookings_and_what_still_fits(make, db, week):
    start, end = week
    certification = make.certification()
    evaluator = make.hours(make.evaluator(timezone="UTC"), 9 * 60, 11 * 60)  # four of 30 minutes
    make.appointment(make.candidacy(certification=certification), evaluator, start.replace(hour=9))
    make.appointment(
        make.candidacy(certification=certification),
        evaluator,
        start.replace(hour=10),
        state=AppointmentState.CANCELLED,
    )
    outlook = capacity.look(db, start, end)
    booked, fit = outlook.days("UTC")
    assert dict(booked) == {(evaluator.id, start.date()): 1}
    assert [fit[evaluator.id, start.date() + timedelta(days=n)] for n in range(8)] == [
        *(3, 4, 4, 4, 4, 4, 4, 0)
    ]
    assert len(outlook.opened) == 7
    assert [
        (m.id, m.active, [(right.language, right.level) for right in m.rights])
        for m in outlook.members
    ] == [(evaluator.id, True, [(Language.EN, Level.C2)])]


def test_no_more_fit_than_an_evaluator_takes_on_a_day(make, db, week):
    start, end = week
    make.certification()
    evaluator = make.hours(make.evaluator(timezone="UTC"), 9 * 60, 17 * 60)
    make.agenda(evaluator, daily_most=2, buffer_minutes=10)
    make.appointment(make.candidacy(), evaluator, start.replace(hour=9))
    _booked, fit = capacity.look(db, start, end).days("UTC")
    assert [fit[evaluator.id, start.date() + timedelta(days=n)] for n in (0, 1)] == [1, 2]


def test_notice_language_and_a_closed_account_leave_nothing_free(make, db):
    make.certification()
    make.hours(make.evaluator(Language.DE))
    make.hours(make.evaluator(active=False))
    outlook = capacity.look(db, clock.now(), clock.now() + timedelta(days=3))
    assert (len(outlook.free), len(outlook.members)) == (0, 2)
    make.hours(make.evaluator(timezone="UTC"))
    soon = capacity.look(db, clock.now(), clock.now() + timedelta(hours=23))
    assert (len(soon.free), len(soon.opened) > 0) == (0, True)


def test_an_accreditation_counts_on_its_own_days_alone(make, db, week):
    start, end = week
    day = start.date()
    make.certification()
    make.certification(language=Language.DE)
    evaluator = make.hours(make.evaluator(timezone="UTC"), 9 * 60, 10 * 60)  # two of 30 minutes
    evaluator.accreditations[0].valid_until = day + timedelta(days=1)
    since = day + timedelta(days=5)
    db.add(
        Accreditation(
            evaluator_id=evaluator.id, language=Language.DE, max_level=Level.B1, valid_from=since
        )
    )
    db.flush()
    outlook = capacity.look(db, start, end)
    _booked, fit = outlook.days("UTC")
    assert [fit[evaluator.id, day + timedelta(days=n)] for n in range(7)] == [2, 2, 0, 0, 0, 2, 2]


def test_no_evaluator_is_no_fault(db, week):
    outlook = capacity.look(db, *week)
    assert (outlook.members, len(outlook.opened), len(outlook.booked), len(outlook.free)) == (
        [],
        0,
        0,
        0,
    )


@pytest.mark.parametrize("many", [1, 3])
def test_the_same_number_of_queries_for_many(make, db, database, week, many):
    certification = make.certification()
    for hour in range(many):
        evaluator = make.hours(make.evaluator())
        candidacy = make.candidacy(certification=certification)
        make.appointment(candidacy, evaluator, week[0].replace(hour=9 + hour))
    db.flush()
    db.expire_all()
    with counted(database.engine) as sent:
        capacity.look(db, *week).days("Europe/Paris")
    assert sent.count == 8
