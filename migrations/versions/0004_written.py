"""The written test, its banks and results; proctoring; calls for help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("appointment_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document_purged_at", UTCDateTime(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_appointment_change_was_with_id"), ["was_with_id"], unique=False
        )
    op.create_table(
        "result_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=True),
        sa.Column("token_made_at", UTCDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_source")),
        sa.UniqueConstraint("name", name=op.f("uq_result_source_name")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_result_source_token_sha256")),
    )
    op.create_table(
        "bank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "de", "es", "fr", "it", name="language", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_bank_created_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank")),
        sa.UniqueConstraint("name", name=op.f("uq_bank_name")),
    )
    op.create_table(
        "result_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("report", Json, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_result_import_by_id_user")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["result_source.id"],
            name=op.f("fk_result_import_source_id_result_source"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_import")),
    )
    with op.batch_alter_table("result_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_import_source_id"), ["source_id"], unique=False)

    op.create_table(
        "blueprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certification_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("shares", Json, nullable=False),
        sa.Column("cuts", Json, nullable=False),
        sa.Column("shortest", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("exposure_most", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("swaps", sa.Integer(), nullable=False),
        sa.Column("lost_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confidence > 0 AND confidence < 1", name=op.f("ck_blueprint_confidence")
        ),
        sa.CheckConstraint(
            "exposure_most > 0 AND exposure_most <= 1", name=op.f("ck_blueprint_exposure")
        ),
        sa.CheckConstraint(
            "shortest >= 1 AND longest >= shortest", name=op.f("ck_blueprint_length")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_blueprint_bank_id_bank")),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certification.id"],
            name=op.f("fk_blueprint_certification_id_certification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blueprint")),
        sa.UniqueConstraint("certification_id", name=op.f("uq_blueprint_certification_id")),
    )
    op.create_table(
        "item_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("report", Json, nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_item_import_bank_id_bank")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_item_import_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
    )
    with op.batch_alter_table("item_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_import_bank_id"), ["bank_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("entries", Json, nullable=False),
        sa.Column("simulated", Json, nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_release_bank_id_bank")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_release_made_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_release_bank_id_number")),
    )
    op.create_table(
        "release_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="runstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("why", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_release_run_asked_by_id_user")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_release_run_bank_id_bank")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_run_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_run")),
    )
    with op.batch_alter_table("release_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_run_bank_id"), ["bank_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "single",
                "multiple",
                "gap_choice",
                "gap_free",
                "ordering",
                "matching",
                "reading",
                name="kind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", Json, nullable=False),
        sa.Column(
            "skill",
            sa.Enum(
                "vocabulary",
                "grammar",
                "expressions",
                "reading",
                name="skill",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "field",
            sa.Enum(
                "general",
                "sales",
                "hospitality",
                "it",
                "health",
                "logistics",
                "administration",
                "finance",
                name="field",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("shape", Json, nullable=False),
        sa.Column("calibrated", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("audio_key", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", UTCDateTime(), nullable=True),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_item_bank_id_bank")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_item_created_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["item_import.id"], name=op.f("fk_item_import_id_item_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint(
            "bank_id", "code", "version", name=op.f("uq_item_bank_id_code_version")
        ),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_bank_standing", ["bank_id", "replaced_at", "retired_at"], unique=False
        )

    op.create_table(
        "support_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_support_message_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_support_message_by_id_user")),
        sa.ForeignKeyConstraint(
            ["candidacy_id"],
            ["candidacy.id"],
            name=op.f("fk_support_message_candidacy_id_candidacy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_message")),
    )
    with op.batch_alter_table("support_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_support_message_answered_at"), ["answered_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_support_message_candidacy_id"), ["candidacy_id"], unique=False
        )

    op.create_table(
        "written_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("seen", Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "left",
                "ended",
                "void",
                name="writtenteststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "confident",
                "longest",
                "time",
                "exhausted",
                "window",
                name="endreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("heard_at", UTCDateTime(), nullable=False),
        sa.Column("spent_s", sa.Double(), nullable=False),
        sa.Column("lost_s", sa.Double(), nullable=False),
        sa.Column("swaps", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("theta", sa.Double(), nullable=True),
        sa.Column("standard_error", sa.Double(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "below_a1",
                "A1",
                "A2",
                "B1",
                "B2",
                "C1",
                "C2",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("skills", Json, nullable=False),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_written_test_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_written_test_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_test")),
        sa.UniqueConstraint(
            "candidacy_id", "number", name=op.f("uq_written_test_candidacy_id_number")
        ),
    )
    with op.batch_alter_table("written_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_written_test_state"), ["state"], unique=False)

    op.create_table(
        "proctor_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidacy_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("left_by_candidate", sa.Boolean(), nullable=False),
        sa.Column("heard_at", UTCDateTime(), nullable=False),
        sa.Column("watch", Json, nullable=False),
        sa.Column("identity_check_id", sa.Integer(), nullable=True),
        sa.Column("room_note", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "undecided",
                "clear",
                "incident",
                "void",
                name="decision",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidacy_id"],
            ["candidacy.id"],
            name=op.f("fk_proctor_session_candidacy_id_candidacy"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_proctor_session_decided_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["identity_check_id"],
            ["identity_check.id"],
            name=op.f("fk_proctor_session_identity_check_id_identity_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_session")),
    )
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proctor_session_candidacy_id"), ["candidacy_id"], unique=False
        )
        batch_op.create_index(
            "ix_proctor_session_decision", ["decision", "closed_at"], unique=False
        )

    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "timed_out",
                "swapped",
                "left",
                name="stepstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", Json, nullable=False),
        sa.Column("shown_at", UTCDateTime(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("paused_s", sa.Double(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("spent_s", sa.Double(), nullable=True),
        sa.Column("answer", Json, nullable=True),
        sa.Column("right", Json, nullable=True),
        sa.Column("theta", sa.Double(), nullable=True),
        sa.Column("standard_error", sa.Double(), nullable=True),
        sa.Column("flags", Json, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_step_item_id_item")),
        sa.ForeignKeyConstraint(
            ["test_id"], ["written_test.id"], name=op.f("fk_step_test_id_written_test")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("test_id", "place", name=op.f("uq_step_test_id_place")),
        sa.UniqueConstraint("ticket", name=op.f("uq_step_ticket")),
    )
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_item_id"), ["item_id"], unique=False)

    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tab_left",
                "full_screen_left",
                "copy",
                "paste",
                "camera_stopped",
                "camera_still",
                "microphone_stopped",
                "second_screen",
                "no_face",
                "several_faces",
                "voice",
                "silence_of_page",
                "upload_failed",
                name="signalkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("commented_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["proctor_session.id"],
            name=op.f("fk_signal_session_id_proctor_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("session_id", "key", name=op.f("uq_signal_session_id_key")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=True),
        sa.Column("purged_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["proctor_session.id"],
            name=op.f("fk_snapshot_session_id_proctor_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("session_id", "key", name=op.f("uq_snapshot_session_id_key")),
    )
    with op.batch_alter_table("written_result", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ability", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("standard_error", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "standing",
                sa.Enum(
                    "in_force",
                    "waiting",
                    "refused",
                    "void",
                    name="standing",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="in_force",
            )
        )
        batch_op.add_column(sa.Column("test_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("origin_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reference", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("score", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sat_on", sa.Date(), nullable=True))
        batch_op.create_index(
            "ix_written_result_reference", ["origin_id", "reference"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_written_result_import_id_result_import"),
            "result_import",
            ["import_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_written_result_origin_id_result_source"),
            "result_source",
            ["origin_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_written_result_test_id_written_test"),
            "written_test",
            ["test_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("appointment_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_change_was_with_id"))
        batch_op.drop_column("document_purged_at")
    with op.batch_alter_table("written_result", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_written_result_test_id_written_test"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_written_result_origin_id_result_source"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_written_result_import_id_result_import"), type_="foreignkey"
        )
        batch_op.drop_index("ix_written_result_reference")
        batch_op.drop_column("sat_on")
        batch_op.drop_column("score")
        batch_op.drop_column("reference")
        batch_op.drop_column("import_id")
        batch_op.drop_column("origin_id")
        batch_op.drop_column("test_id")
        batch_op.drop_column("standing")
        batch_op.drop_column("standard_error")
        batch_op.drop_column("ability")

    op.drop_table("snapshot")
    op.drop_table("signal")
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_item_id"))

    op.drop_table("step")
    with op.batch_alter_table("proctor_session", schema=None) as batch_op:
        batch_op.drop_index("ix_proctor_session_decision")
        batch_op.drop_index(batch_op.f("ix_proctor_session_candidacy_id"))

    op.drop_table("proctor_session")
    with op.batch_alter_table("written_test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_written_test_state"))

    op.drop_table("written_test")
    with op.batch_alter_table("support_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_message_candidacy_id"))
        batch_op.drop_index(batch_op.f("ix_support_message_answered_at"))

    op.drop_table("support_message")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index("ix_item_bank_standing")

    op.drop_table("item")
    with op.batch_alter_table("release_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_run_bank_id"))

    op.drop_table("release_run")
    op.drop_table("release")
    with op.batch_alter_table("item_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_import_bank_id"))

    op.drop_table("item_import")
    op.drop_table("blueprint")
    with op.batch_alter_table("result_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_result_import_source_id"))

    op.drop_table("result_import")
    op.drop_table("bank")
    op.drop_table("result_source")
