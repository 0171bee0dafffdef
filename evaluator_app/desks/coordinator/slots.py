"""Placing or moving an oral by hand: among the free slots, as the candidate sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length, Optional

from enrolment.models import BEFORE_ORAL, Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.desks.shared.free_hours import reader, show
from evaluator_app.desks.shared.told import flash_told
from evaluator_app.desks.shared.weeks import DayState, moment_name, read, sent, slot
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l, locale
from kernel.errors import N_, NotThere, VivaError
from kernel.permissions import Permission
from people.models import User
from scheduling import appointments, availability, occupancy, placing, queries
from scheduling.models import Appointment

GONE = N_("Cette heure vient d'être prise : choisissez-en une autre.")


class PlaceForm(Form):
    """Why an oral is moved; nothing is asked where one is placed."""

    reason = StringField(_l("Motif"), [Optional(), Length(max=300)])


def _bounds(of: Candidacy) -> tuple[datetime, datetime]:
    return availability.bounds(of, by_hand=True)


def _offer(of: Candidacy, planned: Appointment | None, evaluator_id: int) -> availability.Offer:
    """Return what is free; the hour of an oral that is about to be moved counts as free."""
    taken = occupancy.of_appointment(db(), planned) if planned else None
    return availability.offer(
        db(),
        of,
        *_bounds(of),
        but=taken.id if taken else None,
        by_hand=True,
        only=evaluator_id or None,
    )


def _back(of: Candidacy) -> ResponseReturnValue:
    """Go back to a candidacy whose oral can be neither placed nor moved any more."""
    flash(_("Aucun oral ne peut être placé à l'étape où en est cette candidature."), "wait")
    return redirect(url_for(".candidacy_page", candidacy_id=of.id))


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def slots(candidacy: Candidacy) -> ResponseReturnValue:
    """Show the free slots with everybody who may examine, or with one of them (`with`)."""
    return _page(candidacy) if candidacy.stage in BEFORE_ORAL else _back(candidacy)


def _chosen(evaluators: list[User]) -> int:
    """Return the id of the evaluator that the address asks for, or 0: with anybody.

    Raises:
        NotThere: this one may not examine the candidate.
    """
    asked = request.args.get("with", "")
    if not asked:
        return 0
    chosen = next((user.id for user in evaluators if str(user.id) == asked), None)
    if chosen is None:
        raise NotThere
    return chosen


def _address(endpoint: str, of: Candidacy, chosen: int, at: datetime | None = None) -> str:
    """Return an address of these pages that keeps with whom, and at what hour."""
    kept: dict[str, Any] = {"with": chosen or None, "at": sent(at) if at else None}
    return url_for(endpoint, candidacy_id=of.id, **kept)


def _page(of: Candidacy, problem: str = "", at: datetime | None = None) -> ResponseReturnValue:
    planned = appointments.current(db(), of)
    evaluators = queries.evaluators_for(db(), of)
    chosen = _chosen(evaluators)
    who = reader()
    page = render_template(
        "coordinator/slots.html",
        candidacy=of,
        planned=planned,
        evaluators=evaluators,
        chosen=chosen,
        shown=show(_offer(of, planned, chosen), _bounds(of), at),
        problem=problem,
        zone=who.zone,
        DayState=DayState,
    )
    return page, 409 if problem else 200


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def choose_slot(candidacy: Candidacy) -> ResponseReturnValue:
    """Go on to what is about to be placed."""
    at = read(request.form.get("starts_at", ""))
    if at is None:
        raise NotThere
    chosen = _chosen(queries.evaluators_for(db(), candidacy))
    return redirect(_address(".confirm_slot", candidacy, chosen, at))


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def confirm_slot(candidacy: Candidacy) -> ResponseReturnValue:
    """Say when and with whom, ask why where an oral is moved, and place it."""
    if candidacy.stage not in BEFORE_ORAL:
        return _back(candidacy)
    at = read(request.args.get("at", ""))
    if at is None:
        return redirect(url_for(".slots", candidacy_id=candidacy.id))
    planned = appointments.current(db(), candidacy)
    chosen = _chosen(queries.evaluators_for(db(), candidacy))
    free = _offer(candidacy, planned, chosen).free_at(at)
    if not free:
        return _page(candidacy, _(GONE), at)
    evaluator = db().get_one(User, free[0])
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            words = _place(candidacy, planned, evaluator, at, form.reason.data or "")
        except VivaError as error:
            on_form(form, error)
        else:
            flash_told(words)
            return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))
    page = render_template(
        "coordinator/slot_confirm.html",
        candidacy=candidacy,
        form=form,
        slot=slot(at, reader()),
        evaluator=evaluator,
        back=_address(".slots", candidacy, chosen),
        before=moment_name(planned.starts_at, reader()) if planned else "",
        before_with=planned.evaluator.name if planned else "",
        minutes=round(availability.length(candidacy).total_seconds() / 60),
        certification=candidacy.certification.name(locale()),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _place(
    of: Candidacy, planned: Appointment | None, evaluator: User, at: datetime, reason: str
) -> str:
    """Place or move the oral; return what to say of it."""
    settings = house().settings
    if planned is None:
        placing.place(db(), actor(), settings, of, evaluator, at)
        return _("Rendez-vous pris : le candidat et l'évaluateur le reçoivent par e-mail.")
    placing.move(db(), actor(), settings, planned, evaluator, at, reason)
    return _("Rendez-vous déplacé : le candidat et l'évaluateur le reçoivent par e-mail.")
