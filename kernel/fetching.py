"""Reading from an address that somebody typed, which must not lead inside our own network.

The name is resolved here, every address it has is judged, and the connection goes to the very one
that was judged: a name that changes its mind between the two leads nowhere else.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

SECONDS: Final = 10.0
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_REDIRECTS: Final = 3
PIECE: Final = 64 * 1024
AGENT: Final = "VivaVoce/1"
PORTS: Final = {"http": 80, "https": 443}
SAFE: Final = "/%:@!$&'()*+,;=~-._"
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class Failure(StrEnum):
    """Why nothing was fetched."""

    ADDRESS = "address"  # none that we read: not https, no host, a name and password in it
    NOT_FOUND = "not_found"
    INSIDE = "inside"
    SILENT = "silent"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    REDIRECTS = "redirects"
    TOO_BIG = "too_big"
    STATUS = "status"  # the server answered with another status than those that were asked for


class NotFetched(Exception):
    """An address gave nothing: why, and the status where there was one."""

    def __init__(self, failure: Failure, status: int | None = None) -> None:
        """Keep the reason and the status."""
        super().__init__(f"{failure}: {status}" if status else str(failure))
        self.failure, self.status = failure, status


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server; user and password go to the first address's server alone.

    `aliases`: other names of schemes, as webcal for https. `well`: the statuses of a good answer.
    """

    address: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    password: str = ""
    agent: str = AGENT
    most_bytes: int = MOST_BYTES
    aliases: Mapping[str, str] = field(default_factory=dict)
    well: tuple[int, ...] = (200,)


def parts(
    address: str, *, local: bool = False, aliases: Mapping[str, str] | None = None
) -> SplitResult:
    """Return the parts of an address.

    Raises:
        NotFetched: not an https address (http only where addresses may be local), or none at all.
    """
    text = address.strip()
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in text):
        raise NotFetched(Failure.ADDRESS)
    scheme, colon, rest = text.partition("://")
    text = (aliases or {}).get(scheme.lower(), scheme) + colon + rest
    try:
        where = urlsplit(text)
        port, host = where.port, where.hostname
    except ValueError as error:
        raise NotFetched(Failure.ADDRESS) from error
    schemes = ("https", "http") if local else ("https",)
    if where.scheme not in schemes or not host or port == 0 or where.username is not None:
        raise NotFetched(Failure.ADDRESS)
    return where


def fetch(request: Request, *, local: bool = False, seconds: float = SECONDS) -> bytes:
    """Return what an address answers, after redirects; all of it within `seconds`.

    `local`: addresses inside the network are allowed.

    Raises:
        NotFetched: it leads inside, does not answer (in time), redirects too often, is too big.
    """
    due = time.monotonic() + seconds
    first = where = parts(request.address, local=local, aliases=request.aliases)
    for _ in range(MOST_REDIRECTS + 1):
        same = (where.scheme, where.netloc) == (first.scheme, first.netloc)
        answer = _once(request, where, due, local=local, known=same)
        if isinstance(answer, bytes):
            return answer
        target = urljoin(where.geturl(), answer.to)
        where = parts(target, local=local, aliases=request.aliases)
    raise NotFetched(Failure.REDIRECTS)


@dataclass(frozen=True, slots=True)
class _Redirect:
    to: str


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was judged, under the name that was asked for."""

    def __init__(self, where: SplitResult, ip: str, due: float) -> None:
        self.port_ = where.port or PORTS[where.scheme]
        super().__init__(str(where.hostname), self.port_, timeout=_left(due))
        self.ip, self.tls, self.due = ip, where.scheme == "https", due
        self.watch: threading.Timer | None = None

    def connect(self) -> None:
        """Connect, and hang up when the time is over, whatever goes on."""
        self.sock = socket.create_connection((self.ip, self.port_), timeout=_left(self.due))
        secure = None
        if self.tls:
            context = ssl.create_default_context()
            self.sock = secure = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
        self.watch = threading.Timer(_left(self.due), _hang_up, (self.sock,))
        self.watch.daemon = True
        self.watch.start()
        if secure is not None:
            secure.do_handshake()

    def end(self) -> None:
        """Close for good; `close` comes earlier, while the body is still to be read."""
        if self.watch is not None:
            self.watch.cancel()
        self.close()


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _left(due: float) -> float:
    left = due - time.monotonic()
    if left <= 0:
        raise NotFetched(Failure.SLOW)
    return left


def _once(
    request: Request, where: SplitResult, due: float, *, local: bool, known: bool
) -> bytes | _Redirect:
    """Ask one server once; `known`: it is the one that the password is for."""
    ip = _judged(where, due, local=local)
    connection = _Pinned(where, ip, due)
    try:
        connection.request(
            request.method, _target(where), request.body, _headers(request, known=known)
        )
        answer = connection.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            return _Redirect(answer.getheader("Location") or "")
        if answer.status not in request.well:
            raise NotFetched(Failure.STATUS, answer.status)
        return _body(answer, due, request.most_bytes)
    except ssl.SSLCertVerificationError as error:
        raise NotFetched(Failure.CERTIFICATE) from error
    except TimeoutError as error:
        raise NotFetched(Failure.SLOW) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        _left(due)
        raise NotFetched(Failure.SILENT) from error
    finally:
        connection.end()


def _target(where: SplitResult) -> str:
    path = quote(where.path or "/", safe=SAFE)
    query = quote(where.query, safe=f"{SAFE}?")
    return f"{path}?{query}" if query else path


def _headers(request: Request, *, known: bool) -> dict[str, str]:
    headers = {"User-Agent": request.agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    headers |= {"Connection": "close", **request.headers}
    if known and request.user:
        pair = f"{request.user}:{request.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def _body(answer: http.client.HTTPResponse, due: float, most_bytes: int) -> bytes:
    announced = answer.getheader("Content-Length") or "0"
    if announced.isdigit() and int(announced) > most_bytes:
        raise NotFetched(Failure.TOO_BIG)
    content = bytearray()
    while piece := answer.read1(PIECE):
        content += piece
        if len(content) > most_bytes:
            raise NotFetched(Failure.TOO_BIG)
        _left(due)
    _left(due)  # hung up for being late, it looks as if it had ended
    if answer.length:  # as many bytes were promised and did not come
        raise NotFetched(Failure.SILENT)
    return bytes(content)


def _judged(where: SplitResult, due: float, *, local: bool) -> str:
    """Return an address of a host, all of whose addresses lie outside.

    Raises:
        NotFetched: one lies inside, there is none, or the names' server does not answer.
    """
    addresses = _resolved(str(where.hostname), where.port or PORTS[where.scheme], _left(due))
    if not local and not all(is_outside(ip) for ip in addresses):
        raise NotFetched(Failure.INSIDE)
    return addresses[0]


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """Resolve in a thread of its own: the system's resolver knows no time limit."""
    addresses: list[str] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses.extend(str(row[4][0]) for row in rows)

    thread = threading.Thread(target=look, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise NotFetched(Failure.SLOW)
    if not addresses:
        raise NotFetched(Failure.NOT_FOUND)
    return addresses


def is_outside(ip: str) -> bool:
    """Tell whether an address is one of the public network, and none that stands for another."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(str(inner))
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
