"""The page of a code says first what that very document states."""

from __future__ import annotations

import re

import pytest

from enrolment.models import Stage
from kernel import storage
from kernel.levels import Level
from results import issuing, validation
from tests.results.test_validation import complete


@pytest.fixture
def documents(database, db, make, settings):
    """Both documents of somebody who aimed for B2 and reached C1."""
    candidacy = complete(make, thirds=15, written=Level.C1)
    row = validation.validate(db, make.coordinator().actor, candidacy)
    number = row.id
    db.commit()
    issuing.issue(database, settings, storage.from_settings(settings), number)
    assert (row.target, row.overall) == (Level.B2, Level.C1)
    return {document.kind: document for document in row.documents}


def shown(client, document) -> list[str]:
    """Return the levels on the page, in their order, after what names them."""
    page = client.get(f"/verify/{document.code}").get_data(as_text=True)
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    return re.findall(r"(Niveau certifié|niveau|Niveau global|Écrit|Oral) (B2|C1)", words)


def test_a_certificate_first_says_its_own_level_then_the_result(client, documents):
    assert shown(client, documents["certificate"]) == [
        ("Niveau certifié", "B2"),
        ("niveau", "B2"),
        ("Niveau global", "C1"),
        ("Écrit", "C1"),
        ("Oral", "C1"),
    ]


def test_an_attestation_says_the_result(client, documents):
    assert shown(client, documents["attestation"]) == [
        ("Niveau global", "C1"),
        ("Écrit", "C1"),
        ("Oral", "C1"),
    ]


def test_the_name_is_the_one_that_was_printed(db, client, documents):
    document = documents["certificate"]
    candidate = document.verdict.candidacy.candidate
    printed = f"{candidate.first_names} {candidate.birth_name}"
    candidate.birth_name = "Autrement"
    db.flush()
    page = client.get(f"/verify/{document.code}").get_data(as_text=True)
    assert (printed in page, "Autrement" in page) == (True, False)


def test_the_results_page_says_how_far_beyond_the_target(db, signed_in, documents):
    candidacy = documents["certificate"].verdict.candidacy
    candidacy.stage = Stage.VALIDATED
    db.commit()
    browser = signed_in(candidacy.candidate.user)
    page = browser.get(f"/candidate/candidacies/{candidacy.id}/results").get_data(as_text=True)
    assert "Vous avez atteint le niveau C1, au-delà du niveau B2 visé." in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("123", "Code incomplet : 3 caractères sur 16"),
        ("AAAA-BBBB-CCCC-DDDD-E", "Code trop long : 17 caractères au lieu de 16"),
        ("AAAA-BBBB-CCCC-DDDD", "Aucun document ne porte ce code"),
    ],
)
def test_a_code_that_is_not_one_is_told_from_an_unknown_one(client, code, words):
    answer = client.get(f"/verify/{code}")
    page = answer.get_data(as_text=True).replace("\u00a0", " ")
    assert (answer.status_code, words in page) == (404, True)


def test_a_page_that_is_not_there_says_so_once(client):
    page = client.get("/e/nothing/password").get_data(as_text=True)
    assert page.count("Cette page n&#39;existe pas") <= 2  # its title and its heading
