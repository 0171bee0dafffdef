"""A performance to mark, on a database of its own, with the real permission table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate, Certification, Sex, Stage
from evaluator_app import rules
from kernel.db import Base, Database
from kernel.levels import Level
from kernel.permissions import Role
from people.languages import Language
from people.models import Organisation, User
from rubrics.library import grid
from rubrics.models import Performance, PerformanceKind, Rubric
from tests.rubrics.marking_rows import Oral

THEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def _user(db: Session, name: str, role: Role, organisation: Organisation | None = None) -> User:
    user = User(
        email=f"{name}@example.org",
        role=role,
        organisation=organisation,
        created_at=THEN,
        fs_uniquifier=name,
    )
    db.add(user)
    db.flush()
    return user


@pytest.fixture
def oral(tmp_path: Path) -> Iterator[Oral]:
    """Give an ended interview's performance, its candidacy waiting for marks."""
    rules.register()
    database = Database(f"sqlite:///{tmp_path}/marks.db")
    Base.metadata.create_all(database.engine)
    with database.transaction() as db:
        house = Organisation(name="Atelier Lumière", created_at=THEN)
        db.add(house)
        db.flush()
        people = {
            role: _user(db, role, role, house if role is Role.ORGANISATION else None)
            for role in (Role.EVALUATOR, Role.COORDINATOR, Role.CANDIDATE, Role.ORGANISATION)
        }
        other = _user(db, "other", Role.EVALUATOR)
        candidate = Candidate(
            user=people[Role.CANDIDATE],
            organisation=house,
            birth_name="Durand",
            first_names="Camille",
            sex=Sex.FEMALE,
            birth_date=date(1990, 5, 4),
        )
        certification = Certification(
            code="H-EN", name_fr="Anglais", name_en="English", language=Language.EN
        )
        candidacy = Candidacy(
            candidate=candidate,
            organisation=house,
            certification=certification,
            target_level=Level.B2,
            stage=Stage.MARKING,
            window_start=THEN,
            window_end=THEN.replace(year=2027),
            created_at=THEN,
        )
        rubric = Rubric(name="grid", version=1, content=grid().model_dump(mode="json"))
        db.add_all([candidacy, rubric])
        db.flush()
        performance = Performance(
            kind=PerformanceKind.INTERVIEW,
            rubric=rubric,
            language=Language.EN,
            candidacy_id=candidacy.id,
            created_at=THEN,
        )
        db.add(performance)
        db.flush()
        yield Oral(
            db,
            performance,
            candidacy,
            people[Role.EVALUATOR].actor,
            other.actor,
            people[Role.COORDINATOR].actor,
            people[Role.CANDIDATE].actor,
            people[Role.ORGANISATION].actor,
        )
    database.dispose()
