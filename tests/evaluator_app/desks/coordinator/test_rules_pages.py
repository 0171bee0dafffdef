"""Coordinators write a decision rule: an example decides anew, a trial tells who would change."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from kernel.audit import AuditEntry
from kernel.levels import Level
from results import policies, policy_drafts, trials, validation
from results.models import PolicyDraft, PolicyTrial
from results.policy import DEFAULT, OralKind, OverallKind, Rounding
from results.trying import Tally
from tests.results.test_validation import complete

HERE = "/coordinator/certifications/rules"
WEIGHTS = {f"weight-{key}": "1" for key in DEFAULT.oral.criteria}
SENT = WEIGHTS | {
    "act": "save",
    "seen": "0",
    "kind": "capped_mean",
    "rounding": "half_up",
    "cap_thirds": "3",
    "allowed_below": "0",
    "allowed_not_assessable": "1",
    "overall": "mean",
    "oral_weight": "2",
    "written_weight": "1",
    "overall_rounding": "down",
    "cap_levels": "1",
}
"""What the form sends of the default rule."""


@pytest.fixture
def browser(make, signed_in):
    return signed_in(make.coordinator())


@pytest.fixture
def draft(db, make, browser) -> PolicyDraft:
    make.rubric()
    begun = browser.post(f"{HERE}/{make.policy().id}/draft", data={"name": "severe-1"})
    draft = db.scalars(select(PolicyDraft)).one()
    assert begun.location.endswith(f"{HERE}/drafts/{draft.id}")
    return draft


def words(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def decided(page: str) -> str:
    return page[page.index('id="decided"') :]


def test_the_form_of_a_rule_says_the_same_rule(browser, draft):
    there = f"{HERE}/drafts/{draft.id}"
    assert browser.post(there, data=SENT).status_code == 302
    assert policy_drafts.read(draft).oral == DEFAULT.oral
    assert policy_drafts.read(draft).overall == DEFAULT.overall
    matrix = {
        f"matrix-{oral.value}-{written.value}": min(oral, written).value
        for oral in Level
        for written in Level
    }
    sent = SENT | matrix | {"seen": "1", "kind": "conjunctive", "allowed_below": "2"}
    assert browser.post(there, data=sent | {"overall": "matrix"}).status_code == 302
    written = policy_drafts.read(draft)
    assert (written.oral.kind, written.oral.allowed_below) == (OralKind.CONJUNCTIVE, 2)
    assert written.overall.matrix == tuple(
        tuple(min(oral, written) for written in Level) for oral in Level
    )
    sent = SENT | {"seen": "2", "overall": "oral_weighted", "cap_levels": "none"}
    assert browser.post(there, data=sent).status_code == 302
    overall = policy_drafts.read(draft).overall
    assert (overall.kind, overall.oral_weight, overall.cap_levels) == (
        OverallKind.ORAL_WEIGHTED,
        2,
        None,
    )


def test_an_example_is_decided_anew_and_nothing_is_kept(browser, draft):
    there = f"{HERE}/drafts/{draft.id}"
    marks = {f"mark-{key}": "12" for key in DEFAULT.oral.criteria} | {"mark-interaction": "9"}
    looked = SENT | marks | {"act": "preview", "written": "B2", "target": "B2"}
    page = decided(words(browser.post(there, data=looked)))
    assert "Résultat : global B2, écrit B2, oral B2" in page
    page = decided(words(browser.post(there, data=looked | {"kind": "conjunctive"})))
    assert "Niveau le plus haut que tous les critères atteignent" in page
    assert "Résultat : global B1, écrit B2, oral B1" in page
    assert (draft.revision, policy_drafts.read(draft).oral) == (0, DEFAULT.oral)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"weight-fluency": "0"}, "un poids est un nombre entier de 1 à 100"),
        ({"weight-fluency": "1.5"}, "un poids est un nombre entier de 1 à 100"),
        ({"allowed_not_assessable": "6"}, "au moins un critère a une note"),
        ({"kind": "conjunctive", "allowed_below": ""}, "au moins un critère est au niveau"),
        ({"overall": "oral_weighted", "oral_weight": "1"}, "l'oral pèse plus que l'écrit"),
        ({"kind": "dice"}, "ce n'est pas une valeur connue"),
        ({"seen": "4"}, "a changé entre-temps"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_said_and_not_kept(browser, draft, change, why):
    there = f"{HERE}/drafts/{draft.id}"
    assert why in words(browser.post(there, data=SENT | change), 422)
    assert draft.revision == 0
    if "seen" not in change:  # while one writes, it is said beside the example
        assert why in decided(words(browser.post(there, data=SENT | change | {"act": "preview"})))


def test_a_table_that_falls_is_refused(browser, draft):
    matrix = {f"matrix-{o.value}-{w.value}": "B1" for o in Level for w in Level}
    sent = SENT | matrix | {"overall": "matrix", "matrix-C2-C2": "A1"}
    page = words(browser.post(f"{HERE}/drafts/{draft.id}", data=sent), 422)
    assert "la table baisse quand un niveau monte" in page


def test_a_draft_is_tried_then_published_and_never_changes(db, make, browser, draft):
    candidacy = complete(make, thirds=11)
    row = validation.validate(db, make.coordinator().actor, candidacy)
    there = f"{HERE}/drafts/{draft.id}"
    browser.post(there, data=SENT | {"rounding": "down"})
    late = browser.post(f"{there}/try", data={"seen": "0"})
    assert "a changé entre-temps" in words(browser.get(late.location))
    asked = browser.post(f"{there}/try", data={"seen": "1"})
    trial = db.scalars(select(PolicyTrial)).one()
    assert asked.location.endswith(f"{HERE}/trials/{trial.id}")
    assert "En attente de son tour" in words(browser.get(asked.location))
    # The jobs process is another test's: what it would write.
    tally = Tally()
    tally.add(policy_drafts.read(draft), [trials.past_of(row, DEFAULT)])
    trial.outcome, trial.state = tally.as_json(), "done"
    page = words(browser.get(asked.location))
    assert candidacy.candidate.name in page
    assert "B2 (oral B2)</td><td>B1 (oral B1)" in page
    assert "Arrondi de l'oral : <strong>1</strong>" in page
    file = browser.get(f"{asked.location}/changes.csv").get_data(as_text=True)
    assert f"{candidacy.candidate.name};B2 (oral B2);B1 (oral B1);-1;" in file
    assert row.overall is Level.B2

    done = browser.post(f"{there}/publish", data={"seen": "1"})
    page = words(browser.get(done.location))
    assert "La règle « severe-1 » est publiée" in page
    assert "1 personne changerait" in page
    assert policies.read(policies.published(db, "severe-1")).oral.rounding is Rounding.DOWN
    assert browser.get(f"{done.location}/file.json").get_json()["name"] == "severe-1"
    assert browser.get(there).status_code == 404
    acts = db.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("policy.")))
    assert acts.all() == ["policy.draft", "policy.write", "policy.try", "policy.publish"]
    chosen = f"/coordinator/certifications/{candidacy.certification_id}/rule"
    browser.post(chosen, data={"policy": "severe-1"})
    assert candidacy.certification.name_fr in words(browser.get(HERE))
    assert (candidacy.policy, candidacy.certification.policy) == ("default-1", "severe-1")


def test_a_name_is_refused_and_a_draft_is_thrown_away(db, make, browser, draft):
    for name, why in (
        ("severe", "Le nom d'une règle se termine par sa version"),
        ("default-1", "La règle « default-1 » est publiée"),
        ("severe-1", "Un brouillon s'appelle déjà « severe-1 »"),
    ):
        answer = browser.post(f"{HERE}/{make.policy().id}/draft", data={"name": name})
        assert why in words(browser.get(answer.location))
    gone = browser.post(f"{HERE}/drafts/{draft.id}/discard", data={"seen": "0"})
    assert "rien n'a été publié" in words(browser.get(gone.location))
    assert db.scalars(select(PolicyDraft)).all() == []
