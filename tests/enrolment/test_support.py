"""Calls for help: written once, answered once, each told by mail."""

from __future__ import annotations

import letterbox
import pytest

from enrolment import support
from kernel.errors import Forbidden, Invalid, Refused


def mails(db, template: str) -> list[dict]:
    rows = letterbox.queued(db)
    return [row.payload for row in rows if row.payload["template"] == template]


def test_a_message_reaches_the_certifier_and_its_answer_the_candidate(db, make, settings):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    who = candidacy.candidate.user.actor
    state = {"page": "help", "browser": "Firefox"}
    message = support.ask(db, who, settings, candidacy, "  Le son grésille.  ", state)
    assert message.words == "Le son grésille."
    assert message.state == state
    [asked] = letterbox.written(db, settings)
    assert (asked.template, asked.to.email) == ("support_asked", settings.support_email)
    assert support.waiting(db) == 1
    support.answer(db, coordinator.actor, message, "Un autre casque ?")
    assert support.waiting(db) == 0
    (answered,) = mails(db, "support_answered")
    assert letterbox.address(db, answered) == candidacy.candidate.user.email
    assert answered["context"]["answer"] == "Un autre casque ?"
    with pytest.raises(Refused):
        support.answer(db, coordinator.actor, message, "Encore moi.")
    assert message.answer == "Un autre casque ?"


def test_the_same_words_twice_are_one_message(db, make, settings):
    candidacy = make.candidacy()
    who = candidacy.candidate.user.actor
    first = support.ask(db, who, settings, candidacy, "Allô ?", {})
    assert support.ask(db, who, settings, candidacy, "Allô ?", {}) is first
    assert len(mails(db, "support_asked")) == 1


@pytest.mark.parametrize("words", ["", "   ", "x" * (support.MOST_WORDS + 1)])
def test_no_words_and_too_many_are_refused(db, make, settings, words):
    candidacy = make.candidacy()
    with pytest.raises(Invalid):
        support.ask(db, candidacy.candidate.user.actor, settings, candidacy, words, {})
    assert support.of_candidacy(db, candidacy.id) == []


def test_nobody_floods_the_coordinators(db, make, settings):
    candidacy = make.candidacy()
    who = candidacy.candidate.user.actor
    for number in range(support.MOST_OPEN):
        support.ask(db, who, settings, candidacy, f"Message {number}", {})
    with pytest.raises(Refused):
        support.ask(db, who, settings, candidacy, "Un de plus", {})


def test_only_the_candidate_asks_and_only_a_coordinator_answers(db, make, settings):
    candidacy, other = make.candidacy(), make.candidacy()
    with pytest.raises(Forbidden):
        support.ask(db, other.candidate.user.actor, settings, candidacy, "Moi ?", {})
    message = support.ask(db, candidacy.candidate.user.actor, settings, candidacy, "Moi.", {})
    with pytest.raises(Forbidden):
        support.answer(db, candidacy.candidate.user.actor, message, "Moi-même.")


def test_those_that_wait_come_first(db, make, settings):
    candidacy, coordinator = make.candidacy(), make.coordinator()
    who = candidacy.candidate.user.actor
    first, second, third = (
        support.ask(db, who, settings, candidacy, words, {}) for words in ("un", "deux", "trois")
    )
    support.answer(db, coordinator.actor, first, "oui")
    assert list(support.listing(db)) == [second, third, first]
