"""Who hears what a peer does: the room that it is in, and what records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rooms.media.inbound import Kind

if TYPE_CHECKING:
    from rooms.media.peer import Peer


class Recorder(Protocol):
    """What keeps this peer's packets while its room is recorded."""

    def packet(self, peer: str, kind: Kind, datagram: bytes, arrival: float) -> None:
        """Keep a decrypted RTP packet."""

    def clock(self, peer: str, ssrc: int, rtp_timestamp: int, ntp: int) -> None:
        """Keep what a sender report says."""


class Listener(Protocol):
    """Whoever wants to know how a peer fares (the room)."""

    def peer_up(self, peer: Peer) -> None:
        """Hear that media can flow."""

    def peer_down(self, peer: Peer, why: str) -> None:
        """Hear that the connection is over."""

    def peer_silent(self, peer: Peer, seconds: float) -> None:
        """Hear that nothing has arrived for so long."""

    def peer_heard(self, peer: Peer, seconds: float) -> None:
        """Hear that packets arrive again."""
