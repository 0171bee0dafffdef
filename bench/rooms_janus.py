"""Janus for the benchmark of rooms: its process, and the few requests of its VideoRoom plug-in.

Wants Debian's package `janus` (`apt-get install janus`); without it the case says so.
"""

from __future__ import annotations

import json
import queue
import secrets
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from rooms.media.ice import host_addresses

WHY_NOT = "Debian's package janus is not installed (apt-get install janus)"
PATIENCE = 15.0
TRANSPORTS = (
    "libjanus_websockets.so",
    "libjanus_mqtt.so",
    "libjanus_nanomsg.so",
    "libjanus_pfunix.so",
    "libjanus_rabbitmq.so",
)
OTHERS = (
    "libjanus_audiobridge.so",
    "libjanus_duktape.so",
    "libjanus_echotest.so",
    "libjanus_lua.so",
    "libjanus_nosip.so",
    "libjanus_recordplay.so",
    "libjanus_sip.so",
    "libjanus_streaming.so",
    "libjanus_textroom.so",
    "libjanus_videocall.so",
    "libjanus_voicemail.so",
)


def address() -> str:
    """Return the address that every server is reached at; Janus never offers loopback."""
    return next(host for host in host_addresses() if ":" not in host)


def installed() -> bool:
    """Tell whether Janus can be run."""
    return shutil.which("janus") is not None


def run(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start Janus with VideoRoom alone; return it and its HTTP address.

    Raises:
        OSError: it is not installed.
    """
    if not installed():
        raise OSError(WHY_NOT)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    settings = folder / "janus"
    settings.mkdir()
    (settings / "janus.jcfg").write_text(
        "general: { debug_level = 2 }\n"
        f'nat: {{ ice_enforce_list = "{address()}" }}\n'
        f'plugins: {{ disable = "{",".join(OTHERS)}" }}\n'
        f'transports: {{ disable = "{",".join(TRANSPORTS)}" }}\n'
        "events: { broadcast = false }\n"
    )
    (settings / "janus.transport.http.jcfg").write_text(
        'general: { json = "compact", http = true, ip = "127.0.0.1", '
        f'port = {port}, base_path = "/janus" }}\n'
    )
    with (folder / "janus.log").open("wb") as log:
        process = subprocess.Popen(
            ["janus", "--configs-folder", str(settings), "--disable-colors"],
            stdout=log,
            stderr=log,
        )
    return process, f"http://127.0.0.1:{port}/janus"


def ready(url: str, folder: Path) -> Janus:
    """Return a client once Janus answers.

    Raises:
        RuntimeError: it does not.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return Janus(url, folder)
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError((folder / "janus.log").read_text()[-400:]) from None
            time.sleep(0.1)


class Janus:
    """One session over HTTP; whatever Janus says later comes by its long poll."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open a session. Raise OSError when Janus does not answer."""
        self._url = url
        self._records = folder
        self._waiting: dict[str, queue.Queue[dict[str, Any]]] = {}
        self._session = self._post("", {"janus": "create"})["data"]["id"]
        threading.Thread(target=self._listen, daemon=True).start()
        self._first = self.attach()

    def attach(self) -> int:
        """Return a new handle on the plug-in."""
        answer = self._post(
            f"/{self._session}", {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        )
        return int(answer["data"]["id"])

    def create(self, room: str) -> int:
        """Create a recorded room for two; return its number."""
        body = {
            "request": "create",
            "description": room,
            "publishers": 2,
            "bitrate": 2_000_000,
            "videocodec": "vp8",
            "audiocodec": "opus",
            "record": True,
            "rec_dir": str(self._records),
        }
        answer = self._post(f"/{self._session}/{self._first}", {"janus": "message", "body": body})
        return int(answer["plugindata"]["data"]["room"])

    def publish(self, handle: int, room: int, name: str, offer: str) -> tuple[int, str]:
        """Join and publish; return the feed and the answer."""
        body = {"request": "joinandconfigure", "ptype": "publisher", "room": room, "display": name}
        said = self._ask(handle, body, {"type": "offer", "sdp": offer})
        return int(said["plugindata"]["data"]["id"]), str(said["jsep"]["sdp"])

    def subscribe(self, handle: int, room: int, feed: int) -> str:
        """Ask for a feed; return the offer."""
        body = {
            "request": "join",
            "ptype": "subscriber",
            "room": room,
            "streams": [{"feed": feed}],
        }
        return str(self._ask(handle, body)["jsep"]["sdp"])

    def start(self, handle: int, answer: str) -> None:
        """Answer the offer of a feed."""
        self._ask(handle, {"request": "start"}, {"type": "answer", "sdp": answer})

    def _ask(
        self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a request whose answer comes as an event; return that."""
        transaction = secrets.token_hex(8)
        said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._waiting[transaction] = said
        message: dict[str, Any] = {"janus": "message", "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        self._post(f"/{self._session}/{handle}", message, transaction)
        reply = said.get(timeout=PATIENCE)
        del self._waiting[transaction]
        if "error" in reply.get("plugindata", {}).get("data", {}):
            raise RuntimeError(reply["plugindata"]["data"]["error"])
        return reply

    def _listen(self) -> None:
        address = f"{self._url}/{self._session}?maxev=10"
        while True:
            try:
                with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
                    events = json.load(answer)
            except (OSError, HTTPException):
                return  # Janus has ended
            for event in events if isinstance(events, list) else [events]:
                waiting = self._waiting.get(event.get("transaction", ""))
                if waiting is not None and event.get("janus") == "event":
                    waiting.put(event)

    def _post(
        self, path: str, message: dict[str, Any], transaction: str | None = None
    ) -> dict[str, Any]:
        message["transaction"] = transaction or secrets.token_hex(8)
        request = urllib.request.Request(  # noqa: S310 - loopback
            self._url + path,
            json.dumps(message).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            reply: dict[str, Any] = json.load(answer)
        if reply.get("janus") == "error":
            raise RuntimeError(reply["error"]["reason"])
        return reply
