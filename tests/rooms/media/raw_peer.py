"""A peer that speaks WebRTC as far as SRTP, and then sends whatever bytes it is told to."""

import asyncio
import struct
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bench.offering import addresses, seek
from rooms.engines import Role
from rooms.engines.native import NativeEngine
from rooms.media.hooks import Link, SrtpError
from rooms.media.network import Network, Poller
from rooms.media.sdp import Offer, parse_offer

AUDIO, VIDEO, RTX = 111, 96, 97
LEVEL, STAMP, NUMBER = (
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
)
SECTIONS = {
    "audio": [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        LEVEL,
        NUMBER,
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
    ],
    "video": [
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        STAMP,
        NUMBER,
        "a=rtpmap:96 VP8/90000",
        *(f"a=rtcp-fb:96 {word}" for word in ("goog-remb", "transport-cc", "nack", "nack pli")),
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
    ],
}


class RawPeers:
    """A thread and a loop on which peers live; closes them all."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._peers: list[RawPeer] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self.poller = self.do(self._poll())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for peer in self._peers:
            peer.close()
        self._loop.call_soon_threadsafe(self.poller.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _poll(self) -> Poller:
        return Poller(asyncio.get_running_loop())

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def join(
        self,
        engine: NativeEngine,
        room: str,
        role: Role,
        setup: str = "actpass",
        address: str = "127.0.0.1",
    ) -> "RawPeer":
        """Connect one more peer; its DTLS role follows `setup`."""
        peer = RawPeer(self, setup, address, role is Role.OBSERVER)
        self._peers.append(peer)
        peer.connect(engine.admit(room, role.value, role, peer.offer))
        return peer


class RawPeer:
    """One connection; `received` counts RTP packets by SSRC, `control` keeps RTCP."""

    def __init__(
        self,
        owner: RawPeers,
        setup: str = "actpass",
        address: str = "127.0.0.1",
        observes: bool = False,
    ) -> None:
        self._owner = owner
        self.received: dict[int, list[int]] = {}
        self.control: list[bytes] = []
        self.setup = setup
        self._closed = False
        self.offer = owner.do(self._prepare(setup, address, observes))

    async def _prepare(self, setup: str, address: str, observes: bool) -> str:
        # Link takes the role that an answerer to this offer would: here it is the offerer.
        role = "passive" if setup == "active" else "active"
        given = Offer((), "none", "none", False, (), role)
        network = Network(self._owner.poller, [address])
        self.link = Link(network, given, self._media, lambda: None)
        self.link._connection.ice_controlling = True
        ours = await self.link.gather()
        lines = [f"a=candidate:{candidate}" for candidate in ours.candidates]
        lines += [f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.pwd}"]
        lines += [f"a=fingerprint:{ours.fingerprint}", f"a=setup:{setup}"]
        offer = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
        kinds = ("audio", "audio", "video", "video") if observes else ("audio", "video")
        for mid, kind in enumerate(kinds):
            offer += [*SECTIONS[kind], *lines, f"a=mid:{mid}", "a=rtcp-mux"]
            offer += ["a=recvonly" if observes else "a=sendrecv"]
        return "\r\n".join([*offer, ""])

    def connect(self, answer: str) -> None:
        self.answer = parse_offer(answer)
        self.addresses = [candidate.host for candidate in addresses(answer)]
        self._owner.do(self._connect(answer))

    async def _connect(self, answer: str) -> None:
        self.link._offer = self.answer
        await seek(self.link, answer)
        await asyncio.wait_for(self.link.connect(), 15)

    def _media(self, data: bytes, _arrival: float) -> None:
        try:
            if 192 <= data[1] <= 223:
                self.control.append(self.link.unprotect_rtcp(data))
            else:
                plain = self.link.unprotect(data)
                ssrc = int.from_bytes(plain[8:12], "big")
                self.received.setdefault(ssrc, []).append(int.from_bytes(plain[2:4], "big"))
        except SrtpError:
            return

    def send(self, packets: list[bytes], control: bool = False) -> None:
        """Protect and send; what cannot be protected is not sent."""

        async def act() -> None:
            for packet in packets:
                (self.link.send_rtcp if control else self.link.send)(packet)

        self._owner.do(act())

    def send_bare(self, packets: list[bytes]) -> None:
        """Send bytes as they are on the pair that ICE chose."""

        async def act() -> None:
            sock, address = self.link._connection.route
            for packet in packets:
                sock.sendto(packet, address)

        self._owner.do(act())

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._owner.do(self.link.close())


def rtp(kind: int, sequence: int, timestamp: int, ssrc: int, payload: bytes = b"\x10\0x") -> bytes:
    """Write a packet without extensions."""
    head = struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + payload
