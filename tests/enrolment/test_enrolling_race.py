"""A form sent twice at the very same moment, and what must not stand in each other's way."""

from __future__ import annotations

from datetime import date

from at_once import at_once
from sqlalchemy import func, select

from enrolment import enrolling
from enrolment.declared import Sex
from enrolment.enrolling import Enrolment
from enrolment.identity import Identity
from enrolment.models import Candidacy, Certification
from kernel import clock
from kernel.levels import Level
from people.models import Organisation


def test_somebody_known_is_enrolled_once(database, db, make, settings):
    known, certification = make.candidate(), make.certification().id
    organisation = known.organisation_id
    actor = make.manager(known.organisation).actor
    identity = Identity("Delaunay", "Camille Rose", Sex.FEMALE, date(1991, 4, 17))
    wish = Enrolment(known.user.email, identity, Level.B2, clock.now())
    db.commit()

    def enrol(session) -> None:
        house = session.get_one(Organisation, organisation)
        offered = session.get_one(Certification, certification)
        enrolling.enrol(session, actor, house, offered, wish)

    assert at_once(database, *[enrol] * 4) == ["done", "refused", "refused", "refused"]
    assert db.scalar(select(func.count()).select_from(Candidacy)) == 1
