"""Banks themselves: make one, take a question out of use or back into it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from written_test.models import Bank, Item

MOST_NAME = 120
MOST_REASON = 300


def create(db: Session, actor: Actor, name: str, language: Language) -> Bank:
    """Make an empty bank.

    Raises:
        Invalid: it has no name, or another one has it.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME:
        raise Invalid(N_("Donnez à la banque un nom, de 120 caractères au plus."), "name")
    if db.scalar(select(Bank.id).where(Bank.name == name)) is not None:
        raise Invalid(N_("Une autre banque porte déjà ce nom."), "name")
    bank = Bank(name=name, language=language, created_at=clock.now(), created_by_id=actor.user_id)
    db.add(bank)
    audit.record(db, actor, "bank.create", bank, language=str(language))
    return bank


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MOST_REASON:
        raise Invalid(N_("Dites pourquoi, en 300 caractères au plus."), "reason")
    return reason


def _latest(item: Item) -> None:
    if item.replaced_at is not None:
        raise Refused(
            N_("Une version plus récente de cette question existe : c'est elle qui sert.")
        )


def retire(db: Session, actor: Actor, item: Item, reason: str) -> None:
    """Take a question out of use, from the next release of its bank on.

    Raises:
        Invalid: no reason.
        Refused: it is out of use already, or an old version.
    """
    check(db, actor, Permission.MANAGE_BANKS, None)
    _latest(item)
    said = _reason(reason)
    if item.retired_at is not None:
        raise Refused(N_("Cette question est déjà retirée."))
    item.retired_at, item.retired_reason = clock.now(), said
    audit.record(db, actor, "item.retire", item, bank=item.bank_id)


def bring_back(db: Session, actor: Actor, item: Item, reason: str) -> None:
    """Take a question back into use, from the next release of its bank on; raise as `retire`."""
    check(db, actor, Permission.MANAGE_BANKS, None)
    _latest(item)
    said = _reason(reason)
    if item.retired_at is None:
        raise Refused(N_("Cette question est déjà en service."))
    item.retired_at, item.retired_reason = None, said
    audit.record(db, actor, "item.bring_back", item, bank=item.bank_id)
