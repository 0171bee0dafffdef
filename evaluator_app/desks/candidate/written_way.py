"""What comes before the written test, in order, and what of it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from enrolment import gates, profile
from enrolment.models import BEFORE_ORAL, Candidacy, GateKind
from evaluator_app.web.edge import house
from kernel import clock
from people import consents
from proctor import equipment, presented, risk_files
from proctor.models import EquipmentVerdict, RiskFile
from written_test import blueprints, sitting
from written_test.models import Release, WrittenTest, WrittenTestState

BEFORE = ("identity", "equipment", "demo", "watch", "document")
PAGES = {
    "identity": "candidate.profile",
    "demo": "candidate.written_demo",
    "watch": "candidate.written_watch",
    "document": "candidate.written_document",
}


@dataclass(frozen=True)
class WrittenWay:
    """Where a candidacy stands on its way to the written test and through it."""

    rules: Mapping[str, Any] | None  # those of the test that was begun, else the blueprint's
    test: WrittenTest | None
    done: frozenset[str]
    open: bool  # the window and the stage let it be sat now
    pilots: bool  # whether questions on trial may come up

    @property
    def is_here(self) -> bool:
        """Tell whether the written test of this certification is sat here."""
        return self.rules is not None

    @property
    def next(self) -> str | None:
        """Return the first thing that is still to be done before the test."""
        return next((step for step in BEFORE if step not in self.done), None)

    @property
    def under_way(self) -> bool:
        """Tell whether the test has begun and not ended."""
        return self.test is not None and self.test.state in (
            WrittenTestState.RUNNING,
            WrittenTestState.LEFT,
        )

    @property
    def minutes(self) -> int:
        """Return the most minutes that the test takes, without anybody's extra time."""
        return int(self.rules["minutes"]) if self.rules else 0


def of(db: Session, candidacy: Candidacy) -> WrittenWay:
    """Return where `candidacy` stands."""
    test = sitting.of_candidacy(db, candidacy.id)
    rules, release = (test.rules, test.release) if test is not None else _rules(db, candidacy)
    now = clock.now()
    return WrittenWay(
        rules=rules,
        test=test,
        done=frozenset(_done(db, candidacy)) if rules is not None else frozenset(),
        open=candidacy.stage in BEFORE_ORAL
        and candidacy.window_start <= now < candidacy.window_end,
        pilots=bool(release and release.pilots and rules and rules.get("pilot_share")),
    )


def _rules(db: Session, candidacy: Candidacy) -> tuple[Mapping[str, Any] | None, Release | None]:
    blueprint = blueprints.of_certification(db, candidacy.certification_id)
    release = blueprints.latest_release(db, blueprint.bank_id) if blueprint else None
    if blueprint is None or release is None:
        return None, None
    return blueprints.frozen(blueprint, candidacy.time_factor, ""), release


def _done(db: Session, candidacy: Candidacy) -> set[str]:
    user_id = candidacy.candidate.user_id
    tested = equipment.standing(db, user_id)
    steps = {
        "identity": profile.confirmed_at(db, candidacy) is not None,
        "equipment": tested is not None and tested.verdict is not EquipmentVerdict.BLOCKED,
        "demo": gates.is_open(db, candidacy, GateKind.DEMO_TEST),
        "watch": not consents.missing(db, user_id, to_acknowledge(db, candidacy)),
        "document": presented.standing(db, candidacy.id) is not None,
    }
    return {name for name, there in steps.items() if there}


def to_acknowledge(db: Session, candidacy: Candidacy) -> tuple[str, ...]:
    """Return the texts about the watch that are read before the test of this certification."""
    faces = risk_files.in_force(db, house().settings, candidacy.certification_id)
    return consents.WRITTEN_WITH_FACES if faces else consents.WRITTEN


def risk_file(db: Session, candidacy: Candidacy) -> RiskFile | None:
    """Return the risk file under which faces may be looked for; None: they are not.

    Whoever did not read that they are, before the test, is never looked for.
    """
    version = risk_files.in_force(db, house().settings, candidacy.certification_id)
    if version is None or consents.missing(db, candidacy.candidate.user_id, ("faces",)):
        return None
    return version


def address(candidacy: Candidacy, step: str | None) -> str:
    """Return where a step is done; without one, the test itself."""
    if step == "equipment":
        return url_for("candidate.equipment", then=candidacy.id)
    return url_for(PAGES.get(step or "", "candidate.written_test"), candidacy_id=candidacy.id)
