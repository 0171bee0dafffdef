"""People with passwords, and what the letters say."""

from __future__ import annotations

from collections.abc import Callable

import letterbox
import pytest
from chosen import PASSWORD
from flask import Flask
from sqlalchemy.orm import Session

from evaluator_app.sign_in import hash_code
from kernel import clock, outbox
from kernel.db import Database
from people import recovering
from people.letters import Letter
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
def letters(db: Session, settings) -> Callable[[], list[Letter]]:
    """Let the letters that were queued leave; return them as their readers get them."""

    def read() -> list[Letter]:
        db.commit()
        sent = letterbox.written(db, settings)
        for row in letterbox.queued(db):
            row.done_at = row.done_at or clock.now()
        db.commit()
        return sent

    return read


@pytest.fixture
def mailed(database: Database, db: Session, letters) -> Callable[[], list[Letter]]:
    """Do what the jobs process does with what was asked; return the letters."""

    def work() -> list[Letter]:
        db.commit()
        outbox.drain(database, lane=outbox.Lane(frozenset({recovering.KIND})))
        return letters()

    return work


@pytest.fixture
def recover(settings, mailed) -> Callable[[], list[str]]:
    """Do what the jobs process does with what was asked; return the links of recovery letters."""

    def work() -> list[str]:
        return [
            letter.context["link"].removeprefix(settings.base_url)
            for letter in mailed()
            if letter.template == "account_recovery"
        ]

    return work
