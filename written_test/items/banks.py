"""Banks themselves: make one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from written_test.models import Bank

MOST_NAME = 120


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
