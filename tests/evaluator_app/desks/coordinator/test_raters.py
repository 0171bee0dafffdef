"""Pages on how evaluators compare: figures, too few of them, none, files, and whose they are."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.permissions import SYSTEM
from rubrics.library import grid
from rubrics.models import AssignmentReason, Mark, RaterRole, SheetState
from rubrics.raters import studies, studying

FEW = "Moins de 10 oraux partagés"


@pytest.fixture
def oral(make, db):
    """Give `oral(first, second, mine, theirs)`: conducted by one, marked again by another."""

    def made(first, second, mine: int, theirs: int, ago: int = 0) -> None:
        performance = make.performance()
        at = clock.now() - timedelta(days=ago)
        for rater, role, thirds in (
            (first, RaterRole.FIRST, mine),
            (second, RaterRole.SECOND, theirs),
        ):
            sheet = make.scoresheet(
                performance, rater, role, state=SheetState.SUBMITTED, submitted_at=at
            )
            assert sheet.assignment.reason is not AssignmentReason.CALIBRATION
            db.add_all(
                Mark(scoresheet_id=sheet.id, criterion=key, thirds=thirds, updated_at=at)
                for key in grid().keys
            )
        db.flush()

    return made


@pytest.fixture
def studied(db, database):
    """Give `studied()`: figures made from what was marked."""

    def made() -> None:
        number = studies.ask(db, SYSTEM).id
        db.commit()
        studying.make(database, number)
        db.expire_all()

    return made


@pytest.fixture
def pair(make):
    return (
        make.evaluator(given_name="Ada", family_name="Severe"),
        make.evaluator(given_name="Bob", family_name="Steady"),
    )


@pytest.fixture
def compared(oral, studied, pair) -> None:
    for number in range(14):
        theirs = 7 + number % 5
        oral(*pair, theirs - 1 - number % 2, theirs, ago=20 - number)
    studied()


@pytest.fixture
def browser(signed_in, make):
    return signed_in(make.coordinator())


@pytest.mark.usefixtures("compared")
def test_a_coordinator_reads_the_table(browser):
    page = browser.get("/coordinator/raters").text
    assert "Ada Severe" in page
    assert "Bob Steady" not in page[: page.index("Sévérité, toutes")]  # nothing live
    assert "−1,5" in page  # thirds lower than the recording
    assert FEW not in page
    assert "Effet du mode" not in page  # Ada is live, Bob is not: nobody tells mode from person
    assert "2 groupes sans oral en commun" in page
    recorded = browser.get("/coordinator/raters?mode=second&lang=en").text
    assert "Bob Steady" in recorded
    assert "+1.5" in recorded


@pytest.mark.usefixtures("compared")
def test_one_evaluator_has_a_page_by_criterion(browser, pair):
    page = browser.get(f"/coordinator/raters/{pair[0].id}").text
    assert all(name in page for name in grid().names("fr").values())
    assert "<h2>En direct, face à l'enregistrement</h2>" in page
    assert "vv-raters-chart" in page
    assert browser.get(f"/coordinator/raters/{pair[1].id}?period=quarter").status_code == 200


@pytest.mark.usefixtures("compared")
def test_evaluators_see_their_own_and_no_names_of_others(signed_in, pair):
    page = signed_in(pair[0]).get("/evaluator/marking").text
    assert "vous notez un peu plus bas : 1,5 tiers" in page
    assert "<h2>En direct, face à l'enregistrement</h2>" in page
    assert "Bob" not in page
    assert "Ada" not in signed_in(pair[1]).get("/evaluator/marking").text


def test_too_few_show_no_figure(browser, oral, studied, pair, signed_in):
    for number in range(9):
        oral(*pair, 9, 10 + number % 2)
    studied()
    page = browser.get("/coordinator/raters").text
    assert FEW in page
    assert "vv-raters-axis" not in page
    table = browser.get("/coordinator/raters.csv").text
    ada = next(line for line in table.splitlines() if line.startswith("Ada"))
    assert ada.split(";")[5:] == ["9", "9", *[""] * 16]
    own = signed_in(pair[0]).get("/evaluator/marking").text
    assert "9 oraux partagés jusqu'ici" in own
    assert "vv-raters-axis" not in own


@pytest.mark.parametrize("path", ["/coordinator/raters", "/coordinator/raters?mode=x&period=y"])
def test_before_anything_there_is_a_page_that_says_so(browser, path, studied):
    assert "Rien à comparer encore" in browser.get(path).text
    studied()
    assert "Rien à comparer encore" in browser.get(path).text


def test_whoever_has_no_shared_oral_reads_so(signed_in, pair, browser):
    assert "Rien à comparer encore" in signed_in(pair[0]).get("/evaluator/marking").text
    assert "Rien à comparer encore" in browser.get(f"/coordinator/raters/{pair[0].id}").text


@pytest.mark.usefixtures("compared")
def test_figures_are_taken_along_as_a_table_and_as_a_workbook(db, browser):
    lines = browser.get("/coordinator/raters.csv").text.splitlines()
    assert len(lines) == 1 + 2 * 2 * 7  # two modes, all and one evaluator, overall and six criteria
    ada = next(line.split(";") for line in lines if line.startswith("Ada"))
    assert ada[:7] == [
        *("Ada Severe", "anglais", "Douze derniers mois"),
        *("En direct, face à l'enregistrement", "Ensemble", "14", "14"),
    ]
    assert ada[-4] == "-1,5"
    book = load_workbook(io.BytesIO(browser.get("/coordinator/raters.xlsx").data))
    assert [sheet.title for sheet in book] == ["Accord", "Sévérité"]
    names = {row[0] for row in book["Sévérité"].iter_rows(min_row=2, values_only=True)}
    assert names == {"Ada Severe", "Bob Steady"}
    downloads = select(AuditEntry.id).where(AuditEntry.act == "raters.download")
    assert len(db.scalars(downloads).all()) == 2


def test_a_coordinator_asks_for_figures_and_follows_them(browser, db):
    answer = browser.post("/coordinator/raters/study", follow_redirects=True)
    assert "Le calcul attend son tour" in answer.text
    first = studies.latest(db)
    browser.post("/coordinator/raters/study")
    assert studies.latest(db).id == first.id
