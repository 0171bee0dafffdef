"""What the desks share of the oral: the acts of both people, how they are read and answered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import structlog
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from evaluator_app.desks.shared import besides
from evaluator_app.desks.shared.ice import fresh_relay
from evaluator_app.desks.shared.oral_posted import (
    MOST_OFFER,
    Beat,
    ChatText,
    Claim,
    Offer,
    OralAct,
)
from evaluator_app.sign_in.throttle import offers
from evaluator_app.web.edge import actor, db, for_role, house, needs, release
from evaluator_app.web.posted import read_object, takes
from evaluator_app.web.routes import Route, get, post
from evaluator_app.words import _
from kernel import clock
from kernel.permissions import Permission, Role
from kernel.shown import Shown
from proctor import equipment
from proctor.models import EquipmentVerdict
from rooms import chat, ending, joining, queries, recordings, snapshot
from rooms.engines import EngineError
from rooms.models import Interview

log = structlog.get_logger(__name__)


class TileShown(Shown):
    """What one tile of the equipment test says."""

    part: str
    state: EquipmentVerdict
    words: str


class Answered(Shown):
    """The media server's half of a connection, in the words of SDP."""

    sdp: str


class EquipmentAnswer(Shown):
    """What the equipment test came to."""

    verdict: EquipmentVerdict
    parts: list[TileShown]


def for_script(view: Callable[..., Any]) -> Callable[..., Any]:
    """Make a view one for scripts: whatever goes wrong is told in JSON, never by a page."""

    @functools.wraps(view)
    def told(**parts: Any) -> ResponseReturnValue:
        g.json_only = True
        if not current_user.is_authenticated:
            g.failed = True
            message = _("Votre session a pris fin : rechargez la page pour revenir.")
            return jsonify({"error": message, "field": None}), 401
        answer: ResponseReturnValue = view(**parts)
        return answer

    return told


def load_interview(session: Session, interview_id: int) -> Interview | None:
    """Load an interview with all that its state shows."""
    return queries.whole(session, interview_id)


_LOOKS: dict[Role, Callable[..., Shown]] = {
    Role.CANDIDATE: snapshot.for_candidate,
    Role.EVALUATOR: snapshot.for_evaluator,
    Role.COORDINATOR: snapshot.for_observer,
}


def state(interview: Interview, device: str = "") -> Response:
    """Answer the oral's fresh state, as whoever asks may see it."""
    role, now = actor().role, clock.now()
    seen = _LOOKS[role](db(), interview, now, device)
    relay = fresh_relay(house().settings, actor().user_id or 0, now)
    beside = besides.Beside(beside=role is Role.EVALUATOR and besides.is_open(interview.id, now))
    return jsonify({**seen.sent(), **relay.sent(), **beside.sent()})


def answer_state(interview: Interview) -> Response:
    """Answer the state to whoever only looks."""
    return state(interview, request.args.get("device", ""))


@takes(ChatText)
def answer_chat(interview: Interview, line: ChatText) -> Response:
    """Say a line in writing."""
    chat.say(db(), actor(), interview, line.client_id, line.text)
    return state(interview, line.device)


@offers
@takes(Offer, MOST_OFFER)
def answer_offer(interview: Interview, offer: Offer) -> Response:
    """Connect one of the two people to the room."""
    return connect(interview, offer, joining.ticket)


def connect(interview: Interview, offer: Offer, let_in: Callable[..., joining.Ticket]) -> Response:
    """Connect whoever `let_in` lets to the room, and answer the media server's half."""
    ticket = let_in(db(), actor(), interview, offer.device, offer.sdp)
    release()
    answer, reopened = joining.connect(house().engine, ticket, offer.sdp)
    if reopened and ticket.running:
        _record_again(interview)
    return jsonify(Answered(sdp=answer).sent())


def _record_again(interview: Interview) -> None:
    """Go on recording in a room that the media server had forgotten."""
    shared = house()
    try:
        with shared.database.session(read_only=True) as session:
            recordings.resume(session, interview, shared.engine)
    except EngineError as error:
        # The reader of facts tries again as soon as the server tells that it has started.
        log.warning("recording_not_resumed", interview=interview.id, error=str(error))


def answer_end(interview: Interview, device: str) -> Response:
    """Answer the state, and close the room at once if the oral is over.

    The jobs process does so too, should the video server be silent now.
    """
    answer = state(interview, device)
    release()
    ending.close_now(house().engine, interview)
    return answer


@takes(Claim)
def answer_claim(interview: Interview, claim: Claim) -> Response:
    """Say which device is in the room, the one that asks or another."""
    joining.claim(db(), actor(), interview, claim.device, take_over=claim.take_over)
    return state(interview, claim.device)


@takes(Beat)
def answer_heartbeat(interview: Interview, beat: Beat) -> Response:
    """Keep the device that asks in the room."""
    joining.heartbeat(db(), actor(), interview, beat.device, beat.lacks)
    return state(interview, beat.device)


@takes(OralAct)
def answer_leave(interview: Interview, act: OralAct) -> Response:
    """Take the device of one of the two people out of the room."""
    return put_out(interview, act, joining.leave)


def put_out(
    interview: Interview, act: OralAct, let_go: Callable[..., joining.Ticket | None]
) -> Response:
    """Take the device that asks out of the room, as `let_go` knows it."""
    ticket = let_go(db(), actor(), interview, act.device)
    answer = state(interview, act.device)
    if ticket is not None:
        release()
        joining.put_out(house().engine, ticket)
    return answer


@offers
@takes(Offer, MOST_OFFER)
def answer_probe(offer: Offer) -> Response:
    """Answer the equipment test's offer with a loopback."""
    user_id = actor().user_id or 0
    release()
    answer = joining.probe(house().engine, user_id, offer.device, offer.sdp)
    return jsonify(Answered(sdp=answer).sent())


def answer_equipment() -> Response:
    """Keep what the equipment test found, and say what it means."""
    facts = equipment.read(read_object())
    kept = equipment.record(db(), actor(), facts)
    tiles = [
        TileShown(part=tile.part, state=tile.state, words=_(tile.words, **tile.params))
        for tile in equipment.judge(facts)
    ]
    return jsonify(EquipmentAnswer(verdict=kept.verdict, parts=tiles).sent())


_ACTS = {
    "chat": answer_chat,
    "offer": answer_offer,
    "heartbeat": answer_heartbeat,
    "claim": answer_claim,
    "leave": answer_leave,
}
_EQUIPMENT = {"/equipment/probe": answer_probe, "/equipment": answer_equipment}


def both_sides(here: str, permission: Permission, role: Role) -> tuple[Route, ...]:
    """Return what both people of an oral ask and do, each at the same addresses of their desk.

    `here` is where the desk has an oral, `permission` what taking part in it asks of a `role`.
    """
    takes_part = needs(permission, load=load_interview)
    tests = for_role(role, on_the_way=True)
    return (
        get(f"{here}/state", for_script(takes_part(answer_state)), endpoint="oral_state"),
        *(
            post(f"{here}/{name}", for_script(takes_part(act)), endpoint=f"oral_{name}")
            for name, act in _ACTS.items()
        ),
        *(post(address, for_script(tests(test))) for address, test in _EQUIPMENT.items()),
    )
