"""The console taken apart: the face in a small window, the grid on a tablet."""

from __future__ import annotations

from at_rest import look
from oral_steps import MEDIA, press
from playwright.sync_api import Page, expect
from room_steps import a_meeting

from rooms.models import Interview

SAVED = "Tout est enregistré"
SMALL = "documentPictureInPicture.window"


def note(page: Page, letter: str, text: str) -> None:
    """Write a note on a criterion, and keep it."""
    page.keyboard.press(letter)
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_grid_on_a_tablet_is_the_same_sheet(demo, visit):
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        expect(page.locator('[data-part="1"]')).to_have_attribute(
            "aria-current", "step", timeout=MEDIA
        )
        page.locator(".vv-console-menu > summary").click()
        page.get_by_role("button", name="La grille sur un autre écran").click()
        press(page, "Sur une tablette")
        image = page.get_by_role("img", name="Code à photographier avec la tablette")
        expect(image).to_be_visible(timeout=MEDIA)
        assert look(page).response["violations"] == []
        tablet = visit(image.get_attribute("data-address"), width=820, height=1180)
        press(tablet, "Continuer")
        expect(tablet.get_by_label("Nouvelle remarque")).to_be_visible(timeout=MEDIA)
        expect(page.get_by_text("Ouverte aussi sur un autre écran")).to_be_visible(timeout=MEDIA)
        expect(image).to_be_hidden()
        assert look(tablet).response["violations"] == []
        note(tablet, "v", "b2+ fair collocations")
        note(page, "g", "tenses")
        for screen in (tablet, page):
            expect(screen.get_by_text("fair collocations")).to_be_visible(timeout=MEDIA)
            expect(screen.get_by_text("tenses", exact=True)).to_be_visible(timeout=MEDIA)
            row = screen.get_by_role("radiogroup", name="Vocabulaire")
            expect(row.get_by_role("radio", name="B2+")).to_be_checked(timeout=MEDIA)
            expect(screen.locator("#saved")).to_have_text(SAVED, timeout=MEDIA)
        expect(tablet.locator("video")).to_have_count(0)
        with meeting.database.session(read_only=True) as db:
            interview = db.get_one(Interview, meeting.interview)
            (sheet,) = interview.performance.scoresheets
            assert [(note.criterion, note.part) for note in sheet.notes] == [
                ("vocabulary", 1),
                ("grammar", 1),
            ]
            assert all(note.second is not None for note in sheet.notes)
        tablet.close()
        expect(page.get_by_text("Ouverte aussi sur un autre écran")).to_be_hidden(timeout=MEDIA)


def test_the_face_in_a_small_window_hears_the_keys_and_comes_back(demo, visit):
    with a_meeting(demo, visit) as meeting:
        page = meeting.evaluator
        meeting.meet()
        press(page, "Commencer")
        button = page.get_by_role("button", name="Le visage dans une petite fenêtre")
        button.click()
        expect(page.get_by_text("Le visage est dans la petite fenêtre.")).to_be_visible()
        page.wait_for_function(
            f"() => {SMALL}?.document.querySelector('video').videoWidth > 0", timeout=MEDIA
        )
        assert page.evaluate(f"{SMALL}.document.querySelector('video').muted")
        page.evaluate(
            f"""() => {SMALL}.document.body.dispatchEvent(new {SMALL}.KeyboardEvent("keydown",
                {{key: "v", bubbles: true, cancelable: true}}))"""
        )
        field = page.get_by_role("textbox", name="Remarque sur : Vocabulaire")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        press(page, "Le remettre ici")
        expect(page.get_by_text("Le visage est dans la petite fenêtre.")).to_be_hidden()
        expect(button).to_be_visible()
        assert page.evaluate(f"{SMALL} === null")
