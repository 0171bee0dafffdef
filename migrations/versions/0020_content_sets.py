"""What is said and shown in orals as published sets; an interview keeps the one it is held with.

What stood becomes a set of each language, « fr-0 »: its cards as they are, those that were dealt no
more retired, with the script of the last release before sets (`scripts_before_sets.json`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).parent.parent / "scripts_before_sets.json"
REPLACED = "Remplacée dans une version antérieure de la plateforme."
CARD = sa.table(
    "card",
    sa.column("id"),
    sa.column("set_id"),
    sa.column("code"),
    sa.column("language"),
    sa.column("part"),
    sa.column("level"),
    sa.column("field"),
    sa.column("content", Json),
)
SET = sa.table(
    "content_set",
    sa.column("id"),
    sa.column("name"),
    sa.column("language"),
    sa.column("version"),
    sa.column("script", Json),
    sa.column("digest"),
    sa.column("published_at", UTCDateTime()),
)
LANGUAGES = """
    SELECT DISTINCT language FROM card
    UNION
    SELECT DISTINCT p.language FROM interview i JOIN performance p ON p.id = i.performance_id
"""
KEEP = """
    UPDATE interview SET content_set_id = (
        SELECT s.id FROM performance p JOIN content_set s ON s.language = p.language
        WHERE p.id = interview.performance_id)
"""


def upgrade() -> None:
    _make_sets()
    op.add_column(
        "certification", sa.Column("content_set", sa.String(), nullable=False, server_default="")
    )
    op.add_column("interview", sa.Column("content_set_id", sa.Integer(), nullable=True))
    op.add_column("card", sa.Column("set_id", sa.Integer(), nullable=True))
    op.add_column("card", sa.Column("retired_at", UTCDateTime(), nullable=True))
    op.add_column("card", sa.Column("retired_by_id", sa.Integer(), nullable=True))
    op.add_column(
        "card", sa.Column("retired_reason", sa.String(), nullable=False, server_default="")
    )
    moment = datetime.now(UTC)
    for language in sorted(op.get_bind().execute(sa.text(LANGUAGES)).scalars()):
        _publish(language, moment)
    op.execute(KEEP)
    op.execute(
        sa.text(
            "UPDATE card SET retired_at = :moment, retired_reason = :reason WHERE NOT active"
        ).bindparams(sa.bindparam("moment", moment, UTCDateTime()), reason=REPLACED)
    )
    _point()


def _make_sets() -> None:
    op.create_table(
        "content_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "de", "es", "fr", "it", name="language", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("script", Json, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_content_set_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_set")),
        sa.UniqueConstraint("name", name=op.f("uq_content_set_name")),
    )


def _publish(language: str, moment: datetime) -> None:
    """Make a set of what stands in a language; its digest is that of `rooms.library`."""
    chosen = ("code", "part", "level", "field", "content")
    rows = op.get_bind().execute(
        sa.select(*(CARD.c[name] for name in chosen))
        .where(CARD.c.language == language)
        .order_by(CARD.c.id)
    )
    content: dict[str, Any] = {
        "name": f"{language}-0",
        "language": language,
        "script": json.loads(SCRIPTS.read_text(encoding="utf-8"))[language],
        "cards": [dict(row) for row in rows.mappings()],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    values = {
        "name": content["name"],
        "language": language,
        "version": 0,
        "script": content["script"],
        "digest": hashlib.sha256(canonical.encode("ascii")).hexdigest(),
        "published_at": moment,
    }
    op.execute(SET.insert().values(values))
    number = sa.select(SET.c.id).where(SET.c.name == content["name"]).scalar_subquery()
    op.execute(CARD.update().where(CARD.c.language == language).values(set_id=number))


def _point() -> None:
    with op.batch_alter_table("card") as batch:
        batch.drop_index("ix_card_choice")
        batch.drop_constraint("uq_card_code", type_="unique")
        batch.drop_column("language")
        batch.drop_column("active")
        batch.alter_column("set_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("retired_reason", existing_type=sa.String(), server_default=None)
        batch.create_foreign_key(
            op.f("fk_card_set_id_content_set"), "content_set", ["set_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_card_retired_by_id_user"), "user", ["retired_by_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_card_set_id_code"), ["set_id", "code"])
        batch.create_index("ix_card_choice", ["set_id", "part", "level", "field"])
        batch.create_index("ix_card_code", ["code"])
    with op.batch_alter_table("interview") as batch:
        batch.alter_column("content_set_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_interview_content_set_id_content_set"),
            "content_set",
            ["content_set_id"],
            ["id"],
        )
