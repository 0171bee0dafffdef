"""The equipment test on a page of its own, as often as one wants; the oral's page holds it too."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.candidate import bp
from evaluator_app.desks.candidate.phones import is_phone
from evaluator_app.desks.candidate.sayings import equipment_sayings
from evaluator_app.desks.shared.ice import ice_servers
from evaluator_app.web.edge import db, for_role, house, person
from evaluator_app.words import _
from kernel import clock
from kernel.permissions import Role
from people.models import User
from proctor import equipment as tests

MOST_DIGITS = 9


def equipment_page(user: User, address: str) -> dict[str, Any]:
    """Return what `candidate/equipment.html` shows to either of the two people.

    `address` takes the test's facts; `address`/probe answers its offer.
    """
    latest = tests.latest(db(), user.id)
    last = tests.judge(tests.read(latest.facts)) if latest is not None else ()
    return {
        "data": {
            "equipment": address,
            "ice": ice_servers(house().settings, user.id, clock.now()),
            "phone": is_phone(request.user_agent.string),
            "words": equipment_sayings(),
        },
        "latest": latest,
        "last": {one.part: (one.state, _(one.words, **one.params)) for one in last},
        "phone": is_phone(request.user_agent.string),
    }


@bp.get("/equipment")
@for_role(Role.CANDIDATE, on_the_way=True)
def equipment() -> ResponseReturnValue:
    """Show the four tiles."""
    page = equipment_page(person(), url_for(".equipment"))
    return render_template("candidate/equipment.html", **page, next=_next())


def _next() -> dict[str, str] | None:
    """Return the way on to the written test, when one of its steps led here."""
    then = request.args.get("then", "")
    if not then.isdecimal() or len(then) > MOST_DIGITS:
        return None
    return {"label": _("Continuer"), "href": url_for(".written", candidacy_id=int(then))}
