"""What happened, told to the web side in order, and kept on disk until it has been read.

One JSON line a fact, appended to a file before anybody can read it, so that a killed server has
lost none. A reader that asks for what comes after fact N has kept everything up to N: files
that hold nothing newer are then removed. A disk that is slow makes facts late, and no packet:
files are touched on a thread of their own.
"""

import asyncio
import functools
import itertools
import json
import os
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from kernel import clock
from rooms.engines import FactKind

log = structlog.get_logger()

BATCH = 500
FACTS_A_FILE = 5000
KEPT_IN_MEMORY = 5000
MOST_WAITING = 1 << 21  # bytes of facts that a full disk has not taken
FIRST_MOMENT = 1_700_000_000_000  # milliseconds: a fresh log's numbers count from there


class FactLog:
    """The facts of this server, oldest first, with numbers that never go back.

    A lost folder does not make the numbers start again: the first one comes from the calendar.
    """

    def __init__(self, folder: Path) -> None:
        """Read what an earlier run left; facts are told on the loop that runs now."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.instance = uuid4().hex
        self._recent: deque[dict[str, Any]] = deque(maxlen=KEPT_IN_MEMORY)
        self._last = self._recover() or int(time.time() * 1000) - FIRST_MOMENT
        self._told = self._last
        self._new = asyncio.Event()
        self._file = -1
        self._in_file = 0
        self._waiting = b""
        self._roll(self._last)
        self._loop = asyncio.get_running_loop()
        self._disk = ThreadPoolExecutor(1, "facts")

    def _recover(self) -> int:
        last = 0
        for path in self._files():
            last = max(last, _first_number(path) - 1)
            for fact in _read(path):
                self._recent.append(fact)
                last = max(last, fact["seq"])
        return last

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("facts-*.jsonl"))

    def _roll(self, last: int) -> None:
        path = self._folder / f"facts-{last + 1:020d}.jsonl"
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file = opened
        self._in_file = 0

    @property
    def last(self) -> int:
        """The number of the newest fact."""
        return self._last

    def add(self, kind: FactKind, room: str = "", peer: str = "", **data: Any) -> None:
        """Have a fact written; whoever waits for it is woken once it is."""
        self._last += 1
        fact = {
            "seq": self._last,
            "instance": self.instance,
            "at": clock.now().isoformat(),
            "kind": kind.value,
            "room": room,
            "peer": peer,
            "data": data,
        }
        self._disk.submit(self._keep, fact)

    def _keep(self, fact: dict[str, Any]) -> None:
        self._write(json.dumps(fact, separators=(",", ":")).encode() + b"\n")
        self._in_file += 1
        if self._in_file >= FACTS_A_FILE and not self._waiting:
            with suppress(OSError):  # a full disk: this file goes on
                self._roll(fact["seq"])
        with suppress(RuntimeError):  # the loop has ended: the file tells the next run
            self._loop.call_soon_threadsafe(self._tell, fact)

    async def kept(self) -> bool:
        """Tell, once the disk has been asked, whether every fact so far is on it."""
        return await self._loop.run_in_executor(self._disk, self._sync)

    def _sync(self) -> bool:
        try:
            os.fsync(self._file)
        except OSError as error:
            log.error("media.facts_not_written", error=str(error))
            return False
        return not self._waiting

    def _tell(self, fact: dict[str, Any]) -> None:
        self._recent.append(fact)
        self._told = fact["seq"]
        self._new.set()
        self._new = asyncio.Event()

    def _write(self, line: bytes) -> None:
        """Write what waits and this; a full disk has it told from memory until it is written."""
        self._waiting = (self._waiting + line)[-MOST_WAITING:]
        try:
            while self._waiting:
                self._waiting = self._waiting[os.write(self._file, self._waiting) :]
        except OSError as error:
            log.error("media.facts_not_written", error=str(error))

    async def after(self, number: int, wait: float) -> list[dict[str, Any]]:
        """Return the next facts, waiting up to ``wait`` seconds for the first."""
        on_disk = functools.partial(self._loop.run_in_executor, self._disk)
        await on_disk(self._forget, number)
        if self._told <= number and wait > 0:
            event = self._new
            try:
                async with asyncio.timeout(wait):
                    await event.wait()
            except TimeoutError:
                return []
        if self._recent and self._recent[0]["seq"] <= number + 1:
            return _batch(self._recent, number)
        return await on_disk(self._read, number)

    def _read(self, number: int) -> list[dict[str, Any]]:
        return _batch((fact for path in self._files() for fact in _read(path)), number)

    def _forget(self, number: int) -> None:
        """Remove the files whose every fact is read: those before one that begins at or below."""
        files = self._files()
        for path, following in itertools.pairwise(files):
            if _first_number(following) <= number + 1:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Wait until everything is written, and close the file."""
        self._disk.shutdown()
        os.close(self._file)
        self._file = -1


def _first_number(path: Path) -> int:
    return int(path.stem.removeprefix("facts-"))


def _batch(facts: Any, number: int) -> list[dict[str, Any]]:
    batch = []
    for fact in facts:
        if fact["seq"] > number:
            batch.append(fact)
            if len(batch) == BATCH:
                break
    return batch


def _read(path: Path) -> list[dict[str, Any]]:
    """Read a file of facts; a last line cut by a crash is passed over."""
    facts = []
    for line in path.read_bytes().splitlines():
        try:
            fact = json.loads(line)
            if isinstance(fact, dict) and isinstance(fact.get("seq"), int):
                facts.append(fact)
        except ValueError:
            log.warning("media.fact_unreadable", file=path.name)
    return facts
