"""Live connections over the wire: who gets one, how many, and what garbage does."""

from __future__ import annotations

import pytest
from live_wire import ADDRESS, connect, watch
from twins import on_sqlite

from evaluator_app.live.door import MOST_A_PERSON
from evaluator_app.live.hub import live
from kernel.live import Announcement
from scheduling.announcing import personal_link

GARBAGE = (
    *("4", "42", "42[]", '42{"a":1}', '421["watch"]', '421["watch",1,2]', '421["unwatch"]'),
    *("44", "45", '451-["watch",{}]', "4599999-[]", "49", "x", "\ud7ff", '40{"a":'),
    "42" + "[" * 5000,
)


@pytest.fixture(autouse=True)
def _no_emitter(monkeypatch):
    monkeypatch.setattr(live, "_started", True)  # no thread that outlives the test


@pytest.fixture(autouse=True)
def _nobody_is_left_inside(app):
    """Close what earlier tests left open: their people bore the numbers that ours will.

    What they left to be emitted closes sessions of these numbers as well.
    """
    live.emit_pending()
    for number in range(1, 100):
        live.door.close_session(number)


@on_sqlite
def test_nobody_and_forged_sessions_hold_no_connection(client):
    assert client.get(ADDRESS).status_code == 401
    client.set_cookie("viva", "eyJfdXNlcl9pZCI6MX0.forged.forged")
    assert client.get(ADDRESS).status_code == 401


@on_sqlite
def test_a_person_s_oldest_connections_give_way(make, signed_in):
    browser = signed_in(make.evaluator())
    first, second = connect(browser), connect(browser)
    for _ in range(MOST_A_PERSON - 1):
        connect(browser)
    assert browser.post(first, data="3").status_code == 400
    assert browser.post(second, data="3").status_code == 200


@on_sqlite
@pytest.mark.parametrize("frame", GARBAGE)
def test_garbage_is_a_line_in_the_log_and_the_page_goes_on(make, signed_in, caplog, frame):
    user = make.evaluator()
    browser = signed_in(user)
    browser.post(connect(browser), data=frame.encode())
    assert [record for record in caplog.records if record.exc_info] == []
    assert '431[{"ok":true' in watch(browser, connect(browser), f"evaluator:{user.id}")


def answer(browser, topic: str) -> str:
    """Return the last frame that came back."""
    return watch(browser, connect(browser), topic).split("\x1e")[-1]


@on_sqlite
def test_the_plan_is_watched_by_coordinators_alone(make, signed_in):
    coordinator = signed_in(make.coordinator())
    assert '431[{"ok":true' in watch(coordinator, connect(coordinator), "plan")
    for other in ("plan:1", "", "planning"):
        assert answer(coordinator, other) == '431[{"error":"not_there"}]'
    for user in (make.evaluator(), make.manager(), make.candidate().user):
        assert answer(signed_in(user), "plan") == '431[{"error":"not_there"}]'


@on_sqlite
def test_who_watches_is_told_what_happens_from_then_on(make, signed_in):
    user = make.evaluator()
    browser, topic = signed_in(user), f"evaluator:{user.id}"
    line = connect(browser)
    live.tell([Announcement(topic, "early", {})])
    assert watch(browser, line, topic).count('"ok":true') == 1
    live.tell([Announcement(topic, "changed", {})])
    live.emit_pending()
    assert browser.get(line).get_data(as_text=True) == f'42["changed",{{"topic":"{topic}"}}]'


@on_sqlite
def test_a_session_that_ends_closes_its_connection(make, signed_in):
    user = make.evaluator()
    ended, kept = signed_in(user), signed_in(user)
    lines = [connect(browser) for browser in (ended, kept)]
    assert watch(ended, lines[0], f"evaluator:{user.id}").count('"ok":true') == 1
    kept.post("/account/sessions/end-others")
    live.emit_pending()
    assert ended.post(lines[0], data="3").status_code == 400
    assert kept.post(lines[1], data="3").status_code == 200


@on_sqlite
def test_a_closed_account_hears_nothing_more(make, signed_in):
    user, coordinator = make.evaluator(), signed_in(make.coordinator())
    browser = signed_in(user)
    line = connect(browser)
    coordinator.post(f"/coordinator/people/{user.id}/active", data={"active": "0"})
    live.emit_pending()
    assert browser.post(line, data="3").status_code == 400
    assert browser.get(ADDRESS).status_code == 401


@on_sqlite
def test_when_all_places_are_taken_the_greediest_gives_one(make, signed_in, monkeypatch):
    monkeypatch.setattr(live.door, "most", len(live.door) + 6)
    greedy, modest, late = (signed_in(make.evaluator()) for _ in range(3))
    taken = [connect(greedy) for _ in range(5)] + [connect(modest)]
    connect(late)
    answers = [greedy.post(line, data="3").status_code for line in taken[:5]]
    assert (answers, modest.post(taken[5], data="3").status_code) == ([400, *[200] * 4], 200)


@on_sqlite
def test_a_personal_link_watches_its_oral_alone(make, client, settings):
    interview, other = make.interview(), make.interview()
    appointment = interview.appointment
    client.post(personal_link(settings, appointment).removeprefix(settings.base_url))
    assert '431[{"ok":true' in watch(client, connect(client), f"interview:{interview.id}")
    for topic in (f"interview:{other.id}", f"candidacy:{appointment.candidacy_id}"):
        assert answer(client, topic) == '431[{"error":"not_there"}]'
