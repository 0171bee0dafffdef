"""The pages of a deliberation: many results at once, a meeting, its minutes as a PDF."""

from __future__ import annotations

import html
import io
import re

import pypdf
import pytest
from sqlalchemy import select

from kernel import clock
from results import confirming, jury
from results.models import Deliberation, JuryAct, JuryDecision
from tests.results.test_validation import complete


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def digests(page: str) -> dict[int, str]:
    asked = re.findall(r'name="digest-(\d+)" value="([0-9a-f]+)"', page)
    return {int(number): digest for number, digest in asked}


def approve(browser, *numbers: int, address: str = "/coordinator/deliberation"):
    known = digests(text(browser.get(address)))
    data = {"candidacy": [str(number) for number in numbers]}
    data |= {f"digest-{number}": digest for number, digest in known.items()}
    return browser.post(address, data=data)


@pytest.fixture
def two(app):
    app.extensions["viva"].settings.validators = 2


def test_ticked_results_are_approved_together_and_what_cannot_be_says_why(db, make, signed_in):
    good, also, stuck = complete(make), complete(make), complete(make)
    browser = signed_in(make.coordinator())
    page = text(browser.get("/coordinator/deliberation"))
    assert set(digests(page)) == {good.id, also.id, stuck.id}
    jury.withhold(db, make.coordinator().actor, stuck, "enquête")
    db.commit()
    answer = browser.post(
        "/coordinator/deliberation",
        data={
            "candidacy": [str(good.id), str(also.id), str(stuck.id)],
            **{f"digest-{number}": digest for number, digest in digests(page).items()},
        },
    )
    assert answer.status_code == 200
    said = text(answer)
    assert "1 résultat n'a pas été validé" in said
    assert "2 résultats partent bientôt" in said
    held = [confirming.held(db, candidacy.id) for candidacy in (good, also, stuck)]
    assert [confirmation is not None for confirmation in held] == [True, True, False]


def test_nothing_ticked_or_changed_since_is_said(db, make, signed_in):
    candidacy = complete(make)
    browser = signed_in(make.coordinator())
    answer = browser.post("/coordinator/deliberation", data={})
    assert (answer.status_code, "Cochez au moins un résultat" in text(answer)) == (422, True)
    stale = {"candidacy": str(candidacy.id), f"digest-{candidacy.id}": "0" * 64}
    assert "a changé depuis" in text(browser.post("/coordinator/deliberation", data=stale))
    assert db.scalars(select(JuryDecision)).all() == []


def test_a_jury_of_nobody_has_an_empty_page(make, signed_in):
    browser = signed_in(make.coordinator())
    assert "Aucun résultat n'attend" in text(browser.get("/coordinator/deliberation"))
    assert "Aucune réunion" in text(browser.get("/coordinator/deliberation/meetings"))
    assert browser.get("/coordinator/deliberation?meeting=999").status_code == 404
    assert browser.get("/coordinator/deliberation/meetings/999").status_code == 404


def test_a_meeting_from_its_opening_to_its_minutes(db, make, signed_in):
    validated, withheld, returned = complete(make), complete(make), complete(make)
    browser = signed_in(make.coordinator())
    refused = browser.post("/coordinator/deliberation/meetings/new", data={"present": " \n"})
    assert (refused.status_code, "au moins une personne" in text(refused)) == (422, True)
    answer = browser.post(
        "/coordinator/deliberation/meetings/new",
        data={"present": "Anne Roy\nЮлия Петрова", "language": ""},
    )
    meeting = db.scalars(select(Deliberation)).one()
    here = f"/coordinator/deliberation?meeting={meeting.id}"
    assert answer.headers["Location"] == here
    assert "Présents\u00a0: Anne Roy, Юлия Петрова." in text(browser.get(here))

    approve(browser, validated.id, address=here)
    for candidacy, act in ((withheld, "withhold"), (returned, "return")):
        address = f"/coordinator/deliberation/{candidacy.id}/{act}?meeting={meeting.id}"
        assert browser.post(address, data={"reason": f"motif de {act}"}).headers["Location"] == here
    assert (
        browser.get(f"/coordinator/deliberation/meetings/{meeting.id}/minutes.pdf").status_code
        == 409
    )
    browser.post(f"/coordinator/deliberation/meetings/{meeting.id}/close")
    db.expire_all()
    assert [row.act for row in meeting.decisions] == [
        JuryAct.APPROVE,
        JuryAct.WITHHOLD,
        JuryAct.RETURN,
    ]
    page = text(browser.get(f"/coordinator/deliberation/meetings/{meeting.id}"))
    assert "motif de withhold" in page
    pdf = browser.get(f"/coordinator/deliberation/meetings/{meeting.id}/minutes.pdf")
    pages = pypdf.PdfReader(io.BytesIO(pdf.data)).pages
    said = " ".join(word for leaf in pages for word in leaf.extract_text().split())
    for words in (
        "Procès-verbal de délibération",
        "Anne Roy",
        "Юлия Петрова",
        validated.candidate.name,
        "Résultat validé : B2",
        "motif de withhold",
        "Notes renvoyées à l’évaluateur",
    ):
        assert words in said
    closed = browser.post(
        f"/coordinator/deliberation/{withheld.id}/withhold?meeting={meeting.id}",
        data={"reason": "trop tard"},
    )
    assert closed.status_code == 409


def test_a_long_meeting_takes_several_pages(db, make, signed_in):
    person = make.coordinator()
    meeting = Deliberation(present=["Anne"], opened_at=clock.now(), opened_by_id=person.id)
    db.add(meeting)
    candidacy = complete(make)
    meeting.decisions += [
        JuryDecision(
            candidacy_id=candidacy.id,
            act=JuryAct.RETURN,
            by_id=person.id,
            at=clock.now(),
            reason=f"motif {number} " * 12,
        )
        for number in range(40)
    ]
    meeting.closed_at = clock.now()
    db.commit()
    browser = signed_in(person)
    pdf = browser.get(f"/coordinator/deliberation/meetings/{meeting.id}/minutes.pdf?lang=en")
    pages = [leaf.extract_text() for leaf in pypdf.PdfReader(io.BytesIO(pdf.data)).pages]
    assert len(pages) > 3
    assert [f"Page {number + 1}" in page for number, page in enumerate(pages)] == [True] * len(
        pages
    )
    assert all(f"motif {number} " in " ".join(pages) for number in range(40))


def test_two_people_validate_on_the_page_of_the_candidacy(db, make, signed_in, two):
    candidacy, first, second = complete(make), make.coordinator(), make.coordinator()
    address = f"/coordinator/candidacies/{candidacy.id}"
    digest = confirming.validation.decided(db, candidacy)[1].digest
    db.commit()
    here = signed_in(first)
    assert "Une seconde personne doit valider" in text(here.get(address))
    answer = here.post(f"{address}/validate", data={"digest": digest}, follow_redirects=True)
    assert "Validé par vous" in text(answer)
    assert 'data-opens="validate"' not in text(here.get(address))
    other = signed_in(second)
    assert f"Déjà validé par {first.name}" in text(other.get(address))
    other.post(f"{address}/validate", data={"digest": digest})
    assert f"Confirmés par {first.name}, {second.name}" in text(other.get(address))


def test_a_result_is_withheld_and_released_on_the_page_of_the_candidacy(db, make, signed_in):
    candidacy = complete(make)
    browser = signed_in(make.coordinator())
    address = f"/coordinator/candidacies/{candidacy.id}"
    assert browser.post(f"{address}/withhold", data={"reason": ""}).status_code == 422
    browser.post(f"{address}/withhold", data={"reason": "pièce à revoir"})
    page = text(browser.get(address))
    assert ("« pièce à revoir »" in page, 'data-opens="validate"' in page) == (True, False)
    assert "Résultat retenu" in text(browser.get("/coordinator/"))
    browser.post(f"{address}/withhold/lift")
    assert 'data-opens="validate"' in text(browser.get(address))
