"""Whom the media server sends to, and for how long, over paths of every length."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import Candidate, stun
from event_loop import run

from rooms.media import ice
from rooms.media.ice import IceConnection
from rooms.media.network import Network, Poller

HOST = "127.0.0.1"


class Path(asyncio.DatagramProtocol):
    """A way to `target` that takes `delay` seconds each way, until it is cut."""

    def __init__(self, target: tuple[str, int], delay: float) -> None:
        self.target, self.delay, self.cut = target, delay, False
        self.near: tuple[str, int] | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if address != self.target:
            self.near = address
        whither = self.near if address == self.target else self.target
        asyncio.get_running_loop().call_later(self.delay, self.deliver, data, whither)

    def deliver(self, data: bytes, whither: tuple[str, int]) -> None:
        if not self.cut:
            self.transport.sendto(data, whither)


class Awake:
    """A monotonic clock that runs while our loop turns: a machine that stalls moves it little."""

    def __init__(self) -> None:
        self.now, self.seen = 0.0, time.monotonic()

    def monotonic(self) -> float:
        seen = time.monotonic()
        self.now += min(seen - self.seen, 0.1)
        self.seen = seen
        return self.now


@pytest.fixture
def awake(monkeypatch) -> Awake:
    clock = Awake()
    monkeypatch.setattr(ice, "time", clock)
    return clock


@asynccontextmanager
async def connected(delay: float) -> AsyncIterator[tuple[IceConnection, Path]]:
    """Give the server's end of a connection whose browser is at the end of a long path."""
    poller = Poller(asyncio.get_running_loop())
    server, browser = (
        IceConnection(Network(poller, [HOST]), lambda _data, _at: None) for _ in range(2)
    )
    browser.ice_controlling = True
    for end, other in ((server, browser), (browser, server)):
        await end.gather_candidates()
        end.remote_username, end.remote_password = other.local_username, other.local_password
    (address,) = server.local_candidates
    loop = asyncio.get_running_loop()
    transport, path = await loop.create_datagram_endpoint(
        lambda: Path((address.host, address.port), delay), local_addr=(HOST, 0)
    )
    port = transport.get_extra_info("sockname")[1]
    await browser.add_remote_candidate(Candidate("1", 1, "udp", 1, HOST, port, "host"))
    await asyncio.gather(server.connect(), browser.connect())
    yield server, path
    await browser.close()
    await server.close()
    transport.close()
    poller.close()


def test_a_slow_path_is_kept_and_a_dead_one_is_left_once_consent_is_over(
    awake, monkeypatch
) -> None:
    assert (ice.CONSENT_EVERY, ice.CONSENT_LASTS) == (5.0, 30.0)
    # The same twenty times as fast, on a path of 0.7 s: more than aioice waits for an answer.
    monkeypatch.setattr(ice, "CONSENT_EVERY", 0.25)
    monkeypatch.setattr(ice, "CONSENT_LASTS", 1.5)

    async def act() -> None:
        async with connected(delay=0.35) as (server, path):
            asked = server.consented
            while server.consented < asked + 2 * ice.CONSENT_LASTS:
                assert not server._closed
                await asyncio.sleep(0.05)
                awake.monotonic()
            path.cut = True
            while not server._closed:
                assert awake.monotonic() < server.consented + ice.CONSENT_LASTS + 10
                await asyncio.sleep(0.01)
            assert awake.monotonic() >= server.consented + ice.CONSENT_LASTS

    run(act())


def test_media_that_was_decrypted_is_consent(awake, monkeypatch) -> None:
    monkeypatch.setattr(ice, "CONSENT_EVERY", 0.05)
    monkeypatch.setattr(ice, "CONSENT_LASTS", 0.4)

    async def act() -> None:
        async with connected(delay=0.0) as (server, path):
            path.cut = True
            began = awake.monotonic()
            while awake.monotonic() < began + 1.0:
                server.consented = awake.monotonic()  # as `Link.authenticated` says
                await asyncio.sleep(0.05)
                assert not server._closed

    run(act())


def check(server: IceConnection, number: int) -> bytes:
    """Write a check as a browser does that has our password."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{server.local_username}:{server.remote_username}"
    message.attributes["PRIORITY"] = number
    message.attributes["ICE-CONTROLLING"] = number
    message.add_message_integrity(server.local_password.encode())
    return bytes(message)


def is_looked_for(stranger: socket.socket) -> bool:
    """Tell whether the server sent a check of its own, beside its answer."""
    kinds = set()
    while True:
        try:
            kinds.add(stun.parse_message(stranger.recv(2048)).message_class)
        except BlockingIOError:
            return stun.Class.REQUEST in kinds


def test_whoever_has_the_password_makes_it_look_at_few_addresses() -> None:
    strangers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(40)]

    async def act() -> None:
        async with connected(delay=0.0) as (server, _path):
            before = len(server.remote_candidates)
            for number, stranger in enumerate(strangers, start=1):
                stranger.setblocking(False)
                stranger.bind((HOST, 0))
                server.control(check(server, number), stranger.getsockname(), server._protocols[0])
            for _ in range(3):  # turns of the loop, in which the checks leave
                await asyncio.sleep(0)
            looked_for = sum(is_looked_for(stranger) for stranger in strangers)
            assert (before, looked_for) == (1, ice.MOST_CANDIDATES - 1)
            assert not server._closed

    run(act())
    for stranger in strangers:
        stranger.close()
