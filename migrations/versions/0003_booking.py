"""Booking: hours, what is taken, the waiting list, extensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import UTCDateTime
from scheduling.models import never_twice_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.Column("daily_most", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.CheckConstraint("buffer_minutes BETWEEN 0 AND 120", name=op.f("ck_agenda_buffer")),
        sa.CheckConstraint("daily_most BETWEEN 1 AND 40", name=op.f("ck_agenda_daily_most")),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_agenda_evaluator_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
        sa.UniqueConstraint("evaluator_id", name=op.f("uq_agenda_evaluator_id")),
        sa.UniqueConstraint("feed", name=op.f("uq_agenda_feed")),
    )
    op.create_table(
        "busy_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("ics", "caldav", name="busysourcekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("tried_at", UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_busy_source_evaluator_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_source")),
    )
    with op.batch_alter_table("busy_source", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_busy_source_evaluator_id"), ["evaluator_id"], unique=False
        )

    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("start_minute <> end_minute", name=op.f("ck_opening_hours_some")),
        sa.CheckConstraint(
            "start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440",
            name=op.f("ck_opening_hours_day"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_opening_hours_evaluator_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    with op.batch_alter_table("opening_hours", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opening_hours_evaluator_id"), ["evaluator_id"], unique=False
        )

    op.create_table(
        "other_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_other_day_evaluator_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_day")),
    )
    with op.batch_alter_table("other_day", schema=None) as batch_op:
        batch_op.create_index("ix_other_day_evaluator_day", ["evaluator_id", "day"], unique=False)

    op.create_table(
        "busy_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_busy_time_evaluator_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["busy_source.id"], name=op.f("fk_busy_time_source_id_busy_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
    )
    with op.batch_alter_table("busy_time", schema=None) as batch_op:
        batch_op.create_index(
            "ix_busy_time_evaluator_start", ["evaluator_id", "start_s"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_busy_time_source_id"), ["source_id"], unique=False)

    op.create_table(
        "extension_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("by_candidate", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("window_end", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidacy_id"],
            ["candidacy.id"],
            name=op.f("fk_extension_request_candidacy_id_candidacy"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_extension_request_decided_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    with op.batch_alter_table("extension_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_extension_request_candidacy", ["candidacy_id", "decided_at"], unique=False
        )

    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=True),
        sa.Column("offer_until", UTCDateTime(), nullable=True),
        sa.Column("offer_start_s", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_waiting_candidacy_id_candidacy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("candidacy_id", name=op.f("uq_waiting_candidacy_id")),
    )
    op.create_table(
        "appointment_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "moved",
                "force_majeure",
                "handed_over",
                "cancelled",
                name="changekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("was_at", UTCDateTime(), nullable=False),
        sa.Column("now_at", UTCDateTime(), nullable=True),
        sa.Column("was_with_id", sa.Integer(), nullable=False),
        sa.Column("now_with_id", sa.Integer(), nullable=True),
        sa.Column("document_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_change_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_appointment_change_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["now_with_id"], ["user.id"], name=op.f("fk_appointment_change_now_with_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["was_with_id"], ["user.id"], name=op.f("fk_appointment_change_was_with_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_change")),
    )
    with op.batch_alter_table("appointment_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appointment_change_appointment_id"), ["appointment_id"], unique=False
        )

    op.create_table(
        "occupancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("end_s > start_s", name=op.f("ck_occupancy_order")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_occupancy_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_occupancy_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["user.id"], name=op.f("fk_occupancy_evaluator_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["user.id"], name=op.f("fk_occupancy_person_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_occupancy_appointment_id")),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_occupancy_candidacy_id"), ["candidacy_id"], unique=False
        )
        batch_op.create_index(
            "ix_occupancy_evaluator_start", ["evaluator_id", "start_s"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_occupancy_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_occupancy_person_start", ["person_id", "start_s"], unique=False)

    with op.batch_alter_table("candidacy", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("certification", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("booking_notice_hours", sa.Integer(), nullable=False, server_default="24")
        )
        batch_op.add_column(
            sa.Column("moving_notice_hours", sa.Integer(), nullable=False, server_default="24")
        )
    _take_what_is_planned()
    for statement in never_twice_ddl(op.get_bind().dialect.name):
        op.execute(statement)


def _take_what_is_planned() -> None:
    """Give each appointment that stands its occupancy; slots held their marking until now."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    seconds = (
        "CAST(strftime('%s', a.{}) AS INTEGER)"
        if sqlite
        else "CAST(extract(epoch FROM a.{}) AS BIGINT)"
    )
    op.execute(
        "INSERT INTO occupancy "  # noqa: S608 -- nothing but words of this file
        "(evaluator_id, person_id, candidacy_id, start_s, end_s, appointment_id) "
        f"SELECT a.evaluator_id, p.user_id, a.candidacy_id, {seconds.format('starts_at')}, "
        f"{seconds.format('ends_at')}, a.id FROM appointment a "
        "JOIN candidacy c ON c.id = a.candidacy_id JOIN candidate p ON p.id = c.candidate_id "
        "WHERE a.state = 'planned'"
    )


def downgrade() -> None:
    raise RuntimeError("what is booked is not thrown away")
