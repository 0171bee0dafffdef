"""Large files of questions are brought in by a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    states = sa.Enum(
        *("waiting", "running", "done", "failed", "cancelled"),
        name="runstate",
        native_enum=False,
        length=40,
    )
    op.create_table(
        "item_import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("why", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_item_import_run_asked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank.id"], name=op.f("fk_item_import_run_bank_id_bank")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["item_import.id"], name=op.f("fk_item_import_run_import_id_item_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import_run")),
    )
    op.create_index(op.f("ix_item_import_run_bank_id"), "item_import_run", ["bank_id"])


def downgrade() -> None:
    op.drop_table("item_import_run")
