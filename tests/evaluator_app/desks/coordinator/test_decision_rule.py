"""The decision rule of a certification: seen, chosen for the next enrolments, refused by words."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from enrolment.models import Candidacy
from kernel.audit import AuditEntry
from kernel.levels import Level
from kernel.permissions import SYSTEM
from results import policies, validation
from results.policy import DEFAULT, OralKind, OralRule
from rubrics.library import grid
from tests.evaluator_app.desks.organisation.test_organisation import FORM
from tests.results.test_past_versions import SEVERE, second_grid
from tests.results.test_validation import complete


def text(answer) -> str:
    """What a page says, without its marks."""
    page = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(page.replace("&#39;", "'").split())


def page_of(certification) -> str:
    return f"/coordinator/certifications/{certification.id}/rule"


def test_the_rule_in_force_is_told_with_its_version_date_and_digest(db, make, signed_in):
    candidacy = make.candidacy()
    policies.publish(db, SYSTEM, SEVERE, grid())
    browser = signed_in(make.coordinator())
    whole = text(browser.get(f"/coordinator/certifications/{candidacy.certification_id}"))
    assert "Règle de décision En vigueur default-1" in whole
    page = text(browser.get(page_of(candidacy.certification)))
    default, severe = page.split(" default-1 ", 1)[1].split(" severe-2 ", 1)
    assert default.startswith(
        "En vigueur Oral : moyenne des critères, de même poids, arrondie au niveau le plus proche. "
        "L'oral dépasse le critère le plus bas d'un niveau au plus. "
    )
    assert "Version 1 Publiée le" in default
    assert "Candidatures en cours 1" in default
    assert policies.digest(DEFAULT) in default
    assert "Version 2 Publiée le" in severe
    assert "Candidatures en cours 0" in severe
    assert "1 candidature en cours garde sa règle." in severe
    english = text(browser.get(f"{page_of(candidacy.certification)}?lang=en"))
    assert "The oral stands at most one level above the lowest criterion." in english


def test_another_rule_decides_the_next_enrolments_alone(db, make, signed_in):
    certification = make.certification()
    before = complete(make, thirds=11, certification=certification)
    policies.publish(db, SYSTEM, SEVERE, grid())
    coordinator = make.coordinator()
    browser = signed_in(coordinator)
    for _again in range(2):
        answer = browser.post(page_of(certification), data={"policy": SEVERE.name})
        assert answer.status_code == 302
    assert "« severe-2 » décidera" in text(browser.get(page_of(certification)))
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.act == "certification.policy"))
    assert (entry.actor_id, entry.subject_id, entry.data) == (
        coordinator.id,
        certification.id,
        {"policy": "severe-2", "digest": policies.digest(SEVERE), "was": "default-1"},
    )
    enrolled = signed_in(make.manager()).post(
        "/organisation/enrol", data=FORM | {"certification": certification.id}
    )
    assert enrolled.status_code == 302
    newest = db.scalars(select(Candidacy).order_by(Candidacy.id.desc())).first()
    assert (before.policy, newest.policy) == ("default-1", "severe-2")
    row = validation.validate(db, coordinator.actor, before)
    assert (row.policy, row.oral) == ("default-1", Level.B2)


def test_a_rule_of_other_criteria_is_refused_in_words(db, make, signed_in):
    certification = make.certification()
    other = second_grid({"fluency": "charm"})
    weights = tuple((key, 1) for key in other.keys)
    rule = replace(SEVERE, name="charming-1", oral=OralRule(OralKind.WEIGHTED_MEAN, weights))
    policies.publish(db, SYSTEM, rule, other)
    browser = signed_in(make.coordinator())
    page = text(browser.get(page_of(certification)))
    assert "charming-1 Ne porte pas sur les critères de la grille" in page
    assert "Choisir cette règle" not in page
    for name, why in (
        ("charming-1", "La règle « charming-1 » ne porte pas sur les critères de la grille."),
        ("nowhere-1", "La règle de décision « nowhere-1 » n'est pas publiée."),
    ):
        assert browser.post(page_of(certification), data={"policy": name}).status_code == 302
        assert why in text(browser.get(page_of(certification)))
    assert certification.policy == "default-1"
