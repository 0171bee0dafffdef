"""The written test from the link in a mail to the oral booked: cut, swapped, by keyboard, large."""

from __future__ import annotations

import re
from datetime import timedelta

import written_steps as steps
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from evaluator_app.demo import cast
from kernel import clock
from proctor.models import ProctorSession, SignalKind
from written_test import replaying
from written_test.models import StepState, WrittenTestState

CUT_MS = 16_000
END = re.compile(r"/written/end$")
ANSWERED = "() => [...new FormData(document.querySelector('[data-form]'))].join()"


def _before(page: Page) -> None:
    """Do all that comes before the test, from the candidate's first look at their home."""
    page.get_by_role("link", name="Vérifier mon identité").click()
    page.get_by_role("button", name="Tout est exact").click()
    page.get_by_role("link", name="Tester mon équipement").click()
    page.get_by_role("button", name="Tester mon équipement").click()
    page.get_by_role("button", name="J'entends", exact=True).click()
    page.locator("[data-verdict][data-state=ready], [data-verdict][data-state=fair]").wait_for(
        timeout=60_000
    )
    page.goto(re.sub(r"/candidate/.*", "/candidate/", page.url))
    page.get_by_role("link", name="Mini-test de démonstration").click()
    for number in range(1, 8):
        step = page.locator(f'[data-step="{number}"]')
        step.get_by_role("button", name="Valider").click()
        step.get_by_role("button", name="Réessayer").wait_for()
        if number == 1:  # the interface of the test: told apart from wrong, chosen by a key
            expect(step.locator("[data-told]")).to_contain_text("Vous n'avez pas répondu.")
            step.get_by_role("button", name="Réessayer").click()
            page.keyboard.press("2")
            expect(step.get_by_role("radio").nth(1)).to_be_checked()
            step.get_by_role("button", name="Valider").click()
        if number < 7:
            step.get_by_role("button", name="Question suivante").click()
    page.get_by_role("button", name="Terminer le mini-test").click()
    page.get_by_role("link", name="Aller au test écrit").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Prendre la photo").click()
    page.get_by_role("button", name="Garder cette photo").click()
    page.get_by_role("link", name="Continuer").click()
    page.get_by_label("Qui et quoi y a-t-il dans la pièce").fill("Un chat.")
    page.get_by_role("button", name="Commencer le test").click()
    expect(page.get_by_role("button", name="Valider")).to_be_visible()


def _swap(page: Page) -> None:
    asked = steps.shown(page)
    page.get_by_role("button", name="Incident technique ?").click()
    page.get_by_role("button", name="Nouvelle question").click()
    expect(page.get_by_text("La question a été remplacée.")).to_be_visible()
    assert steps.shown(page) != asked


def _reload(page: Page) -> None:
    asked = steps.shown(page)
    page.reload()
    expect(page.get_by_role("button", name="Valider")).to_be_visible()
    assert steps.shown(page) == asked


def _cut(page: Page) -> None:
    """Answer while the network is cut; the answer goes out by itself when it is back."""
    before = page.locator("[data-question]").element_handle()
    steps.fill(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("[data-lost-title]")).to_be_visible()
    clock.move(timedelta(seconds=18))  # some thirty seconds in all, given back by the server
    expect(page.locator("[data-lost-next]")).to_contain_text("Le temps est arrêté", timeout=CUT_MS)
    page.context.set_offline(False)
    page.wait_for_function("old => !old.isConnected", arg=before)


def _to_the_end(page: Page) -> None:
    for _ in range(60):
        if steps.at_the_end(page):
            break
        try:
            steps.fill(page)
            steps.submit(page)
        except Error:  # the last answer led to the last page meanwhile
            page.wait_for_url(END)
    page.wait_for_url(END)


def test_the_whole_way_with_a_swap_a_reload_and_a_cut(own_demo, visit):
    page = visit(own_demo.enter("candidate_new"))
    steps.come_in(page)
    _before(page)
    _swap(page)
    steps.fill(page)
    steps.submit(page)
    _reload(page)
    _cut(page)
    _to_the_end(page)
    expect(page.get_by_role("heading", name="Bravo, le test écrit est terminé")).to_be_visible()
    page.get_by_role("link", name="Choisir mon heure").click()
    expect(page.get_by_text("Caméra et micro sont coupés")).to_be_visible()
    assert page.locator("video").count() == 0
    page.locator("button[name=starts_at]").first.click()
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_text("Rendez-vous confirmé")).to_be_visible()
    page.get_by_role("button", name="Clore la séance").click()
    expect(page.get_by_text("La séance est close")).to_be_visible()
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, cast.CANDIDATE_NEW)
        assert test.state is WrittenTestState.ENDED
        assert [step.state for step in test.steps].count(StepState.SWAPPED) == 1
        assert 25 <= test.lost_s <= 60
        assert replaying.replay(db, test).is_faithful
        session = db.scalars(
            select(ProctorSession).where(ProctorSession.candidacy_id == test.candidacy_id)
        ).one()
        assert session.left_by_candidate
        assert session.room_note == "Un chat."
        assert session.closed_at - session.opened_at < timedelta(minutes=20)
        assert SignalKind.TAB_LEFT not in {signal.kind for signal in session.signals}


def test_a_whole_test_by_keyboard_alone(own_demo, visit):
    page = visit(steps.ready(own_demo, "clavier"))
    steps.come_in(page)
    steps.start(page)
    for _ in range(60):
        if steps.at_the_end(page):
            break
        _answer_by_keys(page)
    page.wait_for_url(END)
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, "clavier@candidats.example")
        assert {step.state for step in test.steps} == {StepState.ANSWERED}
        assert all(step.answer for step in test.steps)


def _answer_by_keys(page: Page) -> None:
    """Answer the question with keys, from its heading, where the focus stands."""
    expect(page.locator("[data-number]")).to_be_focused()
    if page.locator('[data-question="single"]').count():
        page.keyboard.press("1")
    for _ in range(40):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(one => one.matches('[data-submit]') ? 'submit' : one.type ?? '')"
            "(document.activeElement)"
        )
        if here == "submit":
            break
        if here in ("radio", "checkbox"):
            page.keyboard.press("Space")
        elif here == "select-one":
            page.keyboard.press("ArrowDown")
        elif here == "text":
            page.keyboard.type("x")
            page.keyboard.press("Enter")  # sends nothing
            expect(page.locator("[data-submit]")).not_to_have_attribute("aria-disabled", "true")
    number = page.locator("[data-number]").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "was => location.pathname.endsWith('/end')"
        " || document.querySelector('[data-number]')?.textContent !== was",
        arg=number,
        timeout=20_000,
    )


def test_nothing_is_wider_than_a_window_at_200_percent(own_demo, visit):
    page = visit(steps.ready(own_demo, "loupe", accommodations=("large_print",)), width=640)
    steps.come_in(page)
    steps.start(page)
    page.get_by_role("button", name="Incident technique ?").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    # What is noticed moves nothing: it is counted on a line whose height never changes.
    stood = page.locator("[data-number]").bounding_box()
    page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    expect(page.locator("[data-notes-count]")).to_contain_text("signalement")
    expect(page.locator("[data-notes-list] li").first).to_be_attached()
    assert page.locator("[data-number]").bounding_box() == stood
    # On a phone what is said of the watch is read whole.
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("[data-watch-state]").evaluate(
        "state => state.textContent.length > 30 && state.scrollHeight <= state.clientHeight"
    )
    page.set_viewport_size({"width": 640, "height": 720})
    kinds = set()
    for _ in range(14):
        kinds.add(page.locator("[data-question]").get_attribute("data-question"))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        steps.fill(page)
        steps.submit(page)
        if steps.at_the_end(page):
            break
    assert len(kinds) >= 3


def test_two_tabs_a_changed_timer_and_a_double_click(own_demo, visit):
    page = visit(steps.ready(own_demo, "onglets"))
    steps.come_in(page)
    steps.start(page)
    steps.fill(page)
    chosen = page.evaluate(ANSWERED)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Continuer ici").click()
    expect(other.get_by_role("button", name="Valider")).to_be_visible()
    assert other.evaluate(ANSWERED) == chosen  # what was chosen and not sent is there
    here = page.get_by_role("button", name="Continuer ici")
    expect(here).to_be_visible()
    here.click()
    expect(page.get_by_role("button", name="Valider")).to_be_visible()
    expect(other.get_by_role("button", name="Continuer ici")).to_be_visible()
    page.evaluate("document.querySelector('[data-ring-time]').textContent = '59:59'")
    steps.fill(page)
    page.get_by_role("button", name="Valider").dblclick()
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    page.reload()  # what a second click sent has been answered before
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, "onglets@candidats.example")
        assert [step.state for step in test.steps] == [StepState.ANSWERED, StepState.OPEN]


def test_left_and_come_back(own_demo, visit):
    page = visit(steps.ready(own_demo, "pause"))
    steps.come_in(page)
    steps.start(page)
    asked = steps.shown(page)
    page.get_by_role("button", name="Incident technique ?").click()
    expect(page.locator("[data-question]")).to_be_hidden()  # the time stands: nobody reads on
    page.get_by_role("button", name="Quitter", exact=True).click()
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("link", name="Reprendre le test").click()
    page.get_by_role("button", name="Reprendre le test").click()
    expect(page.get_by_role("button", name="Valider")).to_be_visible()
    assert steps.shown(page) == asked
    page.get_by_role("button", name="Incident technique ?").click()
    page.get_by_role("button", name="Aide", exact=True).click()
    page.get_by_label("Écrire à une personne").fill("Le son grésille.")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Votre message est parti")).to_be_visible()
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, "pause@candidats.example")
        test.lost_s = test.rules["lost_seconds"]
        open_step = test.steps[-1]
        open_step.seconds = (clock.now() - open_step.shown_at).total_seconds() + 3
        open_step.paused_s = 0.0
    # Its time over, the next question waits behind the help.
    expect(page.locator("[data-place=over]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Temps écoulé")).to_be_focused()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()


def test_an_answer_that_met_no_session_goes_out_on_coming_back(own_demo, visit):
    page = visit(steps.ready(own_demo, "sans-temoin"))
    steps.come_in(page)
    steps.start(page)
    steps.fill(page)
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("[data-lost-title]")).to_contain_text("Votre session a pris fin")
    page.context.add_cookies(kept)
    page.reload()
    expect(page.locator("[data-number]")).to_have_text("Question 2")
    with steps.installation(own_demo) as (db, _settings):
        test = steps.sitting_of(db, "sans-temoin@candidats.example")
        assert [str(step.state) for step in test.steps] == ["answered", "open"]
