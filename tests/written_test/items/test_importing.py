"""A dry run changes nothing; an import changes what it said; the same again changes nothing."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kernel import clock, staging, storage
from kernel.audit import AuditEntry
from kernel.db import Base
from kernel.errors import Forbidden, Invalid, NotThere, Refused
from people.languages import Language
from written_test.items import banks, importing, incoming, states
from written_test.items.importing import Effect, Upload
from written_test.items.reading.entries import Defaults
from written_test.models import Item, ItemImport, ItemState
from written_test.questions.drafts import Draft, Skill
from written_test.questions.kinds import read_body
from written_test.questions.library import bank_drafts

SAID = Defaults(Language.EN, Skill.GRAMMAR, "B1")
TABLE = """code;kind;prompt;options;answer;b
A;single;First?;yes|no;yes;
B;single;Second?;yes|no;no;0,4
C;hologram;Third?;yes|no;no;
"""


@pytest.fixture
def store(settings):
    return storage.from_settings(settings)


@pytest.fixture
def who(make):
    return make.coordinator().actor


@pytest.fixture
def bank(db, who):
    made = banks.create(db, who, "General English", Language.EN)
    db.flush()
    return made


def upload(table: str, name: str = "table.csv") -> Upload:
    return Upload(name, table.encode(), SAID)


def rows(db) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: db.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def standing(db, bank) -> dict[str, tuple[int, bool]]:
    """Return the version and the calibration of each item that stands."""
    items = db.scalars(select(Item).where(Item.bank_id == bank.id, Item.replaced_at.is_(None)))
    return {item.code: (item.version, item.calibrated) for item in items}


def effects(report) -> dict[str, Effect]:
    return {line.code: line.effect for line in report.lines}


def test_a_dry_run_says_what_would_happen_and_changes_nothing(db, who, bank, store):
    before = rows(db)
    report = importing.examine(db, who, bank, upload(TABLE))
    assert effects(report) == {"A": Effect.NEW, "B": Effect.NEW, "C": Effect.REFUSED}
    assert [*db.new, *db.dirty] == []
    assert rows(db) == before
    assert store.names() == []


def test_an_import_does_what_its_dry_run_said(db, who, bank, store):
    looked = importing.examine(db, who, bank, upload(TABLE))
    report, row = importing.bring_in(db, who, store, bank, upload(TABLE))
    assert report == looked
    assert standing(db, bank) == {"A": (1, False), "B": (1, True)}
    assert row.report["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert json.loads(json.dumps(row.report["lines"][2])) == {
        "file": "table.csv",
        "line": 4,
        "code": "C",
        "effect": "refused",
        "version": 0,
        "remarks": [
            {
                "message": "«\u00a0%(kind)s\u00a0» n'est pas un type de question connu.",
                "params": {"kind": "hologram"},
            }
        ],
    }
    entry = db.scalars(select(AuditEntry).where(AuditEntry.act == "bank.import")).one()
    assert entry.data == {"bank": bank.id, "new": 2, "changed": 0, "unchanged": 0, "refused": 1}


def test_the_same_file_again_changes_nothing_at_all(db, who, bank, store):
    importing.bring_in(db, who, store, bank, upload(TABLE))
    before = rows(db)
    report, row = importing.bring_in(db, who, store, bank, upload(TABLE, "again.csv"))
    assert (report.counts[Effect.UNCHANGED], report.changes, row) == (2, 0, None)
    assert rows(db) == before


def test_a_changed_question_is_a_new_version_and_the_old_one_stays_as_it_was(db, who, bank, store):
    importing.bring_in(db, who, store, bank, upload(TABLE))
    old = db.scalars(select(Item).where(Item.code == "A")).one()
    content = dict(old.content)
    report, _row = importing.bring_in(
        db, who, store, bank, upload(TABLE.replace("First?", "First of all?"))
    )
    assert effects(report) == {"A": Effect.CHANGED, "B": Effect.UNCHANGED, "C": Effect.REFUSED}
    new = db.scalars(select(Item).where(Item.code == "A", Item.version == 2)).one()
    assert new.body.prompt == "First of all?"
    assert (old.content, old.version, old.replaced_at) == (content, 1, new.created_at)


def test_a_calibration_outlives_a_file_that_gives_none(db, who, bank, store):
    importing.bring_in(db, who, store, bank, upload(TABLE))
    bare = TABLE.replace("0,4", "")
    assert effects(importing.examine(db, who, bank, upload(bare)))["B"] is Effect.UNCHANGED
    importing.bring_in(db, who, store, bank, upload(bare.replace("Second?", "Other?")))
    assert standing(db, bank)["B"] == (2, False)  # asked otherwise: what was measured is void


def test_what_was_retired_stays_so_in_its_next_version(db, who, bank, store):
    importing.bring_in(db, who, store, bank, upload(TABLE))
    item = db.scalars(select(Item).where(Item.code == "A")).one()
    states.move(db, who, item, ItemState.RETIRED, "Two answers")
    importing.bring_in(db, who, store, bank, upload(TABLE.replace("First?", "Again?")))
    new = db.scalars(select(Item).where(Item.code == "A", Item.version == 2)).one()
    assert (new.state, new.state_reason) == (ItemState.RETIRED, "Two answers")


def test_a_sound_is_stored_once_with_what_it_is(db, who, bank, store):
    body = read_body(
        {
            "kind": "single",
            "prompt": "What do you hear?",
            "options": [{"key": "a", "text": "a bell"}, {"key": "b", "text": "a dog"}],
            "right": "a",
        }
    )
    first = Draft("H-1", body, Skill.VOCABULARY, "A1", audio="bell.mp3", audio_data=b"ID3\x04 bell")
    second = dataclasses.replace(first, code="H-2")
    importing.bring_in_drafts(db, who, store, bank, "sounds", [first, second])
    (name,) = store.names("items")
    assert store.bytes(name) == b"ID3\x04 bell"
    assert set(db.scalars(select(Item.audio_key))) == {name}
    assert name.endswith(".mp3")


def test_the_bank_of_the_product_comes_in_and_its_keys_tell_nothing(db, who, bank, store):
    report, _row = importing.bring_in_drafts(db, who, store, bank, "product", bank_drafts())
    assert report.counts == {
        Effect.NEW: len(bank_drafts()),
        Effect.CHANGED: 0,
        Effect.UNCHANGED: 0,
        Effect.REFUSED: 0,
    }
    orders = db.scalars(select(Item).where(Item.kind == "ordering")).all()
    named = {element.key for item in orders for element in item.body.elements}
    given = {
        element.key for draft in bank_drafts() for element in getattr(draft.body, "elements", ())
    }
    assert named & given == set()
    _report, again = importing.bring_in_drafts(db, who, store, bank, "product", bank_drafts())
    assert again is None


def test_codes_may_be_the_same_in_two_banks(db, who, bank, store):
    other = banks.create(db, who, "Other", Language.EN)
    db.flush()
    importing.bring_in(db, who, store, bank, upload(TABLE))
    report, _row = importing.bring_in(db, who, store, other, upload(TABLE))
    assert report.counts[Effect.NEW] == 2


def test_only_coordinators_import(db, make, bank, store):
    for user in (make.evaluator(), make.manager(), make.candidate().user):
        with pytest.raises(Forbidden):
            importing.examine(db, user.actor, bank, upload(TABLE))
        with pytest.raises(Forbidden):
            importing.bring_in(db, user.actor, store, bank, upload(TABLE))
    assert db.scalars(select(ItemImport)).all() == []


def test_a_file_waits_for_its_person_and_bank_alone(db, make, who, bank, store):
    given = upload(TABLE)
    token = incoming.keep(store, who, bank, given)
    assert incoming.fetch(store, who, bank, token) == given
    other = banks.create(db, who, "Other", Language.EN)
    db.flush()
    for actor, where, name in (
        (make.coordinator().actor, bank, token),
        (who, other, token),
        (who, bank, "../secret"),
    ):
        with pytest.raises(NotThere):
            incoming.fetch(store, actor, where, name)


def test_a_file_that_nobody_confirms_is_forgotten_after_a_day(who, bank, store):
    token = incoming.keep(store, who, bank, upload(TABLE))
    clock.move(timedelta(hours=23))
    assert staging.purge(store) == 0
    clock.move(timedelta(hours=1))
    assert staging.purge(store) == 1
    with pytest.raises(Refused, match="n'est plus gardé"):
        incoming.fetch(store, who, bank, token)


def test_a_bank_has_a_name_of_its_own(db, who, bank):
    with pytest.raises(Invalid, match="déjà ce nom"):
        banks.create(db, who, " General  English ", Language.FR)
    with pytest.raises(Invalid, match="un nom"):
        banks.create(db, who, " ", Language.FR)
