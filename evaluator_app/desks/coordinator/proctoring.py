"""Surveillance: sessions to look at, running, decided; identity pictures that wait."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evaluator_app.desks.coordinator import proctoring_steps
from evaluator_app.desks.coordinator.proctoring_drawing import draw
from evaluator_app.desks.shared.listing import asked_page
from evaluator_app.desks.shared.watches import load_session, send_snapshot
from evaluator_app.web.edge import actor, db, for_role, house, logged_viewing, needs
from evaluator_app.words import _, locale, say
from evaluator_app.words.proctoring import (
    DECISION_TONES,
    DECISIONS,
    MEANINGS,
    QUESTIONS,
    SIGNALS,
    TICKS,
    watched,
    what_happened,
    why_taken,
)
from evaluator_app.words.vocabulary import SKILLS
from kernel import clock
from kernel.errors import VivaError
from kernel.permissions import Permission, Role
from people.models import User
from proctor import deciding, identity, presented, queries
from proctor.models import Decision, IdentityCheck, ProctorSession, RiskFile
from rooms import viewings
from written_test import queries as tests

VIEWS = ("look", "running", "decided")
decides = needs(Permission.DECIDE_PROCTORING, load=load_session)


@for_role(Role.COORDINATOR)
def proctoring() -> str:
    """List the sessions: to look at, running, or decided."""
    running, waiting = queries.counts(db())
    view = request.args.get("show", "")
    if view not in VIEWS:
        view = "look"
    rows, pages, total = [], 1, 0
    if view == "running":
        rows = queries.running(db())
    elif view == "look":
        rows = queries.to_look_at(db())
    else:
        rows, pages, total = queries.decided(db(), asked_page())
    sessions = [row.session for row in rows]
    return render_template(
        "coordinator/proctoring.html",
        view=view,
        counts={"running": running, "look": waiting},
        pictures=len(presented.waiting(db())),
        rows=rows,
        page=min(asked_page(), pages),
        page_count=pages,
        total=total,
        numbers=proctoring_steps.numbers(db(), sessions) if view == "running" else {},
        decisions=DECISIONS,
        signals=SIGNALS,
        tones=DECISION_TONES,
        now=clock.now(),
    )


@decides
def proctoring_session(session: ProctorSession) -> str:
    """Show one session as a timeline, with what the candidate says and the decision."""
    return _page(session)


def _page(session: ProctorSession, error: str = "", chosen: str = "", reason: str = "") -> str:
    until = session.closed_at or clock.now()
    test = tests.last_begun(db(), session.candidacy_id, until)
    shown = proctoring_steps.questions(test, session)
    decided_by = db().get(User, session.decided_by_id) if session.decided_by_id else None
    return render_template(
        "coordinator/proctoring_session.html",
        session=session,
        candidacy=session.candidacy,
        test=test,
        questions=shown,
        drawing=draw(session.opened_at, until, shown, session.signals, session.snapshots),
        moments=queries.moments(session),
        happened=what_happened(session),
        signals=SIGNALS,
        meanings=MEANINGS,
        states=QUESTIONS,
        skills=SKILLS,
        decisions=DECISIONS,
        tones=DECISION_TONES,
        watched=watched(session),
        why_taken=why_taken,
        check=db().get(IdentityCheck, session.identity_check_id or 0),
        decided_by=decided_by,
        risk_file=db().get(RiskFile, session.risk_file_id) if session.risk_file_id else None,
        final=session.decision is Decision.VOID,
        error=error,
        chosen=chosen,
        reason=reason,
    )


@decides
def proctoring_decide(session: ProctorSession) -> ResponseReturnValue:
    """Decide: clear, an incident, or void."""
    chosen, reason = request.form.get("decision", ""), request.form.get("reason", "")
    decision = Decision(chosen) if chosen in set(Decision) else Decision.UNDECIDED
    try:
        changed = deciding.decide(db(), actor(), session, decision, reason)
    except VivaError as error:
        return _page(session, say(error), chosen, reason), error.status
    flash(_("Décision enregistrée.") if changed else _("Rien n'a changé."), "good")
    return redirect(url_for(".proctoring_session", watch_id=session.id))


@decides
def proctoring_picture(session: ProctorSession) -> ResponseReturnValue:
    """Show a snapshot; the viewing is logged."""
    return send_snapshot(session)


@for_role(Role.COORDINATOR)
def identity_pictures() -> str:
    """Show the identity pictures that wait, the one that goes first on top."""
    return _queue()


def _queue(wrong: int = 0, error: str = "") -> str:
    settings = house().settings
    return render_template(
        "coordinator/identities.html",
        waiting=presented.waiting(db()),
        documents={
            str(kind): names[locale() == "en"] for kind, names in identity.DOCUMENT_NAMES.items()
        },
        ticks=TICKS,
        hours=settings.identity_picture_hours,
        alert_hours=settings.identity_alert_hours,
        now=clock.now(),
        wrong=wrong,
        error=error,
        given=request.form,
    )


def load_check(session: Session, check_id: int) -> IdentityCheck | None:
    """Load one identity check."""
    return session.get(IdentityCheck, check_id)


@needs(Permission.CHECK_IDENTITY, load=load_check)
def identity_picture(check: IdentityCheck) -> ResponseReturnValue:
    """Show the still of a document; the viewing is logged."""
    who = actor()
    data = presented.look(db(), who, house().storage, check)
    with logged_viewing() as log:
        viewings.log(log, who, "identity.look", check, check.candidacy_id)
    return Response(data, mimetype="image/jpeg")


@needs(Permission.CHECK_IDENTITY, load=load_check)
def identity_decide(check: IdentityCheck) -> ResponseReturnValue:
    """Confirm or refuse the identity, as an evaluator does at the oral."""
    form = request.form
    given = (form.get("document_type", ""), form.get("expiry", ""), form.getlist("agrees"))
    try:
        if form.get("verdict") == "refuse":
            presented.refuse(db(), actor(), check, form.get("reason", ""), *given)
            flash(_("Identité refusée : l'évaluateur la vérifiera à l'oral."), "good")
        else:
            presented.confirm(db(), actor(), check, *given)
            flash(_("Identité confirmée."), "good")
    except VivaError as error:
        return _queue(check.id, say(error)), error.status
    return redirect(url_for(".identity_pictures"))
