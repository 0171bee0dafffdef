"""Media sockets: where they are bound, and how the event loop hears of them."""

import asyncio
import errno
import secrets
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


class Poller:
    """All media sockets behind one descriptor of the event loop.

    One wake-up of the loop serves every socket that is ready.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._selector = selectors.DefaultSelector()
        loop.add_reader(self._selector, self._ready)

    def add(self, sock: socket.socket, callback: Callable[[], None]) -> None:
        """Call back whenever the socket can be read."""
        self._selector.register(sock, selectors.EVENT_READ, callback)

    def remove(self, sock: socket.socket) -> None:
        """Forget the socket."""
        self._selector.unregister(sock)

    def close(self) -> None:
        """Leave the event loop."""
        self._loop.remove_reader(self._selector)
        self._selector.close()

    def _ready(self) -> None:
        for key, _ in self._selector.select(0):
            try:
                key.data()
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
