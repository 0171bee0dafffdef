"""A WebRTC client of another make (aiortc), on its own thread, for tests."""

import asyncio
import re
import threading
import time
from types import TracebackType
from typing import Any, Self

from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import (
    AudioStreamTrack,
    MediaStreamError,
    MediaStreamTrack,
    VideoStreamTrack,
)

from rooms.engines import Role
from rooms.engines.native import NativeEngine


class Client:
    """Sends a tone-less sound and a plain picture, counts the frames that it decodes."""

    def __init__(self, hidden: bool = False, relay: RTCIceServer | None = None) -> None:
        """``hidden``: offer mDNS names instead of addresses, as Firefox does.

        ``relay``: use this TURN server, and no other way.
        """
        self._relay = relay
        self.frames = {"audio": 0, "video": 0}
        self.tracks = 0
        self._readers: list[asyncio.Task[None]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._closed = False
        self._pc: RTCPeerConnection = self._do(self._create())
        self.offer = self._pc.localDescription.sdp
        if hidden:
            candidate = r"(a=candidate:\S+ 1 udp \d+) \S+"
            self.offer = re.sub(candidate, r"\1 2b1e9f54-0c2f.local", self.offer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def join(self, engine: NativeEngine, room: str, peer: str, role: Role) -> None:
        answer = engine.admit(room, peer, role, self.offer)
        self._do(self._answered(answer))
        end = time.monotonic() + 15
        while self._pc.connectionState != "connected":
            assert time.monotonic() < end, self._pc.connectionState
            threading.Event().wait(0.01)

    def offer_only(self, engine: NativeEngine, room: str, peer: str, role: Role) -> None:
        engine.admit(room, peer, role, self.offer)

    def await_frames(self, audio: int, video: int, within: float = 30) -> None:
        end = time.monotonic() + within
        while self.frames["audio"] < audio or self.frames["video"] < video:
            assert time.monotonic() < end, self.frames
            threading.Event().wait(0.02)

    def server_addresses(self) -> list[tuple[str, int]]:
        transport = self._pc.getSenders()[0].transport.transport
        candidates = transport.getRemoteCandidates()
        return [(c.ip, c.port) for c in candidates if ":" not in c.ip]

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _create(self) -> RTCPeerConnection:
        ways = RTCConfiguration(iceServers=[])
        if self._relay is not None:
            ways = RTCConfiguration([self._relay], iceTransportPolicy=RTCIceTransportPolicy.RELAY)
        pc = RTCPeerConnection(ways)
        pc.on("track", self._track)
        pc.addTrack(AudioStreamTrack())
        pc.addTrack(VideoStreamTrack())
        await pc.setLocalDescription(await pc.createOffer())
        return pc

    async def _answered(self, sdp: str) -> None:
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def _track(self, track: MediaStreamTrack) -> None:
        self.tracks += 1
        self._readers.append(asyncio.ensure_future(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.frames[track.kind] += 1
        except MediaStreamError:
            return

    async def _close(self) -> None:
        await self._pc.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
