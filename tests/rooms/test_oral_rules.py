"""An oral is held by the times that its certification had when it began."""

from __future__ import annotations

from datetime import timedelta

from kernel import clock
from proctor.models import IdentityState
from rooms import interview as orals
from rooms import snapshot
from rooms.models import Interview, InterviewState


def ready(make, candidacy=None) -> Interview:
    made = make.interview(
        make.appointment(candidacy), state=InterviewState.READY, waiting_since=clock.now()
    )
    made.identity_check = make.identity_check(
        made.appointment.candidacy, state=IdentityState.CONFIRMED
    )
    return made


def times(db, interview) -> list[tuple[float, float]]:
    told = snapshot.for_evaluator(db, interview, clock.now())
    return [(part.soft_s, part.hard_s) for part in told.parts]


def test_an_oral_that_has_begun_keeps_its_times(db, make):
    certification = make.certification()
    candidacy = make.candidacy(certification=certification, time_factor=2.0)
    interview = ready(make, candidacy)
    orals.start(db, interview.appointment.evaluator.actor, interview)
    begun = [(480, 600), (840, 960), (840, 840)]
    assert times(db, interview) == begun
    certification.part_soft_s, certification.part_hard_s = [60, 120, 180], [90, 150, 210]
    certification.pause_minutes = 0
    db.flush()
    assert times(db, interview) == begun
    pause = snapshot.for_evaluator(db, interview, clock.now()).pause
    assert timedelta(seconds=pause.left_s) == timedelta(minutes=10)


def test_one_that_is_to_come_has_those_of_today(db, make):
    certification = make.certification()
    interview = ready(make, make.candidacy(certification=certification))
    assert times(db, interview) == [(240, 300), (420, 480), (420, 420)]
    certification.part_soft_s, certification.part_hard_s = [60, 120, 180], [90, 150, 210]
    db.flush()
    assert times(db, interview) == [(60, 90), (120, 150), (180, 210)]
