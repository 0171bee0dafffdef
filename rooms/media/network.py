"""Media sockets: where they are bound, and how the event loop hears of them."""

import asyncio
import errno
import secrets
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

ROUNDS = 8


class Poller:
    """All media sockets behind one descriptor of the event loop.

    One wake-up of the loop serves every socket that is ready, and those that become so
    meanwhile: a turn of the loop costs as much as a packet.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._callbacks: dict[int, Callable[[], None]] = {}
        loop.add_reader(self._epoll, self._ready)

    def add(self, sock: socket.socket, callback: Callable[[], None]) -> None:
        """Call back whenever the socket can be read."""
        self._callbacks[sock.fileno()] = callback
        self._epoll.register(sock, select.EPOLLIN)

    def remove(self, sock: socket.socket) -> None:
        """Forget the socket."""
        self._epoll.unregister(sock)
        del self._callbacks[sock.fileno()]

    def close(self) -> None:
        """Leave the event loop."""
        self._loop.remove_reader(self._epoll)
        self._epoll.close()

    def _ready(self) -> None:
        poll, callbacks = self._epoll.poll, self._callbacks
        for _ in range(ROUNDS):
            events = poll(0)
            if not events:
                return
            for descriptor, _ in events:
                callback = callbacks.get(descriptor)
                if callback is None:  # the one before closed it
                    continue
                try:
                    callback()
                except Exception:
                    # One socket's mishap: those behind it in this row belong to other rooms.
                    log.exception("media.packet_failed")


@dataclass(frozen=True, slots=True)
class Network:
    """Where sockets are bound, and who waits for their packets.

    An address behind a one-to-one translation is written ``inside/outside``: bound to the first,
    offered as the second. ``ports`` bounds the UDP ports; empty: the kernel chooses.
    """

    poller: Poller
    addresses: list[str]
    ports: range = range(0)


def bind(sock: socket.socket, address: str, ports: range) -> None:
    """Bind to a free port of the range, from a random one on; any port for an empty range.

    Raises:
        OSError: the address is not ours, or every port is taken; the socket is then closed.
    """
    start = secrets.randbelow(len(ports)) if ports else 0
    for port in [*ports[start:], *ports[:start]] if ports else [0]:
        try:
            sock.bind((address, port))
        except OSError as error:
            failure = error
            if error.errno != errno.EADDRINUSE:
                break
        else:
            return
    sock.close()
    raise failure
