"""Orals from before: their interviews, and the content that they were held with."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from installations import AT, stand
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from evaluator_app.wiring import migrate, stock
from kernel.db import Database
from kernel.settings import HERE
from people.languages import Language
from rooms import content_sets
from rooms.library import Script
from rooms.models import Card, CardUse, ContentSet, Interview
from rubrics.library import grid

HELD = AT + timedelta(days=1)
CARD = {"part": 2, "level": "B1", "field": "general"}
CONTENT = {"title": "Les congés d'été", "prompts": ["Où ?"]}


def rows() -> list[tuple[str, dict[str, Any]]]:
    """Return English orals that were held, planned, called off, and a German one planned."""
    people = {1: "evaluator", 8: "coordinator", 9: "candidate"}
    oral = {"evaluator_id": 1, "starts_at": HELD, "ends_at": HELD + timedelta(minutes=20)}
    return [
        ("organisation", {"id": 1}),
        *(("user", {"id": n, "email": role, "role": role}) for n, role in people.items()),
        (
            "rubric",
            {"id": 1, "version": 1, "published_at": AT, "content": grid().model_dump(mode="json")},
        ),
        ("certification", {"id": 1, "rubric_id": None, "language": "en"}),
        ("certification", {"id": 2, "rubric_id": 1, "language": "de"}),
        ("candidate", {"id": 1, "user_id": 9, "organisation_id": 1, "sex": "F"}),
        *(
            (
                "candidacy",
                {"id": n, "candidate_id": 1, "organisation_id": 1, "certification_id": n}
                | {"target_level": "B2", "stage": "booked", "window_end": HELD, "time_factor": 1}
                | {"access_mode": "", "initiative": ""},
            )
            for n in (1, 2)
        ),
        ("appointment", oral | {"id": 1, "candidacy_id": 1, "state": "held"}),
        ("appointment", oral | {"id": 2, "candidacy_id": 1, "state": "planned"}),
        ("appointment", oral | {"id": 3, "candidacy_id": 1, "state": "cancelled"}),
        ("appointment", oral | {"id": 4, "candidacy_id": 2, "state": "planned"}),
        (
            "performance",
            {"id": 1, "kind": "interview", "rubric_id": 1, "candidacy_id": 1, "language": "en"},
        ),
        (
            "interview",
            {"id": 1, "appointment_id": 1, "performance_id": 1, "state": "ended"},
        ),
        (
            "card",
            CARD
            | {"id": 7, "code": "en-b1-role-general-1", "language": "en"}
            | {"content": CONTENT, "active": True},
        ),
        (
            "card",
            CARD
            | {"id": 8, "code": "en-b1-role-general-9", "language": "en"}
            | {"content": CONTENT | {"title": "Old"}, "active": False},
        ),
        (
            "card",
            CARD
            | {"id": 9, "code": "fr-b1-role-general-1", "language": "fr"}
            | {"content": CONTENT, "active": True},
        ),
        (
            "card_use",
            {"id": 1, "interview_id": 1, "card_id": 8, "candidate_id": 1}
            | {"part": 2, "revealed_at": AT},
        ),
    ]


@pytest.fixture
def migrated(unmigrated: Database) -> Database:
    """What became of an installation of before interviews were made at booking."""
    stand(unmigrated, "0005", rows())
    migrate.upgrade(unmigrated)
    return unmigrated


def test_orals_of_before_get_their_interview_and_keep_their_content(migrated: Database) -> None:
    with Session(migrated.engine) as db:
        _check_interviews(db)
        _check_sets(db)
    # Starting the product publishes what it brings beside them; again is nothing.
    for _ in range(2):
        stock.put_in(migrated)
    with Session(migrated.engine) as db:
        names = db.scalars(select(ContentSet.name).order_by(ContentSet.id)).all()
        assert names == ["de-0", "en-0", "fr-0", "de-1", "en-1", "es-1", "fr-1", "it-1"]
        offered = db.scalars(select(Certification).order_by(Certification.id)).all()
        assert [row.content_set for row in offered] == ["", ""]
        assert [content_sets.of(db, row).name for row in offered] == ["en-1", "de-1"]


def _check_interviews(db: Session) -> None:
    """Those booked before get theirs; a cancelled one does not."""
    interviews = db.scalars(select(Interview).order_by(Interview.appointment_id)).all()
    assert [(row.appointment_id, row.content_set.name) for row in interviews] == [
        (1, "en-0"),
        (2, "en-0"),
        (4, "de-0"),
    ]
    assert [row.performance.candidacy_id for row in interviews] == [1, 1, 2]
    assert [len(row.room) for row in interviews[1:]] == [24, 24]


def _check_sets(db: Session) -> None:
    """What was dealt is read as it was; what was dealt no more is retired."""
    cards = db.scalars(select(Card).order_by(Card.id)).all()
    assert [(card.id, card.code, card.retired_at is None) for card in cards] == [
        (7, "en-b1-role-general-1", True),
        (8, "en-b1-role-general-9", False),
        (9, "fr-b1-role-general-1", True),
    ]
    assert db.scalars(select(CardUse)).one().card.content == CONTENT | {"title": "Old"}
    english = content_sets.published(db, "en-0")
    assert (english.version, english.by_id) == (0, None)
    assert [card["code"] for card in content_sets.read(english)["cards"]] == [
        "en-b1-role-general-1",
        "en-b1-role-general-9",
    ]
    said = json.loads((HERE / "migrations/scripts_before_sets.json").read_text("utf-8"))
    sets = db.scalars(select(ContentSet)).all()
    assert {row.language: content_sets.script(row) for row in sets} == {
        language: Script.model_validate(said[language]) for language in ("de", "en", "fr")
    }
    assert content_sets.whole(db, Language.EN) == []
