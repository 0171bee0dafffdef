"""Links that work once: made for somebody, used by the button of the page behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from kernel import audit, clock, links
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import SYSTEM, Actor
from kernel.settings import Settings
from people import letters
from people.letters import Letter, Opens
from people.models import EntryLink, LinkPurpose, User

LIFETIME = {
    LinkPurpose.INVITATION: timedelta(days=14),
    LinkPurpose.SIGN_IN: timedelta(days=7),
    LinkPurpose.RECOVERY: timedelta(hours=2),
    LinkPurpose.BESIDE: timedelta(minutes=2),
}
ONE_EVERY = timedelta(minutes=1)
"""Whoever asks for a link again and again gets one a minute."""
ENTRY_LINK = "entry_link"


def make(
    db: Session,
    actor: Actor,
    settings: Settings,
    user: User,
    purpose: LinkPurpose,
    *,
    to: str = "",
    reach: str = "",
) -> str:
    """Make a link for `user` and return its absolute address; it goes into no row.

    `to`: the page that it leads on to, else its owner's home; `reach`: what alone the session
    opens that it begins, else everything.
    """
    return _address(settings, _add(db, actor, user, purpose), to, reach)


def _add(db: Session, actor: Actor, user: User, purpose: LinkPurpose) -> EntryLink:
    moment = clock.now()
    row = EntryLink(
        user_id=user.id, purpose=purpose, created_at=moment, expires_at=moment + LIFETIME[purpose]
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, "entry_link.make", row, user_id=user.id, purpose=str(purpose))
    return row


def opens(purpose: LinkPurpose) -> Opens:
    """Return a link for the reader of a letter: made when the letter is written."""
    return Opens(ENTRY_LINK, {"purpose": str(purpose)})


def leads_to(page: str, **parts: int) -> Opens:
    """Return a link that lets the reader of a letter in, and on to `page` (of `links.ADDRESSES`).

    It has them in by itself: somebody who never chose a password reads what they are written of.
    """
    return Opens(ENTRY_LINK, {"purpose": str(LinkPurpose.SIGN_IN), "to": links.path(page, **parts)})


@letters.makes(ENTRY_LINK)
def make_for(
    db: Session, settings: Settings, letter: Letter, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the link of a letter, and say until when it works; written again, it is the same."""
    if letter.reader is None:
        msg = f"{letter.template} opens no account"
        raise ValueError(msg)
    purpose = LinkPurpose(facts["purpose"])
    row = db.scalar(
        select(EntryLink)
        .where(
            EntryLink.user_id == letter.reader.id,
            EntryLink.purpose == purpose,
            EntryLink.created_at >= letter.queued_at,
            EntryLink.used_at.is_(None),
            EntryLink.expires_at > clock.now(),
        )
        .order_by(EntryLink.id)
        .limit(1)
    ) or _add(db, SYSTEM, letter.reader, purpose)
    link = _address(settings, row, str(facts.get("to", "")))
    return {"link": link, "valid_until": row.expires_at.isoformat()}


def _address(settings: Settings, row: EntryLink, to: str = "", reach: str = "") -> str:
    names = {"l": row.id} | ({"to": to} if to else {}) | ({"reach": reach} if reach else {})
    token = links.sign(settings, "entry", names, at=row.created_at)
    return links.address(settings, "entry", token=token)


def target(settings: Settings, token: str) -> str | None:
    """Return to which page of ours the link leads on; None: to its owner's home.

    Raises:
        NotThere: forged or cut.
    """
    to = links.read(settings, "entry", token).get("to")
    return to if isinstance(to, str) else None


def reach(settings: Settings, token: str) -> str:
    """Return what alone the session opens that the link begins; "": everything.

    Raises:
        NotThere: forged or cut.
    """
    return str(links.read(settings, "entry", token).get("reach", ""))


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


def sent_lately(db: Session, user: User, purpose: LinkPurpose) -> bool:
    """Tell whether such a link was made within a minute, or is about to: no other need follow."""
    made = db.scalar(
        select(EntryLink.id)
        .where(
            EntryLink.user_id == user.id,
            EntryLink.purpose == purpose,
            EntryLink.created_at > clock.now() - ONE_EVERY,
        )
        .limit(1)
    )
    return made is not None or letters.waits(db, user, opens(purpose))


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
