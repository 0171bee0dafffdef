"""Snapshots: encrypted, each once, no more than so many, gone in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pictures import jpeg
from sqlalchemy import select

from enrolment import gates
from enrolment.models import CandidacyMove, GateKind, Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, NotThere, Refused
from kernel.storage import from_settings
from proctor import policy, snapshots, watching
from proctor.jobs import purge_snapshots
from proctor.models import Decision, Snapshot

EVERY = timedelta(seconds=300)


@pytest.fixture
def storage(settings):
    return from_settings(settings)


@pytest.fixture
def session(make):
    return make.proctor_session()


@pytest.fixture
def add(db, storage, session):
    me = session.candidacy.candidate.user.actor

    def add_still(key="a", why="random", data=None, actor=me, to=session, ago=0.0, **limits):
        most = policy.Pictures(**{"most": 80, "most_bytes": 10**8, "every": EVERY} | limits)
        return snapshots.add_snapshot(
            db, actor, storage, to, key, why, ago, data or jpeg(640, 480), most
        )

    return add_still


def test_a_snapshot_is_encrypted_and_kept_once(db, storage, session, add):
    first = add(ago=60)
    assert add(data=jpeg(320, 240)) is first
    (name,) = storage.names("snapshots")
    assert name == first.storage_key
    assert b"JFIF" not in (storage.root / name).read_bytes()
    assert snapshots.picture(storage, first) == jpeg(640, 480)
    assert (clock.now() - first.at).total_seconds() == pytest.approx(60, abs=5)
    assert db.scalars(select(AuditEntry.act)).all() == ["proctoring.snapshot"]


def test_what_is_no_picture_is_refused_and_leaves_nothing(db, storage, add, make):
    for data in (b"GIF89a", jpeg()[:-2], jpeg() + b"\x00" * 4 * 1024 * 1024):
        with pytest.raises(Invalid):
            add(data=data)
    for wrong in ({"why": "gaze"}, {"key": "../x"}):
        with pytest.raises(Invalid):
            add(**wrong)
    with pytest.raises(Forbidden):
        add(actor=make.coordinator().actor)
    assert storage.names("snapshots") == []
    assert db.scalars(select(Snapshot)).all() == []


def test_there_are_no_more_than_so_many_and_none_after_the_decision(session, add):
    add("a", most=2)
    add("b", most=2)
    with pytest.raises(Refused):
        add("c", most=2)
    assert add("a", most=2).key == "a"
    session.decision = Decision.CLEAR
    with pytest.raises(Refused):
        add("d")


def test_the_quota_is_the_candidacy_s_and_returns_do_not_reset_it(db, make, session, add):
    add("a", most=3)
    session.closed_at = clock.now()
    again = make.proctor_session(session.candidacy)
    add("b", most=3, to=again)
    again.closed_at = clock.now()
    third = make.proctor_session(session.candidacy)
    add("c", most=3, to=third)
    with pytest.raises(Refused):
        add("d", most=3, to=third)
    third.decision, third.closed_at = Decision.VOID, clock.now()
    assert add("f", most=3, to=make.proctor_session(session.candidacy)).size > 0


def test_bytes_are_counted_too_and_nothing_is_stored_of_what_is_refused(db, storage, session, add):
    size = len(jpeg(640, 480))
    add("a", most_bytes=2 * size)
    add("b", most_bytes=2 * size)
    with pytest.raises(Refused):
        add("c", most_bytes=3 * size - 1)
    assert len(storage.names("snapshots")) == 2


def test_nothing_is_taken_into_a_closed_watch(db, storage, session, add):
    watching.end(db, session)
    assert add("late").key == "late"  # taken before the last answer, on its way meanwhile
    session.closed_at = clock.now()
    with pytest.raises(Refused):
        add("a")
    assert len(storage.names("snapshots")) == 1


def validated(db, candidacy, days_ago: int) -> None:
    candidacy.stage = Stage.VALIDATED
    db.add(
        CandidacyMove(
            candidacy_id=candidacy.id,
            from_stage=Stage.COMPLETE,
            to_stage=Stage.VALIDATED,
            at=clock.now() - timedelta(days=days_ago),
        )
    )
    db.flush()


def test_it_is_gone_three_months_after_the_results(db, settings, storage, session, add):
    still = add()
    validated(db, session.candidacy, 0)
    clock.move(timedelta(days=88))
    assert purge_snapshots(db, storage, settings) == 0
    clock.move(timedelta(days=5))
    assert purge_snapshots(db, storage, settings) == 1
    assert purge_snapshots(db, storage, settings) == 0
    assert (storage.names("snapshots"), still.storage_key) == ([], None)
    assert still.purged_at is not None
    with pytest.raises(NotThere):
        snapshots.picture(storage, still)


def test_a_hold_stops_the_clock(db, settings, storage, session, add):
    add()
    validated(db, session.candidacy, 0)
    gates.put(db, session.candidacy, GateKind.WITHHELD, is_open=True, detail="litigation")
    clock.move(timedelta(days=200))
    assert purge_snapshots(db, storage, settings) == 0
    gates.put(db, session.candidacy, GateKind.WITHHELD, is_open=False, detail="litigation")
    assert purge_snapshots(db, storage, settings) == 1


def test_without_results_it_lives_a_year_and_strays_a_day(db, settings, storage, session, add):
    add()
    storage.put(f"snapshots/{int(clock.now().timestamp()):x}-stray.jpg", b"x")
    clock.move(timedelta(hours=23))
    assert purge_snapshots(db, storage, settings) == 0
    clock.move(timedelta(hours=2))
    assert purge_snapshots(db, storage, settings) == 1
    clock.move(timedelta(days=363))
    assert purge_snapshots(db, storage, settings) == 0
    clock.move(timedelta(days=2))
    assert purge_snapshots(db, storage, settings) == 1
