"""RTP packets as bytes: read what is needed, write what is sent (RFC 3550, 8285, 4588, 7741)."""

import struct
from dataclasses import dataclass

HEADER = struct.Struct("!BBHII")
BLOCK = struct.Struct("!HHB3s")
MAX_PACKET = 1500


class BadPacketError(ValueError):
    """The bytes are not a packet of that kind."""


@dataclass(slots=True)
class Packet:
    """A parsed RTP packet; ``payload`` still has its padding."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    padded: bool
    extensions: dict[int, bytes]
    payload: bytes


def parse(data: bytes) -> Packet:
    """Parse an RTP packet. Raise :class:`BadPacketError`."""
    if len(data) < 12:
        raise BadPacketError("short packet")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise BadPacketError("not RTP")
    start = 12 + 4 * (first & 0x0F)
    extensions: dict[int, bytes] = {}
    if first & 0x10:
        if len(data) < start + 4:
            raise BadPacketError("short extension")
        profile, words = struct.unpack_from("!HH", data, start)
        start += 4
        end = start + 4 * words
        if len(data) < end:
            raise BadPacketError("short extension")
        if profile == 0xBEDE:
            extensions = _one_byte(data, start, end)
        elif profile & 0xFFF0 == 0x1000:
            extensions = _two_byte(data, start, end)
        start = end
    if len(data) < start:
        raise BadPacketError("short packet")
    return Packet(
        bool(second & 0x80),
        second & 0x7F,
        sequence,
        timestamp,
        ssrc,
        bool(first & 0x20),
        extensions,
        data[start:],
    )


def _one_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    elements = {}
    while at < end:
        head = data[at]
        at += 1
        if head == 0:
            continue
        ident = head >> 4
        if ident == 15:
            break
        length = (head & 0x0F) + 1
        if at + length > end:
            raise BadPacketError("short extension")
        elements[ident] = data[at : at + length]
        at += length
    return elements


def _two_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    elements = {}
    while at < end:
        ident = data[at]
        at += 1
        if ident == 0:
            continue
        if at >= end:
            raise BadPacketError("short extension")
        length = data[at]
        at += 1
        if at + length > end:
            raise BadPacketError("short extension")
        elements[ident] = data[at : at + length]
        at += length
    return elements


def extension_block(ident: int, value: bytes) -> bytes:
    """Write a header extension of `value` alone, one to three bytes, in the one-byte form."""
    return BLOCK.pack(0xBEDE, 1, ident << 4 | (len(value) - 1), value)


def unwrap_rtx(packet: Packet, payload_type: int, ssrc: int) -> Packet | None:
    """Return the original of a retransmission in the stream `ssrc`.

    None when it only carries padding, or when the stream has not begun (0).
    """
    payload = packet.payload
    if packet.padded:
        payload = strip_padding(payload)
    if len(payload) < 3 or not ssrc:
        return None
    return Packet(
        packet.marker,
        payload_type,
        int.from_bytes(payload[:2], "big"),
        packet.timestamp,
        ssrc,
        False,
        packet.extensions,
        payload[2:],
    )


def strip_padding(payload: bytes) -> bytes:
    """Return the payload without RTP padding. Raise :class:`BadPacketError`."""
    if not payload or not 0 < payload[-1] <= len(payload):
        raise BadPacketError("bad padding")
    return payload[: -payload[-1]]


def is_vp8_key_frame(payload: bytes) -> bool:
    """Tell whether a VP8 payload begins a key frame (RFC 7741, section 4)."""
    size = len(payload)
    if size < 2 or payload[0] & 0x1F != 0x10:  # start of partition 0
        return False
    at = 1
    if payload[0] & 0x80:
        flags = payload[1]
        at = 2
        if flags & 0x80 and at < size:
            at += 2 if payload[at] & 0x80 else 1
        if flags & 0x40:
            at += 1
        if flags & 0x30:
            at += 1
    return at < size and not payload[at] & 0x01


def newer(sequence: int, than: int) -> bool:
    """Tell whether a 16-bit sequence number comes after another."""
    return 0 < (sequence - than) & 0xFFFF < 0x8000


def write(packet: Packet) -> bytes:
    """Write a packet whose extensions fit the one-byte form."""
    body = b"".join(
        bytes((ident << 4 | (len(value) - 1),)) + value
        for ident, value in packet.extensions.items()
        if 1 <= ident <= 14 and 1 <= len(value) <= 16
    )
    body += bytes(-len(body) % 4)
    first = 0x80 | (0x20 if packet.padded else 0) | (0x10 if body else 0)
    second = packet.payload_type | (0x80 if packet.marker else 0)
    head = HEADER.pack(first, second, packet.sequence, packet.timestamp, packet.ssrc)
    if body:
        head += struct.pack("!HH", 0xBEDE, len(body) // 4)
    return head + body + packet.payload
