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
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from scheduling.busy_text import MOST_BYTES
from scheduling.unreadable import Trouble, Unreadable

SECONDS: Final = 10.0
MOST_REDIRECTS: Final = 3
PIECE: Final = 64 * 1024
AGENT: Final = "VivaVoce-Calendars/1"
PORTS: Final = {"http": 80, "https": 443}
SAFE: Final = "/%:@!$&'()*+,;=~-._"
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a server; user and password go to the first address's server alone."""

    address: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    password: str = ""


def parts(address: str, *, local: bool) -> SplitResult:
    """Return the parts of a calendar's address; webcal is https.

    Raises:
        Unreadable: not an https address (http only where addresses may be local), or none at all.
    """
    text = address.strip()
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in text):
        raise Unreadable(Trouble.ADDRESS)
    if text.lower().startswith("webcal://"):
        text = "https" + text[len("webcal") :]
    try:
        found = urlsplit(text)
        port, host = found.port, found.hostname
    except ValueError as error:
        raise Unreadable(Trouble.ADDRESS) from error
    schemes = ("https", "http") if local else ("https",)
    if found.scheme not in schemes or not host or port == 0 or found.username is not None:
        raise Unreadable(Trouble.ADDRESS)
    return found


def fetch(asked: Asked, *, local: bool = False, seconds: float = SECONDS) -> bytes:
    """Return what an address answers, after redirects; all of it within `seconds`.

    `local`: addresses inside the network are allowed.

    Raises:
        Unreadable: it leads inside, does not answer (in time), redirects too often, is too big.
    """
    due = time.monotonic() + seconds
    first = where = parts(asked.address, local=local)
    for _ in range(MOST_REDIRECTS + 1):
        same = (where.scheme, where.netloc) == (first.scheme, first.netloc)
        answer = _once(asked, where, due, local=local, known=same)
        if isinstance(answer, bytes):
            return answer
        where = parts(urljoin(where.geturl(), answer.to), local=local)
    raise Unreadable(Trouble.REDIRECTS)


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
        raise Unreadable(Trouble.SLOW)
    return left


def _once(
    asked: Asked, where: SplitResult, due: float, *, local: bool, known: bool
) -> bytes | _Redirect:
    """Ask one server once; `known`: it is the one that the password is for."""
    ip = _judged(where, due, local=local)
    connection = _Pinned(where, ip, due)
    try:
        connection.request(asked.method, _target(where), asked.body, _headers(asked, known=known))
        answer = connection.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            return _Redirect(answer.getheader("Location") or "")
        _well(answer.status)
        return _body(answer, due)
    except ssl.SSLCertVerificationError as error:
        raise Unreadable(Trouble.CERTIFICATE) from error
    except TimeoutError as error:
        raise Unreadable(Trouble.SLOW) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        _left(due)
        raise Unreadable(Trouble.SILENT) from error
    finally:
        connection.end()


def _target(where: SplitResult) -> str:
    path = quote(where.path or "/", safe=SAFE)
    query = quote(where.query, safe=f"{SAFE}?")
    return f"{path}?{query}" if query else path


def _headers(asked: Asked, *, known: bool) -> dict[str, str]:
    found = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    found |= {"Connection": "close", **asked.headers}
    if known and asked.user:
        pair = f"{asked.user}:{asked.password}".encode()
        found["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return found


def _well(status: int) -> None:
    if status in (401, 403):
        raise Unreadable(Trouble.SIGN_IN)
    if status in (404, 410):
        raise Unreadable(Trouble.GONE)
    if status not in (200, 207):
        raise Unreadable(Trouble.REFUSED, str(status))


def _body(answer: http.client.HTTPResponse, due: float) -> bytes:
    announced = answer.getheader("Content-Length") or "0"
    if announced.isdigit() and int(announced) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_BIG)
    found = bytearray()
    while piece := answer.read1(PIECE):
        found += piece
        if len(found) > MOST_BYTES:
            raise Unreadable(Trouble.TOO_BIG)
        _left(due)
    _left(due)  # hung up for being late, it looks as if it had ended
    if answer.length:  # as many bytes were promised and did not come
        raise Unreadable(Trouble.SILENT)
    return bytes(found)


def _judged(where: SplitResult, due: float, *, local: bool) -> str:
    """Return an address of a host, all of whose addresses lie outside.

    Raises:
        Unreadable: one lies inside, there is none, or the names' server does not answer.
    """
    found = _resolved(str(where.hostname), where.port or PORTS[where.scheme], _left(due))
    if not local and not all(is_outside(ip) for ip in found):
        raise Unreadable(Trouble.INSIDE)
    return found[0]


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """Resolve in a thread of its own: the system's resolver knows no time limit."""
    found: list[str] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(row[4][0]) for row in rows)

    thread = threading.Thread(target=look, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise Unreadable(Trouble.SLOW)
    if not found:
        raise Unreadable(Trouble.NOT_FOUND)
    return found


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
