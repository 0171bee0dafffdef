"""Studies of raters: how each compares, and severities by the Rasch model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rater_study",
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="runstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("why", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_rater_study_asked_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater_study")),
    )
    op.create_table(
        "rater_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column(
            "language",
            sa.Enum("en", "de", "es", "fr", "it", name="language", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "comparison",
            sa.Enum("live", "second", "benchmark", name="comparison", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "period",
            sa.Enum("quarter", "year", "ever", name="period", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("overall", Json, nullable=False),
        sa.Column("criteria", Json, nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("chart", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["user.id"], name=op.f("fk_rater_figures_rater_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["rater_study.id"], name=op.f("fk_rater_figures_study_id_rater_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater_figures")),
        sa.UniqueConstraint(
            "study_id",
            "rater_id",
            "language",
            "comparison",
            "period",
            name=op.f("uq_rater_figures_study_id_rater_id_language_comparison_period"),
        ),
    )
    op.create_index(op.f("ix_rater_figures_rater_id"), "rater_figures", ["rater_id"])

    op.create_table(
        "rater_severity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "de", "es", "fr", "it", name="language", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("subset", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Double(), nullable=True),
        sa.Column("error", sa.Double(), nullable=True),
        sa.Column("infit", sa.Double(), nullable=True),
        sa.Column("outfit", sa.Double(), nullable=True),
        sa.Column("fair", sa.Double(), nullable=True),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("extreme", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["user.id"], name=op.f("fk_rater_severity_rater_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["rater_study.id"], name=op.f("fk_rater_severity_study_id_rater_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater_severity")),
        sa.UniqueConstraint(
            "study_id",
            "rater_id",
            "language",
            name=op.f("uq_rater_severity_study_id_rater_id_language"),
        ),
    )
    op.create_index(op.f("ix_rater_severity_rater_id"), "rater_severity", ["rater_id"])
