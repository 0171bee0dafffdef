"""What a jury decides: two people approve, nobody of an oral they had a part in."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter

import pytest
from at_once import at_once
from sqlalchemy import select

from enrolment.models import Candidacy, Stage
from kernel import clock, outbox
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, Refused
from kernel.permissions import Role
from results import confirming, deliberations, jury, marks, validation
from results.models import JuryAct, JuryDecision, JuryEnd, VerdictRow
from rubrics.models import SheetState
from tests.results.test_confirming_results import LANE, acts, digest_of
from tests.results.test_validation import complete


@pytest.fixture
def two(settings):
    return settings.model_copy(update={"validators": 2})


@pytest.fixture
def drain(database, db, two):
    confirming.register(two)

    def _drain(later: float = 60) -> None:
        db.commit()
        clock.move(timedelta(seconds=later))
        outbox.drain(database, lane=LANE)
        db.expire_all()

    return _drain


def ends(db) -> list[tuple[JuryAct, JuryEnd | None]]:
    rows = db.scalars(select(JuryDecision).order_by(JuryDecision.id))
    return [(row.act, row.ended_why) for row in rows]


def test_a_result_goes_out_once_two_people_have_approved_it(db, make, two, drain):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    digest = digest_of(db, candidacy)
    assert confirming.confirm(db, first.actor, two, candidacy, digest) is None
    drain()
    assert (candidacy.stage, confirming.held(db, candidacy.id)) == (Stage.COMPLETE, None)
    assert [row.by_id for row in jury.approvals(db, candidacy.id, digest)] == [first.id]

    held = confirming.confirm(db, second.actor, two, candidacy, digest)
    assert held is not None
    assert held.by_id == second.id
    drain()
    assert candidacy.stage is Stage.VALIDATED
    assert db.query(VerdictRow).one().validated_by_id == second.id
    assert ends(db) == [(JuryAct.APPROVE, JuryEnd.VALIDATED)] * 2
    assert acts(db) == ["results.approve", "results.confirm", "results.validate"]


def test_nobody_approves_twice_one_after_the_other_or_at_once(database, db, make, two):
    candidacy, person = complete(make), make.coordinator()
    digest, actor, number = digest_of(db, candidacy), person.actor, candidacy.id
    db.commit()

    def approve(session) -> None:
        confirming.confirm(session, actor, two, session.get_one(Candidacy, number), digest)

    assert sorted(at_once(database, approve, approve)) == ["done", "refused"]
    db.expire_all()
    with pytest.raises(Refused, match="une autre personne doit le valider"):
        confirming.confirm(db, actor, two, candidacy, digest)
    assert (ends(db), confirming.held(db, number)) == ([(JuryAct.APPROVE, None)], None)


def test_two_at_once_make_one_confirmation(database, db, make, two):
    candidacy = complete(make)
    digest, number = digest_of(db, candidacy), candidacy.id
    actors = [make.coordinator().actor for _ in range(2)]
    db.commit()

    def approving(actor):
        def approve(session) -> None:
            confirming.confirm(session, actor, two, session.get_one(Candidacy, number), digest)

        return approve

    assert at_once(database, *map(approving, actors)) == ["done", "done"]
    db.expire_all()
    assert confirming.held(db, number) is not None
    assert ends(db) == [(JuryAct.APPROVE, None)] * 2


def test_whoever_had_a_part_in_an_oral_decides_nothing_of_its_result(db, make, two):
    candidacy = complete(make)
    examiner = candidacy_evaluator(db, candidacy)
    examiner.role = Role.COORDINATOR
    db.flush()
    for act in (
        lambda: confirming.confirm(db, examiner.actor, two, candidacy, digest_of(db, candidacy)),
        lambda: jury.withhold(db, examiner.actor, candidacy, "à revoir"),
        lambda: jury.send_back(db, examiner.actor, candidacy, "à revoir"),
    ):
        with pytest.raises(Refused, match="quelqu'un d'autre décide"):
            act()
    assert ends(db) == []


def candidacy_evaluator(db, candidacy):
    [assignment] = marks.sheets_of(db, candidacy.id).first.performance.assignments
    return assignment.rater


def test_an_approval_of_what_has_changed_counts_no_more(db, make, two, drain):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    confirming.confirm(db, first.actor, two, candidacy, digest_of(db, candidacy))
    for mark in marks.sheets_of(db, candidacy.id).first.marks:
        mark.thirds = 9
    db.flush()
    assert confirming.confirm(db, second.actor, two, candidacy, digest_of(db, candidacy)) is None
    assert ends(db) == [(JuryAct.APPROVE, JuryEnd.CHANGED), (JuryAct.APPROVE, None)]
    assert confirming.confirm(db, first.actor, two, candidacy, digest_of(db, candidacy)) is not None
    drain()
    assert candidacy.stage is Stage.VALIDATED


def test_an_approval_is_taken_back_before_and_after_the_second(db, make, two, drain):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    digest = digest_of(db, candidacy)
    confirming.confirm(db, first.actor, two, candidacy, digest)
    confirming.take_back(db, first.actor, candidacy)
    with pytest.raises(Refused, match="plus rien à reprendre"):
        confirming.take_back(db, first.actor, candidacy)
    confirming.confirm(db, second.actor, two, candidacy, digest)
    confirming.confirm(db, first.actor, two, candidacy, digest)
    confirming.take_back(db, second.actor, candidacy)
    drain()
    assert candidacy.stage is Stage.COMPLETE
    assert ends(db) == [(JuryAct.APPROVE, JuryEnd.TAKEN_BACK)] * 3


def test_who_may_no_more_approve_does_not_count(db, make, two, drain):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    digest = digest_of(db, candidacy)
    confirming.confirm(db, first.actor, two, candidacy, digest)
    confirming.confirm(db, second.actor, two, candidacy, digest)
    first.active = False
    drain()
    assert (candidacy.stage, acts(db)[-1]) == (Stage.COMPLETE, "results.drop")
    assert ends(db) == [(JuryAct.APPROVE, JuryEnd.CHANGED)] * 2


def test_what_is_withheld_stays_until_that_is_lifted(db, make, settings):
    candidacy, person = complete(make), make.coordinator()
    with pytest.raises(Invalid, match="retenu"):
        jury.withhold(db, person.actor, candidacy, "  ")
    jury.withhold(db, person.actor, candidacy, "enquête en cours")
    assert validation.withheld_by(db, candidacy) == "jury"
    with pytest.raises(Refused, match="retenu en délibération"):
        confirming.confirm(db, person.actor, settings, candidacy, digest_of(db, candidacy))
    with pytest.raises(Refused, match="déjà retenu"):
        jury.withhold(db, person.actor, candidacy, "encore")
    jury.lift(db, make.coordinator().actor, candidacy)
    with pytest.raises(Refused, match="plus, retenu"):
        jury.lift(db, person.actor, candidacy)
    assert (
        confirming.confirm(db, person.actor, settings, candidacy, digest_of(db, candidacy))
        is not None
    )
    assert ends(db) == [(JuryAct.WITHHOLD, JuryEnd.LIFTED), (JuryAct.APPROVE, None)]


def test_withholding_ends_an_approval_and_stops_what_was_about_to_leave(db, make, two, drain):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    digest = digest_of(db, candidacy)
    confirming.confirm(db, first.actor, two, candidacy, digest)
    confirming.confirm(db, second.actor, two, candidacy, digest)
    jury.withhold(db, second.actor, candidacy, "doute sur l'identité")
    drain()
    assert (candidacy.stage, acts(db)[-1]) == (Stage.COMPLETE, "results.drop")
    assert jury.withheld(db, candidacy.id).reason == "doute sur l'identité"


def test_what_is_sent_back_is_marked_anew_by_whoever_marked_it(db, make, settings):
    candidacy, person = complete(make), make.coordinator()
    sheet = marks.sheets_of(db, candidacy.id).first
    jury.send_back(db, person.actor, candidacy, "deux critères se contredisent")
    assert candidacy.stage is Stage.MARKING
    fresh = max(sheet.performance.scoresheets, key=attrgetter("version"))
    assert (fresh.version, fresh.state, fresh.reason) == (
        2,
        SheetState.DRAFT,
        "deux critères se contredisent",
    )
    assert ends(db) == [(JuryAct.RETURN, JuryEnd.DONE)]
    with pytest.raises(Refused, match="n'attend pas de délibération"):
        jury.withhold(db, person.actor, candidacy, "trop tard")


def test_what_is_decided_in_a_meeting_is_in_its_minutes_and_no_more_once_closed(db, make, settings):
    candidacy, other, person = complete(make), complete(make), make.coordinator()
    meeting = deliberations.open_meeting(db, person.actor, [" Anne  Roy ", "", "Luc Petit"])
    confirming.confirm(db, person.actor, settings, candidacy, digest_of(db, candidacy), meeting)
    jury.withhold(db, person.actor, other, "à revoir", meeting)
    deliberations.close(db, person.actor, meeting)
    db.expire_all()
    kept = deliberations.meeting(db, meeting.id)
    assert kept.present == ["Anne Roy", "Luc Petit"]
    assert [(row.candidacy_id, row.act) for row in kept.decisions] == [
        (candidacy.id, JuryAct.APPROVE),
        (other.id, JuryAct.WITHHOLD),
    ]
    jury.lift(db, person.actor, other)
    with pytest.raises(Refused, match="close"):
        jury.withhold(db, person.actor, other, "encore", meeting)
    with pytest.raises(Refused, match="déjà close"):
        deliberations.close(db, person.actor, meeting)
    told = db.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("deliberation.")))
    assert list(told) == ["deliberation.open", "deliberation.close"]


@pytest.mark.parametrize(
    ("present", "words"),
    [([], "au moins une"), (["x" * 121], "trop long"), (["Anne"] * 31, "trente")],
)
def test_a_meeting_names_who_is_there(db, make, present, words):
    with pytest.raises(Invalid, match=words):
        deliberations.open_meeting(db, make.coordinator().actor, present)


def test_a_meeting_is_for_coordinators_alone(db, make):
    meeting = deliberations.open_meeting(db, make.coordinator().actor, ["Anne"])
    for stranger in (make.manager(), make.evaluator(), make.candidate().user):
        with pytest.raises(Forbidden):
            deliberations.open_meeting(db, stranger.actor, ["Anne"])
        with pytest.raises(Forbidden):
            deliberations.close(db, stranger.actor, meeting)
