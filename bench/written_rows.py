"""What the benchmark of the written test is sat with: a bank, and candidates who have begun."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate, Certification
from kernel.levels import Level
from kernel.links import address
from kernel.permissions import SYSTEM, Role
from kernel.settings import Settings
from people import entry
from people.languages import Language
from people.models import LinkPurpose, Organisation, User
from written_test import blueprints, sitting
from written_test.models import Bank, Basis, Item, ItemState, Release
from written_test.questions import library
from written_test.questions.kinds import write_body


def bank(db: Session) -> int:
    """Write the bank that comes with the product and a certification that draws from it."""
    now = datetime.now(UTC)
    certification = Certification(
        code="BENCH", name_fr="Banc", name_en="Bench", language=Language.EN
    )
    questions = Bank(name="Bench", language=Language.EN, created_at=now)
    db.add_all([certification, questions])
    db.flush()
    items = [
        Item(
            bank_id=questions.id,
            code=draft.code,
            kind=draft.body.kind,
            content=write_body(draft.body),
            skill=draft.skill,
            field=draft.field,
            level=draft.level,
            seconds=draft.time,
            shape=[[part.a, part.b, part.c] for part in draft.shape],
            fingerprint=draft.fingerprint(),
            created_at=now,
            state=ItemState.IN_USE,
            basis=Basis.ASSUMED,
        )
        for draft in library.bank_drafts()
    ]
    db.add_all(items)
    db.flush()
    db.add(
        Release(
            bank_id=questions.id,
            number=1,
            made_at=now,
            entries=[[item.id, 0.7, item.shape] for item in items],
            simulated={},
        )
    )
    blueprints.draw(db, SYSTEM, certification, questions)
    return certification.id


def enrol(
    db: Session, settings: Settings, certification_id: int, count: int
) -> list[tuple[str, str, int]]:
    """Enrol candidates whose test has begun; return of each a link, a path and the test's id."""
    now = datetime.now(UTC)
    organisation = Organisation(name=f"Bench {uuid4().hex[:8]}", created_at=now)
    db.add(organisation)
    db.flush()
    home = address(settings, "home").rstrip("/")
    people = []
    for number in range(count):
        user = User(
            email=f"{uuid4().hex}@bench.example",
            given_name="Dominique",
            family_name=f"Person {number}",
            role=Role.CANDIDATE,
            created_at=now,
            confirmed_at=now,
            fs_uniquifier=uuid4().hex,
        )
        db.add(user)
        db.flush()
        candidate = Candidate(
            user_id=user.id,
            organisation_id=organisation.id,
            birth_name="Person",
            first_names="Dominique",
            sex="F",
            birth_date=date(1990, 1, 1),
        )
        db.add(candidate)
        db.flush()
        candidacy = Candidacy(
            candidate_id=candidate.id,
            organisation_id=organisation.id,
            certification_id=certification_id,
            target_level=Level.B2,
            window_start=now,
            window_end=now + timedelta(days=31),
            created_at=now,
        )
        db.add(candidacy)
        db.flush()
        test = sitting.begin(db, user.actor, candidacy)
        link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN).removeprefix(home)
        people.append((link, f"/candidate/candidacies/{candidacy.id}/written", test.id))
    return people
