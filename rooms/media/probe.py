"""The equipment test's network: a browser that hears and sees itself through this server."""

import asyncio
import time

from rooms.engines import Role
from rooms.media.network import Network
from rooms.media.peer import Peer
from rooms.media.sdp import Offer

LASTS_AT_MOST = 30.0


class Probe:
    """A peer alone, whose own audio and video come back to it for half a minute at most."""

    def __init__(self, name: str, offer: Offer, network: Network) -> None:
        self.closed = False
        self._since = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._peer = Peer(
            name,
            Role.CANDIDATE,
            offer,
            heard_roles=(Role.CANDIDATE.value,),
            network=network,
            listener=self,
        )

    async def answer(self) -> str:
        """Return the answer SDP."""
        return await self._peer.answer()

    def peer_up(self, peer: Peer) -> None:
        """Send the peer its own streams."""
        now = time.monotonic()
        for leg in peer.outbound:
            leg.connect(peer.inbound.get(leg.kind), now)

    def peer_down(self, peer: Peer, why: str) -> None:  # noqa: ARG002 - nobody asks why
        """Forget the peer."""
        self._end()

    def peer_silent(self, peer: Peer, seconds: float) -> None:  # noqa: ARG002 - a probe has no second one
        """End: a test that hears nothing is over."""
        self._end()

    def peer_heard(self, peer: Peer, seconds: float) -> None:
        """Pass over: a silent probe has ended."""

    def _end(self) -> None:
        if not self.closed:
            self.closed = True
            self._task = asyncio.create_task(self._peer.close())

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms."""
        self._peer.tick(now)

    def second(self, now: float) -> None:
        """Do what is due every second; end a probe that lasts too long."""
        self._peer.second(now)
        self._peer.measure(now)
        if now - self._since > LASTS_AT_MOST:
            self._end()

    async def close(self) -> None:
        """End at once."""
        self.closed = True
        await self._peer.close()
