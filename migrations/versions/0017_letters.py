"""Letters that wait name their reader's account, and hold no code or link that lets in.

What has left keeps its proof (template and address) as before. What waits, or was given up and may
be sent again, is turned into what `people.letters` reads: links and codes go, for they are made
when the letter is written.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OUTBOX = sa.table(
    "outbox",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("payload", JSON),
    sa.column("dedupe", sa.String),
    sa.column("done_at", sa.DateTime),
)
USER = sa.table("user", sa.column("id", sa.Integer), sa.column("email", sa.String))
AWAITED = ("account_recovery", "candidate_send_link")
TO_CERTIFIER = "support_asked"
OWN_PERSON = ("staff_invitation", TO_CERTIFIER)
WITH_PERSONAL_LINK = (
    "appointment_confirmed",
    "appointment_moved",
    "appointment_handed_over",
    "appointment_reminder",
    "candidate_send_link",
)
ENTERS = {
    "account_recovery": "recovery",
    "staff_invitation": "invitation",
    "candidate_enrolled": "invitation",
    "candidate_send_link": "sign_in",
}
WORDS = {
    "candidate": {
        "summary": "Oral, %(certification)s",
        "description": (
            "Votre oral se passe par vidéo, sur un ordinateur ou une tablette. Préparez votre"
            " pièce d'identité, puis ouvrez votre lien personnel\u00a0: %(link)s"
        ),
    },
    "evaluator": {
        "summary": "Oral à conduire, %(certification)s",
        "description": "Ouvrez vos entretiens pour entrer dans la salle\u00a0: %(link)s",
    },
}
REMINDER = "Votre oral commence bientôt"


def upgrade() -> None:
    connection = op.get_bind()
    waiting = sa.select(OUTBOX).where(OUTBOX.c.kind == "mail", OUTBOX.c.done_at.is_(None))
    for row in connection.execute(waiting).all():
        if not row.payload:  # given up so long ago that nothing is left to send
            continue
        user = connection.scalar(
            sa.select(USER.c.id).where(USER.c.email == row.payload["to"]["email"].lower())
        )
        kind = "mail_awaited" if row.payload["template"] in AWAITED else "mail"
        connection.execute(
            OUTBOX.update()
            .where(OUTBOX.c.id == row.id)
            .values(kind=kind, payload=_without_keys(row.payload, row.dedupe or "", user))
        )


def _without_keys(old: dict[str, Any], dedupe: str, user: int | None) -> dict[str, Any]:
    template, context = old["template"], dict(old["context"])
    opens = _opens(template, context, dedupe)
    gone = {"zone"} | (set() if template in OWN_PERSON else {"person"})
    gone |= {"link", "valid_until"} if opens else set()
    if opens and opens["by"] == "enrolment":
        context |= {"login": "", "code": "", "code_until": ""}
    return {
        "template": template,
        # No account 0: a letter whose reader is not found is given up, and says so.
        "user": None if template == TO_CERTIFIER else user or 0,
        "context": {name: value for name, value in context.items() if name not in gone},
        "opens": opens,
        "files": old["files"],
        "calendar": _calendar(old["calendar"]),
    }


def _opens(template: str, context: dict[str, Any], dedupe: str) -> dict[str, Any] | None:
    if context.get("code"):
        return {"by": "enrolment", "until": context["code_until"]}
    number = dedupe.split(":")[1] if ":" in dedupe else ""
    if template in WITH_PERSONAL_LINK and number.isdigit():
        return {"by": "personal_link", "appointment": int(number)}
    purpose = ENTERS.get(template)
    return {"by": "entry_link", "purpose": purpose} if purpose else None


def _calendar(old: dict[str, Any] | None) -> dict[str, Any] | None:
    if old is None:
        return None
    kept = {name: old[name] for name in ("method", "uid", "sequence", "starts_at", "minutes")}
    names = {"certification": old["certification"]}
    return {**WORDS[old["guest"]], "reminder": REMINDER, **kept, "names": names}


def downgrade() -> None:
    """Letters that wait must have left: what wrote the older ones is not there to write these."""
