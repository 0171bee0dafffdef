"""The pictures of a question: their addresses on a page, and their files."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from evaluator_app.web.edge import house
from evaluator_app.web.ranges import send_stored
from kernel.errors import NotThere
from written_test.items.importing import picture_key
from written_test.items.reading.pictures import TYPES
from written_test.questions.kinds import Body, pictures_of

_NAME = "x"


def address_of(endpoint: str, **values: Any) -> str:
    """Return the address that the names of pictures are added to."""
    return url_for(endpoint, picture=_NAME, **values).removesuffix(_NAME)


def send(body: Body, name: str) -> Response:
    """Answer a picture of this question. Raise NotThere when it shows none of this name."""
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in pictures_of(body):
        raise NotThere
    return send_stored(house().storage, picture_key(name), kind)
