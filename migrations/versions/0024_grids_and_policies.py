"""Grids and policies in drafts, and policies tried; a grid's name carries its version."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "failed", "cancelled")
RUBRIC = sa.table(
    "rubric",
    sa.column("id", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("version", sa.Integer()),
    sa.column("content", Json),
    sa.column("digest", sa.String()),
)


def _draft(table: str, content: sa.types.TypeEngine[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", content, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f(f"fk_{table}_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("name", name=op.f(f"uq_{table}_name")),
    )


def _trials() -> None:
    op.create_table(
        "policy_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="runstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("why", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_policy_trial_asked_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_trial")),
    )
    op.create_index(op.f("ix_policy_trial_name"), "policy_trial", ["name"])


def _name_grids() -> None:
    """Give each grid its name with the version, and the digest of what it says."""
    db = op.get_bind()
    for row in db.execute(sa.select(RUBRIC)).all():
        canonical = json.dumps(row.content, sort_keys=True, separators=(",", ":"))
        written = RUBRIC.update().where(RUBRIC.c.id == row.id)
        db.execute(
            written.values(
                name=f"{row.name}-{row.version}",
                digest=hashlib.sha256(canonical.encode("ascii")).hexdigest(),
            )
        )


def upgrade() -> None:
    _draft("grid_draft", Json)
    _draft("policy_draft", sa.JSON())
    _trials()
    op.add_column("rubric", sa.Column("digest", sa.String(), nullable=True))
    op.add_column("rubric", sa.Column("by_id", sa.Integer(), nullable=True))
    _name_grids()
    with op.batch_alter_table("rubric") as batch:
        batch.drop_constraint("uq_rubric_name_version", type_="unique")
        batch.create_unique_constraint(op.f("uq_rubric_name"), ["name"])
        batch.alter_column("digest", existing_type=sa.String(), nullable=False)
        batch.create_foreign_key(op.f("fk_rubric_by_id_user"), "user", ["by_id"], ["id"])
    op.add_column("policy", sa.Column("by_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("policy") as batch:
        batch.create_foreign_key(op.f("fk_policy_by_id_user"), "user", ["by_id"], ["id"])
