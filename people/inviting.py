"""Invite people and organisations: each gets a mail with a link that opens their account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import addresses, audit, clock, exam_zone, names
from kernel.errors import N_, Invalid, Refused
from kernel.levels import Level
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from people import entry, letters, queries, sessions
from people.languages import Language
from people.models import Accreditation, LinkPurpose, Organisation, Tie, User

STAFF = (Role.COORDINATOR, Role.EVALUATOR, Role.ORGANISATION)


@dataclass(frozen=True)
class Invitation:
    """Who is invited, and as what."""

    email: str
    role: Role
    given_name: str = ""
    family_name: str = ""
    locale: str = "fr"
    timezone: str = field(default_factory=exam_zone.name)
    organisation: Organisation | None = None
    senior: bool = False
    accreditations: dict[Language, Level] = field(default_factory=dict)
    ties: list[Organisation] = field(default_factory=list)


def invite(db: Session, actor: Actor, wish: Invitation, inviter: str = "") -> User:
    """Open an account without a password, queue its invitation, and return it.

    Raises:
        Forbidden: the actor may not invite.
        Invalid: no address, an unknown role, a manager without an organisation, an evaluator
            without a language.
        Refused: the address has an account.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    email = addresses.checked(wish.email)
    if wish.role not in STAFF:
        raise Invalid(N_("Choisissez un rôle."), "role")
    if wish.role is Role.ORGANISATION and wish.organisation is None:
        raise Invalid(N_("Choisissez l'organisme."), "organisation")
    if wish.role is Role.EVALUATOR and not wish.accreditations:
        raise Invalid(N_("Un évaluateur est accrédité dans une langue au moins."), "languages")
    _check_free(db, email)
    user = User(
        email=email,
        given_name=names.name(wish.given_name),
        family_name=names.name(wish.family_name),
        role=wish.role,
        organisation_id=wish.organisation.id if wish.organisation else None,
        locale=wish.locale,
        timezone=wish.timezone,
        senior=wish.senior and wish.role is Role.EVALUATOR,
        created_at=clock.now(),
        fs_uniquifier=uuid4().hex,
    )
    db.add(user)
    db.flush()
    accredit(db, actor, user, wish.accreditations, wish.ties)
    audit.record(db, actor, "people.invite", user, role=str(user.role))
    send(db, actor, user, inviter)
    return user


def send(db: Session, actor: Actor, user: User, inviter: str = "") -> None:
    """Queue the invitation of somebody who has no password yet, once more.

    Raises:
        Refused: the account is open already.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    if user.password is not None:
        raise Refused(N_("Cette personne a déjà ouvert son compte."))
    audit.record(db, actor, "people.send_invitation", user)
    letters.to(
        db,
        user,
        "staff_invitation",
        {
            "person": user.given_name,
            "role": str(user.role),
            "organisation": user.organisation.name if user.organisation else "",
            "inviter": inviter,
        },
        opens=entry.opens(LinkPurpose.INVITATION),
    )


def hand_over(db: Session, actor: Actor, settings: Settings, user: User) -> str:
    """Make the link of an invitation for a coordinator to hand over, and return it.

    Only where no letter leaves: elsewhere the letter alone shows that its reader holds the
    address. Links made before end with it, so that one opens the account.

    Raises:
        Refused: the account is open already, or closed; letters leave.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    if settings.letters_leave:
        raise Refused(N_("L'invitation part par e-mail : renvoyez-la."))
    _still_invited(db, user)
    entry.end_all(db, user, LinkPurpose.INVITATION)
    audit.record(db, actor, "people.hand_over", user)
    return entry.make(db, actor, settings, user, LinkPurpose.INVITATION)


def correct_address(db: Session, actor: Actor, user: User, email: str, inviter: str = "") -> None:
    """Correct the address of somebody who never came in, and send their invitation there.

    Links that went to the former address end.

    Raises:
        Invalid: no address.
        Refused: the account is open already, or closed; the address has an account.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    _still_invited(db, user)
    email = addresses.checked(email)
    if email == user.email:
        return
    _check_free(db, email)
    user.email = email
    for purpose in LinkPurpose:
        entry.end_all(db, user, purpose)
    audit.record(db, actor, "people.correct_address", user)
    send(db, actor, user, inviter)


def _still_invited(db: Session, user: User) -> None:
    if not user.active or queries.entered(db, [user.id]):
        raise Refused(N_("Cette personne a déjà ouvert son compte, ou il est fermé."))


def _check_free(db: Session, email: str) -> None:
    if db.scalar(select(User.id).where(User.email == email)):
        raise Refused(N_("Cette adresse a déjà un compte."))


def accredit(
    db: Session,
    actor: Actor,
    user: User,
    languages: dict[Language, Level],
    ties: list[Organisation],
) -> None:
    """Set which languages an evaluator examines, up to which level, and whose candidates never."""
    check(db, actor, Permission.INVITE_PEOPLE)
    if user.role is not Role.EVALUATOR:
        return
    today: date = clock.now().date()
    held = {row.language: row for row in user.accreditations}
    for language, level in languages.items():
        if language in held:
            held[language].max_level = level
        else:
            user.accreditations.append(
                Accreditation(language=language, max_level=level, valid_from=today)
            )
    for language, row in held.items():
        if language not in languages:
            user.accreditations.remove(row)
            db.delete(row)
    wanted = {organisation.id for organisation in ties}
    for tie in list(user.ties):
        if tie.organisation_id not in wanted:
            user.ties.remove(tie)
            db.delete(tie)
    known = {tie.organisation_id for tie in user.ties}
    for organisation in ties:
        if organisation.id not in known:
            user.ties.append(Tie(organisation_id=organisation.id))
    db.flush()
    audit.record(db, actor, "people.accredit", user, languages=sorted(languages))


def add_organisation(db: Session, actor: Actor, name: str, locale: str = "fr") -> Organisation:
    """Add a training organisation.

    Raises:
        Invalid: no name, or one too long.
        Refused: the name is taken.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    organisation = Organisation(
        name=_organisation_name(db, name), locale=locale, created_at=clock.now()
    )
    db.add(organisation)
    audit.record(db, actor, "organisation.add", organisation)
    return organisation


def rename_organisation(db: Session, actor: Actor, organisation: Organisation, name: str) -> None:
    """Correct the name of a training organisation; documents issued before keep the former one.

    Raises:
        Invalid: no name, or one too long.
        Refused: the name is taken.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    if names.name(name) == organisation.name:
        return
    organisation.name = _organisation_name(db, name)
    audit.record(db, actor, "organisation.rename", organisation)


def _organisation_name(db: Session, name: str) -> str:
    name = names.name(name)
    if not 2 <= len(name) <= 120:
        raise Invalid(N_("Le nom d'un organisme a de 2 à 120 caractères."), "name")
    if db.scalar(select(Organisation.id).where(Organisation.name == name)):
        raise Refused(N_("Un organisme porte déjà ce nom."))
    return name


def set_active(db: Session, actor: Actor, user: User, *, active: bool) -> None:
    """Close an account, or open it again; nobody closes their own.

    Raises:
        Refused: it is the actor's own account.
    """
    check(db, actor, Permission.INVITE_PEOPLE)
    if user.id == actor.user_id:
        raise Refused(N_("On ne ferme pas son propre compte."))
    if user.active is not active:
        user.active = active
        if not active:
            sessions.revoke_all(db, actor, user)
        audit.record(db, actor, "people.open" if active else "people.close", user)
