"""Who rates what, what a verdict used, policies as rows, the gates that a candidacy requires.

Sheets get the assignment that they were written under, interviews the one of their evaluator;
verdicts the rows that they used, and the policy that they name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CRITERIA = ("listening", "pronunciation", "vocabulary", "fluency", "grammar", "interaction")
DEFAULT = {
    "name": "default-1",
    "oral": {
        "kind": "capped_mean",
        "weights": dict.fromkeys(CRITERIA, 1),
        "rounding": "half_up",
        "cap_thirds": 3,
        "allowed_below": 0,
        "allowed_not_assessable": 1,
    },
    "overall": {
        "kind": "mean",
        "oral_weight": 1,
        "written_weight": 1,
        "rounding": "down",
        "cap_levels": 1,
        "matrix": None,
    },
}
"""What the only policy that could be chosen said, word for word: old verdicts verify by it."""
DIGEST = "2ab7bfb0c68da0d511f23363beda6185d6e935158a9cfd3fc3fde9897322972a"
REQUIRED = '["written_result", "marks"]'
STANDS = sa.text("withdrawn_at IS NULL")
STANDS_ALONE = sa.text("withdrawn_at IS NULL AND reason <> 'calibration'")

OF_SHEETS = """
    INSERT INTO assignment (performance_id, rater_id, role, reason, note, assigned_at,
                            assigned_by_id, withdrawn_reason, withdrawn_at)
    SELECT s.performance_id, s.rater_id, s.role,
           CASE s.role WHEN 'first' THEN 'conducts' WHEN 'second' THEN 'coordinator'
                       ELSE 'disagreement' END,
           '', MIN(s.created_at), NULL, '', NULL
    FROM scoresheet s GROUP BY s.performance_id, s.rater_id, s.role
"""
HANDED_OVER = """
    UPDATE assignment SET withdrawn_at = assigned_at, withdrawn_reason = 'handed over'
    WHERE reason = 'conducts' AND EXISTS (
        SELECT 1 FROM interview i JOIN appointment a ON a.id = i.appointment_id
        WHERE i.performance_id = assignment.performance_id
          AND a.evaluator_id <> assignment.rater_id)
"""
OF_INTERVIEWS = """
    INSERT INTO assignment (performance_id, rater_id, role, reason, note, assigned_at,
                            assigned_by_id, withdrawn_reason, withdrawn_at)
    SELECT i.performance_id, a.evaluator_id, 'first', 'conducts', '', a.created_at, NULL, '', NULL
    FROM interview i JOIN appointment a ON a.id = i.appointment_id
    WHERE NOT EXISTS (SELECT 1 FROM assignment x WHERE x.performance_id = i.performance_id
                      AND x.rater_id = a.evaluator_id)
    ORDER BY i.id
"""
GIVE = """
    UPDATE scoresheet SET assignment_id = (
        SELECT x.id FROM assignment x WHERE x.performance_id = scoresheet.performance_id
          AND x.rater_id = scoresheet.rater_id AND x.role = scoresheet.role)
"""
USED_SHEETS = """
    INSERT INTO verdict_input (verdict_id, kind, role, version, value, scoresheet_id)
    SELECT v.id, 'scoresheet', s.role, s.version, '', s.id
    FROM verdict v JOIN scoresheet s ON s.id = v.scoresheet_id
"""
USED_RUBRICS = """
    INSERT INTO verdict_input (verdict_id, kind, version, value, rubric_id)
    SELECT v.id, 'rubric', r.version, '', r.id
    FROM verdict v JOIN scoresheet s ON s.id = v.scoresheet_id
    JOIN performance p ON p.id = s.performance_id JOIN rubric r ON r.id = p.rubric_id
"""
USED_POLICIES = """
    INSERT INTO verdict_input (verdict_id, kind, version, value, policy_id)
    SELECT v.id, 'policy', p.version, '', p.id FROM verdict v JOIN policy p ON p.name = v.policy
"""
USED_VALUES = """
    INSERT INTO verdict_input (verdict_id, kind, value)
    SELECT id, 'target', target FROM verdict UNION ALL SELECT id, 'basis', 'first' FROM verdict
"""
USED_RESULT = """
    INSERT INTO verdict_input (verdict_id, kind, version, value, written_result_id)
    SELECT :verdict_id, 'written_result', version, '', id FROM written_result
    WHERE candidacy_id = :candidacy_id AND level = :level
      AND (:version IS NULL OR version = :version) AND entered_at <= :validated_at
    ORDER BY version DESC LIMIT 1
"""
USED_WATCH = """
    INSERT INTO verdict_input (verdict_id, kind, value) VALUES (:verdict_id, 'watch', :value)
"""


def upgrade() -> None:
    _make_policies()
    _make_assignments()
    _make_verdict_inputs()
    for table in ("certification", "candidacy"):
        op.add_column(
            table, sa.Column("required_gates", Json, nullable=False, server_default=REQUIRED)
        )


def _make_policies() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_policy_name")),
    )
    run = op.get_bind().execute
    # An empty installation gets its policy with its grid, when it is stocked.
    offered = "SELECT (SELECT count(*) FROM certification) + (SELECT count(*) FROM verdict)"
    if run(sa.text(offered)).scalar_one():
        insert = sa.text(
            "INSERT INTO policy (name, version, content, digest, published_at)"
            " VALUES ('default-1', 1, :content, :digest, :at)"
        ).bindparams(
            sa.bindparam("content", DEFAULT, sa.JSON()), sa.bindparam("at", type_=UTCDateTime)
        )
        run(insert, {"digest": DIGEST, "at": datetime.now(UTC)})


def _make_assignments() -> None:
    roles = sa.Enum(
        "first", "second", "adjudicator", name="raterrole", native_enum=False, length=40
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("performance_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("role", roles, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("assigned_at", UTCDateTime(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_assignment_{column}_{table}")
            )
            for column, table in (
                ("performance_id", "performance"),
                ("rater_id", "user"),
                ("assigned_by_id", "user"),
                ("replaces_id", "assignment"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "id",
            "performance_id",
            "rater_id",
            "role",
            name=op.f("uq_assignment_id_performance_id_rater_id_role"),
        ),
    )
    op.execute(OF_SHEETS)
    op.execute(HANDED_OVER)
    op.execute(OF_INTERVIEWS)
    for name, column, stands in (
        ("uq_assignment_rater", "rater_id", STANDS),
        ("uq_assignment_role", "role", STANDS_ALONE),
    ):
        op.create_index(
            name,
            "assignment",
            ["performance_id", column],
            unique=True,
            sqlite_where=stands,
            postgresql_where=stands,
        )
    op.create_index("ix_assignment_rater", "assignment", ["rater_id", "due_at"])
    op.add_column("scoresheet", sa.Column("assignment_id", sa.Integer(), nullable=True))
    op.execute(GIVE)
    with op.batch_alter_table("scoresheet", schema=None) as batch_op:
        batch_op.alter_column("assignment_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint("uq_scoresheet_performance_id_rater_id_version", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_scoresheet_assignment_id_version"), ["assignment_id", "version"]
        )
        batch_op.create_foreign_key(
            "fk_scoresheet_assignment",
            "assignment",
            ["assignment_id", "performance_id", "rater_id", "role"],
            ["id", "performance_id", "rater_id", "role"],
        )
        batch_op.create_index(batch_op.f("ix_scoresheet_performance_id"), ["performance_id"])


def _make_verdict_inputs() -> None:
    pointers = ("scoresheet", "written_result", "policy", "rubric")
    op.create_table(
        "verdict_input",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=True) for name in pointers),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_verdict_input_{name}_id_{name}")
            )
            for name in ("verdict", *pointers)
        ),
        *(
            sa.CheckConstraint(
                f"(kind = '{name}') = ({name}_id IS NOT NULL)",
                name=op.f(f"ck_verdict_input_{name}"),
            )
            for name in pointers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_input")),
    )
    op.create_index("ix_verdict_input_verdict", "verdict_input", ["verdict_id", "kind"])
    for statement in (USED_SHEETS, USED_RUBRICS, USED_POLICIES, USED_VALUES):
        op.execute(statement)
    _keep_what_was_used()
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_constraint("fk_verdict_scoresheet_id_scoresheet", type_="foreignkey")
        batch_op.drop_column("scoresheet_id")
        batch_op.create_foreign_key(
            batch_op.f("fk_verdict_policy_policy"), "policy", ["policy"], ["name"]
        )


def _keep_what_was_used() -> None:
    run = op.get_bind().execute
    verdicts = sa.text("SELECT id, candidacy_id, written, inputs, validated_at FROM verdict")
    for row in run(verdicts).mappings().all():
        known = row["inputs"]
        kept: Mapping[str, Any] = json.loads(known) if isinstance(known, str) else known
        insert = sa.text(USED_RESULT).bindparams(sa.bindparam("version", type_=sa.Integer()))
        run(
            insert,
            {
                "verdict_id": row["id"],
                "candidacy_id": row["candidacy_id"],
                "level": row["written"],
                "version": kept.get("written_version"),
                "validated_at": row["validated_at"],
            },
        )
        watch = kept.get("proctoring", "")
        run(sa.text(USED_WATCH), {"verdict_id": row["id"], "value": watch})


def downgrade() -> None:
    raise RuntimeError("what a verdict used is not forgotten")
