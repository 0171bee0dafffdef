"""Second markings that are asked for, what a certification asks them for, how somebody rates.

Certifications that are on offer already go on without: whoever coordinates switches it on.
"""

from __future__ import annotations

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NUMBERS = {"second_share": "10", "second_days": "5", "second_new_below": "10"}


def upgrade() -> None:
    op.create_table(
        "second_marking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("performance_id", sa.Integer(), nullable=False),
        sa.Column("risks", Json, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("given_up_at", UTCDateTime(), nullable=True),
        sa.Column("given_up_by_id", sa.Integer(), nullable=True),
        sa.Column("given_up_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["performance_id"],
            ["performance.id"],
            name=op.f("fk_second_marking_performance_id_performance"),
        ),
        sa.ForeignKeyConstraint(
            ["given_up_by_id"], ["user.id"], name=op.f("fk_second_marking_given_up_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_marking")),
        sa.UniqueConstraint("performance_id", name=op.f("uq_second_marking_performance_id")),
    )
    op.add_column(
        "certification", sa.Column("second_for", Json, nullable=False, server_default="[]")
    )
    for name, value in NUMBERS.items():
        op.add_column(
            "certification", sa.Column(name, sa.Integer(), nullable=False, server_default=value)
        )
    op.add_column(
        "certification", sa.Column("second_key", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "assignment",
        sa.Column("mode", sa.String(length=40), nullable=False, server_default="recorded"),
    )
    op.execute("UPDATE assignment SET mode = 'live' WHERE reason = 'conducts'")
    connection = op.get_bind()
    for (number,) in connection.execute(sa.text("SELECT id FROM certification")).all():
        connection.execute(
            sa.text("UPDATE certification SET second_key = :key WHERE id = :id"),
            {"key": token_hex(16), "id": number},
        )
