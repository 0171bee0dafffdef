"""The agenda's page: hours, days off, booked orals, calendars, the private feed; and bad input."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kernel import clock
from scheduling import agendas
from scheduling.agendas import Hours
from scheduling.models import Appointment, AppointmentState, BusySource, BusyTime, OtherDay
from scheduling.unreadable import WORDS, Reason

PAGE = "/evaluator/agenda"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def said(answer) -> list[str]:
    """Return the titles of what was refused."""
    return re.findall(r'role="alert">.*?<strong>(.*?)</strong>', text(answer), re.DOTALL)


def day(after: int) -> str:
    return (clock.now() + timedelta(days=after)).date().isoformat()


def at_noon(after: int) -> datetime:
    moment = clock.now() + timedelta(days=after)
    return moment.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=UTC)


@pytest.fixture
def evaluator(make):
    return make.evaluator(timezone="UTC")


@pytest.fixture
def desk(signed_in, evaluator):
    return signed_in(evaluator)


def test_an_empty_agenda_says_what_to_do_in_both_languages(desk):
    assert "Aucun oral réservé" in text(desk.get(PAGE))
    assert "Aucune heure\u00a0: rien n'est encore proposé" in text(desk.get(PAGE))
    assert "No oral booked" in text(desk.get(f"{PAGE}?lang=en"))


def test_hours_are_kept_and_shown(db, evaluator, desk):
    form = {"start-0": ["09:00", "14:00"], "end-0": ["12:00", "18:00"]}
    form |= {"start-4": "22:00", "end-4": "02:00", "start-6": "", "end-6": ""}
    asked = desk.post(f"{PAGE}/hours", data=form)
    assert (asked.status_code, "vendredi 22:00–02:00 (4 h)" in text(asked)) == (422, True)
    assert agendas.weekly(db, evaluator) == []
    kept = desk.post(f"{PAGE}/hours", data=form | {"overnight": "1"})
    assert (kept.status_code, "11 h par semaine" in text(desk.get(PAGE))) == (303, True)
    assert desk.post(f"{PAGE}/hours", data=form).status_code == 303  # a night that was there
    wanted = [Hours(0, 540, 720), Hours(0, 840, 1080), Hours(4, 1320, 120)]
    assert agendas.weekly(db, evaluator) == wanted
    assert text(desk.get(PAGE)).count("vv-agenda-picture__bar") == 4  # midnight is passed once


def test_a_line_is_added_and_removed_without_keeping_anything(db, evaluator, desk):
    form = {"start-0": "09:00", "end-0": "10:00"}
    more = desk.post(f"{PAGE}/hours", data=form | {"more": "0"})
    assert (more.status_code, text(more).count('name="start-0"')) == (200, 2)
    less = desk.post(f"{PAGE}/hours", data=form | {"less": "0.0"})
    assert 'value="09:00"' not in text(less)
    assert agendas.weekly(db, evaluator) == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"start-0": "25:00", "end-0": "26:00"}, "«\u00a025:00\u00a0» n&#39;est pas une heure."),
        ({"start-0": "soon", "end-0": "10:00"}, "«\u00a0soon\u00a0» n&#39;est pas une heure."),
        (
            {"start-0": "09:00", "end-0": ""},
            "Une plage a un début et une fin\u00a0: complétez-la ou videz-la.",
        ),
        (
            {"start-0": ["09:00", "10:30"], "end-0": ["11:00", "12:00"]},
            "Deux plages se chevauchent\u00a0: lundi 09:00–11:00 et lundi 10:30–12:00.",
        ),
        (
            {"start-6": "20:00", "end-6": "03:00", "start-0": "02:00", "end-0": "04:00"},
            "Deux plages se chevauchent\u00a0: dimanche 20:00–03:00 et lundi 02:00–04:00.",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_and_kept_in_the_form(
    db, evaluator, desk, form, words
):
    make_one = {"start-2": "08:00", "end-2": "09:00"}
    desk.post(f"{PAGE}/hours", data=make_one)
    answer = desk.post(f"{PAGE}/hours", data=form)
    assert (answer.status_code, said(answer)) == (422, [words])
    first = form.get("start-0", "")
    assert f'value="{first if isinstance(first, str) else first[0]}"' in text(answer)
    assert agendas.weekly(db, evaluator) == [Hours(2, 480, 540)]


def test_garbage_breaks_nothing(desk):
    for path, form in [
        ("hours", {"start-0": "\0", "end-0": "x" * 9000, "more": "9", "less": "a.b"}),
        ("hours", {"more": "", "less": "."}),
        ("hours", {"start-0": "\0", "end-0": "10:00"}),
        ("days", {}),
        ("days", {"first": "2026-02-30"}),
        ("days", {"first": "\0", "kind": "hours"}),
        ("days", {"first": day(3), "kind": "hours", "start": "9", "end": "10"}),
        ("days", {"first": day(3), "note": "\0"}),
        ("days/remove", {"first": "x"}),
        ("ways", {}),
        ("ways", {"buffer": "-1", "daily_most": "1e9", "zone": "x"}),
        ("ways", {"buffer": "٣", "daily_most": "10", "zone": "UTC"}),
        ("calendars", {}),
        ("calendars", {"kind": "caldav", "address": "https://[", "username": "\0"}),
    ]:
        assert desk.post(f"{PAGE}/{path}", data=form).status_code in (200, 422), (path, form)
    for source in ("", "x", "0", "99999999999", "-1"):
        assert desk.post(f"{PAGE}/calendars/one", data={"source": source}).status_code == 404
    assert desk.get(f"{PAGE}/leave?oral=x&oral=99999999999999999999").status_code == 302


def test_a_free_day_off_is_noted_and_given_back(db, desk):
    form = {"kind": "off", "first": day(30), "last": day(33), "note": "Vacances"}
    assert desk.post(f"{PAGE}/days", data=form).location == f"{PAGE}#days"
    assert len(db.scalars(select(OtherDay)).all()) == 4
    assert "Vacances" in text(desk.get(PAGE))
    desk.post(f"{PAGE}/days/remove", data=form)
    assert db.scalars(select(OtherDay)).all() == []


def test_a_booked_day_off_asks_and_keeps_until_somebody_decides(db, make, evaluator, desk):
    oral = make.appointment(evaluator=evaluator, starts_at=at_noon(6))
    answer = desk.post(f"{PAGE}/days", data={"kind": "off", "first": day(6)})
    assert (answer.status_code, f"oral={oral.id}" in answer.location) == (303, True)
    page = text(desk.get(answer.location))
    assert "Un oral y était déjà réservé" in page
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["keep"]
    kept = desk.post(f"{PAGE}/leave", data={"oral": oral.id, f"choice-{oral.id}": "keep"})
    assert kept.status_code == 303
    db.expire_all()
    assert (oral.state, oral.evaluator_id) == (AppointmentState.PLANNED, evaluator.id)


def test_an_oral_goes_to_the_colleague_who_was_named(db, make, evaluator, desk):
    oral = make.appointment(evaluator=evaluator, starts_at=at_noon(6))
    make.interview(oral)
    colleague = make.hours(make.evaluator(given_name="Noé", family_name="Blanc"))
    assert "Confier l'oral à Noé Blanc" in text(desk.get(f"{PAGE}/leave?oral={oral.id}"))
    form = {"oral": oral.id, f"choice-{oral.id}": "hand_over", f"colleague-{oral.id}": colleague.id}
    refused = desk.post(f"{PAGE}/leave", data=form)
    assert (refused.status_code, said(refused)) == (422, ["Dites pourquoi vous ne pouvez pas."])
    assert desk.post(f"{PAGE}/leave", data=form | {"reason": "Malade"}).status_code == 303
    db.expire_all()
    assert (oral.evaluator_id, oral.starts_at, oral.sequence) == (colleague.id, at_noon(6), 1)


def test_all_at_once_is_all_or_nothing(db, make, evaluator, desk):
    first, second = (
        make.appointment(evaluator=evaluator, starts_at=at_noon(days)) for days in (6, 7)
    )
    form = {"oral": [first.id, second.id], "reason": "Malade"}
    nobody = {f"choice-{first.id}": "send_back", f"choice-{second.id}": "hand_over"}
    refused = desk.post(f"{PAGE}/leave", data=form | nobody)
    assert (refused.status_code, len(said(refused))) == (409, 1)
    db.expire_all()
    assert [first.state, second.state] == [AppointmentState.PLANNED] * 2
    assert desk.post(f"{PAGE}/leave", data=form | {"all": "hand_over"}).status_code == 303
    db.expire_all()
    assert [first.state, second.state] == [AppointmentState.CANCELLED] * 2


def test_another_evaluators_orals_and_calendars_are_out_of_reach(db, make, signed_in, evaluator):
    oral = make.appointment(evaluator=evaluator, starts_at=at_noon(6))
    source = BusySource(
        evaluator_id=evaluator.id, name="mine", address="https://a.example/", created_at=clock.now()
    )
    db.add(source)
    db.flush()
    stranger = signed_in(make.evaluator())
    number = source.id
    assert stranger.get(f"{PAGE}/leave?oral={oral.id}").status_code == 302
    stranger.post(f"{PAGE}/leave", data={"oral": oral.id, "all": "send_back", "reason": "x"})
    remove = {"source": number, "remove": "1"}
    assert stranger.post(f"{PAGE}/calendars/one", data=remove).status_code == 404
    db.expire_all()
    assert db.scalars(select(Appointment.state)).all() == [AppointmentState.PLANNED]
    assert db.scalars(select(BusySource.id)).all() == [number]


def test_settings_are_kept_or_the_field_is_named(db, evaluator, desk):
    good = {"buffer": "15", "daily_most": "6", "zone": "Asia/Kathmandu"}
    assert desk.post(f"{PAGE}/ways", data=good).status_code == 303
    for name, value in (("buffer", "500"), ("daily_most", "0"), ("zone", "Mars/Base")):
        answer = desk.post(f"{PAGE}/ways", data=good | {name: value})
        assert (answer.status_code, f'id="{name}-error"' in text(answer)) == (422, True)
    db.expire_all()
    kept = agendas.of(db, evaluator)
    settings = (kept.buffer_minutes, kept.daily_most, evaluator.timezone)
    assert settings == (15, 6, "Asia/Kathmandu")


def test_a_calendar_is_added_its_trouble_said_and_removed(db, desk):
    inside = {"kind": "ics", "address": "ftp://a.example/"}
    assert 'id="address-error"' in text(desk.post(f"{PAGE}/calendars", data=inside))
    good = {"kind": "caldav", "address": "https://a.example/", "username": "e", "password": "p"}
    assert desk.post(f"{PAGE}/calendars", data=good | {"name": "Nuage"}).status_code == 303
    row = db.scalars(select(BusySource)).one()
    assert "Pas encore lu" in text(desk.get(PAGE))
    row.failure, row.tried_at = "unknown_zone:Middle/Earth", clock.now()
    page = text(desk.get(PAGE))
    assert "Un événement est dans un fuseau horaire inconnu" in page
    assert "(Middle/Earth)" in page
    row.read_at = clock.now()
    assert "fuseau horaire inconnu" not in text(desk.get(PAGE))
    number = {"source": row.id}
    assert desk.post(f"{PAGE}/calendars/one", data=number).status_code == 303
    db.expire_all()
    assert row.tried_at is None
    desk.post(f"{PAGE}/calendars/one", data=number | {"remove": "1"})
    assert db.scalars(select(BusyTime)).all() == db.scalars(select(BusySource)).all() == []


def test_every_trouble_has_its_sentence():
    assert set(WORDS) == set(Reason)


def test_a_reading_says_what_it_had_and_what_it_left_out(db, evaluator, desk):
    row = BusySource(
        evaluator_id=evaluator.id, name="mine", address="https://a.example/", created_at=clock.now()
    )
    row.read_at = row.tried_at = clock.now()
    row.engagements, row.left_out_count = 1, 2
    row.left_out = [{"day": "2012-05-08", "why": "unknown_zone"}, {"day": "", "why": "broken"}]
    db.add(row)
    db.flush()
    page = text(desk.get(PAGE))
    assert "1 engagement trouvé d'ici quatre mois" in page
    assert "2 événements illisibles, sans effet sur ces dates, sont laissés de côté" in page
    assert "mardi 8 mai 2012" in page
    row.engagements = 0
    db.flush()
    assert "Aucun engagement trouvé" in text(desk.get(PAGE))


def test_the_feed_is_private_fresh_and_changes_its_address(db, evaluator, desk, client):
    assert "Créer l'adresse" in text(desk.get(PAGE))
    desk.post(f"{PAGE}/feed")
    former = agendas.of(db, evaluator).feed
    address = f"/agenda/{former}.ics"
    assert address in text(desk.get(PAGE))
    answer = client.get(address)
    headers = (answer.status_code, answer.mimetype, answer.headers["Cache-Control"])
    assert headers == (200, "text/calendar", "private, no-cache")
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    desk.post(f"{PAGE}/feed")
    assert client.get(address).status_code == 404
    assert client.get("/agenda/.ics").status_code == 404
    assert client.get("/agenda/%20.ics").status_code == 404


def test_a_coordinator_edits_the_same_agenda(db, make, signed_in, evaluator):
    browser = signed_in(make.coordinator())
    page = f"/coordinator/people/{evaluator.id}/agenda"
    assert page in text(browser.get(f"/coordinator/people/{evaluator.id}"))
    form = {"start-0": "09:00", "end-0": "10:00"}
    assert browser.post(f"{page}/hours", data=form).location == f"{page}#hours"
    assert agendas.weekly(db, evaluator) == [Hours(0, 540, 600)]
    assert f"Agenda\u00a0: {evaluator.name}" in text(browser.get(page))
    other = make.manager()
    assert browser.get(f"/coordinator/people/{other.id}/agenda").status_code == 404
    assert browser.get(PAGE).status_code == 404


def test_a_day_that_ends_after_midnight_is_asked_about(db, desk):
    form = {"kind": "hours", "first": day(3), "start": "22:00", "end": "02:00"}
    asked = desk.post(f"{PAGE}/days", data=form)
    shown = text(asked)
    assert (asked.status_code, "22:00–02:00 (4 h)" in shown) == (422, True)
    assert ('value="22:00"' in shown, 'id="overnight-day"' in shown) == (True, True)
    assert db.scalars(select(OtherDay)).all() == []
    assert desk.post(f"{PAGE}/days", data=form | {"overnight": "1"}).status_code == 303
    assert len(db.scalars(select(OtherDay)).all()) == 1


def test_an_absence_just_taken_is_kept_or_given_up_in_so_many_words(db, make, evaluator, desk):
    oral = make.appointment(make.candidacy(), evaluator=evaluator, starts_at=at_noon(30))
    taken = desk.post(f"{PAGE}/days", data={"kind": "off", "first": day(30), "last": day(31)})
    shown = text(desk.get(taken.location))
    assert "Garder les oraux et l'absence" in shown.replace("&#39;", "'")
    assert f'name="first" value="{day(30)}"' in shown
    again = desk.post(f"{PAGE}/days/remove", data={"first": day(30), "last": day(31)})
    assert (again.status_code, db.scalars(select(OtherDay)).all()) == (303, [])
    plain = text(desk.get(f"{PAGE}/leave?oral={oral.id}"))
    assert ("Ne rien changer" in plain, 'id="renounce"' in plain) == (True, False)
