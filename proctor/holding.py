"""Who holds a watch: the one page, of one browser, that may answer and is watched.

A page takes hold and gets a token; answers, pictures and signals are taken from its bearer alone,
by the same sign-in and the same browser. Another page may take over: that is a signal and a line
in the audit log, and it owes a picture before it may answer. What the page before had noticed
until then is still taken from it, and nothing else.

`ProctorSession.holder`: `{salt, page, now, first, owes, former}`; `now` and `first` are
`{sign_in, browser, address}`, the address a digest that is good for nothing but comparing.
`former`: `[{token, sign_in, browser, until}]`, who held it before, the last one last.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from proctor import lasting, policy
from proctor.models import Decision, ProctorSession, SignalKind
from proctor.watching import lock, tell

OWES_A_PICTURE: Final = frozenset({SignalKind.OTHER_BROWSER, SignalKind.OTHER_TAB})
MOST_FORMER: Final = 20
"""So many pages that held a watch are remembered; each is a line in the audit log besides."""

_ELSEWHERE: Final = N_(
    "Ce test est ouvert sur une autre page : elle seule est filmée et peut répondre."
)

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from: the page's own name, the sign-in, the address, the browser."""

    page: str = ""
    sign_in: int = 0
    address: str = ""
    browser: str = ""


class HeldElsewhere(Refused):
    """Another page holds the watch; this one may ask to take it over."""


class PictureOwed(Refused):
    """The page took the watch over, and its camera has not shown anything yet."""


def take(
    db: Session,
    actor: Actor,
    session: ProctorSession,
    place: Place,
    token: str = "",
    *,
    take_over: bool = False,
) -> str:
    """Give the watch to the page at `place` and return its token; the one before ends.

    `token`: what the page held before it was loaded anew.

    Raises:
        Forbidden: not its candidate.
        HeldElsewhere: another page holds it, and this one does not ask to take over.
    """
    check(db, actor, Permission.COMMENT_PROCTORING, session)
    lock(db, session)
    is_held = bool(session.token_hash)
    before = session.holder if is_held else _last_holder(db, session)
    salt = str(before.get("salt") or secrets.token_hex(8))
    now = _facts(place, salt)
    if is_held:
        change = _taken(session, place, now, token, take_over=take_over)
    else:
        change = change_since(before, now)
    owes = change in OWES_A_PICTURE or (is_held and bool(before["owes"]))
    first = before.get("first") or now
    if not is_held and first["browser"] == now["browser"]:
        first = now  # another day, another sign-in
    if change in OWES_A_PICTURE or not is_held:
        _begin_anew(session)
    former = _former(session) if is_held else []
    fresh = secrets.token_urlsafe(24)
    session.token_hash = _digest(fresh)
    session.holder = {
        "salt": salt,
        "page": place.page,
        "now": now,
        "first": first,
        "owes": owes,
        "former": former,
    }
    if change is not None:
        _note(db, actor, session, change, before)
    return fresh


def _taken(
    session: ProctorSession, place: Place, now: Facts, token: str, *, take_over: bool
) -> SignalKind | None:
    """Return what changes for a watch that is held; None: its page did not hear, and asks again."""
    before = session.holder
    if before["page"] == place.page and before["now"] == now:
        return None
    knows = _is(session, token)
    if not (knows or take_over):
        raise HeldElsewhere(_ELSEWHERE)
    return change_of(before, now, knows=knows)


def change_of(before: Mapping[str, Any], now: Facts, *, knows: bool) -> SignalKind:
    """Return what it is that another page holds a watch from now on; pure."""
    last, first = before["now"], before["first"]
    if _same_browser(now, last):
        if not knows:
            return SignalKind.OTHER_TAB
        other = now["address"] != last["address"]
        return SignalKind.OTHER_ADDRESS if other else SignalKind.PAGE_RELOADED
    return SignalKind.OTHER_TAB if _same_browser(now, first) else SignalKind.OTHER_BROWSER


def change_since(before: Mapping[str, Any], now: Facts) -> SignalKind | None:
    """Return what has changed since an earlier watch was left, if anything has; pure.

    Whoever comes back another day has signed in again: that alone is nothing.
    """
    if not before:
        return None
    if now["browser"] != before["first"]["browser"]:
        return SignalKind.OTHER_BROWSER
    return SignalKind.OTHER_ADDRESS if now["address"] != before["now"]["address"] else None


def check_holder(session: ProctorSession, place: Place, token: str) -> None:
    """Do nothing if the page at `place` holds the watch.

    Raises:
        HeldElsewhere: it does not.
    """
    now = session.holder.get("now", {})
    if not _is(session, token) or not _same_browser(now, _facts(place, "")):
        raise HeldElsewhere(_ELSEWHERE)


def held_until(session: ProctorSession, place: Place, token: str) -> datetime | None:
    """Return when the watch was taken over from the page at `place`; None: it holds it.

    Raises:
        HeldElsewhere: it never held it.
    """
    shown = _digest(token)
    for former in session.holder.get("former", ()):
        if hmac.compare_digest(former["token"], shown) and _same_browser(former, _facts(place, "")):
            return datetime.fromisoformat(former["until"])
    check_holder(session, place, token)
    return None


def check_shown(session: ProctorSession) -> None:
    """Do nothing if the holder's camera has shown something since it took over.

    Raises:
        PictureOwed: not yet.
    """
    if session.holder.get("owes"):
        raise PictureOwed(
            N_("Une photo de votre caméra doit arriver avant votre réponse. Encore un instant.")
        )


def note_address(db: Session, actor: Actor, session: ProctorSession, place: Place) -> None:
    """Note that the holder's network address is another one than before, if it is."""
    holder = session.holder
    now = _facts(place, str(holder.get("salt", "")))
    if not holder or now["address"] == holder["now"]["address"]:
        return
    session.holder = holder | {"now": now}
    _note(db, actor, session, SignalKind.OTHER_ADDRESS, holder)


def shown(session: ProctorSession, every: policy.Pictures) -> None:
    """Note that a picture of the holder's camera has come."""
    session.picture_due_at = clock.now() + every.every + policy.PICTURE_SLACK
    if session.holder.get("owes"):
        session.holder = session.holder | {"owes": False}


def _former(session: ProctorSession) -> list[Facts]:
    """Return who held the watch until now, with the page that holds it at this moment."""
    now = session.holder["now"]
    last = {
        "token": session.token_hash,
        "sign_in": now["sign_in"],
        "browser": now["browser"],
        "until": clock.now().isoformat(),
    }
    return [*session.holder.get("former", ()), last][-MOST_FORMER:]


def _begin_anew(session: ProctorSession) -> None:
    moment = clock.now()
    if session.token_hash:
        session.watch = {}
    session.held_since, session.told_at = moment, None
    session.picture_due_at = moment + policy.FIRST_PICTURE


def _note(
    db: Session, actor: Actor, session: ProctorSession, kind: SignalKind, before: Mapping[str, Any]
) -> None:
    """Write the signal and the audit line of a change of holder; what it ends, ends now."""
    now, last = session.holder["now"], before["now"]
    changed = sorted(name for name in now if now[name] != last[name])
    moment = clock.now()
    if kind in OWES_A_PICTURE:
        lasting.end(db, session, SignalKind.OTHER_BROWSER, moment)
        for missing in lasting.MISSING:
            lasting.end(db, session, missing, moment)
    detail = {"changed": " ".join(changed), "from": last["browser"], "to": now["browser"]}
    if kind is SignalKind.OTHER_BROWSER:
        lasting.begin(db, session, kind, moment, detail)
    else:
        lasting.note(db, session, kind, moment, detail)
    audit.record(
        db,
        actor,
        "proctoring.hold",
        session,
        candidacy_id=session.candidacy_id,
        change=str(kind),
        changed=changed,
    )
    tell(db, session)


def _last_holder(db: Session, session: ProctorSession) -> Mapping[str, Any]:
    """Return who held the candidacy's last watch; {} where nobody did."""
    return (
        db.scalar(
            select(ProctorSession.holder)
            .where(
                ProctorSession.candidacy_id == session.candidacy_id,
                ProctorSession.id < session.id,
                ProctorSession.token_hash != "",
                ProctorSession.decision != Decision.VOID,
            )
            .order_by(ProctorSession.id.desc())
            .limit(1)
        )
        or {}
    )


def _facts(place: Place, salt: str) -> Facts:
    address = _digest(f"{salt} {place.address}")[:16]
    return {"sign_in": place.sign_in, "browser": place.browser, "address": address}


def _same_browser(place: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(place.get(name) == other.get(name) for name in ("sign_in", "browser"))


def _is(session: ProctorSession, token: str) -> bool:
    return bool(session.token_hash) and hmac.compare_digest(session.token_hash, _digest(token))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
