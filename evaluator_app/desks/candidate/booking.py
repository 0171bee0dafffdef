"""The oral's hour: a free slot chosen, kept while one confirms, moved, given up; or more time."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment import extensions
from enrolment.models import Candidacy
from evaluator_app.desks.candidate.booking_page import (
    CancelForm,
    ExtensionForm,
    Problem,
    hours_page,
    minutes_of,
)
from evaluator_app.desks.candidate.pages import candidacy as load
from evaluator_app.desks.shared import dates
from evaluator_app.desks.shared.free_hours import reader
from evaluator_app.desks.shared.weeks import day_name, moment_name, read, sent, slot
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _, locale, say, timezone
from kernel import calendar, clock
from kernel.errors import Invalid, NotThere, Refused
from kernel.permissions import Permission
from scheduling import announcing, appointments, availability, booking, occupancy, waiting
from scheduling.models import Appointment, AppointmentState

books = needs(Permission.BOOK_ORAL, load=load)


@books
def booking_page(candidacy: Candidacy) -> ResponseReturnValue:
    """Show the free slots, what stands already, or what can be done without them."""
    return hours_page(candidacy)


@books
def booking_hold(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep a slot for the ten minutes in which it may be confirmed."""
    at = read(request.form.get("starts_at", ""))
    if at is None:
        return hours_page(candidacy, _unreadable(), status=422)
    try:
        booking.reserve(db(), actor(), candidacy, at)
    except booking.SlotGone as gone:
        return hours_page(candidacy, _gone(candidacy, at, gone), status=409)
    except Refused as no:
        return hours_page(candidacy, Problem(say(no)), status=409)
    return redirect(url_for(".booking_confirm", candidacy_id=candidacy.id, at=sent(at)))


@books
def booking_confirm(candidacy: Candidacy) -> ResponseReturnValue:
    """Show what is about to be booked, and how long it is kept."""
    kept = occupancy.reserved(db(), candidacy)
    standing = appointments.current(db(), candidacy)
    at = read(request.args.get("at", ""))
    if kept is None:
        if at is None or (standing is not None and standing.starts_at == at):
            return redirect(url_for(".booking", candidacy_id=candidacy.id))
        return hours_page(candidacy, _ran_out(at), status=409)
    moment = occupancy.moment_of(kept.start_s)
    until = kept.expires_at or clock.now()
    who = reader()
    return render_template(
        "candidate/booking_confirm.html",
        candidacy=candidacy,
        slot=slot(moment, who),
        day=day_name(moment.astimezone(ZoneInfo(who.zone)).date(), who.locale),
        when=dates.say(moment, who.zone),
        before=moment_name(standing.starts_at, who) if standing else None,
        minutes=minutes_of(candidacy),
        zone=who.zone,
        until=until,
        left=max(0, int((until - clock.now()).total_seconds())),
    )


@books
def booking_confirmed(candidacy: Candidacy) -> ResponseReturnValue:
    """Make what is kept the appointment."""
    at = read(request.form.get("starts_at", ""))
    if at is None:
        return hours_page(candidacy, _unreadable(), status=422)
    moves = appointments.current(db(), candidacy) is not None
    try:
        booking.confirm(db(), actor(), house().settings, candidacy, at)
    except booking.SlotGone as gone:
        return hours_page(candidacy, _gone(candidacy, at, gone), status=409)
    except Refused as no:
        db().rollback()  # a noun above may have refused what was booked already
        return hours_page(candidacy, Problem(say(no)), status=409)
    moment = moment_name(at, reader())
    words = (
        _(
            "Rendez-vous déplacé : %(moment)s. L'e-mail part à l'instant ; il corrige votre "
            "agenda, et votre lien personnel reste le même.",
            moment=moment,
        )
        if moves
        else _(
            "Rendez-vous confirmé : %(moment)s. L'e-mail part à l'instant, avec votre lien "
            "personnel et le fichier d'agenda.",
            moment=moment,
        )
    )
    flash(words, "good")
    return redirect(url_for(".home"))


@needs(
    Permission.ANSWER_FOR_CANDIDACY,
    load=by_id(Appointment, "appointment_id"),
    of=attrgetter("candidacy"),
)
def booking_calendar(appointment: Appointment) -> Response:
    """Give an appointment that stands as the file that its letters have."""
    if appointment.state is not AppointmentState.PLANNED:
        raise NotThere
    event = announcing.own_calendar(house().settings, appointment, locale(), timezone())
    file = calendar.attachment(event)
    answer = Response(file.content, content_type=file.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@books
def booking_release(candidacy: Candidacy) -> ResponseReturnValue:
    """Give back what was kept, to choose another hour."""
    booking.let_go(db(), actor(), candidacy)
    return redirect(url_for(".booking", candidacy_id=candidacy.id))


@books
def booking_cancel(candidacy: Candidacy) -> ResponseReturnValue:
    """Ask why and once more, then give the appointment up."""
    standing = appointments.current(db(), candidacy)
    if standing is None or not booking.may_change(standing):
        return redirect(url_for(".booking", candidacy_id=candidacy.id))
    form = CancelForm()
    if form.validate_on_submit():
        try:
            booking.cancel(db(), actor(), house().settings, standing, form.reason.data or "")
        except Invalid as error:
            on_form(form, error)
        except Refused as no:
            return hours_page(candidacy, Problem(say(no)), status=409)
        else:
            flash(_("Le rendez-vous est annulé. Vous pouvez choisir une autre heure."), "good")
            return redirect(url_for(".booking", candidacy_id=candidacy.id))
    said = dates.say(standing.starts_at, timezone())
    page = render_template(
        "candidate/booking_cancel.html", candidacy=candidacy, form=form, when=said
    )
    return page, 422 if form.errors else 200


@books
def booking_extension(candidacy: Candidacy) -> ResponseReturnValue:
    """Ask the organisation for more time."""
    form = ExtensionForm()
    if not form.validate_on_submit():
        return hours_page(candidacy, extension=form, status=422)
    try:
        extensions.ask(db(), actor(), house().settings, candidacy, form.words.data or "")
    except Invalid as error:
        on_form(form, error)
        return hours_page(candidacy, extension=form, status=422)
    except Refused as no:
        return hours_page(candidacy, Problem(say(no)), status=409)
    words = _(
        "Votre demande est partie chez %(organisation)s. La réponse vous arrive par e-mail.",
        organisation=candidacy.organisation.name,
    )
    flash(words, "good")
    return redirect(url_for(".booking", candidacy_id=candidacy.id))


@books
def booking_wait(candidacy: Candidacy) -> ResponseReturnValue:
    """Put the candidate on the waiting list."""
    try:
        waiting.join(db(), actor(), candidacy)
    except Refused as no:
        return hours_page(candidacy, Problem(say(no)), status=409)
    words = _("Vous êtes sur la liste d'attente : un e-mail vous dira qu'une heure est libre.")
    flash(words, "good")
    return redirect(url_for(".booking", candidacy_id=candidacy.id))


@books
def booking_wait_no_more(candidacy: Candidacy) -> ResponseReturnValue:
    """Take the candidate off the waiting list."""
    waiting.leave(db(), actor(), candidacy)
    flash(_("Vous n'êtes plus sur la liste d'attente."), "good")
    return redirect(url_for(".booking", candidacy_id=candidacy.id))


def _unreadable() -> Problem:
    return Problem(
        _("Cette heure n'a pas pu être lue"),
        [_("Rien n'est réservé. Choisissez une heure libre ci-dessous.")],
    )


def _ran_out(at: datetime) -> Problem:
    return Problem(
        _("Les dix minutes sont passées : l'heure choisie n'est plus gardée pour vous"),
        [_("Rien n'est perdu : reprenez-la si elle est encore là, ou choisissez-en une proche.")],
        at,
    )


def _gone(candidacy: Candidacy, at: datetime, gone: booking.SlotGone) -> Problem:
    """Say why an hour cannot be had: taken meanwhile, or never one of the candidate's."""
    soonest, latest = availability.bounds(candidacy)
    if at < soonest:
        hours = candidacy.certification.booking_notice_hours
        words = _(
            "Cette heure est passée ou trop proche : un oral se réserve %(hours)s heures avant.",
            hours=hours,
        )
        if candidacy.at_once:
            words = _("Cette heure est passée ou trop proche.")
        return Problem(words, [_("Voici les heures libres les plus proches.")], at)
    if at >= latest:
        words = _("Cette heure vient après la fin de votre période d'accès.")
        return Problem(words, [_("Voici les heures libres les plus proches.")], at)
    return Problem(say(gone), at=at)
