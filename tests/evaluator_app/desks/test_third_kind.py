"""A third kind of document is one module and its words: no page, mail or command names it."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

import letterbox
import pytest
from badge import BADGE

from enrolment.models import Candidacy
from evaluator_app import cli
from kernel import i18n, storage
from kernel.permissions import Permission
from results import issuing, kinds, validation
from results.models import Document
from tests.results.test_validation import complete


@pytest.fixture
def badge(monkeypatch) -> None:
    monkeypatch.setitem(kinds.KINDS, "badge", BADGE)


@pytest.fixture
def coordinator_badge(monkeypatch) -> None:
    """The same for coordinators alone."""
    monkeypatch.setitem(
        kinds.KINDS, "badge", replace(BADGE, opened_by=(Permission.VALIDATE_RESULTS,))
    )


@pytest.fixture
def validate(database, db, make, settings, signed_in):
    """Validate a candidacy, and issue its documents; return what its page says before and after."""

    def _validate(candidacy: Candidacy) -> str:
        coordinator = make.coordinator()
        browser = signed_in(coordinator)
        page = f"/coordinator/candidacies/{candidacy.id}"
        before = text(browser.get(page))
        validation.validate(db, coordinator.actor, candidacy)
        [verdict_id] = {row.verdict_id for row in db.query(Document)}
        db.commit()
        issuing.issue(database, settings, storage.from_settings(settings), verdict_id)
        db.expire_all()
        return f"{before} {text(browser.get(page))}"

    return _validate


def text(answer) -> str:
    """What a page says, without its marks."""
    page = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(page.replace("&#39;", "'").split())


def documents(db) -> dict[str, Document]:
    return {row.kind: row for row in db.query(Document).order_by(Document.id)}


def attached(db) -> list[str]:
    """The names of the files that the letters bring."""
    return [file["name"] for row in letterbox.queued(db) for file in row.payload["files"]]


@pytest.mark.usefixtures("badge")
def test_pages_mails_and_files_ask_the_kind(db, make, signed_in, client, settings, validate):
    candidacy = complete(make, thirds=15)
    manager = make.manager(candidacy.organisation)
    page = validate(candidacy)
    assert f"l'attestation, le certificat et le badge, à {candidacy.candidate.user.email}" in page
    code = documents(db)["badge"].code
    assert f"Badge Code de vérification {code}" in page

    browser = signed_in(candidacy.candidate.user)
    page = text(browser.get(f"/candidate/candidacies/{candidacy.id}/results"))
    titles = r"(Certificat|Attestation de résultats|Badge de l'oral) Code de vérification"
    assert re.findall(titles, page) == ["Certificat", "Attestation de résultats", "Badge de l'oral"]
    assert "Ouvrir le badge" in page
    file = browser.get(f"/documents/{documents(db)['badge'].id}.txt")
    assert file.headers["Content-Disposition"] == f'inline; filename="badge-{code}.txt"'
    assert file.get_data(as_text=True).startswith("C1 ")

    page = text(client.get(f"/verify/{code}"))
    assert "Niveau du badge C1 Document Badge oral C1 Délivré à" in page
    page = text(signed_in(manager).get(f"/organisation/candidacies/{candidacy.id}"))
    assert f"Badge Code de vérification {code}" in page

    ready, told = letterbox.written(db, settings)
    assert ready.context["documents"] == (
        "votre attestation de résultats, votre certificat et votre badge"
    )
    assert attached(db) == [
        f"attestation-{documents(db)['attestation'].code}.pdf",
        f"certificat-{documents(db)['certificate'].code}.pdf",
        f"badge-{code}.txt",
    ]
    assert told.context["documents"] == "attestation, certificat et badge"


@pytest.mark.usefixtures("badge")
def test_who_waits_for_a_result_reads_what_may_come(make, signed_in, client):
    candidacy = make.candidacy()
    promise = "ne attestation toujours, un certificat si l'objectif est atteint, un badge à qui"
    assert f"U{promise}" in text(client.get("/"))
    assert f": u{promise}" in text(signed_in(candidacy.candidate.user).get("/candidate/"))


@pytest.mark.usefixtures("coordinator_badge")
def test_a_kind_is_seen_by_whom_it_says(db, make, signed_in, settings, validate):
    candidacy = complete(make)
    manager = make.manager(candidacy.organisation)
    page = validate(candidacy)
    assert f"l'attestation et le certificat, à {candidacy.candidate.user.email}" in page
    code, number = documents(db)["badge"].code, documents(db)["badge"].id
    assert f"Badge Code de vérification {code}" in page
    assert signed_in(make.coordinator()).get(f"/documents/{number}.txt").status_code == 200
    for user, path in (
        (candidacy.candidate.user, f"/candidate/candidacies/{candidacy.id}/results"),
        (manager, f"/organisation/candidacies/{candidacy.id}"),
    ):
        browser = signed_in(user)
        answer = browser.get(path)
        assert (answer.status_code, code in text(answer)) == (200, False)
        assert browser.get(f"/documents/{number}.txt").status_code == 404
    _ready, told = letterbox.written(db, settings)
    assert len(attached(db)) == 2
    assert told.context["documents"] == "attestation et certificat"


@pytest.mark.usefixtures("badge")
def test_a_sample_is_made_of_any_kind(tmp_path, capfd):
    out = tmp_path / "sample.txt"
    given = ["documents", "sample", "--name", "Świątek", "--first-names", "Iga"]
    assert cli.main([*given, "--kind", "badge", "--out", str(out)]) == 0
    assert out.read_text("utf-8").startswith("B2 Iga Świątek XXXX")
    assert cli.main([*given, "--kind", "medal", "--out", str(out)]) == 2
    assert capfd.readouterr().err == (
        "viva: no document is called medal: attestation, certificate, badge\n"
    )


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=list(kinds.KINDS))
def test_what_a_kind_is_called_has_its_english(kind):
    words = set(asdict(kind.words).values())
    assert words & i18n.catalogue().keys() == words
