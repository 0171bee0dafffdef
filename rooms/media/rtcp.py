"""RTCP, read and written: reports, NACK, PLI, REMB, transport-wide feedback.

RFC 3550 (SR, RR), RFC 4585 (NACK, PLI), RFC 5104 (FIR), draft-alvestrand-rmcat-remb,
draft-holmer-rmcat-transport-wide-cc-extensions-01.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SR, RR, RTPFB, PSFB = 200, 201, 205, 206
NTP_EPOCH = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Report:
    """A reception report block: how one of the streams arrives at the other end."""

    ssrc: int
    fraction_lost: float
    highest: int
    jitter: int
    last_sr: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """A sender report: what time it was for this RTP timestamp, on the sender's clock."""

    ssrc: int
    ntp: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Packets that are missing at the other end."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameRequest:
    """A picture loss indication or a full intra request."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """What the receiver thinks its path can carry, in bits a second."""

    bits_per_second: int
    ssrcs: tuple[int, ...]


Message = Report | SenderInfo | Nack | KeyFrameRequest | Remb


def parse(data: bytes) -> Iterator[Message]:
    """Yield what a compound packet says; what is malformed or unknown is passed over."""
    at = 0
    while at + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield from _message(first & 0x1F, kind, data[at + 4 : end])
        at = end


def _message(count: int, kind: int, body: bytes) -> Iterator[Message]:
    if kind == SR and len(body) >= 24:
        ssrc, ntp, timestamp = struct.unpack_from("!IQI", body)
        yield SenderInfo(ssrc, ntp, timestamp)
        yield from _reports(count, body[24:])
    elif kind == RR and len(body) >= 4:
        yield from _reports(count, body[4:])
    elif kind == RTPFB and count == 1 and len(body) >= 12:
        yield _nack(body)
    elif kind == PSFB and len(body) >= 8:
        yield from _payload_feedback(count, body)


def _reports(count: int, body: bytes) -> Iterator[Report]:
    for index in range(min(count, len(body) // 24)):
        ssrc, lost, highest, jitter, last_sr, delay = struct.unpack_from(
            "!IIIIII", body, 24 * index
        )
        yield Report(ssrc, (lost >> 24) / 256, highest, jitter, last_sr, delay)


def _nack(body: bytes) -> Nack:
    (ssrc,) = struct.unpack_from("!I", body, 4)
    sequences: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, at)
        sequences.append(first)
        sequences += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return Nack(ssrc, tuple(sequences))


def _payload_feedback(fmt: int, body: bytes) -> Iterator[Message]:
    if fmt == 1:
        yield KeyFrameRequest(struct.unpack_from("!I", body, 4)[0])
    elif fmt == 4:
        for at in range(8, len(body) - 7, 8):
            yield KeyFrameRequest(struct.unpack_from("!I", body, at)[0])
    elif fmt == 15 and len(body) >= 16 and body[8:12] == b"REMB":
        count = body[12]
        exponent = body[13] >> 2
        mantissa = (body[13] & 3) << 16 | body[14] << 8 | body[15]
        ssrcs = struct.unpack_from(f"!{min(count, (len(body) - 16) // 4)}I", body, 16)
        yield Remb(mantissa << exponent, ssrcs)


def ntp_from_unix(seconds: float) -> int:
    """Return the 64-bit NTP time."""
    return int((seconds + NTP_EPOCH) * (1 << 32))


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    """Write a sender report without report blocks."""
    return struct.pack(
        "!BBHIQIII",
        0x80,
        SR,
        6,
        ssrc,
        ntp,
        timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


@dataclass(frozen=True, slots=True)
class Reception:
    """What we say of a stream that reaches us."""

    ssrc: int
    fraction_lost: float
    total_lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


def receiver_report(ssrc: int, receptions: Sequence[Reception]) -> bytes:
    """Write a receiver report about at most 31 streams."""
    blocks = b"".join(
        struct.pack(
            "!IIIIII",
            r.ssrc,
            min(255, int(r.fraction_lost * 256)) << 24 | max(0, min(0x7FFFFF, r.total_lost)),
            r.highest & 0xFFFFFFFF,
            r.jitter & 0xFFFFFFFF,
            r.last_sr,
            min(0xFFFFFFFF, r.delay),
        )
        for r in receptions
    )
    count = len(receptions)
    return struct.pack("!BBHI", 0x80 | count, RR, 1 + 6 * count, ssrc) + blocks


def picture_loss(sender: int, media: int) -> bytes:
    """Write a picture loss indication: please send a key frame."""
    return struct.pack("!BBHII", 0x81, PSFB, 2, sender, media)


def nack(sender: int, media: int, sequences: Sequence[int]) -> bytes:
    """Write a generic NACK for sequence numbers given in ascending order."""
    items: list[tuple[int, int]] = []
    for sequence in sequences:
        if items:
            first, mask = items[-1]
            distance = (sequence - first) & 0xFFFF
            if 1 <= distance <= 16:
                items[-1] = (first, mask | 1 << (distance - 1))
                continue
        items.append((sequence, 0))
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in items)
    return struct.pack("!BBHII", 0x81, RTPFB, 2 + len(items), sender, media) + body


def remb(sender: int, bits_per_second: int, media: Sequence[int]) -> bytes:
    """Write a receiver's estimated maximum bitrate."""
    exponent = max(0, bits_per_second.bit_length() - 18)
    mantissa = bits_per_second >> exponent
    head = struct.pack("!BBHII4s", 0x8F, PSFB, 4 + len(media), sender, 0, b"REMB")
    value = bytes((len(media), exponent << 2 | mantissa >> 16, mantissa >> 8 & 255, mantissa & 255))
    return head + value + struct.pack(f"!{len(media)}I", *media)


def transport_feedback(
    sender: int, media: int, count: int, base: int, arrivals: Sequence[int | None]
) -> bytes:
    """Write transport-wide feedback for consecutive packets from ``base`` on.

    ``arrivals`` holds the time of arrival of each in units of 250 µs, None for what did not
    come; one at least must have come. ``count`` numbers the feedback packets.
    """
    first = next(arrival for arrival in arrivals if arrival is not None)
    reference = (first >> 8) & 0xFFFFFF  # units of 64 ms
    previous = (first >> 8) << 8
    symbols: list[int] = []
    deltas = bytearray()
    for arrival in arrivals:
        if arrival is None:
            symbols.append(0)
            continue
        delta = max(-32768, min(32767, arrival - previous))
        if 0 <= delta <= 255:
            symbols.append(1)
            deltas.append(delta)
        else:
            symbols.append(2)
            deltas += struct.pack("!h", delta)
        previous += delta
    symbols += [0] * (-len(symbols) % 7)
    chunks = bytearray()
    for at in range(0, len(symbols), 7):
        chunk = 0xC000
        for position, symbol in enumerate(symbols[at : at + 7]):
            chunk |= symbol << (12 - 2 * position)
        chunks += struct.pack("!H", chunk)
    body = bytes(chunks + deltas)
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
    head = struct.pack(
        "!BBHIIHHI",
        0x8F | (0x20 if padding else 0),
        RTPFB,
        4 + len(body) // 4,
        sender,
        media,
        base & 0xFFFF,
        len(arrivals),
        reference << 8 | count & 0xFF,
    )
    return head + body
