"""The whole way of an oral in two real browsers, by the names of the contract alone.

Equipment, waiting room, admission, identity, three parts, marks, validation, attestation in the
candidate's mail; each sees the other's video move, and the recordings play with sound.
"""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from oral_steps import (
    assert_recordings_play,
    get_ready,
    identify,
    mark,
    open_room,
    press,
    speak,
)
from playwright.sync_api import Page

CANDIDATE = "camille.delaunay@candidats.example"


def validate(coordinator: Page) -> None:
    """Find the candidacy and validate it."""
    press(coordinator, "Continuer")
    coordinator.goto(coordinator.url.rstrip("/") + "/candidacies?q=delaunay")
    row = coordinator.get_by_role("row").filter(has_text=CANDIDATE)
    row.get_by_role("link").first.click()
    press(coordinator, "Valider les résultats")


def attestation(mails: list[EmailMessage]) -> bytes:
    """Return the attestation that came by mail."""
    for mail in mails:
        for part in mail.iter_attachments():
            if part.get_content_type() == "application/pdf":
                return part.get_payload(decode=True)
    pytest.fail("no document came by mail")


def wait_for_mail(demo, page: Page) -> list[EmailMessage]:
    """Return the results' mail once it has come; documents take a second or two."""
    for _ in range(300):
        if mails := demo.mails(CANDIDATE, "results_ready"):
            return mails
        page.wait_for_timeout(100)
    return []


@pytest.mark.e2e
def test_an_oral_from_the_link_to_the_attestation(demo, visit):
    candidate = visit(demo.links["candidate"])
    evaluator = visit(demo.links["evaluator"])
    get_ready(candidate)
    press(evaluator, "Continuer")
    open_room(evaluator, "Camille")
    identify(evaluator)
    speak(evaluator, candidate)
    mark(evaluator)
    assert_recordings_play(evaluator)
    coordinator = visit(demo.links["coordinator"])
    validate(coordinator)
    assert attestation(wait_for_mail(demo, coordinator)).startswith(b"%PDF-")
