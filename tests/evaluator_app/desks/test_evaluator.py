"""The evaluator's desk over HTTP: the home, the console's page, the grid's JSON."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from query_count import counted

from enrolment.models import Stage
from kernel import clock
from rooms.models import Interview, InterviewState
from rubrics.library import grid
from rubrics.models import Scoresheet, SheetState

KEYS = grid().keys
NOTE = {"client_id": "n1", "text": "tenses", "criterion": "grammar", "part": 1, "second": 12.5}


@dataclass
class Desk:
    """An evaluator's browser, an interview that has ended, and its sheet's address."""

    browser: object
    interview: Interview
    sheet: Scoresheet

    @property
    def base(self) -> str:
        return f"/evaluator/scoresheets/{self.sheet.id}"

    def put(self, criterion: str, body: object):
        return self.browser.put(f"{self.base}/marks/{criterion}", json=body)

    def fill(self) -> None:
        for key in KEYS:
            assert self.put(key, {"thirds": 12, "nothing_to_add": True}).status_code == 200

    def submit(self, **more):
        return self.browser.post(f"{self.base}/submit", json={}, **more)


@pytest.fixture
def desk(make, signed_in) -> Desk:
    interview = make.interview(state=InterviewState.ENDED)
    interview.appointment.candidacy.stage = Stage.MARKING
    [sheet] = interview.performance.scoresheets
    return Desk(signed_in(interview.appointment.evaluator), interview, sheet)


# The grid's JSON


def test_opening_gives_the_same_sheet_each_time(desk):
    address = f"/evaluator/interviews/{desk.interview.id}/scoresheet"
    found = [desk.browser.post(address, json={}).get_json()["id"] for _ in range(2)]
    assert found == [desk.sheet.id] * 2


def test_a_mark_answers_with_the_whole_sheet(desk):
    answer = desk.put("fluency", {"thirds": 13})
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["marks"] == {
        "fluency": {"thirds": 13, "not_assessable": False, "reason": "", "nothing_to_add": False}
    }
    assert told["lacks"][-3:] == [
        {"criterion": "grammar", "want": "evidence"},
        {"criterion": "interaction", "want": "mark"},
        {"criterion": "interaction", "want": "evidence"},
    ]
    assert desk.browser.get(desk.base).get_json() == told


@pytest.mark.parametrize(
    "body",
    [
        {"thirds": 1},
        {"thirds": 19},
        {"thirds": "B2"},
        {"thirds": 12.5},
        {"thirds": True},
        {"thirds": 12, "not_assessable": True, "reason": "x"},
        {"thirds": 12, "bonus": 1},
        {"reason": "x" * 301, "not_assessable": True},
        [],
        "B2",
        None,
    ],
)
def test_what_is_no_mark_is_refused_and_changes_nothing(desk, body):
    answer = desk.put("fluency", body)
    assert (answer.status_code, desk.browser.get(desk.base).get_json()["marks"]) == (422, {})
    assert answer.get_json()["error"] != ""


def test_a_body_that_is_not_json_is_refused(desk):
    answer = desk.browser.put(f"{desk.base}/marks/fluency", data=b"{", content_type="text/plain")
    assert answer.status_code == 422


def test_an_unknown_criterion_is_refused(desk):
    assert desk.put("charm", {"thirds": 9}).status_code == 422


def test_a_note_is_kept_once_edited_and_removed(desk):
    for _ in range(2):
        told = desk.browser.post(f"{desk.base}/notes", json=NOTE).get_json()
    assert told["notes"] == [NOTE]
    place = f"{desk.base}/notes/n1"
    told = desk.browser.patch(place, json={"text": "past", "criterion": None}).get_json()
    assert told["notes"] == [{**NOTE, "text": "past", "criterion": None}]
    assert [desk.browser.delete(place).status_code for _ in range(2)] == [200, 200]
    assert desk.browser.get(desk.base).get_json()["notes"] == []
    assert desk.browser.delete(f"{desk.base}/notes/never").status_code == 404


@pytest.mark.parametrize("second", [-1, 1e9, "soon", True])
def test_a_note_stands_at_a_moment_of_the_recording(desk, second):
    answer = desk.browser.post(f"{desk.base}/notes", json=NOTE | {"second": second})
    assert answer.status_code == 422


def test_a_note_without_a_moment_gets_the_servers(desk):
    desk.interview.state, desk.interview.part = InterviewState.RUNNING, 2
    desk.interview.started_at = clock.now() - timedelta(seconds=90)
    answer = desk.browser.post(f"{desk.base}/notes", json={"client_id": "n2", "text": "now"})
    [note] = answer.get_json()["notes"]
    assert (note["part"], 90 <= note["second"] < 100) == (2, True)


def test_a_half_empty_grid_names_every_missing_criterion_in_the_readers_language(desk):
    desk.put("fluency", {"thirds": 12, "nothing_to_add": True})
    desk.browser.get("/evaluator/?lang=en")
    answer = desk.submit()
    assert answer.status_code == 422
    assert answer.get_json()["error"] == (
        "The marks are incomplete. Still to do: Listening, Pronunciation and intonation, "
        "Vocabulary, Grammar and syntax, Interaction."
    )
    assert [one["criterion"] for one in answer.get_json()["missing"]] == [
        key for key in KEYS if key != "fluency" for _ in range(2)
    ]


def test_submitting_twice_is_the_same_as_once(db, desk):
    desk.fill()
    first, second = desk.submit(), desk.submit()
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json() == second.get_json()
    db.refresh(desk.sheet)
    assert desk.sheet.state is SheetState.SUBMITTED
    late = desk.put("fluency", {"thirds": 3})
    assert late.status_code == 409


@pytest.mark.parametrize("state", [InterviewState.RUNNING, InterviewState.ABORTED])
def test_a_grid_is_submitted_after_an_end_that_is_one(desk, state):
    desk.fill()
    desk.interview.state = state
    assert desk.submit().status_code == 409


def test_another_evaluator_finds_no_sheet(make, signed_in, desk):
    stranger = signed_in(make.evaluator())
    desk.browser = stranger
    assert [
        stranger.get(desk.base).status_code,
        desk.put("fluency", {"thirds": 3}).status_code,
        stranger.post(f"{desk.base}/notes", json=NOTE).status_code,
        desk.submit().status_code,
        stranger.post(f"/evaluator/interviews/{desk.interview.id}/scoresheet", json={}).status_code,
        stranger.get(f"/evaluator/interviews/{desk.interview.id}").status_code,
        stranger.get(f"/evaluator/scoresheets/{2**70}").status_code,
        stranger.get(f"/evaluator/interviews/{2**70}").status_code,
    ] == [404] * 8


# The console


def block(page: str, name: str) -> dict:
    """Return a JSON block of the page."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_the_console_names_the_grid_as_the_contract_does(desk):
    page = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}?lang=en").text
    config = block(page, "config")
    assert [one["name"] for one in config["criteria"]] == [
        "Listening",
        "Pronunciation and intonation",
        "Vocabulary",
        "Fluency",
        "Grammar and syntax",
        "Interaction",
    ]
    radios = re.findall(r'type="radio" name="mark-fluency" value="\w+" aria-label="([^"]+)"', page)
    assert radios == [
        *("Below A1", "A1", "A1+", "A2-", "A2", "A2+", "B1-", "B1", "B1+"),
        *("B2-", "B2", "B2+", "C1-", "C1", "C1+", "C2-", "C2", "Not assessable"),
    ]
    assert page.count('role="radiogroup"') == 6
    assert 'aria-label="Nothing to add: Vocabulary"' in page


def test_the_console_says_neither_target_nor_written_level(make, desk):
    make.written_result(desk.interview.appointment.candidacy)
    page = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}").text
    state = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}/state").get_json()
    told = {**block(page, "config"), **state}
    assert [key for key in told if "target" in key or "written" in key] == []
    assert [word for word in ("target", "Niveau visé", "écrit :") if word in page] == []


def test_the_console_costs_the_same_whatever_the_number_of_interviews(db, make, desk):
    address = f"/evaluator/interviews/{desk.interview.id}"
    with counted(db.get_bind()) as few:
        assert desk.browser.get(address).status_code == 200
    evaluator = desk.interview.appointment.evaluator
    for _ in range(4):
        make.interview(make.appointment(evaluator=evaluator))
    with counted(db.get_bind()) as many:
        assert desk.browser.get(address).status_code == 200
    assert many.count == few.count


def test_what_is_to_be_arranged_is_said_as_what_to_do(make, signed_in):
    candidacy = make.candidacy(
        accommodations=["breaks"], time_factor=4 / 3, accommodation_note="Parler face à la caméra."
    )
    interview = make.interview(make.appointment(candidacy))
    browser = signed_in(interview.appointment.evaluator)
    page = browser.get(f"/evaluator/interviews/{interview.id}").text
    listed = re.search(r'vc-facts--arrange">(.*?)</ul>', page, re.S)
    assert listed is not None
    assert re.findall("<li>(.*?)</li>", listed[1]) == [
        "Pauses",
        "Les temps affichés sont déjà multipliés par 4/3",
        "Parler face à la caméra.",
    ]


# The home


def titles(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


def test_a_home_without_interviews_says_so(make, signed_in):
    page = signed_in(make.evaluator()).get("/evaluator/").text
    assert [html.unescape(title) for title in titles(page)] == ["Aujourd'hui"]
    assert "Aucun entretien aujourd" in page


def test_the_home_sorts_what_comes_and_what_is_due(db, make, signed_in):
    evaluator = make.evaluator()
    noon = clock.now().replace(hour=11, minute=0, second=0, microsecond=0)
    for days, state in ((0, "planned"), (2, "planned"), (-2, "ended"), (-3, "aborted")):
        appointment = make.appointment(evaluator=evaluator, starts_at=noon + timedelta(days=days))
        make.interview(appointment, state=InterviewState(state))
    make.interview()
    page = signed_in(evaluator).get("/evaluator/?lang=en").text
    assert titles(page)[1:] == ["To mark", "Today", "To come", "Past"]
    assert page.count("Open the interview") == 1
    words = re.findall(r'class="vv-state[^"]*">([^<]+)</span>', page)
    assert words == ["Planned", "Marks to submit", "Planned", "Planned", "To mark", "Stopped"]


def test_a_reopened_sheet_is_due_again(db, make, signed_in, desk):
    desk.fill()
    desk.submit()
    assert "À noter" not in titles(desk.browser.get("/evaluator/").text)
    db.refresh(desk.sheet)
    db.add(
        Scoresheet(
            performance_id=desk.sheet.performance_id,
            rater_id=desk.sheet.rater_id,
            role=desk.sheet.role,
            version=2,
            supersedes_id=desk.sheet.id,
            created_at=clock.now(),
        )
    )
    assert "À noter" in titles(desk.browser.get("/evaluator/").text)


def test_the_home_costs_the_same_for_one_interview_and_for_three(db, make, signed_in):
    evaluator = make.evaluator()
    make.interview(make.appointment(evaluator=evaluator))
    make.interview(make.appointment(evaluator=evaluator), state=InterviewState.ENDED)
    browser = signed_in(evaluator)
    with counted(db.get_bind()) as one:
        assert browser.get("/evaluator/").status_code == 200
    for _ in range(2):
        make.interview(make.appointment(evaluator=evaluator))
        make.interview(make.appointment(evaluator=evaluator), state=InterviewState.ENDED)
    with counted(db.get_bind()) as three:
        assert browser.get("/evaluator/").status_code == 200
    assert three.count == one.count


@pytest.mark.parametrize("page", ["0", "-1", "9999999999999999999999", "x", "²"])
def test_a_page_that_does_not_exist_is_an_empty_one(make, signed_in, page):
    assert signed_in(make.evaluator()).get(f"/evaluator/?page={page}").status_code == 200
