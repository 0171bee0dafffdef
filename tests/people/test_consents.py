"""What was acknowledged, once, and in which version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.errors import Invalid
from kernel.permissions import SYSTEM
from people import consents
from people.models import Consent


def test_each_text_is_acknowledged_once(db, make):
    user = make.candidate().user
    assert consents.missing(db, user.id) == ["recording", "rights"]
    for _ in range(2):
        consents.record(db, user.actor, ["recording"], "fr")
    assert consents.missing(db, user.id) == ["rights"]
    rows = db.scalars(select(Consent)).all()
    assert [(row.kind, row.version, row.locale) for row in rows] == [
        ("recording", consents.VERSIONS["recording"], "fr")
    ]


def test_a_new_version_is_asked_for_again(db, make, monkeypatch):
    user = make.candidate().user
    consents.record(db, user.actor, consents.VERSIONS, "en")
    assert consents.missing(db, user.id) == []
    monkeypatch.setitem(consents.VERSIONS, "rights", "2027-01")
    assert consents.missing(db, user.id) == ["rights"]


def test_only_texts_that_exist_by_people_who_exist(db, make):
    for actor, kinds in ((make.candidate().user.actor, ["cookies"]), (SYSTEM, ["rights"])):
        with pytest.raises(Invalid):
            consents.record(db, actor, kinds, "fr")
