"""What is said and shown in orals: the published sets, their cards, who takes which."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment.fields import Field
from enrolment.models import Certification
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.words import _, locale, say
from kernel.errors import Refused, VivaError
from kernel.levels import LEVELS
from kernel.permissions import Permission
from rooms import content_drafts, content_lists, content_sets, retiring
from rooms.content_lists import Seen
from rooms.models import Card, ContentSet


@needs(Permission.PUBLISH_CONTENT)
def contents() -> str:
    """List the published sets."""
    return render_template(
        "coordinator/contents.html",
        listed=content_lists.listing(db()),
        drafts=content_drafts.DRAFTS.listed(db()),
    )


def _asked(seen: Seen) -> bool:
    """Tell whether the filters of the address let a card through."""
    card, args = seen.card, request.args
    words = args.get("q", "").casefold().strip()
    state = args.get("state", "")
    return (
        args.get("part", "") in ("", str(card.part))
        and args.get("level", "") in ("", card.level)
        and args.get("field", "") in ("", card.field)
        and (state != "dealt" or card.retired_at is None)
        and (state != "retired" or card.retired_at is not None)
        and (words in card.code or words in card.content["title"].casefold())
    )


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentSet, "content_id"))
def content_set(row: ContentSet) -> str:
    """Show the cards of a set, and how often each was seen."""
    cards = content_lists.cards(db(), row)
    return render_template(
        "coordinator/content_set.html",
        row=row,
        cards=[seen for seen in cards if _asked(seen)],
        total=len(cards),
        levels=[(level.value, level.value) for level in LEVELS],
        fields={field.value: field.label(locale()) for field in Field},
        takers=retiring.certifications_of(db(), row),
    )


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentSet, "content_id"))
def content_script(row: ContentSet) -> str:
    """Show what evaluators say and ask, as their console shows it."""
    return render_template(
        "coordinator/content_script.html", row=row, script=content_sets.script(row)
    )


@needs(Permission.PUBLISH_CONTENT, load=by_id(Card, "card_id"))
def content_card(card: Card) -> str:
    """Show a card as both sides see it."""
    return render_template(
        "coordinator/content_card.html",
        shown=card,
        field=Field(card.field).label(locale()),
        row=db().get_one(ContentSet, card.set_id),
        exposure=content_lists.seen(db(), card).exposure,
        sets=content_lists.sets_with(db(), card),
        retired_by=content_lists.retired_by(db(), card),
    )


@needs(Permission.PUBLISH_CONTENT, load=by_id(Card, "card_id"))
def retire_card(card: Card) -> ResponseReturnValue:
    """Deal a card no more."""
    try:
        retiring.retire(db(), actor(), card, request.form.get("reason", ""))
    except VivaError as error:
        flash(say(error), "person")
    else:
        flash(_("La carte est retirée : elle ne sera plus tirée."), "good")
    return redirect(url_for(".content_card", card_id=card.id))


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def certification_contents(certification: Certification) -> str:
    """Show the set that a certification's orals are held with, and those that they could be."""
    whole = content_sets.whole(db(), certification.language)
    return render_template(
        "coordinator/certification_contents.html",
        certification=certification,
        taken=content_sets.of(db(), certification),
        newest=content_sets.in_force(db(), certification.language),
        listed=[listed for listed in content_lists.listing(db()) if listed.row in whole],
    )


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def choose_contents(certification: Certification) -> ResponseReturnValue:
    """Hold the next orals of a certification with another set."""
    name = request.form.get("name", "")[:100]
    try:
        content_sets.choose(db(), actor(), certification, name)
    except Refused as error:
        flash(say(error), "person")
    else:
        flash(_("C'est noté : il vaut pour les salles ouvertes à partir de maintenant."), "good")
    return redirect(url_for(".certification_contents", certification_id=certification.id))
