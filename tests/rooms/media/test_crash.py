"""The process itself: started as operators start it, killed, and started again."""

import time
from pathlib import Path

from media_client import Client
from media_process import MediaProcess

from kernel.storage import Storage
from rooms.engines import EngineUnavailable, Fact, FactKind, Role
from rooms.engines.native import NativeEngine


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
    clients = [Client(), Client()]
    try:
        with MediaProcess(tmp_path) as server:
            engine = server.engine
            engine.open("oral")
            for client, role in zip(clients, (Role.EVALUATOR, Role.CANDIDATE), strict=True):
                client.join(engine, "oral", role.value, role)
            engine.start_recording("oral", "rec-1")
            for client in clients:
                client.await_frames(audio=150, video=60)
            server.kill_and_start()
            found = all_facts(engine, FactKind.RECORDING_READY)
    finally:
        for client in clients:
            client.close()
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
