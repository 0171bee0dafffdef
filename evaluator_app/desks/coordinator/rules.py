"""The decision rules: the published ones, and those that are being written and tried."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.coordinator.content_drafts import seen
from evaluator_app.desks.coordinator.downloads import download
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.words import _, locale, policies_in_words, say
from kernel.errors import VivaError
from kernel.permissions import Permission
from results import policies, policy_drafts, trials
from results.models import PolicyDraft, PolicyRow


@needs(Permission.PUBLISH_POLICY)
def rules() -> str:
    """List the published rules, and those that are being written."""
    return render_template(
        "coordinator/rules.html",
        rows=policies.versions(db()),
        takers=policies.taken_by(db()),
        drafts=policy_drafts.DRAFTS.listed(db()),
    )


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyRow, "policy_id"))
def rule_page(row: PolicyRow) -> str:
    """Show what a rule says, in words."""
    policy = policies.read(row)
    names = policy_drafts.grid_of(db(), policy).names(locale())
    return render_template(
        "coordinator/rule.html",
        row=row,
        policy=policy,
        sentences=policies_in_words.describe(policy, names),
        takers=policies.taken_by(db()).get(row.name, []),
        trials=trials.of(db(), row.name),
    )


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyRow, "policy_id"))
def rule_json(row: PolicyRow) -> Response:
    """Download a rule as JSON."""
    words = json.dumps(policies.read(row).as_json(), ensure_ascii=False, indent=2)
    return download(words, "application/json", f"{row.name}.json")


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyRow, "policy_id"))
def begin_rule(row: PolicyRow) -> ResponseReturnValue:
    """Begin a rule from a published one."""
    try:
        draft = policy_drafts.begin(db(), actor(), row, request.form.get("name", "")[:60].strip())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".rule_page", policy_id=row.id))
    return redirect(url_for(".rule_draft", policy_draft_id=draft.id))


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyDraft, "policy_draft_id"))
def publish_rule(draft: PolicyDraft) -> ResponseReturnValue:
    """Publish a draft."""
    try:
        row = policy_drafts.publish(db(), actor(), draft, seen())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".rule_draft", policy_draft_id=draft.id))
    flash(_("La règle « %(name)s » est publiée.", name=row.name), "good")
    return redirect(url_for(".rule_page", policy_id=row.id))


@needs(Permission.PUBLISH_POLICY, load=by_id(PolicyDraft, "policy_draft_id"))
def discard_rule(draft: PolicyDraft) -> ResponseReturnValue:
    """Throw a draft away."""
    try:
        policy_drafts.DRAFTS.discard(db(), actor(), draft, seen())
    except VivaError as error:
        flash(say(error), "person")
        return redirect(url_for(".rule_draft", policy_draft_id=draft.id))
    flash(_("Le brouillon est abandonné ; rien n'a été publié."), "good")
    return redirect(url_for(".rules"))
