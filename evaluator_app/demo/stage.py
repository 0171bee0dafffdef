"""What every scene of the demo needs: the session, the settings, the people, and their clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.enrolling import Enrolment, enrol
from enrolment.identity import Identity
from enrolment.models import Candidacy, Certification
from evaluator_app.demo.cast import OFFERED, Part
from kernel import clock, exam_zone
from kernel.permissions import Actor
from kernel.settings import Settings
from people.languages import Language
from people.models import Organisation, User
from scheduling import placing
from scheduling.models import Appointment


@dataclass
class Stage:
    """One session in which the demo's scenes are played."""

    db: Session
    settings: Settings
    now: datetime = field(default_factory=clock.now)

    def user(self, email: str) -> User:
        """Return the account of `email`."""
        return self.db.scalars(select(User).where(User.email == email)).one()

    def actor(self, email: str) -> Actor:
        """Return that person as whoever acts."""
        return self.user(email).actor

    def certification(self, language: Language) -> Certification:
        """Return the demo's certification in a language."""
        return self.db.scalars(
            select(Certification).where(Certification.code == OFFERED[language].code)
        ).one()

    def day(self, days: int, hour: int, minute: int = 0) -> datetime:
        """Return an hour of Paris, so many days from today."""
        here = self.now.astimezone(exam_zone.zone()).replace(
            hour=hour, minute=minute, second=0, microsecond=0
        )
        return (here + timedelta(days=days)).astimezone(UTC)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Play what is inside as if it were `moment`; only this process's clock moves."""
        file = Path(self.settings.var) / "seed-clock"
        file.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        clock.use(file)
        try:
            yield
        finally:
            clock.use(self.settings.clock_file)
            file.unlink()

    def enrol(self, part: Part, manager: str) -> Candidacy:
        """Let the manager of an organisation enrol somebody, as its form does."""
        organisation = self.db.scalars(
            select(Organisation).where(Organisation.name == part.organisation)
        ).one()
        identity = Identity(
            birth_name=part.birth_name,
            first_names=part.first_names,
            sex=part.sex,
            birth_date=part.birth_date,
            used_name=part.used_name,
            birth_commune_code=part.commune,
            birth_place=part.birth_place,
            birth_country=part.country,
        )
        wish = Enrolment(
            email=part.email,
            identity=identity,
            target_level=part.target,
            window_start=clock.now(),
            professional_field=str(part.field),
            time_factor=part.time_factor,
            accommodations=list(part.accommodations),
        )
        return enrol(
            self.db,
            self.actor(manager),
            organisation,
            self.certification(part.language),
            wish,
            with_code=False,
        )

    def place(
        self, coordinator: str, candidacy: Candidacy, evaluator: str, starts_at: datetime
    ) -> Appointment:
        """Let a coordinator place the oral."""
        return placing.place(
            self.db,
            self.actor(coordinator),
            self.settings,
            candidacy,
            self.user(evaluator),
            starts_at,
        )
