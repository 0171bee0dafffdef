"""The coordinator's desk over HTTP: the whole way of a candidacy, and what is refused."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from enrolment import journey
from enrolment.models import Candidacy, Certification, Stage
from evaluator_app.desks.shared.weeks import read, sent
from kernel import clock, held_back, outbox
from kernel.levels import Level
from kernel.outbox import OutboxRow
from kernel.permissions import Role
from kernel.settings import MailBackend, Mode
from people import entry, letters
from people.models import Accreditation, LinkPurpose, Organisation, User
from results import confirming
from results.models import Document
from rooms.models import Interview, InterviewState, Recording, RecordingState
from scheduling.models import Appointment, AppointmentState
from tests.results.test_validation import complete


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def local(hours: int) -> str:
    moment = clock.now() + timedelta(hours=hours + 1)
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_people_and_organisations_are_invited(db, make, signed_in):
    browser = signed_in(make.coordinator())
    assert (
        browser.post("/coordinator/organisations", data={"name": "Cap Langues"}).status_code == 302
    )
    organisation = db.scalars(select(Organisation)).one()
    answer = browser.post(
        "/coordinator/people/invite",
        data={
            "email": "manager@cap.test",
            "given_name": "Inès",
            "family_name": "Moreau",
            "role": "organisation",
            "organisation": str(organisation.id),
            "locale": "fr",
            "timezone": "Europe/Paris",
            "max_level": "C2",
        },
    )
    assert answer.status_code == 302, text(answer)
    manager = db.scalars(select(User).where(User.role == Role.ORGANISATION)).one()
    assert (manager.email, manager.organisation_id) == ("manager@cap.test", organisation.id)
    assert "manager@cap.test" in text(browser.get("/coordinator/people"))


def test_who_came_in_is_no_longer_called_invited(make, signed_in):
    here, invited = make.coordinator(), make.evaluator()
    browser = signed_in(here)
    for user, word in ((here, "Ouvert"), (invited, "Invité")):
        assert f">{word}</span>" in text(browser.get(f"/coordinator/people/{user.id}"))
    states = re.findall("(Ouvert|Invité)</span>", text(browser.get("/coordinator/people")))
    assert sorted(states) == ["Invité", "Ouvert"]


def test_without_mail_a_link_is_shown_once_and_waiting_people_are_named(app, make, signed_in):
    house, invited = app.extensions["viva"], make.evaluator(given_name="Bo", family_name="Lund")
    browser = signed_in(make.coordinator())
    here = f"/coordinator/people/{invited.id}"
    home = text(browser.get("/coordinator/"))
    assert f'<a href="{here}">Bo Lund</a>, Évaluateur · depuis le ' in home
    assert "Montrer un lien" not in text(browser.get(here))
    still = {"mode": Mode.SERVE, "mail_backend": MailBackend.FOLDER}
    settings = house.settings.model_copy(update=still)
    app.extensions["viva"] = dataclasses.replace(house, settings=settings)
    page = text(browser.get(here))
    assert ("Montrer un lien" in page, "Renvoyer l'invitation" in page) == (True, False)
    shown = text(browser.post(f"{here}/invitation/link"))
    link = re.search(r'value="(https?://[^"]*/e/[^"]+)"', shown)
    assert link is not None
    assert link[1] not in text(browser.get(here))
    way = f"/e/{link[1].partition('/e/')[2]}"
    opened = app.test_client().post(way)
    assert (opened.status_code, opened.location) == (303, f"{way}/password")


def test_an_organisation_and_an_address_are_corrected(db, make, signed_in):
    organisation = make.organisation(name="Cap Langue")
    manager, other = make.manager(organisation), make.manager()
    browser = signed_in(make.coordinator())
    here = f"/coordinator/organisations/{organisation.id}"
    page = text(browser.get(here))
    assert (manager.email in page, other.email in page) == (True, False)
    assert browser.post(here, data={"name": "Cap Langues"}).status_code == 302
    assert organisation.name == "Cap Langues"
    whose = f"/coordinator/people/{manager.id}/address"
    refused = browser.post(whose, data={"email": other.email})
    assert (refused.status_code, "Cette adresse a déjà un compte." in text(refused)) == (422, True)
    assert browser.post(whose, data={"email": "ines@cap.test"}).status_code == 302
    assert manager.email == "ines@cap.test"


def test_an_evaluator_without_language_is_told_so_and_nothing_is_kept(db, make, signed_in):
    browser = signed_in(make.coordinator())
    answer = browser.post(
        "/coordinator/people/invite",
        data={
            "email": "eva@cap.test",
            "given_name": "Eva",
            "family_name": "L",
            "role": "evaluator",
            "organisation": "0",
            "locale": "fr",
            "timezone": "Europe/Paris",
            "max_level": "C1",
        },
    )
    assert "Un évaluateur est accrédité dans une langue au moins." in text(answer)
    assert "eva@cap.test" in text(answer)  # what was typed is kept
    assert db.scalars(select(User).where(User.role == Role.EVALUATOR)).all() == []


def test_a_certification_is_put_on_offer(db, make, signed_in):
    browser = signed_in(make.coordinator())
    form = {
        "code": "passerelle-en",
        "name_fr": "Passerelle",
        "name_en": "Gateway",
        "language": "en",
        "soft_1": "4",
        "hard_1": "5",
        "soft_2": "7",
        "hard_2": "8",
        "soft_3": "7",
        "hard_3": "7",
        "slot_minutes": "25",
        "booking_notice_hours": "48",
        "moving_notice_hours": "12",
        "window_days": "31",
        "pause_minutes": "5",
        "rebooking_days": "21",
        "results_days": "15",
        "second_for": ["sample", "boundary"],
        "second_share": "5",
        "second_days": "7",
        "second_new_below": "20",
    }
    assert browser.post("/coordinator/certifications/new", data=form).status_code == 302
    row = db.scalars(select(Certification)).one()
    assert (row.code, row.part_soft_s) == ("PASSERELLE-EN", [240, 420, 420])
    assert (row.pause_minutes, row.rebooking_days, row.results_days) == (5, 21, 15)
    assert row.second_for == ["boundary", "sample"]
    assert (row.second_share, row.second_days, row.second_new_below) == (5, 7, 20)
    assert (row.slot_minutes, row.booking_notice_hours, row.moving_notice_hours) == (25, 48, 12)
    refused = browser.post("/coordinator/certifications/new", data=form | {"hard_2": "1"})
    assert "La durée limite" in text(refused)
    too_long = form | {"code": "AUTRE", "moving_notice_hours": "337"}
    assert "moving_notice_hours-error" in text(
        browser.post("/coordinator/certifications/new", data=too_long)
    )


def test_an_oral_is_placed_moved_and_cancelled(db, make, signed_in):
    candidacy, first, second = make.candidacy(), make.evaluator(), make.evaluator()
    make.rubric()
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}"
    data = {"evaluator": str(first.id), "starts_at": local(26)}
    assert browser.post(f"{page}/appointment", data=data).status_code == 302
    appointment = db.scalars(select(Appointment)).one()
    assert db.scalars(select(Interview.appointment_id)).all() == [appointment.id]
    moved = {"evaluator": str(second.id), "starts_at": local(50)}
    assert "Dites pourquoi" in text(browser.post(f"{page}/appointment", data=moved))
    moved["reason"] = "ill"
    assert browser.post(f"{page}/appointment", data=moved).status_code == 302
    db.expire_all()
    assert (appointment.evaluator_id, appointment.sequence) == (second.id, 1)
    assert browser.post(f"{page}/appointment/cancel", data={"reason": "x"}).status_code == 302
    db.expire_all()
    assert (appointment.state, candidacy.stage) == (AppointmentState.CANCELLED, Stage.ENROLLED)


def test_a_past_hour_is_refused_and_the_form_kept(db, make, signed_in):
    candidacy, evaluator = make.candidacy(), make.evaluator()
    browser = signed_in(make.coordinator())
    answer = browser.post(
        f"/coordinator/candidacies/{candidacy.id}/appointment",
        data={"evaluator": str(evaluator.id), "starts_at": "2020-01-01T10:00"},
    )
    assert (answer.status_code, "Cette heure est passée." in text(answer)) == (422, True)


def digest_on(page: str) -> str:
    """What the confirmation of a page sends: the digest of the verdict that was read."""
    return re.search(r'name="digest" value="([0-9a-f]+)"', page)[1]


def test_results_are_previewed_validated_and_verified_by_anybody(
    database, db, make, signed_in, settings, client
):
    candidacy = complete(make)
    make.manager(candidacy.organisation, email="chef@cap.test")
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}"
    shown = text(browser.get(page))
    asked = shown[shown.index('id="validate"') :].split("</dialog>")[0]
    leaving = f"l'attestation et le certificat, à {candidacy.candidate.user.email}"
    assert [words in asked for words in ("B2", leaving, "chef@cap.test")] == [True] * 3
    read = {"digest": digest_on(shown)}
    unread = browser.post(f"{page}/validate", data={"digest": "0"})
    assert (unread.status_code, "a changé depuis" in text(unread)) == (409, True)
    assert browser.post(f"{page}/validate", data=read).status_code == 302
    db.expire_all()
    assert candidacy.stage is Stage.COMPLETE
    assert "Ne pas envoyer" in text(browser.get(page))
    db.commit()
    confirming.register(settings.model_copy(update={"results_hold_s": 0}))
    clock.move(timedelta(seconds=31))
    outbox.drain(database, lane=outbox.Lane(frozenset({confirming.KIND})))
    db.expire_all()
    assert candidacy.stage is Stage.VALIDATED
    code = db.scalars(select(Document.code)).first()
    shown = client.get(f"/verify/{code.lower()}")
    assert (shown.status_code, "Camille Rose Delaunay" in text(shown)) == (200, True)
    assert client.get("/verify/AAAA-BBBB-CCCC-DDDD").status_code == 404
    again = browser.post(f"{page}/validate", data=read)
    assert (again.status_code, "déjà été validés" in text(again)) == (409, True)


def test_the_written_level_is_entered_with_a_reason_when_it_changes(db, make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}/written"
    assert browser.post(page, data={"level": "B2"}).status_code == 302
    assert browser.post(page, data={"level": "C1"}).status_code == 422
    assert browser.post(page, data={"level": "C9"}).status_code == 422
    assert browser.post(page, data={"level": "C1", "reason": "typed"}).status_code == 302


def test_an_incident_has_two_ways_on_and_each_move_is_said(db, make, signed_in):
    candidacy = make.candidacy(stage=Stage.MARKING)
    coordinator = make.coordinator()
    browser, here = signed_in(coordinator), f"/coordinator/candidacies/{candidacy.id}"
    journey.move(db, coordinator.actor, candidacy, Stage.SUSPENDED)
    page = text(browser.get(here))
    assert ("un oral arrêté par un incident se repasse en entier" in page) is True
    left = browser.post(
        f"/organisation/candidacies/{candidacy.id}/withdraw", data={"reason": "Elle renonce."}
    )
    assert (left.status_code, candidacy.stage) == (302, Stage.WITHDRAWN)
    moves = re.findall(r"Changement d'étape[^<]*", text(browser.get(here)))
    assert moves == [f"Changement d'étape → {word}" for word in ("Incident à traiter", "Retiré")]


def test_the_log_shows_acts_and_people_in_words_and_is_searched_by_them(db, make, signed_in):
    coordinator, other = make.coordinator(), make.coordinator()
    browser = signed_in(coordinator)
    browser.post("/coordinator/organisations", data={"name": "Cap Langues"})
    candidacy = make.candidacy()
    candidacy.candidate.birth_name = candidacy.candidate.used_name = "Quelquun"
    signed_in(other).post(f"/coordinator/candidacies/{candidacy.id}/written", data={"level": "B2"})

    def rows(**asked: str) -> list[list[str]]:
        page = text(browser.get("/coordinator/audit", query_string=asked))
        body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
        cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in body.split("</tr>")[:-1]]
        return [[re.sub("<[^>]+>", "", cell) for cell in row[1:]] for row in cells]

    added = [coordinator.name, "Organisme ajouté", "Cap Langues"]
    entered = [other.name, "Niveau écrit entré", candidacy.candidate.name]
    assert [row for row in rows() if row in (added, entered)] == [entered, added]
    assert rows(q="organisme AJOUTE") == [added]
    assert rows(who=str(other.id), q="niveau") == [entered]
    assert rows(candidate="quelquun", q="niveau") == [entered]
    assert rows(candidate="personne") == []
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    assert (rows(**{"from": tomorrow}), added in rows(until=tomorrow)) == ([], True)
    assert rows(q="rien de tel") == []


def test_lists_hold_with_odd_questions(make, signed_in):
    browser = signed_in(make.coordinator())
    for question in ("stage=nonsense", "page=0", "page=99999999999", "q=%25é", "page=x"):
        assert browser.get(f"/coordinator/candidacies?{question}").status_code == 200
    assert browser.get("/coordinator/candidacies?q=%00").status_code == 422
    assert browser.post("/coordinator/organisations", data={"name": "a\0b"}).status_code == 422
    assert browser.get("/coordinator/appointments?week=2026-13-99").status_code == 200


def test_every_page_answers_in_both_languages(db, make, signed_in):
    candidacy = complete(make)
    member = make.evaluator()
    browser = signed_in(make.coordinator())
    for path in (
        "/coordinator/",
        "/coordinator/candidacies",
        f"/coordinator/candidacies/{candidacy.id}",
        f"/coordinator/candidacies/{candidacy.id}/identity",
        "/coordinator/appointments",
        "/coordinator/audit",
        "/coordinator/certifications",
        "/coordinator/certifications/new",
        "/coordinator/people",
        "/coordinator/people/invite",
        f"/coordinator/people/{member.id}",
    ):
        for language in ("fr", "en"):
            assert browser.get(f"{path}?lang={language}").status_code == 200, path
    assert db.scalars(select(Candidacy.stage)).all() == [Stage.COMPLETE]


def test_the_first_page_says_what_comes_before_the_first_candidate(make, signed_in):
    coordinator = make.coordinator()
    browser = signed_in(coordinator)
    assert "Mettre une certification au catalogue" in text(browser.get("/coordinator/"))
    make.manager()
    evaluator = make.evaluator()
    certification = make.certification()
    page = text(browser.get("/coordinator/"))
    assert ("Tout est prêt" in page, "Aucune heure ne peut être réservée" in page) == (False, True)
    make.hours(evaluator)
    page = text(browser.get("/coordinator/"))
    assert ("Tout est prêt" in page, "Aucune heure ne peut être réservée" in page) == (True, False)
    make.candidacy(certification=certification)
    assert "Tout est prêt" not in text(browser.get("/coordinator/"))


def test_who_has_no_name_is_asked_for_it(make, signed_in):
    coordinator = make.coordinator()
    browser = signed_in(coordinator)
    assert "Donner mon nom" not in text(browser.get("/coordinator/"))
    coordinator.given_name = coordinator.family_name = ""
    assert "Donner mon nom" in text(browser.get("/coordinator/"))


def test_a_recording_that_failed_stands_on_both_pages_until_it_is_decided(db, make, signed_in):
    held = make.appointment(starts_at=clock.now() - timedelta(days=2))
    interview = make.interview(held, state=InterviewState.ENDED, started_at=held.starts_at)
    candidacy = held.candidacy
    recording = Recording(
        interview_id=interview.id,
        name="abc",
        started_at=clock.now(),
        state=RecordingState.FAILED,
    )
    db.add(recording)
    candidacy.stage, candidacy.created_at = Stage.MARKING, clock.now()  # no sheet is late
    browser = signed_in(make.coordinator())
    page = f"/coordinator/candidacies/{candidacy.id}"

    def told() -> tuple[bool, bool, bool]:
        db.flush()
        home, own = text(browser.get("/coordinator/")), text(browser.get(page))
        return "Un enregistrement a échoué" in home, page in home, "En échec" in own

    assert told() == (True, True, True)
    recording.state = RecordingState.READY
    assert told() == (False, False, False)
    recording.state, candidacy.stage = RecordingState.FAILED, Stage.WITHDRAWN
    assert told() == (False, False, True)


# The free slots


@pytest.fixture
def placing(db, make, signed_in):
    """A candidacy, two evaluators who are there in office hours, and a coordinator's browser."""
    candidacy = make.candidacy()
    for _ in range(2):
        make.hours(make.evaluator(), 9 * 60, 17 * 60)
    make.evaluator(max_level=Level.A2)
    db.commit()
    return candidacy, signed_in(make.coordinator())


def offered(page) -> list[str]:
    return re.findall(r'name="starts_at" value="([^"]+)"', page.get_data(as_text=True))


def test_an_oral_is_placed_and_moved_among_the_free_slots(db, placing):
    candidacy, browser = placing
    here = f"/coordinator/candidacies/{candidacy.id}/slots"
    assert f'href="{here}"' in text(browser.get(f"/coordinator/candidacies/{candidacy.id}"))
    first, second = offered(browser.get(here))[:2]
    asked = browser.post(here, data={"starts_at": first})
    assert asked.location == f"{here}/confirm?at={first}"
    assert "Confirmer le rendez-vous" in text(browser.get(asked.location))
    assert browser.post(asked.location).status_code == 302
    made = db.scalars(select(Appointment)).one()
    assert sent(made.starts_at) == first
    # Moved: to the same evaluator or another, with a reason; its own hour counts as free.
    assert first in offered(browser.get(here))
    confirm = f"{here}/confirm?at={second}"
    assert "Dites pourquoi" in text(browser.post(confirm))
    assert browser.post(confirm, data={"reason": "grève"}).status_code == 302
    db.expire_all()
    assert (sent(made.starts_at), made.sequence) == (second, 1)


def test_a_slot_that_is_gone_is_said_with_the_nearest(db, make, placing):
    candidacy, browser = placing
    here = f"/coordinator/candidacies/{candidacy.id}/slots"
    evaluator = db.scalars(select(Accreditation).order_by(Accreditation.id)).first().evaluator
    first = offered(browser.get(f"{here}?with={evaluator.id}"))[0]
    make.appointment(evaluator=evaluator, starts_at=read(first))
    answer = browser.get(f"{here}/confirm?with={evaluator.id}&at={first}")
    assert answer.status_code == 409
    assert "Cette heure vient d'être prise" in text(answer)
    assert len(offered(answer)) > 3
    # With anybody, the colleague is still free then.
    assert browser.get(f"{here}/confirm?at={first}").status_code == 200


def test_slots_are_shown_with_those_alone_who_may_examine(db, make, placing):
    candidacy, browser = placing
    low = db.scalars(select(Accreditation).where(Accreditation.max_level == Level.A2)).one()
    assert low.evaluator.name not in text(
        browser.get(f"/coordinator/candidacies/{candidacy.id}/slots")
    )
    page = f"/coordinator/candidacies/{candidacy.id}/slots?with={low.evaluator_id}"
    assert browser.get(page).status_code == 404
    data = {"evaluator": str(low.evaluator_id), "starts_at": local(50)}
    answer = browser.post(f"/coordinator/candidacies/{candidacy.id}/appointment", data=data)
    assert answer.status_code == 422
    assert db.scalars(select(Appointment)).all() == []


def test_an_hour_outside_the_evaluators_own_is_asked_about_once_more(db, placing):
    candidacy, browser = placing
    evaluator = db.scalars(select(Accreditation).order_by(Accreditation.id)).first().evaluator
    night = clock.now().astimezone(ZoneInfo("Europe/Paris")) + timedelta(days=4)
    data = {"evaluator": str(evaluator.id), "starts_at": f"{night:%Y-%m-%d}T03:10"}
    place = f"/coordinator/candidacies/{candidacy.id}/appointment"
    answer = browser.post(place, data=data)
    assert answer.status_code == 422
    assert f"{evaluator.name} n'a pas d'heure libre le" in text(answer)
    assert db.scalars(select(Appointment)).all() == []
    assert browser.post(place, data=data | {"outside": "y"}).status_code == 302
    assert db.scalars(select(Appointment)).one().evaluator_id == evaluator.id


def test_a_letter_that_was_given_up_is_sent_again(db, make, signed_in):
    browser = signed_in(make.coordinator())
    assert "pas partie" not in text(browser.get("/coordinator/"))
    user = make.coordinator(email="zoe@example.test", given_name="Zoë", family_name="Martin")
    letters.to(db, user, "candidate_send_link", opens=entry.opens(LinkPurpose.SIGN_IN))
    db.flush()
    row = db.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1)).one()
    row.failed_at, row.error, row.attempts = clock.now(), "550 policy", 6
    assert "1 e-mail n'est pas parti" in text(browser.get("/coordinator/"))
    page = text(browser.get("/coordinator/letters"))
    assert "zoe@example.test" in page
    assert "550 policy" in page
    row.error = held_back.HELD_BACK
    held = text(browser.get("/coordinator/letters"))
    assert "Retenu après une restauration : il est peut-être déjà parti." in held
    assert browser.post(f"/coordinator/letters/{row.id}/send").status_code == 302
    db.expire_all()
    assert (row.failed_at, row.attempts) == (None, 0)
    assert browser.post(f"/coordinator/letters/{row.id}/send").status_code == 404
    assert "Aucun e-mail n'attend" in text(browser.get("/coordinator/letters"))
