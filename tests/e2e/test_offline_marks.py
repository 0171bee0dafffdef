"""Marks and notes that live in the browser first: cut, closed, two tabs, two devices, too late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from at_rest import look
from marking_steps import Marking, an_interview, an_oral_to_mark, press, submit
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kernel.permissions import Role
from people.models import User
from rooms.models import InterviewState
from rubrics import marking as verbs
from rubrics.models import Operation, Scoresheet, SheetState

SAVED = "Tout est enregistré"
SOON = 30_000  # milliseconds: a device looks every five seconds, and tries again within eight
COUNT = """async () => {
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('viva-marks');
    opening.onsuccess = () => resolve(opening.result);
  });
  return new Promise((resolve) => {
    const counting = database.transaction('operations').objectStore('operations').count();
    counting.onsuccess = () => resolve(counting.result);
  });
}"""


@pytest.fixture
def oral(demo, visit) -> Iterator[Marking]:
    with an_oral_to_mark(demo, visit, InterviewState.ENDED) as made:
        yield made


def mark(page: Page, criterion: str, level: str) -> None:
    group = page.get_by_role("radiogroup", name=criterion)
    group.get_by_role("radio", name=level, exact=True).check()


def note(page: Page, letter: str, text: str) -> None:
    page.keyboard.press(letter)
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def checked(page: Page, criterion: str, level: str) -> None:
    group = page.get_by_role("radiogroup", name=criterion)
    expect(group.get_by_role("radio", name=level, exact=True)).to_be_checked(timeout=SOON)


def says(page: Page, words: str) -> None:
    expect(page.locator("#saved")).to_have_text(words, timeout=SOON)


def operations(oral: Marking) -> int:
    with oral.database.session(read_only=True) as db:
        rows = select(Operation.id).where(Operation.scoresheet_id == oral.sheet)
        return len(db.scalars(rows).all())


def test_what_is_marked_without_network_outlives_the_page(oral: Marking) -> None:
    page = oral.page
    mark(page, "Vocabulaire", "B1")
    says(page, SAVED)
    page.context.set_offline(True)
    mark(page, "Aisance", "B2-")
    says(page, "1 changement gardé sur cet ordinateur, envoi dès le retour du réseau")
    note(page, "f", "few pauses")
    page.keyboard.press("ArrowRight")
    says(page, "2 changements gardés sur cet ordinateur, envoi dès le retour du réseau")
    expect(page.get_by_text("few pauses")).to_be_visible()
    assert (oral.marks(), oral.notes()) == ({"vocabulary": 9}, [])
    page.goto("about:blank")  # a page being closed has the network back for an instant
    page.close()  # the lid closes, the browser throws the page away
    again = page.context.new_page()
    again.context.set_offline(False)
    again.goto(f"{oral.settings.base_url}/evaluator/")
    expect(again.locator("#kept")).to_contain_text("ne sont encore que sur cet ordinateur")
    again.locator("#kept").get_by_role("link").click()
    checked(again, "Aisance", "B2")
    expect(again.get_by_text("few pauses")).to_be_visible()
    says(again, SAVED)
    assert again.url == oral.address
    assert (oral.marks(), oral.notes()) == ({"vocabulary": 9, "fluency": 12}, ["few pauses"])
    assert again.evaluate(COUNT) == 0


def test_two_tabs_are_one_browser(oral: Marking) -> None:
    first, other = oral.page, oral.page.context.new_page()
    other.goto(oral.address)
    says(other, SAVED)
    first.context.set_offline(True)
    mark(first, "Vocabulaire", "B1")
    note(first, "v", "collocations")
    checked(other, "Vocabulaire", "B1")
    expect(other.get_by_text("collocations")).to_be_visible()
    mark(other, "Vocabulaire", "B1+")
    checked(first, "Vocabulaire", "B1+")
    says(first, "2 changements gardés sur cet ordinateur, envoi dès le retour du réseau")
    first.context.set_offline(False)
    for page in (first, other):
        says(page, SAVED)
        checked(page, "Vocabulaire", "B1+")
    assert (oral.marks(), oral.notes()) == ({"vocabulary": 10}, ["collocations"])
    assert operations(oral) == 3
    mark(first, "Vocabulaire", "B2")
    checked(other, "Vocabulaire", "B2")


def test_two_devices_that_did_not_know_of_each_other_ask_to_choose(oral: Marking, visit) -> None:
    laptop = oral.page
    other = visit("about:blank")
    # One of them is an hour late, which must not matter.
    other.add_init_script("Date.now = ((now) => () => now() - 3600000)(Date.now)")
    oral.open(other)
    other.context.set_offline(True)
    mark(other, "Vocabulaire", "C1")
    mark(other, "Aisance", "B2")
    note(other, "v", "from the tablet")
    says(other, "3 changements gardés sur cet ordinateur, envoi dès le retour du réseau")
    mark(laptop, "Vocabulaire", "B1")
    mark(laptop, "Interaction", "B1")
    note(laptop, "v", "from the laptop")
    says(laptop, SAVED)
    other.context.set_offline(False)
    for page in (laptop, other):
        says(page, "À choisir : Vocabulaire")
        expect(page.get_by_text("from the")).to_have_count(2, timeout=SOON)
        checked(page, "Aisance", "B2")
        checked(page, "Interaction", "B1")
        checked(page, "Vocabulaire", "C1")
    report = look(laptop, options={"resultTypes": ["violations"]})
    assert report.violations_count == 0, report.generate_report()
    # Going on without choosing throws nothing away.
    mark(laptop, "Vocabulaire", "C1+")
    expect(laptop.get_by_role("button", name="Garder B1 : Vocabulaire")).to_be_visible(timeout=SOON)
    laptop.get_by_role("button", name="Soumettre la grille").click()
    expect(laptop.get_by_role("alert").filter(has_text="incomplète")).to_contain_text("Vocabulaire")
    expect(other.get_by_role("button", name="Garder C1+ : Vocabulaire")).to_be_visible(timeout=SOON)
    other.get_by_role("button", name="Garder B1 : Vocabulaire").click()
    for page in (laptop, other):
        says(page, SAVED)
        checked(page, "Vocabulaire", "B1")
        expect(page.get_by_role("button", name="Garder")).to_have_count(0)
    assert oral.marks() == {"vocabulary": 9, "fluency": 12, "interaction": 9}
    assert oral.notes() == ["from the laptop", "from the tablet"]


def test_a_grid_is_submitted_once_all_of_it_is_saved(oral: Marking) -> None:
    page = oral.page
    oral.fill()
    page.reload()
    says(page, SAVED)
    page.context.set_offline(True)
    mark(page, "Vocabulaire", "B1")
    page.get_by_role("button", name="Soumettre la grille").click()
    expect(page.get_by_role("alert").filter(has_text="tout est enregistré")).to_be_visible()
    assert oral.kept().state is SheetState.DRAFT
    page.context.set_offline(False)
    says(page, SAVED)
    submit(page)
    expect(page.locator("#submit-line")).to_contain_text("Grille soumise.")
    assert (oral.kept().state, oral.marks()["vocabulary"]) == (SheetState.SUBMITTED, 9)
    assert page.evaluate(COUNT) == 0


def test_what_comes_after_the_submission_is_shown_and_can_be_taken_over(
    oral: Marking, visit
) -> None:
    late = oral.page
    oral.fill()
    late.context.set_offline(True)
    mark(late, "Vocabulaire", "B1")
    note(late, "v", "heard again")
    other = oral.open(visit("about:blank"))
    submit(other)
    expect(other.locator("#submit-line")).to_contain_text("Grille soumise.")
    late.context.set_offline(False)
    left = late.get_by_role("region", name="Gardé dans ce navigateur, pas dans la grille remise")
    expect(left.get_by_role("listitem")).to_have_text(
        ["Vocabulaire : B1", "Vocabulaire : remarque « heard again »"],
        timeout=SOON,
    )
    report = look(late, options={"resultTypes": ["violations"]})
    assert report.violations_count == 0, report.generate_report()
    checked(late, "Vocabulaire", "B2")
    assert (oral.marks()["vocabulary"], oral.notes()) == (12, [])
    with oral.database.transaction() as db:
        coordinator = db.scalars(select(User).where(User.role == Role.COORDINATOR)).first()
        sheet = db.get_one(Scoresheet, oral.sheet)
        fresh = verbs.reopen(db, coordinator.actor, sheet, "A change came late")
        db.flush()
        oral.sheet = fresh.id
    late.reload()
    late.get_by_role("button", name="Reprendre dans cette grille").click()
    expect(left).to_be_hidden()
    says(late, SAVED)
    assert (oral.marks()["vocabulary"], oral.notes()) == (9, ["heard again"])
    assert late.evaluate(COUNT) == 0


def test_another_person_at_the_same_computer_neither_sees_nor_sends_it(oral: Marking) -> None:
    context, mine = oral.page.context, oral.page
    mine.route("**/*", lambda route: route.abort())
    mark(mine, "Vocabulaire", "B1")
    says(mine, "1 changement gardé sur cet ordinateur, envoi dès le retour du réseau")
    with oral.database.transaction() as db:
        interview = an_interview(db, InterviewState.ENDED)
        theirs = Marking(
            oral.settings,
            oral.database,
            interview.performance.scoresheets[0].id,
            interview.id,
            interview.appointment.evaluator_id,
            context.new_page(),
        )
    context.clear_cookies()
    theirs.open(theirs.page)
    mine.unroute("**/*")
    mark(theirs.page, "Aisance", "C1")
    says(theirs.page, SAVED)
    says(
        mine,
        "1 changement gardé sur cet ordinateur : reconnectez-vous à votre compte pour l'envoyer",
    )
    assert (oral.marks(), theirs.marks()) == ({}, {"fluency": 15})
    mine.close()
    context.clear_cookies()
    oral.open(theirs.page)
    checked(theirs.page, "Vocabulaire", "B1")
    says(theirs.page, SAVED)
    assert (oral.marks(), theirs.marks()) == ({"vocabulary": 9}, {"fluency": 15})


# What breaks the database of a page: as iPads do after the background, and full disks.
BREAKS = {
    "one write": """
      window.broken = 1;
      const put = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function (...row) {
        if (window.broken-- > 0) throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, row);
      };""",
    "every write": """
      window.broken = true;
      const put = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function (...row) {
        if (window.broken) throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, row);
      };""",
    "the connection": """
      window.broken = true;
      const begin = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...names) {
        if (window.broken) throw new DOMException('connection lost', 'InvalidStateError');
        return begin.apply(this, names);
      };""",
}
UNREADABLE = "Ce navigateur ne relit pas ce qu'il garde"
BARE = (
    "Tout est enregistré sur le serveur. Ce navigateur, lui, ne garde rien : "
    "sans réseau, ne fermez pas cette page."
)
KEPT = "2 changements gardés sur cet ordinateur, envoi dès le retour du réseau"
UNKEPT = "2 changements pas encore envoyés. Ce navigateur ne garde rien : ne fermez pas cette page."


@pytest.mark.parametrize(
    ("broken", "said"),
    [("one write", KEPT), ("every write", UNKEPT), ("the connection", UNKEPT)],
)
def test_a_database_that_fails_loses_no_mark_and_submits_no_other_grid(
    oral: Marking, broken: str, said: str
) -> None:
    page = oral.page
    oral.fill()
    page.reload()
    says(page, SAVED)
    page.context.set_offline(True)
    mark(page, "Vocabulaire", "B1")
    says(page, "1 changement gardé sur cet ordinateur, envoi dès le retour du réseau")
    page.evaluate(f"{BREAKS[broken]}; null")
    mark(page, "Aisance", "C1")
    says(page, said)
    for criterion, level in (("Vocabulaire", "B1"), ("Aisance", "C1")):
        checked(page, criterion, level)
    press(page, "Soumettre la grille")
    expect(page.locator("#submit-wrong")).to_be_visible()
    assert oral.kept().state is SheetState.DRAFT
    if said == UNKEPT:  # what failed is written once that works again, and in order
        page.evaluate("window.broken = false")
        says(page, KEPT)
    assert page.evaluate(COUNT) == 2
    page.context.set_offline(False)
    says(page, SAVED)
    submit(page)
    expect(page.locator("#submit-line")).to_contain_text("Grille soumise.")
    marks = oral.marks()
    assert (marks["vocabulary"], marks["fluency"]) == (9, 15)
    assert (oral.kept().state, page.evaluate(COUNT)) == (SheetState.SUBMITTED, 0)


def test_what_cannot_be_read_again_is_not_passed_over_by_a_submission(oral: Marking) -> None:
    page = oral.page
    oral.fill()
    page.reload()
    says(page, SAVED)
    page.context.set_offline(True)
    mark(page, "Vocabulaire", "B1")
    says(page, "1 changement gardé sur cet ordinateur, envoi dès le retour du réseau")
    page.goto("about:blank")  # a page being closed has the network back for an instant
    page.close()
    again = page.context.new_page()
    again.add_init_script(BREAKS["the connection"])
    again.context.set_offline(False)
    again.goto(oral.address)
    expect(again.locator("#saved")).to_contain_text(UNREADABLE, timeout=SOON)
    again.get_by_role("button", name="Soumettre la grille").click()
    expect(again.locator("#submit-wrong")).to_contain_text("soumettez depuis un autre ordinateur")
    assert (oral.kept().state, oral.marks()["vocabulary"]) == (SheetState.DRAFT, 12)
    again.evaluate("window.broken = false")
    says(again, SAVED)
    assert oral.marks()["vocabulary"] == 9


NO_DATABASE = {
    "absent": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "forbidden": """IDBFactory.prototype.open = () => {
      throw new DOMException('not here', 'SecurityError');
    };""",
    "silent": """IDBFactory.prototype.open = () =>
      Object.create(IDBOpenDBRequest.prototype, { addEventListener: { value() {} } });""",
}


@pytest.mark.parametrize("kind", NO_DATABASE)
def test_without_a_database_memory_and_the_server_serve(oral: Marking, kind: str) -> None:
    page = oral.page
    page.add_init_script(NO_DATABASE[kind])
    page.reload()
    mark(page, "Vocabulaire", "B1")
    words = UNREADABLE if kind == "silent" else BARE
    expect(page.locator("#saved")).to_contain_text(words, timeout=SOON)
    assert oral.marks() == {"vocabulary": 9}


def test_without_a_database_what_waits_is_in_memory_and_says_so(oral: Marking) -> None:
    page = oral.page
    page.add_init_script(NO_DATABASE["forbidden"])
    page.reload()
    mark(page, "Vocabulaire", "B1")
    page.context.set_offline(True)
    mark(page, "Aisance", "C1")
    mark(page, "Vocabulaire", "B2")
    says(page, UNKEPT)
    page.context.set_offline(False)
    says(page, BARE)
    assert oral.marks() == {"vocabulary": 12, "fluency": 15}
