"""A real TURN server (coturn) on this machine, with time-limited passwords."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from mailbox_server import free_port

SECRET = "the static-auth-secret of the tests"


class TurnServer:
    """coturn while it runs; `address` is what VIVA_ICE_SERVERS wants."""

    def __init__(
        self, folder: Path, *given: str, relay_ip: str = "127.0.0.1", secret: str = SECRET
    ) -> None:
        """`given`: more of its arguments; `relay_ip`: from where it relays; no secret: anybody."""
        self.folder = folder
        self.given = given
        self.relay_ip = relay_ip
        self.secret = secret
        self.port = free_port()
        self.address = f"turn:127.0.0.1:{self.port}"

    def __enter__(self) -> TurnServer:
        program = shutil.which("turnserver")
        if program is None:
            pytest.fail("coturn is not installed: apt-get install coturn (make test does it)")
        self.log = self.folder / "turn.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(program, "-n", "--no-cli", "--no-tls", "--no-dtls", "--log-file", "stdout"),
                    *("--listening-ip", "127.0.0.1", "--listening-port", str(self.port)),
                    *("--relay-ip", self.relay_ip, "--allow-loopback-peers", "--fingerprint"),
                    *self._who_may(),
                    *("--realm", "viva", "--pidfile", str(self.folder / "turn.pid")),
                    *self.given,
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        for _attempt in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return self
            assert self.process.poll() is None, self.log.read_text()
            threading.Event().wait(0.1)
        pytest.fail(self.log.read_text(), pytrace=False)

    def _who_may(self) -> tuple[str, ...]:
        if not self.secret:
            return ("--no-auth",)
        return ("--use-auth-secret", "--static-auth-secret", self.secret)

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(15)
