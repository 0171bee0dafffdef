"""People for the benchmark of rooms: real ICE, DTLS and SRTP, with a clip encoded beforehand.

Each sends 720p30 VP8 of 1.2 Mbit/s and Opus, and notes when the other's frames come back. The
delay that is measured runs from just before a frame's last packet is handed to the kernel until
the kernel has it back from the server: this program's own lateness is in neither end.
"""

from __future__ import annotations

import asyncio
import fractions
import random
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder
from av import AudioFrame, VideoFrame

from rooms.media import rtcp
from rooms.media.hooks import Link, SrtpError
from rooms.media.network import Network, Poller
from rooms.media.sdp import Offer, parse_offer

WIDTH, HEIGHT, RATE, BITRATE = 1280, 720, 30, 1_200_000
CLIP_FRAMES = 120
LATE = 0.050
SO_TIMESTAMPNS = 35
EMPTY = Offer((), "none", "none", False, (), "active", ())
Negotiate = Callable[[str, str, str], Awaitable[str]]

SECTIONS = """\
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
{transport}a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=sendrecv
a=msid:s a
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=ssrc:{audio} cname:c
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
{transport}a=mid:1
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=sendrecv
a=msid:s v
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=ssrc:{video} cname:c
"""


@dataclass(frozen=True)
class Clip:
    """Encoded frames, each a list of RTP payloads; the first is a key frame."""

    video: list[list[bytes]]
    audio: list[bytes]


@lru_cache(maxsize=1)
def clip() -> Clip:
    """Encode four seconds of a moving, noisy picture, and a second of a tone."""
    noise = np.random.default_rng(1)
    ground = noise.integers(60, 200, (HEIGHT // 16, WIDTH // 16), dtype=np.uint8)
    ground = ground.repeat(16, 0).repeat(16, 1)
    encoder = Vp8Encoder()
    encoder.target_bitrate = BITRATE
    video = []
    for number in range(CLIP_FRAMES):
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
        picture[:HEIGHT] = np.roll(ground, (number * 3, number * 5), (0, 1))
        picture[:HEIGHT] += noise.integers(0, 6, (HEIGHT, WIDTH), dtype=np.uint8)
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number * 3000
        frame.time_base = fractions.Fraction(1, 90000)
        payloads, _ = encoder.encode(frame, force_keyframe=number == 0)
        video.append(payloads)
    sound = OpusEncoder()
    audio: list[bytes] = []
    for number in range(50):
        angles = np.arange(number * 960, (number + 1) * 960) * (2 * np.pi * 220 / 48000)
        wave = (8000 * np.sin(angles)).astype(np.int16)
        piece = AudioFrame.from_ndarray(
            np.repeat(wave, 2)[np.newaxis], format="s16", layout="stereo"
        )
        piece.sample_rate, piece.pts = 48000, number * 960
        piece.time_base = fractions.Fraction(1, 48000)
        audio += sound.encode(piece)[0]
    return Clip(video, audio)


@dataclass
class Caller:
    """One person in a room."""

    poller: Poller
    address: str
    other: Caller | None = None
    sent: dict[int, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    frames_sent: int = 0
    joined: float = 0.0
    first_frame: float | None = None
    measuring: bool = False

    def __post_init__(self) -> None:
        """Draw the names of the streams, and bind nothing yet."""
        chance = random.Random()  # noqa: S311 - spacing of frames, not secrets
        self.link = Link(Network(self.poller, [self.address]), EMPTY, self._media, lambda: None)
        # whoever offers controls, before the first check of the other end arrives
        self.link._connection.ice_controlling = True  # noqa: SLF001
        self.audio_ssrc, self.video_ssrc = chance.getrandbits(31), chance.getrandbits(31)
        self._audio_sequence = self._video_sequence = chance.getrandbits(15)
        self._transport_sequence = 0
        self._timestamp = chance.getrandbits(31)
        self._index = self._audio_index = 0
        self._chance = chance
        self._shift: int | None = None
        self._arrived: list[tuple[int, float]] = []
        self.next_video = self.next_audio = 0.0

    async def join(self, room: str, name: str, negotiate: Negotiate) -> None:
        """Offer, connect, and look at arrivals with the kernel's clock."""
        self.joined = time.monotonic()
        ours = await self.link.gather()
        lines = [f"a=candidate:{candidate}" for candidate in ours.candidates]
        lines += [
            "a=end-of-candidates",
            f"a=ice-ufrag:{ours.ufrag}",
            f"a=ice-pwd:{ours.pwd}",
            f"a=fingerprint:{ours.fingerprint}",
            "a=setup:actpass",
        ]
        head = "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0 1\n"
        head += "a=msid-semantic: WMS *\n"
        body = SECTIONS.format(
            transport="".join(f"{line}\n" for line in lines),
            audio=self.audio_ssrc,
            video=self.video_ssrc,
        )
        answer = await negotiate(room, name, (head + body).replace("\n", "\r\n"))
        connection = self.link._connection  # noqa: SLF001 - the other end of the same wire
        self.link._offer = parse_offer(answer)  # noqa: SLF001
        await asyncio.wait_for(self.link.connect(), 15)
        for protocol in connection._protocols:  # noqa: SLF001
            sock = protocol.transport.sock
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.poller.remove(sock)
            self.poller.add(sock, lambda sock=sock, protocol=protocol: self._read(sock, protocol))
        self.next_video = time.monotonic() + self._chance.random() / RATE
        self.next_audio = time.monotonic() + self._chance.random() / 50

    def _read(self, sock: socket.socket, protocol: object) -> None:
        connection = self.link._connection  # noqa: SLF001
        for _ in range(64):
            try:
                data, ancillary, _, address = sock.recvmsg(2048, 64)
            except OSError:
                return
            if data and 127 < data[0] < 192:
                seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
                self._media(data, seconds + nanoseconds / 1e9)
            else:
                connection.control(data, address, protocol)

    def _media(self, data: bytes, arrival: float) -> None:
        if 192 <= data[1] <= 223:
            try:
                plain = self.link.unprotect_rtcp(data)
            except SrtpError:
                return
            for message in rtcp.parse(plain):
                if isinstance(message, rtcp.KeyFrameRequest):
                    self._index = 0
        elif data[1] & 0x80 and data[1] & 0x7F == 96:
            if self.first_frame is None:
                self.first_frame = time.monotonic() - self.joined
            if self.measuring:
                self._arrived.append((int.from_bytes(data[4:8], "big"), arrival))

    def send_due(self, now: float) -> None:
        """Send the frames whose time has come."""
        while now >= self.next_audio:
            self.next_audio += 0.02
            payload = clip().audio[self._audio_index % 50]
            self._audio_index += 1
            self._audio_sequence = (self._audio_sequence + 1) & 0xFFFF
            extension = struct.pack("!HHBBBH3x", 0xBEDE, 2, 0x10, 30, 0x31, self._number())
            stamp = self._audio_index * 960
            head = struct.pack("!BBHII", 0x90, 111, self._audio_sequence, stamp, self.audio_ssrc)
            self.link.send(head + extension + payload)
        while now >= self.next_video:
            self.next_video += 1 / RATE
            self._send_frame()

    def _send_frame(self) -> None:
        # uneven steps, so that a stream whose timestamps were all moved still matches one way
        self._timestamp = (self._timestamp + 3000 + self._chance.randint(-40, 40)) & 0xFFFFFFFF
        payloads = clip().video[self._index % CLIP_FRAMES]
        self._index += 1
        for number, payload in enumerate(payloads):
            last = number == len(payloads) - 1
            self._video_sequence = (self._video_sequence + 1) & 0xFFFF
            extension = struct.pack("!HHBHx", 0xBEDE, 1, 0x31, self._number())
            head = struct.pack(
                "!BBHII",
                0x90,
                96 | (0x80 if last else 0),
                self._video_sequence,
                self._timestamp,
                self.video_ssrc,
            )
            if last and self.measuring:
                self.sent[self._timestamp] = time.time()
                self.frames_sent += 1
            self.link.send(head + extension + payload)

    def _number(self) -> int:
        self._transport_sequence = (self._transport_sequence + 1) & 0xFFFF
        return self._transport_sequence

    def match(self) -> list[float]:
        """Return the delays, in seconds, of the other's frames that arrived here."""
        if self.other is None or not self._arrived:
            return []
        sent = self.other.sent
        shift = _shift(list(sent), [stamp for stamp, _ in self._arrived])
        found = {}
        for stamp, arrival in self._arrived:
            at = sent.get((stamp - shift) & 0xFFFFFFFF)
            if at is not None:
                found.setdefault(stamp, arrival - at)
        return list(found.values())


def _shift(sent: list[int], arrived: list[int]) -> int:
    """Return by how much the server moved timestamps: the shift under which most agree."""
    known = set(sent)
    probe = arrived[len(arrived) // 2]
    best, most = 0, -1
    for stamp in sent:
        shift = (probe - stamp) & 0xFFFFFFFF
        agree = sum(1 for one in arrived[::7] if (one - shift) & 0xFFFFFFFF in known)
        if agree > most:
            best, most = shift, agree
    return best


async def talk(callers: list[Caller], until: float) -> None:
    """Let everybody send until a moment on the monotonic clock."""
    while (now := time.monotonic()) < until:
        for caller in callers:
            caller.send_due(now)
        await asyncio.sleep(0.002)
