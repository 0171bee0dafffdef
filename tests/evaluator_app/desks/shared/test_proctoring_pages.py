"""Surveillance over HTTP: what the test page sends, the candidate's own view, the coordinator's."""

from __future__ import annotations

import hashlib
import html
import io
import re
from datetime import timedelta

import pytest
from pictures import jpeg
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.storage import from_settings
from people.models import UserSession
from proctor import identity
from proctor.models import Decision, IdentityState, Signal, SignalKind, Snapshot
from written_test.models import Release, WrittenTest, WrittenTestState

TOKEN = "what-the-page-shows"


@pytest.fixture
def session(make, app):
    return make.proctor_session()


class Page:
    """The candidate's browser, whose page shows the watch's token with all that it sends."""

    def __init__(self, browser) -> None:
        self.get = browser.get
        self.browser = browser

    def post(self, path: str, **more):
        return self.browser.post(path, headers={"X-Viva-Watch": TOKEN}, **more)


@pytest.fixture
def me(db, session, signed_in):
    browser = signed_in(session.candidacy.candidate.user)
    signed = db.scalars(select(UserSession).order_by(UserSession.id.desc()).limit(1)).one()
    now = {"sign_in": signed.id, "browser": "", "address": ""}
    session.token_hash = hashlib.sha256(TOKEN.encode()).hexdigest()
    session.holder = {"salt": "s", "page": "p", "now": now, "first": now, "owes": False}
    return Page(browser)


@pytest.fixture
def coordinator(make, signed_in):
    return signed_in(make.coordinator())


def at(session, part: str = "") -> str:
    return f"/candidate/proctoring/{session.id}{part}"


def test_one_page_shows_every_sitting_with_like_signals_together(db, make, session, me):
    assert "Séance" not in me.get(at(session)).text
    session.closed_at = clock.now()
    later = make.proctor_session(session.candidacy)
    for minute in range(8):
        make.signal(session, SignalKind.COPY, at=session.opened_at + timedelta(minutes=minute))
    make.signal(session, SignalKind.PASTE, comment="Ma réponse.")
    db.commit()
    for shown in (session, later):
        page = html.unescape(me.get(at(shown)).text).replace("\u00a0", " ")
        assert "en 2 séances" in page
        headings = re.findall(r"<h2[^>]*>(Séance \d) ", page)
        assert headings == ["Séance 1", "Séance 2"]
        assert [page.count(words) for words in ("9 signalements", "aucun signalement")] == [1, 1]
        assert [page.count(words) for words in (">8 fois<", "et 2 autres moments")] == [1, 1]
        assert page.count("Ma réponse.") == 1
        assert (page.count("<textarea"), page.count(">Enregistrer<")) == (1, 1)


def test_a_comment_is_read_with_each_sitting(db, make, session, me, coordinator):
    session.closed_at = clock.now()
    later = make.proctor_session(session.candidacy)
    db.commit()
    told = me.post(at(later, "/words"), data={"words": "On a sonné."})
    assert told.location.endswith(f"{at(later)}#words")
    for sitting in (session, later):
        assert "On a sonné." in coordinator.get(f"/coordinator/proctoring/{sitting.id}").text
        assert me.get(at(sitting)).text.count("On a sonné.") == 1


def test_a_page_tells_what_it_noticed_once(db, session, me):
    told = {"signals": [{"key": "a", "kind": "tab_left", "ago": 2.5, "detail": {"how": "tab"}}]}
    assert me.post(at(session, "/signals"), json=told).json == {"added": 1}
    assert me.post(at(session, "/signals"), json=told).json == {"added": 0}
    wrong = me.post(at(session, "/signals"), json={"signals": [{"kind": "gaze"}]})
    assert (wrong.status_code, list(wrong.json)) == (422, ["error", "field"])
    assert len(db.scalars(select(Signal)).all()) == 1


@pytest.mark.parametrize(
    "given",
    [
        "no list",
        [{"key": "a", "kind": "copy", "ago": 0}, {"key": "b", "kind": "gaze", "ago": 0}],
        [{"key": "a", "kind": "silence_of_page", "ago": 0}],
        [{"key": "a", "kind": "copy", "ago": -1}],
        [{"key": "a", "kind": "copy", "ago": float("nan")}],
        [{"key": "a", "kind": "copy"}],
        [{"key": "a b", "kind": "copy", "ago": 0}],
        [{"key": "a", "kind": "copy", "ago": 0, "detail": {"words": ["x"]}}],
        [{"key": "a", "kind": "copy", "ago": 0, "score": 1}],
        [{"key": f"k{n}", "kind": "copy", "ago": 0} for n in range(201)],
    ],
)
def test_signals_that_cannot_be_read_are_refused_whole(db, session, me, given):
    assert me.post(at(session, "/signals"), json={"signals": given}).status_code == 422
    assert db.scalars(select(Signal)).all() == []


def test_words_are_counted_as_the_browser_counts_them(db, session, me):
    lines = "\r\n".join(["a"] * 500)  # 999 signs in the field, 1 498 on the way
    assert me.post(at(session, "/words"), data={"words": lines}).status_code == 302
    db.refresh(session)
    assert session.words == "\n".join(["a"] * 500)
    assert me.post(at(session, "/words"), data={"words": lines + "\r\naa"}).status_code == 422


def test_stills_go_up_as_they_are_and_nothing_else_does(db, session, me):
    address = at(session, "/snapshot?key=a&why=random&ago=1")
    first = me.post(address, data=jpeg(), content_type="image/jpeg")
    assert first.status_code == 200
    assert me.post(address, data=jpeg(), content_type="image/jpeg").json == first.json
    refused = {
        "no picture": (at(session, "/snapshot?key=b&why=random"), b"GIF89a"),
        "50 MB": (at(session, "/snapshot?key=b&why=random"), b"\xff" * 50 * 1024 * 1024),
        "no reason": (at(session, "/snapshot?key=b&why=gaze"), jpeg()),
        "no number": (at(session, "/snapshot?key=b&why=random&ago=x"), jpeg()),
    }
    answers = {
        name: me.post(path, data=io.BytesIO(data), content_type="image/jpeg").status_code
        for name, (path, data) in refused.items()
    }
    assert answers == {"no picture": 422, "50 MB": 413, "no reason": 422, "no number": 422}
    assert len(db.scalars(select(Snapshot)).all()) == 1
    assert me.get(at(session, f"/snapshots/{first.json['id']}.jpg")).data == jpeg()
    acts = db.scalars(select(AuditEntry.act).where(AuditEntry.act == "proctoring.look")).all()
    assert acts == ["proctoring.look"]


def test_what_runs_is_told_and_read(db, session, me, coordinator):
    told = {"watch": {"faces": "no_worker", "camera": "on"}}
    assert me.post(at(session, "/watch"), json=told).status_code == 200
    assert me.post(at(session, "/watch"), json={"watch": []}).status_code == 422
    page = coordinator.get(f"/coordinator/proctoring/{session.id}").text
    assert "ce navigateur ne le permet pas" in page


def test_the_candidate_reads_comments_and_leaves(db, make, session, me):
    make.signal(session, SignalKind.NO_FACE)
    page = html.unescape(me.get(at(session)).text)
    assert "Aucun visage dans l'image" in page
    assert "Personne n'est reconnu" in page
    me.post(at(session, "/words"), data={"words": "Merci."})
    left = me.post(at(session, "/leave"))
    assert left.location.endswith(at(session))
    db.expire_all()
    assert (session.words, session.left_by_candidate) == ("Merci.", True)


def test_a_document_is_shown_before_the_test_and_looked_at(db, session, me, coordinator):
    here = f"/candidate/candidacies/{session.candidacy_id}/document"
    shown = me.post(here, data=jpeg(1280, 720), content_type="image/jpeg")
    assert shown.json["hours"] == 72
    number = shown.json["check"]
    queue = "/coordinator/proctoring/identities"
    assert "Camille" in coordinator.get(queue).text
    assert coordinator.get(f"{queue}/{number}.jpg").data == jpeg(1280, 720)
    given = {"verdict": "confirm", "document_type": "passport", "expiry": "2037-01-31"}
    half = coordinator.post(f"{queue}/{number}", data=given | {"agrees": ["face"]})
    assert half.status_code == 422
    assert "Cochez chaque point qui concorde" in half.text
    whole = coordinator.post(f"{queue}/{number}", data=given | {"agrees": list(identity.TICKS)})
    assert whole.status_code == 302
    check = db.get(identity.IdentityCheck, number)
    db.refresh(check)
    assert check.state is IdentityState.CONFIRMED
    assert "Aucune photo n" in coordinator.get(queue).text
    assert coordinator.post(f"{queue}/{number}", data=given).status_code == 409


def test_sessions_are_listed_by_how_much_there_is_to_look_at(db, make, coordinator):
    quiet = make.proctor_session(closed_at=clock.now())
    busy = make.proctor_session(closed_at=clock.now())
    for minute in (1, 5, 9):
        make.signal(busy, at=busy.opened_at + timedelta(minutes=minute))
    make.proctor_session()
    page = coordinator.get("/coordinator/proctoring").text
    first, second = (page.index(f"/proctoring/{session.id}") for session in (busy, quiet))
    assert first < second
    assert "3 moments" in page
    running = coordinator.get("/coordinator/proctoring?show=running").text
    assert "Aucun signal" in running
    assert "Aucune décision" in coordinator.get("/coordinator/proctoring?show=decided").text


def test_a_decision_is_made_on_the_page_with_its_reason(db, make, session, coordinator):
    here = f"/coordinator/proctoring/{session.id}/decide"
    assert coordinator.post(here, data={"decision": "clear"}).status_code == 409
    session.closed_at = clock.now()
    nothing = coordinator.post(here, data={"decision": "incident", "reason": ""})
    assert nothing.status_code == 422
    assert "Dites pourquoi" in nothing.text
    assert coordinator.post(here, data={"decision": "guilty"}).status_code == 422
    done = coordinator.post(here, data={"decision": "incident", "reason": "Un téléphone."})
    assert done.status_code == 302
    db.refresh(session)
    assert session.decision is Decision.INCIDENT
    assert "Incident consigné" in coordinator.get("/coordinator/proctoring?show=decided").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_timeline_shows_questions_signals_stills_and_gaps(
    db, make, settings, session, coordinator, language
):
    make.signal(session, SignalKind.TAB_LEFT, until=session.opened_at + timedelta(minutes=2))
    make.signal(session, SignalKind.SILENCE_OF_PAGE, at=session.opened_at + timedelta(minutes=4))
    key = from_settings(settings).put("snapshots/1-x.jpg", jpeg()).key
    kept = make.snapshot(session, storage_key=key)
    gone = make.snapshot(session)
    page = coordinator.get(f"/coordinator/proctoring/{session.id}?lang={language}").text
    assert page.count(f"/snapshots/{kept.id}.jpg") == 4  # pinned and in the list, link and picture
    assert f"/snapshots/{gone.id}.jpg" not in page
    here = f"/coordinator/proctoring/{session.id}/snapshots"
    assert coordinator.get(f"{here}/{gone.id}.jpg").status_code == 404
    other = make.proctor_session()
    crossed = f"/coordinator/proctoring/{other.id}/snapshots/{kept.id}.jpg"
    assert coordinator.get(crossed).status_code == 404


def test_a_void_session_takes_its_test_with_it(db, make, session, coordinator):
    bank = make.bank()
    test = WrittenTest(
        candidacy_id=session.candidacy_id,
        release_id=db.scalars(select(Release.id).where(Release.bank_id == bank.id)).one(),
        rules={},
        seed=1,
        seen=[],
        state=WrittenTestState.ENDED,
        started_at=session.opened_at,
        heard_at=session.opened_at,
    )
    db.add(test)
    db.flush()
    session.closed_at = clock.now()
    here = f"/coordinator/proctoring/{session.id}/decide"
    given = {"decision": "void", "reason": "Une autre personne répondait."}
    assert coordinator.post(here, data=given).status_code == 302
    db.expire_all()
    assert (session.decision, test.state) == (Decision.VOID, WrittenTestState.VOID)
    assert test.void_reason == "Une autre personne répondait."
