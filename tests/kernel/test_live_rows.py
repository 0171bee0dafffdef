from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, live, pulse
from kernel.live import Announcement, LiveEvent


def test_events_wait_in_order_until_emitted_then_are_forgotten(db, settings):
    live.publish(db, "interview:1")
    live.publish(db, "interview:2", "left", role="candidate")
    db.flush()
    waiting = live.pending(db)
    assert [(e.topic, e.name, e.payload) for e in waiting] == [
        ("interview:1", "changed", {}),
        ("interview:2", "left", {"role": "candidate"}),
    ]
    waiting[0].emitted_at = clock.now()
    db.flush()
    assert [e.topic for e in live.pending(db)] == ["interview:2"]
    clock.move(timedelta(hours=2))
    live.forget(db)
    assert [e.topic for e in db.scalars(select(LiveEvent))] == ["interview:2"]


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_the_process_that_emits_writes_no_rows_and_tells_what_it_committed(database, ends):
    with database.session() as db:
        live.gather(db)
        assert db.scalars(select(LiveEvent)).all() == []
        live.publish(db, "interview:1", "left", role="candidate")
        with db.begin_nested():
            live.publish(db, "interview:2")
        db.begin_nested().rollback()
        getattr(db, ends)()
        told = [
            Announcement("interview:1", "left", {"role": "candidate"}),
            Announcement("interview:2", "changed", {}),
        ]
        assert live.gathered(db) == (told if ends == "commit" else [])
        assert live.gathered(db) == []
        assert db.scalars(select(LiveEvent)).all() == []


def test_a_process_lives_by_its_beats_in_real_time(db, settings):
    assert pulse.alive(db, "jobs") is False
    pulse.beat(db, "jobs")
    db.flush()
    assert pulse.alive(db, "jobs") is True
    clock.move(timedelta(days=3))
    assert pulse.alive(db, "jobs") is True
    row = db.get_one(pulse.Pulse, "jobs")
    row.at -= timedelta(seconds=16)
    assert pulse.alive(db, "jobs") is False
