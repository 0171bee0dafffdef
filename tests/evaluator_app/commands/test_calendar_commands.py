"""`viva calendar`: anybody tries their own files, and our invitations in other programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from evaluator_app import cli
from kernel.settings import load

CASES = Path(__file__).parents[2] / "scheduling" / "cases"
DAYS = ["--zone", "Europe/Paris", "--from", "2026-11-01", "--until", "2027-04-30"]


def lines(capfd) -> list[dict[str, str]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_files_are_read_in_order_in_one_process_and_told_in_lines(capfd):
    names = ["1_evaluator_in_new_york", "2_evaluator_in_paris"]
    files = [str(CASES / "zone_cache" / f"{name}.ics") for name in names]
    old = str(CASES / "z22_old_event_of_unknown_zone.ics")
    assert cli.main(["calendar", "check", *files, old, *DAYS]) == 0
    assert lines(capfd) == [
        {"file": files[0], "start": "2026-12-08T15:00:00Z", "end": "2026-12-08T16:00:00Z"},
        {"file": files[1], "start": "2026-12-08T09:00:00Z", "end": "2026-12-08T10:00:00Z"},
        {"file": old, "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"},
        {
            "file": old,
            "left_out": "vieux, 2012-05-08",
            "why": "An event is in an unknown time zone: correct it.",
        },
    ]


def test_a_file_that_is_refused_fails_and_the_others_are_read(tmp_path, capfd):
    missing, good = str(tmp_path / "none.ics"), str(CASES / "b01_bom.ics")
    cut = str(CASES / "b29_first_end_vevent_missing.ics")
    assert cli.main(["calendar", "check", missing, cut, good, *DAYS]) == 1
    first, second, third = lines(capfd)
    assert first == {"file": missing, "refused": "No such file or directory"}
    assert second == {
        "file": cut,
        "refused": "This calendar's file is damaged: a part is missing. Publish it again. (l. 10)",
    }
    assert third["start"] == "2026-12-01T09:00:00Z"


def test_days_are_whole_in_the_readers_zone(tmp_path, capfd):
    always = tmp_path / "always.ics"
    always.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20200101T000000Z\nDTEND:20300101T000000Z\n"
        "END:VEVENT\nEND:VCALENDAR\n",
        encoding="utf-8",
    )
    days = ["--zone", "Asia/Tokyo", "--from", "2026-12-01", "--until", "2026-12-01"]
    assert cli.main(["calendar", "check", str(always), *days]) == 0
    assert lines(capfd) == [
        {"file": str(always), "start": "2026-11-30T15:00:00Z", "end": "2026-12-01T15:00:00Z"}
    ]


@pytest.fixture
def sender(monkeypatch):
    """The address that mails are from; settings are read again, before and after."""
    monkeypatch.setenv("VIVA_MAIL_FROM", "Viva Voce <no-reply@viva-voce.example>")
    load.cache_clear()
    yield "no-reply@viva-voce.example"
    load.cache_clear()


def test_an_invitation_is_a_candidates(capfdbinary, sender):
    words = ["--zone", "Europe/Dublin", "--start", "2027-07-15T10:00:00Z", "--minutes", "20"]
    assert cli.main(["calendar", "invitation", *words]) == 0
    calendar = Calendar.from_ical(capfdbinary.readouterr().out)
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].to_ical() == b"20270715T110000"
    assert event["DTSTART"].params["TZID"] == "Europe/Dublin"
    assert (event.end - event.start).total_seconds() == 1200
    assert event.start == datetime(2027, 7, 15, 10, tzinfo=UTC)
    assert str(event["ORGANIZER"]) == f"mailto:{sender}"
    assert "le jeudi 15 juillet 2027 à 11:00" in str(event["DESCRIPTION"]).lower()


@pytest.mark.parametrize(
    "words",
    [
        ["check", "x.ics", "--zone", "Mars/Base", "--from", "2026-11-01", "--until", "2026-12-01"],
        ["check", "x.ics", "--zone", "UTC", "--from", "tomorrow", "--until", "2026-12-01"],
        ["invitation", "--zone", "UTC", "--start", "2027-07-15T10:00:00", "--minutes", "20"],
        ["invitation", "--zone", "UTC", "--start", "2027-07-15T10:00:00Z", "--minutes", "0"],
    ],
)
def test_wrong_usage_is_named(words, capfd):
    with pytest.raises(SystemExit) as left:
        cli.main(["calendar", *words])
    assert left.value.code == 2
    assert "error: argument" in capfd.readouterr().err
