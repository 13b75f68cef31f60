from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bot.channels.inbox.database import open_inbox
from desk import canned
from desk.database import VERSION_TABLE, Desk, migrate, open_desk
from desk.tables import metadata
from knowledge.database import migrate as migrate_knowledge


def test_the_migrations_make_the_tables(any_desk: Desk) -> None:
    with any_desk.engine.connect() as connection:
        options = {
            "compare_type": True,
            "version_table": VERSION_TABLE,
            "include_object": lambda _object, name, kind, _reflected, _other: (
                kind != "table" or name in metadata.tables
            ),
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_three_schemas_share_a_database(tmp_path: Path) -> None:
    inbox = open_inbox(f"sqlite:///{tmp_path}/all.db")
    migrate_knowledge(inbox.engine)
    desk = open_desk(f"sqlite:///{tmp_path}/all.db")
    migrate(desk.engine)
    tables = set(inspect(desk.engine).get_table_names())
    assert {"inbox_messages", "procedures", *metadata.tables, VERSION_TABLE} <= tables
    for opened in (inbox, desk):
        opened.engine.dispose()


def test_a_new_desk_has_answers_to_begin_with(desk: Desk) -> None:
    found = canned.all_of(desk)
    assert len(found) >= 5
    assert all(one.title and len(one.text) > 20 for one in found)
