"""The error pages: what happened, in both languages, for every status the house answers with."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from evaluator_app.web.faults import KNOWN

TITLES = {
    400: ("La demande n'a pas été comprise", "The request was not understood"),
    403: ("Cette page ne vous est pas ouverte", "This page is not open to you"),
    404: ("Cette page n'existe pas", "This page does not exist"),
    405: ("Cette action n'est pas possible ici", "This action is not possible here"),
    409: ("La situation a changé entre-temps", "Things have changed in the meantime"),
    413: ("Ce que vous avez envoyé est trop lourd", "What you sent is too large"),
    415: ("Cet envoi n'est pas un formulaire", "What was sent is not a form"),
    422: ("Quelque chose manque ou ne convient pas", "Something is missing or does not fit"),
    429: ("Trop d'essais en peu de temps", "Too many attempts in a short time"),
    500: ("Une erreur est survenue chez nous", "Something went wrong on our side"),
    503: ("Le service est momentanément interrompu", "The service is briefly interrupted"),
}


def test_every_status_has_its_words():
    assert set(TITLES) == KNOWN


@pytest.mark.parametrize("status", sorted(TITLES))
def test_an_error_says_what_happened(site: Flask, status: int):
    said = []
    for language in ("fr", "en"):
        page = site.test_client().get(f"/error/{status}?lang={language}").get_data(as_text=True)
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page)[1]
        said.append(title.replace("&#39;", "'"))
    assert tuple(said) == TITLES[status]
