"""What a coordinator decides about a session: clear, an incident that is noted, or void.

A signal decides nothing. A decision may change, with a reason, until the results are validated;
void alone is final, since the test falls with it (`WatchVoided`) and the candidate sits another.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from enrolment import journey
from enrolment.events import WatchVoided
from enrolment.models import Stage
from kernel import audit, clock, events, live
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people import entry, letters
from proctor.models import Decision, ProctorSession
from proctor.standing import put_gate
from proctor.watching import lock, tell

MOST_WORDS: Final = 1000
_TOLD: Final = frozenset({Decision.INCIDENT, Decision.VOID})


def decide(
    db: Session,
    actor: Actor,
    session: ProctorSession,
    decision: Decision,
    reason: str = "",
) -> bool:
    """Decide about a session that is over; tell whether that changed anything.

    Raises:
        Forbidden: nobody of the certifier.
        Invalid: no decision; an incident, a void test or a change without a reason.
        Refused: the session still runs, its test is void already, or the results are published.
    """
    check(db, actor, Permission.DECIDE_PROCTORING, session)
    candidacy = session.candidacy
    journey.lock(db, candidacy)
    lock(db, session)
    before, words = session.decision, reason.strip()
    if before is decision and words == session.reason and decision is not Decision.UNDECIDED:
        return False
    _possible(session, decision)
    if not words and (decision is not Decision.CLEAR or before is not Decision.UNDECIDED):
        raise Invalid(N_("Dites pourquoi : le candidat le lira."), "reason")
    if len(words) > MOST_WORDS:
        raise Invalid(N_("Ce texte est trop long : 1 000 signes au plus."), "reason")
    session.decision, session.reason = decision, words
    session.decided_by_id, session.decided_at = actor.user_id, clock.now()
    put_gate(db, candidacy)
    audit.record(
        db,
        actor,
        "proctoring.decide",
        session,
        candidacy_id=candidacy.id,
        decision=str(decision),
        before=str(before),
    )
    if decision is not before and (decision in _TOLD or before in _TOLD):
        _write(db, session)
    tell(db, session)
    live.publish(db, f"candidacy:{candidacy.id}")
    if decision is Decision.VOID and session.closed_at is not None:
        events.tell(db, WatchVoided(actor, candidacy, session.closed_at, words))
    journey.complete_if_ready(db, actor, candidacy)
    return True


def _possible(session: ProctorSession, decision: Decision) -> None:
    if decision is Decision.UNDECIDED:
        raise Invalid(N_("Choisissez une décision."), "decision")
    if session.candidacy.stage is Stage.VALIDATED:
        raise Refused(
            N_("Les résultats sont publiés : la décision sur la surveillance ne change plus.")
        )
    if session.decision is Decision.VOID:
        raise Refused(
            N_(
                "Ce test a été annulé et le candidat le sait : cela ne se défait pas. Il en passe "
                "un nouveau."
            )
        )
    if session.closed_at is None:
        raise Refused(
            N_("La session est encore en cours : décidez une fois que le candidat l'a quittée.")
        )


def _write(db: Session, session: ProctorSession) -> None:
    candidacy = session.candidacy
    user = candidacy.candidate.user
    letters.to(
        db,
        user,
        "proctoring_decided",
        {
            "decision": str(session.decision),
            "certification": letters.in_each_language(candidacy.certification.name),
            "sat_at": session.opened_at.isoformat(),
            "reason": session.reason,
            "window_end": candidacy.last_moment.isoformat(),
        },
        opens=entry.leads_to("proctoring", watch_id=session.id),
    )
