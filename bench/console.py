"""The evaluator's console page with few and with many interviews in the database.

Server time of one GET of the page and of its state, and how many statements each sends, with 10
interviews and with 10 000, in the same process, rounds interleaved. SQLite in a folder of its own.
"""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from bench.figures import figure, progress
from enrolment.models import Candidacy, Candidate, Certification, Stage
from evaluator_app.wiring import migrate, stock
from evaluator_app.wiring.factory import create_app
from kernel.db import Database
from kernel.levels import Level
from kernel.links import address
from kernel.permissions import SYSTEM, Role
from kernel.settings import Settings
from people import entry
from people.models import Language, LinkPurpose, Organisation, User
from rooms import content_sets
from rooms.models import Interview, InterviewState
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Performance,
    PerformanceKind,
    RaterRole,
    Rubric,
)
from scheduling.models import Appointment, AppointmentState

SIZES = (10, 10_000)
ROUNDS = 40
EVALUATORS = 20


def main() -> None:
    """Fill one database a size, then ask for the console of each in turn."""
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as folder:
        pages = {size: _open(Path(folder) / str(size), size) for size in SIZES}
        for path, name in (("", "console_page"), ("/state", "console_state")):
            _compare(pages, path, name)


def _compare(pages: dict[int, tuple[FlaskClient, str, Engine]], tail: str, name: str) -> None:
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    statements: dict[int, list[float]] = {size: [] for size in SIZES}
    for client, path, _engine in pages.values():
        client.get(path + tail)  # the first answer compiles templates and statements
    for _ in range(ROUNDS):
        for size, (client, path, engine) in pages.items():
            with _counted(engine) as sent:
                began = time.perf_counter()
                answer = client.get(path + tail)
                took = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{path}{tail} answered {answer.status_code}")
            times[size].append(took)
            statements[size].append(len(sent))
    for size in SIZES:
        figure("console", "sqlite", size, name, times[size], "ms")
        figure("console", "sqlite", size, f"{name}_statements", statements[size], "count")


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _open(folder: Path, size: int) -> tuple[FlaskClient, str, Engine]:
    progress(f"console: {size} interviews")
    folder.mkdir()
    settings = Settings(
        mode="test",
        var=folder,
        secret_key="a secret of the benchmark, long enough",
        password_salt="another secret of the benchmark",
        storage_keys=[base64.b64encode(b"b" * 32).decode()],
        media_secret="shared by nobody here",
    )
    app: Flask = create_app(settings)
    database: Database = app.extensions["viva"].database
    migrate.upgrade(database)
    stock.put_in(database)
    with database.transaction() as db:
        interview_id, evaluator = fill(db, size)
        link = entry.make(db, SYSTEM, settings, evaluator, LinkPurpose.SIGN_IN)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post(link.removeprefix(address(settings, "home").rstrip("/")))
    return client, f"/evaluator/interviews/{interview_id}", database.engine


def _person(role: Role, number: int, now: datetime) -> dict[str, object]:
    return {
        "email": f"{role}{number}@bench.example",
        "given_name": "Dominique",
        "family_name": f"Person {number}",
        "role": role,
        "created_at": now,
        "fs_uniquifier": uuid4().hex,
    }


def fill(db: Session, size: int) -> tuple[int, User]:
    """Write `size` interviews, one a candidate; return the last one and its evaluator."""
    now = datetime.now(UTC)
    organisation = Organisation(name="Bench", created_at=now)
    certification = Certification(
        code="BENCH", name_fr="Banc", name_en="Bench", language=Language.EN
    )
    evaluators = [User(**_person(Role.EVALUATOR, n, now)) for n in range(EVALUATORS)]
    db.add_all([organisation, certification, *evaluators])
    db.flush()
    numbers = range(1, size + 1)
    first = evaluators[-1].id
    db.execute(insert(User), [_person(Role.CANDIDATE, n, now) for n in numbers])
    db.execute(
        insert(Candidate),
        [
            {
                "user_id": first + n,
                "organisation_id": organisation.id,
                "birth_name": f"Nom{n}",
                "first_names": "Camille",
                "sex": "F",
                "birth_date": date(1990, 1, 1),
                "search": f"nom{n} camille",
            }
            for n in numbers
        ],
    )
    db.execute(
        insert(Candidacy),
        [
            {
                "candidate_id": n,
                "organisation_id": organisation.id,
                "certification_id": certification.id,
                "target_level": Level.B2,
                "stage": Stage.BOOKED,
                "window_start": now - timedelta(days=400),
                "window_end": now + timedelta(days=400),
                "created_at": now,
                "accommodations": [],
            }
            for n in numbers
        ],
    )
    _orals(db, numbers, [evaluator.id for evaluator in evaluators], now)
    last = evaluators[size % EVALUATORS]
    return size, last


def _orals(db: Session, numbers: range, evaluators: list[int], now: datetime) -> None:
    rubric = db.query(Rubric).one()
    content_set = content_sets.published(db, "en-1")
    db.execute(
        insert(Appointment),
        [
            {
                "candidacy_id": n,
                "evaluator_id": evaluators[n % len(evaluators)],
                "starts_at": now - timedelta(minutes=30 * (numbers[-1] - n)),
                "ends_at": now - timedelta(minutes=30 * (numbers[-1] - n) - 30),
                "state": AppointmentState.PLANNED,
                "uid": uuid4().hex,
                "created_at": now,
            }
            for n in numbers
        ],
    )
    db.execute(
        insert(Performance),
        [
            {
                "kind": PerformanceKind.INTERVIEW,
                "rubric_id": rubric.id,
                "language": Language.EN,
                "candidacy_id": n,
                "created_at": now,
            }
            for n in numbers
        ],
    )
    db.execute(
        insert(Assignment),
        [
            {
                "performance_id": n,
                "rater_id": evaluators[n % len(evaluators)],
                "role": RaterRole.FIRST,
                "reason": AssignmentReason.CONDUCTS,
                "assigned_at": now,
            }
            for n in numbers
        ],
    )
    db.execute(
        insert(Interview),
        [
            {
                "appointment_id": n,
                "performance_id": n,
                "state": InterviewState.PLANNED,
                "room": uuid4().hex,
                "content_set_id": content_set.id,
                "revision": 0,
            }
            for n in numbers
        ],
    )


if __name__ == "__main__":
    main()
