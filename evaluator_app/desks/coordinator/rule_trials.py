"""A decision rule tried on past results: asked for, followed, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment import queries
from evaluator_app.desks.coordinator.content_drafts import seen
from evaluator_app.desks.coordinator.downloads import download
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, locale, say
from evaluator_app.words.rule_parts import PARTS
from kernel.errors import VivaError
from kernel.levels import Level
from kernel.permissions import Permission
from kernel.tables.writing import MEDIA_TYPE, csv_text
from results import policy_drafts, trials
from results.models import PolicyDraft, PolicyTrial
from results.trying import Part

PAGE: Final = 100
"""Changes on one page; the file has them all."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who would come to something else, as the page shows it."""

    candidacy: int
    name: str
    was: str
    now: str
    certificate: int  # 1: one more, -1: one fewer
    parts: list[str]


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyDraft, "policy_draft_id"))
def try_rule(draft: PolicyDraft) -> ResponseReturnValue:
    """Try a draft, as it is saved, on past results."""
    try:
        policy_drafts.DRAFTS.take(db(), actor(), draft, seen())
        trial = trials.ask(db(), actor(), policy_drafts.read(draft))
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".rule_draft", policy_draft_id=draft.id))
    return redirect(url_for(".rule_trial", trial_id=trial.id))


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyTrial, "trial_id"))
def rule_trial(trial: PolicyTrial) -> str:
    """Show how far a trial is, and what came of it."""
    failure = trial.failure
    changes = trial.outcome.get("changes", [])
    pages = -(-len(changes) // PAGE) or 1
    number = min(whole(request.args, "page", 1, least=1), pages)
    return render_template(
        "coordinator/rule_trial.html",
        trial=trial,
        draft=trials.draft_of(db(), trial),
        row=trials.row_of(db(), trial),
        why=say(failure) if failure else "",
        changed=_changed(changes[(number - 1) * PAGE : number * PAGE]),
        parts=[(PARTS[Part(part)], count) for part, count in _parts(trial)],
        number=number,
        page_count=pages,
    )


def _parts(trial: PolicyTrial) -> list[tuple[str, int]]:
    return sorted(trial.outcome.get("parts", {}).items(), key=lambda pair: -pair[1])


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyTrial, "trial_id"))
def trial_file(trial: PolicyTrial) -> Response:
    """Download everybody who would change."""
    titles = [_("Candidature"), _("Nom"), _("Aujourd'hui"), _("Avec cette règle")]
    titles += [_("Certificat"), _("Ce qui le fait")]
    rows = [
        (row.candidacy, row.name, row.was, row.now, row.certificate, ", ".join(row.parts))
        for row in _changed(trial.outcome.get("changes", []))
    ]
    return download(csv_text([titles, *rows]), MEDIA_TYPE, f"{trial.name}-{trial.id}.csv")


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyTrial, "trial_id"))
def cancel_trial(trial: PolicyTrial) -> ResponseReturnValue:
    """Stop a trial."""
    trials.cancel(db(), actor(), trial)
    return redirect(url_for(".rule_trial", trial_id=trial.id))


def _changed(changes: list[list[Any]]) -> list[Changed]:
    names = queries.candidates_of(db(), [candidacy for candidacy, *_rest in changes])
    return [
        Changed(
            candidacy,
            names.get(candidacy, ""),
            _come_to(was),
            _come_to(now),
            bool(now and now[2]) - bool(was and was[2]),
            [str(PARTS[Part(part)]) for part in parts],
        )
        for candidacy, was, now, parts in changes
    ]


def _come_to(outcome: list[Any] | None) -> str:
    if outcome is None:
        return _("une personne décide")
    oral, overall, _certified = outcome
    return _(
        "%(overall)s (oral %(oral)s)",
        overall=Level(overall).label(locale()),
        oral=Level(oral).label(locale()),
    )
