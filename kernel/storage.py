"""Files encrypted at rest, under names like `documents/12.pdf`.

A blob appears whole or not at all (`put`, `create`) and is read by ranges. A log (`append_log`)
grows and survives a kill up to its last flush. Plain bytes are never written to the disk.
The formats live in `kernel.sealing`; this module knows names, folders and durability.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from kernel.sealing import (
    BadKey,
    BlobReader,
    BlobSealer,
    KeyMissing,
    KeyRing,
    LogReader,
    LogSealer,
    NotStored,
    Seal,
    StorageError,
    Tampered,
)
from kernel.settings import Settings

__all__ = [
    "BadKey",
    "KeyMissing",
    "KeyRing",
    "LogReader",
    "LogWriter",
    "NotStored",
    "Storage",
    "StorageError",
    "StoredFile",
    "Tampered",
    "Writer",
    "from_settings",
    "key_ring",
]

_PARTIAL: Final = ".partial"
_SEGMENT: Final = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*")


@dataclass(frozen=True)
class StoredFile:
    """What was stored: its name, its plain size in bytes and its plain SHA-256 (hexadecimal)."""

    key: str
    size: int
    sha256: str


class Writer:
    """Write one blob in pieces; it appears under its name at `close`, or never."""

    def __init__(self, key: str, path: Path, partials: Path, keys: KeyRing) -> None:
        self._key = key
        self._path = path
        self._partial, self._file = _open_partial(partials)
        self._sealer = BlobSealer(self._file, keys, key)

    def write(self, data: bytes) -> None:
        """Take more bytes."""
        self._sealer.write(data)

    def close(self) -> StoredFile:
        """Make the file durable and visible, in place of one of the same name."""
        sha256 = self._sealer.finish()
        _sync(self._file)
        self._file.close()
        self._partial.replace(self._path)
        _sync_folder(self._path.parent)
        return StoredFile(self._key, self._sealer.size, sha256)

    def abort(self) -> None:
        """Forget what was written."""
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Leave the block to close, or by an exception to abort."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abort()
        elif not self._file.closed:
            self.close()


class LogWriter:
    """Append records to a log that a kill cannot take back; locked while it is open.

    It gets its name once it is locked: nobody finds it before, and takes it for a finished one.
    """

    def __init__(self, path: Path, partials: Path, keys: KeyRing, key: str) -> None:
        nameless, self._file = _open_partial(partials)
        try:
            self._sealer = LogSealer(self._file, keys, key)
            self.flush()
            path.hardlink_to(nameless)
        except OSError:
            self._file.close()
            raise
        finally:
            nameless.unlink()
        _sync_folder(path.parent)

    def append(self, record: bytes) -> None:
        """Seal and buffer one record."""
        self._sealer.append(record)

    def flush(self) -> None:
        """Put on the disk what was appended; it outlives a kill and a power cut."""
        _sync(self._file)

    def close(self) -> None:
        """End the log: a reader then knows that nothing is missing. Idempotent.

        A log that the disk no longer takes is let go all the same, and the error raised.
        """
        if self._file.closed:
            return
        try:
            self._sealer.append(b"", final=True)
            self.flush()
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        """Leave the block to close."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Storage:
    """A folder of encrypted files."""

    def __init__(self, root: Path, keys: KeyRing) -> None:
        """Use the folder `root`, made at the first writing."""
        self.root = root
        self._keys = keys

    def put(self, key: str, data: bytes) -> StoredFile:
        """Store `data` under `key`, in place of what was there. Raise BadKey."""
        writer = self.create(key)
        with writer:
            writer.write(data)
            return writer.close()

    def create(self, key: str) -> Writer:
        """Open a blob to write in pieces; it appears at `close`. Raise BadKey."""
        return Writer(key, self._place(key), self._partials(), self._keys)

    def append_log(self, key: str) -> LogWriter:
        """Open a new log. Raise BadKey, and StorageError if the name is taken.

        A log is never reopened: its nonces count records, and one may be half written.
        """
        try:
            return LogWriter(self._place(key), self._partials(), self._keys, key)
        except FileExistsError:
            raise StorageError(f"{key}: a log is written once") from None

    @contextmanager
    def read_log(self, key: str) -> Iterator[LogReader]:
        """Open a log to iterate over its records. Raise NotStored, Tampered, KeyMissing."""
        with self._open(key) as source:
            yield LogReader(source, self._keys, key)

    def being_written(self, key: str) -> bool:
        """Tell whether a living process has this log open. Raise NotStored, BadKey."""
        with self._open(key) as source:
            try:
                fcntl.flock(source, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Return an iterator over the bytes from `start` to `end` (exclusive; None: to the end).

        Only the chunks touched are decrypted, and the last one, which proves the length. Errors
        known at the start are raised by the call itself: NotStored, Tampered, KeyMissing, BadKey;
        a chunk altered further on raises Tampered when the iteration comes to it.
        """
        if start < 0 or (end is not None and end < 0):
            raise ValueError("a range counts from the start of the file")
        size = self.size(key)
        return self._pieces(key, start, size if end is None else end)

    def _pieces(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with self._open(key) as source:
            yield from BlobReader(source, self._keys, key).read(start, end)

    def size(self, key: str) -> int:
        """Return a blob's plain size in bytes, verified. Raise as `bytes` does."""
        with self._open(key) as source:
            return BlobReader(source, self._keys, key).size

    def exists(self, key: str) -> bool:
        """Tell whether a blob or a log has this name. Raise BadKey."""
        return self._path(key).is_file()

    def delete(self, key: str) -> bool:
        """Remove a blob or a log; return whether it was there. Raise BadKey."""
        path = self._path(key)
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        _sync_folder(path.parent)
        return True

    def names(self, prefix: str = "") -> list[str]:
        """Return the sorted names of all that lies in the folder `prefix`. Raise BadKey."""
        base = self._path(prefix) if prefix else self.root
        names = (path.relative_to(self.root) for path in base.rglob("*") if path.is_file())
        return sorted(name.as_posix() for name in names if name.parts[0] != _PARTIAL)

    def bytes(self, key: str) -> bytes:
        """Return a whole blob. Raise NotStored, Tampered, KeyMissing, BadKey."""
        return b"".join(self.read(key))

    def sealed_before(self) -> Iterator[str]:
        """Yield the names of what is sealed with a key that is no longer the current one.

        Raise Tampered at a file that is not one of ours.
        """
        for key in self.names():
            with suppress(NotStored), self._open(key) as source:
                if Seal.key_id(source) != self._keys.current:
                    yield key

    def reseal(self, key: str) -> bool:
        """Seal a blob anew with the current key, in its place; return whether it was one.

        A log is left: it is a recording that a job is about to make playable. Who reads the
        blob meanwhile goes on reading the file that was. Raise NotStored, Tampered, KeyMissing.
        """
        with self._open(key) as source:
            if not Seal.is_blob(source):
                return False
        with self.create(key) as writer:
            for piece in self.read(key):
                writer.write(piece)
            if not self.exists(key):  # removed meanwhile: it must not come back
                raise NotStored(key)
        return True

    def sweep(self) -> int:
        """Remove what writers that were killed left unfinished; return how many files."""
        count = 0
        for path in (self.root / _PARTIAL).glob("*"):
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as left:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                count += 1
        return count

    def _partials(self) -> Path:
        partials = self.root / _PARTIAL
        partials.mkdir(mode=0o700, parents=True, exist_ok=True)
        return partials

    def _path(self, key: str) -> Path:
        if len(key) > 512 or not all(_SEGMENT.fullmatch(part) for part in key.split("/")):
            raise BadKey(f"not a storage name: {key[:80]!r}")
        return self.root / key

    def _place(self, key: str) -> Path:
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotStored(key) from None


def from_settings(settings: Settings) -> Storage:
    """Return the storage that the settings name. Raise BadKey."""
    return Storage(settings.storage, key_ring(settings))


def key_ring(settings: Settings) -> KeyRing:
    """Return the installation's keys. Raise BadKey."""
    return KeyRing.from_base64([key.get_secret_value() for key in settings.storage_keys])


def _open_partial(folder: Path) -> tuple[Path, BinaryIO]:
    """Open a new file that is locked as long as its writer lives."""
    while True:
        path = folder / secrets.token_hex(16)
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():  # else a sweep came between the two lines above
            return path, file
        file.close()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fdatasync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
