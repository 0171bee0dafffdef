import io
import itertools
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest

from kernel.storage import KeyRing, NotStored, Storage, Tampered
from rooms.media.dump import Recording
from rooms.media.finishing import FinishError, finish, forget_dumps, pending
from rooms.media.manifest import Manifest, SegmentFile
from rooms.media.mux import mux
from rooms.media.replay import Sound
from tests.event_loop import run
from tests.rooms.media.coded_media import (
    LEVEL_ID,
    pictures,
    send_pictures,
    send_sounds,
    sounds,
)

KEY = "bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4="
BEGAN = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)
NTP = 3_900_000_000


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path, KeyRing.from_base64([KEY]))


class Person:
    """Somebody whose packets arrive `late` seconds after they were sent."""

    def __init__(self, role: str, ssrc: int = 100, peer: str = "") -> None:
        self.role, self.ssrc, self.peer = role, ssrc, peer or role
        self.packets: list[tuple[float, str, bytes]] = []

    def pictures(self, seconds: float, start: float = 0.0, late: float = 0.0, **size: int):
        for at, datagram in send_pictures(pictures(seconds, **size), self.ssrc):
            self.packets.append((start + late + at, "video", datagram))
        return self

    def sounds(self, seconds: float, start: float = 0.0, late: float = 0.0):
        for at, datagram in send_sounds(sounds(seconds), self.ssrc + 1):
            self.packets.append((start + late + at, "audio", datagram))
        return self


def record(
    storage: Storage,
    *people: Person,
    began: datetime = BEGAN,
    parts: tuple[tuple[int, float], ...] = (),
) -> Recording:
    recording = Recording.start(storage, "12", began, now=0.0)
    for person in people:
        recording.join(person.peer, person.role, LEVEL_ID, now=0.0)
    coming = [(at, person.peer, kind, d) for person in people for at, kind, d in person.packets]
    for at, peer, kind, datagram in sorted(coming):
        recording.packet(peer, kind, datagram, at)
    for number, start in parts:
        recording.part(number, now=start)
    return recording


def last(*people: Person) -> float:
    return max((at for person in people for at, _, _ in person.packets), default=0.0)


def made(storage: Storage, *people: Person, **options) -> Manifest:
    recording = record(storage, *people, **options)
    recording.close(now=last(*people)).result(timeout=10)
    manifest = mux(storage, "12")
    forget_dumps(storage, manifest)
    return manifest


class Seen(NamedTuple):
    """What decoding a file to its end shows; times in seconds of the recording."""

    pictures: int
    sound_seconds: float
    flashes: list[float]
    tones: list[float]
    sizes: set[tuple[int, int]]


def look(storage: Storage, segment: SegmentFile) -> Seen:
    with av.open(io.BytesIO(storage.bytes(segment.key))) as container:
        bright, loud, sizes, samples = [], [], set(), 0
        for frame in container.decode():
            moment = segment.offset_s + float(frame.pts * frame.time_base)
            if isinstance(frame, av.VideoFrame):
                sizes.add((frame.width, frame.height))
                bright.append((moment, frame.to_ndarray()[: frame.height].mean() > 140))
            else:
                wave = np.abs(frame.to_ndarray()).max(axis=0)
                samples += frame.samples
                loud += [
                    (moment + at / 48_000, bool(wave[at : at + 480].max() > 0.1))
                    for at in range(0, frame.samples, 480)
                ]
    return Seen(len(bright), samples / 48_000, rises(bright), rises(loud), sizes)


def rises(values: list[tuple[float, bool]]) -> list[float]:
    """Return the moments at which something begins."""
    return [
        moment
        for (moment, now), (_, before) in zip(values, [(0.0, False), *values], strict=False)
        if now and not before
    ]


def test_a_recording_plays_to_its_end_with_picture_and_sound(storage):
    manifest = made(
        storage,
        Person("candidate").pictures(6).sounds(6),
        Person("evaluator").sounds(6).pictures(6, width=80, height=48),
        parts=((1, 0.0), (2, 3.0)),
    )
    assert [(s.role, s.key, s.width, s.height, s.sound) for s in manifest.segments] == [
        ("candidate", "recordings/12/candidate-0.webm", 160, 90, True),
        ("evaluator", "recordings/12/evaluator-0.webm", 80, 48, True),
    ]
    for segment in manifest.segments:
        seen = look(storage, segment)
        assert seen.pictures == 120
        assert seen.sound_seconds == pytest.approx(6, abs=0.05)
        assert segment.duration_s == pytest.approx(6, abs=0.06)
        assert segment.size == storage.size(segment.key)
        assert seen.sizes == {(segment.width, segment.height)}
        assert [round(moment) for moment in seen.flashes] == [0, 1, 2, 3, 4, 5]
        assert [round(moment) for moment in seen.tones] == [0, 1, 2, 3, 4, 5]
    assert [(part.number, part.start_s) for part in manifest.parts] == [(1, 0.0), (2, 3.0)]
    assert manifest.gaps == []
    assert storage.names("recordings/12") == [
        "recordings/12/candidate-0.webm",
        "recordings/12/evaluator-0.webm",
        "recordings/12/manifest.json",
    ]
    assert Manifest.model_validate_json(storage.bytes("recordings/12/manifest.json")) == manifest


def test_the_loudness_follows_the_tones(storage):
    manifest = made(storage, Person("candidate").sounds(3))
    peaks = manifest.peaks["candidate"]
    assert {round(value, 2) for value in peaks[10:12]} == {0.85}
    assert set(peaks[13:20]) == {0.0}
    assert len(peaks) == pytest.approx(30, abs=1)


def test_a_player_finds_duration_and_index_in_front_and_seeks_to_a_key_frame(storage):
    manifest = made(storage, Person("candidate").pictures(8).sounds(8))
    data = storage.bytes(manifest.segments[0].key)
    # EBML: the index (Cues, 1C53BB6B) must stand before the first Cluster (1F43B675), in full.
    cluster = data.index(b"\x1f\x43\xb6\x75")
    cues = data.rindex(b"\x1c\x53\xbb\x6b", 0, cluster)
    assert data[cues:cluster].count(b"\xbb") >= 4
    assert data.find(b"\x1c\x53\xbb\x6b", cluster) == -1
    with av.open(io.BytesIO(data)) as container:
        assert container.duration == pytest.approx(8_000_000, abs=60_000)
        video = container.streams.video[0]
        container.seek(5_000_000)
        first = next(packet for packet in container.demux(video))
        assert (first.is_keyframe, float(first.pts * first.time_base)) == (True, 4.0)
        (decoded,) = first.decode()
        assert (decoded.width, decoded.height) == (160, 90)


def lateness(storage: Storage, *, reports: bool) -> float:
    """Return how late sound is in a recording whose pictures take 300 ms more to come."""
    person = Person("candidate").pictures(4, late=0.3).sounds(4)
    recording = record(storage, person)
    if reports:
        # Both clocks began at the same moment of the sender's clock, 3 900 000 000 s.
        for second in range(1, 4):
            ntp = (NTP + second) << 32
            recording.clock("candidate", 100, 2**32 - 45_000 + second * 90_000, ntp, now=second)
            recording.clock("candidate", 101, 2**32 - 24_000 + second * 48_000, ntp, now=second)
    recording.close(now=4.3).result(timeout=10)
    (segment,) = mux(storage, "12").segments
    seen = look(storage, segment)
    pairs = list(zip(seen.tones, seen.flashes, strict=True))
    return float(np.median([tone - flash for tone, flash in pairs]))


def test_sender_reports_put_lips_and_voice_in_step(storage):
    assert abs(lateness(storage, reports=True)) < 0.045


def test_without_sender_reports_arrival_serves(storage):
    # The test above can fail: the delay of the pictures shows when nothing corrects it.
    assert lateness(storage, reports=False) < -0.2


def test_lost_sound_becomes_silence_so_that_nothing_slips(storage):
    person = Person("candidate").pictures(6).sounds(6)
    person.packets = [
        packet for packet in person.packets if packet[1] == "video" or not 1.5 < packet[0] < 2.5
    ]
    (segment,) = made(storage, person).segments
    seen = look(storage, segment)
    assert seen.sound_seconds == pytest.approx(6, abs=0.05)
    assert [round(moment) for moment in seen.tones] == [0, 1, 3, 4, 5]
    with av.open(io.BytesIO(storage.bytes(segment.key))) as container:
        moments = [
            float(p.pts * p.time_base) for p in container.demux(audio=0) if p.pts is not None
        ]
    steps = {round(b - a, 3) for a, b in itertools.pairwise(moments)}
    assert steps == {0.02}


def test_a_reconnection_begins_a_new_segment_and_its_gap_is_told(storage):
    first = Person("candidate", 100, "tab-1").pictures(4).sounds(4)
    again = Person("candidate", 200, "tab-2").pictures(4, start=7).sounds(4, start=7)
    manifest = made(storage, first, again)
    assert [(s.key, round(s.offset_s, 1), round(s.duration_s, 1)) for s in manifest.segments] == [
        ("recordings/12/candidate-0.webm", 0.0, 4.0),
        ("recordings/12/candidate-1.webm", 7.0, 4.0),
    ]
    assert [(g.role, round(g.start_s, 1), round(g.end_s, 1)) for g in manifest.gaps] == [
        ("candidate", 4.0, 7.0)
    ]
    assert [look(storage, segment).pictures for segment in manifest.segments] == [80, 80]


def test_a_change_of_size_begins_a_new_segment_and_sound_goes_on(storage):
    person = Person("candidate").sounds(6).pictures(3)
    # The same source goes on with smaller pictures: numbers and times continue.
    last = person.packets[-1][2]
    sequence, timestamp = int.from_bytes(last[2:4], "big") + 1, 2**32 - 45_000 + 3 * 90_000
    for at, datagram in send_pictures(pictures(3, width=80, height=48), 100, sequence, timestamp):
        person.packets.append((3 + at, "video", datagram))
    manifest = made(storage, person)
    seen = [look(storage, segment) for segment in manifest.segments]
    assert [(s.width, s.height) for s in manifest.segments] == [(160, 90), (80, 48)]
    assert [file.sizes for file in seen] == [{(160, 90)}, {(80, 48)}]
    assert [file.pictures for file in seen] == [60, 60]
    assert sum(file.sound_seconds for file in seen) == pytest.approx(6, abs=0.05)
    assert seen[1].tones[0] == pytest.approx(3, abs=0.05)


def test_a_microphone_alone_and_a_camera_alone_are_recordings_too(storage):
    manifest = made(storage, Person("candidate").sounds(3), Person("evaluator").pictures(3))
    voice, picture = manifest.segments
    assert (voice.width, voice.sound, look(storage, voice).pictures) == (0, True, 0)
    assert (picture.width, picture.sound, look(storage, picture).sound_seconds) == (160, False, 0)


def test_a_recording_that_begins_amid_a_picture_group_starts_at_the_key_frame(storage):
    person = Person("candidate").pictures(6).sounds(6)
    person.packets = [(at, k, d) for at, k, d in person.packets if at > 0.5]
    (segment,) = made(storage, person).segments
    # A key frame every 40 pictures: the one at 2 s is the first that can be used.
    seen = look(storage, segment)
    assert (seen.pictures, seen.flashes[0]) == (80, pytest.approx(2.0, abs=0.05))
    assert seen.tones[0] == pytest.approx(1.0, abs=0.05)


def test_an_empty_recording_has_an_empty_manifest(storage):
    manifest = made(storage)
    assert (manifest.segments, manifest.peaks, manifest.gaps) == ([], {}, [])
    with pytest.raises(NotStored):
        mux(storage, "13")


def test_two_dumps_of_a_crashed_recording_become_one_timeline(storage):
    made(storage, Person("candidate").pictures(3).sounds(3), parts=((1, 0.0),))
    manifest = made(
        storage,
        Person("candidate").pictures(3).sounds(3),
        began=BEGAN + timedelta(seconds=10),
        parts=((2, 1.0),),
    )
    assert [(s.key, round(s.offset_s)) for s in manifest.segments] == [
        ("recordings/12/candidate-0.webm", 0),
        ("recordings/12/candidate-1.webm", 10),
    ]
    assert [(p.number, p.start_s, round(p.end_s)) for p in manifest.parts] == [
        (1, 0.0, 11),
        (2, 11.0, 13),
    ]
    assert [(g.role, round(g.start_s), round(g.end_s)) for g in manifest.gaps] == [
        ("candidate", 3, 10)
    ]
    assert [look(storage, segment).pictures for segment in manifest.segments] == [60, 60]


def test_muxing_again_after_a_kill_changes_nothing(storage):
    record(storage, Person("candidate").pictures(3)).close().result(timeout=10)
    manifest = mux(storage, "12")
    files = {name: (storage.root / name).read_bytes() for name in storage.names()}
    # The dump stays until it is written down that the recording is ready: the next start tells it.
    assert "recordings/12/dump-1796308200000.rtp" in files
    assert pending(storage) == ["12"]
    assert mux(storage, "12") == manifest
    assert {name: (storage.root / name).read_bytes() for name in storage.names()} == files
    forget_dumps(storage, manifest)
    assert pending(storage) == []
    assert storage.names() == ["recordings/12/candidate-0.webm", "recordings/12/manifest.json"]


def test_a_dump_that_was_cut_at_once_is_silence(storage):
    storage.append_log("recordings/12/dump-1796308200000.rtp").close()
    manifest = mux(storage, "12")
    assert (manifest.started_at, manifest.duration_s, manifest.segments) == (BEGAN, 0.0, [])
    forget_dumps(storage, manifest)
    assert storage.names() == ["recordings/12/manifest.json"]


def test_an_altered_dump_is_refused_and_kept(storage):
    record(storage, Person("candidate").pictures(2)).close().result(timeout=10)
    dump = storage.root / "recordings/12/dump-1796308200000.rtp"
    data = bytearray(dump.read_bytes())
    data[len(data) // 2] ^= 1
    dump.write_bytes(data)
    with pytest.raises(Tampered):
        mux(storage, "12")
    assert storage.names() == ["recordings/12/dump-1796308200000.rtp"]


def _await_names(storage: Storage, least: int) -> None:
    end = time.monotonic() + 30
    while len(names := storage.names()) < least:
        assert time.monotonic() < end, names
        threading.Event().wait(0.01)


def test_a_dump_that_is_being_written_is_left_alone(storage):
    first = made(storage, Person("candidate").pictures(2))
    running = record(storage, Person("candidate"), began=BEGAN + timedelta(seconds=9))
    _await_names(storage, 3)
    assert mux(storage, "12") == first
    assert running.close(now=2.0).result(timeout=5).failure == ""
    assert len(mux(storage, "12").dumps) == 2


RECORDS = """
import os, signal, sys, time
from tests.rooms.media.test_mux import Person, record
from pathlib import Path
from kernel.storage import KeyRing, Storage
storage = Storage(Path(sys.argv[1]), KeyRing.from_base64([sys.argv[2]]))
recording = record(storage, Person("candidate").pictures(4).sounds(4))
end = time.monotonic() + 30
while recording._waiting and time.monotonic() < end:
    time.sleep(0.01)
recording._closing.wait(0.2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def environment(storage: Storage) -> dict[str, str]:
    return os.environ | {"VIVA_STORAGE_ROOT": str(storage.root), "VIVA_STORAGE_KEYS": KEY}


def test_what_a_killed_server_left_is_found_and_muxed_by_the_child(storage, monkeypatch):
    subprocess.run([sys.executable, "-c", RECORDS, str(storage.root), KEY], check=False)
    assert pending(storage) == ["12"]
    for name, value in environment(storage).items():
        monkeypatch.setenv(name, value)
    manifest = run(finish("12"))
    (segment,) = manifest.segments
    assert look(storage, segment).pictures == 80
    forget_dumps(storage, manifest)
    assert pending(storage) == []


def test_a_recording_that_runs_is_not_pending(storage):
    recording = record(storage, Person("candidate"))
    _await_names(storage, 1)
    assert pending(storage) == []
    recording.close().result(timeout=5)
    assert pending(storage) == ["12"]


def test_a_child_that_fails_says_why(storage, monkeypatch):
    for name, value in environment(storage).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(FinishError, match="NotStored: recording 99"):
        run(finish("99"))


def stalled(storage: Storage, at: float, length: float) -> tuple[Manifest, Seen]:
    """Record somebody whose microphone's clock stands for `length` seconds; pictures go on."""
    person = Person("candidate").pictures(9).sounds(6)
    person.packets = [
        (moment + (length if kind == "audio" and moment > at else 0.0), kind, datagram)
        for moment, kind, datagram in person.packets
    ]
    manifest = made(storage, person)
    (segment,) = manifest.segments
    return manifest, look(storage, segment)


def test_sound_after_a_microphone_stood_still_keeps_its_second_in_file_waveform_and_copy(storage):
    manifest, seen = stalled(storage, at=2.5, length=2.0)
    assert [round(moment, 1) for moment in seen.flashes] == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert seen.tones == pytest.approx([0, 1, 2, 5, 6, 7], abs=0.045)
    peaks = manifest.peaks["candidate"]
    assert [second for second in range(9) if peaks[second * 10 + 1] > 0.5] == [0, 1, 2, 5, 6, 7]
    heard = np.abs(Sound(storage, manifest.segments, 48_000).span(0, 9 * 48_000))
    loud = [
        second
        for second in range(9)
        if heard[second * 48_000 + 4_800 : second * 48_000 + 7_200].max() > 3_000
    ]
    assert loud == [0, 1, 2, 5, 6, 7]
