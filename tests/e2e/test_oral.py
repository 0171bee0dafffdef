"""The whole way of an oral in two real browsers, by the names of the contract alone.

Equipment, waiting room, admission, identity, three parts, marks, validation, attestation in the
candidate's mail; each sees the other's video move, and the recordings play with sound.
A coordinator attends in silence: not before « Commencer », both know, and the end shows them out.
"""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from at_rest import follow, look
from oral_steps import (
    MEDIA,
    assert_moves,
    assert_recordings_play,
    get_ready,
    identify,
    mark,
    open_room,
    press,
    speak,
)
from playwright.sync_api import Page, expect

NOTICE = "Une personne de la certification assiste à l'entretien, en silence."
OFFER = """async () => {
    const headers = {
        'Content-Type': 'application/json',
        'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content,
    };
    const body = JSON.stringify({ sdp: 'v=0', device: 'observer-of-a-test' });
    const answer = await fetch('offer', { method: 'POST', headers, body });
    return { status: answer.status, ...(await answer.json()) };
}"""
CANDIDATE = "camille.delaunay@candidats.example"


def find_candidacy(coordinator: Page) -> None:
    """Sign in and open the candidacy's page."""
    follow(coordinator.get_by_role("button", name="Continuer"))
    coordinator.goto(coordinator.url.rstrip("/") + "/candidacies?q=delaunay")
    row = coordinator.get_by_role("row").filter(has_text=CANDIDATE)
    row.get_by_role("link").first.click()


def attend(coordinator: Page) -> None:
    """Ask to attend the interview, from the candidacy's page."""
    press(coordinator, "Assister à l'entretien")
    press(coordinator, "Confirmer")


def assert_waits(coordinator: Page) -> None:
    """See that the observer waits in words, and that the server lets no browser in meanwhile."""
    title = coordinator.get_by_role("heading", name="L'entretien n'a pas encore commencé")
    expect(title).to_be_visible()
    refused = coordinator.evaluate(OFFER)
    assert refused["status"] == 409
    assert refused["error"].startswith("L'entretien n'a pas encore commencé")
    assert faults(coordinator) == []


def assert_observed(*people: Page, is_so: bool = True) -> None:
    """Wait until the pages of both people say that somebody attends, or no longer."""
    for person in people:
        notice = person.get_by_role("status").get_by_text(NOTICE)
        expect(notice).to_be_visible(visible=is_so, timeout=MEDIA)


def faults(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    return [violation["id"] for violation in look(page).response["violations"]]


def validate(coordinator: Page) -> None:
    """Validate the candidacy, from the page of the interview that was attended."""
    coordinator.get_by_role("link", name="Voir la candidature").click()
    press(coordinator, "Valider les résultats")
    press(coordinator, "Confirmer")


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
    coordinator = visit(demo.links["coordinator"])
    find_candidacy(coordinator)
    attend(coordinator)
    assert_waits(coordinator)
    identify(evaluator)
    press(evaluator, "Commencer")
    assert_moves(coordinator, "Vidéo du candidat")
    assert_moves(coordinator, "Vidéo de l'évaluateur")
    assert_observed(evaluator, candidate)
    assert faults(coordinator) == []
    coordinator.get_by_role("link", name="Ne plus assister").click()
    assert_observed(evaluator, candidate, is_so=False)
    attend(coordinator)
    assert_observed(evaluator, candidate)
    speak(evaluator, candidate)
    over = coordinator.get_by_role("heading", name="L'entretien est terminé")
    expect(over).to_be_visible(timeout=MEDIA)
    mark(evaluator)
    assert_recordings_play(evaluator)
    validate(coordinator)
    assert attestation(wait_for_mail(demo, coordinator)).startswith(b"%PDF-")
