"""The process itself: started as operators start it, killed, and started again."""

import time
from pathlib import Path

from media_client import Client
from media_process import MediaProcess

from kernel.storage import Storage
from rooms.engines import EngineUnavailable, Fact, FactKind, Role
from rooms.engines.native import NativeEngine
from rooms.media.mux import mux
from tests.rooms.media.test_mux import Person, record


def all_facts(engine: NativeEngine, until: FactKind) -> list[Fact]:
    facts: list[Fact] = []
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            facts += engine.facts(facts[-1].seq if facts else 0, 1.0)
        except EngineUnavailable:
            continue
        if any(fact.kind is until for fact in facts):
            return facts
    raise AssertionError(f"no {until}: {facts}")


def await_no_dump(storage: Storage) -> None:
    """Wait until what was recorded lies there once: the dump goes after the word that it may."""
    end = time.monotonic() + 20
    while any(name.endswith(".rtp") for name in storage.names()):
        assert time.monotonic() < end, storage.names()


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
            facts = all_facts(engine, FactKind.RECORDING_READY)
            await_no_dump(storage)
    finally:
        for client in clients:
            client.close()
    kinds = [fact.kind for fact in facts if fact.kind is not FactKind.QUALITY]
    assert kinds == [
        FactKind.SERVER_STARTED,
        FactKind.PEER_UP,
        FactKind.PEER_UP,
        FactKind.RECORDING_STARTED,
        FactKind.SERVER_STARTED,
        FactKind.RECORDING_READY,
    ]
    assert len({fact.instance for fact in facts}) == 2
    assert [fact.seq for fact in facts] == list(range(facts[0].seq, facts[0].seq + len(facts)))
    assert facts[-1].data["duration_s"] > 1.0


def test_one_killed_before_it_could_say_ready_says_so_at_its_next_start(
    storage: Storage, tmp_path: Path
) -> None:
    record(storage, Person("candidate").sounds(2)).close().result(timeout=10)
    mux(storage, "12")  # the child's last step, after which nobody was left to hear of it
    with MediaProcess(tmp_path) as server:
        told = all_facts(server.engine, FactKind.RECORDING_READY)
        assert told[-1].data["recording"] == "12"
        await_no_dump(storage)
    assert storage.names() == ["recordings/12/candidate-0.webm", "recordings/12/manifest.json"]
