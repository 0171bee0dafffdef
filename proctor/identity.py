"""The identity document: the still that a person looks at, and what they decided. No machine looks.

Who may do this is for whoever holds the interview or the test to check; here are the rules of the
check itself. The picture is encrypted and dies after some hours (`proctor.jobs`); who looked,
when, the document's kind and its expiry stay.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.models import Candidacy, GateKind
from kernel import audit, clock, discarding, exam_zone, strays
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Actor, Permission
from kernel.permissions import check as check_permission
from kernel.storage import NotStored, Storage
from proctor.models import DocumentType, IdentityCheck, IdentityState
from proctor.pictures import check_jpeg

TICKS = ("birth_name", "first_names", "birth_date", "face")
FOLDER = "identity"
MOST_WORDS = 1000
PICTURE_PATIENCE = timedelta(seconds=20)
"""How long a picture that was asked for is waited for, before the live face may do alone."""

DOCUMENT_NAMES: dict[DocumentType, tuple[str, str]] = {
    DocumentType.IDENTITY_CARD: ("Carte d'identité", "Identity card"),
    DocumentType.PASSPORT: ("Passeport", "Passport"),
    DocumentType.RESIDENCE_PERMIT: ("Titre de séjour", "Residence permit"),
    DocumentType.DRIVING_LICENCE: ("Permis de conduire", "Driving licence"),
}


def open_check(db: Session, candidacy: Candidacy) -> IdentityCheck:
    """Begin a check of the candidate of `candidacy`."""
    check = IdentityCheck(candidacy_id=candidacy.id, created_at=clock.now())
    db.add(check)
    db.flush()
    return check


def is_requested(check: IdentityCheck) -> bool:
    """Tell whether a picture was asked for, has not come yet, and still serves a decision."""
    if check.state is not IdentityState.PENDING:
        return False
    asked, taken = check.picture_requested_at, check.picture_taken_at
    return asked is not None and (taken is None or taken < asked)


def is_awaited(check: IdentityCheck, now: datetime) -> bool:
    """Tell whether a picture is on its way, so that nothing is to be decided without it yet."""
    asked = check.picture_requested_at
    return is_requested(check) and asked is not None and now < asked + PICTURE_PATIENCE


def request_picture(db: Session, actor: Actor, check: IdentityCheck) -> None:
    """Ask the candidate's browser for a still; again asks for another one.

    Raises:
        Refused: the check is over.
    """
    _pending(check)
    check.picture_requested_at = clock.now()
    audit.record(db, actor, "identity.request_picture", check, candidacy_id=check.candidacy_id)


def keep_picture(
    db: Session, actor: Actor, storage: Storage, check: IdentityCheck, data: bytes
) -> bool:
    """Keep the still, encrypted, in place of an earlier one.

    One that was asked for and comes twice, or after the decision, is let fall: the candidate did
    what they were asked, and it serves nobody any more. Return whether it was kept.

    Raises:
        Invalid: not a usable JPEG picture.
        Refused: nobody ever asked for one.
    """
    if check.picture_requested_at is None:
        raise Refused(N_("L'évaluateur n'a pas demandé de photo."))
    if not is_requested(check):
        return False
    _keep(db, actor, storage, check, data)
    return True


def is_presented(check: IdentityCheck) -> bool:
    """Tell whether the candidate showed the document by themselves, before the written test."""
    return check.picture_taken_at is not None and check.picture_requested_at is None


def present_document(
    db: Session, actor: Actor, storage: Storage, candidacy: Candidacy, data: bytes
) -> IdentityCheck:
    """Keep a still of the document that the candidate holds to the camera before the test.

    It waits for a coordinator until it is purged; one taken again takes the place of the first.

    Raises:
        Forbidden: not its candidate.
        Invalid: not a usable JPEG picture.
    """
    check_permission(db, actor, Permission.ANSWER_FOR_CANDIDACY, candidacy)
    check_jpeg(data)
    journey.lock(db, candidacy)
    waiting = select(IdentityCheck).where(
        IdentityCheck.candidacy_id == candidacy.id,
        IdentityCheck.state == IdentityState.PENDING,
        IdentityCheck.picture_key.is_not(None),
        IdentityCheck.picture_requested_at.is_(None),
    )
    check = db.scalars(waiting.order_by(IdentityCheck.id.desc()).limit(1)).first()
    if check is None:
        check = open_check(db, candidacy)
    _keep(db, actor, storage, check, data)
    return check


def _keep(db: Session, actor: Actor, storage: Storage, check: IdentityCheck, data: bytes) -> None:
    width, height = check_jpeg(data)
    moment = clock.now()
    earlier = check.picture_key
    check.picture_key = f"{FOLDER}/{strays.new_name()}.jpg"
    storage.put(check.picture_key, data)
    if earlier:
        discarding.discard(db, earlier)
    check.picture_taken_at, check.picture_purged_at = moment, None
    audit.record(
        db,
        actor,
        "identity.keep_picture",
        check,
        candidacy_id=check.candidacy_id,
        width=width,
        height=height,
        bytes=len(data),
    )


def picture(storage: Storage, check: IdentityCheck) -> bytes:
    """Return the still.

    Raises:
        NotThere: none was taken, or its time is over.
    """
    if not check.picture_key:
        raise NotThere(N_("Cette photo n'existe pas, ou elle a déjà été effacée."))
    try:
        return storage.bytes(check.picture_key)
    except NotStored:
        raise NotThere(N_("Cette photo n'existe pas, ou elle a déjà été effacée.")) from None


def confirm(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    check: IdentityCheck,
    document_type: str,
    expiry: str,
    agrees: Collection[str],
) -> None:
    """Confirm that the person on camera is the one enrolled.

    Raises:
        Invalid: a tick lacks, the document's kind or date cannot be read, or it has expired.
        Refused: the check is over, or the picture that was asked for is on its way.
    """
    _pending(check)
    if is_awaited(check, clock.now()):
        raise Refused(
            N_(
                "La photo demandée arrive : regardez-la avant de confirmer. Si elle ne vient pas "
                "dans les vingt secondes, redemandez-la, ou confirmez d'après le direct."
            )
        )
    kind, last_day = read_document(document_type, expiry)
    if set(agrees) != set(TICKS):
        raise Invalid(
            N_("Cochez chaque point qui concorde ; si l'un ne concorde pas, refusez l'identité."),
            "agrees",
        )
    if last_day < exam_zone.day_of(clock.now()):
        raise Invalid(
            N_("Ce document a expiré : demandez-en un autre, ou refusez l'identité."),
            "document_expiry",
        )
    check.document_type, check.document_expiry = kind, last_day
    check.agrees = list(TICKS)
    _decide(db, actor, candidacy, check, IdentityState.CONFIRMED)


def refuse(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    check: IdentityCheck,
    reason: str,
    document_type: str = "",
    expiry: str = "",
    agrees: Collection[str] = (),
) -> None:
    """Refuse the identity, with the reason that the candidate will read.

    Raises:
        Invalid: no reason, or too long a one; a document's kind or date that cannot be read.
    """
    words = reason.strip()
    if not words:
        raise Invalid(N_("Dites pourquoi l'identité est refusée."), "reason")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "reason")
    if document_type:
        check.document_type = _kind(document_type)
    if expiry:
        check.document_expiry = _day(expiry)
    check.agrees = [tick for tick in TICKS if tick in agrees]
    check.reason = words
    _decide(db, actor, candidacy, check, IdentityState.REFUSED)


def read_document(document_type: str, expiry: str) -> tuple[DocumentType, date]:
    """Return the document's kind and last day.

    Raises:
        Invalid: either cannot be read.
    """
    return _kind(document_type), _day(expiry)


def _kind(document_type: str) -> DocumentType:
    try:
        return DocumentType(document_type)
    except ValueError:
        raise Invalid(N_("Choisissez le type de document."), "document_type") from None


def _day(expiry: str) -> date:
    try:
        return date.fromisoformat(expiry)
    except ValueError:
        raise Invalid(N_("Donnez la date d'expiration du document."), "document_expiry") from None


def _pending(check: IdentityCheck) -> None:
    if check.state is not IdentityState.PENDING:
        raise Refused(N_("L'identité a déjà été examinée."))


def _decide(
    db: Session, actor: Actor, candidacy: Candidacy, check: IdentityCheck, state: IdentityState
) -> None:
    check.state, check.checked_by_id, check.checked_at = state, actor.user_id, clock.now()
    confirmed = state is IdentityState.CONFIRMED
    journey.report(
        db,
        actor,
        candidacy,
        GateKind.IDENTITY,
        is_open=confirmed,
        detail=str(state),
        reason=str(state),
    )
    audit.record(
        db,
        actor,
        f"identity.{state}",
        check,
        candidacy_id=candidacy.id,
        document_type=str(check.document_type) if check.document_type else None,
    )
