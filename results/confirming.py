"""« Valider les résultats », confirmed: they are validated when their hold is over.

Until then nothing is stored, nobody is told, and it can be taken back. What was confirmed is what
is validated: if anything that the verdict is made from has changed meanwhile, nothing is, and the
candidacy waits for a coordinator as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from enrolment import queries
from enrolment.models import Candidacy
from kernel import audit, clock, live, outbox
from kernel.db import Database
from kernel.errors import N_, Forbidden, Refused
from kernel.permissions import Actor, Permission, check, may
from kernel.settings import Settings
from people import queries as people_queries
from people.models import User
from results import inputs, kinds, validation
from results.kinds import Kind
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
    db: Session, actor: Actor, settings: Settings, candidacy: Candidacy, digest: str
) -> Held:
    """Let the results that were read (`digest`: of their verdict) be validated after the hold.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: as `validation.validate`; not what was read; confirmed already; no certifier.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    require_certifier(settings)
    _given, outcome = validation.decided(db, candidacy)
    if outcome.digest != digest:
        raise Refused(CHANGED)
    if held(db, candidacy.id):
        raise Refused(N_("Ces résultats sont déjà confirmés : ils partent dans un instant."))
    outbox.withdraw(db, _key(candidacy.id))  # one that a restore held back
    at = clock.now() + timedelta(seconds=settings.results_hold_s)
    payload: dict[str, Any] = {"candidacy_id": candidacy.id, "by": actor.user_id, "digest": digest}
    outbox.enqueue(db, KIND, payload, not_before=at, dedupe=_key(candidacy.id))
    audit.record(db, actor, "results.confirm", candidacy, candidacy_id=candidacy.id, digest=digest)
    live.publish(db, f"candidacy:{candidacy.id}")
    db.flush()
    return Held(payload["by"], at)


def take_back(db: Session, actor: Actor, candidacy: Candidacy) -> None:
    """Take back a confirmation before its time.

    Raises:
        Forbidden: the actor does not coordinate.
        Refused: nothing waits any more.
    """
    check(db, actor, Permission.VALIDATE_RESULTS, candidacy)
    if held(db, candidacy.id) is None or not outbox.withdraw(db, _key(candidacy.id)):
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
                    _validate(db, row)
        except (Refused, Forbidden):
            with database.transaction() as db:
                _drop(db, row)


def _is_due(db: Session, row: outbox.OutboxRow) -> bool:
    """Tell whether nobody has done this yet: a run may have been cut short after its commit."""
    queued = outbox.under(db, _key(row.payload["candidacy_id"]))
    return queued is not None and queued.id == row.id


def _validate(db: Session, row: outbox.OutboxRow) -> None:
    candidacy = queries.whole(db, row.payload["candidacy_id"])
    coordinator = db.get_one(User, row.payload["by"])
    if candidacy is None or not coordinator.active:
        raise Forbidden
    _given, outcome = validation.decided(db, candidacy)
    if outcome.digest != row.payload["digest"]:
        raise Refused(CHANGED)
    validation.validate(db, coordinator.actor, candidacy)
    outbox.free_key(db, row)


def _drop(db: Session, row: outbox.OutboxRow) -> None:
    """Write that confirmed results were not validated, and let them be confirmed anew."""
    candidacy_id = row.payload["candidacy_id"]
    actor = db.get_one(User, row.payload["by"]).actor
    audit.record(db, actor, "results.drop", None, candidacy_id=candidacy_id)
    live.publish(db, f"candidacy:{candidacy_id}")
    outbox.free_key(db, row)


def _key(candidacy_id: int) -> str:
    return f"{KIND}:{candidacy_id}"
