"""States of questions, on what their parameters rest, pilots; releases keep their parameters.

What stands stays what it is: retired questions are retired, those that are calibrated or that some
release had are in use, the others on trial. A test that is sat here shows pilots only once somebody
says how many.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "draft", "pilot", "in_use", "retired", name="itemstate", native_enum=False, length=40
)
BASES = sa.Enum(
    "expected", "assumed", "given", "measured", name="basis", native_enum=False, length=40
)
ITEM = sa.table(
    "item",
    sa.column("id", sa.Integer()),
    sa.column("shape", Json),
    sa.column("calibrated", sa.Boolean()),
    sa.column("retired_at", UTCDateTime()),
    sa.column("retired_reason", sa.String()),
    sa.column("basis", sa.String()),
    sa.column("state", sa.String()),
    sa.column("state_at", UTCDateTime()),
    sa.column("state_reason", sa.String()),
)
RELEASE = sa.table("release", sa.column("id", sa.Integer()), sa.column("entries", Json))


def upgrade() -> None:
    """Add the columns, fill them from what stands, and take the old ones away."""
    op.add_column("item", sa.Column("state", STATES, nullable=False, server_default="pilot"))
    op.add_column("item", sa.Column("state_at", UTCDateTime(), nullable=True))
    op.add_column("item", sa.Column("state_reason", sa.String(), nullable=False, server_default=""))
    op.add_column("item", sa.Column("basis", BASES, nullable=False, server_default="expected"))
    op.add_column(
        "step", sa.Column("pilot", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("release", sa.Column("pilots", Json, nullable=False, server_default="[]"))
    op.add_column("release", sa.Column("rests", Json, nullable=False, server_default="{}"))
    # Written out: SQLite takes a constraint with its column, and no other way but a new table.
    op.execute(
        "ALTER TABLE blueprint ADD COLUMN pilot_share FLOAT DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_blueprint_pilot_share CHECK (pilot_share >= 0 AND pilot_share <= 0.3)"
    )
    _fill()
    op.drop_index("ix_item_bank_standing", table_name="item")
    for column in ("retired_at", "retired_reason", "calibrated"):
        op.execute(f"ALTER TABLE item DROP COLUMN {column}")
    op.create_index("ix_item_bank_state", "item", ["bank_id", "replaced_at", "state"])
    _history()


def _fill() -> None:
    connection = op.get_bind()
    shapes = dict(connection.execute(sa.select(ITEM.c.id, ITEM.c.shape)).all())
    released: set[int] = set()
    for release, entries in connection.execute(sa.select(RELEASE.c.id, RELEASE.c.entries)).all():
        kept = [[item, exposure, shapes[item]] for item, exposure in entries]
        released |= {item for item, _exposure in entries}
        change = sa.update(RELEASE).where(RELEASE.c.id == release)
        connection.execute(change.values(entries=kept))
    used = sorted(released)
    for start in range(0, len(used), 500):
        some = ITEM.c.id.in_(used[start : start + 500])
        connection.execute(sa.update(ITEM).where(some).values(basis="assumed", state="in_use"))
    measured = sa.update(ITEM).where(ITEM.c.calibrated.is_(sa.true()))
    connection.execute(measured.values(basis="given", state="in_use"))
    retired = sa.update(ITEM).where(ITEM.c.retired_at.is_not(None))
    connection.execute(retired.values(state="retired", state_at=ITEM.c.retired_at))
    connection.execute(sa.update(ITEM).values(state_reason=ITEM.c.retired_reason))


def _history() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("shape", Json, nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("errors", Json, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_calibration_by_id_user")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_calibration_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index(op.f("ix_calibration_item_id"), "calibration", ["item_id"])


def downgrade() -> None:
    """Refuse: which questions were on trial would be forgotten, and they would count."""
    raise RuntimeError("states of questions are not taken back")
