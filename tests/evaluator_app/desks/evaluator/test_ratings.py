"""Marking from a recording: nothing that is answered says whose it is, or what others gave."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from enrolment.models import Stage
from kernel import clock
from kernel.audit import AuditEntry
from kernel.levels import Level
from results import second_marking
from rooms.models import InterviewState, Recording, RecordingState
from rubrics import marking, noting
from rubrics.library import grid
from rubrics.models import Mode, RaterRole, SheetState
from tests.results.test_marks import marked
from written_test import recording as written

KEYS = grid().keys
REMARK = "cherche ses mots au téléphone"
SECRETS = (
    "Zéphyrine",
    "Quatrebarbes",
    "zephyrine@candidats.example",
    "Atelier du Vieux Moulin",
    "Prudence Haultecoeur",
    REMARK,
)


class Oral:
    """An oral near the boundary, marked by its evaluator; somebody else is asked to mark it."""

    def __init__(self, app, db, make) -> None:
        self.db, self.make = db, make
        certification = make.certification(second_for=["boundary"])
        user = make.user(email="zephyrine@candidats.example", role="candidate")
        candidate = make.candidate(
            make.organisation(name="Atelier du Vieux Moulin"),
            user=user,
            first_names="Zéphyrine",
            birth_name="Quatrebarbes",
        )
        self.candidacy = make.candidacy(
            candidate, certification=certification, stage=Stage.MARKING, target_level=Level.B2
        )
        evaluator = make.evaluator(given_name="Prudence", family_name="Haultecoeur")
        appointment = make.appointment(self.candidacy, evaluator)
        self.interview = make.interview(appointment, state=InterviewState.ENDED)
        self.performance = self.interview.performance
        self.rater = make.evaluator()
        self.coordinator = make.coordinator()
        self._record(app)
        written.enter(db, self.coordinator.actor, self.candidacy, Level.B2)
        [sheet] = self.performance.scoresheets
        noting.add_note(
            db, evaluator.actor, sheet, "n1", REMARK, criterion=KEYS[0], part=1, second=4.0
        )
        marked(db, make, self.performance, evaluator, 11)
        [self.row] = [row for row in self.performance.assignments if row.role is RaterRole.SECOND]

    def _record(self, app) -> None:
        storage = app.extensions["viva"].storage
        key = storage.put("recordings/r1/candidate-0.webm", b"a picture and a voice").key
        segment = {
            "role": "candidate", "key": key, "offset_s": 0.0, "duration_s": 9.0, "width": 640,
            "height": 360, "sound": True, "size": 21, "sha256": "0" * 64,
        }  # fmt: skip
        manifest = {
            "recording": "r1", "started_at": clock.now().isoformat(), "duration_s": 9.0,
            "segments": [segment], "parts": [{"number": 1, "start_s": 0.0, "end_s": 9.0}],
            "gaps": [], "peaks": {"candidate": [0.5]},
        }  # fmt: skip
        storage.put("recordings/r1/manifest.json", json.dumps(manifest).encode())
        self.recording = Recording(
            interview_id=self.interview.id,
            name="r1",
            started_at=clock.now(),
            state=RecordingState.READY,
            manifest=manifest,
        )
        self.db.add(self.recording)
        self.db.flush()

    @property
    def base(self) -> str:
        return f"/evaluator/ratings/{self.row.id}"

    def answers(self, browser: FlaskClient) -> dict[str, str]:
        """Everything that the server says to whoever marks, from the list to the submitted grid."""
        told = {"home": browser.get("/evaluator/"), "page": browser.get(self.base)}
        told["sheet"] = browser.post(f"{self.base}/scoresheet", json={})
        sheet = f"/evaluator/scoresheets/{told['sheet'].get_json()['id']}"
        told["recording"] = browser.get(f"{self.base}/recording")
        [made] = told["recording"].get_json()["recordings"]
        told |= {f"file {place}": browser.get(name) for place, name in enumerate(made["files"])}
        changes = [
            {
                "id": f"{kind}{key}", "kind": kind, "place": key, "base": 0, "made_at": 1,
                "value": value,
            }
            for key in KEYS
            for kind, value in (
                ("level", {"thirds": 15, "not_assessable": False, "reason": ""}),
                ("nothing", {"nothing_to_add": True}),
            )
        ]  # fmt: skip
        told["changes"] = browser.post(f"{sheet}/changes", json={"changes": changes})
        told["known"] = browser.get(sheet)
        revision = told["known"].get_json()["revision"]
        told["submitted"] = browser.post(f"{sheet}/submit", json={"revision": revision})
        told["after"] = browser.get(self.base)
        assert {name: answer.status_code for name, answer in told.items()} == dict.fromkeys(
            told, 200
        )
        return {
            name: html.unescape(f"{answer.headers}\n{answer.get_data(as_text=True)}")
            for name, answer in told.items()
        }


@pytest.fixture
def oral(app, db, make) -> Oral:
    return Oral(app, db, make)


def test_no_answer_says_whose_it_is_or_what_the_first_gave(oral, signed_in):
    answers = oral.answers(signed_in(oral.rater))
    leaks = [
        (name, secret)
        for name, answer in answers.items()
        for secret in SECRETS
        if secret.casefold() in answer.casefold() or json.dumps(secret)[1:-1] in answer
    ]
    assert leaks == []
    # Nor when it was: an evaluator knows whose hours the others have.
    day = oral.recording.started_at.date().isoformat()
    assert [
        name for name in ("page", "recording") if day in answers[name].split("\n\n", 1)[1]
    ] == []
    assert oral.interview.room not in "".join(answers.values())
    named = f"/evaluator/interviews/{oral.interview.id}"
    browser = signed_in(oral.rater)
    assert [browser.get(f"{named}{page}").status_code for page in ("", "/recording")] == [404, 404]


def test_another_target_and_other_first_marks_change_no_letter(db, oral, signed_in):
    """What a level is called stands on every grid: the answers are held against one another."""
    browser = signed_in(oral.rater)

    def told() -> list[str]:
        pages = [browser.get(oral.base), browser.post(f"{oral.base}/scoresheet", json={})]
        pages += [browser.get(f"{oral.base}/recording"), browser.get("/evaluator/")]
        texts = [page.get_data(as_text=True) for page in pages]
        return [
            re.sub(r'(nonce|value|content|hx-headers)="[^"]*"|"token[^,]*', "", t) for t in texts
        ]

    before = told()
    oral.candidacy.target_level = Level.C1
    [first] = [sheet for sheet in oral.performance.scoresheets if sheet.role is RaterRole.FIRST]
    for mark in first.marks:
        mark.thirds = 17
    written.enter(db, oral.coordinator.actor, oral.candidacy, Level.A2, "a slip")
    db.flush()
    assert told() == before


def test_the_oral_stands_in_the_list_by_its_number_and_leaves_it(oral, signed_in):
    browser = signed_in(oral.rater)
    page = browser.get("/evaluator/").get_data(as_text=True)
    assert f'href="{oral.base}">Oral n° {oral.row.id}</a>' in page
    oral.answers(browser)
    assert oral.base not in browser.get("/evaluator/").get_data(as_text=True)


def test_each_viewing_is_logged_once(db, oral, signed_in):
    browser = signed_in(oral.rater)
    [made] = browser.get(f"{oral.base}/recording").get_json()["recordings"]
    for _ in range(2):
        assert browser.get(made["files"][0]).data == b"a picture and a voice"
    entries = db.query(AuditEntry).filter(AuditEntry.act == "recording.view").all()
    assert [(entry.actor_id, entry.candidacy_id) for entry in entries] == [
        (oral.rater.id, oral.candidacy.id)
    ]


def test_whoever_knows_the_person_gives_it_back_and_sees_it_no_more(db, make, oral, signed_in):
    other = make.evaluator()
    browser = signed_in(oral.rater)
    answer = browser.post(f"{oral.base}/give-back", data={"reason": "une voisine"})
    assert (answer.status_code, answer.location) == (302, "/evaluator/")
    assert browser.get(oral.base).status_code == 404
    assert browser.get(f"{oral.base}/recording").status_code == 404
    db.refresh(oral.row)
    assert oral.row.withdrawn_reason == "connaît la personne; une voisine"
    standing = [row.rater_id for row in oral.performance.assignments if row.stands]
    assert standing == [oral.interview.appointment.evaluator_id, other.id]


def test_a_tie_that_came_to_be_known_closes_the_page(make, oral, signed_in):
    browser = signed_in(oral.rater)
    assert browser.get(oral.base).status_code == 200
    make.tie(oral.rater, oral.candidacy.organisation)
    assert browser.get(oral.base).status_code == 404


@pytest.mark.parametrize("who", ["evaluator", "coordinator", "stranger"])
def test_nobody_else_opens_it(make, oral, signed_in, who):
    people = {
        "evaluator": oral.interview.appointment.evaluator,
        "coordinator": oral.coordinator,
        "stranger": make.evaluator(),
    }
    browser = signed_in(people[who])
    assert browser.get(oral.base).status_code == 404
    assert browser.post(f"{oral.base}/scoresheet", json={}).status_code == 404
    assert browser.get(f"{oral.base}/recording").status_code == 404
    assert browser.post(f"{oral.base}/give-back").status_code == 404


def test_a_lost_picture_is_said_and_kept(db, oral, signed_in):
    segments = [{**oral.recording.manifest["segments"][0], "width": 0, "height": 0}]
    oral.recording.manifest = {**oral.recording.manifest, "segments": segments}
    db.flush()
    browser = signed_in(oral.rater)
    assert "le son seul" in html.unescape(browser.get(oral.base).get_data(as_text=True))
    browser.post(f"{oral.base}/scoresheet", json={})
    db.refresh(oral.row)
    assert oral.row.mode is Mode.SOUND


def test_the_page_of_an_overdue_oral_says_until_when_it_was(oral, signed_in):
    clock.move(timedelta(days=6))
    assert "En retard" in html.unescape(signed_in(oral.rater).get("/evaluator/").text)


# Two that differ


@pytest.fixture
def senior(make):
    return make.evaluator(senior=True)


def settled_by(oral: Oral):
    marked(oral.db, oral.make, oral.performance, oral.rater, 16)
    [row] = [row for row in oral.performance.assignments if row.role is RaterRole.ADJUDICATOR]
    return row


def test_a_senior_sees_both_sheets_and_decides_with_reasons(db, senior, oral, signed_in):
    row = settled_by(oral)
    assert row.rater_id == senior.id
    browser = signed_in(senior)
    page = html.unescape(browser.get(f"/evaluator/ratings/{row.id}").get_data(as_text=True))
    assert REMARK in page
    assert 'data-second="4.0" data-label="1' in page
    assert page.count("vv-compare-differs") == len(KEYS)
    assert [secret for secret in SECRETS if secret != REMARK and secret in page] == []

    sheet_id = browser.post(f"/evaluator/ratings/{row.id}/scoresheet", json={}).get_json()["id"]
    [sheet] = [sheet for sheet in oral.performance.scoresheets if sheet.id == sheet_id]
    for key in KEYS:
        marking.set_mark(db, senior.actor, sheet, key, thirds=12, nothing_to_add=True)
    address = f"/evaluator/scoresheets/{sheet_id}/submit"
    refused = browser.post(address, json={"revision": sheet.revision, "comment": "  "})
    assert (refused.status_code, refused.get_json()["field"]) == (422, "comment")
    reasons = "des tours longs, mais sûrs"
    taken = browser.post(address, json={"revision": sheet.revision, "comment": reasons})
    assert taken.status_code == 200
    db.refresh(sheet)
    assert (sheet.state, sheet.comment) == (SheetState.SUBMITTED, reasons)
    assert oral.candidacy.stage is Stage.COMPLETE


def test_a_coordinator_reads_the_comparison(db, senior, oral, signed_in):
    browser = signed_in(oral.coordinator)
    address = f"/coordinator/candidacies/{oral.candidacy.id}"
    assert browser.get(f"{address}/comparison").status_code == 404  # one has submitted
    row = settled_by(oral)
    marked(db, oral.make, oral.performance, senior, 12)
    page = html.unescape(browser.get(f"{address}/comparison").get_data(as_text=True))
    for words in ("Prudence Haultecoeur", REMARK, "what was heard", "Arbitrage", "en direct"):
        assert words in page
    assert f"{address}/comparison" in browser.get(address).get_data(as_text=True)
    assert row.stands


def test_the_candidacy_says_why_by_whom_and_who_else_could(db, make, oral, signed_in):
    other = make.evaluator(given_name="Aline", family_name="Bostock")
    browser, address = signed_in(oral.coordinator), f"/coordinator/candidacies/{oral.candidacy.id}"
    page = html.unescape(browser.get(address).get_data(as_text=True))
    assert "La moyenne de l'oral, 3,67, est à un tiers de niveau au plus" in page
    assert "Aline Bostock · 0 oral à noter" in page
    replaced = browser.post(
        f"{address}/rating/{oral.row.id}/replace", data={"rater": other.id, "reason": "absent"}
    )
    assert replaced.status_code == 302
    db.refresh(oral.row)
    assert oral.row.withdrawn_reason == "absent"
    given_up = browser.post(f"{address}/rating/give-up", data={"reason": "trop tard"})
    assert given_up.status_code == 302
    assert second_marking.of_performance(db, oral.performance.id).given_up_reason == "trop tard"
    assert oral.candidacy.stage is Stage.COMPLETE
    asked = browser.post(f"{address}/rating", data={"rater": oral.rater.id, "reason": ""})
    assert asked.status_code == 422
