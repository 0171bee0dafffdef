"""People for the benchmark of rooms: real ICE, DTLS and SRTP, with a clip encoded beforehand.

Each sends 720p30 VP8 of 1.2 Mbit/s and Opus, and notes when the other's frames come back. The
delay that is measured runs from just before a frame's last packet is handed to the kernel until
the kernel has it back from the server: this program's own lateness is in neither end. Frames are
known again by their VP8 picture id. Everybody speaks one SRTP profile, whatever the server.
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
from typing import Any

import numpy as np
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcdtlstransport import SRTP_AES128_CM_SHA1_80
from av import AudioFrame, VideoFrame

from bench.offering import seek
from rooms.media import rtcp, rtp
from rooms.media.hooks import Link, SrtpError
from rooms.media.network import Network, Poller
from rooms.media.sdp import Offer, parse_offer, write_answer

WIDTH, HEIGHT, RATE, BITRATE = 1280, 720, 30, 1_200_000
CLIP_FRAMES = 120
SO_TIMESTAMPNS = 35
AUDIO, VIDEO = 111, 96
EMPTY = Offer((), "none", "none", False, (), "active")
Negotiate = Callable[[str, str, str], Awaitable[str]]
"""Room, name, offer; the answer."""

SECTIONS = """\
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
{transport}a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a={direction}
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
a={direction}
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
        video.append([_without_picture_id(payload) for payload in payloads])
    return Clip(video, _tone())


def _tone() -> list[bytes]:
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
    return audio


def _without_picture_id(payload: bytes) -> bytes:
    """Check the VP8 descriptor (RFC 7741, 4.2) and cut the picture id out, to be put in anew."""
    if not (payload[0] & 0x80 and payload[1] == 0x80 and payload[2] & 0x80):
        raise ValueError("the encoder writes another descriptor than picture id alone")
    return payload[:2] + payload[4:]


class Wire:
    """One transport of a caller, whose arrivals carry the kernel's stamp."""

    def __init__(self, poller: Poller, address: str, offer: Offer, caller: Caller) -> None:
        self._poller = poller
        self._caller = caller
        self.link = Link(Network(poller, [address]), offer, caller.early, lambda: None)
        self.link._dtls._srtp_profiles = [SRTP_AES128_CM_SHA1_80]  # noqa: SLF001
        self._connection = self.link._connection  # noqa: SLF001 - the other end of a same wire

    async def offer(self, direction: str, audio: int, video: int) -> str:
        """Bind, and return an offer for one audio and one video section."""
        # whoever offers controls, before the first check of the other end arrives
        self._connection.ice_controlling = True
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
            direction=direction,
            audio=audio,
            video=video,
        )
        return (head + body).replace("\n", "\r\n")

    async def answered(self, answer: str) -> None:
        """Connect to whoever gave `answer`."""
        self.link._offer = parse_offer(answer)  # noqa: SLF001
        await seek(self.link, answer)
        await self._connect()

    async def answer(self) -> str:
        """Bind, and return an answer that receives all of the offer."""
        offer = self.link._offer  # noqa: SLF001
        ours = await self.link.gather()
        return write_answer(offer, ours, frozenset(section.mid for section in offer.sections), {})

    async def _connect(self) -> None:
        await asyncio.wait_for(self.link.connect(), 15)
        for protocol in self._connection._protocols:  # noqa: SLF001
            sock = protocol.transport.sock
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._poller.remove(sock)
            self._poller.add(sock, lambda sock=sock, protocol=protocol: self._read(sock, protocol))

    connect = _connect

    def _read(self, sock: socket.socket, protocol: Any) -> None:
        control = self._connection.control
        media = self._caller.media
        for _ in range(64):
            try:
                data, ancillary, _, address = sock.recvmsg(2048, 64)
            except OSError:
                return
            if data and 127 < data[0] < 192:
                media(self.link, data, ancillary)
            else:
                control(data, address, protocol)


@dataclass
class Caller:
    """One person in a room: what they send on `up`, and what they saw of the other on `down`."""

    poller: Poller
    address: str
    other: Caller | None = None
    sent: dict[int, float] = field(default_factory=dict)
    arrived: dict[int, float] = field(default_factory=dict)
    joined: float = 0.0
    first_frame: float | None = None
    measuring: bool = False

    def __post_init__(self) -> None:
        """Draw the names of the streams, and bind nothing yet."""
        chance = random.Random()  # noqa: S311 - spacing of frames, not secrets
        self.audio_ssrc, self.video_ssrc = chance.getrandbits(31), chance.getrandbits(31)
        self._audio_sequence = self._video_sequence = chance.getrandbits(15)
        self._transport_sequence = 0
        self._timestamp = chance.getrandbits(31)
        self._index = self._audio_index = self._picture = 0
        self._chance = chance
        self._wires: list[Wire] = []
        self._up: Link | None = None
        self._video_type = VIDEO
        self.next_video = self.next_audio = 0.0

    # Joining ---------------------------------------------------------------------------------

    async def join(self, room: str, name: str, negotiate: Negotiate) -> None:
        """Send and receive on one connection."""
        wire = await self._publish("sendrecv", room, name, negotiate)
        self._begin(wire)

    async def publish(self, room: str, name: str, negotiate: Negotiate) -> None:
        """Send on a connection that receives nothing."""
        wire = await self._publish("sendonly", room, name, negotiate)
        self._begin(wire)

    async def _publish(self, direction: str, room: str, name: str, negotiate: Negotiate) -> Wire:
        self.joined = self.joined or time.monotonic()
        wire = Wire(self.poller, self.address, EMPTY, self)
        self._wires.append(wire)
        offer = await wire.offer(direction, self.audio_ssrc, self.video_ssrc)
        await wire.answered(await negotiate(room, name, offer))
        return wire

    async def subscribe(self, offer: str, answered: Callable[[str], Awaitable[None]]) -> None:
        """Receive what `offer` sends, on a connection of its own."""
        self.joined = self.joined or time.monotonic()
        parsed = parse_offer(offer)
        self._video_type = next(
            section.payload_type or VIDEO for section in parsed.sections if section.kind == "video"
        )
        wire = Wire(self.poller, self.address, parsed, self)
        self._wires.append(wire)
        await answered(await wire.answer())
        await wire.connect()

    def _begin(self, wire: Wire) -> None:
        self._up = wire.link
        self.next_video = time.monotonic() + self._chance.random() / RATE
        self.next_audio = time.monotonic() + self._chance.random() / 50

    async def close(self) -> None:
        """Hang up."""
        for wire in self._wires:
            await wire.link.close()

    # Receiving -------------------------------------------------------------------------------

    def early(self, data: bytes, _arrival: float) -> None:
        """Take what comes before the kernel's stamps are asked for."""
        if self.first_frame is None and data[1] == 0x80 | VIDEO:
            self.first_frame = time.monotonic() - self.joined

    def media(self, link: Link, data: bytes, ancillary: list[Any]) -> None:
        """Note the last packet of each frame; start the clip again when a key frame is wanted."""
        if data[1] == 0x80 | self._video_type:
            if self.first_frame is None:
                self.first_frame = time.monotonic() - self.joined
            try:
                payload = rtp.parse(link.unprotect(data)).payload
            except (SrtpError, rtp.BadPacketError):
                return
            picture = (payload[2] & 0x7F) << 8 | payload[3]
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
            self.arrived.setdefault(picture, seconds + nanoseconds / 1e9)
        elif 192 <= data[1] <= 223:
            try:
                plain = link.unprotect_rtcp(data)
            except SrtpError:
                return
            if any(isinstance(packet, rtcp.KeyFrameRequest) for packet in rtcp.parse(plain)):
                self._index = 0

    # Sending ---------------------------------------------------------------------------------

    def send_due(self, now: float) -> None:
        """Send the frames whose time has come."""
        if self._up is None:
            return
        while now >= self.next_audio:
            self.next_audio += 0.02
            payload = clip().audio[self._audio_index % 50]
            self._audio_index += 1
            self._audio_sequence = (self._audio_sequence + 1) & 0xFFFF
            extension = struct.pack("!HHBBBH3x", 0xBEDE, 2, 0x10, 30, 0x31, self._number())
            stamp = self._audio_index * 960
            head = struct.pack("!BBHII", 0x90, AUDIO, self._audio_sequence, stamp, self.audio_ssrc)
            self._up.send(head + extension + payload)
        while now >= self.next_video:
            self.next_video += 1 / RATE
            self._send_frame(self._up)

    def _send_frame(self, up: Link) -> None:
        self._timestamp = (self._timestamp + 3000) & 0xFFFFFFFF
        self._picture = (self._picture + 1) & 0x7FFF
        picture = struct.pack("!H", 0x8000 | self._picture)
        payloads = clip().video[self._index % CLIP_FRAMES]
        self._index += 1
        for number, payload in enumerate(payloads):
            last = number == len(payloads) - 1
            self._video_sequence = (self._video_sequence + 1) & 0xFFFF
            extension = struct.pack("!HHBHx", 0xBEDE, 1, 0x31, self._number())
            head = struct.pack(
                "!BBHII",
                0x90,
                VIDEO | (0x80 if last else 0),
                self._video_sequence,
                self._timestamp,
                self.video_ssrc,
            )
            if last and self.measuring:
                self.sent[self._picture] = time.time()
            up.send(b"".join((head, extension, payload[:2], picture, payload[2:])))

    def _number(self) -> int:
        self._transport_sequence = (self._transport_sequence + 1) & 0xFFFF
        return self._transport_sequence

    # What was seen ---------------------------------------------------------------------------

    def delays(self) -> list[float]:
        """Return, in seconds, the delays of the frames that the other sent while measuring."""
        if self.other is None:
            return []
        arrived = self.arrived
        return [arrived[number] - at for number, at in self.other.sent.items() if number in arrived]


async def talk(callers: list[Caller]) -> None:
    """Let everybody send until cancelled."""
    while True:
        now = time.monotonic()
        for caller in callers:
            caller.send_due(now)
        await asyncio.sleep(0.002)
