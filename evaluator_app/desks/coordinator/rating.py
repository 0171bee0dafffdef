"""Further marks of an oral: why they are asked for, of whom, and who else could be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import LazyString

from enrolment.models import Candidacy
from evaluator_app.web.edge import db
from evaluator_app.words import _, _l, locale, ngettext
from kernel import clock
from kernel.levels import Level
from people import mandates
from results import marks, rating, second_marking
from results.explanation import decimal
from results.models import SecondMarking
from results.rating import Choice
from rubrics import assignments, queries
from rubrics.models import Assignment, AssignmentReason, Performance, RaterRole, SheetState
from rubrics.scale import THIRDS_PER_LEVEL

OBSTACLES: Mapping[str, LazyString] = {
    mandates.INACTIVE: _l("Aucun autre évaluateur n'est accrédité dans cette langue."),
    mandates.OTHER_LANGUAGE: _l("Aucun autre évaluateur n'est accrédité dans cette langue."),
    mandates.TOO_LOW: _l("Aucun autre évaluateur n'est accrédité jusqu'au niveau visé."),
    mandates.OTHER_DAY: _l("L'accréditation des autres évaluateurs ne vaut pas aujourd'hui."),
    mandates.TIED: _l("Tous les autres évaluateurs sont liés à l'organisme du candidat."),
    mandates.RATED: _l("Tous les évaluateurs ont déjà examiné ou noté ce candidat."),
    mandates.NOT_SENIOR: _l("Aucun évaluateur expérimenté n'est libre de départager."),
    rating.NO_RECORDING: _l(
        "L'oral n'a pas d'enregistrement : personne ne peut le noter après coup."
    ),
    rating.ALL_ASKED: _l("Tous ceux qui pourraient noter cet oral ont déjà été sollicités."),
}


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked for further marks, and what became of it; `tone`: the page's."""

    row: Assignment
    word: str
    tone: str
    open: bool


@dataclass(frozen=True)
class Rating:
    """What the card of further marks shows."""

    asked: SecondMarking | None
    reasons: list[str]
    rows: list[Asked]
    wanted: RaterRole | None
    obstacle: str
    choices: list[Choice]
    may_ask: bool
    may_give_up: bool

    @property
    def standing(self) -> Asked | None:
        """Return who is asked now and has not submitted."""
        return next((row for row in self.rows if row.open), None)


def of(candidacy: Candidacy) -> Rating | None:
    """Return what there is to say of further marks; None before the oral is marked."""
    performance = marks.performance_of(db(), candidacy.id)
    if performance is None or RaterRole.FIRST not in queries.in_force(db(), performance.id):
        return None
    asked = second_marking.of_performance(db(), performance.id)
    rows = [_asked(row) for row in _beside(performance)]
    open_now = candidacy.stage in second_marking.MARKED
    wanted = second_marking.wanted(db(), candidacy, performance) if open_now else None
    standing = next((row for row in rows if row.open), None)
    second = assignments.in_role(db(), performance.id, RaterRole.SECOND)
    role = wanted or (standing.row.role if standing else RaterRole.SECOND)
    may_ask = open_now and (wanted is not None or second is None)
    chooses = may_ask or (open_now and standing is not None)
    waits = wanted is RaterRole.SECOND or (standing and standing.row.role is RaterRole.SECOND)
    return Rating(
        asked=asked,
        reasons=[reason(risk) for risk in asked.risks] if asked else [],
        rows=rows,
        wanted=wanted,
        obstacle=_obstacle(performance, role) if chooses else "",
        choices=rating.choices(db(), performance, role) if chooses else [],
        may_ask=may_ask,
        may_give_up=open_now and bool(waits),
    )


def _obstacle(performance: Performance, role: RaterRole) -> str:
    why = rating.obstacle(db(), performance, role)
    return str(OBSTACLES.get(why, _(why))) if why else ""


def _beside(performance: Performance) -> list[Assignment]:
    return [
        row
        for row in performance.assignments
        if row.role in rating.BESIDE and row.reason is not AssignmentReason.CALIBRATION
    ]


def _asked(row: Assignment) -> Asked:
    newest = queries.latest(db(), row.id)
    submitted = newest is not None and newest.state is SheetState.SUBMITTED
    if not row.stands:
        return Asked(
            row, _("Retirée : %(reason)s", reason=row.withdrawn_reason), "calm", open=False
        )
    if submitted:
        return Asked(row, _("Remise"), "good", open=False)
    if row.due_at is not None and row.due_at <= clock.now():
        return Asked(row, _("En retard"), "person", open=True)
    return Asked(row, _("Commencée") if newest else _("Demandée"), "wait", open=True)


def reason(risk: Mapping[str, Any]) -> str:
    """Say in words why a second marking is asked for."""
    facts = risk["facts"]
    match AssignmentReason(risk["reason"]):
        case AssignmentReason.BOUNDARY:
            words = _(
                "La moyenne de l'oral, %(value)s, est à un tiers de niveau au plus de la limite "
                "qui décide du niveau visé (%(target)s), %(boundary)s.",
                value=_mean(facts["value"]),
                boundary=_mean(facts["boundary"]),
                target=facts["target"],
            )
        case AssignmentReason.DISCREPANCY:
            words = _(
                "L'oral (%(oral)s) et l'écrit (%(written)s) sont à un niveau d'écart ou plus.",
                oral=Level(facts["oral"]).label(locale()),
                written=Level(facts["written"]).label(locale()),
            )
        case AssignmentReason.RATER if facts["flagged"]:
            words = _("Les notations de l'évaluateur s'écartent depuis peu de celles des autres.")
        case AssignmentReason.RATER:
            words = ngettext(
                "L'évaluateur débute : il avait noté %(num)s oral.",
                "L'évaluateur débute : il avait noté %(num)s oraux.",
                facts["marked"],
            )
        case AssignmentReason.INCIDENT:
            words = _("Un incident a été signalé pendant l'oral.")
        case AssignmentReason.SAMPLE:
            words = _(
                "Tiré au sort : %(share)s oraux sur cent sont notés deux fois.",
                share=facts["share"],
            )
        case _:
            words = _("La coordination l'a demandée : %(note)s", note=facts.get("note", ""))
    return words


def _mean(value: str) -> str:
    return decimal(Fraction(value) / THIRDS_PER_LEVEL, locale())
