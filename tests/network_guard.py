"""Nothing in the tests may reach beyond this machine: what tries fails, and says where to."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import ip_address


class Outside(Exception):
    """A test tried to reach another machine."""


@lru_cache(maxsize=256)
def is_ours(host: str) -> bool:
    """Tell whether `host` is an address of this machine (loopback, or one of its cards')."""
    if host in ("", "localhost"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if address.is_loopback:
        return True
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def _check(sock: socket.socket, address: object) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_ours(str(address[0])):
        msg = f"a test tried to reach {address}"
        raise Outside(msg)


class GuardedSocket(socket.socket):
    """A socket that stays on this machine."""

    def connect(self, address):
        _check(self, address)
        return super().connect(address)

    def connect_ex(self, address):
        _check(self, address)
        return super().connect_ex(address)

    def sendto(self, data, *where):
        _check(self, where[-1])
        return super().sendto(data, *where)


_resolve = socket.getaddrinfo


def _guarded_resolve(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not is_ours(name) and not name.endswith(".localhost"):
        msg = f"a test tried to resolve {name}"
        raise Outside(msg)
    return _resolve(host, *args, **kwargs)


def install() -> None:
    """Guard every socket that is made from now on in this process."""
    socket.socket = GuardedSocket
    socket.getaddrinfo = _guarded_resolve
