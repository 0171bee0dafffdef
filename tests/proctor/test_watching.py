"""The watch over a written test: opened once, fed without repeats, closed in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.live import LiveEvent
from proctor import watching
from proctor.models import Decision, ProctorSession, Signal, SignalKind
from proctor.reports import Report

MOST = 30


def told(*given: dict) -> list[Report]:
    return [Report.model_validate(row) for row in given]


@pytest.fixture
def candidacy(make):
    return make.candidacy()


@pytest.fixture
def me(candidacy):
    return candidacy.candidate.user.actor


@pytest.fixture
def session(db, settings, me, candidacy):
    return watching.open_session(db, me, candidacy, {"faces": "worker"})


def signals(db) -> list[Signal]:
    return list(db.scalars(select(Signal).order_by(Signal.id)))


def test_a_watch_is_opened_once_and_holds_the_result_back(db, me, candidacy, session):
    gate = gates.find(db, candidacy, GateKind.PROCTORING)
    assert (gate.open, gate.detail) == (False, "undecided")
    again = watching.open_session(db, me, candidacy, {"faces": "no_worker"}, room_note=" Seul ")
    assert again is session
    assert (session.watch, session.room_note) == ({"faces": "no_worker"}, "Seul")
    assert db.scalars(select(AuditEntry.act)).all() == ["proctoring.open"]
    topics = set(db.scalars(select(LiveEvent.topic)))
    assert topics == {f"proctoring:{session.id}", "proctoring:all"}


def test_after_a_void_one_the_next_test_has_a_watch_of_its_own(db, make, me, candidacy, session):
    watching.leave(db, me, session)
    session.decision, session.decided_at = Decision.VOID, clock.now()
    other = watching.open_session(db, me, candidacy, {})
    assert other.id != session.id
    assert gates.find(db, candidacy, GateKind.PROCTORING).detail == "undecided"


def test_only_the_candidate_opens_feeds_and_leaves(db, make, candidacy, session):
    for stranger in (make.candidacy().candidate.user, make.coordinator(), make.evaluator()):
        with pytest.raises(Forbidden):
            watching.open_session(db, stranger.actor, candidacy, {})
        with pytest.raises(Forbidden):
            watching.report(db, stranger.actor, session, [], MOST)
        with pytest.raises(Forbidden):
            watching.leave(db, stranger.actor, session)
    assert session.closed_at is None


@pytest.mark.parametrize(
    "watch",
    [{"faces": ["a"]}, {"Faces": "x"}, {"faces": "x" * 201}, {f"k{n}": 1 for n in range(25)}],
)
def test_what_runs_is_read_strictly(db, me, candidacy, watch):
    with pytest.raises(Invalid):
        watching.open_session(db, me, candidacy, watch)
    assert db.scalars(select(ProctorSession)).all() == []


def test_a_silence_of_the_page_is_noted_with_its_length(db, session):
    began = session.heard_at
    clock.move(timedelta(seconds=20))
    watching.heard(db, session, 30)
    assert signals(db) == []
    clock.move(timedelta(seconds=45))
    watching.heard(db, session, 30)
    db.flush()
    (signal,) = signals(db)
    assert signal.kind is SignalKind.SILENCE_OF_PAGE
    assert signal.at - began >= timedelta(seconds=20)
    assert 44 < (signal.until - signal.at).total_seconds() < 60
    assert session.heard_at == signal.until


def test_the_same_key_adds_nothing_and_may_tell_how_long_it_lasted(db, me, session):
    clock.move(timedelta(minutes=5))
    first = {"key": "a", "kind": "no_face", "ago": 60}
    assert watching.report(db, me, session, told(first), MOST) == 1
    clock.move(timedelta(seconds=20))
    again = {"key": "a", "kind": "no_face", "ago": 80, "lasted": 30}
    assert watching.report(db, me, session, told(again, again), MOST) == 0
    (signal,) = signals(db)
    assert (signal.until - signal.at).total_seconds() == pytest.approx(30, abs=2)


def test_the_page_s_clock_is_never_asked_and_nothing_lies_outside_of_the_session(db, me, session):
    clock.move(timedelta(minutes=1))
    given = [
        {"key": "long-ago", "kind": "copy", "ago": 80_000, "detail": {"characters": 12}},
        {"key": "now", "kind": "paste", "ago": 0, "lasted": 500},
    ]
    watching.report(db, me, session, told(*given), MOST)
    early, late = signals(db)
    assert (early.at, early.detail) == (session.opened_at, {"characters": 12})
    assert late.until <= clock.now()


def test_too_many_a_minute_are_counted_in_the_last(db, me, session):
    many = [{"key": f"k{n}", "kind": "tab_left", "ago": 0} for n in range(50)]
    assert watching.report(db, me, session, told(*many), 10) == 10
    further = {"key": "z", "kind": "tab_left", "ago": 0}
    assert watching.report(db, me, session, told(further), 10) == 0
    kept = signals(db)
    assert len(kept) == 10
    assert [signal.detail for signal in kept] == [{}] * 9 + [{"more": 41}]
    clock.move(timedelta(seconds=61))
    assert watching.report(db, me, session, told(further | {"key": "y"}), 10) == 1


def test_what_comes_late_is_taken_until_somebody_decided(db, me, session):
    watching.leave(db, me, session)
    watching.leave(db, me, session)
    clock.move(timedelta(minutes=2))
    late = {"key": "a", "kind": "voice", "ago": 0}
    assert watching.report(db, me, session, told(late), MOST) == 1
    assert signals(db)[0].at == session.closed_at
    session.decision = Decision.CLEAR
    with pytest.raises(Refused):
        watching.report(db, me, session, told(late | {"key": "b"}), MOST)
    acts = db.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["proctoring.open", "proctoring.leave"]
    assert session.left_by_candidate


def test_a_watch_that_nothing_is_heard_of_is_closed(db, session):
    last = session.heard_at
    clock.move(timedelta(minutes=119))
    assert watching.close_silent(db, 2) == 0
    clock.move(timedelta(minutes=2))
    assert watching.close_silent(db, 2) == 1
    assert watching.close_silent(db, 2) == 0
    assert (session.closed_at, session.left_by_candidate) == (last, False)
    watching.heard(db, session, 30)
    assert signals(db) == []
