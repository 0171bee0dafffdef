"""Minutes of a closed deliberation, from what was decided in it."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from kernel import exam_zone, i18n
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from results.documents.minutes import Line, MinutesData, minutes
from results.documents.words import D_, say
from results.models import Deliberation, JuryAct, JuryDecision, JuryEnd

DECIDED: Final = {
    JuryAct.APPROVE: D_("Résultat validé : %(level)s"),
    JuryAct.WITHHOLD: D_("Résultat retenu"),
    JuryAct.RETURN: D_("Notes renvoyées à l'évaluateur"),
}


def draw(db: Session, actor: Actor, meeting: Deliberation, certifier: str, locale: str) -> bytes:
    """Return the minutes of a meeting as a PDF, in the language `locale`.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: the meeting is not closed yet.
    """
    check(db, actor, Permission.DELIBERATE)
    return minutes(data(meeting, certifier, locale))


def data(meeting: Deliberation, certifier: str, locale: str) -> MinutesData:
    """Return what the minutes of a closed meeting say.

    Raises:
        Refused: it is not closed yet.
    """
    if meeting.closed_at is None:
        raise Refused(N_("Le procès-verbal se fait une fois la délibération close."))
    zone = exam_zone.name()
    return MinutesData(
        locale=locale,
        certifier=certifier,
        closed_on=exam_zone.day_of(meeting.closed_at),
        held=say(
            locale,
            D_("du %(start)s au %(end)s"),
            start=i18n.moment_in_words(meeting.opened_at, locale, zone),
            end=i18n.moment_in_words(meeting.closed_at, locale, zone),
        ),
        languages=meeting.language.label(locale) if meeting.language else say(locale, D_("toutes")),
        present=meeting.present,
        lines=[_line(decision, locale) for decision in meeting.decisions if _stood(decision)],
    )


def _stood(decision: JuryDecision) -> bool:
    """Tell whether a decision still held as its meeting was closed."""
    meeting = decision.deliberation
    if decision.ended_at is None or decision.ended_why in (JuryEnd.VALIDATED, JuryEnd.DONE):
        return True
    return bool(meeting and meeting.closed_at and decision.ended_at > meeting.closed_at)


def _line(decision: JuryDecision, locale: str) -> Line:
    level = decision.level.label(locale) if decision.level else ""
    return Line(
        name=decision.candidacy.candidate.name,
        subject=decision.candidacy.certification.name(locale),
        decision=say(locale, DECIDED[decision.act], level=level),
        reason=decision.reason,
        by=say(locale, D_("par %(name)s"), name=decision.by.name),
    )
