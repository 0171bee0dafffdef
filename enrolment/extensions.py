"""More time to sit the oral: a candidate asks, their organisation grants or refuses with a reason.

An organisation or a coordinator may also extend without being asked; that leaves a row as well,
so that whoever looks later reads why the window moved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from enrolment import journey, window
from enrolment.models import ENDED, Candidacy, Candidate, ExtensionRequest, Stage
from kernel import audit, clock, links, live
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from people import entry, letters
from people import queries as people_queries

MOST: Final = timedelta(days=366)
"""How far an extension reaches, from the window's end or from now, whichever is later."""
MOST_WORDS: Final = 500
EXTENDABLE: Final = (Stage.ENROLLED, Stage.BOOKED, Stage.EXPIRED)
_ON_THE_WAY: Final = frozenset(Stage) - frozenset(ENDED)


def latest(db: Session, candidacy: Candidacy) -> ExtensionRequest | None:
    """Return the last request of a candidacy, decided or not, if there ever was one."""
    return db.scalar(
        select(ExtensionRequest)
        .where(ExtensionRequest.candidacy_id == candidacy.id)
        .order_by(ExtensionRequest.id.desc())
        .limit(1)
    )


def of_candidacy(db: Session, candidacy_id: int) -> list[ExtensionRequest]:
    """Return every extension asked for or given, oldest first."""
    return list(
        db.scalars(
            select(ExtensionRequest)
            .where(ExtensionRequest.candidacy_id == candidacy_id)
            .order_by(ExtensionRequest.id)
        )
    )


def _open() -> Select[ExtensionRequest]:
    return (
        select(ExtensionRequest)
        .join(ExtensionRequest.candidacy)
        .where(ExtensionRequest.decided_at.is_(None), Candidacy.stage.in_(EXTENDABLE))
    )


def open_request(db: Session, candidacy: Candidacy) -> ExtensionRequest | None:
    """Return the request of a candidacy that waits for an answer, if there is one."""
    return db.scalar(_open().where(ExtensionRequest.candidacy_id == candidacy.id))


def open_of(db: Session, organisation_id: int | None) -> list[ExtensionRequest]:
    """Return the requests that wait for an answer, the oldest first; None: of everybody."""
    query = _open().order_by(ExtensionRequest.asked_at, ExtensionRequest.id)
    if organisation_id is not None:
        query = query.where(Candidacy.organisation_id == organisation_id)
    whole = joinedload(ExtensionRequest.candidacy)
    return list(
        db.scalars(
            query.options(
                whole.joinedload(Candidacy.candidate).joinedload(Candidate.user),
                whole.joinedload(Candidacy.certification),
                whole.joinedload(Candidacy.organisation),
            )
        )
    )


def may_ask(db: Session, candidacy: Candidacy) -> str | None:
    """Return why no extension can be asked for now, in a sentence; None: it can."""
    if candidacy.stage not in EXTENDABLE:
        return N_("Cette candidature n'attend plus d'oral : il n'y a rien à prolonger.")
    if _enrolled_anew(db, candidacy):
        return N_("Une autre inscription à cette certification est en cours : c'est elle qui vaut.")
    if open_request(db, candidacy) is not None:
        return N_("Une demande de prolongation attend déjà la réponse de l'organisme.")
    return None


def ask(
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, words: str
) -> ExtensionRequest:
    """Ask the organisation for more time; its managers are told by mail.

    Raises:
        Forbidden: not the candidate.
        Invalid: too many words.
        Refused: nothing can be extended any more, or a request waits already.
    """
    check(db, actor, Permission.ASK_EXTENSION, candidacy)
    journey.lock(db, candidacy)
    why = may_ask(db, candidacy)
    if why is not None:
        raise Refused(why)
    request = ExtensionRequest(
        candidacy_id=candidacy.id,
        candidacy=candidacy,
        asked_at=clock.now(),
        words=_short(words, "words"),
    )
    db.add(request)
    db.flush()
    audit.record(db, actor, "extension.ask", request, candidacy_id=candidacy.id)
    _tell_managers(db, settings, request)
    _live(db, candidacy)
    return request


def grant(
    db: Session,
    actor: Actor,
    request: ExtensionRequest,
    until: datetime,
    words: str = "",
) -> None:
    """Give the time that was asked for; an expired candidacy may book again.

    Raises:
        Forbidden: neither its organisation nor a coordinator.
        Invalid: not later than the window's end, or too far away; too many words.
        Refused: it is decided already, or nothing can be extended any more.
    """
    check(db, actor, Permission.DECIDE_EXTENSION, request.candidacy)
    _undecided(db, request)
    reason = _short(words, "words")
    _decide(actor, request, reason, granted=True)
    _move_end(db, actor, request, until)
    audit.record(db, actor, "extension.grant", request, candidacy_id=request.candidacy_id)
    _tell_candidate(db, request, "extension_granted")


def refuse(db: Session, actor: Actor, request: ExtensionRequest, reason: str) -> None:
    """Refuse the time that was asked for, and say why.

    Raises:
        Forbidden: neither its organisation nor a coordinator.
        Invalid: no reason, or too many words.
        Refused: it is decided already.
    """
    check(db, actor, Permission.DECIDE_EXTENSION, request.candidacy)
    _undecided(db, request)
    if not reason.strip():
        raise Invalid(N_("Dites au candidat pourquoi la prolongation est refusée."), "reason")
    _decide(actor, request, _short(reason, "reason"), granted=False)
    audit.record(db, actor, "extension.refuse", request, candidacy_id=request.candidacy_id)
    _tell_candidate(db, request, "extension_refused")
    _live(db, request.candidacy)


def extend(
    db: Session,
    actor: Actor,
    candidacy: Candidacy,
    until: datetime,
    reason: str,
) -> ExtensionRequest:
    """Give a candidate more time without being asked; a request that waits is granted by it.

    Raises:
        Forbidden: neither its organisation nor a coordinator.
        Invalid: no reason; not later than the window's end, or too far away.
        Refused: nothing can be extended any more.
    """
    check(db, actor, Permission.DECIDE_EXTENSION, candidacy)
    journey.lock(db, candidacy)
    if not reason.strip():
        raise Invalid(N_("Dites pourquoi la période d'accès est prolongée."), "reason")
    waiting = open_request(db, candidacy)
    if waiting is not None:
        grant(db, actor, waiting, until, reason)
        return waiting
    request = ExtensionRequest(
        candidacy_id=candidacy.id, candidacy=candidacy, asked_at=clock.now(), by_candidate=False
    )
    db.add(request)
    _decide(actor, request, _short(reason, "reason"), granted=True)
    _move_end(db, actor, request, until)
    audit.record(db, actor, "extension.give", request, candidacy_id=candidacy.id)
    _tell_candidate(db, request, "extension_granted")
    return request


def _enrolled_anew(db: Session, candidacy: Candidacy) -> bool:
    """Tell whether the person was enrolled for the same certification once more meanwhile."""
    if candidacy.stage in _ON_THE_WAY:
        return False
    other = select(Candidacy.id).where(
        Candidacy.candidate_id == candidacy.candidate_id,
        Candidacy.certification_id == candidacy.certification_id,
        Candidacy.id != candidacy.id,
        Candidacy.stage.in_(_ON_THE_WAY),
    )
    return db.scalar(other.limit(1)) is not None


def _undecided(db: Session, request: ExtensionRequest) -> None:
    journey.lock(db, request.candidacy)
    db.refresh(request, attribute_names=["decided_at"])
    if request.decided_at is not None:
        raise Refused(N_("Cette demande a déjà reçu sa réponse."))


def _decide(actor: Actor, request: ExtensionRequest, reason: str, *, granted: bool) -> None:
    request.decided_at, request.decided_by_id = clock.now(), actor.user_id
    request.granted, request.reason = granted, reason


def _move_end(db: Session, actor: Actor, request: ExtensionRequest, until: datetime) -> None:
    """Move the window's end, and an expired candidacy back to where an oral can be booked."""
    candidacy, moment = request.candidacy, clock.now()
    if candidacy.stage not in EXTENDABLE:
        raise Refused(N_("Cette candidature n'attend plus d'oral : il n'y a rien à prolonger."))
    if _enrolled_anew(db, candidacy):
        raise Refused(
            N_("Une autre inscription à cette certification est en cours : prolongez celle-là.")
        )
    closes = window.closing(until)
    if until <= max(candidacy.window_end, moment):
        raise Invalid(N_("La nouvelle fin vient après l'actuelle, et dans l'avenir."), "until")
    if until > max(candidacy.window_end, moment) + MOST:
        raise Invalid(N_("Une prolongation va jusqu'à un an au plus."), "until")
    request.window_end = candidacy.window_end = closes
    if candidacy.stage is Stage.EXPIRED:
        journey.move(db, actor, candidacy, Stage.ENROLLED, request.reason or "extension")
    db.flush()
    _live(db, candidacy)


def _short(words: str, field: str) -> str:
    words = words.strip()
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 500 signes au plus."), field)
    return words


def _tell_managers(db: Session, settings: Settings, request: ExtensionRequest) -> None:
    candidacy = request.candidacy
    for manager in people_queries.managers(db, candidacy.organisation_id):
        context = {
            "organisation": candidacy.organisation.name,
            "candidate": candidacy.candidate.name,
            "certification": letters.in_each_language(candidacy.certification.name),
            "window_end": candidacy.last_moment.isoformat(),
            "words": request.words,
            "link": links.address(settings, "organisation_candidacy", candidacy_id=candidacy.id),
        }
        letters.to(
            db,
            manager,
            "extension_asked",
            context,
            dedupe=f"extension_asked:{request.id}:{manager.id}",
        )


def _tell_candidate(db: Session, request: ExtensionRequest, template: str) -> None:
    candidacy, user = request.candidacy, request.candidacy.candidate.user
    context: dict[str, Any] = {
        "organisation": candidacy.organisation.name,
        "certification": letters.in_each_language(candidacy.certification.name),
        "window_end": candidacy.last_moment.isoformat(),
        "reason": request.reason,
    }
    if template == "extension_refused":
        context["over"] = candidacy.window_end <= clock.now()
    letters.to(
        db,
        user,
        template,
        context,
        opens=entry.leads_to("booking", candidacy_id=candidacy.id),
        dedupe=f"{template}:{request.id}",
    )


def _live(db: Session, candidacy: Candidacy) -> None:
    for topic in (f"candidacy:{candidacy.id}", f"organisation:{candidacy.organisation_id}", "plan"):
        live.publish(db, topic)
