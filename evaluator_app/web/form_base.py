"""The one base of our forms: it reads what a form sends, and nothing else."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import UnsupportedMediaType

FORM_BODIES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A form that a page of ours sends; any other body is refused with 415."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """How the fields find their values."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Return the fields of this request, if it sends any.

            The library would take JSON as well, whose values are no texts: fields break on them.

            Raises:
                UnsupportedMediaType: the body is no form's.
            """
            if formdata is not _Auto:
                return formdata
            if not form.is_submitted():
                return None
            if request.mimetype and request.mimetype not in FORM_BODIES:
                raise UnsupportedMediaType
            fields: CombinedMultiDict[str, Any] = CombinedMultiDict((request.files, request.form))
            return fields if fields else None
