"""The encrypted file formats of the storage: how bytes are sealed, never where they lie.

Two formats share one header (magic, format, key id, salt). Each file has a key of its own,
derived from a key of the ring, the file's random salt and its name, so that a counter may serve
as nonce and a file moved to another name no longer opens.

- A *blob* is cut in chunks of 64 KiB, each AES-256-GCM; any range is read by opening only the
  chunks that it touches. The nonce of the last chunk carries a flag, so that a file cut at a
  chunk's edge is noticed (the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár 2015).
- A *log* is a row of records of any length, each sealed when it is appended, so that what was
  flushed outlives a kill. A log that was not closed ends at its last whole record.

A short secret that a column keeps (`seal_word`) is one sealed piece with the same header.
"""

import base64
import binascii
import hashlib
import io
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK: Final = 64 * 1024
TAG: Final = 16
BLOB: Final = b"B"
LOG: Final = b"L"
WORD: Final = b"W"
_MAGIC: Final = b"VIVA1"
_HEADER: Final = struct.Struct(">5sc8s32s")
_LENGTH: Final = struct.Struct(">I")


class StorageError(Exception):
    """Anything the storage refuses or cannot do."""


class NotStored(StorageError):
    """No file has this name."""


class Tampered(StorageError):
    """The file was altered, cut, moved to another name, or is not one of ours."""


class BadKey(StorageError):
    """A file's name, or an encryption key, that cannot be used."""


class KeyMissing(StorageError):
    """The file was sealed with a key that the ring no longer holds."""


class KeyRing:
    """The encryption keys by id; the first seals new files, the others only open old ones."""

    def __init__(self, keys: Mapping[bytes, bytes]) -> None:
        """Hold `keys`: ids of 8 bytes, keys of 32 bytes, current one first. Raise BadKey."""
        if not keys:
            raise BadKey("the key ring is empty")
        for key_id, key in keys.items():
            if len(key_id) != 8 or len(key) != 32:
                raise BadKey("a storage key has 32 bytes and its id 8")
        self._keys = dict(keys)
        self.current = next(iter(self._keys))

    @classmethod
    def from_base64(cls, texts: Sequence[str]) -> Self:
        """Read keys of 32 bytes written in base64, current one first. Raise BadKey."""
        keys: dict[bytes, bytes] = {}
        for text in texts:
            try:
                key = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise BadKey("a storage key is not base64") from error
            keys[hashlib.sha256(b"viva-voce key id\0" + key).digest()[:8]] = key
        return cls(keys)

    def derive(self, key_id: bytes, salt: bytes, info: bytes) -> AESGCM:
        """Return the cipher of one file (HKDF-SHA256, RFC 5869). Raise KeyMissing."""
        try:
            master = self._keys[key_id]
        except KeyError:
            raise KeyMissing(f"no storage key has the id {key_id.hex()}") from None
        return AESGCM(HKDF(SHA256(), 32, salt, b"viva-voce storage 1\0" + info).derive(master))


@dataclass(frozen=True)
class Seal:
    """The cipher and the authenticated header of one file."""

    cipher: AESGCM
    header: bytes

    @classmethod
    def new(cls, keys: KeyRing, kind: bytes, name: str) -> Self:
        """Draw a salt and prepare to seal a new file called `name`."""
        salt = os.urandom(32)
        header = _HEADER.pack(_MAGIC, kind, keys.current, salt)
        return cls(keys.derive(keys.current, salt, kind + name.encode()), header)

    @classmethod
    def read(cls, source: BinaryIO, keys: KeyRing, kind: bytes, name: str) -> Self:
        """Read the header that `source` begins with. Raise Tampered, KeyMissing."""
        header = source.read(_HEADER.size)
        if len(header) != _HEADER.size:
            raise Tampered(f"{name}: too short")
        magic, its_kind, key_id, salt = _HEADER.unpack(header)
        if magic != _MAGIC or its_kind != kind:
            raise Tampered(f"{name}: not a sealed file of this kind")
        return cls(keys.derive(key_id, salt, kind + name.encode()), header)

    @staticmethod
    def key_id(source: BinaryIO) -> bytes:
        """Return the id of the key that `source` was sealed with. Raise Tampered."""
        header = source.read(_HEADER.size)
        if len(header) != _HEADER.size or not header.startswith(_MAGIC):
            raise Tampered("not a sealed file")
        return bytes(_HEADER.unpack(header)[2])

    @staticmethod
    def is_blob(source: BinaryIO) -> bool:
        """Tell whether `source` begins a blob, not a log."""
        return source.read(_HEADER.size)[5:6] == BLOB

    def close(self, index: int, data: bytes, *, final: bool) -> bytes:
        """Encrypt the piece number `index`."""
        return self.cipher.encrypt(_nonce(index, final), data, self.header)

    def open(self, index: int, data: bytes, *, final: bool) -> bytes:
        """Decrypt the piece number `index`. Raise Tampered."""
        try:
            return self.cipher.decrypt(_nonce(index, final), data, self.header)
        except InvalidTag:
            raise Tampered(f"piece {index} does not open") from None


def seal_word(keys: KeyRing, name: str, word: str) -> str:
    """Return a short secret sealed as text, for a column; it opens under the same `name` alone."""
    seal = Seal.new(keys, WORD, name)
    sealed = seal.header + seal.close(0, word.encode(), final=True)
    return base64.b64encode(sealed).decode()


def open_word(keys: KeyRing, name: str, sealed: str) -> str:
    """Return the short secret that `seal_word` sealed. Raise Tampered, KeyMissing."""
    try:
        source = io.BytesIO(base64.b64decode(sealed, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Tampered(f"{name}: not base64") from error
    return Seal.read(source, keys, WORD, name).open(0, source.read(), final=True).decode()


def reseal_word(keys: KeyRing, name: str, sealed: str) -> str:
    """Return a short secret sealed with the current key; as it is where it was. Raise as open."""
    word = open_word(keys, name, sealed)
    source = io.BytesIO(base64.b64decode(sealed))
    return sealed if Seal.key_id(source) == keys.current else seal_word(keys, name, word)


class BlobReader:
    """Random access to a sealed blob; its length is verified when it is opened."""

    def __init__(self, source: BinaryIO, keys: KeyRing, name: str) -> None:
        """Read the header and the last chunk. Raise Tampered, KeyMissing."""
        self._source = source
        self._seal = Seal.read(source, keys, BLOB, name)
        body = source.seek(0, os.SEEK_END) - _HEADER.size
        self._count = -(-body // (CHUNK + TAG))
        self.size = body - self._count * TAG
        if self._count == 0 or self.size < (self._count - 1) * CHUNK:
            raise Tampered(f"{name}: cut")
        self._chunk(self._count - 1)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (exclusive, clamped) in pieces ≤ 64 KiB."""
        end = min(end, self.size)
        while start < end:
            index, skip = divmod(start, CHUNK)
            piece = self._chunk(index)[skip : skip + end - start]
            yield piece
            start += len(piece)

    def _chunk(self, index: int) -> bytes:
        self._source.seek(_HEADER.size + index * (CHUNK + TAG))
        return self._seal.open(
            index, self._source.read(CHUNK + TAG), final=index == self._count - 1
        )


class BlobSealer:
    """Seal a stream of bytes into chunks; `finish` must end it."""

    def __init__(self, target: BinaryIO, keys: KeyRing, name: str) -> None:
        self._target = target
        self._seal = Seal.new(keys, BLOB, name)
        self._held = bytearray()
        self._index = 0
        self._digest = hashlib.sha256()
        self.size = 0
        target.write(self._seal.header)

    def write(self, data: bytes) -> None:
        """Take more bytes; a chunk is written once it is known not to be the last."""
        self._digest.update(data)
        self.size += len(data)
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), final=False)
            del self._held[:CHUNK]

    def finish(self) -> str:
        """Write the last chunk; return the SHA-256 of the plain bytes, in hexadecimal."""
        self._put(bytes(self._held), final=True)
        self._held.clear()
        return self._digest.hexdigest()

    def _put(self, data: bytes, *, final: bool) -> None:
        self._target.write(self._seal.close(self._index, data, final=final))
        self._index += 1


class LogSealer:
    """Seal records one by one; each stands by itself once written."""

    def __init__(self, target: BinaryIO, keys: KeyRing, name: str) -> None:
        self._target = target
        self._seal = Seal.new(keys, LOG, name)
        self._index = 0
        target.write(self._seal.header)

    def append(self, record: bytes, *, final: bool = False) -> None:
        """Write one record."""
        sealed = self._seal.close(self._index, record, final=final)
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)
        self._index += 1


class LogReader:
    """Iterate over the records of a sealed log, in order; `closed` tells whether it was ended.

    A record that a kill left half written ends the log without an error; an altered, removed or
    exchanged record raises Tampered. `closed` is known once the iteration is over.
    """

    def __init__(self, source: BinaryIO, keys: KeyRing, name: str) -> None:
        """Read the header. Raise Tampered, KeyMissing."""
        self._source = source
        self._seal = Seal.read(source, keys, LOG, name)
        self._end = os.fstat(source.fileno()).st_size
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield each record once. Raise Tampered."""
        index = 0
        while (sealed := self._next()) is not None:
            # The last record of a closed log is sealed with the flag; only there is it tried.
            if self._source.tell() == self._end:
                try:
                    self._seal.open(index, sealed, final=True)
                except Tampered:
                    pass
                else:
                    self.closed = True
                    return
            yield self._seal.open(index, sealed, final=False)
            index += 1

    def _next(self) -> bytes | None:
        head = self._source.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        if length < TAG:
            # A power cut can leave a tail of zeros that were never written; nothing else is so.
            if length or self._source.read().strip(b"\0"):
                raise Tampered("a record has an impossible length")
            return None
        if self._source.tell() + length > self._end:
            return None
        return self._source.read(length)


def _nonce(index: int, final: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([final])
