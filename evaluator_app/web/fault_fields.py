"""Show a verb's refusal on the form that asked for it, and keep what was typed."""

from __future__ import annotations

from flask import g

from evaluator_app.web.form_base import Form
from evaluator_app.words import say
from kernel.errors import NotThere, VivaError


def on_form(form: Form, error: VivaError) -> None:
    """Put what `error` says beside its field, or at the top of `form`; the request is undone.

    Raises:
        NotThere: what is not there stays so; it is no matter of a field.
    """
    if isinstance(error, NotThere):
        raise error
    g.failed = True
    field = getattr(error, "field", None)
    if field and field in form:
        form[field].errors = [*form[field].errors, say(error)]
    else:
        form.form_errors = [*form.form_errors, say(error)]
