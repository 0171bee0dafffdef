"""The audit log as a file that anybody checks alone, with no database and no secret.

One JSON object a line: first what the file is, then each sealed entry in order, last the signed
head. An entry stands as the very text that was hashed: `hash` is the SHA-256 of the hash before
(64 zeros at first) followed by that text. The head's signature is Ed25519, over the head line
without its signature; the key follows from the installation's secret, and its public half is in
the file. Whether that key is the installation's, the file alone cannot tell: its fingerprint is
compared with the one that `viva audit export` printed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.audit import GENESIS, AuditEntry, AuditSeal

FORMAT: Final = "viva audit 1"
MOST_LINE: Final = 1024 * 1024
AT_A_TIME: Final = 1000


class NotWhole(Exception):
    """The log in the database is not whole: no file of it is signed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a file proves, or (`proven` false) the first that it does not."""

    proven: bool
    what: str
    facts: dict[str, Any]
    fault: bool = False  # the file is not what was exported

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON values."""
        return {"proves" if self.proven else "does_not_prove": self.what, **self.facts}


def signer(secret: str) -> Ed25519PrivateKey:
    """Return the key that signs exported heads, as it follows from a secret key."""
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(b"viva audit file\0" + secret.encode()).digest()
    )


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return what people compare: the SHA-256 of the public key, in hexadecimal."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def export(db: Session, secrets: Sequence[str], head_file: Path) -> Iterator[str]:
    """Yield the lines of the sealed log, up to its head, signed by the first of `secrets`.

    Raises:
        NotWhole: entries were altered, removed or cut off; nothing is signed over that.
    """
    verification = audit.verify(db, secrets, head_file)
    if not verification.sound:
        raise NotWhole(verification.faults[0])
    moment = clock.now().isoformat()
    yield _line({"format": FORMAT, "exported_at": moment, "entries": verification.sealed})
    digest = GENESIS
    rows: Any = db.execute(
        select(AuditSeal, AuditEntry)
        .join(AuditEntry, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.position <= verification.sealed)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=AT_A_TIME)
    )
    for link, entry in rows:
        digest = link.hash
        text = entry.canonical().decode()
        yield _line({"position": link.position, "hash": digest, "entry": text})
    key = signer(secrets[0])
    head = {
        "head": verification.sealed,
        "hash": digest,
        "signed_at": moment,
        "unsealed": verification.unsealed,
        "key": _text(key.public_key().public_bytes_raw()),
    }
    yield _line(head | {"signature": _text(key.sign(_signed(head)))})


def check(lines: Iterable[bytes], known: str = "") -> list[Finding]:
    """Return what a file proves, last the first thing that it does not.

    `known`: the fingerprint that the installation's people told. A file that is whole proves its
    entries and who signed them; what nobody could prove by a file alone is said all the same.
    """
    return _Reading(known).read(lines)


class _Fault(Exception):
    def __init__(self, what: str, **facts: Any) -> None:
        self.finding = Finding(False, what, facts, fault=True)
        super().__init__(what)


class _Reading:
    """A walk along the lines of a file."""

    def __init__(self, known: str) -> None:
        self.known = known.strip().lower().replace(":", "")
        self.position, self.digest = 0, GENESIS
        self.first_at = self.last_at = ""
        self.findings: list[Finding] = []

    def read(self, lines: Iterable[bytes]) -> list[Finding]:
        """Walk to the end, or to the first fault."""
        try:
            head = self._entries(iter(lines))
            self._chain()
            self._head(head)
        except _Fault as fault:
            if not self.findings:
                self._chain()
            self.findings.append(fault.finding)
        return self.findings

    def _entries(self, lines: Iterator[bytes]) -> dict[str, Any]:
        """Follow the chain to its end; return the head's line."""
        title = _object(next(lines, b""), 1)
        if title.get("format") != FORMAT:
            raise _Fault("that this is an exported audit log", line=1)
        for number, raw in enumerate(lines, start=2):
            said = _object(raw, number)
            if "head" in said:
                if next(lines, None) is not None:
                    raise _Fault("what stands after the signed head", line=number + 1)
                return said
            self._entry(said, number)
        raise _Fault(
            "that nothing was cut off: the signed head is missing", position=self.position + 1
        )

    def _entry(self, said: dict[str, Any], number: int) -> None:
        position, text = said.get("position"), said.get("entry")
        if not isinstance(text, str) or position != self.position + 1:
            raise _Fault(
                "that no entry was removed, added or moved",
                line=number,
                position=self.position + 1,
            )
        digest = hashlib.sha256(self.digest.encode() + text.encode()).hexdigest()
        if digest != said.get("hash"):
            raise _Fault("that the entry is as it was written", line=number, position=position)
        at = _at(text, number)
        self.first_at, self.last_at = self.first_at or at, at
        self.position, self.digest = self.position + 1, digest

    def _chain(self) -> None:
        if self.position:
            facts = {"entries": self.position, "first": self.first_at, "last": self.last_at}
            what = "that these entries are one chain: none altered, removed, added or moved"
            self.findings.append(Finding(True, what, facts))

    def _head(self, head: dict[str, Any]) -> None:
        """Look whether the head is that of the chain, and signed."""
        if (head.get("head"), head.get("hash")) != (self.position, self.digest):
            raise _Fault(
                "that nothing was cut off or added: the signed head is of another chain",
                position=self.position,
                head=head.get("head"),
            )
        unsigned = {name: value for name, value in head.items() if name != "signature"}
        try:
            key = Ed25519PublicKey.from_public_bytes(_bytes(head.get("key")))
            key.verify(_bytes(head.get("signature")), _signed(unsigned))
        except (ValueError, InvalidSignature):
            raise _Fault("who signed the head: its signature is wrong") from None
        mark = fingerprint(key)
        facts = {"signed_at": head.get("signed_at"), "key": mark}
        self.findings.append(Finding(True, "that whoever holds this key signed its end", facts))
        if not self.known:
            what = "whose key it is: give --key the fingerprint that the installation tells"
            self.findings.append(Finding(False, what, {"key": mark}))
            return
        if self.known != mark:
            raise _Fault("that the installation signed it: its key is another", key=mark)
        self.findings.append(Finding(True, "that the installation signed it", {"key": mark}))
        later = {"since": self.last_at, "not_sealed_then": head.get("unsealed")}
        self.findings.append(Finding(False, "what was done after its last entry", later))


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def _signed(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _object(raw: bytes, number: int) -> dict[str, Any]:
    try:
        said = json.loads(raw) if len(raw) <= MOST_LINE else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _Fault("anything from this line on: it cannot be read", line=number)
    return said


def _at(text: str, number: int) -> str:
    """Return the moment of an entry's text: the second of its list."""
    try:
        return str(json.loads(text)[1])
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _Fault("what the entry says: it cannot be read", line=number) from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not base64")
    return base64.b64decode(text, validate=True)
