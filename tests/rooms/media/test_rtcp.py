from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    pack_remb_fci,
    unpack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from rooms.media import rtcp


def test_reports_are_what_another_library_reads() -> None:
    sender = rtcp.sender_report(7, 1 << 40, 5, 6, 7)
    (read,) = RtcpPacket.parse(sender)
    assert isinstance(read, RtcpSrPacket)
    info = read.sender_info
    assert (read.ssrc, info.ntp_timestamp, info.rtp_timestamp) == (7, 1 << 40, 5)
    assert (info.packet_count, info.octet_count) == (6, 7)
    assert list(rtcp.parse(sender)) == [rtcp.SenderInfo(7, 1 << 40, 5)]

    reception = rtcp.Reception(9, 0.5, 3, 70000, 11, 12, 13)
    receiver = rtcp.receiver_report(7, [reception])
    (read,) = RtcpPacket.parse(receiver)
    assert isinstance(read, RtcpRrPacket)
    (report,) = read.reports
    assert (report.fraction_lost, report.packets_lost) == (128, 3)
    assert (report.highest_sequence, report.jitter) == (70000, 11)
    assert list(rtcp.parse(receiver)) == [rtcp.Report(9, 0.5, 70000, 11, 12, 13)]


@given(st.sets(st.integers(0, 600), min_size=1, max_size=100), st.integers(0, 65535))
def test_missing_packets_are_told_and_read(offsets: set[int], base: int) -> None:
    sequences = [(base + offset) & 0xFFFF for offset in sorted(offsets)]
    written = rtcp.nack(1, 2, sequences)
    (read,) = RtcpPacket.parse(written)
    assert isinstance(read, RtcpRtpfbPacket)
    assert [number & 0xFFFF for number in read.lost] == sequences
    assert list(rtcp.parse(written)) == [rtcp.Nack(2, tuple(sequences))]


def test_key_frame_requests() -> None:
    written = rtcp.picture_loss(1, 2)
    (read,) = RtcpPacket.parse(written)
    assert isinstance(read, RtcpPsfbPacket)
    assert (read.fmt, read.ssrc, read.media_ssrc) == (1, 1, 2)
    full_intra = bytes.fromhex("84ce0004 00000001 00000000 00000002 01000000")
    assert list(rtcp.parse(written + full_intra)) == [rtcp.KeyFrameRequest(2)] * 2


@given(st.integers(1, 10_000_000_000))
def test_a_bitrate_keeps_17_bits_of_itself(bits: int) -> None:
    written = rtcp.remb(1, bits, [5, 6])
    (read,) = RtcpPacket.parse(written)
    assert isinstance(read, RtcpPsfbPacket)
    bitrate, ssrcs = unpack_remb_fci(read.fci)
    assert ssrcs == [5, 6]
    assert bits * (1 - 2**-17) <= bitrate <= bits
    theirs = bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(bits, [5])))
    assert list(rtcp.parse(theirs)) == [rtcp.Remb(bitrate, (5,))]


@given(st.binary(max_size=200))
def test_garbage_is_passed_over(data: bytes) -> None:
    for kind in range(200, 208):
        list(rtcp.parse(b"\x81" + bytes([kind]) + data))


def read_feedback(data: bytes) -> tuple[int, list[int | None]]:
    """Read transport-wide feedback as the draft says, by two-bit symbol chunks."""
    base = int.from_bytes(data[12:14], "big")
    count = int.from_bytes(data[14:16], "big")
    at = int.from_bytes(data[16:19], "big") << 8
    body = data[20:]
    symbols: list[int] = []
    used = 0
    while len(symbols) < count:
        chunk = int.from_bytes(body[used : used + 2], "big")
        assert chunk >> 14 == 3
        symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        used += 2
    arrivals: list[int | None] = []
    for symbol in symbols[:count]:
        if symbol == 0:
            arrivals.append(None)
            continue
        size = symbol
        at += int.from_bytes(body[used : used + size], "big", signed=size == 2)
        used += size
        arrivals.append(at)
    return base, arrivals


@given(
    st.lists(st.one_of(st.none(), st.integers(-300, 3000)), max_size=60),
    st.integers(0, 65535),
    st.integers(0, 2**31),
)
def test_feedback_says_when_each_packet_came(
    steps: list[int | None], base: int, start: int
) -> None:
    at = start + 300 * len(steps)
    arrivals: list[int | None] = []
    for step in [*steps, 0]:
        at += step or 0
        arrivals.append(None if step is None else at)
    written = rtcp.transport_feedback(1, 2, 3, base, arrivals)
    assert len(written) % 4 == 0
    assert int.from_bytes(written[2:4], "big") == len(written) // 4 - 1
    if written[0] & 0x20:
        written = written[: -written[-1]]
    mask = (1 << 32) - 1
    expected = [None if a is None else a & mask for a in arrivals]
    got_base, got = read_feedback(written)
    assert got_base == base
    assert [None if a is None else a & mask for a in got] == expected
