"""Making a release: the items that stand, with exposure parameters set by simulation."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import HOLD
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from written_test import blueprints, pools
from written_test.adaptive import Pool, Rules
from written_test.exposure import calibrate
from written_test.models import Bank, Blueprint, Item, Release

Progress = Callable[[int, int], None]
LEAST_ITEMS = 20


def standing(db: Session, bank_id: int) -> list[int]:
    """Return the ids of a bank's items that are neither replaced nor retired."""
    return list(
        db.scalars(
            select(Item.id)
            .where(Item.bank_id == bank_id, Item.replaced_at.is_(None), Item.retired_at.is_(None))
            .order_by(Item.id)
        )
    )


def make(
    db: Session,
    actor: Actor,
    bank: Bank,
    *,
    candidates: int = 1000,
    rounds: int = 8,
    progress: Progress | None = None,
) -> Release:
    """Release a bank as it stands; tests begun from now on draw from it.

    Simulates `rounds` times `candidates` tests (about a millisecond each) with the rules of the
    first blueprint that uses the bank. What stands as it did gives the last release again.

    Raises:
        Refused: fewer than LEAST_ITEMS items, or a skill that the blueprint wants has none.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=HOLD)
    items = standing(db, bank.id)
    last = blueprints.latest_release(db, bank.id)
    if last is not None and sorted(item for item, _ in last.entries) == items:
        return last
    if len(items) < LEAST_ITEMS:
        raise Refused(
            N_("Cette banque a %(count)s questions : il en faut au moins %(least)s."),
            count=len(items),
            least=LEAST_ITEMS,
        )
    rules, most = _rules(db, bank)
    pool = Pool(pools.entries(db, items))
    if not set(rules.shares) <= set(pool.skills):
        raise Refused(N_("Une compétence du test n'a aucune question dans cette banque."))
    calibrated, figures = calibrate(
        pool, rules, most, candidates=candidates, rounds=rounds, progress=progress
    )
    release = Release(
        bank_id=bank.id,
        number=last.number + 1 if last else 1,
        made_at=clock.now(),
        made_by_id=actor.user_id,
        entries=[[entry.id, entry.exposure] for entry in calibrated.entries],
        simulated=figures.as_json(),
    )
    db.add(release)
    db.flush()
    audit.record(db, actor, "release.make", release, bank=bank.id, items=len(items))
    return release


def _rules(db: Session, bank: Bank) -> tuple[Rules, float]:
    blueprint = db.scalar(
        select(Blueprint).where(Blueprint.bank_id == bank.id).order_by(Blueprint.id).limit(1)
    )
    if blueprint is None:
        return Rules(blueprints.SHARES, blueprints.CUTS), 0.25
    return blueprints.rules_of(blueprints.frozen(blueprint, 1.0, "")), blueprint.exposure_most
