"""What the booking benchmark fills a database with: evaluators, their hours, their bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Candidate, Certification
from kernel.levels import Level
from kernel.permissions import Role
from people.models import Accreditation, Language, Organisation, User
from scheduling.models import Occupancy, OpeningHours

EVALUATORS, BOOKINGS, CLAIMANTS = 200, 20_000, 500
ZONES = ("Europe/Paris", "Europe/Lisbon", "America/Toronto", "Asia/Kolkata", "Pacific/Noumea")
OPENS, CLOSES = 8 * 60, 18 * 60


@dataclass(frozen=True)
class Filled:
    """Who claims, who reads, with whom, and after which moment nothing is booked."""

    claimants: list[int]
    reader: int
    examiner: int
    after: datetime


def fill(db: Session, now: datetime) -> Filled:
    """Write two hundred evaluators, their bookings of eight weeks, and those who claim."""
    organisation = Organisation(name="Bench", created_at=now)
    certification = Certification(
        code="BENCH", name_fr="Banc", name_en="Bench", language=Language.EN, window_days=60
    )
    db.add_all([organisation, certification])
    db.flush()
    evaluators = _people(db, Role.EVALUATOR, EVALUATORS, now)
    _hours(db, evaluators, now)
    people = _people(db, Role.CANDIDATE, EVALUATORS + CLAIMANTS, now)
    candidacies = _candidacies(db, people, organisation.id, certification.id, now)
    _bookings(db, evaluators, people, candidacies, now)
    # Hours are no matter for a claim: it takes time beyond the eight weeks.
    after = now + timedelta(weeks=10)
    return Filled(candidacies[EVALUATORS:], candidacies[-1], evaluators[0], after)


def _people(db: Session, role: Role, count: int, now: datetime) -> list[int]:
    rows: list[dict[str, Any]] = [
        {
            "email": f"{role}{number}@bench.example",
            "given_name": "Dominique",
            "family_name": f"Person {number}",
            "role": role,
            "timezone": ZONES[number % len(ZONES)],
            "created_at": now,
            "fs_uniquifier": uuid4().hex,
        }
        for number in range(count)
    ]
    return list(db.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), rows))


def _hours(db: Session, evaluators: list[int], now: datetime) -> None:
    since = now.date() - timedelta(days=400)
    accredited = {"language": Language.EN, "max_level": Level.C2, "valid_from": since}
    db.execute(
        insert(Accreditation), [accredited | {"evaluator_id": person} for person in evaluators]
    )
    week = [{"weekday": day, "start_minute": OPENS, "end_minute": CLOSES} for day in range(5)]
    db.execute(
        insert(OpeningHours),
        [hours | {"evaluator_id": evaluator} for evaluator in evaluators for hours in week],
    )


def _candidacies(
    db: Session, people: list[int], organisation: int, certification: int, now: datetime
) -> list[int]:
    candidates = [
        {
            "user_id": person,
            "organisation_id": organisation,
            "birth_name": f"Nom{person}",
            "first_names": "Camille",
            "sex": "F",
            "birth_date": date(1990, 1, 1),
            "search": f"nom{person} camille",
        }
        for person in people
    ]
    made = insert(Candidate).returning(Candidate.id, sort_by_parameter_order=True)
    ids = list(db.scalars(made, candidates))
    rows: list[dict[str, Any]] = [
        {
            "candidate_id": number,
            "organisation_id": organisation,
            "certification_id": certification,
            "target_level": Level.B2,
            "window_start": now - timedelta(days=1),
            "window_end": now + timedelta(weeks=9),
            "created_at": now,
            "accommodations": [],
        }
        for number in ids
    ]
    wanted = insert(Candidacy).returning(Candidacy.id, sort_by_parameter_order=True)
    return list(db.scalars(wanted, rows))


def _bookings(
    db: Session, evaluators: list[int], people: list[int], candidacies: list[int], now: datetime
) -> None:
    """Give each evaluator a hundred orals, each with a person of their own, within eight weeks."""
    midnight = datetime.combine(now.date(), time(), UTC)
    days = [midnight + timedelta(days=n) for n in range(1, 57)]
    open_ = [day for day in days if day.weekday() < 5]
    each = BOOKINGS // EVALUATORS
    starts = [
        int(
            (open_[n % len(open_)] + timedelta(minutes=9 * 60 + 90 * (n // len(open_)))).timestamp()
        )
        for n in range(each)
    ]
    db.execute(
        insert(Occupancy),
        [
            {
                "evaluator_id": evaluator,
                "person_id": people[number],
                "candidacy_id": candidacies[number],
                "start_s": start,
                "end_s": start + 1800,
            }
            for number, evaluator in enumerate(evaluators)
            for start in starts
        ],
    )
