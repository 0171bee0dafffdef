"""The accomplice's attack, with two browsers: no answer without its watch, and it is told.

One browser is watched; the same candidate is signed in from another one, which first tries to
answer behind the watch's back, then takes it over.
"""

from __future__ import annotations

import written_steps as steps
from playwright.sync_api import Page, expect
from sqlalchemy import select

from proctor.models import ProctorSession, Snapshot

WHO = "complice@candidats.example"
SECONDS = 60.0
ANSWER = """async ([address, ticket]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(address, { method: 'POST', headers: {
    'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify({ page: 'elsewhere', ticket, answer: {} }) });
  return [answer.status, (await answer.json()).aside];
}"""


def _a_picture(page: Page):
    """Wait, on leaving, until the server has taken a picture from the page."""
    return page.expect_response(
        lambda answer: "/snapshot?" in answer.url and answer.ok, timeout=SECONDS * 1000
    )


def _first_pictures(demo) -> list[str]:
    """Return the first pictures of the candidacy's watches.

    Others come between at random moments, or at a signal.
    """
    with steps.installation(demo) as (db, _settings):
        test = steps.sitting_of(db, WHO)
        whys = db.scalars(
            select(Snapshot.why)
            .join(ProctorSession, ProctorSession.id == Snapshot.session_id)
            .where(ProctorSession.candidacy_id == test.candidacy_id, Snapshot.why == "start")
        )
        return list(whys)


def _answer(page: Page) -> None:
    steps.fill(page)
    steps.submit(page)


def test_an_accomplice_is_refused_then_seen_and_told_first(demo, visit):
    watched = visit(steps.ready(demo, "complice"))
    asked: list[str] = []
    watched.on("request", lambda request: asked.append(request.url))
    steps.come_in(watched)
    with _a_picture(watched):
        steps.start(watched)
    assert _first_pictures(demo) == ["start"]
    _answer(watched)

    other = visit(steps.another_way_in(demo, WHO))
    steps.come_in(other)
    other.goto(watched.url)
    expect(other.get_by_role("heading", name="ouvert sur une autre page")).to_be_visible()
    with steps.installation(demo) as (db, _settings):
        ticket = steps.sitting_of(db, WHO).steps[-1].ticket
    address = watched.url.replace("/written/test", "/written/answer")
    assert other.evaluate(ANSWER, [address, ticket]) == [409, True]
    _answer(watched)

    with _a_picture(other):
        other.get_by_role("button", name="Continuer ici").click()
    expect(other.get_by_role("button", name="Valider")).to_be_visible()
    expect(watched.get_by_role("button", name="Continuer ici")).to_be_visible()
    _answer(other)
    _answer(other)
    assert _first_pictures(demo) == ["start", "start"]
    other.get_by_role("button", name="Incident technique ?").click()
    other.get_by_role("button", name="Quitter", exact=True).click()
    other.get_by_role("button", name="Confirmer").click()
    expect(other.get_by_role("link", name="Reprendre le test")).to_be_visible()

    office = visit(demo.enter("coordinator"))
    steps.come_in(office)
    office.goto(f"{demo.links['base_url']}/coordinator/proctoring?lang=fr")
    first = office.locator("tbody tr").first
    expect(first).to_contain_text("complice")
    expect(first).to_contain_text("Autre navigateur")
    first.get_by_role("link").first.click()
    expect(office.locator("#session-main > *").first).to_contain_text(
        "Les réponses sont venues d'un autre navigateur que celui surveillé au début, de "
    )
    # Without a risk file nothing of the face detector is asked for.
    assert [url for url in asked if "face" in url] == []
