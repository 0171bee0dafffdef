"""What stood before questions had states stays what it was, and a release keeps its parameters."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from evaluator_app.wiring import migrate
from kernel.db import Database

AT = "2026-09-01 10:00:00"
BANK = f"INSERT INTO bank (id, name, language, created_at) VALUES (1, 'B', 'en', '{AT}')"
ITEM = (
    "INSERT INTO item (id, bank_id, code, version, kind, content, skill, field, level, seconds, "
    "shape, calibrated, fingerprint, audio_key, created_at, retired_at, retired_reason) VALUES "
    "(:id, 1, :code, 1, 'single', '{}', 'grammar', 'general', 'B1', 45, '[[1.0, :b, 0.25]]', "
    ":calibrated, '', '', :at, :retired, :reason)"
)


def test_states_come_from_what_stood(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/before.db")
    config = migrate.alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        run = connection.execute
        run(
            text(f"INSERT INTO bank (id, name, language, created_at) VALUES (1, 'B', 'en', '{AT}')")
        )
        for number, (code, calibrated, retired) in enumerate(
            [
                ("measured", True, None),
                ("used", False, None),
                ("bare", False, None),
                ("gone", True, AT),
            ],
            1,
        ):
            values = {"id": number, "code": code, "calibrated": calibrated, "retired": retired}
            insert = ITEM.replace(":b", f"0.{number}")
            run(text(insert), values | {"at": AT, "reason": "Old" if retired else ""})
        run(
            text(
                "INSERT INTO release (id, bank_id, number, made_at, entries, simulated) "
                f"VALUES (1, 1, 1, '{AT}', '[[2, 0.5], [4, 1.0]]', '{{}}')"
            )
        )
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT code, state, basis, state_reason FROM item ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [
            ("measured", "in_use", "given", ""),
            ("used", "in_use", "assumed", ""),
            ("bare", "pilot", "expected", ""),
            ("gone", "retired", "given", "Old"),
        ]
        entries, pilots = connection.execute(text("SELECT entries, pilots FROM release")).one()
        assert entries == "[[2, 0.5, [[1.0, 0.2, 0.25]]], [4, 1.0, [[1.0, 0.4, 0.25]]]]"
        assert pilots == "[]"
