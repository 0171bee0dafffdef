"""Making a release: the items that stand, with exposure parameters set by simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Refused
from kernel.permissions import Actor, Permission, check
from written_test import blueprints
from written_test.engine.adaptive import Pool, Rules
from written_test.engine.exposure import Progress, Simulated, calibrate
from written_test.items import grounds, pools
from written_test.models import Bank, Blueprint, Item, ItemState, Release
from written_test.questions.drafts import Skill

CANDIDATES: Final = 1000
ROUNDS: Final = 8
LEAST_ITEMS: Final = 20
FEW: Final = N_(
    "Cette banque a %(count)s questions en service : il en faut au moins %(least)s. "
    "Importez-en d'autres, puis mettez-la en service."
)
LACKING: Final[Mapping[Skill, str]] = {
    Skill.VOCABULARY: N_(
        "Le test demande du vocabulaire, et aucune question de cette compétence n'est en service. "
        "Importez-en, ou mettez sa part à 0 % dans le test écrit de la certification."
    ),
    Skill.GRAMMAR: N_(
        "Le test demande de la grammaire, et aucune question de cette compétence n'est en service. "
        "Importez-en, ou mettez sa part à 0 % dans le test écrit de la certification."
    ),
    Skill.EXPRESSIONS: N_(
        "Le test demande des expressions, et aucune question de cette compétence n'est en service. "
        "Importez-en, ou mettez sa part à 0 % dans le test écrit de la certification."
    ),
    Skill.READING: N_(
        "Le test demande de la compréhension écrite, et aucune question de cette compétence n'est "
        "en service. Importez-en, ou mettez sa part à 0 % dans le test écrit de la certification."
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """How many items a next release would bring, take away, and count with other parameters.

    `pilots`: how many would be on trial, or no longer be.
    """

    added: int
    gone: int
    recalibrated: int = 0
    pilots: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.recalibrated or self.pilots)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a bank would offer now: parameters of its items in use by id, and its pilots."""

    shapes: dict[int, list[Any]]
    pilots: list[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release is simulated from; read at once, used without the database."""

    standing: Standing
    pool: Pool
    rules: Rules
    most: float


def standing(db: Session, bank_id: int) -> Standing:
    """Return what a release would be made of now."""
    query = select(Item.id, Item.shape, Item.state).where(
        Item.bank_id == bank_id,
        Item.replaced_at.is_(None),
        Item.state.in_((ItemState.IN_USE, ItemState.PILOT)),
    )
    rows = db.execute(query.order_by(Item.id)).all()
    return Standing(
        {item: shape for item, shape, state in rows if state is ItemState.IN_USE},
        [item for item, _shape, state in rows if state is ItemState.PILOT],
    )


def difference(db: Session, bank_id: int) -> Difference:
    """Return what stands otherwise than in the bank's last release."""
    last = blueprints.latest_release(db, bank_id)
    before = {int(item): shape for item, _, shape in last.entries} if last else {}
    now = standing(db, bank_id)
    both = now.shapes.keys() & before.keys()
    return Difference(
        added=len(now.shapes.keys() - both),
        gone=len(before.keys() - both),
        recalibrated=sum(now.shapes[item] != before[item] for item in both),
        pilots=len(set(now.pilots) ^ set(last.pilots if last else ())),
    )


def obstacle(db: Session, bank_id: int) -> Refused | None:
    """Return what keeps a bank from being released as it stands, None if nothing does."""
    query = select(Item.skill, func.count()).where(*_in_use(bank_id)).group_by(Item.skill)
    counts = {skill: count for skill, count in db.execute(query)}  # noqa: C416 -- rows, not pairs
    if sum(counts.values()) < LEAST_ITEMS:
        return Refused(FEW, count=sum(counts.values()), least=LEAST_ITEMS)
    wanted = _wanted(db, bank_id)
    lacking = next((skill for skill in Skill if skill in wanted and skill not in counts), None)
    return Refused(LACKING[lacking]) if lacking else None


def make(
    db: Session, actor: Actor, bank: Bank, *, candidates: int = CANDIDATES, rounds: int = ROUNDS
) -> Release:
    """Release a bank as it stands; tests begun from now on draw from it.

    Simulates `rounds` times `candidates` tests (about a millisecond each) with the rules of the
    first blueprint that uses the bank, in this transaction: for a bank that nobody else changes.
    What stands as it did gives the last release again.

    Raises:
        Refused: fewer than LEAST_ITEMS items, or a skill that a blueprint wants has none.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    last = blueprints.latest_release(db, bank.id)
    if last is not None and not difference(db, bank.id):
        return last
    plan = prepare(db, bank)
    return keep(db, actor, bank, plan, *simulated(plan, candidates, rounds))


def prepare(db: Session, bank: Bank) -> Plan:
    """Read what a release of `bank` is simulated from.

    Raises:
        Refused: see `obstacle`.
    """
    why = obstacle(db, bank.id)
    if why is not None:
        raise why
    now = standing(db, bank.id)
    first = next(iter(_blueprints(db, bank.id)), None)
    rules = Rules(blueprints.SHARES, blueprints.CUTS, opening=blueprints.opening(blueprints.CUTS))
    most = blueprints.EXPOSURE_MOST
    if first is not None:
        rules = blueprints.rules_of(blueprints.frozen(first, 1.0, ""))
        most = first.exposure_most
    tags = pools.tags_of(db, list(now.shapes))
    pool = Pool([pools.entry(tags[item], 1.0, shape) for item, shape in now.shapes.items()])
    return Plan(now, pool, rules, most)


def simulated(
    plan: Plan,
    candidates: int = CANDIDATES,
    rounds: int = ROUNDS,
    progress: Progress | None = None,
) -> tuple[Pool, Simulated]:
    """Return the plan's items with their exposure parameters, and what the simulation found."""
    return calibrate(
        plan.pool, plan.rules, plan.most, candidates=candidates, rounds=rounds, progress=progress
    )


def keep(
    db: Session, actor: Actor, bank: Bank, plan: Plan, pool: Pool, figures: Simulated
) -> Release:
    """Write a release that was simulated from `plan`; the same items give the last one again.

    Raises:
        Refused: the bank's items are others by now.
    """
    check(db, actor, Permission.MANAGE_BANKS)
    db.refresh(bank, with_for_update=LOCK)
    if standing(db, bank.id) != plan.standing:
        raise Refused(
            N_(
                "Les questions de la banque ont changé pendant la simulation. "
                "Demandez de nouveau la mise en service."
            )
        )
    last = blueprints.latest_release(db, bank.id)
    if last is not None and not difference(db, bank.id):
        return last
    release = Release(
        bank_id=bank.id,
        number=last.number + 1 if last else 1,
        made_at=clock.now(),
        made_by_id=actor.user_id,
        entries=[
            [entry.id, entry.exposure, plan.standing.shapes[entry.id]] for entry in pool.entries
        ],
        pilots=plan.standing.pilots,
        rests=grounds.of(db, list(plan.standing.shapes)).as_json(),
        simulated=figures.as_json() | {"exposure_most": plan.most},
    )
    db.add(release)
    db.flush()
    audit.record(db, actor, "release.make", release, bank=bank.id, items=len(pool))
    return release


def _in_use(bank_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Item.bank_id == bank_id, Item.replaced_at.is_(None), Item.state == ItemState.IN_USE)


def _blueprints(db: Session, bank_id: int) -> list[Blueprint]:
    return list(
        db.scalars(select(Blueprint).where(Blueprint.bank_id == bank_id).order_by(Blueprint.id))
    )


def _wanted(db: Session, bank_id: int) -> set[str]:
    """Return the skills that some test drawn from this bank asks for."""
    shares = [blueprint.shares for blueprint in _blueprints(db, bank_id)] or [blueprints.SHARES]
    return {skill for by_skill in shares for skill, share in by_skill.items() if share > 0}
