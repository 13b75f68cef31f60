"""What all tests share: databases that cost little, the real knowledge, a frozen day."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from aiormq.exceptions import AMQPError
from redis.exceptions import RedisError
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


@pytest.hookimpl(tryfirst=True)  # xdist reads the lanes in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Share the tests out between the cores: a file stays together, and so do those that share something dear.

    The longest lanes come first, so that none is left over for one core at the end.
    """
    lanes = {item: _lane(item) for item in items}
    for item, lane in lanes.items():
        item.add_marker(pytest.mark.xdist_group(lane))
    items.sort(key=lambda item: (lanes[item] != "whole", lanes[item] != "national"))


def _lane(item: pytest.Item) -> str:
    if item.path.is_relative_to(ROOT / "tests" / "whole"):
        return "whole"
    return "national" if "national" in getattr(item, "fixturenames", ()) else item.nodeid.partition("::")[0]


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


@contextlib.contextmanager
def unless_required(what: str) -> Iterator[None]:
    """Skip a test whose service doesn't answer; continuous integration has started them all, and fails instead."""
    try:
        yield
    except (OSError, DBAPIError, RedisError, AMQPError, asyncio.TimeoutError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{what}: {type(error).__name__}")


@contextlib.contextmanager
def postgres_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, made and dropped again; the test is skipped where none answers."""
    name = f"motcua_test_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(POSTGRES, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    with unless_required("no PostgreSQL server that lets us make a database"), server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture
def postgres() -> Iterator[Engine]:
    """An empty PostgreSQL database of the test's own."""
    with postgres_database() as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def fake_rasa() -> Iterator[FakeRasa]:
    """A made-up Rasa that answers as it is told."""
    rasa = FakeRasa()
    yield rasa
    rasa.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database of the session's own."""
    with postgres_database() as url:
        yield url
