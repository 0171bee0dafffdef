"""The waiting list: joined, left, offered in order, passed on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import letterbox
import pytest
from at_once import at_once
from instants import at_twelve
from query_count import counted
from sqlalchemy import select

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from kernel import clock
from kernel.errors import Forbidden, Refused
from kernel.outbox import OutboxRow
from people.models import User
from scheduling import appointments, booking, occupancy, placing, waiting
from scheduling.daytime import offer_until
from scheduling.models import Occupancy, Waiting

pytestmark = at_twelve  # whatever is counted in hours and days


@pytest.fixture
def certification(make):
    return make.certification()


@pytest.fixture
def waiter(db, make, certification):
    """Make a candidacy that waits since some minutes."""

    def candidacy(minutes: int = 0, **values):
        made = make.candidacy(certification=certification, **values)
        gates.put(db, made, GateKind.WRITTEN_RESULT, is_open=True)
        entry = waiting.join(db, made.candidate.user.actor, made)
        entry.since -= timedelta(minutes=minutes)
        db.flush()
        return made

    return candidacy


def letters(db, template: str = "slot_offered") -> list[tuple[str, bool]]:
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [
        (letterbox.address(db, row.payload), row.payload["context"]["last"])
        for row in rows
        if row.payload.get("template") == template
    ]


def run(db, database, settings) -> int:
    db.commit()
    made = waiting.offer_free(database)
    db.expire_all()
    return made


def one_slot(make, after: timedelta = timedelta(days=3)) -> User:
    """An evaluator who is there for one oral a day, in the afternoon of UTC, and on one day."""
    day = (clock.now() + after).date()
    evaluator = make.evaluator(timezone="UTC")
    make.other_day(evaluator, day, 14 * 60, 14 * 60 + 30)
    return evaluator


def past_the_offer(db, candidacy) -> None:
    entry = waiting.of(db, candidacy)
    clock.move(entry.offer_until - clock.now() + timedelta(seconds=1))


def test_joining_twice_keeps_one_place_and_leaving_gives_it_back(db, waiter):
    first, second = waiter(9), waiter()
    again = waiting.join(db, first.candidate.user.actor, first)
    assert len(db.scalars(select(Waiting)).all()) == 2
    assert [waiting.place_of(db, waiting.of(db, candidacy)) for candidacy in (first, second)] == [
        1,
        2,
    ]
    assert again is waiting.of(db, first)
    waiting.leave(db, first.candidate.user.actor, first)
    waiting.leave(db, first.candidate.user.actor, first)
    assert waiting.of(db, first) is None
    assert waiting.place_of(db, waiting.of(db, second)) == 1


def test_a_place_counts_those_of_the_same_language(db, make, waiter):
    other = make.candidacy(certification=make.certification(language="de"))
    gates.put(db, other, GateKind.WRITTEN_RESULT, is_open=True)
    waiting.join(db, other.candidate.user.actor, other).since -= timedelta(hours=1)
    assert waiting.place_of(db, waiting.of(db, waiter())) == 1


def test_who_may_not_book_may_not_wait(db, make, waiter):
    early = make.candidacy()
    with pytest.raises(Refused, match="test écrit"):
        waiting.join(db, early.candidate.user.actor, early)
    booked = make.appointment(starts_at=clock.now() + timedelta(days=3)).candidacy
    gates.put(db, booked, GateKind.WRITTEN_RESULT, is_open=True)
    with pytest.raises(Refused, match="déjà pris"):
        waiting.join(db, booked.candidate.user.actor, booked)
    mine = waiter()
    for act in (waiting.join, waiting.leave):
        with pytest.raises(Forbidden):
            act(db, early.candidate.user.actor, mine)


def test_the_first_is_offered_what_is_free_and_confirms_it(db, database, make, settings, waiter):
    second, first = waiter(1), waiter(9)
    evaluator = one_slot(make)
    assert run(db, database, settings) == 1
    kept = waiting.offered(db, waiting.of(db, first))
    zone = first.candidate.user.timezone
    assert kept.evaluator_id == evaluator.id
    assert abs(kept.expires_at - offer_until(zone, clock.now())) < timedelta(minutes=1)
    assert waiting.offered(db, waiting.of(db, second)) is None
    assert letters(db) == [(first.candidate.user.email, False)]
    assert run(db, database, settings) == 0
    who, at = first.candidate.user.actor, occupancy.moment_of(kept.start_s)
    # Whoever opens the slot on the page keeps it as long as was promised.
    assert booking.reserve(db, who, first, at).expires_at == kept.expires_at
    made = booking.confirm(db, who, settings, first, at)
    assert (made.starts_at, made.evaluator_id) == (at, evaluator.id)
    assert waiting.of(db, first) is None
    assert run(db, database, settings) == 0


def test_without_an_answer_the_next_is_asked(db, database, make, settings, waiter):
    first, second = waiter(9), waiter(1)
    one_slot(make, timedelta(days=9))
    run(db, database, settings)
    past_the_offer(db, first)
    assert run(db, database, settings) == 1
    assert letters(db) == [
        (first.candidate.user.email, False),
        (second.candidate.user.email, False),
    ]
    assert [waiting.place_of(db, waiting.of(db, candidacy)) for candidacy in (second, first)] == [
        1,
        1,
    ]
    taken = db.scalars(select(Occupancy.candidacy_id)).all()
    assert taken == [second.id]


def test_the_third_letter_is_the_last(db, database, make, settings, waiter):
    only = waiter()
    one_slot(make, timedelta(days=9))
    for _ in range(3):
        assert run(db, database, settings) == 1
        past_the_offer(db, only)
    assert run(db, database, settings) == 0
    assert [last for _, last in letters(db)] == [False, False, True]
    assert waiting.of(db, only) is None
    waiting.join(db, only.candidate.user.actor, only)
    assert run(db, database, settings) == 1


def test_what_is_given_back_goes_to_the_next(db, database, make, settings, waiter):
    first, second = waiter(9), waiter(1)
    one_slot(make)
    run(db, database, settings)
    booking.let_go(db, first.candidate.user.actor, first)
    assert run(db, database, settings) == 1
    assert waiting.offered(db, waiting.of(db, second)) is not None
    assert waiting.of(db, first).offers == 1


def test_an_oral_placed_by_hand_leaves_the_list(db, database, make, settings, waiter):
    first = waiter()
    at = clock.now() + timedelta(days=2)
    placing.place(db, make.coordinator().actor, settings, first, make.evaluator(), at)
    assert waiting.of(db, first) is None


def test_more_time_or_new_hours_bring_an_offer(db, database, make, settings, waiter):
    first = waiter()
    one_slot(make, timedelta(days=40))
    assert run(db, database, settings) == 0
    db.get_one(Candidacy, first.id).window_end += timedelta(days=20)
    assert run(db, database, settings) == 1


def test_nothing_is_offered_before_the_answer_is_due(db, database, make, settings, waiter):
    first = waiter(at_once=True)
    make.hours(make.evaluator())
    run(db, database, settings)
    entry = waiting.of(db, first)
    assert datetime.fromtimestamp(entry.offer_start_s, UTC) >= entry.offer_until


def test_whoever_is_withdrawn_waits_no_more(db, database, make, settings, waiter):
    first = waiter()
    first.stage = "withdrawn"
    make.hours(make.evaluator())
    assert run(db, database, settings) == 0
    assert waiting.of(db, first) is None


def test_two_runs_at_once_make_one_offer(database, db, make, settings, waiter):
    first = waiter()
    entry = waiting.of(db, first).id
    make.hours(make.evaluator())
    db.commit()
    act = partial(waiting.offer_next, number=entry)
    assert at_once(database, act, act, act) == ["done"] * 3
    db.expire_all()
    assert len(letters(db)) == 1
    assert len(db.scalars(select(Occupancy)).all()) == 1


def test_leaving_while_an_offer_is_made_keeps_nothing(database, db, make, settings, waiter):
    first = waiter()
    entry, number, who = waiting.of(db, first).id, first.id, first.candidate.user.actor
    make.hours(make.evaluator())
    db.commit()

    def leave(session) -> None:
        waiting.leave(session, who, session.get_one(Candidacy, number))

    offer = partial(waiting.offer_next, number=entry)
    assert at_once(database, offer, leave) == ["done", "done"]
    db.expire_all()
    assert db.scalars(select(Occupancy)).all() == []
    assert waiting.of(db, db.get_one(Candidacy, number)) is None
    assert appointments.current(db, db.get_one(Candidacy, number)) is None


@pytest.mark.parametrize("most", [1, 3])
def test_while_nothing_is_free_nobody_is_asked_one_by_one(
    db, database, make, settings, waiter, most
):
    make.hours(make.evaluator())
    for _ in range(most):
        waiter(window_end=clock.now() + timedelta(hours=1))
    db.commit()
    with counted(database.engine) as seen:
        assert waiting.offer_free(database) == 0
    assert seen.count == 4
