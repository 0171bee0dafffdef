"""The moment somebody comes in, or goes: one place for links, passwords and codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user
from sqlalchemy.exc import OperationalError

from evaluator_app.processes import logs
from evaluator_app.sign_in import browsers, known_browsers, second_factor
from evaluator_app.sign_in.accounts import Visitor
from evaluator_app.sign_in.occupied import occupied
from evaluator_app.web.edge import db, house
from evaluator_app.words.navigation import home_of
from kernel import clock, links
from kernel.permissions import Role
from people import letters, locking, sessions
from people.models import User, UserSession
from people.sessions import Browser

TOKEN = "viva_session"  # noqa: S105 -- where the browser's session keeps its token


def safe_next(target: str | None) -> str | None:
    """Return `target` if it is a page of ours by its path alone, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\", "/login")):
        return None
    if any(ord(c) < 32 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _browser() -> Browser:
    return Browser(request.remote_addr or "", browsers.name(request.user_agent.string))


def _forget() -> None:
    """Empty the browser's session but for the language: what comes next is somebody else's."""
    kept = {key: session[key] for key in ("lang",) if key in session}
    session.clear()
    session.update(kept)
    g.pop("csrf_token", None)


def mine() -> UserSession | None:
    """Return the row of this browser's session, if somebody is signed in here."""
    row: UserSession | None = g.get("user_session")
    return row


def enter(user: User, *, reach: str = "") -> None:
    """Sign `user` in at this browser: a fresh session with its row, and nothing of the one before.

    The one door: whoever calls it has checked a password, a code or a link that works once, or the
    personal link of an oral, which opens its `reach` alone.
    """
    settings, here = house().settings, _browser()
    if (before := mine()) is not None:
        sessions.end(db(), before)
    if user.role is not Role.CANDIDATE and sessions.is_new(db(), user, here):
        letters.to(
            db(),
            user,
            "new_sign_in",
            {
                "at": clock.now().isoformat(),
                "device": " · ".join(word for word in (here.name, here.address) if word),
                "link": links.address(settings, "account"),
            },
        )
    if not reach:
        locking.right_code(user)
        known_browsers.remember(user)
    _forget()
    # Whoever has a password is asked for it; a link that came by mail proves as much, for minutes.
    proved = not reach and user.password is None
    session[TOKEN] = sessions.begin(db(), user, here, reach=reach, proved=proved)
    login_user(Visitor.of(user), remember=False)  # type: ignore[arg-type]  # it asks less


def admit(user: User, target: str | None = None) -> ResponseReturnValue:
    """Sign `user` in and go to `target` or home; first ask for the second factor, if there is one.

    `user` has shown a password or a link.
    """
    if second_factor.has(user):
        _forget()
        second_factor.expect(user, target)
        return redirect(url_for("sign_in.code"), 303)
    enter(user)
    return redirect(target or home_of(user.role))


def leave() -> None:
    """Sign out at this browser and end its session."""
    if (row := mine()) is not None:
        sessions.end(db(), row)
    logout_user()
    _forget()


def load(uniquifier: str) -> Visitor | None:
    """Return who is signed in by this browser's session, unless it was ended anywhere."""
    token: Any = session.get(TOKEN)
    row = sessions.present(db(), house().settings, token) if isinstance(token, str) else None
    if row is None or row.user.fs_uniquifier != uniquifier:
        return None
    if sessions.idle(row, house().settings) and not occupied(db(), row.user):
        return None
    g.user_session = row
    return Visitor.of(row.user)


def note_seen() -> None:
    """Note once a minute that this browser's session was seen; a GET does so on its own."""
    row, moment = mine(), clock.now()
    if row is None or not sessions.stale(row, moment):
        return
    if request.method in ("GET", "HEAD", "OPTIONS"):
        try:
            with house().database.transaction() as own:
                sessions.note_seen(own, row.id, moment)
        except OperationalError as error:  # the page goes on; the next one notes it
            logs.failed("seen_not_noted", error)
    elif not g.get("failed"):
        sessions.note_seen(db(), row.id, moment)
