"""The recordings of this server: begun, closed, and made playable by a child of low priority."""

import asyncio
import time
from collections.abc import Coroutine

import structlog

from kernel import clock
from kernel.storage import Storage, StorageError
from rooms.engines import EngineRefused, FactKind, Reason
from rooms.media import manifest
from rooms.media.dump import Recording
from rooms.media.facts import FactLog
from rooms.media.finishing import FinishError, finish, forget_dumps, pending
from rooms.media.room import Room

log = structlog.get_logger()

CLOSE_WITHIN = 10.0
BEGIN_AGAIN_EVERY = 5.0
FINISH_AGAIN_AFTER = 300.0


class Recordings:
    """Begins recordings, and tells what became of each."""

    def __init__(self, storage: Storage | None, facts: FactLog) -> None:
        self._storage = storage
        self._facts = facts
        self._closing: set[asyncio.Task[None]] = set()
        self._finishing: set[asyncio.Task[None]] = set()
        self._broken: dict[str, float] = {}  # by recording: when it was last begun anew

    def start(self, recording_id: str) -> Recording:
        """Begin a recording. Raise EngineRefused."""
        if self._storage is None:
            raise EngineRefused(Reason.STORAGE_FAILED, "no storage is configured")
        try:
            return Recording.start(self._storage, recording_id, clock.now(), time.monotonic())
        except (StorageError, OSError) as error:
            raise EngineRefused(Reason.STORAGE_FAILED, str(error)) from error

    def close(self, room: str, recording: Recording) -> None:
        """Close a recording; its files follow by themselves."""
        _keep(self._closing, self._close(room, recording))

    def watch(self, room: Room, now: float) -> None:
        """Tell, once, that a running recording fails; go on in another dump once the disk takes it.

        People talk on meanwhile; what was not kept shows as a gap.
        """
        running = room.recording
        if running is None:
            return
        name = running.recording_id
        if running.failure:
            if name not in self._broken:
                self._failed(room.name, name, running.failure)
                self._broken[name] = now
            elif now - self._broken[name] >= BEGIN_AGAIN_EVERY:
                self._broken[name] = now
                room.record(self.start(name))
                running.close()
        elif name in self._broken and running.kept:
            del self._broken[name]
            self._facts.add(FactKind.RECORDING_STARTED, room.name, recording=name)
            log.info("media.recording_goes_on", room=room.name, recording=name)

    def finish_pending(self) -> None:
        """Make playable what an earlier run left behind."""
        if self._storage is None:
            return
        for recording_id in pending(self._storage):
            log.info("media.recording_left_behind", recording=recording_id)
            _keep(self._finishing, self._finish("", recording_id))

    async def stop(self) -> None:
        """Wait until every dump is on the disk; what is being muxed is for the next start."""
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_WITHIN)
        for task in list(self._finishing):
            task.cancel()
        await asyncio.gather(*self._finishing, return_exceptions=True)

    async def _close(self, room: str, recording: Recording) -> None:
        done = await asyncio.wrap_future(recording.close())
        if done.failure and self._broken.pop(done.recording_id, None) is None:
            self._failed(room, done.recording_id, done.failure)
        self._facts.add(
            FactKind.SEGMENT_CLOSED,
            room,
            recording=done.recording_id,
            packets=done.packets,
            dropped=done.dropped,
            bytes=done.size,
        )
        _keep(self._finishing, self._finish(room, done.recording_id))

    async def _finish(self, room: str, recording_id: str) -> None:
        try:
            made = await finish(recording_id)
        except (FinishError, OSError, ValueError) as error:
            self._failed(room, recording_id, str(error))
            await asyncio.sleep(FINISH_AGAIN_AFTER)  # the dump is kept; a full disk may be emptied
            _keep(self._finishing, self._finish(room, recording_id))
            return
        told = made.model_dump(mode="json", exclude={"peaks", "recording", "dumps", "version"})
        self._facts.add(
            FactKind.RECORDING_READY,
            room,
            recording=recording_id,
            manifest=manifest.name(recording_id),
            **told,
        )
        log.info("media.recording_ready", room=room, recording=recording_id)
        if self._storage is not None and await self._facts.kept():
            await asyncio.to_thread(forget_dumps, self._storage, made)

    def _failed(self, room: str, recording_id: str, why: str) -> None:
        self._facts.add(FactKind.RECORDING_FAILED, room, recording=recording_id, why=why[:2000])
        log.error("media.recording_failed", room=room, recording=recording_id, why=why)


def _keep(tasks: set[asyncio.Task[None]], coroutine: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(coroutine)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
