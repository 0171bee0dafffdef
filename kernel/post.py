"""Letters to people: queued in the transaction that decided them, written when they leave."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kernel import outbox

KIND = "mail"


def queue(
    db: Session,
    template: str,
    *,
    name: str,
    email: str,
    locale: str,
    context: dict[str, Any],
    files: list[dict[str, str]] | None = None,
    calendar: dict[str, Any] | None = None,
    dedupe: str | None = None,
) -> None:
    """Queue the letter `template` (a folder of `templates/mail`) to one person.

    `context` is JSON: moments as ISO 8601 text. `files` are stored files to attach, each
    `{"key", "name", "type"}`; `calendar` is what `kernel.calendar` needs to write the invitation.
    """
    payload = {
        "template": template,
        "to": {"name": name, "email": email},
        "locale": locale,
        "context": context,
        "files": files or [],
        "calendar": calendar,
    }
    outbox.enqueue(db, KIND, payload, dedupe=dedupe)
