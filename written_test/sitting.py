"""Sitting the test: begin, answer, swap, pause, leave and come back, and the clock of questions.

Each verb holds the test's row: of two tabs, two clicks, or an answer and the end of its time, one
comes first. The page names its step by a ticket and itself by a page's name; the tab that spoke
to `present` last is the one that may answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.events import WrittenTestLeft
from enrolment.fields import Field
from enrolment.models import BEFORE_ORAL, Candidacy
from kernel import audit, clock, events, live, rows
from kernel.db import LOCK
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from written_test import blueprints, earlier, ending, recording, steps
from written_test.engine import timing
from written_test.engine.adaptive import Course
from written_test.items import printed
from written_test.models import (
    EndReason,
    Step,
    StepState,
    WrittenTest,
    WrittenTestState,
)
from written_test.questions.answers import read_answer
from written_test.scene import Scene, time_left


def of_candidacy(db: Session, candidacy_id: int) -> WrittenTest | None:
    """Return the last test of a candidacy that counts, or that is under way."""
    return db.scalar(
        select(WrittenTest)
        .where(WrittenTest.candidacy_id == candidacy_id, WrittenTest.state != WrittenTestState.VOID)
        .order_by(WrittenTest.number.desc())
        .limit(1)
    )


def begin(db: Session, actor: Actor, candidacy: Candidacy) -> WrittenTest:
    """Begin the test, or return the one that was begun; no question is shown yet.

    Raises:
        Forbidden: not this candidacy's candidate.
        Refused: outside the access window, no test to sit, or nothing left to sit.
    """
    check(db, actor, Permission.SIT_WRITTEN_TEST, candidacy)
    journey.lock(db, candidacy)
    known = of_candidacy(db, candidacy.id)
    if known is not None:
        return known
    moment = clock.now()
    if candidacy.stage not in BEFORE_ORAL:
        raise Refused(N_("Cette candidature ne peut plus passer le test écrit."))
    if not candidacy.window_start <= moment < candidacy.window_end:
        raise Refused(N_("Votre période d'accès ne couvre pas ce moment."))
    if recording.current(db, candidacy.id) is not None:
        raise Refused(N_("Le résultat de votre test écrit nous est déjà parvenu."))
    blueprint, release = blueprints.required(db, candidacy)
    field = candidacy.field if candidacy.field in set(Field) - {Field.GENERAL} else ""
    before = earlier.of_person(db, candidacy)
    test = WrittenTest(
        candidacy_id=candidacy.id,
        number=1
        + max((last.number for last in before if last.candidacy_id == candidacy.id), default=0),
        release_id=release.id,
        rules={
            **blueprints.frozen(blueprint, candidacy.time_factor, str(field)),
            "released": release.made_at.isoformat(),
        },
        seed=secrets.randbits(62),
        seen=earlier.shown(db, before),
        started_at=moment,
        heard_at=moment,
    )
    db.add(test)
    db.flush()
    audit.record(db, actor, "written_test.begin", test, candidacy_id=candidacy.id)
    live.publish(db, f"candidacy:{candidacy.id}")
    live.publish(db, "proctoring:all")
    return test


def present(db: Session, actor: Actor, test: WrittenTest, page: str) -> Scene:
    """Show the question of the moment to the tab called `page`, which alone may answer from now.

    However the page was left, by « Quitter », by a cut or by closing it: the same question is there
    with the time that was left, as far as lost time is given back; after a longer absence another
    one is in its place, while one may be replaced.

    Raises:
        Refused: the access window has closed.
    """
    shown = _hold(db, actor, test)
    if test.state is WrittenTestState.LEFT:
        _come_back(db, actor, test)
    test.page = page
    _replace_missed(db, actor, test, shown)
    return _go_on(db, actor, test, shown)


def _replace_missed(db: Session, actor: Actor, test: WrittenTest, shown: Sequence[Step]) -> None:
    """Replace a question whose time ran out while nobody was there, if one may be replaced."""
    step = steps.open_one(shown)
    if step is None or test.state is not WrittenTestState.RUNNING:
        return
    was_away = clock.now() - max(test.heard_at, step.shown_at) > timedelta(seconds=timing.QUIET)
    if not was_away or test.swaps >= int(test.rules["swaps"]):
        return
    if steps.reading_of(test, step).is_over:
        step.flags = [*step.flags, "away"]
        _swap(db, actor, test, step, steps.read_clock(test, step))


def pulse(db: Session, actor: Actor, test: WrittenTest, page: str) -> Scene:
    """Take a word from a page that lives; return the scene as it stands.

    Raises:
        Refused: another tab has taken over.
    """
    check(db, actor, Permission.SIT_WRITTEN_TEST, test.candidacy)
    return _only_heard(db, test, page) or _go_on_at(db, actor, test, page)


def answer(
    db: Session,
    actor: Actor,
    test: WrittenTest,
    page: str,
    ticket: str,
    given: object,
    *,
    is_locked: bool = False,
    waits: bool = False,
) -> Scene:
    """Take the answer to the step called `ticket` and return the next scene.

    The same step again changes nothing: a page that did not hear us sends it again. `is_locked`:
    the test was read in this transaction with its row locked, and is not read again. `waits`: help
    is open over the question; the next one is shown once the page asks for it.

    Raises:
        Refused: another tab has taken over; the step was swapped, or is of another test.
        Invalid: this cannot be an answer to that question; it stays open.
    """
    shown = _hold(db, actor, test, is_locked=is_locked)
    _same_page(test, page)
    step = _step(shown, ticket)
    if step.state is StepState.SWAPPED:
        raise Refused(N_("Cette question a été remplacée : répondez à celle qui est affichée."))
    if step.state is not StepState.OPEN or test.state is not WrittenTestState.RUNNING:
        return Scene(test, None, 0.0) if waits else _go_on(db, actor, test, shown)
    reading = steps.read_clock(test, step)
    words = read_answer(steps.question(db, test, step).body, given)
    step.answer = words.model_dump(mode="json", exclude_defaults=True)
    if reading.is_too_late or (words.is_empty and reading.is_over):
        steps.close(db, test, step, StepState.TIMED_OUT, reading)
    else:
        steps.close(db, test, step, StepState.ANSWERED, reading, words)
    return Scene(test, None, 0.0) if waits else _go_on(db, actor, test, shown)


def pause(db: Session, actor: Actor, test: WrittenTest, page: str) -> Scene:
    """Let the time of the open question stand while help is open over it; nothing begins meanwhile.

    It stands as far as the test's lost time reaches; the next word of another kind ends the pause.

    Raises:
        Refused: another tab has taken over.
    """
    shown = _hold(db, actor, test)
    _same_page(test, page)
    step = steps.open_one(shown)
    if step is None or test.state is not WrittenTestState.RUNNING:
        return Scene(test, None, 0.0)
    if steps.PAUSED not in step.flags and not steps.read_clock(test, step).is_over:
        step.flags = [*step.flags, steps.PAUSED]
    reading = steps.reading_of(test, step)
    return Scene(test, step, max(reading.left, 0.0), reading.given_back)


def swap(db: Session, actor: Actor, test: WrittenTest, page: str, ticket: str) -> Scene:
    """Replace the step called `ticket` by another question, twice in a test at the most.

    Raises:
        Refused: another tab has taken over, the question is closed, or none may be replaced more.
    """
    shown = _hold(db, actor, test)
    _same_page(test, page)
    step = _step(shown, ticket)
    if step.state is not StepState.OPEN or test.state is not WrittenTestState.RUNNING:
        raise Refused(N_("Cette question est déjà close."))
    reading = steps.read_clock(test, step)
    if reading.is_over:
        steps.close(db, test, step, StepState.TIMED_OUT, reading)
        return _go_on(db, actor, test, shown)
    if test.swaps >= int(test.rules["swaps"]):
        raise Refused(
            N_("Vous avez déjà remplacé %(count)s questions : c'est le maximum."),
            count=test.swaps,
        )
    if reading.left < timing.LAST_SECONDS:
        step.flags = [*step.flags, "late_swap"]
    _swap(db, actor, test, step, reading)
    return _go_on(db, actor, test, shown)


def _swap(
    db: Session, actor: Actor, test: WrittenTest, step: Step, reading: timing.Reading
) -> None:
    test.swaps += 1
    steps.close(db, test, step, StepState.SWAPPED, reading)
    audit.record(
        db, actor, "written_test.swap", test, candidacy_id=test.candidacy_id, place=step.place
    )


def leave(db: Session, actor: Actor, test: WrittenTest, page: str) -> WrittenTest:
    """Leave the test; the candidate may come back within the access window.

    The open question waits as when the page is closed (`present`): leaving costs no more than that.

    Raises:
        Refused: another tab has taken over, or the test is over.
    """
    shown = _hold(db, actor, test)
    _same_page(test, page)
    if test.state is WrittenTestState.LEFT:
        return test
    if test.state is not WrittenTestState.RUNNING:
        raise Refused(N_("Ce test est terminé."))
    step = steps.open_one(shown)
    if step is not None:
        reading = steps.read_clock(test, step)
        step.flags = [*step.flags, "left"]
        if reading.is_over:
            steps.close(db, test, step, StepState.TIMED_OUT, reading)
            _keep_estimate(test, step, steps.follow(db, test, shown))
    test.state, test.page, test.heard_at = WrittenTestState.LEFT, "", clock.now()
    audit.record(db, actor, "written_test.leave", test, candidacy_id=test.candidacy_id)
    events.tell(db, WrittenTestLeft(actor, test.candidacy))
    _say(db, test)
    return test


def _hold(db: Session, actor: Actor, test: WrittenTest, *, is_locked: bool = False) -> list[Step]:
    """Lock the test until the end of the transaction; return its steps as they stand."""
    check(db, actor, Permission.SIT_WRITTEN_TEST, test.candidacy)
    db.flush()
    if not is_locked:
        db.refresh(test, with_for_update=LOCK)
    return steps.locked_steps(db, test)


def _same_page(test: WrittenTest, page: str) -> None:
    if test.page != page:
        raise Refused(N_("Ce test est ouvert dans un autre onglet, qui seul peut répondre."))


def _only_heard(db: Session, test: WrittenTest, page: str) -> Scene | None:
    """Keep that the page spoke, where nothing else follows from it; nobody waits for the row."""
    step = steps.last(db, test)
    if test.state is not WrittenTestState.RUNNING or step is None:
        return None
    reading = steps.reading_of(test, step)
    if step.state is not StepState.OPEN or reading.given_back or reading.is_too_late:
        return None
    stands = (WrittenTest.page == page, WrittenTest.state == WrittenTestState.RUNNING)
    heard = update(WrittenTest).where(WrittenTest.id == test.id, *stands)
    if db.execute(heard.values(heard_at=clock.now()).returning(WrittenTest.id)).first() is None:
        return None
    return Scene(test, step, max(reading.left, 0.0))


def _go_on_at(db: Session, actor: Actor, test: WrittenTest, page: str) -> Scene:
    shown = _hold(db, actor, test)
    _same_page(test, page)
    return _go_on(db, actor, test, shown)


def _step(shown: Sequence[Step], ticket: str) -> Step:
    for step in shown:
        if step.ticket == ticket:
            return step
    raise Invalid(N_("Cette question n'est pas de ce test."), "ticket")


def _keep_estimate(test: WrittenTest, step: Step | None, course: Course) -> None:
    test.theta = course.posterior.theta
    test.standard_error = course.posterior.standard_error
    if step is not None and step.state is not StepState.OPEN:
        step.theta, step.standard_error = test.theta, test.standard_error


def _go_on(db: Session, actor: Actor, test: WrittenTest, shown: list[Step]) -> Scene:
    """Close what is over, and show the open question or the next one, or end the test."""
    if test.state is not WrittenTestState.RUNNING:
        return Scene(test, None, 0.0)
    step = steps.open_one(shown)
    if step is not None:
        reading = steps.read_clock(test, step)
        if not reading.is_too_late:
            return Scene(test, step, max(reading.left, 0.0))
        steps.close(db, test, step, StepState.TIMED_OUT, reading)
    test.heard_at = clock.now()
    with db.no_autoflush:  # all is written at the end, by `rows.write`
        course = steps.follow(db, test, shown)
        _keep_estimate(test, shown[-1] if shown else None, course)
        return _ask(db, actor, test, course, shown)


def _ask(
    db: Session, actor: Actor, test: WrittenTest, course: Course, shown: Sequence[Step]
) -> Scene:
    stop = course.stop()
    reason: EndReason | None = EndReason(stop) if stop is not None else None
    left = time_left(test)
    choice = None
    if reason is None and left < 1:
        reason = EndReason.TIME
    if reason is None:
        choice = course.next()
        reason = EndReason.EXHAUSTED if choice is None else None
    if choice is None:
        ending.end(db, actor, test, course, reason or EndReason.EXHAUSTED)
        _say(db, test)
        return Scene(test, None, 0.0)
    asked = printed.question(db, test.release_id, test.rules["released"], choice.id)
    seconds = asked.seconds * float(test.rules["factor"])
    if not choice.pilot:  # a pilot takes nothing of the time of the test
        seconds = min(seconds, left)
    step = Step(
        test_id=test.id,
        place=len(shown),
        item_id=choice.id,
        ticket=secrets.token_urlsafe(12),
        state=StepState.OPEN,
        pilot=choice.pilot,
        why=choice.why,
        shown_at=clock.now(),
        seconds=seconds,
        paused_s=0.0,
        flags=[],
    )
    rows.write(db, *shown[-1:], test, step)
    _say(db, test)
    return Scene(test, step, seconds)


def _come_back(db: Session, actor: Actor, test: WrittenTest) -> None:
    moment: datetime = clock.now()
    if moment >= test.candidacy.window_end:
        raise Refused(N_("Votre période d'accès est terminée."))
    test.state = WrittenTestState.RUNNING
    audit.record(db, actor, "written_test.come_back", test, candidacy_id=test.candidacy_id)


def _say(db: Session, test: WrittenTest, **more: Any) -> None:
    live.publish(db, "proctoring:all", candidacy=test.candidacy_id, **more)
