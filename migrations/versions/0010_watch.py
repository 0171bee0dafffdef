"""The watch belongs to whoever answers; face detection needs a risk file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certification_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("detection", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("purpose", "accuracy", "oversight", "logs", "notice", "alternative")
        ),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certification.id"],
            name=op.f("fk_risk_file_certification_id_certification"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user.id"], name=op.f("fk_risk_file_written_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_file")),
        sa.UniqueConstraint(
            "certification_id", "number", name=op.f("uq_risk_file_certification_id")
        ),
    )
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watched_until", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("token_hash", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("holder", Json, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("held_since", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("told_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("picture_due_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("lasting", Json, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("risk_file_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_proctor_session_risk_file_id_risk_file"),
            "risk_file",
            ["risk_file_id"],
            ["id"],
        )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("size", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_column("size")
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_proctor_session_risk_file_id_risk_file"), type_="foreignkey"
        )
        for name in (
            "risk_file_id",
            "lasting",
            "picture_due_at",
            "told_at",
            "held_since",
            "holder",
            "token_hash",
            "watched_until",
        ):
            batch_op.drop_column(name)
    op.drop_table("risk_file")
