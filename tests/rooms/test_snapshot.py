"""The state and the lists: what they cost, with one interview and with many."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select, text
from twins import on_sqlite

from kernel import clock
from rooms import chat, content_sets, incidents, queries, snapshot
from rooms.models import Card, CardUse, DeviceClaim, Interview, InterviewState, PartRun
from rubrics.models import Performance, PerformanceKind
from scheduling.models import Appointment, AppointmentState


class Count:
    """Counts the statements that a database is asked."""

    def __init__(self, database) -> None:
        self.engine, self.statements = database.engine, []

    def __enter__(self) -> Count:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _c, _cursor, statement, *_rest) -> None:
        self.statements.append(statement)


def _fill(db, make, settings, interview, lines: int) -> None:
    """Give an oral a past: parts, cards, lines of chat, incidents."""
    people = (interview.appointment.evaluator, interview.appointment.candidacy.candidate.user)
    for user in people:
        claim = DeviceClaim(
            interview_id=interview.id,
            user_id=user.id,
            device="device-one",
            claimed_at=clock.now(),
            seen_at=clock.now(),
        )
        db.add(claim)
    kept = Card.set_id == interview.content_set_id
    role_plays = db.scalars(select(Card).where(kept, Card.part == 2).limit(lines)).all()
    for number, card in enumerate(role_plays):
        db.add(PartRun(interview_id=interview.id, part=number + 1, started_at=clock.now()))
        db.add(
            CardUse(
                interview_id=interview.id,
                card_id=card.id,
                candidate_id=interview.appointment.candidacy.candidate_id,
                part=2,
                dealt_at=clock.now(),
            )
        )
        chat.say(db, people[0].actor, interview, f"line-{number}", "bonjour")
        incidents.report_problem(db, people[1].actor, settings, interview, "grésillement")
    db.flush()


@pytest.mark.parametrize("look", [snapshot.for_evaluator, snapshot.for_candidate])
def test_a_state_costs_the_same_with_one_line_and_with_three(database, db, make, settings, look):
    counts = []
    for lines in (1, 3):
        interview = make.interview(state=InterviewState.RUNNING, part=2)
        _fill(db, make, settings, interview, lines)
        number = interview.id
        content_sets.script(interview.content_set)  # read once a process
        db.commit()
        db.expunge_all()
        again = queries.whole(db, number)
        with Count(database) as count:
            state = look(db, again, clock.now(), "device-one").sent()
        counts.append(len(count.statements))
        assert (len(state["chat"]), state["card"] is None) == (
            2 * lines,  # as many problems are said there
            look is snapshot.for_candidate,
        )
    assert counts == {snapshot.for_evaluator: [11, 11], snapshot.for_candidate: [12, 12]}[look]


@pytest.fixture
def many(db, make):
    """Ten thousand interviews of twenty evaluators, written straight into the tables."""
    evaluators = [make.evaluator() for _ in range(20)]
    candidacy = make.candidacy()
    rubric, now = make.rubric(), clock.now()
    content_set = content_sets.published(db, "en-1")
    numbers = range(1, 10_001)
    starts = [now + timedelta(minutes=30 * (number // 20 - 400)) for number in numbers]
    db.execute(
        insert(Appointment),
        [
            {
                "id": number,
                "candidacy_id": candidacy.id,
                "evaluator_id": evaluators[number % 20].id,
                "starts_at": start,
                "ends_at": start + timedelta(minutes=30),
                "state": AppointmentState.HELD if start < now else AppointmentState.PLANNED,
                "uid": uuid4().hex,
                "created_at": now,
            }
            for number, start in zip(numbers, starts, strict=True)
        ],
    )
    db.execute(
        insert(Performance),
        [
            {
                "id": number,
                "kind": PerformanceKind.INTERVIEW,
                "rubric_id": rubric.id,
                "language": "en",
                "candidacy_id": candidacy.id,
                "created_at": now,
            }
            for number in numbers
        ],
    )
    db.execute(
        insert(Interview),
        [
            {
                "id": number,
                "appointment_id": number,
                "performance_id": number,
                "state": InterviewState.ENDED if start < now else InterviewState.PLANNED,
                "room": f"room-{number}",
                "content_set_id": content_set.id,
            }
            for number, start in zip(numbers, starts, strict=True)
        ],
    )
    db.commit()
    return evaluators


@on_sqlite
def test_ten_thousand_interviews_cost_no_more_statements(database, db, many):
    me, now = many[3].id, clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    db.expunge_all()
    with Count(database) as count:
        day = queries.today(db, me, midnight, midnight + timedelta(days=1))
    assert (len(count.statements), {oral.appointment.evaluator_id for oral in day}) == (1, {me})
    assert [oral.appointment.starts_at for oral in day] == sorted(
        oral.appointment.starts_at for oral in day
    )
    with Count(database) as count:
        coming = queries.coming(db, me, now)
    assert (len(count.statements), len(coming)) == (1, 50)
    with Count(database) as count:
        past = queries.past(db, me, now, 2)
    assert (len(count.statements), len(past.rows), past.pages) == (2, 50, past.total // 50 + 1)
    plan = db.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT interview.id FROM interview JOIN appointment ON "
            "appointment.id = interview.appointment_id WHERE appointment.evaluator_id = :me AND "
            "appointment.starts_at >= :now ORDER BY appointment.starts_at LIMIT 50"
        ),
        {"me": me, "now": now.replace(tzinfo=None)},
    ).all()
    assert "ix_appointment_evaluator_start" in plan[0][3]
    assert not [row for row in plan if row[3].startswith("SCAN")]


def test_what_a_waiting_candidate_is_told_of_the_evaluator(db, make):
    evaluator = make.evaluator()
    soon = make.interview(make.appointment(evaluator=evaluator))
    other = make.interview(
        make.appointment(evaluator=evaluator, starts_at=clock.now() - timedelta(hours=1)),
        state=InterviewState.RUNNING,
        part=1,
        waiting_since=clock.now(),
    )
    now = clock.now()

    def told(moment) -> str:
        return snapshot.for_candidate(db, soon, moment).sent()["evaluator"]["status"]

    assert told(now) == "not_yet"
    assert told(now + timedelta(minutes=31)) == "late"
    assert told(now + timedelta(hours=1)) == "absent"
    values = {"user_id": evaluator.id, "device": "device-one", "claimed_at": now, "seen_at": now}
    db.add(DeviceClaim(interview_id=other.id, **values))
    assert told(now) == "with_another"
    db.add(DeviceClaim(interview_id=soon.id, **values))
    assert told(now) == "here"
    assert told(now + timedelta(seconds=20)) == "not_yet"
