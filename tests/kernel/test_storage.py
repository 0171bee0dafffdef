import base64
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.sealing import CHUNK, TAG
from kernel.settings import Settings
from kernel.storage import (
    BadKey,
    KeyMissing,
    KeyRing,
    NotStored,
    Storage,
    StorageError,
    StoredFile,
    Tampered,
    from_settings,
)

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()
HEADER = 46
anew = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path, KeyRing.from_base64([NEW, OLD]))


def pattern(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


sizes = st.one_of(
    st.integers(0, 300),
    st.builds(lambda n, d: max(0, n * CHUNK + d), st.integers(0, 3), st.integers(-2, 2)),
)


@anew
@given(size=sizes)
def test_what_is_put_comes_back(storage, size):
    data = pattern(size)
    stored = storage.put("recordings/12/candidate-0.webm", data)
    assert stored == StoredFile(
        "recordings/12/candidate-0.webm", size, hashlib.sha256(data).hexdigest()
    )
    assert storage.bytes("recordings/12/candidate-0.webm") == data
    assert storage.size("recordings/12/candidate-0.webm") == size


@anew
@given(size=sizes, start=st.integers(0, 4 * CHUNK), length=st.integers(0, 4 * CHUNK))
def test_any_range_is_the_slice(storage, size, start, length):
    data = pattern(size)
    storage.put("f", data)
    assert b"".join(storage.read("f", start, start + length)) == data[start : start + length]
    assert b"".join(storage.read("f", start)) == data[start:]


@anew
@given(pieces=st.lists(st.integers(0, CHUNK + 7), max_size=6))
def test_a_blob_written_in_pieces_is_the_blob_written_at_once(storage, pieces):
    data = pattern(sum(pieces))
    rest = memoryview(data)
    with storage.create("f") as writer:
        for size in pieces:
            writer.write(bytes(rest[:size]))
            rest = rest[size:]
    assert storage.bytes("f") == data


def test_a_range_opens_only_the_chunks_it_touches_and_the_last(storage):
    storage.put("f", pattern(4 * CHUNK))
    flip(storage.root / "f", HEADER + 10)
    assert b"".join(storage.read("f", CHUNK, CHUNK + 5)) == pattern(CHUNK + 5)[CHUNK:]
    with pytest.raises(Tampered):
        storage.bytes("f")


def test_nothing_readable_lies_on_the_disk(storage):
    secret = b"Camille, nee le 3 mai" * 9
    storage.put("identity/1", secret)
    with storage.append_log("dump/1") as log:
        log.append(secret)
    for path in storage.root.rglob("*"):
        assert path.is_dir() or b"Camille" not in path.read_bytes()


def test_the_same_bytes_are_sealed_differently_each_time(storage):
    storage.put("a", b"same")
    first = (storage.root / "a").read_bytes()
    storage.put("a", b"same")
    assert (storage.root / "a").read_bytes() != first
    assert storage.bytes("a") == b"same"


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


@anew
@given(size=sizes, where=st.floats(0, 1, exclude_max=True))
def test_one_flipped_bit_anywhere_is_noticed(storage, size, where):
    storage.put("f", pattern(size))
    path = storage.root / "f"
    flip(path, int(path.stat().st_size * where))
    with pytest.raises((Tampered, KeyMissing)):
        storage.bytes("f")


@anew
@given(size=sizes, kept=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_is_noticed_before_any_byte_is_given(storage, size, kept):
    storage.put("f", pattern(size))
    path = storage.root / "f"
    os.truncate(path, int(path.stat().st_size * kept))
    with pytest.raises(Tampered):
        storage.read("f", 0, 1)


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_file_cut_at_the_edge_of_a_chunk_is_noticed(storage, chunks):
    storage.put("f", pattern(4 * CHUNK))
    os.truncate(storage.root / "f", HEADER + chunks * (CHUNK + TAG))
    with pytest.raises(Tampered):
        storage.size("f")


def test_two_chunks_exchanged_are_noticed(storage):
    storage.put("f", pattern(3 * CHUNK))
    path = storage.root / "f"
    data = path.read_bytes()
    first, second = HEADER, HEADER + CHUNK + TAG
    third = second + CHUNK + TAG
    path.write_bytes(data[:first] + data[second:third] + data[first:second] + data[third:])
    with pytest.raises(Tampered):
        storage.bytes("f")


def test_a_file_put_in_the_place_of_another_does_not_open(storage):
    storage.put("recordings/1/a", b"one")
    storage.put("recordings/2/a", b"two")
    (storage.root / "recordings/1/a").replace(storage.root / "recordings/2/a")
    with pytest.raises(Tampered):
        storage.bytes("recordings/2/a")


def test_what_an_old_key_sealed_opens_as_long_as_the_ring_holds_it(tmp_path):
    Storage(tmp_path, KeyRing.from_base64([OLD])).put("f", b"old")
    assert Storage(tmp_path, KeyRing.from_base64([NEW, OLD])).bytes("f") == b"old"
    with pytest.raises(KeyMissing):
        Storage(tmp_path, KeyRing.from_base64([NEW])).bytes("f")


@pytest.mark.parametrize("text", ["", "short", "é", base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_not_one_is_refused(text):
    with pytest.raises(BadKey):
        KeyRing.from_base64([text])


def test_an_empty_ring_is_refused():
    with pytest.raises(BadKey):
        KeyRing.from_base64([])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        ".",
        "a\0b",
        "a\\b",
        ".partial/x",
        "x" * 513,
    ],
)
def test_a_name_that_could_leave_the_folder_is_refused(storage, key):
    for act in (storage.bytes, storage.exists, storage.delete, storage.append_log, storage.create):
        with pytest.raises(BadKey):
            act(key)
    with pytest.raises(BadKey):
        storage.put(key, b"")


def test_what_is_not_stored_says_so(storage):
    storage.put("a/b", b"")
    for key in ("c", "a", "a/b/c"):
        with pytest.raises(NotStored):
            storage.read(key)
    assert not storage.exists("a")
    assert not storage.delete("c")


def test_deleting_removes_and_names_list_the_rest(storage):
    storage.put("recordings/1/a", b"")
    storage.put("recordings/10/a", b"")
    with storage.append_log("recordings/1/dump") as log:
        log.append(b"x")
    assert storage.names("recordings/1") == ["recordings/1/a", "recordings/1/dump"]
    assert storage.delete("recordings/1/a")
    assert storage.names() == ["recordings/1/dump", "recordings/10/a"]
    assert not storage.exists("recordings/1/a")


def test_a_blob_given_up_leaves_nothing_and_keeps_the_former_one(storage):
    storage.put("f", b"former")
    writer = storage.create("f")
    writer.write(b"x" * CHUNK * 2)
    with pytest.raises(TypeError), writer:
        writer.write("not bytes")
    assert storage.bytes("f") == b"former"
    assert list((storage.root / ".partial").iterdir()) == []


def test_sweeping_removes_what_a_killed_writer_left_and_nothing_else(storage):
    living = storage.create("f")
    living.write(b"alive")
    (storage.root / ".partial" / "left").write_bytes(b"by a writer that was killed")
    assert storage.sweep() == 1
    living.close()
    assert storage.bytes("f") == b"alive"
    assert storage.names() == ["f"]


@anew
@given(records=st.lists(st.binary(max_size=400), max_size=8))
def test_a_closed_log_gives_its_records_and_says_that_it_is_whole(storage, records):
    storage.delete("log")
    with storage.append_log("log") as log:
        for record in records:
            log.append(record)
    with storage.read_log("log") as reader:
        assert (list(reader), reader.closed) == (records, True)


@anew
@given(records=st.lists(st.binary(max_size=40), min_size=1, max_size=6), kept=st.floats(0, 1))
def test_a_log_cut_anywhere_gives_its_whole_records_and_is_not_closed(storage, records, kept):
    storage.delete("log")
    with storage.append_log("log") as log:
        for record in records:
            log.append(record)
    path = storage.root / "log"
    length = HEADER + int((path.stat().st_size - HEADER - 1) * kept)
    os.truncate(path, length)
    whole, end = [], HEADER
    for record in records:
        end += 4 + len(record) + TAG
        if end <= length:
            whole.append(record)
    with storage.read_log("log") as reader:
        assert (list(reader), reader.closed) == (whole, False)


def test_zeros_after_a_power_cut_end_a_log(storage):
    log = storage.append_log("log")
    log.append(b"kept")
    log.flush()
    with (storage.root / "log").open("ab") as file:
        file.write(b"\0" * 4096)
    with storage.read_log("log") as reader:
        assert (list(reader), reader.closed) == ([b"kept"], False)


def test_an_altered_or_missing_record_is_noticed(storage):
    with storage.append_log("log") as log:
        log.append(b"one")
        log.append(b"two")
    path = storage.root / "log"
    whole = path.read_bytes()
    size = 4 + 3 + TAG
    flip(path, HEADER + size + 5)
    with storage.read_log("log") as reader, pytest.raises(Tampered):
        list(reader)
    path.write_bytes(whole[:HEADER] + whole[HEADER + size :])
    with storage.read_log("log") as reader, pytest.raises(Tampered):
        list(reader)
    path.write_bytes(whole[:HEADER] + b"\0\0\0\x01" + whole[HEADER:])
    with storage.read_log("log") as reader, pytest.raises(Tampered):
        list(reader)


def test_a_log_is_never_reopened_nor_read_as_a_blob(storage):
    storage.append_log("log").close()
    with pytest.raises(StorageError, match="written once"):
        storage.append_log("log")
    with pytest.raises(Tampered):
        storage.bytes("log")


WRITES = """
import sys
from pathlib import Path
from kernel.storage import KeyRing, Storage
log = Storage(Path(sys.argv[1]), KeyRing.from_base64([sys.argv[2]])).append_log("log")
log.append(b"flushed")
log.flush()
log.append(b"not yet")
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_was_flushed_outlives_a_kill(storage):
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(storage.root), NEW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        assert storage.being_written("log")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not storage.being_written("log")
    with storage.read_log("log") as reader:
        assert (list(reader), reader.closed) == ([b"flushed"], False)


def test_the_settings_name_the_folder_and_the_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("VIVA_STORAGE_ROOT", str(tmp_path))
    monkeypatch.setenv("VIVA_STORAGE_KEYS", f"{NEW}, {OLD}")
    from_settings(Settings()).put("f", b"x")
    assert Storage(tmp_path, KeyRing.from_base64([NEW])).bytes("f") == b"x"


def test_what_an_old_key_sealed_is_sealed_anew(tmp_path: Path) -> None:
    before = Storage(tmp_path, KeyRing.from_base64([OLD]))
    before.put("pictures/1.jpg", pattern(200_000))
    with before.append_log("recordings/1/dump-1.rtp") as log:
        log.append(b"packets")
    both = Storage(tmp_path, KeyRing.from_base64([NEW, OLD]))
    both.put("pictures/2.jpg", b"new")
    assert list(both.sealed_before()) == ["pictures/1.jpg", "recordings/1/dump-1.rtp"]
    assert [both.reseal(key) for key in both.sealed_before()] == [True, False]
    assert list(both.sealed_before()) == ["recordings/1/dump-1.rtp"]
    after = Storage(tmp_path, KeyRing.from_base64([NEW]))
    assert after.bytes("pictures/1.jpg") == pattern(200_000)
    with pytest.raises(KeyMissing), after.read_log("recordings/1/dump-1.rtp"):
        pass


def test_what_is_removed_while_it_is_sealed_anew_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Storage(tmp_path, KeyRing.from_base64([OLD])).put("pictures/1.jpg", b"an identity")
    both = Storage(tmp_path, KeyRing.from_base64([NEW, OLD]))
    pieces = list(both.read("pictures/1.jpg"))
    monkeypatch.setattr(both, "read", lambda key: iter(pieces) if both.delete(key) else None)
    with pytest.raises(NotStored):
        both.reseal("pictures/1.jpg")
    assert both.names() == []
