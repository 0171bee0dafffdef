"""A kind of document is one module; what it drew once is drawn so again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from badge import BADGE

from kernel import storage
from results import issuing, kinds, remaking, stating, validation
from results.kinds import KINDS
from results.models import Document
from tests.results.test_validation import complete


@pytest.fixture
def issued(database, db, make, settings, monkeypatch) -> dict[str, Document]:
    """What a verdict gives where a third kind of document is known."""
    monkeypatch.setitem(KINDS, "badge", BADGE)
    number = validation.validate(db, make.coordinator().actor, complete(make)).id
    db.commit()
    issuing.issue(database, settings, storage.from_settings(settings), number)
    return {row.kind: row for row in db.query(Document).order_by(Document.id)}


def test_a_new_kind_is_made_kept_and_sent_by_its_module_alone(issued, settings):
    badge = issued["badge"]
    kept = storage.from_settings(settings).bytes(badge.storage_key)
    assert list(issued) == ["attestation", "certificate", "badge"]
    name = stating.stated(badge).person.full_name
    assert kept.decode() == f"B2 {name} {badge.code} {settings.base_url}/verify/{badge.code}"
    assert badge.storage_key.endswith(".txt")
    stated = stating.stated(badge)
    assert (type(stated), stated.code, stated.level) == (BADGE.facts, badge.code, "B2")
    assert BADGE.load(badge.statement["states"]) == stated


def test_made_again_it_has_the_look_that_it_had(database, db, issued, settings, monkeypatch):
    kept, badge = storage.from_settings(settings), issued["badge"]
    number, lost = badge.id, badge.storage_key
    before = kept.bytes(lost)
    newer = {**BADGE.templates, 2: lambda facts, _address: f"new {facts.level}".encode()}
    monkeypatch.setitem(KINDS, "badge", replace(BADGE, templates=newer))
    assert kinds.of("badge").newest == 2
    badge.storage_key = None
    db.commit()
    remaking.remake(database, settings, kept, number, lost)
    db.expire_all()
    again = db.get_one(Document, number)
    assert (kept.bytes(again.storage_key), again.template, again.version) == (before, 1, 1)
    with pytest.raises(KeyError):
        stating.draw("badge", 3, again.statement)
