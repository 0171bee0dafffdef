"""Whatever waits has an owner, and stands on that person's home page."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

import pytest
from query_count import counted
from twins import on_sqlite

from enrolment import gates, support
from enrolment.models import Candidacy, CandidacyMove, ExtensionRequest, GateKind, Stage
from kernel import clock
from kernel.levels import Level
from proctor.models import Decision, IdentityCheck
from results import tasks, validation
from results.tasks import TaskKind
from rooms import incidents
from rooms.models import IncidentKind, InterviewState
from rubrics.models import SheetState
from tests.results.test_validation import complete
from written_test.models import Standing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def moved(make, candidacy: Candidacy, stage: Stage, ago: timedelta = DAY * 0) -> Candidacy:
    """Let a candidacy stand at a stage since some time ago."""
    before, candidacy.stage = candidacy.stage, stage
    make.db.add(
        CandidacyMove(
            candidacy_id=candidacy.id, from_stage=before, to_stage=stage, at=clock.now() - ago
        )
    )
    make.db.flush()
    return candidacy


def held(make, *, submitted: bool, ago: timedelta = HOUR) -> Candidacy:
    """A candidacy whose oral was held."""
    candidacy = make.candidacy(stage=Stage.BOOKED)
    appointment = make.appointment(candidacy, starts_at=clock.now() - ago)
    interview = make.interview(
        appointment, state=InterviewState.ENDED, ended_at=clock.now() - ago + HOUR / 2
    )
    [sheet] = interview.performance.scoresheets
    if submitted:
        sheet.state, sheet.submitted_at = SheetState.SUBMITTED, clock.now()
    gates.put(make.db, candidacy, GateKind.MARKS, is_open=submitted)
    return moved(make, candidacy, Stage.MARKING, ago)


def suspended(make):
    return moved(make, held(make, submitted=False), Stage.SUSPENDED)


def without_evaluator(make):
    appointment = make.appointment(starts_at=clock.now() + DAY)
    make.interview(appointment)
    appointment.evaluator.active = False
    return appointment.candidacy


def tied_since(make):
    appointment = make.appointment(starts_at=clock.now() + DAY)
    make.interview(appointment)
    make.tie(appointment.evaluator, appointment.candidacy.organisation)
    return appointment.candidacy


def lowered_since(make):
    appointment = make.appointment(starts_at=clock.now() + DAY)
    make.interview(appointment)
    [accreditation] = appointment.evaluator.accreditations
    accreditation.max_level = Level.A2
    appointment.candidacy.target_level = Level.B1
    return appointment.candidacy


def not_held(make):
    return make.interview(make.appointment(starts_at=clock.now() - 3 * HOUR)).appointment.candidacy


def left_open(make):
    candidacy = not_held(make)
    return moved(make, candidacy, Stage.IN_ORAL)


def troubled(make):
    candidacy = held(make, submitted=False)
    [interview] = make.db.query(incidents.Interview).all()
    make.incident(interview, kind=IncidentKind.INTERRUPTION, note="une voix au fond")
    return candidacy


def asking(make, settings):
    candidacy = make.candidacy()
    support.ask(make.db, candidacy.candidate.user.actor, settings, candidacy, "À l'aide", {})
    return candidacy


def watched(make):
    candidacy = held(make, submitted=True)
    make.proctor_session(candidacy, closed_at=clock.now() - HOUR)
    make.written_result(candidacy)
    gates.put(make.db, candidacy, GateKind.WRITTEN_RESULT, is_open=True, detail=gates.SAT_HERE)
    gates.put(make.db, candidacy, GateKind.PROCTORING, is_open=False)
    return candidacy


def contradicted(make):
    candidacy = held(make, submitted=True)
    make.written_result(candidacy)
    make.written_result(candidacy, version=2, standing=Standing.WAITING)
    return candidacy


def asking_for_time(make):
    candidacy = make.candidacy()
    make.db.add(
        ExtensionRequest(candidacy_id=candidacy.id, asked_at=clock.now() - DAY, words="malade")
    )
    return candidacy


def pictured(make):
    candidacy = make.candidacy()
    make.db.add(
        IdentityCheck(
            candidacy_id=candidacy.id,
            picture_key="identity/1.jpg",
            picture_taken_at=clock.now() - 2 * DAY,
            created_at=clock.now() - 2 * DAY,
        )
    )
    return candidacy


def unpublished(make):
    candidacy = complete(make)
    row = validation.validate(make.db, make.coordinator().actor, candidacy)
    for document in row.documents:
        document.issued_at -= HOUR
    return candidacy


def ready(make, *, here: bool = False):
    candidacy = make.candidacy()
    gates.put(make.db, candidacy, GateKind.EQUIPMENT, is_open=True)
    if here:
        make.blueprint(candidacy.certification)
    return candidacy


COORDINATOR, EVALUATOR, CANDIDATE = "coordinator", "evaluator", "candidate"


@dataclass(frozen=True)
class Situation:
    """Where a candidacy stands, who it waits for, and as which task."""

    make: object
    owner: str
    kinds: set[TaskKind] = field(default_factory=set)


SITUATIONS = {
    "just enrolled": Situation(lambda make: make.candidacy(), CANDIDATE),
    "tested, sits the test here": Situation(lambda make: ready(make, here=True), CANDIDATE),
    "tested, its level comes from elsewhere": Situation(
        ready, COORDINATOR, {TaskKind.WRITTEN_AWAITED}
    ),
    "booked": Situation(
        lambda make: make.interview(make.appointment(starts_at=clock.now() + DAY)).appointment,
        EVALUATOR,
    ),
    "held, not marked": Situation(lambda make: held(make, submitted=False), EVALUATOR),
    "marked late": Situation(
        lambda make: held(make, submitted=False, ago=2 * DAY), COORDINATOR, {TaskKind.SHEET_OVERDUE}
    ),
    "marked, not written": Situation(
        lambda make: held(make, submitted=True), COORDINATOR, {TaskKind.WRITTEN_MISSING}
    ),
    "complete": Situation(
        lambda make: moved(make, complete(make), Stage.COMPLETE),
        COORDINATOR,
        {TaskKind.TO_VALIDATE},
    ),
    "suspended": Situation(suspended, COORDINATOR, {TaskKind.SUSPENDED}),
    "evaluator gone": Situation(without_evaluator, COORDINATOR, {TaskKind.WITHOUT_EVALUATOR}),
    "evaluator tied since": Situation(tied_since, COORDINATOR, {TaskKind.WITHOUT_EVALUATOR}),
    "evaluator accredited to less since": Situation(
        lowered_since, COORDINATOR, {TaskKind.WITHOUT_EVALUATOR}
    ),
    "hour passed": Situation(not_held, COORDINATOR, {TaskKind.NOT_HELD}),
    "left open": Situation(left_open, COORDINATOR, {TaskKind.LEFT_OPEN}),
    "incident": Situation(troubled, COORDINATOR, {TaskKind.INCIDENT}),
    "watched": Situation(watched, COORDINATOR, {TaskKind.WATCH}),
    "contradicted": Situation(
        contradicted, COORDINATOR, {TaskKind.CONFLICT, TaskKind.WRITTEN_MISSING}
    ),
    "asks for time": Situation(asking_for_time, COORDINATOR, {TaskKind.EXTENSION}),
    "showed a document": Situation(pictured, COORDINATOR, {TaskKind.PICTURE}),
    "without documents": Situation(unpublished, COORDINATOR, {TaskKind.DOCUMENTS}),
}


@on_sqlite
@pytest.mark.parametrize("name", list(SITUATIONS))
def test_what_waits_stands_on_its_owners_home(db, make, signed_in, name):
    situation = SITUATIONS[name]
    made = situation.make(make)
    candidacy = made if isinstance(made, Candidacy) else made.candidacy
    candidacy.candidate.birth_name = "Quelquun"
    db.flush()
    assert tasks.of_candidacy(db, candidacy.id) == situation.kinds
    if situation.owner == COORDINATOR:
        page = signed_in(make.coordinator()).get("/coordinator/").get_data(as_text=True)
        listed = [(task.kind, task.candidacy.id) for task in tasks.open_tasks(db).rows]
        assert set(listed) == {(kind, candidacy.id) for kind in situation.kinds}
        assert "Quelquun" in page.split('id="queue"')[1]
        counts = {kind: count for kind, count in tasks.counts(db).items() if count}
        assert counts == dict.fromkeys(situation.kinds, 1)
    elif situation.owner == EVALUATOR:
        evaluator = db.query(tasks.Appointment).one().evaluator
        assert "Quelquun" in signed_in(evaluator).get("/evaluator/").get_data(as_text=True)
    else:
        page = signed_in(candidacy.candidate.user).get("/candidate/")
        assert page.status_code == 200
        assert "btn-primary" in page.get_data(as_text=True)


def test_what_is_held_back_is_not_to_validate(db, make):
    candidacy = moved(make, complete(make), Stage.COMPLETE)
    assert (validation.withheld_by(db, candidacy), tasks.of_candidacy(db, candidacy.id)) == (
        "",
        {TaskKind.TO_VALIDATE},
    )
    make.written_result(candidacy, version=2, standing=Standing.WAITING)
    assert (validation.withheld_by(db, candidacy), tasks.of_candidacy(db, candidacy.id)) == (
        "conflict",
        {TaskKind.CONFLICT},
    )
    [interview] = make.db.query(incidents.Interview).all()
    make.incident(interview, kind=IncidentKind.INTERRUPTION)
    assert (validation.withheld_by(db, candidacy), tasks.of_candidacy(db, candidacy.id)) == (
        "incident",
        {TaskKind.CONFLICT, TaskKind.INCIDENT},
    )


def test_a_message_waits_for_its_answer(db, make, settings):
    candidacy = asking(make, settings)
    assert tasks.of_candidacy(db, candidacy.id) == {TaskKind.MESSAGE}


WATCHES = ("", "undecided", "clear", "void")
STAGES = [Stage.MARKING, Stage.COMPLETE, Stage.SUSPENDED]


@pytest.mark.parametrize(
    ("stage", "marks", "written", "watch"), list(product(STAGES, (0, 1), (0, 1), WATCHES))
)
@on_sqlite
def test_after_the_oral_every_state_waits_for_somebody(db, make, stage, marks, written, watch):
    if stage is Stage.COMPLETE and not (marks and written):
        return  # nothing moves there without both
    if stage is Stage.MARKING and marks and written and watch in ("", "clear"):
        return  # moved on in the transaction that opened the last gate
    candidacy = held(make, submitted=bool(marks))
    moved(make, candidacy, stage)
    detail = gates.SAT_HERE
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=bool(written), detail=detail)
    if watch:
        decision = {"undecided": Decision.UNDECIDED, "clear": Decision.CLEAR}.get(
            watch, Decision.VOID
        )
        make.proctor_session(candidacy, closed_at=clock.now(), decision=decision)
        gates.put(db, candidacy, GateKind.PROCTORING, is_open=watch == "clear", detail=watch)
    waits = tasks.of_candidacy(db, candidacy.id)
    evaluators = stage is Stage.MARKING and not marks
    assert waits or evaluators, (stage, marks, written, watch)


def test_what_is_read_waits_no_more(db, make, signed_in):
    candidacy = troubled(make)
    coordinator = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}"
    shown = html.unescape(coordinator.get(page).get_data(as_text=True))
    assert "une voix au fond" in shown
    assert "J'en ai pris connaissance" in shown
    assert coordinator.post(f"{page}/incidents/read").status_code == 302
    db.expire_all()
    assert tasks.of_candidacy(db, candidacy.id) == set()
    shown = html.unescape(coordinator.get(page).get_data(as_text=True))
    assert "J'en ai pris connaissance" not in shown
    assert "Lu par" in shown


def test_a_line_says_what_happened_with_whom_and_for_how_long(db, make, signed_in):
    candidacy = troubled(make)
    [interview] = db.query(incidents.Interview).all()
    make.incident(interview, kind=IncidentKind.TECHNICAL, at=clock.now() - 3 * DAY)
    make.incident(interview, kind=IncidentKind.TECHNICAL)
    page = html.unescape(signed_in(make.coordinator()).get("/coordinator/").get_data(as_text=True))
    row = page.split('id="queue"')[1].split("<tbody>")[1].split("</tr>")[0]
    assert "Interruption, Défaillance technique" in row
    assert interview.appointment.evaluator.name in row
    assert "3 jours" in row
    assert f"/coordinator/candidacies/{candidacy.id}#incidents" in row


def test_the_navigation_counts_what_waits_and_reddens_for_what_presses(db, make, signed_in):
    browser = signed_in(make.coordinator())
    assert "vv-nav__count" not in browser.get("/coordinator/people").get_data(as_text=True)
    watched(make)
    pictured(make)
    db.flush()
    assert counted_in(browser) == [("2", False), ("2", False)]
    not_held(make)
    db.flush()
    assert counted_in(browser) == [("3", True), ("2", False)]


def counted_in(browser) -> list[tuple[str, bool]]:
    """What the navigation counts: how much, and whether in red."""
    page = browser.get("/coordinator/people").get_data(as_text=True)
    counts = re.findall(r'vv-nav__count( vv-nav__count--person)?">(\d+)<', page)
    return [(count, bool(red)) for red, count in counts]


def test_who_does_not_coordinate_reads_nothing(db, make, signed_in):
    candidacy = troubled(make)
    page = f"/coordinator/candidacies/{candidacy.id}/incidents/read"
    assert signed_in(make.manager(candidacy.organisation)).post(page).status_code == 404
    assert tasks.of_candidacy(db, candidacy.id) == {TaskKind.INCIDENT}


def test_the_list_costs_as_much_for_many_as_for_one(db, make):
    held(make, submitted=True)
    with counted(db.get_bind()) as few:
        assert len(tasks.open_tasks(db).rows) == 1
    for _ in range(3):
        held(make, submitted=True)
    with counted(db.get_bind()) as many:
        tasks_shown = tasks.open_tasks(db, most=2)
    assert (len(tasks_shown.rows), tasks_shown.counts) == (2, {TaskKind.WRITTEN_MISSING: 4})
    assert many.count == few.count
