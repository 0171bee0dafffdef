"""Every row, permission predicate and event handler, loaded in one place."""

from __future__ import annotations

import enrolment.access_codes
import enrolment.models
import enrolment.permissions
import people.entry
import people.models
import people.permissions
import proctor.handlers
import proctor.models
import proctor.permissions
import results.handlers
import results.models
import results.permissions
import rooms.handlers
import rooms.models
import rooms.permissions
import rubrics.models
import rubrics.permissions
import rubrics.raters.models
import scheduling.announcing
import scheduling.handlers
import scheduling.models
import scheduling.permissions
import written_test.handlers
import written_test.models
import written_test.permissions
from kernel.audit import AuditEntry
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from kernel.pulse import Pulse

RULES = (
    enrolment.permissions,
    people.permissions,
    proctor.permissions,
    results.permissions,
    rooms.permissions,
    rubrics.permissions,
    scheduling.permissions,
    written_test.permissions,
)
MAKERS = (people.entry, enrolment.access_codes, scheduling.announcing)
"""Who makes what letters open."""
HANDLERS = (
    proctor.handlers,
    results.handlers,
    rooms.handlers,
    scheduling.handlers,
    written_test.handlers,
)
ROWS = (
    people.models,
    enrolment.models,
    scheduling.models,
    rubrics.models,
    rubrics.raters.models,
    proctor.models,
    written_test.models,
    rooms.models,
    results.models,
    AuditEntry,
    LiveEvent,
    OutboxRow,
    Pulse,
)


def register() -> None:
    """Do nothing but have been imported: importing a noun's modules is enough."""
