"""Who has yet to book: counted and listed in SQL, and told to each candidate in words."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from enrolment import gates, queries
from enrolment.models import GateKind, Stage
from kernel import clock
from scheduling import appointments, booking


def test_who_is_counted_as_yet_to_book_is_who_may(db, make):
    may = set()
    for stage, opened in product(Stage, (True, False, None)):
        candidacy = make.candidacy()
        if stage is Stage.BOOKED:
            make.appointment(candidacy, starts_at=clock.now() + timedelta(days=3))
        candidacy.stage = stage
        if opened is not None:
            gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=opened)
        if booking.may_choose(db, candidacy) is None and not appointments.current(db, candidacy):
            may.add(candidacy.id)
    until = clock.now() + timedelta(days=400)
    page = queries.to_place(db, clock.now(), until, None, 1)
    assert {candidacy.id for candidacy in page.rows} == may
    assert len(may) == len(queries.ready_to_book(db, clock.now())) == 1
