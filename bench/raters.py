"""How raters compare, at size: the coordinators' page, and the many-facet Rasch model.

`page_ms` is a request for the page over the figures of 50 000 sheets by 200 raters on PostgreSQL,
in the process of the application, with all that a request passes; `study_seconds` what makes
those figures from the sheets, in the jobs process. `rasch_seconds` is the model alone, on 20 000
sheets of six criteria by 200 raters.
"""

from __future__ import annotations

import base64
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.cluster import NotThere, postgresql
from bench.figures import could_not, figure, progress
from evaluator_app.wiring import migrate
from evaluator_app.wiring.factory import create_app
from kernel.db import Database
from kernel.links import address
from kernel.permissions import SYSTEM, Role
from kernel.settings import Settings
from people import entry
from people.languages import Language
from people.models import LinkPurpose, User
from rubrics.library import grid
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mark,
    Mode,
    Performance,
    PerformanceKind,
    RaterRole,
    Rubric,
    Scoresheet,
    SheetState,
)
from rubrics.raters import studies, studying
from rubrics.raters.figures import Ints
from rubrics.raters.rasch import Ratings, estimate

SHEETS, RATERS, RASCH_SHEETS = 50_000, 200, 20_000
ROUNDS, RASCH_ROUNDS, WARM = 20, 3, 3
CRITERIA: Final = grid().keys
UNITS: Final = {"page_ms": "ms", "study_seconds": "s"}


def main() -> None:
    """Print the page and its figures, then the model."""
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as folder:
        try:
            with postgresql(Path(folder) / "cluster") as url:
                _page(Path(folder), url)
        except NotThere as why:
            for name, unit in UNITS.items():
                could_not("raters", "native", SHEETS, name, unit, str(why))
    ratings = _ratings(RASCH_SHEETS)
    rounds = []
    for number in range(RASCH_ROUNDS):
        began = time.perf_counter()
        estimate(ratings)
        rounds.append(time.perf_counter() - began)
        progress(f"raters: the model, round {number + 1} of {RASCH_ROUNDS}")
    figure("raters", "native", RASCH_SHEETS, "rasch_seconds", rounds, "s")


def drawn(sheets: int) -> tuple[Ints, Ints]:
    """Draw the two raters of each oral, (orals, 2), and their marks, (orals, 2, criteria)."""
    random = np.random.default_rng(3)
    orals = sheets // 2
    first = np.arange(orals) % RATERS
    pairs = np.stack([first, (first + random.integers(1, RATERS, orals)) % RATERS], axis=1)
    severe = random.normal(0, 0.6, RATERS)[pairs][:, :, None]
    able = random.normal(10, 2.5, (orals, 1, 1)) - severe
    marks = able + random.normal(0, 1, (orals, 2, len(CRITERIA)))
    return pairs, np.clip(np.rint(marks), 2, 18).astype(np.int64)


def _ratings(sheets: int) -> Ratings:
    pairs, marks = drawn(sheets)
    each, orals = len(CRITERIA), len(pairs)
    return Ratings(
        np.repeat(np.arange(orals), 2 * each),
        np.repeat(pairs.ravel(), each),
        np.tile(np.arange(each), 2 * orals),
        np.tile(np.repeat([0, 1], each), orals),
        marks.ravel(),
    )


def _page(folder: Path, url: str) -> None:
    settings = Settings(
        mode="test",
        var=folder,
        database=url,
        secret_key="a secret of the benchmark, long enough",
        password_salt="another secret of the benchmark",
        storage_keys=[base64.b64encode(b"b" * 32).decode()],
        media_secret="shared by nobody here",
    )
    app: Flask = create_app(settings)
    database: Database = app.extensions["viva"].database
    migrate.upgrade(database)
    progress(f"raters: writing {SHEETS} sheets")
    with database.transaction() as db:
        link = _fill(db, settings)
        study = studies.ask(db, SYSTEM).id
    progress("raters: a study of them")
    began = time.perf_counter()
    studying.make(database, study)
    figure("raters", "native", SHEETS, "study_seconds", [time.perf_counter() - began], "s")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post(link.removeprefix(address(settings, "home").rstrip("/")))
    times = [_ask(client) for _round in range(WARM + ROUNDS)]
    figure("raters", "native", SHEETS, "page_ms", times[WARM:], "ms")
    database.dispose()


def _ask(client: FlaskClient) -> float:
    began = time.perf_counter()
    answer = client.get("/coordinator/raters")
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200 or answer.text.count("<tr") < 2 * RATERS:
        msg = f"the page does not list the raters: {answer.status_code}"
        raise RuntimeError(msg)
    return took


def _fill(db: Session, settings: Settings) -> str:
    """Write raters, orals and sheets; return the link of a coordinator."""
    now = datetime.now(UTC)
    raters = [User(**_person(Role.EVALUATOR, number, now)) for number in range(RATERS)]
    coordinator = User(**_person(Role.COORDINATOR, 0, now))
    content = grid().as_json()
    rubric = Rubric(
        name=grid().full_name, version=1, published_at=now, content=content, digest="bench"
    )
    db.add_all([*raters, coordinator, rubric])
    db.flush()
    pairs, marks = drawn(SHEETS)
    ids = np.array([rater.id for rater in raters])[pairs]
    kind: dict[str, Any] = {"kind": PerformanceKind.INTERVIEW, "rubric_id": rubric.id}
    kind |= {"language": Language.EN, "created_at": now}
    performances = _written(db, Performance, [kind] * len(pairs))
    assigned, sheets, rows = [], [], []
    for number, performance in enumerate(performances):
        at = now - timedelta(minutes=10 * (len(pairs) - number))
        for place, role in enumerate((RaterRole.FIRST, RaterRole.SECOND)):
            rater = {"performance_id": performance, "rater_id": int(ids[number, place])}
            asked = {"reason": AssignmentReason.SAMPLE, "mode": Mode.RECORDED}
            if role is RaterRole.FIRST:
                asked = {"reason": AssignmentReason.CONDUCTS, "mode": Mode.LIVE}
            assigned.append(rater | asked | {"role": role, "assigned_at": at})
            state = {"state": SheetState.SUBMITTED, "created_at": at, "submitted_at": at}
            sheets.append(rater | state | {"role": role})
    for sheet, assignment in zip(sheets, _written(db, Assignment, assigned), strict=True):
        sheet["assignment_id"] = assignment
    for sheet, given in zip(
        _written(db, Scoresheet, sheets), marks.reshape(-1, len(CRITERIA)).tolist(), strict=True
    ):
        for criterion, thirds in zip(CRITERIA, given, strict=True):
            mark = {"scoresheet_id": sheet, "criterion": criterion, "thirds": thirds}
            rows.append(mark | {"updated_at": now})
    db.execute(insert(Mark), rows)
    return entry.make(db, SYSTEM, settings, coordinator, LinkPurpose.SIGN_IN)


def _written(db: Session, kind: type[Any], rows: list[dict[str, Any]]) -> list[int]:
    made = insert(kind).returning(kind.id, sort_by_parameter_order=True)
    return list(db.scalars(made, rows))


def _person(role: Role, number: int, now: datetime) -> dict[str, Any]:
    return {
        "email": f"{role}{number}@bench.example",
        "given_name": "Dominique",
        "family_name": f"Person {number}",
        "role": role,
        "created_at": now,
        "fs_uniquifier": uuid4().hex,
    }


if __name__ == "__main__":
    main()
