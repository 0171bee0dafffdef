from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kernel import clock, disk
from kernel.outbox import OutboxRow
from people import alarms


def _told(db) -> list[tuple[str, str]]:
    db.flush()
    rows = db.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.payload["template"], row.payload["to"]["email"]) for row in rows]


def test_each_coordinator_is_told_once_a_day_that_the_disk_is_full(db, make, settings):
    one, other = make.coordinator(), make.coordinator()
    make.coordinator(active=False)
    make.evaluator()
    full = settings.model_copy(update={"disk_least_gb": 10**9})
    alarms.watch_disk(db, settings.model_copy(update={"disk_least_gb": 0.0}))
    assert _told(db) == []
    alarms.watch_disk(db, full)
    alarms.watch_disk(db, full)
    assert sorted(_told(db)) == sorted(("disk_low", user.email) for user in (one, other))
    clock.move(timedelta(days=1))
    alarms.watch_disk(db, full)
    assert len(_told(db)) == 4


def test_what_is_free_is_read_where_files_will_lie(settings):
    assert not settings.storage.exists()
    assert disk.free(settings) > 0
