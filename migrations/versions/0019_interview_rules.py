"""An oral keeps the times of its parts from the moment that it begins.

Those that have begun get their certification's as it is now, which is what pages have shown.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("interview", sa.Column("rules", JSON, nullable=False, server_default="{}"))
    interview = sa.table(
        "interview",
        sa.column("id"),
        sa.column("appointment_id"),
        sa.column("started_at"),
        sa.column("rules", JSON),
    )
    appointment = sa.table("appointment", sa.column("id"), sa.column("candidacy_id"))
    candidacy = sa.table(
        "candidacy",
        sa.column("id"),
        sa.column("certification_id"),
        sa.column("time_factor", sa.Float),
    )
    certification = sa.table(
        "certification",
        sa.column("id"),
        sa.column("part_soft_s", JSON),
        sa.column("part_hard_s", JSON),
        sa.column("pause_minutes", sa.Integer),
    )
    begun = (
        sa.select(
            interview.c.id,
            certification.c.part_soft_s,
            certification.c.part_hard_s,
            candidacy.c.time_factor,
            certification.c.pause_minutes,
        )
        .join_from(interview, appointment, appointment.c.id == interview.c.appointment_id)
        .join(candidacy, candidacy.c.id == appointment.c.candidacy_id)
        .join(certification, certification.c.id == candidacy.c.certification_id)
        .where(interview.c.started_at.is_not(None))
    )
    for number, soft, hard, factor, pause in op.get_bind().execute(begun).all():
        rules = {"soft_s": soft, "hard_s": hard, "factor": factor, "pause_minutes": pause}
        op.execute(interview.update().where(interview.c.id == number).values(rules=rules))
