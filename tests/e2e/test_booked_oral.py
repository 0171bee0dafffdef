"""A candidate books in a browser, moves, comes too late, and is freed by their organisation."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from email.message import EmailMessage

import icalendar
from conftest import Demo
from oral_steps import press
from playwright.sync_api import Locator, Page, expect

from evaluator_app.demo import cast
from kernel import clock

# « jeudi 3 décembre à 14:30 »
SLOT = re.compile(r"^(lundi|mardi|mercredi|jeudi|vendredi) \d+(er)? \S+ à \d\d:\d\d$")
PATIENCE_S = 20


def free(page: Page) -> Locator:
    return page.get_by_role("button", name=SLOT)


def choose(page: Page, slot: Locator, said: str = "Rendez-vous confirmé") -> str:
    """Choose a slot and confirm it, until the page says so; return the slot's name."""
    name = slot.get_attribute("aria-label") or ""
    slot.click()
    press(page, "Confirmer le rendez-vous")
    expect(page.get_by_text(f"{said}\u00a0: {name}.")).to_be_visible()
    return name


def letter(demo: Demo, template: str) -> EmailMessage:
    """Wait for the only mail of a kind to the candidate."""
    deadline = time.monotonic() + PATIENCE_S
    while not (letters := demo.mails(cast.CANDIDATE_BOOKING, template)):
        assert time.monotonic() < deadline, sorted(demo.var.glob("mail/*"))
        time.sleep(0.1)
    assert len(letters) == 1
    return letters[0]


def appointment_of(message: EmailMessage) -> tuple[str, str, int, datetime]:
    """Return the method, UID, SEQUENCE and start of the only event that a mail carries."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(parts[0].get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), event["DTSTART"].dt


def test_booked_moved_too_late_and_freed(own_demo, visit):
    page = visit(own_demo.enter("candidate_booking"))
    press(page, "Continuer")
    page.get_by_role("link", name="Choisir mon heure").click()
    choose(page, free(page).first)
    method, uid, sequence, start = appointment_of(letter(own_demo, "appointment_confirmed"))
    assert (method, sequence) == ("REQUEST", 0)

    press(page, "Déplacer ou annuler")
    choose(page, free(page).first, "Rendez-vous déplacé")
    moved = appointment_of(letter(own_demo, "appointment_moved"))
    assert moved[:3] == ("REQUEST", uid, 1)
    assert moved[3] != start

    # Less than a day is left, for every process within half a second.
    clock.move(moved[3] - timedelta(hours=23) - clock.now())
    deadline = time.monotonic() + PATIENCE_S
    change = page.get_by_role("button", name="Déplacer ou annuler")
    while change.count() and time.monotonic() < deadline:
        page.reload()
    # Sessions that rested a day end, at this request or at the next one.
    page.goto(own_demo.enter("candidate_booking"))
    press(page, "Continuer")
    page.wait_for_url("**/candidate/")
    expect(change).to_have_count(0)
    page.get_by_role("link", name="Un empêchement").click()
    expect(page.get_by_text("Il est trop tard pour changer ce rendez-vous")).to_be_visible()
    expect(free(page)).to_have_count(0)

    office = visit(own_demo.enter("organisation"))
    press(office, "Continuer")
    office.get_by_role("link", name="Léa Fontaine").first.click()
    office.get_by_role("link", name="Annuler pour force majeure").click()
    press(office, "Annuler pour force majeure")
    expect(office.get_by_label("Motif")).to_be_visible()  # nothing happens without a reason
    office.get_by_label("Motif").fill("Hospitalisation")
    office.get_by_role("checkbox").check()
    press(office, "Annuler pour force majeure")
    cancelled = appointment_of(letter(own_demo, "appointment_cancelled"))
    assert cancelled[:3] == ("CANCEL", uid, 2)
    page.reload()
    expect(free(page).first).to_be_visible()
