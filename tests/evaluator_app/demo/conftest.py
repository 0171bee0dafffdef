"""The demo as it is after its first start, and who is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, update

from enrolment.models import Candidacy, Candidate
from evaluator_app.demo import seed
from evaluator_app.demo.stage import Stage
from evaluator_app.wiring import stock
from people.models import User


class Filled(Stage):
    """A filled demo, whose candidacies are found by somebody's address."""

    def candidacy(self, email: str) -> Candidacy:
        return self.db.scalars(
            select(Candidacy)
            .join(Candidacy.candidate)
            .join(Candidate.user)
            .where(User.email == email)
        ).one()


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """The filled database, kept by the first test for the others."""
    return tmp_path_factory.mktemp("demo") / "filled.db"


@pytest.fixture
def stage(database, db, settings, once):
    """The demo as it is filled at its first start; filled once, since that takes seconds."""
    if once.exists():
        _copy(once, database.url)
    else:
        stock.put_in(database)
        seed.fill(db, settings)
        db.commit()
        _copy(database.url, once)
    db.execute(update(User).values(locale=User.locale))
    db.commit()  # by which the twin knows that it is to be emptied
    return Filled(db, settings)


def _copy(source: Path | str, target: Path | str) -> None:
    """Copy a whole SQLite database over another, as it stands."""
    files = [str(place).removeprefix("sqlite:///") for place in (source, target)]
    with closing(sqlite3.connect(files[0])) as filled, closing(sqlite3.connect(files[1])) as empty:
        filled.backup(empty)
