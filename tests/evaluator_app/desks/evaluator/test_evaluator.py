"""The evaluator's desk over HTTP: the home, the console's page, the grid's JSON."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from query_count import counted

from enrolment.models import Stage
from kernel import clock, i18n
from rooms.models import Interview, InterviewState
from rubrics.library import grid
from rubrics.models import Scoresheet, SheetState
from scheduling.models import AppointmentState

KEYS = grid().keys
HOUR = timedelta(hours=1)
NOTE = {"text": "tenses", "criterion": "grammar", "part": 1, "second": 12.5}
BLANK = {"thirds": None, "not_assessable": False, "reason": ""}


@dataclass
class Desk:
    """An evaluator's browser, an interview that has ended, and its sheet's address."""

    browser: object
    interview: Interview
    sheet: Scoresheet

    @property
    def base(self) -> str:
        return f"/evaluator/scoresheets/{self.sheet.id}"

    def send(self, *changes: object):
        return self.browser.post(f"{self.base}/changes", json={"changes": list(changes)})

    def mark(self, criterion: str, thirds: int, name: str = ""):
        return self.send(
            change("level", criterion, BLANK | {"thirds": thirds}, name=name or f"l-{criterion}"),
            change("nothing", criterion, {"nothing_to_add": True}, name=f"n-{criterion}"),
        )

    def fill(self) -> None:
        for key in KEYS:
            assert self.mark(key, 12).get_json()["refused"] == {}

    @property
    def told(self) -> dict:
        return self.browser.get(self.base).get_json()

    def submit(self, **more):
        body = {"revision": self.told["revision"]}
        return self.browser.post(f"{self.base}/submit", json=body, **more)


def change(kind: str, place: str, value: object, name: str = "one", base: int = 0, **more) -> dict:
    return {"id": name, "kind": kind, "place": place, "value": value, "base": base, **more}


@pytest.fixture
def desk(make, signed_in) -> Desk:
    interview = make.interview(state=InterviewState.ENDED)
    interview.appointment.candidacy.stage = Stage.MARKING
    [sheet] = interview.performance.scoresheets
    return Desk(signed_in(interview.appointment.evaluator), interview, sheet)


# The grid's JSON


def test_opening_gives_the_same_sheet_each_time(desk):
    address = f"/evaluator/interviews/{desk.interview.id}/scoresheet"
    opened = [desk.browser.post(address, json={}).get_json()["id"] for _ in range(2)]
    assert opened == [desk.sheet.id] * 2


def test_a_change_answers_with_the_whole_sheet(desk):
    told = desk.mark("fluency", 13).get_json()
    assert told.pop("refused") == {}
    assert told["marks"] == {
        "fluency": {"thirds": 13, "not_assessable": False, "reason": "", "nothing_to_add": True}
    }
    assert told["lacks"][-3:] == [
        {"criterion": "grammar", "want": "evidence"},
        {"criterion": "interaction", "want": "mark"},
        {"criterion": "interaction", "want": "evidence"},
    ]
    assert desk.told == told
    assert desk.browser.get(f"{desk.base}?known={told['revision']}").status_code == 204


def test_what_two_devices_wrote_is_told_with_both_values(desk):
    desk.mark("fluency", 13, "first")
    desk.mark("fluency", 9, "second")
    told = desk.told
    assert told["marks"]["fluency"]["thirds"] == 9
    assert told["rivals"] == {
        "fluency": {
            "level": [
                {"id": "second", **BLANK, "thirds": 9},
                {"id": "first", **BLANK, "thirds": 13},
            ]
        }
    }


@pytest.mark.parametrize(
    "wrong",
    [
        change("level", "fluency", {"thirds": 1}),
        change("level", "fluency", {"thirds": "B2"}),
        change("level", "fluency", {"thirds": 12.5}),
        change("level", "fluency", {"thirds": True}),
        change("level", "fluency", {"thirds": 12, "not_assessable": True, "reason": "x"}),
        change("level", "fluency", {"thirds": 12, "bonus": 1}),
        change("level", "fluency", {"reason": "x" * 301, "not_assessable": True}),
        change("level", "fluency", []),
        change("level", "charm", {"thirds": 9}),
        change("level", "fluency", {"thirds": 9}, base=-1),
        change("level", "fluency", {"thirds": 9}, base=2**70),
        change("level", "fluency", {"thirds": 9}, after="a b"),
        change("level", "fluency", {"thirds": 9}, bonus=1),
        change("nothing", "fluency", {"nothing_to_add": 1}),
        change("removal", "never", {}),
        change("removal", "n1", {"text": "x"}),
        change("note", "n1", NOTE | {"second": -1}),
        change("note", "n1", NOTE | {"second": 1e9}),
        change("note", "n1", NOTE | {"second": "soon"}),
        change("note", "n1", NOTE | {"part": 4}),
        change("note", "n 1", NOTE),
        change("charm", "fluency", {}),
    ],
)
def test_what_is_no_change_is_refused_in_words_and_keeps_no_other_back(desk, wrong):
    answer = desk.send(wrong, change("level", "grammar", {"thirds": 9}, name="good"))
    told = answer.get_json()
    assert (answer.status_code, list(told["refused"]), list(told["marks"])) == (
        200,
        ["one"],
        ["grammar"],
    )
    assert told["refused"]["one"] != ""
    assert told["notes"] == []


@pytest.mark.parametrize("body", [{}, {"changes": 1}, {"changes": ["x"]}, [], "B2", None])
def test_what_is_no_list_of_changes_is_refused_whole(desk, body):
    answer = desk.browser.post(f"{desk.base}/changes", json=body)
    assert (answer.status_code, answer.get_json()["error"] != "") == (422, True)


def test_too_many_changes_at_once_are_refused_whole(desk):
    many = [change("nothing", "fluency", {"nothing_to_add": True}, name=f"c{n}") for n in range(21)]
    assert (desk.send(*many).status_code, desk.told["marks"]) == (422, {})


def test_a_note_is_kept_once_edited_and_removed(desk):
    for _ in range(2):
        told = desk.send(change("note", "n1", NOTE)).get_json()
    assert told["notes"] == [{"client_id": "n1", **NOTE}]
    moved = NOTE | {"text": "past", "criterion": None, "second": 40.5}
    told = desk.send(change("note", "n1", moved, name="two", base=told["revision"])).get_json()
    assert told["notes"] == [{"client_id": "n1", **moved}]
    gone = change("removal", "n1", {}, name="three", base=told["revision"])
    assert [desk.send(gone).get_json()["notes"] for _ in range(2)] == [[], []]


@pytest.mark.parametrize("made_at", [-1, 0, 10**12, 10**30])
def test_the_browsers_clock_may_say_anything(db, desk, made_at):
    told = desk.send(change("note", "n1", NOTE, made_at=made_at)).get_json()
    assert told["refused"] == {}


def test_a_half_empty_grid_names_every_missing_criterion_in_the_readers_language(desk):
    desk.mark("fluency", 12)
    desk.browser.get("/evaluator/?lang=en")
    answer = desk.submit()
    assert answer.status_code == 422
    assert answer.get_json()["error"] == (
        "The marks are incomplete. Still to do: Listening, Pronunciation and intonation, "
        "Vocabulary, Grammar and syntax, Interaction."
    )
    assert [gap["criterion"] for gap in answer.get_json()["missing"]] == [
        key for key in KEYS if key != "fluency" for _ in range(2)
    ]


def test_submitting_twice_is_the_same_as_once(db, desk):
    desk.fill()
    first, second = desk.submit(), desk.submit()
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json() == second.get_json()
    db.refresh(desk.sheet)
    assert desk.sheet.state is SheetState.SUBMITTED
    again = desk.mark("fluency", 12).get_json()
    assert again["refused"] == {}  # it has them already
    late = desk.mark("fluency", 3, "late").get_json()
    assert (list(late["refused"]), late["marks"]["fluency"]["thirds"]) == (["late"], 12)


def test_only_what_was_on_the_screen_is_submitted(desk):
    desk.fill()
    seen = desk.told["revision"]
    desk.mark("fluency", 9, "elsewhere")
    stale = desk.browser.post(f"{desk.base}/submit", json={"revision": seen})
    assert (stale.status_code, desk.told["state"]) == (409, "draft")
    assert desk.browser.post(f"{desk.base}/submit", json={}).status_code == 422


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
        desk.mark("fluency", 3).status_code,
        desk.send(change("note", "n1", NOTE)).status_code,
        stranger.post(f"{desk.base}/submit", json={"revision": 0}).status_code,
        stranger.post(f"/evaluator/interviews/{desk.interview.id}/scoresheet", json={}).status_code,
        stranger.get(f"/evaluator/interviews/{desk.interview.id}").status_code,
        stranger.get(f"/evaluator/scoresheets/{2**70}").status_code,
        stranger.get(f"/evaluator/interviews/{2**70}").status_code,
    ] == [404] * 8


# The console


def block(page: str, name: str) -> dict:
    """Return a JSON block of the page."""
    match = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    assert match is not None
    return json.loads(match[1])


def test_the_console_names_the_grid_as_the_contract_does(desk):
    page = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}?lang=en").text
    config = block(page, "page-data")
    assert [criterion["name"] for criterion in config["criteria"]] == [
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


def test_the_console_says_how_long_a_picture_is_kept_here(app, desk):
    house = app.extensions["viva"]
    shorter = house.settings.model_copy(update={"identity_picture_hours": 48})
    app.extensions["viva"] = replace(house, settings=shorter)
    page = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}?lang=en").text
    assert block(page, "page-data")["words"]["picture_none"].endswith("It is gone within 48 hours.")


def test_the_console_says_neither_target_nor_written_level(make, desk):
    make.written_result(desk.interview.appointment.candidacy)
    page = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}").text
    state = desk.browser.get(f"/evaluator/interviews/{desk.interview.id}/state").get_json()
    told = {**block(page, "page-data"), **state}
    assert [key for key in told if "target" in key or "written" in key] == []
    assert [word for word in ("target", "Niveau visé", "écrit :") if word in page] == []


def test_the_console_costs_the_same_whatever_the_number_of_interviews(db, make, desk):
    address = f"/evaluator/interviews/{desk.interview.id}"
    with counted(db.get_bind()) as few:
        assert desk.browser.get(address).status_code == 200
    evaluator = desk.interview.appointment.evaluator
    for hours in range(1, 5):
        at = clock.now() + timedelta(hours=hours)
        make.interview(make.appointment(evaluator=evaluator, starts_at=at))
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
    listed = re.search(r'vv-console-facts--arrange">(.*?)</ul>', page, re.S)
    assert listed is not None
    assert re.findall("<li>(.*?)</li>", listed[1]) == [
        "Pauses",
        "Les temps affichés sont déjà multipliés par 4/3",
        "Parler face à la caméra.",
    ]


# The home


def titles(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


def test_a_home_without_interviews_leads_to_what_comes_before_the_first(make, signed_in):
    evaluator = make.evaluator()
    browser = signed_in(evaluator)
    page = html.unescape(browser.get("/evaluator/").text)
    assert titles(page) == ["Pour commencer", "Aujourd'hui"]
    links = ("/evaluator/agenda#hours", "/evaluator/agenda#calendars", "/evaluator/equipment")
    begun = page.split('id="beginnings"')[1].split("</section>")[0]
    assert [f'href="{link}"' in begun for link in links] == [True] * 3
    assert "Aucun entretien aujourd" in page
    make.hours(evaluator)
    page = html.unescape(browser.get("/evaluator/").text)
    begun = page.split('id="beginnings"')[1].split("</section>")[0]
    assert [f'href="{link}"' in begun for link in links] == [False, True, True]


def test_the_home_sorts_what_comes_and_what_is_due(db, make, signed_in):
    evaluator = make.evaluator()
    noon = clock.now().replace(hour=11, minute=0, second=0, microsecond=0)
    for days, state in (
        *((0, "planned"), (2, "planned"), (3, "planned")),
        *((-2, "ended"), (-3, "aborted")),
    ):
        appointment = make.appointment(evaluator=evaluator, starts_at=noon + timedelta(days=days))
        make.interview(appointment, state=InterviewState(state))
    make.interview()
    page = signed_in(evaluator).get("/evaluator/?lang=en").text
    assert titles(page)[1:] == ["To mark", "Today", "To come", "Past"]
    assert page.count("Open the interview") == 2  # its word, and its name with whose oral it is
    words = re.findall(r'class="vv-state[^"]*">([^<]+)</span>', page)
    assert words == ["Planned", "Marks to submit", "Planned", "Planned", "To mark", "Stopped"]


def test_the_next_oral_is_told_by_its_hour_and_the_time_left(make, signed_in):
    evaluator = make.evaluator()
    browser = signed_in(evaluator)

    def told() -> str:
        return browser.get("/evaluator/next-oral").get_json()["words"]

    assert told() == "Aucun autre oral n'est prévu."
    made = make.interview(make.appointment(evaluator=evaluator, starts_at=clock.now() - HOUR))
    made.state = InterviewState.ENDED
    assert told() == "Aucun autre oral n'est prévu."
    moment = clock.now()
    starts_at = moment + timedelta(minutes=6, seconds=30)
    make.interview(make.appointment(evaluator=evaluator, starts_at=starts_at))
    zone = ZoneInfo(evaluator.timezone)
    same_day = starts_at.astimezone(zone).date() == moment.astimezone(zone).date()
    words = i18n.time_in_words if same_day else i18n.moment_in_words
    when = words(starts_at, "fr", evaluator.timezone)
    assert told() == f"Oral suivant, {when}, dans 6 min."


def test_a_reopened_sheet_is_due_again(db, make, signed_in, desk):
    desk.fill()
    desk.submit()
    assert "À noter" not in titles(desk.browser.get("/evaluator/").text)
    db.refresh(desk.sheet)
    db.add(
        Scoresheet(
            assignment_id=desk.sheet.assignment_id,
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

    def both(hours: int) -> None:
        """One oral to come, and one that was held, at hours of their own."""
        at = clock.now() + timedelta(hours=hours)
        make.interview(make.appointment(evaluator=evaluator, starts_at=at))
        held = {"starts_at": at - timedelta(days=2), "state": AppointmentState.HELD}
        make.interview(make.appointment(evaluator=evaluator, **held), state=InterviewState.ENDED)

    both(1)
    browser = signed_in(evaluator)
    with counted(db.get_bind()) as single:
        assert browser.get("/evaluator/").status_code == 200
    for hours in (2, 3):
        both(hours)
    with counted(db.get_bind()) as three:
        assert browser.get("/evaluator/").status_code == 200
    assert three.count == single.count


@pytest.mark.parametrize("page", ["0", "-1", "9999999999999999999999", "x", "²"])
def test_a_page_that_does_not_exist_is_an_empty_one(make, signed_in, page):
    assert signed_in(make.evaluator()).get(f"/evaluator/?page={page}").status_code == 200
