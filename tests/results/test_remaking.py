"""A document whose file is lost: said on its page, a task for coordinators, made again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock, outbox, storage
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Refused
from kernel.storage import Storage
from results import issuing, remaking, stating, validation
from results.models import Document
from tests.results.test_validation import complete


@pytest.fixture
def kept(settings) -> Storage:
    return storage.from_settings(settings)


@pytest.fixture
def issued(database, db, make, settings, kept) -> list[Document]:
    """The attestation and the certificate of a candidacy, with their files."""
    row = validation.validate(db, make.coordinator().actor, complete(make))
    number = row.id
    db.commit()
    issuing.issue(database, settings, kept, number)
    return sorted(row.documents, key=lambda document: document.kind)


def acts(db) -> list[str]:
    rows = db.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [row.act for row in rows if row.act.startswith("document.")]


def test_a_lost_file_is_found_once_a_day_each_at_its_minute(database, db, issued, kept):
    first, _second = issued
    kept.delete(first.storage_key)
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    own = midnight + timedelta(days=1, minutes=first.id % 1440, seconds=20)
    lost = []
    for minutes in (-1, 0, 1):
        clock.move(own + timedelta(minutes=minutes) - clock.now())
        db.commit()
        lost.append(remaking.look(database, kept))
    db.expire_all()
    assert lost == [0, 1, 0]
    assert remaking.missing(db) == [first]
    assert own <= first.missing_at < own + timedelta(minutes=1)
    assert acts(db)[-1:] == ["document.missing"]


def test_made_again_it_has_the_same_bytes_whatever_became_of_the_name(
    database, db, make, issued, kept, settings
):
    before = [kept.bytes(document.storage_key) for document in issued]
    hashes = [document.sha256 for document in issued]
    candidate = issued[0].verdict.candidacy.candidate
    candidate.first_names, candidate.organisation.name = "Somebody Else", "Elsewhere"
    for document in issued:
        kept.delete(document.storage_key)
        remaking.report(db, document.id)
        remaking.ask(db, make.coordinator().actor, document)
    db.commit()
    remaking.register(settings, kept)
    issuing.register(settings, kept)  # its row waits too, and another test's would keep elsewhere
    outbox.drain(database)
    db.expire_all()
    assert [kept.bytes(document.storage_key) for document in issued] == before
    assert [(row.sha256, row.version, row.missing_at) for row in issued] == [
        (digest, 1, None) for digest in hashes
    ]
    assert remaking.missing(db) == []


def test_other_bytes_are_a_new_version_and_say_so(database, db, issued, kept, settings):
    document, _other = issued
    before = "0" * 64
    document.sha256, document.statement = before, None  # as one made before statements were kept
    lost, document.storage_key = document.storage_key, None
    document_id = document.id
    db.commit()
    remaking.remake(database, settings, kept, document_id, lost)
    assert not kept.exists(lost)
    db.expire_all()
    assert (document.version, document.statement["states"]["code"]) == (2, document.code)
    last = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.act, last.data["before"], last.data["sha256"], last.data["version"]) == (
        "document.remake",
        before,
        document.sha256,
        2,
    )


def test_what_is_kept_is_all_that_is_drawn(issued, kept):
    for document in issued:
        again = stating.draw(document.kind, document.template, document.statement)
        assert again == kept.bytes(document.storage_key)


def test_only_a_coordinator_and_only_a_lost_one(db, make, issued, kept):
    document, _other = issued
    with pytest.raises(Refused, match="n'est pas à refaire"):
        remaking.ask(db, make.coordinator().actor, document)
    remaking.report(db, document.id)
    with pytest.raises(Forbidden):
        remaking.ask(db, make.manager(document.verdict.candidacy.organisation).actor, document)
    remaking.ask(db, make.coordinator().actor, document)
    with pytest.raises(Refused, match="n'est pas à refaire"):
        remaking.ask(db, make.coordinator().actor, document)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_page_of_a_lost_file_says_what_is_kept_and_whom_to_ask(
    db, make, app, issued, signed_in, settings
):
    document, _other = issued
    candidacy = document.verdict.candidacy
    app.extensions["viva"].storage.delete(document.storage_key)
    own = signed_in(make.manager(candidacy.organisation))
    answer = own.get(f"/documents/{document.id}.pdf")
    assert answer.status_code == 503
    said = [document.code in text(answer), settings.support_email in text(answer)]
    assert (said, "Ce qu'il atteste est gardé" in text(answer).replace("&#39;", "'")) == (
        [True, True],
        True,
    )
    coordinator = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}"
    assert page in text(coordinator.get("/coordinator/"))
    assert page in text(coordinator.get(f"/documents/{document.id}.pdf"))
    again = f"/coordinator/documents/{document.id}/remake"
    assert again in text(coordinator.get(page))
    assert coordinator.post(again).status_code == 302
    db.expire_all()
    assert document.storage_key is None
    assert "en préparation" in text(own.get(f"/documents/{document.id}.pdf"))
    assert own.post(again).status_code == 404
    assert coordinator.post("/coordinator/documents/0/remake").status_code == 404
