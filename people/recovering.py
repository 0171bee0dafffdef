"""A lost password, code or link: a mail with a one-time link, then a new one.

Whoever asks learns nothing: the same row is queued whether the address has an account or not,
and the jobs process, out of sight, looks the account up.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import addresses, audit, outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from kernel.permissions import Actor, Role
from kernel.settings import Settings
from people import credentials, entry, letters, locking, sessions
from people.credentials import Change
from people.models import LinkPurpose, User

KIND = "account_recovery"


def ask(db: Session, email: str, *, by_link: bool = False) -> None:
    """Queue a recovery for whoever has `email`, if anybody has.

    `by_link`: a candidate is let in by a link, without choosing a password.
    """
    asked = {"email": addresses.canonical(email)[: addresses.MOST], "by_link": by_link}
    outbox.enqueue(db, KIND, asked)


@outbox.handles(KIND)
def _send(database: Database, row: OutboxRow) -> None:
    with database.transaction() as db:
        send(db, str(row.payload["email"]), by_link=bool(row.payload.get("by_link")))


def send(db: Session, email: str, *, by_link: bool = False) -> None:
    """Queue the letter for `email`; nothing for a stranger, a closed account, or twice a minute."""
    user = db.scalar(select(User).where(User.email == email, User.active))
    if user is None:
        return
    if by_link and user.role is Role.CANDIDATE:
        send_link(db, user)
    elif not entry.sent_lately(db, user, LinkPurpose.RECOVERY):
        letters.to(db, user, "account_recovery", opens=entry.opens(LinkPurpose.RECOVERY))


def send_link(db: Session, user: User) -> None:
    """Queue a link into their space for a candidate, unless one was sent within a minute."""
    if not entry.sent_lately(db, user, LinkPurpose.SIGN_IN):
        letters.to(db, user, "candidate_link", opens=entry.opens(LinkPurpose.SIGN_IN))


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
