"""Whoever a thing is not for gets 404 on every address of it, as if it did not exist.

Every route is walked as everybody who has no business there: another person in the same role,
another organisation, another role, nobody at all. A route that this module does not know how to
walk fails, so that a new one is decided on the day it is written.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from twins import on_sqlite
from werkzeug.routing import Rule

import evaluator_app
from enrolment.models import Stage, SupportMessage
from evaluator_app.desks.coordinator import content_files
from kernel import clock, outbox, staging
from kernel.levels import Level
from kernel.runs import RunState
from kernel.staging import Staged
from people import letters, sessions
from people.languages import Language
from people.models import User, UserSession
from people.sessions import Browser
from proctor.models import IdentityState
from results import deliberations, policy_drafts, trials, validation
from results.policy import DEFAULT
from rooms import content_drafts, library
from rooms.models import Recording, RecordingCopy, RecordingState
from rubrics import drafting, marking
from rubrics.library import grid
from rubrics.models import RaterRole
from scheduling.models import AppointmentChange, ChangeKind
from tests.results.test_marks import marked
from written_test import blueprints
from written_test import recording as recording_of_written
from written_test.elsewhere import results_files, sources
from written_test.elsewhere.results_importing import Incoming
from written_test.elsewhere.results_importing import bring_in as bring_results_in
from written_test.elsewhere.results_reading.rows import Refusal
from written_test.items import banks, import_runs, importing, incoming
from written_test.items.calibrating import Table
from written_test.items.importing import Upload
from written_test.items.reading import pictures
from written_test.items.reading.entries import Defaults
from written_test.models import Item, Step, WrittenTest
from written_test.questions.drafts import Skill

# What anybody may open: signing in, verifying a document, health, and the links of mails, whose
# tokens are their own right of way.
OPEN = (
    "/assets/",
    "/healthz",
    "/verify",
    "/e/",
    "/p/",
    "/login",
    "/logout",
    "/demo/",
    "/agenda/",
    "/api/v1/openapi.json",
)
API = "/api/v1/"
OPEN_EXACTLY = {"/", "/legal", "/privacy", "/accessibility"}
# Whose an address is, by its beginning; the first that fits decides. Coordinators may see every
# candidacy and recording, wherever their addresses lie.
STAFF = {"evaluator", "manager", "coordinator", "other_evaluator", "other_manager"}
DESKS = {
    "/evaluator/interviews/<int:interview_id>/recording": {"evaluator", "coordinator"},
    "/evaluator/ratings/": {"second"},
    "/organisation/candidacies/": {"manager", "coordinator"},
    "/candidate/": {"candidate"},
    "/evaluator/": {"evaluator"},
    "/organisation/": {"manager"},
    "/coordinator/": {"coordinator"},
    "/account/sessions/<int:session_id>": {"evaluator"},  # whose session the world has
    "/account/name": STAFF,
    "/account/second-factor": STAFF,
    "/account/": STAFF | {"candidate", "other_candidate"},
    "/documents/": {"candidate", "manager", "coordinator"},
}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGM8ISfHgA0wYRUdtBIA0MoBFD5jqJ"
    "kAAAAASUVORK5CYII="
)
"""A square of eight pixels."""
BEARERS = {
    "nothing": {},
    "what is not ours": {"Authorization": "Bearer not-a-token-of-ours"},
    "a name and a password": {"Authorization": "Basic YTpi"},
}
OUTSIDERS = (
    *("candidate", "evaluator", "manager", "coordinator"),
    *("other_candidate", "other_evaluator", "other_manager"),
)


@dataclass
class World:
    """One oral with all that belongs to it, and people who have nothing to do with it."""

    people: dict[str, User]
    parts: dict[str, object]


@pytest.fixture
def world(make, db, app) -> World:
    organisation = make.organisation()
    candidate = make.candidate(organisation)
    candidacy = make.candidacy(candidate)
    evaluator = make.evaluator()
    coordinator = make.coordinator()
    interview = make.interview(make.appointment(candidacy, evaluator))
    storage = app.extensions["viva"].storage
    interview.identity_check = make.identity_check(
        candidacy,
        state=IdentityState.CONFIRMED,
        picture_key=storage.put("identity/outsiders.jpg", b"\xff\xd8 a picture").key,
        picture_taken_at=clock.now(),
    )
    segment = storage.put("recordings/outsiders/0.webm", b"a recording").key
    recording = Recording(
        interview_id=interview.id,
        name="outsiders",
        state=RecordingState.READY,
        started_at=clock.now(),
        manifest={"segments": [{"key": segment, "role": "candidate"}]},
    )
    db.add(recording)
    copy = RecordingCopy(
        interview_id=interview.id,
        asked_by_id=coordinator.id,
        reason="An appeal",
        asked_at=clock.now(),
        state=RunState.DONE,
        seen_at=clock.now(),
        key=storage.put("recordings/outsiders/copy-1.mp4", b"a copy").key,
        size=6,
    )
    db.add(copy)
    sheet = interview.performance.scoresheets[0]
    candidacy.stage = Stage.MARKING
    recording_of_written.enter(db, coordinator.actor, candidacy, Level.B2)
    for criterion in grid().keys:
        marking.set_mark(db, evaluator.actor, sheet, criterion, thirds=12, nothing_to_add=True)
    marking.submit(db, evaluator.actor, sheet)
    second = make.assignment(interview.performance, make.evaluator(), RaterRole.SECOND)
    marked(db, make, interview.performance, second.rater, 12)
    verdict = validation.validate(db, coordinator.actor, candidacy)
    db.flush()
    document = verdict.documents[0]
    sessions.begin(db, evaluator, Browser())
    change = AppointmentChange(
        appointment_id=interview.appointment_id,
        kind=ChangeKind.FORCE_MAJEURE,
        at=clock.now(),
        was_at=interview.appointment.starts_at,
        was_with_id=evaluator.id,
        document_key=storage.put("proofs/outsiders.pdf", b"%PDF-1.7 %%EOF").key,
    )
    db.add(change)
    source = sources.create(db, coordinator.actor, "Outsiders")
    brought = bring_results_in(
        *(db, coordinator.actor, storage, source, Incoming("r.csv", "csv", b"a;b")),
        [Refusal(2, "Le niveau n'est pas donné.")],
    )
    waiting = results_files.wait(
        storage, coordinator.actor, source, "r.csv", b"mail;date;level\na;b;c\n"
    )
    document.storage_key = storage.put(f"documents/{document.code}.pdf", b"%PDF-1.7").key
    watch = make.proctor_session(candidacy)
    snapshot = make.snapshot(
        watch, storage_key=storage.put("snapshots/outsiders.jpg", b"\xff\xd8 a picture").key
    )
    shown = make.identity_check(
        candidacy,
        picture_key=storage.put("identity/shown.jpg", b"\xff\xd8 a picture").key,
        picture_taken_at=clock.now(),
    )
    oral = json.dumps(library.written(Language.EN).as_json()).encode()
    bank = banks.create(db, coordinator.actor, "Outsiders", Language.EN)
    db.flush()
    given = Upload("outsiders.gift", b"Out? {=yes ~no}", Defaults(Language.EN, Skill.GRAMMAR, "A1"))
    _report, row = importing.bring_in(db, coordinator.actor, storage, bank, given)
    measured = Table("outsiders.csv", b"code;b\nOut;0\n", "A study")
    item = db.scalars(select(Item)).one()
    item.audio_key = storage.put("items/outsiders.mp3", b"ID3 a sound").key
    drawn = pictures.draw("a.png", PNG)
    storage.put(importing.picture_key(drawn.name), drawn.data)
    picture = f'<img src="{drawn.name}" alt="a square" width="8" height="8">'
    item.content = {**item.content, "prompt": picture, "markup": "html"}
    ticket = _open_question(make, db, candidacy, item)
    message = SupportMessage(
        candidacy_id=candidacy.id, by_id=candidate.user_id, at=clock.now(), words="…", state={}
    )
    db.add(message)
    db.flush()
    unsent = outbox.enqueue(
        db,
        letters.KIND,
        {
            "template": "candidate_send_link",
            "user": coordinator.id,
            "context": {"link": "https://viva.example/p/x"},
            "opens": None,
            "files": [],
            "calendar": None,
        },
    )
    unsent.failed_at = clock.now()
    meeting = deliberations.open_meeting(db, coordinator.actor, ["Anne"])
    deliberations.close(db, coordinator.actor, meeting)
    db.flush()
    return World(
        people={
            "candidate": candidate.user,
            "evaluator": evaluator,
            "manager": make.manager(organisation),
            "coordinator": coordinator,
            "second": second.rater,
            "other_candidate": make.candidacy().candidate.user,
            "other_evaluator": make.interview().appointment.evaluator,
            "other_manager": make.manager(),
        },
        parts={
            "interview": interview.id,
            "candidacy": candidacy.id,
            "recording": recording.id,
            "copy": copy.id,
            "document": document.id,
            "ending": "pdf",
            "certification": candidacy.certification_id,
            "user": evaluator.id,
            "appointment": interview.appointment_id,
            "organisation": organisation.id,
            "change": change.id,
            "source": source.id,
            "brought": brought.row.id,
            "waiting": waiting,
            "session": db.scalars(select(UserSession.id)).one(),
            "sheet": sheet.id,
            "assignment": second.id,
            "watch": watch.id,
            "snapshot": snapshot.id,
            "check": shown.id,
            "index": 0,
            "criterion": "fluency",
            "client": "note-1",
            "bank": bank.id,
            "item": item.id,
            "import": row.id,
            "run": import_runs.ask(db, coordinator.actor, bank, "20260101000000-0", "q.csv").id,
            "number": 1,
            "ticket": ticket,
            "picture": drawn.name,
            "message": message.id,
            "row": unsent.id,
            "token": incoming.keep(storage, coordinator.actor, bank, given),
            "meeting": meeting.id,
            "content": interview.content_set_id,
            "draft": content_drafts.begin(
                db, coordinator.actor, interview.content_set, "outsiders-1"
            ).id,
            "grid": interview.performance.rubric_id,
            "grid_draft": drafting.begin(
                db, coordinator.actor, interview.performance.rubric, "outsiders-1"
            ).id,
            "policy": make.policy().id,
            "policy_draft": policy_drafts.begin(
                db, coordinator.actor, make.policy(), "outsiders-1"
            ).id,
            "trial": trials.ask(db, coordinator.actor, DEFAULT).id,
            "code": interview.content_set.cards[0].code,
            "card": interview.content_set.cards[0].id,
            "given": staging.keep(
                storage, coordinator.actor, content_files.KIND, Staged(0, "s", {"name": ""}, oral)
            ),
            "table": incoming.keep_table(storage, coordinator.actor, bank, measured),
        },
    )


def _open_question(make, db, candidacy, item) -> str:
    """Let the candidate sit a test whose open question lets one hear something; its ticket."""
    blueprint = make.blueprint(candidacy.certification, item.bank)
    test = WrittenTest(
        candidacy_id=candidacy.id,
        release_id=make.release(item.bank, [item]).id,
        rules=blueprints.frozen(blueprint, 1.0, ""),
        seed=1,
        seen=[],
        started_at=clock.now(),
        heard_at=clock.now(),
    )
    db.add(test)
    db.flush()
    step = Step(
        test_id=test.id,
        place=0,
        item_id=item.id,
        ticket="outsiders",
        why={},
        shown_at=clock.now(),
        seconds=60,
    )
    db.add(step)
    db.flush()
    return step.ticket


def _guarded(app) -> list[Rule]:
    rules = []
    for rule in app.url_map.iter_rules():
        if rule.rule in OPEN_EXACTLY or rule.rule.startswith((*OPEN, API)):
            continue
        assert rule.rule.startswith(tuple(DESKS)), f"whose is {rule.rule}?"
        rules.append(rule)
    return rules


def _insiders(rule: Rule) -> set[str]:
    return next(who for prefix, who in DESKS.items() if rule.rule.startswith(prefix))


def _walk(app, rules, world: World):
    """Give every address with its method, filled with the parts of the world."""
    routes = app.url_map.bind("127.0.0.1")
    for rule in rules:
        filled = {name: world.parts.get(name.removesuffix("_id")) for name in rule.arguments}
        assert None not in filled.values(), f"how is {rule.rule} filled?"
        address = routes.build(rule.endpoint, filled)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, address


@on_sqlite
@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_an_outsider_finds_nothing(app, world, signed_in, outsider):
    role = outsider.removeprefix("other_")
    # One's own lists have no parts: another person of the same role has theirs.
    rules = [
        rule
        for rule in _guarded(app)
        if outsider not in _insiders(rule) and (role not in _insiders(rule) or rule.arguments)
    ]
    browser = signed_in(world.people[outsider])
    open_doors = [
        f"{method} {address}: {answer.status_code}"
        for method, address in _walk(app, rules, world)
        if (answer := browser.open(address, method=method)).status_code != 404
    ]
    assert rules != []
    assert "\n".join(open_doors) == ""


@on_sqlite
def test_nobody_is_sent_to_sign_in(app, world, client):
    open_doors = []
    for method, address in _walk(app, _guarded(app), world):
        answer = client.open(address, method=method)
        if answer.status_code not in (302, 303, 401, 404):
            open_doors.append(f"{method} {address}: {answer.status_code}")
        elif answer.status_code < 400 and not answer.location.startswith("/login"):
            open_doors.append(f"{method} {address} leads to {answer.location}")
    assert "\n".join(open_doors) == ""


@on_sqlite
@pytest.mark.parametrize("who", [None, *OUTSIDERS])
def test_no_session_opens_the_api(app, world, client, signed_in, who):
    """It is for platforms alone, by their tokens: whoever is signed in is nobody there."""
    browser = signed_in(world.people[who]) if who else client
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API)]
    rules = [rule for rule in rules if not rule.rule.startswith(OPEN)]
    answers = {
        (method, address, bears): browser.open(address, method=method, json={}, headers=headers)
        for method, address in _walk(app, rules, world)
        for bears, headers in BEARERS.items()
    }
    assert answers != {}
    assert {asked: answer.status_code for asked, answer in answers.items()} == dict.fromkeys(
        answers, 401
    )


@pytest.mark.parametrize("insider", ["candidate", "evaluator", "manager", "coordinator", "second"])
def test_whom_it_is_for_finds_it(app, world, signed_in, insider):
    rules = [rule for rule in _guarded(app) if insider in _insiders(rule)]
    browser = signed_in(world.people[insider])
    closed = [
        f"{address}: {answer.status_code}"
        for method, address in _walk(app, rules, world)
        if method == "GET" and (answer := browser.get(address)).status_code not in (200, 206, 302)
    ]
    assert "\n".join(closed) == ""


def _names() -> list[str]:
    """Every name under which a page of ours sends something."""
    code = "\n".join(
        path.read_text() for path in Path(evaluator_app.__file__).parent.rglob("desks/**/*.py")
    )
    asked = re.findall(r"""(?:request\.(?:form|args)(?:\.get\w*\(|\[)|, )"([a-z_]+)\"""", code)
    pages = re.findall(r"^    (\w+) = \w+Field\(", code, re.MULTILINE)
    return sorted({*asked, *pages, "email", "password", "again", "code"})


def _broken(app, world, browser, but: str = "", **sent) -> list[str]:
    # Not what ends the session, nor what moves the clock of the test itself.
    left_out = ("/logout", "/demo/", "/account/sessions/", "/healthz")
    rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(left_out)]
    parts = {"name": "x", "token": "x", "feed": "x", "code": "x"} | world.parts
    answers = [
        (method, address, browser.open(address, method=method, **sent))
        for method, address in _walk(app, rules, World(world.people, parts))
        if method != but
    ]
    assert len(answers) > 100
    return [
        f"{method} {address}: {answer.status_code}"
        for method, address, answer in answers
        if answer.status_code >= 500
    ]


EVERYBODY = (None, "candidate", "evaluator", "manager", "coordinator")


@on_sqlite
@pytest.mark.parametrize("who", EVERYBODY)
def test_a_body_that_no_form_sends_breaks_nothing(app, world, client, signed_in, who):
    browser = signed_in(world.people[who]) if who else client
    body = {name: [{"a": 1}] for name in _names()} | {"email": 1, "password": {}}
    assert _broken(app, world, browser, but="GET", json=body) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("who", EVERYBODY)
def test_a_number_that_no_database_keeps_breaks_nothing(app, world, client, signed_in, who):
    browser = signed_in(world.people[who]) if who else client
    fields = dict.fromkeys(_names(), "9" * 20)
    assert _broken(app, world, browser, data=fields, query_string=fields) == []


@on_sqlite
def test_a_form_takes_form_bodies_alone(app, client, make, signed_in):
    for address in ("/login", "/login/forgotten", "/login/link"):
        assert client.post(address, json={"email": "a@example.test"}).status_code == 415
        assert client.post(address, data="{", content_type="text/plain").status_code == 415
    page = signed_in(make.coordinator()).post("/account/", json={"locale": 1})
    assert (page.status_code, "pas un formulaire" in page.get_data(as_text=True)) == (415, True)
