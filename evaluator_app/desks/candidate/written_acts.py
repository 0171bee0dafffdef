"""What the page of the written test asks and does; each answers the scene as it stands now.

A scene is `{state, ticket, number, left, seconds, least_left, most_left, minutes_left, swaps_left,
lost_left, html}`: the open question and its time by the server's clock, and what is left of all.
`html` is left out when the page says that it shows that ticket already (`known`), and `watch` comes
with a page that begins, with the token that it shows from then on. What was refused says why:
`aside` when another page holds the watch, `wait` when the camera's picture has not arrived yet.
`runs` with any word says what is watched there.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from flask import Response, current_app, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy
from evaluator_app.desks.candidate import written_pulses, written_seat, written_way
from evaluator_app.desks.candidate.proctoring import WatchShown, watch_shown
from evaluator_app.desks.candidate.watch_place import place
from evaluator_app.desks.candidate.watch_place import token as token_shown
from evaluator_app.desks.candidate.written_seat import Seat
from evaluator_app.desks.shared import question_pictures
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.posted import Posted, takes
from evaluator_app.web.ranges import send_stored
from evaluator_app.words import locale, say
from kernel import clock
from kernel.errors import N_, NotThere, Refused
from kernel.permissions import Permission
from kernel.shown import Shown
from proctor import hearing, holding, presented, watching
from proctor.holding import HeldElsewhere, PictureOwed
from proctor.models import ProctorSession
from written_test import sitting, steps
from written_test.items.reading.sounds import TYPES
from written_test.models import Step, WrittenTest, WrittenTestState
from written_test.questions.kinds import Answer
from written_test.scene import Scene


class TestScene(Shown):
    """The open question and its time, or neither where none is open."""

    state: WrittenTestState
    ticket: str
    swaps_left: int
    lost_left: float
    number: int | None = None
    left: float | None = None
    seconds: float | None = None
    least_left: int | None = None  # questions that the test still needs, this one among them
    most_left: int | None = None
    minutes_left: int | None = None  # of the whole test, at the most
    html: str | None = None
    watch: WatchShown | None = None


class TestAct(Posted):
    """A word of the test's page, which names itself; `runs`: what runs of its watch.

    `known`: the ticket of the question that it shows.
    """

    page: str = Field(min_length=1, max_length=80)
    known: str = ""
    runs: dict[str, Any] | None = None


class TestPulse(TestAct):
    """The page lives; `pauses`: help is open over the question."""

    pauses: bool = False


class TestStart(TestAct):
    """The page begins the test, or comes back; `take_over`: even where another one is watched."""

    watch: dict[str, Any] = Field(default_factory=dict)
    room_note: str = ""
    take_over: bool = False


class TestAnswer(TestAct):
    """The answer to the question of that ticket; `waits`: help is open, show no other one yet."""

    ticket: str
    answer: Answer
    waits: bool = False


class TestSwap(TestAct):
    """The question of that ticket is to be another one."""

    ticket: str


MOST_BODY = 64 * 1024


def _load(session: Session, candidacy_id: int, **_rest: object) -> Candidacy | None:
    return session.get(Candidacy, candidacy_id, options=[joinedload(Candidacy.candidate)])


acts = needs(Permission.SIT_WRITTEN_TEST, load=_load)
sits = needs(Permission.SIT_WRITTEN_TEST, load=written_seat.seat, of=attrgetter("candidacy"))
answers = needs(
    Permission.SIT_WRITTEN_TEST, load=written_seat.locked_seat, of=attrgetter("candidacy")
)


@for_script
@acts
@takes(TestStart, MOST_BODY)
def written_begin(candidacy: Candidacy, start: TestStart) -> ResponseReturnValue:
    """Begin the test, or come back to it: this page is watched from now on, and alone may answer.

    Where another page holds the watch, `take_over` asks to take it over from there.
    """
    page = start.page
    written_pulses.gone(candidacy.id)
    known = sitting.of_candidacy(db(), candidacy.id)
    if is_phone(request.user_agent.string):
        raise Refused(N_("Un téléphone ne suffit pas : il faut un ordinateur ou une tablette."))
    if known is None and written_way.of(db(), candidacy).next is not None:
        raise Refused(N_("Une étape manque avant le test : revenez à votre parcours."))
    test = sitting.begin(db(), actor(), candidacy)
    scene = sitting.present(db(), actor(), test, page)
    if scene.test.state is not WrittenTestState.RUNNING:
        return jsonify(_scene(scene, ""))
    session = watching.open_session(
        db(),
        actor(),
        candidacy,
        start.watch,
        presented.standing(db(), candidacy.id),
        start.room_note,
        written_way.risk_file(db(), candidacy),
    )
    watching.heard(db(), session, house().settings.page_silence_s)
    try:
        token = holding.take(
            db(), actor(), session, place(page), token_shown(), take_over=start.take_over
        )
    except HeldElsewhere as no:
        return _aside(no)
    watch = watch_shown(session, token, current_app.jinja_env.globals["asset"])
    return jsonify(_scene(scene, "", watch))


@for_script
@sits
@takes(TestPulse, MOST_BODY)
def written_pulse(seat: Seat, said: TestPulse) -> ResponseReturnValue:
    """Hear that the page lives, and what it watches."""
    act = sitting.pause if said.pauses else sitting.pulse
    return _act(
        seat,
        said,
        lambda: act(db(), actor(), seat.test, said.page),
        answers=False,
        is_pulse=not said.pauses,
        is_known=not said.pauses,
    )


@for_script
@answers
@takes(TestAnswer, MOST_BODY)
def written_answer(seat: Seat, said: TestAnswer) -> ResponseReturnValue:
    """Take the answer to one question; sent again, it changes nothing."""

    def answer() -> Scene:
        page, ticket, given = said.page, said.ticket, said.answer
        return sitting.answer(
            db(), actor(), seat.test, page, ticket, given, is_locked=True, waits=said.waits
        )

    return _act(seat, said, answer)


@for_script
@sits
@takes(TestSwap, MOST_BODY)
def written_swap(seat: Seat, said: TestSwap) -> ResponseReturnValue:
    """Replace the question by another one."""

    def swap() -> Scene:
        return sitting.swap(db(), actor(), seat.test, said.page, said.ticket)

    return _act(seat, said, swap)


@for_script
@sits
@takes(TestAct, MOST_BODY)
def written_leave(seat: Seat, said: TestAct) -> ResponseReturnValue:
    """Leave the test for now; the watch ends with it, and begins again on coming back."""

    def leave() -> Scene:
        return Scene(sitting.leave(db(), actor(), seat.test, said.page), None, 0.0)

    return _act(seat, said, leave, answers=False)


@needs(Permission.SIT_WRITTEN_TEST, load=_load)
def written_sound(candidacy: Candidacy) -> Response:
    """Play what the open question lets one hear."""
    step = _shown(candidacy)
    if not step.item.audio_key:
        raise NotThere
    key = step.item.audio_key
    kind = TYPES.get(key.rpartition(".")[2], "application/octet-stream")
    return send_stored(house().storage, key, kind)


@needs(Permission.SIT_WRITTEN_TEST, load=_load)
def written_picture(candidacy: Candidacy) -> Response:
    """Show a picture of the open question."""
    return question_pictures.send(_shown(candidacy).item.body, (request.view_args or {})["picture"])


def _shown(candidacy: Candidacy) -> Step:
    """Return the open step that an address names. Raise NotThere."""
    test = sitting.of_candidacy(db(), candidacy.id)
    step = steps.open_one(steps.steps_of(db(), test)) if test else None
    if step is None or step.ticket != (request.view_args or {})["ticket"]:
        raise NotThere
    return step


def _act(
    seat: Seat,
    said: TestAct,
    act: Callable[[], Scene],
    *,
    answers: bool = True,
    is_pulse: bool = False,
    is_known: bool = True,
) -> ResponseReturnValue:
    """Do what the page asks if it holds the watch; never anything of a test without its watch.

    `answers`: the act settles a question, for which the camera must have shown something.
    `is_known`: the page's next pulses may be answered from memory.
    """
    test, watch = seat.test, seat.watch
    test_id, candidacy_id = test.id, seat.candidacy.id
    written_pulses.pulses().bring(test, watch)
    try:
        if test.state is WrittenTestState.RUNNING:
            _check_watch(watch, said.page, answers=answers)
        scene = act()
    except HeldElsewhere as no:
        return _aside(no)
    except Refused as no:
        g.failed = True
        db().rollback()
        stands = db().get_one(WrittenTest, test_id)
        if stands.state is not WrittenTestState.RUNNING:
            # The last answer is sent again by a page that did not hear us.
            return jsonify(_scene(Scene(stands, None, 0.0), ""))
        wait = isinstance(no, PictureOwed)
        told = {"error": say(no), "field": None, "aside": stands.page != said.page, "wait": wait}
        return jsonify(told), no.status
    waits = watch is not None and _keep_watch(watch, said)
    told = _scene(scene, said.known)
    remembers = is_known and written_pulses.pulses().is_on
    if scene.step is None or watch is None or not remembers:
        written_pulses.gone(candidacy_id)
    else:
        says: dict[str, Any] = {"page": said.page, "known": scene.step.ticket}
        if said.runs is not None:
            says["runs"] = said.runs
        stands_now = written_pulses.page_of(seat, scene.step, says, told)
        written_pulses.stands(stands_now, is_pulse=is_pulse, waits=waits)
    return jsonify(told)


def _check_watch(session: ProctorSession | None, page: str, *, answers: bool) -> None:
    if session is None:
        raise HeldElsewhere(N_("La surveillance s'est fermée : reprenez le test pour la rouvrir."))
    holding.check_holder(session, place(page), token_shown())
    if answers:
        holding.check_shown(session)


def _keep_watch(watch: ProctorSession, said: TestAct) -> bool:
    """Note that the page spoke to its watch; tell whether that waits to be written with others."""
    silence_s = house().settings.page_silence_s
    waits = written_pulses.pulses().may_keep and hearing.is_uneventful(
        watch, clock.now(), silence_s, said.runs
    )
    if not waits:
        watching.heard(db(), watch, silence_s, said.runs)
    holding.note_address(db(), actor(), watch, place(said.page))
    return waits


def _aside(no: HeldElsewhere) -> ResponseReturnValue:
    g.failed = True
    db().rollback()
    return jsonify({"error": say(no), "field": None, "aside": True}), no.status


def _scene(scene: Scene, known: str, watch: WatchShown | None = None) -> dict[str, Any]:
    test, step = scene.test, scene.step
    stands: dict[str, Any] = {
        "state": test.state,
        "swaps_left": scene.swaps_left,
        "lost_left": scene.lost_left,
        "watch": watch,
    }
    if step is None:
        return TestScene(ticket="", **stands).sent()
    return TestScene(
        ticket=step.ticket,
        number=step.place + 1 - test.swaps,
        left=round(scene.left, 2),
        seconds=step.seconds,
        least_left=scene.questions_left[0],
        most_left=scene.questions_left[1],
        minutes_left=scene.minutes_left,
        html=_question(test, step) if step.ticket != known else None,
        **stands,
    ).sent()


def _question(test: WrittenTest, step: Step) -> str:
    asked = steps.question(db(), test, step)
    here: dict[str, Any] = {"candidacy_id": test.candidacy_id, "ticket": step.ticket}
    audio = url_for(".written_sound", **here) if asked.audio_key else None
    pictures = question_pictures.address_of(".written_picture", **here)
    # Not by `render_template`, which puts together what pages have around them.
    drawing = current_app.jinja_env.get_template("candidate/_written_question.html")
    return drawing.render(
        locale=locale(),
        view=steps.view_of(test, step, pictures, asked),
        language=str(asked.language),
        audio=audio,
    )
