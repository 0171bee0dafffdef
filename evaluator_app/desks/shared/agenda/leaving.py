"""Leaving booked orals: for each, a colleague, another hour, or nothing; always with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared.agenda.forms import text_asked
from evaluator_app.web.edge import actor, db, house
from evaluator_app.web.incoming import whole
from evaluator_app.web.routes import Route, View, get, post
from evaluator_app.words import ngettext, say
from kernel.errors import N_, Invalid, Refused
from people.models import User
from scheduling import agendas, changing
from scheduling.models import Appointment

KEEP, HAND_OVER, SEND_BACK = "keep", "hand_over", "send_back"
MOST = 200


def leaving(rule: str, guard: Callable[[View], View]) -> tuple[Route, ...]:
    """Return the page and its act, under the agenda's `rule`."""
    return (
        get(f"{rule}/leave", guard(_page), endpoint="agenda_leave"),
        post(f"{rule}/leave", guard(_decide), endpoint="agenda_decide"),
    )


@dataclass(frozen=True)
class Leaving:
    """One booked oral, who could take it over, and what was chosen."""

    oral: Appointment
    colleague: User | None
    choice: str


def _parts(evaluator: User) -> dict[str, Any]:
    return {"user_id": evaluator.id} if request.blueprint == "coordinator" else {}


def _asked(evaluator: User, ids: list[str]) -> list[Appointment]:
    """Return the evaluator's own coming orals among those that the address names."""
    wanted = set(ids[:MOST])
    return [oral for oral in agendas.upcoming(db(), evaluator) if str(oral.id) in wanted]


def _page(evaluator: User) -> ResponseReturnValue:
    """Ask what is to become of each oral."""
    orals = _asked(evaluator, request.args.getlist("oral"))
    if not orals:
        return redirect(url_for(".agenda", **_parts(evaluator)))
    return _shown(evaluator, orals)


def _shown(
    evaluator: User, orals: list[Appointment], problem: str = "", status: int = 200
) -> ResponseReturnValue:
    shown = []
    for oral in orals:
        colleagues = changing.colleagues(db(), oral)
        choice = request.form.get(f"choice-{oral.id}", KEEP)
        shown.append(Leaving(oral, colleagues[0] if colleagues else None, choice))
    page = render_template(
        "evaluator/agenda_leave.html",
        evaluator=evaluator,
        own=request.blueprint == "evaluator",
        whose=_parts(evaluator),
        orals=shown,
        days_off=_days_off(),
        everything=request.form.get("all", ""),
        problem=problem,
        reason=request.form.get("reason", ""),
    )
    return page, status


def _days_off() -> tuple[str, str] | None:
    """Return the first and last day of the absence that was just taken, if one was."""
    first, last = request.values.get("first", ""), request.values.get("last", "")
    return (first[:10], last[:10]) if first and last else None


def _decide(evaluator: User) -> ResponseReturnValue:
    """Do what was chosen for each oral: all of it, or nothing."""
    orals = _asked(evaluator, request.form.getlist("oral"))
    choices = {oral.id: _choice(oral) for oral in orals}
    left = [oral for oral in orals if choices[oral.id] in (HAND_OVER, SEND_BACK)]
    try:
        reason = text_asked(request.form, "reason")
        if left and not reason:
            raise Invalid(N_("Dites pourquoi vous ne pouvez pas."), "reason")
        for oral in left:
            _leave(oral, choices[oral.id], reason)
    except (Invalid, Refused) as error:
        problem, ids = say(error), [str(oral.id) for oral in orals]
        db().rollback()
        again = db().get_one(User, evaluator.id)
        return _shown(again, _asked(again, ids), problem, error.status)
    kept = len(orals) - len(left)
    if left:
        flash(
            ngettext(
                "C'est fait pour %(num)d oral : chacun est prévenu.",
                "C'est fait pour %(num)d oraux : chacun est prévenu.",
                len(left),
            ),
            "good",
        )
    if kept:
        flash(
            ngettext(
                "%(num)d oral reste à votre agenda.", "%(num)d oraux restent à votre agenda.", kept
            ),
            "wait",
        )
    return redirect(url_for(".agenda", **_parts(evaluator), _anchor="booked"), 303)


def _choice(oral: Appointment) -> str:
    """Return what was chosen for an oral: by itself, or for all at once."""
    everything = request.form.get("all", "")
    if everything == HAND_OVER and not request.form.get(f"colleague-{oral.id}"):
        return SEND_BACK  # as the words of that choice say
    if everything in (HAND_OVER, SEND_BACK):
        return everything
    return request.form.get(f"choice-{oral.id}", KEEP)


def _leave(oral: Appointment, choice: str, reason: str) -> None:
    settings = house().settings
    if choice == SEND_BACK:
        changing.send_back(db(), actor(), settings, oral, reason)
        return
    to = db().get(User, whole(request.form, f"colleague-{oral.id}", 0))
    changing.hand_over(db(), actor(), settings, oral, reason, to)
