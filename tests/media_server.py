"""The real media server, in a process of its own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from pathlib import Path

from mailbox_server import free_port

from kernel.settings import Settings
from rooms.engines.native import NativeEngine


class MediaProcess:
    """`viva media` while it runs; `engine` speaks to it."""

    def __init__(self, var: Path) -> None:
        self.settings = Settings(
            mode="test",
            var=var,
            secret_key="a secret of the tests, long enough to sign with",
            storage_keys=[base64.b64encode(b"k" * 32).decode()],
            media_url=f"http://127.0.0.1:{free_port()}",
            media_secret="shared by web and media in the tests",
            media_bind_ips=["127.0.0.1"],
        )
        self.log = var / "media.log"

    def __enter__(self) -> MediaProcess:
        made = self.settings
        environment = {
            **os.environ,
            "VIVA_MODE": "test",
            "VIVA_VAR": str(made.var),
            "VIVA_SECRET_KEY": made.secret_key.get_secret_value(),
            "VIVA_STORAGE_KEYS": made.storage_keys[0].get_secret_value(),
            "VIVA_MEDIA_URL": made.media_url,
            "VIVA_MEDIA_SECRET": made.media_secret.get_secret_value(),
            "VIVA_MEDIA_BIND_IPS": "127.0.0.1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rooms.media"], env=environment, stdout=log, stderr=log
            )
        self.engine = NativeEngine(made.media_url, made.media_secret.get_secret_value())
        deadline = time.monotonic() + 90
        while not self.engine.healthy():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(15)
