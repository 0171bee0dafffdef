"""The candidate's home, identity, information on recording, and results."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment import correcting, profile, queries
from enrolment.models import ENDED, Candidacy, Stage
from evaluator_app.desks.candidate import journey, written_way
from evaluator_app.desks.candidate.journey_results import Expected
from evaluator_app.desks.candidate.levels import (
    bar_of,
    meaning,
    progress,
    published_profile,
    written_profile,
)
from evaluator_app.desks.shared.document_links import document_url
from evaluator_app.desks.shared.identity_form import IdentityForm
from evaluator_app.web.edge import actor, db, for_role, house, needs, person, reach
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _, locale
from kernel import clock
from kernel.errors import NotThere, VivaError
from kernel.permissions import Permission, Role
from people import consents
from proctor import equipment
from proctor import queries as proctor_queries
from results import expecting, kinds
from results import queries as result_queries
from rooms import queries as room_queries
from scheduling import occupancy, waiting
from scheduling import queries as scheduling_queries
from scheduling.models import Appointment


def candidacy(session: Session, candidacy_id: int) -> Candidacy | None:
    """Load one candidacy with what its pages show."""
    return queries.whole(session, candidacy_id)


@for_role(Role.CANDIDATE)
def home() -> str:
    """Show every candidacy of this person as a way, the one that moves first."""
    user = person()
    tested = equipment.standing(db(), user.id)
    interviews = {oral.appointment_id: oral for oral in room_queries.of_candidate(db(), user.id)}
    ways = []
    for row in queries.of_user(db(), user.id):
        appointments = scheduling_queries.of_candidacy(db(), row.id)
        appointment, interview = journey.latest_interview(interviews, appointments)
        facts = journey.Facts(
            candidacy=row,
            appointment=appointment,
            interview=interview,
            verdict=result_queries.verdict_of(db(), row.id),
            identity_right=profile.confirmed_at(db(), row) is not None,
            equipment=tested.verdict if tested else None,
            now=clock.now(),
            written=written_way.of(db(), row),
            watch=next(
                (session.id for session in proctor_queries.of_candidacy(db(), row.id)[::-1]), None
            ),
            waits=_waits(row),
            expected=_expected(appointment),
        )
        ways.append(journey.draw(facts))
    return render_template(
        "candidate/home.html", person=user, ways=_in_order(ways), zone=user.timezone
    )


def _waits(candidacy: Candidacy) -> journey.WaitingPlace | None:
    """Return where a candidacy stands on the waiting list, if it does."""
    row = waiting.of(db(), candidacy)
    if row is None:
        return None
    place, kept = waiting.place_of(db(), row), waiting.offered(db(), row)
    if kept is None:
        return journey.WaitingPlace(place)
    return journey.WaitingPlace(place, occupancy.moment_of(kept.start_s), row.offer_until)


def _expected(appointment: Appointment | None) -> Expected | None:
    """Return when the results of an oral are expected, where it has an hour."""
    if appointment is None:
        return None
    return Expected(expecting.of(db(), appointment), clock.now())


def _in_order(ways: list[journey.Way]) -> list[journey.Way]:
    return sorted(ways, key=lambda way: way.facts.candidacy.stage in ENDED)


@needs(Permission.ANSWER_FOR_CANDIDACY, load=candidacy)
def profile_page(candidacy: Candidacy) -> str:
    """Show the identity as it was enrolled."""
    return render_template(
        "candidate/profile.html",
        candidacy=candidacy,
        confirmed_at=profile.confirmed_at(db(), candidacy),
        closed=candidacy.stage is Stage.VALIDATED,
    )


@needs(Permission.ANSWER_FOR_CANDIDACY, load=candidacy)
def profile_right(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep that the identity is right."""
    profile.confirm(db(), actor(), candidacy, locale())
    flash(_("Merci : ces informations sont confirmées."), "good")
    return redirect(url_for(".home"))


@needs(Permission.ANSWER_FOR_CANDIDACY, load=candidacy)
def profile_correct(candidacy: Candidacy) -> ResponseReturnValue:
    """Correct a field of the identity; who, when and what it was are kept."""
    form = IdentityForm()
    if not form.is_submitted():
        form.fill(candidacy.candidate)
    form.keep_commune_code(candidacy.candidate)
    if form.validate_on_submit():
        try:
            changed = correcting.correct(db(), actor(), candidacy, form.identity())
        except VivaError as error:
            on_form(form, error)
        else:
            words = _("Votre correction est enregistrée. Relisez, puis confirmez.")
            flash(words if changed else _("Rien n'a changé."), "good")
            return redirect(url_for(".profile", candidacy_id=candidacy.id))
    return render_template("candidate/profile_correct.html", form=form, candidacy=candidacy)


@for_role(Role.CANDIDATE, on_the_way=True)
def information() -> ResponseReturnValue:
    """Show what is recorded, why, for how long and for whom; keep that it was read."""
    user = person()
    if request.method == "POST":
        ticked = [kind for kind in consents.VERSIONS if request.form.get(kind)]
        consents.record(db(), actor(), ticked, locale())
        if not consents.missing(db(), user.id):
            flash(_("Merci, c'est enregistré."), "good")
            return redirect(url_for(".own_oral" if reach() else ".home"))
    settings = house().settings
    return render_template(
        "candidate/information.html",
        missing=consents.missing(db(), user.id),
        months=settings.recording_months,
        picture_hours=settings.identity_picture_hours,
    )


@needs(Permission.ANSWER_FOR_CANDIDACY, load=candidacy)
def results(candidacy: Candidacy) -> str:
    """Show the levels, what they mean, the documents, and how to verify or appeal."""
    verdict = result_queries.verdict_of(db(), candidacy.id)
    if verdict is None or candidacy.stage is not Stage.VALIDATED:
        raise NotThere
    grid = result_queries.grid_of(verdict)
    documents = sorted(
        result_queries.opened_by(db(), actor(), verdict),
        key=lambda document: (-kinds.of(document.kind).rank, document.id),
    )
    return render_template(
        "candidate/results.html",
        candidacy=candidacy,
        verdict=verdict,
        criteria=published_profile(grid, verdict.criteria, locale()),
        written=written_profile(verdict, locale()),
        target=bar_of(verdict.target),
        progress=progress(grid, verdict.criteria, verdict.target, locale()),
        meaning=meaning(verdict.overall),
        oral_on=result_queries.oral_of(db(), verdict).appointment.starts_at,
        written_on=result_queries.written_sat_on(verdict),
        documents=[document for document in documents if document.revoked_at is None],
        document_url=document_url,
    )
