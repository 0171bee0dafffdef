"""The engine that speaks to our own media server, over its control address."""

import http.client
import ipaddress
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kernel.settings import Settings
from rooms.engines import (
    EngineRefused,
    EngineUnavailable,
    Fact,
    FactKind,
    PeerStats,
    Role,
    RoomStats,
)

TIMEOUT = 10.0
HEALTHY_WITHIN = 2.0


class NativeEngine:
    """A client of ``viva media``; safe to share between threads: each call has its connection."""

    def __init__(self, url: str, secret: str, authorities: Path | None = None) -> None:
        """``url`` is the control address, as http://127.0.0.1:8090 or https://media.viva:8090.

        ``authorities``: a file of certificates that may vouch for it; None: the system's.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=authorities)
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self._headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
        }

    @property
    def is_open_to_view(self) -> bool:
        """Tell whether what is said leaves this machine without TLS."""
        if self._tls is not None or self._host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self._host).is_loopback
        except ValueError:
            return True

    def open(self, room: str) -> None:
        """Open a room; opening an open room changes nothing."""
        self._post("/open", room=room)

    def admit(self, room: str, peer: str, role: Role, offer_sdp: str) -> str:
        """Let a peer in and return the answer SDP."""
        answer = self._post("/admit", room=room, peer=peer, role=role.value, sdp=offer_sdp)
        return str(answer["sdp"])

    def leave(self, room: str, peer: str) -> None:
        """Put a peer out."""
        self._post("/leave", room=room, peer=peer)

    def start_recording(self, room: str, recording_id: str) -> None:
        """Record from now on; the same id again changes nothing."""
        self._post("/record", room=room, recording=recording_id)

    def stop_recording(self, room: str) -> None:
        """Stop recording."""
        self._post("/stop-recording", room=room)

    def set_part(self, room: str, part: int | None) -> None:
        """Say which part of the exam runs."""
        self._post("/part", room=room, part=part)

    def stats(self, room: str) -> RoomStats:
        """Return how the room stands."""
        answer = self._post("/stats", room=room)
        peers = tuple(PeerStats(**{**peer, "role": Role(peer["role"])}) for peer in answer["peers"])
        return RoomStats(answer["room"], answer["recording"], answer["part"], peers)

    def close(self, room: str) -> None:
        """Put everybody out, stop recording and forget the room."""
        self._post("/close", room=room)

    def probe(self, peer: str, offer_sdp: str) -> str:
        """Answer a loopback peer, whose own media comes back to it."""
        return str(self._post("/probe", peer=peer, sdp=offer_sdp)["sdp"])

    def healthy(self) -> bool:
        """Tell whether the media server answers."""
        try:
            return self._call("GET", "/health", None, HEALTHY_WITHIN).get("status") == "ok"
        except (EngineUnavailable, EngineRefused):
            return False

    def facts(self, after: int, wait: float) -> list[Fact]:
        """Return the facts after a number, waiting up to ``wait`` seconds for the first."""
        path = f"/facts?after={int(after)}&wait={float(wait)}"
        answer = self._call("GET", path, None, TIMEOUT + wait)
        return [_fact(given) for given in answer["facts"]]

    def _post(self, path: str, **body: object) -> dict[str, Any]:
        return self._call("POST", path, json.dumps(body).encode(), TIMEOUT)

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=timeout, context=self._tls
        )

    def _call(self, method: str, path: str, body: bytes | None, timeout: float) -> dict[str, Any]:
        connection = self._connection(timeout)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            status, data = response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineUnavailable(f"the media server does not answer: {error}") from error
        finally:
            connection.close()
        if status == 200 and isinstance(data, dict):
            return data
        if status >= 500 and data.get("reason") == "failed":
            raise EngineUnavailable("the media server failed")
        raise EngineRefused(str(data.get("reason", "failed")), str(data.get("message", "")))


def from_settings(settings: Settings) -> NativeEngine:
    """Return the engine that speaks to the installation's media server."""
    secret = settings.media_secret.get_secret_value()
    return NativeEngine(settings.media_url, secret, settings.media_tls_authorities)


def _fact(given: Mapping[str, Any]) -> Fact:
    return Fact(
        seq=int(given["seq"]),
        instance=str(given["instance"]),
        at=datetime.fromisoformat(given["at"]),
        kind=FactKind(given["kind"]),
        room=str(given["room"]),
        peer=str(given["peer"]),
        data=given["data"],
    )
