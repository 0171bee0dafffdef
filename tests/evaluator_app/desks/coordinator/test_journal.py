"""The log as coordinators read it: things by their names and pages, what changed, the file."""

from __future__ import annotations

import csv
import html
import json
from dataclasses import replace

import pytest
from query_count import counted
from sqlalchemy import select
from twins import on_sqlite

from enrolment import catalogue
from kernel import audit
from kernel.audit import AuditEntry
from kernel.permissions import SYSTEM
from kernel.tables.writing import MARK
from people.languages import Language
from written_test.models import Item

pytestmark = on_sqlite
LOG = "/coordinator/audit"


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


@pytest.fixture
def desk(make, signed_in):
    return signed_in(make.coordinator(given_name="Aude", family_name="Verdier"))


def table(desk, **asked: str) -> list[dict[str, str]]:
    answer = desk.get(f"{LOG}.csv", query_string=asked)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    written = answer.get_data(as_text=True)
    assert written.startswith(MARK)
    return list(csv.DictReader(written.removeprefix(MARK).splitlines(), delimiter=";"))


@pytest.fixture
def offer() -> catalogue.Offer:
    return catalogue.Offer("ESSAI-1", "Anglais de bureau", "Office English", Language.EN)


def test_everything_is_called_by_its_name_and_leads_to_its_page(db, make, desk):
    organisation, evaluator = make.organisation(name="Cap Langues"), make.evaluator()
    certification, bank = make.certification(name_fr="Anglais de bureau"), make.bank(name="Essai")
    item = db.scalars(select(Item)).first()
    plan = make.blueprint(certification, bank)
    for subject in (organisation, evaluator, certification, bank, item, plan, make.rubric()):
        audit.record(db, SYSTEM, "audit.accept", subject)
    gone = audit.record(db, SYSTEM, "audit.accept", evaluator, evaluator_id=evaluator.id)
    gone.subject_kind, gone.subject_id = "BusySource", 99
    page = text(desk.get(LOG, query_string={"q": "journal signé"}))
    offered = f'<td><a href="/coordinator/certifications/{certification.id}">Anglais de bureau</a>'
    person = f'<td><a href="/coordinator/people/{evaluator.id}">{evaluator.name}</a>'
    assert [page.count(offered), page.count(person)] == [2, 2]
    for href, words in (
        (f"/coordinator/organisations/{organisation.id}", "Cap Langues"),
        (f"/coordinator/banks/{bank.id}", "Essai"),
        (f"/coordinator/banks/items/{item.id}", f"Essai · {item.code}"),
    ):
        assert f'<td><a href="{href}">{words}</a></td>' in page
    assert "<td>Grille « grid-1 »</td>" in page


def test_a_page_of_the_log_asks_as_much_for_many_entries_as_for_few(database, db, make, desk):
    def asked(entries: int) -> int:
        for number in range(entries):
            audit.record(db, SYSTEM, "audit.accept", make.organisation(name=f"O {number}{entries}"))
        db.flush()
        with counted(database.engine) as sent:
            desk.get(LOG)
        return sent.count

    assert asked(2) == asked(30)


def test_a_revision_says_which_fields_changed_from_what_to_what(db, make, desk, offer):
    who = make.coordinator().actor
    certification = catalogue.offer(db, who, offer)
    wish = replace(
        offer, name_en="English", slot_minutes=25, part_hard_s=(300, 540, 420), window_days=40
    )
    catalogue.revise(db, who, certification, wish)
    entry = db.scalars(select(AuditEntry).where(AuditEntry.act == "certification.revise")).one()
    assert entry.data == {
        "changed": {
            "part_hard_s": [[300, 480, 420], [300, 540, 420]],
            "slot_minutes": [20, 25],
            "window_days": [31, 40],
        },
        "rewritten": ["name_en"],
    }
    [row] = table(desk, q="certification modifiée")
    assert row["Précisions"].replace("\u00a0", " ") == (
        "Mise en situation : limite : 8 → 9 ; Durée de l'oral : 20 → 25 ; "
        "Période d'accès : 31 → 40 ; Nom en anglais : réécrit"
    )
    assert "Durée de l'oral : 20 → 25" in text(desk.get(LOG))


def test_a_change_of_language_is_kept_as_well(db, make, offer):
    who = make.coordinator().actor
    certification = catalogue.offer(db, who, offer)
    catalogue.revise(db, who, certification, replace(offer, language=Language.FR))
    entry = db.scalars(select(AuditEntry).where(AuditEntry.act == "certification.revise")).one()
    assert entry.data == {"changed": {"language": ["en", "fr"]}, "rewritten": []}


def test_the_file_holds_what_the_filters_leave_and_is_logged(db, make, desk):
    first, second = make.organisation(name="Cap Langues"), make.organisation(name="=Port")
    other = make.coordinator(given_name="Bo", family_name="Lund")
    audit.record(db, other.actor, "organisation.add", first)
    audit.record(db, SYSTEM, "organisation.add", second, note=1)
    db.commit()
    rows = table(desk, q="organisme ajouté")
    shown = [(row["Qui"], row["Rôle"], row["Acte"], row["Sur qui ou quoi"]) for row in rows]
    assert shown == [
        ("Système", "Système", "Organisme ajouté", "'=Port"),
        ("Bo Lund", "Coordinateur", "Organisme ajouté", "Cap Langues"),
    ]
    assert [(row["Code"], json.loads(row["Données"])) for row in rows] == [
        ("organisation.add", {"note": 1}),
        ("organisation.add", {}),
    ]
    assert [row["Qui"] for row in table(desk, who=str(other.id))] == ["Bo Lund"]
    assert [row["Qui"] for row in table(desk, q="téléchargé")] == ["Aude Verdier"] * 3
    page = text(desk.get(LOG, query_string={"q": "organisme", "endpoint": "x", "page": "1"}))
    assert 'href="/coordinator/audit.csv?q=organisme"' in page


def test_a_long_log_is_given_whole(db, make, desk, monkeypatch):
    monkeypatch.setattr("kernel.audit_queries.AT_ONCE", 7)
    for number in range(20):
        audit.record(db, SYSTEM, "audit.accept", None, number=number)
    db.commit()
    rows = table(desk, q="journal signé")
    assert [json.loads(row["Données"])["number"] for row in rows] == list(range(20))[::-1]
