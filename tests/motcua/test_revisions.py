"""A migration is written from what the tables have more than the migrations."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge import tables
from knowledge.database import MIGRATIONS
from motcua.revisions import write_revision


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the project's migrations."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


def test_a_new_table_becomes_the_next_migration(migrations: Path) -> None:
    count = len(list((migrations / "versions").glob("*.py")))
    made_up = sa.Table("made_up", tables.metadata, sa.Column("code", sa.String(20), primary_key=True))
    try:
        name = write_revision("one table more", migrations)
    finally:
        tables.metadata.remove(made_up)
    assert name == f"{count + 1:04d}_one_table_more.py"
    written = (migrations / "versions" / name).read_text(encoding="utf-8")
    assert "one table more" in written
    up, down = written.split("def downgrade")
    assert re.search(r"""create_table\(\s*['"]made_up""", up)
    assert re.search(r"""drop_table\(\s*['"]made_up""", down)


def test_the_tables_have_nothing_that_the_migrations_lack(migrations: Path) -> None:
    name = write_revision("nothing", migrations)
    body = (migrations / "versions" / name).read_text(encoding="utf-8").split("def upgrade")[1]
    assert "op." not in body
