"""A large file of questions is brought in by a run: followed on its page, dropped, or failed."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import func, select

from kernel import staging
from kernel.audit import AuditEntry
from kernel.outbox import OutboxRow
from kernel.runs import RunState
from people.languages import Language
from tests.evaluator_app.desks.coordinator.test_banks import TABLE, send, text
from written_test.items import banks, import_runs
from written_test.models import Item, ItemImportRun


@pytest.fixture
def who(make):
    return make.coordinator()


@pytest.fixture
def browser(signed_in, who):
    return signed_in(who)


@pytest.fixture
def store(app):
    return app.extensions["viva"].storage


@pytest.fixture
def page(db, browser, who, monkeypatch) -> str:
    """Where a file is followed that counts as large, and whose import was confirmed."""
    monkeypatch.setattr(import_runs, "LARGE", 5)
    bank = banks.create(db, who.actor, "General English", Language.EN)
    db.flush()
    report = send(browser, bank, TABLE.encode()).location
    answers = [browser.post(report).location for _ in range(2)]
    run = db.scalars(select(ItemImportRun)).one()
    assert answers == [f"/coordinator/banks/{bank.id}/import-runs/{run.id}"] * 2
    db.commit()
    return answers[0]


def number_of(db) -> int:
    number = db.scalars(select(ItemImportRun.id)).one()
    db.commit()
    return number


def test_it_is_followed_until_the_questions_are_in_the_bank(db, database, browser, store, page):
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == import_runs.RUNS.kind)).all()
    number = number_of(db)
    assert [row.payload for row in rows] == [{"run": number}]
    waiting = text(browser.get(page))
    assert ("En attente de son tour" in waiting, 'hx-trigger="every 2s"' in waiting) == (True, True)
    assert db.scalar(select(func.count()).select_from(Item)) == 0
    db.commit()
    for _ in range(2):  # the outbox may say it twice
        import_runs.make(database, store, number)
    run = db.get_one(ItemImportRun, number, populate_existing=True)
    assert (run.state, run.share) == (RunState.DONE, 1.0)
    done = text(browser.get(page))
    address = f"/coordinator/banks/{run.bank_id}/imports/{run.import_id}"
    assert (address in done, "hx-trigger" in done) == (True, False)
    assert browser.get(address).status_code == 200
    assert db.scalar(select(func.count()).select_from(Item)) == 5
    acts = select(AuditEntry.act).where(AuditEntry.act.like("bank.import%"))
    assert list(db.scalars(acts.order_by(AuditEntry.id))) == ["bank.import_ask", "bank.import"]


def test_one_that_is_dropped_changes_nothing(db, database, browser, store, page):
    assert browser.post(f"{page}/cancel").location == page
    db.commit()
    import_runs.make(database, store, number_of(db))
    assert "la banque n'a pas changé" in html.unescape(text(browser.get(page)))
    assert db.scalar(select(func.count()).select_from(Item)) == 0


def test_a_file_that_is_gone_is_said(db, database, browser, store, page):
    for name in store.names(staging.FOLDER):
        store.delete(name)
    import_runs.make(database, store, number_of(db))
    said = html.unescape(text(browser.get(page)))
    assert ("L'import n'a pas abouti" in said, "plus gardé" in said) == (True, True)
