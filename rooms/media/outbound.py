"""One stream that we send to a browser: another's packets under names of this connection."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.media import rtcp
from rooms.media.inbound import CLOCK, Inbound, Kind
from rooms.media.rtp import HEADER, Packet, extension_block, is_vp8_key_frame, newer
from rooms.media.viewer import ViewerPath

RING = 512
START_GUARD = 1024
REPEAT_AFTER = 0.02
REPEATS_A_SECOND = 600  # a quarter of a room's worst path; a hostile viewer asks for no more


@dataclass(slots=True)
class Outbound:
    """One announced source: its SSRC stays for the connection, whoever is behind it.

    Sequence numbers and timestamps are the publisher's, moved by a constant, the first number below
    2^15; when the publisher changes (a reload), they go on from where the last one stood.
    """

    kind: Kind
    role: str
    mid: str
    ssrc: int
    rtx_ssrc: int
    payload_type: int
    rtx_payload_type: int | None
    level_id: int
    send_time_id: int
    send: Callable[[bytes], None]
    send_rtcp: Callable[[bytes], None]
    bounds: bool = True  # its path bounds what the publisher sends; an observer's does not
    packets: int = 0
    octets: int = 0
    fraction_lost: float = 0.0
    round_trip: float | None = None
    repeated: int = 0
    source: Inbound | None = None
    path: ViewerPath = field(default_factory=ViewerPath)
    _judged_octets: int = 0
    _epoch: int = -1
    _waiting: bool = True
    _sequence_shift: int = 0
    _timestamp_shift: int = 0
    _first: int = 0
    _since_switch: int = 0
    _last_sequence: int = -1
    _last_timestamp: int = 0
    _last_sent: float = 0.0
    _rtx_sequence: int = 0
    _ring: list[tuple[int, bytes, int] | None] = field(default_factory=lambda: [None] * RING)
    _repeated_at: dict[int, float] = field(default_factory=dict)
    _repeats: tuple[int, int] = (0, 0)  # in which second, how many
    _reports: dict[int, float] = field(default_factory=dict)

    def connect(self, source: Inbound | None, now: float) -> None:
        """Take packets from another stream from now on; video begins at a key frame."""
        if self.source is not None and self in self.source.legs:
            self.source.legs.remove(self)
        self.source = source
        self._epoch = -1
        self.path = ViewerPath()
        if source is not None:
            source.legs.append(self)
            source.request_key_frame(now)

    def forward(self, packet: Packet, now: float) -> bytes | None:
        """Return the packet as this browser is to get it; None when it is not for it."""
        source = self.source
        if source is None:
            return None
        if self._epoch != source.epoch:
            self._epoch = source.epoch
            self._waiting = True
        if self._waiting:
            if self.kind == "video" and not is_vp8_key_frame(packet.payload):
                source.request_key_frame(now)
                return None
            self._switch(packet, now)
        elif self._since_switch < START_GUARD and newer(self._first, packet.sequence):
            return None
        return self._write(packet, source, now)

    def _switch(self, packet: Packet, now: float) -> None:
        self._waiting = False
        self._first = packet.sequence
        self._since_switch = 0
        if self._last_sequence >= 0:
            elapsed = int(max(0.01, now - self._last_sent) * CLOCK[self.kind])
            self._sequence_shift = self._last_sequence + 1 - packet.sequence
            self._timestamp_shift = self._last_timestamp + elapsed - packet.timestamp
            self._ring = [None] * RING
        else:
            # Below 2^15 the counter of SRTP cannot turn over before the browser has seen it stand
            # at 0 (RFC 3711, 3.3.1): were the first packets lost, it would never decrypt one.
            self._sequence_shift = -(packet.sequence & 0x8000)

    def _write(self, packet: Packet, source: Inbound, now: float) -> bytes:
        sequence = (packet.sequence + self._sequence_shift) & 0xFFFF
        timestamp = (packet.timestamp + self._timestamp_shift) & 0xFFFFFFFF
        block = b""
        if self.kind == "audio":
            level = packet.extensions.get(source.level_id)
            if self.level_id and level:
                block = extension_block(self.level_id, level[:1])
        elif self.send_time_id:
            block = extension_block(self.send_time_id, _send_time(now))  # see _stamped
        first = 0x80 | (0x20 if packet.padded else 0) | (0x10 if block else 0)
        second = self.payload_type | (0x80 if packet.marker else 0)
        data = HEADER.pack(first, second, sequence, timestamp, self.ssrc) + block + packet.payload
        if self.kind == "video":
            self._ring[sequence % RING] = (sequence, data, 12 + len(block))
        if self._last_sequence < 0 or newer(sequence, self._last_sequence):
            self._last_sequence = sequence
            self._last_timestamp = timestamp
            self._last_sent = now
        self.packets += 1
        self.octets += len(packet.payload)
        self._since_switch += 1
        return data

    def repeat(self, sequence: int, now: float) -> bytes | None:
        """Return a packet sent before, as a retransmission (RFC 4588); None when it is gone."""
        kept = self._ring[sequence % RING]
        if kept is None or kept[0] != sequence:
            return None
        if now - self._repeated_at.get(sequence, -1.0) < REPEAT_AFTER:
            return None
        if len(self._repeated_at) > RING:
            self._repeated_at.clear()
        second, count = self._repeats
        count = count + 1 if int(now) == second else 1
        self._repeats = (int(now), count)
        if count > REPEATS_A_SECOND:
            return None
        self._repeated_at[sequence] = now
        self.repeated += 1
        _, data, size = kept
        if self.rtx_payload_type is None:
            return data
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        return b"".join(
            (
                data[:1],
                struct.pack("!BH", data[1] & 0x80 | self.rtx_payload_type, self._rtx_sequence),
                data[4:8],
                self.rtx_ssrc.to_bytes(4, "big"),
                self._stamped(data[12:size], now),
                sequence.to_bytes(2, "big"),
                data[size:],
            )
        )

    def _stamped(self, block: bytes, now: float) -> bytes:
        """Give a repeated packet its own time: the old one would look like a full path."""
        if not self.send_time_id:
            return block
        return block[:5] + _send_time(now) + block[8:]

    def sender_report(self, report: rtcp.SenderInfo, now: float) -> bytes | None:
        """Return the publisher's report in this stream's terms (lip sync); None before media."""
        if self._last_sequence < 0 or self._waiting:
            return None
        self._reports[report.ntp >> 16 & 0xFFFFFFFF] = now
        while len(self._reports) > 8:
            del self._reports[next(iter(self._reports))]
        return rtcp.sender_report(
            self.ssrc,
            report.ntp,
            report.timestamp + self._timestamp_shift,
            self.packets,
            self.octets,
        )

    def reported(self, report: rtcp.Report, now: float) -> None:
        """Note how this stream arrives at the browser."""
        self.fraction_lost = report.fraction_lost
        sent = self._reports.get(report.last_sr)
        if sent is not None:
            self.round_trip = max(0.0, now - sent - report.delay / 65536)

    @property
    def own_loss(self) -> float:
        """The share lost on the way to this browser: what it misses, less what we never got."""
        upstream = self.source.recent_loss if self.source is not None else 0.0
        return max(0.0, self.fraction_lost - upstream)

    def judge_path(self) -> int | None:
        """Return, once a second, how much this browser's path carries; None: enough."""
        if not self.bounds:
            return None
        octets, self._judged_octets = self.octets - self._judged_octets, self.octets
        return self.path.second(8.0 * octets, self.own_loss)


def _send_time(now: float) -> bytes:
    return (int(now * 262144) & 0xFFFFFF).to_bytes(3, "big")
