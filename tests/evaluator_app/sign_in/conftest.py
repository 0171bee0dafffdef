"""People with passwords, and what the letters say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chosen import PASSWORD
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluator_app.sign_in import hash_code
from kernel import outbox
from kernel.db import Database
from kernel.outbox import OutboxRow
from people import recovering
from people.models import User


@pytest.fixture
def with_password(app: Flask, db: Session) -> Callable[..., User]:
    """Give somebody a password, `PASSWORD` unless another is said."""

    def give(user: User, password: str = PASSWORD) -> User:
        with app.app_context():
            user.password = hash_code(password)
        db.commit()
        return user

    return give


@pytest.fixture
def letters(db: Session) -> Callable[[], list[dict[str, Any]]]:
    """Return the letters that were queued, oldest first."""

    def read() -> list[dict[str, Any]]:
        db.commit()
        rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id))
        return [row.payload for row in rows]

    return read


@pytest.fixture
def recover(database: Database, settings, db: Session, letters) -> Callable[[], list[str]]:
    """Do what the jobs process does with what was asked; return the links of recovery letters."""
    recovering.register(settings)

    def work() -> list[str]:
        db.commit()
        outbox.drain(database, lane=outbox.Lane(frozenset({recovering.KIND})))
        return [
            letter["context"]["link"].removeprefix(settings.base_url)
            for letter in letters()
            if letter["template"] == "account_recovery"
        ]

    return work
