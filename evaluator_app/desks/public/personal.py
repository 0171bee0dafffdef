"""The personal link of an oral: opening it signs nobody in, « Continuer » does, until the end."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from enrolment.models import called
from evaluator_app.desks.shared import dates
from evaluator_app.desks.shared.personal_link import masked, send_link
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.sign_in import enter
from evaluator_app.sign_in.forms import LinkForm
from evaluator_app.sign_in.throttle import mails, tries
from evaluator_app.web.edge import db, house, reach
from evaluator_app.words import say, speak
from kernel.errors import NotThere, Refused
from people.models import User
from rooms import interview as interviews
from rooms import joining
from scheduling import personal_links
from scheduling.models import Appointment


def personal(token: str) -> ResponseReturnValue:
    """Show for whom and when, and the button; or why the link serves no more."""
    try:
        appointment = joining.resolve(db(), house().settings, token)
    except (Refused, NotThere) as no:
        forged = isinstance(no, NotThere)
        page = render_template(
            "candidate/link_over.html", message=say(no), forged=forged, form=LinkForm()
        )
        return page, 404 if forged else 410
    user = appointment.candidacy.candidate.user
    speak(user.locale)
    return _page(appointment, user)


@tries
def personal_enter(token: str) -> ResponseReturnValue:
    """Sign in whom the link is for, as often as needed, and go to their oral."""
    appointment = joining.come_in(db(), house().settings, token)
    user = appointment.candidacy.candidate.user
    interview = interviews.create_for(db(), user.actor, appointment)
    whole = current_user.is_authenticated and current_user.user_id == user.id and not reach()
    if not whole:  # who is here already, by their own sign-in, stays so
        enter(user, reach=personal_links.reach(appointment))
    return redirect(url_for("candidate.oral", interview_id=interview.id))


@mails
def personal_send(token: str) -> ResponseReturnValue:
    """Send the same link to the candidate's own address, to be opened on a computer."""
    appointment = joining.resolve(db(), house().settings, token)
    user = appointment.candidacy.candidate.user
    send_link(appointment)
    return _page(appointment, user, sent=True)


def _page(appointment: Appointment, user: User, *, sent: bool = False) -> str:
    other = None
    if current_user.is_authenticated and current_user.user_id != user.id:
        other = current_user.name
    candidacy = appointment.candidacy
    return render_template(
        "candidate/link.html",
        user=user,
        first_name=called(candidacy.candidate.first_names) or candidacy.candidate.name,
        certification=candidacy.certification,
        when=dates.say(appointment.starts_at, user.timezone),
        minutes=round((appointment.ends_at - appointment.starts_at).total_seconds() / 60),
        other=other,
        phone=is_phone(request.user_agent.string),
        sent=sent,
        address=masked(user.email),
        send_url=url_for("public.personal_send", token=(request.view_args or {})["token"]),
    )
