"""Let the audit log only grow."""

from __future__ import annotations

from alembic import op

from kernel.audit import guard_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("audit_entry", "audit_seal"):
        for statement in guard_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the audit log's guard is not taken down")
