"""Fill an empty demo once: an organisation's month, by the acts that people do on the pages."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import catalogue, enrolling
from enrolment.models import Certification, Registration
from evaluator_app.demo import cast, compared, hours, past, sitting
from evaluator_app.demo.stage import Stage
from kernel.levels import Level
from kernel.permissions import SYSTEM, Role
from kernel.settings import Settings
from people import sessions
from people.inviting import Invitation, add_organisation, invite
from results import validation
from rubrics.models import AssignmentReason, Rubric
from written_test import recording


def fill(db: Session, settings: Settings) -> None:
    """Play every scene, oldest first."""
    stage = Stage(db, settings)
    with stage.at(stage.day(-30, 9)):
        _people(stage)
        _catalogue(stage)
        hours.publish(stage)
        sitting.stock(stage)
    _validated(stage)
    _suspended(stage)
    _awaiting(stage)
    _coming(stage)
    _second_markings(stage)
    compared.fill(stage)


def _second_markings(stage: Stage) -> None:
    """Have orals near the boundary marked a second time from now on, and no others.

    What was played before has no recording that anybody could mark from.
    """
    for certification in stage.db.scalars(select(Certification)):
        certification.second_for = [str(AssignmentReason.BOUNDARY)]


def _people(stage: Stage) -> None:
    db, settings = stage.db, stage.settings
    organisations = {name: add_organisation(db, SYSTEM, name) for name in cast.MANAGERS}
    db.flush()
    wishes = [
        Invitation(m.email, Role.COORDINATOR, m.given_name, m.family_name, m.locale)
        for m in cast.COORDINATORS
    ]
    wishes += [
        Invitation(
            m.email,
            Role.EVALUATOR,
            m.given_name,
            m.family_name,
            m.locale,
            senior=m.email == cast.SENIOR,
            accreditations=dict.fromkeys(m.languages, Level.C2),
            ties=[organisations[cast.CAP]] if m.email == cast.EVALUATOR2 else [],
        )
        for m in cast.EVALUATORS
    ]
    wishes += [
        Invitation(
            m.email,
            Role.ORGANISATION,
            m.given_name,
            m.family_name,
            m.locale,
            organisation=organisations[name],
        )
        for name, m in cast.MANAGERS.items()
    ]
    for wish in wishes:
        user = invite(db, SYSTEM, wish, inviter=settings.certifier)
        sessions.begin(db, user, sessions.Browser())


def _catalogue(stage: Stage) -> None:
    db, who = stage.db, stage.actor(cast.COORDINATOR)
    rubric = db.scalars(select(Rubric.id).order_by(Rubric.id.desc())).first()
    for language, offered in cast.OFFERED.items():
        offer = catalogue.Offer(
            code=offered.code,
            name_fr=offered.name_fr,
            name_en=offered.name_en,
            language=language,
            slot_minutes=20,
            second_for=(),
        )
        certification = catalogue.offer(db, who, offer)
        certification.rubric_id = rubric
        db.flush()
        db.add(
            Registration(
                certification_id=certification.id,
                number=offered.registration,
                valid_from=date(2024, 1, 1),
            )
        )


# Who was validated: whom, written level, marks in thirds, days ago, evaluator, manager.
VALIDATED = (
    (cast.THOMAS, Level.C1, (16, 14, 15, 15, 14, 16), 17, cast.EVALUATOR, cast.MANAGER),
    (cast.AICHA, Level.B2, (13, 12, 12, 11, 10, 13), 12, cast.SENIOR, cast.MANAGER),
    (cast.OLENA, Level.B1, (10, 9, 10, 9, 8, 11), 10, cast.EVALUATOR_FLE, cast.MANAGER),
    (cast.NICOLAS, Level.B2, (12, 11, 13, 12, 11, 12), 9, cast.EVALUATOR, cast.MANAGER2),
)


def _validated(stage: Stage) -> None:
    """Play orals to their end: marked, validated, documents out."""
    for part, written, thirds, ago, evaluator, manager in VALIDATED:
        with stage.at(stage.day(-ago - 8, 10)):
            candidacy = stage.enrol(part, manager)
            recording.enter(stage.db, stage.actor(cast.COORDINATOR), candidacy, written)
        with stage.at(stage.day(-ago - 6, 15)):
            starts_at = stage.day(-ago, 10, 30)
            appointment = stage.place(cast.COORDINATOR, candidacy, evaluator, starts_at)
        with stage.at(stage.day(-ago, 11, 10)):
            past.mark(stage, past.hold(stage, appointment), thirds)
        with stage.at(stage.day(-ago + 1, 9, 20)):
            validation.validate(stage.db, stage.actor(cast.COORDINATOR2), candidacy)


def _suspended(stage: Stage) -> None:
    """Play an oral that an alarm ended, and somebody who gives up."""
    with stage.at(stage.day(-14, 9)):
        karim = stage.enrol(cast.KARIM, cast.MANAGER)
        claire = stage.enrol(cast.CLAIRE, cast.MANAGER2)
        recording.enter(stage.db, stage.actor(cast.COORDINATOR), karim, Level.B2)
        starts_at = stage.day(-2, 16)
        appointment = stage.place(cast.COORDINATOR, karim, cast.EVALUATOR2, starts_at)
    with stage.at(stage.day(-10, 14)):
        enrolling.withdraw(
            stage.db,
            stage.actor(cast.MANAGER2),
            stage.settings,
            claire,
            "Changement de projet professionnel.",
        )
    with stage.at(stage.day(-2, 16, 15)):
        past.interrupt(stage, appointment)


def _awaiting(stage: Stage) -> None:
    """Play one oral whose marks are awaited, and one that may be validated."""
    with stage.at(stage.day(-11, 11)):
        julien = stage.enrol(cast.JULIEN, cast.MANAGER)
        manon = stage.enrol(cast.MANON, cast.MANAGER)
        recording.enter(stage.db, stage.actor(cast.COORDINATOR), julien, Level.B1)
        recording.enter(stage.db, stage.actor(cast.COORDINATOR), manon, Level.B2)
        first = stage.place(cast.COORDINATOR, julien, cast.EVALUATOR, stage.day(-1, 14))
        second = stage.place(cast.COORDINATOR, manon, cast.EVALUATOR, stage.day(-3, 9, 30))
    with stage.at(stage.day(-3, 10, 15)):
        past.mark(stage, past.hold(stage, second), (10, 9, 10, 8, 9, 11))
    with stage.at(stage.day(-1, 14, 30)):
        past.hold(stage, first)


def _coming(stage: Stage) -> None:
    """Enrol those who have not begun, who wait for an oral, whose oral comes in some days."""
    with stage.at(stage.day(-6, 10)):
        lea = stage.enrol(cast.LEA, cast.MANAGER)
        sofia = stage.enrol(cast.SOFIA, cast.MANAGER)
        hugo = stage.enrol(cast.HUGO, cast.MANAGER)
        lucas = stage.enrol(cast.LUCAS, cast.MANAGER)
        alice = stage.enrol(cast.ALICE, cast.MANAGER)
    with stage.at(stage.day(-4, 15)):
        b2, b1 = (lea, sofia, lucas), (hugo, alice)
        for candidacy, level in zip(b2 + b1, 3 * (Level.B2,) + 2 * (Level.B1,), strict=True):
            recording.enter(stage.db, stage.actor(cast.COORDINATOR), candidacy, level)
    with stage.at(stage.day(-3, 11)):
        stage.place(cast.COORDINATOR, sofia, cast.EVALUATOR, stage.day(2, 10))
        stage.place(cast.COORDINATOR2, hugo, cast.EVALUATOR2, stage.day(3, 14, 30))
        stage.place(cast.COORDINATOR, lucas, cast.EVALUATOR_ES, stage.day(2, 15))
    with stage.at(stage.day(-5, 9)):
        chloe = stage.enrol(cast.CHLOE, cast.MANAGER)
    sitting.sit(stage, chloe, stage.day(-1, 18))
    with stage.at(stage.day(-1, 9)):
        stage.enrol(cast.YANIS, cast.MANAGER)
        stage.enrol(cast.DIEGO, cast.MANAGER)
        stage.enrol(cast.ELODIE, cast.MANAGER2)
