"""The way from the oral's own page to a candidate's whole space."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared.personal_link import masked
from evaluator_app.sign_in.throttle import mails
from evaluator_app.web.edge import db, for_role, person
from kernel.permissions import Role
from people import recovering


@for_role(Role.CANDIDATE, on_the_way=True)
@mails
def send_space() -> ResponseReturnValue:
    """Send whoever came by a personal link one to their whole space, to their own address."""
    user = person()
    recovering.send_link(db(), user)
    return render_template("candidate/oral_alone.html", sent=True, address=masked(user.email))
