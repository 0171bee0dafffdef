from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from sqlalchemy import select

from enrolment.models import Stage
from kernel import clock, links
from kernel.errors import Forbidden, Invalid, Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from people.models import Language
from scheduling import announcing, appointments, placing, queries
from scheduling.models import AppointmentState


def soon(hours: int = 24):
    return clock.now() + timedelta(hours=hours)


def token(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def letters(db) -> list[str]:
    return [row.payload["template"] for row in db.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def test_placing_books_and_tells_the_candidate(db, make, settings):
    coordinator, evaluator, candidacy = make.coordinator(), make.evaluator(), make.candidacy()
    at = soon()
    made = placing.place(db, coordinator.actor, settings, candidacy, evaluator, at)
    assert (made.ends_at - made.starts_at, candidacy.stage) == (timedelta(minutes=20), Stage.BOOKED)
    assert letters(db) == ["appointment_confirmed", "evaluator_appointment"]
    assert letterbox.queued(db)[0].payload["calendar"]["uid"] == made.uid
    link = announcing.personal_link(settings, made)
    assert letterbox.written(db, settings)[0].context["link"] == link


@pytest.mark.parametrize(("hours", "promised"), [(6, False), (72, True)])
def test_no_letter_promises_a_moment_that_is_over(db, make, settings, hours, promised):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    made = placing.place(db, coordinator.actor, settings, candidacy, make.evaluator(), soon(hours))
    letter = letterbox.written(db, settings)[0]
    until = made.change_until.isoformat() if promised else ""
    assert letter.context["move_until"] == until


def test_extra_time_lengthens_the_place(db, make, settings):
    candidacy = make.candidacy(time_factor=4 / 3)
    made = placing.place(
        db, make.coordinator().actor, settings, candidacy, make.evaluator(), soon()
    )
    assert made.ends_at - made.starts_at == timedelta(minutes=27)


def test_an_evaluator_is_never_in_two_places(db, make, settings):
    coordinator, evaluator, at = make.coordinator(), make.evaluator(), soon()
    placing.place(db, coordinator.actor, settings, make.candidacy(), evaluator, at)
    with pytest.raises(Refused, match="déjà un entretien"):
        placing.place(
            db,
            coordinator.actor,
            settings,
            make.candidacy(),
            evaluator,
            at + timedelta(minutes=29),
        )
    placing.place(
        db, coordinator.actor, settings, make.candidacy(), evaluator, at + timedelta(minutes=30)
    )


@pytest.mark.parametrize(
    ("hours", "language", "tied", "field"),
    [
        (-1, Language.EN, False, "starts_at"),
        (24 * 60, Language.EN, False, "starts_at"),
        (24, Language.DE, False, "evaluator"),
        (24, Language.EN, True, "evaluator"),
    ],
)
def test_who_or_when_cannot_be_is_named(db, make, settings, hours, language, tied, field):
    evaluator, candidacy = make.evaluator(language), make.candidacy()
    if tied:
        make.tie(evaluator, candidacy.organisation)
    with pytest.raises(Invalid) as caught:
        placing.place(db, make.coordinator().actor, settings, candidacy, evaluator, soon(hours))
    assert caught.value.field == field


def test_the_end_of_the_access_period_is_no_moment_of_it(db, make, settings):
    coordinator, evaluator, candidacy = make.coordinator(), make.evaluator(), make.candidacy()
    candidacy.window_end = end = candidacy.window_end.replace(microsecond=0)
    with pytest.raises(Invalid, match="en dehors de la période d'accès"):
        placing.place(db, coordinator.actor, settings, candidacy, evaluator, end)
    last = placing.place(
        db, coordinator.actor, settings, candidacy, evaluator, end - timedelta(seconds=1)
    )
    assert last.starts_at == candidacy.last_moment


def test_moving_keeps_the_link_and_raises_the_sequence(db, make, settings):
    coordinator, first, second = make.coordinator(), make.evaluator(), make.evaluator()
    made = placing.place(db, coordinator.actor, settings, make.candidacy(), first, soon())
    link = token(announcing.personal_link(settings, made))
    with pytest.raises(Invalid):
        placing.move(db, coordinator.actor, settings, made, second, soon(48), " ")
    placing.move(db, coordinator.actor, settings, made, second, soon(48), "ill")
    assert (made.evaluator_id, made.sequence) == (second.id, 1)
    assert links.read(settings, "personal", link) == {"a": made.id, "n": 0}
    told = [
        (told["template"], told["calendar"]["method"], letterbox.address(db, told))
        for told in [row.payload for row in letterbox.queued(db)[2:]]
    ]
    assert told == [
        ("appointment_moved", "REQUEST", made.candidacy.candidate.user.email),
        ("evaluator_released", "CANCEL", first.email),
        ("evaluator_appointment", "REQUEST", second.email),
    ]


def test_cancelling_frees_the_candidacy(db, make, settings):
    coordinator = make.coordinator()
    candidacy = make.candidacy()
    made = placing.place(db, coordinator.actor, settings, candidacy, make.evaluator(), soon())
    placing.cancel(db, coordinator.actor, settings, made, "strike")
    assert (made.state, candidacy.stage) == (AppointmentState.CANCELLED, Stage.ENROLLED)
    assert appointments.current(db, candidacy) is None
    with pytest.raises(Refused):
        placing.cancel(db, coordinator.actor, settings, made, "again")


def test_an_oral_whose_room_is_open_is_not_cancelled(db, make, settings):
    coordinator, made = make.coordinator(), make.appointment()
    made.candidacy.stage = Stage.IN_ORAL
    with pytest.raises(Refused, match="La salle de cet oral est ouverte"):
        placing.cancel(db, coordinator.actor, settings, made, "strike")
    assert (made.state, made.candidacy.stage) == (AppointmentState.PLANNED, Stage.IN_ORAL)


def test_only_coordinators_place(db, make, settings):
    candidacy = make.candidacy()
    manager = make.manager(candidacy.organisation)
    with pytest.raises(Forbidden):
        placing.place(db, manager.actor, settings, candidacy, make.evaluator(), soon())


def test_who_may_examine_leaves_out_ties_levels_and_other_languages(db, make):
    candidacy = make.candidacy(target_level=Level.B2)
    fit, tied = make.evaluator(max_level=Level.B2), make.evaluator()
    make.tie(tied, candidacy.organisation)
    make.evaluator(Language.IT)
    make.evaluator(max_level=Level.B1)
    assert queries.evaluators_for(db, candidacy) == [fit]


def met(db, make, candidacy):
    """An evaluator who examined the same person once."""
    evaluator = make.evaluator()
    before = make.candidacy(candidate=candidacy.candidate, stage=Stage.COMPLETE)
    make.appointment(
        before,
        evaluator=evaluator,
        starts_at=clock.now() - timedelta(days=90),
        state=AppointmentState.HELD,
    )
    return evaluator


def lapsed(db, make, candidacy):
    """An evaluator whose accreditation ends before the oral."""
    evaluator = make.evaluator()
    evaluator.accreditations[0].valid_until = clock.now().date()
    db.flush()
    return evaluator


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (
            lambda _db, make, _candidacy: make.evaluator(max_level=Level.B1),
            "Cet évaluateur est accrédité jusqu'au niveau B1 : l'oral vise le niveau C2.",
        ),
        (lapsed, "L'accréditation de cet évaluateur ne vaut pas ce jour-là."),
        (met, "Cet évaluateur a déjà examiné ce candidat."),
        (
            lambda _db, make, _candidacy: make.evaluator(active=False),
            "Choisissez un évaluateur en activité.",
        ),
    ],
)
def test_nobody_places_an_oral_with_whom_nobody_could_book_one(db, make, settings, who, words):
    candidacy = make.candidacy(target_level=Level.C2)
    evaluator = who(db, make, candidacy)
    place = (db, make.coordinator().actor, settings, candidacy)
    with pytest.raises(Invalid) as caught:
        placing.place(*place, evaluator, soon(48))
    assert (str(caught.value), caught.value.field) == (words, "evaluator")
    made = placing.place(*place, make.evaluator(), soon(48))
    with pytest.raises(Invalid) as caught:
        placing.move(db, place[1], settings, made, evaluator, soon(50), "ill")
    assert str(caught.value) == words
