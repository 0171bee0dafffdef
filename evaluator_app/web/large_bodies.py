"""How much a request may bring: each view that takes more, or less, than the others says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

View = TypeVar("View", bound=Callable[..., Any])


def takes(most: int) -> Callable[[View], View]:
    """Let a view take bodies of up to `most` bytes."""

    def mark(view: View) -> View:
        view.max_bytes = most  # type: ignore[attr-defined]  # `init_app` reads it
        return view

    return mark


def init_app(app: Flask) -> None:
    """Set the limit before anything reads a body; the CSRF check is the first that does."""

    @app.before_request
    def _limit() -> None:
        view = app.view_functions.get(request.endpoint or "")
        most = getattr(view, "max_bytes", None)
        if most is not None:
            request.max_content_length = most
