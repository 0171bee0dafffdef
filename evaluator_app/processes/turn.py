"""Ask a STUN or TURN server whether it is there, and whether it accepts our secret.

RFC 8489 and 8656, over UDP or TCP: a Binding request for `stun:`, an Allocate for `turn:`, with a
time-limited password made from the shared secret, as browsers are given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import socket
import struct
import time

BINDING, ALLOCATE, REFRESH = 0x0001, 0x0003, 0x0004
SUCCESS, ERROR = 0x0100, 0x0110
MAGIC = 0x2112A442
USERNAME, INTEGRITY, ERROR_CODE, REALM, NONCE = 0x0006, 0x0008, 0x0009, 0x0014, 0x0015
REQUESTED_TRANSPORT, LIFETIME = 0x0019, 0x000D
UDP_RELAY = b"\x11\x00\x00\x00"
PATIENCE = 3.0
_ADDRESS = re.compile(
    r"(?P<kind>stun|turn)s?:(?P<host>\[[^\]]+\]|[^:?]+)(:(?P<port>\d+))?(\?transport=(?P<way>udp|tcp))?"
)


def credentials(secret: str, name: str, until: int) -> tuple[str, str]:
    """Return the username and password that coturn's `use-auth-secret` accepts `until` then."""
    user = f"{until}:{name}"
    mac = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(mac).decode()


def fault(address: str, secret: str) -> str | None:
    """Return what is wrong with the server at `address` (`turn:host:port`), or None."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return "is not an address such as turn:host:3478"
    host = found["host"].strip("[]")
    try:
        with _connect(host, int(found["port"] or 3478), found["way"] or "udp") as link:
            if found["kind"] == "stun":
                kind, _attributes = _ask(link, BINDING, [])
                return None if kind == BINDING | SUCCESS else "refuses to answer"
            return _allocate(link, secret)
    except (OSError, ValueError) as error:
        return f"does not answer ({error})"


def _connect(host: str, port: int, way: str) -> socket.socket:
    kind = socket.SOCK_STREAM if way == "tcp" else socket.SOCK_DGRAM
    family, _type, protocol, _name, where = socket.getaddrinfo(host, port, type=kind)[0]
    link = socket.socket(family, kind, protocol)
    link.settimeout(PATIENCE)
    try:
        link.connect(where)
    except OSError:
        link.close()
        raise
    return link


def _allocate(link: socket.socket, secret: str) -> str | None:
    """Allocate a relay as a browser does, then give it back."""
    wanted = [(REQUESTED_TRANSPORT, UDP_RELAY)]
    kind, challenge = _ask(link, ALLOCATE, wanted)
    if kind == ALLOCATE | SUCCESS:
        return "relays for anybody: use-auth-secret is not set"
    if REALM not in challenge or NONCE not in challenge:
        return f"refuses: {_reason(challenge)}"
    user, password = credentials(secret, "doctor", int(time.time()) + 60)
    realm = challenge[REALM]
    key = hashlib.md5(  # noqa: S324 -- the standard's own long-term key
        b":".join((user.encode(), realm, password.encode()))
    ).digest()
    proof = [(USERNAME, user.encode()), (REALM, realm), (NONCE, challenge[NONCE])]
    kind, answer = _ask(link, ALLOCATE, wanted + proof, key)
    if kind != ALLOCATE | SUCCESS:
        return f"does not accept VIVA_TURN_SECRET: {_reason(answer)}"
    _ask(link, REFRESH, [(LIFETIME, b"\0\0\0\0"), *proof], key)
    return None


def _reason(attributes: dict[int, bytes]) -> str:
    given = attributes.get(ERROR_CODE, b"")
    return f"{given[2] * 100 + given[3]} {given[4:].decode()}" if len(given) >= 4 else "no reason"


def _ask(
    link: socket.socket, method: int, attributes: list[tuple[int, bytes]], key: bytes | None = None
) -> tuple[int, dict[int, bytes]]:
    """Send one request; return the kind of its answer and the answer's attributes."""
    name = os.urandom(12)
    body = b"".join(
        struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)
        for kind, value in attributes
    )
    if key is not None:
        head = struct.pack("!HHI", method, len(body) + 24, MAGIC) + name
        mac = hmac.new(key, head + body, hashlib.sha1).digest()
        body += struct.pack("!HH", INTEGRITY, len(mac)) + mac
    link.sendall(struct.pack("!HHI", method, len(body), MAGIC) + name + body)
    while True:
        answer = link.recv(4096)
        if len(answer) >= 20 and answer[8:20] == name:
            return struct.unpack("!H", answer[:2])[0], _read(answer[20:])


def _read(body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, place)
        found.setdefault(kind, body[place + 4 : place + 4 + length])
        place += 4 + length + (-length % 4)
    return found
