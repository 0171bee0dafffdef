import pytest
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from rooms.media import rtp


def build(**fields: object) -> bytes:
    packet = RtpPacket(payload_type=96, marker=1, sequence_number=7, timestamp=8, ssrc=9)
    packet.payload = b"payload"
    for name, value in fields.items():
        setattr(packet, name, value)
    return packet.serialize(HeaderExtensionsMap())


def test_a_packet_is_read_as_another_library_wrote_it() -> None:
    packet = rtp.parse(build())
    assert packet == rtp.Packet(True, 96, 7, 8, 9, False, {}, b"payload")


@given(
    st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=4),
    st.binary(max_size=40),
)
def test_what_is_written_is_read_again(extensions: dict[int, bytes], payload: bytes) -> None:
    packet = rtp.Packet(False, 111, 65535, 2**32 - 1, 1, False, extensions, payload)
    assert rtp.parse(rtp.write(packet)) == packet


def test_two_byte_extensions_are_read() -> None:
    head = bytes.fromhex("90600001000000020000000310000002") + bytes([5, 3, 1, 2, 3, 0, 6, 0])
    assert rtp.parse(head + b"x").extensions == {5: b"\1\2\3", 6: b""}


@given(st.binary(max_size=80))
def test_garbage_is_refused_or_read_but_never_breaks(data: bytes) -> None:
    try:
        packet = rtp.parse(data)
    except rtp.BadPacketError:
        return
    rtp.is_vp8_key_frame(packet.payload)
    try:
        rtp.unwrap_rtx(packet, 96, 1)
    except rtp.BadPacketError:
        assert packet.padded


def test_a_retransmission_becomes_the_packet_it_repeats() -> None:
    wrapped = rtp.parse(build(payload=b"\x12\x34rest", payload_type=97, ssrc=10))
    original = rtp.unwrap_rtx(wrapped, 96, 9)
    assert original == rtp.Packet(True, 96, 0x1234, 8, 9, False, {}, b"rest")


def test_a_retransmission_of_mere_padding_is_nothing() -> None:
    padded = rtp.Packet(False, 97, 1, 2, 3, True, {}, b"\0\0\0\4")
    assert rtp.unwrap_rtx(padded, 96, 9) is None
    with pytest.raises(rtp.BadPacketError):
        rtp.strip_padding(b"\0\0\0\5")


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("1000", True),
        ("1001", False),
        ("0000", False),  # not the start of a partition
        ("1100", False),  # another partition
        ("90e0812301e000", True),  # 15-bit picture id, TL0PICIDX, TID
        ("90e0812301e001", False),
        ("90800500", True),  # 7-bit picture id
        ("90", False),
        ("", False),
    ],
)
def test_key_frames_are_told_apart(payload: str, key: bool) -> None:
    assert rtp.is_vp8_key_frame(bytes.fromhex(payload)) is key


def test_newer_wraps_around() -> None:
    assert rtp.newer(0, 65535)
    assert not rtp.newer(65535, 0)
    assert not rtp.newer(5, 5)
    assert HeaderExtensions().mid is None
