from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.database import MIGRATIONS, is_empty, migrate, open_engine
from knowledge.importers.run import import_file
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, import_entries, layer, record, save, told, write_lines


@pytest.fixture
def nothing(tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'nothing.db'}")
    yield engine
    engine.dispose()


def assert_schema_is_that_of_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def head() -> str:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    (only,) = ScriptDirectory.from_config(config).get_heads()
    return only


def test_from_nothing_the_migrations_make_the_tables(nothing: Engine) -> None:
    assert is_empty(nothing)
    migrate(nothing)
    assert not is_empty(nothing)
    assert_schema_is_that_of_the_tables(nothing)
    with nothing.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head()


def test_migrating_again_changes_nothing_and_keeps_what_is_there(nothing: Engine, tmp_path: Path) -> None:
    migrate(nothing)
    import_entries(nothing, tmp_path / "a.jsonl", record())
    migrate(nothing)
    assert told(nothing).name == "Cấp thẻ nuôi chim bồ câu"


def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'many.db'}"
    failures: list[BaseException] = []

    def work() -> None:
        try:
            engine = open_engine(address)
            migrate(engine)
            engine.dispose()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []


def test_every_table_of_a_layer_belongs_to_a_procedure(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in t.metadata.sorted_tables:
        if {"code", "layer"} <= set(table.primary_key.columns.keys()):
            targets = [key["referred_table"] for key in inspector.get_foreign_keys(table.name)]
            assert "procedures" in targets, table.name


def test_postgresql_has_the_same_schema_and_does_the_same_work(postgres: Engine, tmp_path: Path) -> None:
    migrate(postgres)
    assert_schema_is_that_of_the_tables(postgres)
    path = write_lines(tmp_path / "a.jsonl", [record(), record("9.000002", ten_thu_tuc=""), record("x" * 90), "{"])
    summary = import_file(postgres, path, today=TODAY)
    assert (summary.created, len(summary.rejected)) == (1, 3)
    again = import_file(postgres, path, today=TODAY)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    with postgres.begin() as connection:
        save(connection, store.EDITORIAL, layer(summary="Lời của cán bộ."))
        store.remove_layers(connection, store.OFFICIAL, [CODE], actor="test", reason="thử")
    assert told(postgres).summary == "Lời của cán bộ."


def test_writers_on_postgresql_wait_for_each_other(postgres: Engine, tmp_path: Path) -> None:
    migrate(postgres)
    path = write_lines(tmp_path / "a.jsonl", [record(f"9.00000{number}") for number in range(1, 6)])
    failures: list[BaseException] = []

    def work() -> None:
        try:
            migrate(postgres)
            import_file(postgres, path, today=TODAY)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with postgres.connect() as connection:
        assert store.count_procedures(connection) == 5
        assert store.read_counter(connection, store.KNOWLEDGE) == 1
