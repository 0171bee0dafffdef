"""One's own account, whoever one is: language, password, second factor, signed-in browsers."""

from flask import Blueprint

bp = Blueprint("account", __name__, url_prefix="/account")

from evaluator_app.desks.shared.account import confirming, pages, security  # noqa: E402, F401 -- the views register themselves
