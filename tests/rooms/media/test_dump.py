import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.storage import BadKey, KeyRing, Storage, StorageError
from rooms.media import dump
from rooms.media.dump import EntryKind, Recording, dumps, read_clock, read_dump

KEY = "bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4="
BEGAN = datetime(2026, 12, 3, 14, 30, tzinfo=UTC)
DUMP = "recordings/12/dump-1796308200000.rtp"


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path, KeyRing.from_base64([KEY]))


def test_everything_comes_back_in_order_with_its_moment(storage):
    recording = Recording.start(storage, "12", BEGAN, now=100.0)
    recording.join("p1", "candidate", audio_level=3)
    recording.packet("p1", "audio", b"opus", 100.25)
    recording.packet("p1", "video", b"vp8", 100.5)
    recording.packet("evaluator", "video", b"other", 100.75)
    recording.part(2, now=101.0)
    recording.clock("p1", 7, 90_000, 5 << 31)
    facts = recording.close().result(timeout=5)
    assert (facts.key, facts.packets, facts.dropped, facts.failure) == (
        DUMP,
        3,
        0,
        "",
    )
    entries = list(read_dump(storage, facts.key))
    assert json.loads(entries[0].data) == {
        "version": 1,
        "recording": "12",
        "started_at": "2026-12-03T14:30:00+00:00",
    }
    assert json.loads(entries[1].data) == {"role": "candidate", "audio_level": 3}
    assert [tuple(entry) for entry in entries[2:4]] == [
        (EntryKind.AUDIO, 0, 0.25, b"opus"),
        (EntryKind.VIDEO, 0, 0.5, b"vp8"),
    ]
    assert json.loads(entries[4].data) == {"role": "evaluator", "audio_level": None}
    assert tuple(entries[5]) == (EntryKind.VIDEO, 1, 0.75, b"other")
    assert (entries[6].at, json.loads(entries[6].data)) == (1.0, {"number": 2})
    assert read_clock(entries[7].data) == (7, 90_000, 2.5)
    assert (entries[8].kind, json.loads(entries[8].data)) == (EntryKind.END, {"dropped": 0})


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(packets=st.lists(st.binary(max_size=1500), max_size=600))
def test_any_packets_come_back(storage, packets):
    recording = Recording.start(storage, "any", BEGAN, now=0.0)
    for packet in packets:
        recording.packet("candidate", "video", packet, 1.0)
    key = recording.close().result(timeout=5).key
    kept = [entry.data for entry in read_dump(storage, key) if entry.kind == EntryKind.VIDEO]
    assert kept == packets


def test_a_second_start_makes_a_second_dump(storage):
    for expected in range(12):
        facts = Recording.start(storage, "12", BEGAN).close().result(timeout=5)
        assert facts.key == f"recordings/12/dump-{1796308200000 + expected}.rtp"
    assert dumps(storage, "12")[-1] == "recordings/12/dump-1796308200011.rtp"


@pytest.mark.parametrize("wrong", ["", "../x", "a/b", ".", "a\0"])
def test_an_unusable_id_is_refused_at_the_start(storage, wrong):
    with pytest.raises(StorageError):
        Recording.start(storage, wrong, BEGAN)
    assert issubclass(BadKey, StorageError)


def test_a_full_queue_drops_and_counts_and_never_waits(storage, monkeypatch):
    monkeypatch.setattr(dump, "FLUSH_EVERY", 3600)
    recording = Recording.start(storage, "12", BEGAN)
    for _ in range(dump.MOST_WAITING + 50):
        recording.packet("candidate", "audio", b"x", 0.0)
    # Two entries of our own wait too: the beginning and who the peer is.
    assert recording.dropped == 52
    facts = recording.close().result(timeout=10)
    assert (facts.packets, facts.dropped) == (dump.MOST_WAITING - 2, 52)
    last = list(read_dump(storage, facts.key))[-1]
    assert json.loads(last.data) == {"dropped": 52}


def test_a_folder_that_cannot_be_written_is_a_fact_not_a_crash(tmp_path):
    (tmp_path / "recordings").write_text("a file where the folder should be")
    recording = Recording.start(Storage(tmp_path, KeyRing.from_base64([KEY])), "12", BEGAN)
    recording.packet("candidate", "audio", b"x", 0.0)
    facts = recording.close().result(timeout=5)
    assert (facts.packets, facts.size, facts.dropped) == (0, 0, 1)
    assert facts.failure.startswith(("FileExistsError", "NotADirectoryError"))


def test_closing_twice_gives_the_same_result(storage):
    recording = Recording.start(storage, "12", BEGAN)
    assert recording.close().result(timeout=5) is recording.close().result(timeout=5)


SENDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kernel.storage import KeyRing, Storage
from rooms.media.dump import Recording
storage = Storage(Path(sys.argv[1]), KeyRing.from_base64([sys.argv[2]]))
recording = Recording.start(storage, "12", datetime(2026, 12, 3, 14, 30, tzinfo=UTC))
number = 0
for line in sys.stdin:
    recording.packet("candidate", "video", b"%d" % number, 0.0)
    number += 1
    print(recording.kept, flush=True)
"""


def test_a_kill_in_the_middle_loses_what_came_since_the_last_flush(storage):
    assert dump.FLUSH_EVERY <= 0.5  # the other half of the second is the disk's
    kept, flushed = 0, []  # how many packets had been sent when a flush was seen to be over
    sent, end = 0, time.monotonic() + 60
    with subprocess.Popen(
        [sys.executable, "-c", SENDS, str(storage.root), KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        while len(flushed) < 4:
            assert time.monotonic() < end
            process.stdin.write(b"\n")
            process.stdin.flush()
            before, kept = kept, int(process.stdout.readline())
            sent += 1
            if kept > before:
                flushed.append(sent)
            threading.Event().wait(0.001)  # a fast machine must not outrun a busy one's disk
        assert storage.being_written(DUMP)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin = None
    numbers = [
        int(entry.data) for entry in read_dump(storage, DUMP) if entry.kind == EntryKind.VIDEO
    ]
    assert numbers == list(range(len(numbers)))
    # What was sent before one flush was over is within the next.
    assert flushed[-2] <= len(numbers) <= sent


def test_keeping_a_packet_takes_a_few_calls(storage):
    recording = Recording.start(storage, "12", BEGAN)
    datagram = bytes(1100)
    recording.packet("candidate", "video", datagram, 1.0)  # says who it is
    calls: list[str] = []
    sys.setprofile(lambda _frame, what, _called: calls.append(what))
    for _ in range(1000):
        recording.packet("candidate", "video", datagram, 1.0)
    sys.setprofile(None)
    recording.close().result(timeout=10)
    assert 0 < calls.count("call") + calls.count("c_call") < 10 * 1000
