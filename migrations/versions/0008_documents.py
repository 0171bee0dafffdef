"""What each document states, kept as it was drawn; since when its file is missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("statement", Json, nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("missing_at", UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_document_missing_at"), ["missing_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_missing_at"))
        batch_op.drop_column("missing_at")
        batch_op.drop_column("version")
        batch_op.drop_column("statement")
