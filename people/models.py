"""Users, organisations, evaluators' accreditations and ties, sessions, sign-in links, consents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel import exam_zone
from kernel.db import Base
from kernel.levels import Level
from kernel.permissions import Actor, Role
from people.languages import Language


class Organisation(Base):
    """A training organisation that enrols candidates."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str] = mapped_column(default="fr")
    timezone: Mapped[str] = mapped_column(default=exam_zone.name)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class User(Base):
    """Somebody with an account: staff sign in with a password, candidates by link or codes."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("role <> 'organisation' OR organisation_id IS NOT NULL", "member"),
        CheckConstraint("email = lower(email)", "email_lower"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # always lower case
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    role: Mapped[Role]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    locale: Mapped[str] = mapped_column(default="fr")
    timezone: Mapped[str] = mapped_column(default=exam_zone.name)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    senior: Mapped[bool] = mapped_column(default=False)

    # What the sign-in library reads and writes.
    password: Mapped[str | None]
    code_until: Mapped[datetime | None]  # set: `password` is of an access code, good until then
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[Any] | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship()
    accreditations: Mapped[list[Accreditation]] = relationship(back_populates="evaluator")
    ties: Mapped[list[Tie]] = relationship(back_populates="evaluator")

    @property
    def name(self) -> str:
        """Return the name that people read, or the address when none was given."""
        return f"{self.given_name} {self.family_name}".strip() or self.email

    @property
    def actor(self) -> Actor:
        """Return this person as whoever acts."""
        return Actor(self.id, self.role, self.organisation_id, self.senior)


class Accreditation(Base):
    """The right to examine one language up to a level."""

    __tablename__ = "accreditation"
    __table_args__ = (UniqueConstraint("evaluator_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    language: Mapped[Language]
    max_level: Mapped[Level]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    evaluator: Mapped[User] = relationship(back_populates="accreditations")


class Tie(Base):
    """A tie of an evaluator with an organisation, whose candidates they may not examine."""

    __tablename__ = "tie"
    __table_args__ = (UniqueConstraint("evaluator_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")

    evaluator: Mapped[User] = relationship(back_populates="ties")
    organisation: Mapped[Organisation] = relationship()


class UserSession(Base):
    """One signed-in browser of one person; revoking it signs that browser out."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    reach: Mapped[str] = mapped_column(default="")  # what alone it opens, as "appointment:12"
    proved_at: Mapped[datetime | None]  # when its person last showed that it is them

    user: Mapped[User] = relationship()


class SignInTries(Base):
    """Wrong passwords for one account from one place, counted until the right one comes.

    `source` is a browser that the account knows, an address, or "" for all unknown ones together.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (UniqueConstraint("user_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    source: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime] = mapped_column(index=True)
    wait_until: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    RECOVERY = "recovery"
    BESIDE = "beside"  # a second screen of somebody who is signed in


class EntryLink(Base):
    """A link that works once: its signed token names this row, whose use is recorded."""

    __tablename__ = "entry_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[LinkPurpose]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Consent(Base):
    """That somebody acknowledged a text, which version of it, and when."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_user_kind", "user_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str]
    version: Mapped[str]
    locale: Mapped[str]
    given_at: Mapped[datetime]
