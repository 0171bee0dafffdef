"""Enrol a candidate for a certification; correct what was entered; withdraw."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates, journey
from enrolment.models import (
    Candidacy,
    Candidate,
    Certification,
    GateKind,
    IdentityCorrection,
    Sex,
    Stage,
)
from kernel import audit, clock, live, post
from kernel.db import HOLD
from kernel.errors import N_, Invalid, Refused
from kernel.headers import is_address
from kernel.levels import TARGETS, Level
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from people import entry
from people.models import LinkPurpose, Organisation, User

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
IDENTITY = (
    "birth_name",
    "used_name",
    "first_names",
    "sex",
    "birth_date",
    "birth_commune_code",
    "birth_place",
    "birth_country",
)
CODE_LIVES = timedelta(days=92)
"""An access code ends with the access window, and after so long at the latest."""
_SEEN = (Stage.IN_ORAL, Stage.MARKING, Stage.COMPLETE)


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as their document says."""

    birth_name: str
    first_names: str
    sex: Sex
    birth_date: date
    used_name: str = ""
    birth_commune_code: str = ""
    birth_place: str = ""
    birth_country: str = "FR"


@dataclass(frozen=True)
class Enrolment:
    """What an organisation fills in for one candidate."""

    email: str
    identity: Identity
    target_level: Level
    window_start: datetime
    window_end: datetime | None = None
    professional_field: str = "general"
    locale: str = "fr"
    timezone: str = "Europe/Paris"
    time_factor: float = 1.0
    accommodations: list[str] = field(default_factory=list)
    accommodation_note: str = ""
    cpf_dossier: str = ""
    access_mode: str = ""
    initiative: str = ""
    enrolled_on: date | None = None


def _validate_identity(identity: Identity) -> None:
    today = clock.now().date()
    if not identity.birth_name.strip() or not identity.first_names.strip():
        raise Invalid(N_("Le nom de naissance et les prénoms sont nécessaires."), "birth_name")
    if not date(1900, 1, 1) <= identity.birth_date <= today - timedelta(days=14 * 365):
        raise Invalid(N_("Cette date de naissance n'est pas plausible."), "birth_date")
    if identity.birth_commune_code and not re.fullmatch(
        r"[0-9AB]{5}", identity.birth_commune_code.upper()
    ):
        raise Invalid(N_("Un code INSEE de commune a cinq caractères."), "birth_commune_code")


def _validate(wish: Enrolment) -> None:
    if not is_address(wish.email.strip()):
        raise Invalid(N_("Cette adresse e-mail n'est pas complète."), "email")
    _validate_identity(wish.identity)
    if wish.target_level not in TARGETS:
        raise Invalid(N_("Le niveau visé va de A2 à C2."), "target_level")
    if not 1.0 <= wish.time_factor <= 3.0:
        raise Invalid(N_("Le facteur de temps va de 1 à 3."), "time_factor")
    if "extra_time" in wish.accommodations and wish.time_factor == 1.0:
        raise Invalid(N_("Dites de combien le temps est allongé."), "time_factor")
    if wish.window_end is not None and wish.window_end <= wish.window_start:
        raise Invalid(N_("La fin de l'accès vient après son début."), "window_end")


def _account(db: Session, wish: Enrolment) -> User:
    email = wish.email.strip().lower()
    user = db.scalar(select(User).where(User.email == email))
    if user is not None:
        if user.role is not Role.CANDIDATE:
            raise Refused(
                N_("Cette adresse est celle d'un membre de l'équipe : donnez-en une autre.")
            )
        return user
    user = User(
        email=email,
        given_name=wish.identity.first_names.split()[0],
        family_name=wish.identity.used_name or wish.identity.birth_name,
        role=Role.CANDIDATE,
        locale=wish.locale,
        timezone=wish.timezone,
        created_at=clock.now(),
        fs_uniquifier=uuid4().hex,
    )
    db.add(user)
    db.flush()
    return user


def _candidate(
    db: Session, user: User, organisation: Organisation, identity: Identity
) -> Candidate:
    # Held, so that the same person enrolled twice at once is enrolled once.
    candidate = db.scalar(
        select(Candidate)
        .where(Candidate.user_id == user.id, Candidate.organisation_id == organisation.id)
        .with_for_update(**HOLD)
    )
    if candidate is None:
        candidate = Candidate(
            user_id=user.id,
            organisation_id=organisation.id,
            **{name: getattr(identity, name) for name in IDENTITY},
        )
        db.add(candidate)
        db.flush()
    return candidate


def _refuse_twice(db: Session, candidate: Candidate, certification: Certification) -> None:
    over = (Stage.VALIDATED, Stage.WITHDRAWN, Stage.EXPIRED)
    if db.scalar(
        select(Candidacy.id).where(
            Candidacy.candidate_id == candidate.id,
            Candidacy.certification_id == certification.id,
            Candidacy.stage.not_in(over),
        )
    ):
        raise Refused(N_("Cette personne est déjà inscrite à cette certification."))


def _begin(
    actor: Actor, candidate: Candidate, certification: Certification, wish: Enrolment
) -> Candidacy:
    return Candidacy(
        candidate_id=candidate.id,
        organisation_id=candidate.organisation_id,
        certification_id=certification.id,
        field=wish.professional_field,
        target_level=wish.target_level,
        stage=Stage.ENROLLED,
        window_start=wish.window_start,
        window_end=wish.window_end or wish.window_start + timedelta(days=certification.window_days),
        created_at=clock.now(),
        created_by_id=actor.user_id,
        time_factor=wish.time_factor,
        accommodations=wish.accommodations,
        accommodation_note=wish.accommodation_note,
        cpf_dossier=wish.cpf_dossier,
        access_mode=wish.access_mode,
        initiative=wish.initiative,
        enrolled_on=wish.enrolled_on or clock.now().date(),
    )


def enrol(
    db: Session,
    actor: Actor,
    settings: Settings,
    organisation: Organisation,
    certification: Certification,
    wish: Enrolment,
    hash_code: Callable[[str], str] | None = None,
) -> Candidacy:
    """Enrol one candidate and queue the mail that carries their link and their codes.

    `hash_code` turns an access code into what the account keeps of it; without it, or for
    somebody who has a password already, the mail carries the link alone.

    Raises:
        Forbidden: the actor may not enrol for this organisation.
        Invalid: a field cannot be; it is named.
        Refused: the address belongs to staff, or the candidate is already on their way.
    """
    check(db, actor, Permission.ENROL, organisation)
    _validate(wish)
    user = _account(db, wish)
    candidate = _candidate(db, user, organisation, wish.identity)
    _refuse_twice(db, candidate, certification)
    candidacy = _begin(actor, candidate, certification, wish)
    db.add(candidacy)
    db.flush()
    audit.record(
        db,
        actor,
        "candidacy.enrol",
        candidacy,
        candidacy_id=candidacy.id,
        organisation_id=organisation.id,
        certification_id=certification.id,
    )
    live.publish(db, f"organisation:{organisation.id}")
    code = ""
    if hash_code is not None and user.password is None:
        code = _access_code()
        user.password = hash_code(code)
        user.code_until = min(candidacy.window_end, clock.now() + CODE_LIVES)
    _tell(db, actor, settings, candidacy, user, code)
    return candidacy


def send_again(db: Session, actor: Actor, settings: Settings, candidacy: Candidacy) -> None:
    """Send the candidate a new link to their space; earlier ones keep working until used.

    A candidate may ask for their own.
    """
    own = actor.role is Role.CANDIDATE
    needed = Permission.ANSWER_FOR_CANDIDACY if own else Permission.SEE_CANDIDACY
    check(db, actor, needed, candidacy)
    _tell(db, actor, settings, candidacy, candidacy.candidate.user, "")
    audit.record(db, actor, "candidacy.send_link", candidacy, candidacy_id=candidacy.id)


def _access_code() -> str:
    """Return a code such as « K7QM-2XWD-9HPT »: 60 bits, without letters that look alike."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def _tell(
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, user: User, code: str
) -> None:
    post.queue(
        db,
        "candidate_enrolled",
        name=user.name,
        email=user.email,
        locale=user.locale,
        context={
            "person": user.name,
            "organisation": candidacy.organisation.name,
            "certification": candidacy.certification.name(user.locale),
            "window_start": candidacy.window_start.isoformat(),
            "window_end": candidacy.last_moment.isoformat(),
            "login": user.email if code else "",
            "code": code,
            "code_until": user.code_until.isoformat() if code and user.code_until else "",
            "zone": user.timezone,
            "link": entry.make(db, actor, settings, user, LinkPurpose.INVITATION),
        },
    )


def correct(db: Session, actor: Actor, candidacy: Candidacy, identity: Identity) -> int:
    """Correct the identity; each changed field is kept with who and when. Return how many changed.

    From the moment that an evaluator compares it with a document, only the certifier changes it:
    the documents of the exam bear the name that was seen.

    Raises:
        Invalid: a field cannot be; it is named.
        Refused: the documents have gone out, or the identity is being or has been checked.
    """
    check(db, actor, Permission.CORRECT_IDENTITY, candidacy)
    _validate_identity(identity)
    journey.hold(db, candidacy)
    seen = candidacy.stage in _SEEN or gates.is_open(db, candidacy, GateKind.IDENTITY)
    if seen and actor.role is not Role.COORDINATOR:
        raise Refused(
            N_("L'identité a été comparée à un document : seul le certificateur la corrige encore.")
        )
    if candidacy.stage is Stage.VALIDATED:
        raise Refused(N_("Les résultats sont publiés : l'identité ne se corrige plus ici."))
    changed = 0
    for name in IDENTITY:
        before, after = getattr(candidacy.candidate, name), getattr(identity, name)
        if before == after:
            continue
        changed += 1
        db.add(
            IdentityCorrection(
                candidate_id=candidacy.candidate_id,
                field=name,
                before=str(before),
                after=str(after),
                by_id=actor.user_id,
                at=clock.now(),
            )
        )
        setattr(candidacy.candidate, name, after)
    if changed:
        audit.record(
            db, actor, "identity.correct", candidacy, candidacy_id=candidacy.id, fields=changed
        )
    return changed


def withdraw(db: Session, actor: Actor, candidacy: Candidacy, reason: str) -> None:
    """Withdraw the candidacy, with a reason."""
    check(db, actor, Permission.WITHDRAW, candidacy)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi la candidature est retirée."), "reason")
    journey.move(db, actor, candidacy, Stage.WITHDRAWN, reason)
