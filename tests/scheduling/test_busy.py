"""Evaluators' own calendars: subscribed to, read from a real Radicale and over HTTP, kept."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from calendar_servers import PASSWORD, USER, Misbehaving, Radicale, calendar, two_homes
from pydantic import SecretStr
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind
from kernel import clock, sealing
from kernel.errors import Forbidden, Invalid, Refused
from kernel.storage import key_ring
from scheduling import availability, busy
from scheduling.models import BusySource, BusySourceKind, BusyTime
from scheduling.occupancy import seconds

ICS, CALDAV = BusySourceKind.ICS, BusySourceKind.CALDAV


@pytest.fixture
def server():
    with Misbehaving() as running:
        yield running


@pytest.fixture(scope="module")
def radicale(tmp_path_factory):
    with Radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def local(settings):
    return settings.model_copy(update={"calendars_may_be_local": True})


def hour_from_now(hours: int) -> str:
    moment = clock.now() + timedelta(hours=hours)
    return f"DTSTART:{moment:%Y%m%dT%H0000Z}\nDURATION:PT1H"


def kept(db) -> list[tuple[int, int]]:
    query = select(BusyTime.start_s, BusyTime.end_s).order_by(BusyTime.start_s)
    return [tuple(row) for row in db.execute(query)]


def added(db, settings, evaluator, kind, address, *more: str) -> BusySource:
    row = busy.add(db, evaluator.actor, settings, evaluator, kind, "", address, *more)
    db.commit()
    return row


def refreshed(db, database, settings, row) -> BusySource:
    number = row.id
    db.commit()  # SQLite has one writer
    busy.refresh(database, settings, number)
    db.expire_all()
    return row


def test_a_calendar_is_read_and_its_hours_are_no_longer_offered(db, database, make, local, server):
    candidacy = make.candidacy()
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True)
    evaluator = make.hours(make.evaluator())
    server.server.content = calendar(hour_from_now(50), hour_from_now(51))
    row = added(db, local, evaluator, ICS, f"{server.address}/good")
    refreshed(db, database, local, row)
    start = seconds(clock.now().replace(minute=0, second=0, microsecond=0)) + 50 * 3600
    assert (row.failure, row.read_at == row.tried_at) == ("", True)
    assert kept(db) == [(start, start + 7200)]
    slots = availability.offer(db, candidacy, clock.now(), clock.now() + timedelta(days=4)).slots
    assert [slot for slot in slots.tolist() if slot[1] < start + 7200 and slot[2] > start] == []
    assert len(slots) > 0


def test_what_was_read_stays_when_reading_fails_and_is_said_after_an_hour(
    db, database, make, local, server
):
    server.server.content = calendar(hour_from_now(50))
    row = added(db, local, make.evaluator(), ICS, f"{server.address}/good")
    refreshed(db, database, local, row)
    before, read_at = kept(db), row.read_at
    server.server.content = b"<title>Sign in</title>"
    refreshed(db, database, local, row)
    assert (kept(db), row.read_at, row.failure) == (before, read_at, "not_a_calendar")
    assert busy.troubled(row) is False
    clock.move(timedelta(minutes=61))
    assert busy.troubled(row) is True
    server.server.content = calendar()
    refreshed(db, database, local, row)
    assert (kept(db), busy.troubled(row)) == ([], False)


def test_radicale_is_read_with_a_sealed_password(db, database, make, local, radicale):
    radicale.put("one", hour_from_now(30))
    radicale.put("two", hour_from_now(40) + "\nRRULE:FREQ=DAILY;COUNT=2")
    row = added(db, local, make.evaluator(), CALDAV, radicale.address, USER, PASSWORD)
    assert PASSWORD not in row.secret
    assert sealing.open_word(key_ring(local), f"busy-source/{row.id}", row.secret) == PASSWORD
    refreshed(db, database, local, row)
    assert row.failure == ""
    first = seconds(clock.now().replace(minute=0, second=0, microsecond=0))
    wanted = [first + hours * 3600 for hours in (30, 40, 64)]
    assert kept(db) == [(start, start + 3600) for start in wanted]


@pytest.mark.parametrize("path", ["/", "/eva/", "/eva", "/.well-known/caldav"])
def test_an_accounts_calendars_are_found_from_any_address_of_it(
    db, database, make, local, radicale, path
):
    radicale.put("found", hour_from_now(70))
    address = f"http://127.0.0.1:{radicale.port}{path}"
    row = added(db, local, make.evaluator(), CALDAV, address, USER, PASSWORD)
    refreshed(db, database, local, row)
    assert row.failure == ""
    start = seconds(clock.now().replace(minute=0, second=0, microsecond=0)) + 70 * 3600
    assert (start, start + 3600) in kept(db)
    assert row.engagements == len(kept(db))


def test_an_address_without_any_calendar_is_not_taken_for_free_time(
    db, database, make, local, server
):
    server.server.content = b'<multistatus xmlns="DAV:"/>'
    row = added(db, local, make.evaluator(), CALDAV, f"{server.address}/good", USER, "x")
    assert refreshed(db, database, local, row).failure == "no_collection"
    assert row.engagements is None


def test_a_home_that_refuses_is_not_taken_for_free_time(db, database, make, local):
    with two_homes() as address:
        row = added(db, local, make.evaluator(), CALDAV, address, USER, PASSWORD)
        assert refreshed(db, database, local, row).failure == "sign_in"
    assert row.engagements is None


def test_a_calendar_without_an_event_is_one(db, database, make, local, radicale):
    address = f"http://127.0.0.1:{radicale.port}/{USER}/empty/"
    row = added(db, local, make.evaluator(), CALDAV, address, USER, PASSWORD)
    refreshed(db, database, local, row)
    assert (row.failure, row.engagements) == ("", 0)


def test_what_was_left_out_is_kept_by_its_day_alone(db, database, make, local, server):
    old = "SUMMARY:Dentist\nDTSTART;TZID=Middle/Earth:20120508T090000\nDURATION:PT1H"
    server.server.content = calendar(hour_from_now(50), old)
    row = added(db, local, make.evaluator(), ICS, f"{server.address}/good")
    refreshed(db, database, local, row)
    assert (row.failure, row.engagements, row.left_out_count) == ("", 1, 1)
    assert row.left_out == [{"day": "2012-05-08", "why": "unknown_zone"}]


def keyed(settings, *letters: bytes):
    keys = [SecretStr(base64.b64encode(letter * 32).decode()) for letter in letters]
    return settings.model_copy(update={"storage_keys": keys})


def test_passwords_are_sealed_anew_with_the_current_key(db, database, make, local):
    before, both, after = (keyed(local, *keys) for keys in ((b"o",), (b"n", b"o"), (b"n",)))
    address, evaluator = "http://127.0.0.1:9/calendar", make.evaluator()
    row = added(db, before, evaluator, CALDAV, address, USER, PASSWORD)
    added(db, before, evaluator, ICS, address)
    lost = added(db, keyed(local, b"x"), make.evaluator(), CALDAV, address, USER, PASSWORD)
    unread = (lost.secret, lost.evaluator_id)
    db.commit()
    assert busy.reseal(database, both) == (1, [unread[1]])
    db.expire_all()
    assert sealing.open_word(key_ring(after), f"busy-source/{row.id}", row.secret) == PASSWORD
    assert lost.secret == unread[0]
    db.commit()
    assert busy.reseal(database, after) == (0, [unread[1]])


def test_a_wrong_password_and_a_page_that_is_no_caldav_are_named(
    db, database, make, local, radicale, server
):
    evaluator = make.evaluator()
    wrong = added(db, local, evaluator, CALDAV, radicale.address, USER, "guess")
    page = added(db, local, evaluator, CALDAV, f"{server.address}/page", USER, PASSWORD)
    assert refreshed(db, database, local, wrong).failure == "sign_in"
    assert refreshed(db, database, local, page).failure == "not_a_calendar"


def test_entities_are_not_expanded(db, database, make, local, server):
    server.server.content = b'<!DOCTYPE a [<!ENTITY b "c">]><multistatus>&b;</multistatus>'
    row = added(db, local, make.evaluator(), CALDAV, f"{server.address}/good", USER, "x")
    assert refreshed(db, database, local, row).failure == "broken"


def test_a_password_sealed_with_a_key_that_is_gone_is_asked_for_again(
    db, database, make, local, server
):
    row = added(db, local, make.evaluator(), CALDAV, f"{server.address}/good", USER, "x")
    other = local.model_copy(update={"storage_keys": [type(local.secret_key)("b" * 43 + "=")]})
    assert refreshed(db, database, other, row).failure == "key"
    assert server.server.seen == []


def test_an_address_inside_the_network_is_not_read(db, database, make, settings, server):
    row = added(db, settings, make.evaluator(), ICS, "https://127.0.0.1/a.ics")
    assert refreshed(db, database, settings, row).failure == "inside"
    with pytest.raises(Invalid, match="ne convient pas"):
        added(db, settings, make.evaluator(), ICS, f"{server.address}/good")


def test_a_round_reads_what_is_due_the_longest_unread_first(db, database, make, local, server):
    evaluator, gone = make.evaluator(), make.evaluator()
    first, second = (
        added(db, local, evaluator, ICS, f"{server.address}/{path}") for path in ("good", "lost")
    )
    added(db, local, gone, ICS, f"{server.address}/good")
    gone.active = False
    db.commit()
    assert busy.due(db) == [first.id, second.id]
    db.commit()
    assert busy.read_all(database, local) == 2
    db.expire_all()
    assert (first.failure, second.failure, busy.due(db)) == ("", "gone", [])
    second.tried_at = clock.now() - timedelta(minutes=20)
    first.tried_at = clock.now() - timedelta(minutes=16)
    db.flush()
    assert busy.due(db) == [second.id, first.id]
    busy.ask(db, evaluator.actor, first)
    db.flush()
    assert busy.due(db) == [first.id, second.id]


def test_a_calendar_that_is_removed_frees_its_hours(db, database, make, local, server):
    server.server.content = calendar(hour_from_now(50))
    evaluator = make.evaluator()
    row = added(db, local, evaluator, ICS, f"{server.address}/good")
    refreshed(db, database, local, row)
    number = row.id
    busy.remove(db, evaluator.actor, row)
    db.commit()
    assert (kept(db), busy.sources(db, evaluator)) == ([], [])
    busy.refresh(database, local, number)


def test_who_may_and_how_many(db, make, local):
    evaluator, stranger = make.evaluator(), make.evaluator().actor
    row = added(db, local, evaluator, ICS, "webcal://a.example/x.ics")
    assert (row.address, row.name) == ("https://a.example/x.ics", "a.example")
    for act in (
        lambda: busy.add(db, stranger, local, evaluator, ICS, "", "https://a.example/"),
        lambda: busy.remove(db, stranger, row),
        lambda: busy.ask(db, stranger, row),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Invalid, match="identifiant"):
        added(db, local, evaluator, CALDAV, "https://a.example/")
    for _ in range(4):
        added(db, local, evaluator, ICS, "https://a.example/x.ics")
    with pytest.raises(Refused, match="Cinq"):
        added(db, local, evaluator, ICS, "https://a.example/x.ics")
