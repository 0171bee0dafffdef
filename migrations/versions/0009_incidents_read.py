"""An incident is read by a coordinator; those of candidacies that are closed have been."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

READ = """
    UPDATE incident SET read_at = at WHERE interview_id IN (
        SELECT i.id FROM interview i
        JOIN appointment a ON a.id = i.appointment_id
        JOIN candidacy c ON c.id = a.candidacy_id
        WHERE c.stage IN ('validated', 'withdrawn', 'expired'))
"""


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("read_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_incident_read_by_id_user"), "user", ["read_by_id"], ["id"]
        )
    with op.batch_alter_table("candidacy", schema=None) as batch_op:
        batch_op.create_index("ix_candidacy_stage", ["stage"], unique=False)
    op.execute(READ)


def downgrade() -> None:
    raise RuntimeError("what was read is not forgotten")
