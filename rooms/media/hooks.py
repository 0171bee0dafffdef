"""DTLS and SRTP by aiortc over an ICE connection of ours: one browser's link.

aiortc's RTP senders, receivers and peer connection are not used: they decode, poll and copy. Its
private names, and pylibsrtp's, are used here alone; aioice's in ``ice``.
``tests/rooms/media/test_hooks.py`` holds each by a test that says what broke; the versions are
pinned in ``pyproject.toml``.
"""

from collections.abc import Callable
from typing import Any

from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from aiortc.rtcicetransport import (
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)
from pylibsrtp import Error as SrtpError
from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

from rooms.media.ice import IceConnection, OnMedia
from rooms.media.network import Network
from rooms.media.sdp import Offer, Transport

__all__ = ["Link", "LinkFailed", "SrtpError"]

SRTP_TRAILER = 148  # bytes: the most that libsrtp adds to a packet
Cipher = Callable[[bytes], bytes]


class LinkFailed(Exception):
    """ICE or DTLS did not come about."""


class Link:
    """One browser's transport: ICE and DTLS by aiortc, datagrams and SRTP by us."""

    def __init__(
        self,
        network: Network,
        offer: Offer,
        on_media: OnMedia,
        on_down: Callable[[], None],
    ) -> None:
        self._offer = offer
        self._on_down = on_down
        gatherer = RTCIceGatherer(iceServers=[])
        self._connection = IceConnection(network, on_media)
        gatherer._connection = self._connection  # noqa: SLF001 - see the module's docstring
        self._gatherer = gatherer
        self._ice = RTCIceTransport(gatherer)
        self._certificate = RTCCertificate.generateCertificate()
        self._dtls = RTCDtlsTransport(self._ice, [self._certificate])
        self._server = offer.setup == "active"
        self._dtls._set_role("server" if self._server else "client")  # noqa: SLF001
        self._open: Cipher = _not_connected
        self._open_rtcp: Cipher = _not_connected
        self._seal: Cipher = _not_connected
        self._seal_rtcp: Cipher = _not_connected

    async def gather(self) -> Transport:
        """Bind the sockets and return what the answer must say of them."""
        await self._gatherer.gather()
        if not self._connection.local_candidates:
            raise LinkFailed("no address could be bound")
        return self._transport()

    def restart(self, offer: Offer) -> Transport:
        """Find another way for the same browser; keys, streams and their numbers stay."""
        self._offer = offer
        self._connection.restart(offer.ice_ufrag, offer.ice_pwd)
        return self._transport()

    def _transport(self) -> Transport:
        for fingerprint in self._certificate.getFingerprints():
            if fingerprint.algorithm == "sha-256":
                break
        return Transport(
            ufrag=self._connection.local_username,
            pwd=self._connection.local_password,
            fingerprint=f"{fingerprint.algorithm} {fingerprint.value}",
            setup="passive" if self._server else "active",
            candidates=tuple(candidate.to_sdp() for candidate in self._connection.local_candidates),
        )

    async def connect(self) -> None:
        """Run ICE and DTLS. Raise :class:`LinkFailed`; the caller sets the time limit.

        Nothing is sent to an address that an offer merely claims, for it may be anybody's: the
        browser's own checks, which carry our password, tell where it is. The end of candidates is
        never told: aioice would give up before the first of those has arrived.
        """
        await self._ice.start(
            RTCIceParameters(self._offer.ice_ufrag, self._offer.ice_pwd, self._offer.ice_lite)
        )
        if self._ice.state != "completed":
            raise LinkFailed("ICE found no way")
        prints = [RTCDtlsFingerprint(name, value) for name, value in self._offer.fingerprints]
        await self._dtls.start(RTCDtlsParameters(prints))
        if self._dtls.state != "connected":
            raise LinkFailed("the DTLS handshake failed")
        received, sent = self._dtls._rx_srtp, self._dtls._tx_srtp  # noqa: SLF001
        self._open = _cipher(received, lib.srtp_unprotect)
        self._open_rtcp = _cipher(received, lib.srtp_unprotect_rtcp)
        self._seal = _cipher(sent, lib.srtp_protect)
        self._seal_rtcp = _cipher(sent, lib.srtp_protect_rtcp)
        self._dtls.on("statechange", self._state_changed)

    def unprotect(self, data: bytes) -> bytes:
        """Decrypt an RTP packet. Raise :class:`SrtpError`."""
        return self._open(data)

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """Decrypt an RTCP packet. Raise :class:`SrtpError`."""
        return self._open_rtcp(data)

    def send(self, packet: bytes) -> None:
        """Encrypt and send an RTP packet to the pair that ICE chose."""
        self._send(self._seal, packet)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send an RTCP packet."""
        self._send(self._seal_rtcp, packet)

    def _send(self, seal: Cipher, packet: bytes) -> None:
        route = self._connection.route
        if route is not None:
            try:
                route[0].sendto(seal(packet), route[1])
            except (OSError, SrtpError):
                self._connection.send_failures += 1

    async def round_trip(self) -> float | None:
        """Measure the network's round trip in seconds; None when nothing came back."""
        return await self._connection.round_trip()

    def authenticated(self, moment: float) -> None:
        """Take note that media of the browser's own was decrypted: it still consents."""
        self._connection.consented = max(self._connection.consented, moment)

    @property
    def heard(self) -> float:
        """When STUN was last heard, on the monotonic clock."""
        return self._connection.heard

    @property
    def refused(self) -> int:
        """How many datagrams were neither STUN, DTLS nor media, or too many."""
        return self._connection.refused

    @property
    def send_failures(self) -> int:
        """How many packets the kernel did not take."""
        return self._connection.send_failures

    async def close(self) -> None:
        """Say goodbye and close the sockets; a link that was never connected too."""
        self._on_down = lambda: None
        self._forget_keys()
        self._connection.media = lambda _data, _arrival: None
        await self._dtls.stop()
        await self._ice.stop()
        self._dtls.remove_all_listeners()

    def _forget_keys(self) -> None:
        self._open = self._open_rtcp = self._seal = self._seal_rtcp = _not_connected

    def _state_changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._forget_keys()
            self._on_down()


def _not_connected(_packet: bytes) -> bytes:
    raise SrtpError("not connected")


def _cipher(session: Session, act: Any) -> Cipher:
    """Return `act` of libsrtp on packets, without the copies and checks of pylibsrtp's methods."""
    place, context, length = session._cdata, session._srtp[0], ffi.new("int *")  # noqa: SLF001
    result, move = session._buffer, ffi.memmove  # noqa: SLF001
    most = len(place) - SRTP_TRAILER

    def run(packet: bytes) -> bytes:
        size = len(packet)
        if size > most:
            raise SrtpError("the packet is too long")
        move(place, packet, size)
        length[0] = size
        code = act(context, place, length)
        if code:
            raise SrtpError(f"libsrtp: {code}")
        sealed: bytes = result[: length[0]]
        return sealed

    return run
