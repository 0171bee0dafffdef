from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kernel import clock, live, pulse
from kernel.live import LiveEvent


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
