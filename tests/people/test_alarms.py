from __future__ import annotations

from datetime import timedelta

import letterbox

from kernel import clock, disk
from people import alarms


def _told(db, settings) -> list[tuple[str, str]]:
    db.flush()
    return [(letter.template, letter.to.email) for letter in letterbox.written(db, settings)]


def test_each_coordinator_is_told_once_a_day_that_the_disk_is_full(db, make, settings):
    first, other = make.coordinator(), make.coordinator()
    make.coordinator(active=False)
    make.evaluator()
    full = settings.model_copy(update={"disk_least_gb": 10**9})
    alarms.watch_disk(db, settings.model_copy(update={"disk_least_gb": 0.0}))
    assert _told(db, settings) == []
    alarms.watch_disk(db, full)
    alarms.watch_disk(db, full)
    assert sorted(_told(db, settings)) == sorted(
        ("disk_low", user.email) for user in (first, other)
    )
    clock.move(timedelta(days=1))
    alarms.watch_disk(db, full)
    assert len(_told(db, settings)) == 4


def test_what_is_free_is_read_where_files_will_lie(settings):
    assert not settings.storage.exists()
    assert disk.free(settings) > 0
