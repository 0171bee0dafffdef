"""Coordinators write a set: from a published one, card by card, with a preview, then publish it."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from rooms import content_drafts, content_sets
from rooms.models import ContentDraft

HERE = "/coordinator/certifications/contents"
FIRST = "de-a1-role-general-1"
CARD = {
    "title": "Im neuen Büro",
    "situation": "Sie sind neu.",
    "instructions": "Fragen Sie.\n\nSagen Sie Ihren Namen.",
    "role": "Sie arbeiten hier.",
    "prompts": "Wer sind Sie?\nWoher?\nSeit wann?\nWo?",
    "elicit": "Fragen",
}


@pytest.fixture
def browser(make, signed_in):
    return signed_in(make.coordinator())


@pytest.fixture
def draft(db, browser) -> ContentDraft:
    german = content_sets.published(db, "de-1")
    begun = browser.post(f"{HERE}/{german.id}/draft", data={"name": "buero-1"})
    draft = db.scalars(select(ContentDraft)).one()
    assert begun.location.endswith(f"{HERE}/drafts/{draft.id}")
    return draft


def words(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


def sides(page: str) -> str:
    return page[page.index('id="sides"') :]


def test_a_card_is_looked_at_then_kept_then_published(db, browser, draft):
    assert "buero-1" in words(browser.get(HERE))
    there = f"{HERE}/drafts/{draft.id}"
    form = words(browser.get(f"{there}/cards/{FIRST}"))
    assert content_drafts.card_of(draft, FIRST).content.situation in sides(form)
    sent = CARD | {"seen": "0"}
    looked = words(browser.post(f"{there}/cards/{FIRST}", data=sent | {"act": "preview"}))
    candidate, evaluator = sides(looked).split("Ce que l'évaluateur voit")
    assert ("Im neuen Büro" in candidate, "Sie arbeiten hier." in candidate) == (True, False)
    assert ("Sie arbeiten hier." in evaluator, "Woher?" in evaluator) == (True, True)
    assert (draft.revision, FIRST in words(browser.get(there))) == (0, True)

    kept = browser.post(f"{there}/cards/{FIRST}", data=sent | {"act": "save"})
    assert kept.location.endswith(f"{there}#{FIRST}")
    assert content_drafts.card_of(draft, FIRST).content.instructions == (
        "Fragen Sie.",
        "Sagen Sie Ihren Namen.",
    )
    assert "Changée" in words(browser.get(there))
    late = browser.post(f"{there}/publish", data={"seen": "0"})
    assert (late.location.endswith(there), "a changé entre-temps" in words(browser.get(there))) == (
        True,
        True,
    )
    done = browser.post(f"{there}/publish", data={"seen": "1"})
    assert "Le jeu « buero-1 » est publié" in words(browser.get(done.location))
    assert browser.get(there).status_code == 404


def test_what_does_not_fit_stays_in_the_form(browser, draft):
    there = f"{HERE}/drafts/{draft.id}/cards/{FIRST}"
    bad = CARD | {"seen": "0", "act": "save", "prompts": "Wer?", "title": ""}
    page = words(browser.post(there, data=bad), 422)
    assert "Titre : il manque" in page.replace("\u00a0", " ")
    assert "Questions : il y en a trop peu" in page.replace("\u00a0", " ")
    assert ("Sie sind neu." in page, draft.revision) == (True, 0)
    late = CARD | {"seen": "7", "act": "save"}
    page = words(browser.post(there, data=late), 422)
    assert ("a changé entre-temps" in page, "Im neuen Büro" in page) == (True, True)


def test_a_new_card_gets_its_code_and_one_is_left_out(db, browser, draft):
    there = f"{HERE}/drafts/{draft.id}"
    assert "Nouvelle carte" in words(browser.get(f"{there}/cards"))
    place = {"part": "3", "level": "B2", "field": "it", "seen": "0", "act": "save"}
    made = browser.post(f"{there}/cards", data=CARD | place)
    assert made.location.endswith("#de-b2-talk-it-1")
    gone = browser.post(f"{there}/cards/de-b2-talk-it-1/drop", data={"seen": "1"})
    assert gone.location.endswith(there)
    assert "de-b2-talk-it-1" not in words(browser.get(there))
    assert browser.get(f"{there}/cards/de-b2-talk-it-1").status_code == 404


def part_form(draft: ContentDraft, number: int) -> dict[str, str]:
    """What the form of a part sends when nobody changed anything."""
    part = content_drafts.read(draft).script.part(number)
    form = {
        "instructions_fr": "\n".join(line.fr for line in part.instructions),
        "instructions_en": "\n".join(line.en for line in part.instructions),
        "opening": "\n".join(part.opening),
        "closing": part.closing,
        "seen": str(draft.revision),
        "act": "save",
    }
    for place, group in enumerate(part.groups):
        for n, prompt in enumerate(group.prompts):
            form[f"level-{place}-{n}"] = prompt.level
            form[f"text-{place}-{n}"] = prompt.text
            form[f"simpler-{place}-{n}"] = prompt.simpler
    return form


def test_a_part_of_the_script_is_written(browser, draft):
    there = f"{HERE}/drafts/{draft.id}/parts/1"
    before = content_drafts.read(draft).script
    assert before.part(1).groups[0].prompts[0].text in words(browser.get(there))
    form = part_form(draft, 1)
    browser.post(there, data=form)
    assert (content_drafts.read(draft).script, draft.revision) == (before, 1)

    form |= {"text-0-1": "", "simpler-0-1": "", "closing": "Danke!", "seen": "1"}
    looked = words(browser.post(there, data=form | {"act": "preview"}))
    assert ("Danke!" in sides(looked), draft.revision) == (True, 1)
    assert browser.post(there, data=form).status_code == 302
    part = content_drafts.read(draft).script.part(1)
    was = before.part(1).groups[0].prompts
    assert [prompt.text for prompt in part.groups[0].prompts] == [
        prompt.text for prompt in (was[0], *was[2:])
    ]
    assert (part.groups[0].prompts[1].key, part.closing) == ("you-2", "Danke!")


def test_a_part_that_does_not_fit_says_why(browser, draft):
    there = f"{HERE}/drafts/{draft.id}/parts/1"
    form = part_form(draft, 1)
    page = words(browser.post(there, data=form | {"instructions_en": "One"}), 422)
    assert "autant de lignes en français qu'en anglais" in page
    page = words(browser.post(there, data=form | {"level-0-0": "C2"}), 422)
    assert "you-2 est plus facile que you-1" in page
    assert draft.revision == 0
    assert browser.get(f"{HERE}/drafts/{draft.id}/parts/4").status_code == 404


def test_a_draft_is_thrown_away(db, browser, draft):
    gone = browser.post(f"{HERE}/drafts/{draft.id}/discard", data={"seen": "0"})
    assert gone.location.endswith(HERE)
    assert db.scalars(select(ContentDraft)).all() == []
    german = content_sets.published(db, "de-1")
    refused = browser.post(f"{HERE}/{german.id}/draft", data={"name": "de-2"})
    assert refused.location.endswith(f"{HERE}/{german.id}")
    assert "nom des jeux fournis" in words(browser.get(refused.location))
