"""Candidacies: find one, place its oral, enter its written level, validate its results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import correcting, extensions, queries
from enrolment.models import Candidacy
from evaluator_app.desks.coordinator import evidence, rating, written_tests
from evaluator_app.desks.coordinator.copies import recorded_of
from evaluator_app.desks.coordinator.forms import AppointmentForm, WrittenForm
from evaluator_app.desks.shared import history
from evaluator_app.desks.shared.change_forms import ExtensionForm, RefusalForm
from evaluator_app.desks.shared.document_links import document_url
from evaluator_app.desks.shared.identity_form import IdentityForm
from evaluator_app.desks.shared.listing import asked_page, asked_stages
from evaluator_app.desks.shared.told import flash_told
from evaluator_app.web.edge import actor, db, for_role, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _, locale
from evaluator_app.words.proctoring import DECISION_TONES, DECISIONS
from kernel import audit_queries, clock, i18n
from kernel.audit import AuditEntry
from kernel.errors import NotThere, Refused, VivaError
from kernel.levels import Level
from kernel.permissions import Permission, Role
from people.models import User
from results import confirming, explanation, inputs, jury, kinds, printing, validation
from results import queries as result_queries
from results.models import Document, VerdictRow
from results.verdict import NeedsCoordinator, Verdict
from rooms import absence, incidents
from rooms import queries as room_queries
from rooms.absence_proof import proof, was_absent
from scheduling import agendas, appointments, availability, occupancy, personal_links, placing
from scheduling import queries as scheduling_queries
from scheduling.models import Appointment
from written_test.elsewhere import results_queries
from written_test.models import Standing
from written_test.recording import current as written_result
from written_test.recording import enter

WRITING = frozenset(
    {"scoresheet.mark", "scoresheet.note", "scoresheet.note_edit", "scoresheet.note_remove"}
)
# What the identity's own entries say already, on the page of one candidacy.
ECHOES = frozenset(
    {"interview.request_picture", "interview.keep_picture", "interview.confirm_identity"}
)


def candidacy(session: Session, candidacy_id: int) -> Candidacy | None:
    """Load one candidacy with what its page shows."""
    return queries.whole(session, candidacy_id)


@for_role(Role.COORDINATOR)
def candidacies() -> str:
    """List every candidacy, by stage and name."""
    page = queries.listing(
        db(), stages=asked_stages(), search=request.args.get("q", "")[:80], number=asked_page()
    )
    return render_template(
        "coordinator/candidacies.html",
        page=page,
        verdicts=result_queries.verdicts_of(db(), [row.id for row in page.rows]),
    )


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def candidacy_page(candidacy: Candidacy) -> str:
    """Show one candidacy whole: where it stands, and what can be done."""
    return _page(candidacy)


def _page(
    candidacy: Candidacy,
    appointment_form: AppointmentForm | None = None,
    written_form: WrittenForm | None = None,
) -> str:
    planned = appointments.current(db(), candidacy)
    written = written_result(db(), candidacy.id)
    appointment_form = appointment_form or AppointmentForm(formdata=None)
    appointment_form.offer(scheduling_queries.evaluators_for(db(), candidacy), planned)
    written_form = written_form or WrittenForm(formdata=None)
    written_form.offer(written.level if written else None)
    verdict = result_queries.verdict_of(db(), candidacy.id)
    entries = [
        entry for entry in audit_queries.of_candidacy(db(), candidacy.id) if entry.act not in ECHOES
    ]
    met = room_queries.of_candidacy(db(), candidacy.id)
    recorded, sheets = recorded_of(candidacy), evidence.sheets(candidacy, verdict)
    return render_template(
        "coordinator/candidacy.html",
        candidacy=candidacy,
        planned=planned,
        appointments=scheduling_queries.of_candidacy(db(), candidacy.id),
        troubles=[incident for interview in met for incident in interview.incidents],
        absence=absence.of_candidacy(db(), candidacy.id) if planned else None,
        proofs=[(oral, proof(db(), oral)) for oral in met if was_absent(oral)],
        attend=room_queries.under_way(db(), candidacy.id),
        recorded=recorded,
        sheets=sheets,
        played=evidence.played(recorded, sheets),
        rating=rating.of(candidacy),
        appointment_form=appointment_form,
        written=written,
        **_written_facts(candidacy, published=verdict is not None),
        written_form=written_form,
        **_result(candidacy, verdict),
        holes=printing.holes(candidacy),
        request_open=extensions.open_request(db(), candidacy),
        form=ExtensionForm.for_candidacy(db(), candidacy),
        refusal=RefusalForm(formdata=None),
        may_extend=candidacy.stage in extensions.EXTENDABLE,
        happened=history.lines(db(), candidacy, names=True),
        sat=written_tests.of(db(), candidacy.id),
        decisions=DECISIONS,
        decision_tones=DECISION_TONES,
        lines=audit_queries.condensed(entries, WRITING),
        names=_names(entries),
    )


def _written_facts(candidacy: Candidacy, *, published: bool) -> dict[str, Any]:
    """Return every version of the written result, a choice that waits, what holds it back."""
    versions = results_queries.versions(db(), [candidacy.id])[candidacy.id]
    opposed = results_queries.opposed(versions)
    waits = any(version.result.standing is Standing.WAITING for version in opposed)
    return {
        "versions": versions,
        "opposed": opposed if waits else [],
        "held": "" if published else _held(candidacy),
    }


def _held(candidacy: Candidacy) -> str:
    """Return in words what keeps a result back though it can be computed, or nothing."""
    if why := validation.withheld_by(db(), candidacy):
        return _(validation.WITHHELD[why])
    return "" if house().settings.certifier_name else _(confirming.NO_CERTIFIER)


@dataclass(frozen=True)
class ExpectedVerdict:
    """The verdict that validation would give now, its explanation, or why there is none."""

    outcome: Verdict | NeedsCoordinator | None = None
    leaving: confirming.Leaving | None = None
    sentences: Sequence[str] = ()
    refusal: str = ""


def _coming(candidacy: Candidacy) -> ExpectedVerdict:
    try:
        given = inputs.gather(db(), candidacy)
        outcome = given.decide() if given else None
    except Refused as error:
        return ExpectedVerdict(refusal=_(error.message, **error.params))
    if given is None or outcome is None:
        return ExpectedVerdict()
    names = given.grid.names(locale())
    sentences = explanation.render(outcome.explanation, locale(), names)
    leaving = None
    if isinstance(outcome, Verdict):
        leaving = confirming.leaving(db(), actor(), candidacy, given, outcome)
    return ExpectedVerdict(outcome, leaving, sentences)


def _result(candidacy: Candidacy, verdict: VerdictRow | None) -> dict[str, Any]:
    """Return the verdict with its documents, or the one that would come of validating now."""
    coming = _coming(candidacy) if verdict is None else ExpectedVerdict()
    outcome = coming.outcome
    digest = outcome.digest if isinstance(outcome, Verdict) else ""
    approvals = jury.approvals(db(), candidacy.id, digest) if digest else []
    return {
        "approvals": [approval.by.name for approval in approvals],
        "approved": any(approval.by_id == actor().user_id for approval in approvals),
        "validators": house().settings.validators,
        "withholding": jury.withheld(db(), candidacy.id),
        "verdict": verdict,
        "outcome": coming.outcome,
        "leaving": coming.leaving,
        "confirmed": _confirmed(candidacy) if verdict is None else None,
        "refusal_of_verdict": coming.refusal,
        "stuck": isinstance(coming.outcome, NeedsCoordinator),
        "sentences": coming.sentences,
        "criteria": result_queries.profile(verdict, locale()) if verdict else [],
        "documents": result_queries.opened_by(db(), actor(), verdict) if verdict else [],
        "document_url": document_url,
        "remake_url": remake_url,
        "said_documents": said_documents,
        "hold": round(house().settings.results_hold_s),
    }


@dataclass(frozen=True)
class Confirmed:
    """Results that leave in a moment: who confirmed them, in how many seconds they leave."""

    by: str
    seconds: int


def _confirmed(candidacy: Candidacy) -> Confirmed | None:
    held = confirming.held(db(), candidacy.id)
    if held is None:
        return None
    left = math.ceil((held.at - clock.now()).total_seconds())
    return Confirmed(db().get_one(User, held.by_id).name, max(left, 0))


def said_documents(recipient: confirming.Recipient) -> str:
    """Return the documents of a recipient in words: « l'attestation et le certificat »."""
    return kinds.listed(recipient.documents, locale(), attrgetter("definite"))


def remake_url(document: Document) -> str:
    """Return where `document` is made again."""
    return url_for(".remake", document_id=document.id)


def _names(entries: Sequence[AuditEntry]) -> dict[int, str]:
    ids = {entry.actor_id for entry in entries if entry.actor_id is not None}
    return {user.id: user.name for user in db().scalars(select(User).where(User.id.in_(ids)))}


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def place(candidacy: Candidacy) -> ResponseReturnValue:
    """Place the oral, or move it."""
    planned = appointments.current(db(), candidacy)
    form = AppointmentForm()
    form.offer(scheduling_queries.evaluators_for(db(), candidacy), planned)
    if not form.validate_on_submit():
        return _page(candidacy, appointment_form=form), 422
    settings = house().settings
    evaluator = db().get(User, form.evaluator.data)
    if evaluator is None:
        raise NotThere
    form.asks = "" if form.outside.data else _outside(candidacy, evaluator, planned, form)
    if form.asks:
        return _page(candidacy, appointment_form=form), 422
    try:
        if planned is None:
            placing.place(db(), actor(), settings, candidacy, evaluator, form.moment())
            flash_told(_("Rendez-vous pris : le candidat le reçoit par e-mail."))
        else:
            placing.move(
                db(), actor(), settings, planned, evaluator, form.moment(), form.reason.data or ""
            )
            flash_told(_("Rendez-vous déplacé : le candidat le reçoit par e-mail."))
    except VivaError as error:
        on_form(form, error)
        return _page(candidacy, appointment_form=form), 422
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


def _outside(
    of: Candidacy, evaluator: User, planned: Appointment | None, form: AppointmentForm
) -> str:
    """Return what to say where the hour is none of the evaluator's own; "" where it is."""
    if not agendas.weekly(db(), evaluator):
        return ""  # whoever gave no hours has none to be outside of
    taken = occupancy.of_appointment(db(), planned) if planned else None
    if evaluator.id in availability.at_hour(db(), of, form.moment(), taken):
        return ""
    return _(
        "%(evaluator)s n'a pas d'heure libre le %(moment)s. Rien n'est encore placé.",
        evaluator=evaluator.name,
        moment=i18n.moment_in_words(form.moment(), locale()),
    )


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def cancel(candidacy: Candidacy) -> ResponseReturnValue:
    """Cancel the planned oral."""
    planned: Appointment | None = appointments.current(db(), candidacy)
    if planned is None:
        raise NotThere
    reason = request.form.get("reason", "")[:300]
    placing.cancel(db(), actor(), house().settings, planned, reason)
    flash_told(_("Rendez-vous annulé : le candidat le reçoit par e-mail."))
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.PLACE_APPOINTMENT, load=candidacy)
def renew_link(candidacy: Candidacy) -> ResponseReturnValue:
    """End the personal link of the planned oral, and send another."""
    planned: Appointment | None = appointments.current(db(), candidacy)
    if planned is None:
        raise NotThere
    personal_links.renew(db(), actor(), planned)
    flash_told(_("L'ancien lien ne sert plus ; le nouveau part par e-mail."))
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.ENTER_WRITTEN_RESULT, load=candidacy)
def written(candidacy: Candidacy) -> ResponseReturnValue:
    """Enter the written level."""
    form = WrittenForm()
    form.offer(None)
    if not form.validate_on_submit():
        return _page(candidacy, written_form=form), 422
    try:
        enter(db(), actor(), candidacy, Level(form.level.data), form.reason.data or "")
    except VivaError as error:
        on_form(form, error)
        return _page(candidacy, written_form=form), 422
    flash(_("Niveau écrit enregistré."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def resume(candidacy: Candidacy) -> ResponseReturnValue:
    """Settle an incident, or reopen a withdrawn candidacy: another oral can be placed."""
    incidents.settle(db(), actor(), candidacy, request.form.get("reason", "")[:500])
    flash(_("La candidature peut recevoir un nouveau rendez-vous."), "good")
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def read_incidents(candidacy: Candidacy) -> ResponseReturnValue:
    """Take note of what was said of its orals."""
    incidents.acknowledge(db(), actor(), candidacy)
    return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def correct_identity(candidacy: Candidacy) -> ResponseReturnValue:
    """Correct the identity of a candidate."""
    form = IdentityForm()
    if not form.is_submitted():
        form.fill(candidacy.candidate)
    if form.validate_on_submit():
        try:
            correcting.correct(db(), actor(), candidacy, form.identity())
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Identité corrigée."), "good")
            return redirect(url_for(".candidacy_page", candidacy_id=candidacy.id))
    back = url_for(".candidacy_page", candidacy_id=candidacy.id)
    crumbs = [(_("Candidatures"), url_for(".candidacies")), (candidacy.candidate.name, back)]
    return render_template("candidacy/identity.html", form=form, back=back, crumbs=crumbs)
