"""Make a recording playable: from encrypted dumps to encrypted WebM files and a manifest.

`python -m rooms.media.mux <recording>` does it apart from the media server, at low priority, and
prints the manifest. It may be killed and run again at any moment. The dumps stay: whoever asked
removes them (`finishing.forget_dumps`) once it is written down that the recording is ready.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kernel import settings
from kernel.storage import NotStored, Storage, StorageError, StoredFile, from_settings
from rooms.media import manifest
from rooms.media.depacketise import Depacketiser, Frame
from rooms.media.dump import EntryKind, Kind, begun_at, dumps, read_clock, read_dump
from rooms.media.manifest import Gap, Manifest, SegmentFile
from rooms.media.segments import Segment, holes, plan
from rooms.media.timeline import Placed, place
from rooms.media.webm import MuxError, SegmentWriter

_PIECE = 1 << 20
_NICENESS = 10
_MEDIA: Final[dict[int, Kind]] = {EntryKind.AUDIO: "audio", EntryKind.VIDEO: "video"}
_Seen = tuple[str, Frame]  # with whose it is


@dataclass
class _Marks:
    """What stands between the packets of a dump. Times in seconds."""

    started_at: datetime | None = None
    parts: list[tuple[int, float]] = field(default_factory=list)
    dropped: int = 0
    last: float = 0.0

    def note(self, kind: int, at: float, facts: dict[str, str | int]) -> None:
        """Take a BEGIN, PART or END entry."""
        self.last = max(self.last, at)
        if kind == EntryKind.BEGIN:
            self.started_at = datetime.fromisoformat(str(facts["started_at"]))
        elif kind == EntryKind.PART:
            self.parts.append((int(facts["number"]), at))
        elif kind == EntryKind.END:
            self.dropped = int(facts["dropped"])


class _Dump:
    """Read a dump as frames, as often as needed, the same each time."""

    def __init__(self, storage: Storage, key: str) -> None:
        self._storage = storage
        self.key = key
        self.people: dict[str, Depacketiser] = {}

    def frames(self, only: str | None = None, marks: _Marks | None = None) -> Iterator[_Seen]:
        """Yield each frame with its role, in an order that never changes; or one role's."""
        self.people = {}
        roles: dict[int, tuple[str, int | None]] = {}
        others: set[int] = set()
        for kind, peer, at, data in read_dump(self._storage, self.key, others):
            if kind in _MEDIA:
                role, level_id = roles[peer]
                for frame in self.people[role].push(peer, _MEDIA[kind], at, data, level_id):
                    yield role, frame
            elif kind == EntryKind.CLOCK:
                if peer not in others:
                    self.people[roles[peer][0]].clock(peer, at, *read_clock(data))
            elif kind == EntryKind.PEER:
                facts = json.loads(data)
                roles[peer] = (facts["role"], facts["audio_level"])
                if only in {None, facts["role"]}:
                    self.people.setdefault(facts["role"], Depacketiser())
                else:
                    others.add(peer)
            elif marks is not None:
                marks.note(kind, at, json.loads(data))
        for role, person in self.people.items():
            yield from ((role, frame) for frame in person.flush())

    def look(self, marks: _Marks) -> dict[str, list[Placed]]:
        """Read the dump once; fill `marks`, return each role's frames, without their data."""
        frames: dict[str, list[Frame]] = {}
        for role, frame in self.frames(marks=marks):
            # Two bytes tell how long a packet of sound lasts; the rest is read again to be written.
            frames.setdefault(role, []).append(Frame(*frame[:-1], frame.data[:2]))
        return {role: place(self.people[role].streams, frames[role]) for role in sorted(frames)}


def mux(storage: Storage, recording_id: str) -> Manifest:
    """Make a recording playable and return its manifest; idempotent.

    A recording that a crash cut in several dumps becomes one timeline. Raise NotStored if there
    is neither a dump nor a manifest, MuxError, Tampered, KeyMissing.
    """
    # A room that goes on under the same id is left alone: its turn comes when it is closed.
    names = [key for key in dumps(storage, recording_id) if not storage.being_written(key)]
    whole = _known(storage, recording_id)
    if whole is None and not names:
        raise NotStored(f"recording {recording_id}")
    for key in names:
        if whole is None or key not in whole.dumps:
            taken = [segment.role for segment in whole.segments] if whole else []
            new = _mux_dump(storage, recording_id, key, taken)
            whole = new if whole is None else manifest.merge(whole, new)
            storage.put(manifest.name(recording_id), whole.model_dump_json().encode())
    if whole is None:
        raise MuxError("its dump is still being written")
    return whole


def _known(storage: Storage, recording_id: str) -> Manifest | None:
    try:
        return Manifest.model_validate_json(storage.bytes(manifest.name(recording_id)))
    except NotStored:
        return None


def _mux_dump(storage: Storage, recording_id: str, key: str, taken: list[str]) -> Manifest:
    """Return what a dump becomes; one that was cut before anything was in it is silence."""
    dump, marks = _Dump(storage, key), _Marks()
    people = dump.look(marks)
    if marks.started_at is None:
        if people:
            raise MuxError(f"{key} has no beginning")
        marks.started_at = begun_at(key)
    moments = [frame.time for placed in people.values() for frame in placed]
    duration = max([marks.last, *moments])
    segments: list[SegmentFile] = []
    gaps: list[Gap] = []
    for role, placed in people.items():
        stem = f"recordings/{recording_id}/{role}"
        segments += _write(storage, dump, role, placed, (stem, taken.count(role)))
        gaps += [
            Gap(role=role, start_s=round(start, 3), end_s=round(end, 3))
            for start, end in holes(placed, duration)
        ]
    return Manifest(
        recording=recording_id,
        started_at=marks.started_at,
        duration_s=round(duration, 3),
        segments=segments,
        parts=manifest.parts(marks.parts, duration),
        gaps=gaps,
        peaks={role: manifest.peaks(_levels(placed), duration) for role, placed in people.items()},
        dropped=marks.dropped,
        dumps=[key],
    )


def _write(
    storage: Storage, dump: _Dump, role: str, placed: list[Placed], name: tuple[str, int]
) -> list[SegmentFile]:
    """Write one person's segments; `name`: the files' stem, and the number of the first.

    A file is in memory only from its first frame to its last.
    """
    segments, numbers = plan(placed)
    writers: dict[int, SegmentWriter] = {}
    files: dict[int, SegmentFile] = {}
    for (_, frame), where, number in zip(dump.frames(role), placed, numbers, strict=True):
        if number not in writers:
            writers[number] = SegmentWriter(segments[number])
        writers[number].add(frame, where.time)
        if writers[number].left == 0:
            key = f"{name[0]}-{name[1] + number}.webm"
            stored = _store(storage, key, writers.pop(number))
            files[number] = _file(role, segments[number], stored)
    return [files[number] for number in sorted(files)]


def _store(storage: Storage, key: str, writer: SegmentWriter) -> StoredFile:
    with writer.finish() as plain, storage.create(key) as target:
        while piece := plain.read(_PIECE):
            target.write(piece)
        return target.close()


def _levels(placed: list[Placed]) -> Iterator[tuple[float, int]]:
    return ((at.time, at.frame.level) for at in placed if at.frame.level is not None)


def _file(role: str, segment: Segment, stored: StoredFile) -> SegmentFile:
    return SegmentFile(
        role=role,
        key=stored.key,
        offset_s=round(segment.start, 3),
        duration_s=round(segment.end - segment.start, 3),
        width=segment.width,
        height=segment.height,
        sound=segment.sounds > 0,
        size=stored.size,
        sha256=stored.sha256,
    )


def main(arguments: list[str]) -> int:
    """Mux the recording named; print its manifest. Return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m rooms.media.mux RECORDING\n")
        return 2
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    try:
        storage = from_settings(settings.load())
        storage.sweep()
        made = mux(storage, arguments[0])
    except (StorageError, MuxError, OSError, ValueError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(made.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
