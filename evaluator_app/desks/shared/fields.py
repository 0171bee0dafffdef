"""What the desks' forms share: how a text is kept, a day that is plausible, several ticks."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import (
    DateField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from evaluator_app.web.form_base import Form
from evaluator_app.words import _
from evaluator_app.words.vocabulary import Words
from kernel.names import kept


def choices(words: Words) -> list[tuple[str, object]]:
    """Return what a select offers, in the page's language."""
    return [(str(value), word) for value, word in words.items()]


def to_choose(options: Iterable[tuple[object, object]]) -> list[tuple[object, object]]:
    """Return what a select offers where nothing is chosen yet: « Choisir », then the rest."""
    return [("", _("Choisir")), *options]


def strip(value: str | None) -> str | None:
    """Return a text as it is kept: composed, without what nobody sees; see `kernel.names`."""
    return kept(value) if value else value


class PlausibleDay:
    """Refuse a day that no calendar of ours reaches; a typing slip, or somebody trying."""

    def __call__(self, _form: Form, field: DateField) -> None:
        """Check `field`, a day or a day with its hour.

        Raises:
            ValidationError: it lies before 1900 or after 2199.
        """
        if field.data and not 1900 <= field.data.year < 2200:
            raise ValidationError(_("Cette date n'est pas plausible."))


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
