"""A certification says within how many days of the oral its results are expected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certification",
        sa.Column("results_days", sa.Integer(), nullable=False, server_default="10"),
    )
