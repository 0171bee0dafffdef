"""One stream in, one stream out: loss, repair, restarts."""

import pytest
from pylibsrtp import Policy, Session

from rooms.media import rtcp, rtp
from rooms.media.arrivals import Arrivals
from rooms.media.inbound import Inbound
from rooms.media.outbound import Outbound
from rooms.media.viewer import LOWEST

KEY = b"\x10\x00key"
DELTA = b"\x10\x01delta"


def inbound(kind: str = "video") -> tuple[Inbound, list[bytes]]:
    sent: list[bytes] = []
    stream = Inbound(
        kind="audio" if kind == "audio" else "video",
        mid="1",
        payload_type=96,
        rtx_payload_type=97,
        level_id=1,
        transport_id=3,
        can_nack=True,
        send_rtcp=sent.append,
        own_ssrc=1,
    )
    return stream, sent


def outbound() -> Outbound:
    return Outbound(
        kind="video",
        role="candidate",
        mid="1",
        ssrc=50,
        rtx_ssrc=51,
        payload_type=120,
        rtx_payload_type=121,
        level_id=0,
        send_time_id=5,
        send=lambda _packet: None,
        send_rtcp=lambda _packet: None,
    )


def packet(sequence: int, payload: bytes = DELTA, ssrc: int = 9, **more: int) -> rtp.Packet:
    timestamp = more.get("timestamp", sequence * 3000)
    return rtp.Packet(False, 96, sequence & 0xFFFF, timestamp, ssrc, False, {4: b"\1"}, payload)


def messages(sent: list[bytes]) -> list[rtcp.Message]:
    return [message for data in sent for message in rtcp.parse(data)]


def test_a_gap_is_asked_for_and_filled_once() -> None:
    stream, sent = inbound()
    assert stream.take(packet(65534, KEY), 1.0)
    sent.clear()
    assert stream.take(packet(2), 1.1)
    assert messages(sent) == [rtcp.Nack(9, (65535, 0, 1))]
    assert stream.take(packet(0), 1.12)
    assert not stream.take(packet(0), 1.13)
    assert not stream.take(packet(2), 1.13)
    assert sorted(stream.missing) == [1, 65535]
    assert (stream.expected, stream.packets, stream.lost) == (5, 3, 3)


def test_what_never_comes_is_given_up_for_a_key_frame() -> None:
    stream, sent = inbound()
    stream.expect(0.05)
    stream.take(packet(1, KEY), 1.0)
    assert stream.ask_at is None
    stream.take(packet(3), 2.0)
    sent.clear()
    assert stream.ask_at == 2.06
    stream.ask_again(2.05)
    assert sent == []
    stream.ask_again(2.06)
    assert messages(sent) == [rtcp.Nack(9, (2,))]
    assert stream.ask_at == 2.06 + 2 * 0.06  # each time a little longer
    sent.clear()
    stream.ask_again(3.1)
    assert (stream.missing, stream.ask_at) == ({}, None)
    assert messages(sent) == [rtcp.KeyFrameRequest(9)]


def test_key_frames_are_asked_for_twice_a_second_at_most_until_one_comes() -> None:
    stream, sent = inbound()
    stream.take(packet(1), 1.0)
    assert messages(sent) == [rtcp.KeyFrameRequest(9)]
    stream.request_key_frame(1.2)
    stream.keep_asking(1.4)
    assert len(sent) == 1
    stream.keep_asking(1.6)
    assert len(sent) == 2
    stream.take(packet(2, KEY), 1.7)
    stream.keep_asking(9.0)
    assert len(sent) == 2
    stream.keep_seekable(9.0)
    assert len(sent) == 2
    stream.keep_seekable(9.8)
    assert len(sent) == 3


def test_a_report_says_what_was_lost_in_its_interval() -> None:
    stream, _ = inbound()
    for sequence in (10, 11, 13, 14):
        stream.take(packet(sequence, KEY), 1 + sequence * 0.01)
    first = stream.reception(2.0)
    assert (first.fraction_lost, first.total_lost, first.highest) == (0.2, 1, 14)
    stream.take(packet(15), 2.1)
    assert stream.reception(3.0).fraction_lost == 0.0


def test_video_begins_at_a_key_frame_under_our_names() -> None:
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    for sequence, payload in ((1, DELTA), (2, DELTA)):
        stream.take(packet(sequence, payload), 1.0)
        assert leg.forward(packet(sequence, payload), 1.0) is None
    stream.take(packet(3, KEY), 1.0)
    data = leg.forward(packet(3, KEY), 1.0)
    assert data is not None
    read = rtp.parse(data)
    stamp = int(1.0 * 262144).to_bytes(3, "big")
    assert read == rtp.Packet(False, 120, 3, 9000, 50, False, {5: stamp}, KEY)
    assert leg.forward(packet(2), 1.1) is None  # older than the key frame


def test_a_restarted_stream_goes_on_where_the_last_stood() -> None:
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    stream.take(packet(100, KEY), 1.0)
    leg.forward(packet(100, KEY), 1.0)
    new = packet(40_000, KEY, ssrc=77, timestamp=5)
    stream.take(new, 3.0)
    data = leg.forward(new, 3.0)
    assert data is not None
    read = rtp.parse(data)
    assert (read.sequence, read.timestamp) == (101, 300_000 + 2 * 90_000)
    report = leg.sender_report(rtcp.SenderInfo(77, 1 << 40, 5), 3.1)
    assert report is not None
    assert list(rtcp.parse(report)) == [rtcp.SenderInfo(50, 1 << 40, 480_000)]


def test_a_lost_packet_is_repeated_from_the_ring() -> None:
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    for sequence in range(600):
        lost = packet(sequence, KEY + bytes([sequence % 251]))
        stream.take(lost, 1.0)
        assert leg.forward(lost, 1.0) is not None
    assert leg.repeat(20, 1.0) is None  # older than the ring
    again = leg.repeat(599, 1.0)
    assert again is not None
    read = rtp.parse(again)
    assert (read.payload_type, read.ssrc) == (121, 51)
    original = rtp.unwrap_rtx(read, 120, 50)
    assert original is not None
    assert (original.sequence, original.payload) == (599, KEY + bytes([599 % 251]))
    stamp = int(1.0 * 262144).to_bytes(3, "big")
    assert original.extensions == {5: stamp}
    assert leg.repeat(599, 1.01) is None  # just repeated
    later = leg.repeat(599, 2.5)
    assert later is not None
    assert rtp.parse(later).extensions == {5: int(2.5 * 262144).to_bytes(3, "big")}


def test_round_trip_of_a_viewer() -> None:
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    stream.take(packet(1, KEY), 1.0)
    leg.forward(packet(1, KEY), 1.0)
    leg.sender_report(rtcp.SenderInfo(9, 0x1234_5678_9ABC_DEF0, 5), 2.0)
    leg.reported(rtcp.Report(50, 0.25, 1, 0, 0x5678_9ABC, 65536), 3.5)
    assert (leg.round_trip, leg.fraction_lost) == (0.5, 0.25)


def test_an_observer_with_a_bad_path_bounds_nobody() -> None:
    caps = {}
    for bounds in (True, False):
        stream, _ = inbound()
        leg = outbound()
        leg.bounds = bounds
        leg.connect(stream, 0.5)
        stream.take(packet(1, KEY), 1.0)
        leg.forward(packet(1, KEY), 1.0)
        leg.reported(rtcp.Report(50, 0.5, 1, 0, 0, 0), 1.5)
        caps[bounds] = leg.judge_path()
    assert caps == {True: LOWEST, False: None}


def test_arrivals_are_fed_back_once_with_what_is_missing() -> None:
    arrivals = Arrivals()
    assert arrivals.feedback(1, 2) == []
    for sequence, at in ((65534, 10.0), (65535, 10.001), (2, 10.002)):
        arrivals.note(sequence, at)
    (data,) = arrivals.feedback(1, 2)
    assert int.from_bytes(data[12:14], "big") == 65534
    assert int.from_bytes(data[14:16], "big") == 5
    arrivals.note(1, 10.01)  # too late: already told lost
    assert arrivals.feedback(1, 2) == []
    arrivals.note(3, 10.02)
    (data,) = arrivals.feedback(1, 2)
    assert int.from_bytes(data[12:16], "big") == 3 << 16 | 1


def test_another_source_waits_until_the_first_is_silent() -> None:
    stream, _ = inbound()
    assert stream.take(packet(1, KEY), 1.0)
    assert not stream.take(packet(7, KEY, ssrc=77), 1.1)
    assert stream.take(packet(2), 1.2)
    assert (stream.ssrc, stream.epoch) == (9, 1)
    assert stream.take(packet(8, KEY, ssrc=77), 1.8)
    assert (stream.ssrc, stream.epoch) == (77, 2)


def test_numbers_that_leap_ask_for_a_key_frame_and_not_for_thousands_of_packets() -> None:
    stream, sent = inbound()
    stream.take(packet(1, KEY), 1.0)
    for leap in range(1, 200):
        stream.take(packet(1 + 500 * leap), 1.0 + leap / 1000)
    assert len(stream.missing) <= 1024
    asked = [message for message in messages(sent) if isinstance(message, rtcp.Nack)]
    assert len(asked) == 2
    assert messages(sent)[-1] == rtcp.KeyFrameRequest(9)


def test_a_viewer_is_repeated_a_bounded_number_a_second() -> None:
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    for sequence in range(500):
        stream.take(packet(sequence, KEY), 1.0)
        leg.forward(packet(sequence, KEY), 1.0)
    moments = [2.0 + step * 0.03 for step in range(30)]
    given = [leg.repeat(sequence, at) for at in moments for sequence in range(500)]
    assert sum(repeat is not None for repeat in given) == 600
    assert leg.repeat(3, 3.01) is not None


def test_transport_numbers_that_leap_are_told_in_a_bounded_row() -> None:
    arrivals = Arrivals()
    for sequence in (0, 20_000, 40_000):
        arrivals.note(sequence, 10.0)
    told = arrivals.feedback(1, 2)
    assert sum(int.from_bytes(data[14:16], "big") for data in told) <= 4 * 420 + 1


@pytest.mark.parametrize("first", [65_531, 65_535, 32_768, 32_767, 0])
def test_what_begins_with_a_loss_is_decrypted_all_the_same(first: int) -> None:
    """SRTP guesses how often the number turned over from the first packet that it sees."""
    key = bytes(range(30))
    sent = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    received = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND))
    stream, _ = inbound()
    leg = outbound()
    leg.connect(stream, 0.5)
    plain = []
    for sequence in range(first, first + 100):
        coming = packet(sequence, KEY, timestamp=5)
        stream.take(coming, 1.0)
        plain.append(leg.forward(coming, 1.0))
    sealed = [sent.protect(data) for data in plain]
    assert rtp.parse(plain[0]).sequence == first % 2**15
    assert [received.unprotect(data) for data in sealed[20:]] == plain[20:]
