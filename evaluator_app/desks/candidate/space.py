"""The way from the oral's own page to a candidate's whole space."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from enrolment import enrolling
from enrolment import queries as enrolments
from evaluator_app.desks.shared.personal_link import masked
from evaluator_app.sign_in.throttle import mails
from evaluator_app.web.edge import actor, db, for_role, person
from kernel.permissions import Role
from people import entry
from people.models import LinkPurpose


@for_role(Role.CANDIDATE, on_the_way=True)
@mails
def send_space() -> ResponseReturnValue:
    """Send whoever came by a personal link one to their whole space, to their own address."""
    user = person()
    rows = enrolments.of_user(db(), user.id)
    if rows and not entry.sent_lately(db(), user, LinkPurpose.INVITATION):
        enrolling.send_again(db(), actor(), rows[0])
    return render_template("candidate/oral_alone.html", sent=True, address=masked(user.email))
