"""Pulses that say what was said before: answered from memory, written many at once, none lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from query_count import counted
from sqlalchemy import select
from written_seat import PAGE, Sat

from evaluator_app.desks.candidate.written_pulses import EVERY_S, LATE_S, Pulses
from evaluator_app.processes.web_worker import ASKED
from kernel import clock
from people import sessions
from people.models import UserSession
from proctor import hearing as watch_hearing
from proctor.models import Decision, ProctorSession, Signal
from written_test import hearing as test_hearing
from written_test.engine.timing import QUIET
from written_test.models import Step, WrittenTest, WrittenTestState

ON = {"camera": "on", "microphone": "on"}
HERE = "127.0.0.1"
pytestmark = pytest.mark.usefixtures("settings")  # whose clock may move


@pytest.fixture
def pulses(app, monkeypatch) -> Pulses:
    """The pulses of a process that keeps them; a test writes them where the thread would."""
    known = Pulses(app)
    known.is_on = True
    monkeypatch.setitem(
        app.extensions, "viva_pulses", known
    )  # the application is the next test's too
    return known


@pytest.fixture
def sat(pulses, ready, signed_in) -> Sat:
    """A candidate whose page has pulsed in full once."""
    sat = Sat(signed_in(ready.candidate.user), ready)
    sat.show()
    assert pulse(sat).status_code == 200
    return sat


def words(sat, **more) -> bytes:
    """Return the pulse of a page as it comes over the wire."""
    head = f"POST {sat.base}/pulse HTTP/1.1\r\nX-Viva-Watch: {sat.token}".encode()
    says = PAGE | {"known": sat.scene["ticket"], "runs": ON} | more
    return head + b"\r\n\r\n" + json.dumps(says).encode()


def pulse(sat):
    """Say a pulse that is looked at in full."""
    told = ASKED.set((HERE, words(sat)))
    try:
        return sat.say("pulse", known=sat.scene["ticket"], runs=ON)
    finally:
        ASKED.reset(told)


def later(seconds: float) -> None:
    clock.move(timedelta(seconds=seconds))


def heard(db) -> tuple[object, ...]:
    watch = db.execute(select(ProctorSession.heard_at, ProctorSession.told_at)).one()
    test = db.scalars(select(WrittenTest.heard_at)).one()
    db.commit()  # SQLite has one writer, and reading began a transaction
    return test, *watch


def test_a_pulse_said_again_asks_the_database_nothing(db, database, pulses, sat):
    later(5)
    before = heard(db)
    with counted(database.engine) as asked:
        answer = pulses.repeat(HERE, words(sat))
    head, _, body = answer.partition(b"\r\n\r\n")
    told, full = json.loads(body), sat.scene
    assert asked.statements == []
    assert {name: told[name] for name in told if name != "left"} == {
        name: full[name] for name in full if name not in ("left", "html", "watch")
    }
    assert 4.5 < full["left"] - told["left"] < 8
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert heard(db) == before
    moment = clock.now()
    pulses.write()
    assert [(moment - at).total_seconds() < 3 for at in heard(db)] == [True] * 3


def test_what_was_kept_is_written_by_three_statements(database, pulses, sat):
    for _ in range(3):
        later(5)
        assert pulses.repeat(HERE, words(sat)) is not None
    with counted(database.engine) as asked:
        pulses.write()
        pulses.write()
    assert [statement.split()[0] for statement in asked.statements] == ["WITH", "WITH", "SELECT"]


def test_an_answer_writes_its_rows_together_and_a_pulse_in_full_costs_four_statements(
    db, database, pulses, sat
):
    with counted(database.engine) as in_full:
        assert pulse(sat).status_code == 200
    with counted(database.engine) as answer:
        scene = sat.answer(runs=ON).json
    # One of them reads a question that this process has shown to nobody yet.
    writes = {"sqlite": 3, "postgresql": 1}[database.engine.dialect.name]
    assert (in_full.count, answer.count) == (4, 4 + writes)
    later(5)
    sat.scene = scene
    assert pulses.repeat(HERE, words(sat)) is not None  # the next question's first pulse
    pulses.write()
    assert db.scalars(select(Signal)).all() == []


@pytest.mark.parametrize("other", ["address", "headers", "question", "runs", "page", "bytes"])
def test_a_pulse_that_says_anything_else_is_looked_at_in_full(pulses, sat, other):
    said = {
        "address": ("203.0.113.9", words(sat)),
        "headers": (HERE, words(sat).replace(b"HTTP/1.1", b"HTTP/1.1\r\nAccept-Language: en")),
        "question": (HERE, words(sat, known="another")),
        "runs": (HERE, words(sat, runs=ON | {"camera": "muted"})),
        "page": (HERE, words(sat, page="tab-two")),
        "bytes": (HERE, words(sat) + b"{"),
    }
    assert pulses.repeat(*said[other]) is None
    assert pulses.repeat(HERE, words(sat)) is not None


def test_a_cut_is_measured_from_the_last_pulse_whether_it_was_written_or_not(db, pulses, sat):
    later(7)
    assert pulses.repeat(HERE, words(sat)) is not None
    later(7)  # without that pulse, 14 seconds of silence
    assert sat.answer(runs=ON).json["lost_left"] == 300
    pulses.write()
    later(6)
    sat.scene = pulse(sat).json
    assert pulses.repeat(HERE, words(sat)) is not None
    pulses.write()
    later(20)
    assert pulses.repeat(HERE, words(sat)) is None
    lost = 300 - pulse(sat).json["lost_left"]
    assert 20 <= lost < 24
    flags = db.scalars(select(Step.flags).order_by(Step.place)).all()
    assert flags == [[], ["lost_connection"]]


def test_a_silence_of_the_watch_begins_at_the_last_pulse(db, pulses, sat):
    later(5)
    at = clock.now()
    assert pulses.repeat(HERE, words(sat)) is not None
    pulses.write()
    later(40)
    assert pulse(sat).status_code == 200
    silence = db.scalars(select(Signal)).one()
    assert silence.kind == "silence_of_page"
    assert abs((silence.at - at).total_seconds()) < 3


def test_what_falls_due_is_looked_at_in_full(db, pulses, sat):
    """No picture comes any more: the pulse after it was due finds that, however often it pulsed."""
    session = db.scalars(select(ProctorSession)).one()
    session.picture_due_at = clock.now() + timedelta(seconds=8)
    db.commit()
    assert pulse(sat).status_code == 200
    later(6)
    assert pulses.repeat(HERE, words(sat)) is not None
    later(6)
    assert pulses.repeat(HERE, words(sat)) is None
    assert pulse(sat).status_code == 200
    assert db.scalars(select(Signal.kind)).all() == ["no_picture"]
    assert sat.show("b").status_code == 200  # its next pulse ends what is missing
    assert pulses.repeat(HERE, words(sat)) is None


def test_the_page_before_a_taking_over_is_not_known_any_more(pulses, sat):
    scene = sat.begin(page="tab-two", take_over=True).json
    assert scene["state"] == "running"
    assert pulses.repeat(HERE, words(sat)) is None


def ended(db, _sat):
    sessions.end(db, db.scalars(select(UserSession)).one())


def locked_out(db, _sat):
    db.scalars(select(UserSession)).one().user.active = False


def void(db, _sat):
    db.scalars(select(WrittenTest)).one().state = WrittenTestState.VOID


def decided(db, _sat):
    db.scalars(select(ProctorSession)).one().decision = Decision.VOID


def closed(db, _sat):
    db.scalars(select(ProctorSession)).one().closed_at = clock.now()


@pytest.mark.parametrize("change", [ended, locked_out, void, decided, closed])
def test_what_another_process_decided_is_heard_within_a_second(db, pulses, sat, change):
    change(db, sat)
    db.commit()
    later(5)
    assert pulses.repeat(HERE, words(sat)) is not None
    pulses.write()
    assert pulses.repeat(HERE, words(sat)) is None
    assert pulse(sat).status_code in (401, 404, 409)


def test_a_session_that_only_pulses_is_seen_each_minute(db, pulses, sat):
    seen = select(UserSession.seen_at)
    before = db.scalars(seen).one()
    db.commit()
    for _ in range(13):
        later(5)
        if pulses.repeat(HERE, words(sat)) is None:
            sat.scene = pulse(sat).json
        pulses.write()
    assert db.scalars(seen).one() - before >= timedelta(minutes=1)


def test_words_stay_until_the_database_takes_them(db, app, monkeypatch, pulses, sat):
    later(5)
    assert pulses.repeat(HERE, words(sat)) is not None
    at = clock.now()
    with monkeypatch.context() as broken:
        broken.setitem(app.extensions, "viva", None)
        with pytest.raises(AttributeError):
            pulses.write()
    pulses.write()
    assert [(at - moment).total_seconds() < 3 for moment in heard(db)] == [True] * 3


def test_pages_are_not_told_that_they_are_heard_while_nothing_is_written(monkeypatch, pulses, sat):
    later(5)
    assert pulses.repeat(HERE, words(sat)) is not None
    monkeypatch.setattr(pulses._kept, "since", pulses._kept.since - LATE_S)
    assert pulses.repeat(HERE, words(sat)) is None


def test_no_word_that_waits_is_taken_for_a_silence(settings):
    waits = test_hearing.IN_RHYTHM + timedelta(seconds=EVERY_S)
    assert waits <= watch_hearing.IN_RHYTHM
    silences = (QUIET, settings.page_silence_s)
    assert min(silences) > watch_hearing.IN_RHYTHM.total_seconds()
