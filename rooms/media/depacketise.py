"""From RTP packets, as a dump holds them, to whole frames of VP8 and Opus, in order.

Pure: packets in, frames out, the same frames each time. RTP is RFC 3550, its header extensions
RFC 8285, audio levels RFC 6464, VP8 over RTP RFC 7741, Opus over RTP RFC 7587.
"""

import struct
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rooms.media.dump import Kind

RATE: Final[dict[str, int]] = {"audio": 48_000, "video": 90_000}
PATIENCE: Final = 1.0  # seconds of arrival after which a missing packet is given up
MOST_HELD: Final = 2048  # packets
JUMP: Final = 3.0  # seconds between a timestamp and its arrival: another clock began
_RTP: Final = struct.Struct(">BBHII")


class Datagram(NamedTuple):
    """What is used of an RTP packet; `level` in -dBov (0 loudest, 127 silence)."""

    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    level: int | None
    payload: bytes


class Frame(NamedTuple):
    """A coded picture or a packet of sound.

    `stream` counts in `Depacketiser.streams`; `timestamp` is unwrapped, in units of the stream's
    rate; `at` is the arrival of its first packet, seconds since the recording began.
    """

    stream: int
    kind: Kind
    timestamp: int
    at: float
    key: bool
    width: int
    height: int
    level: int | None
    data: bytes


class Report(NamedTuple):
    """What a sender report tells: a moment on both clocks, and when it came, in s."""

    timestamp: int  # unwrapped
    ntp: float
    at: float


@dataclass
class Stream:
    """One RTP clock of one kind: an SSRC, until its timestamps jump."""

    kind: Kind
    first_at: float
    last_at: float
    clocks: list[Report] = field(default_factory=list)


def parse(data: bytes, level_id: int | None = None) -> Datagram | None:
    """Read an RTP packet and its audio level; None for what is not one."""
    if len(data) < 12:
        return None
    first, second, sequence, timestamp, ssrc = _RTP.unpack_from(data)
    start, end, level = 12 + 4 * (first & 15), len(data), None
    if first & 0x10:
        if end < start + 4:
            return None
        profile, words = struct.unpack_from(">HH", data, start)
        start += 4 + 4 * words
        if level_id is not None:
            level = _level(data[start - 4 * words : start], profile, level_id)
    if first & 0x20:
        end -= data[-1]
    if first >> 6 != 2 or start > end:
        return None
    return Datagram(bool(second & 0x80), sequence, timestamp, ssrc, level, data[start:end])


def _level(block: bytes, profile: int, level_id: int) -> int | None:
    is_short = profile == 0xBEDE
    at = 0
    while at + 1 < len(block):
        if block[at] == 0:
            at += 1
            continue
        ident, length = (block[at] >> 4, (block[at] & 15) + 1) if is_short else block[at : at + 2]
        at += 1 if is_short else 2
        if ident == level_id and length and at < len(block):
            return block[at] & 0x7F
        at += length
    return None


def vp8_payload(payload: bytes) -> tuple[bool, int] | None:
    """Return whether a VP8 payload begins a frame, and where its data start; None if malformed."""
    if len(payload) < 2:
        return None
    begins = payload[0] & 0x1F == 0x10  # S set, partition index 0
    at = 1
    if payload[0] & 0x80:
        flags = payload[1]
        at = 2
        if flags & 0x80:
            at += 2 if at < len(payload) and payload[at] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return (begins, at) if at < len(payload) else None


def key_frame_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a VP8 key frame (RFC 6386, 9.1); None for any other frame."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        return None
    width, height = struct.unpack_from("<HH", data, 6)
    size = (width & 0x3FFF, height & 0x3FFF)
    return size if all(size) else None


def opus_samples(packet: bytes) -> int:
    """Return the duration of an Opus packet in samples of 48 kHz (RFC 6716, 3.1); 0 if empty."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        size = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        size = (480, 960)[config & 1]
    else:
        size = (120, 240, 480, 960)[config & 3]
    if code == 3:
        return size * (packet[1] & 63) if len(packet) > 1 else 0
    return size * (1, 2, 2)[code]


class _Assembler:
    """Put packets of one stream in order, and frames together; append them to `done`."""

    def __init__(self, number: int, kind: Kind, first: Datagram, done: list[Frame]) -> None:
        self.number = number
        self.kind: Kind = kind
        self._done = done
        self._held: dict[int, tuple[float, int, Datagram]] = {}
        self._next: int | None = None
        self.highest = first.sequence  # unwrapped
        self.timestamp = first.timestamp  # of the newest packet, unwrapped
        self._parts: list[bytes] = []
        self._begun = (0, 0.0)  # timestamp and arrival of the frame being put together
        self._whole = False  # False: a frame of reference is missing, wait for a key frame

    def unwrap(self, timestamp: int) -> int:
        """Return the timestamp without its wrap at 32 bits."""
        return (
            self.timestamp + ((timestamp - self.timestamp + 0x80000000) & 0xFFFFFFFF) - (0x80000000)
        )

    def push(self, at: float, timestamp: int, packet: Datagram) -> None:
        """Take a packet that arrived at `at`; `timestamp` is its own, unwrapped."""
        sequence = self.highest + _signed(packet.sequence - self.highest, 16)
        if sequence > self.highest:
            self.highest, self.timestamp = sequence, timestamp
        if sequence == self._next and not self._held:
            self._next += 1
            self._take(at, timestamp, packet)
            return
        if self._next is None or sequence >= self._next:
            self._held.setdefault(sequence, (at, timestamp, packet))
        self._ready()
        while self._held and (
            len(self._held) > MOST_HELD or at - next(iter(self._held.values()))[0] > PATIENCE
        ):
            self._skip()

    def flush(self) -> None:
        """Give up waiting: nothing more comes."""
        while self._held:
            self._skip()

    def _ready(self) -> None:
        while self._next is not None and self._next in self._held:
            self._take(*self._held.pop(self._next))
            self._next += 1

    def _skip(self) -> None:
        """Give up what is missing before the first packet held."""
        self._next = min(self._held)
        self._break()
        self._ready()

    def _break(self) -> None:
        self._parts.clear()
        self._whole = False

    def _take(self, at: float, timestamp: int, packet: Datagram) -> None:
        """Take the next packet in order; one without payload is padding."""
        payload = packet.payload
        if not payload:
            return
        if self.kind == "audio":
            self._done.append(
                Frame(self.number, "audio", timestamp, at, True, 0, 0, packet.level, payload)
            )
            return
        described = vp8_payload(payload)
        if described is None:
            self._break()
            return
        begins, start = described
        if begins:
            self._finish()
            self._begun = (timestamp, at)
        elif not self._parts or timestamp != self._begun[0]:
            self._break()
            return
        self._parts.append(payload[start:])
        if packet.marker:
            self._finish()

    def _finish(self) -> None:
        if not self._parts:
            return
        data = b"".join(self._parts)
        self._parts.clear()
        size = key_frame_size(data)
        if not data[0] & 1:  # says that it is a key frame, and must then look like one
            self._whole = size is not None
        if self._whole:
            timestamp, at = self._begun
            width, height = size or (0, 0)
            self._done.append(
                Frame(self.number, "video", timestamp, at, bool(size), width, height, None, data)
            )


class Depacketiser:
    """Turn the packets of one person, over all their connections, into frames."""

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self._done: list[Frame] = []
        self._assemblers: dict[tuple[int, Kind, int], _Assembler] = {}
        # A packet whose timestamp jumps waits for a second one that agrees with it.
        self._strays: dict[tuple[int, Kind, int], tuple[float, Datagram]] = {}

    def push(
        self, peer: int, kind: Kind, at: float, data: bytes, level_id: int | None = None
    ) -> list[Frame]:
        """Take a packet that arrived at `at`, in seconds; return the frames that it completes.

        What is not RTP is passed over.
        """
        packet = parse(data, level_id)
        if packet is None:
            return []
        source = (peer, kind, packet.ssrc)
        assembler = self._assemblers.get(source)
        if assembler is None:
            assembler = self._new(source, at, packet)
        timestamp = assembler.unwrap(packet.timestamp)
        stream = self.streams[assembler.number]
        if _jumps(assembler, timestamp - assembler.timestamp, at - stream.last_at, packet):
            stray = self._strays.get(source)
            self._strays[source] = (at, packet)
            if stray is None or not _agree(kind, stray, (at, packet)):
                return []
            assembler.flush()
            assembler = self._new(source, *stray)
            assembler.push(stray[0], stray[1].timestamp, stray[1])
            timestamp = assembler.unwrap(packet.timestamp)
            stream = self.streams[assembler.number]
        if self._strays:
            self._strays.pop(source, None)
        stream.last_at = max(stream.last_at, at)
        assembler.push(at, timestamp, packet)
        return self._take() if self._done else []

    def clock(self, peer: int, at: float, ssrc: int, timestamp: int, ntp: float) -> None:
        """Take what a sender report says; one that fits no stream is passed over."""
        kinds: tuple[Kind, Kind] = ("audio", "video")
        for kind in kinds:
            assembler = self._assemblers.get((peer, kind, ssrc))
            if assembler is not None:
                unwrapped = assembler.unwrap(timestamp)
                stream = self.streams[assembler.number]
                late = at - stream.last_at - (unwrapped - assembler.timestamp) / RATE[kind]
                if abs(late) < JUMP:
                    stream.clocks.append(Report(unwrapped, ntp, at))

    def flush(self) -> list[Frame]:
        """Return what is left: nothing more comes."""
        for assembler in self._assemblers.values():
            assembler.flush()
        return self._take()

    def _take(self) -> list[Frame]:
        done = self._done[:]
        self._done.clear()
        return done

    def _new(self, source: tuple[int, Kind, int], at: float, packet: Datagram) -> _Assembler:
        assembler = _Assembler(len(self.streams), source[1], packet, self._done)
        self.streams.append(Stream(source[1], at, at))
        self._assemblers[source] = assembler
        return assembler


def _jumps(assembler: _Assembler, moved: int, passed: float, packet: Datagram) -> bool:
    """Tell whether a packet is of another clock: its time or its number does not follow."""
    if abs(moved / RATE[assembler.kind] - passed) > JUMP:
        return True
    return ((packet.sequence - assembler.highest + 0x8000) & 0xFFFF) - 0x8000 < -MOST_HELD


def _agree(kind: Kind, earlier: tuple[float, Datagram], other: tuple[float, Datagram]) -> bool:
    moved = _signed(other[1].timestamp - earlier[1].timestamp, 32) / RATE[kind]
    near = abs(_signed(other[1].sequence - earlier[1].sequence, 16)) < MOST_HELD
    return near and abs(moved - (other[0] - earlier[0])) < JUMP


def _signed(difference: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return ((difference + half) & ((1 << bits) - 1)) - half
