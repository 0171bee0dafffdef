"""A dialog that asks before something is done is answered by one button, named alike everywhere."""

from __future__ import annotations

import re

from kernel.settings import HERE

DIALOG = re.compile(r'<dialog[^>]* id="([^"]+)".*?</dialog>', re.S)
ANSWER = re.compile(r'<button[^>]*(?:type="submit"|id="[a-z]+-go")[^>]*>(.*?)</button>', re.S)
CONFIRM = '{{ _("Confirmer") }}'
CONFIRMED = {"approve", "bulk", "ending", "incident", "leaving", "recap", "refuse", "{{ id }}"}
MESSAGES = {("help", '{{ _("Envoyer") }}'), ("problem", '{{ _("Envoyer") }}')}
"""A message is sent: there is nothing to confirm."""


def test_every_dialog_is_confirmed_by_one_name():
    templates = sorted((HERE / "templates").rglob("*.html"))
    answers = {
        (dialog[1], answer)
        for file in templates
        for dialog in DIALOG.finditer(file.read_text(encoding="utf-8"))
        for answer in ANSWER.findall(dialog[0])
    }
    assert {name for name, answer in answers if answer == CONFIRM} == CONFIRMED
    assert {(name, answer) for name, answer in answers if answer != CONFIRM} == MESSAGES
