"""The watch belongs to whoever answers, and the server finds what is missing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden
from proctor import holding, lasting, policy, queries, watching
from proctor.holding import HeldElsewhere, PictureOwed, Place
from proctor.models import Decision, Signal, SignalKind
from proctor.reports import Report

HOME = Place("page-1", 7, "192.0.2.1", "Firefox · Windows")
ON = {"camera": "on", "microphone": "on", "faces": "unwanted"}
EVERY = policy.Pictures(80, 10**8, timedelta(seconds=300))
ACCOMPLICE = Place("page-9", 8, "198.51.100.7", "Chrome · Linux")


def moved(**values) -> Place:
    return Place(**{name: getattr(HOME, name) for name in HOME.__slots__} | values)


@pytest.fixture
def candidacy(make):
    return make.candidacy()


@pytest.fixture
def me(candidacy):
    return candidacy.candidate.user.actor


@pytest.fixture
def session(db, settings, me, candidacy):
    return watching.open_session(db, me, candidacy, {})


@pytest.fixture
def token(db, me, session):
    return holding.take(db, me, session, HOME)


def signals(db) -> list[tuple[SignalKind, str]]:
    rows = db.scalars(select(Signal).order_by(Signal.id))
    return [(row.kind, row.detail.get("changed", "")) for row in rows]


def audited(db) -> list[dict[str, object]]:
    rows = db.scalars(select(AuditEntry).where(AuditEntry.act == "proctoring.hold"))
    return [row.data for row in rows]


def test_the_first_page_takes_hold_and_alone_is_believed(db, session, token):
    holding.check_holder(session, HOME, token)
    assert signals(db) == []
    for place, shown in (
        (HOME, ""),
        (HOME, "x"),
        (moved(sign_in=8), token),
        (moved(browser="Chrome · Linux"), token),
    ):
        with pytest.raises(HeldElsewhere):
            holding.check_holder(session, place, shown)


def test_nobody_else_takes_hold(db, make, session):
    for stranger in (make.candidacy().candidate.user, make.coordinator()):
        with pytest.raises(Forbidden):
            holding.take(db, stranger.actor, session, HOME)


@pytest.mark.parametrize("place", [ACCOMPLICE, moved(page="page-2")])
def test_another_page_is_refused_unless_it_asks_to_take_over(db, me, session, token, place):
    for shown in ("", "x"):
        with pytest.raises(HeldElsewhere):
            holding.take(db, me, session, place, shown)
    holding.check_holder(session, HOME, token)
    assert signals(db) == []


def test_a_page_that_did_not_hear_the_answer_asks_again(db, me, session, token):
    again = holding.take(db, me, session, HOME)
    holding.check_holder(session, HOME, again)
    with pytest.raises(HeldElsewhere):
        holding.check_holder(session, HOME, token)
    assert signals(db) == []


@pytest.mark.parametrize(
    ("place", "knows", "kind", "changed"),
    [
        (moved(page="page-2"), True, "page_reloaded", ""),
        (moved(page="page-2"), False, "other_tab", ""),
        (moved(page="page-2", address="203.0.113.9"), True, "other_address", "address"),
        (moved(page="page-2", sign_in=9), True, "other_browser", "sign_in"),
        (moved(page="page-2", browser="Safari · macOS"), True, "other_browser", "browser"),
        (ACCOMPLICE, False, "other_browser", "address browser sign_in"),
    ],
)
def test_each_change_is_a_signal_and_an_audit_line(
    db, me, session, token, place, knows, kind, changed
):
    fresh = holding.take(db, me, session, place, token if knows else "", take_over=True)
    assert signals(db) == [(SignalKind(kind), changed)]
    assert audited(db) == [{"change": kind, "changed": changed.split()}]
    with pytest.raises(HeldElsewhere):
        holding.check_holder(session, HOME, token)
    holding.check_holder(session, place, fresh)


def test_the_page_before_is_known_by_its_token_and_browser(db, me, session, token):
    assert holding.held_until(session, HOME, token) is None
    clock.move(timedelta(minutes=1))
    before = clock.now()
    fresh = holding.take(db, me, session, ACCOMPLICE, take_over=True)
    assert before <= holding.held_until(session, HOME, token) <= clock.now()
    assert holding.held_until(session, ACCOMPLICE, fresh) is None
    for place, shown in ((ACCOMPLICE, token), (HOME, fresh), (HOME, ""), (HOME, "x")):
        with pytest.raises(HeldElsewhere):
            holding.held_until(session, place, shown)


def test_few_pages_before_are_remembered(db, me, session, token):
    for number in range(holding.MOST_FORMER + 1):
        place = moved(page=f"page-{number}")
        token = holding.take(db, me, session, place, token, take_over=True)
    assert len(session.holder["former"]) == holding.MOST_FORMER
    assert holding.held_until(session, HOME, token) is None


def test_no_address_is_kept(db, me, session, token):
    holding.take(db, me, session, ACCOMPLICE, take_over=True)
    assert "198.51.100.7" not in f"{session.holder}{signals(db)}{audited(db)}"


def test_whoever_takes_over_shows_their_camera_before_they_answer(db, me, session, token):
    holding.check_shown(session)
    holding.take(db, me, session, ACCOMPLICE, take_over=True)
    with pytest.raises(PictureOwed):
        holding.check_shown(session)
    reloaded = Place("page-10", *(getattr(ACCOMPLICE, n) for n in ACCOMPLICE.__slots__[1:]))
    holding.take(db, me, session, reloaded, "", take_over=True)
    with pytest.raises(PictureOwed):
        holding.check_shown(session)
    holding.shown(session, EVERY)
    holding.check_shown(session)


def test_how_long_another_browser_answered_is_known(db, me, session, token):
    began = clock.now()
    clock.move(timedelta(minutes=10))
    holding.take(db, me, session, ACCOMPLICE, take_over=True)
    clock.move(timedelta(minutes=26))
    holding.take(db, me, session, moved(page="page-3"), take_over=True)
    first, second = db.scalars(select(Signal).order_by(Signal.id)).all()
    assert (first.kind, second.kind) == (SignalKind.OTHER_BROWSER, SignalKind.OTHER_TAB)
    assert (first.at - began).total_seconds() == pytest.approx(600, abs=5)
    assert (first.until - first.at).total_seconds() == pytest.approx(26 * 60, abs=5)
    assert session.lasting == {}


def test_one_that_lasts_ends_with_the_last_answer(db, me, session, token):
    holding.take(db, me, session, ACCOMPLICE, take_over=True)
    clock.move(timedelta(seconds=40))
    watching.end(db, session)
    (signal,) = db.scalars(select(Signal)).all()
    assert signal.until == session.watched_until


def test_a_new_network_is_noted_while_the_page_lives(db, me, session, token):
    holding.note_address(db, me, session, HOME)
    holding.note_address(db, me, session, moved(address="203.0.113.9"))
    holding.note_address(db, me, session, moved(address="203.0.113.9"))
    assert signals(db) == [(SignalKind.OTHER_ADDRESS, "address")]
    holding.check_holder(session, moved(address="203.0.113.9"), token)


@pytest.mark.parametrize(
    ("place", "noted"),
    [
        (moved(page="page-2", sign_in=9), []),
        (moved(page="page-2", sign_in=9, address="203.0.113.9"), ["other_address"]),
        (ACCOMPLICE, ["other_browser"]),
    ],
)
def test_coming_back_another_day_is_compared_with_the_watch_before(
    db, me, candidacy, session, token, place, noted
):
    watching.leave(db, me, session)
    again = watching.open_session(db, me, candidacy, {})
    holding.take(db, me, again, place)
    assert [kind for kind, _ in signals(db)] == noted
    assert bool(again.holder["owes"]) is ("other_browser" in noted)


def test_a_void_watch_is_compared_with_nothing(db, me, candidacy, session, token):
    watching.leave(db, me, session)
    session.decision, session.decided_at = Decision.VOID, clock.now()
    again = watching.open_session(db, me, candidacy, {})
    holding.take(db, me, again, ACCOMPLICE)
    assert signals(db) == []


# -- what is missing ---------------------------------------------------------------------------


def live(db, session, seconds: int, watch=None, step: int = 5) -> None:
    """Let the page say that it lives for so long, as it does every five seconds."""
    for _ in range(0, seconds, step):
        clock.move(timedelta(seconds=step))
        watching.heard(db, session, 30, watch)


def kinds(db) -> list[SignalKind]:
    return list(db.scalars(select(Signal.kind).order_by(Signal.id)))


def test_no_picture_for_longer_than_is_drawn_is_found_until_one_comes(db, session, token):
    live(db, session, 50, ON)
    assert kinds(db) == []
    live(db, session, 20, ON)
    assert kinds(db) == [SignalKind.NO_PICTURE]
    holding.shown(session, EVERY)
    live(db, session, 5, ON)
    (signal,) = db.scalars(select(Signal)).all()
    assert signal.until is not None
    live(db, session, 375, ON)
    assert kinds(db) == [SignalKind.NO_PICTURE]
    live(db, session, 20, ON)
    assert kinds(db) == [SignalKind.NO_PICTURE] * 2


def test_a_page_that_answers_and_says_nothing_of_its_watch_is_found(db, session, token):
    holding.shown(session, EVERY)
    live(db, session, 30, ON)
    live(db, session, 50)
    assert kinds(db) == []
    live(db, session, 20)
    assert kinds(db) == [SignalKind.WATCH_SILENT]
    live(db, session, 5, ON)
    (signal,) = db.scalars(select(Signal)).all()
    assert 65 <= (signal.until - signal.at).total_seconds() <= 85


@pytest.mark.parametrize(
    ("watch", "parts"),
    [
        ({"camera": "on"}, "microphone"),
        ({"microphone": "on"}, "camera"),
        ({"camera": "no", "microphone": "no"}, "camera microphone"),
        ({"voice": "on"}, "camera microphone"),
    ],
)
def test_a_part_that_is_not_told_of_or_off_is_found(db, session, token, watch, parts):
    holding.shown(session, EVERY)
    live(db, session, 70, watch)
    (signal,) = db.scalars(select(Signal)).all()
    assert (signal.kind, signal.detail) == (SignalKind.PART_MISSING, {"parts": parts})


def test_faces_are_asked_for_only_where_they_are_looked_for(session, token):
    session.watch = {"camera": "on", "microphone": "on"}
    later = clock.now() + timedelta(seconds=61)
    session.told_at, session.picture_due_at = later, None
    assert lasting.missing(session, later) == {}
    session.risk_file_id = 1
    missing = lasting.missing(session, later)
    assert missing[SignalKind.PART_MISSING][1] == {"parts": "faces"}
    session.watch |= {"faces": "no_worker"}
    assert SignalKind.PART_MISSING not in lasting.missing(session, later)


def test_a_closed_lid_is_a_silence_and_nothing_more(db, session, token):
    holding.shown(session, EVERY)
    live(db, session, 30, ON)
    clock.move(timedelta(minutes=20))
    watching.heard(db, session, 30, ON)
    live(db, session, 60, ON)
    assert kinds(db) == [SignalKind.SILENCE_OF_PAGE]


def test_a_watch_that_nobody_holds_owes_nothing(db, session):
    live(db, session, 120)
    assert kinds(db) == []


# -- its end, and what is looked at first ------------------------------------------------------


def test_the_last_answer_ends_it_and_two_minutes_close_it(db, me, candidacy, session, token):
    watching.end(db, session)
    assert watching.running(db, candidacy) is None
    assert watching.to_leave(db, candidacy) is session
    ended = session.watched_until
    live(db, session, 60)
    assert kinds(db) == []
    assert watching.close_ended(db) == 0
    clock.move(timedelta(seconds=61))
    assert watching.to_leave(db, candidacy) is None
    assert watching.close_ended(db) == 1
    assert watching.close_ended(db) == 0
    assert (session.closed_at, session.left_by_candidate) == (ended + watching.TO_LEAVE, False)
    late = [Report(key="a", kind=SignalKind.VOICE, ago=0, lasted=9)]
    assert watching.report(db, me, session, late, 30) == 1
    (signal,) = db.scalars(select(Signal)).all()
    assert (signal.at, signal.until) == (ended, ended)


def test_leaving_stays_explicit(db, me, candidacy, session, token):
    watching.end(db, session)
    watching.leave(db, me, session)
    assert session.left_by_candidate
    assert watching.close_ended(db) == 0


def test_what_the_server_found_is_looked_at_before_any_number_of_moments(db, make):
    busy, swapped, dark = (make.proctor_session(closed_at=clock.now()) for _ in range(3))
    for minute in range(9):
        make.signal(busy, at=busy.opened_at + timedelta(minutes=minute))
    make.signal(swapped, SignalKind.OTHER_BROWSER)
    make.signal(dark, SignalKind.NO_PICTURE)
    make.signal(dark, SignalKind.PAGE_RELOADED)
    rows = queries.to_look_at(db)
    assert [row.session.id for row in rows] == [swapped.id, dark.id, busy.id]
    assert [row.of_server for row in rows] == [
        (SignalKind.OTHER_BROWSER,),
        (SignalKind.NO_PICTURE,),
        (),
    ]
