"""Platforms whose results come in: their names, and the tokens of those that call us."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from written_test.models import ResultSource

PREFIX: Final = "vvr_"
"""By it a leaked token is recognised for what it is."""


def create(db: Session, actor: Actor, name: str) -> ResultSource:
    """Add a source.

    Raises:
        Invalid: no name, or one that another source has.
    """
    check(db, actor, Permission.IMPORT_RESULTS)
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid(N_("Donnez à la source un nom de 80 caractères au plus."), "name")
    if db.scalar(select(ResultSource.id).where(func.lower(ResultSource.name) == name.lower())):
        raise Invalid(N_("Une source porte déjà ce nom."), "name")
    source = ResultSource(name=name, created_at=clock.now())
    db.add(source)
    db.flush()
    audit.record(db, actor, "result_source.create", source)
    return source


def renew_token(db: Session, actor: Actor, source: ResultSource) -> str:
    """Give the source a new token and return it: it is shown once, only its hash is kept."""
    check(db, actor, Permission.IMPORT_RESULTS)
    token = PREFIX + secrets.token_urlsafe(32)
    source.token_sha256, source.token_made_at = hashed(token), clock.now()
    audit.record(db, actor, "result_source.token", source)
    return token


def revoke_token(db: Session, actor: Actor, source: ResultSource) -> None:
    """Let the source's token open nothing any more; without one, nothing happens."""
    check(db, actor, Permission.IMPORT_RESULTS)
    if source.token_sha256 is None:
        return
    source.token_sha256, source.token_made_at = None, None
    audit.record(db, actor, "result_source.token_off", source)


def switch(db: Session, actor: Actor, source: ResultSource, *, active: bool) -> None:
    """Let results come in from a source, or no more; as it was, nothing happens."""
    check(db, actor, Permission.IMPORT_RESULTS)
    if source.active is active:
        return
    source.active = active
    audit.record(db, actor, "result_source.switch", source, active=active)


def by_token(db: Session, token: str) -> ResultSource | None:
    """Return the active source that `token` belongs to."""
    if not token.startswith(PREFIX):
        return None
    return db.scalar(
        select(ResultSource).where(ResultSource.token_sha256 == hashed(token), ResultSource.active)
    )


def hashed(token: str) -> str:
    """Return what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
