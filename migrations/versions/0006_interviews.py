"""An oral has its interview from the moment of booking: those booked before get theirs."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Where no grid is published there is nothing to mark with: the interview is made on arrival.
WITHOUT = """
    SELECT a.id, a.candidacy_id, a.created_at, t.language,
           COALESCE(t.rubric_id, (SELECT r.id FROM rubric r WHERE r.published_at IS NOT NULL
                                  ORDER BY r.version DESC, r.id DESC LIMIT 1)) AS rubric_id
    FROM appointment a
    JOIN candidacy c ON c.id = a.candidacy_id
    JOIN certification t ON t.id = c.certification_id
    WHERE a.state = 'planned'
      AND NOT EXISTS (SELECT 1 FROM interview i WHERE i.appointment_id = a.id)
    ORDER BY a.id
"""
PERFORMANCE = """
    INSERT INTO performance (kind, rubric_id, language, candidacy_id, created_at)
    VALUES ('interview', :rubric_id, :language, :candidacy_id, :created_at) RETURNING id
"""
INTERVIEW = """
    INSERT INTO interview (appointment_id, performance_id, state, engine, room, revision)
    VALUES (:appointment_id, :performance_id, 'planned', 'native', :room, 0)
"""


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text(WITHOUT)).mappings().all():
        if row["rubric_id"] is None:
            continue
        made = connection.execute(
            sa.text(PERFORMANCE),
            {name: row[name] for name in ("rubric_id", "language", "candidacy_id", "created_at")},
        ).scalar_one()
        connection.execute(
            sa.text(INTERVIEW),
            {
                "appointment_id": row["id"],
                "performance_id": made,
                "room": secrets.token_urlsafe(18),
            },
        )


def downgrade() -> None:
    raise RuntimeError("an interview is not thrown away")
