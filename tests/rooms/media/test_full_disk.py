"""A disk that takes nothing more while an oral is recorded: the call goes on, and says so."""

import resource
import time
from pathlib import Path

from media_client import Client
from media_process import MediaProcess

from kernel.storage import Storage
from rooms.engines import Fact, FactKind, Role
from rooms.engines.native import NativeEngine
from rooms.media.manifest import Manifest


def await_fact(engine: NativeEngine, after: int, kind: FactKind, within: float = 30) -> Fact:
    end = time.monotonic() + within
    while time.monotonic() < end:
        for fact in engine.facts(after, 1.0):
            after = fact.seq
            if fact.kind is kind:
                return fact
    raise AssertionError(f"no {kind} within {within} s")


def limit(process: int, size: int) -> None:
    """Let the process write files up to this size: beyond it every write fails."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_ends_neither_the_call_nor_the_recording(
    storage: Storage, tmp_path: Path
) -> None:
    clients = [Client(), Client()]
    try:
        with MediaProcess(tmp_path) as server:
            engine, process = server.engine, server.process.pid
            engine.open("oral")
            for client, role in zip(clients, (Role.EVALUATOR, Role.CANDIDATE), strict=True):
                client.join(engine, "oral", role.value, role)
            engine.set_part("oral", 1)
            engine.start_recording("oral", "rec-1")
            started = await_fact(engine, 0, FactKind.RECORDING_STARTED)
            for client in clients:
                client.await_frames(audio=100, video=40)
            limit(process, 0)
            failed = await_fact(engine, started.seq, FactKind.RECORDING_FAILED)
            assert (failed.room, failed.data["recording"]) == ("oral", "rec-1")
            assert "File too large" in failed.data["why"]
            for client in clients:
                frames = dict(client.frames)
                client.await_frames(audio=frames["audio"] + 50, video=frames["video"] + 20)
            assert engine.stats("oral").recording == "rec-1"
            limit(process, resource.RLIM_INFINITY)
            again = await_fact(engine, failed.seq, FactKind.RECORDING_STARTED)
            for client in clients:
                frames = dict(client.frames)
                client.await_frames(audio=frames["audio"] + 100, video=frames["video"] + 40)
            engine.close("oral")
            ready = await_fact(engine, again.seq, FactKind.RECORDING_READY, 60)
            kinds = [fact.kind for fact in engine.facts(0, 0) if "recording" in fact.data]
    finally:
        for client in clients:
            client.close()
    assert kinds == [
        FactKind.RECORDING_STARTED,
        FactKind.RECORDING_FAILED,
        FactKind.RECORDING_STARTED,
        FactKind.RECORDING_STOPPED,
        FactKind.SEGMENT_CLOSED,
        FactKind.RECORDING_READY,
    ]
    whole = Manifest.model_validate_json(storage.bytes(ready.data["manifest"]))
    assert [part.number for part in whole.parts] == [1]
    assert {gap.role for gap in whole.gaps} == {"candidate", "evaluator"}
    for role in ("candidate", "evaluator"):
        assert len([segment for segment in whole.segments if segment.role == role]) == 2
