"""Runs of every kind have the same columns: attempts, why one failed; a copy's end is in its key.

A copy that was ready or purged is done: what was purged has no file any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FAILED = {"message": "La copie n'a pas pu être faite. Demandez-la de nouveau.", "params": {}}


def upgrade() -> None:
    for table in ("release_run", "recording_copy"):
        op.add_column(table, sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("recording_copy", sa.Column("why", Json, nullable=False, server_default="{}"))
    op.execute("UPDATE recording_copy SET state = 'done' WHERE state IN ('ready', 'purged')")
    why = sa.text("UPDATE recording_copy SET why = :why WHERE state = 'failed'")
    op.get_bind().execute(why.bindparams(sa.bindparam("why", FAILED, Json)))
    # What is queued names its run otherwise by now; a run that nobody begins is queued again.
    op.execute("DELETE FROM outbox WHERE kind = 'recording.copy' AND done_at IS NULL")


def downgrade() -> None:
    op.execute("UPDATE recording_copy SET state = 'ready' WHERE state = 'done' AND key IS NOT NULL")
    op.execute("UPDATE recording_copy SET state = 'purged' WHERE state IN ('done', 'cancelled')")
    op.execute("UPDATE release_run SET state = 'failed' WHERE state = 'cancelled'")
    for table, name in (
        ("recording_copy", "why"),
        ("recording_copy", "attempt"),
        ("release_run", "attempt"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(name)
