"""The demo's clock: moved by hours or days, so that rules that take days can be seen today."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import redirect, request
from flask.typing import ResponseReturnValue

from evaluator_app.sign_in.entering import safe_next
from evaluator_app.web.edge import house
from evaluator_app.web.incoming import whole
from kernel import clock
from kernel.errors import N_, Invalid, NotThere

MOST = 366 * 24 * 60


def move_clock() -> ResponseReturnValue:
    """Move the clock by so many `minutes`; 0 brings it back to real time. Only in a demo."""
    if not house().settings.sandbox:
        raise NotThere
    minutes = whole(request.form, "minutes", MOST + 1, least=-MOST)
    if minutes > MOST:
        raise Invalid(N_("L'horloge avance ou recule d'un an au plus."), "minutes")
    clock.move(timedelta(minutes=minutes) if minutes else -clock.offset())
    return redirect(safe_next(urlsplit(request.referrer or "").path) or "/")
