"""What an import did with each question is called its effect in the reports that are kept as well."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# As JSON writes it: within a text the quotation marks would have a stroke in front.
FORMER, NEW = '"fate": "', '"effect": "'


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"UPDATE item_import SET report = replace(report::text, '{FORMER}', '{NEW}')::jsonb"  # noqa: S608
        )
    else:
        op.execute(f"UPDATE item_import SET report = replace(report, '{FORMER}', '{NEW}')")  # noqa: S608
