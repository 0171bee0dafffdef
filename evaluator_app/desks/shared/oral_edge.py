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

from evaluator_app.desks.shared.ice import fresh_relay
from evaluator_app.sign_in.throttle import offers
from evaluator_app.web.edge import actor, db, for_role, house, needs, release
from evaluator_app.web.incoming import BIGGEST_ID
from evaluator_app.web.routes import Route, get, post
from evaluator_app.words import _
from kernel import clock
from kernel.errors import N_, Invalid, TooLarge
from kernel.permissions import Permission, Role
from kernel.shown import Shown
from proctor import equipment
from proctor.models import EquipmentVerdict
from rooms import chat, ending, joining, queries, recordings, snapshot
from rooms.engines import EngineError
from rooms.models import Interview

log = structlog.get_logger(__name__)

MOST_BODY = 16 * 1024
MOST_OFFER = joining.MOST_SDP + 64 * 1024  # the JSON around it, and its escapes


class TileShown(Shown):
    """What one tile of the equipment test says."""

    part: str
    state: EquipmentVerdict
    words: str


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


class Body:
    """The JSON object that a script sent."""

    def __init__(self, most: int = MOST_BODY) -> None:
        """Read this request's body, of `most` bytes; an empty one is an empty object.

        Raises:
            TooLarge: it is larger.
            Invalid: it is not a JSON object.
        """
        if (request.content_length or 0) > most:
            raise TooLarge(N_("Ce qui a été envoyé est trop grand."))
        data = request.get_data(cache=True)
        if len(data) > most:  # sent in chunks, it has no length beforehand
            raise TooLarge(N_("Ce qui a été envoyé est trop grand."))
        sent = request.get_json(force=True, silent=True) if data else {}
        if not isinstance(sent, dict):
            raise Invalid(N_("Cette demande n'a pas pu être lue."))
        self._found: dict[str, Any] = sent

    @property
    def found(self) -> dict[str, Any]:
        """The object as it came."""
        return self._found

    def text(self, name: str, default: str = "") -> str:
        """Return the text under `name`. Raise Invalid when something else stands there."""
        value = self._found.get(name, default)
        if not isinstance(value, str) or "\x00" in value:
            raise Invalid(N_("Cette demande n'a pas pu être lue."), name)
        return value

    def flag(self, name: str) -> bool:
        """Return whether `name` is set. Raise Invalid when it is neither true nor false."""
        value = self._found.get(name, False)
        if not isinstance(value, bool):
            raise Invalid(N_("Cette demande n'a pas pu être lue."), name)
        return value

    def number(self, name: str) -> int | None:
        """Return the whole number under `name`. Raise Invalid when something else stands there."""
        value = self._found.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > BIGGEST_ID:
            raise Invalid(N_("Cette demande n'a pas pu être lue."), name)
        return value

    def texts(self, name: str) -> list[str]:
        """Return the list of texts under `name`. Raise Invalid when something else stands there."""
        value = self._found.get(name, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise Invalid(N_("Cette demande n'a pas pu être lue."), name)
        return value

    @property
    def device(self) -> str:
        """The name of the browser tab that asks, from the body or the address."""
        return self.text("device", request.args.get("device", ""))


_LOOKS: dict[Role, Callable[..., Shown]] = {
    Role.CANDIDATE: snapshot.for_candidate,
    Role.EVALUATOR: snapshot.for_evaluator,
    Role.COORDINATOR: snapshot.for_observer,
}


def state(interview: Interview, device: str = "") -> Response:
    """Answer the oral's fresh state, as whoever asks may see it."""
    look = _LOOKS[actor().role]
    seen = look(db(), interview, clock.now(), device)
    relay = fresh_relay(house().settings, actor().user_id or 0, clock.now())
    return jsonify({**seen.sent(), **relay.sent()})


def answer_state(interview: Interview) -> Response:
    """Answer the state to whoever only looks."""
    return state(interview, request.args.get("device", ""))


def answer_chat(interview: Interview) -> Response:
    """Say a line in writing."""
    body = Body()
    chat.say(db(), actor(), interview, body.text("client_id"), body.text("text"))
    return state(interview, body.device)


@offers
def answer_offer(
    interview: Interview, let_in: Callable[..., joining.Ticket] = joining.ticket
) -> Response:
    """Connect whoever asks to the room, and answer the media server's half."""
    body = Body(MOST_OFFER)
    offer = body.text("sdp")
    ticket = let_in(db(), actor(), interview, body.device, offer)
    release()
    answer, reopened = joining.connect(house().engine, ticket, offer)
    if reopened and ticket.running:
        _record_again(interview)
    return jsonify({"sdp": answer})


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


def answer_claim(interview: Interview) -> Response:
    """Say which device is in the room, the one that asks or another."""
    body = Body()
    joining.claim(db(), actor(), interview, body.device, take_over=body.flag("take_over"))
    return state(interview, body.device)


def answer_heartbeat(interview: Interview) -> Response:
    """Keep the device that asks in the room."""
    body = Body()
    lacks = body.texts("lacks") if "lacks" in body.found else None
    joining.heartbeat(db(), actor(), interview, body.device, lacks)
    return state(interview, body.device)


def answer_leave(
    interview: Interview, let_go: Callable[..., joining.Ticket | None] = joining.leave
) -> Response:
    """Take the device that asks out of the room."""
    device = Body().device
    ticket = let_go(db(), actor(), interview, device)
    answer = state(interview, device)
    if ticket is not None:
        release()
        joining.put_out(house().engine, ticket)
    return answer


@offers
def answer_probe() -> Response:
    """Answer the equipment test's offer with a loopback."""
    body = Body(MOST_OFFER)
    user_id = actor().user_id or 0
    release()
    answer = joining.probe(house().engine, user_id, body.device, body.text("sdp"))
    return jsonify({"sdp": answer})


def answer_equipment() -> Response:
    """Keep what the equipment test found, and say what it means."""
    facts = equipment.read(Body().found)
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
