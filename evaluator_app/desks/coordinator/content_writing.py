"""Writing a draft: one card, or one part of the script, with a preview as both sides see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.orm import Session

from enrolment.fields import Field
from evaluator_app.desks.coordinator.content_drafts import seen
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.words import _, locale, say
from evaluator_app.words.content_fields import told
from kernel import unfit
from kernel.errors import VivaError
from kernel.levels import LEVELS, Level
from kernel.permissions import Permission
from rooms import content_drafts, library
from rooms.library import LibraryCard, ScriptPart
from rooms.models import ContentDraft

PREVIEW: Final = "preview"
MOST_SIGNS: Final = 4000
LISTS: Final = ("instructions", "prompts", "elicit")
TEXTS: Final = ("title", "situation", "role")
NEW_CARD: Final[dict[str, Any]] = {"part": 2, "level": Level.B1, "field": str(Field.GENERAL)}


@dataclass(frozen=True)
class CardOfDraft:
    """A card of a draft, as it stands."""

    draft: ContentDraft
    card: LibraryCard


@dataclass(frozen=True)
class PartOfDraft:
    """A part of a draft's script, as it stands."""

    draft: ContentDraft
    part: ScriptPart


def _card(session: Session, draft_id: int, code: str) -> CardOfDraft | None:
    draft = session.get(ContentDraft, draft_id)
    return CardOfDraft(draft, content_drafts.card_of(draft, code)) if draft is not None else None


def _part(session: Session, draft_id: int, number: int) -> PartOfDraft | None:
    draft = session.get(ContentDraft, draft_id)
    if draft is None or number not in (1, 2, 3):
        return None
    return PartOfDraft(draft, content_drafts.read(draft).script.part(number))


def _text(name: str) -> str:
    return request.form.get(name, "")[:MOST_SIGNS].strip()


def _lines(name: str) -> list[str]:
    """Return the texts that stand one under the other in a field."""
    return [line.strip() for line in _text(name).splitlines() if line.strip()]


def _said(name: str) -> str:
    """Return one text, wherever its field broke the line."""
    return " ".join(_lines(name))


def _content() -> dict[str, Any]:
    return {name: _said(name) for name in TEXTS} | {name: _lines(name) for name in LISTS}


@needs(Permission.PUBLISH_CONTENT, load=_card)
def draft_card(of: CardOfDraft) -> ResponseReturnValue:
    """Rewrite a card."""
    given = of.card.model_dump(mode="json")
    if request.method == "POST":
        given |= {"content": _content()}
    return _written(of.draft, given)


@needs(Permission.PUBLISH_CONTENT, load=by_id(ContentDraft, "draft_id"))
def new_draft_card(draft: ContentDraft) -> ResponseReturnValue:
    """Write a card that was not there."""
    given = NEW_CARD | {"code": "", "content": _content()}
    if request.method == "POST":
        part = library.DISCUSSION if _text("part") == "3" else library.ROLE_PLAY
        level = _text("level") if _text("level") in set(LEVELS) else NEW_CARD["level"]
        field = _text("field") if _text("field") in set(Field) else NEW_CARD["field"]
        code = content_drafts.new_code(db(), draft, part, Level(level), field)
        given |= {"part": part, "level": level, "field": field, "code": code}
    return _written(draft, given, new=True)


def _written(
    draft: ContentDraft, given: dict[str, Any], *, new: bool = False
) -> ResponseReturnValue:
    """Keep a card that was sent, or show its form: new, looked at, or with what does not fit."""
    faults: list[str] = []
    if request.method == "POST" and request.form.get("act") != PREVIEW:
        try:
            card = LibraryCard.model_validate(given)
            content_drafts.write_card(db(), actor(), draft, seen(), card)
        except ValidationError as error:
            faults = [told(fault) for fault in unfit.faults(error)]
        except VivaError as error:
            faults = [say(error)]
        else:
            flash(_("La carte est enregistrée dans le brouillon."), "good")
            return redirect(url_for(".content_draft", draft_id=draft.id) + f"#{card.code}")
        g.failed = True
    page = render_template(
        "coordinator/content_card_form.html",
        draft=draft,
        row=draft.content,
        given=given,
        new=new,
        faults=faults,
        level_choices=[(level, level) for level in LEVELS],
        fields={field.value: field.label(locale()) for field in Field},
        seen=request.form.get("seen", draft.revision),
    )
    return page, 422 if faults else 200


@needs(Permission.PUBLISH_CONTENT, load=_card)
def drop_draft_card(of: CardOfDraft) -> ResponseReturnValue:
    """Leave a card out of the set to come."""
    try:
        content_drafts.drop_card(db(), actor(), of.draft, seen(), of.card.code)
    except VivaError as error:
        flash(say(error), "person")
    else:
        flash(_("La carte n'est plus dans le brouillon."), "good")
    return redirect(url_for(".content_draft", draft_id=of.draft.id))


@needs(Permission.PUBLISH_CONTENT, load=_part)
def draft_part(of: PartOfDraft) -> ResponseReturnValue:
    """Rewrite a part of the script."""
    given = of.part.model_dump(mode="json")
    faults: list[str] = []
    if request.method == "POST":
        faults = _read_part(given)
    if request.method == "POST" and not faults and request.form.get("act") != PREVIEW:
        try:
            part = ScriptPart.model_validate(given)
            content_drafts.write_part(db(), actor(), of.draft, seen(), part)
        except ValidationError as error:
            faults = [told(fault) for fault in unfit.faults(error)]
        except VivaError as error:
            faults = [say(error)]
        else:
            flash(_("La partie est enregistrée dans le brouillon."), "good")
            return redirect(url_for(".content_draft", draft_id=of.draft.id))
    g.failed = bool(faults)
    page = render_template(
        "coordinator/content_part_form.html",
        draft=of.draft,
        row=of.draft.content,
        given=given,
        sent=request.form,
        faults=faults,
        levels=LEVELS,
        most=library.PROMPT_KEYS,
        seen=request.form.get("seen", of.draft.revision),
    )
    return page, 422 if faults else 200


def _read_part(given: dict[str, Any]) -> list[str]:
    """Put what was sent in the place of what a part says; return what does not fit."""
    french, english = _lines("instructions_fr"), _lines("instructions_en")
    given["opening"], given["closing"] = _lines("opening"), _said("closing")
    for place, group in enumerate(given["groups"]):
        group["prompts"] = _prompts(place, group["prompts"][0]["key"].rpartition("-")[0])
    if len(french) != len(english):
        return [_("Les consignes ont autant de lignes en français qu'en anglais.")]
    given["instructions"] = [
        {"fr": said, "en": again} for said, again in zip(french, english, strict=True)
    ]
    return []


def _prompts(place: int, stem: str) -> list[dict[str, Any]]:
    """Return the questions of a group, those without words left out."""
    rows = [
        {name: _said(f"{name}-{place}-{number}") for name in ("level", "text", "simpler")}
        for number in range(library.PROMPT_KEYS)
    ]
    kept = [row for row in rows if row["text"] or row["simpler"]]
    return [row | {"key": f"{stem}-{number}"} for number, row in enumerate(kept, 1)]
