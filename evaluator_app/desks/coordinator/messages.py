"""Calls for help from candidates, those that wait for an answer first."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment import support
from enrolment.models import SupportMessage
from evaluator_app.desks.shared.help_state import in_words
from evaluator_app.desks.shared.told import flash_told
from evaluator_app.web.edge import actor, db, needs
from evaluator_app.words import _, say
from kernel.errors import VivaError
from kernel.permissions import Permission
from people.models import User


@needs(Permission.ANSWER_SUPPORT)
def messages() -> str:
    """List the messages."""
    return _page()


def _page(wrong: int = 0, words: str = "", error: str = "") -> str:
    rows = support.listing(db())
    return render_template(
        "coordinator/messages.html",
        rows=rows,
        waiting=[message for message in rows if message.answered_at is None],
        done=[message for message in rows if message.answered_at is not None],
        states={message.id: in_words(message.state) for message in rows},
        names={
            message.answered_by_id: db().get_one(User, message.answered_by_id).name
            for message in rows
            if message.answered_by_id is not None
        },
        wrong=wrong,
        words=words,
        error=error,
        most_words=support.MOST_WORDS,
    )


def _load(session: Session, message_id: int) -> SupportMessage | None:
    return session.get(SupportMessage, message_id)


@needs(Permission.ANSWER_SUPPORT, load=_load)
def message_answer(message: SupportMessage) -> ResponseReturnValue:
    """Answer one message."""
    words = request.form.get("answer", "")
    try:
        support.answer(db(), actor(), message, words)
    except VivaError as error:
        return _page(message.id, words, say(error)), error.status
    flash_told(_("Votre réponse est partie par e-mail."))
    return redirect(url_for(".messages"))
