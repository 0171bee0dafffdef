"""Coming into a room: the personal link, which of one's devices is there, and the way to the media.

The personal link names the appointment, so that it goes on working when the appointment moves; it
ends with the oral. It signs nobody in by itself. One browser of a person is in the room; another
one is told so, and may take over: the media server then replaces the earlier connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock, links
from kernel.errors import N_, Invalid, NotThere, Refused, TooLarge
from kernel.permissions import Actor, Permission, Role, check
from kernel.settings import Settings
from rooms import queries
from rooms.changes import lock, tell
from rooms.engines import Engine, EngineError, EngineRefused, Reason
from rooms.engines import Role as PeerRole
from rooms.models import DeviceClaim, Interview, InterviewState
from rooms.transitions import DONE, OVER, Act, step
from scheduling import personal_links
from scheduling.models import Appointment, AppointmentState

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

BEAT = timedelta(seconds=5)
"""From one sign of life of a browser to the next."""

HERE = 3 * BEAT
"""A browser that was heard of within this time is there."""

CLAIM_LASTS = timedelta(seconds=8)
"""A place is kept so long for a browser that went silent; then another of the person takes it."""

MOST_SDP = 256 * 1024
_UNREADABLE = (Reason.BAD_SDP, Reason.BAD_REQUEST, Reason.TOO_LARGE)
_DEVICE = re.compile(r"[A-Za-z0-9_-]{8,48}")

GEAR = ("audio", "video")

UNREADABLE = N_("Votre navigateur a envoyé une demande illisible. Rechargez la page.")
NO_VIDEO = N_("Le serveur vidéo ne répond pas. Nouvel essai dans quelques secondes.")
FULL = N_("Trop de personnes assistent déjà à cet entretien : une place se libérera peut-être.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to connect a browser, checked: to which room, as whom."""

    interview_id: int
    room: str
    peer: str
    role: PeerRole
    running: bool


def resolve(db: Session, settings: Settings, token: str) -> Appointment:
    """Return the appointment that a personal link names, moved or not.

    Raises:
        NotThere: forged, cut, or its oral is no more.
        Refused: the appointment was cancelled, the link replaced or too old, the oral over.
    """
    bears = links.read(settings, "personal", token)
    number = bears.get("a")
    appointment = db.get(Appointment, number) if isinstance(number, int) else None
    if appointment is None or not appointment.candidacy.candidate.user.active:
        raise NotThere
    if appointment.state is AppointmentState.CANCELLED:
        raise Refused(
            N_(
                "Ce rendez-vous a été annulé : ce lien ne sert plus. Le suivant vous est envoyé "
                "par e-mail."
            )
        )
    if bears.get("n", 0) != appointment.link_number:
        raise Refused(
            N_(
                "Ce lien a été remplacé par un autre, envoyé à l'adresse du candidat : celui-ci ne "
                "sert plus."
            )
        )
    if clock.now() > personal_links.opens_until(appointment):
        raise Refused(
            N_(
                "Ce lien a expiré : il servait jusqu'à trente jours après l'entretien. Votre "
                "espace dit la suite."
            )
        )
    interview = queries.of_appointment(db, appointment.id)
    if interview is not None and interview.state in OVER:
        raise Refused(
            N_("Cet entretien est terminé : ce lien ne sert plus. Votre espace dit la suite.")
        )
    return appointment


def come_in(db: Session, settings: Settings, token: str) -> Appointment:
    """Return the appointment of a link on which « Continuer » was pressed; the log says so.

    Raises:
        NotThere, Refused: as `resolve`.
    """
    appointment = resolve(db, settings, token)
    user = appointment.candidacy.candidate.user
    audit.record(
        db,
        user.actor,
        "personal_link.use",
        appointment,
        candidacy_id=appointment.candidacy_id,
    )
    return appointment


def check_device(device: str) -> str:
    """Return the name that a browser tab keeps.

    Raises:
        Invalid: no usable name.
    """
    if not _DEVICE.fullmatch(device):
        raise Invalid(N_("Cet onglet n'a pas pu être reconnu : rechargez la page."), "device")
    return device


def claim_of(db: Session, interview: Interview, user_id: int | None) -> DeviceClaim | None:
    """Return the device by which somebody is in an oral, if one ever was."""
    return db.scalar(
        select(DeviceClaim).where(
            DeviceClaim.interview_id == interview.id, DeviceClaim.user_id == user_id
        )
    )


def is_here(row: DeviceClaim | None, now: datetime) -> bool:
    """Tell whether the person's browser is there, by its beat or by its media."""
    return row is not None and (row.media_up or now - row.seen_at < HERE)


def is_claimed(row: DeviceClaim | None, now: datetime) -> bool:
    """Tell whether the person's browser keeps another of theirs from coming in."""
    return row is not None and (row.media_up or now - row.seen_at < CLAIM_LASTS)


def claim(
    db: Session,
    actor: Actor,
    interview: Interview,
    device: str,
    *,
    take_over: bool = False,
    must: bool = False,
) -> bool:
    """Say that `device` is the one in the room; return whether it is.

    Another one that is still there keeps its place, unless `take_over`; with `must`, that is
    an error.

    Raises:
        Forbidden: neither of the two people.
        Refused: another device is there, and `must`.
    """
    check(db, actor, Permission.JOIN_INTERVIEW, interview)
    check_device(device)
    lock(db, interview)
    moment = clock.now()
    row = claim_of(db, interview, actor.user_id)
    was_here = is_here(row, moment)
    if row is None:
        row = DeviceClaim(
            interview_id=interview.id, user_id=actor.user_id, device=device, claimed_at=moment
        )
        db.add(row)
    elif row.device != device:
        if is_claimed(row, moment) and not take_over:
            if must:
                raise Refused(
                    N_("Vous êtes déjà là sur un autre appareil. Continuez sur celui-ci ?")
                )
            return False
        _replace(db, actor, interview, row, device)
        was_here = False
    row.seen_at, row.session_id = moment, actor.session_id
    db.flush()
    if not was_here:
        tell(db, interview)
    return True


def _replace(
    db: Session, actor: Actor, interview: Interview, row: DeviceClaim, device: str
) -> None:
    """Let `device` take the place of the one before."""
    row.device, row.claimed_at, row.media_up, row.quality = device, clock.now(), False, {}
    row.lacks = []
    candidacy_id = interview.appointment.candidacy_id
    audit.record(db, actor, "interview.take_over", interview, candidacy_id=candidacy_id)


def heartbeat(
    db: Session,
    actor: Actor,
    interview: Interview,
    device: str,
    lacks: Sequence[str] | None = None,
) -> bool:
    """Say that `device` is still there; return False when another one has taken its place.

    `lacks`: which of its microphone ("audio") and camera ("video") do not work; None: not told.

    Raises:
        Forbidden: neither of the two people.
        Invalid: `lacks` names something else.
    """
    check(db, actor, Permission.JOIN_INTERVIEW, interview)
    check_device(device)
    if not set(lacks or ()) <= set(GEAR):
        raise Invalid(UNREADABLE, "lacks")
    row = claim_of(db, interview, actor.user_id)
    if row is None or row.device != device or not is_here(row, clock.now()):
        if not claim(db, actor, interview, device):
            return False
        row = claim_of(db, interview, actor.user_id)
    if row is not None:
        row.seen_at, row.session_id = clock.now(), actor.session_id
        told = [kind for kind in GEAR if kind in lacks] if lacks is not None else row.lacks
        if told != row.lacks:
            row.lacks = told
            tell(db, interview)
    return True


def leave(db: Session, actor: Actor, interview: Interview, device: str) -> Ticket | None:
    """Say that `device` goes; return what to put out of the room, if it was the one there.

    Raises:
        Forbidden: neither of the two people.
    """
    check(db, actor, Permission.JOIN_INTERVIEW, interview)
    row = claim_of(db, interview, actor.user_id)
    if row is None or row.device != device:
        return None
    row.seen_at, row.media_up, row.quality, row.lacks = clock.now() - HERE, False, {}, []
    tell(db, interview)
    return _ticket(actor, interview)


def check_offer(offer_sdp: str) -> None:
    """Do nothing if this may be a browser's offer.

    Raises:
        Invalid: it is empty.
        TooLarge: it is larger than 256 KB.
    """
    if not offer_sdp.strip():
        raise Invalid(UNREADABLE, "sdp")
    if len(offer_sdp.encode(errors="replace")) > MOST_SDP:
        raise TooLarge(UNREADABLE, "sdp")


def ticket(db: Session, actor: Actor, interview: Interview, device: str, offer_sdp: str) -> Ticket:
    """Check that `device` may connect now, with this offer.

    Raises:
        Forbidden: neither of the two people.
        Refused: not admitted yet, the oral is over, or another device is there.
        Invalid: the offer is empty.
        TooLarge: it is larger than 256 KB.
    """
    check(db, actor, Permission.JOIN_INTERVIEW, interview)
    check_offer(offer_sdp)
    step(Act.OFFER, interview.state)
    if actor.role is Role.CANDIDATE and interview.state not in DONE[Act.ADMIT]:
        raise Refused(N_("Votre évaluateur va vous faire entrer : patientez encore un peu."))
    claim(db, actor, interview, device, must=True)
    return _ticket(actor, interview)


def connect(engine: Engine, pass_: Ticket, offer_sdp: str) -> tuple[str, bool]:
    """Return the answer to the offer, and whether the room had to be opened anew.

    Raises:
        Refused: the video server does not answer, or is full.
        Invalid: it cannot read the offer.
    """
    return _asked(lambda: _admit(engine, pass_, offer_sdp), pass_.room)


def probe(engine: Engine, user_id: int, device: str, offer_sdp: str) -> str:
    """Return the answer of the equipment test's loopback, where one's own media comes back.

    One runs a person, whatever their tabs: another one ends it. The server has places for 64.

    Raises:
        Refused: the video server does not answer, or is full.
        Invalid: no device, or an offer that cannot be read.
        TooLarge: the offer is larger than 256 KB.
    """
    check_offer(offer_sdp)
    check_device(device)
    return _asked(lambda: engine.probe(f"u{user_id}", offer_sdp), "probe")


def _asked(ask: Callable[[], Answer], room: str) -> Answer:
    """Return what the engine answers, its refusals turned into sentences."""
    try:
        return ask()
    except EngineRefused as error:
        log.warning("offer_refused", room=room, reason=error.reason, why=error.message[:200])
        if error.reason in _UNREADABLE:
            raise Invalid(UNREADABLE, "sdp") from error
        raise Refused(FULL if error.reason == Reason.ROOM_FULL else NO_VIDEO) from error
    except EngineError as error:
        log.error("offer_unanswered", room=room, error=str(error))
        raise Refused(NO_VIDEO) from error


def _admit(engine: Engine, pass_: Ticket, offer_sdp: str) -> tuple[str, bool]:
    try:
        return engine.admit(pass_.room, pass_.peer, pass_.role, offer_sdp), False
    except EngineRefused as error:
        # An observer opens no room: it would be one that the oral's end has just closed.
        if error.reason != Reason.UNKNOWN_ROOM or pass_.role is PeerRole.OBSERVER:
            raise
    # The media server was restarted: it has forgotten the room, the exam has not.
    engine.open(pass_.room)
    return engine.admit(pass_.room, pass_.peer, pass_.role, offer_sdp), True


def put_out(engine: Engine, pass_: Ticket) -> None:
    """Put a browser that left out of the room; a silent video server finds out by itself."""
    try:
        engine.leave(pass_.room, pass_.peer)
    except EngineError as error:
        log.info("peer_not_put_out", room=pass_.room, error=str(error))


def negotiate(
    db: Session, actor: Actor, interview: Interview, device: str, offer_sdp: str, engine: Engine
) -> str:
    """Check and connect in one go; the edge does it in two, to hold no lock meanwhile."""
    return connect(engine, ticket(db, actor, interview, device, offer_sdp), offer_sdp)[0]


def _ticket(actor: Actor, interview: Interview) -> Ticket:
    role = PeerRole.CANDIDATE if actor.role is Role.CANDIDATE else PeerRole.EVALUATOR
    running = interview.state is InterviewState.RUNNING
    # One name a role: whoever comes again replaces their earlier connection.
    return Ticket(interview.id, interview.room, role.value, role, running)
