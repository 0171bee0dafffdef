"""Anybody: home, verification of a document, health, the page behind an e-mailed link."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from evaluator_app.desks.public import clock, documents, entry, feed, health, pages  # noqa: E402, F401 -- the views register themselves
