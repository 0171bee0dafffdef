"""What a question is used for: draft, pilot, in use, retired; one table, one way to change it.

A draft is shown to nobody. A pilot is shown to some and scored for nobody. A question in use counts
towards levels, and needs parameters that somebody gave. A change counts from the bank's next
release on; tests that have begun keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from written_test.models import Basis, Item, ItemState
from written_test.questions.drafts import Draft

MOST_REASON: Final = 300
WAYS: Final[Mapping[ItemState, frozenset[ItemState]]] = {
    ItemState.DRAFT: frozenset({ItemState.PILOT, ItemState.IN_USE, ItemState.RETIRED}),
    ItemState.PILOT: frozenset({ItemState.DRAFT, ItemState.IN_USE, ItemState.RETIRED}),
    ItemState.IN_USE: frozenset({ItemState.PILOT, ItemState.RETIRED}),
    ItemState.RETIRED: frozenset({ItemState.PILOT, ItemState.IN_USE}),
}
"""From each state, those that it may change to. What counted is never a draft again."""
OLD: Final = N_("Une version plus récente de cette question existe : c'est elle qui sert.")
ALREADY: Final[Mapping[ItemState, str]] = {
    ItemState.DRAFT: N_("Cette question est déjà un brouillon."),
    ItemState.PILOT: N_("Cette question est déjà à l'essai."),
    ItemState.IN_USE: N_("Cette question est déjà en service."),
    ItemState.RETIRED: N_("Cette question est déjà retirée."),
}
NO_WAY: Final = N_("Une question qui a compté ou qui est retirée ne redevient pas un brouillon.")
WITHOUT: Final = N_(
    "Personne n'a donné de paramètres à cette question : elle reste à l'essai jusqu'à ce que vous "
    "en importiez."
)


@dataclass(frozen=True, slots=True)
class StateChange:
    """What came of a change of many questions: how many changed, and why others did not."""

    changed: tuple[Item, ...]
    kept: tuple[tuple[Item, Refused], ...]


def obstacle(item: Item, to: ItemState) -> Refused | None:
    """Return why a question cannot change to a state, None if it can."""
    if item.replaced_at is not None:
        return Refused(OLD)
    if item.state is to:
        return Refused(ALREADY[to])
    if to not in WAYS[item.state]:
        return Refused(NO_WAY)
    if to is ItemState.IN_USE and item.basis is Basis.EXPECTED:
        return Refused(WITHOUT)
    return None


def move(db: Session, actor: Actor, item: Item, to: ItemState, reason: str) -> None:
    """Change what a question is used for, from the next release of its bank on.

    Raises:
        Invalid: no reason.
        Refused: see `obstacle`.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    said = _reason(reason)
    why = obstacle(item, to)
    if why is not None:
        raise why
    _change(db, actor, item, to, said)


def move_many(
    db: Session, actor: Actor, items: Sequence[Item], to: ItemState, reason: str
) -> StateChange:
    """Change those of many questions that can; the others stay as they are, each with its reason.

    Raises:
        Invalid: no reason.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    said = _reason(reason)
    obstacles = [(item, obstacle(item, to)) for item in items]
    free = tuple(item for item, why in obstacles if why is None)
    for item in free:
        _change(db, actor, item, to, said)
    return StateChange(free, tuple((item, why) for item, why in obstacles if why is not None))


def at_first(draft: Draft, before: Item | None) -> tuple[ItemState, str]:
    """Return the state of a question that comes in, and its reason.

    Parameters put a new one in use; without any it is on trial; what its file hides is a draft.
    The next version of a question stays what it was, on trial at the most without parameters.
    """
    if before is not None and before.state is ItemState.RETIRED:
        return before.state, before.state_reason
    if draft.hidden or (before is not None and before.state is ItemState.DRAFT):
        return ItemState.DRAFT, ""
    counts = bool(draft.parameters) and (before is None or before.state is ItemState.IN_USE)
    return ItemState.IN_USE if counts else ItemState.PILOT, ""


def _change(db: Session, actor: Actor, item: Item, to: ItemState, said: str) -> None:
    was = item.state
    item.state, item.state_at, item.state_reason = to, clock.now(), said
    audit.record(db, actor, "item.state", item, bank=item.bank_id, was=str(was), to=str(to))


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MOST_REASON:
        raise Invalid(N_("Dites pourquoi, en 300 caractères au plus."), "reason")
    return reason
