"""What a candidate meets without scripts: the personal link, the way, identity, rights, results."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import letterbox
import pytest
from sqlalchemy import select
from twins import on_sqlite

from enrolment import gates
from enrolment.models import GateKind, Stage
from evaluator_app.desks.candidate.levels import progress, published_profile
from evaluator_app.desks.shared import dates
from evaluator_app.desks.shared.personal_link import masked
from evaluator_app.desks.shared.phones import is_phone
from kernel import clock
from kernel.i18n import day_in_words
from kernel.levels import Level
from people.models import Consent
from results import validation
from rooms.models import Incident, IncidentKind, InterviewState
from rubrics.library import grid
from scheduling.announcing import personal_link
from scheduling.models import Appointment, AppointmentState
from tests.results.test_validation import complete

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36"
TABLET = "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Version/16.0 Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def path(settings, appointment) -> str:
    return personal_link(settings, appointment).removeprefix(settings.base_url)


def text(answer) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", words.replace("&#39;", "'"))


@pytest.mark.parametrize(
    ("agent", "phone"),
    [(IPHONE, True), (PIXEL, True), (TABLET, False), (IPAD, False), (LAPTOP, False), ("", False)],
)
def test_phones_are_told_from_tablets(agent, phone):
    assert is_phone(agent) is phone


def test_an_address_is_masked():
    assert masked("camille.d@example.org") == "ca…@example.org"


@on_sqlite
def test_a_moment_is_said_in_both_zones_when_they_differ(app):
    moment = datetime(2026, 12, 3, 13, 30, tzinfo=UTC)
    with app.test_request_context("/?lang=fr"):
        same = dates.say(moment, "Europe/Brussels")
        assert same == dates.MomentInWords("jeudi 3 décembre 2026 à 14:30", "")
        other = dates.say(moment, "America/Montreal")
        assert other.words == "jeudi 3 décembre 2026 à 08:30, votre heure"
        assert other.elsewhere == "14:30, heure de Paris"
        night = dates.say(moment.replace(hour=23), "America/Montreal")
        assert night.elsewhere == "vendredi 4 décembre 2026 à 00:30, heure de Paris"


@on_sqlite
def test_opening_the_link_signs_nobody_in_and_continuing_does_as_often_as_needed(
    app, make, settings, client
):
    appointment = make.appointment()
    address = path(settings, appointment)
    assert "Bonjour Camille" in text(client.get(address))
    assert client.get("/candidate/").status_code == 302
    answer = client.post(address)
    assert re.fullmatch(r"/candidate/oral/\d+/", answer.location)
    assert client.get(answer.location).status_code == 200
    again = app.test_client()
    assert again.post(address).location == answer.location


@on_sqlite
@pytest.mark.parametrize(
    ("first_names", "said"),
    [("Anne Marie, Paule", "Bonjour Anne Marie "), ("", "Bonjour Lefèvre ")],
)
def test_somebody_is_greeted_as_they_are_called(make, settings, client, first_names, said):
    appointment = make.appointment()
    candidate = appointment.candidacy.candidate
    candidate.first_names, candidate.birth_name, candidate.used_name = first_names, "Lefèvre", ""
    assert said in text(client.get(path(settings, appointment)))


@on_sqlite
def test_the_link_goes_on_after_a_move(db, make, settings, client):
    appointment = make.appointment()
    address = path(settings, appointment)
    moved = (clock.now() + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)
    appointment.starts_at = moved
    appointment.ends_at = appointment.starts_at + timedelta(minutes=30)
    appointment.sequence += 1
    words = dates.say(moved, "Europe/Paris").words
    assert words[0].upper() + words[1:] in text(client.get(address))


@on_sqlite
def test_a_link_that_serves_no_more_says_so(make, settings, client):
    ended = make.interview(state=InterviewState.ENDED).appointment
    answer = client.get(path(settings, ended))
    assert answer.status_code == 410
    assert "Cet entretien est terminé" in text(answer)
    assert client.post(path(settings, ended)).status_code == 409
    cancelled = make.appointment(state=AppointmentState.CANCELLED)
    answer = client.get(path(settings, cancelled))
    assert answer.status_code == 410
    assert "a été annulé" in text(answer)


@on_sqlite
@pytest.mark.parametrize("act", ["get", "post"])
def test_a_forged_link_is_not_there(make, settings, client, act):
    address = path(settings, make.appointment())
    assert getattr(client, act)(f"{address}x").status_code == 404
    assert getattr(client, act)("/p/nonsense").status_code == 404


@on_sqlite
def test_somebody_else_signed_in_is_named_then_replaced(make, settings, signed_in):
    appointment = make.appointment()
    browser = signed_in(make.coordinator(given_name="Hélène", family_name="Vasseur"))
    page = browser.get(path(settings, appointment))
    assert "Ce navigateur est ouvert au nom de Hélène Vasseur" in text(page)
    browser.post(path(settings, appointment))
    assert browser.get("/coordinator/").status_code == 404
    assert browser.get("/candidate/oral/").status_code == 302


@on_sqlite
def test_a_phone_is_sent_to_a_computer_once(db, make, settings, client):
    appointment = make.appointment()
    address = path(settings, appointment)
    headers = {"User-Agent": IPHONE}
    page = client.get(address, headers=headers)
    assert page.get_data(as_text=True).count("data-phone") == 2
    for _ in range(2):
        answer = client.post(f"{address}/send", headers=headers)
        assert "Le lien est parti" in text(answer)
    [letter] = letterbox.written(db, settings)
    assert letter.template == "candidate_send_link"
    assert letter.reader is appointment.candidacy.candidate.user
    assert letter.context["link"] == personal_link(settings, appointment)


@pytest.fixture
def home(make, signed_in):
    """Give the home's text of a candidacy at a stage, with what else was made of it."""

    def show(candidacy) -> str:
        return text(signed_in(candidacy.candidate.user).get("/candidate/"))

    return show


@on_sqlite
def test_the_way_begins_with_the_identity(make, home):
    words = home(make.candidacy())
    assert words.count("(En cours)") == 1
    assert "Vérifier mon identité (En cours)" in words
    assert "Test écrit (À venir)" in words


@on_sqlite
def test_an_oral_that_is_near_comes_first(make, home):
    words = home(make.appointment(starts_at=clock.now() + timedelta(minutes=5)).candidacy)
    assert "Entretien oral (En cours)" in words
    assert "Rejoindre l'entretien" in words


@on_sqlite
@pytest.mark.parametrize(("hours", "passed"), [(0.1, False), (1.5, False), (2.5, True)])
def test_an_oral_that_nobody_held_is_not_to_be_joined_for_ever(make, home, hours, passed):
    words = home(make.appointment(starts_at=clock.now() - timedelta(hours=hours)).candidacy)
    assert ("Rejoindre l'entretien" in words, "L'heure est passée" in words) == (not passed, passed)
    assert ("L'heure prévue est passée" in words) is (hours == 1.5)
    assert ("Nous écrire" in words) is (hours > 1)


@on_sqlite
def test_a_written_level_is_received_but_not_told(db, make, home):
    candidacy = make.candidacy()
    make.written_result(candidacy)
    from_gate = home(candidacy)
    assert "Résultat reçu" not in from_gate
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True, detail="B2")
    words = home(candidacy)
    assert "Résultat reçu" in words
    assert "B2" not in words


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (IncidentKind.IDENTITY_REFUSED, "Votre identité n'a pas pu être confirmée"),
        (IncidentKind.TECHNICAL, "Choisissez une nouvelle heure quand vous voulez"),
        (IncidentKind.CANDIDATE_ABSENT, "Votre évaluateur vous a attendu"),
        (IncidentKind.BEHAVIOUR, "vous entendra avant de décider"),
    ],
)
def test_an_incident_says_what_happened_and_what_comes(db, make, home, kind, said):
    candidacy = make.candidacy()
    interview = make.interview(make.appointment(candidacy), state=InterviewState.ABORTED)
    db.add(Incident(interview_id=interview.id, kind=kind, note="…", fatal=True, at=clock.now()))
    candidacy.stage = Stage.SUSPENDED
    assert said in home(candidacy)


@on_sqlite
@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.MARKING, "Votre évaluateur note l'entretien"),
        (Stage.COMPLETE, "Vos résultats sont complets"),
        (Stage.WITHDRAWN, "Votre candidature a été retirée"),
        (Stage.EXPIRED, "Votre période d'accès est terminée"),
    ],
)
def test_every_stage_has_its_words(make, home, stage, said):
    assert said in home(make.candidacy(stage=stage))


@on_sqlite
def test_the_date_of_results_is_told_from_the_first_day(make, home):
    assert "Attendus dans les 10 jours qui suivent l'oral." in home(make.candidacy())
    coming = make.appointment(starts_at=clock.now() + timedelta(days=2))
    assert f"Attendus au plus tard le {ten_days_after(coming)}." in home(coming.candidacy)


@on_sqlite
@pytest.mark.parametrize(("days", "late"), [(9, False), (12, True)])
def test_results_that_are_late_are_apologised_for(make, home, days, late):
    held = make.appointment(starts_at=clock.now() - timedelta(days=days))
    held.candidacy.stage = Stage.MARKING
    words, day = home(held.candidacy), ten_days_after(held)
    assert (f"Attendus au plus tard le {day}." in words) is not late
    assert (f"Ils étaient attendus le {day} et prennent plus de temps" in words) is late
    assert ("Nous écrire" in words) is late


def ten_days_after(oral) -> str:
    return day_in_words(oral.ends_at + timedelta(days=10), "fr")


@on_sqlite
def test_the_identity_is_confirmed_or_corrected(make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(candidacy.candidate.user)
    base = f"/candidate/candidacies/{candidacy.id}/identity"
    candidacy.candidate.birth_commune_code = "35238"
    review = text(browser.get(base))
    assert ("17 avril 1991" in review, "Sexe à l'état civil Femme" in review) == (True, True)
    assert "INSEE" not in text(browser.get(f"{base}/correct"))
    assert browser.post(base).status_code == 302
    assert "Vérifier mon identité (Fait)" in text(browser.get("/candidate/"))
    form = {
        "birth_name": "Delaunay",
        "first_names": "Camille",
        "sex": "F",
        "birth_date": "1991-04-17",
        "birth_country": "FR",
        "birth_place": candidacy.candidate.birth_place,
    }
    assert browser.post(f"{base}/correct", data=form).location == base
    assert "Vérifier mon identité (En cours)" in text(browser.get("/candidate/"))
    kept = candidacy.candidate
    assert (kept.birth_name, kept.birth_commune_code) == ("Delaunay", "35238")
    browser.post(f"{base}/correct", data=form | {"birth_place": "Lyon"})
    assert (kept.birth_place, kept.birth_commune_code) == ("Lyon", "")


@on_sqlite
def test_rights_are_acknowledged_once(db, make, signed_in):
    user = make.candidacy().candidate.user
    browser = signed_in(user)
    page = text(browser.get("/candidate/information"))
    assert "L'enregistrement est effacé après 12 mois." in page
    assert browser.post("/candidate/information", data={"recording": "1"}).status_code == 200
    assert browser.post("/candidate/information", data={"rights": "1"}).status_code == 302
    kinds = db.scalars(
        select(Consent.kind).where(Consent.user_id == user.id).order_by(Consent.kind)
    )
    assert list(kinds) == ["recording", "rights"]
    assert "Vous avez lu ces informations." in text(browser.get("/candidate/information"))


@on_sqlite
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_pages_that_hold_scripts_render_in_both_languages(make, signed_in, lang):
    interview = make.interview()
    browser = signed_in(interview.appointment.candidacy.candidate.user)
    for address in (f"/candidate/oral/{interview.id}/", "/candidate/equipment"):
        answer = browser.get(f"{address}?lang={lang}")
        assert answer.status_code == 200
        assert f'<html lang="{lang}"' in answer.get_data(as_text=True)
    evaluator = signed_in(interview.appointment.evaluator)
    assert evaluator.get(f"/evaluator/equipment?lang={lang}").status_code == 200


@on_sqlite
def test_strangers_find_nothing(make, signed_in):
    interview = make.interview()
    candidacy = interview.appointment.candidacy
    strangers = [make.candidate().user, interview.appointment.evaluator, make.coordinator()]
    for stranger in strangers:
        browser = signed_in(stranger)
        assert browser.get(f"/candidate/oral/{interview.id}/").status_code == 404
        assert browser.get(f"/candidate/candidacies/{candidacy.id}/identity").status_code == 404
        assert browser.get(f"/candidate/candidacies/{candidacy.id}/results").status_code == 404
        address = f"/candidate/appointments/{interview.appointment_id}/oral"
        assert browser.post(address).status_code == 404


@on_sqlite
def test_results_stay_closed_until_they_are_validated(make, signed_in):
    candidacy = make.candidacy(stage=Stage.COMPLETE)
    browser = signed_in(candidacy.candidate.user)
    assert browser.get(f"/candidate/candidacies/{candidacy.id}/results").status_code == 404


@on_sqlite
def test_the_oral_gives_way_to_its_published_results(make, signed_in):
    interview = make.interview()
    candidacy = interview.appointment.candidacy
    browser = signed_in(candidacy.candidate.user)
    assert browser.get(f"/candidate/oral/{interview.id}/").status_code == 200
    candidacy.stage = Stage.VALIDATED
    answer = browser.get(f"/candidate/oral/{interview.id}/")
    assert (answer.status_code, answer.location) == (
        302,
        f"/candidate/candidacies/{candidacy.id}/results",
    )


@on_sqlite
def test_an_incident_leaves_nothing_to_press(make, signed_in):
    candidacy = make.candidacy(stage=Stage.SUSPENDED)
    page = signed_in(candidacy.candidate.user).get("/candidate/").get_data(as_text=True)
    assert "btn-primary" not in page


@on_sqlite
def test_a_way_that_stopped_promises_nothing(make, home):
    words = home(make.candidacy(stage=Stage.WITHDRAWN))
    assert "Vérifier mon identité (À venir)" in words
    assert "fixe la date" not in words


@on_sqlite
def test_a_profile_shows_published_levels_alone(app):
    with app.test_request_context("/?lang=fr"):
        criteria = {"listening": "B2", "fluency": None, "grammar": "below_a1"}
        rows = published_profile(grid(), criteria, "fr")
    assert [(row["word"], row["rank"]) for row in rows] == [
        ("B2", 10),
        ("Non évaluable", None),
        ("Inférieur à A1", 0),
    ]


MIXED = {"listening": "B2", "vocabulary": "B1", "fluency": "below_a1", "grammar": None}


@pytest.mark.parametrize(
    ("criteria", "strengths", "steps"),
    [
        (MIXED, ["Listening"], [("Fluency", "Below A1", "A1"), ("Vocabulary", "B1", "B2")]),
        ({"listening": "A2", "fluency": "B1"}, ["Fluency"], [("Listening", "A2", "B1"), "fluency"]),
        ({"listening": "B1", "fluency": "B1"}, [], ["listening", "fluency"]),
        ({"listening": None}, [], []),
        ({"listening": "C1", "fluency": "B2"}, ["Listening", "Fluency"], []),
    ],
)
def test_progress_names_strengths_and_the_next_step_by_the_grid(criteria, strengths, steps):
    known = {
        "listening": ("Listening", "B1", "B2"),
        "fluency": ("Fluency", "B1", "B2"),
    }
    shown = progress(grid(), criteria, Level.B2, "en")
    assert shown.strengths == strengths
    assert [(step.name, step.word, step.following) for step in shown.steps] == [
        known[step] if isinstance(step, str) else step for step in steps
    ]
    keys = {name: key for key, name in grid().names("en").items()}
    for step in shown.steps:
        level = next(level for level in Level if level.label("en") == step.following)
        assert step.asks == grid().criterion(keys[step.name]).bands[level].en


@on_sqlite
def test_the_personal_link_opens_the_oral_s_way_alone(make, settings, client, db):
    interview = make.interview()
    appointment = interview.appointment
    candidacy, user = appointment.candidacy, appointment.candidacy.candidate.user
    led = client.post(path(settings, appointment))
    way = [led.location, "/candidate/equipment", "/candidate/information"]
    assert [client.get(address).status_code for address in way] == [200] * 3
    assert client.get("/candidate/oral/").location == led.location
    for act in ("/candidate/equipment", "/candidate/equipment/probe"):  # scripts of the oral's page
        assert client.post(act, data=b"{}").status_code == 422
    here = f"/candidate/candidacies/{candidacy.id}"
    for address in (
        "/candidate/",
        f"{here}/identity",
        f"{here}/booking",
        f"{here}/written/",
        f"/candidate/oral/{make.interview().id}/",
        "/account/",
        "/account/password",
    ):
        answer = client.get(address)
        assert (answer.status_code, "rien d'autre" in text(answer)) == (403, True), address
        asked = client.get(address, headers={"Accept": "application/json"})
        assert asked.status_code == 401, address
    assert client.post("/account/password", data={"password": "x"}).status_code == 403
    for _ in range(2):
        assert "ca" in text(client.post("/candidate/space"))
    db.commit()
    [letter] = letterbox.written(db, settings)
    assert (letter.template, letter.to.email) == ("candidate_link", user.email)
    link = letter.context["link"].removeprefix(settings.base_url)
    db.commit()
    assert client.post(link).location == "/candidate/"
    assert client.get("/candidate/").status_code == 200
    assert client.post(path(settings, appointment)).status_code == 302
    assert client.get("/candidate/").status_code == 200  # their own sign-in stays whole


@on_sqlite
def test_the_end_of_an_oral_leads_where_one_may_go(make, settings, client, signed_in):
    interview = make.interview()
    by_link = client.post(path(settings, interview.appointment)).location
    browsers = [client, signed_in(interview.appointment.candidacy.candidate.user)]
    pages = [text(browser.get(by_link)) for browser in browsers]
    ways = ["Recevoir un lien vers mon espace", "Retour à mon parcours"]
    assert [[page.count(way) for way in ways] for page in pages] == [[2, 0], [0, 2]]


@on_sqlite
def test_the_help_answers_what_is_asked_of_the_oral(make, signed_in):
    candidacy = make.candidacy()
    browser = signed_in(candidacy.candidate.user)
    page = text(browser.get(f"/candidate/candidacies/{candidacy.id}/help"))
    asked = (
        *("Comment se passe l'oral ?", "Et si je ne peux pas venir ?"),
        *("Comment demander un aménagement ?", "Puis-je contester mon résultat ?"),
    )
    assert [question in page for question in asked] == [True] * 4


@on_sqlite
def test_a_target_that_was_not_reached_says_what_comes_next(db, make, signed_in):
    candidacy = complete(make, thirds=9, written=Level.B1)
    validation.validate(db, make.coordinator().actor, candidacy)
    candidacy.stage = Stage.VALIDATED
    browser = signed_in(candidacy.candidate.user)
    page = text(browser.get(f"/candidate/candidacies/{candidacy.id}/results"))
    assert "Vous visiez le niveau B2 : il n'est pas atteint cette fois." in page
    assert "Vocabulaire de B1 vers B2 Défend un avis et explique un problème du métier" in page
    assert f"demandez une nouvelle inscription à {candidacy.organisation.name}" in page
    [oral] = db.scalars(select(Appointment).where(Appointment.candidacy_id == candidacy.id))
    assert f"Entretien oral {day_in_words(oral.starts_at, 'fr')}" in page
