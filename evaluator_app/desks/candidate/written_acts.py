"""What the page of the written test asks and does; each answers the scene as it stands now.

A scene is `{state, ticket, number, left, seconds, swaps_left, lost_left, html}`: the open question
and its time by the server's clock. `html` is left out when the page says that it shows that ticket
already (`known`), and `watch` comes with a page that begins, with the token that it shows from then
on. What was refused says why: `aside` when another page holds the watch, `wait` when the camera's
picture has not arrived yet. `runs` with any word says what is watched there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, joinedload

from enrolment.models import Candidacy
from evaluator_app.desks.candidate import written_way
from evaluator_app.desks.candidate.proctoring import WatchShown, watch_shown
from evaluator_app.desks.candidate.watch_place import place
from evaluator_app.desks.candidate.watch_place import token as token_shown
from evaluator_app.desks.shared import question_pictures
from evaluator_app.desks.shared.oral_edge import Body, for_script
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.ranges import send_stored
from evaluator_app.words import say
from kernel.errors import N_, Invalid, NotThere, Refused
from kernel.permissions import Permission
from kernel.shown import Shown
from proctor import holding, presented, watching
from proctor.holding import HeldElsewhere, PictureOwed
from proctor.models import ProctorSession
from written_test import sitting, steps
from written_test.items.reading.sounds import TYPES
from written_test.models import Step, WrittenTest, WrittenTestState
from written_test.sitting import Scene


class TestScene(Shown):
    """The open question and its time, or neither where none is open."""

    state: WrittenTestState
    ticket: str
    swaps_left: int
    lost_left: float
    number: int | None = None
    left: float | None = None
    seconds: float | None = None
    html: str | None = None
    watch: WatchShown | None = None


MOST_PAGE, MOST_BODY = 80, 64 * 1024


def _load(session: Session, candidacy_id: int, **_rest: object) -> Candidacy | None:
    return session.get(Candidacy, candidacy_id, options=[joinedload(Candidacy.candidate)])


acts = needs(Permission.SIT_WRITTEN_TEST, load=_load)


@for_script
@acts
def written_begin(candidacy: Candidacy) -> ResponseReturnValue:
    """Begin the test, or come back to it: this page is watched from now on, and alone may answer.

    Where another page holds the watch, `take_over` asks to take it over from there.
    """
    body, page = _read()
    known = sitting.of_candidacy(db(), candidacy.id)
    if is_phone(request.user_agent.string):
        raise Refused(N_("Un téléphone ne suffit pas : il faut un ordinateur ou une tablette."))
    if known is None and written_way.of(db(), candidacy).next is not None:
        raise Refused(N_("Une étape manque avant le test : revenez à votre parcours."))
    test = sitting.begin(db(), actor(), candidacy)
    scene = sitting.present(db(), actor(), test, page)
    if scene.test.state is not WrittenTestState.RUNNING:
        return jsonify(_scene(scene, ""))
    watch = body.found.get("watch", {})
    if not isinstance(watch, dict):
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "watch")
    session = watching.open_session(
        db(),
        actor(),
        candidacy,
        watch,
        presented.standing(db(), candidacy.id),
        body.text("room_note"),
        written_way.risk_file(db(), candidacy),
    )
    watching.heard(db(), session, house().settings.page_silence_s)
    try:
        token = holding.take(
            db(), actor(), session, place(page), token_shown(), take_over=body.flag("take_over")
        )
    except HeldElsewhere as no:
        return _aside(no)
    watch = watch_shown(session, token, current_app.jinja_env.globals["asset"])
    return jsonify(_scene(scene, "", watch))


@for_script
@acts
def written_pulse(candidacy: Candidacy) -> ResponseReturnValue:
    """Hear that the page lives, and what it watches."""
    _body, page = _read()
    return _act(
        candidacy, page, lambda test: sitting.pulse(db(), actor(), test, page), answers=False
    )


@for_script
@acts
def written_answer(candidacy: Candidacy) -> ResponseReturnValue:
    """Take the answer to one question; sent again, it changes nothing."""
    body, page = _read()
    ticket, given = body.text("ticket"), body.found.get("answer")
    return _act(
        candidacy, page, lambda test: sitting.answer(db(), actor(), test, page, ticket, given)
    )


@for_script
@acts
def written_swap(candidacy: Candidacy) -> ResponseReturnValue:
    """Replace the question by another one."""
    body, page = _read()
    ticket = body.text("ticket")
    return _act(candidacy, page, lambda test: sitting.swap(db(), actor(), test, page, ticket))


@for_script
@acts
def written_leave(candidacy: Candidacy) -> ResponseReturnValue:
    """Leave the test for now; the watch ends with it, and begins again on coming back."""
    _body, page = _read()

    def leave(test: WrittenTest) -> Scene:
        return Scene(sitting.leave(db(), actor(), test, page), None, 0.0)

    return _act(candidacy, page, leave, answers=False)


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


def _read() -> tuple[Body, str]:
    body = Body(MOST_BODY)
    page = body.text("page")
    if not page or len(page) > MOST_PAGE:
        raise Invalid(N_("Cette demande n'a pas pu être lue."), "page")
    return body, page


def _act(
    candidacy: Candidacy,
    page: str,
    act: Callable[[WrittenTest], Scene],
    *,
    answers: bool = True,
) -> ResponseReturnValue:
    """Do what the page asks if it holds the watch; never anything of a test without its watch.

    `answers`: the act settles a question, for which the camera must have shown something.
    """
    test = sitting.of_candidacy(db(), candidacy.id)
    if test is None:
        raise NotThere
    test_id = test.id
    session = watching.running(db(), candidacy)
    try:
        if test.state is WrittenTestState.RUNNING:
            _check_watch(session, page, answers=answers)
        scene = act(test)
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
        told = {"error": say(no), "field": None, "aside": stands.page != page, "wait": wait}
        return jsonify(told), no.status
    if session is not None:
        _keep_watch(session, page)
    return jsonify(_scene(scene, Body(MOST_BODY).text("known")))


def _check_watch(session: ProctorSession | None, page: str, *, answers: bool) -> None:
    if session is None:
        raise HeldElsewhere(N_("La surveillance s'est fermée : reprenez le test pour la rouvrir."))
    holding.check_holder(session, place(page), token_shown())
    if answers:
        holding.check_shown(session)


def _keep_watch(session: ProctorSession, page: str) -> None:
    runs = Body(MOST_BODY).found.get("runs")
    told = runs if isinstance(runs, dict) else None
    watching.heard(db(), session, house().settings.page_silence_s, told)
    holding.note_address(db(), actor(), session, place(page))


def _aside(no: HeldElsewhere) -> ResponseReturnValue:
    g.failed = True
    db().rollback()
    return jsonify({"error": say(no), "field": None, "aside": True}), no.status


def _scene(scene: Scene, known: str, watch: WatchShown | None = None) -> dict[str, Any]:
    test, step = scene.test, scene.step
    stands: dict[str, Any] = {
        "state": test.state,
        "swaps_left": scene.swaps_left,
        "lost_left": max(0.0, float(test.rules["lost_seconds"]) - test.lost_s),
        "watch": watch,
    }
    if step is None:
        return TestScene(ticket="", **stands).sent()
    return TestScene(
        ticket=step.ticket,
        number=step.place + 1 - test.swaps,
        left=round(scene.left, 2),
        seconds=step.seconds,
        html=_question(test, step) if step.ticket != known else None,
        **stands,
    ).sent()


def _question(test: WrittenTest, step: Step) -> str:
    here: dict[str, Any] = {"candidacy_id": test.candidacy_id, "ticket": step.ticket}
    audio = url_for(".written_sound", **here) if step.item.audio_key else None
    pictures = question_pictures.address_of(".written_picture", **here)
    return render_template(
        "candidate/_written_question.html",
        view=steps.view_of(test, step, pictures),
        language=str(step.item.bank.language),
        audio=audio,
    )
