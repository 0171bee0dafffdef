"""Links that work once: made for somebody, used by the button of the page behind them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from kernel import audit, clock, links
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import Actor
from kernel.settings import Settings
from people.models import EntryLink, LinkPurpose, User

LIFETIME = {
    LinkPurpose.INVITATION: timedelta(days=14),
    LinkPurpose.SIGN_IN: timedelta(days=7),
    LinkPurpose.RECOVERY: timedelta(hours=2),
}
ONE_EVERY = timedelta(minutes=1)
"""Whoever asks for a link again and again gets one a minute."""


def make(db: Session, actor: Actor, settings: Settings, user: User, purpose: LinkPurpose) -> str:
    """Make a link for `user` and return its absolute address."""
    moment = clock.now()
    row = EntryLink(
        user_id=user.id, purpose=purpose, created_at=moment, expires_at=moment + LIFETIME[purpose]
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, "entry_link.make", row, user_id=user.id, purpose=str(purpose))
    return links.address(settings, "entry", token=links.sign(settings, "entry", {"l": row.id}))


def look(db: Session, settings: Settings, token: str) -> EntryLink:
    """Return the link that `token` names, used or not; opening it changes nothing.

    Raises:
        NotThere: forged or cut.
    """
    row = db.get(EntryLink, links.read(settings, "entry", token).get("l"))
    if row is None or not row.user.active:
        raise NotThere
    return row


def over(link: EntryLink) -> str | None:
    """Return why `link` serves no more: "used" or "expired"; None if it does."""
    if link.used_at is not None:
        return "used"
    return "expired" if link.expires_at < clock.now() else None


def made_lately(db: Session, user_id: int, purpose: LinkPurpose) -> bool:
    """Tell whether such a link was made within a minute: another need not follow it."""
    return (
        db.scalar(
            select(EntryLink.id)
            .where(
                EntryLink.user_id == user_id,
                EntryLink.purpose == purpose,
                EntryLink.created_at > clock.now() - ONE_EVERY,
            )
            .limit(1)
        )
        is not None
    )


def end_all(db: Session, user: User, purpose: LinkPurpose) -> None:
    """End the links of `purpose` that `user` has not used."""
    moment = clock.now()
    db.execute(
        update(EntryLink)
        .where(
            EntryLink.user_id == user.id,
            EntryLink.purpose == purpose,
            EntryLink.used_at.is_(None),
            EntryLink.expires_at > moment,
        )
        .values(expires_at=moment)
    )


def use(db: Session, settings: Settings, token: str) -> User:
    """Use the link and return whom it is for.

    Raises:
        NotThere: forged or cut.
        Refused: used before, or too old.
    """
    row = look(db, settings, token)
    moment = clock.now()
    if row.expires_at < moment:
        raise Refused(N_("Ce lien a expiré. Demandez-en un autre : rien n'est perdu."))
    used = db.execute(
        update(EntryLink)
        .where(EntryLink.id == row.id, EntryLink.used_at.is_(None))
        .values(used_at=moment)
    )
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        raise Refused(N_("Ce lien a déjà servi. Demandez-en un autre : rien n'est perdu."))
    audit.record(db, row.user.actor, "entry_link.use", row, purpose=str(row.purpose))
    return row.user
