"""The candidate's booking without scripts: choose, confirm, move, give up; and what goes wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from query_count import counted
from sqlalchemy import select
from twins import on_sqlite

from enrolment import extensions, gates
from enrolment.models import GateKind, Stage
from evaluator_app.desks.shared.weeks import read, sent
from kernel import clock, i18n
from kernel.outbox import OutboxRow
from rooms.models import Interview
from rubrics.models import Rubric
from scheduling import agendas, appointments, availability, changing, occupancy, waiting
from scheduling.announcing import personal_link
from scheduling.models import Appointment, Occupancy

pytestmark = on_sqlite
SLOT = re.compile(r'name="starts_at" value="([^"]+)" aria-label="([^"]+)"')


@pytest.fixture
def candidacy(db, make):
    """Somebody who may book, and an evaluator who is there all day."""
    made = make.candidacy()
    gates.put(db, made, GateKind.WRITTEN_RESULT, is_open=True)
    made.candidate.user.timezone = "Europe/Paris"
    make.hours(make.evaluator())
    return made


@pytest.fixture
def mine(candidacy, signed_in):
    return signed_in(candidacy.candidate.user)


def here(candidacy, act: str = "") -> str:
    return f"/candidate/candidacies/{candidacy.id}/booking{act}"


def text(answer) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", words.replace("&#39;", "'"))


def slots(answer) -> list[str]:
    """Return what the buttons of a page would send, each once, the earliest first."""
    return sorted({match[0] for match in SLOT.findall(answer.get_data(as_text=True))})


def main(answer) -> str:
    """Return the page's own part, without the strip of weeks and its slots."""
    return answer.get_data(as_text=True).split('id="hours"', maxsplit=1)[0]


def book(mine, candidacy, moment: str):
    """Choose and confirm."""
    assert mine.post(here(candidacy), data={"starts_at": moment}).status_code == 302
    return mine.post(here(candidacy, "/confirm"), data={"starts_at": moment})


def current(db, candidacy) -> Appointment | None:
    db.expire_all()
    return appointments.current(db, candidacy)


def test_the_journey_leads_to_the_hours_and_the_hour_to_the_journey(db, candidacy, mine):
    home = mine.get("/candidate/")
    assert f'href="{here(candidacy)}"' in home.get_data(as_text=True)
    assert "Choisir mon heure" in text(home)
    page = mine.get(here(candidacy))
    value, name = SLOT.findall(page.get_data(as_text=True))[0]
    assert re.fullmatch(r"[a-z]+ \d+(er)? [a-zéû]+ à \d\d:\d\d", name)
    answer = mine.post(here(candidacy), data={"starts_at": value})
    assert answer.location == f"{here(candidacy, '/confirm')}?at={value}"
    confirm = mine.get(answer.location)
    assert "Confirmer le rendez-vous" in text(confirm)
    assert "Choisir une autre heure" in text(confirm)
    assert f'name="starts_at" value="{value}"' in confirm.get_data(as_text=True)
    answer = mine.post(here(candidacy, "/confirm"), data={"starts_at": value})
    assert answer.location == "/candidate/"
    home = text(mine.get("/candidate/"))
    assert f"Rendez-vous confirmé : {name}." in home
    assert "Déplacer ou annuler" in home
    assert current(db, candidacy).starts_at == read(value)
    letters = [row.payload["template"] for row in db.scalars(select(OutboxRow))]
    assert letters == ["appointment_confirmed", "evaluator_appointment"]


def test_one_day_is_chosen_where_there_is_room_for_one(candidacy, mine):
    def chosen(page) -> list[str]:
        return re.findall(r'"day-([0-9-]+)" data-chosen', page.get_data(as_text=True))

    page = mine.get(here(candidacy))
    [first] = chosen(page)
    assert first == read(slots(page)[0]).astimezone(ZoneInfo("Europe/Paris")).date().isoformat()
    days = re.findall(r'id="pick-([0-9-]+)"', page.get_data(as_text=True))
    week = f"week={days[0]}"
    assert [chosen(mine.get(f"{here(candidacy)}?{week}&day={day}")) for day in days] == [
        [day] for day in days
    ]


def test_the_zone_is_changed_where_the_hours_are_read(candidacy, mine):
    page = text(mine.get(f"{here(candidacy)}?view=list"))
    assert "À l'heure de Paris." in page
    form = {"timezone": "Indian/Reunion", "next": here(candidacy)}
    assert mine.post("/account/zone", data=form).location == here(candidacy)
    assert "À l'heure de La Réunion ; l'heure de Paris est dite en dessous." in text(
        mine.get(here(candidacy))
    )
    for elsewhere in ("https://example.org/", "//example.org", ""):
        form["next"] = elsewhere
        assert mine.post("/account/zone", data=form).location == "/account/"
    assert mine.post("/account/zone", data={"timezone": "Mars/Olympus"}).status_code == 422


def test_the_page_gives_the_file_that_the_letter_has(db, make, settings, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    book(mine, candidacy, first)
    standing = current(db, candidacy)
    file = f"/candidate/appointments/{standing.id}/calendar.ics"
    pages = [mine.get(page).text for page in ("/candidate/", here(candidacy))]
    assert [page.count(f'href="{file}"') for page in pages] == [1, 1]
    answer = mine.get(file)
    assert answer.headers["Content-Type"] == "text/calendar; method=REQUEST; charset=utf-8"
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event["UID"], int(event["SEQUENCE"])) == (standing.uid, 0)
    assert event.decoded("DTSTART") == standing.starts_at
    assert event["URL"] == personal_link(settings, standing)
    other = make.appointment(candidacy=make.candidacy())
    assert mine.get(file.replace(str(standing.id), str(other.id))).status_code == 404
    mine.post(here(candidacy, "/cancel"), data={"reason": "Empêchement."})
    assert mine.get(file).status_code == 404


def test_letting_go_frees_the_slot(db, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    mine.post(here(candidacy), data={"starts_at": first})
    assert db.scalars(select(Occupancy.candidacy_id)).all() == [candidacy.id]
    assert mine.post(here(candidacy, "/release")).location == here(candidacy)
    assert db.scalars(select(Occupancy.candidacy_id)).all() == []
    assert slots(mine.get(here(candidacy)))[0] == first


def test_what_is_kept_is_offered_until_it_runs_out(candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    mine.post(here(candidacy), data={"starts_at": first})
    assert "Une heure vous est gardée" in text(mine.get(here(candidacy)))
    clock.move(timedelta(minutes=11))
    assert "Une heure vous est gardée" not in text(mine.get(here(candidacy)))


def test_confirming_twice_is_done_once(db, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    book(mine, candidacy, first)
    again = mine.post(here(candidacy, "/confirm"), data={"starts_at": first})
    assert again.location == "/candidate/"
    assert db.scalars(select(Appointment.sequence)).all() == [0]
    assert len(db.scalars(select(OutboxRow)).all()) == 2


def test_choosing_twice_is_kept_once(db, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    for _ in range(2):
        assert mine.post(here(candidacy), data={"starts_at": first}).status_code == 302
    assert len(db.scalars(select(Occupancy)).all()) == 1


def test_a_slot_that_vanished_shows_the_three_nearest(db, make, candidacy, mine):
    before, wanted, after, later = slots(mine.get(here(candidacy)))[:4]
    other = make.candidacy()
    evaluator = availability.offer(
        db, candidacy, read(wanted), read(wanted) + timedelta(hours=1)
    ).free_at(read(wanted))[0]
    start = read(wanted)
    occupancy.take(db, other, evaluator, start, start + timedelta(minutes=20))
    answer = mine.post(here(candidacy), data={"starts_at": wanted})
    assert answer.status_code == 409
    assert "Ce créneau vient d'être pris" in text(answer)
    near = SLOT.findall(main(answer))
    assert [value for value, _name in near] == [before, after, later]
    assert mine.post(here(candidacy), data={"starts_at": near[0][0]}).status_code == 302


def test_a_hold_that_ran_out_says_so_and_offers_what_is_near(candidacy, mine):
    page = slots(mine.get(here(candidacy)))
    mine.post(here(candidacy), data={"starts_at": page[1]})
    clock.move(timedelta(minutes=11))
    answer = mine.get(f"{here(candidacy, '/confirm')}?at={page[1]}")
    assert answer.status_code == 409
    assert "Les dix minutes sont passées" in text(answer)
    assert len(SLOT.findall(main(answer))) == 3
    assert page[1] in [value for value, _name in SLOT.findall(main(answer))]


def test_a_hold_that_ran_out_is_confirmed_while_nobody_else_came(db, candidacy, mine):
    wanted = slots(mine.get(here(candidacy)))[1]
    mine.post(here(candidacy), data={"starts_at": wanted})
    clock.move(timedelta(minutes=11))
    answer = mine.post(here(candidacy, "/confirm"), data={"starts_at": wanted})
    assert answer.location == "/candidate/"
    assert current(db, candidacy).starts_at == read(wanted)


def test_a_hold_that_ran_out_and_was_taken_is_gone(db, make, candidacy, mine):
    wanted = slots(mine.get(here(candidacy)))[1]
    mine.post(here(candidacy), data={"starts_at": wanted})
    kept = db.scalars(select(Occupancy)).one()
    evaluator, start = kept.evaluator_id, read(wanted)
    clock.move(timedelta(minutes=11))
    occupancy.take(db, make.candidacy(), evaluator, start, start + timedelta(minutes=20))
    answer = mine.post(here(candidacy, "/confirm"), data={"starts_at": wanted})
    assert answer.status_code == 409
    assert "Ce créneau vient d'être pris" in text(answer)
    assert len(SLOT.findall(main(answer))) == 3
    assert current(db, candidacy) is None


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (timedelta(days=-3), "Cette heure est passée ou trop proche"),
        (timedelta(hours=3), "un oral se réserve 24 heures avant"),
        (timedelta(days=400), "après la fin de votre période d'accès"),
    ],
)
@pytest.mark.parametrize("act", ["", "/confirm"])
def test_an_hour_outside_the_rules_is_refused(db, candidacy, mine, moment, said, act):
    answer = mine.post(here(candidacy, act), data={"starts_at": sent(clock.now() + moment)})
    assert answer.status_code == 409
    assert said in text(answer)
    assert len(SLOT.findall(main(answer))) == 3
    assert db.scalars(select(Occupancy)).all() == []


def test_an_hour_between_two_slots_is_refused(candidacy, mine):
    between = read(slots(mine.get(here(candidacy)))[0]) + timedelta(minutes=7)
    answer = mine.post(here(candidacy), data={"starts_at": sent(between)})
    assert answer.status_code == 409
    assert len(SLOT.findall(main(answer))) == 3


@pytest.mark.parametrize("act", ["", "/confirm"])
@pytest.mark.parametrize(
    "garbage",
    ["", "demain", "2026-12-03T25:00:00Z", "9999-12-31T23:59:59Z", "1' OR '1'='1", "💥" * 99],
)
def test_garbage_times_are_told_so(db, candidacy, mine, act, garbage):
    answer = mine.post(here(candidacy, act), data={"starts_at": garbage})
    assert answer.status_code == 422
    assert "Cette heure n'a pas pu être lue" in text(answer)
    assert db.scalars(select(Occupancy)).all() == []


@pytest.mark.parametrize("query", ["week=garbage", "week=9999-99-99", "view=💥", "at=nothing"])
def test_garbage_in_an_address_breaks_nothing(candidacy, mine, query):
    assert mine.get(f"{here(candidacy)}?{query}").status_code == 200
    assert mine.get(f"{here(candidacy, '/confirm')}?{query}").status_code == 302


def test_another_ones_booking_is_not_there(make, candidacy, signed_in):
    stranger = signed_in(make.candidacy().candidate.user)
    for act in ("", "/confirm", "/cancel"):
        assert stranger.get(here(candidacy, act)).status_code == 404
    acts = ("", "/confirm", "/release", "/cancel", "/extension", "/waiting", "/waiting/leave")
    for act in acts:
        assert stranger.post(here(candidacy, act)).status_code == 404


def test_moving_keeps_the_first_hour_until_the_second_is_confirmed(db, candidacy, mine):
    first, _, _, other = slots(mine.get(here(candidacy)))[:4]
    book(mine, candidacy, first)
    page = mine.get(here(candidacy))
    assert "Déplacer mon entretien" in text(page)
    rule = "Vous pouvez le déplacer ou l'annuler jusqu'au"
    assert [rule in text(shown) for shown in (page, mine.get("/candidate/"))] == [True, True]
    mine.post(here(candidacy), data={"starts_at": other})
    assert current(db, candidacy).starts_at == read(first)
    assert "À la place du" in text(mine.get(here(candidacy, "/confirm")))
    mine.post(here(candidacy, "/confirm"), data={"starts_at": other})
    moved = current(db, candidacy)
    assert (moved.starts_at, moved.sequence) == (read(other), 1)
    assert "Rendez-vous déplacé" in text(mine.get("/candidate/"))
    assert db.scalars(select(Occupancy.start_s)).all() == [occupancy.seconds(read(other))]


def test_too_late_says_why_and_what_to_do(db, candidacy, mine):
    first, other = slots(mine.get(here(candidacy)))[:2]
    book(mine, candidacy, first)
    clock.move(timedelta(hours=2))
    home = text(mine.get("/candidate/"))
    assert "Un empêchement ?" in home
    assert "Il ne peut plus être déplacé ni annulé" in home
    page = text(mine.get(here(candidacy)))
    assert "Il est trop tard pour changer ce rendez-vous vous-même" in page
    assert "Un cas de force majeure ?" in page
    assert candidacy.organisation.name in page
    for act in ("", "/confirm"):
        answer = mine.post(here(candidacy, act), data={"starts_at": other})
        assert answer.status_code == 409
        assert "Il est trop tard" in text(answer)
    assert mine.get(here(candidacy, "/cancel")).location == here(candidacy)
    assert current(db, candidacy).starts_at == read(first)


def test_force_majeure_lets_the_candidate_choose_again(db, make, settings, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    book(mine, candidacy, first)
    clock.move(timedelta(hours=2))
    manager = make.manager(candidacy.organisation)
    standing = current(db, candidacy)
    changing.force_majeure(db, manager.actor, settings, standing, "Hospitalisation")
    assert "Choisir mon heure" in text(mine.get("/candidate/"))
    book(mine, candidacy, slots(mine.get(here(candidacy)))[0])
    assert current(db, candidacy).id != standing.id


def test_cancelling_asks_why_and_frees_the_hour(db, candidacy, mine):
    first = slots(mine.get(here(candidacy)))[0]
    book(mine, candidacy, first)
    assert "Annuler le rendez-vous ?" in text(mine.get(here(candidacy, "/cancel")))
    for reason, said in (("  ", "Dites pourquoi"), ("x" * 501, "500 signes au plus")):
        answer = mine.post(here(candidacy, "/cancel"), data={"reason": reason})
        assert answer.status_code == 422
        assert said in text(answer)
    answer = mine.post(here(candidacy, "/cancel"), data={"reason": "Je change de métier."})
    assert answer.location == here(candidacy)
    assert "Le rendez-vous est annulé." in text(mine.get(here(candidacy)))
    assert current(db, candidacy) is None
    assert slots(mine.get(here(candidacy)))[0] == first
    again = mine.post(here(candidacy, "/cancel"), data={"reason": "Encore."})
    assert again.location == here(candidacy)


def test_hours_are_said_in_the_own_zone_and_in_paris(candidacy, mine):
    candidacy.candidate.user.timezone = "Asia/Kathmandu"
    page = mine.get(here(candidacy))
    assert "À l'heure de Kathmandu ; l'heure de Paris est dite en dessous." in text(page)
    value, name = SLOT.findall(page.get_data(as_text=True))[0]
    assert re.fullmatch(r"[a-zé]+ \d+(er)? [a-zéû]+ à \d\d:\d\d, .*\d\d:\d\d à Paris", name)
    mine.post(here(candidacy), data={"starts_at": value})
    assert "Kathmandu · " in text(mine.get(here(candidacy, "/confirm")))


def test_the_list_shows_every_slot_and_a_week_its_own(db, candidacy, mine):
    week = slots(mine.get(here(candidacy)))
    whole = slots(mine.get(f"{here(candidacy)}?view=list"))
    offered = availability.offer(db, candidacy, *availability.bounds(candidacy)).starts()
    assert whole == [sent(slot) for slot in offered]
    assert whole[: len(week)] == week
    following = re.findall(r"\?week=(\d{4}-\d\d-\d\d)", text_of(mine, candidacy))[-1]
    last = slots(mine.get(f"{here(candidacy)}?week={following}"))
    assert last == whole[-len(last) :]


def text_of(mine, candidacy) -> str:
    return mine.get(here(candidacy)).get_data(as_text=True)


def test_no_free_slot_offers_the_waiting_list_and_more_time(db, make, signed_in):
    candidacy = make.candidacy()
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    manager = make.manager(candidacy.organisation)
    mine = signed_in(candidacy.candidate.user)
    page = text(mine.get(here(candidacy)))
    assert "Aucun créneau libre pour l'instant" in page
    assert mine.post(here(candidacy, "/waiting")).location == here(candidacy)
    assert "Vous êtes le prochain sur la liste." in text(mine.get(here(candidacy)))
    assert waiting.of(db, candidacy) is not None
    mine.post(here(candidacy, "/waiting/leave"))
    db.expire_all()
    assert waiting.of(db, candidacy) is None
    answer = mine.post(here(candidacy, "/extension"), data={"words": "En janvier plutôt."})
    assert answer.location == here(candidacy)
    page = text(mine.get(here(candidacy)))
    assert "Prolongation demandée le" in page
    assert "Demander une prolongation" not in page
    again = mine.post(here(candidacy, "/extension"), data={"words": "Encore."})
    assert again.status_code == 409
    asked = extensions.latest(db, candidacy)
    assert asked.words == "En janvier plutôt."
    extensions.refuse(db, manager.actor, asked, "Non")
    page = text(mine.get(here(candidacy)))
    assert "Motif : Non" in page
    assert "Demander une prolongation" in page


def test_too_many_words_to_the_organisation_are_told_so(candidacy, mine):
    answer = mine.post(here(candidacy, "/extension"), data={"words": "x" * 501})
    assert answer.status_code == 422
    assert "500 signes au plus" in text(answer)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.WITHDRAWN, "Votre candidature a été retirée"),
        (Stage.SUSPENDED, "Votre entretien a été interrompu"),
        (Stage.EXPIRED, "Votre période d'accès est terminée"),
        (Stage.MARKING, "Il n'y a plus d'heure à choisir"),
        (Stage.VALIDATED, "Il n'y a plus d'heure à choisir"),
    ],
)
def test_a_way_that_stopped_says_what_can_still_be_done(candidacy, mine, stage, said):
    candidacy.stage = stage
    page = mine.get(here(candidacy))
    assert said in text(page)
    assert slots(page) == []
    assert ("Demander une prolongation" in text(page)) is (stage is Stage.EXPIRED)
    answer = mine.post(here(candidacy), data={"starts_at": sent(clock.now() + timedelta(days=3))})
    assert answer.status_code == 409


def test_a_window_that_ended_lets_one_ask_for_more_time(db, make, settings, candidacy, signed_in):
    clock.move(timedelta(days=40))
    mine = signed_in(candidacy.candidate.user)
    page = text(mine.get(here(candidacy)))
    assert "Votre période d'accès est terminée" in page
    assert "Voir ce qui est possible" in text(mine.get("/candidate/"))
    mine.post(here(candidacy, "/extension"), data={"words": ""})
    manager = make.manager(candidacy.organisation)
    request = extensions.latest(db, candidacy)
    extensions.grant(db, manager.actor, request, clock.now() + timedelta(days=20))
    assert len(slots(mine.get(here(candidacy)))) > 0


def test_before_the_written_test_nothing_is_booked(make, signed_in):
    candidacy = make.candidacy()
    make.hours(make.evaluator())
    mine = signed_in(candidacy.candidate.user)
    page = mine.get(here(candidacy))
    assert "D'abord le test écrit" in text(page)
    assert slots(page) == []
    answer = mine.post(here(candidacy), data={"starts_at": sent(clock.now() + timedelta(days=3))})
    assert answer.status_code == 409
    assert "Vous choisirez ici votre jour" in text(mine.get("/candidate/"))


def test_the_page_asks_as_often_for_one_evaluator_as_for_many(db, make, database, candidacy, mine):
    mine.get(here(candidacy))
    with counted(database.engine) as few:
        mine.get(here(candidacy))
    for _ in range(6):
        evaluator = make.hours(make.evaluator())
        make.appointment(evaluator=evaluator, starts_at=clock.now() + timedelta(days=3))
    with counted(database.engine) as many:
        mine.get(here(candidacy))
    assert many.count == few.count


def test_english_names_its_hours(candidacy, mine):
    page = mine.get(f"{here(candidacy)}?lang=en")
    _value, name = SLOT.findall(page.get_data(as_text=True))[0]
    assert re.fullmatch(r"[A-Z][a-z]+, \d+ [A-Z][a-z]+ at \d\d:\d\d", name)
    assert clock.now() < read(slots(page)[0])


def test_the_way_says_the_place_on_the_list_and_what_is_offered(
    db, database, make, settings, signed_in
):
    certification = make.certification()
    first, second = (make.candidacy(certification=certification) for _ in range(2))
    for candidacy in (first, second):
        gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
        waiting.join(db, candidacy.candidate.user.actor, candidacy)
        clock.move(timedelta(minutes=1))
    now = clock.now()
    clock.move(now.replace(hour=9, minute=0) - now + timedelta(days=1))  # by day, in Paris
    first_browser, second_browser = (
        signed_in(candidacy.candidate.user) for candidacy in (first, second)
    )
    assert "Vous êtes le prochain sur la liste d'attente." in text(first_browser.get("/candidate/"))
    assert "Vous êtes en 2e place sur la liste d'attente." in text(
        second_browser.get("/candidate/")
    )
    make.hours(make.evaluator())
    db.commit()
    waiting.offer_free(database)
    db.expire_all()
    waiter = waiting.of(db, first)
    page = text(first_browser.get("/candidate/"))
    until, start = (
        i18n.moment_in_words(moment, "fr", "Europe/Paris").replace(i18n.NBSP, " ")
        for moment in (waiter.offer_until, occupancy.moment_of(waiter.offer_start_s))
    )
    assert f"vous est gardée jusqu'au {until}." in page
    assert "liste d'attente" not in page
    assert start in page


def test_what_is_booked_is_seen_by_its_evaluator_at_once(db, candidacy, mine, signed_in):
    first = slots(mine.get(here(candidacy)))[0]
    book(mine, candidacy, first)
    made = current(db, candidacy)
    evaluator = signed_in(made.evaluator)
    seen = evaluator.get("/evaluator/").get_data(as_text=True)
    interview = db.scalars(select(Interview)).one()
    assert interview.appointment_id == made.id
    console = f"/evaluator/interviews/{interview.id}"
    assert console in seen
    assert evaluator.get(console).status_code == 200
    name = candidacy.candidate.name
    assert name in text(evaluator.get("/evaluator/"))
    assert name in text(evaluator.get("/evaluator/agenda"))
    feed = agendas.of(db, made.evaluator)
    if feed is None:
        agendas.rotate_feed(db, made.evaluator.actor, made.evaluator)
        feed = agendas.of(db, made.evaluator)
    events = icalendar.Calendar.from_ical(evaluator.get(f"/agenda/{feed.feed}.ics").data)
    assert [event["UID"] for event in events.walk("VEVENT")] == [made.uid]
    # Booked in the morning, given up at noon: gone from the home, cancelled in the calendar.
    mine.post(here(candidacy, "/cancel"), data={"reason": "un autre jour"})
    assert console not in evaluator.get("/evaluator/").get_data(as_text=True)


def test_without_a_grid_nothing_is_booked(db, make, candidacy, mine):
    for rubric in db.scalars(select(Rubric)):
        rubric.published_at = None
    candidacy.certification.rubric_id = None
    first = slots(mine.get(here(candidacy)))[0]
    answer = book(mine, candidacy, first)
    assert "Aucune grille n'est publiée pour cette certification." in text(answer)
    assert current(db, candidacy) is None
