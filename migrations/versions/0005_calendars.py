"""What reading an evaluator's own calendar came to: engagements, events left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("busy_source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("engagements", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("left_out_count", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("left_out", Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("busy_source", schema=None) as batch_op:
        batch_op.drop_column("left_out")
        batch_op.drop_column("left_out_count")
        batch_op.drop_column("engagements")
