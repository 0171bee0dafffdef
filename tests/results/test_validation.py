from __future__ import annotations

import io

import pypdf
import pytest
from sqlalchemy import select

from enrolment import gates
from enrolment.models import Candidacy, Stage
from kernel import clock, storage
from kernel.errors import Forbidden, Refused
from kernel.levels import Level
from kernel.outbox import OutboxRow
from results import inputs, issuing, marks, queries, validation
from results.models import Document
from rubrics.library import grid
from rubrics.models import Mark, SheetState


def complete(make, thirds: int = 12, written: Level = Level.B2, **values) -> Candidacy:
    """A candidacy whose marks and written level are in."""
    candidacy = make.candidacy(stage=Stage.COMPLETE, **values)
    interview = make.interview(make.appointment(candidacy))
    sheet = interview.performance.scoresheets[0]
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, clock.now()
    for key in grid().keys:
        make.db.add(
            Mark(
                scoresheet_id=sheet.id,
                criterion=key,
                thirds=thirds,
                nothing_to_add=True,
                updated_at=clock.now(),
            )
        )
    make.written_result(candidacy, written)
    for kind in candidacy.required_gates:
        gates.put(make.db, candidacy, kind, is_open=True)
    make.db.expire(sheet)
    return candidacy


def test_validation_stores_the_verdict_and_queues_the_documents_once(db, make):
    candidacy, coordinator = complete(make), make.coordinator()
    row = validation.validate(db, coordinator.actor, candidacy)
    assert (row.oral, row.written, row.overall, row.certified) == (
        Level.B2,
        Level.B2,
        Level.B2,
        True,
    )
    assert candidacy.stage is Stage.VALIDATED
    assert {d.kind for d in db.scalars(select(Document))} == {"attestation", "certificate"}
    assert [r.kind for r in db.scalars(select(OutboxRow))] == [validation.ISSUE]
    with pytest.raises(Refused, match="déjà"):
        validation.validate(db, coordinator.actor, candidacy)


def test_below_the_target_there_is_an_attestation_alone(db, make):
    candidacy = complete(make, thirds=9)
    row = validation.validate(db, make.coordinator().actor, candidacy)
    assert (row.overall, row.certified) == (Level.B1, False)
    assert [d.kind for d in db.scalars(select(Document))] == ["attestation"]


def test_what_is_missing_is_refused(db, make):
    candidacy = make.candidacy(stage=Stage.MARKING)
    with pytest.raises(Refused, match="manque"):
        validation.validate(db, make.coordinator().actor, candidacy)


def test_two_criteria_not_assessable_need_a_person(db, make):
    candidacy = complete(make)
    for mark in marks.sheets_of(db, candidacy.id).first.marks[:2]:
        mark.thirds, mark.not_assessable = None, True
    db.flush()
    with pytest.raises(Refused, match="Plusieurs critères"):
        validation.validate(db, make.coordinator().actor, candidacy)
    assert candidacy.stage is Stage.COMPLETE


def test_only_coordinators_validate(db, make):
    candidacy = complete(make)
    for stranger in (make.manager(candidacy.organisation), make.evaluator()):
        with pytest.raises(Forbidden):
            validation.validate(db, stranger.actor, candidacy)


def test_documents_are_made_once_and_go_out_with_the_mail(database, db, make, settings):
    candidacy = complete(make)
    make.manager(candidacy.organisation)
    row = validation.validate(db, make.coordinator().actor, candidacy)
    kept, number, whose = storage.from_settings(settings), row.id, candidacy.id
    db.commit()
    issuing.issue(database, settings, kept, number)
    made = {d.kind: d.sha256 for d in queries.verdict_of(db, whose).documents}
    db.commit()
    issuing.issue(database, settings, kept, number)
    assert {d.kind: d.sha256 for d in queries.verdict_of(db, whose).documents} == made
    rows = db.scalars(select(OutboxRow).where(OutboxRow.kind == "mail"))
    mails = {row.payload["template"]: row.payload for row in rows}
    assert set(mails) == {"results_ready", "organisation_results"}
    files = mails["results_ready"]["files"]
    assert len(files) == 2
    pdf = pypdf.PdfReader(io.BytesIO(kept.bytes(files[0]["key"])))
    assert "Camille Rose" in pdf.pages[0].extract_text()


def test_a_code_is_found_however_it_is_typed(db, make):
    row = validation.validate(db, make.coordinator().actor, complete(make))
    code = db.scalars(select(Document.code).where(Document.verdict_id == row.id)).first()
    assert queries.by_code(db, f" {code.lower().replace('-', ' ')} ").code == code
    assert queries.by_code(db, "7KQM-2XWD") is None


def test_the_preview_is_what_validation_stores(db, make):
    candidacy = complete(make, thirds=11, written=Level.C1)
    preview = inputs.gather(db, candidacy).decide()
    row = validation.validate(db, make.coordinator().actor, candidacy)
    assert (preview.digest, preview.overall) == (row.digest, row.overall)
