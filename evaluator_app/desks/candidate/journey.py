"""A candidate's way through one certification, step by step, in the words of their home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from enrolment.models import BEFORE_ORAL, Candidacy, GateKind, Stage
from evaluator_app.desks.candidate.booking_closed import is_over
from evaluator_app.desks.candidate.journey_results import Expected, results
from evaluator_app.desks.candidate.journey_written import (
    Action,
    Step,
    before_written,
    watch_link,
    written,
)
from evaluator_app.desks.candidate.side_roads import Notice, incident_words, notice
from evaluator_app.desks.candidate.written_way import WrittenWay
from evaluator_app.desks.shared import dates
from evaluator_app.words import _, locale, timezone
from kernel import i18n
from proctor.models import EquipmentVerdict
from results.models import VerdictRow
from rooms import absence
from rooms.models import Interview
from scheduling import booking
from scheduling.models import Appointment, AppointmentState

SOON = timedelta(minutes=60)
"""From here on, going to the interview is the next step, whatever else is left."""


STOPPED = (Stage.WITHDRAWN, Stage.EXPIRED)
"""Nothing can be done here any more, unless somebody opens the way again."""


@dataclass(frozen=True)
class WaitingPlace:
    """A place on the waiting list (1: next), or the hour that is offered, and until when."""

    place: int
    offered: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of one candidacy when its way is drawn."""

    candidacy: Candidacy
    appointment: Appointment | None
    interview: Interview | None
    verdict: VerdictRow | None
    identity_right: bool
    equipment: EquipmentVerdict | None
    now: datetime
    written: WrittenWay
    watch: int | None = None  # the last watch over the written test
    waits: WaitingPlace | None = None
    expected: Expected | None = None  # of the oral that has an hour


@dataclass(frozen=True)
class Way:
    """A whole way: its steps, and what stands above them when it left the road."""

    facts: Facts
    steps: list[Step]
    notice: Notice | None


def draw(facts: Facts) -> Way:
    """Return the way of one candidacy; at most one step has an action."""
    steps = [
        _enrolled(facts),
        _identity(facts),
        _equipment(facts),
        *before_written(facts.candidacy, facts.written, has_result=_has_written(facts)),
        _written(facts),
        _oral(facts),
        results(facts.candidacy, facts.verdict, facts.expected),
    ]
    stopped = facts.candidacy.stage in STOPPED
    current = None if stopped else _current(facts, steps)
    for step in steps:
        if step.state == "now" and step is not current:
            step.state = "later"
        if step is not current and step.action is not None:
            step.link = step.link or step.action
            step.action = None
        if stopped:
            step.link = None
            step.lines = step.lines if step.state == "done" else []
    return Way(facts, steps, notice(facts.candidacy, facts.interview))


def _current(facts: Facts, steps: list[Step]) -> Step | None:
    oral = next(step for step in steps if step.key == "oral")
    if facts.candidacy.stage is Stage.SUSPENDED:
        return oral
    # Hours get rarer with every day: choosing one comes before what can be done until the oral.
    if oral.state == "now" and (_near(facts) or _may_book(facts)):
        return oral
    waiting = [step for step in steps if step.state in ("now", "person")]
    doable = [step for step in waiting if step.action is not None]
    return next(iter(doable or waiting), None)


def _near(facts: Facts) -> bool:
    appointment = facts.appointment
    return (
        appointment is not None
        and appointment.state is AppointmentState.PLANNED
        and facts.now >= appointment.starts_at - SOON
    )


def _has_written(facts: Facts) -> bool:
    return any(gate.kind is GateKind.WRITTEN_RESULT and gate.open for gate in facts.candidacy.gates)


def _may_book(facts: Facts) -> bool:
    return facts.candidacy.stage is Stage.ENROLLED and _has_written(facts)


def _day(moment: datetime) -> str:
    return i18n.day_in_words(moment, locale(), timezone())


def _enrolled(facts: Facts) -> Step:
    candidacy = facts.candidacy
    return Step(
        "enrolled",
        _("Inscription"),
        "done",
        meta=_("Par %(organisation)s", organisation=candidacy.organisation.name),
        lines=[
            _(
                "Vous pouvez passer l'examen jusqu'au %(day)s.",
                day=i18n.closing_in_words(candidacy.last_moment, locale(), timezone()),
            )
        ]
        if candidacy.stage in BEFORE_ORAL
        else [],
    )


def _before_oral(facts: Facts) -> bool:
    over = (Stage.MARKING, Stage.COMPLETE, Stage.VALIDATED)
    return facts.candidacy.stage not in over


def _identity(facts: Facts) -> Step:
    href = url_for("candidate.profile", candidacy_id=facts.candidacy.id)
    title = _("Vérifier mon identité")
    if facts.identity_right or not _before_oral(facts):
        see = Action(_("Revoir mon identité"), href, "id")
        return Step("identity", title, "done", link=see if _before_oral(facts) else None)
    return Step(
        "identity",
        title,
        "now",
        lines=[_("Vos documents porteront les noms de votre inscription : relisez-les.")],
        action=Action(title, href, "id"),
    )


def _equipment(facts: Facts) -> Step:
    href = url_for("candidate.equipment")
    again = Action(_("Refaire le test"), href, "refresh")
    title = _("Tester mon équipement")
    if not _before_oral(facts):
        return Step("equipment", title, "done")
    if facts.equipment is EquipmentVerdict.READY:
        return Step("equipment", title, "done", lines=[_("Tout est prêt.")], link=again)
    if facts.equipment is EquipmentVerdict.FAIR:
        words = _("Cela ira. Le test dit ce qui peut être amélioré.")
        return Step("equipment", title, "done", lines=[words], link=again)
    words = _("Caméra, micro, son et réseau, en moins d'une minute, autant de fois que voulu.")
    if facts.equipment is EquipmentVerdict.BLOCKED:
        words = _("Le dernier test a trouvé un obstacle. Il dit quoi faire ; refaites-le ensuite.")
    return Step(
        "equipment", title, "now", lines=[words], action=Action(title, href, "device-laptop")
    )


def _written(facts: Facts) -> Step:
    title = _("Test écrit")
    if _has_written(facts) or facts.verdict is not None:
        words = _("Résultat reçu. Vous le lirez avec celui de l'oral.")
        if facts.written.test is not None:
            words = _("Test passé. Vous lirez son résultat avec celui de l'oral.")
        lines = [] if facts.verdict else [words]
        return Step("written", title, "done", lines=lines, link=watch_link(facts.watch))
    if facts.written.is_here:
        return written(facts.candidacy, facts.written)
    words = _("Son résultat nous est transmis par le certificateur : rien à faire ici.")
    return Step("written", title, "later", lines=[words])


def _oral(facts: Facts) -> Step:
    stage, title = facts.candidacy.stage, _("Entretien oral")
    appointment = facts.appointment
    if stage in (Stage.MARKING, Stage.COMPLETE, Stage.VALIDATED):
        meta = _day(appointment.starts_at) if appointment is not None else ""
        return Step("oral", title, "done", meta=meta)
    if stage is Stage.SUSPENDED:
        return Step("oral", title, "person", lines=incident_words(facts.interview))
    planned = appointment is not None and appointment.state is AppointmentState.PLANNED
    if stage not in (Stage.BOOKED, Stage.IN_ORAL) or appointment is None or not planned:
        return _to_book(facts, title)
    return _booked(facts, appointment, title)


def _to_book(facts: Facts, title: str) -> Step:
    if not _may_book(facts):
        words = _("Vous choisirez ici votre jour et votre heure, une fois le test écrit passé.")
        return Step("oral", title, "later", lines=[words])
    href = url_for("candidate.booking", candidacy_id=facts.candidacy.id)
    if is_over(facts.candidacy):
        words = _("Votre période d'accès est terminée ; une prolongation peut être demandée.")
        return Step(
            "oral",
            title,
            "now",
            lines=[words],
            action=Action(_("Voir ce qui est possible"), href, "calendar-time"),
        )
    if facts.waits is not None:
        return _waiting(facts.waits, title, href)
    words = _("Choisissez le jour et l'heure qui vous conviennent : cela prend une minute.")
    return Step(
        "oral",
        title,
        "now",
        lines=[words],
        action=Action(_("Choisir mon heure"), href, "calendar-plus"),
    )


def _waiting(waits: WaitingPlace, title: str, href: str) -> Step:
    """Return the step of whoever is on the waiting list, or is offered an hour of it."""
    if waits.offered is not None and waits.until is not None:
        said = dates.say(waits.offered, timezone())
        until = i18n.moment_in_words(waits.until, locale(), timezone())
        lines = [
            _("Une heure s'est libérée, et vous est gardée jusqu'au %(until)s.", until=until),
            *([said.elsewhere] if said.elsewhere else []),
        ]
        action = Action(_("Voir et confirmer"), href, "calendar-check")
        return Step("oral", title, "now", meta=said.words, lines=lines, action=action)
    lines = [
        _("Vous êtes le prochain sur la liste d'attente.")
        if waits.place == 1
        else _("Vous êtes en %(place)se place sur la liste d'attente.", place=waits.place),
        _("Dès qu'une heure se libère, un e-mail vous le dit."),
    ]
    action = Action(_("Voir les heures"), href, "calendar-time")
    return Step("oral", title, "now", lines=lines, action=action)


def _booked(facts: Facts, appointment: Appointment, title: str) -> Step:
    said = dates.say(appointment.starts_at, timezone())
    if _missed(facts, appointment):
        return _not_held(facts, title, said.words)
    lines = [said.elsewhere] if said.elsewhere else []
    minutes = round((appointment.ends_at - appointment.starts_at).total_seconds() / 60)
    near = _near(facts)
    late = not _met(facts) and facts.now >= appointment.ends_at
    if late:
        lines.append(
            _(
                "L'heure prévue est passée. Si votre évaluateur vous attend, rejoignez-le ; sinon, "
                "écrivez-nous."
            )
        )
    elif near:
        lines.append(_("Ayez sous la main la pièce d'identité à votre nom."))
    else:
        lines.append(
            _(
                "Prévoyez %(minutes)s minutes, un endroit calme et votre pièce d'identité. "
                "Vous pouvez entrer en salle d'attente un peu avant l'heure.",
                minutes=minutes,
            )
        )
        lines.append(change_rule(appointment))
    href = (
        url_for("candidate.oral", interview_id=facts.interview.id)
        if facts.interview is not None
        else url_for("candidate.oral_of_appointment", appointment_id=appointment.id)
    )
    label = _("Rejoindre l'entretien") if near else _("Préparer l'entretien")
    action = Action(label, href, "video", post=facts.interview is None)
    change = _change(facts, appointment) if facts.candidacy.stage is Stage.BOOKED else None
    change = _write_to_us(facts) if late else change
    file = url_for("candidate.booking_calendar", appointment_id=appointment.id)
    more = None if near else Action(_("Ajouter à mon agenda"), file, "calendar-plus")
    return Step(
        "oral", title, "now", meta=said.words, lines=lines, action=action, link=change, more=more
    )


def _missed(facts: Facts, appointment: Appointment) -> bool:
    """Tell whether the hour is long past and the two have not met."""
    return not _met(facts) and facts.now >= appointment.starts_at + absence.LOOKED_FOR


def _met(facts: Facts) -> bool:
    return facts.interview is not None and facts.interview.state not in absence.NOT_MET


def _write_to_us(facts: Facts) -> Action:
    href = url_for("candidate.help", candidacy_id=facts.candidacy.id, _anchor="write")
    return Action(_("Nous écrire"), href, "message")


def _not_held(facts: Facts, title: str, when: str) -> Step:
    """Return the step of an oral that nobody held at its hour, until somebody says what follows."""
    lines = [
        _("L'heure est passée et l'entretien n'a pas eu lieu."),
        _(
            "Écrivez-nous ce qui s'est passé pour vous : une personne vous répond et décide d'un "
            "nouveau rendez-vous. Si votre évaluateur n'est pas venu, il est sans frais."
        ),
    ]
    return Step("oral", title, "person", meta=when, lines=lines, action=_write_to_us(facts))


def change_rule(appointment: Appointment) -> str:
    """Say until when the candidate may move or cancel, or that it is too late."""
    if not booking.may_change(appointment):
        return _("Il ne peut plus être déplacé ni annulé, sauf cas de force majeure.")
    until = i18n.moment_in_words(appointment.change_until, locale(), timezone())
    return _("Vous pouvez le déplacer ou l'annuler jusqu'au %(moment)s.", moment=until)


def _change(facts: Facts, appointment: Appointment) -> Action | None:
    """Return the way to another hour, or to what is left once it is too late for one."""
    href = url_for("candidate.booking", candidacy_id=facts.candidacy.id)
    if booking.may_change(appointment):
        return Action(_("Déplacer ou annuler"), href, "calendar-event", button=True)
    return None if facts.now >= appointment.starts_at else Action(_("Un empêchement ?"), href, "")


def latest_interview(
    interviews: Mapping[int, Interview], appointments: list[Appointment]
) -> tuple[Appointment | None, Interview | None]:
    """Return the appointment that counts (planned, else the newest) and its interview."""
    planned = [row for row in appointments if row.state is AppointmentState.PLANNED]
    appointment = next(iter(planned or appointments), None)
    return appointment, interviews.get(appointment.id) if appointment is not None else None
