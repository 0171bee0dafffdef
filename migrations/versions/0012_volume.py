"""Indexes for lists that grow: newest candidacies, last decisions, searched names, what waits.

PostgreSQL finds a part of a name by trigrams; where the extension is neither there nor may be
created, the search reads every row as before.
"""

from __future__ import annotations

import contextlib

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FAILED = sa.text("failed_at IS NOT NULL")
TRIGRAMS = "CREATE INDEX ix_candidate_search_trigram ON candidate USING gin (search gin_trgm_ops)"
WAITING = sa.text("done_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_candidacy_newest", "candidacy", ["created_at", "id"])
    op.create_index("ix_proctor_session_decided_at", "proctor_session", ["decided_at", "id"])
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["not_before", "id"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )
    op.create_index(
        "ix_outbox_failed", "outbox", ["failed_at"], postgresql_where=FAILED, sqlite_where=FAILED
    )
    _index_trigrams()


def _index_trigrams() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    with contextlib.suppress(sa.exc.DBAPIError), connection.begin_nested():
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(sa.text(TRIGRAMS))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS ix_candidate_search_trigram")
    op.drop_index("ix_outbox_failed", "outbox")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_index("ix_proctor_session_decided_at", "proctor_session")
    op.drop_index("ix_candidacy_newest", "candidacy")
