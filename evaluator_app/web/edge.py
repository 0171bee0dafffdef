"""The edge of a request: one session that commits once, who acts, and what they may load.

A view asks for `db()` and `actor()`; it never commits. A request that ends well is committed
before its answer leaves; one that fails is rolled back whole. GET requests get a session that
cannot write: whatever must be logged about a viewing is written through `logged_viewing()`.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from evaluator_app.live import pokes
from kernel import live
from kernel.db import Database
from kernel.errors import NotThere
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from kernel.storage import Storage
from people.models import User, UserSession
from rooms.engines import Engine

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class House:
    """What the whole process shares."""

    settings: Settings
    database: Database
    storage: Storage
    engine: Engine


def house() -> House:
    """Return what this process shares: settings, database, storage, video engine."""
    shared: House = current_app.extensions["viva"]
    return shared


def db() -> Session:
    """Return the session of this request, opened at first use."""
    if "db" not in g:
        g.db = house().database.session(read_only=request.method in SAFE)
        live.gather(g.db)
    session: Session = g.db
    return session


def release() -> None:
    """Commit what this request decided so far and let go of the database.

    Only before waiting for another process (the video server): SQLite has one writer at a time.
    """
    db().commit()
    pokes.after_commit(current_app, told=live.gathered(db()))


@contextmanager
def logged_viewing() -> Iterator[Session]:
    """Give a session of its own to a GET that privacy asks to log; it commits at the end."""
    with house().database.transaction() as session:
        yield session


def person() -> User:
    """Return who is signed in.

    Raises:
        NotThere: nobody is; `needs` and `for_role` have sent them to sign in before.
    """
    if not current_user.is_authenticated:
        raise NotThere
    user: User | None = g.get("person")
    if user is None or user.id != current_user.user_id:
        user = g.person = db().get(User, current_user.user_id)
    if user is None or not user.active:
        raise NotThere
    return user


def actor() -> Actor:
    """Return who acts in this request, and from which session."""
    row: UserSession | None = g.get("user_session")
    return dataclasses.replace(person().actor, session_id=row.id if row is not None else None)


def reach() -> str:
    """Return what alone the session of this request opens; "": everything.

    "appointment:12", the oral of a personal link, or "marks:7", the grid on a second screen.
    """
    row: UserSession | None = g.get("user_session")
    return row.reach if row is not None else ""


def _out_of_reach(thing: Any = None, *, beside: bool = False) -> bool:
    """Tell whether a link opened this session, and `thing` is not the one that it opens.

    Nothing but that is: a view that belongs to its way says so (`for_role`, `needs`).
    """
    only = reach()
    if only.startswith("marks:"):
        return not beside or only != f"marks:{getattr(thing, 'performance_id', None)}"
    return bool(only) and only != f"appointment:{getattr(thing, 'appointment_id', None)}"


def _sign_in_first() -> Any:
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]  # flask-login's


Loader = Callable[..., Any]


def needs(
    permission: Permission,
    load: Loader | None = None,
    of: Callable[[Any], Any] | None = None,
    *,
    beside: bool = False,
) -> Callable[..., Any]:
    """Guard a view: load its thing by the address's parts, or 404; check the permission, or 404.

    `load(db, **parts)` returns the thing or None; the view gets it in place of those parts. `of`
    says what of it the permission is asked about; the default: the thing itself. `beside`: a second
    screen with the grid needs it too.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**parts: Any) -> Any:
            if not current_user.is_authenticated:
                return _sign_in_first()
            thing = None
            if load is not None:
                thing = load(db(), **parts)
                if thing is None:
                    raise NotThere
            if _out_of_reach(thing, beside=beside):
                return _sign_in_first()
            check(db(), actor(), permission, of(thing) if of is not None else thing)
            return view(thing) if load is not None else view(**parts)

        guarded.permission = permission  # type: ignore[attr-defined]  # for a test of every route
        return guarded

    return decorate


def for_role(*roles: Role, on_the_way: bool = False) -> Callable[..., Any]:
    """Guard a view that concerns nobody's thing but one's own: other roles get 404.

    `on_the_way`: whoever came by the personal link of an oral needs it for that oral.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**parts: Any) -> Any:
            if not current_user.is_authenticated:
                return _sign_in_first()
            if actor().role not in roles:
                raise NotThere
            if not on_the_way and _out_of_reach():
                return _sign_in_first()
            return view(**parts)

        guarded.roles = roles  # type: ignore[attr-defined]  # the same
        return guarded

    return decorate


def by_id(model: type[Any], key: str) -> Loader:
    """Return a loader of `model` by the integer in the address's part `key`."""

    def load(session: Session, **parts: Any) -> Any:
        return session.get(model, parts[key])

    return load


def count_refusal() -> None:
    """Keep what this request writes though its answer refuses: a failed attempt is counted."""
    g.counts = True


def init_app(app: Flask) -> None:
    """Commit what ended well, roll back what did not, close what was opened."""

    @app.after_request
    def _commit(response: Response) -> Response:
        session: Session | None = g.get("db")
        if session is None:
            return response
        refused = response.status_code >= 400 and not g.get("counts")
        if g.get("failed") or refused:
            session.rollback()  # what is refused leaves nothing, however far it had come
        else:
            filled = session.info.pop("outbox_filled", False)
            try:
                session.commit()
            except SQLAlchemyError as error:
                return app.make_response(app.handle_user_exception(error))
            pokes.after_commit(app, outbox=filled, told=live.gathered(session))
        return response

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session = g.pop("db", None)
        if session is not None:
            session.close()
