"""Where a request of the test page comes from, as the watch knows it: page, sign-in, browser."""

from __future__ import annotations

from flask import request

from evaluator_app.sign_in import browsers, entering
from proctor.holding import Place

HEADER = "X-Viva-Watch"
"""Carries the watch's token: no address shows it, and no other site's page can set it."""


def place(page: str = "") -> Place:
    """Return where this request comes from; `page` is the name that the page gives itself."""
    row = entering.mine()
    return Place(
        page=page,
        sign_in=row.id if row is not None else 0,
        address=request.remote_addr or "",
        browser=browsers.name(request.user_agent.string),
    )


def token() -> str:
    """Return the token of the watch that the page shows; "" where it has none."""
    return request.headers.get(HEADER, "")
