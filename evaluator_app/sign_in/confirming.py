"""Acts that a session alone does not allow: whoever does them shows once more that it is them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import redirect, request, url_for

from evaluator_app.sign_in.entering import mine, safe_next
from evaluator_app.web.edge import SAFE, person
from people import sessions


def _to_confirm() -> Any:
    """Lead to the page that asks, and back to the page that the act was asked from."""
    asked = request.path if request.method in SAFE else urlsplit(request.referrer or "").path
    return redirect(url_for("account.confirm", next=safe_next(asked)), 303)


def confirmed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard what changes how one signs in: its person has shown who they are minutes ago."""

    @functools.wraps(view)
    def guarded(*things: Any, **parts: Any) -> Any:
        if not sessions.proved(mine()):
            return _to_confirm()
        return view(*things, **parts)

    return guarded


def confirmed_by_password(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard what touches other people's accounts; whoever has no password is not asked for one."""

    @functools.wraps(view)
    def guarded(*things: Any, **parts: Any) -> Any:
        if person().password is not None and not sessions.proved(mine()):
            return _to_confirm()
        return view(*things, **parts)

    return guarded
