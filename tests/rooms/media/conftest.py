"""A real media server on a free port, and a page's worth of web side for real browsers."""

import base64
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from media_running import Running, run_media

from bench.call_site import serve_site
from kernel.sealing import KeyRing
from kernel.storage import Storage


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A storage that the muxer's own process finds too, by the settings."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    monkeypatch.setenv("VIVA_VAR", str(tmp_path))
    monkeypatch.setenv("VIVA_STORAGE_ROOT", str(tmp_path / "storage"))
    monkeypatch.setenv("VIVA_STORAGE_KEYS", key)
    return Storage(tmp_path / "storage", KeyRing.from_base64([key]))


@pytest.fixture
def media(tmp_path: Path, storage: Storage) -> Iterator[Running]:
    started: Future[Running] = Future()
    thread = threading.Thread(target=run_media, args=(tmp_path, storage, started))
    thread.start()
    running = started.result(20)
    yield running
    running.loop.call_soon_threadsafe(running.stop.set)
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def site(media: Running) -> Iterator[str]:
    with serve_site(media.engine) as address:
        yield address
