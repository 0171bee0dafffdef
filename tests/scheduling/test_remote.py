"""What a calendar's server means by its answers, against a real server on loopback."""

from __future__ import annotations

import pytest
from calendar_servers import Misbehaving, calendar

from kernel.fetching import Failure, Request
from scheduling.remote import fetch, parts
from scheduling.unreadable import Reason, Unreadable


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("lost", "gone"),
        ("broken-server", "refused: 500"),
        ("locked", "sign_in"),
        ("endless", "too_big"),
    ],
)
def test_an_answer_is_named_as_people_know_it(path, words):
    with Misbehaving() as server, pytest.raises(Unreadable) as refused:
        fetch(Request(f"{server.address}/{path}"), local=True)
    assert str(refused.value) == words


def test_every_failure_of_fetching_has_its_word():
    assert [str(failure) for failure in Failure if failure not in set(Reason)] == ["status"]


def test_webcal_is_https_and_another_scheme_is_none():
    assert parts("WEBCAL://a.example/x.ics", local=False).geturl() == "https://a.example/x.ics"
    with pytest.raises(Unreadable, match="address"):
        parts("ftp://a.example/x.ics", local=False)


def test_a_calendar_says_who_reads_it():
    with Misbehaving() as server:
        assert fetch(Request(f"{server.address}/good"), local=True) == calendar()
