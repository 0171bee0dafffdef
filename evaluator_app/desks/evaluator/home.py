"""The desk's home: the next interview, the day, what is to be marked, what is past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template, request

from evaluator_app.desks.evaluator.ratings import to_rate
from evaluator_app.web.edge import db, for_role, person
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, locale
from kernel import clock, i18n
from kernel.permissions import Role
from kernel.shown import Shown
from people.models import User
from proctor import equipment
from rooms import queries
from rooms.models import Interview, InterviewState
from rubrics import queries as sheets
from rubrics.models import SheetState
from scheduling import agendas, busy

MOST_PAGES = 1000


@dataclass(frozen=True)
class Line:
    """One interview as a list shows it; `tone` is the design system's."""

    interview: Interview
    word: str
    tone: str


class NextOral(Shown):
    """What the evaluator does after this oral, in a sentence of the page's language."""

    words: str


def _bounds(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the first moments of the day that `moment` lies in, and of the next one, in `zone`."""
    start = moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def until(starts_at: datetime, ends_at: datetime, moment: datetime, zone: str) -> str:
    """Say how long it is until an appointment, or how long ago it began; days as in `zone`."""
    if ends_at <= moment:
        return _("L'heure est passée")
    seconds = (starts_at - moment).total_seconds()
    minutes = int(abs(seconds) // 60)
    if minutes == 0:
        return _("C'est l'heure")
    if seconds < 0:
        return _("Prévu il y a %(minutes)s min", minutes=minutes)
    if minutes < 60:
        return _("Dans %(minutes)s min", minutes=minutes)
    local = ZoneInfo(zone)
    days = (starts_at.astimezone(local).date() - moment.astimezone(local).date()).days
    if days == 0:
        hours, rest = divmod(minutes, 60)
        return _("Dans %(hours)s h %(minutes)s", hours=hours, minutes=f"{rest:02d}")
    return _("Demain") if days == 1 else _("Dans %(days)s jours", days=days)


def _word(interview: Interview, sheet: SheetState | None) -> tuple[str, str]:
    """Return where an interview stands for its evaluator, and the tone of it."""
    state = interview.state
    if state is InterviewState.ENDED and sheet is SheetState.SUBMITTED:
        return _("Grille soumise"), "good"
    if state in (InterviewState.PLANNED, InterviewState.OPEN) and interview.waiting_since:
        return _("Le candidat attend"), "active"
    return {
        InterviewState.PLANNED: (_("Prévu"), "calm"),
        InterviewState.OPEN: (_("Salle ouverte"), "active"),
        InterviewState.ENDED: (_("À noter"), "wait"),
        InterviewState.ABORTED: (_("Interrompu"), "person"),
    }.get(state, (_("En cours"), "active"))


def beginnings(evaluator: User) -> dict[str, bool]:
    """Return what comes before a first oral, and whether it is done; empty once nothing is left.

    An own calendar is a convenience: it is offered with the others, and missed by nobody.
    """
    hours = bool(agendas.weekly(db(), evaluator) or agendas.other_days(db(), evaluator))
    tested = equipment.latest(db(), evaluator.id) is not None
    if hours and tested:
        return {}
    return {"hours": hours, "calendar": bool(busy.sources(db(), evaluator)), "equipment": tested}


def _line(interview: Interview, sheet: SheetState | None) -> Line:
    return Line(interview, *_word(interview, sheet))


def _next(rows: list[Interview], moment: datetime) -> Interview | None:
    """Return what wants the evaluator next: what is going on, else the first that is not over."""
    left = [row for row in rows if not queries.is_over(row)]
    going = [row for row in left if row.state is not InterviewState.PLANNED]
    due = [row for row in left if row.appointment.ends_at > moment]
    return next(iter([*going, *due]), None)


def _left(interview: Interview | None, moment: datetime, zone: str) -> str:
    if interview is None:
        return ""
    return until(interview.appointment.starts_at, interview.appointment.ends_at, moment, zone)


@for_role(Role.EVALUATOR)
def home() -> str:
    """Show where this person begins."""
    me, moment = person(), clock.now()
    start, end = _bounds(moment, me.timezone)
    number = min(whole(request.args, "page", 1, least=1), MOST_PAGES)
    today = queries.today(db(), me.id, start, end)
    coming = queries.coming(db(), me.id, end)
    marks = queries.to_mark(db(), me.id)
    ratings = to_rate(me.id)
    past = queries.past(db(), me.id, start, number)
    ids = [row.performance_id for row in (*today, *past.rows)]
    states = sheets.states(db(), ids, me.id)
    first = _next([*today, *coming], moment)
    return render_template(
        "evaluator/home.html",
        person=me,
        beginnings=beginnings(me)
        if not (today or coming or marks or ratings or past.total)
        else {},
        moment=moment,
        first=_line(first, None) if first else None,
        left=_left(first, moment, me.timezone),
        today=[_line(row, states.get(row.performance_id)) for row in today if row is not first],
        coming=[_line(row, None) for row in coming if row is not first],
        marks=marks,
        ratings=ratings,
        past=[_line(row, states.get(row.performance_id)) for row in past.rows],
        page=past,
    )


@for_role(Role.EVALUATOR)
def next_oral() -> Response:
    """Say when this person's next oral is."""
    me, moment = person(), clock.now()
    start, end = _bounds(moment, me.timezone)
    rows = [*queries.today(db(), me.id, start, end), *queries.coming(db(), me.id, end, most=1)]
    return jsonify(NextOral(words=_announced(_next(rows, moment), moment, me)).sent())


def _announced(interview: Interview | None, moment: datetime, me: User) -> str:
    if interview is None:
        return _("Aucun autre oral n'est prévu.")
    starts_at, zone = interview.appointment.starts_at, ZoneInfo(me.timezone)
    on = starts_at.astimezone(zone).date()
    words = i18n.time_in_words if on == moment.astimezone(zone).date() else i18n.moment_in_words
    when = words(starts_at, locale(), me.timezone)
    left = _left(interview, moment, me.timezone)
    return _("Oral suivant, %(when)s, %(left)s.", when=when, left=left[:1].lower() + left[1:])
