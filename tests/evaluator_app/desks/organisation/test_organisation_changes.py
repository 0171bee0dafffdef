"""More time and force majeure over HTTP, for the organisation and for coordinators."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from enrolment import extensions
from enrolment.models import Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.outbox import OutboxRow
from scheduling.jobs import purge_proofs
from scheduling.models import AppointmentChange, AppointmentState, ChangeKind
from tests.scheduling.test_proofs import PDF

PARIS = ZoneInfo("Europe/Paris")


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def candidacy(make):
    return make.candidacy()


@pytest.fixture
def asked(db, settings, candidacy):
    return extensions.ask(
        db, candidacy.candidate.user.actor, settings, candidacy, "Je suis en voyage."
    )


@pytest.fixture(params=["manager", "coordinator"])
def desk(request, make, signed_in, candidacy):
    if request.param == "coordinator":
        return signed_in(make.coordinator())
    return signed_in(make.manager(candidacy.organisation))


def here(candidacy) -> str:
    return f"/organisation/candidacies/{candidacy.id}"


def day(moment, more: int) -> str:
    return (moment + timedelta(days=more)).astimezone(PARIS).date().isoformat()


def test_a_request_stands_on_top_and_is_granted(db, make, signed_in, candidacy, asked):
    own = signed_in(make.manager(candidacy.organisation))
    assert "Je suis en voyage." in text(own.get("/organisation/"))
    assert "Je suis en voyage." not in text(signed_in(make.manager()).get("/organisation/"))
    page = text(own.get(here(candidacy)))
    assert f'value="{day(candidacy.last_moment, 14)}"' in page
    data = {"request": asked.id, "until": day(candidacy.last_moment, 20), "reason": ""}
    before = candidacy.last_moment
    assert own.post(f"{here(candidacy)}/extension", data=data).status_code == 302
    db.expire_all()
    assert asked.granted is True
    assert day(candidacy.last_moment, 0) == day(before, 20)
    assert "Je suis en voyage." not in text(own.get("/organisation/"))
    assert "Période d&#39;accès prolongée" in text(own.get(here(candidacy)))


def test_either_refuses_with_a_reason(db, desk, candidacy, asked):
    answer = desk.post(f"{here(candidacy)}/extension/refuse", data={"reason": " "})
    assert answer.status_code == 422
    data = {"reason": "La formation est close."}
    assert desk.post(f"{here(candidacy)}/extension/refuse", data=data).status_code == 302
    db.expire_all()
    assert (asked.granted, asked.reason) == (False, "La formation est close.")
    assert desk.post(f"{here(candidacy)}/extension/refuse", data=data).status_code == 409


def test_either_extends_unasked_with_a_reason(db, desk, candidacy):
    assert desk.get(f"{here(candidacy)}/extension").status_code == 200
    data = {"until": day(candidacy.last_moment, 5)}
    refused = desk.post(f"{here(candidacy)}/extension", data=data)
    assert (refused.status_code, "Dites pourquoi" in text(refused)) == (422, True)
    data["reason"] = "Peu de créneaux."
    assert desk.post(f"{here(candidacy)}/extension", data=data).status_code == 302
    assert extensions.latest(db, candidacy).by_candidate is False


@pytest.mark.parametrize("until", ["", "nonsense", "0001-01-01", "2199-01-01", "2020-02-30"])
def test_a_day_that_cannot_be_is_told_at_its_field(db, desk, candidacy, asked, until):
    data = {"request": asked.id, "until": until, "reason": "gardé"}
    answer = desk.post(f"{here(candidacy)}/extension", data=data)
    assert (answer.status_code, "until-error" in text(answer)) == (422, True)
    assert "gardé" in text(answer)
    db.expire_all()
    assert asked.decided_at is None


def test_an_answer_to_a_request_that_was_answered_meanwhile(db, make, settings, desk, candidacy):
    asked = extensions.ask(db, candidacy.candidate.user.actor, settings, candidacy, "")
    manager = make.manager(candidacy.organisation)
    extensions.refuse(db, manager.actor, asked, "non")
    before = candidacy.window_end
    data = {"request": asked.id, "until": day(candidacy.last_moment, 9), "reason": "oui"}
    answer = desk.post(f"{here(candidacy)}/extension", data=data)
    assert (answer.status_code, "déjà reçu sa réponse" in text(answer)) == (422, True)
    db.expire_all()
    assert candidacy.window_end == before


def test_nothing_to_extend_leads_back(desk, db, candidacy):
    candidacy.stage = Stage.WITHDRAWN
    answer = desk.get(f"{here(candidacy)}/extension", follow_redirects=True)
    assert (answer.status_code, "rien à prolonger" in text(answer)) == (200, True)


def booked(make, candidacy):
    candidacy.window_end = clock.now() + timedelta(days=1)
    return make.appointment(candidacy, starts_at=clock.now() + timedelta(hours=2))


def form(**values):
    return {"reason": "Hospitalisation.", "sure": "y"} | values


def test_force_majeure_frees_the_candidate_and_keeps_the_document(db, app, desk, make, candidacy):
    appointment = booked(make, candidacy)
    page = f"{here(candidacy)}/force-majeure"
    assert "au moins 14 jours" in text(desk.get(page))
    data = form(document=(BytesIO(PDF), "../../etc/certificat.exe"))
    answer = desk.post(page, data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, text(answer)
    db.expire_all()
    assert (appointment.state, candidacy.stage) == (AppointmentState.CANCELLED, Stage.ENROLLED)
    assert candidacy.window_end > clock.now() + timedelta(days=13)
    change = db.scalars(select(AppointmentChange)).one()
    assert (change.kind, change.reason) == (ChangeKind.FORCE_MAJEURE, "Hospitalisation.")
    storage = app.extensions["viva"].storage
    assert storage.names("proofs") == [change.document_key]
    assert storage.bytes(change.document_key) == PDF
    sealed = (storage.root / change.document_key).read_bytes()
    assert PDF not in sealed
    told = [row.payload["template"] for row in db.scalars(select(OutboxRow).order_by("id"))]
    assert sorted(told) == ["appointment_cancelled", "evaluator_released"]
    shown = text(desk.get(here(candidacy), follow_redirects=True))
    proof = f"{here(candidacy)}/proofs/{change.id}"
    assert ("Rendez-vous annulé pour force majeure" in shown, proof in shown) == (True, True)
    opened = desk.get(proof)
    assert (opened.data, opened.mimetype) == (PDF, "application/pdf")
    assert opened.headers["Content-Disposition"] == 'attachment; filename="justificatif.pdf"'
    seen = db.scalars(select(AuditEntry).where(AuditEntry.act == "proof.see")).all()
    assert [entry.subject_id for entry in seen] == [change.id]


def test_a_document_that_was_removed_is_said_to_be(db, settings, app, signed_in, make, candidacy):
    manager = make.manager(candidacy.organisation)
    desk = signed_in(manager)
    booked(make, candidacy)
    assert "au bout de 12 mois" in text(desk.get(f"{here(candidacy)}/force-majeure"))
    data = form(document=(BytesIO(PDF), "certificat.pdf"))
    desk.post(f"{here(candidacy)}/force-majeure", data=data, content_type="multipart/form-data")
    db.expire_all()
    change = db.scalars(select(AppointmentChange)).one()
    storage = app.extensions["viva"].storage
    clock.move(timedelta(days=366))
    purge_proofs(db, storage, settings)
    db.commit()
    db.expire_all()
    assert storage.names("proofs") == []
    desk = signed_in(manager)
    shown, proof = text(desk.get(here(candidacy))), f"{here(candidacy)}/proofs/{change.id}"
    assert ("Justificatif effacé le" in shown, proof in shown) == (True, False)
    opened = desk.get(proof)
    assert opened.status_code == 404
    assert "Ce justificatif a été effacé au terme de sa durée de conservation" in text(opened)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"sure": ""}, "sure"),
        ({"document": b"MZ not a document"}, "document"),
        ({"document": b""}, "document"),
    ],
)
def test_force_majeure_wrongly_filled_in_changes_nothing(
    db, app, make, signed_in, candidacy, change, field
):
    appointment = booked(make, candidacy)
    desk = signed_in(make.manager(candidacy.organisation))
    data = form(**change)
    if field == "document":
        data["document"] = (BytesIO(data["document"]), "certificat.pdf")
    answer = desk.post(
        f"{here(candidacy)}/force-majeure",
        data={key: value for key, value in data.items() if value},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, f"{field}-error" in text(answer)) == (422, True)
    db.expire_all()
    assert appointment.state is AppointmentState.PLANNED
    assert app.extensions["viva"].storage.names("proofs") == []


def test_without_an_appointment_there_is_nothing_to_cancel(desk, candidacy):
    for method in (desk.get, desk.post):
        answer = method(f"{here(candidacy)}/force-majeure", follow_redirects=True)
        assert (answer.status_code, "rien à annuler" in text(answer)) == (200, True)


def test_an_oral_that_began_is_not_cancelled(db, make, signed_in, candidacy):
    booked(make, candidacy)
    candidacy.stage = Stage.IN_ORAL
    desk = signed_in(make.manager(candidacy.organisation))
    answer = desk.post(f"{here(candidacy)}/force-majeure", data=form())
    assert (answer.status_code, "ne se déplace plus" in text(answer)) == (422, True)


def test_others_find_nothing(db, make, signed_in, candidacy, asked):
    booked(make, candidacy)
    for user in (make.manager(), make.evaluator(), candidacy.candidate.user):
        desk = signed_in(user)
        for path in ("extension", "force-majeure", "proofs/1"):
            assert desk.get(f"{here(candidacy)}/{path}").status_code == 404
        for path in ("extension", "extension/refuse", "force-majeure"):
            assert desk.post(f"{here(candidacy)}/{path}", data=form()).status_code == 404
