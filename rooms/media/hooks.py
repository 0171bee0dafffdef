"""Every name of aiortc and aioice that we lean on beyond their documentation, in one place.

aiortc does ICE and DTLS. Its RTP senders, receivers and peer connection are not used: they
decode, poll and copy. The sockets are ours, so that media never passes through a queue: a
datagram's first byte tells STUN (0-3), DTLS (20-63) and SRTP (128-191) apart (RFC 7983).

``tests/rooms/media/test_hooks.py`` holds each name by a test that says what broke; the versions
are pinned in ``pyproject.toml``.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import structlog
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, Connection, StunProtocol, get_host_addresses
from aioice.stun import TransactionError
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

from rooms.media.network import Network, Poller, bind
from rooms.media.sdp import Candidate as RemoteCandidate
from rooms.media.sdp import Offer, Transport

__all__ = ["Link", "LinkFailed", "SrtpError", "host_addresses"]

log = structlog.get_logger()

RECEIVE_BUFFER = 1 << 20
DATAGRAMS_A_TURN = 64
CONTROL_PACKETS_A_SECOND = 200
SRTP_TRAILER = 148  # bytes: the most that libsrtp adds to a packet
OnMedia = Callable[[bytes, float], None]
Cipher = Callable[[bytes], bytes]


class LinkFailed(Exception):
    """ICE or DTLS did not come about."""


def host_addresses() -> list[str]:
    """Return this machine's addresses to offer; loopback when there is nothing else."""
    return get_host_addresses(use_ipv4=True, use_ipv6=True) or ["127.0.0.1"]


class _Udp(asyncio.DatagramTransport):
    """A UDP socket of ours that stands where aioice expects asyncio's own transport."""

    def __init__(
        self,
        address: str,
        ports: range,
        poller: Poller,
        protocol: StunProtocol,
        connection: "_Connection",
    ) -> None:
        super().__init__()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RECEIVE_BUFFER)
        bind(self.sock, address, ports)
        self._poller = poller
        self._protocol = protocol
        self._connection = connection
        self._closed = False
        poller.add(self.sock, self._ready)
        protocol.connection_made(self)

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send at once; what the kernel will not take now is lost, as on any network."""
        try:
            self.sock.sendto(data, addr)
        except OSError:
            self._connection.send_failures += 1

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell the socket or its name."""
        if name == "sockname":
            return self.sock.getsockname()
        return self.sock if name == "socket" else default

    def is_closing(self) -> bool:
        """Tell whether the socket is closed."""
        return self._closed

    def close(self) -> None:
        """Close the socket; the protocol hears of it in the next turn of the loop."""
        if not self._closed:
            self._closed = True
            self._poller.remove(self.sock)
            self.sock.close()
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """Close the socket."""
        self.close()

    def _ready(self) -> None:
        receive = self.sock.recvfrom
        connection = self._connection
        for _ in range(DATAGRAMS_A_TURN):
            try:
                data, address = receive(2048)
            except OSError:
                return
            if data and 127 < data[0] < 192:
                connection.media(data, time.monotonic())
            else:
                connection.control(data, address, self._protocol)
            if self._closed:
                return


class _Connection(Connection):
    """aioice's connection over our sockets, that tells where media is to be sent."""

    def __init__(self, network: Network, on_media: OnMedia) -> None:
        super().__init__(ice_controlling=False)
        self._poller = network.poller
        self._addresses = network.addresses
        self._ports = network.ports
        self.media = on_media
        self.send_failures = 0
        self.refused = 0
        self.heard = time.monotonic()
        self.route: tuple[socket.socket, tuple[str, int]] | None = None
        self._tokens = float(CONTROL_PACKETS_A_SECOND)
        self._refilled = self.heard

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],  # noqa: ARG002 - ours are chosen by the settings
        timeout: int = 5,  # noqa: ARG002, ASYNC109 - the signature is aioice's
    ) -> list[Candidate]:
        """Bind one socket for each address of ours and return the host candidates."""
        found = []
        for pair in self._addresses:
            address, _, outside = pair.partition("/")
            protocol = StunProtocol(self)
            try:
                transport = _Udp(address, self._ports, self._poller, protocol, self)
            except OSError as error:
                log.warning("media.bind_refused", address=address, error=str(error))
                continue
            host = outside or address
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=host,
                port=transport.sock.getsockname()[1],
                type="host",
            )
            self._protocols.append(protocol)
            found.append(protocol.local_candidate)
        return found

    def check_complete(self, pair: CandidatePair) -> None:
        """Follow the browser when it nominates another pair."""
        super().check_complete(pair)
        chosen = self._nominated.get(1)
        if chosen is not None:
            transport = chosen.protocol.transport
            if isinstance(transport, _Udp):
                self.route = (transport.sock, chosen.remote_addr)

    def control(self, data: bytes, address: tuple[Any, ...], protocol: StunProtocol) -> None:
        """Take STUN and DTLS, at a rate that a browser never reaches."""
        now = time.monotonic()
        self._tokens = min(
            CONTROL_PACKETS_A_SECOND,
            self._tokens + (now - self._refilled) * CONTROL_PACKETS_A_SECOND,
        )
        self._refilled = now
        if not data or self._tokens < 1:
            self.refused += 1
            return
        self._tokens -= 1
        if data[0] < 4:
            if self.route is not None and address[:2] == self.route[1]:
                self.heard = now
            try:
                protocol.datagram_received(data, address)
            except Exception as error:  # noqa: BLE001 - a stranger's bytes must not stop the loop
                self.refused += 1
                log.info("media.stun_refused", error=repr(error))
        elif 19 < data[0] < 64:
            self.data_received(data, 1)
        else:
            self.refused += 1

    async def round_trip(self) -> float | None:
        """Measure one STUN round trip on the chosen pair, in seconds; None when none came."""
        pair = self._nominated.get(1)
        if pair is None or self.remote_password is None:
            return None
        started = time.monotonic()
        request = self.build_request(pair, nominate=False)
        key = self.remote_password.encode()
        try:
            await pair.protocol.request(request, pair.remote_addr, key, retransmissions=0)
        except TransactionError:
            return None
        return time.monotonic() - started


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
        self._connection = _Connection(network, on_media)
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
        candidates = self._connection.local_candidates
        if not candidates:
            raise LinkFailed("no address could be bound")
        for fingerprint in self._certificate.getFingerprints():
            if fingerprint.algorithm == "sha-256":
                break
        return Transport(
            ufrag=self._connection.local_username,
            pwd=self._connection.local_password,
            fingerprint=f"{fingerprint.algorithm} {fingerprint.value}",
            setup="passive" if self._server else "active",
            candidates=tuple(candidate.to_sdp() for candidate in candidates),
        )

    async def connect(self) -> None:
        """Run ICE and DTLS. Raise :class:`LinkFailed`; the caller sets the time limit.

        The end of candidates is never told: aioice would give up on a browser that hides its
        addresses before that browser's first check has arrived.
        """
        for candidate in self._offer.candidates:
            await self._connection.add_remote_candidate(_to_aioice(candidate))
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


def _to_aioice(candidate: RemoteCandidate) -> Candidate:
    return Candidate(
        foundation=candidate.foundation,
        component=1,
        transport="udp",
        priority=candidate.priority,
        host=candidate.host,
        port=candidate.port,
        type=candidate.type,
    )
