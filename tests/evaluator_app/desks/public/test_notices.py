"""The notices at the foot of every page say what the settings say, in both languages."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from flask import Flask
from twins import on_sqlite

from evaluator_app.words.notices import BASES, COMPLIANCE, KEPT, kept
from kernel.certifier import INVENTED, AccessibilityState, PrivacyBasis
from kernel.retention import RetentionClass

PLACES = ("/legal", "/privacy", "/accessibility")


def words(answer) -> str:
    page = html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    return " ".join(page.replace("\u00a0", " ").split())


def test_everything_that_may_be_said_has_its_words():
    assert KEPT.keys() == set(RetentionClass)
    assert BASES.keys() == set(PrivacyBasis) - {PrivacyBasis.UNSAID}
    assert COMPLIANCE.keys() == set(AccessibilityState)


@on_sqlite
@pytest.mark.parametrize("place", ["/", "/login", "/verify", *PLACES])
def test_every_page_leads_to_them(client, place):
    page = client.get(place).get_data(as_text=True)
    foot = page[page.index("vv-foot__notices") :]
    assert re.findall(r'<a href="(/[a-z]+)"', foot) == list(PLACES)


@on_sqlite
@pytest.mark.parametrize(
    ("place", "names"),
    [
        (
            "/legal",
            (
                "certifier_name",
                "certifier_address",
                "certifier_phone",
                "certifier_number",
                "publication_director",
                "hosting",
                "support_email",
            ),
        ),
        ("/privacy", ("certifier_name", "certifier_address", "privacy_email")),
        ("/accessibility", ("certifier_name", "certifier_phone", "support_email")),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_notice_says_who_certifies(client, place, names, lang):
    page = words(client.get(f"{place}?lang={lang}"))
    assert [name for name in names if INVENTED[name] not in page] == []


@on_sqlite
def test_how_long_things_are_kept_is_what_the_settings_say(app: Flask, client, settings):
    page = words(client.get("/privacy?lang=en"))
    assert "Picture of your identity document 72 hours after it was taken" in page
    assert "Answers of the written test 5 years after the test" in page
    with app.test_request_context("/?lang=fr"):
        changed = kept(settings.model_copy(update={"recording_months": 1}))
    assert ("Enregistrement de l'oral et ses copies", "1 mois", "après l'oral") in changed


@on_sqlite
def test_nothing_is_invented_of_what_nobody_said(app: Flask, client):
    house = app.extensions["viva"]
    said = house.settings
    unsaid = dict.fromkeys((name for name in INVENTED if name != "certifier_name"), "")
    app.extensions["viva"] = dataclasses.replace(house, settings=said.model_copy(update=unsaid))
    try:
        pages = {place: client.get(place) for place in PLACES}
    finally:
        app.extensions["viva"] = house
    assert [answer.status_code for answer in pages.values()] == [200] * 3
    assert "Hébergement" not in words(pages["/legal"])
    assert "Ce traitement repose" not in words(pages["/privacy"])
