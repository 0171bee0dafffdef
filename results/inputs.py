"""What a verdict is made from: gathered for it, kept with it, computed anew after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import Candidacy, GateKind
from kernel.levels import Level
from results import marks, policies, verdict
from results.models import InputKind, PolicyRow, VerdictInput, VerdictRow
from results.policy import Policy
from results.verdict import GivenMark
from rubrics import queries
from rubrics.library import Grid
from rubrics.models import RaterRole, Scoresheet
from written_test.models import WrittenResult
from written_test.recording import current as written_result


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that the verdict of a candidacy is made from, as it stands now."""

    counted: marks.Counted
    sheets: dict[RaterRole, Scoresheet]
    written: WrittenResult
    target: Level
    policy_row: PolicyRow
    policy: Policy

    @property
    def grid(self) -> Grid:
        """Return the version of the grid that was marked with."""
        return queries.grid_of(self._any)

    @property
    def _any(self) -> Scoresheet:
        return self.sheets[self.counted.roles[0]]

    def decide(self) -> verdict.Verdict | verdict.NeedsCoordinator:
        """Apply the policy. Raise Refused when it is for the criteria of another grid.

        Where more than one rater marked, the explanation begins with whose marks count, and why.
        """
        policies.require_fit(self.policy, self.grid)
        decided = verdict.decide(self.policy, self.counted.marks, self.written.level, self.target)
        if self.counted.basis is marks.Basis.FIRST:
            return decided
        step = verdict.Step(verdict.StepCode.SETTLED, {"basis": self.counted.basis.value})
        return replace(decided, explanation=(step, *decided.explanation))


def gather(db: Session, candidacy: Candidacy) -> Inputs | None:
    """Return what the verdict would be made from now, or None while marks or level are missing.

    Raises:
        Refused: the policy of the candidacy is not published.
    """
    sheets = marks.sheets_of(db, candidacy.id)
    written = written_result(db, candidacy.id)
    if not sheets.by_role or written is None:
        return None
    row = policies.published(db, candidacy.policy)
    policy = policies.read(row)
    counted = marks.count_sheets(policy, sheets)
    if isinstance(counted, marks.Awaited):
        return None
    return Inputs(counted, sheets.by_role, written, candidacy.target_level, row, policy)


def watched(db: Session, candidacy: Candidacy) -> str:
    """Return what was decided of the watch over the written test: "" where nobody watched.

    Otherwise "undecided", "clear", "incident" or "void".
    """
    gate = gates.find(db, candidacy, GateKind.PROCTORING)
    if gate is None:
        return ""
    return gate.detail or ("clear" if gate.open else "undecided")


def keep(db: Session, row: VerdictRow, given: Inputs, watch: str) -> None:
    """Keep, a row each, what a verdict was made from."""
    sheets = [given.sheets[role] for role in given.counted.roles]
    grid = sheets[0].performance.rubric
    row.used += [
        VerdictInput(
            kind=InputKind.SCORESHEET, role=sheet.role, version=sheet.version, scoresheet=sheet
        )
        for sheet in sheets
    ]
    row.used += [
        VerdictInput(kind=InputKind.BASIS, value=str(given.counted.basis)),
        VerdictInput(kind=InputKind.RUBRIC, version=grid.version, rubric=grid),
        VerdictInput(
            kind=InputKind.POLICY, version=given.policy_row.version, policy=given.policy_row
        ),
        VerdictInput(
            kind=InputKind.WRITTEN_RESULT,
            version=given.written.version,
            written_result=given.written,
        ),
        VerdictInput(kind=InputKind.TARGET, value=str(given.target)),
        VerdictInput(kind=InputKind.WATCH, value=watch),
    ]
    db.flush()


def as_json(given: Inputs, watch: str) -> dict[str, Any]:
    """Return the values that the verdict was computed from, to be read without their rows."""
    result = given.written
    return {
        "policy": given.policy.as_json(),
        "marks": {key: str(mark) for key, mark in given.counted.marks.items()},
        "written": str(result.level),
        "written_version": result.version,
        "written_source": str(result.source),
        "written_origin": result.origin_id,
        "written_reference": result.reference,
        "written_on": result.sat_on.isoformat() if result.sat_on else None,
        "written_ability": result.ability,
        "written_standard_error": result.standard_error,
        "written_skills": {skill: part["level"] for skill, part in result.skills.items()},
        "proctoring": watch,
    }


def digest_anew(db: Session, row: VerdictRow) -> str:
    """Return the digest of a verdict, computed from the rows that it used as they are now.

    It is the one that the verdict bears, unless a row was altered since. Raise ValueError when the
    policy's content is not the published one, or a row is missing.
    """
    used = list(
        db.scalars(
            select(VerdictInput)
            .where(VerdictInput.verdict_id == row.id)
            .execution_options(populate_existing=True)
        )
    )
    policy = next((policies.read(given.policy) for given in used if given.policy), None)
    level = next((given.written_result.level for given in used if given.written_result), None)
    if policy is None or level is None:
        msg = f"what the verdict {row.id} used is not whole"
        raise ValueError(msg)
    given: dict[RaterRole, dict[str, GivenMark]] = {
        sheet.role: marks.marks_of(sheet) for item in used if (sheet := item.scoresheet)
    }
    counted = marks.count(policy, given)
    if isinstance(counted, marks.Awaited):
        msg = f"the sheets of the verdict {row.id} do not make a mark"
        raise ValueError(msg)
    [target] = [Level(item.value) for item in used if item.kind is InputKind.TARGET]
    return verdict.digest(policy, counted.marks, level, target)
