"""Enrol a candidate for a certification; withdraw."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import access_codes, journey, window
from enrolment.declared import AccessMode, Initiative
from enrolment.events import CandidacyWithdrawn
from enrolment.identity import (
    IDENTITY,
    Identity,
    account_names,
    checked,
    differing,
    is_person,
)
from enrolment.models import ENDED, Candidacy, Candidate, Certification, Stage
from kernel import addresses, audit, clock, events, exam_zone, live
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.levels import TARGETS, Level
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from people import entry, letters
from people.letters import Opens
from people.models import LinkPurpose, Organisation, User


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
    timezone: str = field(default_factory=exam_zone.name)
    time_factor: float = 1.0
    accommodations: list[str] = field(default_factory=list)
    accommodation_note: str = ""
    cpf_dossier: str = ""
    access_mode: AccessMode | None = None
    initiative: Initiative | None = None
    enrolled_on: date | None = None


def _checked(wish: Enrolment) -> Enrolment:
    """Return a wish as it is kept. Raise Invalid for the first field that cannot be."""
    email = addresses.checked(wish.email)
    identity = checked(wish.identity, exam_zone.day_of(clock.now()))
    if wish.target_level not in TARGETS:
        raise Invalid(N_("Le niveau visé va de A2 à C2."), "target_level")
    if not 1.0 <= wish.time_factor <= 3.0:
        raise Invalid(N_("Le facteur de temps va de 1 à 3."), "time_factor")
    if "extra_time" in wish.accommodations and wish.time_factor == 1.0:
        raise Invalid(N_("Dites de combien le temps est allongé."), "time_factor")
    if wish.window_end is not None and wish.window_end <= wish.window_start:
        raise Invalid(N_("La fin de l'accès vient après son début."), "window_end")
    return replace(wish, email=email, identity=identity)


def _account(db: Session, wish: Enrolment) -> User:
    user = db.scalar(select(User).where(User.email == wish.email))
    if user is not None:
        _refuse_another_person(db, user, wish.identity)
        return user
    given_name, family_name = account_names(wish.identity)
    user = User(
        email=wish.email,
        given_name=given_name,
        family_name=family_name,
        role=Role.CANDIDATE,
        locale=wish.locale,
        timezone=wish.timezone,
        created_at=clock.now(),
        fs_uniquifier=uuid4().hex,
    )
    db.add(user)
    db.flush()
    return user


def _refuse_another_person(db: Session, user: User, identity: Identity) -> None:
    """Make sure that the account of an address is that of the person who is enrolled.

    An account is one person: its links, its mails and its results are theirs alone. What another
    organisation knows of them is not told, nor whether the address is that of the certifier's
    staff: the answer is the same.
    """
    known = db.scalars(select(Candidate).where(Candidate.user_id == user.id)).all()
    staff = user.role is not Role.CANDIDATE
    if staff or not all(is_person(candidate, identity) for candidate in known):
        raise Invalid(
            N_(
                "Cette adresse e-mail est déjà celle d'une personne d'un autre nom ou d'une autre"
                " date de naissance. Chacun a la sienne : donnez-en une autre, ou vérifiez"
                " l'identité si c'est la même personne."
            ),
            "email",
        )


def _candidate(
    db: Session, user: User, organisation: Organisation, identity: Identity
) -> Candidate:
    # Held, so that the same person enrolled twice at once is enrolled once.
    candidate = db.scalar(
        select(Candidate)
        .where(Candidate.user_id == user.id, Candidate.organisation_id == organisation.id)
        .with_for_update(**LOCK)
    )
    if candidate is None:
        candidate = Candidate(
            user_id=user.id,
            organisation_id=organisation.id,
            **{name: getattr(identity, name) for name in IDENTITY},
        )
        db.add(candidate)
        db.flush()
    elif (field := differing(candidate, identity)) is not None:
        raise Invalid(
            N_(
                "Ce candidat est déjà connu de votre organisme, avec une autre valeur ici :"
                " « %(kept)s ». Reprenez-la, ou corrigez d'abord son identité sur sa candidature."
            ),
            field,
            kept=str(getattr(candidate, field)),
        )
    return candidate


def _refuse_twice(db: Session, candidate: Candidate, certification: Certification) -> None:
    if db.scalar(
        select(Candidacy.id).where(
            Candidacy.candidate_id == candidate.id,
            Candidacy.certification_id == certification.id,
            Candidacy.stage.not_in(ENDED),
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
        window_end=window.closing(
            wish.window_end or wish.window_start + timedelta(days=certification.window_days)
        ),
        created_at=clock.now(),
        created_by_id=actor.user_id,
        time_factor=wish.time_factor,
        accommodations=wish.accommodations,
        accommodation_note=wish.accommodation_note,
        cpf_dossier=wish.cpf_dossier,
        access_mode=wish.access_mode,
        initiative=wish.initiative,
        enrolled_on=wish.enrolled_on or exam_zone.day_of(clock.now()),
        required_gates=[*certification.required_gates],
        policy=certification.policy,
    )


def enrol(
    db: Session,
    actor: Actor,
    organisation: Organisation,
    certification: Certification,
    wish: Enrolment,
    *,
    with_code: bool = True,
) -> Candidacy:
    """Enrol one candidate and queue the mail that carries their link and their access code.

    Without `with_code`, and for somebody who has a password already, it carries the link alone.

    Raises:
        Forbidden: the actor may not enrol for this organisation.
        Invalid: a field cannot be, or the address is another person's; the field is named.
        Refused: the address belongs to staff, or the candidate is already on their way.
    """
    check(db, actor, Permission.ENROL, organisation)
    wish = _checked(wish)
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
    with_link = entry.opens(LinkPurpose.INVITATION)
    _tell(db, candidacy, access_codes.opens(candidacy) if with_code else with_link)
    return candidacy


def send_again(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Send the candidate a new link to their space; earlier ones keep working until used."""
    check(db, actor, Permission.SEE_CANDIDACY, candidacy)
    _tell(db, candidacy, entry.opens(LinkPurpose.INVITATION), again=True)
    audit.record(db, actor, "candidacy.send_link", candidacy, candidacy_id=candidacy.id)


def _tell(db: Session, candidacy: Candidacy, opens: Opens, *, again: bool = False) -> None:
    """Write to the candidate that they are enrolled, and how they come in."""
    context = {
        "again": again,
        "organisation": candidacy.organisation.name,
        "certification": letters.in_each_language(candidacy.certification.name),
        "window_start": candidacy.window_start.isoformat(),
        "window_end": candidacy.last_moment.isoformat(),
        "minutes": round(candidacy.certification.slot_minutes * candidacy.time_factor),
        "results_days": candidacy.certification.results_days,
        "login": "",
        "code": "",
        "code_until": "",
    }
    letters.to(db, candidacy.candidate.user, "candidate_enrolled", context, opens=opens)


def withdraw(
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, reason: str
) -> None:
    """Withdraw the candidacy, with a reason; its planned oral is cancelled with it.

    Raises:
        Forbidden: the actor may not withdraw it.
        Invalid: no reason.
        Refused: its oral is held or its results are out.
    """
    check(db, actor, Permission.WITHDRAW, candidacy)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi la candidature est retirée."), "reason")
    journey.lock(db, candidacy)
    events.tell(db, CandidacyWithdrawn(actor, settings, candidacy, reason))
    journey.move(db, actor, candidacy, Stage.WITHDRAWN, reason)
