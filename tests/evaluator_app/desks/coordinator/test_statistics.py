"""The page of figures: empty, too small, enough; and the file."""

from __future__ import annotations

import html

from sqlalchemy import select

from kernel.audit import AuditEntry
from results import figures, validation
from tests.results.test_validation import complete


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def validated(make, number: int, certification=None) -> None:
    coordinator = make.coordinator()
    for _ in range(number):
        more = {"certification": certification} if certification else {}
        validation.validate(make.db, coordinator.actor, complete(make, **more))
    make.db.commit()


def test_figures_come_with_enough_results(make, signed_in, monkeypatch):
    monkeypatch.setattr(figures, "LEAST", 3)
    browser = signed_in(make.coordinator())
    assert "Aucun résultat" in text(browser.get("/coordinator/statistics"))
    certification = make.certification(name_fr="Passerelle", name_en="Gateway")
    validated(make, 2, certification)
    assert "2 résultats\u00a0: trop peu" in text(browser.get("/coordinator/statistics"))
    validated(make, 1, certification)
    validated(make, 1)
    page = text(browser.get("/coordinator/statistics"))
    assert ("Réussite selon l'objectif" in page, "100\u00a0%" in page) == (True, True)
    assert "trop peu pour un chiffre" in page  # the other certification's one
    only = text(browser.get(f"/coordinator/statistics?certification={certification.id}"))
    assert "Par certification" not in only
    assert "Aucun résultat" in text(browser.get("/coordinator/statistics?until=2001-01-01"))
    assert browser.get("/coordinator/statistics?from=x&until=&certification=y").status_code == 200


def test_the_file_hides_small_groups_too(db, make, signed_in, monkeypatch):
    monkeypatch.setattr(figures, "LEAST", 3)
    validated(make, 3, make.certification(name_fr="Passerelle"))
    validated(make, 2, make.certification(name_fr="=Petite"))
    answer = signed_in(make.coordinator()).get("/coordinator/statistics.csv")
    rows = [line.split(";") for line in answer.get_data(as_text=True).strip().splitlines()]
    small = [row[1:] for row in rows if row[0] == "'=Petite"]
    assert small == [["Résultats", "", "2"]]
    large = {(row[1], row[2]): row[3] for row in rows if row[0] == "Passerelle"}
    assert large["Niveau global", "B2"] == "3"
    assert large["Part qui atteint son objectif", ""] == "1,0"
    assert "statistics.download" in db.scalars(select(AuditEntry.act)).all()
