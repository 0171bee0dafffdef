"""The evaluator's console open twice: one holds the call, both mark, an act is done once."""

from __future__ import annotations

from at_rest import look
from oral_steps import assert_moves
from playwright.sync_api import Page, expect
from room_steps import a_meeting
from sqlalchemy import select

from kernel.audit import AuditEntry
from rooms.models import Interview, PartRun

SOON = 30_000
# How many cameras and microphones are open, and how many calls stand.
OPENED = """(() => {
    const tracks = [], calls = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await ask(wish);
        tracks.push(...stream.getTracks());
        return stream;
    };
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
        constructor(...parts) {
            super(...parts);
            calls.push(this);
        }
    };
    window.opened = () => [
        tracks.filter((one) => one.readyState === 'live').length,
        calls.filter((one) => one.connectionState === 'connected').length,
    ];
})()"""
NEXT = "document.getElementById('next').click()"
WHERE = "L'appel est dans un autre onglet, ou sur un autre appareil"


def holds(page: Page, *, call: bool) -> None:
    """Wait until the page holds the call, or has let go of everything and says where it is."""
    expect(page.get_by_role("heading", name=WHERE)).to_be_visible(visible=not call, timeout=SOON)
    wanted = [2, 1] if call else [0, 0]
    page.wait_for_function(
        "wanted => String(window.opened()) === String(wanted)", arg=wanted, timeout=SOON
    )


def test_two_tabs_share_the_marks_and_one_has_the_call(demo, visit):
    with a_meeting(demo, visit, OPENED) as meeting:
        first, mine = meeting.evaluator, meeting.candidate
        meeting.meet()
        first.get_by_role("button", name="Commencer", exact=True).click()
        expect(mine.get_by_text("Enregistrement en cours")).to_be_visible(timeout=SOON)
        other = first.context.new_page()
        other.goto(meeting.console)
        holds(other, call=False)
        holds(first, call=True)
        assert look(other).response["violations"] == []
        # Both press at the same moment; each saw the first part.
        for page in (first, other):
            expect(page.get_by_role("button", name="Partie suivante")).to_be_enabled()
        moment = first.evaluate("Date.now()") + 3000
        for page in (first, other):
            page.evaluate(f"setTimeout(() => {NEXT}, {moment} - Date.now())")
        for page in (first, other):
            expect(page.locator('.vv-console-part[data-part="2"]')).to_have_attribute(
                "aria-current", "step", timeout=SOON
            )
        for page, letter, level in ((first, "v", "B1"), (other, "f", "C1")):
            name = {"v": "Vocabulaire", "f": "Aisance"}[letter]
            group = page.get_by_role("radiogroup", name=name)
            group.get_by_role("radio", name=level, exact=True).check()
            page.keyboard.press(letter)
            page.keyboard.type(f"heard in {name}")
            page.keyboard.press("Enter")
        for page in (first, other):
            expect(page.locator("#saved")).to_have_text("Tout est enregistré", timeout=SOON)
            expect(page.get_by_text("heard in")).to_have_count(2, timeout=SOON)
        other.get_by_role("button", name="Reprendre l'appel ici").click()
        holds(other, call=True)
        holds(first, call=False)
        assert_moves(mine, "Vidéo de l'évaluateur")
        assert_moves(other, "Vidéo du candidat")
        first.get_by_role("button", name="Reprendre l'appel ici").click()
        holds(first, call=True)
        holds(other, call=False)
        with meeting.database.session(read_only=True) as db:
            interview = db.get_one(Interview, meeting.interview)
            runs = select(PartRun.part).where(PartRun.interview_id == interview.id)
            assert (interview.part, sorted(db.scalars(runs))) == (2, [1, 2])
            (sheet,) = interview.performance.scoresheets
            assert {mark.criterion: mark.thirds for mark in sheet.marks} == {
                "vocabulary": 9,
                "fluency": 15,
            }
            assert len([note for note in sheet.notes if note.removed_at is None]) == 2


def test_a_duplicated_tab_takes_another_name_and_stands_aside(demo, visit):
    """« Dupliquer l'onglet » copies what the tab kept for itself, its name too."""
    with a_meeting(demo, visit, OPENED) as meeting:
        first = meeting.evaluator
        meeting.meet()
        with first.context.expect_page() as opening:
            first.evaluate("window.open(location.href)")
        other = opening.value
        holds(other, call=False)
        holds(first, call=True)
        names = {page.evaluate("sessionStorage.getItem('vv-device')") for page in (first, other)}
        assert len(names) == 2
        first.reload()  # the same tab: the same device, at once
        holds(first, call=True)
        holds(other, call=False)
        assert first.evaluate("sessionStorage.getItem('vv-device')") in names
        with meeting.database.session(read_only=True) as db:
            taken = select(AuditEntry.id).where(
                AuditEntry.act == "interview.take_over",
                AuditEntry.subject_id == meeting.interview,
            )
            assert db.scalars(taken).all() == []
