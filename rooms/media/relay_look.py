"""Ask a STUN or TURN server whether it is there, and whether it accepts our secret.

A Binding request for `stun:`, an Allocate for `turn:` with a password as browsers are given; what
was allocated is given back. aioice speaks to it: over UDP, TCP, or TLS for `stuns:` and `turns:`.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from dataclasses import dataclass

from aioice import stun
from aioice.turn import TurnClientTcpProtocol, TurnClientUdpProtocol

from rooms.relays import credentials

PATIENCE = 3.0
LIFETIME = 60  # seconds that an allocation lives which could not be given back
_ADDRESS = re.compile(
    r"(?P<kind>stun|turn)(?P<tls>s?):(?P<host>\[[^\]]+\]|[^:?]+)(:(?P<port>\d+))?"
    r"(\?transport=(?P<way>udp|tcp))?"
)
Client = TurnClientTcpProtocol | TurnClientUdpProtocol


@dataclass(frozen=True)
class Place:
    """Where a server listens, and how it is spoken to."""

    host: str
    port: int
    way: str
    tls: bool


def fault(address: str, secret: str) -> str | None:
    """Return what is wrong with the server at `address` (`turn:host:port`), or None."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        return "is not an address such as turn:host:3478"
    tls = bool(parts["tls"])
    place = Place(
        parts["host"].strip("[]"),
        int(parts["port"] or (5349 if tls else 3478)),
        "tcp" if tls else parts["way"] or "udp",
        tls,
    )
    try:
        return asyncio.run(_look(place, parts["kind"], secret))
    except TimeoutError:
        return f"does not answer (nothing in {PATIENCE:g} s)"
    except (OSError, stun.TransactionTimeout) as error:
        return f"does not answer ({error})"


async def _look(place: Place, kind: str, secret: str) -> str | None:
    async with asyncio.timeout(PATIENCE):
        client = await _connect(place)
        try:
            return await (_bind(client) if kind == "stun" else _allocate(client, secret))
        finally:
            client.transport.close()


async def _connect(place: Place) -> Client:
    """Open a way to the server; whoever asks closes it."""
    loop = asyncio.get_running_loop()
    where = (place.host, place.port)
    if place.way == "udp":
        _datagrams, by_udp = await loop.create_datagram_endpoint(
            lambda: TurnClientUdpProtocol(where, None, None, LIFETIME, LIFETIME), remote_addr=where
        )
        return by_udp
    _stream, by_tcp = await loop.create_connection(
        lambda: TurnClientTcpProtocol(where, None, None, LIFETIME, LIFETIME),
        *where,
        ssl=ssl.create_default_context() if place.tls else None,
    )
    return by_tcp


async def _bind(client: Client) -> str | None:
    try:
        await client.request(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    except stun.TransactionFailed:
        return "refuses to answer"
    return None


async def _allocate(client: Client, secret: str) -> str | None:
    """Allocate a relay as a browser does, then give it back."""
    try:
        await client.connect()
    except stun.TransactionFailed as challenge:
        if not {"REALM", "NONCE"} <= challenge.response.attributes.keys():
            return f"refuses: {_reason(challenge)}"
    else:
        await client.delete()
        return "relays for anybody: use-auth-secret is not set"
    client.username, client.password = credentials(secret, "doctor", int(time.time()) + LIFETIME)
    try:
        await client.connect()
    except stun.TransactionFailed as refused:
        return f"does not accept VIVA_TURN_SECRET: {_reason(refused)}"
    await client.delete()
    return None


def _reason(failed: stun.TransactionFailed) -> str:
    number, words = failed.response.attributes.get("ERROR-CODE", (0, ""))
    return f"{number} {words}" if number else "no reason"
