import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.media.depacketise import (
    Depacketiser,
    Frame,
    key_frame_size,
    opus_samples,
    parse,
    vp8_payload,
)
from tests.rooms.media.coded_media import (
    LEVEL_ID,
    Sent,
    pictures,
    rtp,
    send_pictures,
    send_sounds,
    sounds,
)

CODED = pictures(4.0)
PACKETS = send_pictures(CODED, ssrc=7)


def frames(packets: list[Sent], kind: str = "video", peer: int = 0) -> list[Frame]:
    person = Depacketiser()
    taken = [
        frame
        for at, datagram in packets
        for frame in person.push(peer, kind, at, datagram, LEVEL_ID)
    ]
    return taken + list(person.flush())


def test_pictures_come_back_whole_over_the_wrap_of_both_counters():
    shown = frames(PACKETS)
    assert [frame.data for frame in shown] == [picture.data for picture in CODED]
    assert [frame.key for frame in shown] == [picture.key for picture in CODED]
    assert {(frame.width, frame.height) for frame in shown if frame.key} == {(160, 90)}
    assert [round((f.timestamp - shown[0].timestamp) / 90_000, 3) for f in shown] == [
        picture.at for picture in CODED
    ]


def test_sounds_come_back_with_their_levels():
    coded = sounds(2.0)
    heard = frames(send_sounds(coded, ssrc=9), "audio")
    assert [(frame.data, frame.level) for frame in heard] == [(s.data, s.level) for s in coded]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_reordered_and_repeated_packets_change_nothing(data):
    delays = data.draw(st.lists(st.floats(0, 0.4), min_size=len(PACKETS), max_size=len(PACKETS)))
    again = data.draw(st.lists(st.sampled_from(PACKETS), max_size=20))
    # The first packet tells where the numbers begin, as long as it is not later than the patience.
    arriving = sorted(
        [Sent(p.at + delay, p.datagram) for p, delay in zip(PACKETS, delays, strict=True)]
        + [Sent(p.at + 0.5, p.datagram) for p in again]
    )
    assert [frame.data for frame in frames(arriving)] == [picture.data for picture in CODED]


@functools.cache
def packets_of_pictures() -> list[list[int]]:
    """Return, for each picture, the positions of its packets."""
    timestamps = [parse(packet.datagram).timestamp for packet in PACKETS]
    order = list(dict.fromkeys(timestamps))
    return [[i for i, t in enumerate(timestamps) if t == timestamp] for timestamp in order]


@settings(max_examples=60, deadline=None)
@given(lost=st.sets(st.integers(0, len(PACKETS) - 1), max_size=30))
def test_after_a_loss_the_next_key_frame_is_awaited(lost):
    expected, whole = [], False
    for picture, positions in zip(CODED, packets_of_pictures(), strict=True):
        if lost & set(positions):
            whole = False
        elif picture.key:
            whole = True
        if whole:
            expected.append(picture.data)
    arriving = [packet for index, packet in enumerate(PACKETS) if index not in lost]
    assert [frame.data for frame in frames(arriving)] == expected


def test_padding_between_frames_is_no_loss():
    padded = []
    for number, (at, datagram) in enumerate(PACKETS):
        renumbered = bytearray(datagram)
        renumbered[2:4] = (2 * number + 10 & 0xFFFF).to_bytes(2, "big")
        padded.append(Sent(at, bytes(renumbered)))
        if datagram[1] & 0x80:
            padding = bytearray(renumbered[:12] + b"\0" * 9 + b"\x0a")
            padding[0] |= 0x20
            padding[2:4] = (2 * number + 11 & 0xFFFF).to_bytes(2, "big")
            padded.append(Sent(at, bytes(padding)))
        else:
            padded.append(Sent(at, rtp(b"", 2 * number + 11, 0, 7, marker=False, level=None)))
    # Padding in the middle of a picture carries the timestamp of that picture.
    for index, (at, datagram) in enumerate(padded):
        if len(datagram) == 12:
            padded[index] = Sent(at, datagram[:4] + padded[index - 1].datagram[4:8] + datagram[8:])
    assert [frame.data for frame in frames(padded)] == [picture.data for picture in CODED]


def test_a_new_ssrc_is_a_new_stream():
    later = [Sent(p.at + 10, p.datagram) for p in send_pictures(CODED, 8, 5, 5)]
    shown = frames(PACKETS + later)
    assert [frame.stream for frame in shown] == [0] * len(CODED) + [1] * len(CODED)


def test_a_clock_that_jumps_is_a_new_stream_and_loses_nothing():
    later = [Sent(p.at + 4, p.datagram) for p in send_pictures(CODED, 7, 30_000, 900_000_000)]
    shown = frames(PACKETS + later)
    assert [frame.data for frame in shown] == [picture.data for picture in CODED] * 2
    assert [frame.stream for frame in shown] == [0] * len(CODED) + [1] * len(CODED)


def test_one_stray_packet_is_ignored():
    stray = rtp(b"\x10\x00", 40_000, 123_456_789, 7, marker=True, level=None)
    shown = frames([*PACKETS[:20], Sent(PACKETS[20].at, stray), *PACKETS[20:]])
    assert [frame.data for frame in shown] == [picture.data for picture in CODED]


def test_a_sender_report_is_kept_with_the_stream_it_tells_of():
    person = Depacketiser()
    for at, datagram in PACKETS:
        list(person.push(3, "video", at, datagram))
    newest = parse(PACKETS[-1].datagram).timestamp
    person.clock(3, PACKETS[-1].at, 7, newest + 90, 1000.5)
    person.clock(3, PACKETS[-1].at, 8, newest, 1000.5)
    person.clock(3, PACKETS[-1].at, 7, newest + 90_000_000, 1000.5)
    assert [len(stream.clocks) for stream in person.streams] == [1]
    assert person.streams[0].clocks[0][1] == 1000.5


@given(data=st.binary(max_size=200), level_id=st.integers(0, 255))
def test_no_datagram_breaks_the_reading(data, level_id):
    parse(data, level_id)
    vp8_payload(data)
    key_frame_size(data)
    assert opus_samples(data) >= 0


@settings(max_examples=50, deadline=None)
@given(
    garbage=st.lists(
        st.tuples(st.sampled_from(["audio", "video"]), st.floats(0, 9), st.binary(max_size=60))
    )
)
def test_no_garbage_breaks_a_recording(garbage):
    person = Depacketiser()
    for kind, at, tail in garbage:
        for datagram in (tail, rtp(tail, len(tail), 7, 5, marker=True, level=None)):
            list(person.push(0, kind, at, datagram, LEVEL_ID))
    list(person.flush())


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"", 0),
        (b"\xfc\xff\xfe", 960),
        (bytes([0 << 3]), 480),
        (bytes([3 << 3]), 2880),
        (bytes([12 << 3]), 480),
        (bytes([13 << 3 | 1]), 1920),
        (bytes([16 << 3 | 2]), 240),
        (bytes([31 << 3 | 3, 3]), 2880),
        (bytes([31 << 3 | 3]), 0),
    ],
)
def test_the_length_of_a_packet_of_sound_is_read_from_its_first_byte(packet, samples):
    assert opus_samples(packet) == samples
