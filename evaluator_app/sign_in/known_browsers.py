"""Browsers by which somebody came in before: strangers' wrong passwords do not make them wait.

A cookie of its own outlives the session. It signs nobody in: it only says from where a try comes.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, after_this_request, request

from evaluator_app.web.edge import house
from kernel import links
from kernel.errors import NotThere
from people.locking import Place
from people.models import User

PURPOSE = "known browser"
LASTS_S = 180 * 24 * 3600
MOST_PEOPLE = 8
"""So many people of one browser are remembered, the last ones."""


def cookie_name() -> str:
    """Return the cookie's name; over https, one that no other host of the domain can set."""
    return "__Host-viva-known" if house().settings.over_https else "viva-known"


def _kept() -> dict[str, Any]:
    """Return what this browser keeps: its mark, and of whom."""
    cookie = request.cookies.get(cookie_name(), "")
    try:
        kept = links.read(house().settings, PURPOSE, cookie, max_age=LASTS_S)
    except NotThere:
        return {"b": "", "u": []}
    return kept


def place_of(user: User) -> Place:
    """Return where this request comes from, as `user` sees it."""
    kept = _kept()
    if user.id in kept["u"]:
        return Place.browser(kept["b"])
    return Place.address(request.remote_addr or "")


def remember(user: User) -> None:
    """Let this browser, which `user` has just come in by, be known to them."""
    kept = _kept()
    people = [user.id, *(other for other in kept["u"] if other != user.id)][:MOST_PEOPLE]
    settings = house().settings
    mark = kept["b"] or secrets.token_urlsafe(12)
    value = links.sign(settings, PURPOSE, {"b": mark, "u": people})

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            value,
            max_age=LASTS_S,
            secure=settings.over_https,
            httponly=True,
            samesite="Lax",
        )
        return response
