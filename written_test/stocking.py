"""Putting questions into a bank: new ones, new versions of known ones, nothing for the same again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import HOLD
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from people.languages import Language
from written_test.drafts import Draft
from written_test.kinds import write_body
from written_test.models import Bank, Item


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many questions came in as new, as a new version of a known one, or as they were."""

    added: int
    changed: int
    same: int


def open_bank(db: Session, actor: Actor, name: str, language: Language) -> Bank:
    """Open an empty bank, or return the one of that name.

    Raises:
        Invalid: no name, or the one of that name is of another language.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    if not name.strip():
        raise Invalid(N_("Donnez un nom à cette banque."), "name")
    bank = db.scalar(select(Bank).where(Bank.name == name.strip()))
    if bank is not None and bank.language is not language:
        raise Invalid(N_("Une banque d'une autre langue porte déjà ce nom."), "name")
    if bank is None:
        bank = Bank(
            name=name.strip(),
            language=language,
            created_at=clock.now(),
            created_by_id=actor.user_id,
        )
        db.add(bank)
        db.flush()
        audit.record(db, actor, "bank.open", bank, name=bank.name)
    return bank


def stock(
    db: Session,
    actor: Actor,
    bank: Bank,
    drafts: Sequence[Draft],
    *,
    import_id: int | None = None,
    sounds: Mapping[str, str] | None = None,
) -> Stocked:
    """Put `drafts` into a bank; one that stands there unchanged is left alone.

    A question that changed is a new version: what somebody answered is never edited. `sounds`
    names the stored sound of each question that has one, by its code.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=HOLD)
    standing = {
        item.code: item
        for item in db.scalars(
            select(Item).where(Item.bank_id == bank.id, Item.replaced_at.is_(None))
        )
    }
    moment, added, changed = clock.now(), 0, 0
    for draft in drafts:
        known, mark = standing.get(draft.code), draft.fingerprint()
        if known is not None and known.fingerprint == mark:
            continue
        item = _item(bank, draft, mark)
        item.import_id, item.created_at, item.created_by_id = import_id, moment, actor.user_id
        item.audio_key = (sounds or {}).get(draft.code, "")
        if known is not None:
            known.replaced_at, item.version = moment, known.version + 1
        added, changed = added + (known is None), changed + (known is not None)
        standing[draft.code] = item
        db.add(item)
    db.flush()
    audit.record(db, actor, "bank.stock", bank, added=added, changed=changed)
    return Stocked(added, changed, len(drafts) - added - changed)


def _item(bank: Bank, draft: Draft, fingerprint: str) -> Item:
    return Item(
        bank_id=bank.id,
        code=draft.code,
        version=1,
        kind=draft.body.kind,
        content=write_body(draft.body),
        skill=draft.skill,
        field=draft.field,
        level=draft.level,
        seconds=draft.time,
        shape=[[one.a, one.b, one.c] for one in draft.shape],
        calibrated=draft.calibrated,
        fingerprint=fingerprint,
    )
