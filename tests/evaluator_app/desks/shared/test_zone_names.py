"""Zones by their cities, the same on every form that asks for one."""

from __future__ import annotations

import re

import pytest
from twins import on_sqlite

from evaluator_app.desks.shared import zones
from kernel import exam_zone

FORMS = {
    "account": ("/account/", "timezone"),
    "invite": ("/coordinator/people/invite", "timezone"),
    "agenda": ("/evaluator/agenda", "zone"),
    "enrol": ("/organisation/enrol", "timezone"),
}


def offered(page: str, name: str) -> list[tuple[str, str]]:
    [select] = re.findall(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)
    return re.findall(r'<option[^>]*? value="([^"]+)"[^>]*>([^<]+)</option>', select)


@on_sqlite
@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_zones_as_people_do(app, make, signed_in, form):
    make.certification()
    who = {"enrol": make.manager, "agenda": make.evaluator}.get(form, make.coordinator)
    address, name = FORMS[form]
    shown = offered(signed_in(who()).get(address).get_data(as_text=True), name)
    with app.test_request_context("/?lang=fr"):
        expected = [pair for cities in zones.choices().values() for pair in cities]
    assert shown == expected
    named = dict(shown)
    assert (named[exam_zone.USUAL], named["Europe/Athens"]) == ("Paris", "Athènes")
    assert [word for word in named.values() if "/" in word or "_" in word] == []


@on_sqlite
def test_cities_stand_in_their_alphabets_order(app):
    with app.test_request_context("/?lang=fr"):
        american = [city for _zone, city in zones.choices()["Amérique"]]
    near = [american.index(city) for city in ("Edmonton", "Eirunepé", "El Salvador")]
    assert near == sorted(near)


@on_sqlite
def test_a_zone_under_a_former_name_is_kept_and_called_by_its_city(app):
    with app.test_request_context("/?lang=fr"):
        assert zones.choices("America/Montreal")[""] == [("America/Montreal", "Toronto")]
        assert "" not in zones.choices("America/Toronto")
