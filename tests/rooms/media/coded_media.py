"""Real VP8 and Opus, cut into RTP packets as a browser would: what the media tests send.

At every whole second the picture turns white and a tone sounds, for a fifth of a second: so a
decoded recording shows whether sound and picture are in step.
"""

import functools
import itertools
import struct
from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np

LEVEL_ID = 3
FLASH = 0.2
PICTURES_A_SECOND = 20
PIECE = 200  # bytes of a picture in a packet: small, so that pictures of a test take several


class Coded(NamedTuple):
    at: float
    data: bytes
    key: bool = True
    level: int = 127


class Sent(NamedTuple):
    at: float
    datagram: bytes


@functools.cache
def pictures(seconds: float, width: int = 160, height: int = 90, every: int = 40) -> list[Coded]:
    """Encode VP8, a key frame each `every` pictures."""
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, 1000), PICTURES_A_SECOND
    codec.gop_size, codec.bit_rate = every, 600_000
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    grain = np.random.default_rng(1).integers(-20, 20, (height, width), dtype=np.int16)
    packets = []
    for number in range(int(seconds * PICTURES_A_SECOND)):
        at = number / PICTURES_A_SECOND
        shade = 210 if at % 1 < FLASH else 40
        planes = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
        planes[:height] = shade + grain
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = round(at * 1000), Fraction(1, 1000)
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [Coded(packet.pts / 1000, bytes(packet), packet.is_keyframe) for packet in packets]


@functools.cache
def sounds(seconds: float) -> list[Coded]:
    """Encode Opus, 20 ms a packet, with its level as RFC 6464 gives it."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48_000, "mono", "s16"
    codec.time_base = Fraction(1, 48_000)
    packets = []
    for number in range(int(seconds * 50)):
        times = (np.arange(960) + number * 960) / 48_000
        loud = np.where(times % 1 < FLASH, 16_000, 30)
        wave = (np.sin(times * 2 * np.pi * 440) * loud).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        packets += codec.encode(frame)
    return [
        Coded(number / 50, bytes(packet), True, 9 if number / 50 % 1 < FLASH else 70)
        for number, packet in enumerate(packets[: int(seconds * 50)])
    ]


def rtp(
    payload: bytes, sequence: int, timestamp: int, ssrc: int, *, marker: bool, level: int | None
) -> bytes:
    extension = b""
    if level is not None:
        extension = struct.pack(">HHBBxx", 0xBEDE, 1, LEVEL_ID << 4, level)
    first = 0x90 if extension else 0x80
    head = struct.pack(
        ">BBHII",
        first,
        marker << 7 | 96,
        sequence & 0xFFFF,
        timestamp & 0xFFFFFFFF,
        ssrc,
    )
    return head + extension + payload


def send_pictures(
    coded: list[Coded], ssrc: int, sequence: int = 65_500, timestamp: int = 2**32 - 45_000
) -> list[Sent]:
    """Packetise VP8 with picture ids (RFC 7741); both counters wrap soon."""
    numbers = itertools.count(sequence)
    sent = []
    for index, picture in enumerate(coded):
        pieces = [picture.data[at : at + PIECE] for at in range(0, len(picture.data), PIECE)]
        for place, piece in enumerate(pieces):
            start = 0x10 if place == 0 else 0
            described = struct.pack(">BBH", 0x80 | start, 0x80, 0x8000 | index & 0x7FFF) + piece
            sent.append(
                Sent(
                    picture.at + place * 0.0002,
                    rtp(
                        described,
                        next(numbers),
                        timestamp + round(picture.at * 90_000),
                        ssrc,
                        marker=place == len(pieces) - 1,
                        level=None,
                    ),
                )
            )
    return sent


def send_sounds(
    coded: list[Coded], ssrc: int, sequence: int = 65_500, timestamp: int = 2**32 - 24_000
) -> list[Sent]:
    """Packetise Opus; both counters wrap soon."""
    return [
        Sent(
            sound.at + 0.02,
            rtp(
                sound.data,
                sequence + number,
                timestamp + round(sound.at * 48_000),
                ssrc,
                marker=False,
                level=sound.level,
            ),
        )
        for number, sound in enumerate(coded)
    ]
