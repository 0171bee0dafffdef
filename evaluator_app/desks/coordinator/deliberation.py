"""Deliberation: complete results before a jury, alone or many at once, in a meeting or not."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from evaluator_app.desks.coordinator.candidacies import candidacy
from evaluator_app.desks.shared.listing import asked_page
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.incoming import wholes
from evaluator_app.words import _, locale, ngettext, say
from evaluator_app.words.jury import ACTS, ENDS, FLAGS
from kernel import clock
from kernel.errors import NotThere, Refused, VivaError
from kernel.permissions import Permission
from people.languages import Language
from results import confirming, deliberations, docket, jury, minuting
from results.models import Deliberation


def _meeting(session: Session, meeting_id: int) -> Deliberation | None:
    return deliberations.meeting(session, meeting_id)


def _language(text: str) -> Language | None:
    return Language(text) if text in list(Language) else None


def _asked_meeting() -> Deliberation | None:
    """Return the meeting in which something is decided, as the page asked for it."""
    numbers = wholes(request.values, "meeting")
    if not numbers:
        return None
    meeting = deliberations.meeting(db(), numbers[0])
    if meeting is None:
        raise NotThere
    return meeting


def _back(meeting: Deliberation | None) -> ResponseReturnValue:
    asked: dict[str, Any] = {"meeting": meeting.id if meeting else None}
    asked["language"] = request.args.get("language") or None
    return redirect(url_for(".cases", **asked))


@needs(Permission.DELIBERATE)
def cases() -> str:
    """List the complete results that wait for a jury, with what stands out in each."""
    return _cases()


def _cases(*, kept: list[tuple[Candidacy, str]] | None = None, error: str = "") -> str:
    meeting = _asked_meeting()
    language = _language(request.args.get("language", ""))
    if meeting is not None and meeting.language is not None:
        language = meeting.language
    return render_template(
        "coordinator/deliberation.html",
        docket=docket.docket(db(), language, asked_page()),
        meeting=meeting,
        language=language,
        languages=[(language.value, language.label(locale())) for language in Language],
        flags=FLAGS,
        me=actor().user_id,
        validators=house().settings.validators,
        hold=round(house().settings.results_hold_s),
        now=clock.now(),
        kept=kept or [],
        error=error,
        say=say,
    )


@needs(Permission.DELIBERATE)
def approve_cases() -> ResponseReturnValue:
    """Approve the ticked results as they were read; those that cannot be say why."""
    meeting = _asked_meeting()
    ticked = wholes(request.form, "candidacy")[: docket.PAGE]
    if not ticked:
        return _cases(error=_("Cochez au moins un résultat.")), 422
    approved, leaving, kept = 0, 0, []
    for number in ticked:
        whose = candidacy(db(), number)
        if whose is None:
            raise NotThere
        try:
            with db().begin_nested():
                digest = request.form.get(f"digest-{number}", "")[:100]
                settings = house().settings
                held = confirming.confirm(db(), actor(), settings, whose, digest, meeting)
        except VivaError as refusal:
            kept.append((whose, say(refusal)))
        else:
            approved += 1
            leaving += held is not None
    _flash_approved(approved, leaving)
    if kept:
        return _cases(kept=kept)
    return _back(meeting)


def _flash_approved(approved: int, leaving: int) -> None:
    if leaving:
        words = ngettext(
            "%(num)d résultat part bientôt : jusque-là, il se reprend sur la page du candidat.",
            "%(num)d résultats partent bientôt : jusque-là, ils se reprennent sur la page du "
            "candidat.",
            leaving,
        )
        flash(words, "good")
    if approved > leaving:
        words = ngettext(
            "%(num)d résultat validé par vous attend une seconde personne.",
            "%(num)d résultats validés par vous attendent une seconde personne.",
            approved - leaving,
        )
        flash(words, "good")


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def withhold_case(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep one result back, for a reason."""
    meeting = _asked_meeting()
    jury.withhold(db(), actor(), candidacy, request.form.get("reason", ""), meeting)
    flash(_("Le résultat de %(name)s est retenu.", name=candidacy.candidate.name), "good")
    return _back(meeting)


@needs(Permission.VALIDATE_RESULTS, load=candidacy)
def send_back(candidacy: Candidacy) -> ResponseReturnValue:
    """Send the marks of one result back to whoever gave them, for a reason."""
    meeting = _asked_meeting()
    jury.send_back(db(), actor(), candidacy, request.form.get("reason", ""), meeting)
    words = _(
        "Les notes de %(name)s sont renvoyées : l'évaluateur retrouve sa grille ouverte.",
        name=candidacy.candidate.name,
    )
    flash(words, "good")
    return _back(meeting)


@needs(Permission.DELIBERATE)
def meetings() -> str:
    """List the meetings, the newest first."""
    return render_template("coordinator/meetings.html", meetings=deliberations.meetings(db()))


@needs(Permission.DELIBERATE)
def new_meeting() -> ResponseReturnValue:
    """Open a meeting with those present."""
    present, language = request.form.get("present", ""), request.form.get("language", "")
    error = ""
    if request.method == "POST":
        try:
            made = deliberations.open_meeting(
                db(), actor(), present.splitlines(), _language(language)
            )
        except VivaError as refusal:
            error = say(refusal)
        else:
            return redirect(url_for(".cases", meeting=made.id))
    page = render_template(
        "coordinator/meeting_new.html",
        present=present,
        language=language,
        languages=[(language.value, language.label(locale())) for language in Language],
        error=error,
    )
    return (page, 422) if error else page


@needs(Permission.DELIBERATE, load=_meeting)
def meeting(meeting: Deliberation) -> str:
    """Show one meeting: who was there, what was decided."""
    return render_template("coordinator/meeting.html", meeting=meeting, acts=ACTS, ends=ENDS)


@needs(Permission.DELIBERATE, load=_meeting)
def close_meeting(meeting: Deliberation) -> ResponseReturnValue:
    """Close a meeting."""
    deliberations.close(db(), actor(), meeting)
    flash(_("La délibération est close ; son procès-verbal est prêt."), "good")
    return redirect(url_for(".meeting", meeting_id=meeting.id))


@needs(Permission.DELIBERATE, load=_meeting)
def minutes(meeting: Deliberation) -> ResponseReturnValue:
    """Give the minutes of a closed meeting."""
    certifier = house().settings.certifier
    if not certifier:
        raise Refused(confirming.NO_CERTIFIER)
    content = minuting.draw(db(), actor(), meeting, certifier, locale())
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="deliberation-{meeting.id}.pdf"'
    return answer
