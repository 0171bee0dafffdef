"""One question of a bank: as its candidate sees it, what is right, versions, statistics."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from evaluator_app.desks.shared import question_pictures
from evaluator_app.web.edge import db, house, needs
from evaluator_app.web.ranges import send_stored
from evaluator_app.words import say
from kernel.errors import Invalid, NotThere
from kernel.permissions import Permission
from written_test.items import bank_queries, grounds, item_statistics, states
from written_test.items.reading.sounds import TYPES
from written_test.models import Item, ItemState
from written_test.questions.answers import read_answer
from written_test.questions.grading import grade
from written_test.questions.showing import answer_of, show
from written_test.questions.shuffling import preview
from written_test.questions.solving import solution


def _item(session: Session, item_id: int) -> Item | None:
    return bank_queries.whole(session, item_id)


def _page(item: Item, tried: tuple[bool, ...] | None = None, error: str = "") -> str:
    body = item.body
    pictures = question_pictures.address_of(".item_picture", item_id=item.id)
    return render_template(
        "coordinator/bank_item.html",
        item=item,
        view=show(body, preview(item.code, item.version), pictures),
        solution=solution(body, pictures),
        versions=bank_queries.versions(db(), item),
        ways=[to for to in ItemState if states.obstacle(item, to) is None],
        calibrations=grounds.history(db(), item),
        figures=item_statistics.of_item(db(), item),
        audio=url_for(".item_audio", item_id=item.id) if item.audio_key else None,
        tried=tried,
        error=error,
    )


@needs(Permission.MANAGE_BANKS, load=_item)
def item_page(item: Item) -> str:
    """Show a question."""
    return _page(item)


@needs(Permission.MANAGE_BANKS, load=_item)
def try_item(item: Item) -> str:
    """Say whether an answer would be right; nothing is kept."""
    try:
        answer = read_answer(item.body, answer_of(request.form.items(multi=True)))
    except Invalid as error:
        return _page(item, error=say(error))
    return _page(item, tried=grade(item.body, answer))


@needs(Permission.MANAGE_BANKS, load=_item)
def item_audio(item: Item) -> Response:
    """Play what a question lets hear."""
    kind = TYPES.get(item.audio_key.rpartition(".")[2])
    if not item.audio_key or kind is None:
        raise NotThere
    return send_stored(house().storage, item.audio_key, kind)


def _with_picture(session: Session, item_id: int, picture: str) -> Item | None:  # noqa: ARG001 -- the view's
    return bank_queries.whole(session, item_id)


@needs(Permission.MANAGE_BANKS, load=_with_picture)
def item_picture(item: Item) -> Response:
    """Show a picture of a question."""
    return question_pictures.send(item.body, (request.view_args or {})["picture"])
