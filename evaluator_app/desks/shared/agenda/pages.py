"""An evaluator's agenda as a page: the evaluator's own, and the same one for a coordinator.

`agenda` gives a desk every address of it. Forms work without scripts: a button that adds
a line is a button of the form, and htmx only keeps the page in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evaluator_app.desks.shared import zones
from evaluator_app.desks.shared.agenda.forms import (
    Line,
    day_asked,
    lines_asked,
    lines_of,
    new_nights,
    number_asked,
    ranges_asked,
    text_asked,
)
from evaluator_app.desks.shared.agenda.leaving import leaving
from evaluator_app.desks.shared.agenda.shown import (
    calendars,
    coming_days,
    named_by_day,
    nights_in_words,
    week,
)
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.incoming import whole
from evaluator_app.web.routes import Route, get, post
from evaluator_app.words import _, say
from kernel import links
from kernel.errors import Invalid, NotThere, Refused
from kernel.permissions import Permission
from people.models import User
from scheduling import agendas, busy
from scheduling.availability import DAILY_MOST
from scheduling.models import Appointment, BusySource, BusySourceKind
from scheduling.occupancy import BUFFER_MINUTES

Whose = Callable[..., User | None]


def agenda(rule: str, whose: Whose) -> tuple[Route, ...]:
    """Return the agenda's addresses under `rule`; `whose(db, **parts)` loads the evaluator."""
    guard = needs(Permission.MANAGE_AGENDA, load=whose)
    return (
        get(rule, guard(_page), endpoint="agenda"),
        post(f"{rule}/hours", guard(_hours), endpoint="agenda_hours"),
        post(f"{rule}/days", guard(_days), endpoint="agenda_days"),
        post(f"{rule}/days/remove", guard(_restore), endpoint="agenda_restore"),
        post(f"{rule}/ways", guard(_ways), endpoint="agenda_ways"),
        post(f"{rule}/feed", guard(_feed), endpoint="agenda_feed"),
        post(f"{rule}/calendars", guard(_calendars), endpoint="agenda_calendars"),
        post(f"{rule}/calendars/one", guard(_calendar), endpoint="agenda_calendar"),
        *leaving(rule, guard),
    )


def parts_of(evaluator: User) -> dict[str, Any]:
    """Return what the agenda's addresses need at this desk."""
    return {"user_id": evaluator.id} if request.blueprint == "coordinator" else {}


def _page(evaluator: User) -> ResponseReturnValue:
    """Show an evaluator's agenda."""
    return _shown(evaluator)


def _shown(
    evaluator: User,
    *,
    lines: list[list[Line]] | None = None,
    errors: dict[str, str] | None = None,
    nights: str = "",
    day_nights: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Render the page, with what was typed and what is wrong with it."""
    session = db()
    agenda, hours = agendas.of(session, evaluator), agendas.weekly(session, evaluator)
    days = coming_days(agendas.other_days(session, evaluator))
    sources = busy.sources(session, evaluator)
    feed = links.address(house().settings, "feed", feed=agenda.feed) if agenda else ""
    page = render_template(
        "evaluator/agenda.html",
        evaluator=evaluator,
        own=request.blueprint == "evaluator",
        whose=parts_of(evaluator),
        week=week(hours),
        lines=lines or lines_of(hours),
        days=days,
        buffer=agenda.buffer_minutes if agenda else BUFFER_MINUTES,
        daily_most=agenda.daily_most if agenda else DAILY_MOST,
        zones=zones.choices(evaluator.timezone),
        booked=agendas.upcoming(session, evaluator),
        calendars=calendars(sources),
        feed=feed,
        errors=errors or {},
        nights=nights,
        day_nights=day_nights,
        typed=request.form if errors or day_nights else {},
    )
    return page, status


def _refused(
    evaluator: User, error: Invalid | Refused, place: str, lines: list[list[Line]] | None = None
) -> ResponseReturnValue:
    """Show the page again with the words of a refusal beside its form."""
    db().rollback()
    whose = db().get(User, evaluator.id)
    if whose is None:
        raise NotThere
    return _shown(whose, lines=lines, errors={place: say(error)}, status=error.status)


def _back(evaluator: User, words: str, place: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for(".agenda", **parts_of(evaluator), _anchor=place), 303)


def _hours(evaluator: User) -> ResponseReturnValue:
    """Keep the weekly hours, or show the form with a line more or less."""
    lines = lines_asked(request.form)
    if "more" in request.form or "less" in request.form:
        return _shown(evaluator, lines=lines)
    try:
        ranges = ranges_asked(lines)
        agendas.no_overlap(ranges)
        nights = new_nights(ranges, agendas.weekly(db(), evaluator))
        if nights and "overnight" not in request.form:
            return _shown(evaluator, lines=lines, nights=nights_in_words(nights), status=422)
        agendas.set_hours(db(), actor(), evaluator, ranges)
    except agendas.Overlap as error:
        return _refused(evaluator, named_by_day(error), "hours", lines)
    except Invalid as error:
        return _refused(evaluator, error, "hours", lines)
    words = _(
        "Vos horaires sont enregistrés : %(total)s par semaine. Rien de réservé ne change.",
        total=week(ranges).total,
    )
    return _back(evaluator, words, "hours")


def _days(evaluator: User) -> ResponseReturnValue:
    """Take days off, or give one day hours of its own; then ask about what is booked."""
    try:
        first = day_asked(request.form, "first")
        last = day_asked(request.form, "last", first)
        note = text_asked(request.form, "note")
        if request.form.get("kind") == "hours":
            start, end = text_asked(request.form, "start"), text_asked(request.form, "end")
            ranges = [agendas.span(start, end, "hours")]
            again = text_asked(request.form, "start-2"), text_asked(request.form, "end-2")
            ranges += [agendas.span(*again, "hours")] if any(again) else []
            days = [agendas.Hours(first.weekday(), *span) for span in ranges]
            if new_nights(days, []) and "overnight" not in request.form:
                words = nights_in_words(new_nights(days, []))
                return _shown(evaluator, day_nights=words, status=422)
            booked = agendas.set_day(db(), actor(), evaluator, first, ranges, note)
            last = first
        else:
            booked = agendas.take_off(db(), actor(), evaluator, first, last, note)
    except Invalid as error:
        return _refused(evaluator, error, "days")
    if booked:
        return _ask(evaluator, first, last, booked)
    return _back(evaluator, _("C'est noté : rien n'était réservé ce jour-là."), "days")


def _ask(
    evaluator: User, first: date, last: date, booked: list[Appointment]
) -> ResponseReturnValue:
    """Go on to what is to become of the orals that are booked then."""
    chosen = [oral.id for oral in booked]
    address = url_for(".agenda_leave", **parts_of(evaluator), oral=chosen, first=first, last=last)
    return redirect(address, 303)


def _restore(evaluator: User) -> ResponseReturnValue:
    """Let days be like the others again."""
    try:
        first = day_asked(request.form, "first")
        agendas.restore(db(), actor(), evaluator, first, day_asked(request.form, "last", first))
    except Invalid as error:
        return _refused(evaluator, error, "days")
    return _back(evaluator, _("Vos horaires habituels valent de nouveau ce jour-là."), "days")


def _ways(evaluator: User) -> ResponseReturnValue:
    """Keep the time to mark, the most orals a day, and the zone."""
    try:
        agendas.set_ways(
            db(),
            actor(),
            evaluator,
            buffer=number_asked(request.form, "buffer"),
            daily_most=number_asked(request.form, "daily_most"),
            zone=text_asked(request.form, "zone"),
        )
    except Invalid as error:
        return _refused(evaluator, error, error.field or "ways")
    return _back(evaluator, _("Vos réglages sont enregistrés."), "ways")


def _feed(evaluator: User) -> ResponseReturnValue:
    """Give the private calendar an address, or another one."""
    agendas.rotate_feed(db(), actor(), evaluator)
    return _back(evaluator, _("Nouvelle adresse : donnez-la à votre logiciel d'agenda."), "feed")


def _calendars(evaluator: User) -> ResponseReturnValue:
    """Subscribe to an own calendar."""
    form = request.form
    kind = BusySourceKind.CALDAV if form.get("kind") == "caldav" else BusySourceKind.ICS
    try:
        busy.add(
            db(),
            actor(),
            house().settings,
            evaluator,
            kind,
            text_asked(form, "name"),
            text_asked(form, "address"),
            text_asked(form, "username"),
            text_asked(form, "password"),
        )
    except (Invalid, Refused) as error:
        return _refused(evaluator, error, getattr(error, "field", None) or "calendars")
    return _back(evaluator, _("Agenda ajouté : il est lu dans la minute."), "calendars")


def _of(session: Session, evaluator: User) -> BusySource:
    """Return the calendar that the form names, if it is this evaluator's."""
    source = session.get(BusySource, whole(request.form, "source", 0))
    if source is not None and source.evaluator_id == evaluator.id:
        return source
    raise NotThere


def _calendar(evaluator: User) -> ResponseReturnValue:
    """Read an own calendar again, or forget it."""
    source = _of(db(), evaluator)
    if "remove" in request.form:
        busy.remove(db(), actor(), source)
        return _back(evaluator, _("Agenda retiré : ses événements ne comptent plus."), "calendars")
    busy.ask(db(), actor(), source)
    return _back(evaluator, _("Cet agenda est relu dans la minute."), "calendars")
