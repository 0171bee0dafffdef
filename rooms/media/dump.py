"""The raw recording: every RTP packet as it came, encrypted, on the disk within a second.

The event loop only appends to a queue; a thread for each recording seals what waits there and
flushes it twice a second, so that a kill loses at most a second. A disk that stalls fills the
queue; past its bound packets are dropped and counted, and the call goes on unharmed.

A dump is a storage log `recordings/<id>/dump-<time>.rtp`; each of its records holds entries, each
entry a head (kind, peer, seconds since the recording began, length) and its bytes. `mux` reads
it back.
"""

import json
import struct
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, Literal, NamedTuple, Self

from kernel.storage import LogWriter, Storage, StorageError

Kind = Literal["audio", "video"]

FLUSH_EVERY: Final = 0.5  # seconds; the promise is one second, the disk may take the other half
MOST_WAITING: Final = 30_000  # packets: about a minute of two people at 1.2 Mbit/s, 35 MB
_RECORD_SIZE: Final = 256 * 1024
_HEAD: Final = struct.Struct(">BBdI")
_CLOCK: Final = struct.Struct(">IIQ")
VERSION: Final = 1


class EntryKind(IntEnum):
    """What an entry of a dump holds."""

    BEGIN = 0  # JSON: version, recording, started_at
    PEER = 1  # JSON: role, audio_level
    AUDIO = 2  # an RTP packet
    VIDEO = 3  # an RTP packet
    CLOCK = 4  # SSRC, RTP timestamp, NTP time of a sender report
    PART = 5  # JSON: number
    END = 6  # JSON: dropped


_PACKETS: Final = (EntryKind.AUDIO, EntryKind.VIDEO)


class Entry(NamedTuple):
    """One entry of a dump; `at` in seconds since the recording began."""

    kind: int
    peer: int
    at: float
    data: bytes


@dataclass(frozen=True)
class DumpFacts:
    """What became of a dump: its name, what it holds, what was dropped, and why it failed."""

    recording_id: str
    key: str
    packets: int
    size: int
    dropped: int
    failure: str = ""


class Recording:
    """A recording that runs. All methods but `close`'s result return within microseconds."""

    def __init__(
        self, storage: Storage, recording_id: str, started_at: datetime, now: float
    ) -> None:
        """Use `start` instead."""
        self.recording_id = recording_id
        self.started_at = started_at
        self._storage = storage
        self._origin = now
        self._waiting: deque[bytes] = deque()
        self._peers: dict[str, int] = {}
        self._closing = threading.Event()
        self._done: Future[DumpFacts] = Future()
        self._key = ""
        self._ended = now
        self._accepted = 0
        self._written = 0
        self._size = 0
        self.kept = 0  # bytes that are on the disk for sure
        self.dropped = 0
        self.failure = ""

    @classmethod
    def start(
        cls,
        storage: Storage,
        recording_id: str,
        started_at: datetime,
        now: float | None = None,
    ) -> Self:
        """Begin a recording, or a further dump of one that a crash interrupted.

        `now` is this moment on the clock that `arrival` is read from, in seconds (default: the
        monotonic clock, which is also the event loop's). Raise BadKey for an unusable id.
        """
        if not recording_id or "/" in recording_id:
            raise StorageError(f"not a recording's id: {recording_id[:80]!r}")
        storage.exists(f"recordings/{recording_id}/manifest.json")
        recording = cls(storage, recording_id, started_at, time.monotonic() if now is None else now)
        recording._begin()
        return recording

    def join(
        self, peer: str, role: str, audio_level: int | None = None, *, now: float | None = None
    ) -> None:
        """Say who a peer is, before its packets, and again when it reconnects.

        `role` is "evaluator" or "candidate"; `audio_level` the id of the RFC 6464
        header extension in the packets that this peer sends, None if it has none.
        """
        data = json.dumps({"role": role, "audio_level": audio_level}).encode()
        self._append(EntryKind.PEER, self._index(peer), now, data)

    def packet(self, peer: str, kind: Kind, datagram: bytes, arrival: float) -> None:
        """Keep one decrypted RTP packet, as the peer sent it.

        A retransmission must have become again the packet that it repeats (RFC 4588). `arrival`
        is in seconds, on the clock of `start`. A packet that finds the queue full, or the writer
        stopped (`failure` says why), is dropped and counted in `dropped`.
        """
        if len(self._waiting) >= MOST_WAITING or self.failure:
            self.dropped += 1
            return
        index = self._peers.get(peer)
        if index is None:
            self.join(peer, peer, now=arrival)
            index = self._peers[peer]
        code = EntryKind.AUDIO if kind == "audio" else EntryKind.VIDEO
        head = _HEAD.pack(code, index, arrival - self._origin, len(datagram))
        self._waiting.append(head + datagram)
        self._accepted += 1

    def clock(
        self, peer: str, ssrc: int, rtp_timestamp: int, ntp: int, *, now: float | None = None
    ) -> None:
        """Keep what a sender report says: `ntp`, 64 bits, was the time at `rtp_timestamp`."""
        data = _CLOCK.pack(ssrc, rtp_timestamp & 0xFFFFFFFF, ntp & 0xFFFFFFFFFFFFFFFF)
        self._append(EntryKind.CLOCK, self._index(peer), now, data)

    def part(self, number: int, now: float | None = None) -> None:
        """Mark that part `number` begins now."""
        data = json.dumps({"number": number}).encode()
        self._append(EntryKind.PART, 0, now, data)

    def close(self, now: float | None = None) -> Future[DumpFacts]:
        """End the recording; the result comes once everything is on the disk. Idempotent.

        On an event loop: `await asyncio.wrap_future(recording.close())`.
        """
        if not self._closing.is_set():
            self._ended = time.monotonic() if now is None else now
            self._closing.set()
        return self._done

    def _begin(self) -> None:
        facts = {
            "version": VERSION,
            "recording": self.recording_id,
            "started_at": self.started_at.isoformat(),
        }
        self._append(EntryKind.BEGIN, 0, self._origin, json.dumps(facts).encode())
        name = f"recording {self.recording_id}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _index(self, peer: str) -> int:
        return self._peers.setdefault(peer, len(self._peers))

    def _append(self, kind: EntryKind, peer: int, now: float | None, data: bytes) -> None:
        at = (time.monotonic() if now is None else now) - self._origin
        self._waiting.append(_HEAD.pack(kind, peer, at, len(data)) + data)

    def _run(self) -> None:
        """Write until closed, on the recording's own thread."""
        try:
            with self._open() as log:
                while not self._closing.wait(FLUSH_EVERY):
                    self._drain(log)
                end = json.dumps({"dropped": self.dropped}).encode()
                self._append(EntryKind.END, 0, self._ended, end)
                self._drain(log)
        except (OSError, StorageError) as error:
            if not self.kept:  # nothing but a head, perhaps half of it: there is nothing to play
                with suppress(OSError, StorageError):
                    self._storage.delete(self._key)
            self.failure = f"{type(error).__name__}: {error}"
            self._waiting.clear()
            self._closing.wait()
        finally:
            self.dropped += self._accepted - self._written
            self._done.set_result(
                DumpFacts(
                    self.recording_id,
                    self._key,
                    self._written,
                    self._size,
                    self.dropped,
                    self.failure,
                )
            )

    def _open(self) -> LogWriter:
        # The moment, not a count: a number must not come again once its dump was muxed and removed.
        number = round(self.started_at.timestamp() * 1000)
        for key in dumps(self._storage, self.recording_id):
            number = max(number, _number(key) + 1)
        self._key = f"recordings/{self.recording_id}/dump-{number}.rtp"
        return self._storage.append_log(self._key)

    def _drain(self, log: LogWriter) -> None:
        while self._waiting:
            batch: list[bytes] = []
            size = 0
            while self._waiting and size < _RECORD_SIZE:
                batch.append(self._waiting.popleft())
                size += len(batch[-1])
            log.append(b"".join(batch))
            self._written += sum(entry[0] in _PACKETS for entry in batch)
            self._size += size
        log.flush()
        self.kept = self._size


def dumps(storage: Storage, recording_id: str) -> list[str]:
    """Return the names of a recording's dumps, in the order in which they were begun."""
    names = storage.names(f"recordings/{recording_id}")
    return sorted((name for name in names if name.endswith(".rtp")), key=_number)


def begun_at(key: str) -> datetime:
    """Return when a dump was begun, by its name: all that one cut at once tells."""
    return datetime.fromtimestamp(_number(key) / 1000, UTC)


def read_dump(
    storage: Storage, key: str, passed_over: Collection[int] = frozenset()
) -> Iterator[Entry]:
    """Yield the entries of a dump; one that a kill cut short ends without an error.

    The packets of the peers in `passed_over` are left out (it may grow while reading). Raise
    NotStored, Tampered, KeyMissing.
    """
    unpack, size = _HEAD.unpack_from, _HEAD.size
    with storage.read_log(key) as log:
        for record in log:
            at, end = 0, len(record)
            while at < end:
                kind, peer, moment, length = unpack(record, at)
                at += size + length
                if peer not in passed_over or kind not in _PACKETS:
                    yield Entry(kind, peer, moment, record[at - length : at])


def read_clock(data: bytes) -> tuple[int, int, float]:
    """Return the SSRC, RTP timestamp and NTP time, in seconds, of a CLOCK entry."""
    ssrc, timestamp, ntp = _CLOCK.unpack(data)
    return ssrc, timestamp, ntp / (1 << 32)


def _number(key: str) -> int:
    return int(key.rpartition("-")[2].removesuffix(".rtp"))
