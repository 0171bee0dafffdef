"""Coordinators write a grid: from a published one or a file, previewed, published, chosen."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from rooms import interview as oral
from rubrics import publishing
from rubrics.library import grid
from rubrics.models import GridDraft, Rubric
from tests.results.test_past_versions import second_grid

HERE = "/coordinator/certifications/grids"


@pytest.fixture
def browser(make, signed_in):
    return signed_in(make.coordinator())


@pytest.fixture
def first(make) -> Rubric:
    return make.rubric()


@pytest.fixture
def draft(db, browser, first) -> GridDraft:
    begun = browser.post(f"{HERE}/{first.id}/draft", data={"name": "care-1"})
    draft = db.scalars(select(GridDraft)).one()
    assert begun.location.endswith(f"{HERE}/drafts/{draft.id}")
    return draft


def words(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def form_of(key: str, **changed: str) -> dict[str, str]:
    """What the form of a criterion sends when nothing else is changed."""
    criterion = grid().criterion(key)
    sent = {"name": criterion.name, "covers": criterion.covers}
    sent |= {f"band-{level.value}": text for level, text in criterion.bands.items()}
    fields = {f"{name}-fr": text.fr for name, text in sent.items()}
    fields |= {f"{name}-en": text.en for name, text in sent.items()}
    return (
        fields | {"act": "save", "seen": "0"} | {k.replace("_", "-"): v for k, v in changed.items()}
    )


def preview(page: str) -> str:
    return page[page.index('id="preview"') :]


def test_a_criterion_is_looked_at_then_kept_then_published(db, browser, draft, first):
    there = f"{HERE}/drafts/{draft.id}"
    assert "care-1" in words(browser.get(HERE))
    assert grid().criterion("fluency").bands["B2"].fr in preview(
        unescape(browser.get(f"{there}/criteria/fluency").get_data(as_text=True))
    )
    sent = form_of("fluency", band_B2_fr="Parle sans hâte.", band_B2_en="Speaks unhurried.")
    looked = words(browser.post(f"{there}/criteria/fluency", data=sent | {"act": "preview"}))
    french, english = preview(looked).split("en anglais")
    assert ("Parle sans hâte." in french, "Speaks unhurried." in english) == (True, True)
    assert (draft.revision, "Parle sans hâte." in words(browser.get(there))) == (0, False)

    kept = browser.post(f"{there}/criteria/fluency", data=sent)
    assert kept.location.endswith(f"{there}#fluency")
    assert "Parle sans hâte." in words(browser.get(there))
    browser.post(f"{there}/publish", data={"seen": "0"})
    assert "a changé entre-temps" in words(browser.get(there))
    done = browser.post(f"{there}/publish", data={"seen": "1"})
    assert "La grille « care-1 » est publiée" in words(browser.get(done.location))
    row = publishing.GRIDS.published(db, "care-1")
    written = publishing.read(row)
    assert [(c.key, c.letter) for c in written.criteria] == [
        (c.key, c.letter) for c in grid().criteria
    ]
    changed = [
        (key, level)
        for key in written.keys
        for level, text in written.criterion(key).bands.items()
        if text != grid().criterion(key).bands[level]
    ]
    assert changed == [("fluency", "B2")]
    assert browser.get(there).status_code == 404
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.act == "rubric.write"))
    assert entry.data == {"name": "care-1", "criterion": "fluency"}
    assert publishing.read(first) == grid()


def test_what_does_not_fit_stays_in_the_form(browser, draft):
    there = f"{HERE}/drafts/{draft.id}/criteria/fluency"
    bad = form_of("fluency", band_B2_fr="long " * 60, name_en="", covers_fr="Quoi ?")
    page = words(browser.post(there, data=bad), 422)
    assert "Nom · Anglais : il manque" in page
    assert "Ce qu'il couvre · Français : « ? » demande une espace insécable" in page.replace(
        "«  ? »", "« ? »"
    )
    page = words(browser.post(there, data=form_of("fluency", band_B2_fr="long " * 60)), 422)
    assert "B2 : plus de 220 caractères" in page
    late = words(browser.post(there, data=form_of("fluency", seen="7")), 422)
    assert ("a changé entre-temps" in late, draft.revision) == (True, 0)
    assert browser.get(there.replace("fluency", "charm")).status_code == 404


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("care", "Le nom d'une grille se termine par sa version"),
        ("grid-2", "un nom des grilles fournies"),
        ("care-1", "Un brouillon s'appelle déjà « care-1 »"),
        ("grid-1", "La grille « grid-1 » est publiée"),
    ],
)
def test_a_name_is_refused_in_words(browser, draft, first, name, why):
    answer = browser.post(f"{HERE}/{first.id}/draft", data={"name": name})
    assert answer.location.endswith(f"{HERE}/{first.id}")
    assert why in words(browser.get(answer.location))


def test_a_file_becomes_a_draft_or_says_what_does_not_fit(db, browser, first):
    file = browser.get(f"{HERE}/{first.id}/file.json")
    assert file.get_json() == grid().as_json()

    def send(given: bytes, name: str = ""):
        data = {"file": (io.BytesIO(given), "grid.json"), "name": name}
        return browser.post(f"{HERE}/import", data=data)

    sent = send(file.data, "care-3")
    assert "care-3" in words(browser.get(sent.location))
    draft = db.scalars(select(GridDraft)).one()
    assert publishing.read(draft) == grid().renamed("care-3")
    discarded = browser.post(f"{HERE}/drafts/{draft.id}/discard", data={"seen": "0"})
    assert "rien n'a été publié" in words(browser.get(discarded.location))

    given = grid().as_json()
    del given["criteria"][2]["bands"]["B1"]
    page = words(send(json.dumps(given).encode(), "care-3"), 422)
    assert "vocabulary" in page
    assert "il en faut un pour chaque niveau" in page
    assert "n'est pas une grille en JSON" in words(send(b"no"), 422)
    assert "un nom des grilles fournies" in words(
        send(json.dumps(given | {"criteria": grid().as_json()["criteria"], "version": 5}).encode()),
        422,
    )
    assert db.scalars(select(GridDraft)).all() == []


def test_orals_to_come_take_the_grid_that_is_chosen(db, make, browser, first):
    own = publishing.publish(db, make.coordinator().actor, grid().renamed("care-1"))
    other = publishing.publish(db, make.coordinator().actor, second_grid({"fluency": "charm"}))
    db.flush()
    appointment = make.appointment(starts_at=clock.now() + timedelta(minutes=5))
    evaluator, certification = appointment.evaluator.actor, appointment.candidacy.certification
    interview = oral.create_for(db, evaluator, appointment)
    there = f"/coordinator/certifications/{certification.id}/grid"
    page = words(browser.get(there))
    assert page.count("Choisir cette grille") == 1
    assert "La règle de décision porte sur d'autres critères" in page

    browser.post(there, data={"name": other.name})
    assert "ne porte pas sur les critères" in words(browser.get(there))
    for _again in range(2):
        browser.post(there, data={"name": "care-1"})
    assert certification.rubric_id == own.id
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.act == "certification.grid"))
    assert entry.data == {"name": "care-1", "was": "grid-1"}
    assert "care-1" in words(browser.get(f"/coordinator/certifications/{certification.id}"))
    assert interview.performance.rubric == first
    oral.open_room(db, evaluator, interview)
    assert interview.performance.rubric == own  # booked before, opened after

    browser.post(there, data={"name": ""})
    assert certification.rubric_id is None
    oral.open_room(db, evaluator, interview)
    assert interview.performance.rubric == own
