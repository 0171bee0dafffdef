"""A real TURN server (coturn) on this machine, with time-limited passwords."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from mailbox_server import free_port

from evaluator_app.processes import turn

SECRET = "the static-auth-secret of the tests"


class TurnServer:
    """coturn while it runs; `address` is what VIVA_ICE_SERVERS wants."""

    def __init__(self, folder: Path, *given: str, relay_ip: str = "127.0.0.1") -> None:
        """`given`: more of its arguments; `relay_ip`: the address that it relays from."""
        self.folder = folder
        self.given = given
        self.relay_ip = relay_ip
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
                    *("--use-auth-secret", "--static-auth-secret", SECRET),
                    *("--realm", "viva", "--pidfile", str(self.folder / "turn.pid")),
                    *self.given,
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        for _attempt in range(100):
            if turn.fault(f"stun:127.0.0.1:{self.port}?transport=tcp", "") is None:
                return self
            assert self.process.poll() is None, self.log.read_text()
            threading.Event().wait(0.1)
        pytest.fail(self.log.read_text(), pytrace=False)

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(15)
