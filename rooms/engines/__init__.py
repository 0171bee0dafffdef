"""The port between an oral and the video system that carries it.

The web side alone decides who enters a room. It hands a browser's offer to an engine and the
answer back to the browser; the engine knows rooms, peers and tracks, never candidates. What
happened in a room comes back as facts, read in order with :meth:`Engine.facts`.

``rooms.engines.native`` speaks to our own media server. Importing this package imports neither
aiortc nor av.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Role(StrEnum):
    """What a peer is in a room; an observer receives, and sends nothing."""

    EVALUATOR = "evaluator"
    CANDIDATE = "candidate"
    OBSERVER = "observer"


class EngineError(Exception):
    """Anything that an engine could not do."""


class EngineRefused(EngineError):
    """The engine understood, and said no.

    ``reason`` is one of the words of :class:`Reason`; ``message`` is for the log, in English.
    """

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason = reason
        self.message = message


class EngineUnavailable(EngineError):
    """The engine does not answer: try again later, nothing was changed for sure."""


class Reason(StrEnum):
    """Why an engine refuses."""

    BAD_REQUEST = "bad_request"
    BAD_SDP = "bad_sdp"
    TOO_LARGE = "too_large"
    FORBIDDEN = "forbidden"
    UNKNOWN_ROOM = "unknown_room"
    UNKNOWN_PEER = "unknown_peer"
    ROLE_TAKEN = "role_taken"
    ROOM_FULL = "room_full"
    SERVER_FULL = "server_full"
    ALREADY_RECORDING = "already_recording"
    STORAGE_FAILED = "storage_failed"


class FactKind(StrEnum):
    """What a fact tells. Its ``data`` is named after each.

    ``SERVER_STARTED``: ``{}``; every peer of earlier facts is gone.
    ``PEER_UP``: ``{"role"}``. ``PEER_DOWN``: ``{"role", "why"}`` with why one of ``left``,
    ``replaced``, ``lost``, ``never_connected``, ``room_closed``, ``server_stopped``.
    ``PEER_SILENT``: ``{"role", "seconds"}``: nothing has come for so long; it may still come back;
    ``PEER_HEARD``: ``{"role", "seconds"}``: it came back.
    ``RECORDING_STARTED``, ``RECORDING_STOPPED``: ``{"recording"}``.
    ``SEGMENT_CLOSED``: ``{"recording", "packets", "dropped", "bytes"}``: what was recorded is
    on the disk, raw and complete. ``RECORDING_READY``: ``{"recording", "manifest",
    "started_at", "duration_s", "segments", "parts", "gaps", "peak_s", "dropped"}``: the files
    can be played; ``manifest`` is its name in the storage, the rest what it says but the peaks.
    It comes again when more was recorded under the same id, and with no room after a crash.
    ``RECORDING_FAILED``: ``{"recording", "why"}``.
    ``TALK_TIME``: ``{"role", "part", "seconds"}``: spoken since the last such fact: add them up.
    ``QUALITY``: ``{"role", "rtt_ms", "loss_up", "loss_down", "kbps_up", "kbps_down", "bars"}``.
    ``ROOM_CLOSED``: ``{}``.
    """

    SERVER_STARTED = "server_started"
    PEER_UP = "peer_up"
    PEER_DOWN = "peer_down"
    PEER_SILENT = "peer_silent"
    PEER_HEARD = "peer_heard"
    RECORDING_STARTED = "recording_started"
    RECORDING_STOPPED = "recording_stopped"
    SEGMENT_CLOSED = "segment_closed"
    RECORDING_READY = "recording_ready"
    RECORDING_FAILED = "recording_failed"
    TALK_TIME = "talk_time"
    QUALITY = "quality"
    ROOM_CLOSED = "room_closed"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened in the media, in the order in which it happened.

    ``seq`` grows by one and never goes back, even after a restart or a lost disk (a 64-bit
    number: keep it in a BigInteger). ``instance`` names the run of the engine.
    """

    seq: int
    instance: str
    at: datetime
    kind: FactKind
    room: str = ""
    peer: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeerStats:
    """How one person is connected, now. *Up* is from the browser to the engine.

    ``rtt_ms`` is None until measured; losses are shares from 0 to 1; ``audio_level`` is in dBov
    from -127 (silence) to 0; ``bars`` goes from 0 (nothing arrives) to 4 (good).
    """

    peer: str
    role: Role
    connected: bool
    rtt_ms: float | None
    loss_up: float
    loss_down: float
    kbps_up: float
    kbps_down: float
    audio_level: int
    bars: int


@dataclass(frozen=True, slots=True)
class RoomStats:
    """A room as it stands. ``recording`` is the running recording's id."""

    room: str
    recording: str | None
    part: int | None
    peers: tuple[PeerStats, ...]


class Engine(Protocol):
    """A video system. Ids (room, peer, recording) match ``[A-Za-z0-9_-]{1,64}``.

    Every verb raises :class:`EngineUnavailable` when the system does not answer and
    :class:`EngineRefused` when it says no.
    """

    def open(self, room: str) -> None:
        """Open a room; opening an open room changes nothing."""
        ...

    def admit(self, room: str, peer: str, role: Role, offer_sdp: str) -> str:
        """Let a peer in and return the answer SDP.

        The same peer id replaces its earlier connection (reload, other network). A room takes
        one evaluator and one candidate: another is refused with ``role_taken``.
        """
        ...

    def leave(self, room: str, peer: str) -> None:
        """Put a peer out; who is not there is already out."""
        ...

    def start_recording(self, room: str, recording_id: str) -> None:
        """Record from now on; the same id again changes nothing."""
        ...

    def stop_recording(self, room: str) -> None:
        """Stop recording; a room that is not being recorded stays so."""
        ...

    def set_part(self, room: str, part: int | None) -> None:
        """Say which part of the exam runs, so that talk time is counted under it."""
        ...

    def stats(self, room: str) -> RoomStats:
        """Return how the room stands."""
        ...

    def close(self, room: str) -> None:
        """Put everybody out, stop recording and forget the room."""
        ...

    def probe(self, peer: str, offer_sdp: str) -> str:
        """Answer a loopback peer, whose own media comes back to it (the equipment test)."""
        ...

    def healthy(self) -> bool:
        """Tell whether the system answers; never raises."""
        ...

    def facts(self, after: int, wait: float) -> list[Fact]:
        """Return the facts with ``seq > after``, oldest first, at most 500.

        Waits up to ``wait`` seconds (≤ 25) for the first one. Asking also tells the engine that
        everything up to ``after`` is safely kept by the reader.
        """
        ...
