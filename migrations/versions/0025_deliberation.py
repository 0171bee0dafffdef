"""Meetings of the jury, and what its members decide of each result."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STANDING = sa.text("ended_at IS NULL AND act = 'approve'")
WITHHELD = sa.text("ended_at IS NULL AND act = 'withhold'")


def upgrade() -> None:
    op.create_table(
        "deliberation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(40), nullable=True),
        sa.Column("present", Json, nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user.id"], name=op.f("fk_deliberation_opened_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_deliberation_closed_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliberation")),
    )
    op.create_table(
        "jury_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("deliberation_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("level", sa.String(40), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(40), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_jury_decision_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberation.id"],
            name=op.f("fk_jury_decision_deliberation_id_deliberation"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_jury_decision_by_id_user")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user.id"], name=op.f("fk_jury_decision_ended_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_decision")),
    )
    op.create_index(op.f("ix_jury_decision_deliberation_id"), "jury_decision", ["deliberation_id"])
    op.create_index("ix_jury_decision_candidacy", "jury_decision", ["candidacy_id"])
    for name, columns, where in (
        ("uq_jury_decision_approval", ["candidacy_id", "by_id"], STANDING),
        ("uq_jury_decision_withheld", ["candidacy_id"], WITHHELD),
    ):
        op.create_index(
            name,
            "jury_decision",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
