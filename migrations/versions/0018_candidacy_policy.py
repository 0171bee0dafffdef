"""A candidacy keeps the policy that was in force when it was enrolled.

Those that are there get their certification's, which is what would have decided them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "candidacy", sa.Column("policy", sa.String(), nullable=False, server_default="default-1")
    )
    op.execute(
        "UPDATE candidacy SET policy = (SELECT certification.policy FROM certification"
        " WHERE certification.id = candidacy.certification_id)"
    )
