"""What all tests share: databases that cost little, the real knowledge, a frozen day."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError

from knowledge.content import load_content
from knowledge.database import migrate, open_engine
from knowledge.vectors import load_shipped
from tests.fake_rasa import FakeRasa
from vietnamese.corpus import train_restorer
from vietnamese.embedding import SentenceEncoder, default_encoder
from vietnamese.restore import Restorer
from vietnamese.understand import Understander

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
RECORDS = SHARED / "data" / "tthc-2026-07.jsonl.gz"
MARKS = SHARED / "facts" / "stale_records.tsv"
"""The national records, and the doubts about them."""
TODAY = dt.date(2026, 11, 24)
"""The day that tests live on, where a date decides."""
POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432/postgres"
"""A server on which tests may make and drop a database."""


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The real sentence encoder."""
    return default_encoder()


def _examples(folder: Path) -> list[str]:
    lines: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines += [line.removeprefix("- ") for line in block["examples"].splitlines()]
    return lines


@pytest.fixture(scope="session")
def restorer() -> Restorer:
    """The diacritics model that the assistant itself learns, in some three seconds."""
    return train_restorer(_examples(ROOT / "data" / "nlu"), [ROOT / "knowledge" / "content"])


@pytest.fixture(scope="session")
def understander(restorer: Restorer) -> Understander:
    """Reads messages as the assistant does."""
    return Understander(restorer)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema and nothing else; copy it, don't write to it."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def content_database(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Path:
    """An SQLite file with our own content and its vectors: what a fresh machine has. Copy it, don't write to it."""
    path = tmp_path_factory.mktemp("content") / "content.db"
    make_content_database(path, encoder)
    return path


def make_content_database(path: Path, encoder: SentenceEncoder) -> None:
    """Write an SQLite file with our own content and its vectors."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    load_content(engine)
    with engine.begin() as connection:
        load_shipped(connection, encoder)
    engine.dispose()


def shared_file(path: Path) -> Path:
    """The file, or a skipped test that says why."""
    if not path.exists():
        pytest.skip(f"not on this machine: ../shared/{path.relative_to(SHARED)}")
    return path


def _copy(source: Path, target: Path) -> Iterator[Engine]:
    shutil.copy(source, target)
    engine = open_engine(f"sqlite:///{target}")
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_database: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the test's own."""
    yield from _copy(empty_database, tmp_path / "test.db")


@pytest.fixture
def content_engine(content_database: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of the test's own with our content."""
    yield from _copy(content_database, tmp_path / "content.db")


@pytest.fixture
def postgres() -> Iterator[Engine]:
    """An empty PostgreSQL database of the test's own, made and dropped again; skipped where none answers."""
    server = make_url(POSTGRES)
    name = f"motcua_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    try:
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    except DBAPIError as error:
        admin.dispose()
        pytest.skip(f"no PostgreSQL server that lets us make a database: {type(error).__name__}")
    engine = open_engine(server.set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def fake_rasa() -> Iterator[FakeRasa]:
    """A made-up Rasa that answers as it is told."""
    rasa = FakeRasa()
    yield rasa
    rasa.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of the session's own; the test is skipped where no PostgreSQL answers."""
    server = sa.create_engine(POSTGRES, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"motcua_test_{os.getpid()}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except DBAPIError:
        pytest.skip("no PostgreSQL answers")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()
