"""Writing a decision rule: each choice with what it means, and an example that is decided anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from evaluator_app.desks.coordinator.content_drafts import seen
from evaluator_app.desks.coordinator.content_writing import PREVIEW
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, locale, policies_in_words, say
from evaluator_app.words.content_fields import told
from kernel import unfit
from kernel.errors import VivaError
from kernel.levels import LEVELS, Level
from kernel.permissions import Permission
from results import explanation, policy_drafts, trials, verdict
from results.models import PolicyDraft
from results.policy import OralKind, OverallKind, Policy, Rounding, read_policy
from rubrics.library import Grid
from rubrics.scale import NOT_ASSESSABLE, THIRDS_PER_LEVEL, Value

UNEVEN: Final = (16, 12, 15, 14, 13, 10)
"""Marks of the example, in thirds: a mean that a cap holds."""
NO_CAP: Final = "none"
LOWEST_OF_TWO: Final = [[min(oral, written).value for written in Level] for oral in Level]
"""The table that one begins with."""


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody's marks, written level and target, as the form has them."""

    marks: dict[str, str]
    written: Level
    target: Level


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyDraft, "policy_draft_id"))
def rule_draft(draft: PolicyDraft) -> ResponseReturnValue:
    """Write a rule; beside it, what it says and what it makes of an example."""
    policy, given = policy_drafts.read(draft), policy_drafts.read(draft).as_json()
    faults: list[str] = []
    if request.method == "POST":
        given = _read(given)
        try:
            policy = read_policy(given)
            if request.form.get("act") != PREVIEW:
                policy_drafts.write(db(), actor(), draft, seen(), policy)
                flash(_("La règle est enregistrée dans le brouillon."), "good")
                return redirect(url_for(".rule_draft", policy_draft_id=draft.id))
        except ValidationError as error:
            faults = list(dict.fromkeys(told(fault) for fault in unfit.faults(error)))
        except VivaError as error:
            faults = [say(error)]
        g.failed = bool(faults)
    looked = request.form.get("act") == PREVIEW
    return _page(draft, policy, given, faults), 422 if faults and not looked else 200


def _page(draft: PolicyDraft, policy: Policy, given: dict[str, Any], faults: list[str]) -> str:
    grid = policy_drafts.grid_of(db(), policy)
    names, example = grid.names(locale()), _example(policy)
    return render_template(
        "coordinator/rule_draft.html",
        draft=draft,
        given=given,
        names={key: names.get(key, key) for key in policy.oral.criteria},
        faults=faults,
        example=example,
        sentences=policies_in_words.describe(policy, names),
        decided=_decided(policy, grid, example),
        trials=trials.of(db(), draft.name),
        levels=list(Level),
        level_options=[(level.value, level.label(locale())) for level in Level],
        target_options=[(level.value, level.label(locale())) for level in LEVELS],
        matrix=given["overall"]["matrix"] or LOWEST_OF_TWO,
        marks=[(str(int(value)), value.label(locale())) for value in Value],
        distances=[
            (thirds, explanation.distance(thirds, locale()))
            for thirds in range(1, 2 * THIRDS_PER_LEVEL + 1)
        ],
        level_distances=[
            (levels, explanation.distance(levels * THIRDS_PER_LEVEL, locale()))
            for levels in range(1, 4)
        ],
        not_assessable=NOT_ASSESSABLE,
        seen=request.form.get("seen", draft.revision),
    )


def _read(was: dict[str, Any]) -> dict[str, Any]:
    """Return the rule that was sent; what its kinds do not use is left out."""
    form = request.form
    kind, overall = form.get("kind", ""), form.get("overall", "")
    conjunctive = kind == OralKind.CONJUNCTIVE
    weighted = overall == OverallKind.ORAL_WEIGHTED
    mean = overall == OverallKind.MEAN or weighted
    cap = form.get("cap_levels", NO_CAP)
    return {
        "name": was["name"],
        "oral": {
            "kind": kind,
            "weights": {key: whole(form, f"weight-{key}", -1) for key in was["oral"]["weights"]},
            "rounding": form.get("rounding", Rounding.HALF_UP),
            "cap_thirds": whole(form, "cap_thirds", 3) if kind == OralKind.CAPPED_MEAN else None,
            "allowed_below": whole(form, "allowed_below", -1) if conjunctive else 0,
            "allowed_not_assessable": whole(form, "allowed_not_assessable", -1),
        },
        "overall": {
            "kind": overall,
            "oral_weight": whole(form, "oral_weight", -1) if weighted else 1,
            "written_weight": whole(form, "written_weight", -1) if weighted else 1,
            "rounding": form.get("overall_rounding", Rounding.DOWN),
            "cap_levels": whole(form, "cap_levels", 1) if mean and cap != NO_CAP else None,
            "matrix": _matrix() if overall == OverallKind.MATRIX else None,
        },
    }


def _matrix() -> list[list[str]]:
    """Return the table of overall levels, a row for each oral level."""
    return [
        [request.form.get(f"matrix-{oral}-{written}", "") for written in Level] for oral in Level
    ]


def _example(policy: Policy) -> Example:
    """Return the example that was sent, or one whose criteria lie apart."""
    form, marks = request.form, {}
    known = {str(int(value)) for value in Value} | {NOT_ASSESSABLE}
    for place, key in enumerate(policy.oral.criteria):
        sent = form.get(f"mark-{key}", "")
        marks[key] = sent if sent in known else str(UNEVEN[place % len(UNEVEN)])
    written, target = form.get("written", ""), form.get("target", "")
    return Example(
        marks,
        Level(written) if written in set(Level) else Level.B1,
        Level(target) if target in set(LEVELS) else Level.B2,
    )


def _decided(policy: Policy, grid: Grid, example: Example) -> list[str]:
    """Return what the rule makes of an example, step by step."""
    marks = {key: verdict.read_mark(mark) for key, mark in example.marks.items()}
    decided = verdict.decide(policy, marks, example.written, example.target)
    names = {key: key for key in policy.oral.criteria} | grid.names(locale())
    return explanation.render(decided.explanation, locale(), names)
