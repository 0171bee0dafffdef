from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock
from kernel.settings import Settings


@pytest.fixture(autouse=True)
def _still():
    yield
    clock.use(None)


def test_a_clock_without_a_file_is_real_and_cannot_be_moved():
    clock.use(None)
    assert clock.offset() == timedelta()
    with pytest.raises(PermissionError):
        clock.move(timedelta(hours=1))


def test_moves_add_up_and_every_process_reads_them(tmp_path):
    file = tmp_path / "deep" / "clock-offset"
    clock.use(file)
    clock.move(timedelta(hours=23))
    clock.move(timedelta(minutes=-30))
    assert clock.offset() == timedelta(hours=22, minutes=30)
    clock.use(file)  # as another process would
    assert clock.offset() == timedelta(hours=22, minutes=30)
    ahead = clock.now() - datetime.now(UTC)
    assert timedelta(hours=22, minutes=29) < ahead <= timedelta(hours=22, minutes=30)


def test_an_installation_that_serves_has_no_clock_file(tmp_path):
    assert Settings(mode="serve", var=tmp_path).clock_file is None
    assert Settings(mode="demo", var=tmp_path).clock_file == tmp_path / "clock-offset"
