"""What a browser is shown has one type: a model, its TypeScript declaration made from it.

Whoever builds one declares it beside the verb or page that does. The roof's
`evaluator_app.web.declarations` writes `frontend/types/shown.d.ts` from all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

Moment = Annotated[
    datetime, PlainSerializer(lambda moment: moment.isoformat(), return_type=str, when_used="json")
]
"""A moment with its zone, sent in ISO 8601."""


class Shown(BaseModel):
    """One shape that browsers read: a field that has a default is left out where it has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def sent(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return self.model_dump(mode="json", exclude_defaults=True)
