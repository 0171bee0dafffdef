"""The help page: questions and answers, the form that reaches a person, and what they answered."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from enrolment import support
from enrolment.models import Candidacy
from evaluator_app.desks.candidate.help_words import questions
from evaluator_app.desks.candidate.pages import candidacy as load
from evaluator_app.desks.shared.help_state import in_words
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.posted import Posted, takes
from evaluator_app.words import _, say
from kernel.errors import VivaError
from kernel.permissions import Permission
from written_test import sitting


class HelpWanted(Posted):
    """What a candidate asks from the page of their test."""

    words: str


asks = needs(Permission.ANSWER_FOR_CANDIDACY, load=load)
MOST_AGENT = 200


@asks
def help_page(candidacy: Candidacy) -> str:
    """Show what others asked, the form, and one's own messages with their answers."""
    return _page(candidacy)


@asks
def help_send(candidacy: Candidacy) -> ResponseReturnValue:
    """Send the message of the form."""
    words = request.form.get("words", "")
    try:
        support.ask(db(), actor(), house().settings, candidacy, words, state_of(candidacy, "help"))
    except VivaError as error:
        return _page(candidacy, words, say(error)), error.status
    flash(_("Votre message est parti. La réponse viendra par e-mail et sur cette page."), "good")
    return redirect(url_for(".help", candidacy_id=candidacy.id, _anchor="messages"))


@for_script
@asks
@takes(HelpWanted)
def help_ask(candidacy: Candidacy, wanted: HelpWanted) -> ResponseReturnValue:
    """Send a message from the page of the test, which stays open."""
    state = state_of(candidacy, "test")
    support.ask(db(), actor(), house().settings, candidacy, wanted.words, state)
    return jsonify({"sent": True})


def _page(candidacy: Candidacy, words: str = "", error: str = "") -> str:
    return render_template(
        "candidate/help.html",
        candidacy=candidacy,
        groups=questions(),
        messages=support.of_candidacy(db(), candidacy.id),
        state=in_words(state_of(candidacy, "help")),
        words=words,
        error=error,
        most_words=support.MOST_WORDS,
        reach=_other_ways(),
    )


def _other_ways() -> list[tuple[str, str]]:
    """Return how else a person is reached, as far as the settings say it."""
    settings = house().settings
    ways = [
        (_("Téléphone"), settings.certifier_phone),
        (_("E-mail"), settings.support_email),
        (_("Adresse"), settings.certifier_address),
    ]
    return [(name, value) for name, value in ways if value]


def state_of(candidacy: Candidacy, page: str) -> dict[str, Any]:
    """Return what is attached to a message: where the candidate stands, and their browser."""
    test = sitting.of_candidacy(db(), candidacy.id)
    state: dict[str, Any] = {
        "page": page,
        "stage": str(candidacy.stage),
        "browser": request.user_agent.string[:MOST_AGENT],
    }
    if test is not None:
        state |= {"test": str(test.state), "questions": len(test.steps), "swaps": test.swaps}
    return state
