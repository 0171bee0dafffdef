"""Live connections over the wire: who gets one, how many, and what garbage does."""

from __future__ import annotations

import pytest
from live_wire import ADDRESS, connect, watch
from twins import on_sqlite

from evaluator_app.live import live
from evaluator_app.live.door import MOST_A_PERSON

GARBAGE = (
    *("4", "42", "42[]", '42{"a":1}', '421["watch"]', '421["watch",1,2]', '421["unwatch"]'),
    *("44", "45", '451-["watch",{}]', "4599999-[]", "49", "x", "\ud7ff", '40{"a":'),
    "42" + "[" * 5000,
)


@pytest.fixture(autouse=True)
def _no_emitter(monkeypatch):
    monkeypatch.setattr(live, "_started", True)  # no thread that outlives the test


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
