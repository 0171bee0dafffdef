"""From « Valider les résultats » to the candidate's mail, through the outbox."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pypdf
from sqlalchemy import select

from enrolment import gates
from enrolment.models import Stage
from kernel import clock, outbox, storage
from kernel.levels import Level
from people import delivery
from results import issuing, validation
from results.models import Document
from rubrics.library import grid
from rubrics.models import Mark, SheetState


def test_validated_results_reach_the_mail_with_the_day_of_the_exam(database, db, make, settings):
    candidacy = make.candidacy(stage=Stage.COMPLETE)
    interview = make.interview(make.appointment(candidacy))
    # Half past midnight in Paris: the day on paper is the third, though UTC says the second.
    interview.started_at = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    sheet = interview.performance.scoresheets[0]
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, clock.now()
    for key in grid().keys:
        mark = {"criterion": key, "thirds": 12, "nothing_to_add": True}
        make.db.add(Mark(scoresheet_id=sheet.id, updated_at=clock.now(), **mark))
    make.written_result(candidacy, Level.B2)
    for kind in candidacy.required_gates:
        gates.put(db, candidacy, kind, is_open=True)
    db.expire(sheet)
    validation.validate(db, make.coordinator().actor, candidacy)
    db.commit()
    files = storage.from_settings(settings)
    issuing.register(settings, files)
    delivery.register(settings, files)

    outbox.drain(database)

    [mail] = settings.mails.glob("*-results_ready-*.eml")
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert message["To"].addresses[0].addr_spec == candidacy.candidate.user.email
    sent = {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }
    documents = db.scalars(select(Document).order_by(Document.id)).all()
    names = {"attestation": "attestation", "certificate": "certificat"}
    assert sent == {
        f"{names[document.kind]}-{document.code}.pdf": files.bytes(document.storage_key)
        for document in documents
    }
    assert len(sent) == 2
    for document, content in zip(documents, sent.values(), strict=True):
        [page] = pypdf.PdfReader(io.BytesIO(content)).pages
        text = page.extract_text()
        assert "3 décembre 2026" in text
        assert document.code in text
        links = {note.get_object()["/A"]["/URI"] for note in page["/Annots"]}
        assert links == {f"{settings.base_url}/verify/{document.code}"}
