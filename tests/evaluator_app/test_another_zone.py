"""An exam that is held elsewhere: days and hours are those of its zone on every page and letter."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from twins import on_sqlite

from enrolment.models import Candidacy
from evaluator_app.wiring import timekeeping
from kernel import clock, exam_zone, i18n, mail
from kernel.audit import AuditEntry
from people.models import User
from results import queries
from results.kinds import shared
from results.kinds.kind import Source
from results.models import Document
from results.validation import validate
from scheduling.models import Appointment
from tests.evaluator_app.desks.organisation.test_organisation import FORM
from tests.kernel.mail_samples import SAMPLES, SURROUNDINGS
from tests.results.test_validation import complete
from written_test.elsewhere.results_reading import cells

NOUMEA = ZoneInfo("Pacific/Noumea")


@pytest.fixture(autouse=True)
def _in_noumea(settings):
    timekeeping.follow(settings.model_copy(update={"default_timezone": "Pacific/Noumea"}))
    yield
    exam_zone.use(exam_zone.USUAL)


def text(answer) -> str:
    return answer.get_data(as_text=True).replace(i18n.NBSP, " ")


@on_sqlite
def test_access_begins_and_ends_with_days_there(db, make, signed_in):
    manager = make.manager(timezone="America/Toronto")
    browser, certification = signed_in(manager), make.certification()
    form = browser.get("/organisation/enrol")
    assert '<option selected value="Pacific/Noumea">Nouméa</option>' in text(form)
    today = clock.now().astimezone(NOUMEA).date().isoformat()
    assert f'value="{today}"' in text(form)
    data = {"certification": certification.id, "window_end": "2030-01-31"}
    assert browser.post("/organisation/enrol", data=FORM | data).status_code == 302
    made = db.scalars(select(Candidacy)).one()
    assert made.window_start == datetime(2029, 12, 31, 13, tzinfo=UTC)
    assert made.window_end == datetime(2030, 1, 31, 13, tzinfo=UTC)
    page = text(browser.get(f"/organisation/candidacies/{made.id}"))
    assert "du 1er janvier 2030 au 31 janvier 2030" in page  # as it was typed, whoever looks
    more = {"until": "2030-02-10", "reason": "Peu de créneaux."}
    assert (
        browser.post(f"/organisation/candidacies/{made.id}/extension", data=more).status_code == 302
    )
    db.expire_all()
    assert made.window_end == datetime(2030, 2, 10, 13, tzinfo=UTC)


@on_sqlite
def test_coordinators_type_and_read_hours_there(db, make, signed_in):
    candidacy, evaluator = make.candidacy(), make.evaluator(timezone="Europe/Paris")
    browser = signed_in(make.coordinator(timezone="Europe/Paris"))
    here = f"/coordinator/candidacies/{candidacy.id}"
    assert "Heure de Nouméa." in text(browser.get(here))
    day = (clock.now().astimezone(NOUMEA) + timedelta(days=4)).date()
    data = {"evaluator": str(evaluator.id), "starts_at": f"{day}T09:00"}
    assert browser.post(f"{here}/appointment", data=data).status_code == 302
    made = db.scalars(select(Appointment)).one()
    assert made.starts_at == datetime(day.year, day.month, day.day, 9, tzinfo=NOUMEA)
    assert f"{i18n.day_in_words(day, 'fr')} à 09:00" in text(browser.get(here))
    assert 'data-zone="Pacific/Noumea"' in text(browser.get(here))
    week = text(browser.get(f"/coordinator/appointments?week={day}"))
    assert ("heure de Nouméa" in week, "09:00–09:" in week) == (True, True)
    plan = text(browser.get(f"/coordinator/plan?day={day}"))
    assert ("Heure de Nouméa" in plan, "09:00–09:" in plan) == (True, True)
    log = text(browser.get("/coordinator/audit"))
    entry = db.scalars(select(AuditEntry).where(AuditEntry.act == "appointment.place")).one()
    assert i18n.moment_in_words(entry.at, "fr", "Pacific/Noumea") in log


@on_sqlite
def test_documents_and_imports_take_their_days_there(db, make, settings):
    late = datetime(2026, 3, 12, 20, tzinfo=UTC)  # in Nouméa it is the next day
    assert cells.day(late.isoformat()) == date(2026, 3, 13)
    verdict = validate(db, make.coordinator().actor, complete(make))
    db.flush()
    queries.oral_of(db, verdict).started_at = late
    document = db.scalars(select(Document).where(Document.verdict_id == verdict.id)).first()
    document.issued_at = late
    said = shared.facts(Source(db, settings, verdict, document))
    assert (said["oral_on"], said["issued_on"]) == (date(2026, 3, 13), date(2026, 3, 13))


def test_letters_say_that_zones_hour_beside_the_readers_own():
    facts = SURROUNDINGS | SAMPLES["appointment_confirmed"] | {"zone": "Europe/Paris"}
    _subject, words, _html = mail.render("appointment_confirmed", "fr", facts)
    assert "Heure de Nouméa :" in words.replace(i18n.NBSP, " ")


@on_sqlite
def test_whoever_has_no_zone_of_their_own_gets_that_one(db, make, client):
    assert 'data-zone="Pacific/Noumea"' in text(client.get("/"))
    user = User(
        email="a@example.test", role="coordinator", created_at=clock.now(), fs_uniquifier="a"
    )
    db.add(user)
    db.flush()
    assert user.timezone == "Pacific/Noumea"
