"""« Valider les résultats », confirmed: they are validated when their hold is over.

Where two people have to approve (`settings.validators`), the hold begins with the second. Until
its end nothing is stored, nobody is told, and it can be taken back. What was confirmed is what
is validated: if anything that the verdict is made from has changed meanwhile, nothing is, and the
candidacy waits for a coordinator as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from enrolment import journey, queries
from enrolment.models import Candidacy
from kernel import audit, clock, live, outbox
from kernel.db import Database
from kernel.errors import N_, Forbidden, Refused
from kernel.permissions import Actor, Permission, check, may
from kernel.settings import Settings
from people import queries as people_queries
from people.models import User
from results import inputs, jury, kinds, validation
from results.kinds import Kind
from results.models import Deliberation, JuryEnd
from results.verdict import Verdict

KIND: Final = "validation"
NO_CERTIFIER: Final = N_(
    "Aucun document ne peut être fait : cette installation n'a pas encore de certificateur. La "
    "personne qui l'exploite le nomme (VIVA_CERTIFIER_NAME) ; tout ce qui a été noté est gardé."
)
CHANGED: Final = N_(
    "Le résultat a changé depuis que vous l'avez lu : rien n'a été validé. Relisez-le, puis "
    "confirmez."
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, with what they may open of what is made."""

    user: User
    documents: tuple[Kind[Any], ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would leave: documents to the candidate, news of them to who enrolled them."""

    candidate: Recipient
    managers: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Confirmed results that are not validated yet: by whom, and when they are."""

    by_id: int
    at: datetime


def leaving(
    db: Session, actor: Actor, candidacy: Candidacy, given: inputs.Inputs, outcome: Verdict
) -> Leaving:
    """Return what leaves, and to whom, once these results are validated."""
    verdict = validation.drafted(actor, candidacy, given, outcome, "")
    due = kinds.due(verdict)

    def recipient(user: User) -> Recipient:
        opened = (
            kind for kind in due if any(may(db, user.actor, p, candidacy) for p in kind.opened_by)
        )
        return Recipient(user, tuple(opened))

    managers = people_queries.managers(db, candidacy.organisation_id)
    return Leaving(recipient(candidacy.candidate.user), tuple(map(recipient, managers)))


def held(db: Session, candidacy_id: int) -> Held | None:
    """Return the confirmation that waits for its time, if there is one."""
    row = outbox.under(db, _key(candidacy_id))
    if row is None or row.failed_at is not None:
        return None
    return Held(row.payload["by"], row.not_before)


def confirm(
    db: Session,
    actor: Actor,
    settings: Settings,
    candidacy: Candidacy,
    digest: str,
    meeting: Deliberation | None = None,
) -> Held | None:
    """Approve the results that were read (`digest`: of their verdict).

    Once as many have approved them as `settings.validators` asks, they are validated after the
    hold; until then None is returned.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: as `validation.validate` and `jury.approve`; not what was read; confirmed already;
            no certifier.
    """
    jury.require_apart(db, actor, candidacy)
    require_certifier(settings)
    _given, outcome = validation.decided(db, candidacy)
    if outcome.digest != digest:
        raise Refused(CHANGED)
    if held(db, candidacy.id):
        raise Refused(N_("Ces résultats sont déjà confirmés : ils partent dans un instant."))
    approval = jury.approve(db, actor, candidacy, digest, outcome.overall, meeting)
    if len(jury.approvals(db, candidacy.id, digest)) < settings.validators:
        audit.record(
            db, actor, "results.approve", approval, candidacy_id=candidacy.id, digest=digest
        )
        live.publish(db, f"candidacy:{candidacy.id}")
        return None
    outbox.withdraw(db, _key(candidacy.id))  # one that a restore held back
    at = clock.now() + timedelta(seconds=settings.results_hold_s)
    payload: dict[str, Any] = {"candidacy_id": candidacy.id, "by": actor.user_id, "digest": digest}
    outbox.enqueue(db, KIND, payload, not_before=at, dedupe=_key(candidacy.id))
    audit.record(db, actor, "results.confirm", candidacy, candidacy_id=candidacy.id, digest=digest)
    live.publish(db, f"candidacy:{candidacy.id}")
    db.flush()
    return Held(payload["by"], at)


def take_back(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Take back a confirmation before its time, or an approval that waits for another one.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: nothing waits any more.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    journey.lock(db, candidacy)
    waits = held(db, candidacy.id) is not None
    gone = waits and not outbox.withdraw(db, _key(candidacy.id))
    if gone or not jury.end_approvals(db, actor, candidacy.id, JuryEnd.TAKEN_BACK):
        raise Refused(
            N_("Il n'y a plus rien à reprendre : ces résultats ne sont pas, ou plus, en attente.")
        )
    audit.record(db, actor, "results.take_back", candidacy, candidacy_id=candidacy.id)
    live.publish(db, f"candidacy:{candidacy.id}")


def require_certifier(settings: Settings) -> None:
    """Make sure that documents can say who certifies.

    Raises:
        Refused: nobody said.
    """
    if not settings.certifier_name:
        raise Refused(NO_CERTIFIER)


def register(settings: Settings) -> None:
    """Let the jobs process validate what was confirmed, with these settings."""

    @outbox.handles(KIND)
    def _handle(database: Database, row: outbox.OutboxRow) -> None:
        try:
            with database.transaction() as db:
                if _is_due(db, row):
                    require_certifier(settings)
                    _validate(db, row, settings.validators)
        except (Refused, Forbidden):
            with database.transaction() as db:
                _drop(db, row)


def _is_due(db: Session, row: outbox.OutboxRow) -> bool:
    """Tell whether nobody has done this yet: a run may have been cut short after its commit."""
    queued = outbox.under(db, _key(row.payload["candidacy_id"]))
    return queued is not None and queued.id == row.id


def _validate(db: Session, row: outbox.OutboxRow, validators: int) -> None:
    candidacy = queries.whole(db, row.payload["candidacy_id"])
    coordinator = db.get_one(User, row.payload["by"])
    if candidacy is None or not coordinator.active:
        raise Forbidden
    _given, outcome = validation.decided(db, candidacy)
    if outcome.digest != row.payload["digest"]:
        raise Refused(CHANGED)
    if len(jury.approvals(db, candidacy.id, outcome.digest)) < validators:
        raise Forbidden
    validation.validate(db, coordinator.actor, candidacy)
    jury.end_approvals(db, coordinator.actor, candidacy.id, JuryEnd.VALIDATED)
    outbox.free_key(db, row)


def _drop(db: Session, row: outbox.OutboxRow) -> None:
    """Write that confirmed results were not validated, and let them be confirmed anew."""
    candidacy_id = row.payload["candidacy_id"]
    actor = db.get_one(User, row.payload["by"]).actor
    jury.end_approvals(db, actor, candidacy_id, JuryEnd.CHANGED)
    audit.record(db, actor, "results.drop", None, candidacy_id=candidacy_id)
    live.publish(db, f"candidacy:{candidacy_id}")
    outbox.free_key(db, row)


def _key(candidacy_id: int) -> str:
    return f"{KIND}:{candidacy_id}"
