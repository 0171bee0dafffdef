"""What a browser is sent has one type: a model here, its TypeScript declaration made from it.

Whoever builds a snapshot declares it beside the verb or page that does. The roof's
`evaluator_app.declarations` writes `frontend/types/snapshots.d.ts` from all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

Moment = Annotated[
    datetime, PlainSerializer(lambda moment: moment.isoformat(), return_type=str, when_used="json")
]
"""A moment with its zone, sent in ISO 8601."""


class Snapshot(BaseModel):
    """One shape that browsers read: every field is always sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def sent(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return self.model_dump(mode="json")
