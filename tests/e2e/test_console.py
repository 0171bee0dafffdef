"""The evaluator's console in a real browser: a whole oral by keyboard alone, and one by mouse."""

from __future__ import annotations

import re

from at_rest import look
from oral_steps import CRITERIA, MEDIA, press
from playwright.sync_api import Page, Route, expect
from room_steps import Meeting, a_meeting

from proctor.identity import PICTURE_PATIENCE
from rooms.models import Interview, InterviewState
from rubrics.library import grid

# Each press of a pointer, also before a reload. Counted as it ends its way up: one that the driver
# takes back, because the page moved under it, goes no further than the driver's own listener.
COUNTS = """addEventListener("pointerdown", () => {
    sessionStorage.setItem("pressed", Number(sessionStorage.getItem("pressed") ?? 0) + 1);
})"""
# A camera that is asked for opens once it is let: people are asked, and others are slow.
SLOW_CAMERA = """(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const may = new Promise((open) => { window.openCamera = open; });
    navigator.mediaDevices.getUserMedia = (wish) => may.then(() => ask(wish));
})()"""
PRESSED = "() => Number(sessionStorage.getItem('pressed') ?? 0)"
MOST_PRESSES = 18
# A colour that is inherited changes a frame after the one that it comes from.
DRESS = """theme => new Promise(drawn => {
    document.documentElement.dataset.bsTheme = theme;
    requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(drawn)));
})"""
LETTERS = [criterion.letter for criterion in grid().criteria]


def runs(page: Page, part: int) -> None:
    """Wait until a part runs."""
    place = page.locator(f'.vv-console-part[data-part="{part}"]')
    expect(place).to_have_attribute("aria-current", "step", timeout=MEDIA)


def note(page: Page, letter: str, text: str) -> None:
    """Write a note on a criterion, and keep it."""
    page.keyboard.press(letter.lower())
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def faults(page: Page) -> list[tuple[str, str, str]]:
    """Return what axe finds on the page as it stands, light and dark."""
    told = []
    for theme in ("dark", "light"):
        page.evaluate(DRESS, theme)
        told += [
            (theme, violation["id"], node["html"][:160])
            for violation in look(page).response["violations"]
            for node in violation["nodes"]
        ]
    return told


def fill_document(page: Page) -> None:
    """Choose the kind of the document and type its date, from the field that has the focus."""
    kind = page.get_by_label("Type de document")
    expect(kind).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Date d'expiration")).to_be_focused()
    page.keyboard.type("05052031")  # whichever of day and month this browser asks for first
    expect(page.get_by_label("Date d'expiration")).to_have_value("2031-05-05")


def kept(meeting: Meeting) -> tuple[InterviewState, str, dict[str, tuple], list[tuple]]:
    """Return the oral's state, the sheet's, its marks and its notes, as the server has them."""
    with meeting.database.session(read_only=True) as db:
        interview = db.get_one(Interview, meeting.interview)
        (sheet,) = interview.performance.scoresheets
        marks = {mark.criterion: (mark.thirds, mark.nothing_to_add) for mark in sheet.marks}
        notes = [(note.criterion, note.part, note.text) for note in sheet.notes]
        return interview.state, sheet.state, marks, notes


def test_a_whole_oral_by_keyboard_alone(demo, visit):
    with a_meeting(demo, visit, COUNTS, SLOW_CAMERA, opened=False) as meeting:
        page, before = meeting.evaluator, meeting.evaluator.evaluate(PRESSED)
        expect(page.get_by_role("button", name="Ouvrir la salle")).to_be_visible()
        page.keyboard.press("Control+Enter")
        admit = page.get_by_role("button", name="Faire entrer le candidat")
        expect(admit).to_be_focused(timeout=MEDIA)
        page.keyboard.press("Enter")
        picture = page.get_by_role("button", name="Prendre la photo")
        expect(picture).to_be_enabled(timeout=MEDIA)
        expect(meeting.candidate.locator("[data-remote]")).to_be_visible(timeout=MEDIA)
        meeting.candidate.evaluate("window.openCamera()")  # let in before the camera is open
        meeting.meet()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("button", name="Tout concorde")).to_be_focused()
        expect(page.locator("#still-image")).to_be_visible(timeout=MEDIA)
        expect(page.get_by_role("button", name="Reprendre la photo")).to_be_enabled()
        page.keyboard.press("Enter")
        fill_document(page)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("button", name="Commencer", exact=True)).to_be_enabled(
            timeout=MEDIA
        )
        page.keyboard.press("Control+Enter")
        runs(page, 1)

        note(page, "V", "b2+ fair collocations")
        note(page, "G", "tenses")
        page.keyboard.press("f")
        page.keyboard.type("c2 never mind")
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        expect(page.locator("[data-prompt]").first).to_have_attribute("aria-pressed", "true")

        page.keyboard.press("Control+ArrowRight")
        expect(page.get_by_role("button", name=re.compile("^Annuler"))).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#turning")).to_be_hidden()
        page.keyboard.press("Control+ArrowRight")
        runs(page, 2)
        page.keyboard.press("4")
        expect(page.get_by_role("button", name="Révéler la carte")).to_be_enabled(timeout=MEDIA)
        page.keyboard.press("r")
        expect(page.get_by_text("Le candidat voit la carte")).to_be_visible(timeout=MEDIA)
        page.keyboard.press("m")
        expect(page.get_by_role("button", name="Rétablir le micro")).to_be_visible()
        page.keyboard.press("m")
        page.keyboard.press("?")
        expect(page.get_by_role("heading", name="Raccourcis du clavier")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+ArrowRight")
        runs(page, 3)
        note(page, "I", "b1 leads")
        page.keyboard.press("Control+ArrowRight")
        expect(page.get_by_role("button", name="Confirmer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Soumettre la grille")).to_be_visible(timeout=MEDIA)

        expect(page.locator("#submit-line")).to_have_text(
            "niveau manquant : L, P, F, G · remarque manquante : L, P, F"
        )
        for letter in ("L", "P", "F", "G"):
            page.keyboard.press(f"Shift+{letter}")
            page.keyboard.press("ArrowRight")
        for letter in ("L", "P", "F"):
            page.keyboard.press(f"Shift+{letter}")
            page.keyboard.press("0")
        expect(page.locator("#submit-line")).to_contain_text("Tout est noté")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("button", name="Confirmer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#submit-line")).to_contain_text("Grille soumise.", timeout=MEDIA)
        expect(page.locator("#coming")).to_have_text("Aucun autre oral n'est prévu.")
        state, sheet, marks, notes = kept(meeting)
        assert (state, sheet) == (InterviewState.ENDED, "submitted")
        # From a criterion without a mark one starts at the mark of the nearest that has one.
        assert marks == {
            "listening": (14, True),
            "pronunciation": (15, True),
            "vocabulary": (13, False),
            "fluency": (14, True),
            "grammar": (15, False),
            "interaction": (9, False),
        }
        assert notes == [
            ("vocabulary", 1, "fair collocations"),
            ("grammar", 1, "tenses"),
            ("interaction", 3, "leads"),
        ]
        assert page.evaluate(PRESSED) == before


def test_a_whole_oral_by_mouse_asks_for_few_presses(demo, visit):
    """What is typed is typed: notes, the document's kind and date. All else is pressed."""
    with a_meeting(demo, visit, COUNTS, opened=False) as meeting:
        page, before = meeting.evaluator, meeting.evaluator.evaluate(PRESSED)
        press(page, "Ouvrir la salle")
        press(page, "Faire entrer le candidat", timeout=MEDIA)
        press(page, "Prendre la photo", timeout=MEDIA)
        expect(page.locator("#still-image")).to_be_visible(timeout=MEDIA)
        assert faults(page) == []
        press(page, "Tout concorde")
        fill_document(page)
        press(page, "Identité confirmée")
        press(page, "Commencer", timeout=MEDIA)
        runs(page, 1)
        for letter in LETTERS:
            note(page, letter, "heard")
        assert faults(page) == []
        press(page, "Partie suivante")
        runs(page, 2)
        page.get_by_role("button", name="B2", exact=True).first.click()
        press(page, "Révéler la carte")
        assert faults(page) == []
        press(page, "Partie suivante")
        runs(page, 3)
        press(page, "Terminer l'entretien")
        expect(page.get_by_role("button", name="Soumettre la grille")).to_be_visible(timeout=MEDIA)
        assert faults(page) == []
        for criterion in CRITERIA:
            group = page.get_by_role("radiogroup", name=criterion, exact=True)
            group.get_by_role("radio", name="B2", exact=True).check()
        press(page, "Soumettre la grille")
        expect(page.locator("#submit-line")).to_contain_text("Grille soumise.", timeout=MEDIA)
        assert faults(page) == []
        state, sheet, marks, _ = kept(meeting)
        assert (state, sheet) == (InterviewState.ENDED, "submitted")
        assert set(marks.values()) == {(12, False)}
        assert page.evaluate(PRESSED) - before == MOST_PRESSES


def test_confirming_waits_for_the_picture_and_a_late_one_is_no_error(demo, visit):
    with a_meeting(demo, visit, opened=False) as meeting:
        page, theirs = meeting.evaluator, meeting.candidate
        held: list[Route] = []
        theirs.route("**/picture?*", lambda route: held.append(route))  # noqa: PLW0108 -- it looks into its function
        press(page, "Ouvrir la salle")
        press(page, "Faire entrer le candidat", timeout=MEDIA)
        confirm = page.get_by_role("button", name="Identité confirmée")
        expect(confirm).to_be_enabled(timeout=MEDIA)
        with theirs.expect_request("**/picture?*", timeout=MEDIA):
            press(page, "Prendre la photo", timeout=MEDIA)
        expect(page.get_by_text("La photo arrive…")).to_be_visible()
        expect(confirm).to_be_disabled()
        with meeting.database.transaction() as db:
            check = db.get_one(Interview, meeting.interview).identity_check
            check.picture_requested_at -= PICTURE_PATIENCE
        expect(page.get_by_text("La photo n'arrive pas.")).to_be_visible(timeout=MEDIA)
        expect(page.get_by_role("button", name="Prendre la photo")).to_be_enabled()
        page.get_by_role("button", name="Tout concorde").click()
        fill_document(page)
        confirm.click()
        expect(page.get_by_role("button", name="Commencer", exact=True)).to_be_visible(
            timeout=MEDIA
        )
        with theirs.expect_response("**/picture?*", timeout=MEDIA) as late:
            held[0].continue_()
        assert late.value.status == 200
        expect(theirs.locator("[data-say-title]")).to_have_text("Identité vérifiée.", timeout=MEDIA)


def test_what_is_being_written_outlives_a_reload_and_an_incident_is_pinned(demo, visit):
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        runs(page, 1)
        pins = page.locator('.vv-console-part[data-part="1"] .vv-console-pin')
        expect(pins).to_have_count(0)
        page.get_by_role("button", name="Incident").click()
        page.get_by_label("Ce qui s'est passé").fill("A drill next door")
        press(page, "Confirmer")
        expect(pins).to_have_attribute("title", "Incident\u00a0: A drill next door", timeout=MEDIA)
        expect(page.locator("#incident")).to_be_hidden()
        page.get_by_role("button", name="Messages").click()
        page.get_by_label("Votre message").fill("One moment")
        press(page, "Fermer")
        page.get_by_role("heading", name=re.compile("^Grille")).click()
        page.keyboard.press("v")
        page.keyboard.type("half a rem")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        field = page.get_by_role("textbox", name="Remarque sur : Vocabulaire")
        expect(field).to_have_value("half a rem", timeout=MEDIA)
        expect(field).to_be_focused()
        page.keyboard.type("ark")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Nouvelle remarque")).to_have_value("")
        expect(page.locator("#chat-text")).to_have_value("One moment")
        expect(pins).to_have_count(1)
        expect(page.locator("#saved")).to_have_text("Tout est enregistré", timeout=MEDIA)
        with meeting.database.session(read_only=True) as db:
            (sheet,) = db.get_one(Interview, meeting.interview).performance.scoresheets
            assert [(note.criterion, note.part, note.text) for note in sheet.notes] == [
                ("vocabulary", 1, "half a remark")
            ]
        page.reload()
        expect(page.locator("#saved")).to_have_text("Tout est enregistré", timeout=MEDIA)
        expect(page.get_by_label("Nouvelle remarque")).to_have_value("")


def test_a_key_is_not_lost_as_a_dialog_closes(demo, visit):
    """What had the focus in the dialog keeps it until the next frame: a key may come before."""
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        runs(page, 1)
        page.keyboard.press("?")
        expect(page.get_by_role("heading", name="Raccourcis du clavier")).to_be_visible()
        page.evaluate(
            """() => {
                document.querySelector("#keys").close();
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
                    {key: "ArrowRight", ctrlKey: true, bubbles: true, cancelable: true}));
            }"""
        )
        expect(page.get_by_role("button", name=re.compile("^Annuler"))).to_be_visible()


def test_a_live_oral_is_not_left_by_accident(demo, visit):
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        runs(page, 1)
        asked = page.get_by_role("dialog", name="Quitter l'entretien en cours ?")
        page.get_by_role("link", name="Mes entretiens").first.click()
        expect(asked).to_be_visible()
        page.keyboard.press("Escape")
        expect(asked).to_be_hidden()
        page.locator(".vv-console-menu > summary").click()
        page.get_by_role("link", name="English").click()
        expect(asked).to_be_visible()
        press(page, "Rester")
        assert page.url == meeting.console
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        expect(page.locator("#next")).to_be_visible()
        assert dialogs == ["beforeunload"]


def test_a_key_never_lands_in_another_field(demo, visit):
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        runs(page, 1)
        page.keyboard.press("Shift+L")
        page.keyboard.press("n")
        page.keyboard.type("The sound was lost")
        page.keyboard.press("Enter")
        none = page.get_by_role("radiogroup", name="Compréhension orale").get_by_role(
            "radio", name="Non évaluable"
        )
        expect(none).to_be_focused()
        page.keyboard.press("v")
        page.keyboard.type("left open")
        page.get_by_role("heading", name=re.compile("^Grille")).click()
        note(page, "F", "few pauses")
        page.keyboard.press("p")
        page.locator("#compose-text").dispatch_event(
            "keydown", {"key": "Escape", "isComposing": True, "bubbles": True}
        )
        expect(page.locator("#compose-text")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#saved")).to_have_text("Tout est enregistré", timeout=MEDIA)
        with meeting.database.session(read_only=True) as db:
            (sheet,) = db.get_one(Interview, meeting.interview).performance.scoresheets
            assert [mark.reason for mark in sheet.marks] == ["The sound was lost"]
            assert [(note.criterion, note.text) for note in sheet.notes] == [
                ("vocabulary", "left open"),
                ("fluency", "few pauses"),
            ]
