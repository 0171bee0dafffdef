import asyncio
import os
from pathlib import Path

import pytest
from event_loop import run

from rooms.engines import FactKind
from rooms.media import facts
from rooms.media.facts import FactLog


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def cut(file: Path) -> None:
    """Leave half a line at the end, as a power cut does."""
    file.write_bytes(file.read_bytes() + b'{"seq": 99, "ki')


def test_numbers_go_on_after_a_restart_and_a_cut_line(tmp_path: Path) -> None:
    async def act() -> None:
        first = FactLog(tmp_path)
        first.add(FactKind.PEER_UP, "oral", "a", role="candidate")
        first.add(FactKind.PEER_DOWN, "oral", "a", role="candidate", why="left")
        last = first.last
        first.close()
        (file,) = files(tmp_path)
        cut(file)
        second = FactLog(tmp_path)
        second.add(FactKind.ROOM_CLOSED, "oral")
        told = await second.after(0, 0)
        assert [fact["seq"] for fact in told] == [last - 1, last, last + 1]
        assert told[0]["instance"] != told[2]["instance"]
        assert await second.after(last, 0) == told[2:]

    run(act())


def test_a_lost_folder_does_not_make_the_numbers_go_back(tmp_path: Path) -> None:
    async def act() -> None:
        first = FactLog(tmp_path / "one")
        first.add(FactKind.ROOM_CLOSED, "oral")
        second = FactLog(tmp_path / "two")
        second.add(FactKind.ROOM_CLOSED, "oral")
        assert second.last >= first.last

    run(act())


def test_files_go_once_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "FACTS_A_FILE", 10)
    monkeypatch.setattr(facts, "KEPT_IN_MEMORY", 5)

    async def act() -> None:
        log = FactLog(tmp_path)
        first = log.last + 1
        for _ in range(35):
            log.add(FactKind.ROOM_CLOSED, "oral")
        told = await log.after(0, 0)  # older than memory: from the files
        assert len(files(tmp_path)) == 4
        assert [fact["seq"] for fact in told] == list(range(first, first + 35))
        assert await log.after(first + 24, 0) == told[25:]
        assert len(files(tmp_path)) == 2
        log.close()
        again = FactLog(tmp_path)
        assert again.last == first + 34

    run(act())


def test_a_batch_is_bounded_and_waiting_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "BATCH", 3)

    async def act() -> None:
        log = FactLog(tmp_path)
        for _ in range(5):
            log.add(FactKind.ROOM_CLOSED, "oral")
        first = await log.after(0, 0)
        assert len(first) == 3
        assert len(await log.after(first[-1]["seq"], 0)) == 2
        assert await log.after(log.last, 0.01) == []
        waiting = asyncio.create_task(log.after(log.last, 10))
        await asyncio.sleep(0)
        log.add(FactKind.ROOM_CLOSED, "late")
        assert [fact["room"] for fact in await waiting] == ["late"]

    run(act())


def test_facts_that_a_full_disk_did_not_take_are_written_once_it_does(
    tmp_path: Path,
) -> None:
    async def act() -> None:
        log = FactLog(tmp_path)
        before = log.last
        full = os.open("/dev/full", os.O_WRONLY)
        kept, log._file = log._file, full
        log.add(FactKind.ROOM_CLOSED, "one")
        log.add(FactKind.ROOM_CLOSED, "two")
        assert len(await log.after(before, 1)) == 2
        log._file = kept
        os.close(full)
        log.add(FactKind.ROOM_CLOSED, "three")
        log.close()
        again = FactLog(tmp_path)
        rooms = [fact["room"] for fact in await again.after(0, 0)]
        assert rooms == ["one", "two", "three"]
        again.close()

    run(act())
