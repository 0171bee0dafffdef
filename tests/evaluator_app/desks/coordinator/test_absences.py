"""The coordinator's pages about whoever does not come."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from enrolment.models import Stage
from kernel import audit, clock
from rooms import incidents
from rooms.models import InterviewState
from rooms.queries import of_appointment
from scheduling.announcing import personal_link, placed
from scheduling.models import AppointmentState


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_an_absent_evaluator_is_seen_and_the_candidate_freed(db, make, signed_in):
    made = make.appointment(starts_at=clock.now() - timedelta(minutes=3))
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{made.candidacy_id}"
    assert page in text(browser.get("/coordinator/")).split('id="absences"')[1].split("</table>")[0]
    assert "L'évaluateur n'est pas là" in text(browser.get(page)).replace("&#39;", "'")
    assert browser.post(f"{page}/free", data={"reason": " "}).status_code == 422
    assert browser.post(f"{page}/free", data={"reason": "nobody came"}).status_code == 302
    db.expire_all()
    assert made.state is AppointmentState.CANCELLED
    assert made.candidacy.stage is Stage.ENROLLED
    assert "<table" not in text(browser.get("/coordinator/")).split('id="absences"')[1][:300]
    mine = signed_in(made.candidacy.candidate.user)
    assert "évaluateur n'est pas venu" in text(mine.get("/candidate/")).replace("&#39;", "'")
    assert browser.post(f"{page}/free", data={"reason": "again"}).status_code == 404


def test_only_coordinators_free_a_candidate(db, make, signed_in):
    made = make.appointment(starts_at=clock.now() - timedelta(minutes=3))
    address = f"/coordinator/candidacies/{made.candidacy_id}/free"
    for user in (made.evaluator, made.candidacy.candidate.user):
        assert signed_in(user).post(address, data={"reason": "me"}).status_code == 404


def test_the_proof_of_an_absence_stands_on_the_page(db, make, settings, client, signed_in):
    made = make.appointment(starts_at=clock.now() + timedelta(minutes=5))
    placed(db, settings, made)
    link = personal_link(settings, made).removeprefix("http://127.0.0.1:8000")
    assert client.post(link).status_code == 302
    acts = select(audit.AuditEntry.act).where(audit.AuditEntry.subject_kind == "Appointment")
    assert db.scalars(acts).all() == ["personal_link.use"]
    interview = of_appointment(db, made.id)
    interview.state = InterviewState.OPEN
    made.candidacy.stage = Stage.IN_ORAL
    clock.move(timedelta(minutes=16))
    who = made.evaluator.actor
    incidents.report(db, who, settings, interview, "candidate_absent", "nobody", fatal=False)
    page = text(signed_in(make.coordinator()).get(f"/coordinator/candidacies/{made.candidacy_id}"))
    shown = page.split("Absence du candidat")[1].split("Grille de l")[0]
    assert "Confirmation du rendez-vous" in shown
    assert "a été pressé sur le lien personnel" in shown
    assert "Journal de la salle" in shown
