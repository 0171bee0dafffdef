"""The process itself: started as operators start it, killed, and started again."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from media_client import Client

from kernel.storage import Storage
from rooms.engines import EngineUnavailable, Fact, FactKind, Role
from rooms.engines.native import NativeEngine

SECRET = secrets.token_hex(16)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start(port: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "rooms.media"],
        env={
            **os.environ,
            "VIVA_MEDIA_URL": f"http://127.0.0.1:{port}",
            "VIVA_MEDIA_SECRET": SECRET,
        },
    )


def await_healthy(engine: NativeEngine) -> None:
    end = time.monotonic() + 20
    while not engine.healthy():
        assert time.monotonic() < end, "the media server does not come up"


def all_facts(engine: NativeEngine, until: FactKind) -> list[Fact]:
    found: list[Fact] = []
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            found += engine.facts(found[-1].seq if found else 0, 1.0)
        except EngineUnavailable:
            continue
        if any(fact.kind is until for fact in found):
            return found
    raise AssertionError(f"no {until}: {found}")


def test_a_killed_server_loses_neither_facts_nor_recordings(
    storage: Storage, tmp_path: Path
) -> None:
    port = free_port()
    engine = NativeEngine(f"http://127.0.0.1:{port}", SECRET)
    process = start(port)
    clients = [Client(), Client()]
    try:
        await_healthy(engine)
        engine.open("oral")
        for client, role in zip(clients, (Role.EVALUATOR, Role.CANDIDATE), strict=True):
            client.join(engine, "oral", role.value, role)
        engine.start_recording("oral", "rec-1")
        for client in clients:
            client.await_frames(audio=150, video=60)
        process.kill()
        process.wait(10)
        process = start(port)
        await_healthy(engine)
        found = all_facts(engine, FactKind.RECORDING_READY)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
        for client in clients:
            client.close()
    assert code == 0
    kinds = [fact.kind for fact in found if fact.kind is not FactKind.QUALITY]
    assert kinds == [
        FactKind.SERVER_STARTED,
        FactKind.PEER_UP,
        FactKind.PEER_UP,
        FactKind.RECORDING_STARTED,
        FactKind.SERVER_STARTED,
        FactKind.RECORDING_READY,
    ]
    assert len({fact.instance for fact in found}) == 2
    assert [fact.seq for fact in found] == list(range(found[0].seq, found[0].seq + len(found)))
    assert found[-1].data["duration_s"] > 1.0
    assert list((tmp_path / "storage").rglob("*.rtp")) == []
