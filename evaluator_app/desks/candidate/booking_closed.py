"""Why a candidate cannot choose an hour now, and what they can still do, in words."""

from __future__ import annotations

from enrolment.models import BEFORE_ORAL, Candidacy, GateKind, Stage
from evaluator_app.desks.candidate.side_roads import Notice, notice
from evaluator_app.web.edge import db
from evaluator_app.words import _
from kernel import clock
from rooms import content_sets
from rooms.models import Interview
from scheduling import booking
from scheduling.models import Appointment

NEVER_BOOKED = (Stage.WITHDRAWN, Stage.SUSPENDED)


def is_over(candidacy: Candidacy) -> bool:
    """Tell whether the access window has ended for somebody who has no oral yet."""
    if candidacy.stage is Stage.EXPIRED:
        return True
    return candidacy.stage is Stage.ENROLLED and candidacy.window_end <= clock.now()


def why_closed(
    candidacy: Candidacy, appointment: Appointment | None, interview: Interview | None
) -> Notice | None:
    """Return what to say in place of the hours, or None when one may be chosen."""
    if is_over(candidacy):
        return Notice(
            _("Votre période d'accès est terminée"),
            [
                _("Ce que vous avez fait est conservé, votre test écrit aussi."),
                _(
                    "%(organisation)s peut vous accorder une prolongation.",
                    organisation=candidacy.organisation.name,
                ),
            ],
            "wait",
        )
    if candidacy.stage in NEVER_BOOKED:
        return notice(candidacy, interview)
    if candidacy.stage not in BEFORE_ORAL:
        return Notice(
            _("Il n'y a plus d'heure à choisir"),
            [_("Votre entretien a commencé ou a eu lieu. Votre parcours dit la suite.")],
            "calm",
        )
    not_yet = _not_yet(candidacy)
    if not_yet is not None:
        return not_yet
    if appointment is not None and not booking.may_change(appointment):
        return _too_late(candidacy)
    return None


def _not_yet(candidacy: Candidacy) -> Notice | None:
    if content_sets.of(db(), candidacy.certification) is None:
        return Notice(
            _("L'oral ne peut pas encore être réservé"),
            [
                _(
                    "Il n'est pas encore prêt dans cette langue. Rien n'est à faire de votre "
                    "côté : le certificateur le sait et vous écrira. Ce que vous avez fait est "
                    "conservé."
                )
            ],
            "wait",
        )
    gates = {gate.kind: gate.open for gate in candidacy.gates}
    if not gates.get(GateKind.WRITTEN_RESULT):
        return Notice(
            _("D'abord le test écrit"),
            [_("L'oral se réserve une fois le test écrit passé.")],
            "calm",
        )
    return None


def _too_late(candidacy: Candidacy) -> Notice:
    return Notice(
        _("Il est trop tard pour changer ce rendez-vous vous-même"),
        [
            _(
                "Cela se fait jusqu'à %(hours)s heures avant l'entretien : au-delà, votre "
                "évaluateur ne pourrait plus recevoir quelqu'un d'autre.",
                hours=candidacy.certification.moving_notice_hours,
            ),
            _(
                "Un cas de force majeure ? Dites-le dès maintenant à %(organisation)s, avec un "
                "justificatif si vous en avez un : l'organisme peut libérer ce rendez-vous, et "
                "vous en choisirez un autre.",
                organisation=candidacy.organisation.name,
            ),
            _("Sans cela, votre rendez-vous tient : rien n'est changé."),
        ],
        "wait",
    )
