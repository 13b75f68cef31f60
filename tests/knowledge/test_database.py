from __future__ import annotations

import socket
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from knowledge import tables as t
from knowledge.database import begin_exclusive, is_empty, open_engine, safe_address
from knowledge.errors import DatabaseUnreachable
from knowledge.store import grow, read_counter


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "kho.db"
    engine = open_engine(f"sqlite:///{path}")
    assert path.exists()
    assert is_empty(engine)
    engine.dispose()


def test_the_address_comes_from_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    engine = open_engine()
    assert engine.url.database == str(tmp_path / "x.db")
    engine.dispose()


@pytest.mark.parametrize("address", ["không phải địa chỉ", "nosuch://x/y", "postgresql+nodriver://x/y"])
def test_an_address_that_can_not_be_read_is_told_in_words(address: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="MOTCUA_DATABASE_URL"):
        open_engine(address)


def test_a_silent_server_is_told_without_its_password() -> None:
    with socket.socket() as taken:  # bound, not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(DatabaseUnreachable) as error:
            open_engine(f"postgresql://canbo:bimat@127.0.0.1:{port}/kho")
    assert f"127.0.0.1:{port}" in str(error.value)
    assert "bimat" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "kho.db"
    path.write_bytes(b"not a database, but long enough to be read as a header of one" * 20)
    with pytest.raises(DatabaseUnreachable, match=r"kho\.db"):
        open_engine(f"sqlite:///{path}")


def test_passwords_are_hidden() -> None:
    assert "bimat" not in safe_address("postgresql://canbo:bimat@db/kho")
    assert safe_address("bimat bimat") == "(địa chỉ sai)"


def test_what_fails_in_a_transaction_leaves_nothing_not_even_tables(engine: Engine) -> None:
    def work() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE half (x INTEGER)")
            grow(connection, "half")
            raise sqlite3.Error("half way")

    with pytest.raises(sqlite3.Error, match="half way"):
        work()
    with engine.connect() as connection:
        assert read_counter(connection, "half") == 0
        assert not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'half'").scalar()


def test_a_row_of_an_unknown_procedure_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(t.steps).values(code="9.000001", layer="official", position=0, text="x"))


def test_writers_that_read_first_wait_for_each_other_and_lose_no_count(engine: Engine) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        mine = open_engine(str(engine.url))
        try:
            for _ in range(10):
                with mine.begin() as connection:
                    begin_exclusive(connection)
                    connection.execute(select(t.counters)).all()
                    grow(connection, "thử")
        except BaseException as error:
            failures.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with engine.connect() as connection:
        assert read_counter(connection, "thử") == 40


def test_readers_go_on_while_somebody_writes_and_see_what_was(engine: Engine) -> None:
    with engine.begin() as writer:
        grow(writer, "thử")
        other = open_engine(str(engine.url))
        with other.connect() as reader:
            assert read_counter(reader, "thử") == 0
        other.dispose()
    with engine.connect() as reader:
        assert read_counter(reader, "thử") == 1
