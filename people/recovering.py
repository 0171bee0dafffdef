"""A lost password or code: a mail with a one-time link, then a new one.

Whoever asks learns nothing: the same row is queued whether the address has an account or not,
and the jobs process, out of sight, looks the account up.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import addresses, audit, outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.permissions import Actor
from kernel.settings import Settings
from people import credentials, entry, letters, locking, sessions
from people.credentials import Change
from people.models import LinkPurpose, User

KIND = "account_recovery"


def ask(db: Session, email: str) -> None:
    """Queue a recovery for whoever has `email`, if anybody has."""
    outbox.enqueue(db, KIND, {"email": addresses.canonical(email)[: addresses.MOST]})


@outbox.handles(KIND)
def _send(database: Database, row: OutboxRow) -> None:
    with database.transaction() as db:
        send(db, str(row.payload["email"]))


def send(db: Session, email: str) -> None:
    """Queue the letter for `email`; nothing for a stranger, a closed account, or twice a minute."""
    user = db.scalar(select(User).where(User.email == email, User.active))
    if user is None or entry.sent_lately(db, user, LinkPurpose.RECOVERY):
        return
    letters.to(db, user, "account_recovery", opens=entry.opens(LinkPurpose.RECOVERY))


def set_password(
    db: Session,
    actor: Actor,
    settings: Settings,
    user: User,
    hashed: str,
    *,
    keep: int | None = None,
) -> None:
    """Give `user` the password whose hash this is, and tell them; every session but `keep` ends.

    Links that would let somebody choose another end too.
    """
    if user.password is not None and user.code_until is None:
        credentials.tell(db, settings, user, Change.PASSWORD)
    entry.end_all(db, user, LinkPurpose.RECOVERY)
    user.password, user.code_until = hashed, None
    if user.tf_totp_secret is None:  # else its wrong codes still count
        locking.right_code(user)
    locking.recovered(db, user)
    sessions.revoke_all(db, actor, user, but=keep)
    audit.record(db, actor, "account.password", user)
