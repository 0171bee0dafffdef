"""ICE by aioice over sockets of ours, and every private name of it that we lean on.

The sockets are ours, so that media never passes through a queue: a datagram's first byte tells
STUN (0-3), DTLS (20-63) and SRTP (128-191) apart (RFC 7983).

``tests/rooms/media/test_hooks.py`` holds each name by a test that says what broke; the versions
are pinned in ``pyproject.toml``.
"""

import asyncio
import random
import socket
import time
from collections.abc import Callable
from typing import Any

import structlog
from aioice import ice
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.stun import Message, TransactionError
from aioice.utils import random_string

from rooms.media.network import Network, Poller, bind

log = structlog.get_logger()

RECEIVE_BUFFER = 1 << 20
DATAGRAMS_A_TURN = 64
CONTROL_PACKETS_A_SECOND = 200
CONSENT_EVERY = 5.0
CONSENT_LASTS = 30.0  # seconds: RFC 7675, 5.1
ANSWERS_WITHIN = 3  # repetitions: an answer may take 7.5 s, over satellites and through full queues
MOST_CANDIDATES = 8  # addresses at once that a browser may be looked for at
_CHANCE = random.SystemRandom()
OnMedia = Callable[[bytes, float], None]


def host_addresses() -> list[str]:
    """Return this machine's addresses to offer; loopback when there is nothing else."""
    return ice.get_host_addresses(use_ipv4=True, use_ipv6=True) or ["127.0.0.1"]


class _Udp(asyncio.DatagramTransport):
    """A UDP socket of ours that stands where aioice expects asyncio's own transport."""

    def __init__(
        self,
        address: str,
        ports: range,
        poller: Poller,
        protocol: ice.StunProtocol,
        connection: "IceConnection",
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


class IceConnection(ice.Connection):
    """aioice's connection over our sockets, that tells where media is to be sent."""

    def __init__(self, network: Network, on_media: OnMedia) -> None:
        super().__init__(ice_controlling=False)
        self._poller = network.poller
        self._addresses = network.addresses
        self._ports = network.ports
        self.media = on_media
        self.send_failures = 0
        self.refused = 0
        self.heard = self.consented = time.monotonic()
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
        candidates = []
        for pair in self._addresses:
            address, _, outside = pair.partition("/")
            protocol = ice.StunProtocol(self)
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
            candidates.append(protocol.local_candidate)
        return candidates

    def check_complete(self, pair: ice.CandidatePair) -> None:
        """Follow the browser when it nominates another pair."""
        super().check_complete(pair)
        chosen = self._nominated.get(1)
        if chosen is not None:
            transport = chosen.protocol.transport
            if isinstance(transport, _Udp):
                self.route = (transport.sock, chosen.remote_addr)

    def check_incoming(
        self, message: Message, addr: tuple[str, int], protocol: ice.StunProtocol
    ) -> None:
        """Take a check that carried our password; it is answered at a bounded number of addresses.

        Whoever has the password can send from an address that is not theirs.
        """
        self.consented = time.monotonic()
        known = {(remote.host, remote.port) for remote in self._remote_candidates}
        if addr not in known and not self._make_room():
            self.refused += 1
            return
        super().check_incoming(message, addr, protocol)

    def _make_room(self) -> bool:
        """Forget an address that is of no use any more; tell whether there is room for another."""
        if len(self._remote_candidates) < MOST_CANDIDATES:
            return True
        chosen = self._nominated.get(1)
        busy = {id(pair.remote_candidate) for pair in self._check_list if pair.task is not None}
        for candidate in self._remote_candidates:
            in_use = chosen is not None and candidate is chosen.remote_candidate
            if not in_use and id(candidate) not in busy:
                self._remote_candidates.remove(candidate)
                self._check_list[:] = [
                    pair for pair in self._check_list if pair.remote_candidate is not candidate
                ]
                return True
        return False

    async def query_consent(self) -> None:
        """Ask now and then whether we may go on sending; end when nothing came for 30 s.

        RFC 7675. aioice gives an answer half a second, and would cut every slower path; here
        whatever comes from the browser and is authenticated is its consent.
        """
        self.consented = time.monotonic()
        left = CONSENT_LASTS
        while left > 0:
            await asyncio.sleep(min(left, CONSENT_EVERY * _CHANCE.uniform(0.8, 1.2)))
            left = self.consented + CONSENT_LASTS - time.monotonic()
            if left > 0 and await self._ask(ANSWERS_WITHIN, left):
                self.consented = time.monotonic()
                left = CONSENT_LASTS
        log.info("media.consent_expired")
        self._query_consent_task = None  # else `close` would wait for us
        await self.close()

    async def _ask(self, repetitions: int, within: float) -> bool:
        """Send a STUN request on the chosen pair; tell whether its answer came."""
        pair = self._nominated.get(1)
        if pair is None or self.remote_password is None:
            return False
        request = self.build_request(pair, nominate=False)
        key = self.remote_password.encode()
        try:
            async with asyncio.timeout(within):
                await pair.protocol.request(request, pair.remote_addr, key, repetitions)
        except (TransactionError, TimeoutError):
            return False
        return True

    def control(self, data: bytes, address: tuple[Any, ...], protocol: ice.StunProtocol) -> None:
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

    def restart(self, ufrag: str, password: str) -> None:
        """Take the browser's new credentials, and new ones for us (RFC 8445, section 9).

        What was chosen goes on carrying media until the browser's checks, which reveal its
        addresses, have chosen anew.
        """
        chosen = self._nominated.get(1)
        for pair in self._check_list:
            if pair is not chosen and pair.task is not None:
                pair.task.cancel()
        self._check_list[:] = [chosen] if chosen is not None else []
        self._remote_candidates[:] = [chosen.remote_candidate] if chosen is not None else []
        self._local_username, self._local_password = random_string(4), random_string(22)
        self.remote_username, self.remote_password = ufrag, password

    async def round_trip(self) -> float | None:
        """Measure one STUN round trip on the chosen pair, in seconds; None when none came."""
        started = time.monotonic()
        return time.monotonic() - started if await self._ask(0, CONSENT_EVERY) else None
