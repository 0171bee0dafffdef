"""What no page of ours would send: every refusal is an answer with words, and nothing breaks."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from twins import on_sqlite

from enrolment.models import Stage
from evaluator_app.web.incoming import BIGGEST_ID
from kernel.permissions import SYSTEM
from people import entry
from people.models import LinkPurpose, Organisation

DEEP = "[" * 100_000
HALF = '{"device": "device-one", "text": "\\ud800", "client_id": "a", "note": "\\ud800"}'
UNREADABLE = [
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"NaN",
    b'{"device": NaN}',
    b'{"device": "device-one", "second": Infinity}',
    b'{"device": "device-one", "second": -1e999}',
    DEEP[:16_000].encode(),
    b"\xff\xfe\x00",
    HALF.encode(),
    b'{"device": "device\\u0000one", "text": "\\u0000", "client_id": "a"}',
    b'{"device": 1}',
    b'{"part": ' + b"9" * 5000 + b', "device": "device-one"}',
]


@pytest.fixture
def oral(make, db, signed_in):
    """Return the two people's browsers, with the addresses of their scripts."""
    interview = make.interview()
    db.commit()
    sheet, number = interview.performance.scoresheets[0].id, interview.id
    here, there = f"/evaluator/interviews/{number}", f"/candidate/oral/{number}"
    acts = "open admit picture-request identity/confirm identity/refuse start next level deal"
    acts += " reveal chat incident end offer heartbeat claim leave beside/link"
    grid = f"/evaluator/scoresheets/{sheet}"
    evaluator = [("POST", f"{here}/{act}") for act in acts.split()]
    evaluator += [
        ("POST", f"{grid}/changes"),
        ("POST", f"{grid}/submit"),
        ("POST", "/evaluator/equipment"),
        ("POST", "/evaluator/equipment/probe"),
    ]
    acts = "wait picture chat problem offer heartbeat claim leave"
    candidate = [("POST", f"{there}/{act}") for act in acts.split()]
    candidate += [("POST", "/candidate/equipment"), ("POST", "/candidate/equipment/probe")]
    appointment = interview.appointment
    return [
        (signed_in(appointment.evaluator), evaluator),
        (signed_in(appointment.candidacy.candidate.user), candidate),
    ]


def told(answer, body: object) -> None:
    text = answer.get_data(as_text=True)
    assert 400 <= answer.status_code < 500, (answer.status_code, body, text[:300])
    assert answer.get_json()["error"], (answer.status_code, body)


@on_sqlite
def test_what_is_no_json_of_ours_is_refused_in_words(oral):
    for browser, addresses in oral:
        for method, address in addresses:
            for body in UNREADABLE:
                answer = browser.open(address, method=method, data=body, content_type="text/plain")
                told(answer, (method, address, body[:60]))


@pytest.mark.parametrize("number", [BIGGEST_ID, BIGGEST_ID + 1, 2**63, 10**30])
def test_a_number_that_no_row_has_is_not_there(make, signed_in, number):
    coordinator, evaluator = signed_in(make.coordinator()), signed_in(make.evaluator())
    for address in ("candidacies", "people", "certifications"):
        assert coordinator.get(f"/coordinator/{address}/{number}").status_code == 404
    assert coordinator.get(f"/documents/{number}.pdf").status_code == 404
    assert evaluator.get(f"/evaluator/interviews/{number}").status_code == 404
    assert evaluator.get(f"/evaluator/interviews/{number}/state").status_code == 404


@on_sqlite
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-31", "٣", "-1", "9" * 3000])
def test_days_beyond_every_calendar_break_nothing(make, signed_in, day):
    coordinator = signed_in(make.coordinator())
    manager = signed_in(make.manager())
    candidacy = make.candidacy()
    evaluator = make.evaluator()
    assert coordinator.get(f"/coordinator/appointments?week={day}").status_code == 200
    form = {"evaluator": evaluator.id, "starts_at": f"{day}T00:00"}
    place = f"/coordinator/candidacies/{candidacy.id}/appointment"
    assert coordinator.post(place, data=form).status_code == 422
    wish = dict.fromkeys(("birth_date", "window_start", "window_end", "enrolled_on"), day)
    assert manager.post("/organisation/enrol", data=wish).status_code == 200
    assert signed_in(evaluator).get(f"/evaluator/?page={day}").status_code == 200


def test_the_name_that_was_compared_with_a_document_stays(db, make, signed_in):
    candidate = make.candidate(birth_name="Vraie", first_names="Anne")
    candidacy = make.candidacy(candidate, stage=Stage.MARKING)
    form = {
        "birth_name": "Autre",
        "first_names": "Anne",
        "sex": "F",
        "birth_date": "1990-01-01",
        "birth_country": "FR",
    }
    address = f"/candidate/candidacies/{candidacy.id}/identity/correct"
    answer = signed_in(candidate.user).post(address, data=form)
    assert "seul le certificateur" in answer.get_data(as_text=True).replace("&#39;", "'")
    db.refresh(candidate)
    assert candidate.birth_name == "Vraie"


def test_refusals_nobody_worded_still_have_words(make, signed_in):
    evaluator = signed_in(make.evaluator())
    answer = evaluator.open(
        "/evaluator/equipment", method="DELETE", headers={"Accept": "application/json"}
    )
    assert (answer.status_code, bool(answer.get_json()["error"])) == (405, True)


def test_two_written_at_once_is_told_as_lost_race(app, make, signed_in, db):
    """The net below every lock: what the database refuses as double is no failure of ours."""
    taken = make.organisation().id
    coordinator = signed_in(make.coordinator())

    def other_writer(session, _flush, _instances):
        for row in list(session.new):
            if isinstance(row, Organisation):
                row.id = taken

    event.listen(Session, "before_flush", other_writer)
    try:
        with structlog.testing.capture_logs() as lines:
            answer = coordinator.post("/coordinator/organisations", data={"name": "Atelier double"})
    finally:
        event.remove(Session, "before_flush", other_writer)
    assert answer.status_code == 409
    (why,) = [line["why"] for line in lines if line["event"] == "lost_race"]
    assert (why.count("\n"), f"({taken})" in why) == (0, False)  # no value stands in the log
    assert "Rechargez la page" in answer.get_data(as_text=True)


@on_sqlite
def test_what_nobody_sees_in_a_name_is_left_out(db, make, signed_in):
    coordinator = signed_in(make.coordinator())
    name = "Atelier\u202e\x07 du\ufeff Port\u200b עברית\u200f"
    assert coordinator.post("/coordinator/organisations", data={"name": name}).status_code == 302
    assert db.scalars(select(Organisation.name)).all() == ["Atelier du Port עברית\u200f"]
    empty = coordinator.post("/coordinator/organisations", data={"name": "\u200b\u202e\ufeff"})
    assert empty.status_code == 422


@on_sqlite
@pytest.mark.parametrize("csrf", [True, False])
def test_no_address_that_signs_in_stands_in_the_log(client, make, db, settings, csrf):
    user, token = make.coordinator(), "eyJsIjoxMjM0fQ.aaaaaa.bbbbbbbbbbbb"
    link = entry.make(db, SYSTEM, settings, user, LinkPurpose.RECOVERY).rpartition("/")[2]
    db.commit()
    with structlog.testing.capture_logs() as lines:
        for secret in (token, link):
            for address in (f"/e/{secret}", f"/p/{secret}", f"/p/{secret}/send", f"/x/{secret}"):
                client.post(address, csrf=csrf, data={"password": "court"})
            client.open(f"/e/{secret}", method="DELETE", csrf=csrf)
    told = "\n".join(map(str, lines))
    assert "refused" in told
    assert [secret for secret in (token, link) if secret in told] == []


def test_a_failing_statement_names_no_value(database):
    with database.session() as session:
        with pytest.raises(DBAPIError) as failed:
            session.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "a secret"})
        assert "a secret" not in str(failed.value)
