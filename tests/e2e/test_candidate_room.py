"""What a candidate sees from the link to the end: waiting, identity, the room, another device."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from at_rest import look
from factories import Make
from oral_steps import get_ready
from playwright.sync_api import Page, expect

from evaluator_app.wiring import rules
from kernel import clock
from kernel.db import Database
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import entry
from people.languages import Language
from people.models import LinkPurpose
from rooms.models import Interview, InterviewState
from scheduling.announcing import personal_link

PATIENCE = 90_000  # milliseconds: two browsers encode video on a core or two
BEATS = PATIENCE // 5000  # a page beats every five seconds
TICKS = ["birth_name", "first_names", "birth_date", "face"]

# The evaluator's own browser, without the console: its camera, sent to the room.
JOIN = """async (act) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const pc = new RTCPeerConnection();
    for (const track of stream.getTracks()) {
        pc.addTransceiver(track, { direction: 'sendrecv', streams: [stream] });
    }
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete') await new Promise((go) => setTimeout(go, 50));
    const headers = {
        'Content-Type': 'application/json',
        'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content,
    };
    const body = JSON.stringify({ sdp: pc.localDescription.sdp, device: 'evaluator-of-a-test' });
    const answer = await fetch(act, { method: 'POST', headers, body });
    await pc.setRemoteDescription({ type: 'answer', sdp: (await answer.json()).sdp });
    window.call = pc;
}"""


@dataclass
class Evaluator:
    """The evaluator of an interview, who acts by the addresses that the console uses."""

    page: Page
    base: str

    def do(self, act: str, **body: object) -> dict:
        token = self.page.locator('meta[name="csrf-token"]').get_attribute("content")
        answer = self.page.request.post(
            f"{self.base}{act}",
            data={"device": "evaluator-of-a-test", **body},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )
        assert answer.ok, answer.text()
        return answer.json()

    def join(self) -> None:
        self.page.evaluate(JOIN, f"{self.base}offer")


@dataclass
class Oral:
    """One interview of the demo's database, its link, its evaluator and its candidate's page."""

    database: Database
    interview: int
    link: str
    evaluator: Evaluator
    page: Page

    def enter(self) -> None:
        """Bring the candidate from the link to the waiting room."""
        get_ready(self.page)
        expect(self.page.get_by_text("Ce qui va se passer")).to_be_visible()

    def admit(self) -> None:
        """Let the candidate in, with the evaluator's picture there."""
        self.evaluator.do("open")
        self.evaluator.do("heartbeat")
        expect(self.page.get_by_text("Votre évaluateur est là.")).to_be_visible()
        self.evaluator.do("admit")
        self.evaluator.join()
        expect(self.page.locator(".vv-room")).to_be_visible()
        expect(self.page.locator("[data-trouble]")).to_be_hidden(timeout=PATIENCE)
        # Their media is there too: another device is then asked, however late a beat may be.
        told = self.evaluator.do("heartbeat")
        for _ in range(BEATS):
            if told["candidate"]["media_up"]:
                return
            with self.page.expect_response("**/heartbeat", timeout=PATIENCE) as beat:
                pass  # the page's own, which brings the state
            told = beat.value.json()
        pytest.fail("the candidate's media never came")

    def begin(self) -> None:
        """Confirm the identity and start."""
        self.evaluator.do("picture-request")
        expect(self.page.get_by_text("Photo envoyée.")).to_be_visible(timeout=PATIENCE)
        self.evaluator.do(
            "identity/confirm", document_type="passport", document_expiry="2035-01-31", agrees=TICKS
        )
        self.evaluator.do("start")
        expect(self.page.get_by_text("Enregistrement en cours")).to_be_visible()


@pytest.fixture
def oral(demo, visit) -> Iterator[Oral]:
    rules.register()
    secrets = json.loads((demo.var / "secrets.json").read_text())
    named = {key.removeprefix("VIVA_").lower(): value for key, value in secrets.items()}
    settings = Settings(mode="demo", var=demo.var, base_url=demo.links["base_url"], **named)
    database = Database(settings.database)
    with database.transaction() as db:
        make = Make(db, uuid4().int >> 90)  # one demo for every test: no name comes twice
        candidacy = make.candidacy(
            certification=make.certification(language=Language.EN), field="general"
        )
        appointment = make.appointment(candidacy, starts_at=clock.now() + timedelta(minutes=5))
        interview = make.interview(appointment)
        came = entry.make(db, SYSTEM, settings, appointment.evaluator, LinkPurpose.SIGN_IN)
        link, number = personal_link(settings, appointment), interview.id
    theirs = visit(came)
    theirs.get_by_role("button", name="Continuer").click()
    theirs.wait_for_url("**/evaluator/")
    base = f"{demo.links['base_url']}/evaluator/interviews/{number}/"
    page = visit(link, width=1280, height=720)
    yield Oral(database, number, link, Evaluator(theirs, base), page)
    database.dispose()


def faults(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    return [
        (violation["id"], violation["nodes"][0]["html"])
        for violation in look(page).response["violations"]
    ]


def scrolls(page: Page) -> bool:
    return page.evaluate(
        "() => document.documentElement.scrollHeight > innerHeight"
        " || document.documentElement.scrollWidth > innerWidth"
    )


def test_from_the_link_to_the_end(oral):
    page = oral.page
    oral.enter()
    assert faults(page) == []
    oral.admit()
    assert faults(page) == []
    assert not scrolls(page)
    oral.begin()
    # A phone shows the whole time of the part that runs, beside the numbers of the others.
    page.set_viewport_size({"width": 390, "height": 844})
    assert not scrolls(page)
    assert page.locator('[data-part="1"] [data-time]').evaluate(
        "time => time.getBoundingClientRect().right"
        " <= document.querySelector('[data-part=\"2\"]').getBoundingClientRect().left"
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    oral.evaluator.do("level", level="B1")
    oral.evaluator.do("next", part=1)
    state = oral.evaluator.do("heartbeat")
    expect(page.get_by_text(state["card"]["title"])).to_have_count(0)
    oral.evaluator.do("reveal")
    expect(page.get_by_role("heading", name=state["card"]["title"])).to_be_visible()
    for instruction in state["card"]["instructions"]:
        expect(page.get_by_text(instruction)).to_be_visible()
    messages = page.get_by_role("button", name="Messages", exact=True)
    messages.click()
    expect(page.get_by_label("Votre message")).to_be_focused()
    messages.click()
    oral.evaluator.do("chat", client_id="one", text="Can you hear me?")
    expect(page.get_by_role("log").get_by_text("Can you hear me?")).to_be_visible()
    page.get_by_label("Votre message").fill("Yes, thank you.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Yes, thank you.")).to_be_visible()
    assert [line["text"] for line in oral.evaluator.do("heartbeat")["chat"]] == [
        "Can you hear me?",
        "Yes, thank you.",
    ]
    assert faults(page) == []
    assert not scrolls(page)
    oral.evaluator.do("end")
    expect(page.get_by_role("heading", name="C'est terminé, merci.")).to_be_visible()
    assert faults(page) == []
    page.goto(oral.link)
    expect(page.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible()


def test_another_device_takes_over_and_gives_back(oral, visit):
    oral.enter()
    oral.admit()
    other = visit(oral.link)
    other.get_by_role("button", name="Continuer").click()
    here = other.get_by_role("button", name="Continuer ici")
    expect(here).to_be_visible()
    here.click()
    expect(other.locator(".vv-room")).to_be_visible()
    expect(oral.page.get_by_role("button", name="Continuer ici")).to_be_visible()
    expect(other.locator("[data-trouble]")).to_be_hidden(timeout=PATIENCE)
    other.wait_for_function(
        "() => document.querySelector('[data-remote-video]').videoWidth > 0", timeout=PATIENCE
    )
    oral.page.get_by_role("button", name="Continuer ici").click()
    expect(oral.page.locator(".vv-room")).to_be_visible()
    expect(other.get_by_role("button", name="Continuer ici")).to_be_visible()


def test_a_reload_goes_on_where_it_was(oral):
    oral.enter()
    oral.admit()
    oral.begin()
    oral.page.reload()
    expect(oral.page.locator(".vv-room")).to_be_visible()
    expect(oral.page.get_by_text("Enregistrement en cours")).to_be_visible()
    expect(oral.page.locator("[data-trouble]")).to_be_hidden(timeout=PATIENCE)


def test_a_refused_identity_says_what_comes_next(oral):
    oral.enter()
    oral.admit()
    oral.evaluator.do("identity/refuse", reason="Le document est illisible.")
    expect(oral.page.get_by_text("Votre identité n'a pas pu être confirmée")).to_be_visible()
    expect(oral.page.get_by_text("D'ici là, préparez une pièce d'identité")).to_be_visible()
    assert faults(oral.page) == []
    with oral.database.session(read_only=True) as db:
        assert db.get_one(Interview, oral.interview).state is InterviewState.ABORTED
