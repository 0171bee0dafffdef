"""A computer in another zone than the account: said quietly, with the way to change it."""

from __future__ import annotations

import re

import pytest
from at_rest import follow
from playwright.sync_api import expect

CONTINUE = re.compile("^(Continuer|Continue)$")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Brussels", None),
        ("Africa/Algiers", ("Algiers", "Alger")),
        ("America/New_York", ("New York", "New York")),
    ],
)
def test_another_zone_is_said_on_the_way_and_above_the_hours(demo, visit, zone, said):
    page = visit(demo.enter("candidate_booking"), zone=zone)
    follow(page.get_by_role("button", name=CONTINUE))
    hours = page.get_by_role("link", name="Choisir mon heure").get_attribute("href")
    # Where zones are listed, the computer's bears its name in the page's language.
    for address, place in zip(
        ("/candidate/?lang=fr", f"{hours}?lang=fr"), said or "--", strict=True
    ):
        page.goto(f"{demo.links['base_url']}{address}")
        note = page.locator("[data-other-zone]")
        expect(note).to_have_count(1)
        if said is None:
            expect(note).to_be_hidden()
            continue
        expect(note).to_contain_text(
            re.compile(rf"à l'heure de Paris.; cet ordinateur est réglé sur {place}\.")
        )
        expect(page.get_by_text("Changer de fuseau").locator("visible=true")).to_have_count(1)
