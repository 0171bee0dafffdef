"""Words to watches: when nothing follows from one, and how many are written by one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from query_count import counted
from sqlalchemy import select

from kernel import clock
from proctor import hearing
from proctor.models import Decision, ProctorSession

ON = {"camera": "on", "microphone": "on"}
SILENCE_S = 30
pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def watch(make) -> ProctorSession:
    """A watch whose page told all that it should, a moment ago."""
    now = clock.now()
    return make.proctor_session(
        token_hash="x",
        watch=dict(ON),
        heard_at=now,
        told_at=now,
        held_since=now - timedelta(minutes=10),
        picture_due_at=now + timedelta(minutes=2),
    )


def uneventful(watch, seconds=5.0, told=ON, silence_s=SILENCE_S) -> bool:
    moment = watch.heard_at + timedelta(seconds=seconds)
    return hearing.is_uneventful(watch, moment, silence_s, told)


def test_a_word_in_rhythm_that_tells_nothing_new_is_uneventful(watch):
    assert uneventful(watch)
    assert uneventful(watch, told=None)


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": 9},
        {"silence_s": 10},
        {"told": ON | {"camera": "off"}},
        {"told": {}},
    ],
)
def test_what_comes_late_or_tells_something_is_not(watch, change):
    assert not uneventful(watch, **change)


def test_neither_is_what_comes_when_something_begins_or_ends_to_lack(watch):
    watch.picture_due_at = watch.heard_at
    assert not uneventful(watch)
    watch.lasting = {"no_picture": 1}
    assert uneventful(watch)
    watch.picture_due_at = watch.heard_at + timedelta(minutes=1)
    assert not uneventful(watch)


def test_words_may_wait_until_the_next_thing_falls_due(watch):
    moment = watch.heard_at
    assert hearing.until(watch, moment) == watch.picture_due_at
    watch.held_since = moment
    assert hearing.until(watch, moment) == moment + timedelta(minutes=1)
    watch.held_since = watch.picture_due_at = None
    assert hearing.until(watch, moment) is None


@pytest.mark.parametrize("many", [1, 4])
def test_one_statement_for_many(db, database, make, many):
    watches = [make.proctor_session(token_hash=f"token {number}") for number in range(many)]
    db.commit()
    at = clock.now() + timedelta(seconds=5)
    words = [hearing.Word(watch.id, watch.token_hash, at, told=True) for watch in watches]
    with counted(database.engine) as asked:
        assert hearing.keep(db, words) == {watch.id for watch in watches}
    assert asked.count == 1
    assert (
        db.execute(select(ProctorSession.heard_at, ProctorSession.told_at)).all()
        == [(at, at)] * many
    )


def test_nothing_is_kept_of_who_does_not_hold_a_watch_that_is_on(db, make):
    at = clock.now() + timedelta(seconds=5)
    other = make.proctor_session(token_hash="another")
    void = make.proctor_session(token_hash="x", decision=Decision.VOID)
    ended = make.proctor_session(token_hash="x", watched_until=clock.now())
    silent = make.proctor_session(token_hash="x")
    db.commit()
    watches = (other, void, ended, silent)
    words = [hearing.Word(watch.id, "x", at, told=False) for watch in watches]
    assert hearing.keep(db, words) == {silent.id}
    assert db.execute(
        select(ProctorSession.heard_at, ProctorSession.told_at).where(
            ProctorSession.id == silent.id
        )
    ).one() == (at, None)
