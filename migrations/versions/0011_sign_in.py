"""Signing in: codes that end, links that are renewed, tries counted by place, what a session opens.

An access code that was sent before and never changed for a password goes on for a month.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from kernel.db import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", UTCDateTime(), nullable=False),
        sa.Column("wait_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_sign_in_tries_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
        sa.UniqueConstraint("user_id", "source", name=op.f("uq_sign_in_tries_user_id_source")),
    )
    op.create_index(op.f("ix_sign_in_tries_failed_at"), "sign_in_tries", ["failed_at"])
    op.add_column("user", sa.Column("code_until", UTCDateTime(), nullable=True))
    op.add_column(
        "user_session", sa.Column("reach", sa.String(), nullable=False, server_default="")
    )
    op.add_column("user_session", sa.Column("proved_at", UTCDateTime(), nullable=True))
    op.add_column(
        "appointment", sa.Column("link_number", sa.Integer(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("device_claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_device_claim_session_id"), ["session_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_device_claim_session_id_user_session"),
            "user_session",
            ["session_id"],
            ["id"],
        )
    until = datetime.now(UTC) + timedelta(days=31)
    codes = sa.text(
        "UPDATE \"user\" SET code_until = :until WHERE role = 'candidate' AND password IS NOT NULL"
        " AND id NOT IN (SELECT subject_id FROM audit_entry WHERE act = 'account.password'"
        " AND subject_id IS NOT NULL)"
    )
    op.get_bind().execute(codes.bindparams(sa.bindparam("until", until, UTCDateTime())))


def downgrade() -> None:
    with op.batch_alter_table("device_claim", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_device_claim_session_id_user_session"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_device_claim_session_id"))
        batch_op.drop_column("session_id")
    op.drop_column("appointment", "link_number")
    op.drop_column("user_session", "proved_at")
    op.drop_column("user_session", "reach")
    op.drop_column("user", "code_until")
    op.drop_index(op.f("ix_sign_in_tries_failed_at"), "sign_in_tries")
    op.drop_table("sign_in_tries")
