"""The media server as operators start it: a process, that can be killed."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rooms.engines.native import NativeEngine


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class MediaProcess:
    """`python -m rooms.media` while it runs, with the storage of the test's settings."""

    def __init__(self, var: Path) -> None:
        secret = secrets.token_hex(16)
        url = f"http://127.0.0.1:{free_port()}"
        self.engine = NativeEngine(url, secret)
        self._log = var / "media.log"
        self._environment = {**os.environ, "VIVA_MEDIA_URL": url, "VIVA_MEDIA_SECRET": secret}

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        assert code == 0, self._log.read_text()

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rooms.media"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 90
        while not self.engine.healthy():
            assert time.monotonic() < end, self._log.read_text()
