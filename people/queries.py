"""What pages read of people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kernel.permissions import Role
from people.models import Organisation, User, UserSession


def staff(db: Session, role: Role | None = None) -> Sequence[User]:
    """Return the staff, by name: everybody but candidates."""
    query = (
        select(User)
        .where(User.role != Role.CANDIDATE)
        .options(joinedload(User.organisation), selectinload(User.accreditations))
        .order_by(User.family_name, User.given_name, User.email)
    )
    if role is not None:
        query = query.where(User.role == role)
    return db.scalars(query).all()


def member(db: Session, user_id: int) -> User | None:
    """Return one member of staff with what their page shows; candidates have none here."""
    return db.scalar(
        select(User)
        .where(User.id == user_id, User.role != Role.CANDIDATE)
        .options(
            joinedload(User.organisation),
            selectinload(User.accreditations),
            selectinload(User.ties),
        )
    )


def organisations(db: Session) -> Sequence[Organisation]:
    """Return the training organisations, by name."""
    return db.scalars(select(Organisation).order_by(Organisation.name)).all()


def names(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the names that people read, by account."""
    return {user.id: user.name for user in db.scalars(select(User).where(User.id.in_(ids)))}


def entered(db: Session, ids: Collection[int]) -> set[int]:
    """Return which accounts somebody has ever come in by, with a password or by a link."""
    sessions = select(UserSession.user_id).where(UserSession.user_id.in_(ids))
    chosen = select(User.id).where(User.id.in_(ids), User.password.is_not(None))
    return set(db.scalars(sessions)) | set(db.scalars(chosen))


def invited(db: Session, by: datetime) -> Sequence[User]:
    """Return the staff invited until then who never came in, those who wait longest first."""
    came = select(UserSession.id).where(UserSession.user_id == User.id)
    return db.scalars(
        select(User)
        .where(
            User.role != Role.CANDIDATE,
            User.active,
            User.password.is_(None),
            User.created_at <= by,
            ~came.exists(),
        )
        .options(joinedload(User.organisation))
        .order_by(User.created_at, User.id)
    ).all()


def organisation(db: Session, organisation_id: int) -> Organisation | None:
    """Return one training organisation."""
    return db.get(Organisation, organisation_id)


def managers(db: Session, organisation_id: int) -> Sequence[User]:
    """Return who manages a training organisation and is told of its candidates."""
    return db.scalars(
        select(User)
        .where(User.role == Role.ORGANISATION, User.organisation_id == organisation_id, User.active)
        .order_by(User.id)
    ).all()
