"""The audit log: append-only, ids and never personal data, sealed by a chain of hashes.

Writers only append, so that transactions never wait for each other. A job seals: each sealed
entry gets a position and a hash over the previous hash and its own content. The signed head of
the chain is kept outside the database too, so that cutting the end of the log is found.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DDL, ForeignKey, Index, event, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock
from kernel.db import Base
from kernel.permissions import Actor

GENESIS = "0" * 64
SLOW_ENTRIES = 20_000
"""So many entries may be written by others while one transaction is slow to commit."""
CUT = "the chain no longer reaches the signed head (position {position})"
MISSING = "the signed head {name} is missing"


class AuditEntry(Base):
    """One thing that somebody did, or looked at."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_role: Mapped[str]
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    candidacy_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]

    def canonical(self) -> bytes:
        """Return the entry as the bytes that are hashed."""
        return json.dumps(
            [
                self.id,
                self.at.isoformat(),
                self.actor_id,
                self.actor_role,
                self.act,
                self.subject_kind,
                self.subject_id,
                self.candidacy_id,
                self.data,
            ],
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()


class AuditSeal(Base):
    """The place of one entry in the chain."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    hash: Mapped[str]


def guard_ddl(table: str, dialect: str) -> list[str]:
    """Return the statements that let `table` only grow, for SQLite or PostgreSQL."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        ),
    ]


for _table in (AuditEntry.__table__, AuditSeal.__table__):
    for _dialect in ("sqlite", "postgresql"):
        for _statement in guard_ddl(str(_table.name), _dialect):  # type: ignore[attr-defined]
            event.listen(
                _table,
                "after_create",
                DDL(  # type: ignore[no-untyped-call]
                    _statement.replace("%", "%%")
                ).execute_if(dialect=_dialect),
            )


def record(
    db: Session,
    actor: Actor,
    act: str,
    subject: Any,
    *,
    candidacy_id: int | None = None,
    **data: Any,
) -> AuditEntry:
    """Append that `actor` did `act` (e.g. "account.password") to `subject`, a flushed row.

    `data` holds ids, numbers and codes, never a name, an address or a text somebody wrote.
    """
    if subject is not None and subject.id is None:
        db.flush()
    entry = AuditEntry(
        at=clock.now(),
        actor_id=actor.user_id,
        actor_role=str(actor.role),
        act=act,
        subject_kind=type(subject).__name__ if subject is not None else "",
        subject_id=subject.id if subject is not None else None,
        candidacy_id=candidacy_id,
        data=data,
    )
    db.add(entry)
    return entry


def _link(previous: str, entry: AuditEntry) -> str:
    return hashlib.sha256(previous.encode() + entry.canonical()).hexdigest()


def _sign(secret: str, position: int, digest: str) -> str:
    key = hashlib.sha256(b"viva audit head\0" + secret.encode()).digest()
    return hmac.new(key, f"{position}:{digest}".encode(), hashlib.sha256).hexdigest()


def seal(db: Session, *, whole: bool = True) -> int:
    """Chain the entries that are not yet sealed (10 000 at most); return how many.

    `whole`: look through the whole log. Otherwise only as far back as a transaction that was slow
    to commit may have written (`SLOW_ENTRIES`), which costs no more for a long log than for a
    short one. Once committed, `write_head` takes the new head outside the database.
    """
    last = db.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    position, digest = (last.position, last.hash) if last else (0, GENESIS)
    query = (
        select(AuditEntry)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None))
    )
    if last is not None and not whole:
        query = query.where(AuditEntry.id > last.entry_id - SLOW_ENTRIES)
    pending = db.scalars(query.order_by(AuditEntry.id).limit(10_000)).all()
    for entry in pending:
        position, digest = position + 1, _link(digest, entry)
        db.add(AuditSeal(position=position, entry_id=entry.id, hash=digest))
    db.flush()
    return len(pending)


class HeadLost(Exception):
    """The log no longer holds the head that was signed last: it was cut, or restored alone."""


def write_head(db: Session, secrets: Sequence[str], head_file: Path) -> None:
    """Write the chain's signed head outside the database, once its seals are committed.

    `secrets`: the first signs; all of them may have signed the head that stands. It is replaced
    only while it is still on the chain: whoever cuts the log would else have the cut signed.

    Raises:
        HeadLost: it is not. Nothing is written; both are kept for whoever looks.
    """
    last = db.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    head = _read_head(head_file, secrets)
    if isinstance(head, str):
        raise HeadLost(head)
    if head is not None:
        if _hash_at(db, head.position) != head.digest:
            raise HeadLost(CUT.format(position=head.position))
    elif last is not None:
        raise HeadLost(MISSING.format(name=head_file.name))
    if last is not None:
        _put_head(last.position, last.hash, secrets[0], head_file)


def begin_head(db: Session, secrets: Sequence[str], head_file: Path) -> None:
    """Sign the beginning of an empty log: from its first entry on a head is never missing."""
    if not head_file.exists() and db.scalar(select(AuditSeal.position).limit(1)) is None:
        _put_head(0, GENESIS, secrets[0], head_file)


def accept(db: Session, secrets: Sequence[str], head_file: Path, reason: str = "") -> None:
    """Sign the log as it stands, whatever the last head said: somebody has looked, and answers.

    The old head stays beside the new one, under the moment of its end, with the reason in a file of
    its own: the log holds no text that somebody wrote.
    """
    last = db.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    moment = f"{clock.now():%Y%m%dT%H%M%S}"
    if head_file.exists():
        head_file.rename(head_file.with_suffix(f".{moment}.json"))
    if reason:
        head_file.parent.mkdir(parents=True, exist_ok=True)
        head_file.with_suffix(f".{moment}.txt").write_text(reason + "\n")
    position, digest = (last.position, last.hash) if last else (0, GENESIS)
    _put_head(position, digest, secrets[0], head_file)


def _hash_at(db: Session, position: int) -> str | None:
    if position == 0:
        return GENESIS
    return db.scalar(select(AuditSeal.hash).where(AuditSeal.position == position))


def _put_head(position: int, digest: str, secret: str, head_file: Path) -> None:
    head: dict[str, int | str] = {"position": position, "hash": digest}
    head["signature"] = _sign(secret, position, digest)
    head_file.parent.mkdir(parents=True, exist_ok=True)
    fresh = head_file.with_suffix(".new")
    fresh.write_text(json.dumps(head))
    fresh.replace(head_file)


@dataclass(frozen=True, slots=True)
class _Head:
    position: int
    digest: str


def _read_head(head_file: Path, secrets: Sequence[str]) -> _Head | str | None:
    """Return the head that was signed last; what is wrong with it; None where there is none."""
    try:
        head = json.loads(head_file.read_text())
        position, digest, signature = int(head["position"]), str(head["hash"]), head["signature"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return f"the signed head {head_file.name} cannot be read"
    signatures = [_sign(secret, position, digest) for secret in secrets]
    if not any(hmac.compare_digest(kept, str(signature)) for kept in signatures):
        return "the signed head's signature is wrong"
    return _Head(position, digest)


@dataclass
class Verification:
    """What a walk along the chain found."""

    sealed: int = 0
    unsealed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether nothing was altered, removed, reordered or cut off."""
        return not self.faults


def verify(db: Session, secrets: Sequence[str], head_file: Path) -> Verification:
    """Walk the whole chain: find entries altered, removed, reordered or cut off the end.

    `secrets` are the keys that may have signed its head. Memory does not grow with the log.
    """
    verification = Verification()
    head = _read_head(head_file, secrets)
    digest, at_head = GENESIS, GENESIS
    rows: Any = db.execute(
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, AuditSeal.entry_id == AuditEntry.id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=1000)
    )
    for expected, (link, entry) in enumerate(rows, start=1):
        if link.position != expected and not verification.faults:
            verification.faults.append(f"position {expected} is missing from the chain")
        if entry is None:
            verification.faults.append(
                f"entry {link.entry_id} (position {link.position}) was removed"
            )
        elif _link(digest, entry) != link.hash:
            verification.faults.append(f"entry {entry.id} (position {link.position}) was altered")
        digest = link.hash
        if isinstance(head, _Head) and link.position == head.position:
            at_head = link.hash
        verification.sealed += 1
    total = db.scalar(select(func.count()).select_from(AuditEntry)) or 0
    verification.unsealed = max(0, total - verification.sealed)
    if isinstance(head, str):
        verification.faults.append(head)
    elif head is None:
        if verification.sealed:
            verification.faults.append(MISSING.format(name=head_file.name))
    elif at_head != head.digest:  # the beginning's own hash stands for position 0
        verification.faults.append(CUT.format(position=head.position))
    return verification
