"""The steps of a test: in order, on the server's clock, closed, and followed into their course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from kernel import clock
from written_test import blueprints
from written_test.engine import timing
from written_test.engine.adaptive import Course
from written_test.items import pools, printed
from written_test.items.printed import Printed
from written_test.models import Step, StepState, WrittenTest
from written_test.questions.grading import grade
from written_test.questions.kinds import Answer, parts_of
from written_test.questions.showing import QuestionView, show
from written_test.questions.shuffling import Order

PAUSED: Final = "help_open"
"""The flag of an open step over which help is open; once it is closed, `HELPED`."""
HELPED: Final = "help"
_LOCKED: Final = (
    select(Step)
    .where(Step.test_id == bindparam("test"))
    .order_by(Step.place)
    .options(defer(Step.why), defer(Step.answer))
    .execution_options(populate_existing=True)
)


def begun(db: Session, test: WrittenTest) -> Course:
    """Return the course of a test as it stood before its first question."""
    return Course(
        pools.of_release(db, test.release_id, test.rules["released"]),
        blueprints.rules_of(test.rules),
        test.seed,
        seen=test.seen,
        field=str(test.rules["field"]),
    )


def follow(db: Session, test: WrittenTest, shown: Sequence[Step] | None = None) -> Course:
    """Return the course of a test after its closed steps; `shown`: all its steps, if at hand."""
    course = begun(db, test)
    for step in steps_of(db, test) if shown is None else shown:
        if step.state is StepState.OPEN:
            break
        if step.right is None:
            course.skip(step.item_id)
        else:
            course.record(step.item_id, step.right)
    return course


def steps_of(db: Session, test: WrittenTest) -> list[Step]:
    """Return the steps of a test in order, as the database has them."""
    query = select(Step).where(Step.test_id == test.id).order_by(Step.place)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def locked_steps(db: Session, test: WrittenTest) -> list[Step]:
    """Return the steps of a test that the caller has locked, without what nobody reads to go on."""
    return list(db.scalars(_LOCKED, {"test": test.id}))


def question(db: Session, test: WrittenTest, step: Step) -> Printed:
    """Return the question of a step."""
    return printed.question(db, test.release_id, test.rules["released"], step.item_id)


def open_one(shown: Sequence[Step]) -> Step | None:
    """Return the step that is open: the last, or none."""
    return shown[-1] if shown and shown[-1].state is StepState.OPEN else None


def last(db: Session, test: WrittenTest) -> Step | None:
    """Return the step that was shown last."""
    return db.scalar(
        select(Step).where(Step.test_id == test.id).order_by(Step.place.desc()).limit(1)
    )


def view_of(
    test: WrittenTest, step: Step, pictures: str = "", asked: Printed | None = None
) -> QuestionView:
    """Return the question of a step as its candidate sees it, now and ever after.

    `asked`: that question, where it is at hand.
    """
    item = asked or step.item
    return show(item.body, Order(test.seed, step.place, item.code, item.version), pictures)


def reading_of(test: WrittenTest, step: Step) -> timing.Reading:
    """Return what the clock of a step says now; nothing changes."""
    return timing.read(
        clock.now(),
        shown_at=step.shown_at,
        seconds=step.seconds,
        paused=step.paused_s,
        heard_at=test.heard_at,
        budget=float(test.rules["lost_seconds"]) - test.lost_s,
        is_paused=PAUSED in step.flags,
    )


def read_clock(test: WrittenTest, step: Step) -> timing.Reading:
    """Read a step's time; what is given back is kept at once, and a pause is over."""
    reading = reading_of(test, step)
    step.paused_s += reading.given_back
    test.lost_s += reading.given_back
    if PAUSED in step.flags:
        step.flags = [HELPED if flag == PAUSED else flag for flag in step.flags]
    elif reading.given_back:
        step.flags = [*step.flags, "lost_connection"]
    test.heard_at = clock.now()
    return reading


def close(
    db: Session,
    test: WrittenTest,
    step: Step,
    state: StepState,
    reading: timing.Reading,
    words: Answer | None = None,
) -> None:
    """Close a step; without words it is wrong, unless it was swapped.

    A pilot's answer is graded as any other, for its statistics; its time is not the test's.
    """
    step.state, step.closed_at = state, clock.now()
    step.spent_s = min(max(step.seconds - reading.left, 0.0), step.seconds)
    if not step.pilot:
        test.spent_s += step.spent_s
    if state is StepState.SWAPPED:
        return
    body = question(db, test, step).body
    if words is None:
        step.right = [False] * parts_of(body)
    else:
        step.right = list(grade(body, words))
