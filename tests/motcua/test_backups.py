"""Backups come back: on SQLite while it is written to, on the real PostgreSQL, and never by halves."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from motcua import cli
from motcua.backups import BackupFailed, RestoreRefused, backup, restore
from motcua.copies import CopyFailed, ToolMissing
from storage.errors import MotCuaError
from tests.whole.conftest import free_ports


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, with databases as 'make run' has them, and ports on which nothing runs."""
    for name in list(os.environ):
        if name.startswith("MOTCUA_") and not name.startswith("MOTCUA_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    for part, port in zip(("WEB", "RASA", "ACTIONS"), free_ports(3), strict=True):
        monkeypatch.setenv(f"MOTCUA_{part}_PORT", str(port))
    (tmp_path / "var").mkdir()
    for name in ("motcua", "inbox", "conversations"):
        write(tmp_path / "var" / f"{name}.db", f"{name} 1")
    return tmp_path


def write(path: Path, text: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text TEXT)")
        connection.execute("INSERT INTO kept VALUES (?)", (text,))
        connection.commit()


def read(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM kept ORDER BY rowid")]


def everything(house: Path) -> dict[str, list[str]]:
    return {path.name: read(path) for path in sorted((house / "var").glob("*.db"))}


def quiet(_: str) -> None:
    """Tell nobody."""


def test_all_three_databases_come_back(house: Path) -> None:
    told: list[str] = []
    backup(house / "kept" / "b.tar.gz", told.append)
    before = everything(house)
    for name in before:
        write(house / "var" / name, "later")
    restore(house / "kept" / "b.tar.gz", told.append)
    assert everything(house) == before
    assert [line.split(":")[0].strip() for line in told[:3]] == ["kho thủ tục", "hộp thư", "cuộc trò chuyện"]
    assert [path.name for path in (house / "kept").iterdir()] == ["b.tar.gz"]


def test_what_is_written_but_not_yet_in_the_main_file_is_in_the_backup(house: Path) -> None:
    with contextlib.closing(sqlite3.connect(house / "var" / "inbox.db")) as held:
        held.execute("PRAGMA wal_autocheckpoint=0")
        held.execute("INSERT INTO kept VALUES ('in the log')")
        held.commit()
        held.execute("INSERT INTO kept VALUES ('not committed')")
        backup(house / "b.tar.gz", quiet)
        held.rollback()
    restore(house / "b.tar.gz", quiet)
    assert read(house / "var" / "inbox.db") == ["inbox 1", "in the log"]


def test_a_machine_that_has_lost_everything_gets_it_back(house: Path) -> None:
    before = everything(house)
    backup(house / "b.tar.gz", quiet)
    shutil.rmtree(house / "var")
    restore(house / "b.tar.gz", quiet)
    assert everything(house) == before


def test_a_backup_is_for_its_owner_only_and_replaces_none(house: Path) -> None:
    backup(house / "b.tar.gz", quiet)
    assert stat.S_IMODE((house / "b.tar.gz").stat().st_mode) == 0o600
    with pytest.raises(BackupFailed, match="Đã có"):
        backup(house / "b.tar.gz", quiet)


def test_a_backup_that_fails_leaves_nothing(house: Path) -> None:
    (house / "var" / "conversations.db").write_bytes(b"no database" * 1000)
    with pytest.raises(CopyFailed):
        backup(house / "kept" / "b.tar.gz", quiet)
    assert not list((house / "kept").iterdir())


@pytest.mark.parametrize("harm", ["cut", "flipped", "foreign", "missing"])
def test_a_harmed_backup_changes_nothing(harm: str, house: Path) -> None:
    file = house / "b.tar.gz"
    backup(file, quiet)
    content = bytearray(file.read_bytes())
    if harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    elif harm == "foreign":
        with tarfile.open(file, "w:gz") as archive:
            archive.add(house / "var" / "inbox.db", arcname="../inbox")
    else:
        file.unlink()
    write(house / "var" / "inbox.db", "later")
    before = everything(house)
    with pytest.raises(RestoreRefused) as told:
        restore(file, quiet)
    assert "\n" not in str(told.value)
    assert everything(house) == before


def test_a_backup_of_other_databases_is_refused(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup(house / "b.tar.gz", quiet)
    before = everything(house)
    monkeypatch.setenv("MOTCUA_TRACKER_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(RestoreRefused, match="MOTCUA_TRACKER_URL"):
        restore(house / "b.tar.gz", quiet)
    assert everything(house) == before


def test_nothing_is_restored_under_a_running_assistant(house: Path) -> None:
    backup(house / "b.tar.gz", quiet)
    with socket.socket() as running:
        running.bind(("127.0.0.1", int(os.environ["MOTCUA_RASA_PORT"])))
        running.listen()
        with pytest.raises(RestoreRefused, match=os.environ["MOTCUA_RASA_PORT"]):
            restore(house / "b.tar.gz", quiet)


def test_on_the_command_line_one_has_to_say_yes(house: Path) -> None:
    run = CliRunner().invoke
    assert run(cli.app, ["backup", "b.tar.gz"], catch_exceptions=False).exit_code == 0
    write(house / "var" / "inbox.db", "later")
    assert run(cli.app, ["restore", "b.tar.gz"], input="không\n", catch_exceptions=False).exit_code == 1
    assert read(house / "var" / "inbox.db") == ["inbox 1", "later"]
    assert run(cli.app, ["restore", "b.tar.gz"], input="khôi phục\n", catch_exceptions=False).exit_code == 0
    assert read(house / "var" / "inbox.db") == ["inbox 1"]


@pytest.fixture
def server(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.engine.Engine]:
    """A PostgreSQL database of the test's own, empty before and after."""
    monkeypatch.setenv("MOTCUA_DATABASE_URL", postgres_url)
    monkeypatch.setenv("MOTCUA_TRACKER_URL", postgres_url)
    engine = sa.create_engine(postgres_url, future=True)
    empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    with engine.begin() as connection:
        connection.exec_driver_sql(empty)
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql(empty)
    engine.dispose()


@pytest.mark.skipif(not all(map(shutil.which, ("pg_dump", "pg_restore", "psql"))), reason="no PostgreSQL tools")
def test_postgresql_comes_back_as_it_was(
    house: Path, server: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (id serial PRIMARY KEY, text text NOT NULL)")
        connection.exec_driver_sql("INSERT INTO kept (text) VALUES ('một'), ('hai; ''ba''')")
    told: list[str] = []
    backup(house / "b.tar.gz", told.append)
    assert len(told) == 1  # one database for all three
    with server.begin() as connection:
        connection.exec_driver_sql("DELETE FROM kept")
        connection.exec_driver_sql("CREATE TABLE later (id serial REFERENCES kept (id))")
    restore(house / "b.tar.gz", quiet)
    with server.begin() as connection:
        assert connection.exec_driver_sql("SELECT text FROM kept ORDER BY id").scalars().all() == ["một", "hai; 'ba'"]
        assert connection.exec_driver_sql("INSERT INTO kept (text) VALUES ('x') RETURNING id").scalar() == 3
        assert sa.inspect(connection).get_table_names() == ["kept"]
    server.dispose()
    monkeypatch.setenv("PATH", str(house))
    with pytest.raises(ToolMissing, match="postgresql-client"):
        backup(house / "c.tar.gz", quiet)


def test_a_server_that_is_away_is_told_without_its_password(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("no PostgreSQL tools")
    address = make_url("postgresql://somebody:hide-this@127.0.0.1:1/nothing").render_as_string(hide_password=False)
    for name in ("DATABASE", "TRACKER"):
        monkeypatch.setenv(f"MOTCUA_{name}_URL", address)
    with pytest.raises(MotCuaError) as told:
        backup(house / "b.tar.gz", quiet)
    assert "hide-this" not in str(told.value)
    assert "\n" not in str(told.value)
    assert not (house / "b.tar.gz").exists()
